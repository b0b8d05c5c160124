"""Least squares on many subsets of the same columns, from one matrix of cross products.

The columns every subset has (constant, year dummies) are taken out of the others and of y once, by
QR (Frisch, Waugh and Lovell); what is left is scaled to length one, so that the cross products are
correlations and squaring the condition number costs little. Every subset is then a block of one
matrix: Cholesky factors of all blocks of one size are made at once. Subsets whose smallest pivot
says that squaring did cost are handed back, to be fitted one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy.sparse

from proba.estimation.columns import FloatArray, IntArray

__all__ = ["Block", "Solved", "make_block"]

# A squared pivot of a correlation matrix below this may cost more digits than 1e-9 leaves room for.
_PIVOT = 1e-4

# A column with less than this left of its length, once the common columns are out, is one of them.
_GONE = 1e-8

# Relative rounding of a variance that is let pass, and of one operation (with room for sums).
_LOSS = 1e-10
_EPS = 16 * float(np.finfo(np.float64).eps)

# Entries of working arrays held at once, 1 MB each: what stays in a processor's cache.
_ENTRIES = 131_072

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Rows and columns that many subsets share, in weighted units and with the common columns out.

    Attributes
    ----------
    X : ndarray, shape (n, p)
        Columns of length one, orthogonal to the common columns.
    y : ndarray, shape (n,)
    scale : ndarray, shape (p,)
        What the columns were divided by.
    usable : ndarray of bool, shape (p,)
        False for a column that the common ones explain.
    root : ndarray, shape (n,)
        Square root of the weights.
    n_common : int
    total : float
        Weighted sum of squares of y around its mean.
    to_common : ndarray, shape (c, p + 1)
        Coefficients of the common columns are ``to_common @ [-b, 1]``, b in scaled units.
    """

    X: FloatArray = field(repr=False)
    y: FloatArray = field(repr=False)
    scale: FloatArray = field(repr=False)
    usable: BoolArray = field(repr=False)
    root: FloatArray = field(repr=False)
    n_common: int
    total: float
    to_common: FloatArray = field(repr=False)

    def solve(self, subsets: Sequence[Sequence[int]]) -> Solved:
        """Solve all subsets.

        Parameters
        ----------
        subsets : sequence of sequence of int
            Columns; the first of each is the one of interest.

        Returns
        -------
        Solved
        """
        m, p = len(subsets), self.X.shape[1]
        A, c = self.X.T @ self.X, self.X.T @ self.y
        b, a = np.zeros((m, p)), np.zeros((m, p))
        good = np.zeros(m, dtype=bool)
        sizes = np.array([len(s) for s in subsets])
        for size in np.unique(sizes):
            which = np.flatnonzero(sizes == size)
            # The column of interest last: its row of the inverse is then one back-substitution.
            index = np.array([subsets[int(i)] for i in which], dtype=np.intp)[:, ::-1]
            L, pivots = _cholesky(A[index[:, :, None], index[:, None, :]])
            z = _forward(L, c[index])
            unit = np.zeros(index.shape)
            unit[:, -1] = 1.0 / L[:, -1, -1]
            rows = which[:, None]
            b[rows, index] = _backward(L, z)
            a[rows, index] = _backward(L, unit)
            good[which] = (pivots > _PIVOT) & self.usable[index].all(axis=1)
        rss = self.y @ self.y - 2.0 * b @ c + ((b @ A) * b).sum(axis=1)
        k = sizes + self.n_common
        good &= (k < len(self.y)) & (rss > 1e-12 * self.total)
        return Solved(self, b, a, rss, k, good)


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """Solutions of m subsets of a block.

    Attributes
    ----------
    block : Block
    b : ndarray, shape (m, p)
        Coefficients in scaled units, 0 outside the subset.
    a : ndarray, shape (m, p)
        Row of the inverse cross products that belongs to the column of interest: ``X @ a`` is
        that column with the others out, over its squared length.
    rss : ndarray, shape (m,)
    k : ndarray of int, shape (m,)
        Coefficients, common ones included.
    good : ndarray of bool, shape (m,)
        False where the subset must be fitted in another way.
    """

    block: Block = field(repr=False)
    b: FloatArray = field(repr=False)
    a: FloatArray = field(repr=False)
    rss: FloatArray = field(repr=False)
    k: IntArray = field(repr=False)
    good: BoolArray = field(repr=False)

    def common(self) -> FloatArray:
        """Coefficients of the common columns; shape (m, c)."""
        return np.column_stack([-self.b, np.ones(len(self.b))]) @ self.block.to_common.T

    def classical(self, focus: IntArray) -> FloatArray:
        """Variance of the coefficient of interest (scaled) with one error variance."""
        n = len(self.block.y)
        out: FloatArray = self.rss / (n - self.k) * self.a[np.arange(len(self.a)), focus]
        return out

    def hc1(self) -> FloatArray:
        """Variance of the coefficient of interest (scaled), HC1."""
        n = len(self.block.y)
        return n / (n - self.k) * self._meat(None)

    def clustered(self, codes: IntArray, count: int, correct: bool) -> FloatArray:
        """Variance of the coefficient of interest (scaled), CR0 or CR1.

        Parameters
        ----------
        codes : ndarray of int, shape (n,)
            Cluster of each row, 0 to count - 1.
        count : int
        correct : bool
            Whether with the factor of CR1.
        """
        n = len(self.block.y)
        summing = scipy.sparse.csr_array((np.ones(n), (codes, np.arange(n))), shape=(count, n))
        meat = self._meat(summing)
        return (n - 1) / (n - self.k) * count / (count - 1) * meat if correct else meat

    def _meat(self, summing: scipy.sparse.csr_array | None) -> FloatArray:
        """Sum over clusters of (a' X_g' e_g)², the cheaper way; clusters are rows without."""
        n, p = self.block.X.shape
        m, count = len(self.b), n if summing is None else summing.shape[0]
        products = p * (p + 1)
        if (m + count) * products**2 > m * n * (2 * p + 8):
            return self._by_rows(summing, np.arange(m))
        out, doubtful = self._by_products(summing)
        out[doubtful] = self._by_rows(summing, np.flatnonzero(doubtful))
        return out

    def _by_products(self, summing: scipy.sparse.csr_array | None) -> tuple[FloatArray, BoolArray]:
        """Return the sums as quadratic forms, and where rounding may have cost too much.

        With S_g = X_g'[X_g, y_g], the score a'S_g c of a cluster is linear in the products
        a_i c_j, so the sum of its squares is a form in them whose matrix, of the cluster sums, is
        the same for every subset, however many rows and clusters there are.
        """
        X, y = self.block.X, self.block.y
        p, length = X.shape[1], float(np.sqrt(self.block.y @ self.block.y))
        Z = np.column_stack([X, y / length])
        sums = np.concatenate([X[:, j, None] * Z for j in range(p)], axis=1)
        if summing is not None:
            sums = summing @ sums
        M = sums.T @ sums
        c = np.column_stack([-self.b, np.full(len(self.b), length)])
        out = np.empty(len(self.b))
        for part in _parts(len(out), len(M)):
            K = (self.a[part, :, None] * c[part, None, :]).reshape(-1, len(M))
            out[part] = np.einsum("mk,mk->m", K @ M, K)
        size = (self.a**2).sum(axis=1) * (c**2).sum(axis=1) * np.linalg.norm(M, 2)
        return out, np.asarray(~(size * _EPS < _LOSS * out))

    def _by_rows(self, summing: scipy.sparse.csr_array | None, which: IntArray) -> FloatArray:
        """Sum over clusters (rows without) of the squared sum of r e, of some subsets."""
        X, y = self.block.X, self.block.y
        out = np.empty(len(which))
        for part in _parts(len(which), len(y)):
            u = X @ self.b[which[part]].T
            np.subtract(y[:, None], u, out=u)
            u *= X @ self.a[which[part]].T
            if summing is not None:
                u = summing @ u
            out[part] = np.einsum("gm,gm->m", u, u)
        return out

    def mean_exp_residual(self) -> FloatArray:
        """Weighted mean of exp(residual), the smearing factor of a regression in logs."""
        root = self.block.root
        X, y = self.block.X / root[:, None], self.block.y / root
        share = root**2 / (root**2).sum()
        out = np.empty(len(self.b))
        for part in _parts(len(out), len(y)):
            e = X @ self.b[part].T
            np.subtract(y[:, None], e, out=e)
            out[part] = share @ np.exp(e, out=e)
        return out


