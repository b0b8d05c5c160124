"""Which kommuner cover the same ground in two years, and why."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from proba.errors import KommuneError
from proba.kommuner import Change, ChangeGraph, Disagreement, describe, shipped_graph

YEARS = range(2012, 2025)


@pytest.fixture(scope="module")
def graph() -> ChangeGraph:
    return shipped_graph()


def _to(graph: ChangeGraph, kommune: str, year: int, borders: int) -> dict[str, float | None]:
    return {t.kommune: t.weight for t in graph.targets(kommune, year, borders)}


def test_it_is_read_once_and_cannot_be_changed(graph: ChangeGraph) -> None:
    assert shipped_graph() is graph
    assert repr(graph).startswith("ChangeGraph(2012-2024")
    with pytest.raises(TypeError):
        graph.valid(2012)["0001"] = "x"  # type: ignore[index]
    with pytest.raises(TypeError):
        graph.areas[2012]["0001"] = frozenset()  # type: ignore[index]


def test_every_year_is_the_same_432_base_areas_once_each(graph: ChangeGraph) -> None:
    # 429 kommuner of 2012, Snillfjord in three and Tysfjord in two.
    everything = frozenset().union(*graph.areas[2012].values())
    assert len(everything) == 432
    for year in YEARS:
        parts = list(graph.areas[year].values())
        assert sum(map(len, parts)) == 432
        assert frozenset().union(*parts) == everything


def test_every_number_maps_to_every_year(graph: ChangeGraph) -> None:
    for year in YEARS:
        for number in graph.valid(year):
            for borders in (2012, 2016, 2020, 2024):
                targets = graph.targets(number, year, borders)
                assert targets
                weights = {t.weight for t in targets}
                assert weights == ({1.0} if len(targets) == 1 else {None})
                assert all(graph.valid(borders)[t.kommune] == t.name for t in targets)


def test_forward_only_the_three_splits_need_weights(graph: ChangeGraph) -> None:
    need = {
        number
        for year in YEARS
        for number in graph.valid(year)
        for borders in range(year, 2025)
        if len(graph.targets(number, year, borders)) > 1
    }
    assert need == {"1613", "5012", "1850", "1507"}


def test_a_number_never_comes_back(graph: ChangeGraph) -> None:
    numbers = {n for year in YEARS for n in graph.valid(year)}
    for number in numbers:
        years = graph.years_of(number)
        assert list(years) == list(range(years[0], years[-1] + 1))
    assert graph.years_of("0710") == (2017, 2018, 2019)
    assert graph.years_of("1103") == tuple(YEARS)
    assert graph.years_of("9999") == ()


def test_haram_has_no_need_of_weights(graph: ChangeGraph) -> None:
    for year in range(2012, 2020):
        assert _to(graph, "1534", year, 2024) == {"1580": 1.0}
    assert _to(graph, "1580", 2024, 2012) == {"1534": 1.0}
    assert _to(graph, "1507", 2021, 2024) == {"1508": None, "1580": None}
    assert set(_to(graph, "1508", 2024, 2019)) == {"1504", "1523", "1529", "1546"}


def test_snillfjord_and_tysfjord(graph: ChangeGraph) -> None:
    assert _to(graph, "1613", 2016, 2018) == {"5012": 1.0}
    parts = {"5055": None, "5056": None, "5059": None}
    assert _to(graph, "1613", 2012, 2024) == parts
    assert _to(graph, "5012", 2019, 2020) == parts
    assert _to(graph, "1850", 2015, 2024) == {"1806": None, "1875": None}
    assert set(_to(graph, "5059", 2024, 2016)) == {"1613", "1622", "1636", "1638"}


def test_a_number_that_went_on_with_other_borders(graph: ChangeGraph) -> None:
    assert _to(graph, "1103", 2019, 2024) == {"1103": 1.0}
    assert _to(graph, "1103", 2019, 2012) == {"1103": 1.0}
    assert _to(graph, "1103", 2020, 2019) == {"1103": None, "1141": None, "1142": None}


@pytest.mark.parametrize("via", YEARS)
def test_the_way_does_not_matter(graph: ChangeGraph, via: int) -> None:
    """Going through a year can only blur: each direct target is among those reached by it."""
    for year in (2012, 2017, 2019, 2024):
        for number in graph.valid(year):
            steps = [
                (graph.targets(t.kommune, via, 2020), t) for t in graph.targets(number, year, via)
            ]
            reached = {s.kommune for found, _ in steps for s in found}
            direct = graph.targets(number, year, 2020)
            assert {t.kommune for t in direct} <= reached
            if all(len(found) == 1 for found, _ in steps):
                assert {t.kommune for t in direct} == reached


def test_reasons_say_whether_it_is_the_same_area(graph: ChangeGraph) -> None:
    (halden,) = graph.targets("0101", 2012, 2024)
    assert (halden.reason("nb"), halden.reason("en")) == ("samme område", "the same area")
    (stokke,) = graph.targets("0720", 2012, 2017)
    assert stokke.reason("en") == "all of it lies in 0710"
    assert "delt mellom 2" in graph.targets("1850", 2012, 2024)[0].reason()


def test_explain_tells_each_step_with_its_date(graph: ChangeGraph) -> None:
    text = graph.explain("0706", 2016, 2024, "nb")
    assert "3907 Sandefjord" in text
    assert "1.1.2017: sammenslåing av 0706 Sandefjord, 0719 Andebu og 0720 Stokke til 0710" in text
    assert "1.1.2020: nytt nummer for 0710 Sandefjord → 3804 Sandefjord." in text
    text = graph.explain("0706", 2016, 2024, "en")
    assert (
        "1 January 2017: merger of 0706 Sandefjord, 0719 Andebu and 0720 Stokke into 0710" in text
    )
    assert "Beløp må deles" in graph.explain("5012", 2019, 2020, "nb")
    assert "(Vennastranda)" in graph.explain("5012", 2019, 2020)
    assert "must be divided" in graph.explain("1507", 2021, 2024, "en")
    assert (
        graph.explain("0301", 2012, 2024)
        == "0301 Oslo (2012) ligger på grensene fra 2024 i 0301 Oslo."
    )


def test_explain_names_the_pieces_not_accounted_for(graph: ChangeGraph) -> None:
    text = graph.explain("0704", 2016, 2017)
    assert "Ikke regnet med: 1.1.2017: grensejustering fra 0720 Stokke (Vear" in text
    assert "til 0704 Tønsberg." in text
    assert "Not accounted for" in graph.explain("0720", 2016, 2024, "en")
    assert "Vear" not in graph.explain("0704", 2017, 2024)


def test_every_number_has_an_explanation_to_both_ends(graph: ChangeGraph) -> None:
    for year in (2012, 2017, 2019, 2022, 2024):
        for number, name in graph.valid(year).items():
            for borders in (2012, 2024):
                for lang in ("nb", "en"):
                    text = graph.explain(number, year, borders, lang)
                    assert text.startswith(f"{number} {name} ({year}) ")
                    assert text.endswith(".")


def test_a_name_change_is_told(graph: ChangeGraph) -> None:
    row = next(c for c in graph.changes if c.kind == "navn" and c.source == "1841")
    assert describe([row]).startswith("15.4.2016: nytt navn på 1841 Fauske (samisk")


@pytest.mark.parametrize(
    ("kommune", "year", "en", "nb"),
    [
        ("0710", 2016, "0710 Sandefjord exists from 2017 to 2019", "finnes fra 2017 til 2019"),
        ("0706", 2020, "in 2020 the area was 3804 Sandefjord", "i 2020 var området 3804"),
        ("1723", 2012, "1723 Mosvik became 1756 in 2012", "1723 Mosvik ble til 1756 i 2012"),
        ("9999", 2015, "no kommune has that number", "ingen kommune har det nummeret"),
        ("\x1b[0m", 2015, "no kommune has that number", "ingen kommune"),
    ],
)
def test_a_wrong_number_says_where_it_belongs(graph, kommune, year, en, nb) -> None:
    with pytest.raises(KommuneError) as caught:
        graph.targets(kommune, year, 2024)
    assert en in str(caught.value)
    assert nb in caught.value.text("nb")
    assert "\x1b" not in str(caught.value)


def test_years_outside_are_refused(graph: ChangeGraph) -> None:
    for year in (2011, 2025):
        with pytest.raises(KommuneError, match=f"2012 to 2024, not {year}"):
            graph.valid(year)
        with pytest.raises(KommuneError, match=str(year)):
            graph.targets("0301", 2012, year)


# --- graphs made here -----------------------------------------------------------------------


def _change(year: int, old: str, new: str, *areas: str, kind="deling") -> Change:
    return Change(dt.date(year, 1, 1), kind, old, old, new, new, areas)


def _names(*years: str) -> dict[int, dict[str, str]]:
    return {2000 + j: {n: n for n in numbers.split()} for j, numbers in enumerate(years)}


def test_a_split_of_a_merger_cuts_what_was_before() -> None:
    graph = ChangeGraph.from_names(
        _names("0001 0002", "0003", "0004 0005"),
        [
            _change(2001, "0001", "0003", kind="sammenslaaing"),
            _change(2001, "0002", "0003", kind="sammenslaaing"),
            _change(2002, "0003", "0004"),
            _change(2002, "0003", "0005"),
        ],
    )
    assert _to(graph, "0001", 2000, 2002) == {"0004": None, "0005": None}
    assert _to(graph, "0001", 2000, 2001) == {"0003": 1.0}
    assert _to(graph, "0004", 2002, 2000) == {"0001": None, "0002": None}


def test_a_kommune_can_lose_a_part_and_go_on() -> None:
    graph = ChangeGraph.from_names(
        _names("0001 0002", "0001 0002"),
        [_change(2001, "0001", "0001"), _change(2001, "0001", "0002")],
    )
    assert _to(graph, "0001", 2000, 2001) == {"0001": None, "0002": None}
    assert _to(graph, "0002", 2000, 2001) == {"0002": 1.0}


def test_two_can_change_numbers_with_one_another() -> None:
    graph = ChangeGraph.from_names(
        _names("0001 0002", "0001 0002"),
        [
            _change(2001, "0001", "0002", kind="nummer"),
            _change(2001, "0002", "0001", kind="nummer"),
        ],
    )
    assert _to(graph, "0001", 2000, 2001) == {"0002": 1.0}
    assert _to(graph, "0002", 2001, 2000) == {"0001": 1.0}


@pytest.mark.parametrize(
    ("names", "changes"),
    [
        (_names("0001", "0002"), []),
        (_names("0001", "0001 0002"), []),
        (_names("0001", "0001"), [_change(2001, "0001", "0009", kind="nummer")]),
        (_names("0001", "0002"), [_change(2001, "0009", "0002", kind="nummer")]),
        (
            _names("0001", "0002 0003"),
            [_change(2001, "0001", "0002", "0001"), _change(2001, "0001", "0003", "0008")],
        ),
    ],
)
def test_what_is_not_accounted_for_is_refused(names, changes) -> None:
    with pytest.raises(KommuneError, match="does not account for kommune"):
        ChangeGraph.from_names(names, changes)


def test_parts_along_old_borders_must_be_the_whole() -> None:
    changes = [
        _change(2001, "0001", "0003", kind="sammenslaaing"),
        _change(2001, "0002", "0003", kind="sammenslaaing"),
        _change(2002, "0003", "0004", "0001"),
        _change(2002, "0003", "0005", "0001"),
    ]
    with pytest.raises(KommuneError, match="do not make up the whole"):
        ChangeGraph.from_names(_names("0001 0002", "0003", "0004 0005"), changes)


# --- KLASS ----------------------------------------------------------------------------------


def _klass(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """(date, old, new) as KLASS's table."""
    return pd.DataFrame(
        [(old, f"n{old}", new, f"n{new}", day) for day, old, new in rows],
        columns=["oldCode", "oldName", "newCode", "newName", "changeOccurred"],
    )


