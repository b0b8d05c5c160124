"""Every row of an index as a weighted sum of coefficients: what all intervals start from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.errors import IndexingError
from proba.estimation import Results
from proba.estimation.columns import FloatArray, IntArray, flatten, numbers, whole_years
from proba.estimation.design import year_matrix
from proba.indices.index import IndexTable
from proba.panel import Panel

__all__ = ["EntityMeans", "NeedRows", "entity_means", "need_rows", "population_of"]


@dataclass(frozen=True, slots=True, eq=False)
class NeedRows:
    """The rows of an index table as arrays.

    Attributes
    ----------
    rows : MultiIndex, length n
        (entity, time), in the order of the index table.
    C : ndarray, shape (n, k)
        Weights on the coefficients that give the need of the index table: year dummies are 0
        when its year effects are outside.
    X : ndarray, shape (n, k)
        The same with year effects inside: what deviations are measured from. NaN in a year
        without effect in the model.
    actual, need, deviation : ndarray, shape (n,)
        In the unit of the dependent variable; ``deviation`` is ``actual - X b``.
    population : ndarray, shape (n,)
        NaN where missing.
    usable : ndarray of bool, shape (n,)
        Whether the row has an index.
    entities : Index, length E
        Sorted as they come.
    codes, years : ndarray of int, shape (n,)
        Position in ``entities``, and year, of each row.
    """

    rows: pd.MultiIndex
    C: FloatArray = field(repr=False)
    X: FloatArray = field(repr=False)
    actual: FloatArray = field(repr=False)
    need: FloatArray = field(repr=False)
    deviation: FloatArray = field(repr=False)
    population: FloatArray = field(repr=False)
    usable: npt.NDArray[np.bool_] = field(repr=False)
    entities: pd.Index
    codes: IntArray = field(repr=False)
    years: IntArray = field(repr=False)


def need_rows(
    index: IndexTable, results: Results, panel: Panel, population: str | None
) -> NeedRows:
    """Read the rows of an index table back as contrasts of the fit that made it.

    Parameters
    ----------
    index : IndexTable
    results : Results
        The fit the table was made from.
    panel : Panel
        The panel it was made for.
    population : str or None
        Column of inhabitants; None if not needed.

    Raises
    ------
    IndexingError
        If the table, the fit and the panel do not belong together, or the population column is
        missing or not positive.
    SpecError, DesignError
        As in :func:`proba.indices.compute_index`.
    """
    for name, value, kind in (("index", index, IndexTable), ("panel", panel, Panel)):
        if not isinstance(value, kind):
            raise IndexingError(
                f"'{name}' must be of type {kind.__name__}, not {type(value).__name__}.",
                f"'{name}' må være av typen {kind.__name__}, ikke {type(value).__name__}.",
            )
    spec, design = results.spec, results.design
    frame = flatten(panel, spec, spec.regressors)
    times = whole_years(frame, spec)
    dummies = year_matrix(spec, times, design.years) if spec.year_effects else None
    constant = [np.ones(len(frame))]
    regressors = [numbers(frame, name, spec) for name in spec.regressors]
    years = [] if dummies is None else list(dummies.T)
    X = np.column_stack([*constant, *regressors, *years])
    C = X.copy()
    if years:
        X[~np.isin(times, design.years)] = np.nan
        if index.year_effects == "outside":
            C[:, -len(years) :] = 0.0
    rows = pd.MultiIndex.from_arrays(
        [frame[spec.entity], frame[spec.time]], names=[spec.entity, spec.time]
    )
    _check_same(index, rows, C @ results.least_squares.params)
    actual = index.frame["actual"].to_numpy(dtype=np.float64)
    codes, entities = pd.factorize(rows.get_level_values(0))
    sizes = np.full(len(rows), np.nan)
    if population is not None:
        sizes = population_of(panel, population).reindex(rows).to_numpy()
    return NeedRows(
        rows=rows,
        C=C,
        X=X,
        actual=actual,
        need=index.frame["predicted"].to_numpy(dtype=np.float64),
        deviation=actual - X @ results.least_squares.params,
        population=sizes,
        usable=index.frame["index"].notna().to_numpy(),
        entities=pd.Index(entities),
        codes=codes.astype(np.int64),
        years=times,
    )


@dataclass(frozen=True, slots=True, eq=False)
class EntityMeans:
    """Means over an entity's rows; NaN where it has none.

    Attributes
    ----------
    need, actual, population : ndarray, shape (E,)
    C : ndarray, shape (E, k)
        Mean weights on the coefficients.
    """

    need: FloatArray = field(repr=False)
    actual: FloatArray = field(repr=False)
    population: FloatArray = field(repr=False)
    C: FloatArray = field(repr=False)


def entity_means(table: NeedRows, use: npt.NDArray[np.bool_]) -> EntityMeans:
    """Mean need, spending, inhabitants and contrast of each entity over the rows in use."""
    count = len(table.entities)
    rows = np.bincount(table.codes[use], minlength=count).astype(np.float64)
    rows[rows == 0] = np.nan

    def mean(values: FloatArray) -> FloatArray:
        total = np.bincount(table.codes[use], values[use], minlength=count)
        out: FloatArray = total / rows
        return out

    C = np.column_stack([mean(column) for column in table.C.T])
    return EntityMeans(mean(table.need), mean(table.actual), mean(table.population), C)


def population_of(panel: Panel, column: str) -> pd.Series:
    """Inhabitants by (entity, time), as floats.

    Raises
    ------
    IndexingError
        If the column is missing, holds text, or a value is not above 0, naming the row.
    """
    if column not in panel.frame.columns:
        raise IndexingError(
            f"{panel.meta.name}: these intervals depend on size and need the column '{column}'.",
            f"{panel.meta.name}: disse intervallene avhenger av størrelse og krever kolonnen "
            f"'{column}'.",
        )
    values = pd.to_numeric(panel.frame[column], errors="coerce").astype("float64")
    bad = (values <= 0) | np.isinf(values) | (values.isna() & panel.frame[column].notna())
    if bad.any():
        row = values.index[int(np.flatnonzero(bad.to_numpy())[0])]
        shown = panel.frame[column].loc[row]
        raise IndexingError(
            f"'{column}' must be a number above 0; {row[0]}, {row[1]} has {shown}.",
            f"'{column}' må være et tall over 0; {row[0]}, {row[1]} har {shown}.",
        )
    return values


def _check_same(index: IndexTable, rows: pd.MultiIndex, need: FloatArray) -> None:
    table = index.frame
    same = len(table) == len(rows) and bool((table.index == rows).all())
    if same:
        known = table["predicted"].notna().to_numpy()
        mine, theirs = need[known], table["predicted"].to_numpy(dtype=np.float64)[known]
        same = bool(np.allclose(mine, theirs, rtol=1e-9, atol=1e-12))
    if not same:
        raise IndexingError(
            "the index table was not made from this fit and panel; use "
            "compute_index(results, panel) with the same ones.",
            "indekstabellen er ikke laget av denne estimeringen og dette panelet; bruk "
            "compute_index(results, panel) med de samme.",
        )
