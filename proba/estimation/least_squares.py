"""Least squares on column-scaled data, by statsmodels, with checks that name columns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from statsmodels.regression.linear_model import OLS

from proba.errors import DesignError
from proba.estimation.columns import FloatArray
from proba.estimation.design import Design, check_variation

__all__ = ["LeastSquares", "check_rank", "solve"]

# A singular value this far below the largest, after every column has length 1, is linear
# dependence and not merely collinearity: decimals in files leave about 1e-16.
_RANK_TOLERANCE = 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """A solved least-squares problem, kept in the scaled, weighted units it was solved in.

    With weights w, rows are multiplied by sqrt(w) before anything else; without, Xs is the
    design with each column divided by its length.

    Attributes
    ----------
    Xs : ndarray, shape (n, k)
        Weighted and column-scaled design.
    scale : ndarray, shape (k,)
        Column lengths: the coefficient of column j is ``params_s[j] / scale[j]``.
    Q : ndarray, shape (n, k)
        Orthonormal columns, Xs = QR; the leverage of row i is ``(Q[i]**2).sum()``.
    R_inv : ndarray, shape (k, k)
        Inverse of R. The inverse of Xs'Xs is ``R_inv @ R_inv.T``, which is never formed where
        its factors will do: the product squares the condition number.
    es : ndarray, shape (n,)
        Weighted residuals sqrt(w) * e.
    params : ndarray, shape (k,)
        Coefficients in the units of the data.
    fitted, resids : ndarray, shape (n,)
        In the units of the data, unweighted.
    rsquared, rsquared_adj : float
        Centred; weighted if there are weights.
    """

    Xs: FloatArray = field(repr=False)
    scale: FloatArray = field(repr=False)
    Q: FloatArray = field(repr=False)
    R_inv: FloatArray = field(repr=False)
    es: FloatArray = field(repr=False)
    params: FloatArray
    fitted: FloatArray = field(repr=False)
    resids: FloatArray = field(repr=False)
    rsquared: float
    rsquared_adj: float

    @property
    def nobs(self) -> int:
        """Number of rows."""
        return int(self.Xs.shape[0])

    @property
    def rank(self) -> int:
        """Number of coefficients."""
        return int(self.Xs.shape[1])

    @property
    def df_resid(self) -> int:
        """N - k."""
        return self.nobs - self.rank


def solve(design: Design) -> LeastSquares:
    """Solve a design by ordinary or weighted least squares.

    Parameters
    ----------
    design : Design

    Returns
    -------
    LeastSquares

    Raises
    ------
    DesignError
        More coefficients than rows, a regressor or dependent variable without variation, or
        linear dependence; the columns involved are named.

    Notes
    -----
    The engine is ``statsmodels`` OLS (pseudo-inverse by SVD). Columns are first divided by their
    Euclidean length: the urbanity criterion is of order 1e6 while shares are of order 1, and
    digits would otherwise be lost that need not be.
    """
    n, k = design.X.shape
    if n <= k:
        raise DesignError(
            f"{k} coefficients ({', '.join(design.names)}) and only {n} complete rows; at least "
            f"{k + 1} rows are needed.",
            f"{k} koeffisienter ({', '.join(design.names)}) og bare {n} komplette rader; minst "
            f"{k + 1} rader trengs.",
        )
    check_variation(design)
    root = np.ones(n) if design.weights is None else np.sqrt(design.weights)
    Xw = design.X * root[:, None]
    # By the largest value first: the square of 1e200 is infinite.
    largest = np.abs(Xw).max(axis=0)
    scale = largest * np.sqrt(((Xw / largest) ** 2).sum(axis=0))
    # A column of all zeros has no variation and was named above.
    Xs = Xw / scale
    Q, R = np.linalg.qr(Xs)
    check_rank(R, design.names)
    fit = OLS(design.y * root, Xs).fit(method="pinv")
    # numpy's, not scipy's triangular solve: two BLAS libraries in one call wait for each other's
    # threads, ten times the work itself.
    R_inv = np.linalg.solve(R, np.eye(k))
    params = np.asarray(fit.params) / scale
    fitted = design.X @ params
    resids = design.y - fitted
    es = resids * root
    centre = np.average(design.y, weights=design.weights)
    total = float((((design.y - centre) * root) ** 2).sum())
    rsquared = 1.0 - float(es @ es) / total
    return LeastSquares(
        Xs=Xs,
        scale=scale,
        Q=Q,
        R_inv=R_inv,
        es=es,
        params=params,
        fitted=fitted,
        resids=resids,
        rsquared=rsquared,
        rsquared_adj=1.0 - (1.0 - rsquared) * (n - 1) / (n - k),
    )


def check_rank(columns: FloatArray, names: tuple[str, ...]) -> None:
    """Raise a DesignError naming the columns if some of the scaled design's are dependent.

    ``columns`` is the design, or R of its QR, which has the same singular values and right
    vectors at less cost.
    """
    _, values, vectors = np.linalg.svd(columns, full_matrices=False)
    null = vectors[values < _RANK_TOLERANCE * values[0]]
    if len(null) == 0:
        return
    involved = [name for j, name in enumerate(names) if float(np.abs(null[:, j]).max()) > 1e-6]
    raise DesignError(
        f"the columns {', '.join(involved)} are linearly dependent; leave {len(null)} of them out.",
        f"kolonnene {', '.join(involved)} er lineært avhengige; ta ut {len(null)} av dem.",
    )
