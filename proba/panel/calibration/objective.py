"""The calibration criterion and its gradient, written out by hand.

With printed coefficients b, design Z (n x 12), prediction p = Zb and index ratio r, expenditure
is y = r * p and the residual at the printed coefficients is e = (r - 1) * p. The coefficients are
the least-squares solution if and only if Z'e = 0. The criterion adds up squared distances: of
the projection of e on Z from zero, of the cluster-robust standard errors and the adjusted R2 from
the printed ones, of the departures from the start, and of predictions from a plausible range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from proba.panel.calibration.start import HIGH, LOW, T, to_bounded
from proba.panel.calibration.targets import FloatArray, IntArray

URBANITET_SCALE: Final = 1e6
"""Urbanitet enters the criterion in millions, so that Z'Z is well conditioned."""

QUARTIC: Final = 2.0
"""Weight of the fourth power of a departure beside its square."""


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Scale at which each part of the criterion counts as one.

    Attributes
    ----------
    moments : float
        Length of the projection of the residual on the design, sqrt(e'Z (Z'Z)^-1 Z'e), in 1000
        kr. It is zero when the printed coefficients are the least-squares solution, and it is
        what the exact last step has to take up within the rounding of the index.
    std_error : ndarray, shape (12,)
        Relative distance of each standard error.
    adjusted_r2 : float
        Distance of the adjusted R2.
    departure : float
        Root mean square departure from the start. A fourth power is added to the square, so
        that many kommuner move a little and none moves far.
    national : float
        Departure of a national yearly mean, in standard deviations between kommuner.
    prediction : tuple of float
        Predictions (1000 kr per inhabitant) outside this range are penalised.
    prediction_weight : float
        Weight of the squared excess.
    """

    moments: float
    std_error: FloatArray
    adjusted_r2: float
    departure: float
    national: float
    prediction: tuple[float, float]
    prediction_weight: float


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the criterion holds fixed.

    Rows run over kommuner (G) and years (5) within them; n = 5 G.

    Attributes
    ----------
    ratio : ndarray, shape (n,)
        Index ratio r, actual over predicted.
    urbanitet : ndarray, shape (n,)
        Urbanitet in millions.
    cluster : ndarray of int, shape (n,)
        Cluster codes 0..C-1 (distinct population figures).
    start : ndarray, shape (G, 5, 6)
        Start values of the covariates, z scale.
    roots : ndarray, shape (6, 5, 5)
        Cholesky factors of the departures.
    national : ndarray, shape (5, 6)
        Means over kommuner of each year and covariate at the start, panel units.
    spread : ndarray, shape (6,)
        Standard deviations of the covariates at the start, panel units.
    beta, std_errors : ndarray, shape (12,)
        Targets, urbanitet per million.
    adjusted_r2 : float
        Target.
    tolerances : Tolerances
    """

    ratio: FloatArray
    urbanitet: FloatArray
    cluster: IntArray
    start: FloatArray
    roots: FloatArray
    national: FloatArray
    spread: FloatArray
    beta: FloatArray
    std_errors: FloatArray
    adjusted_r2: float
    tolerances: Tolerances


def design(covariates: FloatArray, urbanitet: FloatArray) -> FloatArray:
    """Design matrix in the order of Vedlegg 1.

    Parameters
    ----------
    covariates : ndarray, shape (G, 5, 6)
        The six covariates in panel units.
    urbanitet : ndarray, shape (5 G,)
        Urbanitet, in any scale.

    Returns
    -------
    ndarray, shape (5 G, 12)
        Constant, seven regressors, dummies 2013-2016.
    """
    groups = len(covariates)
    x = covariates.reshape(groups * T, -1)
    dummies = np.tile(np.eye(T)[:, 1:], (groups, 1))
    return np.column_stack([np.ones(groups * T), x[:, 0], urbanitet, x[:, 1:], dummies])


def cluster_sums(values: FloatArray, cluster: IntArray) -> FloatArray:
    """Sum rows of `values` (n, k) within clusters; returns (C, k)."""
    sums = np.zeros((int(cluster.max()) + 1, values.shape[1]))
    np.add.at(sums, cluster, values)
    return sums


def cr1_factor(n: int, k: int, clusters: int) -> float:
    """Small-sample factor of Stata's ``vce(cluster)``: (n-1)/(n-k) * C/(C-1)."""
    return (n - 1) / (n - k) * clusters / (clusters - 1)


