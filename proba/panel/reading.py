"""Reading a panel from CSV, Excel or Parquet, decimal commas and all."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from proba.errors import PanelError
from proba.panel.registry import REGISTRY, Unit

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["Decimal", "check_header", "parse_numbers", "read_table", "unbox_numbers"]

Decimal = Literal[".", ","]

_MISSING = {"", "na", "nan", "null", "none"}
# Thousands are grouped by spaces in Norwegian text: plain, no-break, narrow no-break, thin.
_GROUPS = re.compile("(?<=[0-9])[ \u00a0\u202f\u2009](?=[0-9]{3}(?![0-9]))")
_BOXED = {"integer", "floating", "mixed-integer-float", "decimal"}
_SEPARATOR_LINE = re.compile(r'"?sep=([;,\t])"?\r?\n', re.IGNORECASE)
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

    Notes
    -----
    Rows without any content, and columns without header and content, are what a spreadsheet
    leaves around a table; they are dropped.
    """
    file = Path(path)
    if file.is_dir():
        raise PanelError(f"{path}: is a folder.", f"{path}: er en mappe, ikke en fil.")
    if not file.is_file():
        raise PanelError(f"{path}: no such file.", f"{path}: filen finnes ikke.")
    kind = file.suffix.lower()
    try:
        if kind in _TEXT:
            return _read_text(file, encoding)
        if kind in _EXCEL:
            return _read_excel(file, sheet)
        elif kind in (".parquet", ".pq"):
            frame = pd.read_parquet(file)
        else:
            raise PanelError(
                f"{file.name}: unknown file type '{kind}'; use .csv, .xlsx or .parquet.",
                f"{file.name}: ukjent filtype '{kind}'; bruk .csv, .xlsx eller .parquet.",
            )
    except PanelError:
        raise
    except PermissionError:
        raise PanelError(
            f"{path}: no access to the file; is it open in another program?",
            f"{path}: ingen tilgang til filen; er den åpen i et annet program?",
        ) from None
    except Exception as error:
        # The readers of damaged zip, XML and Parquet files raise dozens of unrelated types.
        reason = str(error).splitlines()[0] if str(error) else error.__class__.__name__
        raise PanelError(
            f"{file.name}: cannot be read as {kind} ({reason}).",
            f"{file.name}: kan ikke leses som {kind} ({reason}).",
        ) from error
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    names = [str(c).strip() for c in frame.columns]
    check_header(names, file.name)
    frame.columns = pd.Index(names)
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
        Decimal mark of the text. With ``","`` a space before three digits parts thousands.

    Returns
    -------
    DataFrame
        A copy in which a column whose every cell is a number or empty is float64. A column with
        other text stays text; in a column the registry knows as a number only the cells at fault
        do, which validation then names.
    """
    out = frame.copy()
    for name in frame.columns:
        variable = REGISTRY.get(str(name))
        column = frame[name]
        if name in keys or (variable is not None and variable.unit is Unit.TEXT):
            continue
        kind = column.dtype
        if pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind):
            continue
        out[name] = _numbers_or_text(column, decimal, known=variable is not None)
    return out


def unbox_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Make float64 of columns that hold numbers as objects or categories; text is left alone."""
    out = frame.copy()
    for name, column in frame.items():
        if column.dtype == object or isinstance(column.dtype, pd.CategoricalDtype):
            cells = column.astype("object")
            if pd.api.types.infer_dtype(cells, skipna=True) in _BOXED:
                out[name] = pd.to_numeric(cells, errors="coerce").astype("float64")
    return out


def _numbers_or_text(column: pd.Series, decimal: Decimal, *, known: bool) -> pd.Series:
    text = column.astype("object")
    missing = text.isna() | text.map(lambda v: isinstance(v, str) and v.strip().lower() in _MISSING)
    clean = text.map(lambda v: _clean(v, decimal) if isinstance(v, str) else v)
    numbers = pd.to_numeric(clean.mask(missing), errors="coerce")
    bad = numbers.isna() & ~missing
    if bad.any():
        return numbers.astype("object").mask(bad, text) if known else text
    return numbers.astype("float64")


def _clean(cell: str, decimal: Decimal) -> str:
    cell = cell.strip().replace("\u2212", "-")
    if decimal == ",":
        if "." in cell:
            return "not a number"  # 1.234,5 and 1.5 mean different things; do not guess
        return _GROUPS.sub("", cell).replace(",", ".")
    return cell


