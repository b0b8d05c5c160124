"""From a long table to arrays of counts and rates by unit, group and year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.decomposition.names import ALL
from proba.errors import DecompositionError, PanelError
from proba.panel import LABEL_COLUMN, Panel, label_in, unbox_numbers

__all__ = ["Cells", "FloatArray", "Missing", "check_choice", "fill_rates", "read_cells"]

FloatArray = npt.NDArray[np.float64]

Missing = Literal["error", "other year"]
"""What to do with a group that has nobody in one of the years, and so no rate there."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts and rates of a long table.

    Attributes
    ----------
    units, groups : Index
    years : tuple of int
    count, rate : ndarray, shape (years, units, groups)
        Sums, and count-weighted means; a rate is NaN where the count is 0.
    label : str or None
    """

    units: pd.Index
    groups: pd.Index
    years: tuple[Any, ...]
    count: FloatArray
    rate: FloatArray
    label: str | None


def read_cells(
    data: pd.DataFrame | Panel,
    *,
    group: str | Sequence[str],
    count: str,
    rate: str,
    by: str | None,
    years: Sequence[Any] | None,
    time: str = "aar",
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
        Years that must be there; all that are if not given.

    Raises
    ------
    DecompositionError
        If a column or year is missing, a key or count is missing, a count is negative or
        infinite, or a rate is missing where there are people.
    """
    frame = data.frame.reset_index() if isinstance(data, Panel) else _flat(data)
    by_group = [group] if isinstance(group, str) else list(group)
    keys = [time, *([by] if by is not None else []), *by_group]
    _check_columns(frame, [*keys, count, rate])
    label = data.meta.label if isinstance(data, Panel) else _label(frame)
    frame = unbox_numbers(frame[[*keys, count, rate]])
    for key in keys:
        if frame[key].isna().any():
            raise DecompositionError(
                f"column '{key}' is empty in {int(frame[key].isna().sum())} rows; fill it or leave "
                "the rows out.",
                f"kolonnen '{key}' er tom i {int(frame[key].isna().sum())} rader; fyll den eller "
                "ta ut radene.",
            )
    have = sorted(frame[time].unique().tolist())
    wanted = tuple(have) if years is None else tuple(years)
    absent = [y for y in wanted if y not in have]
    if absent or not wanted:
        shown = ", ".join(map(str, have))
        which = absent[0] if absent else ""
        raise DecompositionError(
            f"the table has no rows for {time} {which}; it has {shown or 'none'}.",
            f"tabellen har ingen rader for {time} {which}; den har {shown or 'ingen'}.",
        )
    frame = frame[frame[time].isin(wanted)]
    n, r = (_numbers(frame, name, keys) for name in (count, rate))
    _check_cells(frame, keys, count, rate, n, r)
    unit_keys = pd.Index(frame[by]) if by is not None else pd.Index([ALL] * len(frame))
    group_keys = (
        pd.Index(frame[by_group[0]])
        if len(by_group) == 1
        else pd.MultiIndex.from_frame(frame[by_group]).to_flat_index()
    )
    units = unit_keys.unique().sort_values().rename(by if by is not None else "unit")
    groups = group_keys.unique().rename(by_group[0] if len(by_group) == 1 else None)
    shape = (len(wanted), len(units), len(groups))
    at = (
        pd.Index(wanted).get_indexer(pd.Index(frame[time])) * shape[1]
        + units.get_indexer(unit_keys)
    ) * shape[2] + groups.get_indexer(group_keys)
    size = int(np.prod(shape))
    total = np.bincount(at, weights=n, minlength=size).astype(np.float64)
    amount = np.bincount(at, weights=np.where(n > 0, n * r, 0.0), minlength=size)
    mean = np.full(size, np.nan)
    mean[total > 0] = amount[total > 0] / total[total > 0]
    # One row a cell keeps the rate as it was given: (n r) / n is not r to the last digit.
    alone = (np.bincount(at, minlength=size)[at] == 1) & (n > 0)
    mean[at[alone]] = r[alone]
    return Cells(units, groups, wanted, total.reshape(shape), mean.reshape(shape), label)


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
            f"gruppen '{groups[g]}' er tom i {years[t]}{where}, så raten der er ukjent "
            f"({int(lone.sum())} slike celler); slå sammen grupper, eller bruk det andre årets "
            "rate med missing='other year'.",
        )
    return np.where(empty, np.where(empty[::-1], 0.0, rate[::-1]), rate)


