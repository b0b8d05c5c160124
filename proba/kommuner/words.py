"""Changes told in words, in Norwegian and English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from proba._table import printable
from proba.errors import KommuneError, Lang
from proba.kommuner.changes import Change

if TYPE_CHECKING:
    from proba.kommuner.graph import ChangeGraph

__all__ = ["border_moves", "describe", "explain", "no_such_kommune"]

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def explain(graph: ChangeGraph, kommune: str, year: int, borders: int, lang: Lang) -> str:
    """Return the path of a kommune from ``year`` to ``borders``, one sentence a change."""
    targets = graph.targets(kommune, year, borders)
    where = _listed([f"{t.kommune} {t.name}" for t in targets], lang)
    what = f"{kommune} {graph.name(kommune, year)} ({year})"
    out = [
        f"{what} ligger på grensene fra {borders} i {where}."
        if lang == "nb"
        else f"{what} lies, on the borders of {borders}, in {where}."
    ]
    area = graph.areas[year][kommune]
    low, high = sorted((year, borders))
    for step in range(low + 1, high + 1):
        rows = [c for c in graph.changes if c.structural and c.date.year == step]
        touching = {
            c.target
            for c in rows
            if graph.areas[step - 1][c.source] & graph.areas[step][c.target] & area
        }
        out += [
            describe([c for c in rows if c.target == target], lang) for target in sorted(touching)
        ]
    moved = [c for c in border_moves(graph, year, borders) if _touches(graph, c, area)]
    if moved:
        out.append("Ikke regnet med:" if lang == "nb" else "Not accounted for:")
        out += [describe([c], lang) for c in moved]
    if any(t.weight is None for t in targets):
        out.append(
            "Beløp må deles med andeler som oppgis (SplitWeights)."
            if lang == "nb"
            else "Amounts must be divided by shares that are given (SplitWeights)."
        )
    return " ".join(out)


def no_such_kommune(graph: ChangeGraph, kommune: object, year: int) -> KommuneError:
    """Return the error of a number that is not valid in a year, and where it belongs."""
    number = printable(str(kommune))[:40]
    years = graph.years_of(number)
    if not years:
        ended = [c for c in graph.changes if c.source == number]
        en = f"no kommune has that number from {graph.first_year} to {graph.last_year}"
        nb = f"ingen kommune har det nummeret fra {graph.first_year} til {graph.last_year}"
        if ended:
            last = ended[-1]
            en = f"{number} {last.source_name} became {last.target} in {last.date.year}"
            nb = f"{number} {last.source_name} ble til {last.target} i {last.date.year}"
    else:
        name = graph.names[years[-1]][number]
        en = f"{number} {name} exists {_span(years, graph, 'en')}"
        nb = f"{number} {name} finnes {_span(years, graph, 'nb')}"
        near = min(years, key=lambda y: abs(y - year))
        there = [f"{t.kommune} {t.name}" for t in graph.targets(number, near, year)]
        en += f"; in {year} the area was {', '.join(there)}"
        nb += f"; i {year} var området {', '.join(there)}"
    return KommuneError(
        f"Kommune {number} does not exist in {year}: {en}. Use the numbers valid in the "
        "row's own year.",
        f"Kommune {number} finnes ikke i {year}: {nb}. Bruk numrene som gjelder i radens eget år.",
    )


def _span(years: tuple[int, ...], graph: ChangeGraph, lang: Lang) -> str:
    first, last = years[0], years[-1]
    from_word, to_word = ("from", "to") if lang == "en" else ("fra", "til")
    parts = []
    if first > graph.first_year:
        parts.append(f"{from_word} {first}")
    if last < graph.last_year:
        parts.append(f"{to_word} {last}")
    return " ".join(parts)


def border_moves(graph: ChangeGraph, year: int, borders: int) -> tuple[Change, ...]:
    """Return the pieces that changed kommune after 1 January of the earlier year.

    Those of 1 January of the later year are included.
    """
    low, high = sorted((year, borders))
    return tuple(
        c
        for c in graph.changes
        if c.kind == "grense" and dt.date(low, 1, 1) < c.date <= dt.date(high, 1, 1)
    )


def describe(changes: Sequence[Change], lang: Lang = "nb") -> str:
    """Return one sentence about the changes that made one kommune on one day."""
    first = changes[0]
    day = _day(first.date, lang)
    new = f"{first.target} {first.target_name}"
    old = _listed([_part(c, lang) for c in changes], lang)
    if first.kind == "grense":
        verb = "grensejustering fra" if lang == "nb" else "a piece moved from"
        link = "til" if lang == "nb" else "to"
        return f"{day}: {verb} {old} {link} {new}."
    if len(changes) > 1:
        verb = "sammenslåing av" if lang == "nb" else "merger of"
        link = "til" if lang == "nb" else "into"
    elif first.kind == "deling":
        verb, link = "", ("ble" if lang == "nb" else "became")
    else:
        verb, link = ("nytt nummer for" if lang == "nb" else "new number for"), "→"
    if first.kind == "navn":
        verb, link = ("nytt navn på" if lang == "nb" else "new name for"), "→"
    return f"{day}: {' '.join(filter(None, (verb, old, link, new)))}."


def _part(change: Change, lang: Lang) -> str:
    part = ("del av " if lang == "nb" else "part of ") if change.kind == "deling" else ""
    note = f" ({change.note})" if change.note else ""
    return f"{part}{change.source} {change.source_name}{note}"


def _touches(graph: ChangeGraph, change: Change, area: frozenset[str]) -> bool:
    before = (change.date - dt.timedelta(days=1)).year
    ends = (graph.areas[before][change.source], graph.areas[change.date.year][change.target])
    return any(end & area for end in ends)


def _day(date: dt.date, lang: Lang) -> str:
    if lang == "nb":
        return f"{date.day}.{date.month}.{date.year}"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def _listed(names: Sequence[str], lang: Lang) -> str:
    word = " og " if lang == "nb" else " and "
    return word.join(filter(None, (", ".join(names[:-1]), names[-1])))
