"""The wild cluster bootstrap of a fit."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence

import numpy as np

from proba.errors import DesignError, FewClustersWarning
from proba.estimation.bootstrap.arguments import (
    VARIANTS,
    check_choices,
    cluster_column,
    tiles_allowed,
    values,
)
from proba.estimation.bootstrap.inversion import Tail, confidence_limits, pvalue
from proba.estimation.bootstrap.results import WildBootstrap
from proba.estimation.bootstrap.scores import ClusterScores, cluster_scores, restrict
from proba.estimation.bootstrap.statistics import Progress, distribution
from proba.estimation.bootstrap.weights import Draws, as_generator, plan_draws
from proba.estimation.columns import FloatArray
from proba.estimation.contrasts import check_level
from proba.estimation.covariance.base import group_rows, wald_quadratic
from proba.estimation.least_squares import LeastSquares
from proba.estimation.results import Results

__all__ = ["MAX_MEMORY", "VARIANTS", "wild_bootstrap"]

MAX_MEMORY = 512 * 2**20
"""Bytes a bootstrap may use, unless it is told otherwise."""

_NO_VARIANCE = 1e-20


def wild_bootstrap(
    results: Results,
    restrictions: str | Sequence[str] | Mapping[str, float] | FloatArray | None,
    value: float | FloatArray = 0.0,
    *,
    seed: int | np.random.SeedSequence | np.random.Generator,
    cluster: str | None = None,
    draws: int = 9999,
    restricted: bool = True,
    variant: str = "11",
    weights: str = "auto",
    tail: Tail = "symmetric",
    level: float | None = 0.95,
    keep_draws: bool = False,
    max_memory: int = MAX_MEMORY,
    progress: Progress | None = None,
) -> WildBootstrap:
    r"""Test R b = r by the wild cluster bootstrap, with confidence limits by test inversion.

    Parameters
    ----------
    results : Results
        A fit, weighted or not; its own covariance does not matter.
    restrictions, value
        As in :meth:`Results.wald_test`: names, a mapping of name to weight, or an array R of
        shape (q, k); ``value`` is r.
    seed : int, SeedSequence or Generator
        Source of the draws; the same seed gives the same result. Not used when enumerated.
    cluster : str, optional
        Column of clusters; the one the results are clustered on, or else the spec's entity.
    draws : int
        B. With Rademacher weights and 2^G <= B every vector of signs is used once instead. At a
        level of 0.95, numbers like 999 and 9999 make (1 - level)(B + 1) whole.
    restricted : bool
        True (WCR): bootstrap data are made with the null imposed. False (WCU): with the
        estimate, and tested for the estimate.
    variant : {"11", "13", "31", "33"}
        First figure: what draws multiply, cluster scores as they are (1) or by the jackknife
        (3, residuals of the fit without the cluster). Second: the variance in the statistic,
        :class:`CR1` or :class:`CR3`.
    weights : {"auto", "rademacher", "webb", "mammen", "normal"}
        ``auto``: Webb's below 12 clusters, else Rademacher.
    tail : {"symmetric", "equal-tail"}
        Of p-value and limits. Tests of several restrictions are symmetric.
    level : float or None
        Of the confidence limits; None leaves them out.
    keep_draws : bool
        Keep the draws' statistics as ``t_boot``.
    max_memory : int
        Bytes that may be used besides the results of the fit. Draws come in blocks that fit in
        it; how many blocks there are changes no bit of a result.
    progress : callable, optional
        Called with draws done, draws in all and a text.

    Returns
    -------
    WildBootstrap

    Raises
    ------
    SpecError
        If an argument does not fit, or ``max_memory`` is too little (what is needed is said).
    DesignError
        If the restrictions cannot be tested together, there are not more clusters than
        restrictions, or a jackknife is not defined because a cluster alone identifies a
        coefficient.

    Warns
    -----
    FewClustersWarning
        With Rademacher weights and so few clusters that no p-value but 0 is below 1 - level: of
        2^G draws two are always ties with the sample.

    Notes
    -----
    With scores :math:`s_g` of the residuals (restricted under WCR) and weights :math:`v_g`, a
    draw has

    .. math::
        \hat\beta^* - \beta_0 = (X'X)^{-1} \sum_g v_g s_g, \qquad
        s_g^* = v_g s_g - X_g'X_g (\hat\beta^* - \beta_0)

    and CR1 of the draw is made from the :math:`s_g^*`, CR3 from
    :math:`(X'X - X_g'X_g)^{-1} s_g^*`. Only sums by cluster are needed: nothing of the size
    N x B or G x G is formed. Roodman, Nielsen, MacKinnon and Webb (2019), Stata Journal 19,
    4-60; MacKinnon, Nielsen and Webb (2023), Journal of Applied Econometrics 38, 671-694, whose
    WCR-C is 11, WCR-V 13, WCR-S 31 and WCR-B 33. Weighted: rows of X and residuals times the root
    of the weight. P-values: :func:`proba.estimation.bootstrap.inversion.pvalue`.

    Limits are the nulls nearest to the estimate at which the p-value crosses 1 - level, with the
    same draws at every null. Under WCR the scores are linear in r, so that t of a draw is known
    at any null from five numbers. Under WCU they are the percentile-t limits.

    Examples
    --------
    >>> import proba
    >>> from proba.estimation.bootstrap import wild_bootstrap
    >>> results = proba.fit(proba.PROBA_2017, proba.load_panel("kalibrert"))
    >>> test = wild_bootstrap(results, ["ufore_18_49"], draws=999, seed=1)
    >>> test.method, test.nclusters, test.draws
    ('WCR11', 387, 999)
    """
    check_choices(variant, tail, restricted, max_memory)
    if level is not None:
        check_level(level)
    ls = results.least_squares
    C, words = results._restrictions(restrictions)
    r = values(value, len(C))
    groups = group_rows(results.design, cluster_column(results, cluster))
    q, G = len(C), groups.count
    if q >= G:
        raise DesignError(
            f"{q} restrictions cannot be tested with {G} clusters ({groups.name}); at least "
            f"{q + 1} are needed.",
            f"{q} restriksjoner kan ikke testes med {G} klynger ({groups.name}); minst {q + 1} "
            "trengs.",
        )
    plan = plan_draws(weights, G, draws, as_generator(seed))
    invert = q == 1 and level is not None
    if q > 1:
        tail = "symmetric"
    parts = invert and restricted
    tiles = tiles_allowed((ls.nobs, ls.rank, q, G), plan.count, variant, parts, max_memory)
    null = restrict(ls, C, r)
    scores = cluster_scores(ls, groups, null.U, variant, restricted)
    statistic, se = _sample_statistic(ls, scores, null.gap, words)
    boot = distribution(
        plan,
        scores,
        null.U,
        null.gap,
        tiles=tiles,
        unit_se=se if parts else None,
        progress=progress,
    )
    _warn_few(plan, level)
    low = high = None
    estimate = float(C[0] @ ls.params) if q == 1 else None
    if invert and level is not None and se is not None and estimate is not None:
        lines = boot.parts if boot.parts is not None else _fixed(boot.statistic)
        ends = confidence_limits(lines, 1.0 - level, tail)
        low, high = (estimate + end * se * null.unit for end in ends)
    return WildBootstrap(
        names=words,
        value=tuple(float(x) for x in r),
        estimate=estimate,
        statistic=statistic,
        pvalue=pvalue(statistic, boot.statistic, tail),
        ci_low=low,
        ci_high=high,
        level=level if invert else None,
        tail=tail,
        draws=plan.count,
        infeasible=int(np.isnan(boot.statistic).sum()),
        enumerated=plan.enumerated,
        variant=variant,
        restricted=restricted,
        weights=plan.kind,
        cluster=groups.name,
        nclusters=G,
        nobs=ls.nobs,
        t_boot=boot.statistic if keep_draws else None,
        label=results.label,
    )


def _sample_statistic(
    ls: LeastSquares, scores: ClusterScores, gap: FloatArray, words: tuple[str, ...]
) -> tuple[float, float | None]:
    """Return t and the standard error of U'theta, or Wald and None."""
    meat = scores.factor * (scores.sample.T @ scores.sample)
    if len(gap) > 1:
        return wald_quadratic(gap, meat), None
    if not meat[0, 0] > _NO_VARIANCE * float(ls.es @ ls.es) / ls.nobs:
        raise DesignError(
            f"'{words[0]}' has no variance between clusters (a single cluster identifies it, or "
            "the model fits perfectly), so its t is not defined.",
            f"«{words[0]}» har ingen varians mellom klyngene (én klynge alene bestemmer den, "
            "eller modellen passer perfekt), så t er ikke definert.",
        )
    se = float(np.sqrt(meat[0, 0]))
    return float(gap[0]) / se, se


def _fixed(statistic: FloatArray) -> FloatArray:
    """Return parts of a distribution that is the same at every null."""
    one, zero = np.ones_like(statistic), np.zeros_like(statistic)
    return np.stack([statistic, zero, one, zero, zero])


def _warn_few(plan: Draws, level: float | None) -> None:
    alpha = 1.0 - (0.95 if level is None else level)
    G = plan.nclusters
    if plan.kind != "rademacher" or alpha >= 2.0 ** (1 - G):
        return
    warnings.warn(
        FewClustersWarning(
            f"{G} clusters give {2 ** (G - 1)} different signs of the weights only, too few for "
            f"a test at {alpha:g}; use weights='webb'.",
            f"{G} klynger gir bare {2 ** (G - 1)} ulike fortegn på vektene, for få til en test "
            f"på {alpha:g}; bruk weights='webb'.",
        ),
        stacklevel=3,
    )
