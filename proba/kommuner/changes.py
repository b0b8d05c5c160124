"""The kommune numbers and the changes to them, read from text files and held to their rules."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from proba._table import printable
from proba.errors import KommuneError
from proba.kommuner._files import read_cells

__all__ = ["Change", "Kind", "Kommune", "read_changes", "read_kommuner"]

Kind = Literal["nummer", "sammenslaaing", "deling", "grense", "navn"]

KINDS: tuple[Kind, ...] = get_args(Kind)
# What moves a whole kommune or a named part of it; the other kinds are told, not computed with.
STRUCTURAL: frozenset[Kind] = frozenset({"nummer", "sammenslaaing", "deling"})

_KOMMUNER = ("nummer", "navn", "fra", "til")
_CHANGES = (
    "dato",
    "slag",
    "fra",
    "fra_navn",
    "til",
    "til_navn",
    "omraade",
    "merknad",
    "kilde",
)
_NUMBER = re.compile(r"[0-9]{4}")
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Kommune:
    """One kommune number and the years it was in use.

    Attributes
    ----------
    number : str
        Four digits.
    name : str
        Norwegian name, without parallel Sámi and Kven names.
    first, last : int or None
        First and last year the number was valid on 1 January; None where the list begins or
        ends before the number does.
    """

    number: str
    name: str
    first: int | None
    last: int | None

    def valid(self, year: int) -> bool:
        """Whether the number was in use on 1 January of ``year``."""
        return (self.first is None or self.first <= year) and (
            self.last is None or year <= self.last
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the list of changes: what became of one kommune, or of a part of it.

    Attributes
    ----------
    date : datetime.date
        The day it took effect.
    kind : {"nummer", "sammenslaaing", "deling", "grense", "navn"}
        A new number for the same area; a merger; a split; a piece that went to a neighbour (told
        of, but no amounts follow it); a name.
    source, source_name, target, target_name : str
        The kommune before and after.
    areas : tuple of str
        For a split along older borders: the former kommuner that make up this part. Empty
        where the part has been no kommune of its own in the years covered.
    note, reference : str
        What it was about, in Norwegian, and where that is decided or listed.
    """

    date: dt.date
    kind: Kind
    source: str
    source_name: str
    target: str
    target_name: str
    areas: tuple[str, ...] = ()
    note: str = ""
    reference: str = ""

    @property
    def structural(self) -> bool:
        """Whether amounts follow the change."""
        return self.kind in STRUCTURAL


def read_kommuner(path: Path) -> tuple[Kommune, ...]:
    """Read ``kommuner.csv``.

    Parameters
    ----------
    path : pathlib.Path
        UTF-8, comma-separated: ``nummer,navn,fra,til``.

    Returns
    -------
    tuple of Kommune
        In the file's order.

    Raises
    ------
    KommuneError
        If the file cannot be read or a line breaks a rule; names file and line.
    """
    found: dict[str, Kommune] = {}
    for line, row in read_cells(path, _KOMMUNER):
        number = _number(row["nummer"], path, line)
        kommune = Kommune(
            number,
            _text(row["navn"], "navn", path, line),
            _year(row["fra"], path, line),
            _year(row["til"], path, line),
        )
        if number in found:
            raise _bad(path, line, f"{number} stands twice", f"{number} står to ganger")
        if kommune.first and kommune.last and kommune.last < kommune.first:
            raise _bad(path, line, f"{number} ends before it begins", f"{number} slutter før start")
        found[number] = kommune
    return tuple(found.values())


def read_changes(path: Path, kommuner: Sequence[Kommune]) -> tuple[Change, ...]:
    """Read ``endringer.csv`` and hold it against the list of kommuner.

    Parameters
    ----------
    path : pathlib.Path
        UTF-8, comma-separated:
        ``dato,slag,fra,fra_navn,til,til_navn,omraade,merknad,kilde``.
    kommuner : sequence of Kommune

    Returns
    -------
    tuple of Change
        By date.

    Raises
    ------
    KommuneError
        If the file cannot be read, or a line names a kommune that did not exist the day before
        (``fra``) or on the day (``til``), has the wrong name, or a kind that does not fit.
    """
    by_number = {k.number: k for k in kommuner}
    changes = []
    for line, row in read_cells(path, _CHANGES):
        change = _change(row, path, line)
        _check_names(change, by_number, path, line)
        changes.append(change)
    _check_kinds(changes, path)
    return tuple(sorted(changes, key=lambda c: (c.date, c.target, c.source)))


