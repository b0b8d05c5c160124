"""The fit: spec and data in, results out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from proba.estimation.columns import label_of_data
from proba.estimation.covariance import (
    CovarianceEstimator,
    make_covariance,
    warn_few_clusters,
)
from proba.estimation.design import build_design
from proba.estimation.least_squares import solve
from proba.estimation.results import Results
from proba.estimation.spec import Spec
from proba.panel import SIZE_CLASS, Panel, with_size_classes

__all__ = ["fit"]


def fit(
    spec: Spec,
    data: Panel | pd.DataFrame,
    *,
    cov: str | CovarianceEstimator = "CR1",
    cluster: str | Sequence[str] | None = None,
) -> Results:
    """Estimate a pooled linear model.

    Parameters
    ----------
    spec : Spec
        What is regressed on what.
    data : Panel or DataFrame
        One row an entity and year; keys as columns or index levels.
    cov : str or CovarianceEstimator
        ``classical``, ``HC1``-``HC3``, ``CR0``-``CR3``, ``two-way``, or an estimator object.
        ``CR1`` is Stata's ``vce(cluster ...)``.
    cluster : str or sequence of str, optional
        Column to cluster on, or two for two-way; the spec's entity by default when ``cov``
        needs one. Any column will do: ``kommune``, ``folketall``; ``storrelsesklasse`` is made
        from a panel's ``folketall`` if it is not there (:func:`proba.with_size_classes`).

    Returns
    -------
    Results

    Raises
    ------
    SpecError
        If a column is missing or the covariance and clusters do not fit together.
    DesignError
        If the model cannot be estimated: linear dependence, a column without variation, too few
        rows, a row that stands twice, a single cluster; the column or row is named.

    Warns
    -----
    FewClustersWarning
        Under CR0, CR1, CR3 or two-way with fewer than 40 clusters. CR2's degrees of freedom
        allow for few.
    CovarianceWarning
        Under two-way, if the matrix had to be mended.

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
    estimator = make_covariance(cov, cluster, spec.entity)
    if (
        isinstance(data, Panel)
        and SIZE_CLASS in estimator.clusters
        and SIZE_CLASS not in data.frame.columns
    ):
        data = with_size_classes(data)
    design = build_design(spec, data, clusters=estimator.clusters)
    ls = solve(design)
    covariance = estimator.estimate(design, ls)
    warn_few_clusters(covariance.name, covariance.nclusters, stacklevel=3)
    return Results(
        spec=spec,
        design=design,
        least_squares=ls,
        covariance=covariance,
        estimator=estimator,
        label=label_of_data(data),
    )
