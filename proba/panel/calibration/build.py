"""From the published index and a seed to the finished synthetic table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from proba.panel.calibration.finish import exact_ratio
from proba.panel.calibration.objective import (
    URBANITET_SCALE,
    Problem,
    Tolerances,
    covariates_of,
    design,
    value_and_gradient,
)
from proba.panel.calibration.published import PublishedIndex
from proba.panel.calibration.sizes import populations
from proba.panel.calibration.start import COVARIATES, T, departure_roots, draw_start, to_bounded
from proba.panel.calibration.targets import (
    ADJUSTED_R2,
    SAMPLE_KOMMUNER,
    TERMS,
    URBANITET_POWER,
    FloatArray,
    IntArray,
    printed_coefficients,
    printed_std_errors,
)

SEED: Final = 2017
JITTER: Final = 0.0035
"""The unrounded index starts uniformly within this distance of the printed one (as a ratio)."""

ITERATIONS: Final = (4000, 4000)
"""L-BFGS-B iterations of the two passes."""

Y_DECIMALS: Final = 6
URBANITET_DECIMALS: Final = 2

# Urbanitet in millions inside the criterion: its coefficient and error grow by the same factor.
_SCALE: Final = np.where(np.array(TERMS) == "urbanitet", URBANITET_SCALE, 1.0)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The finished table as arrays, every number already rounded as it will be written.

    Attributes
    ----------
    index : PublishedIndex
        Kommuner and their printed index.
    population : ndarray of int, shape (N, 5)
        Inhabitants.
    urbanitet : ndarray, shape (N, 5)
        Inhabitants ** 1.2.
    covariates : ndarray, shape (N, 5, 6)
        In the order of `start.COVARIATES`.
    expenditure : ndarray, shape (N, 5)
        1000 kr per inhabitant.
    in_sample : ndarray of bool, shape (N,)
        Kommuner of the estimation sample.
    seed : int
    """

    index: PublishedIndex
    population: IntArray
    urbanitet: FloatArray
    covariates: FloatArray
    expenditure: FloatArray
    in_sample: NDArray[np.bool_]
    seed: int


def tolerances() -> Tolerances:
    """Scales of the criterion, chosen so that the printed digits are met with room to spare."""
    std_errors, half = printed_std_errors()
    return Tolerances(
        moments=0.02,
        # A quarter of the printed half unit, but no looser than 2 % where one digit is printed.
        std_error=np.minimum(0.25 * half / std_errors, 0.02),
        adjusted_r2=0.0003,
        departure=0.2,
        national=0.05,
        prediction=(0.8, 4.1),
        prediction_weight=10.0,
    )


def make_problem(ratio: FloatArray, population: IntArray, start: FloatArray) -> Problem:
    """Set up the criterion.

    Parameters
    ----------
    ratio : ndarray, shape (G, 5)
        Index ratios of the sample.
    population : ndarray of int, shape (G, 5)
        Inhabitants.
    start : ndarray, shape (G, 5, 6)
        Start values, z scale.

    Returns
    -------
    Problem
    """
    x = to_bounded(start)
    return Problem(
        ratio=ratio.ravel(),
        urbanitet=population.ravel().astype(np.float64) ** URBANITET_POWER / URBANITET_SCALE,
        # "Clusterrobuste på kommunestørrelse": rows with the same population form a cluster.
        cluster=np.unique(population.ravel(), return_inverse=True)[1].astype(np.int64),
        start=start,
        roots=departure_roots(),
        national=x.mean(axis=0),
        spread=x.std(axis=(0, 1)),
        beta=printed_coefficients()[0] * _SCALE,
        std_errors=printed_std_errors()[0] * _SCALE,
        adjusted_r2=ADJUSTED_R2,
        tolerances=tolerances(),
    )


def optimise(problem: Problem, w: FloatArray, iterations: int) -> FloatArray:
    """Minimise the criterion from departures `w` of shape (G, 5, 6); returns the same shape."""
    result = minimize(
        value_and_gradient,
        w.ravel(),
        args=(problem,),
        jac=True,
        method="L-BFGS-B",
        options={
            "maxiter": iterations,
            "maxfun": 2 * iterations,
            "maxcor": 30,
            "ftol": 1e-13,
            "gtol": 1e-9,
        },
    )
    return np.asarray(result.x, dtype=np.float64).reshape(w.shape)


def build(index: PublishedIndex, seed: int = SEED) -> Calibrated:
    """Generate the synthetic panel.

    Parameters
    ----------
    index : PublishedIndex
        The printed index of all N kommuner.
    seed : int
        Seed of the NumPy generator; the same seed gives the same table.

    Returns
    -------
    Calibrated
    """
    rng = np.random.default_rng(seed)
    population = populations(index.navn, index.values, rng)
    start = draw_start(population.astype(np.float64), rng)
    printed = index.values / 100.0
    ratio = np.where(printed > 0, printed + rng.uniform(-JITTER, JITTER, printed.shape), 0.0)
    # Which kommuner the report left out is not known; the smallest are taken.
    in_sample = np.zeros(len(printed), dtype=np.bool_)
    in_sample[np.argsort(-population[:, -1], kind="stable")[:SAMPLE_KOMMUNER]] = True

    beta = printed_coefficients()[0] * _SCALE
    sample_ratio, sample_printed = ratio[in_sample], printed[in_sample].ravel()
    w = np.zeros((SAMPLE_KOMMUNER, T, len(COVARIATES)))
    for iterations in ITERATIONS:
        problem = make_problem(sample_ratio, population[in_sample], start[in_sample])
        w = optimise(problem, w, iterations)
        # With the ratio made exact, the residuals of the criterion are those of the regression;
        # the second pass then meets the standard errors without a difference between the two.
        zmat = design(covariates_of(w, problem), problem.urbanitet)
        sample_ratio = exact_ratio(zmat, beta, sample_ratio.ravel(), sample_printed)
        sample_ratio = sample_ratio.reshape(-1, T)

    x = to_bounded(start)
    x[in_sample] = covariates_of(w, problem)
    for j, covariate in enumerate(COVARIATES):
        x[:, :, j] = np.round(x[:, :, j], covariate.decimals)
    urbanitet = np.round(population.astype(np.float64) ** URBANITET_POWER, URBANITET_DECIMALS)
    zmat = design(x, urbanitet.ravel() / URBANITET_SCALE)
    rows = np.repeat(in_sample, T)
    final = ratio.ravel()
    final[rows] = exact_ratio(zmat[rows], beta, sample_ratio.ravel(), sample_printed)
    expenditure = np.round(final * (zmat @ beta), Y_DECIMALS).reshape(printed.shape)
    return Calibrated(index, population, urbanitet, x, expenditure, in_sample, seed)
