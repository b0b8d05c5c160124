"""What every covariance estimator gives back, and the test that follows from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from proba._numbers import format_number, format_pvalue
from proba.errors import DesignError, Lang
from proba.estimation.columns import FloatArray, IntArray
from proba.estimation.design import Design
from proba.estimation.least_squares import LeastSquares

__all__ = ["Covariance", "CovarianceEstimator", "FTest", "Groups", "SmallSample", "group_rows"]


@dataclass(frozen=True, slots=True)
class SmallSample:
    """The small-sample correction that was applied, for print.

    Attributes
    ----------
    formula : str
        In the notation of the docstrings, e.g. ``(N-1)/(N-k) * G/(G-1)``.
    factor : float or None
        Its value; None when the correction is not a factor on the whole matrix.
    df_rule_nb, df_rule_en : str
        In words, where the degrees of freedom come from.
    """

    formula: str
    factor: float | None
    df_rule_nb: str
    df_rule_en: str

    def df_rule(self, lang: Lang = "nb") -> str:
        """Return the degrees-of-freedom rule in words."""
        return self.df_rule_nb if lang == "nb" else self.df_rule_en


@dataclass(frozen=True, slots=True, eq=False)
class Covariance:
    """A covariance matrix of the coefficients with the degrees of freedom that go with it.

    Attributes
    ----------
    name : str
        ``classical``, ``HC1`` ... ``CR3``, ``two-way``.
    matrix : ndarray, shape (k, k)
        In the units of the coefficients.
    df : ndarray, shape (k,)
        Degrees of freedom of each coefficient's t.
    df_denom : float
        Denominator degrees of freedom of F tests (not used by CR2, which has its own).
    cluster_names : tuple of str
    nclusters : tuple of int
        One number a cluster column.
    correction : SmallSample
    """

    name: str
    matrix: FloatArray = field(repr=False)
    df: FloatArray
    df_denom: float
    cluster_names: tuple[str, ...]
    nclusters: tuple[int, ...]
    correction: SmallSample


@dataclass(frozen=True, slots=True)
class FTest:
    """A Wald test of linear restrictions, as F.

    Attributes
    ----------
    statistic : float
    df_num, df_denom : float
    pvalue : float
    restrictions : tuple of str
        What was tested, in words.
    """

    statistic: float
    df_num: float
    df_denom: float
    pvalue: float
    restrictions: tuple[str, ...]

    def describe(self, lang: Lang = "nb") -> str:
        """Return the test in one line: ``F(4, 386) = 10,97   p < 0,001``."""
        df = format_number(self.df_denom, 0 if float(self.df_denom).is_integer() else 1, lang)
        p = format_pvalue(self.pvalue, lang)
        return (
            f"F({format_number(self.df_num, 0, lang)}, {df}) = "
            f"{format_number(self.statistic, 2, lang)}   "
            f"p {f'< {p[1:]}' if p.startswith('<') else f'= {p}'}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Rows sorted into clusters.

    Attributes
    ----------
    name : str
        Column the clusters come from.
    codes : ndarray of int, shape (n,)
        Cluster of each row, 0 to G - 1.
    labels : tuple of str
        The clusters' values.
    """

    name: str
    codes: IntArray = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)

    @property
    def count(self) -> int:
        """Number of clusters, G."""
        return len(self.labels)


class CovarianceEstimator(ABC):
    """One way to estimate the covariance of least-squares coefficients."""

    __slots__ = ()

    @property
    @abstractmethod
    def name(self) -> str:
        """Name in the literature."""

    @property
    def clusters(self) -> tuple[str, ...]:
        """Columns clustered on; empty if none."""
        return ()

    @abstractmethod
    def estimate(self, design: Design, ls: LeastSquares) -> Covariance:
        """Return the covariance of ``ls.params``.

        Parameters
        ----------
        design : Design
        ls : LeastSquares
            The solution of ``design``.

        Returns
        -------
        Covariance

        Raises
        ------
        DesignError
            Where the estimator is not defined: one cluster, a row or cluster that alone
            identifies a coefficient.
        """

    def contrast_df(
        self, design: Design, ls: LeastSquares, covariance: Covariance, C: FloatArray
    ) -> FloatArray:
        """Return the degrees of freedom of the t of each contrast c'b.

        Parameters
        ----------
        design : Design
        ls : LeastSquares
            The solution of ``design``.
        covariance : Covariance
            Of ``ls.params`` under this estimator.
        C : ndarray, shape (q, k)
            One contrast a row, in the units of the coefficients.

        Returns
        -------
        ndarray, shape (q,)
            ``covariance.df_denom`` for all: N - k, G - 1 or min(G1, G2) - 1 whatever the
            contrast. An estimator whose degrees of freedom differ by coefficient
            (:class:`CR2`) has its own rule, by which a row with one weight gets that
            coefficient's.
        """
        return np.full(len(C), covariance.df_denom)

    def f_test(
        self,
        design: Design,
        ls: LeastSquares,
        covariance: Covariance,
        C: FloatArray,
        r: FloatArray,
        restrictions: tuple[str, ...],
    ) -> FTest:
        """Test C b = r by F(q, df_denom).

        Parameters
        ----------
        C : ndarray, shape (q, k)
        r : ndarray, shape (q,)
        restrictions : tuple of str
            For print.

        Raises
        ------
        DesignError
            If the q restrictions are not independent, or the covariance has lower rank than q
            (more restrictions than clusters allow).
        """
        q = len(r)
        F = wald_quadratic(C @ ls.params - r, C @ covariance.matrix @ C.T) / q
        p = float(stats.f.sf(F, q, covariance.df_denom))
        return FTest(F, q, covariance.df_denom, p, restrictions)


