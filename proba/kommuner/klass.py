"""The shipped list held against KLASS's own changes, and carried on by them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from proba._table import printable
from proba.errors import KommuneError, Lang
from proba.kommuner.changes import Change, Kind
from proba.kommuner.graph import ChangeGraph

__all__ = ["Disagreement", "disagreements", "extended"]

_COLUMNS = ("oldCode", "oldName", "newCode", "newName", "changeOccurred")
_NUMBER = re.compile(r"[0-9]{4}")
# Svalbard, Jan Mayen, the continental shelf, abroad and not stated: in KLASS 131, no kommuner.
_NOT_KOMMUNER = ("21", "22", "23", "25", "26", "99")


# (date, old number, new number) -> (old name, new name)
_Edges = dict[tuple[dt.date, str, str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A change of number that only one of two lists has.

    Attributes
    ----------
    date : datetime.date
    source, source_name, target, target_name : str
    only_in : {"klass", "proba"}
        The list that has it: KLASS, or the one shipped.
    """

    date: dt.date
    source: str
    source_name: str
    target: str
    target_name: str
    only_in: Literal["klass", "proba"]

    def text(self, lang: Lang = "nb") -> str:
        """Return it as a sentence."""
        what = f"{self.source} {self.source_name} → {self.target} {self.target_name}"
        if lang == "nb":
            where = "KLASS" if self.only_in == "klass" else "den medfølgende listen"
            return f"{self.date}: {what} står bare i {where}."
        where = "KLASS" if self.only_in == "klass" else "the shipped list"
        return f"{self.date}: {what} is only in {where}."


@dataclass(frozen=True, slots=True)
class _Row:
    date: dt.date
    old: str
    old_name: str
    new: str
    new_name: str


def disagreements(
    graph: ChangeGraph, klass_changes: pd.DataFrame, *, since: int | None = None
) -> tuple[Disagreement, ...]:
    """See :meth:`proba.kommuner.ChangeGraph.disagreements`."""
    first = graph.first_year if since is None else since
    theirs = {
        (r.date, r.old, r.new): (r.old_name, r.new_name)
        for r in _rows(klass_changes)
        if r.old != r.new and first <= r.date.year <= graph.last_year
    }
    ours = {
        (c.date, c.source, c.target): (c.source_name, c.target_name)
        for c in graph.changes
        if c.structural and c.source != c.target and first <= c.date.year
    }
    return _only(theirs, ours, "klass") + _only(ours, theirs, "proba")


def _only(here: _Edges, there: _Edges, side: Literal["klass", "proba"]) -> tuple[Disagreement, ...]:
    return tuple(
        Disagreement(date, old, names[0], new, names[1], side)
        for (date, old, new), names in sorted(here.items())
        if (date, old, new) not in there
    )


def extended(
    graph: ChangeGraph,
    klass_changes: pd.DataFrame,
    *,
    until: int,
    codes: pd.DataFrame | None = None,
) -> ChangeGraph:
    """See :meth:`proba.kommuner.ChangeGraph.extended`."""
    if until < graph.last_year:
        raise KommuneError(
            f"The list of kommuner goes to {graph.last_year} already; {until} is earlier.",
            f"Kommunelisten går allerede til {graph.last_year}; {until} er tidligere.",
        )
    later = [r for r in _rows(klass_changes) if graph.last_year < r.date.year <= until]
    names = dict(graph.names)
    changes = list(graph.changes)
    for year in range(graph.last_year + 1, until + 1):
        rows = sorted({r for r in later if r.date.year == year}, key=lambda r: (r.old, r.new))
        names[year] = _carried(names[year - 1], rows)
        changes += _as_changes(rows)
    if codes is not None:
        _compare(names[until], codes, until)
    return ChangeGraph.from_names(names, changes)


def _carried(before: Mapping[str, str], rows: list[_Row]) -> dict[str, str]:
    for row in rows:
        if (row.date.month, row.date.day) != (1, 1):
            raise KommuneError(
                f"KLASS has {row.old} change to {row.new} on {row.date}, within the year; only "
                "changes on 1 January can be followed.",
                f"KLASS lar {row.old} bli {row.new} {row.date}, midt i året; bare endringer "
                "1. januar kan følges.",
            )
        if row.old not in before or not row.new:
            raise KommuneError(
                f"KLASS's change '{row.old} → {row.new}' in {row.date.year} does not start from a "
                "kommune of the year before, or leads nowhere.",
                f"Endringen «{row.old} → {row.new}» i {row.date.year} fra KLASS går ikke ut fra en "
                "kommune som fantes året før, eller fører ingen steder.",
            )
    gone = {r.old for r in rows}
    kept = {n: name for n, name in before.items() if n not in gone}
    return kept | {r.new: r.new_name for r in rows}


def _as_changes(rows: list[_Row]) -> Iterator[Change]:
    leaving = [r.old for r in rows]
    arriving = [r.new for r in rows]
    for row in rows:
        split = leaving.count(row.old) > 1
        if row.old == row.new and not split and arriving.count(row.new) == 1:
            kind: Kind = "navn"
        else:
            joined = arriving.count(row.new) > 1
            kind = "deling" if split else "sammenslaaing" if joined else "nummer"
        yield Change(
            row.date,
            kind,
            row.old,
            row.old_name,
            row.new,
            row.new_name,
            reference="SSB KLASS 131",
        )


def _compare(ours: Mapping[str, str], codes: pd.DataFrame, year: int) -> None:
    if "code" not in codes.columns:
        raise _columns("code")
    theirs = {str(c) for c in codes["code"]}
    theirs = {c for c in theirs if _NUMBER.fullmatch(c) and not c.startswith(_NOT_KOMMUNER)}
    if theirs != set(ours):
        missing = ", ".join(sorted(theirs - set(ours))[:10]) or "–"
        extra = ", ".join(sorted(set(ours) - theirs)[:10]) or "–"
        raise KommuneError(
            f"KLASS's changes do not lead to KLASS's codes of {year}: not arrived at {missing}; "
            f"arrived at, but not there {extra}.",
            f"Endringene i KLASS fører ikke til kodene i KLASS for {year}: mangler {missing}; for "
            f"mye {extra}.",
        )


def _rows(frame: pd.DataFrame) -> Iterator[_Row]:
    for column in _COLUMNS:
        if column not in frame.columns:
            raise _columns(column)
    for old, old_name, new, new_name, day in frame[list(_COLUMNS)].itertuples(index=False):
        if str(old).startswith(_NOT_KOMMUNER) or str(new).startswith(_NOT_KOMMUNER):
            continue
        try:
            row = _Row(
                dt.date.fromisoformat(str(day)),
                _code(old),
                printable(str(old_name)).strip(),
                _code(new),
                printable(str(new_name)).strip(),
            )
        except ValueError:
            shown = printable(f"{old} → {new}, {day}")[:80]
            raise KommuneError(
                f"KLASS's change '{shown}' lacks a number of four digits or a date.",
                f"Endringen «{shown}» fra KLASS mangler et nummer på fire siffer eller en dato.",
            ) from None
        yield row


def _code(code: object) -> str:
    """Return the number, or an empty text where KLASS has none (a code out of nothing)."""
    if code is None or code is pd.NA or code != code:
        return ""
    text = str(code)
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return text


def _columns(column: str) -> KommuneError:
    return KommuneError(
        f"The table from KLASS has no column '{column}'.",
        f"Tabellen fra KLASS har ingen kolonne «{column}».",
    )
