"""Predictions for any rows, with the reason where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from proba.estimation.columns import flatten, numbers, whole_years
from proba.estimation.design import Design, year_matrix
from proba.estimation.spec import CONSTANT, Spec
from proba.panel import Panel

__all__ = ["NO_YEAR_EFFECT", "predict_frame"]

NO_YEAR_EFFECT = "year has no effect in the model"


def predict_frame(
    spec: Spec,
    design: Design,
    params: pd.Series,
    data: Panel | pd.DataFrame,
    year_effects: bool,
) -> pd.DataFrame:
    """Predict every row that has its regressors.

    Parameters
    ----------
    spec : Spec
    design : Design
        Of the fit; its years are those with an effect.
    params : Series
        Coefficients by name.
    data : Panel or DataFrame
        Keys and regressors; the dependent variable is not needed.
    year_effects : bool
        Whether year dummies are part of the prediction.

    Returns
    -------
    DataFrame
        Indexed by (entity, time): ``predicted`` (NaN where not possible) and ``reason`` (text
        where NaN, else missing).

    Raises
    ------
    SpecError
        If a regressor or key is not in the data.
    DesignError
        If a regressor holds text or infinite values, or a year is not a whole number.
    """
    frame = flatten(data, spec, spec.regressors)
    X = np.column_stack([numbers(frame, name, spec) for name in spec.regressors])
    predicted = params[CONSTANT] + X @ params[list(spec.regressors)].to_numpy()
    reason = pd.Series(pd.NA, index=frame.index, dtype="object")
    for j, name in reversed(list(enumerate(spec.regressors))):
        reason[np.isnan(X[:, j])] = f"missing {name}"
    if spec.year_effects and year_effects:
        times = whole_years(frame, spec)
        effects = params[list(spec.year_columns(design.years))].to_numpy()
        predicted = predicted + year_matrix(spec, times, design.years) @ effects
        unknown = ~np.isin(times, design.years)
        predicted[unknown] = np.nan
        reason[unknown] = NO_YEAR_EFFECT
    return pd.DataFrame(
        {"predicted": predicted, "reason": reason.to_numpy()},
        index=pd.MultiIndex.from_arrays(
            [frame[spec.entity], frame[spec.time]], names=[spec.entity, spec.time]
        ),
    )
