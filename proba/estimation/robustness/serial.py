"""Serial correlation within kommune: of the residual, and beyond a fixed level."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from proba.errors import DesignError
from proba.estimation.columns import FloatArray, IntArray, whole_years
from proba.estimation.covariance import FTest
from proba.estimation.fit import fit
from proba.estimation.results import Results
from proba.estimation.spec import Spec

__all__ = ["SerialTest", "first_difference_test", "residual_autocorrelation"]


@dataclass(frozen=True, slots=True, eq=False)
class SerialTest:
    """A residual regressed on its value the year before.

    Attributes
    ----------
    estimate : float
        The slope.
    null : float
        Its value without serial correlation.
    test : FTest
        F(1, G - 1), clustered by entity.
    regression : Results
        The regression on the lag.
    """

    estimate: float
    null: float
    test: FTest
    regression: Results = field(repr=False)


def residual_autocorrelation(results: Results) -> SerialTest:
    r"""Test whether a kommune's residual goes together with its own of the year before.

    Parameters
    ----------
    results : Results

    Returns
    -------
    SerialTest
        With null 0.

    Raises
    ------
    DesignError
        If fewer than two entities have two years in a row.

    Notes
    -----
    .. math:: e_{it} = a + \rho e_{i,t-1} + u_{it}

    by least squares with errors clustered by entity (CR1): Wooldridge (2010), *Econometric
    Analysis of Cross Section and Panel Data*, section 7.8.5. Residuals in the units of the data,
    whatever the weights.
    """
    return _on_lag(results, results.least_squares.resids, results.design.rows, 0.0)


def first_difference_test(results: Results, *, null: float = -0.5) -> SerialTest:
    r"""Wooldridge's test for serial correlation of the errors around a kommune's own level.

    Parameters
    ----------
    results : Results
        Only its columns are used: the regression is done again in first differences.
    null : float
        -0.5 tests that the errors of the levels are uncorrelated once each entity has its own
        level; 0 that the differenced errors are (the levels a random walk).

    Returns
    -------
    SerialTest

    Raises
    ------
    DesignError
        If fewer than two entities have three years in a row, or the differences have no
        residual.

    Notes
    -----
    The residuals of :math:`\Delta y` on :math:`\Delta X` and a constant are regressed on their
    lag and a constant; if the errors of the levels are uncorrelated the slope is -0.5. Errors
    clustered by entity (CR1): Wooldridge (2010), section 10.6.3; Drukker (2003), Stata Journal
    3, 168-177. R's ``pwfdtest`` has both constants and no small-sample factor: its F is this one
    times the factor of CR1; Stata's ``xtserial`` has neither constant. Weights are not used.
    """
    design = results.design
    at, before = _pairs(results, design.rows)
    if len(at) == 0:
        raise _too_short(results, 3)
    X = design.X[:, 1:]
    # The scale of the levels: a difference may be 0 in every row.
    X = X / np.sqrt((X**2).sum(axis=0))
    dX = np.column_stack([np.ones(len(at)), X[at] - X[before]])
    dy = design.y[at] - design.y[before]
    # Differenced year dummies hold the constant: any solution has the same residuals.
    solution = np.linalg.lstsq(dX, dy, rcond=None)[0]
    resids = dy - dX @ solution
    if not (resids**2).sum() > 1e-20 * (dy**2).sum():
        raise DesignError(
            "the regression in first differences leaves no residual; there are too few rows for "
            "the test of serial correlation.",
            "regresjonen i førstedifferanser har ikke noe restledd; det er for få rader til testen "
            "for seriekorrelasjon.",
        )
    return _on_lag(results, resids, design.rows[at], null, needed=3)


def _pairs(results: Results, rows: pd.MultiIndex) -> tuple[IntArray, IntArray]:
    """Rows that have a row of the same entity the year before, and those rows."""
    frame = rows.to_frame(index=False)
    times = whole_years(frame, results.spec)
    entities = pd.factorize(frame[results.spec.entity])[0]
    order = np.lexsort((times, entities))
    follows = (np.diff(entities[order]) == 0) & (np.diff(times[order]) == 1)
    return order[1:][follows].astype(np.int64), order[:-1][follows].astype(np.int64)


def _on_lag(
    results: Results, resids: FloatArray, rows: pd.MultiIndex, null: float, needed: int = 2
) -> SerialTest:
    entity, time = results.spec.entity, results.spec.time
    at, before = _pairs(results, rows)
    frame = rows[at].to_frame(index=False)
    if frame[entity].nunique() < 2 or len(frame) < 4:
        raise _too_short(results, needed)
    frame = frame.assign(residual=resids[at], residual_before=resids[before])
    spec = Spec("residual", ("residual_before",), entity, time, year_effects=False)
    regression = fit(spec, frame, cov="CR1", cluster=entity)
    return SerialTest(
        estimate=float(regression.params["residual_before"]),
        null=null,
        test=regression.wald_test(["residual_before"], null),
        regression=regression,
    )


def _too_short(results: Results, years: int) -> DesignError:
    entity = results.spec.entity
    return DesignError(
        f"serial correlation needs at least two {entity} with {years} years in a row.",
        f"seriekorrelasjon krever minst to {entity} med {years} år på rad.",
    )
