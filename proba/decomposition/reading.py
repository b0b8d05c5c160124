"""A file of factors, one row a year and kommune, read for a decomposition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal as DecimalNumber
from pathlib import Path

import pandas as pd

from proba.decomposition.names import NAMELESS, TIME, UNIT
from proba.errors import DecompositionError
from proba.panel.reading import Decimal as Mark
from proba.panel.reading import parse_numbers, read_table
from proba.panel.validation import check_keys

__all__ = ["read_factors"]

# What a kommune column is often called instead; its zeros are only checked under its own name.
_LIKE_UNIT = {"kommunenr", "kommunenummer", "knr", "komnr", "region"}
_NO_FIGURE = {".", "..", "...", "\N{HORIZONTAL ELLIPSIS}", ":", "-"}


def read_factors(
    path: str | Path,
    columns: Sequence[str],
    *,
    years: Sequence[int],
    by: str | None = None,
    decimal: Mark = ".",
    sheet: str | int | None = None,
    encoding: str = "utf-8-sig",
    pad_kommune: bool = False,
    printed: bool = False,
) -> pd.DataFrame:
    """Read a CSV, Excel or Parquet file of factors.

    Parameters
    ----------
    path : path-like
        A long table with ``aar``, the columns and, where there are several, ``kommune``.
    columns : sequence of str
        Read as numbers; those the file lacks are left for :func:`proba.decompose` to name.
    years : sequence of int
        Rows kept. A cell in another year that is no number does no harm.
    by : str, optional
        As in :func:`proba.decompose`.
    decimal : {".", ","}
        Decimal mark in text cells.
    sheet : str or int, optional
        Worksheet of an Excel file; the first if not given.
    encoding : str
        Of a CSV file.
    pad_kommune : bool
        Put back lost leading zeros of kommune numbers instead of raising.
    printed : bool
        Keep text as it stands, where its digits say how it is rounded.

    Returns
    -------
    DataFrame
        Named after the file in ``attrs["name"]``, so that errors name it.

    Raises
    ------
    PanelError
        If the file cannot be read, or a kommune number or year is not one.
    DecompositionError
        Naming file, kommune, year and cell of what is no number.
    """
    file = Path(path)
    frame = read_table(file, sheet=0 if sheet is None else sheet, encoding=encoding)
    like = [name for name in frame.columns if str(name).casefold() in _LIKE_UNIT]
    unnamed = bool(like) and (by in like or (by is None and _repeats_years(frame)))
    if UNIT in frame.columns or by == UNIT or unnamed:
        # Without the column this says which one to rename.
        frame = check_keys(frame, UNIT, TIME, origin=file.name, pad_kommune=pad_kommune)
    frame.attrs["name"] = file.name
    return _numbers(frame, columns, years, decimal, printed)


def _repeats_years(frame: pd.DataFrame) -> bool:
    return TIME in frame.columns and bool(frame[TIME].duplicated().any())


def _numbers(
    frame: pd.DataFrame, columns: Sequence[str], years: Sequence[int], mark: Mark, printed: bool
) -> pd.DataFrame:
    """Return the rows of the years asked for, with the columns as numbers.

    Printed figures stay text where the file has text: ``5,0`` is more exact than ``5``. Other
    years are left out first, so that a hole in a year nobody asked about does no harm.
    """
    if TIME not in frame.columns:
        return frame
    year = pd.to_numeric(frame[TIME], errors="coerce")
    # What is no year stays, to be complained of.
    rows = frame[year.isin(list(years)) | year.isna()].copy()
    for column in dict.fromkeys(c for c in columns if c in rows.columns and c != TIME):
        cells = rows[column]
        numbers = parse_numbers(cells.to_frame("x"), (UNIT, TIME), decimal=mark)["x"]
        if not pd.api.types.is_numeric_dtype(numbers.dtype):
            raise _no_number(rows, column, mark)
        if printed and not pd.api.types.is_numeric_dtype(cells.dtype):
            texts = [_as_printed(cell) for cell in cells]
            rows[column] = pd.Series(texts, index=rows.index, dtype="object").mask(numbers.isna())
        else:
            rows[column] = numbers
    rows.attrs["name"] = frame.attrs["name"]
    return rows


def _as_printed(cell: object) -> object:
    """Return a cell of a text column: a decimal of a database keeps its digits as text does."""
    return str(cell) if isinstance(cell, DecimalNumber) else cell


def _no_number(rows: pd.DataFrame, column: str, mark: Mark) -> DecompositionError:
    """Say which cell is no number, and what to do about it."""

    def is_number(cell: object) -> bool:
        alone = pd.DataFrame({"x": [cell]}, dtype="object")
        read = parse_numbers(alone, (UNIT, TIME), decimal=mark)["x"]
        return pd.api.types.is_numeric_dtype(read.dtype)

    at = next((i for i, cell in enumerate(rows[column]) if not is_number(cell)), 0)
    row, cell = rows.iloc[at], rows[column].iloc[at]
    of = f"{UNIT} {row[UNIT]}, " if UNIT in rows.columns else ""
    place = f"{rows.attrs.get('name', NAMELESS)}: {of}{row[TIME]}"
    shown = str(cell).strip()[:40]
    en, nb = _hints(cell, shown, mark)
    return DecompositionError(
        f"{place}: '{column}' holds '{shown}', which is no number{en}.",
        f"{place}: «{column}» har «{shown}», som ikke er et tall{nb}.",
    )


def _hints(cell: object, shown: str, mark: Mark) -> tuple[str, str]:
    if isinstance(cell, date):
        return (
            "; Excel has made a date of it: format the column as numbers and enter it again",
            "; Excel har gjort det til en dato: formater kolonnen som tall og skriv det på nytt",
        )
    if shown in _NO_FIGURE:
        return ("; leave a missing figure empty", "; la cellen stå tom der tallet mangler")
    if shown.endswith("%"):
        return ("; leave the percent sign out", "; ta bort prosenttegnet")
    if mark == "." and ("," in shown or " " in shown or "\N{NO-BREAK SPACE}" in shown):
        if not any(c.isalpha() for c in shown):
            return (
                "; with decimal commas or spaced thousands, give decimal=',' (--decimal komma)",
                "; har filen desimalkomma eller mellomrom i tusener, bruk --decimal komma",
            )
    elif mark == "," and "." in shown and not any(c.isalpha() for c in shown):
        return (
            "; with decimal points, leave decimal=',' (--decimal komma) out",
            "; har filen desimalpunktum, ta bort --decimal komma",
        )
    return ("; correct the cell, or leave it empty", "; rett cellen, eller la den stå tom")
