"""The fit: spec and data in, results out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import pandas as pd

from proba.errors import FewClustersWarning
from proba.estimation.covariance import CovarianceEstimator, make_covariance
from proba.estimation.design import build_design
from proba.estimation.least_squares import solve
from proba.estimation.results import Results
from proba.estimation.spec import Spec
from proba.panel import Panel

__all__ = ["FEW_CLUSTERS", "fit"]

FEW_CLUSTERS = 40
"""Below this many clusters CR0 and CR1 are known to reject too often."""

_NO_SMALL_SAMPLE_DF = ("CR0", "CR1", "CR3", "two-way")


def fit(
    spec: Spec,
    data: Panel | pd.DataFrame,
    *,
    cov: str | CovarianceEstimator | None = None,
    cluster: str | Sequence[str] | None = None,
) -> Results:
    """Estimate a pooled linear model.

    Parameters
    ----------
    spec : Spec
        What is regressed on what.
    data : Panel or DataFrame
        One row an entity and year; keys as columns or index levels.
    cov : str or CovarianceEstimator, optional
        ``classical``, ``HC1``-``HC3``, ``CR0``-``CR3``, ``two-way``, or an estimator object.
        Default: ``CR1``, as Stata's ``vce(cluster ...)``.
    cluster : str or sequence of str, optional
        Column to cluster on, or two for two-way; the spec's entity by default when ``cov``
        needs one. Any column will do: ``kommune``, ``folketall``, a size class.

    Returns
    -------
    Results

    Raises
    ------
    SpecError
        If a column is missing or the covariance and clusters do not fit together.
    DesignError
        If the model cannot be estimated: linear dependence, a regressor without variation, too
        few rows, a single cluster; the columns are named.

    Warns
    -----
    FewClustersWarning
        Under CR0, CR1, CR3 or two-way with fewer than 40 clusters.

    Notes
    -----
    Ordinary least squares, or weighted if the spec has weights; year dummies are explicit
    columns, so k in every formula counts them.

    Examples
    --------
    >>> import proba
    >>> results = proba.fit(proba.PROBA_2017, proba.load_panel("kalibrert"))
    >>> results.nobs, results.nclusters
    (1935, 387)
    """
    if cov is None:
        cov = "CR1"
    estimator = make_covariance(cov, cluster, spec.entity)
    design = build_design(spec, data, clusters=estimator.clusters)
    ls = solve(design)
    covariance = estimator.estimate(design, ls)
    if covariance.nclusters and min(covariance.nclusters) < FEW_CLUSTERS:
        _warn_few(covariance.name, min(covariance.nclusters))
    label = data.meta.label if isinstance(data, Panel) else None
    return Results(
        spec=spec,
        design=design,
        least_squares=ls,
        covariance=covariance,
        estimator=estimator,
        label=label,
    )


def _warn_few(name: str, count: int) -> None:
    if name in _NO_SMALL_SAMPLE_DF:
        warnings.warn(
            FewClustersWarning(
                f"only {count} clusters: {name} rejects too often below about {FEW_CLUSTERS}; use "
                "cov='CR2', whose degrees of freedom allow for it, or a wild cluster bootstrap.",
                f"bare {count} klynger: {name} forkaster for ofte under om lag {FEW_CLUSTERS}; "
                "bruk CR2, med frihetsgrader som tar høyde for det, eller wild cluster bootstrap.",
            ),
            stacklevel=3,
        )
