"""Synthetic files of the sources without an interface, for every kommune of some years."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthetic_sources import _areas, population

from proba.kommuner import shipped_graph

AGES = ("18-29", "30-39", "40-44", "45-49", "50-54")


def _cell(cell: object) -> str:
    return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)


def _text(rows: Sequence[Sequence[object]]) -> bytes:
    lines = (";".join(map(_cell, row)) for row in rows)
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def _level(areas: frozenset[str], key: str) -> float:
    table = _areas()
    people = sum(table[a]["people"] for a in areas)
    return sum(table[a][key] * table[a]["people"] for a in sorted(areas)) / people


def imdi(years: Sequence[int]) -> bytes:
    """IMDi's download: every year in one file, settlement as one of several measures."""
    graph = shipped_graph()
    measure = "Anmodning, vedtak og faktisk bosetting"
    rows: list[list[object]] = [["Kommunenummer", "Kommune", measure, "Enhet", "År", "Antall"]]
    for year in years:
        for kommune, areas in graph.areas[year].items():
            settled = sum(round(12 * _areas()[a]["foreign"]) + 5 for a in sorted(areas))
            for kind, count in (
                ("Vedtak om bosetting", settled + 1),
                ("Faktisk bosetting", settled),
            ):
                rows.append([int(kommune), f"Syntetisk {kommune}", kind, "Personer", year, count])
    return _text(rows)


def nav(year: int) -> bytes:
    """Recipients by kommune and age in December of one year."""
    graph = shipped_graph()
    rows: list[list[object]] = [
        [f"Syntetisk: mottakere av uføretrygd. Pr. 31.12.{year}. Antall"],
        [""],
        ["Kommune", "I alt", *AGES],
    ]
    for kommune, areas in graph.areas[year].items():
        counts = [
            round(population(areas, year) * 0.004 * _level(areas, "level")) + g for g in range(5)
        ]
        rows.append([f"{kommune} Syntetisk", sum(counts), *counts])
    return _text(rows)


def gront_hefte(year: int) -> bytes:
    """Criteria of one year: number and name apart, the country last."""
    graph = shipped_graph()
    rows: list[list[object]] = [
        [f"Syntetisk tabell E-k. Kriteriedata {year}"],
        [""],
        ["Kommunenr.", "Kommune", "Innbyggere i alt", "Opphopningsindeks"],
    ]
    for kommune, areas in graph.areas[year].items():
        index = round(_level(areas, "level") ** 2, 3)
        rows.append([kommune, f"Syntetisk {kommune}", population(areas, year), index])
    total = sum(population(areas, year) for areas in graph.areas[year].values())
    rows.append(["", "Hele landet", total, 1])
    return _text(rows)


def udir(year: int) -> bytes:
    """Percent who completed within five years, one year's cohort."""
    graph = shipped_graph()
    rows: list[list[object]] = [
        ["Kommunenummer", "Kommune", "År", "Gjennomført innen fem år (prosent)"]
    ]
    for kommune, areas in graph.areas[year].items():
        rows.append(
            [kommune, f"Syntetisk {kommune}", year, round(85 - 10 * _level(areas, "level"), 1)]
        )
    return _text(rows)


def write_files(folder: Path, years: Sequence[int]) -> dict[str, Path]:
    """Write them all, named as :func:`proba.build_panel` wants them."""
    contents = {"imdi": ("imdi_syntetisk.csv", imdi(years))}
    for year in years:
        contents[f"nav:{year}"] = (f"nav_syntetisk_{year}.csv", nav(year))
        contents[f"gront_hefte:{year}"] = (f"gront_hefte_syntetisk_{year}.csv", gront_hefte(year))
        contents[f"udir:{year}"] = (f"udir_syntetisk_{year}.csv", udir(year))
    files = {}
    for key, (name, content) in contents.items():
        files[key] = folder / name
        files[key].write_bytes(content)
    return files
