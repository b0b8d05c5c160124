"""The change of a product split among its factors: six methods, on arrays.

With V = x_1 x_2 ... x_k, D_j = x_j(1) - x_j(0) and dV = V(1) - V(0):

========== ==================================================================== ===========
method     contribution of factor j                                             residual
========== ==================================================================== ===========
lmdi       L(V(1), V(0)) ln(x_j(1) / x_j(0)), L the logarithmic mean            none
shapley    mean over all k! orders of the change from x_j changing in its turn  none
das-gupta  D_j times Das Gupta's average of the other factors' products         none
sequential D_j times the factors before it at 1 and those after it at 0         none
laspeyres  D_j times the other factors at 0                                     interaction
midpoint   D_j times the means of the other factors                             for k > 2
========== ==================================================================== ===========

Sources: Ang (2005), Energy Policy 33, 867-871, and (2015), Energy Policy 86, 233-238 (LMDI-I);
Sun (1998), Energy Economics 20, 85-100, and Shapley (1953); Das Gupta (1993), Standardization and
Decomposition of Rates, US Bureau of the Census P23-186. For a product Das Gupta's and Shapley's
answers are the same number reached in two ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from proba.errors import DecompositionError

__all__ = [
    "METHODS",
    "contributions",
    "interactions",
    "lmdi",
    "log_changes",
    "log_mean",
    "method_name",
]

FloatArray = npt.NDArray[np.float64]

METHODS = ("lmdi", "shapley", "das-gupta", "sequential", "laspeyres", "midpoint")
"""Names of the methods."""

_MOST_MEETING = 16

_ALIASES = {
    "lmdi-i": "lmdi",
    "lmdi1": "lmdi",
    "sun": "shapley",
    "dasgupta": "das-gupta",
    "marshall-edgeworth": "midpoint",
}


def method_name(method: str) -> str:
    """Return a method's name as in :data:`METHODS`, whatever its spelling.

    Raises
    ------
    DecompositionError
        If there is no such method.
    """
    name = str(method).strip().lower().replace("_", "-").replace(" ", "-")
    name = _ALIASES.get(name, name)
    if name not in METHODS:
        raise DecompositionError(
            f"no method '{method}'; the methods are {', '.join(METHODS)}.",
            f"ingen metode «{method}»; metodene er {', '.join(METHODS)}.",
        )
    return name


def contributions(
    x0: FloatArray, x1: FloatArray, method: str = "lmdi", order: Sequence[int] | None = None
) -> tuple[FloatArray, FloatArray]:
    """Split the change of a product among its factors.

    Parameters
    ----------
    x0, x1 : ndarray, shape (..., k)
        The factors before and after; not negative.
    method : str
        One of :data:`METHODS`.
    order : sequence of int, optional
        For ``sequential``: the order in which factors change, as positions; the order they stand
        in if not given.

    Returns
    -------
    contributions : ndarray, shape (..., k)
    residual : ndarray, shape (...,)
        What the contributions leave of the change: zero for the exact methods.

    Raises
    ------
    DecompositionError
        If there is no such method, a factor is negative, shapes differ, or ``order`` is not each
        position once.
    """
    name = method_name(method)
    x0, x1 = np.asarray(x0, dtype=np.float64), np.asarray(x1, dtype=np.float64)
    _check(x0, x1, order)
    nothing = np.zeros(x0.shape[:-1])
    if name == "lmdi":
        return lmdi(x0, x1), nothing
    if name == "shapley":
        return _shapley(x0, x1), nothing
    if name == "das-gupta":
        return _das_gupta(x0, x1), nothing
    if name == "sequential":
        return _sequential(x0, x1, order), nothing
    rest_at = x0 if name == "laspeyres" else 0.5 * (x0 + x1)
    parts = (x1 - x0) * _others(rest_at)
    return parts, x1.prod(axis=-1) - x0.prod(axis=-1) - parts.sum(axis=-1)


def _check(x0: FloatArray, x1: FloatArray, order: Sequence[int] | None) -> None:
    if x0.shape != x1.shape or x0.ndim == 0:
        raise DecompositionError(
            f"the factors before and after have the shapes {x0.shape} and {x1.shape}.",
            f"faktorene før og etter har formene {x0.shape} og {x1.shape}.",
        )
    if (x0 < 0).any() or (x1 < 0).any():
        raise DecompositionError(
            "a factor is negative; the factors of an amount cannot be.",
            "en faktor er negativ; det kan ikke faktorene i et beløp være.",
        )
    if order is not None and sorted(order) != list(range(x0.shape[-1])):
        raise DecompositionError(
            f"the order must have each of the {x0.shape[-1]} positions once, not {order!r}.",
            f"rekkefølgen må ha hver av de {x0.shape[-1]} plassene én gang, ikke {order!r}.",
        )


def log_changes(x0: FloatArray, x1: FloatArray) -> FloatArray:
    """Return ln(x1 / x0) elementwise, accurate also for small changes; inf where one is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        step = (x1 - x0) / x0
        out: FloatArray = np.where(
            np.abs(step) < 0.5, np.log1p(np.maximum(step, -1.0)), np.log(x1) - np.log(x0)
        )
    return np.where((x0 == 0) & (x1 == 0), 0.0, out)


