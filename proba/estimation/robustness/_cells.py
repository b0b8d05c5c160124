"""The data of a specification curve, read once, and each regression of it as a spec of ours."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.estimation.columns import (
    FloatArray,
    IntArray,
    check_keys_unique,
    flatten,
    numbers,
    sample_rows,
    whole_years,
)
from proba.estimation.robustness.choices import Sample
from proba.estimation.robustness.grid import Model, SpecificationGrid
from proba.estimation.spec import Spec
from proba.panel import Panel

__all__ = ["Table", "read_table"]

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Every column a grid can use, as arrays over all rows of the data.

    Attributes
    ----------
    grid : SpecificationGrid
        Without what the data lack.
    frame : DataFrame, N rows
    times : ndarray of int, shape (N,)
    covariates : tuple of str
        All columns that may explain.
    values : mapping of str to ndarray of shape (N,)
        Covariates, dependents, weights; NaN where missing.
    samples : mapping of Sample to ndarray of bool
    """

    grid: SpecificationGrid = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    times: IntArray = field(repr=False)
    covariates: tuple[str, ...]
    values: dict[str, FloatArray] = field(repr=False)
    samples: dict[Sample, BoolArray] = field(repr=False)

    @property
    def years(self) -> tuple[int, ...]:
        """Years of the data, ascending."""
        return tuple(int(t) for t in np.unique(self.times))

    def dependent(self, model: Model) -> FloatArray:
        """Dependent variable in the form of a model; NaN where it has none."""
        y = self.values[model.dependent]
        if model.form == "level":
            return y
        if model.form == "ppml":
            return np.where(y >= 0, y, np.nan)
        return np.log(y, out=np.full(len(y), np.nan), where=y > 0)

    def usable(self, model: Model, clusters: tuple[str, ...]) -> BoolArray:
        """Rows a model can use, whatever its covariates."""
        rows = self.samples[model.sample] & ~np.isnan(self.dependent(model))
        if model.weights is not None:
            rows &= ~np.isnan(self.values[model.weights])
        for cluster in clusters:
            rows &= self.frame[cluster].notna().to_numpy()
        return rows

    def reference(self, rows: BoolArray | IntArray) -> int | None:
        """Return the base spec's reference year if the rows have it."""
        year = self.grid.base.reference_year
        return year if year is not None and bool((self.times[rows] == year).any()) else None

    def as_spec(self, model: Model, clusters: tuple[str, ...]) -> tuple[Spec, pd.DataFrame]:
        """Return a model as the spec and data :func:`proba.fit` would be given.

        Parameters
        ----------
        model : Model
        clusters : tuple of str
            Columns the errors cluster on; a row missing one is left out.
        """
        base = self.grid.base
        rows = self.usable(model, clusters)
        complete = rows.copy()
        for name in model.covariates:
            complete &= ~np.isnan(self.values[name])
        frame = self.frame.loc[rows]
        name = model.dependent
        if model.form == "log":
            name = f"log({model.dependent})"
            frame = frame.assign(**{name: self.dependent(model)[rows]})
        spec = Spec(
            dependent=name,
            regressors=model.covariates,
            entity=base.entity,
            time=base.time,
            year_effects=model.year_effects,
            reference_year=self.reference(complete) if model.year_effects else None,
            weights=model.weights,
        )
        return spec, frame


def read_table(
    data: Panel | pd.DataFrame, grid: SpecificationGrid, clusters: tuple[str, ...]
) -> Table:
    """Read the columns of a grid.

    Raises
    ------
    SpecError, DesignError
        As :func:`proba.fit`: a column that is not there or not numeric, a row that stands twice.
    """
    base = grid.base
    covariates = tuple(c for name in grid.regressors for c in grid.columns_of(name))
    weights = [w for w in grid.weights if w is not None]
    of_samples = [c for sample in grid.samples for c in sample.columns]
    numeric = list(dict.fromkeys([*covariates, *grid.dependents, *weights]))
    wanted = list(dict.fromkeys([*numeric, *of_samples, *clusters]))
    frame = flatten(data, base, [c for c in wanted if c not in (base.entity, base.time)])
    frame = frame.reset_index(drop=True)
    check_keys_unique(frame, base)
    times = whole_years(frame, base)
    samples = {sample: _rows(frame, times, sample, base) for sample in grid.samples}
    values = {name: numbers(frame, name, base) for name in numeric}
    return Table(grid, frame, times, covariates, values, samples)


def _rows(frame: pd.DataFrame, times: IntArray, sample: Sample, base: Spec) -> BoolArray:
    rows = sample_rows(frame, base.replace(sample=sample.flag))
    if sample.years is not None:
        rows = rows & np.isin(times, sample.years)
    if sample.column is not None:
        column = numbers(frame, sample.column, base)
        rows = rows & ~np.isnan(column)
        if sample.at_least is not None:
            rows &= column >= sample.at_least
        if sample.below is not None:
            rows &= column < sample.below
    return rows
