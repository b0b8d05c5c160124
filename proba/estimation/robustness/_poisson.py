"""Poisson pseudo-maximum likelihood by statsmodels' GLM, with robust variances."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np

from proba.errors import DesignError, SpecError
from proba.estimation.columns import FloatArray
from proba.estimation.covariance import CR0, CR1, HC1, CovarianceEstimator
from proba.estimation.covariance.base import cluster_sums, group_rows
from proba.estimation.design import Design, check_variation
from proba.estimation.least_squares import check_rank

__all__ = ["Poisson", "fit_poisson"]

_ITERATIONS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Poisson:
    """A fitted Poisson regression.

    Attributes
    ----------
    design : Design
    params : ndarray, shape (k,)
        In the units of the data.
    mu : ndarray, shape (n,)
        Fitted means.
    bread : ndarray, shape (k, k)
        (X' W diag(mu) X)^-1.
    rsquared : float
        Squared correlation of y and mu.
    """

    design: Design = field(repr=False)
    params: FloatArray
    mu: FloatArray = field(repr=False)
    bread: FloatArray = field(repr=False)
    rsquared: float

    def variance(self, estimator: CovarianceEstimator) -> tuple[FloatArray, float, int | None]:
        r"""Covariance of the coefficients, degrees of freedom of t, and the number of clusters.

        Raises
        ------
        SpecError
            If the estimator is not one of HC1, CR0 and CR1.

        Notes
        -----
        .. math:: V = f B \Big(\sum_g s_g s_g'\Big) B, \quad s_g = \sum_{i \in g} w_i (y_i -
                  \mu_i) x_i

        with f = N/(N-k), 1 or (N-1)/(N-k) G/(G-1): as for least squares, and statsmodels'
        ``cov_type="cluster"``. t has G - 1 degrees of freedom (N - k under HC1) where Stata's
        ``poisson`` has the normal distribution.
        """
        X, w = self.design.X, self.design.weights
        n, k = X.shape
        scores = X * ((self.design.y - self.mu) * (1.0 if w is None else w))[:, None]
        if isinstance(estimator, HC1):
            return n / (n - k) * self._around(scores), float(n - k), None
        if not isinstance(estimator, (CR0, CR1)):
            raise SpecError(
                f"{estimator.name} is not made for Poisson pseudo-likelihood; use HC1, CR0 or CR1.",
                f"{estimator.name} lages ikke for Poisson-modeller; bruk HC1, CR0 eller CR1.",
            )
        groups = group_rows(self.design, estimator.cluster)
        G = groups.count
        factor = (n - 1) / (n - k) * G / (G - 1) if isinstance(estimator, CR1) else 1.0
        return factor * self._around(cluster_sums(scores, groups)), float(G - 1), G

    def _around(self, scores: FloatArray) -> FloatArray:
        half = scores @ self.bread
        out: FloatArray = half.T @ half
        return out


def fit_poisson(design: Design) -> Poisson:
    r"""Fit E[y] = exp(x'b) by Poisson pseudo-maximum likelihood.

    Parameters
    ----------
    design : Design
        y of 0 or more, not necessarily whole; weights multiply the scores.

    Raises
    ------
    DesignError
        If y is negative somewhere, columns are dependent or do not vary, or the iterations do not
        end.

    Notes
    -----
    Gourieroux, Monfort and Trognon (1984), Econometrica 52, 701-720; Santos Silva and Tenreyro
    (2006), Review of Economics and Statistics 88, 641-658. Consistent whatever the distribution
    of y if the mean is right. Columns are divided by their length before iterating.
    """
    from statsmodels.genmod.families import Poisson as Family
    from statsmodels.genmod.generalized_linear_model import GLM

    if (design.y < 0).any():
        entity, time = design.rows[int(np.flatnonzero(design.y < 0)[0])]
        raise DesignError(
            f"Poisson pseudo-likelihood needs values of 0 or more; {entity}, {time} is negative.",
            f"Poisson-kvasilikelihood krever verdier på 0 eller mer; {entity}, {time} er negativ.",
        )
    n, k = design.X.shape
    if n <= k:
        raise DesignError(
            f"{k} coefficients and only {n} complete rows.",
            f"{k} koeffisienter og bare {n} komplette rader.",
        )
    check_variation(design)
    scale = np.sqrt((design.X**2).sum(axis=0))
    Xs = design.X / scale
    check_rank(Xs, design.names)
    with warnings.catch_warnings():
        # What goes wrong shows in ``converged`` and is raised below.
        warnings.simplefilter("ignore")
        fit = GLM(design.y, Xs, family=Family(), var_weights=design.weights).fit(
            maxiter=_ITERATIONS, tol=1e-12, tol_criterion="params"
        )
    mu = np.asarray(fit.fittedvalues)
    if not fit.converged or not np.isfinite(fit.params).all() or not (mu > 0).all():
        raise DesignError(
            f"Poisson pseudo-likelihood did not settle in {_ITERATIONS} iterations; a column may "
            "single out rows that are all 0.",
            f"Poisson-modellen falt ikke til ro på {_ITERATIONS} iterasjoner; en kolonne kan "
            "skille ut rader som alle er 0.",
        )
    weight = mu if design.weights is None else mu * design.weights
    inverse = np.linalg.inv(Xs.T @ (Xs * weight[:, None]))
    return Poisson(
        design=design,
        params=np.asarray(fit.params) / scale,
        mu=mu,
        bread=inverse / np.outer(scale, scale),
        rsquared=float(np.corrcoef(design.y, mu)[0, 1] ** 2),
    )