def _change(row: Mapping[str, str], path: Path, line: int) -> Change:
    try:
        date = dt.date.fromisoformat(row["dato"])
    except ValueError:
        text = printable(row["dato"])
        raise _bad(
            path, line, f"'{text}' is not a date (YYYY-MM-DD)", f"«{text}» er ikke en dato"
        ) from None
    kind = next((k for k in KINDS if k == row["slag"]), None)
    if kind is None:
        text = printable(row["slag"])
        raise _bad(path, line, f"unknown kind '{text}'", f"ukjent slag «{text}»")
    if kind in STRUCTURAL and (date.month, date.day) != (1, 1):
        raise _bad(
            path,
            line,
            f"{row['fra']} changes within the year, on {date}",
            f"{row['fra']} endres midt i året, {date}",
        )
    return Change(
        date,
        kind,
        _number(row["fra"], path, line),
        _text(row["fra_navn"], "fra_navn", path, line),
        _number(row["til"], path, line),
        _text(row["til_navn"], "til_navn", path, line),
        tuple(_number(n, path, line) for n in row["omraade"].split()),
        row["merknad"],
        _text(row["kilde"], "kilde", path, line),
    )


def _check_names(change: Change, by_number: Mapping[str, Kommune], path: Path, line: int) -> None:
    before = (change.date - dt.timedelta(days=1)).year
    ends = (
        (change.source, change.source_name, before),
        (change.target, change.target_name, change.date.year),
    )
    for number, name, year in ends:
        kommune = by_number.get(number)
        if kommune is None or not kommune.valid(year):
            raise _bad(
                path,
                line,
                f"{number} was no kommune in {year}",
                f"{number} var ingen kommune i {year}",
            )
        if kommune.name != name:
            raise _bad(
                path,
                line,
                f"{number} is called {kommune.name}, not {printable(name)}",
                f"{number} heter {kommune.name}, ikke {printable(name)}",
            )


def _check_kinds(changes: Collection[Change], path: Path) -> None:
    structural = [c for c in changes if c.structural]
    leaving: dict[tuple[int, str], int] = {}
    arriving: dict[tuple[int, str], int] = {}
    for c in structural:
        leaving[c.date.year, c.source] = leaving.get((c.date.year, c.source), 0) + 1
        arriving[c.date.year, c.target] = arriving.get((c.date.year, c.target), 0) + 1
    for c in structural:
        split = leaving[c.date.year, c.source] > 1
        joined = arriving[c.date.year, c.target] > 1
        right: Kind = "deling" if split else "sammenslaaing" if joined else "nummer"
        if c.kind != right:
            raise KommuneError(
                f"{path.name}: {c.source} to {c.target} in {c.date.year} is '{c.kind}', but the "
                f"lines around it make it '{right}'.",
                f"{path.name}: {c.source} til {c.target} i {c.date.year} er «{c.kind}», men de "
                f"andre linjene gjør det til «{right}».",
            )


def _number(text: str, path: Path, line: int) -> str:
    if not _NUMBER.fullmatch(text):
        shown = printable(text)[:40]
        raise _bad(
            path,
            line,
            f"'{shown}' is not a kommune number of four digits",
            f"«{shown}» er ikke et kommunenummer på fire siffer",
        )
    return text


def _year(text: str, path: Path, line: int) -> int | None:
    if not text:
        return None
    if not _YEAR.fullmatch(text):
        shown = printable(text)[:40]
        raise _bad(path, line, f"'{shown}' is not a year", f"«{shown}» er ikke et årstall")
    return int(text)


def _text(text: str, column: str, path: Path, line: int) -> str:
    if not text:
        raise _bad(path, line, f"'{column}' is empty", f"«{column}» er tom")
    return printable(text)


def _bad(path: Path, line: int, en: str, nb: str) -> KommuneError:
    return KommuneError(f"{path.name}, line {line}: {en}.", f"{path.name}, linje {line}: {nb}.")
