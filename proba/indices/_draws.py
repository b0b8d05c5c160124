"""Draws of the index of every kommune from what is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from proba.estimation import Results
from proba.estimation.columns import FloatArray
from proba.indices.lasting import Deviations, PracticeModel
from proba.indices.need_rows import NeedRows

__all__ = ["Drawn", "Float32Array", "draw_blocks"]

_ENTRIES = 250_000
"""Numbers in one block of draws of one year: 1 MB, which stays in a processor's cache."""

Float32Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A block of draws.

    Attributes
    ----------
    years : tuple of int
    entities : list of ndarray
        By year: which entities have an index, as positions.
    index : list of ndarray, shape (draws, entities of the year)
        Single precision: seven digits are more than a draw is worth.
    unchanged : tuple of two ndarrays, or None
        Under ``lasting``: the index of the first and last year with passing deviations drawn
        anew; shape (draws, entities of the year).
    """

    years: tuple[int, ...]
    entities: list[npt.NDArray[np.int64]] = field(repr=False)
    index: list[Float32Array] = field(repr=False)
    unchanged: tuple[Float32Array, Float32Array] | None = field(repr=False)


def draw_blocks(
    results: Results,
    table: NeedRows,
    lasting: tuple[PracticeModel, Deviations] | None,
    draws: int,
    seed: int,
) -> Iterator[Drawn]:
    r"""Draw coefficients, and lasting deviations if given, block by block.

    Parameters
    ----------
    results : Results
    table : NeedRows
    lasting : (PracticeModel, Deviations) or None
        None draws ``100 y / (c'b)``; else :math:`100 (1 + u/m)` with u and m drawn together.
    draws, seed : int
        The same seed gives the same draws, whatever has been drawn before.

    Notes
    -----
    Coefficients are multivariate t: normal with the fit's covariance, divided by
    :math:`\sqrt{\chi^2_\nu/\nu}`. :math:`\nu` is the covariance's degrees of freedom; where it
    has one number a contrast (CR2) the median over the rows of the index.
    """
    rng = np.random.default_rng(seed)
    ok = table.usable.copy()
    if lasting is not None:
        ok &= np.isfinite(table.deviation) & np.isfinite(table.population)
    years = tuple(int(y) for y in np.unique(table.years[ok]))
    rows = [np.flatnonzero(ok & (table.years == year)) for year in years]
    entities = [table.codes[r] for r in rows]
    bases = [
        (table.need[r].astype(np.float32), table.C[r].T.astype(np.float32, order="C")) for r in rows
    ]
    root = _root(results.covariance.matrix)
    nu = _draw_df(results, table.C[ok])
    count = len(table.entities)
    step = max(1, _ENTRIES // count)
    for start in range(0, draws, step):
        size = min(step, draws - start)
        z = rng.standard_normal((size, root.shape[1]))
        shift = (z / np.sqrt(rng.chisquare(nu, (size, 1)) / nu)) @ root.T
        if lasting is None:
            index = [
                _of_need(table.actual[r], _need(b, shift)) for r, b in zip(rows, bases, strict=True)
            ]
            yield Drawn(years, entities, index, None)
            continue
        model, found = lasting
        sd = np.sqrt(found.own_variance).astype(np.float32)
        u = (found.estimate - shift @ found.coefficients.T).astype(np.float32)
        u += rng.standard_normal((size, count), dtype=np.float32) * sd
        need = [_need(base, shift) for base in bases]
        index = [_ratio(u[:, c], m) for c, m in zip(entities, need, strict=True)]
        ends = _passing(model, table, (rows[0], rows[-1]), rng, size)
        first, last = (
            _ratio(u[:, entities[t]] + v, need[t]) for t, v in zip((0, -1), ends, strict=True)
        )
        yield Drawn(years, entities, index, (first, last))


def _need(base: tuple[Float32Array, Float32Array], shift: FloatArray) -> Float32Array:
    m: Float32Array = shift.astype(np.float32) @ base[1]
    m += base[0]
    return m


def _of_need(actual: FloatArray, m: Float32Array) -> Float32Array:
    y = (100.0 * actual).astype(np.float32)
    if (m > 0).all():
        out: Float32Array = y / m
        return out
    # Need of 0 or less has no index: the draw is as far out as it can be.
    far = np.broadcast_to(np.where(y == 0, y, np.copysign(np.float32(np.inf), y)), m.shape).copy()
    np.divide(np.broadcast_to(y, m.shape), m, out=far, where=m > 0)
    return far


def _ratio(u: Float32Array, m: Float32Array) -> Float32Array:
    if (m > 0).all():
        out: Float32Array = u / m
    else:
        out = np.copysign(np.float32(np.inf), u)
        np.divide(u, m, out=out, where=m > 0)
    out *= np.float32(100.0)
    out += np.float32(100.0)
    return out


def _passing(
    model: PracticeModel,
    table: NeedRows,
    rows: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]],
    rng: np.random.Generator,
    size: int,
) -> tuple[Float32Array, Float32Array]:
    """Draw passing deviations of two years, correlated within each entity."""
    first, last = rows
    same = model.components.rho ** int(table.years[last[0]] - table.years[first[0]])
    start = rng.standard_normal((size, len(table.entities)), dtype=np.float32)
    end = rng.standard_normal(start.shape, dtype=np.float32) * np.float32(np.sqrt(1.0 - same**2))
    end += np.float32(same) * start
    sd = [model.passing_sd(table.population[r]).astype(np.float32) for r in rows]
    return start[:, table.codes[first]] * sd[0], end[:, table.codes[last]] * sd[1]


def _root(matrix: FloatArray) -> FloatArray:
    """Return a root of a covariance of any rank, taken on the scale of correlations."""
    sd = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    safe = np.where(sd > 0, sd, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(safe, safe))
    out: FloatArray = sd[:, None] * vectors * np.sqrt(np.maximum(values, 0.0))
    return out


def _draw_df(results: Results, C: FloatArray) -> float:
    df = results.estimator.contrast_df(results.design, results.least_squares, results.covariance, C)
    return float(np.nanmedian(df))
