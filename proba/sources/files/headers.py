"""Finding a table in a sheet by what its cells hold: kommune column, header block, body."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from proba.errors import SourceError
from proba.sources.files.kommune_cells import Kind, read_region
from proba.sources.files.records import fault, shown
from proba.sources.files.values import Cell, parse_number, parse_period, text_of
from proba.sources.files.workbook import Sheet

__all__ = [
    "Column",
    "Table",
    "ambiguous",
    "find_table",
    "has_data",
    "is_numbering",
    "normal",
    "title_years",
]

_MAX_HEADER = 8
_MANY = 20
_HINT = re.compile(r"kommune|knr|komm|region|geo|enhet|bosted|sted\b|område", re.IGNORECASE)
_TIME = {"år", "aar", "årstall", "year", "kull", "periode", "tid", "skoleår", "årgang"}
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-") | {"\u00ad": ""})
_FOOTMARK = re.compile(r"(?:\s*(?:\d\)|\*+|[¹²³⁴⁵]))+$")
# "Opphopnings-\nindeks" is one word; "barne- og ungdom" is not.
_HYPHENATED = re.compile(r"(?<=[a-zæøå])-\s+(?!og\b|eller\b)(?=[a-zæøå])")
_YEAR_IN_TEXT = re.compile(r"(?<!\d)(199\d|20[0-4]\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    index : int
        Of the sheet, from 0.
    parts : tuple of str
        Its header cells from the top down, merged cells included, repeats left out.
    """

    index: int
    parts: tuple[str, ...]

    @property
    def label(self) -> str:
        """The header cells as one text."""
        return " / ".join(self.parts)


@dataclass(frozen=True, slots=True)
class Table:
    """Where the table of a sheet is.

    Attributes
    ----------
    sheet : Sheet
    kommune : int
        Index of the column with kommune numbers.
    columns : tuple of Column
        Every column with a header, or with content.
    header : tuple of int
        Rows of the header block; empty if the table has none.
    body : tuple of int
        Rows below it.
    """

    sheet: Sheet
    kommune: int
    columns: tuple[Column, ...]
    header: tuple[int, ...]
    body: tuple[int, ...]

    def column(self, index: int) -> Column:
        """Return the column at an index of the sheet."""
        return next((c for c in self.columns if c.index == index), Column(index, ()))


def normal(text: str) -> str:
    """Return a header text for comparing: small letters, plain dashes, no footnote marks."""
    joined = " ".join(_HYPHENATED.sub("", text.translate(_DASHES)).split())
    return _FOOTMARK.sub("", joined).casefold().strip(" .:")


def find_table(sheet: Sheet, kommune: str | None = None) -> Table:
    """Find the table of a sheet.

    Parameters
    ----------
    sheet : Sheet
    kommune : str, optional
        Header of the column with kommune numbers; otherwise found from the numbers.

    Returns
    -------
    Table

    Raises
    ------
    SourceError
        If no column holds kommune numbers.
    """
    column = _kommune_column(sheet)
    if kommune is not None:
        named = _headed(sheet, kommune)
        if not named:
            raise fault(
                sheet.whole(),
                f"no cell with the header '{shown(kommune)}' above kommune numbers.",
                f"ingen celle med overskriften '{shown(kommune)}' over kommunenumre.",
            )
        column = named[0] if column not in named else column
    if column is None:
        raise fault(
            sheet.whole(),
            "no column with kommune numbers (such as 0101 or '0101 Halden').",
            "ingen kolonne med kommunenumre (som 0101 eller '0101 Halden').",
        )
    first = _first_data_row(sheet, column)
    header = _header_rows(sheet, column, first)
    columns = []
    for index in range(sheet.width):
        parts: list[str] = []
        for row in header:
            text = text_of(_filled(sheet, header, row, index))
            if text and text not in parts:
                parts.append(text)
        if parts or any(row[index] is not None for row in sheet.rows[first:]):
            columns.append(Column(index, tuple(parts)))
    return Table(sheet, column, tuple(columns), header, tuple(range(first, len(sheet.rows))))


def title_years(table: Table) -> set[int]:
    """Return the years named above the header, or in the name of the sheet."""
    top = min((*table.header, table.body[0]))
    texts = [text_of(cell) for row in table.sheet.rows[:top] for cell in row if cell is not None]
    texts.append(table.sheet.name or "")
    return {int(year) for text in texts for year in _YEAR_IN_TEXT.findall(text)}


def is_numbering(row: tuple[Cell, ...]) -> bool:
    """Say whether a row only numbers the columns: 1, 2, 3 and so on."""
    texts = [text_of(cell) for cell in row if cell is not None]
    if len(texts) < 3 or texts[0].strip("()")[:1] not in tuple("123") or len(texts[0]) > 8:
        return False
    numbers = [re.sub(r"\D", "", text) for text in texts]
    if not all(numbers) or any(len(text) > 8 for text in texts):
        return False
    values = [int(number) for number in numbers]
    return values[0] <= 3 and all(b - a == 1 for a, b in itertools.pairwise(values))


def has_data(row: tuple[Cell, ...], column: int) -> bool:
    """Say whether a row has anything beside the cell in ``column``."""
    return any(cell is not None for j, cell in enumerate(row) if j != column)


