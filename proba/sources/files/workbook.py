"""Raw cells of Excel, OpenDocument and text files, whatever their names say.

Built on python-calamine (.xlsx, .xlsm, .xls, .ods), which reads old .xls files as well; see
:mod:`proba.sources.files.archive` for the two things it hides.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from proba.errors import SourceError
from proba.sources.files.archive import (
    MAX_CELLS,
    Scan,
    repack,
    scan_ods,
    scan_xlsx,
    unpack,
)
from proba.sources.files.records import Place, shown
from proba.sources.files.text_file import read_rows
from proba.sources.files.values import Cell, is_blank

__all__ = ["Sheet", "open_sheets"]

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet, or of one text file.

    Attributes
    ----------
    file : str
    name : str or None
        None for a text file.
    rows : tuple of tuple of Cell
        All of one length; an empty cell is None. Cell A1 is ``rows[0][0]``.
    lines : tuple of int
        Of a text file, the line each row begins on; otherwise empty.
    merged : tuple of ((row, column), (row, column))
        First and last cell of merged ranges.
    hidden : bool
    """

    file: str
    name: str | None
    rows: tuple[tuple[Cell, ...], ...]
    lines: tuple[int, ...] = ()
    merged: tuple[Range, ...] = ()
    hidden: bool = False

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def origin(self) -> str:
        """File and sheet, for a person."""
        return self.file if self.name is None else f"{self.file}, ark '{shown(self.name)}'"

    def whole(self) -> Place:
        """Return the sheet as a place."""
        if self.name is None:
            return Place(self.file, self.file)
        name = shown(self.name)
        return Place(f"{self.file}: sheet '{name}'", f"{self.file}: ark '{name}'")

    def at(self, row: int, column: int) -> Place:
        """Return one cell as a place: ``ark 'Kommune', celle D17``."""
        if self.name is None:
            line = self.lines[row]
            return Place(
                f"{self.file}: line {line}, column {column + 1}",
                f"{self.file}: linje {line}, kolonne {column + 1}",
            )
        cell = f"{_letters(column)}{row + 1}"
        sheet = self.whole()
        return Place(f"{sheet.en}, cell {cell}", f"{sheet.nb}, celle {cell}")

    def row_place(self, row: int) -> Place:
        """Return one row as a place."""
        sheet = self.whole()
        if self.name is None:
            return Place(
                f"{sheet.en}: line {self.lines[row]}", f"{sheet.nb}: linje {self.lines[row]}"
            )
        return Place(f"{sheet.en}, row {row + 1}", f"{sheet.nb}, rad {row + 1}")


def open_sheets(content: bytes, name: str) -> tuple[Sheet, ...]:
    """Read every sheet of a file.

    Parameters
    ----------
    content : bytes
        .xlsx, .xlsm, .xls, .ods, or text with columns; found from the bytes, not the name.
    name : str
        File name, for messages.

    Returns
    -------
    tuple of Sheet
        Sheets without content are left out.

    Raises
    ------
    SourceError
        If the file is empty, damaged, encrypted, too large, without content, or something else
        (HTML, PDF, XML).
    """
    name = shown(name)
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not content.strip():
        raise SourceError(f"{name}: the file is empty.", f"{name}: filen er tom.")
    if start.startswith(b"%pdf"):
        _other(name, "a PDF", "en PDF")
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<style")):
        _other(name, "a web page (HTML)", "en nettside (HTML)")
    if start.startswith(b"<"):
        _other(name, "XML", "XML")
    if content.startswith((_ZIP, b"PK\x05\x06")):
        sheets = _from_zip(content, name)
    elif content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            _encrypted(name)
        sheets = _from_calamine(content, name, None)
    else:
        rows, lines = read_rows(content, name)
        sheets = [Sheet(name, None, _even(rows), lines)]
    kept = tuple(s for s in sheets if any(not is_blank(c) for row in s.rows for c in row))
    if not kept:
        raise SourceError(
            f"{name}: no sheet of the file has any content.",
            f"{name}: ingen av arkene i filen har noe innhold.",
        )
    return kept


