"""Checking a variance function: every kommune held against a fit without it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from proba.estimation import Results
from proba.estimation.columns import FloatArray
from proba.indices.variance_function import VarianceFunction, adjusted_residuals, sample_sizes
from proba.panel import Panel

__all__ = ["calibration", "left_out_errors"]


def calibration(
    results: Results,
    panel: Panel,
    function: VarianceFunction,
    *,
    population: str = "folketall",
    level: float = 0.95,
    bins: int = 8,
) -> pd.DataFrame:
    """Check a variance function by size: errors of prediction against their variance.

    Parameters
    ----------
    results, panel, population
        As in :func:`variance_function`.
    function : VarianceFunction
    level : float
        Of the interval whose coverage is counted.
    bins : int
        Groups of about as many rows each, by inhabitants.

    Returns
    -------
    DataFrame
        One row a group: ``from``, ``to`` (inhabitants), ``rows``, ``ratio`` (mean squared error
        over variance; 1 is right), ``covered``, ``below`` and ``above`` (shares of rows).

    Notes
    -----
    The error is that of predicting each kommune from a fit without it, (I - H_gg)^-1 e_g, so
    the kommune's own errors are not in the coefficients it is held against. A kommune that
    alone identifies a coefficient is left out.
    """
    sizes = sample_sizes(results, panel, population)
    z = _left_out(results, sizes, function)
    X = results.design.X
    df = results.estimator.contrast_df(results.design, results.least_squares, results.covariance, X)
    t = stats.t.ppf(0.5 + level / 2.0, df)
    known = np.isfinite(z)
    table = pd.DataFrame(
        {"size": sizes, "ratio": z**2, "below": z < -t, "above": z > t}, index=results.design.rows
    )[known]
    groups = table.groupby(pd.qcut(table["size"], bins, duplicates="drop"), observed=True)
    out: pd.DataFrame = groups.agg(
        **{
            "from": ("size", "min"),
            "to": ("size", "max"),
            "rows": ("size", "size"),
            "ratio": ("ratio", "mean"),
            "below": ("below", "mean"),
            "above": ("above", "mean"),
        }
    ).reset_index(drop=True)
    out.insert(4, "covered", 1.0 - out["below"] - out["above"])
    return out


def left_out_errors(
    results: Results, panel: Panel, function: VarianceFunction, *, population: str = "folketall"
) -> FloatArray:
    """Errors of predicting each kommune without it, over their standard deviation.

    Returns
    -------
    ndarray, shape (at most n,)
        Of the estimation sample's rows, kommuner that alone identify a coefficient left out.
    """
    z = _left_out(results, sample_sizes(results, panel, population), function)
    out: FloatArray = z[np.isfinite(z)]
    return out


def _left_out(results: Results, sizes: FloatArray, function: VarianceFunction) -> FloatArray:
    X = results.design.X
    se2 = np.maximum(((X @ results.covariance.matrix) * X).sum(axis=1), 0.0)
    out: FloatArray = adjusted_residuals(results, -1.0) / np.sqrt(se2 + function(sizes))
    return out
