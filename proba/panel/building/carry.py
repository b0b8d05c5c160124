"""Figures told on one year's borders, carried to the numbers the same areas had in another."""

from __future__ import annotations

import pandas as pd

from proba.kommuner import ChangeGraph

__all__ = ["OTHER_BORDERS", "carried", "own_borders"]

OTHER_BORDERS = "other-borders"
"""Status of a kommune that has changed, where its source tells on another year's borders."""


def own_borders(year: int, graph: ChangeGraph) -> int:
    """Return the borders a table's year is told on: its own, within the years the graph covers."""
    return min(max(year, graph.first_year), graph.last_year)


def carried(rows: pd.DataFrame, borders: int, year: int, graph: ChangeGraph) -> pd.DataFrame:
    """Return ``rows`` under the numbers of ``year``.

    Parameters
    ----------
    rows : DataFrame
        With ``kommune`` valid on ``borders``, ``value`` and ``status``; other columns are kept.
    borders, year : int
    graph : ChangeGraph

    Returns
    -------
    DataFrame
        Kommuner with the same area in both years; those of ``year`` whose area has changed have
        a row without value and the status :data:`OTHER_BORDERS`.
    """
    if borders == year:
        return rows[rows["kommune"].isin(list(graph.valid(year)))]
    there = {area: number for number, area in graph.areas[borders].items()}
    own = {there[area]: number for number, area in graph.areas[year].items() if area in there}
    same = rows[rows["kommune"].isin(list(own))]
    same = same.assign(kommune=same["kommune"].map(own))
    changed = [n for n, area in graph.areas[year].items() if area not in there]
    lost = pd.DataFrame({"kommune": changed, "value": float("nan"), "status": OTHER_BORDERS})
    return pd.concat([same, lost], ignore_index=True) if changed else same