def _kommune_column(sheet: Sheet) -> int | None:
    best: tuple[tuple[bool, bool, bool, int, int], int] | None = None
    for index in range(sheet.width):
        cells = [row[index] for row in sheet.rows if row[index] is not None]
        texts = [normal(text_of(cell)) for cell in cells[:60]]
        if any(text in _TIME for text in texts):
            continue
        # Each cell once: a long file has the same few hundred again and again.
        regions = {(type(c), c): read_region(c) for c in dict.fromkeys(cells)}
        parsed = sum(regions[type(c), c] is not None for c in cells if (type(c), c) in regions)
        if 2 * parsed < len(cells):
            continue
        # A kommune has values beside it; "2016" alone above a table is a year.
        found = {
            region.code: cell
            for (_, cell), region in regions.items()
            if region is not None and region.kind is Kind.KOMMUNE
        }
        lone = {row[index] for row in sheet.rows if not has_data(row, index)}
        codes = {code for code, cell in found.items() if cell not in lone or len(found) > 5}
        hint = any(_HINT.search(t) for t in texts if not any(map(str.isdigit, t)))
        # 2015 is a kommune in Finnmark, but a column with nothing else has years in its header.
        if not codes or (not hint and all(parse_period(found[code]) for code in codes)):
            continue
        textual = any(isinstance(cell, str) for cell in found.values())
        score = (hint, len(codes) >= _MANY, textual, len(codes), -index)
        if best is None or score > best[0]:
            best = (score, index)
    return None if best is None else best[1]


def _headed(sheet: Sheet, wanted: str) -> list[int]:
    """Columns with the header ``wanted`` and at least one kommune number below it."""
    out = []
    for index in range(sheet.width):
        cells = [row[index] for row in sheet.rows]
        tops = [
            i for i, c in enumerate(cells) if c is not None and normal(text_of(c)) == normal(wanted)
        ]
        below = cells[tops[0] + 1 :] if tops else []
        if any((r := read_region(c)) is not None and r.kind is Kind.KOMMUNE for c in below):
            out.append(index)
    return out


def _first_data_row(sheet: Sheet, column: int) -> int:
    for number, row in enumerate(sheet.rows):
        if is_numbering(row) or not has_data(row, column):
            continue
        if text_of(row[column]).casefold() in ("null", "na", "nan"):
            return number  # a fylke of IMDi's flat files, above the kommuner
        # A subtotal may stand first, its name beside an empty number cell.
        cells = row if row[column] is None else (row[column],)
        region = next((r for r in map(read_region, cells) if r is not None), None)
        if region is None:
            continue
        # A header such as "Sum" reads as a total too; it has no numbers beside it but years.
        others = [cell for j, cell in enumerate(row) if j != column]
        if (region.code and row[column] is not None) or any(
            parse_number(c) is not None and parse_period(c) is None for c in others
        ):
            return number
    raise fault(
        sheet.whole(),
        "no row with a kommune number and anything beside it.",
        "ingen rad med kommunenummer og noe ved siden av.",
    )


def _header_rows(sheet: Sheet, column: int, first: int) -> tuple[int, ...]:
    """Rows right above the first data row, up to a title (one lone cell) or an empty row."""
    row = first - 1
    while row >= 0 and not any(cell is not None for cell in sheet.rows[row]):
        row -= 1
    out: list[int] = []
    while row >= 0 and len(out) < _MAX_HEADER:
        cells = [j for j, cell in enumerate(sheet.rows[row]) if cell is not None]
        lone = len(cells) == 1 and (cells[0] <= column or _spans_all(sheet, row, cells[0]))
        if not cells or lone or (len(cells) == 1 and not out):
            break
        out.append(row)
        row -= 1
    return tuple(reversed(out))


def _spans_all(sheet: Sheet, row: int, column: int) -> bool:
    return any(
        top == row and left == column and right - left + 2 >= sheet.width
        for (top, left), (_, right) in sheet.merged
    )


def _filled(sheet: Sheet, header: tuple[int, ...], row: int, column: int) -> Cell:
    """Return a header cell; one inside a merged or run-on group has the group's text."""
    cell = sheet.rows[row][column]
    if cell is not None:
        return cell
    in_row = False
    for (top, left), (bottom, right) in sheet.merged:
        if top <= row <= bottom:
            in_row = in_row or right > left
            if left <= column <= right and top in header:
                return sheet.rows[top][left]
    # A group heading standing over its first column only; the last header row has no groups.
    if (
        in_row
        or row == header[-1]
        or not any(sheet.rows[r][column] is not None for r in header if r > row)
    ):
        return None
    for left in range(column - 1, -1, -1):
        if sheet.rows[row][left] is not None:
            return sheet.rows[row][left]
        if all(sheet.rows[r][left] is None for r in header):
            return None
    return None


def ambiguous(sheets: list[str], file: str) -> SourceError:
    """Return the error for several sheets that could be meant."""
    listed = ", ".join(f"'{shown(s)}'" for s in sheets)
    return SourceError(
        f"{file}: several sheets could be meant ({listed}); give the option 'sheet'.",
        f"{file}: flere ark kan være ment ({listed}); oppgi valget 'sheet'.",
    )
