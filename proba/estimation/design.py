"""From a spec and a table to arrays: year dummies, missing values, clusters kept in step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from proba.errors import DesignError, SpecError
from proba.estimation.columns import (
    FloatArray,
    IntArray,
    check_keys_unique,
    flatten,
    numbers,
    sample_rows,
    whole_years,
)
from proba.estimation.spec import CONSTANT, Spec
from proba.panel import Panel

__all__ = ["Design", "Dropped", "build_design", "check_variation", "year_matrix"]


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows left out of the fit, and why.

    Attributes
    ----------
    outside_sample : int
        Rows whose sample flag is 0.
    missing : int
        Rows inside the sample with at least one missing value.
    by_variable : mapping of str to int
        Missing values by column, counted inside the sample; a row missing two columns counts
        in both, so the counts can add up to more than ``missing``.
    """

    outside_sample: int
    missing: int
    by_variable: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The arrays a fit needs, one row an observation, in (entity, time) order as given.

    Attributes
    ----------
    names : tuple of str
        Coefficient names, ``konstant`` first, year dummies last; shape (k,).
    y : ndarray, shape (n,)
    X : ndarray, shape (n, k)
    weights : ndarray, shape (n,), or None
    rows : MultiIndex, length n
        (entity, time) of each row.
    columns : DataFrame, n rows
        The other columns of the same rows, in step with ``X``: what clusters are taken from.
    years : tuple of int
        Years in the estimation sample.
    dropped : Dropped
    """

    names: tuple[str, ...]
    y: FloatArray = field(repr=False)
    X: FloatArray = field(repr=False)
    weights: FloatArray | None = field(repr=False)
    rows: pd.MultiIndex = field(repr=False)
    columns: pd.DataFrame = field(repr=False)
    years: tuple[int, ...]
    dropped: Dropped


def build_design(spec: Spec, data: Panel | pd.DataFrame, *, clusters: Sequence[str] = ()) -> Design:
    """Turn a spec and a table into arrays.

    Parameters
    ----------
    spec : Spec
    data : Panel or DataFrame
        With the columns the spec names; keys as columns or index levels.
    clusters : sequence of str
        Columns a covariance will cluster on. A row missing one is dropped and counted, so that
        clusters and residuals always have the same rows.

    Returns
    -------
    Design

    Raises
    ------
    SpecError
        If a column is missing or the reference year is not in the sample.
    DesignError
        If a column is not numeric or holds infinite values, weights are not positive, a row
        stands twice, or no row is left.
    """
    frame = flatten(data, spec, [*spec.columns, *clusters])
    inside = sample_rows(frame, spec)
    sample = frame.loc[inside]
    numeric = [spec.dependent, *spec.regressors, *([spec.weights] if spec.weights else [])]
    values = {name: numbers(sample, name, spec) for name in numeric}
    absent_by = {name: np.isnan(column) for name, column in values.items()}
    absent_by |= {name: sample[name].isna().to_numpy() for name in clusters}
    incomplete = np.zeros(len(sample), dtype=bool)
    for mask in absent_by.values():
        incomplete |= mask
    kept = sample.loc[~incomplete]
    if kept.empty:
        counts = ", ".join(f"{n}: {int(m.sum())}" for n, m in absent_by.items() if m.any())
        raise DesignError(
            f"no complete row to estimate on (missing values by column: {counts or 'none'}).",
            f"ingen komplett rad å estimere på (manglende verdier etter kolonne: "
            f"{counts or 'ingen'}).",
        )
    check_keys_unique(kept, spec)
    times = whole_years(kept, spec)
    years = tuple(int(t) for t in np.unique(times))
    _check_reference(spec, years)
    X = np.column_stack(
        [
            np.ones(len(kept)),
            *(values[name][~incomplete] for name in spec.regressors),
            *year_matrix(spec, times, years).T,
        ]
    )
    weights = None
    if spec.weights is not None:
        weights = values[spec.weights][~incomplete]
        _check_weights(weights, kept, spec.weights, spec)
    dropped = Dropped(
        outside_sample=int((~inside).sum()),
        missing=int(incomplete.sum()),
        by_variable={n: int(m.sum()) for n, m in absent_by.items() if m.any()},
    )
    return Design(
        names=spec.coefficient_names(years),
        y=values[spec.dependent][~incomplete],
        X=X,
        weights=weights,
        rows=pd.MultiIndex.from_arrays(
            [kept[spec.entity], kept[spec.time]], names=[spec.entity, spec.time]
        ),
        columns=kept.reset_index(drop=True),
        years=years,
        dropped=dropped,
    )


def year_matrix(spec: Spec, times: IntArray, years: Sequence[int]) -> FloatArray:
    """Year dummies, one column a year but the reference.

    Parameters
    ----------
    spec : Spec
    times : ndarray of int, shape (n,)
        Year of each row.
    years : sequence of int
        Years of the estimation sample.

    Returns
    -------
    ndarray, shape (n, number of dummies)
    """
    names = spec.year_columns(tuple(years))
    wanted = [int(name.rsplit("_", 1)[1]) for name in names]
    return (
        np.array([times == year for year in wanted], dtype=np.float64)
        .reshape(len(wanted), len(times))
        .T
    )


def _check_weights(weights: FloatArray, rows: pd.DataFrame, name: str, spec: Spec) -> None:
    if (weights > 0).all():
        return
    place = rows.iloc[int(np.flatnonzero(weights <= 0)[0])]
    raise DesignError(
        f"weights '{name}' must be positive; {place[spec.entity]}, "
        f"{place[spec.time]} has {place[name]}.",
        f"vektene '{name}' må være positive; {place[spec.entity]}, "
        f"{place[spec.time]} har {place[name]}.",
    )


def _check_reference(spec: Spec, years: tuple[int, ...]) -> None:
    reference = spec.reference_year
    if spec.year_effects and reference is not None and reference not in years:
        shown = ", ".join(map(str, years))
        raise SpecError(
            f"reference year {reference} has no row in the estimation sample ({shown}); choose "
            "one of those.",
            f"referanseåret {reference} har ingen rad i estimeringsutvalget ({shown}); velg ett "
            "av dem.",
        )


def check_variation(design: Design) -> None:
    """Raise if a regressor or the dependent variable does not vary.

    Raises
    ------
    DesignError
        Naming the columns and their value.
    """
    X = design.X
    flat = [
        (name, X[0, j])
        for j, name in enumerate(design.names)
        if name != CONSTANT and bool((X[:, j] == X[0, j]).all())
    ]
    if flat:
        shown = ", ".join(f"{name} = {value:g}" for name, value in flat)
        raise DesignError(
            f"regressor without variation in the estimation sample: {shown}; leave it out.",
            f"forklaringsvariabel uten variasjon i estimeringsutvalget: {shown}; ta den ut.",
        )
    if bool((design.y == design.y[0]).all()):
        raise DesignError(
            f"the dependent variable is {design.y[0]:g} in every row of the estimation sample.",
            f"den avhengige variabelen er {design.y[0]:g} i alle rader i estimeringsutvalget.",
        )
