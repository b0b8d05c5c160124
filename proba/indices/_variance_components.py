"""Lasting and passing variance of residuals by restricted maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import optimize

from proba.errors import IndexingError
from proba.estimation.columns import FloatArray, IntArray

__all__ = ["Blocks", "Components", "estimate", "make_blocks"]

_TINY = 1e-8
_MOST_RHO = 0.98


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Rows set out as entities by slots, empty slots masked.

    Attributes
    ----------
    y : ndarray, shape (E, T)
    X : ndarray, shape (E, T, k)
    inverse_size : ndarray, shape (E, T)
        n0 / n.
    gap : ndarray, shape (E, T, T)
        Years between two rows.
    there : ndarray of bool, shape (E, T)
    slot : ndarray of int, shape (E, T)
        Row of each slot, -1 where empty.
    """

    y: FloatArray = field(repr=False)
    X: FloatArray = field(repr=False)
    inverse_size: FloatArray = field(repr=False)
    gap: FloatArray = field(repr=False)
    there: npt.NDArray[np.bool_] = field(repr=False)
    slot: IntArray = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Variance components and how well they are known.

    Attributes
    ----------
    lasting : float
        Variance of the lasting deviation, one for all.
    a, b : float
        Passing variance at n0 / n = r: a + b r.
    rho : float
        Correlation of passing deviations a year apart.
    loglik : float
        Restricted log-likelihood.
    spread : ndarray, shape (p, p)
        Covariance of the estimated parameters that are free.
    free : tuple of int
        Which of (lasting, a, b, rho) ``spread`` is of.
    """

    lasting: float
    a: float
    b: float
    rho: float
    loglik: float
    spread: FloatArray = field(repr=False)
    free: tuple[int, ...]

    @property
    def values(self) -> FloatArray:
        """(lasting, a, b, rho)."""
        return np.array([self.lasting, self.a, self.b, self.rho])


def make_blocks(
    codes: IntArray,
    years: IntArray,
    y: FloatArray,
    X: FloatArray,
    inverse_size: FloatArray,
    use: npt.NDArray[np.bool_],
    count: int,
) -> Blocks:
    """Set rows out by entity; rows not in ``use`` are left out.

    Parameters
    ----------
    codes, years : ndarray of int, shape (n,)
    y : ndarray, shape (n,)
    X : ndarray, shape (n, k)
    inverse_size : ndarray, shape (n,)
    use : ndarray of bool, shape (n,)
    count : int
        Number of entities, E.
    """
    rows = np.flatnonzero(use)
    rows = rows[np.lexsort((years[rows], codes[rows]))]
    sizes = np.bincount(codes[rows], minlength=count)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    T = int(sizes.max(initial=1))
    slot = np.full((count, T), -1, dtype=np.int64)
    slot[codes[rows], np.arange(len(rows)) - starts[codes[rows]]] = rows
    there = slot >= 0
    at = np.where(there, slot, 0)
    when = years[at].astype(np.float64)
    return Blocks(
        y=np.where(there, y[at], 0.0),
        X=np.where(there[:, :, None], X[at], 0.0),
        inverse_size=np.where(there, inverse_size[at], 0.0),
        gap=np.abs(when[:, :, None] - when[:, None, :]),
        there=there,
        slot=slot,
    )


def passing_covariance(blocks: Blocks, a: float, b: float, rho: float) -> FloatArray:
    """Covariance of passing deviations, the identity in empty slots; shape (E, T, T)."""
    sd = np.sqrt(a + b * blocks.inverse_size) * blocks.there
    V: FloatArray = sd[:, :, None] * sd[:, None, :] * _decay(blocks, rho)
    diagonal = np.arange(V.shape[1])
    V[:, diagonal, diagonal] += ~blocks.there
    return V


def _decay(blocks: Blocks, rho: float) -> FloatArray:
    out: FloatArray = np.where(blocks.gap == 0, 1.0, rho**blocks.gap)
    return out


def total_covariance(blocks: Blocks, values: FloatArray) -> FloatArray:
    """Covariance of lasting and passing deviations together; shape (E, T, T)."""
    lasting, a, b, rho = values
    both = blocks.there[:, :, None] & blocks.there[:, None, :]
    out: FloatArray = passing_covariance(blocks, a, b, rho) + lasting * both
    return out


def estimate(
    blocks: Blocks, *, serial: bool, by_size: bool = True, away: bool = True
) -> Components:
    r"""Estimate the components by restricted maximum likelihood.

    Parameters
    ----------
    blocks : Blocks
        Of the estimation sample, columns of X scaled to length one.
    serial : bool
        Whether passing deviations are correlated from year to year.
    by_size : bool
        Whether the passing variance depends on size.
    away : bool
        Add :math:`\log\sigma_u` to the log-likelihood, which keeps the lasting variance from
        0: Chung et al. (2013), Psychometrika 78, 685-709.

    Raises
    ------
    IndexingError
        If no entity has two rows, or the residuals are all 0.

    Notes
    -----
    .. math::
        -2\ell = \sum_i \log|V_i| + \log|\sum_i X_i'V_i^{-1}X_i|
                 + \sum_i (y_i - X_i\hat\beta)'V_i^{-1}(y_i - X_i\hat\beta)

    Patterson and Thompson (1971), Biometrika 58, 545-554; Harville (1977), Journal of the
    American Statistical Association 72, 320-338. The covariance of the estimates is the
    inverse of the expected information, half the trace of
    :math:`V^{-1}V_jV^{-1}V_k` summed over entities; a parameter at its bound counts as known.
    """
    if int(blocks.there.sum(axis=1).max(initial=0)) < 2:
        raise IndexingError(
            "what lasts cannot be told from what passes with one year a kommune; the estimation "
            "sample needs at least two.",
            "det varige kan ikke skilles fra det forbigående med ett år per kommune; "
            "estimeringsutvalget må ha minst to.",
        )
    X, y, there = blocks.X, blocks.y, blocks.there
    flat = X[there]
    resid = y[there] - flat @ np.linalg.lstsq(flat, y[there], rcond=None)[0]
    scale = float((resid**2).mean())
    if not scale > _TINY * max(float((y[there] ** 2).mean()), 1e-300):
        raise IndexingError(
            "the model fits exactly; there is no deviation to divide into lasting and passing.",
            "modellen passer eksakt; det er ikke noe avvik å dele i varig og forbigående.",
        )

    moves = (0, 1, *((2,) if by_size else ()), *((3,) if serial else ()))

    def criterion(theta: FloatArray) -> tuple[float, FloatArray]:
        values = _values(theta, scale, serial, by_size)
        two, slope = _minus_two(blocks, values, moves)
        # The search moves logarithms of variances, and rho itself.
        slope = 0.5 * slope * np.where(np.array(moves) < 3, values[list(moves)], 1.0)
        if away:
            slope[0] -= 0.5
        return 0.5 * two - (0.5 * theta[0] if away else 0.0), slope

    start = [np.log(0.4), np.log(0.3)]
    bounds: list[tuple[float, float]] = [(np.log(_TINY), 4.0), (np.log(_TINY), 4.0)]
    if by_size:
        start, bounds = [*start, np.log(0.3)], [*bounds, (np.log(_TINY), 4.0)]
    tries = [np.array([*start, r]) for r in (0.3, 0.7)] if serial else [np.array(start)]
    if serial:
        bounds = [*bounds, (0.0, _MOST_RHO)]
    fits = [
        optimize.minimize(criterion, t, jac=True, method="L-BFGS-B", bounds=bounds) for t in tries
    ]
    best = min(fits, key=lambda f: float(f.fun))
    values = _values(best.x, scale, serial, by_size)
    spread, free = _spread(blocks, values, _TINY * scale * 10.0, moves)
    lasting, a, b, rho = (float(v) for v in values)
    return Components(lasting, a, b, rho, -0.5 * _minus_two(blocks, values, ())[0], spread, free)


def _values(theta: FloatArray, scale: float, serial: bool, by_size: bool) -> FloatArray:
    """(lasting, a, b, rho) from what the search moves: logs of variances over their scale."""
    b = np.exp(theta[2]) * scale if by_size else 0.0
    return np.array(
        [np.exp(theta[0]) * scale, np.exp(theta[1]) * scale, b, theta[-1] if serial else 0.0]
    )


def _minus_two(
    blocks: Blocks, values: FloatArray, moves: tuple[int, ...]
) -> tuple[float, FloatArray]:
    """-2 x the restricted log-likelihood, and its slope in some of the parameters.

    With P the projection that takes out X in the metric of V, the slope is tr(P V_j) - y'P V_j P y.
    """
    V = total_covariance(blocks, values)
    inverse = np.linalg.inv(V)
    _, logdets = np.linalg.slogdet(V)
    VX = inverse @ blocks.X
    k = blocks.X.shape[2]
    gram = blocks.X.reshape(-1, k).T @ VX.reshape(-1, k)
    beta = np.linalg.solve(gram, VX.reshape(-1, k).T @ blocks.y.ravel())
    resid = (blocks.y - blocks.X @ beta) * blocks.there
    Vr = np.einsum("eij,ej->ei", inverse, resid)
    two = float(logdets.sum() + np.linalg.slogdet(gram)[1] + (Vr * resid).sum())
    flat = np.linalg.inv(gram)
    slope = []
    for D in derivatives(blocks, values, moves):
        DVX = D @ VX
        middle = VX.reshape(-1, k).T @ DVX.reshape(-1, k)
        own = float((inverse * D).sum() - (flat * middle).sum())
        slope.append(own - float(np.einsum("ei,eij,ej->", Vr, D, Vr, optimize=True)))
    return two, np.array(slope)


def _spread(
    blocks: Blocks, values: FloatArray, low: float, moves: tuple[int, ...]
) -> tuple[FloatArray, tuple[int, ...]]:
    free = tuple(
        j for j in moves if (low < values[j] if j < 3 else 1e-4 < values[3] < _MOST_RHO - 1e-4)
    )
    inverse = np.linalg.inv(total_covariance(blocks, values))
    parts = [inverse @ d for d in derivatives(blocks, values, free)]
    info = np.array(
        [[0.5 * float((p * q.transpose(0, 2, 1)).sum()) for q in parts] for p in parts]
    ).reshape(len(free), len(free))
    out: FloatArray = np.linalg.pinv(info, hermitian=True)
    return out, free


def derivatives(blocks: Blocks, values: FloatArray, free: tuple[int, ...]) -> list[FloatArray]:
    """Return the derivative of the total covariance by each free parameter; (E, T, T) each."""
    _, a, b, rho = (float(v) for v in values)
    both: FloatArray = (blocks.there[:, :, None] & blocks.there[:, None, :]).astype(np.float64)
    sd = np.sqrt(a + b * blocks.inverse_size)
    decay = _decay(blocks, rho) * both
    ratio = sd[:, :, None] / sd[:, None, :]
    size = blocks.inverse_size

    def derivative(j: int) -> FloatArray:
        if j == 0:
            return both
        if j == 1:
            return 0.5 * (ratio + ratio.transpose(0, 2, 1)) * decay
        if j == 2:
            part = ratio * size[:, None, :]
            return 0.5 * (part + part.transpose(0, 2, 1)) * decay
        fall: FloatArray = blocks.gap * np.where(blocks.gap > 0, rho, 1.0) ** np.maximum(
            blocks.gap - 1.0, 0.0
        )
        out: FloatArray = sd[:, :, None] * sd[:, None, :] * fall * both
        return out

    return [derivative(j) for j in free]
