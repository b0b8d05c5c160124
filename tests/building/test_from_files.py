"""Figures from files: which year and borders they are of, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from proba.errors import CatalogueError, SourceError
from proba.kommuner import shipped_graph
from proba.panel.building import BuiltPanel, build_panel, read_catalogue

GRAPH = shipped_graph()
WORDS = "{nb: a, en: b}"


def catalogue(tmp_path: Path, parts: str) -> Path:
    """One file source and one quantity, shown as it is."""
    file = tmp_path / "katalog.yaml"
    file.write_text(
        "format: 1\n"
        "sources: {fil: {kind: file, reader: tabell, name: Fil, licence: CC0}}\n"
        f"quantities: {{antall: {{label: {WORDS}, unit: {WORDS}, parts: [{parts}]}}}}\n"
        f"variables: {{antall: {{label: {WORDS}, amount: {{of: antall}}}}}}\n",
        encoding="utf-8",
    )
    return file


def table(
    path: Path,
    years: tuple[int, ...],
    *,
    value: Callable[[str, int], str] = lambda kommune, year: str(int(kommune) + year),
    on: int | None = None,
) -> Path:
    """A file with every kommune of each year, or of the year ``on``; a second column is doubled."""
    rows = [
        f"{kommune};{year};{value(kommune, year)};{2 * (int(kommune) + year)}"
        for year in years
        for kommune in GRAPH.valid(year if on is None else on)
    ]
    path.write_text("nr;aar;n;dobbelt\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def build(
    tmp_path: Path,
    parts: str,
    files: Mapping[str, Path],
    years: tuple[int, ...],
    borders: int | None = None,
) -> BuiltPanel:
    return build_panel(
        years,
        borders=borders,
        catalogue=catalogue(tmp_path, parts),
        files=files,
        store=tmp_path / "store",
        offline=True,
    )


COLUMNS = "options: {kommune: nr, year: aar, value: n}"


def test_one_year_can_stand_for_all_and_is_told(tmp_path: Path) -> None:
    file = table(tmp_path / "f.csv", (2014,))
    parts = f"{{source: fil, basis: t, fixed_year: 2014, {COLUMNS}}}"
    built = build(tmp_path, parts, {"fil": file}, (2015, 2016))
    assert built.frame["antall"].xs("0101", level="kommune").tolist() == [101 + 2014] * 2
    assert "Tall for 2014 brukt for 2015–2016: antall" in built.report.to_text()
    assert built.report.missing.empty


def test_a_fixed_year_is_carried_to_the_numbers_of_each_panel_year(tmp_path: Path) -> None:
    """Trondheim got a new number in 2018; Sandefjord was other kommuner in 2016."""
    file = table(tmp_path / "f.csv", (2016,))
    parts = f"{{source: fil, basis: t, fixed_year: 2016, {COLUMNS}}}"
    built = build(tmp_path, parts, {"fil": file}, (2018,))
    assert built.frame.loc[("5001", 2018), "antall"] == 1601 + 2016
    assert np.isnan(built.frame.loc[("0710", 2018), "antall"])
    status = built.figures.set_index("kommune")["status"]
    assert status["0710"] == "other-borders"


def test_an_offset_reads_the_numbers_of_the_tables_own_year(tmp_path: Path) -> None:
    """31 December 2017 is 1 January 2018, on the numbers of 2018."""
    parts = f"{{source: fil, basis: t, year_offset: 1, {COLUMNS}}}"
    for name in ("fil", "fil:2017"):
        folder = tmp_path / name.replace(":", "_")
        folder.mkdir()
        file = table(folder / "f.csv", (2018,))
        built = build(folder, parts, {name: file}, (2017,))
        assert built.frame.loc[("1601", 2017), "antall"] == 5001 + 2018


def test_a_file_of_one_year_without_a_year_column_is_of_the_year_it_is_named_for(
    tmp_path: Path,
) -> None:
    parts = "{source: fil, basis: t, options: {kommune: nr, value: n}}"
    file = table(tmp_path / "f.csv", (2016,))
    built = build(tmp_path, parts, {"fil:2016": file}, (2016,))
    assert built.frame.loc[("0101", 2016), "antall"] == 101 + 2016


def test_a_year_column_is_believed_in_a_file_named_for_a_year(tmp_path: Path) -> None:
    parts = f"{{source: fil, basis: t, {COLUMNS}}}"
    file = table(tmp_path / "f.csv", (2015, 2016))
    built = build(tmp_path, parts, {"fil:2015": file, "fil:2016": file}, (2015, 2016))
    assert built.frame["antall"].xs("0101", level="kommune").tolist() == [101 + 2015, 101 + 2016]
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(CatalogueError, match="'antall' has no value") as caught:
        build(other, parts, {"fil:2015": table(other / "f.csv", (2016,))}, (2015,))
    assert "ingen rad i tabellen" in caught.value.text("nb")


def test_two_parts_may_read_one_file_with_other_options(tmp_path: Path) -> None:
    doubled = COLUMNS.replace("value: n", "value: dobbelt")
    parts = (
        f"{{source: fil, basis: t, last: 2015, {COLUMNS}}}, "
        f"{{source: fil, basis: t, first: 2016, {doubled}}}"
    )
    file = table(tmp_path / "f.csv", (2015, 2016))
    built = build(tmp_path, parts, {"fil": file}, (2015, 2016))
    own = built.frame["antall"].xs("0101", level="kommune")
    assert own.tolist() == [101 + 2015, 2 * (101 + 2016)]


def test_an_empty_cell_is_missing_and_no_sign_of_the_source(tmp_path: Path) -> None:
    blank = {"0101": "", "0104": ":", "0105": "0"}
    file = table(tmp_path / "f.csv", (2016,), value=lambda k, y: blank.get(k, "7"))
    built = build(tmp_path, f"{{source: fil, basis: t, {COLUMNS}}}", {"fil": file}, (2016,))
    own = built.frame["antall"].xs(2016, level="aar")
    assert np.isnan(own["0101"])
    assert np.isnan(own["0104"])
    assert own["0105"] == 0
    assert built.report.status == {"empty": 1, ":": 1}
    text = built.report.to_text()
    assert "Publiserte tall med tom celle i kilden: 1" in text
    assert "Publiserte tall med «:» vises ikke av konfidensialitetshensyn: 1" in text
    assert [note.nb.partition(": ")[0] for note in built.report.notes] == ["f.csv"]


def test_amounts_held_back_by_a_missing_part_are_told(tmp_path: Path) -> None:
    values = {"0706": "10", "0719": "", "0720": "5", "0101": ""}
    file = table(tmp_path / "f.csv", (2016,), value=lambda k, y: values.get(k, "1"))
    parts = f"{{source: fil, basis: t, {COLUMNS}}}"
    built = build(tmp_path, parts, {"fil": file}, (2016,), borders=2017)
    total = len(GRAPH.valid(2016)) - 4 + 15
    assert [w.nb for w in built.report.held_back] == [
        f"Holdt utenfor 2016: antall 15 av {total} (0710 mangler 0719)"
    ]
    assert built.report.held_back[0].en in built.report.to_text("en")
    assert built.report.to_dict()["held_back"] == [built.report.held_back[0].nb]
    assert built.frame["antall"].sum() == total - 15


@pytest.mark.parametrize("borders", ["", "borders: 2016, "])
def test_numbers_of_other_borders_than_those_told_are_refused(tmp_path: Path, borders: str) -> None:
    file = table(tmp_path / "f.csv", (2016,), on=2020)
    parts = f"{{source: fil, basis: t, {borders}{COLUMNS}}}"
    with pytest.raises(SourceError, match=r"f\.csv.*do not exist in 2016.*borders: 2020"):
        build(tmp_path, parts, {"fil": file}, (2016,))


def test_a_history_told_on_later_borders_is_carried_back(tmp_path: Path) -> None:
    file = table(tmp_path / "f.csv", (2016,), on=2020)
    parts = f"{{source: fil, basis: t, borders: 2020, {COLUMNS}}}"
    built = build(tmp_path, parts, {"fil": file}, (2016,))
    assert built.frame.loc[("0101", 2016), "antall"] == 3001 + 2016  # Halden
    assert np.isnan(built.frame.loc[("0706", 2016), "antall"])


def test_a_fixed_year_and_an_offset_are_not_both_given(tmp_path: Path) -> None:
    parts = f"{{source: fil, basis: t, fixed_year: 2014, year_offset: 1, {COLUMNS}}}"
    with pytest.raises(CatalogueError, match="'fixed_year' or 'year_offset'"):
        read_catalogue(catalogue(tmp_path, parts))
