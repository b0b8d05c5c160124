"""JSON-stat 2.0 to a frame; all figures made up."""

from __future__ import annotations

import copy
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fake_ssb import FakeDim, FakeSsb, FakeTable
from hypothesis import given
from hypothesis import strategies as st
from loopback_server import Received

from proba.errors import SourceError
from proba.sources._jsonstat_read import parse_header
from proba.sources.jsonstat import parse_jsonstat2


def document(**changes: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": "99001: Syntetisk tabell",
        "source": "Syntetiske tall",
        "updated": "2026-01-02T07:00:00Z",
        "id": ["Region", "Tid"],
        "size": [2, 3],
        "role": {"time": ["Tid"]},
        "dimension": {
            "Region": {
                "label": "region",
                "category": {
                    "index": {"0301": 1, "1103": 0},
                    "label": {"0301": "Oslo", "1103": "Stavanger"},
                },
            },
            "Tid": {"label": "år", "category": {"index": ["2015", "2016", "2017"]}},
        },
        "value": [1, 2.5, None, 4, 5, 0],
    }
    base.update(changes)
    return {k: v for k, v in base.items() if v is not ...}


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def parsed(**changes: Any) -> pd.DataFrame:
    return parse_jsonstat2(encoded(document(**changes))).frame


def statuses(frame: pd.DataFrame) -> list[str | None]:
    return [None if s is None or s != s else s for s in frame["status"].astype(object)]


def test_the_frame_has_codes_labels_values_and_status_in_source_order() -> None:
    dataset = parse_jsonstat2(encoded(document(status={"2": ".."}, note=["Note én"])))
    frame = dataset.frame
    assert list(frame.columns) == ["Region", "Region_label", "Tid", "Tid_label", "value", "status"]
    assert list(frame["Region"]) == ["1103"] * 3 + ["0301"] * 3  # by index, not by key order
    assert list(frame["Region_label"]) == ["Stavanger"] * 3 + ["Oslo"] * 3
    assert list(frame["Tid"]) == ["2015", "2016", "2017"] * 2
    assert list(frame["Tid_label"]) == list(frame["Tid"])  # no label: the code
    np.testing.assert_array_equal(frame["value"], [1, 2.5, np.nan, 4, 5, 0])
    assert frame["value"].dtype == np.float64
    assert statuses(frame) == [None, None, "..", None, None, None]
    assert all(
        isinstance(frame[c].dtype, pd.CategoricalDtype) for c in frame.columns if c != "value"
    )
    assert list(frame["Region"].cat.categories) == ["1103", "0301"]
    assert dataset.dims == ("Region", "Tid")
    assert dataset.label == "99001: Syntetisk tabell"
    assert dataset.source == "Syntetiske tall"
    assert dataset.updated == "2026-01-02T07:00:00Z"
    assert dataset.notes == ("Note én",)
    assert dataset.table is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ([".", None, "..", "", ":", "-"], [".", None, "..", None, ":", "-"]),
        ({"0": ".", "5": "-", "3": None}, [".", None, None, None, None, "-"]),
        ("e", ["e"] * 6),
        (["e"], ["e"] * 6),
        ("", [None] * 6),
        ({}, [None] * 6),
        (None, [None] * 6),
    ],
)
def test_status_in_every_layout(status: Any, expected: list[str | None]) -> None:
    assert statuses(parsed(status=status)) == expected


def test_the_standard_symbols_are_missing_and_never_zero() -> None:
    frame = parsed(
        value=[None] * 5 + [0], status={"0": ".", "1": "..", "2": ":", "3": "-", "4": "*"}
    )
    assert frame["value"].isna().tolist() == [True] * 5 + [False]
    assert statuses(frame) == [".", "..", ":", "-", "*", None]


def test_a_number_may_have_a_status() -> None:
    frame = parsed(status={"3": "*"})
    assert frame.loc[3, "value"] == 4
    assert frame.loc[3, "status"] == "*"


def test_sparse_values_are_the_same_as_dense() -> None:
    sparse = parsed(value={"0": 1, "1": 2.5, "3": 4, "5": 0, "4": 5})
    pd.testing.assert_frame_equal(sparse, parsed())
    assert parsed(value={})["value"].isna().all()


