"""Covariances for independent observations: classical, HC1, HC2, HC3."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from proba.errors import DesignError
from proba.estimation.columns import FloatArray
from proba.estimation.covariance.base import (
    Covariance,
    CovarianceEstimator,
    SmallSample,
    unscale,
)
from proba.estimation.design import Design
from proba.estimation.least_squares import LeastSquares

__all__ = ["HC1", "HC2", "HC3", "Classical"]

_FULL_LEVERAGE = 1e-12


@dataclass(frozen=True, slots=True)
class Classical(CovarianceEstimator):
    r"""Covariance under independent errors of one variance.

    Notes
    -----
    .. math:: V = s^2 (X'X)^{-1}, \quad s^2 = e'e / (N - k)

    t has N - k degrees of freedom. With weights, X and e are multiplied by the square root of
    the weights. Stata: ``regress y x``.
    """

    @property
    def name(self) -> str:
        """``classical``."""
        return "classical"

    def estimate(self, design: Design, ls: LeastSquares) -> Covariance:
        """See :meth:`CovarianceEstimator.estimate`."""
        s2 = float(ls.es @ ls.es) / ls.df_resid
        return _independent("classical", ls, s2 * ls.R_inv @ ls.R_inv.T, "e'e / (N - k)", None)


@dataclass(frozen=True, slots=True)
class HC1(CovarianceEstimator):
    r"""Heteroskedasticity-robust covariance with the factor N/(N-k).

    Notes
    -----
    .. math:: V = \frac{N}{N-k} (X'X)^{-1} \Big(\sum_i e_i^2 x_i x_i'\Big) (X'X)^{-1}

    t has N - k degrees of freedom. Stata: ``regress y x, vce(robust)``. MacKinnon and White
    (1985), Journal of Econometrics 29, 305-325.
    """

    @property
    def name(self) -> str:
        """``HC1``."""
        return "HC1"

    def estimate(self, design: Design, ls: LeastSquares) -> Covariance:
        """See :meth:`CovarianceEstimator.estimate`."""
        factor = ls.nobs / ls.df_resid
        return _independent("HC1", ls, factor * _sandwich(ls, ls.es), "N / (N - k)", factor)


@dataclass(frozen=True, slots=True)
class HC2(CovarianceEstimator):
    r"""Heteroskedasticity-robust covariance, unbiased under equal variances.

    Notes
    -----
    .. math:: V = (X'X)^{-1} \Big(\sum_i \frac{e_i^2}{1-h_i} x_i x_i'\Big) (X'X)^{-1}

    with :math:`h_i` the leverage. t has N - k degrees of freedom, as Stata's ``vce(hc2)``; for
    Bell-McCaffrey degrees of freedom use :class:`CR2` with one cluster a row.
    """

    @property
    def name(self) -> str:
        """``HC2``."""
        return "HC2"

    def estimate(self, design: Design, ls: LeastSquares) -> Covariance:
        """See :meth:`CovarianceEstimator.estimate`."""
        slack = _slack(design, ls, self.name)
        return _independent("HC2", ls, _sandwich(ls, ls.es / np.sqrt(slack)), "e² / (1 - h)", None)


@dataclass(frozen=True, slots=True)
class HC3(CovarianceEstimator):
    r"""Heteroskedasticity-robust covariance close to the jackknife.

    Notes
    -----
    .. math:: V = (X'X)^{-1} \Big(\sum_i \frac{e_i^2}{(1-h_i)^2} x_i x_i'\Big) (X'X)^{-1}

    t has N - k degrees of freedom, as Stata's ``vce(hc3)``.
    """

    @property
    def name(self) -> str:
        """``HC3``."""
        return "HC3"

    def estimate(self, design: Design, ls: LeastSquares) -> Covariance:
        """See :meth:`CovarianceEstimator.estimate`."""
        slack = _slack(design, ls, self.name)
        return _independent("HC3", ls, _sandwich(ls, ls.es / slack), "e² / (1 - h)²", None)


def _sandwich(ls: LeastSquares, e: FloatArray) -> FloatArray:
    scores = (ls.Q * e[:, None]) @ ls.R_inv.T
    out: FloatArray = scores.T @ scores
    return out


def _slack(design: Design, ls: LeastSquares, name: str) -> FloatArray:
    """1 - leverage of each row; raises where a row alone identifies a coefficient."""
    slack: FloatArray = 1.0 - (ls.Q**2).sum(axis=1)
    full = slack < _FULL_LEVERAGE
    if full.any():
        entity, time = design.rows[int(np.flatnonzero(full)[0])]
        raise DesignError(
            f"{name} is not defined: the row {entity}, {time} alone identifies a coefficient "
            "(leverage 1); use HC1.",
            f"{name} er ikke definert: raden {entity}, {time} bestemmer alene en koeffisient "
            "(leverage 1); bruk HC1.",
        )
    return slack


def _independent(
    name: str, ls: LeastSquares, matrix: FloatArray, formula: str, factor: float | None
) -> Covariance:
    df = float(ls.df_resid)
    return Covariance(
        name=name,
        matrix=unscale(matrix, ls),
        df=np.full(ls.rank, df),
        df_denom=df,
        cluster_names=(),
        nclusters=(),
        correction=SmallSample(formula, factor, "t med N - k", "t with N - k"),
    )
