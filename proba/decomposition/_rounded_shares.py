"""Extremes of a ratio of two weighted sums when the weights are rounded shares."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["FloatArray", "can_be_whole", "ratio_extremes"]

FloatArray = npt.NDArray[np.float64]

# Decimal shares such as 42.9 + 1.3 + 55.8 miss 100 by a few units in the last binary digit.
_SLACK = 1e-9

# Dinkelbach's iteration moves from one vertex to a strictly better one, in practice a handful.
_MOST_STEPS = 200


def can_be_whole(low: FloatArray, high: FloatArray) -> bool:
    """Whether shares between ``low`` and ``high`` (fractions) can sum to 1."""
    return bool(low.sum() <= 1 + _SLACK and high.sum() >= 1 - _SLACK)


def ratio_extremes(
    num: FloatArray, den: FloatArray, low: FloatArray, high: FloatArray, *, whole: bool
) -> tuple[float, float]:
    """Lowest and highest of num's / den's over low <= s <= high.

    Parameters
    ----------
    num, den : ndarray, shape (n,)
        Coefficients of the two sums.
    low, high : ndarray, shape (n,)
        The box, fractions.
    whole : bool
        Whether only shares that sum to 1 are possible.

    Returns
    -------
    tuple of float
        (-inf, inf) when the lower sum can be zero.

    Notes
    -----
    Dinkelbach (1967), Management Science 13(7), 492-498: the highest ratio is the root q of
    max (num - q den)'s = 0, found by taking for q the ratio at the last maximum. The inner
    problem is linear over a box, or a box and one equation: the best shares are filled first.
    """
    sign = 1.0
    least = float(den @ _best(-den, low, high, whole))
    most = float(den @ _best(den, low, high, whole))
    if least <= 0 <= most:
        return -np.inf, np.inf
    if most < 0:
        sign = -1.0
    num, den = sign * num, sign * den
    return -_highest(-num, den, low, high, whole), _highest(num, den, low, high, whole)


def _highest(
    num: FloatArray, den: FloatArray, low: FloatArray, high: FloatArray, whole: bool
) -> float:
    s = _best(num, low, high, whole)
    q = float(num @ s) / float(den @ s)
    for _ in range(_MOST_STEPS):
        s = _best(num - q * den, low, high, whole)
        better = float(num @ s) / float(den @ s)
        if better <= q:
            break
        q = better
    return q


def _best(gain: FloatArray, low: FloatArray, high: FloatArray, whole: bool) -> FloatArray:
    """Shares that make gain's largest."""
    if not whole:
        return np.where(gain > 0, high, low)
    s = low.copy()
    left = max(1.0 - float(low.sum()), 0.0)
    for j in np.argsort(-gain, kind="stable"):
        step = min(left, float(high[j] - low[j]))
        s[j] += step
        left -= step
    return s
