"""The bootstrap distribution: draws in, statistics out, a block of draws at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from proba.estimation.bootstrap.scores import ClusterScores
from proba.estimation.bootstrap.weights import Draws
from proba.estimation.columns import FloatArray

__all__ = [
    "Distribution",
    "Progress",
    "block_tiles",
    "distribution",
    "memory_needed",
    "tile_size",
]

Progress = Callable[[int, int, str], None]
"""Called with draws done, draws in all and a text."""

# Draws are multiplied a tile at a time. A tile's shape depends on clusters and coefficients alone,
# so that rounding never depends on how many tiles a block has; and where it can be, it is so small
# that the linear algebra library keeps to one thread, since waiting for others costs more.
_TILE, _TILE_LEAST, _TILE_MOST = 2**17, 16, 256
_BLOCK = 2**15  # numbers in a block of draws: 256 KiB an array, so that it stays in the cache
_DEGENERATE = 1e-24
_LOW_RANK = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Statistics of the draws.

    Attributes
    ----------
    statistic : ndarray, shape (draws,)
        t with one restriction, Wald with more; NaN where the variance of a draw is singular.
    parts : ndarray, shape (5, draws), or None
        For another null, ``d`` standard errors above the estimate, t is
        (n0 + n1 d) / sqrt(d0 + 2 d1 d + d2 d²); rows n0, n1, d0, d1, d2.
    """

    statistic: FloatArray = field(repr=False)
    parts: FloatArray | None = field(repr=False)


def tile_size(nclusters: int, k: int) -> int:
    """Draws a tile."""
    return max(_TILE_LEAST, min(_TILE_MOST, _TILE // (nclusters * k)))


def block_tiles(nclusters: int, tile: int) -> int:
    """Tiles a block, where memory allows."""
    return max(1, _BLOCK // (nclusters * tile))


def memory_needed(
    shape: tuple[int, int, int, int], draws: int, variant: str, *, parts: bool, tiles: int
) -> int:
    """Bytes used at the peak, besides the results of the fit.

    Parameters
    ----------
    shape : tuple of int
        Rows, coefficients, restrictions, clusters.
    draws : int
    variant : str
    parts : bool
        Whether the parts for inversion are kept.
    tiles : int
        A block.
    """
    n, k, q, G = shape
    full = variant != "11"
    rows = min(n, max(2**13, G)) * (2 * k + (k * (k + 1) // 2 if full else k * q))
    crosses = G * k * (4 * k if full else 0)
    totals = G * k * (1 + ((k + 1) if full else q))
    scores = G * k * (3 + 4 * q)
    sets = 3 if parts else 1
    block = tiles * tile_size(G, k) * (G * (4 + sets * q) + sets * (2 * k + q))
    return 8 * (6 * n + rows + totals + crosses + scores + block + draws * (10 if parts else 6))


def distribution(
    draws: Draws,
    scores: ClusterScores,
    U: FloatArray,
    gap: FloatArray,
    *,
    tiles: int,
    unit_se: float | None = None,
    progress: Progress | None = None,
) -> Distribution:
    """Compute the statistic of every draw.

    Parameters
    ----------
    draws : Draws
    scores : ClusterScores
    U : ndarray, shape (k, q)
    gap : ndarray, shape (q,)
        Distance from the null to the estimate.
    tiles : int
        A block; changes no number.
    unit_se : float, optional
        Standard error of U'theta; given when the parts for other nulls are wanted (one
        restriction, null imposed).
    progress : callable, optional

    Returns
    -------
    Distribution
    """
    q = U.shape[1]
    # Each set of scores: under the null; then at the estimate, and its change a standard error.
    sets = [scores.at(gap)]
    if unit_se is not None and scores.slope is not None and scores.own_slope is not None:
        sets.append((scores.base, scores.own))
        sets.append((-unit_se * scores.slope[:, :, 0], -unit_se * scores.own_slope[:, :, 0]))
    G, tile, factor = draws.nclusters, tile_size(draws.nclusters, len(U)), scores.factor
    size = tile * tiles
    owns = [np.ascontiguousarray(own.T) for _, own in sets]
    floor = _DEGENERATE * factor * float((owns[0] ** 2).sum())
    statistic = np.empty(draws.count)
    parts = np.empty((5, draws.count)) if len(sets) > 1 else None
    E, weighted = np.empty((len(sets), q, size, G)), np.empty((size, G))
    for which, V in draws.blocks(size):
        used = which.stop - which.start
        numerators = []
        for part, own, (moving, _) in zip(E, owns, sets, strict=True):
            z = V.reshape(tiles, tile, G) @ moving
            numerators.append((z @ U).reshape(size, q)[:used])
            for i in range(q):
                np.matmul(z, scores.spill[i], out=part[i].reshape(tiles, tile, G))
                np.multiply(V, own[i], out=weighted)
                np.subtract(weighted, part[i], out=part[i])
        if q == 1:
            variance = factor * _dot(E[0, 0], E[0, 0])[:used]
            statistic[which] = _ratio(numerators[0][:, 0], variance, floor)
        else:
            rows = E[0].swapaxes(0, 1)
            meat = rows @ rows.swapaxes(1, 2)
            statistic[which] = _wald(numerators[0], factor * meat[:used])
        if parts is not None:
            parts[0, which], parts[1, which] = numerators[1][:, 0], numerators[2][:, 0]
            for row, a, b in ((2, 1, 1), (3, 1, 2), (4, 2, 2)):
                parts[row, which] = factor * _dot(E[a, 0], E[b, 0])[:used]
        if progress is not None:
            progress(which.stop, draws.count, "bootstrap")
    return Distribution(statistic, parts)


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    out: FloatArray = np.einsum("dg,dg->d", a, b)
    return out


def _ratio(numerator: FloatArray, variance: FloatArray, floor: float) -> FloatArray:
    out = np.full(len(numerator), np.nan)
    np.divide(numerator, np.sqrt(variance), out=out, where=variance > floor)
    return out


def _wald(distance: FloatArray, variance: FloatArray) -> FloatArray:
    """Quadratic forms d'V^-1 d, shape (draws,), on the correlation scale; NaN where V is singular.

    The rule is :func:`proba.estimation.covariance.base.wald_quadratic`'s.
    """
    spread = np.sqrt(np.einsum("dii->di", variance))
    usable = (spread > 0).all(axis=1)
    spread = np.where(usable[:, None], spread, 1.0)
    values, vectors = np.linalg.eigh(variance / (spread[:, :, None] * spread[:, None, :]))
    usable &= values[:, 0] > _LOW_RANK * values[:, -1]
    rotated = np.einsum("dij,di->dj", vectors, distance / spread)
    terms = rotated**2 / np.where(usable[:, None], values, 1.0)
    return np.where(usable, terms.sum(axis=1), np.nan)