def test_labels_that_repeat() -> None:
    doc = document()
    doc["dimension"]["Region"]["category"]["label"] = {"0301": "Våler", "1103": "Våler"}
    frame = parse_jsonstat2(encoded(doc)).frame
    assert list(frame["Region"]) == ["1103"] * 3 + ["0301"] * 3
    assert set(frame["Region_label"]) == {"Våler"}


def test_one_category_needs_no_index() -> None:
    doc = document(size=[1, 3], value=[1, 2, 3])
    doc["dimension"]["Region"]["category"] = {"label": {"0301": "Oslo"}}
    assert list(parse_jsonstat2(encoded(doc)).frame["Region"]) == ["0301"] * 3
    doc["dimension"]["Region"]["category"] = {"index": {"0301": 0}}
    assert list(parse_jsonstat2(encoded(doc)).frame["Region_label"]) == ["0301"] * 3
    doc["dimension"]["Region"]["category"] = {}
    with pytest.raises(SourceError, match="Region"):
        parse_jsonstat2(encoded(doc))


def test_a_dimension_without_categories_gives_an_empty_frame() -> None:
    doc = document(size=[0, 3], value=[])
    doc["dimension"]["Region"]["category"] = {"index": []}
    frame = parse_jsonstat2(encoded(doc)).frame
    assert frame.empty
    assert len(frame.columns) == 6


def test_what_is_not_read_does_no_harm() -> None:
    doc = document(
        href="https://example.org", link={}, extension={"status": {"label": {"e": "anslag"}}}
    )
    category = doc["dimension"]["Region"]["category"]
    category |= {"unit": {"0301": {"decimals": 1}}, "child": {"0301": ["1103"]}}
    category |= {"coordinates": {"0301": [10.7, 59.9]}}
    assert len(parse_jsonstat2(encoded(doc)).frame) == 6
    for odd in (7, "tekst", [], None):
        doc |= {"role": odd, "extension": odd, "note": odd, "label": odd, "updated": odd}
        assert len(parse_jsonstat2(encoded(doc)).frame) == 6


def test_notes_of_table_dimension_and_codes_each_once() -> None:
    doc = document(note=["Om tabellen."])
    doc["dimension"]["Region"]["note"] = ["Om region."]
    doc["dimension"]["Tid"]["category"]["note"] = {"2015": ["Brudd."], "2017": ["Brudd."]}
    notes = parse_jsonstat2(encoded(doc)).notes
    assert notes == ("Om tabellen.", "region: Om region.", "år 2015, 2017: Brudd.")


def test_an_answer_in_the_layout_of_the_service() -> None:
    table = FakeTable(
        "99001",
        [
            FakeDim("Region", "region", ["1103", "0301"], ["Stavanger", "Oslo"]),
            FakeDim("ContentsCode", "statistikkvariabel", ["Personer"], contents=True),
            FakeDim("Tid", "år", ["2015", "2016"], time=True),
        ],
        [1, math.nan, 3, 4.5],
        [None, ":", None, None],
    )
    names = ("Region", "contentscode", "Tid")
    body = encoded({"selection": [{"variableCode": n, "valueCodes": ["*"]} for n in names]})
    for sparse in (False, True):
        app = FakeSsb(table, sparse=sparse)
        reply = app(Received("POST", "/v2/tables/99001/data", [], {}, body))
        dataset = parse_jsonstat2(reply.body)
        np.testing.assert_array_equal(dataset.frame["value"], [1, np.nan, 3, 4.5])
        assert statuses(dataset.frame) == [None, ":", None, None]
        assert dataset.table == "99001"
    header = parse_header(app(Received("GET", "/tables/99001/metadata", [], {}, b"")).body)
    assert [d.code for d in header.dimensions] == ["Region", "ContentsCode", "Tid"]
    assert header.dimensions[0].codes == ("1103", "0301")
    assert [(d.is_time, d.is_contents) for d in header.dimensions] == [
        (False, False),
        (False, True),
        (True, False),
    ]


def broken(path: str, value: Any) -> dict[str, Any]:
    doc = copy.deepcopy(document())
    place: Any = doc
    *way, last = path.split("/")
    for step in way:
        place = place[step]
    place[last] = value
    return doc


CATEGORY = "dimension/Region/category"


