"""Picking columns of a table by what their headers say."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from proba.sources.files.headers import Column, Table, normal
from proba.sources.files.records import fault, shown
from proba.sources.files.values import parse_period

__all__ = ["find_columns", "one_column", "year_columns"]


def find_columns(table: Table, wanted: str) -> list[Column]:
    """Return the columns that best fit a header text.

    The whole header, then a header cell, then a header beginning with the text, then one
    containing it: the first of these that fits any column decides.
    """
    want = normal(wanted)
    tests: tuple[Callable[[Column], bool], ...] = (
        lambda c: normal(" ".join(c.parts)) == want or normal(c.label) == want,
        lambda c: any(normal(part) == want for part in c.parts),
        lambda c: any(normal(part).startswith(want) for part in c.parts),
        lambda c: (
            any(want in normal(part) for part in c.parts) or want in normal(" ".join(c.parts))
        ),
    )
    for test in tests:
        found = [column for column in table.columns if test(column)]
        if found:
            return found
    return []


def one_column(table: Table, wanted: str) -> Column:
    """Return the one column that fits a header text.

    Raises
    ------
    SourceError
        If none or several do; lists the headers.
    """
    found = find_columns(table, wanted)
    if len(found) == 1:
        return found[0]
    place, name = table.sheet.whole(), shown(wanted)
    if found:
        several = "; ".join(f"'{shown(c.label)}'" for c in found[:8])
        raise fault(
            place,
            f"several columns fit '{name}': {several}; give more of the header.",
            f"flere kolonner passer med '{name}': {several}; oppgi mer av overskriften.",
        )
    texts = [part for c in table.columns for part in c.parts]
    near = difflib.get_close_matches(wanted, texts, n=3, cutoff=0.6)
    headers = near or [c.label for c in table.columns if c.parts][:12]
    listed = "; ".join(f"'{shown(header, 40)}'" for header in headers) or "-"
    raise fault(
        place,
        f"no column '{name}'; the headers are {listed}.",
        f"ingen kolonne '{name}'; overskriftene er {listed}.",
    )


def year_columns(table: Table) -> dict[int, list[Column]]:
    """Return the columns whose header names one year, by year."""
    out: dict[int, list[Column]] = {}
    for column in table.columns:
        if column.index == table.kommune:
            continue
        years = {p for part in column.parts if (p := parse_period(part)) is not None}
        if len(years) == 1:
            period = years.pop()
            if period.first == period.last:
                out.setdefault(period.first, []).append(column)
    return out
