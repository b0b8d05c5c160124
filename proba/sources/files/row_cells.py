"""Reading the cells of one row: which area, which year, which value."""

from __future__ import annotations

import math
import re

from proba.errors import SourceError
from proba.sources.files.checks import Value
from proba.sources.files.kommune_cells import Kind, Region, read_region
from proba.sources.files.plan import Pick, Plan
from proba.sources.files.records import fault, shown
from proba.sources.files.values import (
    Decimal,
    ExcelError,
    decimal_mark,
    parse_number,
    parse_period,
    status_of,
    text_of,
)

__all__ = ["decimal_of", "other_value", "region_of", "value_of", "year_of"]

_NULL = {"null", "na", "nan"}
_LETTERS = re.compile(r"[^\W\d_]{3}")


def region_of(plan: Plan, number: int) -> Region | None:
    """Return the area a row is about, or None."""
    sheet, column = plan.table.sheet, plan.table.kommune
    row = sheet.rows[number]
    cell = row[column]
    if isinstance(cell, ExcelError):
        raise _excel_error(plan, number, column, cell)
    if cell is None:
        for (top, left), (bottom, right) in sheet.merged:
            if left <= column <= right and top < number <= bottom:
                return read_region(sheet.rows[top][left])
    if cell is not None and text_of(cell).casefold() not in _NULL:
        return read_region(cell)
    # The number cell is empty; a name beside it may tell: "Østfold", "Hele landet".
    used = {c for pick in plan.picks for c in pick.columns} | {plan.year_column, *plan.where}
    for index, other in enumerate(row):
        if index in used or not isinstance(other, str) or not _LETTERS.search(other):
            continue
        region = read_region(other)
        if region is not None and region.kind is not Kind.KOMMUNE:
            return region
    return None


def year_of(plan: Plan, pick: Pick, number: int) -> int | None:
    """Return the year of a row, or None if it is not wanted."""
    rules = plan.rules
    year = pick.year
    if year is None:
        assert plan.year_column is not None  # noqa: S101 (a plan has one or the other)
        cell = plan.table.sheet.rows[number][plan.year_column]
        period = parse_period(cell)
        place = plan.table.sheet.at(number, plan.year_column)
        if period is None:
            raise fault(
                place,
                f"'{shown(text_of(cell))}' is not a year.",
                f"'{shown(text_of(cell))}' er ikke et årstall.",
            )
        if period.last - period.first > 1 and rules.period is None:
            raise fault(
                place,
                f"'{shown(text_of(cell))}' is a pooled period; give the option 'period' (first, "
                "middle or last).",
                f"'{shown(text_of(cell))}' er en periode på flere år; oppgi valget 'period' "
                "(first, middle eller last).",
            )
        middle = (period.first + period.last) // 2
        year = {"last": period.last, "middle": middle}.get(rules.period or "", period.first)
    year += rules.shift
    return year if rules.years is None or year in rules.years else None


def value_of(plan: Plan, pick: Pick, number: int, decimals: dict[int, Decimal]) -> Value:
    """Add the cells of a pick; one sign for missing makes the sum missing."""
    total, status, blank = 0.0, None, False
    row = plan.table.sheet.rows[number]
    for column in pick.columns:
        cell = row[column]
        if isinstance(cell, ExcelError):
            raise _excel_error(plan, number, column, cell)
        mark = status_of(cell, (*plan.rules.statuses, *plan.rules.zero))
        if mark in plan.rules.zero:
            continue
        if mark is not None:
            status = status or mark
            continue
        if cell is None:
            blank = True
            continue
        found = parse_number(cell, decimals[column])
        if found is None:
            text = shown(text_of(cell), 30)
            raise fault(
                plan.table.sheet.at(number, column),
                f"'{text}' is neither a number nor a known sign for a missing value; if it is a "
                "sign, give it in the option 'statuses'.",
                f"'{text}' er verken et tall eller et kjent tegn for manglende verdi; er det et "
                "tegn, oppgi det i valget 'statuses'.",
            )
        total += found
    missing = blank or status is not None
    number_read = math.nan if missing else total * plan.rules.scale
    return Value(number_read, status, blank and status is None, number, pick.columns[0])


def other_value(plan: Plan, pick: Pick, number: int, decimals: dict[int, Decimal]) -> float:
    """Return the sum of the numbers in a row that is no kommune; other cells count nothing."""
    row = plan.table.sheet.rows[number]
    numbers = [parse_number(row[c], decimals[c]) or 0.0 for c in pick.columns]
    return sum(numbers) * plan.rules.scale


def decimal_of(plan: Plan, column: int) -> Decimal:
    """Return the decimal mark of a column."""
    if plan.rules.decimal is not None:
        return plan.rules.decimal
    sheet, table = plan.table.sheet, plan.table
    cells = [
        sheet.rows[number][column]
        for number in table.body
        if isinstance(sheet.rows[number][column], str)
        and plan.wants(number)
        and read_region(sheet.rows[number][table.kommune]) is not None
    ]
    name = shown(table.column(column).label)
    try:
        mark = decimal_mark(cells)
    except LookupError as error:
        raise fault(
            sheet.whole(),
            f"column '{name}': '{shown(error.args[0])}' may be a thousand or a decimal number; "
            "give the option 'decimal' (',' or '.').",
            f"kolonne '{name}': '{shown(error.args[0])}' kan være tusen eller desimaltall; oppgi "
            "valget 'decimal' (',' eller '.').",
        ) from None
    if mark is None:
        raise fault(
            sheet.whole(),
            f"column '{name}' has both decimal commas and decimal points.",
            f"kolonne '{name}' har både desimalkomma og desimalpunktum.",
        )
    return mark


def _excel_error(plan: Plan, number: int, column: int, cell: ExcelError) -> SourceError:
    place = plan.table.sheet.at(number, column)
    if cell.text == "=?":
        return fault(
            place,
            "the formula has no stored value; open the file in a spreadsheet program and save it.",
            "formelen har ingen lagret verdi; åpne filen i et regnearkprogram og lagre den.",
        )
    return fault(
        place,
        f"holds the error {shown(cell.text)} instead of a value.",
        f"har feilen {shown(cell.text)} i stedet for en verdi.",
    )
