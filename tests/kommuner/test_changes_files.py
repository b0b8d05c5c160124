"""The shipped lists, and what the readers refuse."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from proba._data import data_path
from proba.errors import KommuneError
from proba.kommuner import read_changes, read_kommuner

FOLDER = data_path("kommuner")
COUNTS = {
    2012: 429,
    **dict.fromkeys(range(2013, 2017), 428),
    2017: 426,
    **dict.fromkeys((2018, 2019), 422),
    **dict.fromkeys(range(2020, 2024), 356),
    2024: 357,
}
KOMMUNER = "nummer,navn,fra,til"
CHANGES = "dato,slag,fra,fra_navn,til,til_navn,omraade,merknad,kilde"


@pytest.fixture(scope="module")
def kommuner():
    return read_kommuner(FOLDER / "kommuner.csv")


@pytest.fixture(scope="module")
def changes(kommuner):
    return read_changes(FOLDER / "endringer.csv", kommuner)


@pytest.mark.parametrize(("year", "count"), COUNTS.items())
def test_as_many_kommuner_as_there_were(kommuner, year: int, count: int) -> None:
    assert sum(k.valid(year) for k in kommuner) == count


def test_files_are_sorted_clean_utf8_with_unix_lines() -> None:
    for name in ("kommuner.csv", "endringer.csv"):
        text = (FOLDER / name).read_bytes().decode("utf-8")
        assert "\r" not in text
        assert text.endswith("\n")
        body = text.splitlines()[1:]
        assert all(line == line.strip() for line in body)
    lines = (FOLDER / "kommuner.csv").read_text("utf-8").splitlines()[1:]
    assert lines == sorted(lines)
    dates = (FOLDER / "endringer.csv").read_text("utf-8").splitlines()[1:]
    assert [line[:10] for line in dates] == sorted(line[:10] for line in dates)


def test_every_number_that_begins_or_ends_has_a_change(kommuner, changes) -> None:
    structural = [c for c in changes if c.structural]
    begun = {(c.target, c.date.year) for c in structural}
    ended = {(c.source, c.date.year) for c in structural}
    for k in kommuner:
        assert k.first is None or (k.number, k.first) in begun
        assert k.last is None or (k.number, k.last + 1) in ended


def test_every_line_says_where_it_is_from(changes) -> None:
    assert all(c.reference for c in changes)
    assert {c.kind for c in changes} == {"nummer", "sammenslaaing", "deling", "grense", "navn"}
    assert min(c.date for c in changes) == dt.date(2012, 1, 1)
    assert max(c.date for c in changes) == dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("year", "sources", "target", "name"),
    [
        (2012, {"1723", "1729"}, "1756", "Inderøy"),
        (2013, {"1901", "1915"}, "1903", "Harstad"),
        (2017, {"0706", "0719", "0720"}, "0710", "Sandefjord"),
        (2018, {"0702", "0714"}, "0715", "Holmestrand"),
        (2018, {"0722", "0723"}, "0729", "Færder"),
        (2018, {"0709", "0728"}, "0712", "Larvik"),
        (2018, {"1624", "1718"}, "5054", "Indre Fosen"),
        (2019, {"1567"}, "5061", "Rindal"),
        (2020, {"1103", "1141", "1142"}, "1103", "Stavanger"),
        (2020, {"1444", "1519"}, "1577", "Volda"),
        (2020, {"5001", "5030"}, "5001", "Trondheim"),
        (2020, {"1571", "5011", "5012"}, "5055", "Heim"),
        (2020, {"1805", "1850", "1854"}, "1806", "Narvik"),
        (2024, {"1507"}, "1580", "Haram"),
        (2024, {"3005"}, "3301", "Drammen"),
    ],
)
def test_known_changes(changes, year: int, sources: set[str], target: str, name: str) -> None:
    rows = [c for c in changes if c.structural and c.date.year == year and c.target == target]
    assert {c.source for c in rows} == sources
    assert {c.target_name for c in rows} == {name}


def _write(path: Path, header: str, *lines: str) -> Path:
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("301,Oslo,,", "four digits"),
        ("0301,,,", "empty"),
        ("0301,Oslo,tolv,", "not a year"),
        ("0301,Oslo,2020,2019", "ends before"),
        ("0301,Oslo,", "3 cells"),
        ("0301,Oslo,,\n0301,Oslo,,", "twice"),
    ],
)
def test_a_bad_line_of_kommuner_is_named(tmp_path: Path, line: str, words: str) -> None:
    path = _write(tmp_path / "k.csv", KOMMUNER, line)
    with pytest.raises(KommuneError, match=words) as caught:
        read_kommuner(path)
    assert "line" in str(caught.value)
    assert "linje" in caught.value.text("nb")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2020-13-01,nummer,0001,A,0002,B,,,x", "not a date"),
        ("2020-01-01,flytting,0001,A,0002,B,,,x", "unknown kind"),
        ("2020-07-01,nummer,0001,A,0002,B,,,x", "within the year"),
        ("2020-01-01,nummer,0009,A,0002,B,,,x", "no kommune in 2019"),
        ("2020-01-01,nummer,0001,A,0001,A,,,x", "no kommune in 2020"),
        ("2020-01-01,nummer,0001,Z,0002,B,,,x", "is called A"),
        ("2020-01-01,deling,0001,A,0002,B,,,x", "make it 'nummer'"),
        ("2020-01-01,nummer,0001,A,0002,B,,,", "empty"),
        ("2020-01-01,nummer,0001,A,0002,B,12,,x", "four digits"),
        ('2020-01-01,nummer,0001,A,0002,B,,"x,x', "line"),
    ],
)
def test_a_bad_change_is_named(tmp_path: Path, line: str, words: str) -> None:
    kommuner = read_kommuner(_write(tmp_path / "k.csv", KOMMUNER, "0001,A,,2019", "0002,B,2020,"))
    path = _write(tmp_path / "e.csv", CHANGES, line)
    with pytest.raises(KommuneError, match=words):
        read_changes(path, kommuner)


def test_wrong_header_missing_file_and_wrong_encoding(tmp_path: Path) -> None:
    with pytest.raises(KommuneError, match="header must be"):
        read_kommuner(_write(tmp_path / "a.csv", "nummer,navn"))
    with pytest.raises(KommuneError, match="cannot be read"):
        read_kommuner(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes("nummer,navn,fra,til\n0821,Bø,,\n".encode("latin-1"))
    with pytest.raises(KommuneError, match="UTF-8"):
        read_kommuner(tmp_path / "b.csv")


def test_control_characters_do_not_reach_the_message(tmp_path: Path) -> None:
    path = _write(tmp_path / "k.csv", KOMMUNER, "\x1b[31m1,Oslo,,")
    with pytest.raises(KommuneError) as caught:
        read_kommuner(path)
    assert "\x1b" not in str(caught.value)