def _own(graph: ChangeGraph) -> pd.DataFrame:
    return _klass(*((str(c.date), c.source, c.target) for c in graph.changes if c.structural))


def test_no_disagreement_with_oneself(graph: ChangeGraph) -> None:
    assert graph.disagreements(_own(graph)) == ()


def test_disagreements_both_ways(graph: ChangeGraph) -> None:
    theirs = _own(graph)
    theirs = theirs[theirs["newCode"] != "5061"]
    more = _klass(
        ("2020-01-01", "0720", "0704"),
        ("2025-01-01", "0301", "0302"),
        ("2020-01-01", "9999", "9998"),
        ("2020-01-01", "0301", "0301"),
    )
    found = graph.disagreements(pd.concat([theirs, more]))
    assert found == (
        Disagreement(dt.date(2020, 1, 1), "0720", "n0720", "0704", "n0704", "klass"),
        Disagreement(dt.date(2019, 1, 1), "1567", "Rindal", "5061", "Rindal", "proba"),
    )
    assert found[0].text() == "2020-01-01: 0720 n0720 → 0704 n0704 står bare i KLASS."
    assert found[1].text("en").endswith("is only in the shipped list.")
    late = graph.disagreements(_own(graph).query("changeOccurred >= '2020'"), since=2020)
    assert late == ()


