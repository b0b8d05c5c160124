"""Deflators from files: a CSV of one's own, and the price index as ``proba ssb`` writes it."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from proba._sidecar import sidecar_path
from proba.decomposition._deflator import Deflator, positive, year_of
from proba.errors import DecompositionError

__all__ = ["kpi_from_ssb", "read_deflator"]

_TOTALS = ("TOTAL", "00")
_INDICES = ("KpiIndMnd", "KpiAar")


def read_deflator(
    path: str | Path, *, name: str | None = None, unit: str = "", basis: str = ""
) -> Deflator:
    """Read a series of one's own.

    Parameters
    ----------
    path : path-like
        CSV in UTF-8 with the columns ``aar`` and ``verdi`` and, if wanted, ``kilde``; comma or
        semicolon between cells, decimal point or comma.
    name : str, optional
        What to call it; the name of the file without its ending if not given.
    unit, basis : str
        As in :class:`Deflator`.

    Returns
    -------
    Deflator
        ``source`` lists what stands in ``kilde``, or is the name of the file.

    Raises
    ------
    DecompositionError
        If the file cannot be read, lacks a column, or a line has no year, no number, a number
        not above zero or a year that stands already.
    """
    path = Path(path)
    rows = _rows(path, ("aar", "verdi"))
    values: dict[int, float] = {}
    for line, row in enumerate(rows, start=2):
        year = year_of(row["aar"], f"{path.name}, line {line}", f"{path.name}, linje {line}")
        if year in values:
            raise DecompositionError(
                f"{path.name}, line {line}: the year {year} stands twice; keep one line.",
                f"{path.name}, linje {line}: året {year} står to ganger; behold én linje.",
            )
        values[year] = positive(row["verdi"], f"{path.name}, {year}")
    told = dict.fromkeys(text for row in rows if (text := row.get("kilde", "").strip()))
    series = pd.Series(values, dtype="float64")
    return Deflator(name or path.stem, series, unit, basis, "; ".join(told) or path.name)


def kpi_from_ssb(path: str | Path, *, group: str | None = None, partial: bool = False) -> Deflator:
    """Read the consumer price index from a CSV that ``proba ssb`` has written.

    Parameters
    ----------
    path : path-like
        The CSV; a metadata file beside it, if there is one, gives source and label.
    group : str, optional
        Code of the consumption group. Without it the only group of the file is taken, or the
        total (``TOTAL`` or ``00``).
    partial : bool
        Take also years without all twelve months, as the mean of those there are (status
        ``partial``). Otherwise such years are left out and named in the notes.

    Returns
    -------
    Deflator
        Named ``kpi``; yearly values as they stand (status ``published``), monthly ones as the
        unrounded mean of the months (``computed``). Statistics Norway prints the yearly index
        with one decimal, so the two may differ by 0.05.

    Raises
    ------
    DecompositionError
        If the file is not such a table, has several groups or contents and none is chosen, a
        month stands twice, or no year is left.

    Notes
    -----
    The layouts are those of public programs that read the tables, none tried on the live
    service: 03013 (monthly, ``Konsumgrp``, ``ContentsCode`` ``KpiIndMnd``, ``Tid`` ``2016M01``,
    2015 = 100, ended with 2025M12), 03014 (yearly, ``KpiAar``), 08981 (``Maaned`` ``01``-``12``
    and ``Tid`` the year; other codes of ``Maaned`` are left out), 08184 (yearly), and from 2026
    14700 (monthly, ``VareTjenesteGrp``, total ``00``, 2025 = 100), 14701 (yearly) and 14710
    (monthly total). That the total is ``TOTAL`` or ``00`` in all of them is not verified.
    """
    path = Path(path)
    rows = _rows(path, ("Tid", "value"))
    unit = "index"
    if "ContentsCode" in rows[0]:
        rows = _choose(rows, "ContentsCode", None, _INDICES, path.name)
        unit = rows[0].get("ContentsCode_label") or unit
    others = [
        name
        for name in rows[0]
        if f"{name}_label" in rows[0] and name not in ("Tid", "ContentsCode", "Maaned")
    ]
    rows = _choose_group(rows, others, group, path.name)
    yearly, months = _times(rows, path.name)
    status = dict.fromkeys(yearly, "published")
    short = {year: len(found) for year, found in months.items() if len(found) < 12}
    for year, found in months.items():
        if year not in short or partial:
            yearly[year] = math.fsum(found.values()) / len(found)
            status[year] = "partial" if year in short else "computed"
    notes = []
    if short:
        text = ", ".join(f"{year} ({n})" for year, n in sorted(short.items()))
        kept = ("the mean of the months there are", "gjennomsnittet av månedene som finnes")
        out = ("left out", "utelatt")
        en, nb = kept if partial else out
        notes.append((f"Years without all 12 months (how many there are), {en}: {text}.",
                      f"År uten alle 12 måneder (antallet som finnes), {nb}: {text}."))  # fmt: skip
    if not yearly:
        raise DecompositionError(
            f"{path.name} has no whole year; fetch all months, or use partial=True.",
            f"{path.name} har ikke et helt år; hent alle månedene, eller bruk partial=True.",
        )
    source, label = _told_beside(path)
    return Deflator(
        name="kpi",
        values=pd.Series(yearly, dtype="float64"),
        unit=unit,
        basis="yearly average",
        source=source,
        status=pd.Series(status, dtype="str"),
        notes=tuple(notes),
        label=label,
    )


def _rows(path: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as cause:
        why = cause.__class__.__name__
        raise DecompositionError(
            f"{path}: cannot be read as UTF-8 text ({why}).",
            f"{path}: kan ikke leses som UTF-8-tekst ({why}).",
        ) from None
    lines = text.splitlines()
    wanted = ", ".join(needed)
    if not text.strip():
        raise DecompositionError(
            f"{path.name}: no lines; the first must name the columns, among them {wanted}.",
            f"{path.name}: ingen linjer; den første må navngi kolonnene, blant dem {wanted}.",
        )
    mark = ";" if lines and ";" in lines[0] else ","
    reader = csv.DictReader(lines, delimiter=mark, restval="")
    rows = [{k: v for k, v in row.items() if k is not None} for row in reader]
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if not missing and not rows:
        raise DecompositionError(
            f"{path.name}: no lines below the names of the columns.",
            f"{path.name}: ingen linjer under kolonnenavnene.",
        )
    if missing:
        have = ", ".join(reader.fieldnames or ()) or "-"
        want = ", ".join(missing)
        raise DecompositionError(
            f"{path.name}: columns lacking: {want}; it has {have} and {len(rows)} lines "
            "below them.",
            f"{path.name}: mangler kolonnene {want}; den har {have} og {len(rows)} linjer under.",
        )
    return rows


def _choose(
    rows: list[dict[str, str]],
    column: str,
    wanted: str | None,
    preferred: tuple[str, ...],
    name: str,
) -> list[dict[str, str]]:
    """Return the rows of one code of a dimension."""
    codes = list(dict.fromkeys(row.get(column, "") for row in rows))
    if wanted is not None:
        code = wanted if wanted in codes else None
    elif len(codes) == 1:
        code = codes[0]
    else:
        code = next((c for c in preferred if c in codes), None)
    if code is None:
        some = ", ".join(codes[:8]) + (" ..." if len(codes) > 8 else "")
        lacks = "one code" if wanted is None else f"'{wanted}'"
        mangler = "én kode" if wanted is None else f"«{wanted}»"
        mine, min_ = ("", "") if column == "ContentsCode" else (
            ", or choose one here with group='CODE'", ", eller velg én her med group='KODE'",
        )  # fmt: skip
        raise DecompositionError(
            f"{name}: {column} does not have {lacks}; it has {some}. Fetch one with "
            f"proba ssb --select {column}=CODE (in Python select={{'{column}': ['CODE']}}){mine}.",
            f"{name}: {column} har ikke {mangler}; den har {some}. Hent én med "
            f"proba ssb --select {column}=KODE (i Python select={{'{column}': ['KODE']}}){min_}.",
        )
    return [row for row in rows if row.get(column, "") == code]


def _choose_group(
    rows: list[dict[str, str]], names: list[str], group: str | None, file: str
) -> list[dict[str, str]]:
    """Return the rows of one code of every other dimension, ``group`` of the one that has it."""
    holders = [name for name in names if any(row[name] == group for row in rows)]
    if group is not None and not holders and len(names) != 1:
        some = ", ".join(names) or "-"
        raise DecompositionError(
            f"{file}: there is no group {group!r}; the dimensions are: {some}.",
            f"{file}: det er ingen gruppe «{group}»; dimensjonene er: {some}.",
        )
    for name in names:
        asked = group if name in holders or len(names) == 1 else None
        rows = _choose(rows, name, asked, _TOTALS, file)
    return rows


def _times(
    rows: list[dict[str, str]], name: str
) -> tuple[dict[int, float], dict[int, dict[int, float]]]:
    """Return values by year, and by year and month; cells without a value are passed over."""
    yearly: dict[int, float] = {}
    months: dict[int, dict[int, float]] = {}
    for row in rows:
        when = row["Tid"].strip()
        match = re.fullmatch(r"(\d{4})(?:M(0[1-9]|1[0-2]))?", when)
        if match is None:
            raise DecompositionError(
                f"{name}: the time {when!r} is neither a year nor a month such as 2016M01.",
                f"{name}: tiden «{when}» er verken et år eller en måned som 2016M01.",
            )
        year, month = int(match[1]), match[2]
        if "Maaned" in row and month is None:
            month = row["Maaned"].strip()
            if re.fullmatch(r"0[1-9]|1[0-2]", month) is None:
                continue
        where = f"{name}, {when}" + (f" {month}" if month and "M" not in when else "")
        found: dict[int, float] = yearly if month is None else months.setdefault(year, {})
        key = year if month is None else int(month)
        if key in found:
            raise DecompositionError(f"{where} stands twice.", f"{where} står to ganger.")
        if row["value"].strip():
            found[key] = positive(row["value"], where)
    if yearly and months:
        raise DecompositionError(
            f"{name}: years and months in one file; fetch one of the two.",
            f"{name}: år og måneder i samme fil; hent bare det ene.",
        )
    return yearly, months


def _told_beside(path: Path) -> tuple[str, str | None]:
    """Return source and label from the metadata file beside a CSV, if there is one."""
    beside = sidecar_path(path)
    if not beside.exists():
        return f"SSB ({path.name})", None
    try:
        told: Any = json.loads(beside.read_bytes())
    except (OSError, ValueError, RecursionError):
        told = None
    if not isinstance(told, Mapping):
        raise DecompositionError(
            f"{beside.name} cannot be read, and it may hold a label; fetch the table again.",
            f"{beside.name} kan ikke leses, og kan ha et merke; hent tabellen på nytt.",
        )
    links = told.get("dc:source", [])
    links = [links] if isinstance(links, str) else links
    parts = [told.get("dc:title"), *(links if isinstance(links, list) else [])]
    label = told.get("dc:description")
    source = ", ".join(str(part) for part in parts if part) or path.name
    return f"SSB: {source}", None if label is None else str(label)
