"""Need versus practice: the growth of a kommune's expenditure split by a fitted model."""

from __future__ import annotations

import operator
from typing import Literal

import numpy as np
import pandas as pd

from proba.decomposition.need_parts import NATIONAL, POPULATION, PRACTICE, GrowthParts
from proba.decomposition.need_read import read_growth
from proba.decomposition.need_results import NeedPractice
from proba.decomposition.need_yearly import REFERENCES, Reference, fit_yearly, yearly_parts
from proba.errors import DecompositionError
from proba.estimation import CONSTANT, Results
from proba.estimation.columns import FloatArray, label_of_data
from proba.estimation.contrasts import check_level
from proba.panel import Panel

__all__ = ["Coefficients", "need_practice"]

Coefficients = Literal["pooled", "yearly"]


def need_practice(
    results: Results,
    panel: Panel | pd.DataFrame,
    *,
    start: int,
    end: int,
    coefficients: Coefficients = "pooled",
    reference: Reference = "mean",
    level: float = 0.95,
    population: str | None = None,
) -> NeedPractice:
    r"""Split every kommune's growth into need, national and practice.

    Parameters
    ----------
    results : Results
        The fitted model; its spec names the columns and its covariance gives the errors.
    panel : Panel or DataFrame
        Rows outside the estimation sample are split too.
    start, end : int
        Years, ``end`` the later. Any two years of the model.
    coefficients : {"pooled", "yearly"}
        ``pooled``: the fit's own, the same in all years; the national part is the difference of
        two year effects. ``yearly``: each year has its own (:func:`fit_yearly`, on the same
        sample and with the same covariance); the national part is then what changed coefficients
        and level mean for this kommune.
    reference : {"mean", "start", "end"}
        With yearly coefficients: whose coefficients price the change in need.
    level : float
        Of the confidence limits.
    population : str, optional
        Column with the number of inhabitants, e.g. ``folketall``, for
        :meth:`NeedPractice.amounts` and :meth:`NeedPractice.aggregate`. A kommune without it in
        either year is left out.

    Returns
    -------
    NeedPractice

    Raises
    ------
    DecompositionError
        If ``end`` is not after ``start``, a year is not in the panel or the model, a choice is
        unknown, a population is not positive, or no kommune has complete data in both years.
    SpecError
        If the panel lacks a column, or ``level`` is not between 0 and 1.
    DesignError
        If a column holds text, a kommune stands twice in a year, or yearly coefficients cannot
        be estimated.

    Notes
    -----
    Pooled, exactly and for every kommune,

    .. math::
        y_1 - y_0 = \sum_j (x_{j1} - x_{j0})\,b_j + (g_1 - g_0) + (e_1 - e_0)

    with b the coefficients, g the year effects (0 in the reference year) and e the residuals:
    need, national and practice. The model is that of Proba-rapport 2017-08, section 5.8 and
    Vedlegg 1, where need is the prediction. What is called practice is the change in all the
    model does not see; local policy is one part of it.

    Each part but practice is c'b, with standard error sqrt(c'Vc) (the delta method). Practice
    is growth less those, so it has the standard error of need and national together: its own
    error is not estimated, since one kommune in two years is no sample. Degrees of freedom are
    the coefficient's for a single covariate and the contrast's for a sum: N - k or G - 1 under
    most covariances, Satterthwaite's under CR2.

    Examples
    --------
    >>> import proba
    >>> panel = proba.load_panel("kalibrert")
    >>> results = proba.fit(proba.PROBA_2017, panel, cov="CR1", cluster="kommune")
    >>> split = need_practice(results, panel, start=2012, end=2016)
    >>> split.groups.loc["0104", "contribution"].round(3).to_dict()
    {'need': 0.401, 'national': 0.121, 'practice': 0.051, 'explained': 0.522}
    """
    _check_choices(results, coefficients, reference)
    check_level(level)
    first, last = _years(results, start, end, coefficients)
    data = read_growth(results, panel, first, last, population)
    if coefficients == "pooled":
        parts = _pooled_parts(results, data.x0, data.x1, data.values, first, last)
    else:
        parts = yearly_parts(
            fit_yearly(results),
            results.spec.regressors,
            data.x0,
            data.x1,
            data.values,
            start=first,
            end=last,
            reference=reference,
        )
    labels = dict.fromkeys(t for t in (results.label, label_of_data(panel)) if t)
    frame, groups = parts.frames(level)
    return NeedPractice(
        frame=frame,
        groups=groups,
        start=first,
        end=last,
        coefficients=coefficients,
        reference=reference,
        level=level,
        unit="per_inhabitant",
        reasons=data.reasons,
        names=data.names,
        label=" / ".join(labels) or None,
        dependent=results.spec.dependent,
        year_effects=results.spec.year_effects,
        parts=parts,
    )