def covariates_of(w: FloatArray, problem: Problem) -> FloatArray:
    """Covariates (G, 5, 6) at departures `w` of the same shape."""
    return to_bounded(problem.start + np.einsum("cts,gsc->gtc", problem.roots, w))


def value_and_gradient(flat: FloatArray, problem: Problem) -> tuple[float, FloatArray]:
    """Criterion and gradient at a flattened array of departures.

    Parameters
    ----------
    flat : ndarray, shape (30 G,)
        Departures w, flattened from (G, 5, 6).
    problem : Problem

    Returns
    -------
    value : float
    gradient : ndarray, shape (30 G,)

    Notes
    -----
    With A = (Z'Z)^-1, s_c the sum of z_i e_i in cluster c, M = sum of s_c s_c' and V = f A M A,
    the differentials are dA = -A d(Z'Z) A and dM = sum of ds_c s_c' + s_c ds_c'. The gradients
    with respect to Z, e, y and p are collected first and then carried back to the covariates.
    """
    tol = problem.tolerances
    w = flat.reshape(problem.start.shape)
    groups = len(w)
    x = covariates_of(w, problem)
    zmat = design(x, problem.urbanitet)
    n, k = zmat.shape
    prediction = zmat @ problem.beta
    residual = (problem.ratio - 1.0) * prediction
    y = problem.ratio * prediction

    inverse = np.linalg.inv(zmat.T @ zmat)
    moments = zmat.T @ residual
    shift = inverse @ moments
    scores = cluster_sums(zmat * residual[:, None], problem.cluster)
    meat = scores.T @ scores
    factor = cr1_factor(n, k, len(scores))
    variance = factor * np.einsum("ij,jk,ki->i", inverse, meat, inverse)
    sse, deviation = float(residual @ residual), y - y.mean()
    sst = float(deviation @ deviation)
    dof = (n - 1) / (n - k)
    adjusted = 1.0 - dof * sse / sst

    national = (x.mean(axis=0) - problem.national) / problem.spread / tol.national
    log_gap = (0.5 * np.log(variance) - np.log(problem.std_errors)) / tol.std_error
    r2_gap = (adjusted - problem.adjusted_r2) / tol.adjusted_r2
    below = np.minimum(prediction - tol.prediction[0], 0.0)
    above = np.maximum(prediction - tol.prediction[1], 0.0)
    value = (
        float(moments @ shift) / tol.moments**2
        + float(np.sum(log_gap**2))
        + r2_gap**2
        + float(np.mean(w**2 + QUARTIC * w**4)) / tol.departure**2
        + float(np.sum(national**2))
        + tol.prediction_weight * float(np.sum(below**2 + above**2))
    )

    # Coefficients: e'Z A Z'e.
    d_moments = 2.0 * shift / tol.moments**2
    d_inverse = np.outer(moments, moments) / tol.moments**2
    d_z = np.outer(residual, d_moments)
    d_residual = zmat @ d_moments
    # Standard errors: V = f A M A.
    d_variance = log_gap / tol.std_error / variance
    weighted = factor * d_variance[:, None] * inverse
    d_meat = inverse @ weighted
    d_inverse += 2.0 * weighted @ meat
    d_scores = (2.0 * scores @ d_meat)[problem.cluster]
    d_z += residual[:, None] * d_scores
    d_residual += np.einsum("ij,ij->i", zmat, d_scores)
    d_gram = -inverse @ (0.5 * (d_inverse + d_inverse.T)) @ inverse
    d_z += 2.0 * zmat @ d_gram
    # Adjusted R2.
    d_adjusted = 2.0 * r2_gap / tol.adjusted_r2
    d_residual += d_adjusted * -dof * 2.0 * residual / sst
    d_y = d_adjusted * dof * sse / sst**2 * 2.0 * deviation
    # Everything that passes through the prediction.
    d_prediction = (problem.ratio - 1.0) * d_residual + problem.ratio * d_y
    d_prediction += 2.0 * tol.prediction_weight * (below + above)
    d_z += np.outer(d_prediction, problem.beta)
    # Back through the bounded scale to the departures; columns 1, 3..7 are the covariates.
    d_x = d_z[:, [1, 3, 4, 5, 6, 7]].reshape(x.shape)
    d_x += 2.0 * national / problem.spread / tol.national / groups
    d_free = d_x * (x - LOW) * (HIGH - x) / (HIGH - LOW)
    gradient = np.einsum("cts,gtc->gsc", problem.roots, d_free)
    gradient += (2.0 * w + 4.0 * QUARTIC * w**3) / w.size / tol.departure**2
    return value, gradient.ravel()