@pytest.mark.parametrize(
    ("doc", "words"),
    [
        ([], "JSON object"),
        (None, "JSON object"),
        (document(**{"class": "collection"}), "collection"),
        (document(**{"class": "dimension"}), "dimension"),
        (document(**{"class": ["dataset"]}), "dataset"),
        (document(version="1.0"), "version 2.0"),
        (document(version=2.0), "version 2.0"),
        (document(version=...), "version 2.0"),
        ({"dataset": {"dimension": {}, "value": []}}, "version 2.0"),
        (document(id=["Region", "Region"]), "twice"),
        (document(id=[]), "'id'"),
        (document(id="Region"), "'id'"),
        (document(id=[1, 2]), "'id'"),
        (document(id=...), "'id'"),
        (document(id=[f"d{i}" for i in range(40)]), "too many"),
        (document(size=[2]), "'size'"),
        (document(size=[2, -3]), "'size'"),
        (document(size=[2, 3.0]), "'size'"),
        (document(size=[2, True]), "'size'"),
        (document(size=["2", "3"]), "'size'"),
        (document(size=[2, 10**12]), "as many as 'size' says"),
        (document(dimension=[]), "Region"),
        (document(dimension={"Region": None}), "Region"),
        (document(dimension={"Region": {"category": 3}}), "Region"),
        (broken(f"{CATEGORY}/index", {"0301": 0, "1103": 0}), "Region"),
        (broken(f"{CATEGORY}/index", {"0301": 0, "1103": 2}), "Region"),
        (broken(f"{CATEGORY}/index", {"0301": 0, "1103": "1"}), "Region"),
        (broken(f"{CATEGORY}/index", {"0301": 0, "1103": True}), "Region"),
        (broken(f"{CATEGORY}/index", ["0301", "0301"]), "Region"),
        (broken(f"{CATEGORY}/index", ["0301"]), "Region"),
        (broken(f"{CATEGORY}/index", [301, 1103]), "Region"),
        (broken(f"{CATEGORY}/index", "0301"), "Region"),
        (broken(f"{CATEGORY}/label", ["Oslo", "Stavanger"]), "Region"),
        (document(value=[1, 2, 3]), "3 values where its dimensions make 6 cells"),
        (document(value=[]), "0 values"),
        (document(value=...), "0 values"),
        (document(value="1"), "0 values"),
        (document(value=[1, 2, 3, 4, 5, "6"]), "not a number: '6' (value 5)"),
        (document(value=[1, 2, 3, 4, 5, True]), "not a number"),
        (document(value=[1, 2, 3, 4, 5, [6]]), "not a number"),
        (document(value=[[1], [2], [3], [4], [5], [6]]), "not a number"),
        (document(value=[1, 2, 3, 4, 5, 10**400]), "too large"),
        (document(value={"6": 1}), "from 0 to 5"),
        (document(value={"-1": 1}), "from 0 to 5"),
        (document(value={"a": 1}), "from 0 to 5"),
        (document(value={"": 1}), "from 0 to 5"),
        (document(value={"1.0": 1}), "from 0 to 5"),
        (document(value={"١": 1}), "from 0 to 5"),
        (document(value={"1": 1, "01": 2}), "each once"),
        (document(value={"9" * 5000: 1}), "from 0 to 5"),
        (document(value={"1": "x"}), "not a number"),
        (document(status=[".", ".."]), "2 status symbols for 6 cells"),
        (document(status=[]), "0 status symbols"),
        (document(status={"6": "."}), "from 0 to 5"),
        (document(status={"1": 3}), "not text"),
        (document(status=3), "not text"),
        (document(status=[[], None, None, None, None, None]), "not text"),
    ],
)
def test_an_answer_that_does_not_hold_together_is_one_source_error(doc: Any, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_jsonstat2(encoded(doc))
    assert words in str(caught.value)
    assert caught.value.nb != caught.value.en


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"<!DOCTYPE html><html>\x1b[31m", "<!DOCTYPE html>"),
        (encoded(document())[:-20], "not JSON"),
        (encoded(document()) + b"}", "not JSON"),
        (encoded(document()).replace(b"Oslo", b"Troms\xf8"), "not UTF-8"),
        (json.dumps(document()).encode("utf-16"), "not UTF-8"),
        (encoded(document()).replace(b"null", b"NaN"), "NaN"),
        (encoded(document()).replace(b"null", b"Infinity"), "Infinity"),
        (encoded(document()).replace(b"null", b"-Infinity"), "-Infinity"),
        (encoded(document()).replace(b"null", b"1e999"), "too large"),
        (encoded(document()).replace(b"null", b"9" * 5000), "not JSON"),
        (encoded(document()).replace(b"Oslo", b"\\ud800"), "not Unicode"),
        (encoded(document(status={"0": "@"})).replace(b"@", b"\\ud800"), "not text"),
        (b"[" * 200_000, "too deeply"),
        (b'{"a":' * 200_000, "too deeply"),
    ],
)
def test_bytes_that_are_no_json_stat_are_one_source_error(content: bytes, words: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_jsonstat2(content)
    assert words in str(caught.value)
    assert "\x1b" not in caught.value.en + caught.value.nb
    assert len(caught.value.en) < 400


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for step, below in inner:
        found.append((*way, step))
        if isinstance(below, dict | list):
            found += places(below, (*way, step))
    return found


WHOLE = document(
    status={"2": ".."},
    note=["Note"],
    extension={"px": {"tableid": "99001"}},
    dimension={
        "Region": {
            "label": "region",
            "note": ["Note"],
            "category": {
                "index": {"0301": 1, "1103": 0},
                "label": {"0301": "Oslo", "1103": "Stavanger"},
                "note": {"0301": ["Note"]},
            },
            "extension": {"elimination": True},
        },
        "Tid": {"label": "år", "category": {"index": ["2015", "2016", "2017"]}},
    },
)
JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", "0", "6", "-1", "Region", "value", "\ud800", "\x00", "2.0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["", "0", "1103", "Region", "\udfff"]), inner, max_size=3)
    ),
    max_leaves=4,
)


