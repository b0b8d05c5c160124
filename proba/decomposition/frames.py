"""From a long table to arrays: units x years x columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.decomposition.bases import BASE_COLUMN, CountBase, parse_base
from proba.decomposition.identity import Identity
from proba.decomposition.names import ALL
from proba.decomposition.tables import (
    Place,
    cell_numbers,
    check_amounts,
    check_filled,
    check_once,
    check_span,
    flat_table,
    no_column,
    printed_cells,
    unit_names,
    years_of,
)
from proba.decomposition.words import reason_text
from proba.errors import DecompositionError
from proba.panel import Panel, PanelMeta

__all__ = ["Prepared", "count_base", "factor_arrays", "prepare"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A table ready for a decomposition.

    Attributes
    ----------
    units : Index
        The U units that have every figure.
    groups : Index or None
        Group of each unit, where units are to be summed.
    years : tuple of int
        The T years at the ends of the steps.
    columns : tuple of str
    values : ndarray, shape (U, T, C)
    total : ndarray, shape (U, T), or None
        The total as the table has it.
    low, high : ndarray, shape (U, T, C) or, with a total, (U, T, C + 1), or None
        Ends of the intervals printed figures stand for; the total's last.
    missing : Series
        Reason of each unit left out.
    base : CountBase or None
    meta : PanelMeta
    """

    units: pd.Index
    groups: pd.Index | None
    years: tuple[int, ...]
    columns: tuple[str, ...]
    values: FloatArray = field(repr=False)
    low: FloatArray | None = field(repr=False)
    high: FloatArray | None = field(repr=False)
    total: FloatArray | None = field(repr=False)
    missing: pd.Series = field(repr=False)
    base: CountBase | None
    meta: PanelMeta


def prepare(
    data: Panel | pd.DataFrame,
    identity: Identity,
    *,
    start: int,
    end: int,
    by: str | None,
    chained: bool,
    total: str | None,
    printed: bool,
) -> Prepared:
    """Read what a decomposition needs of a table.

    Raises
    ------
    DecompositionError
        Naming the column, kommune and year at fault.
    """
    frame, unit, time, meta = flat_table(data, by)
    check_span(start, end)
    wanted = [time, *identity.columns, *([by] if by else []), *([total] if total else [])]
    absent = [c for c in dict.fromkeys(wanted) if c not in frame.columns]
    if absent:
        raise no_column(absent[0], frame, meta.name)
    years = tuple(range(start, end + 1)) if chained else (start, end)
    at_year = years_of(frame[time], time, meta.name)
    used = np.isin(at_year, years)
    frame, at_year = frame[used], at_year[used]
    for year in years:
        if year not in at_year:
            raise DecompositionError(
                f"{meta.name}: no row for {year}"
                + ("; a chained decomposition needs every year." if chained else "."),
                f"{meta.name}: ingen rad for {year}"
                + ("; en kjedet dekomponering krever alle år." if chained else "."),
            )
    if unit:
        check_filled(frame[unit], at_year, meta.name)
    names = (
        unit_names(frame[unit], meta.name).to_numpy()
        if unit
        else np.full(len(frame), ALL, dtype=object)
    )
    codes, labels = pd.factorize(names, sort=True)
    steps = np.searchsorted(np.array(years), at_year)
    check_once(codes, steps, labels, years, unit, meta.name)

    columns = list(identity.columns)
    wide = [*columns, *([total] if total else [])]
    shape = (len(labels), len(years), len(wide))
    values = np.full(shape, np.nan)
    low = np.full(shape, np.nan) if printed else None
    high = np.full(shape, np.nan) if printed else None
    for j, column in enumerate(wide):
        where = Place(column, unit, labels, codes, at_year, meta.name)
        if low is not None and high is not None:
            ends = printed_cells(frame[column], where)
            values[codes, steps, j], low[codes, steps, j], high[codes, steps, j] = ends
        else:
            values[codes, steps, j] = cell_numbers(frame[column], where)
        check_amounts(values[codes, steps, j], where)
    missing = _missing(values, wide, years, labels, unit)
    kept = np.array([label not in missing.index for label in labels])
    if not kept.any():
        raise DecompositionError(
            f"{meta.name}: nothing to decompose; {labels[0]}: "
            f"{reason_text(str(missing.iloc[0]), 'en')}.",
            f"{meta.name}: ingenting å dekomponere; {labels[0]}: {missing.iloc[0]}.",
        )
    k = len(columns)
    return Prepared(
        units=pd.Index(labels[kept], name=unit or by),
        groups=_groups(frame, by, unit, codes, labels, at_year, meta.name, kept),
        years=years,
        columns=tuple(columns),
        values=values[kept][:, :, :k],
        low=None if low is None else low[kept],
        high=None if high is None else high[kept],
        total=values[kept][:, :, k] if total else None,
        missing=missing,
        base=count_base(frame, identity, at_year, meta.name),
        meta=meta,
    )


