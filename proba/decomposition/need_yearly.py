"""Coefficients of each year, from one regression in which every covariate meets every year."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from proba.decomposition.need_parts import GrowthParts
from proba.errors import DecompositionError
from proba.estimation import CONSTANT, Results, fit
from proba.estimation.columns import FloatArray

__all__ = ["REFERENCES", "Reference", "fit_yearly", "yearly_coefficients", "yearly_parts"]

Reference = Literal["mean", "start", "end"]

REFERENCES: dict[str, float] = {"start": 0.0, "mean": 0.5, "end": 1.0}
"""Weight of the end year's coefficients in the price of a change in need."""


def fit_yearly(results: Results) -> Results:
    """Fit every covariate with a coefficient of its own each year, in one stacked regression.

    Parameters
    ----------
    results : Results
        The pooled fit: its spec, estimation sample, weights and covariance estimator are used.

    Returns
    -------
    Results
        With the coefficients ``<covariate>__<year>``, ``konstant`` and ``<time>_<year>``; the
        level of a year is the constant plus its year effect, whether or not the pooled spec had
        year effects. The coefficients are those of a regression each year alone; stacking adds
        the covariances between years, as a kommune's errors in two years may correlate.

    Raises
    ------
    DecompositionError
        If a column has a name the stacked model needs, or the covariance clusters on year:
        each year's residuals are orthogonal to its own columns, so such errors are all 0.
    DesignError
        If a covariate does not vary, or covariates are linearly dependent, within a year; the
        column names the year.

    Warns
    -----
    FewClustersWarning, CovarianceWarning
        As in :func:`proba.estimation.fit`.
    """
    spec, design = results.spec, results.design
    years = design.years
    names = [f"{x}__{year}" for x in spec.regressors for year in years]
    taken = [name for name in names if name in design.columns.columns]
    if taken:
        raise DecompositionError(
            f"the panel has a column '{taken[0]}', a name the model with yearly coefficients "
            "makes itself; rename the column.",
            f"panelet har en kolonne «{taken[0]}», et navn modellen med årlige koeffisienter "
            "lager selv; gi kolonnen et annet navn.",
        )
    if spec.time in results.estimator.clusters:
        raise DecompositionError(
            f"with yearly coefficients errors clustered on '{spec.time}' are all 0; use "
            f"results.with_cov('CR1', '{spec.entity}').",
            f"med årlige koeffisienter blir standardfeil klynget på «{spec.time}» alle 0; bruk "
            f"results.with_cov('CR1', '{spec.entity}').",
        )
    time = design.columns[spec.time].to_numpy()
    first = 1  # the constant comes before the covariates
    expanded = {
        f"{x}__{year}": np.where(time == year, design.X[:, first + j], 0.0)
        for j, x in enumerate(spec.regressors)
        for year in years
    }
    keep = [spec.entity, spec.time, spec.dependent, spec.sample, spec.weights]
    columns = [c for c in (*keep, *results.estimator.clusters) if c is not None]
    frame = pd.DataFrame({name: design.columns[name] for name in dict.fromkeys(columns)} | expanded)
    stacked = spec.replace(regressors=tuple(names), year_effects=True)
    fitted = fit(stacked, frame, cov=results.estimator)
    return replace(fitted, label=results.label)