def make_block(
    X: FloatArray, y: FloatArray, common: FloatArray, weights: FloatArray | None
) -> Block:
    """Take the common columns out of the others and of y.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    y : ndarray, shape (n,)
    common : ndarray, shape (n, c)
        The constant first; of full rank, n > c.
    weights : ndarray, shape (n,), optional
    """
    root = np.ones(len(y)) if weights is None else np.sqrt(weights)
    mean = np.average(y, weights=weights)
    total = float((((y - mean) * root) ** 2).sum())
    C = common * root[:, None]
    lengths = np.sqrt((C**2).sum(axis=0))
    Q, R = np.linalg.qr(C / lengths)
    Z = np.column_stack([X, y]) * root[:, None]
    size = np.abs(Z).max(axis=0)
    size[size == 0.0] = 1.0
    Z = Z / size
    before = np.sqrt((Z**2).sum(axis=0))
    projection = Q.T @ Z
    Z = Z - Q @ projection
    # Once more: what rounding left along the common columns.
    again = Q.T @ Z
    Z = Z - Q @ again
    after = np.sqrt((Z**2).sum(axis=0))
    usable = after > _GONE * before
    # y keeps its units; a column that is gone is made zero, and never used.
    length = np.where(usable, after, 1.0)
    length[-1] = 1.0 / size[-1]
    Z = np.where(usable, Z / length, 0.0)
    # numpy's solve: a second BLAS library would wait for the threads of the first.
    to_common = np.linalg.solve(R, (projection + again) / length) / lengths[:, None]
    return Block(
        X=np.ascontiguousarray(Z[:, :-1]),
        y=np.ascontiguousarray(Z[:, -1]),
        scale=(length * size)[:-1],
        usable=usable[:-1] & bool(usable[-1]),
        root=root,
        n_common=common.shape[1],
        total=total,
        to_common=to_common,
    )


