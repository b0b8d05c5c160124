"""The interval each contribution can have when the figures behind it are rounded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.decomposition.frames import Prepared, factor_arrays
from proba.decomposition.identity import Identity
from proba.decomposition.methods import contributions, log_changes, log_mean
from proba.decomposition.names import RESIDUAL
from proba.decomposition.printed import bounds, bounds_inside

__all__ = ["rounding_intervals"]

FloatArray = npt.NDArray[np.float64]

_SUMS = (RESIDUAL, "total_change", "start_value", "end_value", "growth")
"""Terms after the factors."""


def rounding_intervals(
    table: Prepared, identity: Identity, method: str, turns: list[int] | None
) -> pd.DataFrame:
    """Return the interval of every unit's contributions, change and growth.

    Parameters
    ----------
    table : Prepared
        With ``low`` and ``high``.
    identity : Identity
    method : str
    turns : list of int or None
        As in :func:`proba.decomposition.methods.contributions`.

    Returns
    -------
    DataFrame
        Indexed by (unit, term): ``value, low, high, share_low, share_high``. Terms are the
        factors, ``rest``, ``total_change``, ``start_value``, ``end_value`` and ``growth``. Shares
        are NaN where the change may be zero. Chained intervals are sums of the steps' intervals,
        which are wider than need be: a year's figure is in two steps.

    Notes
    -----
    All figures vary independently in their intervals. Corners are enough but for LMDI when a
    factor changes very much, and for ratios of rounded columns; there the extremes are sought
    inside too.
    """
    low, high = table.low, table.high
    if low is None or high is None:  # only a table read as printed has them
        raise ValueError("the table was not read as printed figures")
    names = [*identity.factors, *_SUMS]
    k, units, width = len(identity.factors), len(table.units), low.shape[2]

    def measure(points: FloatArray, how: str = method) -> FloatArray:
        cells = points.reshape(len(points), -1, width)
        return _measure(identity, table.columns, cells, how, turns if how == method else None)

    cells = table.values
    if table.total is not None:
        cells = np.concatenate([cells, table.total[..., None]], axis=2)
    value = measure(cells.reshape(units, -1))[:, : len(names)]
    steps = len(table.years) - 1
    least, most = np.zeros(value.shape), np.zeros(value.shape)
    shares = np.full((2, units, len(names)), np.nan)
    for t in range(steps):
        box = (low[:, t : t + 2].reshape(units, -1), high[:, t : t + 2].reshape(units, -1))
        ends = bounds(measure, *box)
        doubtful = _doubtful(
            low[:, t : t + 2, : len(table.columns)],
            high[:, t : t + 2, : len(table.columns)],
            identity,
            method,
        )
        if doubtful.any():
            part = bounds_inside(measure, box[0][doubtful], box[1][doubtful])
            for whole, better in zip(ends, part, strict=True):
                whole[doubtful] = better
        least += ends[0][:, : len(names)]
        most += ends[1][:, : len(names)]
        if steps == 1:
            shares[0, :, :k], shares[1, :, :k] = (e[:, len(names) :] for e in ends)
    if steps > 1:
        # Change, growth and the totals rest on the first and last year only.
        box = (low[:, [0, -1]].reshape(units, -1), high[:, [0, -1]].reshape(units, -1))
        ends = bounds(lambda points: measure(points, "shapley"), *box)
        least[:, k + 1 :], most[:, k + 1 :] = (e[:, k + 1 : len(names)] for e in ends)
    nothing = ~(least[:, k + 1] * most[:, k + 1] > 0)  # the change may be zero
    shares[:, nothing] = np.nan
    index = pd.MultiIndex.from_product([list(table.units), names])
    index.names = [table.units.name or "unit", "term"]
    columns = {
        "value": value,
        "low": least,
        "high": most,
        "share_low": shares[0],
        "share_high": shares[1],
    }
    return pd.DataFrame({name: array.ravel() for name, array in columns.items()}, index=index)


def _measure(
    identity: Identity,
    columns: tuple[str, ...],
    cells: FloatArray,
    method: str,
    turns: list[int] | None,
) -> FloatArray:
    """Return contributions, the sums and shares of m tables; cells (m, T, C), or C + 1 with total.

    With a total of its own the residual takes what the product leaves of its change.
    """
    x = factor_arrays(identity, columns, cells)
    parts, rests = contributions(x[:, :-1], x[:, 1:], method, turns)
    added, rest = parts.sum(axis=1), rests.sum(axis=1)
    v0, v1 = x[:, 0].prod(axis=-1), x[:, -1].prod(axis=-1)
    if cells.shape[2] > len(columns):
        rest = rest + (cells[:, -1, -1] - cells[:, 0, -1]) - (v1 - v0)
        v0, v1 = cells[:, 0, -1], cells[:, -1, -1]
    change = v1 - v0
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(v0 > 0, v1 / v0 - 1.0, np.nan)
        shares = added / np.where(change != 0, change, np.nan)[:, None]
    return np.column_stack([added, rest, change, v0, v1, growth, shares])


def _doubtful(
    low: FloatArray, high: FloatArray, identity: Identity, method: str
) -> npt.NDArray[np.bool_]:
    """Say for which boxes, shape (R, 2, C), corners may not be enough; shape (R,).

    The LMDI contribution L l_j grows with x_j(1) when L + l_j (V1 - L) / ln(V1 / V0) > 0, and the
    fraction lies between 0 and the larger V; so |l_j| < L / max V everywhere is enough (and the
    mirror image for x_j(0)). In the other figures it is monotone through L alone, for any sign.
    """
    if not identity.is_plain:
        return np.ones(len(low), dtype=bool)
    if method != "lmdi":
        return np.zeros(len(low), dtype=bool)
    low0, low1, high0, high1 = low[:, 0], low[:, 1], high[:, 0], high[:, 1]
    least = log_mean(low1.prod(axis=1), low0.prod(axis=1))
    largest = np.maximum(high0.prod(axis=1), high1.prod(axis=1))
    reach = np.maximum(np.abs(log_changes(high0, low1)), np.abs(log_changes(low0, high1)))
    out: npt.NDArray[np.bool_] = ~(reach.max(axis=1) * largest < least)
    return out