def _read_text(file: Path, encoding: str) -> pd.DataFrame:
    try:
        text = file.read_text(encoding=encoding)
    except (UnicodeError, LookupError):
        utf16 = file.read_bytes().startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        other, what = ("utf-16", "Unicode") if utf16 else ("cp1252", "CSV")
        raise PanelError(
            f"{file.name}: not readable as {encoding}; give the encoding, e.g. "
            f"encoding='{other}' for {what} from Excel on Windows.",
            f"{file.name}: kan ikke leses som {encoding}; oppgi tegnsettet, f.eks. "
            f"encoding='{other}' (--encoding {other}) for {what} fra Excel i Windows.",
        ) from None
    # Excel's own first line saying which separator follows, e.g. "sep=;".
    declared = _SEPARATOR_LINE.match(text)
    if declared:
        text = text[declared.end() :]
    header = text.lstrip().split("\n", 1)[0]
    separator = declared[1] if declared else max((";", "\t", ","), key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        lines = [(reader.line_num, row) for row in reader if not _is_blank(row)]
    except csv.Error as error:
        raise PanelError(
            f"{file.name}: line {reader.line_num}: quotation marks do not match ({error}).",
            f'{file.name}: linje {reader.line_num}: anførselstegnene (") går ikke opp ({error}).',
        ) from None
    if not lines:
        raise _empty(file.name)
    width = len(lines[0][1])
    for number, row in lines[1:]:
        if len(row) < width or not _is_blank(row[width:]):
            raise PanelError(
                f"{file.name}: line {number} has {len(row)} cells, the header has {width}"
                + _comma_hint("en", separator, len(row), width),
                f"{file.name}: linje {number} har {len(row)} celler, overskriften har {width}"
                + _comma_hint("nb", separator, len(row), width),
            )
    return _table([row[:width] for _, row in lines], file.name)


def _read_excel(file: Path, sheet: str | int) -> pd.DataFrame:
    # Read cell by cell: pandas would rename a repeated column, number a nameless one and turn
    # #DIV/0! and formulas never calculated into missing values without a word.
    from openpyxl import load_workbook

    values = _sheet(load_workbook(file, data_only=True), sheet, file.name)
    formulas = _sheet(load_workbook(file), sheet, file.name)
    rows = []
    for shown, typed in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
        for cell, formula in zip(shown, typed, strict=True):
            if cell.value is None and formula.data_type == "f":
                raise PanelError(
                    f"{file.name}: the formula in cell {cell.coordinate} has no stored value; open "
                    "the file in Excel and save it.",
                    f"{file.name}: formelen i celle {cell.coordinate} har ingen lagret verdi; åpne "
                    "filen i Excel og lagre den.",
                )
        row = [cell.value for cell in shown]
        if not _is_blank(row):
            rows.append(row)
    if not rows:
        raise _empty(file.name)
    return _table(rows, file.name)


def _sheet(workbook: Workbook, sheet: str | int, origin: str) -> Worksheet:
    sheets = workbook.worksheets
    by_name = {ws.title: ws for ws in sheets}
    if isinstance(sheet, int) and 0 <= sheet < len(sheets):
        return sheets[sheet]
    if sheet in by_name:
        return by_name[str(sheet)]
    shown = ", ".join(by_name)
    raise PanelError(
        f"{origin}: no sheet {sheet!r}; the sheets are {shown}.",
        f"{origin}: arket {sheet!r} finnes ikke; arkene er {shown}.",
    )


def _table(rows: Sequence[Sequence[object]], origin: str) -> pd.DataFrame:
    """Make a table of rows of one length, the first of them the header."""
    names = ["" if _is_blank([c]) else str(c).strip() for c in rows[0]]
    kept = [j for j, n in enumerate(names) if n or not _is_blank([row[j] for row in rows])]
    nameless = [j + 1 for j in kept if not names[j]]
    if nameless:
        raise PanelError(
            f"{origin}: column {nameless[0]} has values but no name; the first row must hold the "
            "column names.",
            f"{origin}: kolonne {nameless[0]} har verdier, men ikke noe navn; den første raden må "
            "være kolonnenavnene.",
        )
    header = [names[j] for j in kept]
    check_header(header, origin)
    body = [[row[j] for j in kept] for row in rows[1:]]
    return pd.DataFrame(body, columns=pd.Index(header), dtype=object)


def _is_blank(cells: Sequence[object]) -> bool:
    return all(
        c is None or (isinstance(c, float) and c != c) or (isinstance(c, str) and not c.strip())
        for c in cells
    )


def _empty(origin: str) -> PanelError:
    return PanelError(f"{origin}: the file is empty.", f"{origin}: filen er tom.")


def _comma_hint(lang: str, separator: str, cells: int, columns: int) -> str:
    if separator != "," or cells <= columns:
        return "."
    if lang == "en":
        return "; a file with decimal commas needs semicolons between its columns."
    return "; en fil med desimalkomma må ha semikolon mellom kolonnene."


def check_header(names: Sequence[str], origin: str) -> None:
    """Raise a :class:`PanelError` if a column name stands more than once."""
    repeated = sorted({n for n in names if names.count(n) > 1})
    if repeated:
        raise PanelError(
            f"{origin}: the column '{repeated[0]}' stands more than once in the header.",
            f"{origin}: kolonnen '{repeated[0]}' står mer enn én gang i overskriften.",
        )
