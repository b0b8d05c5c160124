"""From a long table to arrays: units x years x columns, with errors that name the cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.decomposition.bases import BASE_COLUMN, CountBase, parse_base
from proba.decomposition.identity import Identity
from proba.decomposition.printed import Rounded, as_rounded, decimals_of
from proba.errors import DecompositionError
from proba.panel import LABEL_COLUMN, Panel, PanelMeta, label_in

__all__ = [
    "ALL",
    "TIME",
    "UNIT",
    "Prepared",
    "count_base",
    "factor_arrays",
    "flat_table",
    "prepare",
]

FloatArray = npt.NDArray[np.float64]
ALL = "alle"
"""Name of the single unit when everything is put together."""

TIME = "aar"
UNIT = "kommune"


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
    low, high : ndarray, shape (U, T, C), or None
        Ends of the intervals printed figures stand for.
    total : ndarray, shape (U, T), or None
        The total as the table has it.
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
    if not (_is_whole(start) and _is_whole(end)) or start >= end:
        raise DecompositionError(
            f"the decomposition goes from an earlier to a later year; got {start} to {end}.",
            f"dekomponeringen går fra et tidligere til et senere år; fikk {start} til {end}.",
        )
    wanted = [time, *identity.columns, *([by] if by else []), *([total] if total else [])]
    absent = [c for c in dict.fromkeys(wanted) if c not in frame.columns]
    if absent:
        have = ", ".join(str(c) for c in frame.columns[:15])
        raise DecompositionError(
            f"{meta.name}: no column '{absent[0]}'; the table has {have}.",
            f"{meta.name}: mangler kolonnen «{absent[0]}»; tabellen har {have}.",
        )
    years = tuple(range(start, end + 1)) if chained else (start, end)
    at_year = _years(frame[time], time, meta.name)
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
    names = frame[unit].astype(str).to_numpy() if unit else np.full(len(frame), ALL, dtype=object)
    codes, labels = pd.factorize(names, sort=True)
    steps = np.searchsorted(np.array(years), at_year)
    _check_once(codes, steps, labels, years, unit, meta.name)

    columns = list(identity.columns)
    wide = [*columns, *([total] if total else [])]
    shape = (len(labels), len(years), len(wide))
    values = np.full(shape, np.nan)
    low = np.full(shape, np.nan) if printed else None
    high = np.full(shape, np.nan) if printed else None
    for j, column in enumerate(wide):
        where = _Place(column, unit, labels, codes, at_year, meta.name)
        if low is not None and high is not None:
            ends = _printed_cells(frame[column], where)
            values[codes, steps, j], low[codes, steps, j], high[codes, steps, j] = ends
        else:
            values[codes, steps, j] = _cells(frame[column], where)
        _check_amounts(values[codes, steps, j], where)
    missing = _missing(values, wide, years, labels)
    kept = np.array([label not in missing.index for label in labels])
    if not kept.any():
        raise DecompositionError(
            f"{meta.name}: nothing to decompose; {labels[0]}: {missing.iloc[0]}.",
            f"{meta.name}: ingenting å dekomponere; {labels[0]}: {missing.iloc[0]}.",
        )
    k = len(columns)
    return Prepared(
        units=pd.Index(labels[kept], name=unit or by),
        groups=_groups(frame, by, unit, codes, labels, meta.name, kept),
        years=years,
        columns=tuple(columns),
        values=values[kept][:, :, :k],
        low=None if low is None else low[kept][:, :, :k],
        high=None if high is None else high[kept][:, :, :k],
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


# Internals --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the cells of a column are, for errors."""

    column: str
    unit: str | None
    labels: npt.NDArray[np.object_]
    codes: npt.NDArray[np.intp]
    years: npt.NDArray[np.int64]
    origin: str

    def error(self, row: int, en: str, nb: str) -> DecompositionError:
        of = f"{self.unit} {self.labels[self.codes[row]]}, " if self.unit else ""
        at = f"{self.origin}: {of}{self.years[row]}"
        return DecompositionError(f"{at}: '{self.column}' {en}.", f"{at}: «{self.column}» {nb}.")


def flat_table(
    data: Panel | pd.DataFrame, by: str | None
) -> tuple[pd.DataFrame, str | None, str, PanelMeta]:
    """Return the table with keys as columns, its unit and time columns, and its meta."""
    if isinstance(data, Panel):
        return data.frame.reset_index(), data.entity, data.time, data.meta
    frame = data
    levels = [n for n in frame.index.names if n is not None and n not in frame.columns]
    if levels:
        frame = frame.reset_index(level=levels)
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise DecompositionError(
            f"the table has more than one column named '{twice[0]}'.",
            f"tabellen har mer enn én kolonne som heter «{twice[0]}».",
        )
    label = label_in(frame[LABEL_COLUMN], "tabell") if LABEL_COLUMN in frame.columns else None
    name = str(frame.attrs.get("name", "tabell"))
    unit = UNIT if UNIT in frame.columns else by
    return frame, unit, TIME, PanelMeta(name, label)


