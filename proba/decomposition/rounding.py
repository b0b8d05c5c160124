"""The interval each contribution can have when the figures behind it are rounded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.decomposition.frames import Prepared, factor_arrays
from proba.decomposition.identity import Identity
from proba.decomposition.methods import contributions, log_changes, log_mean
from proba.decomposition.printed import bounds

__all__ = ["rounding_intervals"]

FloatArray = npt.NDArray[np.float64]


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
        factors, ``rest``, ``total_change`` and ``growth``. Shares are NaN where the change may be
        zero. Chained intervals are sums of the steps' intervals, which are wider than need be: a
        year's figure is in two steps.

    Notes
    -----
    All figures vary independently in their intervals.
    :func:`proba.decomposition.printed.bounds` says why corners are enough, and where they are
    not.
    """
    low, high = table.low, table.high
    if low is None or high is None:  # only a table read as printed has them
        raise ValueError("the table was not read as printed figures")
    names = [*identity.factors, "rest", "total_change", "growth"]
    k, columns = len(identity.factors), len(table.columns)
    rows = []
    for u in range(len(table.units)):
        at = _measure(identity, table.columns, table.values[u][None], method, turns)
        value = at[0][: k + 3]
        least, most = np.zeros(k + 3), np.zeros(k + 3)
        shares = np.full((2, k + 3), np.nan)
        steps = len(table.years) - 1
        for t in range(steps):
            box = (low[u, t : t + 2].ravel(), high[u, t : t + 2].ravel())

            def measure(points: FloatArray) -> FloatArray:
                cells = points.reshape(-1, 2, columns)
                return _measure(identity, table.columns, cells, method, turns)

            certain = identity.is_plain and (method != "lmdi" or _monotone(*box, columns))
            ends = bounds(measure, *box, certain=certain)
            least += ends[0][: k + 3]
            most += ends[1][: k + 3]
            if steps == 1:
                shares[0, :k], shares[1, :k] = ends[0][k + 3 :], ends[1][k + 3 :]
        if steps > 1:
            # Growth and change rest on the first and last year only.
            box = (low[u, [0, -1]].ravel(), high[u, [0, -1]].ravel())

            def whole(points: FloatArray) -> FloatArray:
                cells = points.reshape(-1, 2, columns)
                return _measure(identity, table.columns, cells, "shapley", None)

            ends = bounds(whole, *box, certain=True)
            least[k + 1 :], most[k + 1 :] = ends[0][k + 1 : k + 3], ends[1][k + 1 : k + 3]
        if not least[k + 1] * most[k + 1] > 0:
            shares[:] = np.nan
        rows += list(zip(value, least, most, shares[0], shares[1], strict=True))
    index = pd.MultiIndex.from_product([list(table.units), names])
    index.names = [table.units.name or "unit", "term"]
    columns_out = ["value", "low", "high", "share_low", "share_high"]
    return pd.DataFrame(rows, index=index, columns=columns_out)


def _measure(
    identity: Identity,
    columns: tuple[str, ...],
    cells: FloatArray,
    method: str,
    turns: list[int] | None,
) -> FloatArray:
    """Return contributions, rest, change, growth and shares of m tables; cells (m, T, C)."""
    x = factor_arrays(identity, columns, cells)
    parts, rests = contributions(x[:, :-1], x[:, 1:], method, turns)
    added, rest = parts.sum(axis=1), rests.sum(axis=1)
    v0, v1 = x[:, 0].prod(axis=-1), x[:, -1].prod(axis=-1)
    change = v1 - v0
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(v0 > 0, v1 / v0 - 1.0, np.nan)
        shares = added / np.where(change != 0, change, np.nan)[:, None]
    out: FloatArray = np.column_stack([added, rest, change, growth, shares])
    return out


def _monotone(low: FloatArray, high: FloatArray, columns: int) -> bool:
    """Whether LMDI contributions are surely monotone in each figure of the box.

    The contribution L l_j grows with x_j(1) when L + l_j (V1 - L) / ln(V1 / V0) > 0, and the
    fraction lies between 0 and the larger V; so l_j > -L / max V everywhere is enough (and the
    mirror image for x_j(0)). In the other figures it is monotone through L alone, for any sign.
    """
    low0, low1 = low[:columns], low[columns:]
    high0, high1 = high[:columns], high[columns:]
    if (low == 0).any():
        return False
    v = np.array([low0.prod(), high0.prod(), low1.prod(), high1.prod()])
    least = float(log_mean(np.array(v[2]), np.array(v[0])))
    reach = np.maximum(np.abs(log_changes(high0, low1)), np.abs(log_changes(low0, high1)))
    return bool(reach.max() < least / v.max())
