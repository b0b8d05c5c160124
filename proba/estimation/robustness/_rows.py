"""Any rows as a design: what predictions are made from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from proba.estimation.columns import FloatArray, flatten, numbers, whole_years
from proba.estimation.design import year_matrix
from proba.estimation.results import Results
from proba.panel import Panel

__all__ = ["design_rows", "keys_of"]


def keys_of(frame: pd.DataFrame, entity: str, time: str) -> pd.MultiIndex:
    """(entity, time) of each row."""
    return pd.MultiIndex.from_arrays([frame[entity], frame[time]], names=[entity, time])


def design_rows(
    results: Results, data: Panel | pd.DataFrame | None, extra: tuple[str, ...]
) -> tuple[FloatArray, pd.DataFrame]:
    """Rows of any data in the columns of a fit; NaN where a prediction is not possible.

    Parameters
    ----------
    results : Results
    data : Panel or DataFrame, optional
        The estimation sample if not given.
    extra : tuple of str
        Other columns the rows must have.

    Returns
    -------
    X : ndarray, shape (N, k)
        A whole row is NaN where a regressor is missing or the year has no effect in the fit.
    frame : DataFrame, N rows
        Keys as columns.
    """
    spec, design = results.spec, results.design
    source = design.columns if data is None else data
    frame = flatten(source, spec, [*spec.regressors, *extra])
    columns = [np.ones(len(frame)), *(numbers(frame, name, spec) for name in spec.regressors)]
    times = whole_years(frame, spec)
    X = np.column_stack([*columns, *year_matrix(spec, times, design.years).T])
    missing = np.isnan(X).any(axis=1)
    if spec.year_effects:
        missing |= ~np.isin(times, design.years)
    X[missing] = np.nan
    return X, frame
