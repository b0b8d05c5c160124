"""Columns and cells of a long table, with errors that name the cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.decomposition.names import NAMELESS, TIME, UNIT
from proba.decomposition.printed import Rounded, as_rounded, decimals_of
from proba.errors import DecompositionError
from proba.panel import LABEL_COLUMN, Panel, PanelMeta, label_in

__all__ = [
    "Place",
    "cell_numbers",
    "check_amounts",
    "check_filled",
    "check_once",
    "check_span",
    "flat_table",
    "no_column",
    "printed_cells",
    "unit_names",
    "years_of",
]

FloatArray = npt.NDArray[np.float64]

_ASCII = str.maketrans({"å": "aa", "ø": "o", "æ": "ae"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where the cells of a column are, for errors."""

    column: str
    unit: str | None
    labels: npt.NDArray[np.object_]
    codes: npt.NDArray[np.intp]
    years: npt.NDArray[np.int64]
    origin: str

    def error(self, row: int, en: str, nb: str) -> DecompositionError:
        """Return an error that names file, kommune, year and column of a row."""
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
    label = label_in(frame[LABEL_COLUMN], NAMELESS) if LABEL_COLUMN in frame.columns else None
    name = str(frame.attrs.get("name", NAMELESS))
    unit = UNIT if UNIT in frame.columns else by
    return frame, unit, TIME, PanelMeta(name, label)


def _is_whole(year: object) -> bool:
    return isinstance(year, (int, np.integer)) and not isinstance(year, bool)


def unit_names(column: pd.Series, origin: str) -> pd.Series:
    """Return unit keys as text; whole numbers are kommune numbers that have not lost a zero.

    Raises
    ------
    DecompositionError
        If the column holds numbers below 1000: 104 may be 0104.
    """
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return column.astype(str)
    low = column < 1000
    if column.name == UNIT and bool(low.any()):
        shown = f"{float(column[low].iloc[0]):g}"
        raise DecompositionError(
            f"{origin}: '{column.name}' holds the number {shown}; kommune numbers are text of four "
            "digits. Read the column as text (dtype str), or by read_factors with pad_kommune.",
            f"{origin}: «{column.name}» har tallet {shown}; kommunenummer er tekst med fire "
            "siffer. Les kolonnen som tekst (dtype str), eller med read_factors og pad_kommune.",
        )
    return column.map(lambda key: f"{key:.15g}")


def years_of(column: pd.Series, time: str, origin: str) -> npt.NDArray[np.int64]:
    """Return a column as years; raises a :class:`DecompositionError` on what is no year."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(numbers) | (numbers % 1 != 0)
    if bad.any():
        shown = column.iloc[int(np.flatnonzero(bad)[0])]
        raise DecompositionError(
            f"{origin}: '{time}' holds {shown!r}, which is no year.",
            f"{origin}: «{time}» har verdien {shown!r}, som ikke er et årstall.",
        )
    return numbers.astype(np.int64)


def check_once(
    codes: npt.NDArray[np.intp],
    steps: npt.NDArray[np.intp],
    labels: npt.NDArray[np.object_],
    years: tuple[int, ...],
    unit: str | None,
    origin: str,
) -> None:
    """Raise a :class:`DecompositionError` if a unit and year stand more than once."""
    cell = codes * len(years) + steps
    counts = np.bincount(cell)
    if counts.max(initial=0) > 1:
        first = int(np.argmax(counts > 1))
        year = years[first % len(years)]
        if unit is None:
            raise DecompositionError(
                f"{origin}: {year} stands more than once and the table has no column "
                f"'{UNIT}' to tell the rows apart; say by which column to decompose (by, --by).",
                f"{origin}: {year} står mer enn én gang og tabellen har ingen kolonne "
                f"«{UNIT}» som skiller radene; oppgi kolonnen det skal deles etter (by, --by).",
            )
        who = labels[first // len(years)]
        raise DecompositionError(
            f"{origin}: {unit} {who}, {year} stands more than once.",
            f"{origin}: {unit} {who}, {year} står mer enn én gang.",
        )


def cell_numbers(column: pd.Series, where: Place) -> FloatArray:
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


def printed_cells(column: pd.Series, where: Place) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return values and interval ends of a column of printed figures."""
    column_cells = list(column.to_numpy())  # in the column's own type: float32 4.8 shows 4.8
    decimals = decimals_of(column_cells)
    out = np.full((3, len(column)), np.nan)
    for row, cell in enumerate(column_cells):
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


def check_amounts(values: FloatArray, where: Place) -> None:
    """Raise a :class:`DecompositionError` on negative and infinite amounts."""
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


def no_column(column: str, frame: pd.DataFrame, origin: str) -> DecompositionError:
    """Return the error of a column that is not there, with the one that may be meant."""

    def plain(name: object) -> str:
        return str(name).strip().casefold().translate(_ASCII)

    like = next((c for c in frame.columns if plain(c) == plain(column)), None)
    if like is not None:
        return DecompositionError(
            f"{origin}: the column '{like}' must be called '{column}'.",
            f"{origin}: kolonnen «{like}» må hete «{column}».",
        )
    have = ", ".join(str(c) for c in frame.columns[:15])
    return DecompositionError(
        f"{origin}: no column '{column}'; the table has {have}.",
        f"{origin}: mangler kolonnen «{column}»; tabellen har {have}.",
    )


def check_span(start: int, end: int) -> None:
    """Raise a :class:`DecompositionError` unless both are years and the first is earlier."""
    if not (_is_whole(start) and _is_whole(end)) or start >= end:
        raise DecompositionError(
            f"the decomposition goes from an earlier to a later year; got {start!r} to {end!r}.",
            f"dekomponeringen går fra et tidligere til et senere år; fikk {start!r} til {end!r}.",
        )


def check_filled(column: pd.Series, years: npt.NDArray[np.int64], origin: str) -> None:
    """Raise a :class:`DecompositionError` if a key (kommune, group) is empty in some row."""
    blank = (column.isna() | column.astype(str).str.strip().eq("")).to_numpy()
    if blank.any():
        year = years[int(np.flatnonzero(blank)[0])]
        raise DecompositionError(
            f"{origin}: a row of {year} has an empty cell in '{column.name}'; fill it in, or "
            "leave the row out.",
            f"{origin}: en rad i {year} har en tom celle i «{column.name}»; fyll den ut, eller "
            "utelat raden.",
        )