def log_mean(a: FloatArray, b: FloatArray, log_ratio: FloatArray | None = None) -> FloatArray:
    """Logarithmic mean L(a, b) = (a - b) / ln(a / b), a where they are equal.

    Parameters
    ----------
    a, b : ndarray
        Not negative; L is 0 where either is 0.
    log_ratio : ndarray, optional
        ln(a / b) where it is known more exactly.

    Returns
    -------
    ndarray
        Of the shape of ``a``.
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    r = np.abs(log_changes(b, a) if log_ratio is None else log_ratio)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Through the larger of the two, so that nothing overflows and L(a, b) = L(b, a).
        out = np.maximum(a, b) * np.where(r > 0, -np.expm1(-r) / np.where(r > 0, r, 1.0), 1.0)
    return np.where((a == 0) | (b == 0), 0.0, out)


def lmdi(x0: FloatArray, x1: FloatArray) -> FloatArray:
    """Additive LMDI-I contributions of a product's factors; shape (..., k).

    Notes
    -----
    Ang (2005) for one product; sums over subgroups are sums of these. Zeros take the analytic
    limit (the eight cases of Ang, Zhang and Choi 1998, Energy 23, 489-495): a total that comes
    from zero belongs to the factor that was zero, one that becomes zero to the factor that becomes
    it, and where the total is zero both times every contribution is zero. Where several factors
    are zero at once the limit depends on how they get there; here all tend to zero alike, so that
    they share equally and the parts still add up.
    """
    zero0, zero1 = x0 == 0, x1 == 0
    logs = log_changes(x0, x1)
    regular = ~(zero0.any(axis=-1) | zero1.any(axis=-1))
    logs = np.where(regular[..., None], logs, 0.0)
    v0, v1 = x0.prod(axis=-1), x1.prod(axis=-1)
    parts = log_mean(v1, v0, logs.sum(axis=-1))[..., None] * logs
    if regular.all():
        return parts
    m0, m1 = zero0.sum(axis=-1), zero1.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        born = (v1 / m0)[..., None] * zero0
        dead = (-v0 / m1)[..., None] * zero1
    parts = np.where(((m0 > 0) & (m1 == 0))[..., None], born, parts)
    parts = np.where(((m0 == 0) & (m1 > 0))[..., None], dead, parts)
    out: FloatArray = np.where(((m0 > 0) & (m1 > 0))[..., None], 0.0, parts)
    return out


def interactions(x0: FloatArray, x1: FloatArray) -> dict[tuple[int, ...], FloatArray]:
    """Split the interaction of ``laspeyres`` by which factors meet in it.

    Parameters
    ----------
    x0, x1 : ndarray, shape (..., k)
        The factors before and after.

    Returns
    -------
    dict of tuple of int to ndarray, shape (...,)
        For every set of two or more factors: the product of their changes and of the other
        factors before. The sum is the interaction.
    """
    x0, x1 = np.asarray(x0, dtype=np.float64), np.asarray(x1, dtype=np.float64)
    _check(x0, x1, None)
    k = x0.shape[-1]
    if k > _MOST_MEETING:
        raise DecompositionError(
            f"interactions are told apart for at most {_MOST_MEETING} factors, not {k}.",
            f"samspill skilles for høyst {_MOST_MEETING} faktorer, ikke {k}.",
        )
    change = x1 - x0
    out = {}
    for size in range(2, k + 1):
        for chosen in combinations(range(k), size):
            others = [j for j in range(k) if j not in chosen]
            out[chosen] = change[..., list(chosen)].prod(axis=-1) * x0[..., others].prod(axis=-1)
    return out


def _others(x: FloatArray) -> FloatArray:
    """Product of all factors but one; shape as ``x``. No division: factors may be zero."""
    ones = np.ones_like(x[..., :1])
    before = np.concatenate([ones, np.cumprod(x[..., :-1], axis=-1)], axis=-1)
    after = np.concatenate([np.cumprod(x[..., :0:-1], axis=-1)[..., ::-1], ones], axis=-1)
    out: FloatArray = before * after
    return out


def _shapley(x0: FloatArray, x1: FloatArray) -> FloatArray:
    """Mean over all orders, by the diagonal formula.

    Notes
    -----
    The weight of the orders in which s given factors come before j is
    s! (k-1-s)! / k! = integral of t^s (1-t)^(k-1-s) over 0..1, so that the contribution of j is
    D_j times the integral of the product of the others along the straight line from x0 to x1
    (Owen 1972, Management Science 18, 64-79). The integrand is a polynomial of degree k-1, which
    Gauss and Legendre's rule with ceil(k/2) points integrates without error: k/2 products instead
    of k! orders.
    """
    k = x0.shape[-1]
    nodes, weights = np.polynomial.legendre.leggauss((k + 1) // 2)
    change = x1 - x0
    mean = np.zeros_like(change)
    for t, w in zip(0.5 * (nodes + 1.0), 0.5 * weights, strict=True):
        mean += w * _others((1.0 - t) * x0 + t * x1)
    return change * mean


def _das_gupta(x0: FloatArray, x1: FloatArray) -> FloatArray:
    """Das Gupta's average: products with r others at 1 and k-1-r at 0, over k C(k-1, r).

    Notes
    -----
    The sums of products are the coefficients of the polynomial with factors x0_i + x1_i z.
    """
    k = x0.shape[-1]
    out = np.empty(np.broadcast_shapes(x0.shape, x1.shape))
    for j in range(k):
        sums = [np.ones(out.shape[:-1])]
        for i in (i for i in range(k) if i != j):
            a, b = x0[..., i], x1[..., i]
            longer = [sums[0] * a]
            longer += [sums[r] * a + sums[r - 1] * b for r in range(1, len(sums))]
            sums = [*longer, sums[-1] * b]
        ways = 1
        mean = np.zeros(out.shape[:-1])
        for r, total in enumerate(sums):
            mean += total / (k * ways)
            ways = ways * (k - 1 - r) // (r + 1)
        out[..., j] = (x1[..., j] - x0[..., j]) * mean
    return out


def _sequential(x0: FloatArray, x1: FloatArray, order: Sequence[int] | None) -> FloatArray:
    k = x0.shape[-1]
    turns = list(range(k)) if order is None else list(order)
    out = np.empty(np.broadcast_shapes(x0.shape, x1.shape))
    now = x0.copy()
    for j in turns:
        others = [i for i in range(k) if i != j]
        out[..., j] = (x1[..., j] - x0[..., j]) * now[..., others].prod(axis=-1)
        now[..., j] = x1[..., j]
    return out
