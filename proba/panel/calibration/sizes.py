"""Synthetic populations: an order taken from public knowledge, sizes taken from a formula.

No population figure is used. The order of the largest kommuner is common knowledge; all other
kommuner are ordered by how calm their published index is, because the index of a small kommune
(few recipients) jumps more from year to year than that of a large one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from proba.panel.calibration.targets import YEARS, FloatArray, IntArray

LARGEST_IN_ORDER: Final = (
    *("Bergen", "Trondheim", "Stavanger", "Bærum", "Kristiansand", "Fredrikstad", "Sandnes"),
    *("Tromsø", "Drammen", "Asker", "Sarpsborg", "Skien", "Skedsmo", "Bodø", "Ålesund"),
    *("Sandefjord", "Larvik", "Arendal", "Tønsberg", "Karmøy", "Haugesund", "Porsgrunn"),
    *("Lørenskog", "Ullensaker", "Ringsaker", "Moss", "Halden", "Gjøvik", "Hamar", "Ringerike"),
    *("Askøy", "Horten", "Lillehammer", "Kongsberg", "Molde", "Rana", "Kristiansund", "Stjørdal"),
    *("Steinkjer", "Elverum", "Alta", "Levanger", "Kongsvinger"),
)
"""Well-known large kommuner, largest first (Oslo is not in Vedlegg 2). An order, no sizes."""

SMALLEST_CASE: Final = "Vågan"
SMALLEST_CASE_RANK: Final = 121
"""The nine case kommuner are all among the 121 largest (Proba-rapport 2017-08, choice of cases);
the panel lets the smallest of them be exactly number 121 in 2016."""

# Rank-size function of Martinez-Mekler et al. (2009, "Universality of rank-ordering distributions
# in the arts and sciences", PLoS ONE 4(3)), with a Mandelbrot shift so that the two largest stay
# close: size(r) = top * ((N + 1 - r) / N) ** LOWER * ((1 + SHIFT) / (r + SHIFT)) ** UPPER.
TOP: Final = 246_000.0
UPPER: Final = 0.82
LOWER: Final = 0.45
SHIFT: Final = 0.9

MAX_GROWTH: Final = 0.023
"""Largest yearly population change, as a share."""


def size_order(navn: Sequence[str], index: IntArray, rng: np.random.Generator) -> IntArray:
    """Rank of every kommune by size, 1 for the largest.

    Parameters
    ----------
    navn : sequence of str
        Kommune names, length N.
    index : ndarray of int, shape (N, 5)
        Published index in points.
    rng : numpy.random.Generator
        Source of the noise added to the volatility.

    Returns
    -------
    ndarray of int, shape (N,)
        A permutation of 1..N.
    """
    n = len(navn)
    position = {name: i for i, name in enumerate(navn)}
    fixed = [position[name] for name in (*LARGEST_IN_ORDER, SMALLEST_CASE)]
    # Relative to the mean, so that a high index is no sign of a small kommune: the residuals of a
    # sample of the larger kommuner can only be orthogonal to the design if its index averages
    # about 100. Distance from 100 counts a little, and eight points of noise keep the size from
    # being a function of the index.
    mean = np.maximum(index.mean(axis=1), 1.0)
    volatility = (index.std(axis=1) + 0.1 * np.abs(mean - 100)) / (mean / 100)
    volatility = volatility + 8.0 * rng.standard_normal(n)
    # A kommune that once spent nothing at all can only be a very small one.
    volatility = np.where((index == 0).any(axis=1), np.inf, volatility)
    rest = [int(i) for i in np.argsort(volatility, kind="stable") if int(i) not in set(fixed)]
    order = [*fixed[:-1], *rest]
    order.insert(SMALLEST_CASE_RANK - 1, fixed[-1])
    rank = np.empty(n, dtype=np.int64)
    rank[order] = np.arange(1, n + 1)
    return rank


def sizes_of_ranks(n: int, rng: np.random.Generator) -> FloatArray:
    """Inhabitants of the kommuner of rank 1..n in the last year.

    Parameters
    ----------
    n : int
        Number of kommuner.
    rng : numpy.random.Generator
        Source of small irregularities (order preserved).

    Returns
    -------
    ndarray, shape (n,)
        Decreasing sizes.
    """
    rank = np.arange(1, n + 1)
    size = TOP * ((n + 1 - rank) / n) ** LOWER * ((1 + SHIFT) / (rank + SHIFT)) ** UPPER
    noise = 0.05 * rng.standard_normal(n)
    noise[:2] = 0.0  # the two largest stay where the formula puts them
    ragged = np.log(size) + np.clip(noise, -0.1, 0.1)
    sizes: FloatArray = np.exp(np.sort(ragged)[::-1])
    return sizes


def populations(navn: Sequence[str], index: IntArray, rng: np.random.Generator) -> IntArray:
    """Synthetic inhabitants of every kommune and year.

    Parameters
    ----------
    navn : sequence of str
        Kommune names, length N.
    index : ndarray of int, shape (N, 5)
        Published index in points.
    rng : numpy.random.Generator
        Seeded generator.

    Returns
    -------
    ndarray of int, shape (N, 5)
        Inhabitants 2012-2016. The order of the last year is that of `size_order`.
    """
    n = len(navn)
    rank = size_order(navn, index, rng)
    last = np.round(sizes_of_ranks(n, rng))[rank - 1]
    # Larger kommuner grow faster; growth is nearly the same from year to year in one kommune.
    mean_growth = 0.012 - 0.016 * rank / n + 0.005 * rng.standard_normal(n)
    yearly = mean_growth[:, None] + 0.0015 * rng.standard_normal((n, len(YEARS) - 1))
    yearly = np.clip(yearly, -MAX_GROWTH, MAX_GROWTH)
    # Cumulate backwards from the last year, where the order is fixed.
    back = np.cumsum(np.log1p(yearly)[:, ::-1], axis=1)[:, ::-1]
    log_size = np.log(last)[:, None] - np.column_stack([back, np.zeros(n)])
    inhabitants: IntArray = np.round(np.exp(log_size)).astype(np.int64)
    return inhabitants
