"""From a spec and a table to arrays: year dummies, missing values, clusters kept in step."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.errors import DesignError, SpecError
from proba.estimation.spec import CONSTANT, Spec
from proba.panel import Panel

__all__ = ["Design", "Dropped", "build_design", "flatten", "year_matrix"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


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


@dataclass(frozen=True, slots=True)
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


def flatten(data: Panel | pd.DataFrame, spec: Spec) -> pd.DataFrame:
    """Return the data with its keys as columns, whatever it came as.

    Raises
    ------
    SpecError
        If a key or model column is missing.
    """
    frame = data.frame if isinstance(data, Panel) else data
    levels = [n for n in frame.index.names if n in (spec.entity, spec.time)]
    if levels:
        frame = frame.reset_index(level=levels)
    missing = [c for c in (spec.entity, spec.time, *spec.columns) if c not in frame.columns]
    if missing:
        have = ", ".join(str(c) for c in frame.columns[:20])
        raise SpecError(
            f"the data lack the column {', '.join(missing)} that the spec names; found {have}.",
            f"dataene mangler kolonnen {', '.join(missing)} som spesifikasjonen nevner; fant "
            f"{have}.",
        )
    twice = sorted({str(c) for c in frame.columns[frame.columns.duplicated()]} & {*spec.columns})
    if twice:
        raise SpecError(
            f"the data have more than one column named {', '.join(twice)}.",
            f"dataene har mer enn én kolonne som heter {', '.join(twice)}.",
        )
    return frame


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
        If a column is not numeric or holds infinite values, weights are not positive, or no row
        is left.
    """
    frame = flatten(data, spec)
    absent = [c for c in clusters if c not in frame.columns]
    if absent:
        have = ", ".join(str(c) for c in frame.columns[:20])
        raise SpecError(
            f"cluster column '{absent[0]}' is not in the data; found {have}.",
            f"klyngekolonnen '{absent[0]}' finnes ikke i dataene; fant {have}.",
        )
    inside = _sample(frame, spec)
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


def whole_years(frame: pd.DataFrame, spec: Spec) -> IntArray:
    """Year of each row; raises a DesignError naming the row where it is not a whole number."""
    times = frame[spec.time]
    if pd.api.types.is_datetime64_any_dtype(times):
        times = times.astype(str)  # a date is no year: say so below instead of counting seconds
    numbers = pd.to_numeric(times, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(numbers) | (numbers % 1 != 0)
    if bad.any():
        row = frame.iloc[int(np.flatnonzero(bad)[0])]
        raise DesignError(
            f"'{spec.time}' must be a whole number; {row[spec.entity]} has {row[spec.time]!r}.",
            f"'{spec.time}' må være et helt tall; {row[spec.entity]} har {row[spec.time]!r}.",
        )
    return numbers.astype(np.int64)


def _sample(frame: pd.DataFrame, spec: Spec) -> npt.NDArray[np.bool_]:
    if spec.sample is None:
        return np.ones(len(frame), dtype=bool)
    flag = pd.to_numeric(frame[spec.sample], errors="coerce")
    if not flag.isin([0, 1]).all():
        raise DesignError(
            f"sample column '{spec.sample}' must hold 0 or 1 in every row.",
            f"utvalgskolonnen '{spec.sample}' må ha 0 eller 1 i hver rad.",
        )
    inside: npt.NDArray[np.bool_] = flag.to_numpy(dtype=np.float64) == 1.0
    return inside


def numbers(frame: pd.DataFrame, name: str, spec: Spec) -> FloatArray:
    """Values of a column as floats, NaN where missing; raises a DesignError on text or infinity."""
    column = frame[name]
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        bad = column.notna() & pd.to_numeric(column, errors="coerce").isna()
        row = frame.loc[bad].iloc[0] if bad.any() else frame.iloc[0]
        raise DesignError(
            f"column '{name}' holds text where numbers are needed ({row[spec.entity]}, "
            f"{row[spec.time]}: {reprlib.repr(row[name])}); make every cell a number or empty, and "
            "read a file with decimal commas with decimal=','.",
            f"kolonnen '{name}' har tekst der tall trengs ({row[spec.entity]}, {row[spec.time]}: "
            f"{reprlib.repr(row[name])}); la hver celle være et tall eller tom, og les en fil med "
            "desimalkomma med decimal=',' (--decimal ,).",
        )
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    infinite = np.isinf(values)
    if infinite.any():
        row = frame.iloc[int(np.flatnonzero(infinite)[0])]
        raise DesignError(
            f"column '{name}' is infinite for {row[spec.entity]}, {row[spec.time]}.",
            f"kolonnen '{name}' er uendelig for {row[spec.entity]}, {row[spec.time]}.",
        )
    return values


def check_constant_regressors(design: Design) -> None:
    """Raise if a regressor does not vary (the constant already stands for it).

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