def _from_zip(content: bytes, name: str) -> list[Sheet]:
    members = unpack(content, name)
    if b"encryption-data" in members.get("META-INF/manifest.xml", b""):
        _encrypted(name)
    if "xl/workbook.xml" in members:
        scans = scan_xlsx(members, name)
    elif "content.xml" in members:
        scans = scan_ods(members, name)
    else:
        _other(
            name,
            "a zip file without a spreadsheet that can be read",
            "en zip-fil uten et regneark som kan leses",
        )
    for sheet, scan in scans.items():
        if scan.rows * scan.columns > MAX_CELLS:
            raise SourceError(
                f"{name}: sheet '{shown(sheet)}' reaches to row {scan.rows}, column "
                f"{scan.columns}, far beyond a table of kommuner; delete the stray cells.",
                f"{name}: ark '{shown(sheet)}' går til rad {scan.rows}, kolonne {scan.columns}, "
                "langt utenfor en kommunetabell; slett cellene som ligger for seg selv.",
            )
    return _from_calamine(repack(members), name, scans)


def _from_calamine(content: bytes, name: str, scans: dict[str, Scan] | None) -> list[Sheet]:
    out = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for data in book.sheets_metadata:
                if data.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(data.name)
                if sheet.total_height * sheet.total_width > 2 * MAX_CELLS:
                    raise CalamineError("too many cells")
                if scans is not None and data.name not in scans:
                    raise CalamineError(f"sheet '{data.name}' has no part of its own")
                scan = Scan() if scans is None else scans[data.name]
                rows = _overlay(sheet.to_python(skip_empty_area=False), scan)
                merged = tuple(sheet.merged_cell_ranges or ()) + tuple(scan.merged)
                hidden = data.visible != SheetVisibleEnum.Visible
                out.append(Sheet(name, data.name, _even(rows), (), merged, hidden))
    except PasswordError:
        _encrypted(name)
    except CalamineError as error:
        raise _unreadable(name, error) from None
    except BaseException as error:
        # A panic in the reader's Rust code is no Exception.
        if type(error).__name__ == "PanicException":
            raise _unreadable(name, error) from None
        raise
    return out


def _unreadable(name: str, reason: BaseException) -> SourceError:
    return SourceError(
        f"{name}: the spreadsheet cannot be read ({shown(reason)}); fetch it again, or open it "
        "in a spreadsheet program and save it as .xlsx.",
        f"{name}: regnearket kan ikke leses ({shown(reason)}); hent det på nytt, eller åpne det "
        "i et regnearkprogram og lagre det som .xlsx.",
    )


def _overlay(rows: Sequence[Sequence[Cell]], scan: Scan) -> list[list[Cell]]:
    out = [list(row) for row in rows]
    for (r, c), error in scan.faults.items():
        while len(out) <= r:
            out.append([])
        out[r].extend([None] * (c + 1 - len(out[r])))
        out[r][c] = error
    return out


def _even(rows: Iterable[Sequence[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    clean = [[None if is_blank(cell) else _simple(cell) for cell in row] for row in rows]
    width = max((len(row) for row in clean), default=0)
    return tuple(tuple(row + [None] * (width - len(row))) for row in clean)


def _simple(cell: Cell) -> Cell:
    return cell.date() if isinstance(cell, dt.datetime) else cell


def _letters(column: int) -> str:
    out = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(ord("A") + rest) + out
    return out


def _other(name: str, en: str, nb: str) -> NoReturn:
    raise SourceError(
        f"{name}: is {en}, not a spreadsheet or a text table; fetch the file itself, or open it "
        "in a spreadsheet program and save it as .xlsx.",
        f"{name}: er {nb}, ikke et regneark eller en teksttabell; hent selve filen, eller åpne den "
        "i et regnearkprogram og lagre den som .xlsx.",
    )


def _encrypted(name: str) -> NoReturn:
    raise SourceError(
        f"{name}: is locked with a password; save it without one.",
        f"{name}: er låst med passord; lagre den uten.",
    ) from None