@given(way=st.sampled_from(places(WHOLE)), value=JSON_VALUES)
def test_whatever_stands_in_a_place_it_is_read_or_refused(way: tuple[Any, ...], value: Any) -> None:
    doc = copy.deepcopy(WHOLE)
    inside: Any = doc
    for step in way[:-1]:
        inside = inside[step]
    inside[way[-1]] = value
    try:
        dataset = parse_jsonstat2(json.dumps(doc).encode())
    except SourceError as error:
        said = error.en + error.nb
    else:
        said = ""
    assert said.isprintable()
    if said:
        return
    assert len(dataset.frame) == math.prod(doc["size"])
    assert isinstance(dataset.label, str)
    assert all(isinstance(note, str) for note in dataset.notes)


def test_a_sparse_answer_cannot_claim_all_memory() -> None:
    codes = [str(i) for i in range(6000)]
    doc = document(size=[6000, 6000], value={})
    for name in ("Region", "Tid"):
        doc["dimension"][name] = {"category": {"index": codes}}
    with pytest.raises(SourceError, match="36000000 cells"):
        parse_jsonstat2(encoded(doc))
    assert len(parse_header(encoded(doc)).dimensions) == 2


@pytest.mark.parametrize("names", [("value", "Tid"), ("status", "Tid"), ("Tid_label", "Tid")])
def test_a_dimension_cannot_take_the_name_of_another_column(names: tuple[str, str]) -> None:
    doc = document(id=list(names))
    region = doc["dimension"].pop("Region")
    doc["dimension"][names[0]] = region
    with pytest.raises(SourceError, match="two columns"):
        parse_jsonstat2(encoded(doc))


def test_many_codes_keep_their_place() -> None:
    for size in (127, 128, 129, 255, 256, 40_000):
        codes = [f"k{i}" for i in range(size)]
        doc = document(size=[2, size], value=list(range(2 * size)))
        doc["dimension"]["Tid"]["category"] = {"index": codes}
        frame = parse_jsonstat2(encoded(doc)).frame
        assert list(frame["Tid"]) == codes * 2
        assert frame["value"].tolist() == list(range(2 * size))


def test_a_byte_order_mark_is_passed_over() -> None:
    marked = parse_jsonstat2(b"\xef\xbb\xbf" + encoded(document()))
    pd.testing.assert_frame_equal(marked.frame, parse_jsonstat2(encoded(document())).frame)
