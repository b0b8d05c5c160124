"""From a long table to arrays of counts and rates by unit, group and year."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.decomposition.names import ALL
from proba.decomposition.tables import Place, cell_numbers, check_filled, flat_table, years_of
from proba.errors import DecompositionError, PanelError
from proba.panel import Panel, PanelMeta, unbox_numbers

__all__ = [
    "Cells",
    "FloatArray",
    "Missing",
    "check_choice",
    "check_roles",
    "fill_rates",
    "read_cells",
    "read_flat",
    "real_change",
    "reasons_frame",
]

FloatArray = npt.NDArray[np.float64]

Missing = Literal["error", "other year"]
"""What to do with a group that has nobody in one of the years, and so no rate there."""

_NO_CHANGE = 1e-12
"""Of the larger of the two levels: a change below this is binary noise and has no shares."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts and rates of a long table.

    Attributes
    ----------
    units, groups : Index
    years : tuple of int
        Or the populations compared, as they stand in their column.
    count, rate : ndarray, shape (years, units, groups)
        Sums, and count-weighted means; a rate is NaN where the count is 0.
    time : str
        Column of the years or populations.
    label : str or None
    """

    units: pd.Index
    groups: pd.Index
    years: tuple[Any, ...]
    count: FloatArray
    rate: FloatArray
    time: str
    label: str | None


def read_cells(
    data: pd.DataFrame | Panel,
    *,
    group: str | Sequence[str],
    count: str,
    rate: str,
    by: str | None = None,
    years: Sequence[Any] | None = None,
    population: str | None = None,
) -> Cells:
    """Sum a long table into cells.

    Parameters
    ----------
    data : DataFrame or Panel
    group : str or sequence of str
        Columns that define the groups.
    count, rate : str
        Columns of counts and of rates or means.
    by : str, optional
        Column of units to keep apart; all rows are taken together if not given.
    years : sequence, optional
        Years or populations that must be there; all that are if not given, years rising and
        populations in the order they first stand.
    population : str, optional
        Column of populations, taken as they stand; the table's years (``aar``, or the time column
        of a panel) if not given.

    Raises
    ------
    DecompositionError
        If a column or year is missing or a column stands twice, a key is empty, a figure is text,
        a count is negative or infinite, a rate is missing where there are people, or the table
        holds different labels.
    """
    frame, own_time, meta = read_flat(data, by)
    time = own_time if population is None else population
    by_group = [group] if isinstance(group, str) else list(group)
    if not by_group:
        raise DecompositionError(
            "name one or more columns that define the groups.",
            "oppgi én eller flere kolonner som deler inn i grupper.",
        )
    keys = [time, *([by] if by is not None else []), *by_group]
    check_roles(frame, [*keys, count, rate], meta.name)
    at: Any
    if population is None:
        at = years_of(frame[time], time, meta.name)
        have = sorted(set(at.tolist()))
    else:
        at = _populations(frame[time], meta.name)
        have = list(dict.fromkeys(at))
    wanted = tuple(have) if years is None else tuple(years)
    absent = [y for y in wanted if y not in have]
    if absent or not wanted:
        shown = ", ".join(map(str, have))
        which = absent[0] if absent else ""
        raise DecompositionError(
            f"{meta.name}: no rows for {time} {which}; there are {shown or 'none'}.",
            f"{meta.name}: ingen rader for {time} {which}; det er {shown or 'ingen'}.",
        )
    used = pd.Index(at).isin(wanted)
    frame, at = frame[used], at[used]
    for key in keys[1:]:
        check_filled(frame[key], at, meta.name)
    n, r = _figures(frame, keys[1:], at, count, rate, meta.name)
    unit_keys = pd.Index(frame[by]) if by is not None else pd.Index([ALL] * len(frame))
    group_keys = (
        pd.Index(frame[by_group[0]])
        if len(by_group) == 1
        else pd.MultiIndex.from_frame(frame[by_group]).to_flat_index()
    )
    units = _in_order(unit_keys.unique()).rename(by if by is not None else "unit")
    groups = group_keys.unique().rename(by_group[0] if len(by_group) == 1 else None)
    shape = (len(wanted), len(units), len(groups))
    cell = (
        pd.Index(wanted).get_indexer(pd.Index(at)) * shape[1] + units.get_indexer(unit_keys)
    ) * shape[2] + groups.get_indexer(group_keys)
    size = int(np.prod(shape))
    total = np.bincount(cell, weights=n, minlength=size).astype(np.float64)
    amount = np.bincount(cell, weights=np.where(n > 0, n * r, 0.0), minlength=size)
    mean = np.full(size, np.nan)
    mean[total > 0] = amount[total > 0] / total[total > 0]
    # One row a cell keeps the rate as it was given: (n r) / n is not r to the last digit.
    alone = (np.bincount(cell, minlength=size)[cell] == 1) & (n > 0)
    mean[cell[alone]] = r[alone]
    return Cells(units, groups, wanted, total.reshape(shape), mean.reshape(shape), time, meta.label)


def read_flat(
    data: pd.DataFrame | Panel, by: str | None = None
) -> tuple[pd.DataFrame, str, PanelMeta]:
    """Return a table with its keys as columns, the time column and what is known of it.

    Raises
    ------
    DecompositionError
        If it is no table, a column stands twice, or its label column holds different labels.
    """
    if not isinstance(data, (Panel, pd.DataFrame)):
        raise DecompositionError(
            f"the data must be a Panel or a DataFrame, not {type(data).__name__}.",
            f"dataene må være et Panel eller en DataFrame, ikke {type(data).__name__}.",
        )
    try:
        frame, _, time, meta = flat_table(data, by)
    except PanelError as error:
        raise DecompositionError(error.en, error.nb) from None
    return frame, time, meta


def check_roles(frame: pd.DataFrame, wanted: Sequence[str], origin: str) -> None:
    """Raise a DecompositionError unless each column is there and has one role."""
    missing = [c for c in wanted if c not in frame.columns]
    if missing:
        have = ", ".join(map(str, frame.columns[:20]))
        raise DecompositionError(
            f"{origin}: no column '{missing[0]}'; the table has {have}.",
            f"{origin}: mangler kolonnen «{missing[0]}»; tabellen har {have}.",
        )
    twice = [c for c in wanted if list(wanted).count(c) > 1]
    if twice:
        raise DecompositionError(
            f"{origin}: column '{twice[0]}' has two roles; each of year, unit, group, count and "
            "rate needs its own.",
            f"{origin}: kolonnen «{twice[0]}» har to roller; år, enhet, gruppe, antall og rate må "
            "ha hver sin.",
        )


def fill_rates(
    rate: FloatArray,
    missing: Missing,
    groups: pd.Index,
    units: pd.Index,
    years: Sequence[object],
) -> FloatArray:
    """Give each cell without people the rate of the other year, or raise.

    Parameters
    ----------
    rate : ndarray, shape (2, units, groups)
        NaN where nobody is.

    Returns
    -------
    ndarray, shape (2, units, groups)
        0 where the group has nobody in either year: it counts for nothing.

    Raises
    ------
    DecompositionError
        Naming the group, year and unit, when ``missing`` is "error".
    """
    empty = np.isnan(rate)
    lone = empty & ~empty[::-1]
    if missing == "error" and lone.any():
        t, u, g = (int(i[0]) for i in np.nonzero(lone))
        where = "" if len(units) == 1 and units[0] == ALL else f", {units.name} {units[u]}"
        raise DecompositionError(
            f"group '{groups[g]}' has nobody in {years[t]}{where}, so its rate there is not known "
            f"({int(lone.sum())} such cells); merge groups, or take the other year's rate with "
            "missing='other year'.",
            f"gruppen «{groups[g]}» er tom i {years[t]}{where}, så raten der er ukjent "
            f"({int(lone.sum())} slike celler); slå sammen grupper, eller bruk det andre årets "
            "rate med missing='other year'.",
        )
    return np.where(empty, np.where(empty[::-1], 0.0, rate[::-1]), rate)


def real_change(change: pd.Series, *levels: pd.Series) -> pd.Series:
    """Return a change to divide by: NaN where it is below 1e-12 of the levels it is between."""
    largest = np.abs(np.column_stack([one.to_numpy() for one in levels])).max(axis=1)
    return change.where(np.abs(change.to_numpy()) > _NO_CHANGE * largest)


def reasons_frame(reasons: dict[Any, tuple[str, str]], names: Sequence[str]) -> pd.DataFrame:
    """Return why each unit is left out, in ``en`` and ``nb``; keys are units, or tuples."""
    index: pd.Index = (
        pd.Index(list(reasons), name=names[0], dtype=None if reasons else object)
        if len(names) == 1
        else pd.MultiIndex.from_tuples(list(reasons), names=list(names))
    )
    return pd.DataFrame(list(reasons.values()), index=index, columns=["en", "nb"], dtype=object)


def check_choice(value: object, choices: Sequence[object], name: str) -> None:
    """Raise a DecompositionError if an argument is not one of its values."""
    if not (isinstance(value, Hashable) and value in choices):
        shown = ", ".join(map(repr, choices))
        raise DecompositionError(
            f"'{name}' must be one of {shown}, not {value!r}.",
            f"«{name}» må være en av {shown}, ikke {value!r}.",
        )


def _in_order(units: pd.Index) -> pd.Index:
    """Return units sorted; numbers before text where a column has both."""
    try:
        ordered: pd.Index = units.sort_values()
    except TypeError:
        mixed = sorted(units, key=lambda unit: (isinstance(unit, str), unit))
        ordered = pd.Index(mixed, dtype=object)
    return ordered


def _populations(column: pd.Series, origin: str) -> npt.NDArray[np.object_]:
    """Return the names of populations as they stand."""
    cells = column.astype(object)
    if (cells.isna() | cells.astype(str).str.strip().eq("")).any():
        raise DecompositionError(
            f"{origin}: column '{column.name}' has an empty cell; every row needs its population.",
            f"{origin}: kolonnen «{column.name}» har en tom celle; hver rad må ha en populasjon.",
        )
    return cells.to_numpy()


def _figures(
    frame: pd.DataFrame,
    keys: Sequence[str],
    at: npt.NDArray[Any],
    count: str,
    rate: str,
    origin: str,
) -> tuple[FloatArray, FloatArray]:
    """Return counts and rates by row; errors name unit, group and year."""
    told = frame[keys[0]].astype(str)
    for key in keys[1:]:
        told = told + f", {key} " + frame[key].astype(str)
    codes, labels = pd.factorize(told.to_numpy(dtype=object))
    figures = unbox_numbers(frame[[count, rate]])
    where = {name: Place(name, keys[0], labels, codes, at, origin) for name in (count, rate)}
    n, r = (cell_numbers(figures[name], where[name]) for name in (count, rate))
    bad = ~(np.isfinite(n) & (n >= 0))
    if bad.any():
        i = int(np.flatnonzero(bad)[0])
        raise where[count].error(
            i,
            f"is {n[i]:g}; a count must be 0 or more",
            f"er {n[i]:g}; et antall må være 0 eller mer",
        )
    bad = (n > 0) & ~np.isfinite(r)
    if bad.any():
        i = int(np.flatnonzero(bad)[0])
        raise where[rate].error(
            i,
            f"is {r[i]:g} where '{count}' is {n[i]:g}; give the rate or leave the row out",
            f"er {r[i]:g} der «{count}» er {n[i]:g}; oppgi raten eller utelat raden",
        )
    return n, r