def wald_quadratic(distance: FloatArray, variance: FloatArray) -> float:
    """Quadratic form d' V^-1 d, computed on the correlation scale so that units do not matter.

    Raises
    ------
    DesignError
        If V is not positive definite.
    """
    spread = np.sqrt(np.diag(variance))
    low_rank = DesignError(
        "the restrictions cannot be tested together: the covariance has too low rank (fewer "
        "clusters than restrictions, or restrictions that repeat each other).",
        "restriksjonene kan ikke testes samlet: kovariansmatrisen har for lav rang (færre "
        "klynger enn restriksjoner, eller restriksjoner som gjentar hverandre).",
    )
    if not (spread > 0).all():
        raise low_rank
    z = distance / spread
    correlation = variance / np.outer(spread, spread)
    values, vectors = np.linalg.eigh(correlation)
    if values[0] < 1e-12 * values[-1]:
        raise low_rank
    return float((((vectors.T @ z) ** 2) / values).sum())


def unscale(matrix: FloatArray, ls: LeastSquares) -> FloatArray:
    """Take a covariance from the scaled columns back to the units of the data."""
    out: FloatArray = matrix / np.outer(ls.scale, ls.scale)
    return out


def group_rows(design: Design, column: str) -> Groups:
    """Sort the rows of a design into clusters by the values of a column.

    Raises
    ------
    DesignError
        If the column has one value only.
    """
    values: pd.Series = design.columns[column]
    codes, labels = pd.factorize(values, sort=True)
    if len(labels) < 2:
        raise DesignError(
            f"cluster column '{column}' has a single value ({labels[0]}) in the estimation "
            "sample; cluster-robust errors need at least two clusters.",
            f"klyngekolonnen '{column}' har bare én verdi ({labels[0]}) i estimeringsutvalget; "
            "klyngerobuste feil krever minst to klynger.",
        )
    return Groups(column, codes.astype(np.int64), tuple(str(v) for v in labels))


def intersect(first: Groups, second: Groups) -> Groups:
    """Clusters of rows that share a cluster in both groupings."""
    pairs = first.codes * second.count + second.codes
    unique, codes = np.unique(pairs, return_inverse=True)
    labels = tuple(
        f"{first.labels[p // second.count]} x {second.labels[p % second.count]}" for p in unique
    )
    return Groups(f"{first.name} x {second.name}", codes.astype(np.int64), labels)


def cluster_sums(rows: FloatArray, groups: Groups) -> FloatArray:
    """Sum rows within clusters.

    Parameters
    ----------
    rows : ndarray, shape (n, k)
    groups : Groups

    Returns
    -------
    ndarray, shape (G, k)
    """
    order = np.argsort(groups.codes, kind="stable")
    starts = np.searchsorted(groups.codes[order], np.arange(groups.count))
    out: FloatArray = np.add.reduceat(rows[order], starts, axis=0)
    return out


def rows_by_size(groups: Groups) -> list[tuple[IntArray, npt.NDArray[np.intp]]]:
    """Clusters batched by how many rows they have.

    Returns
    -------
    list of (clusters, rows)
        ``clusters`` has shape (m,), ``rows`` has shape (m, size): the rows of each.
    """
    order = np.argsort(groups.codes, kind="stable")
    sizes = np.bincount(groups.codes, minlength=groups.count)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    batches = []
    for size in np.unique(sizes):
        clusters = np.flatnonzero(sizes == size)
        rows = order[starts[clusters][:, None] + np.arange(size)]
        batches.append((clusters.astype(np.int64), rows))
    return batches
