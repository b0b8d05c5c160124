"""Looking into .xlsx and .ods before they are read: size, and cells that hold no value.

python-calamine gives an empty cell for ``#REF!`` and for a formula never calculated, and asks
for memory for every cell between the first and the last, however far apart; a sheet with one
stray cell in the last corner ends the process. Both are found here, in the XML itself.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.etree import ElementTree

from proba.errors import SourceError
from proba.sources.files.values import ExcelError

__all__ = ["MAX_CELLS", "MAX_UNPACKED", "Scan", "repack", "scan_ods", "scan_xlsx", "unpack"]

MAX_UNPACKED = 256 * 2**20
MAX_CELLS = 5_000_000
_REF = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ODS_ERROR = re.compile(r"#(?:REF!|DIV/0!|N/A|VALUE!|NAME\?|NUM!|NULL!)|(?:Err|Feil):\d{3}")

Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class Scan:
    """What the XML of one sheet says that the reader does not.

    Attributes
    ----------
    rows, columns : int
        One more than the last row and column with content.
    faults : dict of (row, column) to ExcelError
    merged : list of ((row, column), (row, column))
        First and last cell of merged ranges, counted from 0; only ODS, Excel's come otherwise.
    """

    rows: int = 0
    columns: int = 0
    faults: dict[tuple[int, int], ExcelError] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)


def unpack(content: bytes, name: str) -> dict[str, bytes]:
    """Return the members of a zip file, unpacked within :data:`MAX_UNPACKED`.

    Raises
    ------
    SourceError
        If it is damaged, encrypted, or unpacks to more than the bound, whatever it declares.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            declared = sum(info.file_size for info in infos)
            if declared > MAX_UNPACKED:
                _too_big(name, declared)
            # ZipFile stops at the declared size and checks the CRC, so this is the real size too.
            return {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise SourceError(
            f"{name}: the file is damaged or encrypted and cannot be unpacked; fetch it again.",
            f"{name}: filen er skadet eller kryptert og kan ikke pakkes ut; hent den på nytt.",
        ) from None


def repack(members: dict[str, bytes]) -> bytes:
    """Return the members as a plain zip, so that the reader sees no bytes but those counted."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for member, data in members.items():
            archive.writestr(zipfile.ZipInfo(member), data)
    return out.getvalue()


def scan_xlsx(members: dict[str, bytes], name: str) -> dict[str, Scan]:
    """Scan every worksheet; the keys are sheet names."""
    book = _tree(members.get("xl/workbook.xml", b""), name)
    links = _tree(members.get("xl/_rels/workbook.xml.rels", b""), name)
    targets = {link.get("Id"): (link.get("Target") or "") for link in links}
    parts = {member.lower().replace("\\", "/"): data for member, data in members.items()}
    out: dict[str, Scan] = {}
    for sheet in book.iter():
        if _local(sheet.tag) != "sheet":
            continue
        link = next((v for k, v in sheet.attrib.items() if _local(k) == "id"), None)
        target = targets.get(link, "")
        part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        # The reader looks parts up without regard to case, and so must this.
        if part.lower() in parts:
            out[sheet.get("name") or ""] = _scan_worksheet(parts[part.lower()], name)
    return out


def scan_ods(members: dict[str, bytes], name: str) -> dict[str, Scan]:
    """Scan every table of an OpenDocument spreadsheet; the keys are sheet names."""
    out: dict[str, Scan] = {}
    for table in _tree(members.get("content.xml", b""), name).iter():
        if _local(table.tag) == "table":
            scan = Scan()
            row_number = 0
            for row in table.iter():
                if _local(row.tag) == "table-row":
                    repeat = _repeat(row, "number-rows-repeated")
                    _scan_ods_row(row, row_number, repeat, scan)
                    row_number += repeat
            out[_attribute(table, "name") or ""] = scan
    return out


def _scan_worksheet(xml: bytes, name: str) -> Scan:
    scan = Scan()
    row = column = -1
    for element in _finished(xml, name, "c"):
        found = _REF.fullmatch(element.get("r") or "")
        # References may be left out; then a cell stands next to the one before it.
        row, column = (int(found[2]) - 1, _column(found[1])) if found else (row, column + 1)
        parts = {_local(part.tag): part for part in element}
        if not parts:
            continue
        scan.rows, scan.columns = max(scan.rows, row + 1), max(scan.columns, column + 1)
        value = parts["v"].text if "v" in parts else None
        if element.get("t") == "e":
            scan.faults[row, column] = ExcelError(value or "#REF!")
        elif "f" in parts and value is None and "is" not in parts and element.get("t") != "str":
            scan.faults[row, column] = ExcelError("=?")
    return scan


def _scan_ods_row(row: ElementTree.Element, number: int, repeat: int, scan: Scan) -> None:
    column = 0
    for cell in row:
        kind = _local(cell.tag)
        if kind not in ("table-cell", "covered-table-cell"):
            continue
        times = _repeat(cell, "number-columns-repeated")
        if len(cell) or _attribute(cell, "value-type"):
            scan.rows = max(scan.rows, number + repeat)
            scan.columns = max(scan.columns, column + times)
            text = "".join(cell.itertext()).strip()
            types = {v for k, v in cell.attrib.items() if _local(k) == "value-type"}
            if ("error" in types or _ODS_ERROR.fullmatch(text)) and repeat * times < MAX_CELLS:
                for r in range(number, number + repeat):
                    for c in range(column, column + times):
                        scan.faults[r, c] = ExcelError(text or "#REF!")
            wide, high = (
                _repeat(cell, "number-columns-spanned"),
                _repeat(cell, "number-rows-spanned"),
            )
            if wide > 1 or high > 1:
                scan.merged.append(((number, column), (number + high - 1, column + wide - 1)))
        column += times


def _finished(xml: bytes, name: str, tag: str) -> Iterator[ElementTree.Element]:
    _refuse_entities(xml, name)
    try:
        for _, element in ElementTree.iterparse(io.BytesIO(xml)):  # noqa: S314 (no entities)
            local = _local(element.tag)
            if local == tag:
                yield element
            if local == "row":
                element.clear()
    except ElementTree.ParseError:
        _damaged(name)


def _tree(xml: bytes, name: str) -> ElementTree.Element:
    _refuse_entities(xml, name)
    try:
        return ElementTree.fromstring(xml)  # noqa: S314 (entities are refused above)
    except ElementTree.ParseError:
        _damaged(name)


def _refuse_entities(xml: bytes, name: str) -> None:
    # A DOCTYPE may declare entities that grow; no spreadsheet program writes one.
    if b"<!DOCTYPE" in xml or b"<\0!\0D\0O\0C" in xml or b"\0<\0!\0D\0O\0C" in xml:
        _damaged(name)


def _damaged(name: str) -> NoReturn:
    raise SourceError(
        f"{name}: the spreadsheet is damaged; fetch it again.",
        f"{name}: regnearket er skadet; hent filen på nytt.",
    ) from None


def _too_big(name: str, size: int) -> NoReturn:
    raise SourceError(
        f"{name}: unpacks to {size // 2**20} MB, more than the {MAX_UNPACKED // 2**20} MB a "
        "table of kommuner can need; the file is not read.",
        f"{name}: blir {size // 2**20} MB utpakket, mer enn de {MAX_UNPACKED // 2**20} MB en "
        "kommunetabell kan trenge; filen leses ikke.",
    )


def _repeat(element: ElementTree.Element, attribute: str) -> int:
    text = _attribute(element, attribute) or "1"
    return max(1, int(text)) if text.isdigit() and len(text) < 10 else 1


def _attribute(element: ElementTree.Element, wanted: str) -> str | None:
    return next((v for k, v in element.attrib.items() if _local(k) == wanted), None)


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