def check_choice(value: object, choices: Sequence[object], name: str) -> None:
    """Raise a DecompositionError if an argument is not one of its values."""
    if value not in choices:
        shown = ", ".join(map(repr, choices))
        raise DecompositionError(
            f"'{name}' must be one of {shown}, not {value!r}.",
            f"'{name}' må være en av {shown}, ikke {value!r}.",
        )


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    named = [n for n in frame.index.names if n is not None and n not in frame.columns]
    return frame.reset_index(level=named) if named else frame


def _label(frame: pd.DataFrame) -> str | None:
    if LABEL_COLUMN not in frame.columns:
        return None
    try:
        return label_in(frame[LABEL_COLUMN], "data")
    except PanelError as error:
        raise DecompositionError(error.en, error.nb) from None


def _check_columns(frame: pd.DataFrame, wanted: Sequence[str]) -> None:
    missing = [c for c in wanted if c not in frame.columns]
    if missing:
        have = ", ".join(map(str, frame.columns[:20]))
        raise DecompositionError(
            f"the table lacks the column '{missing[0]}'; found {have}.",
            f"tabellen mangler kolonnen '{missing[0]}'; fant {have}.",
        )
    twice = [c for c in wanted if list(wanted).count(c) > 1]
    if twice:
        raise DecompositionError(
            f"column '{twice[0]}' has two roles; each of year, unit, group, count and rate needs "
            "its own.",
            f"kolonnen '{twice[0]}' har to roller; år, enhet, gruppe, antall og rate må ha hver "
            "sin.",
        )


def _numbers(frame: pd.DataFrame, name: str, keys: list[str]) -> FloatArray:
    values = pd.to_numeric(frame[name], errors="coerce")
    bad = values.isna() & frame[name].notna()
    if bad.any():
        place, value = (
            _place(frame, keys, int(np.flatnonzero(bad)[0])),
            frame.loc[bad, name].iloc[0],
        )
        raise DecompositionError(
            f"column '{name}' holds {value!r} for {place}; make it a number or empty.",
            f"kolonnen '{name}' har {value!r} for {place}; gjør det til et tall eller tomt.",
        )
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _check_cells(
    frame: pd.DataFrame, keys: list[str], count: str, rate: str, n: FloatArray, r: FloatArray
) -> None:
    bad = ~(np.isfinite(n) & (n >= 0))
    if bad.any():
        i = int(np.flatnonzero(bad)[0])
        place = _place(frame, keys, i)
        raise DecompositionError(
            f"'{count}' is {n[i]:g} for {place}; a count must be 0 or more.",
            f"'{count}' er {n[i]:g} for {place}; et antall må være 0 eller mer.",
        )
    bad = (n > 0) & ~np.isfinite(r)
    if bad.any():
        i = int(np.flatnonzero(bad)[0])
        place = _place(frame, keys, i)
        raise DecompositionError(
            f"'{rate}' is {r[i]:g} for {place}, where '{count}' is {n[i]:g}; give the rate or "
            "leave the row out.",
            f"'{rate}' er {r[i]:g} for {place}, der '{count}' er {n[i]:g}; oppgi raten eller ta "
            "ut raden.",
        )


def _place(frame: pd.DataFrame, keys: list[str], i: int) -> str:
    row = frame.iloc[i]
    return ", ".join(f"{key} {row[key]}" for key in keys)