def test_a_code_out_of_nothing_is_a_disagreement(graph: ChangeGraph) -> None:
    table = pd.concat([_own(graph), _klass(("2020-01-01", "0001", "0002"))])
    table.iloc[-1, 0] = None
    assert [d.source for d in graph.disagreements(table)] == [""]


def test_extended_by_a_merger_a_split_and_a_name(graph: ChangeGraph) -> None:
    table = _klass(
        ("2026-01-01", "3301", "3399"),
        ("2026-01-01", "3312", "3399"),
        ("2026-01-01", "4204", "4298"),
        ("2026-01-01", "4204", "4299"),
        ("2026-01-01", "0301", "0301"),
        ("2020-01-01", "0001", "0002"),
    )
    longer = graph.extended(table, until=2027)
    assert (longer.first_year, longer.last_year, graph.last_year) == (2012, 2027, 2024)
    assert [len(longer.valid(y)) for y in (2024, 2025, 2026, 2027)] == [357, 357, 357, 357]
    assert _to(longer, "0602", 2012, 2026) == {"3399": 1.0}
    assert _to(longer, "1018", 2012, 2025) == {"4204": 1.0}
    assert _to(longer, "1018", 2012, 2026) == {"4298": None, "4299": None}
    assert longer.name("0301", 2026) == "n0301"
    assert longer.targets("0706", 2012, 2024) == graph.targets("0706", 2012, 2024)