def factor_arrays(identity: Identity, columns: Sequence[str], values: FloatArray) -> FloatArray:
    """Return the factors of an identity from its columns.

    Parameters
    ----------
    identity : Identity
    columns : sequence of str
        Names of the last axis.
    values : ndarray, shape (..., C)

    Returns
    -------
    ndarray, shape (..., k)
        NaN where a ratio's denominator is zero.
    """
    at = {name: j for j, name in enumerate(columns)}
    out = np.empty((*values.shape[:-1], len(identity.terms)))
    for j, term in enumerate(identity.terms):
        out[..., j] = values[..., at[term.column]]
        if term.per is not None:
            below = values[..., at[term.per]]
            with np.errstate(divide="ignore", invalid="ignore"):
                out[..., j] = np.where(below == 0, np.nan, out[..., j] / below)
    return out


def _missing(
    values: FloatArray,
    columns: list[str],
    years: tuple[int, ...],
    labels: npt.NDArray[np.object_],
    unit: str | None,
) -> pd.Series:
    reasons = {}
    gone = np.isnan(values)
    for u in np.flatnonzero(gone.any(axis=(1, 2))):
        whole = gone[u].all(axis=1)
        if whole.any():
            reasons[labels[u]] = f"mangler {years[int(np.argmax(whole))]}"
        else:
            t, j = (int(i) for i in np.argwhere(gone[u])[0])
            reasons[labels[u]] = f"mangler {columns[j]} {years[t]}"
    index = pd.Index(list(reasons), name=unit, dtype="object")
    return pd.Series(list(reasons.values()), index=index, dtype="object", name="reason")


def _groups(
    frame: pd.DataFrame,
    by: str | None,
    unit: str | None,
    codes: npt.NDArray[np.intp],
    labels: npt.NDArray[np.object_],
    years: npt.NDArray[np.int64],
    origin: str,
    kept: npt.NDArray[np.bool_],
) -> pd.Index | None:
    """Return the group each unit is summed into; None where each stands for itself."""
    if by is None:
        return None if unit is None else pd.Index([ALL] * int(kept.sum()))
    if by == unit:
        return None
    check_filled(frame[by], years, origin)
    groups = np.full(len(labels), None, dtype=object)
    for code, value in zip(codes, frame[by].astype(str), strict=True):
        if groups[code] not in (None, value):
            raise DecompositionError(
                f"{origin}: {unit} {labels[code]} has both {groups[code]} and {value} in '{by}'; a "
                f"{unit} must be in one group in all years.",
                f"{origin}: {unit} {labels[code]} har både {groups[code]} og {value} i «{by}»; en "
                f"{unit} må være i én gruppe alle år.",
            )
        groups[code] = value
    chosen: list[str] = list(groups[kept])
    return pd.Index(chosen, name=by)


def count_base(
    frame: pd.DataFrame, identity: Identity, years: Iterable[int], origin: str
) -> CountBase | None:
    """Return what is counted, by the table and the identity.

    Raises
    ------
    DecompositionError
        If the table's column ``tellebasis`` holds several bases, or another than the identity.
    """
    if BASE_COLUMN not in frame.columns or identity.base is CountBase.MIXED:
        return identity.base
    found = {parse_base(v): int(y) for v, y in zip(frame[BASE_COLUMN], years, strict=True)}
    if len(found) > 1:
        words = ", ".join(f"{b.value if b else '?'} ({y})" for b, y in found.items())
        raise DecompositionError(
            f"{origin}: the table counts different things ({words}), which cannot be compared; use "
            "one base, or say base='blandet'.",
            f"{origin}: tabellen teller ulike ting ({words}), som ikke kan sammenlignes; bruk én "
            "basis, eller oppgi tellebasis «blandet».",
        )
    (base,) = found
    if identity.base is not None and base is not identity.base:
        raise DecompositionError(
            f"{origin}: the table counts {base.value if base else '?'}, the identity "
            f"{identity.base.value}; use one base, or say base='blandet'.",
            f"{origin}: tabellen teller {base.value if base else '?'}, identiteten "
            f"{identity.base.value}; bruk én basis, eller oppgi tellebasis «blandet».",
        )
    return base
