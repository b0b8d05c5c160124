"""Cells of Norwegian statistics tables: numbers, signs for missing values, and years."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "MARKS",
    "Cell",
    "Decimal",
    "ExcelError",
    "Period",
    "decimal_mark",
    "is_blank",
    "parse_number",
    "parse_period",
    "status_of",
    "text_of",
]

Decimal = Literal[".", ","]


@dataclass(frozen=True, slots=True)
class ExcelError:
    """A cell a spreadsheet could not compute: ``#REF!``, ``#DIV/0!``, a formula never run."""

    text: str


Cell = str | int | float | bool | dt.date | dt.time | dt.timedelta | ExcelError | None

# The standard signs of Statistics Norway, and what IMDi, NAV and Udir use beside them.
MARKS = frozenset({".", "..", "...", ":", "-", "*", "**", "x"})
_SMALL = re.compile(r"(?:<|under|færreenn|mindreenn)([0-9]{1,3})")
_SPACES = re.compile("[ \u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\t\r\n]+")
_DASHES = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2010": "-", "\u2011": "-"})
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
_SPACED = re.compile(r"[+-]?[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?")
_POINTS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_COMMAS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_MONTH = (
    "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember|"
    "jan|feb|mar|apr|jun|jul|aug|sep|sept|okt|nov|des"
)
_YEAR = r"(19[5-9][0-9]|20[0-4][0-9])"
_ONE_YEAR = (
    re.compile(_YEAR + r"(?:\.0+)?"),
    re.compile(rf"(?:pr\.?|per)? ?(?:[0-9]{{1,2}}\.? ?)?(?:{_MONTH})\.?,? ?{_YEAR}"),
    re.compile(rf"(?:pr\.?|per)? ?[0-9]{{1,2}}[./][0-9]{{1,2}}[./]{_YEAR}"),
    re.compile(rf"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}(?:[t ][0-9:.]+z?)?"),
    re.compile(rf"{_YEAR}[mk][0-9]{{1,2}}"),
    re.compile(rf"(?:år |året |pr\.? |per |kull(?:et)? )?{_YEAR}(?:-kullet| ?:)?"),
)
_SPAN = re.compile(rf"{_YEAR} ?[-/_] ?([0-9]{{2}}|[0-9]{{4}})(?:-kullet)?")


def is_blank(cell: Cell) -> bool:
    """Say whether the cell holds nothing a reader can see."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return True
    return isinstance(cell, str) and not _squeeze(cell)


def text_of(cell: Cell) -> str:
    """Return the cell as one line of text; whole numbers without their ``.0``."""
    if cell is None:
        return ""
    if isinstance(cell, ExcelError):
        return cell.text
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return _squeeze(str(cell))


def status_of(cell: Cell, extra: Collection[str] = ()) -> str | None:
    """Return the sign for a missing value the cell holds, or None if it holds something else.

    ``<5``, ``< 5``, ``Under 5`` and ``Færre enn 5`` all become ``<5``.
    """
    if not isinstance(cell, str):
        return None
    text = _squeeze(cell).translate(_DASHES).lower()
    if text in MARKS or text in {e.strip().lower() for e in extra}:
        return text
    small = _SMALL.fullmatch(text.replace(" ", ""))
    return f"<{small[1]}" if small else None


def decimal_mark(cells: Iterable[Cell]) -> Decimal | None:
    """Find which decimal mark the text numbers of one column use.

    Parameters
    ----------
    cells : iterable of Cell

    Returns
    -------
    {",", "."} or None
        None if they use both. A comma where no cell shows otherwise: the sources are Norwegian.
        ``1.234`` alone is taken as a thousand only beside a decimal comma in another cell.

    Raises
    ------
    LookupError
        If every mark could part thousands as well as decimals (``1.234``); holds the cell text.
    """
    comma = point = False
    unclear = ""
    for cell in cells:
        if not isinstance(cell, str):
            continue
        text = _numeric_text(cell)
        if "," in text and "." in text:
            comma |= text.rindex(",") > text.rindex(".")
            point |= text.rindex(".") > text.rindex(",")
        elif "." in text and _PLAIN.fullmatch(text) and not _POINTS.fullmatch(text):
            point = True
        elif "," in text and _PLAIN.fullmatch(text) and not _COMMAS.fullmatch(text):
            comma = True
        elif _POINTS.fullmatch(text) and text.count(".") == 1:
            unclear = text
    if comma and point:
        return None
    if unclear and not comma and not point:
        raise LookupError(unclear)
    return "." if point else ","


def parse_number(cell: Cell, decimal: Decimal = ",") -> float | None:
    """Read a number, or return None if the cell is not one.

    Parameters
    ----------
    cell : Cell
        A number, or text such as ``"1 234,5"`` (spaces of any width part thousands), ``"−3"``
        (true minus) or ``"66,4 %"`` (gives 66.4).
    decimal : {",", "."}
        Decimal mark of text.
    """
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if math.isfinite(cell) else None
    if not isinstance(cell, str):
        return None
    text = _numeric_text(cell)
    if _SPACED.fullmatch(text):
        text = text.replace(" ", "")
    other = "." if decimal == "," else ","
    grouped = _POINTS if decimal == "," else _COMMAS
    if other in text:
        if not grouped.fullmatch(text):
            return None
        text = text.replace(other, "")
    if text.count(decimal) > 1 or not _PLAIN.fullmatch(text):
        return None
    number = float(text.replace(",", "."))
    return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True)
class Period:
    """A year, or the first and last year of a school year or a pooled period."""

    first: int
    last: int


def parse_period(cell: Cell) -> Period | None:
    """Read ``2016``, ``'2016'``, ``2016.0``, a date, ``Des 2016``, ``31.12.2016``, ``2014-2016``.

    Returns
    -------
    Period or None
        None if the cell is no year between 1950 and 2049.
    """
    if isinstance(cell, dt.date):
        return Period(cell.year, cell.year)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    text = text_of(cell).translate(_DASHES).lower()
    for pattern in _ONE_YEAR:
        found = pattern.fullmatch(text)
        if found:
            return Period(int(found[1]), int(found[1]))
    span = _SPAN.fullmatch(text)
    if span:
        first = int(span[1])
        last = int(span[2]) if len(span[2]) == 4 else first // 100 * 100 + int(span[2])
        if last < first and len(span[2]) == 2:
            last += 100
        if first < last <= first + 20:
            return Period(first, last)
    return None


def _squeeze(text: str) -> str:
    return _SPACES.sub(" ", text.replace("\u00ad", "").replace("\ufeff", "")).strip()


def _numeric_text(cell: str) -> str:
    text = _squeeze(cell).translate(_DASHES)
    text = text.removesuffix("%").rstrip()
    return text[0] + text[2:] if text[:2] in ("- ", "+ ") else text
