"""A kommune-year frame held to its rules before anything is added up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from proba._table import printable
from proba.errors import KommuneError
from proba.kommuner.graph import ChangeGraph


def checked_frame(
    frame: pd.DataFrame,
    graph: ChangeGraph,
    columns: Sequence[str],
    *,
    kommune: str,
    time: str,
    on: int | None = None,
) -> pd.DataFrame:
    """Return the keys and ``columns`` alone: text, int64 and float64, one row per key.

    Raises
    ------
    KommuneError
        If there are no rows, a column is missing, a key repeated or missing, a number not valid
        in its own row's year (or in ``on``), or a column not finite numbers or missing.
    """
    names = [kommune, time, *columns]
    for name in names:
        if list(frame.columns).count(name) != 1 or names.count(name) != 1:
            raise KommuneError(
                f"The column '{name}' must stand once in the table, and be asked for once.",
                f"Kolonnen «{name}» må stå én gang i tabellen og bes om én gang.",
            )
    out = frame[names].reset_index(drop=True)
    if out.empty:
        raise KommuneError("The table has no rows.", "Tabellen har ingen rader.")
    out[time] = _years(out[time], time)
    out[kommune] = out[kommune].astype(object)
    _check_kommuner(out, graph, kommune, time, on)
    repeated = out.duplicated([kommune, time])
    if repeated.any():
        number, year = out.loc[repeated, [kommune, time]].iloc[0]
        raise KommuneError(
            f"Kommune {number} stands more than once in {year}.",
            f"Kommune {number} står mer enn én gang i {year}.",
        )
    for name in columns:
        out[name] = _amounts(out[name], name, out[kommune], out[time])
    return out


def _years(column: pd.Series, name: str) -> pd.Series:
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if not numeric or column.isna().any() or (column % 1 != 0).any():
        raise KommuneError(
            f"The column '{name}' must hold whole years.",
            f"Kolonnen «{name}» må inneholde hele årstall.",
        )
    return column.astype("int64")


def _check_kommuner(
    frame: pd.DataFrame, graph: ChangeGraph, kommune: str, time: str, on: int | None
) -> None:
    for number, year in zip(frame[kommune], frame[time], strict=True):
        if not isinstance(number, str):
            shown = printable(str(number))[:40]
            raise KommuneError(
                f"Kommune {shown} in {year} is not text; kommune numbers are four digits as text, "
                "'0301' and not 301.",
                f"Kommune {shown} i {year} er ikke tekst; kommunenummer er fire siffer som tekst, "
                "«0301» og ikke 301.",
            )
        graph.name(number, int(year) if on is None else on)


def _amounts(column: pd.Series, name: str, kommune: pd.Series, time: pd.Series) -> pd.Series:
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    if not numeric:
        raise KommuneError(
            f"The column '{name}' is not numbers and cannot be added up.",
            f"Kolonnen «{name}» er ikke tall og kan ikke summeres.",
        )
    values = column.astype("float64")
    infinite = np.isinf(values.to_numpy())
    if infinite.any():
        row = int(np.flatnonzero(infinite)[0])
        raise KommuneError(
            f"'{name}' is infinite for {kommune[row]} in {time[row]}.",
            f"«{name}» er uendelig for {kommune[row]} i {time[row]}.",
        )
    return values