def _pooled_parts(
    results: Results, x0: FloatArray, x1: FloatArray, values: pd.DataFrame, start: int, end: int
) -> GrowthParts:
    spec, names, params = results.spec, results.names, results.least_squares.params
    k, p = len(names), len(spec.regressors)
    # The design's order: constant, covariates, year dummies.
    each = np.eye(k)[1 : p + 1]
    effects = np.zeros((2, k))
    for row, year in enumerate((start, end)):
        name = f"{spec.time}_{year}"
        if spec.year_effects and name in names:  # the reference year has none
            effects[row, names.index(name)] = 1.0
    slopes, constant = params[1 : p + 1], params[names.index(CONSTANT)]
    return GrowthParts(
        results=results,
        covariates=spec.regressors,
        need=(x1 - x0)[:, :, None] * each[None, :, :],
        national=np.tile(effects[1] - effects[0], (len(x0), 1)),
        prices=None,
        need_df=results.covariance.df[1 : p + 1],
        values=values.assign(
            predicted_start=constant + x0 @ slopes + effects[0] @ params,
            predicted_end=constant + x1 @ slopes + effects[1] @ params,
        ),
    )


def _check_choices(results: Results, coefficients: str, reference: str) -> None:
    if not isinstance(results, Results):
        raise DecompositionError(
            f"need_practice needs the Results of proba.fit, not {type(results).__name__}.",
            f"need_practice trenger Results fra proba.fit, ikke {type(results).__name__}.",
        )
    if coefficients not in ("pooled", "yearly"):
        raise DecompositionError(
            f"coefficients must be 'pooled' or 'yearly', not {coefficients!r}.",
            f"coefficients må være «pooled» eller «yearly», ikke «{coefficients}».",
        )
    if reference not in REFERENCES:
        raise DecompositionError(
            f"reference must be 'mean', 'start' or 'end', not {reference!r}.",
            f"reference må være «mean», «start» eller «end», ikke «{reference}».",
        )
    if coefficients == "pooled" and reference != "mean":
        raise DecompositionError(
            f"reference={reference!r} is for yearly coefficients; pooled ones are the same in "
            "both years.",
            f"reference={reference!r} gjelder årlige koeffisienter; de felles er like i begge år.",
        )
    own = [x for x in results.spec.regressors if x in (NATIONAL, PRACTICE, POPULATION)]
    if own:
        raise DecompositionError(
            f"the covariate '{own[0]}' has the name of a part; rename the column and fit again.",
            f"forklaringsvariabelen «{own[0]}» heter det samme som en del av veksten; gi kolonnen "
            "et annet navn og estimer på nytt.",
        )


def _years(results: Results, start: int, end: int, coefficients: str) -> tuple[int, int]:
    try:
        first, last = operator.index(start), operator.index(end)
    except TypeError:
        raise DecompositionError(
            f"start and end must be whole years, not {start!r} and {end!r}.",
            f"start og end må være hele årstall, ikke «{start}» og «{end}».",
        ) from None
    if last <= first:
        raise DecompositionError(
            f"end ({last}) must be after start ({first}); for the reverse change every sign.",
            f"end ({last}) må være etter start ({first}); motsatt vei har alle ledd motsatt "
            "fortegn.",
        )
    known = results.design.years
    for year in (first, last):
        if year not in known and (results.spec.year_effects or coefficients == "yearly"):
            shown = ", ".join(map(str, known))
            raise DecompositionError(
                f"the model says nothing of {year}: its years are {shown}.",
                f"modellen sier ikke noe om {year}: årene i den er {shown}.",
            )
    return first, last
