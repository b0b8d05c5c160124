"""Kitagawa's decomposition of a difference between two means: composition and rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from proba.decomposition._cells import (
    Cells,
    FloatArray,
    Missing,
    check_choice,
    check_roles,
    fill_rates,
    read_cells,
    read_flat,
    reasons_frame,
)
from proba.decomposition._kitagawa_result import Kitagawa
from proba.decomposition.names import NAMELESS
from proba.decomposition.tables import check_span
from proba.errors import DecompositionError
from proba.panel import LABEL_COLUMN, Panel

__all__ = ["Kitagawa", "kitagawa", "kitagawa_panel"]

_SIDE = "side"
"""Column that tells start from end where they come as two tables."""


def kitagawa(
    start: pd.DataFrame | Mapping[Any, tuple[float, float]],
    end: pd.DataFrame | Mapping[Any, tuple[float, float]],
    *,
    count: str = "antall",
    rate: str = "rate",
    components: int = 2,
    missing: Missing = "error",
) -> Kitagawa:
    """Split the difference between two overall rates or means.

    Parameters
    ----------
    start, end : DataFrame or mapping
        By group (index or keys): the columns ``count`` and ``rate``, or pairs (count, rate).
        Counts may be shares; only their proportions matter.
    count, rate : str
        Column names, kept in the result.
    components : {2, 3}
        Two, with averages as weights, or three with an interaction.
    missing : {"error", "other year"}
        What to do when a group has nobody on one side and so no rate there: raise, or take the
        other side's rate, which makes the group's whole part one of composition. A rate given
        with a count of 0 is not used.

    Returns
    -------
    Kitagawa
        With the single unit ``alle``.

    Raises
    ------
    DecompositionError
        If a side is neither a table nor pairs by group, a column is missing or stands twice, a
        count is negative or text, one side is empty, a group has no rate (naming the group and
        the side), or the two sides have different labels.

    Notes
    -----
    With weights w (fractions) and rates r, D the change from start to end and bars the mean of
    the two: sum of w̄ Dr (rates) + sum of r̄ Dw (composition); or, with three, sum of w0 Dr + sum
    of r0 Dw + sum of Dw Dr (interaction). Kitagawa (1955), Journal of the American Statistical
    Association 50(272), 1168-1194.

    A group's composition part depends on where zero lies on the scale of the rates, though their
    sum does not: a group that grows always adds, also where its rate is below the mean.
    ``composition_centred`` measures the rates from the overall mean instead, so that growth of a
    group below the mean draws down; the sum is the same.

    Examples
    --------
    >>> parts = kitagawa({"a": (50, 2.0), "b": (50, 4.0)}, {"a": (25, 2.0), "b": (75, 5.0)})
    >>> parts.totals.loc["alle", ["difference", "composition", "rate"]].tolist()
    [1.25, 0.625, 0.625]
    """
    sides = [_side(side, count, rate, name) for side, name in ((start, "start"), (end, "end"))]
    keys = [_SIDE, "gruppe"]
    table = pd.concat(sides, keys=["start", "end"], names=keys).reset_index()
    cells = read_cells(
        table, group="gruppe", count=count, rate=rate, years=("start", "end"), population=_SIDE
    )
    return _decompose(cells, count, rate, components, missing)


def kitagawa_panel(
    frame: pd.DataFrame | Panel,
    *,
    group: str | Sequence[str],
    count: str,
    rate: str,
    start: int,
    end: int,
    by: str | None = None,
    components: int = 2,
    missing: Missing = "error",
) -> Kitagawa:
    """Split the change of an overall rate or mean in every unit of a long table.

    Parameters
    ----------
    frame : DataFrame or Panel
        One row a year (``aar``, or the time column of the panel; text such as "2012" is a year
        too) and group, and a unit if ``by`` is given. Several rows of one group are taken
        together: counts are added and rates averaged with the counts.
    group : str or sequence of str
        Column or columns that define the groups.
    count, rate : str
        Columns of the counts that weigh and of the rates or means.
    start, end : int
        Years, ``end`` the later.
    by : str, optional
        Column of units to keep apart, ``kommune`` say.
    components, missing
        As in :func:`kitagawa`.

    Returns
    -------
    Kitagawa
        Units that have nobody at all in one of the years are left out and listed in ``reasons``.

    Raises
    ------
    DecompositionError
        As in :func:`kitagawa`, naming year and unit too; and if ``end`` is not after ``start``,
        or a year is not in the table.

    Notes
    -----
    See :func:`kitagawa`. The part of composition is what changes between groups and the part of
    rates what changes within them.
    """
    check_span(start, end)
    cells = read_cells(frame, group=group, count=count, rate=rate, by=by, years=(start, end))
    return _decompose(cells, count, rate, components, missing)


def _side(
    side: pd.DataFrame | Mapping[Any, tuple[float, float]], count: str, rate: str, name: str
) -> pd.DataFrame:
    """Return one side as a table by group, with its label column if it has one."""
    if isinstance(side, pd.DataFrame):
        read_flat(side)
        check_roles(side, [count, rate], NAMELESS)
        kept = [count, rate, *(c for c in (LABEL_COLUMN,) if c in side.columns)]
        table = side[kept].set_axis(side.index.to_flat_index())
    elif isinstance(side, Mapping):
        for group, pair in dict[Any, Any](side).items():
            if not isinstance(pair, (tuple, list, np.ndarray)) or len(pair) != 2:
                both = f"({count}, {rate})"
                raise DecompositionError(
                    f"'{name}' must give each group a pair {both}; {group} has {pair!r}.",
                    f"«{name}» må gi hver gruppe et par {both}; {group} har {pair!r}.",
                )
        rows = list(side.values())
        table = pd.DataFrame(rows, index=pd.Index(list(side), tupleize_cols=False))
        table = table.set_axis([count, rate], axis=1) if rows else table
    else:
        raise DecompositionError(
            f"'{name}' must be a DataFrame or pairs by group, not {type(side).__name__}.",
            f"«{name}» må være en DataFrame eller par etter gruppe, ikke {type(side).__name__}.",
        )
    if table.empty:
        raise DecompositionError(
            f"'{name}' has no groups; give one row or pair a group.",
            f"«{name}» har ingen grupper; oppgi én rad eller ett par per gruppe.",
        )
    return table


def _decompose(cells: Cells, count: str, rate: str, components: int, missing: Missing) -> Kitagawa:
    check_choice(components, (2, 3), "components")
    check_choice(missing, ("error", "other year"), "missing")
    start, end = cells.years
    people = cells.count.sum(axis=2)
    kept = (people > 0).all(axis=0)
    left_out = {}
    for u in map(int, np.flatnonzero(~kept)):
        empty = start if people[0, u] == 0 else end
        left_out[cells.units[u]] = (f"nobody in {empty}", f"ingen i {empty}")
    if not kept.any():
        raise DecompositionError(
            f"no unit has anybody in both {start} and {end}; check '{count}'.",
            f"ingen enhet har noen i både {start} og {end}; kontroller «{count}».",
        )
    units = cells.units[kept]
    n = cells.count[:, kept]
    r = fill_rates(cells.rate[:, kept], missing, cells.groups, units, cells.years)
    w = n / n.sum(axis=2, keepdims=True)
    overall = (w * r).sum(axis=2)
    parts = _parts(w, r, overall, components)
    present = (n > 0).any(axis=0)
    index = pd.MultiIndex.from_product([units, cells.groups])
    groups = pd.DataFrame(
        {
            "weight_start": w[0].ravel(),
            "weight_end": w[1].ravel(),
            "rate_start": cells.rate[0, kept].ravel(),
            "rate_end": cells.rate[1, kept].ravel(),
            **{name: values.ravel() for name, values in parts.items()},
        },
        index=index,
    )[present.ravel()]
    terms = ("composition", "rate", "interaction")[:components]
    totals = pd.DataFrame(
        {
            "start": overall[0],
            "end": overall[1],
            "difference": overall[1] - overall[0],
            **{name: parts[name].sum(axis=1) for name in terms},
        },
        index=units,
    )
    return Kitagawa(
        groups=groups,
        totals=totals,
        components=components,
        count=count,
        rate=rate,
        start=start,
        end=end,
        reasons=reasons_frame(left_out, [str(cells.units.name)]),
        label=cells.label,
    )


def _parts(
    w: FloatArray, r: FloatArray, overall: FloatArray, components: int
) -> dict[str, FloatArray]:
    """Parts of each unit and group; w and r have shape (2, units, groups)."""
    dw, dr = w[1] - w[0], r[1] - r[0]
    if components == 2:
        at_w, at_r, level = w.mean(axis=0), r.mean(axis=0), overall.mean(axis=0)
    else:
        at_w, at_r, level = w[0], r[0], overall[0]
    parts = {"composition": at_r * dw, "rate": at_w * dr}
    if components == 3:
        parts["interaction"] = dw * dr
    parts["composition_centred"] = (at_r - level[:, None]) * dw
    return parts
