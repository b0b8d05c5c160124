"""P-values of a bootstrap distribution, and confidence limits by inverting the test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from proba.estimation.columns import FloatArray

__all__ = ["Tail", "confidence_limits", "pvalue", "statistics_at"]

Tail = Literal["symmetric", "equal-tail"]

# Draws this near the sample's own statistic are ties: the draws of all ones reproduce the sample,
# and rounding must not decide whether they count.
_TIE = 1e-10
_FIRST, _GROWTH, _FARTHEST = 0.25, 1.25, 1e8
_PRECISION = 1e-13


def pvalue(statistic: float, boot: FloatArray, tail: Tail) -> float:
    """Share of draws that are more extreme than the sample's own statistic.

    Parameters
    ----------
    statistic : float
        t, or a Wald statistic (then ``tail`` must be symmetric).
    boot : ndarray, shape (draws,)
        NaN is left out of numerator and denominator.
    tail : {"symmetric", "equal-tail"}
        Symmetric: share with |t*| > |t|. Equal-tail: twice the smaller of the shares with
        t* < t and t* > t.

    Notes
    -----
    As Stata's ``boottest`` (Roodman, Nielsen, MacKinnon and Webb 2019, Stata Journal 19, 4-60):
    strictly more extreme, over the draws that could be computed, without adding the sample itself
    to either. Ties, within 1e-10 relative to |t| (or absolute below 1), do not count.
    """
    slack = _TIE * max(1.0, abs(statistic))
    usable = np.count_nonzero(~np.isnan(boot))
    if usable == 0:
        return float("nan")
    if tail == "symmetric":
        return np.count_nonzero(np.abs(boot) > abs(statistic) + slack) / usable
    below = np.count_nonzero(boot < statistic - slack)
    above = np.count_nonzero(boot > statistic + slack)
    return min(1.0, 2.0 * min(below, above) / usable)


def statistics_at(parts: FloatArray, distance: float) -> FloatArray:
    """Return t of every draw for the null ``distance`` standard errors above the estimate.

    Parameters
    ----------
    parts : ndarray, shape (5, draws)
        See :class:`proba.estimation.bootstrap.statistics.Distribution`.
    distance : float
    """
    n0, n1, d0, d1, d2 = parts
    variance = d0 + distance * (2.0 * d1 + distance * d2)
    out = np.full(len(n0), np.nan)
    np.divide(n0 + distance * n1, np.sqrt(np.maximum(variance, 0.0)), out=out, where=variance > 0)
    return out


def confidence_limits(parts: FloatArray, alpha: float, tail: Tail) -> tuple[float, float]:
    """Limits of the nulls around the estimate that are not rejected.

    Parameters
    ----------
    parts : ndarray, shape (5, draws)
    alpha : float
        1 - level.
    tail : {"symmetric", "equal-tail"}

    Returns
    -------
    low, high : float
        In standard errors from the estimate. The p-value is a step function of the null; it is
        above ``alpha`` just inside a limit and at most ``alpha`` just outside. Infinite where no
        null is rejected; NaN where every null is.
    """

    def p(distance: float) -> float:
        return pvalue(-distance, statistics_at(parts, distance), tail)

    # With an equal-tailed test the p-value need not be highest at the estimate.
    around = (0.0, *(sign * step for step in (0.1, 0.3, 1.0, 3.0) for sign in (-1.0, 1.0)))
    inside = next((d for d in around if p(d) > alpha), None)
    if inside is None:
        return float("nan"), float("nan")
    low, high = (_limit(p, inside, sign, alpha) for sign in (-1.0, 1.0))
    return low, high


def _limit(p: Callable[[float], float], inside: float, sign: float, alpha: float) -> float:
    near, step = inside, _FIRST
    far = near + sign * step
    while p(far) > alpha:
        near, step = far, step * _GROWTH
        far = near + sign * step
        if abs(far) > _FARTHEST:
            return sign * float("inf")
    while abs(far - near) > _PRECISION * max(1.0, abs(far)):
        middle = 0.5 * (near + far)
        if middle in (near, far):
            break
        near, far = (middle, far) if p(middle) > alpha else (near, middle)
    return far
