"""What rounding allows contributions, start shares and total growth to be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from proba.decomposition._printed_inputs import in_percent
from proba.decomposition._rounded_shares import FloatArray, can_be_whole, ratio_extremes
from proba.decomposition.printed import Rounded

__all__ = ["bounds", "holding"]

_NOISE = 1e-9
"""Percentage points; what a value may lie outside its interval by the last binary digits."""


def bounds(
    index: pd.Index, shares: list[Rounded], rates: list[Rounded]
) -> tuple[pd.DataFrame, tuple[float, float]]:
    """Return extremes of start shares, contributions and total growth over the rounding's box.

    Parameters
    ----------
    index : Index, length n
        Groups.
    shares, rates : list of Rounded, length n
        End shares and growth, percent.

    Returns
    -------
    (intervals, total) : DataFrame and (float, float)
        As in :class:`GrowthContributions`, percent.
    """
    low, high = _ends(shares)
    low, growth = np.maximum(low, 0.0), _ends(rates)
    # Shares that can sum to 100 are those of everyone; then only such shares are possible.
    whole = can_be_whole(low, high)
    added = [g / (1 + g) for g in growth]  # rising in g
    left = [1 / (1 + g) for g in reversed(growth)]  # falling in g: its low end first
    n = len(index)
    out = np.empty((n, 4))
    for column, ends in ((0, left), (2, added)):
        for i in range(n):
            one = np.arange(n) == i
            found = [
                ratio_extremes(
                    np.where(one, own, 0.0), np.where(one, own, others), low, high, whole=whole
                )
                for own in ends
                for others in ends
            ]
            out[i, column] = min(least for least, _ in found)
            out[i, column + 1] = max(most for _, most in found)
    # Between the two ends of every growth lies every total; if one is zero, a share has no bounds.
    if _mean(added[0], low, high, whole)[0] <= 0 <= _mean(added[1], low, high, whole)[1]:
        out[:, 2:] = -np.inf, np.inf
    columns = ["share_start_low", "share_start_high", "contribution_low", "contribution_high"]
    # Start total per end total: the mean of 1 / (1 + g) over the end shares.
    least, _ = _mean(left[0], low, high, whole)
    _, most = _mean(left[1], low, high, whole)
    total = (in_percent(1 / most), in_percent(1 / least))
    return pd.DataFrame(100 * out, index=index, columns=columns), total


def _mean(
    values: FloatArray, low: FloatArray, high: FloatArray, whole: bool
) -> tuple[float, float]:
    """Lowest and highest mean of values over the shares."""
    return ratio_extremes(values, np.ones_like(values), low, high, whole=whole)


def holding(
    found: list[tuple[pd.DataFrame, tuple[float, float]]], frame: pd.DataFrame, total: float
) -> tuple[pd.DataFrame, tuple[float, float], bool]:
    """Return intervals that hold all those found and the values, and whether values were outside.

    Start shares, contributions and the total are monotone in what the boxes have in common, but
    for the contributions where the total passes zero between them.
    """
    low = min(ends[0] for _, ends in found)
    high = max(ends[1] for _, ends in found)
    out = found[0][0].copy()
    widened = not _within(np.array([low]), np.array([total]), np.array([high]))
    for name in ("share_start", "contribution"):
        least = np.min([one[f"{name}_low"] for one, _ in found], axis=0)
        most = np.max([one[f"{name}_high"] for one, _ in found], axis=0)
        if name == "contribution" and low <= 0 <= high:
            least, most = np.full(len(out), -np.inf), np.full(len(out), np.inf)
        value = frame[name].to_numpy()
        widened = widened or not _within(least, value, most)
        out[f"{name}_low"], out[f"{name}_high"] = np.minimum(least, value), np.maximum(most, value)
    return out, (min(low, total), max(high, total)), widened


def _within(low: FloatArray, value: FloatArray, high: FloatArray) -> bool:
    """Whether values lie in their intervals, binary noise aside; percent."""
    return bool(((value >= low - _NOISE) & (value <= high + _NOISE)).all())


def _ends(numbers: list[Rounded]) -> tuple[FloatArray, FloatArray]:
    return (
        np.array([one.low for one in numbers]) / 100,
        np.array([one.high for one in numbers]) / 100,
    )
