"""Selections written out, divided and put together again; all figures made up."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fake_ssb import FakeDim, FakeSsb, FakeTable
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback_server import Received

from proba.errors import SourceError
from proba.sources._jsonstat_read import Cube, Dimension, parse_cube, parse_header
from proba.sources._pxweb_merge import check_answer, merge_parts
from proba.sources.jsonstat import make_dataset
from proba.sources.pxweb_select import TableMeta, resolve_selection, split_selection

REGION = FakeDim(
    "Region",
    "region",
    ["0", "0301", "1101", "1103", "4601", "Sum"],
    ["Hele landet", "Oslo", "Eigersund", "Stavanger", "Bergen", "Sum"],
    elimination=True,
)
CONTENTS = FakeDim("ContentsCode", "statistikkvariabel", ["Personer", "Netto"], contents=True)
TIME = FakeDim("Tid", "år", [str(y) for y in range(2010, 2020)], time=True)
TABLE = FakeTable("99001", [REGION, CONTENTS, TIME], np.arange(120.0))


def answer(app: FakeSsb, what: str, body: Any = None) -> bytes:
    method = "GET" if body is None else "POST"
    sent = b"" if body is None else json.dumps(body).encode()
    (table,) = app.tables
    reply = app(Received(method, f"/tables/{table}/{what}", [], {}, sent))
    assert reply.status == 200, reply.body
    return reply.body


def metadata(app: FakeSsb) -> TableMeta:
    header = parse_header(answer(app, "metadata"))
    (table,) = app.tables
    return TableMeta(table, header.label, header.updated, header.dimensions, header.source)


def part(app: FakeSsb, selection: Mapping[str, tuple[str, ...]]) -> Cube:
    asked = [{"variableCode": d, "valueCodes": list(c)} for d, c in selection.items()]
    cube = parse_cube(answer(app, "data", {"selection": asked}))
    check_answer(cube.header, selection)
    return cube


META = metadata(FakeSsb(TABLE))


@pytest.mark.parametrize(
    ("dimension", "wanted", "expected"),
    [
        ("Region", ["1103", "0301", "1103"], ["0301", "1103"]),
        ("Region", "0301", ["0301"]),
        ("Region", ["*"], list(REGION.codes)),
        ("Region", ["11*"], ["1101", "1103"]),
        ("Region", ["*01"], ["0301", "1101", "4601"]),
        ("Region", ["*10*"], ["1101", "1103"]),
        ("Region", ["????"], ["0301", "1101", "1103", "4601"]),
        ("Region", ["1?0?", "Sum"], ["1101", "1103", "Sum"]),
        ("Region", ["s*"], ["Sum"]),
        ("Region", ["top(2)"], ["0", "0301"]),
        ("Region", ["bottom(2)"], ["4601", "Sum"]),
        ("Region", ["top(2,1)"], ["0301", "1101"]),
        ("Region", ["range(1101,4601)"], ["1101", "1103", "4601"]),
        ("Region", ["range(4601, 1101)"], ["1101", "1103", "4601"]),
        ("Tid", ["top(2)"], ["2018", "2019"]),
        ("Tid", ["TOP(2, 3)"], ["2015", "2016"]),
        ("Tid", ["bottom(2)"], ["2010", "2011"]),
        ("Tid", ["bottom(2,1)"], ["2011", "2012"]),
        ("Tid", ["top(99)"], list(TIME.codes)),
        ("Tid", ["from(2017)"], ["2017", "2018", "2019"]),
        ("Tid", ["To(2011)"], ["2010", "2011"]),
        ("Tid", ["range(2014,2016)", "2010"], ["2010", "2014", "2015", "2016"]),
    ],
)
def test_expressions(dimension: str, wanted: Any, expected: list[str]) -> None:
    resolved = resolve_selection(META, {dimension: wanted})
    assert list(resolved[dimension]) == expected
    assert list(resolved) == ["Region", "ContentsCode", "Tid"]  # the rest in full


EXPRESSIONS = st.one_of(
    st.sampled_from(["*", "top(3)", "bottom(4,1)", "from(0301)", "to(1103)", "range(0301,4601)"]),
    st.sampled_from(["from(2015)", "to(2011)", "range(2018,2012)", "top(1,9)", "?", "????"]),
    st.sampled_from(["*1", "1*", "*0*", "2?1?", "0301", "2015", "Sum"]),
)


@given(dim=st.sampled_from(["Region", "Tid"]), wanted=st.lists(EXPRESSIONS, min_size=1, max_size=4))
def test_expressions_mean_what_they_mean_at_the_service(dim: str, wanted: list[str]) -> None:
    try:
        mine = resolve_selection(META, {dim: wanted})[dim]
    except SourceError:
        return  # what matches nothing is an error here
    app = FakeSsb(TABLE)
    asked = [{"variableCode": d, "valueCodes": ["*"]} for d in ("Region", "ContentsCode", "Tid")]
    for one in asked:
        if one["variableCode"] == dim:
            one["valueCodes"] = wanted
    cube = parse_cube(answer(app, "data", {"selection": asked}))
    assert mine == next(d.codes for d in cube.header.dimensions if d.code == dim)


def test_nothing_selected_is_everything_and_an_empty_list_leaves_out() -> None:
    assert resolve_selection(META, None) == {
        "Region": tuple(REGION.codes),
        "ContentsCode": tuple(CONTENTS.codes),
        "Tid": tuple(TIME.codes),
    }
    assert list(resolve_selection(META, {"Region": []})) == ["ContentsCode", "Tid"]
    with pytest.raises(SourceError, match="'Tid' cannot be left out"):
        resolve_selection(META, {"Tid": []})
    alone = TableMeta("99001", "", None, META.dimensions[:1], "")
    with pytest.raises(SourceError, match="every dimension"):
        resolve_selection(alone, {"Region": []})


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ({"Regon": ["0301"]}, ["99001", "Regon", "Region, ContentsCode, Tid"]),
        ({"Region": ["0302"]}, ["99001", "Region", "'0302'", "0301"]),
        ({"Region": ["oslo"]}, ["'oslo'", "nearest known: 0301"]),
        ({"Region": ["Ø"]}, ["nearest known: 0 … Sum"]),
        ({"Region": [f"x{i}" for i in range(9)]}, ["'x0'", "'x4'", "and 4 more"]),
        ({"Region": ["99*"]}, ["'99*'"]),
        ({"Region": ["\x1b[31m" * 50]}, ["Region"]),
        ({"Tid": ["2025"]}, ["Tid", "'2025'", "2015"]),
        ({"Tid": ["from(2025)"]}, ["Tid", "'2025'"]),
        ({"Tid": ["range(2015,2099)"]}, ["'2099'"]),
        ({"Tid": ["top(0)"]}, ["'top(0)' is not understood"]),
        ({"Tid": ["top(x)"]}, ["not understood"]),
        ({"Tid": ["range(2015)"]}, ["not understood"]),
        ({"Tid": ["from()"]}, ["not understood"]),
        ({"Tid": ["top(3),2010"]}, ["not understood"]),
        ({"Tid": ["top(2,50)"]}, ["top(2,50)"]),
        ({"Tid": [2015]}, ["2015 is not text", "quotation marks"]),
        ({"Region": [""]}, ["''"]),
    ],
)
def test_what_cannot_be_selected(select: Any, words: list[str]) -> None:
    with pytest.raises(SourceError) as caught:
        resolve_selection(META, select)
    for word in words:
        assert word in str(caught.value)
    for text in (caught.value.en, caught.value.nb):
        assert text.isprintable()
        assert len(text) < 400


def test_a_code_that_reads_like_an_expression_is_a_code() -> None:
    odd = Dimension("D", "d", ("*", "top(1)", "a"), ("x", "y", "z"), False, False, False)
    meta = TableMeta("99002", "", None, (odd,), "")
    assert resolve_selection(meta, {"D": ["*"]})["D"] == ("*",)
    assert resolve_selection(meta, {"D": ["top(1)"]})["D"] == ("top(1)",)


def test_a_pattern_of_stars_takes_no_time() -> None:
    long = Dimension("D", "d", ("a" * 5000,), ("x",), False, False, False)
    meta = TableMeta("99002", "", None, (long,), "")
    with pytest.raises(SourceError):
        resolve_selection(meta, {"D": ["*" * 4000 + "b"]})


@pytest.mark.parametrize(
    ("sizes", "limit", "queries"),
    [((3, 2, 2, 3), 18, 2), ((1000, 900), 800_000, 2), ((7, 5), 1, 35), ((430, 106, 40), 10**6, 2)],
)
def test_few_queries(sizes: tuple[int, ...], limit: int, queries: int) -> None:
    asked = {f"D{i}": tuple(map(str, range(n))) for i, n in enumerate(sizes)}
    assert len(split_selection(asked, limit)) == queries


def test_contents_are_divided_last() -> None:
    asked = {"Region": ("a", "b"), "ContentsCode": tuple("cdefgh"), "Tid": ("1", "2", "3")}
    parts = split_selection(asked, 6, ["ContentsCode"])
    assert len(parts) == 6
    assert all(len(p["ContentsCode"]) == 6 for p in parts)
    tight = split_selection(asked, 4, ["ContentsCode"])
    assert all(math.prod(map(len, p.values())) <= 4 for p in tight)
    assert split_selection(asked, 36) == (asked,)


@st.composite
def tables(draw: st.DrawFn) -> FakeTable:
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    dims = []
    for i, size in enumerate(sizes):
        codes = draw(st.permutations([f"{i}{j}" for j in range(size)]))
        # Labels may repeat; a note on some codes.
        names = st.sampled_from(["Våler", "Os", "Nes"])
        labels = draw(st.lists(names, min_size=size, max_size=size))
        noted = {c: ["Syntetisk kodenote."] for c in codes if c.endswith(("1", "4"))}
        notes = [f"Syntetisk note {i}."] if i % 2 else []
        dims.append(FakeDim(f"D{i}", f"d{i}", codes, labels, notes=notes, code_notes=noted))
    dims[0].contents = draw(st.booleans())
    dims[-1].time = True
    cells = math.prod(sizes)
    symbols = draw(
        st.lists(st.sampled_from([None, None, ".", "..", ":", "-"]), min_size=cells, max_size=cells)
    )
    values = [math.nan if s else float(i) / 2 for i, s in enumerate(symbols)]
    return FakeTable("99003", dims, values, symbols)


@settings(deadline=None, max_examples=40)
@given(table=tables(), limit=st.integers(1, 60), turned=st.booleans(), sparse=st.booleans())
def test_any_division_gives_the_same_frame(
    table: FakeTable, limit: int, turned: bool, sparse: bool
) -> None:
    whole = FakeSsb(table)
    meta = metadata(whole)
    asked = resolve_selection(meta, None)
    expected = make_dataset(merge_parts(meta, asked, [part(whole, asked)]))
    np.testing.assert_array_equal(expected.frame["value"], table.values)

    app = FakeSsb(table, max_cells=limit, turned=turned, sparse=sparse)
    contents = [d.code for d in meta.dimensions if d.is_contents]
    selections = split_selection(asked, limit, contents)
    cubes = [part(app, selection) for selection in selections]  # refused if above the limit
    assert app.largest <= limit
    cells = [
        cell
        for s in selections
        for cell in pd.MultiIndex.from_product(list(s.values())).to_flat_index()
    ]
    assert len(cells) == len(set(cells)) == math.prod(len(c) for c in asked.values())

    got = make_dataset(merge_parts(meta, asked, cubes))
    pd.testing.assert_frame_equal(got.frame, expected.frame)
    assert got.frame.to_csv() == expected.frame.to_csv()
    assert (got.label, got.notes, got.dims) == (expected.label, expected.notes, expected.dims)


def test_parts_of_different_age_are_not_put_together() -> None:
    app = FakeSsb(
        FakeTable("99001", TABLE.dims, TABLE.values, updated=["2026-01-01T00:00:00Z", "2026-02-01"])
    )
    asked = resolve_selection(META, None)
    cubes = [part(app, s) for s in split_selection(asked, 60)]
    with pytest.raises(
        SourceError, match=r"99001 changed .*2026-01-01.*2026-02-01.*run again later"
    ):
        merge_parts(META, asked, cubes)


def test_an_answer_must_be_what_was_asked_for() -> None:
    asked = {"Region": ("0301",), "ContentsCode": ("Netto",), "Tid": ("2015",)}
    header = part(FakeSsb(TABLE), asked).header
    with pytest.raises(SourceError, match="lacking: 1103; not asked for: 0301"):
        check_answer(header, {**asked, "Region": ("1103",)})
    with pytest.raises(SourceError, match="dimensions"):
        check_answer(header, {"Region": ("0301",), "Tid": ("2015",)})


def test_dimensions_are_found_whatever_the_case() -> None:
    exact = resolve_selection(META, {"Tid": ["2015"]})
    assert resolve_selection(META, {"tid": ["2015"]}) == exact
    with pytest.raises(SourceError, match="no dimension 'tide'"):
        resolve_selection(META, {"tide": ["2015"]})
