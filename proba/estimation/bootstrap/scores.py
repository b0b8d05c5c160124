r"""Cluster scores of the wild bootstrap, as arrays with a row a cluster.

Everything is in the coordinates of Q, where Xs = QR and Q'Q = I. The restrictions are
U'theta = phi0 with U'U = I, so that with A_g = Q_g'Q_g and the residual scores s_g = Q_g'e_g

    restricted scores       s_g + A_g U x,      x = phi_hat - phi0
    of the jackknife kind   K_g (...),          K_g = I + A_g N (I - N'A_g N)^-1 N'

where N spans what the restrictions leave free (all of it, N = I, when none are imposed). A draw
v moves theta by z = sum v_g s_g; the score of cluster g after refitting is v_g s_g - A_g z, and
cluster g's part of the variance is the square of U'H_g(v_g s_g - A_g z), with H_g = I under CR1
and H_g = (I - A_g)^-1 under CR3. See :func:`proba.estimation.bootstrap.wild_bootstrap`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse

from proba.errors import DesignError
from proba.estimation.columns import FloatArray, IntArray
from proba.estimation.covariance.base import Groups
from proba.estimation.covariance.clustered import cr1_factor
from proba.estimation.least_squares import LeastSquares

__all__ = ["ClusterScores", "Restrictions", "cluster_scores", "restrict"]

_DEPENDENT = 1e-10
_SINGULAR = 1e-12
_ROWS = 2**13  # rows at a time, when rows are summed within clusters: they stay in the cache


@dataclass(frozen=True, slots=True, eq=False)
class Restrictions:
    """C b = r as U'theta = phi0 with orthonormal U.

    Attributes
    ----------
    U : ndarray, shape (k, q)
    gap : ndarray, shape (q,)
        U'theta_hat - phi0.
    unit : float
        With one restriction: (C b - r) / (U'theta - phi0), above 0.
    """

    U: FloatArray
    gap: FloatArray
    unit: float


@dataclass(frozen=True, slots=True, eq=False)
class ClusterScores:
    """What draws are applied to. With x = 0 the null is the estimate.

    Attributes
    ----------
    base : ndarray, shape (G, k)
        Scores the draws multiply, at x = 0.
    slope : ndarray, shape (G, k, q), or None
        Their change with x; None when the null is not imposed.
    own : ndarray, shape (G, q)
        U'H_g times ``base``.
    own_slope : ndarray, shape (G, q, q), or None
        U'H_g times ``slope``.
    spill : ndarray, shape (q, k, G)
        U'H_g A_g: what a move of the coefficients takes from the cluster's part.
    sample : ndarray, shape (G, q)
        U'H_g s_g: the cluster's part of the variance in the sample itself.
    factor : float
        (N-1)/(N-k) G/(G-1) under CR1, (G-1)/G under CR3.
    """

    base: FloatArray = field(repr=False)
    slope: FloatArray | None = field(repr=False)
    own: FloatArray = field(repr=False)
    own_slope: FloatArray | None = field(repr=False)
    spill: FloatArray = field(repr=False)
    sample: FloatArray = field(repr=False)
    factor: float

    def at(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return scores (G, k) and own parts (G, q) for a null at distance x, shape (q,)."""
        if self.slope is None or self.own_slope is None:
            return self.base, self.own
        return self.base + self.slope @ x, self.own + self.own_slope @ x


def restrict(ls: LeastSquares, C: FloatArray, r: FloatArray) -> Restrictions:
    """Turn C b = r into orthonormal restrictions in the coordinates of Q.

    Parameters
    ----------
    ls : LeastSquares
    C : ndarray, shape (q, k)
    r : ndarray, shape (q,)

    Raises
    ------
    DesignError
        If the restrictions are not independent.
    """
    L = (C / ls.scale) @ ls.R_inv
    size = np.sqrt((L**2).sum(axis=1))
    independent = len(C) <= C.shape[1] and bool((size > 0).all())
    if independent:
        U, triangle = np.linalg.qr((L / size[:, None]).T)
        independent = bool((np.abs(np.diag(triangle)) > _DEPENDENT).all())
    if not independent:
        raise DesignError(
            "the restrictions are empty or repeat each other; leave out those that follow from "
            "the rest.",
            "restriksjonene er tomme eller gjentar hverandre; ta ut dem som følger av resten.",
        )
    gap = np.linalg.solve(triangle.T, (C @ ls.params - r) / size)
    if len(C) == 1 and triangle[0, 0] < 0:
        U, gap = -U, -gap
    return Restrictions(U, gap, float(size[0]))


def cluster_scores(
    ls: LeastSquares, groups: Groups, U: FloatArray, variant: str, restricted: bool
) -> ClusterScores:
    """Return the scores of a variant.

    Parameters
    ----------
    ls : LeastSquares
    groups : Groups
    U : ndarray, shape (k, q)
    variant : {"11", "13", "31", "33"}
        First figure: the scores draws multiply (1: residuals; 3: jackknife). Second: the
        variance of the statistic (CR1 or CR3).
    restricted : bool
        WCR or WCU.

    Raises
    ------
    DesignError
        If a jackknife is asked for and a coefficient is not identified without some cluster.
    """
    k, q = U.shape
    sample_scores, A, pull = _totals(ls, groups, U, full=variant != "11")
    base, slope = sample_scores, pull if restricted else None
    if variant[0] == "3":
        free = np.linalg.qr(U, mode="complete")[0][:, q:] if restricted else np.eye(k)
        base, slope = _jackknifed(A, free, base, slope, groups)
    if variant[1] == "3":
        H = _inverse_slack(A, groups) @ U
        own = np.einsum("gkq,gk->gq", H, base)
        own_slope = None if slope is None else np.einsum("gkp,gkq->gpq", H, slope)
        sample = np.einsum("gkq,gk->gq", H, sample_scores)
        spill = np.einsum("gkq,gkl->qlg", H, A)
    else:
        own, sample = base @ U, sample_scores @ U
        own_slope = None if slope is None else np.einsum("kp,gkq->gpq", U, slope)
        spill = pull.transpose(2, 1, 0)
    G = groups.count
    factor = cr1_factor(ls, G) if variant[1] == "1" else (G - 1) / G
    return ClusterScores(
        base=np.ascontiguousarray(base),
        slope=slope,
        own=own,
        own_slope=own_slope,
        spill=np.ascontiguousarray(spill),
        sample=sample,
        factor=factor,
    )


def _totals(
    ls: LeastSquares, groups: Groups, U: FloatArray, *, full: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return s_g (G, k), A_g (G, k, k; empty unless ``full``) and A_g U (G, k, q)."""
    k, q = U.shape
    # Of a symmetric A_g the upper half is enough.
    left, right = np.triu_indices(k) if full else np.divmod(np.arange(k * q), q)
    out = np.zeros((groups.count, k + len(left)))
    step = max(_ROWS, groups.count)
    for start in range(0, ls.nobs, step):
        these = slice(start, start + step)
        Q = ls.Q[these]
        other = Q if full else Q @ U
        rows = np.empty((len(Q), k + len(left)))
        np.multiply(Q, ls.es[these, None], out=rows[:, :k])
        for j, (a, b) in enumerate(zip(left, right, strict=True), start=k):
            np.multiply(Q[:, a], other[:, b], out=rows[:, j])
        out += _indicator(groups.codes[these], groups.count) @ rows
    scores = np.ascontiguousarray(out[:, :k])
    if not full:
        return scores, np.empty((0, k, k)), out[:, k:].reshape(-1, k, q)
    A = np.empty((groups.count, k, k))
    A[:, left, right] = A[:, right, left] = out[:, k:]
    return scores, A, A @ U


def _indicator(codes: IntArray, count: int) -> scipy.sparse.csc_array:
    m = len(codes)
    return scipy.sparse.csc_array((np.ones(m), codes, np.arange(m + 1)), shape=(count, m))


def _jackknifed(
    A: FloatArray,
    free: FloatArray,
    base: FloatArray,
    slope: FloatArray | None,
    groups: Groups,
) -> tuple[FloatArray, FloatArray | None]:
    """Scores of residuals from the fit without the cluster: K_g times the scores."""
    if free.shape[1] == 0:
        return base, slope
    spread = A @ free
    K = spread @ _inverse_slack(free.T @ spread, groups) @ free.T
    base = base + np.einsum("gkl,gl->gk", K, base)
    return base, None if slope is None else slope + K @ slope


def _inverse_slack(A: FloatArray, groups: Groups) -> FloatArray:
    """Return (I - A_g)^-1 for symmetric A_g, shape (G, m, m)."""
    values, vectors = np.linalg.eigh(A)
    slack = 1.0 - values
    alone = (slack < _SINGULAR).any(axis=1)
    if alone.any():
        label = groups.labels[int(np.flatnonzero(alone)[0])]
        raise DesignError(
            f"without cluster {groups.name} = {label} a coefficient is no longer identified, so "
            "the jackknife is not defined; use variant '11', or drop the column that only that "
            "cluster has.",
            f"uten klyngen {groups.name} = {label} er en koeffisient ikke lenger bestemt, så "
            "jackknife er ikke definert; bruk varianten «11», eller ta ut kolonnen som bare den "
            "klyngen har.",
        )
    out: FloatArray = (vectors / slack[:, None, :]) @ vectors.swapaxes(1, 2)
    return out
