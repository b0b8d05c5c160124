"""Cluster-robust covariances: CR0, CR1 (Stata), CR3 (jackknife) and two-way."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np

from proba.errors import CovarianceWarning, DesignError, SpecError
from proba.estimation.columns import FloatArray
from proba.estimation.covariance.base import (
    Covariance,
    CovarianceEstimator,
    Groups,
    SmallSample,
    cluster_sums,
    group_rows,
    intersect,
    rows_by_size,
    unscale,
)
from proba.estimation.design import Design
from proba.estimation.least_squares import LeastSquares

__all__ = ["CR0", "CR1", "CR3", "TwoWay"]

_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True)
class CR0(CovarianceEstimator):
    r"""Cluster-robust covariance without small-sample factor.

    Parameters
    ----------
    cluster : str
        Column of cluster identifiers.

    Notes
    -----
    .. math:: V = (X'X)^{-1} \Big(\sum_g X_g' e_g e_g' X_g\Big) (X'X)^{-1}

    t has G - 1 degrees of freedom, F(q, G - 1). Liang and Zeger (1986), Biometrika 73, 13-22.
    """

    cluster: str

    @property
    def name(self) -> str:
        """``CR0``."""
        return "CR0"

    @property
    def clusters(self) -> tuple[str, ...]:
        """The cluster column."""
        return (self.cluster,)

    def estimate(self, design: Design, ls: LeastSquares) -> Covariance:
        """See :meth:`CovarianceEstimator.estimate`."""
        groups = group_rows(design, self.cluster)
        return _clustered("CR0", ls, _sandwich(ls, groups), groups, "1", 1.0)


@dataclass(frozen=True, slots=True)
class CR1(CovarianceEstimator):
    r"""Stata's cluster-robust covariance.

    Parameters
    ----------
    cluster : str
        Column of cluster identifiers.

    Notes
    -----
    .. math::
        V = \frac{N-1}{N-k} \frac{G}{G-1}
            (X'X)^{-1} \Big(\sum_g X_g' e_g e_g' X_g\Big) (X'X)^{-1}

    t has G - 1 degrees of freedom, F(q, G - 1). k counts every column, year dummies and
    constant included. Stata: ``regress y x, vce(cluster id)``; Stata Base Reference Manual,
    ``regress``, Methods and formulas. With one row a cluster it is :class:`HC1`.
    """

    cluster: str

    @property
    def name(self) -> str:
        """``CR1``."""
        return "CR1"

    @property
    def clusters(self) -> tuple[str, ...]:
        """The cluster column."""
        return (self.cluster,)

    def estimate(self, design: Design, ls: LeastSquares) -> Covariance:
        """See :meth:`CovarianceEstimator.estimate`."""
        groups = group_rows(design, self.cluster)
        factor = cr1_factor(ls, groups.count)
        matrix = factor * _sandwich(ls, groups)
        return _clustered("CR1", ls, matrix, groups, "(N-1)/(N-k) · G/(G-1)", factor)


@dataclass(frozen=True, slots=True)
class CR3(CovarianceEstimator):
    r"""Cluster jackknife covariance.

    Parameters
    ----------
    cluster : str
        Column of cluster identifiers.

    Notes
    -----
    .. math::
        V = \frac{G-1}{G} \sum_g (b_{(g)} - b)(b_{(g)} - b)', \quad
        b_{(g)} - b = -(X'X)^{-1} X_g' (I - H_{gg})^{-1} e_g

    where :math:`b_{(g)}` is estimated without cluster g. This is CV3 of MacKinnon, Nielsen and
    Webb (2023), Journal of Econometrics 232, 272-299. R's ``clubSandwich`` leaves out the
    factor (G - 1)/G in its ``CR3``: multiply its standard errors by sqrt((G - 1)/G). t has
    G - 1 degrees of freedom, F(q, G - 1).
    """

    cluster: str

    @property
    def name(self) -> str:
        """``CR3``."""
        return "CR3"

    @property
    def clusters(self) -> tuple[str, ...]:
        """The cluster column."""
        return (self.cluster,)

    def estimate(self, design: Design, ls: LeastSquares) -> Covariance:
        """See :meth:`CovarianceEstimator.estimate`."""
        groups = group_rows(design, self.cluster)
        moves = np.empty((groups.count, ls.rank))
        for clusters, rows in rows_by_size(groups):
            # H_gg = Q_g Q_g' = U s² U', so (I - H_gg)^-1 needs the thin SVD of Q_g only.
            U, s, Vt = np.linalg.svd(ls.Q[rows], full_matrices=False)
            slack = 1.0 - s**2
            if (slack < _SINGULAR).any():
                self._raise_alone(groups, int(clusters[np.argwhere(slack < _SINGULAR)[0, 0]]))
            projected = np.einsum("mnr,mn->mr", U, ls.es[rows])
            moves[clusters] = np.einsum("mrk,mr->mk", Vt, projected * s / slack)
        factor = (groups.count - 1) / groups.count
        deltas = moves @ ls.R_inv.T
        return _clustered("CR3", ls, factor * (deltas.T @ deltas), groups, "(G-1)/G", factor)

    def _raise_alone(self, groups: Groups, cluster: int) -> None:
        label = groups.labels[cluster]
        raise DesignError(
            f"CR3 is not defined: without cluster {self.cluster} = {label} a coefficient is no "
            "longer identified; use CR1 or CR2, or drop the column that only that cluster has.",
            f"CR3 er ikke definert: uten klyngen {self.cluster} = {label} er en koeffisient ikke "
            "lenger bestemt; bruk CR1 eller CR2, eller ta ut kolonnen som bare den klyngen har.",
        )


@dataclass(frozen=True, slots=True)
class TwoWay(CovarianceEstimator):
    r"""Covariance clustered in two ways at once.

    Parameters
    ----------
    first, second : str
        Columns of cluster identifiers, e.g. ``kommune`` and ``aar``.
    correction : {"each", "min"}
        Whether G/(G-1) uses each term's own G or the smaller of the two everywhere.

    Notes
    -----
    .. math:: V = V_1 + V_2 - V_{12}

    where each term is :class:`CR1` and :math:`V_{12}` clusters on the intersection: Cameron,
    Gelbach and Miller (2011), Journal of Business & Economic Statistics 29, 238-249. Under
    ``correction="each"`` every term has its own G in its factor, as R's ``sandwich``; under
    ``"min"`` all three have min(G1, G2), as Stata's ``ivreg2, small``, ``reghdfe`` and
    ``fixest``. If the difference is not positive semi-definite its negative eigenvalues are set
    to zero, as the paper proposes: those of the matrix for columns of length one, since the
    result depends on the units. It is then said in a warning and in the summary, with the
    coefficients whose own variance was negative. t has min(G1, G2) - 1 degrees of freedom, F(q,
    min(G1, G2) - 1).
    """

    first: str
    second: str
    correction: Literal["each", "min"] = "each"

    def __post_init__(self) -> None:
        if self.correction not in ("each", "min"):
            raise SpecError(
                f"two-way correction must be 'each' or 'min', not {self.correction!r}.",
                f"korreksjonen (correction) må være 'each' eller 'min', ikke {self.correction!r}.",
            )

    @property
    def name(self) -> str:
        """``two-way``."""
        return "two-way"

    @property
    def clusters(self) -> tuple[str, ...]:
        """Both cluster columns."""
        return (self.first, self.second)

    def estimate(self, design: Design, ls: LeastSquares) -> Covariance:
        """See :meth:`CovarianceEstimator.estimate`."""
        one, two = group_rows(design, self.first), group_rows(design, self.second)
        both = intersect(one, two)
        smallest = min(one.count, two.count)
        G = [smallest if self.correction == "min" else g.count for g in (one, two, both)]
        terms = [
            cr1_factor(ls, n) * _sandwich(ls, g) for n, g in zip(G, (one, two, both), strict=True)
        ]
        difference = terms[0] + terms[1] - terms[2]
        matrix, cut = _positive(difference)
        if cut:
            _warn_not_positive(design, difference, cut)
        df = float(smallest - 1)
        return Covariance(
            name=self.name,
            matrix=unscale(matrix, ls),
            df=np.full(ls.rank, df),
            df_denom=df,
            cluster_names=self.clusters,
            nclusters=(one.count, two.count),
            correction=SmallSample(
                f"V1 + V2 - V12, (N-1)/(N-k) · G/(G-1), G: {self.correction}"
                + (f"; {cut} eigenvalues < 0 set to 0" if cut else ""),
                None,
                "t med min(G1, G2) - 1",
                "t with min(G1, G2) - 1",
            ),
        )


def cr1_factor(ls: LeastSquares, G: int) -> float:
    """(N-1)/(N-k) * G/(G-1)."""
    return (ls.nobs - 1) / ls.df_resid * G / (G - 1)


def _sandwich(ls: LeastSquares, groups: Groups) -> FloatArray:
    scores = cluster_sums(ls.Q * ls.es[:, None], groups) @ ls.R_inv.T
    out: FloatArray = scores.T @ scores
    return out


def _positive(matrix: FloatArray) -> tuple[FloatArray, int]:
    """Set negative eigenvalues to zero; returns the matrix and how many there were."""
    values, vectors = np.linalg.eigh(matrix)
    # Rounding leaves eigenvalues a hair below zero that mean nothing.
    cut = int((values < -1e-12 * values[-1]).sum())
    if not cut:
        return matrix, 0
    out: FloatArray = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return out, cut


def _warn_not_positive(design: Design, difference: FloatArray, cut: int) -> None:
    lost = [n for n, v in zip(design.names, np.diag(difference), strict=True) if v <= 0]
    named = ", ".join(lost)
    warnings.warn(
        CovarianceWarning(
            f"two-way: V1 + V2 - V12 is not positive semi-definite; {cut} negative eigenvalue(s) "
            "set to 0"
            + (f", and the standard errors of {named} are no estimates" if lost else "")
            + "; cluster one way, or on a dimension with more clusters.",
            f"toveis: V1 + V2 - V12 er ikke positivt semidefinitt; {cut} negative egenverdier satt "
            "til 0"
            + (f", og standardfeilene til {named} er ikke anslag" if lost else "")
            + "; klyng én vei, eller på noe med flere klynger.",
        ),
        stacklevel=4,
    )


def _clustered(
    name: str,
    ls: LeastSquares,
    matrix: FloatArray,
    groups: Groups,
    formula: str,
    factor: float,
) -> Covariance:
    df = float(groups.count - 1)
    return Covariance(
        name=name,
        matrix=unscale(matrix, ls),
        df=np.full(ls.rank, df),
        df_denom=df,
        cluster_names=(groups.name,),
        nclusters=(groups.count,),
        correction=SmallSample(formula, factor, "t med G - 1", "t with G - 1"),
    )
