"""Reading a panel from CSV, Excel or Parquet, decimal commas and all."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Literal

import pandas as pd

from proba.errors import PanelError
from proba.panel.registry import REGISTRY, Unit

__all__ = ["Decimal", "parse_numbers", "read_table"]

Decimal = Literal[".", ","]

_MISSING = {"", "na", "nan", "null", "none"}
# Thousands are grouped by spaces in Norwegian text: plain, no-break, narrow no-break, thin.
_SPACES = re.compile("[ \u00a0\u202f\u2009]")
_EXCEL = {".xlsx", ".xlsm"}
_TEXT = {".csv", ".txt", ".tsv"}


def read_table(
    path: str | Path,
    *,
    sheet: str | int = 0,
    encoding: str = "utf-8-sig",
) -> pd.DataFrame:
    """Read a file as it stands: CSV cells stay text, Excel and Parquet cells keep their type.

    Parameters
    ----------
    path : path-like
        ``.csv``/``.txt``/``.tsv`` (comma, semicolon or tab, found from the header line),
        ``.xlsx``/``.xlsm`` or ``.parquet``.
    sheet : str or int
        Worksheet of an Excel file.
    encoding : str
        Of a text file; Excel on Windows writes ``cp1252`` unless told "CSV UTF-8".

    Returns
    -------
    DataFrame

    Raises
    ------
    PanelError
        If the file is missing, of an unknown kind, not in the stated encoding, has ragged or
        repeated columns, or is not what its name says.
    """
    file = Path(path)
    if not file.is_file():
        raise PanelError(f"{path}: no such file.", f"{path}: filen finnes ikke.")
    kind = file.suffix.lower()
    try:
        if kind in _TEXT:
            return _read_text(file, encoding)
        if kind in _EXCEL:
            frame = pd.read_excel(file, sheet_name=sheet, dtype=object)
        elif kind in (".parquet", ".pq"):
            frame = pd.read_parquet(file)
        else:
            raise PanelError(
                f"{file.name}: unknown file type '{kind}'; use .csv, .xlsx or .parquet.",
                f"{file.name}: ukjent filtype '{kind}'; bruk .csv, .xlsx eller .parquet.",
            )
    except PanelError:
        raise
    except Exception as error:
        # The readers of damaged zip, XML and Parquet files raise dozens of unrelated types.
        reason = str(error).splitlines()[0] if str(error) else error.__class__.__name__
        raise PanelError(
            f"{file.name}: cannot be read as {kind} ({reason}).",
            f"{file.name}: kan ikke leses som {kind} ({reason}).",
        ) from error
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    frame.columns = pd.Index([str(c).strip() for c in frame.columns])
    _check_header([str(c) for c in frame.columns], file.name)
    return frame


def parse_numbers(frame: pd.DataFrame, keys: tuple[str, str], *, decimal: Decimal) -> pd.DataFrame:
    """Turn text columns into numbers where they are numbers.

    Parameters
    ----------
    frame : DataFrame
        As from :func:`read_table`.
    keys : tuple of str
        Key columns, left alone.
    decimal : {".", ","}
        Decimal mark of the text. With ``","`` spaces between digits are thousands.

    Returns
    -------
    DataFrame
        A copy in which a column whose every cell is a number or empty is float64. A column with
        other text stays text; validation then names the cell if a number was expected.
    """
    out = frame.copy()
    for name in frame.columns:
        variable = REGISTRY.get(str(name))
        column = frame[name]
        if name in keys or (variable is not None and variable.unit is Unit.TEXT):
            continue
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            continue
        out[name] = _numbers_or_text(column, decimal)
    return out


def _numbers_or_text(column: pd.Series, decimal: Decimal) -> pd.Series:
    text = column.astype("object")
    missing = text.isna() | text.map(lambda v: isinstance(v, str) and v.strip().lower() in _MISSING)
    clean = text.map(lambda v: _clean(v, decimal) if isinstance(v, str) else v)
    numbers = pd.to_numeric(clean.mask(missing), errors="coerce")
    if (numbers.isna() & ~missing).any():
        return text
    return numbers.astype("float64")


def _clean(cell: str, decimal: Decimal) -> str:
    cell = cell.strip().replace("\u2212", "-")
    if decimal == ",":
        if "." in cell:
            return "not a number"  # 1.234,5 and 1.5 mean different things; do not guess
        return _SPACES.sub("", cell).replace(",", ".")
    return cell


def _read_text(file: Path, encoding: str) -> pd.DataFrame:
    try:
        text = file.read_text(encoding=encoding)
    except (UnicodeDecodeError, LookupError):
        raise PanelError(
            f"{file.name}: not readable as {encoding}; give the encoding, e.g. "
            "encoding='cp1252' for a CSV from Excel on Windows.",
            f"{file.name}: kan ikke leses som {encoding}; oppgi tegnsettet, f.eks. "
            "encoding='cp1252' (--encoding cp1252) for en CSV fra Excel i Windows.",
        ) from None
    header = text.split("\n", 1)[0]
    separator = max((";", "\t", ","), key=header.count)
    rows = [r for r in csv.reader(io.StringIO(text), delimiter=separator) if any(r)]
    if not rows:
        raise PanelError(f"{file.name}: the file is empty.", f"{file.name}: filen er tom.")
    names = [c.strip() for c in rows[0]]
    _check_header(names, file.name)
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(names):
            raise PanelError(
                f"{file.name}: line {number} has {len(row)} cells, the header has {len(names)}"
                + _comma_hint("en", separator, len(row), len(names)),
                f"{file.name}: linje {number} har {len(row)} celler, overskriften har {len(names)}"
                + _comma_hint("nb", separator, len(row), len(names)),
            )
    return pd.DataFrame(rows[1:], columns=pd.Index(names), dtype=object)


def _comma_hint(lang: str, separator: str, cells: int, columns: int) -> str:
    if separator != "," or cells <= columns:
        return "."
    if lang == "en":
        return "; a file with decimal commas needs semicolons between its columns."
    return "; en fil med desimalkomma må ha semikolon mellom kolonnene."


def _check_header(names: list[str], origin: str) -> None:
    repeated = sorted({n for n in names if names.count(n) > 1})
    if repeated:
        raise PanelError(
            f"{origin}: the column '{repeated[0]}' stands more than once in the header.",
            f"{origin}: kolonnen '{repeated[0]}' står mer enn én gang i overskriften.",
        )