def _is_whole(year: object) -> bool:
    return isinstance(year, (int, np.integer)) and not isinstance(year, bool)


def _years(column: pd.Series, time: str, origin: str) -> npt.NDArray[np.int64]:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(numbers) | (numbers % 1 != 0)
    if bad.any():
        shown = column.iloc[int(np.flatnonzero(bad)[0])]
        raise DecompositionError(
            f"{origin}: '{time}' holds {shown!r}, which is no year.",
            f"{origin}: «{time}» har verdien {shown!r}, som ikke er et årstall.",
        )
    return numbers.astype(np.int64)


def _check_once(
    codes: npt.NDArray[np.intp],
    steps: npt.NDArray[np.intp],
    labels: npt.NDArray[np.object_],
    years: tuple[int, ...],
    unit: str | None,
    origin: str,
) -> None:
    cell = codes * len(years) + steps
    counts = np.bincount(cell)
    if counts.max(initial=0) > 1:
        first = int(np.argmax(counts > 1))
        year = years[first % len(years)]
        if unit is None:
            raise DecompositionError(
                f"{origin}: {year} stands more than once and the table has no column "
                f"'{UNIT}' to tell the rows apart; say by which column to decompose.",
                f"{origin}: {year} står mer enn én gang og tabellen har ingen kolonne "
                f"«{UNIT}» som skiller radene; oppgi hvilken kolonne det skal deles etter.",
            )
        who = labels[first // len(years)]
        raise DecompositionError(
            f"{origin}: {unit} {who}, {year} stands more than once.",
            f"{origin}: {unit} {who}, {year} står mer enn én gang.",
        )


def _cells(column: pd.Series, where: _Place) -> FloatArray:
    """Return a column as floats; text that is no number is an error."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    cells = column.map(lambda v: v.value if isinstance(v, Rounded) else v)
    blank = cells.isna() | cells.map(lambda v: isinstance(v, str) and not v.strip())
    numbers = pd.to_numeric(cells.mask(blank), errors="coerce")
    bad = (numbers.isna() & ~blank).to_numpy()
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        shown = str(column.iloc[row])[:40]
        raise where.error(
            row, f"holds '{shown}', which is no number", f"har «{shown}», ikke et tall"
        )
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan)


def _printed_cells(column: pd.Series, where: _Place) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return values and interval ends of a column of printed figures."""
    decimals = decimals_of(column)
    out = np.full((3, len(column)), np.nan)
    for row, cell in enumerate(column):
        try:
            rounded = as_rounded(cell, decimals)
        except DecompositionError:
            shown = str(cell)[:40]
            raise where.error(
                row,
                f"holds '{shown}', which is no printed number",
                f"har «{shown}», ikke et trykt tall",
            ) from None
        if rounded is not None:
            out[:, row] = rounded.value, max(rounded.low, min(0.0, rounded.value)), rounded.high
    return out[0], out[1], out[2]


def _check_amounts(values: FloatArray, where: _Place) -> None:
    for bad, en, nb in (
        (np.isinf(values), "is infinite", "er uendelig"),
        (values < 0, "is negative", "er negativ"),
    ):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            shown = f" ({values[row]:g})"
            why_en = "; the factors of an amount cannot be, correct it or leave the kommune out"
            why_nb = "; det kan ikke faktorene i et beløp være, rett tallet eller utelat kommunen"
            raise where.error(row, en + shown + why_en, nb + shown + why_nb)


def _missing(
    values: FloatArray, columns: list[str], years: tuple[int, ...], labels: npt.NDArray[np.object_]
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
    return pd.Series(reasons, dtype="object", name="reason")


def _groups(
    frame: pd.DataFrame,
    by: str | None,
    unit: str | None,
    codes: npt.NDArray[np.intp],
    labels: npt.NDArray[np.object_],
    origin: str,
    kept: npt.NDArray[np.bool_],
) -> pd.Index | None:
    """Return the group each unit is summed into; None where each stands for itself."""
    if by is None:
        return None if unit is None else pd.Index([ALL] * int(kept.sum()))
    if by == unit:
        return None
    blank = frame[by].isna() | frame[by].astype(str).str.strip().eq("")
    if blank.any():
        row = int(np.flatnonzero(blank.to_numpy())[0])
        who = labels[codes[row]]
        raise DecompositionError(
            f"{origin}: {unit} {who} has an empty cell in '{by}'; give its group, or leave the "
            f"{unit} out.",
            f"{origin}: {unit} {who} har en tom celle i «{by}»; oppgi gruppen, eller utelat "
            f"{unit} {who}.",
        )
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
