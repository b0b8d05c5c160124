"""Keeping the rows of some groups only."""

from __future__ import annotations

from proba.sources.files.columns import one_column
from proba.sources.files.headers import Table, normal
from proba.sources.files.options import Options
from proba.sources.files.records import fault, shown
from proba.sources.files.values import text_of

__all__ = ["where_columns"]


def where_columns(table: Table, options: Options) -> dict[int, frozenset[str]]:
    """Return the option ``where`` as column indices and normalised texts.

    Raises
    ------
    SourceError
        If a column is not there, or a value stands nowhere in it; lists the values.
    """
    out = {}
    for name, values in options.where().items():
        column = one_column(table, name)
        there = {
            normal(text_of(cell)): text_of(cell)
            for row in table.body
            if (cell := table.sheet.rows[row][column.index]) is not None
        }
        wanted = [normal(text_of(v)) for v in values if isinstance(v, str | int | float)]
        for text, value in zip(wanted, values, strict=True):
            if text not in there:
                listed = ", ".join(f"'{shown(v, 30)}'" for v in sorted(there.values())[:12])
                raise fault(
                    table.sheet.whole(),
                    f"the column '{shown(column.label)}' has no '{shown(value)}'; it has {listed}.",
                    f"kolonnen '{shown(column.label)}' mangler '{shown(value)}'; den har {listed}.",
                )
        out[column.index] = frozenset(wanted)
    return out
