"""Runs a grid: blocks of least squares at once, the rest one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from proba.errors import ProbaError
from proba.estimation.columns import FloatArray, IntArray
from proba.estimation.covariance import CR0, CR1, HC1, Classical, CovarianceEstimator
from proba.estimation.design import Design, build_design
from proba.estimation.least_squares import LeastSquares, solve
from proba.estimation.robustness._cells import BoolArray, Table
from proba.estimation.robustness._poisson import Poisson, fit_poisson
from proba.estimation.robustness._subsets import Solved, make_block
from proba.estimation.robustness.grid import Model
from proba.estimation.spec import CONSTANT

__all__ = ["Engine", "Fits"]


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """What every regression gives; arrays over m regressions or m x q error structures.

    Attributes
    ----------
    estimate, effect_scale, rsquared, nobs, k : ndarray, shape (m,)
        ``effect_scale`` takes a coefficient to the effect of one standard deviation.
    se, df, clusters : ndarray, shape (m, q)
    coefs : ndarray, shape (m, P)
        Of every covariate of the grid, 0 where it is not in the regression.
    levels : ndarray, shape (m, T)
        Constant and year effect of each year of the data; NaN where the year has none.
    reference : ndarray, shape (m,)
        Constant: the level of the reference year.
    smearing : ndarray, shape (m,)
        What exp(prediction) is multiplied by.
    failures : dict of (int, int) to ProbaError
        By regression and error structure.
    """

    estimate: FloatArray = field(repr=False)
    effect_scale: FloatArray = field(repr=False)
    rsquared: FloatArray = field(repr=False)
    nobs: FloatArray = field(repr=False)
    k: FloatArray = field(repr=False)
    se: FloatArray = field(repr=False)
    df: FloatArray = field(repr=False)
    clusters: FloatArray = field(repr=False)
    coefs: FloatArray = field(repr=False)
    levels: FloatArray = field(repr=False)
    reference: FloatArray = field(repr=False)
    smearing: FloatArray = field(repr=False)
    failures: dict[tuple[int, int], ProbaError] = field(repr=False)

    @classmethod
    def empty(cls, m: int, q: int, covariates: int, years: int) -> Fits:
        """Return arrays to be filled."""

        def missing(*shape: int) -> FloatArray:
            return np.full(shape, np.nan)

        return cls(
            estimate=missing(m),
            effect_scale=missing(m),
            rsquared=missing(m),
            nobs=missing(m),
            k=missing(m),
            se=missing(m, q),
            df=missing(m, q),
            clusters=missing(m, q),
            coefs=np.zeros((m, covariates)),
            levels=missing(m, years),
            reference=missing(m),
            smearing=np.ones(m),
            failures={},
        )


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """One run of a grid.

    Attributes
    ----------
    table : Table
    estimators : tuple of CovarianceEstimator
        One an error structure.
    models : list of Model
    fits : Fits
        Filled by :meth:`run`.
    """

    table: Table = field(repr=False)
    estimators: tuple[CovarianceEstimator, ...]
    models: list[Model] = field(repr=False)
    fits: Fits = field(repr=False)

    def run(self) -> None:
        """Fill the fits, cell by cell: rows, dependent variable, weights and year effects."""
        sets = len(self.table.grid.covariate_sets())
        for start in range(0, len(self.models), sets):
            cell = range(start, start + sets)
            if self.models[start].form == "ppml":
                for at in cell:
                    self._one_by_one(at, range(len(self.estimators)))
                continue
            usable = self.table.usable(self.models[start], self._clusters)
            for rows, members in self._same_rows(usable, cell):
                self._block(rows, members)

    @property
    def _clusters(self) -> tuple[str, ...]:
        """All cluster columns: every error structure is on the same rows."""
        return tuple(dict.fromkeys(c for e in self.estimators for c in e.clusters))

    def _same_rows(
        self, usable: BoolArray, members: Sequence[int]
    ) -> list[tuple[IntArray, list[int]]]:
        """Sort regressions by the rows they are complete on."""
        values = self.table.values
        missing = {name: np.isnan(values[name]) & usable for name in self.table.covariates}
        holes = {name for name, mask in missing.items() if mask.any()}
        by_holes: dict[frozenset[str], list[int]] = {}
        for at in members:
            key = (
                frozenset(holes.intersection(self.models[at].covariates)) if holes else frozenset()
            )
            by_holes.setdefault(key, []).append(at)
        out = []
        for key, found in by_holes.items():
            rows = usable.copy()
            for name in key:
                rows &= ~missing[name]
            out.append((np.flatnonzero(rows).astype(np.int64), found))
        return out

    def _block(self, rows: IntArray, members: list[int]) -> None:
        """Solve regressions on the same rows at once."""
        table, fits, every = self.table, self.fits, range(len(self.estimators))
        first = self.models[members[0]]
        used = {name for i in members for name in self.models[i].covariates}
        names = [name for name in table.covariates if name in used]
        years = np.unique(table.times[rows])
        reference = table.reference(rows)
        if reference is None and len(years):
            reference = int(years[0])
        dummies = [int(t) for t in years if t != reference] if first.year_effects else []
        weights = None if first.weights is None else table.values[first.weights][rows]
        y = table.dependent(first)[rows]
        if len(rows) <= len(dummies) + 2 or (weights is not None and not (weights > 0).all()):
            for i in members:
                self._one_by_one(i, every)
            return
        X = np.column_stack([table.values[name][rows] for name in names])
        times = table.times[rows]
        common = np.column_stack([np.ones(len(rows)), *(times == year for year in dummies)])
        block = make_block(X, y, common, weights)
        place = {name: j for j, name in enumerate(names)}
        solved = block.solve([[place[c] for c in self.models[i].covariates] for i in members])
        at = np.array(members)
        focus = np.array([place[self.models[i].covariates[0]] for i in members])
        good = solved.good
        arange = np.arange(len(members))
        coefs = solved.b / block.scale
        level = 1.0 if first.form == "level" else float(table.values[first.dependent][rows].mean())
        fits.estimate[at] = coefs[arange, focus]
        fits.effect_scale[at] = level * X.std(axis=0, ddof=1)[focus]
        fits.rsquared[at] = 1.0 - solved.rss / block.total if block.total > 0 else np.nan
        fits.nobs[at], fits.k[at] = len(rows), solved.k
        columns = np.array([table.covariates.index(name) for name in names])
        fits.coefs[np.ix_(at, columns)] = coefs
        self._levels(at, solved.common(), dummies, [int(t) for t in years], first.year_effects)
        if first.form == "log":
            fits.smearing[at] = solved.mean_exp_residual()
        slow = []
        for e, estimator in enumerate(self.estimators):
            found = self._variance(estimator, solved, focus, rows)
            if found is None:
                slow.append(e)
                continue
            variance, df, count = found
            fits.se[at, e] = np.sqrt(np.maximum(variance, 0.0)) / block.scale[focus]
            fits.df[at, e] = df
            fits.clusters[at, e] = np.nan if count is None else count
        for i, fine in zip(members, good, strict=True):
            if not fine:
                self._one_by_one(i, every)
            elif slow:
                self._one_by_one(i, slow)

    def _variance(
        self, estimator: CovarianceEstimator, solved: Solved, focus: IntArray, rows: IntArray
    ) -> tuple[FloatArray, FloatArray | float, int | None] | None:
        """Scaled variance of the coefficient of interest, df and clusters; None if not at once."""
        n = len(rows)
        if isinstance(estimator, Classical):
            return solved.classical(focus), (n - solved.k).astype(float), None
        if isinstance(estimator, HC1):
            return solved.hc1(), (n - solved.k).astype(float), None
        if isinstance(estimator, (CR0, CR1)):
            codes, labels = pd.factorize(self.table.frame[estimator.cluster].iloc[rows])
            if len(labels) > 1:
                correct = isinstance(estimator, CR1)
                variance = solved.clustered(codes.astype(np.int64), len(labels), correct)
                return variance, float(len(labels) - 1), len(labels)
        return None

    def _levels(
        self,
        at: IntArray,
        common: FloatArray,
        dummies: list[int],
        years: list[int],
        year_effects: bool,
    ) -> None:
        fits = self.fits
        fits.reference[at] = common[:, 0]
        for j, year in enumerate(self.table.years):
            if not year_effects:
                fits.levels[at, j] = common[:, 0]
            elif year in years:
                own = common[:, 1 + dummies.index(year)] if year in dummies else 0.0
                fits.levels[at, j] = common[:, 0] + own

    def _one_by_one(self, at: int, errors: Sequence[int]) -> None:
        """Fit one regression by itself, for some of the error structures."""
        model, fits = self.models[at], self.fits
        try:
            spec, frame = self.table.as_spec(model, self._clusters)
            design = build_design(spec, frame, clusters=self._clusters)
            fit = fit_poisson(design) if model.form == "ppml" else solve(design)
        except ProbaError as error:
            every = ((at, e) for e in range(len(self.estimators)))
            fits.failures.update(dict.fromkeys(every, error))
            self._clear(at)
            return
        self._take(at, model, design, fit)
        for e in errors:
            estimator = self.estimators[e]
            try:
                if isinstance(fit, Poisson):
                    V, df, count = fit.variance(estimator)
                else:
                    covariance = estimator.estimate(design, fit)
                    V, df = covariance.matrix, float(covariance.df[1])
                    count = min(covariance.nclusters, default=None)
            except ProbaError as error:
                fits.failures[at, e] = error
                fits.se[at, e] = fits.df[at, e] = fits.clusters[at, e] = np.nan
                continue
            fits.se[at, e], fits.df[at, e] = np.sqrt(max(V[1, 1], 0.0)), df
            fits.clusters[at, e] = np.nan if count is None else count

    def _take(self, at: int, model: Model, design: Design, fit: LeastSquares | Poisson) -> None:
        fits, table = self.fits, self.table
        params = dict(zip(design.names, fit.params, strict=True))
        fits.coefs[at] = [params.get(name, 0.0) for name in table.covariates]
        dummies = [year for year in design.years if f"{table.grid.base.time}_{year}" in params]
        common = [params[CONSTANT]]
        common += [params[f"{table.grid.base.time}_{year}"] for year in dummies]
        years = list(design.years)
        self._levels(np.array([at]), np.array([common]), dummies, years, model.year_effects)
        level = 1.0
        if model.form != "level":
            level = float(design.columns[model.dependent].mean())
        if model.form == "log" and isinstance(fit, LeastSquares):
            fits.smearing[at] = np.average(np.exp(fit.resids), weights=design.weights)
        fits.estimate[at] = fit.params[1]
        fits.effect_scale[at] = level * design.X[:, 1].std(ddof=1)
        fits.rsquared[at] = fit.rsquared
        fits.nobs[at], fits.k[at] = design.X.shape

    def _clear(self, at: int) -> None:
        fits = self.fits
        for values in (fits.estimate, fits.effect_scale, fits.rsquared, fits.nobs, fits.k):
            values[at] = np.nan
        for table in (fits.se, fits.df, fits.clusters, fits.levels):
            table[at] = np.nan
        fits.reference[at], fits.coefs[at], fits.smearing[at] = np.nan, 0.0, 1.0
