"""Two years of a panel, kommune by kommune, with the reason where there is nothing to split."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.errors import DecompositionError
from proba.estimation import Results
from proba.estimation.columns import (
    FloatArray,
    check_keys_unique,
    flatten,
    numbers,
    whole_years,
)
from proba.panel import Panel

__all__ = ["GrowthData", "read_growth"]


@dataclass(frozen=True, slots=True, eq=False)
class GrowthData:
    """The two years of every kommune that is complete in both; n of them, p covariates.

    Attributes
    ----------
    x0, x1 : ndarray, shape (n, p)
        Covariates at the start and the end.
    values : DataFrame, n rows
        ``start`` and ``end`` of the dependent variable, ``in_sample`` (both rows were estimated
        on), ``members`` (1) and, if asked for, ``population_start`` and ``population_end``.
    reasons : DataFrame
        One row a kommune left out: why, in ``en`` and ``nb``.
    names : Series
        Name of each kommune; empty where the table has no ``kommunenavn``.
    """

    x0: FloatArray = field(repr=False)
    x1: FloatArray = field(repr=False)
    values: pd.DataFrame = field(repr=False)
    reasons: pd.DataFrame = field(repr=False)
    names: pd.Series = field(repr=False)


def read_growth(
    results: Results, panel: Panel | pd.DataFrame, start: int, end: int, population: str | None
) -> GrowthData:
    """Read what the split of growth between two years needs.

    Parameters
    ----------
    results : Results
    panel : Panel or DataFrame
    start, end : int
    population : str or None
        Column of inhabitants.

    Raises
    ------
    DecompositionError
        If a year has no row, a population is not positive, or no kommune is complete.
    SpecError, DesignError
        If a column is missing or holds text, or a kommune stands twice in a year.
    """
    spec = results.spec
    columns = [*spec.regressors, spec.dependent]
    if population is not None and population not in columns:
        columns.append(population)
    frame = flatten(panel, spec, columns)
    years = whole_years(frame, spec)
    for year in (start, end):
        if year not in years:
            shown = ", ".join(map(str, np.unique(years)))
            raise DecompositionError(
                f"the panel has no row of {year}; its years are {shown}.",
                f"panelet har ingen rad for {year}; årene er {shown}.",
            )
    units = pd.Index(sorted(frame[spec.entity].dropna().unique()), name=spec.entity)
    found, tables = [], []
    for year in (start, end):
        rows = frame.loc[years == year]
        check_keys_unique(rows, spec)
        table = pd.DataFrame({name: numbers(rows, name, spec) for name in columns})
        table.index = pd.Index(rows[spec.entity])
        found.append(units.isin(table.index))
        tables.append(table.reindex(units))
    reasons = _reasons(units, columns, (start, end), found, tables)
    kept = units.difference(reasons.index, sort=False)
    if len(kept) == 0:
        first = reasons.iloc[0]
        raise DecompositionError(
            f"no {spec.entity} is complete in both {start} and {end}; {reasons.index[0]}: "
            f"{first['en']}.",
            f"ingen {spec.entity} er komplett i både {start} og {end}; {reasons.index[0]}: "
            f"{first['nb']}.",
        )
    before, after = (table.loc[kept] for table in tables)
    values = pd.DataFrame({"start": before[spec.dependent], "end": after[spec.dependent]})
    sample = results.design.rows
    values["in_sample"] = np.logical_and(
        *(pd.MultiIndex.from_product([kept, [year]]).isin(sample) for year in (start, end))
    )
    values["members"] = 1
    if population is not None:
        values["population_start"], values["population_end"] = (
            _positive(table[population], year, population)
            for table, year in ((before, start), (after, end))
        )
    x = list(spec.regressors)
    return GrowthData(
        x0=before[x].to_numpy(),
        x1=after[x].to_numpy(),
        values=values,
        reasons=reasons,
        names=_names(frame, spec.entity),
    )


def _reasons(
    units: pd.Index,
    columns: list[str],
    years: tuple[int, int],
    found: list[npt.NDArray[np.bool_]],
    tables: list[pd.DataFrame],
) -> pd.DataFrame:
    """One row a unit that cannot be split: why, in English and Norwegian."""
    absent = np.stack([~f for f in found])
    holes = np.stack([table.isna().to_numpy() for table in tables])
    rows = {}
    for i in np.flatnonzero(holes.any(axis=(0, 2))).tolist():
        gone = [str(year) for year, none in zip(years, absent[:, i], strict=True) if none]
        if gone:
            rows[units[i]] = (
                f"no row for {' and '.join(gone)}",
                f"ingen rad for {' og '.join(gone)}",
            )
            continue
        cells = [f"{columns[j]} {years[t]}" for t, j in np.argwhere(holes[:, i])]
        rows[units[i]] = (f"missing {', '.join(cells)}", f"mangler {', '.join(cells)}")
    return pd.DataFrame(
        list(rows.values()),
        index=pd.Index(list(rows), name=units.name, dtype=units.dtype),
        columns=["en", "nb"],
        dtype=object,
    )


def _positive(column: pd.Series, year: int, name: str) -> pd.Series:
    bad = column.index[column.to_numpy() <= 0]
    if len(bad):
        raise DecompositionError(
            f"'{name}' must be positive; {bad[0]}, {year} has {column[bad[0]]:g}.",
            f"«{name}» må være positiv; {bad[0]}, {year} har {column[bad[0]]:g}.",
        )
    return column


def _names(frame: pd.DataFrame, entity: str) -> pd.Series:
    """Return the last name of each unit, empty where the table has no ``kommunenavn``."""
    if "kommunenavn" not in frame.columns:
        return pd.Series(dtype=object)
    names = frame.groupby(entity)["kommunenavn"].last().dropna()
    return names.astype("object").map(str)
