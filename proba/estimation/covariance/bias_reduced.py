"""CR2: bias-reduced linearisation with Satterthwaite degrees of freedom and the HTZ test."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from proba.errors import DesignError
from proba.estimation.columns import FloatArray
from proba.estimation.covariance.base import (
    Covariance,
    CovarianceEstimator,
    FTest,
    Groups,
    SmallSample,
    group_rows,
    rows_by_size,
    unscale,
    wald_quadratic,
)
from proba.estimation.design import Design
from proba.estimation.least_squares import LeastSquares

__all__ = ["CR2"]

# Eigenvalues of I - H_gg below this are zero: the pseudo-inverse square root leaves them out.
_ZERO = 1e-12

# Entries of the row-by-row matrices held at once under weights: 32 MB each.
_ENTRIES = 4_000_000


@dataclass(frozen=True, slots=True)
class CR2(CovarianceEstimator):
    r"""Bias-reduced cluster-robust covariance.

    Parameters
    ----------
    cluster : str
        Column of cluster identifiers.

    Notes
    -----
    .. math::
        V = M \Big(\sum_g X_g' A_g e_g e_g' A_g X_g\Big) M, \quad
        M = (X'X)^{-1}, \quad A_g = (I - H_{gg})^{-1/2}

    with the symmetric square root, and the Moore-Penrose inverse where :math:`I - H_{gg}` is
    singular (a dummy that only one cluster has): Bell and McCaffrey (2002), Survey Methodology
    28, 169-181; Pustejovsky and Tipton (2018), Journal of Business & Economic Statistics 36,
    672-683. The working model is independent errors of one variance, the default of R's
    ``clubSandwich`` for ``lm``; with weights, errors of variance 1/w, ``clubSandwich``'s
    ``inverse_var = TRUE`` (its default for a weighted ``lm`` differs). Without weights a cluster
    of n rows costs n k² operations; with weights n³.

    The t of a contrast c has Satterthwaite degrees of freedom

    .. math::
        \nu = \frac{(\sum_g p_g'p_g)^2}{\sum_g \sum_h (p_g'p_h)^2}, \quad
        p_g = (I - H)_g' A_g X_g M c

    one number for each coefficient. Several restrictions are tested by the approximate
    Hotelling's T² (HTZ) of Pustejovsky and Tipton (2018, section 3.2).
    """

    cluster: str

    @property
    def name(self) -> str:
        """``CR2``."""
        return "CR2"

    @property
    def clusters(self) -> tuple[str, ...]:
        """The cluster column."""
        return (self.cluster,)

    def estimate(self, design: Design, ls: LeastSquares) -> Covariance:
        """See :meth:`CovarianceEstimator.estimate`."""
        groups = group_rows(design, self.cluster)
        blocks = _blocks(ls.Q, ls.es, groups, design.weights)
        scores = blocks.scores @ ls.R_inv.T
        # Contrast j in the coordinates of Q is row j of R_inv.
        df = _satterthwaite(blocks, ls.R_inv)
        return Covariance(
            name=self.name,
            matrix=unscale(scores.T @ scores, ls),
            df=df,
            df_denom=float("nan"),
            cluster_names=self.clusters,
            nclusters=(groups.count,),
            correction=SmallSample(
                "(I - H_gg)^(-1/2)",
                None,
                "t med Satterthwaite-frihetsgrader, ett tall per koeffisient",
                "t with Satterthwaite degrees of freedom, one for each coefficient",
            ),
        )

    def contrast_df(
        self, design: Design, ls: LeastSquares, covariance: Covariance, C: FloatArray
    ) -> FloatArray:
        """Satterthwaite degrees of freedom of each contrast; NaN for one of zeros only.

        They do not depend on the length or sign of a contrast, so a row with one weight has
        the degrees of freedom of that coefficient. Equal to those of the HTZ test of the one
        restriction.
        """
        groups = group_rows(design, self.cluster)
        blocks = _blocks(ls.Q, ls.es, groups, design.weights)
        return _satterthwaite(blocks, (C / ls.scale) @ ls.R_inv)

    def f_test(
        self,
        design: Design,
        ls: LeastSquares,
        covariance: Covariance,
        C: FloatArray,
        r: FloatArray,
        restrictions: tuple[str, ...],
    ) -> FTest:
        """Test C b = r by the HTZ test; F(q, eta - q + 1).

        Raises
        ------
        DesignError
            If eta is not above q - 1: too few clusters for that many restrictions.
        """
        q = len(r)
        groups = group_rows(design, self.cluster)
        blocks = _blocks(ls.Q, ls.es, groups, design.weights)
        wald = wald_quadratic(C @ ls.params - r, C @ covariance.matrix @ C.T)
        eta = _hotelling_df(blocks, (C / ls.scale) @ ls.R_inv)
        df_denom = eta - q + 1
        if not df_denom > 0:
            raise DesignError(
                f"{q} restrictions cannot be tested with {groups.count} clusters under CR2 "
                f"(degrees of freedom {df_denom:.2f}); test fewer at a time.",
                f"{q} restriksjoner kan ikke testes med {groups.count} klynger under CR2 "
                f"(frihetsgrader {df_denom:.2f}); test færre om gangen.",
            )
        F = df_denom / (eta * q) * wald
        return FTest(F, q, df_denom, float(stats.f.sf(F, q, df_denom)), restrictions)


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """What CR2 needs of each cluster, in the coordinates of Q (Xs = QR, H_gg = Q_g Q_g').

    With the thin SVD Q_g = U s V' and f = (1 - s²)^(-1/2), or 0 where 1 - s² is 0:

    Attributes
    ----------
    scores : ndarray, shape (G, k)
        Q_g' A_g e_g = V f s U' e_g.
    D : ndarray, shape (G, k, k)
        Q_g' A_g A_g Q_g = V f² s² V'.
    B : ndarray, shape (G, k, k)
        Q_g' A_g' Q_g = V f s² V'.

    With weights A_g is (T S T)^(-1/2) T instead, S = I - H_gg and T = diag(1/w): not symmetric,
    and equal to the above where a cluster's weights are equal.
    """

    scores: FloatArray = field(repr=False)
    D: FloatArray = field(repr=False)
    B: FloatArray = field(repr=False)


def _blocks(Q: FloatArray, e: FloatArray, groups: Groups, weights: FloatArray | None) -> _Blocks:
    k = Q.shape[1]
    scores = np.empty((groups.count, k))
    D, B = np.empty((groups.count, k, k)), np.empty((groups.count, k, k))
    for clusters, rows in rows_by_size(groups):
        if weights is not None:
            # A few clusters at a time: each needs matrices as large as its rows squared.
            step = max(1, _ENTRIES // rows.shape[1] ** 2)
            for start in range(0, len(clusters), step):
                part, its = clusters[start : start + step], rows[start : start + step]
                QA = _weighted_QA(Q[its], weights[its])
                scores[part] = np.einsum("mkn,mn->mk", QA, e[its])
                D[part] = QA @ QA.transpose(0, 2, 1)
                B[part] = (QA @ Q[its]).transpose(0, 2, 1)
            continue
        U, s, Vt = np.linalg.svd(Q[rows], full_matrices=False)
        slack = 1.0 - s**2
        f = np.where(slack > _ZERO, 1.0 / np.sqrt(np.maximum(slack, _ZERO)), 0.0)
        scores[clusters] = np.einsum("mrk,mr->mk", Vt, f * s * np.einsum("mnr,mn->mr", U, e[rows]))
        V = Vt.transpose(0, 2, 1)
        D[clusters] = (V * (f * s)[:, None, :] ** 2) @ Vt
        B[clusters] = (V * (f * s**2)[:, None, :]) @ Vt
    return _Blocks(scores, D, B)


def _weighted_QA(Q: FloatArray, weights: FloatArray) -> FloatArray:
    """Q_g' A_g of clusters of one size; Q has shape (m, n, k), the result (m, k, n).

    In the units of the data Pustejovsky and Tipton's adjustment is D'(D (I - H) P D')^(-1/2) D
    with P = D'D = diag(1/w) the working covariance; here rows are multiplied by sqrt(w).
    """
    T = 1.0 / weights
    T = T / T.max(axis=1, keepdims=True)
    S = np.eye(Q.shape[1]) - Q @ Q.transpose(0, 2, 1)
    values, vectors = np.linalg.eigh(T[:, :, None] * S * T[:, None, :])
    f = np.where(values > _ZERO, 1.0 / np.sqrt(np.maximum(values, _ZERO)), 0.0)
    root = (vectors * f[:, None, :]) @ vectors.transpose(0, 2, 1)
    out: FloatArray = Q.transpose(0, 2, 1) @ root * T[:, None, :]
    return out


def _satterthwaite(blocks: _Blocks, W: FloatArray) -> FloatArray:
    """Degrees of freedom of each of q contrasts, W in the coordinates of Q; shape (q, k).

    With p_g'p_h = [g = h] d_g - b_g'b_h the double sum over clusters is one k x k matrix:
    sum d² - 2 sum d |b|² + |sum b b'|².
    """
    G, k = blocks.scores.shape
    B, D = blocks.B.reshape(G * k, k).T, blocks.D.reshape(G * k, k).T
    df = np.full(len(W), np.nan)
    # The length of a contrast cancels; length 1 keeps its fourth power in range.
    size = np.sqrt((W**2).sum(axis=1))
    some = np.flatnonzero(size > 0)
    step = max(1, _ENTRIES // (G * k))
    for start in range(0, len(some), step):
        part = some[start : start + step]
        w = W[part] / size[part, None]
        b = (w @ B).reshape(-1, G, k)
        d = np.einsum("qgk,qk->qg", (w @ D).reshape(-1, G, k), w)
        length = np.einsum("qgk,qgk->qg", b, b)
        cross = b.transpose(0, 2, 1) @ b
        double = (d**2 - 2.0 * d * length).sum(axis=1) + (cross**2).sum(axis=(1, 2))
        df[part] = (d - length).sum(axis=1) ** 2 / double
    return df


def _hotelling_df(blocks: _Blocks, W: FloatArray) -> float:
    """Return the eta of the HTZ test for q contrasts, W in the coordinates of Q; shape (q, k).

    Notes
    -----
    Pustejovsky and Tipton (2018), section 3.2: with contrasts rotated so that the expected
    covariance under the working model is the identity,
    eta = q(q + 1) / sum_s sum_t Var(d_st), and
    Var(d_st) = sum_g sum_h (p_sg'p_sh)(p_tg'p_th) + (p_sg'p_th)(p_tg'p_sh).
    """
    q = len(W)
    # Under the working model E[C V C'] = C M C' = W W': whiten by its inverse square root.
    values, vectors = np.linalg.eigh(W @ W.T)
    white = (vectors / np.sqrt(values)) @ vectors.T @ W
    b = np.einsum("gkl,ql->qgk", blocks.B, white)
    d = np.einsum("qk,gkl,rl->qrg", white, blocks.D, white, optimize=True)
    total = 0.0
    for s in range(q):
        for t in range(q):
            cross = b[s].T @ b[t]
            inner_ss, inner_tt = (b[s] ** 2).sum(axis=1), (b[t] ** 2).sum(axis=1)
            inner_st = (b[s] * b[t]).sum(axis=1)
            same = d[s, s] @ d[t, t] - d[s, s] @ inner_tt - d[t, t] @ inner_ss + (cross**2).sum()
            swap = d[s, t] @ d[s, t] - 2.0 * d[s, t] @ inner_st + (cross * cross.T).sum()
            total += float(same + swap)
    return q * (q + 1) / total