def _parts(m: int, rows: int) -> list[slice]:
    """Subsets some at a time, so that rows times subsets fit the cache."""
    step = max(16, _ENTRIES // rows)
    return [slice(start, min(start + step, m)) for start in range(0, m, step)]


def _cholesky(A: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cholesky factors of m matrices at once, and the smallest squared pivot of each.

    Where a pivot is not positive the factor goes on with 1; its pivot tells.
    """
    m, k, _ = A.shape
    L = np.zeros_like(A)
    smallest = np.full(m, np.inf)
    for j in range(k):
        column = A[:, j:, j]
        if j:
            column = column - (L[:, j:, :j] @ L[:, j, :j, None])[:, :, 0]
        smallest = np.minimum(smallest, column[:, 0])
        pivot = np.sqrt(np.where(column[:, 0] > 0, column[:, 0], 1.0))
        L[:, j:, j] = column / pivot[:, None]
        L[:, j, j] = pivot
    return L, smallest


def _forward(L: FloatArray, rhs: FloatArray) -> FloatArray:
    """Solve L z = rhs for m triangular L at once; rhs has shape (m, k)."""
    z = np.empty_like(rhs)
    for j in range(rhs.shape[1]):
        z[:, j] = (rhs[:, j] - (L[:, j, :j] * z[:, :j]).sum(axis=1)) / L[:, j, j]
    return z


def _backward(L: FloatArray, rhs: FloatArray) -> FloatArray:
    """Solve L' x = rhs for m triangular L at once; rhs has shape (m, k)."""
    x = np.empty_like(rhs)
    k = rhs.shape[1]
    for j in reversed(range(k)):
        x[:, j] = (rhs[:, j] - (L[:, j + 1 :, j] * x[:, j + 1 :]).sum(axis=1)) / L[:, j, j]
    return x