def test_extended_holds_the_result_against_the_codes(graph: ChangeGraph) -> None:
    codes = pd.DataFrame({"code": [*graph.valid(2024), "9999", "2100"]})
    assert graph.extended(_klass(), until=2025, codes=codes).last_year == 2025
    codes.loc[0, "code"] = "0302"
    with pytest.raises(KommuneError, match="not arrived at 0302; arrived at, but not there 0301"):
        graph.extended(_klass(), until=2025, codes=codes)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("2025-07-01", "0301", "0302"), "within the year"),
        (("2025-01-01", "0001", "0302"), "does not start from"),
        (("2025-01-01", "1", "0302"), "lacks a number"),
        (("i fjor", "0301", "0302"), "lacks a number"),
    ],
)
def test_what_cannot_be_followed_is_refused(graph, row, words) -> None:
    with pytest.raises(KommuneError, match=words):
        graph.extended(_klass(row), until=2025)


def test_extended_backwards_or_without_a_column_is_refused(graph: ChangeGraph) -> None:
    with pytest.raises(KommuneError, match="2024 already"):
        graph.extended(_klass(), until=2020)
    with pytest.raises(KommuneError, match="newCode"):
        graph.disagreements(_klass().drop(columns="newCode"))
    with pytest.raises(KommuneError, match="'code'"):
        graph.extended(_klass(), until=2025, codes=pd.DataFrame())