def yearly_coefficients(stacked: Results, covariates: tuple[str, ...]) -> pd.DataFrame:
    """Coefficients of :func:`fit_yearly`, one row a year: constant, then covariates.

    Parameters
    ----------
    stacked : Results
        From :func:`fit_yearly`.
    covariates : tuple of str
        Of the pooled spec.

    Returns
    -------
    DataFrame
        Index the years of the sample; columns ``konstant`` (the level of the year) and the
        covariates.

    Raises
    ------
    DecompositionError
        If the fit is not one of :func:`fit_yearly`, or lacks a covariate.
    """
    if not isinstance(stacked, Results):
        raise DecompositionError(
            f"yearly_coefficients needs the Results of fit_yearly, not {type(stacked).__name__}.",
            f"yearly_coefficients trenger Results fra fit_yearly, ikke {type(stacked).__name__}.",
        )
    wanted = [f"{x}__{year}" for x in covariates for year in stacked.design.years]
    absent = [name for name in wanted if name not in stacked.names]
    if absent:
        raise DecompositionError(
            f"the fit has no coefficient '{absent[0]}'; give it as fit_yearly(results).",
            f"modellen har ingen koeffisient «{absent[0]}»; oppgi den som fit_yearly(results).",
        )
    years = stacked.design.years
    params = stacked.least_squares.params
    rows = [
        [
            _level(stacked, year) @ params,
            *(_one(stacked, f"{x}__{year}") @ params for x in covariates),
        ]
        for year in years
    ]
    return pd.DataFrame(
        rows, index=pd.Index(years, name=stacked.spec.time), columns=[CONSTANT, *covariates]
    )


def yearly_parts(
    stacked: Results,
    covariates: tuple[str, ...],
    x0: FloatArray,
    x1: FloatArray,
    values: pd.DataFrame,
    *,
    start: int,
    end: int,
    reference: Reference,
) -> GrowthParts:
    r"""Weights of the yearly coefficients in each part.

    Parameters
    ----------
    stacked : Results
        From :func:`fit_yearly`.
    covariates : tuple of str
        p names.
    x0, x1 : ndarray, shape (n, p)
        Covariates at the start and the end.
    values : DataFrame, n rows
        See :class:`GrowthParts`; the predictions are filled in here.
    start, end : int
    reference : {"mean", "start", "end"}
        Whose coefficients price the change in need.

    Returns
    -------
    GrowthParts

    Notes
    -----
    With w the weight of the end year's coefficients,

    .. math::
        \Delta y = \sum_j \Delta x_j\,[(1-w)\beta_{j0} + w\beta_{j1}]
        + \sum_j [w x_{j0} + (1-w) x_{j1}]\,\Delta\beta_j + \Delta\alpha + \Delta e

    exactly: Oaxaca (1973), International Economic Review 14, 693-709, and Blinder (1973),
    Journal of Human Resources 8, 436-455, for w = 0 and 1; Reimers (1983), Review of Economics
    and Statistics 65, 570-579, for w = 1/2. How the second and third terms divide on covariates
    depends on where each covariate has its zero (Jones 1983, Journal of Human Resources 18,
    126-130); their sum does not.
    """
    w = REFERENCES[reference]
    at_start = np.stack([_one(stacked, f"{x}__{start}") for x in covariates])
    at_end = np.stack([_one(stacked, f"{x}__{end}") for x in covariates])
    level0, level1 = _level(stacked, start), _level(stacked, end)
    price = (1.0 - w) * at_start + w * at_end
    change = np.vstack([at_end - at_start, level1 - level0])
    middle = np.column_stack([w * x0 + (1.0 - w) * x1, np.ones(len(x0))])
    prices = middle[:, :, None] * change[None, :, :]
    params = stacked.least_squares.params
    predicted = values.assign(
        predicted_start=level0 @ params + x0 @ (at_start @ params),
        predicted_end=level1 @ params + x1 @ (at_end @ params),
    )
    covariance = stacked.covariance
    return GrowthParts(
        results=stacked,
        covariates=covariates,
        need=(x1 - x0)[:, :, None] * price[None, :, :],
        national=prices.sum(axis=1),
        prices=prices,
        need_df=stacked.estimator.contrast_df(
            stacked.design, stacked.least_squares, covariance, price
        ),
        values=predicted,
    )


def _one(results: Results, name: str) -> FloatArray:
    """Weight 1 on one coefficient; shape (k,)."""
    out: FloatArray = np.zeros(len(results.names))
    out[results.names.index(name)] = 1.0
    return out


def _level(results: Results, year: int) -> FloatArray:
    """Weights of a year's level: the constant and, but for the reference year, its effect."""
    name = f"{results.spec.time}_{year}"
    constant = _one(results, CONSTANT)
    return constant + _one(results, name) if name in results.names else constant
