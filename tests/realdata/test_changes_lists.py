"""The shipped kommune list against two public lists kept by others.

``kommunenummer_2013_2020_wide.csv`` was made from KLASS and covers 2013 to 2020;
``oystess_kom_mapping.csv`` gives each number's successor in 2024, kept by hand. Where they and the
shipped list differ, the difference is written here, one by one.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from proba.kommuner import shipped_graph

FOLDER = os.environ.get("PROBA_OPENDATA")

pytestmark = pytest.mark.skipif(
    not FOLDER or not Path(FOLDER).is_dir(), reason="PROBA_OPENDATA names no folder"
)

GRAPH = shipped_graph()
YEARS = (2013, 2017, 2018, 2019, 2020)

# In the list kept by hand only: number -> (successor there, successor by KLASS). The list made from
# KLASS has each of them as here for 2020.
WRONG_THERE = {
    "0716": ("3903", "3905"),  # Re: Tønsberg, not Holmestrand (which got the circuit of Mulvika)
    "1027": ("4205", "4225"),  # Audnedal: Lyngdal, not Lindesnes
    "1419": ("4642", "4640"),  # Leikanger: Sogndal, not Lærdal
    "1430": ("4646", "4647"),  # Gaular: Sunnfjord, not Fjaler
    "1444": ("4650", "1577"),  # Hornindal: Volda, not Gloppen
    "1546": ("1506", "1508"),  # Sandøy: Ålesund, not Molde
    "1571": ("1576", "5055"),  # Halsa: Heim, not Aure
    "1632": ("5020", "5058"),  # Roan: Åfjord, not Osen
    "5019": ("5020", "5058"),
    "1718": ("5053", "5054"),  # Leksvik: Indre Fosen, not Inderøy
    "1725": ("5006", "5007"),  # Namdalseid: Namsos, not Steinkjer
    "5040": ("5006", "5007"),
}
# Divided kommuner, for which a list of one successor each must choose.
SIMPLIFIED_THERE = {
    "1613": ("5055", {"5055", "5056", "5059"}),  # Snillfjord: Heim alone
    "5012": ("5055", {"5055", "5056", "5059"}),
    "1850": ("1875", {"1806", "1875"}),  # Tysfjord: Hamarøy alone
    "1507": ("1508", {"1508", "1580"}),  # Ålesund of 2020 to 2023: Ålesund alone
}


def _read(name: str, separator: str) -> list[dict[str, str]]:
    assert FOLDER is not None
    with (Path(FOLDER) / "changes" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


@pytest.fixture(scope="module")
def wide() -> list[dict[str, str]]:
    rows = _read("kommunenummer_2013_2020_wide.csv", ";")
    return [row for row in rows if row["kommunenummer_2013"] != "9999"]


@pytest.fixture(scope="module")
def successors() -> list[dict[str, str]]:
    return _read("oystess_kom_mapping.csv", ",")


@pytest.fixture(scope="module")
def reform() -> list[dict[str, str]]:
    return _read("oystess_kommunereform_mapping.csv", ",")


def _first(number: str) -> int | None:
    years = GRAPH.years_of(number)
    return years[0] if years else None


def _norwegian(name: str) -> set[str]:
    """The parts of a name with parallels, without what tells two of one name apart."""
    return set(name.split(" (")[0].split(" - "))


@pytest.mark.parametrize("year", YEARS)
def test_every_number_and_name_of_the_list_from_klass(wide, year: int) -> None:
    theirs = {row[f"kommunenummer_{year}"]: row[f"kommunenavn_{year}"] for row in wide}
    ours = GRAPH.valid(year)
    assert set(theirs) == set(ours)
    for number, name in theirs.items():
        assert ours[number] in _norwegian(name)


@pytest.mark.parametrize("start", YEARS)
@pytest.mark.parametrize("end", YEARS)
def test_every_successor_of_the_list_from_klass(wide, start: int, end: int) -> None:
    """Both ways, all pairs of years; a divided kommune has a row for each part."""
    theirs: dict[str, set[str]] = {}
    for row in wide:
        theirs.setdefault(row[f"kommunenummer_{start}"], set()).add(row[f"kommunenummer_{end}"])
    for number, expected in theirs.items():
        assert {t.kommune for t in GRAPH.targets(number, start, end)} == expected


def test_what_the_list_from_klass_says_of_each_change(wide, report_line) -> None:
    words = {"slått sammen": 0, "kun endret nummer": 0, "uendret": 0}
    for row in wide:
        number, note = row["kommunenummer_2019"], row["endringsmerknad_19_20"]
        targets = GRAPH.targets(number, 2019, 2020)
        same = len(targets) == 1 and targets[0].reason("en") == "the same area"
        for start in words:
            words[start] += note.startswith(start)
        if note.startswith("uendret"):
            assert same
            assert targets[0].kommune == number
        elif note.startswith("kun endret nummer"):
            assert same
            assert targets[0].kommune != number
    assert words["kun endret nummer"] > 200
    report_line(f"kommunenummer 2013-2020: {len(wide)} rader, alle like ({words})")


def _in_our_time(rows: list[dict[str, str]]) -> Iterator[tuple[str, int, dict[str, str]]]:
    for row in rows:
        number = row["gammelt_nr"].zfill(4)
        first = _first(number)
        if first is not None and not (row["end_yr"] and int(row["end_yr"]) < first):
            yield number, first, row


def test_the_hand_kept_list_has_every_number_and_its_last_year(successors) -> None:
    listed = {number for number, _, _ in _in_our_time(successors)}
    numbers = {n for year in range(2012, 2025) for n in GRAPH.valid(year)}
    assert listed == numbers
    for number, _, row in _in_our_time(successors):
        last = GRAPH.years_of(number)[-1]
        if row["end_yr"]:
            assert int(row["end_yr"]) == last, number
        else:
            assert last == 2024, number


def test_the_hand_kept_list_has_the_357_of_2024(successors) -> None:
    assert {row["nr_2024"].zfill(4) for row in successors if row["nr_2024"]} >= set(
        GRAPH.valid(2024)
    )


def test_every_successor_of_the_hand_kept_list(successors, report_line) -> None:
    wrong, simplified, checked = set(), set(), 0
    for number, first, row in _in_our_time(successors):
        theirs = row["nr_2024"].zfill(4)
        ours = {t.kommune for t in GRAPH.targets(number, first, 2024)}
        checked += 1
        if number in SIMPLIFIED_THERE:
            assert (theirs, ours) == SIMPLIFIED_THERE[number]
            simplified.add(number)
        elif number in WRONG_THERE:
            assert (theirs, ours) == (WRONG_THERE[number][0], {WRONG_THERE[number][1]})
            wrong.add(number)
        else:
            assert ours == {theirs}, number
    assert wrong == set(WRONG_THERE)
    assert simplified == set(SIMPLIFIED_THERE)
    report_line(
        f"etterfølgere i 2024: {checked} nummer, {len(wrong)} feil og {len(simplified)} forenklet "
        "i den andre listen"
    )


def test_the_list_from_klass_is_right_where_the_other_is_wrong(wide) -> None:
    for number, (_, right) in WRONG_THERE.items():
        year = 2013 if _first(number) == 2012 else 2018
        (row,) = [r for r in wide if r[f"kommunenummer_{year}"] == number]
        in_2020 = row["kommunenummer_2020"]
        assert right in {t.kommune for t in GRAPH.targets(in_2020, 2020, 2024)}


def test_the_reform_as_the_hand_kept_list_tells_it(reform) -> None:
    for row in reform:
        number = row["gammelt_nr"].zfill(4)
        first = _first(number)
        if first is None or number in WRONG_THERE:
            continue
        targets = {t.kommune for t in GRAPH.targets(number, first, 2024)}
        assert row["nytt_nr"] in targets, number
        assert len(targets) == 1 or number in SIMPLIFIED_THERE
