"""A plausible start for the covariates, and how far the calibration may leave it.

Every covariate lives on a bounded scale, x = low + (high - low) / (1 + exp(-z)), so no value can
leave its bounds and few come near them. The start is drawn on the z scale: a level of the
kommune, a national movement over the years and small steps of the kommune's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from proba.panel.calibration.targets import URBANITET_POWER, YEARS, FloatArray

T: Final = len(YEARS)


@dataclass(frozen=True, slots=True)
class Covariate:
    """How one covariate is drawn.

    Attributes
    ----------
    name : str
        Panel column.
    low, high : float
        Bounds in the unit of the column.
    path : tuple of float
        Typical value in each year 2012-2016.
    spread : float
        Standard deviation between kommuner, z scale.
    strain, size : float
        Correlation of the level with the latent strain of living conditions and with log size.
    city : float
        Shift of the level in the largest kommune, z scale; in others in proportion to urbanitet.
    trend, step : float
        Standard deviation between kommuner of the yearly trend and of the yearly step, z scale.
    noise : float
        Standard deviation of passing noise in a median-sized kommune, z scale.
    decimals : int
        Decimals in the written panel.
    """

    name: str
    low: float
    high: float
    path: tuple[float, float, float, float, float]
    spread: float
    strain: float
    size: float
    city: float
    trend: float
    step: float
    noise: float
    decimals: int


COVARIATES: Final = (
    Covariate(
        "ufore_18_49", 1.0, 6.0, (2.40, 2.44, 2.48, 2.53, 2.58),
        spread=0.72, strain=0.6, size=-0.2, city=-0.5,
        trend=0.02, step=0.03, noise=0.0, decimals=3,
    ),
    Covariate(
        "opphopningsindeks", 0.2, 3.5, (0.91, 0.91, 0.91, 0.91, 0.91),
        spread=1.0, strain=0.6, size=0.2, city=1.8,
        trend=0.02, step=0.05, noise=0.0, decimals=4,
    ),
    Covariate(
        "innbyggere_16_66", 55.0, 72.0, (62.0, 61.9, 61.8, 61.7, 61.6),
        spread=0.52, strain=0.0, size=0.3, city=1.4,
        trend=0.02, step=0.02, noise=0.0, decimals=3,
    ),
    Covariate(
        "ikke_vestlige_innvandrere", 0.0, 20.0, (1.80, 1.95, 2.12, 2.32, 2.55),
        spread=0.64, strain=0.3, size=0.4, city=1.7,
        trend=0.03, step=0.03, noise=0.0, decimals=3,
    ),
    Covariate(
        "nybosatte_flyktninger", 0.0, 2.5, (0.095, 0.115, 0.145, 0.190, 0.240),
        spread=1.0, strain=0.2, size=-0.15, city=1.2,
        trend=0.05, step=0.10, noise=0.3, decimals=3,
    ),
    Covariate(
        "gjennomfort_vgs", 45.0, 95.0, (71.6, 72.0, 72.5, 73.1, 73.8),
        spread=0.56, strain=-0.6, size=0.1, city=-0.3,
        trend=0.02, step=0.04, noise=0.09, decimals=2,
    ),
)  # fmt: skip
"""The six synthetic covariates in the order of Vedlegg 1 (urbanitet follows from population)."""

LOW: Final = np.array([c.low for c in COVARIATES])
HIGH: Final = np.array([c.high for c in COVARIATES])


def to_bounded(z: FloatArray) -> FloatArray:
    """Map z of shape (..., 6) to covariate values inside their bounds."""
    x: FloatArray = LOW + (HIGH - LOW) / (1.0 + np.exp(-z))
    return x


def to_free(x: FloatArray) -> FloatArray:
    """Inverse of `to_bounded` for values strictly inside the bounds, shape (..., 6)."""
    share = (x - LOW) / (HIGH - LOW)
    z: FloatArray = np.log(share / (1.0 - share))
    return z


def draw_start(population: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw the covariates on the z scale.

    Parameters
    ----------
    population : ndarray, shape (N, 5)
        Inhabitants.
    rng : numpy.random.Generator
        Seeded generator.

    Returns
    -------
    ndarray, shape (N, 5, 6)
        Start values on the z scale.
    """
    n = len(population)
    log_size = np.log(population[:, -1])
    size = (log_size - log_size.mean()) / log_size.std()
    urbanitet = population[:, -1] ** URBANITET_POWER
    urbanitet /= urbanitet.max()
    strain = rng.standard_normal(n)
    # Shares that count few people are noisier in small kommuner; the exponent is milder than the
    # 1/2 of pure chance because authorities even out the yearly numbers.
    noise_scale = np.exp(-0.25 * (log_size - np.median(log_size)))
    noise_scale = np.clip(noise_scale, 0.4, 1.4)
    centred_years = np.arange(T) - (T - 1) / 2
    path = to_free(np.array([c.path for c in COVARIATES]).T)
    z = np.empty((n, T, len(COVARIATES)))
    for j, c in enumerate(COVARIATES):
        own = np.sqrt(1.0 - c.strain**2 - c.size**2) * rng.standard_normal(n)
        level = c.spread * (c.strain * strain + c.size * size + own) + c.city * urbanitet
        trend = c.trend * rng.standard_normal((n, 1)) * centred_years
        steps = np.cumsum(c.step * rng.standard_normal((n, T)), axis=1)
        steps -= steps.mean(axis=1, keepdims=True)
        noise = c.noise * noise_scale[:, None] * rng.standard_normal((n, T))
        z[:, :, j] = path[:, j] + level[:, None] + trend + steps + noise
    return z


def departure_roots() -> FloatArray:
    """Square roots of the covariance of the departures from the start, one for each covariate.

    A departure is drawn as root @ w with w standard normal, so penalising the mean of w**2 makes a
    shift of a whole kommune cheap and a kink between years dear: the calibrated series stay about
    as smooth as the start.

    Returns
    -------
    ndarray, shape (6, 5, 5)
        Lower triangular Cholesky factors on the z scale.
    """
    centred_years = np.arange(T) - (T - 1) / 2
    roots = np.empty((len(COVARIATES), T, T))
    for j, c in enumerate(COVARIATES):
        walk = np.minimum.outer(np.arange(1, T + 1), np.arange(1, T + 1)).astype(np.float64)
        covariance = (
            c.spread**2 * np.ones((T, T))
            + (2.0 * c.trend) ** 2 * np.outer(centred_years, centred_years)
            + c.step**2 * walk
            + (c.noise**2 + (0.1 * c.step) ** 2) * np.eye(T)
        )
        roots[j] = np.linalg.cholesky(covariance)
    return roots
