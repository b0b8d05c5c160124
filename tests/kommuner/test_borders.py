"""Tables put on the borders of one year: sums, what is missing, and what is never lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proba.errors import KommuneError
from proba.kommuner import (
    BordersResult,
    ChangeGraph,
    SplitWeights,
    shipped_graph,
    to_borders,
    weights_from_counts,
)

GRAPH = shipped_graph()
YEARS = st.integers(2012, 2024)


def _table(*rows: tuple[str, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["kommune", "aar", "x"])


def _whole(years, seed: int, graph: ChangeGraph = GRAPH) -> pd.DataFrame:
    """Every kommune of the years with whole-number amounts, so that sums are exact."""
    random = np.random.default_rng(seed)
    keys = [(n, y) for y in years for n in graph.valid(y)]
    frame = pd.DataFrame(keys, columns=["kommune", "aar"])
    return frame.assign(
        x=random.integers(0, 10_000, len(frame)).astype(float),
        y=random.integers(-500, 500, len(frame)).astype(float),
    )


def _even(borders: int) -> SplitWeights:
    """Equal shares wherever some kommune of some year is divided."""
    shares = {}
    for year, names in GRAPH.names.items():
        for number in names:
            targets = GRAPH.targets(number, year, borders)
            if len(targets) > 1:
                shares.update({(number, t.kommune): 1 / len(targets) for t in targets})
    return SplitWeights(shares)


def _value(result: BordersResult, kommune: str, year: int, column: str = "x") -> float:
    frame = result.frame
    return float(frame[(frame["kommune"] == kommune) & (frame["aar"] == year)][column].iloc[0])


def test_sandefjord_of_2015_on_the_borders_of_2017() -> None:
    result = to_borders(
        _table(("0706", 2015, 1.0), ("0719", 2015, 2.0), ("0720", 2015, 4.0), ("0301", 2015, 8.0)),
        borders=2017,
        sums=["x"],
    )
    assert result.frame.to_dict("list") == {
        "kommune": ["0301", "0710"],
        "aar": [2015, 2015],
        "x": [8.0, 7.0],
    }
    assert result.parts["parts"].tolist() == [1, 3]
    assert result.parts["absent"].tolist() == ["", ""]
    assert result.incomplete.empty
    assert list(result.incomplete.columns) == ["kommune", "aar", "column", "missing", "no_row"]
    assert [c.note[:4] for c in result.border_moves] == ["Vear"]
    result.check()


def test_a_part_without_row_makes_the_sum_missing_and_is_named() -> None:
    result = to_borders(_table(("0706", 2015, 1.0), ("0720", 2015, 4.0)), borders=2017, sums=["x"])
    assert np.isnan(_value(result, "0710", 2015))
    assert result.parts[["parts", "present", "absent"]].values.tolist() == [[3, 2, "0719"]]
    assert result.incomplete.values.tolist() == [["0710", 2015, "x", "0719", True]]
    assert result.totals[["before", "after", "held_back"]].values.tolist() == [[5.0, 0.0, 5.0]]
    result.check()


def test_a_part_without_value_makes_only_that_column_missing() -> None:
    frame = _table(("0706", 2015, 1.0), ("0719", 2015, np.nan), ("0720", 2015, 4.0))
    result = to_borders(frame.assign(z=1), borders=2017, sums=["x", "z"])
    assert np.isnan(_value(result, "0710", 2015))
    assert _value(result, "0710", 2015, "z") == 3.0
    assert result.incomplete.values.tolist() == [["0710", 2015, "x", "0719", False]]
    assert result.parts["present"].tolist() == [3]
    result.check()


def test_kommuner_without_any_part_are_left_out() -> None:
    result = to_borders(_table(("0301", 2012, 1.0)), borders=2024, sums=["x"])
    assert result.frame["kommune"].tolist() == ["0301"]


def test_rates_are_not_returned_and_the_input_is_left_alone() -> None:
    frame = _table(("0301", 2012, 1.0)).assign(andel=0.5, navn="Oslo")
    before = frame.copy()
    result = to_borders(frame, borders=2024, sums=["x"])
    assert list(result.frame.columns) == ["kommune", "aar", "x"]
    pd.testing.assert_frame_equal(frame, before)


def test_haram_before_and_after_alesund() -> None:
    frame = _table(("1534", 2019, 5.0), ("1507", 2021, 40.0), ("1580", 2024, 6.0))
    weights = SplitWeights({("1507", "1508"): 0.75, ("1507", "1580"): 0.25})
    result = to_borders(frame, borders=2024, sums=["x"], weights=weights)
    haram = result.frame[result.frame["kommune"] == "1580"]
    assert haram["x"].tolist() == [5.0, 10.0, 6.0]
    assert _value(result, "1508", 2021) == 30.0
    (split,) = result.splits
    assert (split.kommune, split.years) == ("1507", (2021,))
    assert split.shares == (("1508", 0.75), ("1580", 0.25))
    assert split.text("nb") == (
        "1507 Ålesund (2021) delt: 1508 0,7500; 1580 0,2500 – oppgitte andeler."
    )
    assert split.text("en").startswith("1507 Ålesund (2021) divided: 1508 0.7500, 1580 0.2500")
    result.check()


def test_a_split_without_weights_says_how_to_give_them() -> None:
    with pytest.raises(KommuneError) as caught:
        to_borders(_table(("1507", 2021, 1.0)), borders=2024, sums=["x"])
    for text in (str(caught.value), caught.value.text("nb")):
        for word in ("1507 Ålesund", "2021", "1508 Ålesund", "1580 Haram", "fra,til,andel"):
            assert word in text


def test_a_number_of_another_year_is_named_with_its_years() -> None:
    with pytest.raises(KommuneError, match="Kommune 0710 does not exist in 2016"):
        to_borders(_table(("0710", 2016, 1.0)), borders=2024, sums=["x"])


def test_a_table_that_is_on_other_borders_already() -> None:
    frame = _table(("0710", 2012, 9.0), ("0710", 2016, 1.0))
    result = to_borders(frame, on=2017, borders=2024, sums=["x"])
    assert result.frame["kommune"].tolist() == ["3907", "3907"]
    assert result.frame["x"].tolist() == [9.0, 1.0]
    assert not [c for c in result.border_moves if c.note.startswith("Vear")]
    with pytest.raises(KommuneError, match="0710 does not exist in 2012"):
        to_borders(frame, on=2012, borders=2024, sums=["x"])


def test_other_names_of_the_keys_and_other_types() -> None:
    frame = pd.DataFrame(
        {
            "knr": pd.Categorical(["0101", "0104"]),
            "year": np.array([2012, 2013], dtype="float64"),
            "n": pd.array([1, 2], dtype="Int64"),
        }
    )
    result = to_borders(frame, borders=2020, sums=["n"], kommune="knr", time="year")
    assert result.frame["knr"].tolist() == ["3001", "3002"]
    assert result.frame["year"].dtype == "int64"
    assert result.parts.columns.tolist() == ["knr", "year", "parts", "present", "absent"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.iloc[:0], "no rows"),
        (lambda f: f.drop(columns="x"), "'x'"),
        (lambda f: f.assign(kommune=[301, 301]), "four digits as text"),
        (lambda f: f.assign(kommune=["0301", None]), "not text"),
        (lambda f: f.assign(aar=["2012", "2013"]), "whole years"),
        (lambda f: f.assign(aar=[2012.5, 2013.0]), "whole years"),
        (lambda f: f.assign(aar=[2012.0, np.nan]), "whole years"),
        (lambda f: f.assign(aar=[2012, 2030]), "not 2030"),
        (lambda f: f.assign(aar=[2012, 2012]), "more than once in 2012"),
        (lambda f: f.assign(x=["1", "2"]), "not numbers"),
        (lambda f: f.assign(x=[True, False]), "not numbers"),
        (lambda f: f.assign(x=[1.0, np.inf]), "infinite for 0301 in 2013"),
        (lambda f: pd.concat([f, f["x"]], axis=1), "once"),
    ],
)
def test_a_table_that_cannot_be_added_up(change, words: str) -> None:
    frame = _table(("0301", 2012, 1.0), ("0301", 2013, 2.0))
    with pytest.raises(KommuneError, match=words):
        to_borders(change(frame), borders=2024, sums=["x"])


@pytest.mark.parametrize("sums", [[], "x", ["x", "x"], ["x", "kommune"]])
def test_sums_that_are_no_list_of_columns(sums) -> None:
    with pytest.raises(KommuneError):
        to_borders(_table(("0301", 2012, 1.0)), borders=2024, sums=sums)


def test_the_check_finds_what_was_lost() -> None:
    result = to_borders(_table(("0301", 2012, 5.0)), borders=2024, sums=["x"])
    result.totals.loc[0, "after"] = 4.0
    with pytest.raises(KommuneError, match="'x' in 2012: the total changed by 1 "):
        result.check()


@settings(max_examples=25, deadline=None)
@given(year=YEARS, borders=YEARS, seed=st.integers(0, 2**32 - 1))
def test_totals_are_equal_before_and_after(year: int, borders: int, seed: int) -> None:
    frame = _whole([year], seed)
    result = to_borders(frame, borders=borders, sums=["x", "y"], weights=_even(borders))
    result.check(rtol=1e-12)
    assert result.frame["kommune"].tolist() == list(GRAPH.valid(borders))
    for column in ("x", "y"):
        assert result.frame[column].sum() == pytest.approx(frame[column].sum(), rel=1e-12)
    assert result.incomplete.empty


@settings(max_examples=25, deadline=None)
@given(
    year=YEARS,
    borders=YEARS,
    seed=st.integers(0, 2**32 - 1),
    holes=st.lists(st.integers(0, 355), max_size=20),
    gaps=st.lists(st.integers(0, 300), max_size=20),
)
def test_no_partial_sum_and_nothing_lost_with_holes(year, borders, seed, holes, gaps) -> None:
    frame = _whole([year], seed).drop(index=holes).reset_index(drop=True)
    frame.loc[gaps, "x"] = np.nan
    result = to_borders(frame, borders=borders, sums=["x", "y"], weights=_even(borders))
    result.check(rtol=1e-12)
    known = frame.set_index("kommune")
    for column in ("x", "y"):
        missing = set(result.frame.loc[result.frame[column].isna(), "kommune"])
        reported = result.incomplete[result.incomplete["column"] == column]
        assert set(reported["kommune"]) == missing
        for target, parts in zip(reported["kommune"], reported["missing"], strict=True):
            area = GRAPH.areas[borders][target]
            without = {n for n, held in GRAPH.areas[year].items() if held & area}
            without -= set(known.index[known[column].notna()])
            assert set(parts.split()) == without


@settings(max_examples=15, deadline=None)
@given(year=YEARS, borders=YEARS, seed=st.integers(0, 2**32 - 1))
def test_forth_and_back_returns_the_original(year: int, borders: int, seed: int) -> None:
    """Weights made from the very column bring back what a merger put together."""
    frame = _whole([year], seed).assign(x=lambda f: f["x"] + 1.0)
    # Where a kommune is divided on the way out, the way back is not its inverse part by part.
    divided = [n for n in GRAPH.valid(year) if len(GRAPH.targets(n, year, borders)) > 1]
    out = to_borders(frame, borders=borders, sums=["x"], weights=_even(borders))
    back = weights_from_counts(frame, "x", year=year, borders=year)
    meeting = {
        n
        for n in GRAPH.valid(borders)
        for t in GRAPH.targets(n, borders, year)
        if t.kommune in divided
    }
    rows = out.frame[~out.frame["kommune"].isin(meeting)]
    result = to_borders(rows, on=borders, borders=year, sums=["x"], weights=back)
    original = frame.set_index("kommune")["x"]
    returned = result.frame.set_index("kommune")["x"].dropna()
    apart = {n for n in GRAPH.valid(year) if n not in divided}
    apart -= {n for n in apart if GRAPH.targets(n, year, borders)[0].kommune in meeting}
    assert apart <= set(returned.index)
    pd.testing.assert_series_equal(
        returned, original[returned.index], check_exact=False, rtol=1e-12
    )


@settings(max_examples=15, deadline=None)
@given(year=st.integers(2012, 2019), seed=st.integers(0, 2**32 - 1))
def test_by_way_of_another_year_or_straight(year: int, seed: int) -> None:
    """Mergers alone: by 2020 and on from there is the same as straight to 2023."""
    frame = _whole([year], seed)
    weights = _even(2023)
    straight = to_borders(frame, borders=2023, sums=["x", "y"], weights=weights)
    half = to_borders(frame, borders=2020, sums=["x", "y"], weights=_even(2020))
    rest = to_borders(half.frame, on=2020, borders=2023, sums=["x", "y"])
    pd.testing.assert_frame_equal(straight.frame, rest.frame)


def test_many_years_at_once_are_each_year_alone() -> None:
    frame = _whole(range(2012, 2025), 7)
    weights = _even(2016)
    together = to_borders(frame, borders=2016, sums=["x"], weights=weights)
    for year, rows in frame.groupby("aar"):
        alone = to_borders(rows, borders=2016, sums=["x"], weights=weights).frame
        same = together.frame[together.frame["aar"] == year].reset_index(drop=True)
        pd.testing.assert_frame_equal(same, alone)
    assert together.frame.groupby("aar").size().unique().tolist() == [428]


def test_the_order_of_the_rows_does_not_matter() -> None:
    frame = _whole([2016], 3).assign(x=lambda f: f["x"] / 7)
    shuffled = frame.sample(frac=1.0, random_state=1)
    a = to_borders(frame, borders=2020, sums=["x"], weights=_even(2020)).frame
    b = to_borders(shuffled, borders=2020, sums=["x"], weights=_even(2020)).frame
    pd.testing.assert_frame_equal(a, b, check_exact=True)
