"""From a plan to observations: every row read, judged and accounted for."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

from proba.sources.files.checks import (
    Total,
    Value,
    check_counts,
    check_range,
    check_totals,
)
from proba.sources.files.headers import has_data, is_numbering, normal
from proba.sources.files.kommune_cells import Kind, Region, read_region
from proba.sources.files.plan import Plan
from proba.sources.files.records import Note, Observations, fault, shown
from proba.sources.files.row_cells import decimal_of, other_value, region_of, value_of, year_of
from proba.sources.files.values import Decimal, parse_number, parse_period, text_of

__all__ = ["observe"]


@dataclass(slots=True)
class _Seen:
    parts: dict[tuple[str, int], dict[str, Value]] = field(default_factory=dict)
    totals: dict[tuple[str, int, str], list[Total]] = field(default_factory=dict)
    skipped: Counter[Kind] = field(default_factory=Counter)
    others: dict[int, float] = field(default_factory=dict)
    unread: list[int] = field(default_factory=list)
    repeats: int = 0
    lone: dict[str, int] = field(default_factory=dict)


def observe(plan: Plan) -> Observations:
    """Read the values of a plan.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    Observations

    Raises
    ------
    SourceError
        If a value cannot be read, a kommune and year stands twice with different values, totals
        do not add up, or too few kommuner are there; names sheet and cell.
    """
    seen = _Seen()
    decimals = {c: decimal_of(plan, c) for pick in plan.picks for c in pick.columns}
    for number in plan.table.body:
        _read_row(plan, number, decimals, seen)
    for code, number in seen.lone.items():
        for pick in plan.picks:
            year = None if pick.year is None else year_of(plan, pick, number)
            if year is not None:
                empty = Value(math.nan, None, True, number, pick.columns[0])
                seen.parts.setdefault((code, year), {"": empty})
    values = {key: _summed(plan, groups) for key, groups in seen.parts.items()}
    notes = [*plan.notes, *_row_notes(plan, seen, values)]
    check_range(plan, values)
    notes += check_counts(plan, values)
    if plan.rules.additive and not plan.rules.partial:
        notes += check_totals(plan, values, _totals(plan, seen), seen.others)
    keys = sorted(values)
    cells = [values[key] for key in keys]
    frame = pd.DataFrame(
        {
            "kommune": pd.Series([k for k, _ in keys], dtype=object),
            "aar": pd.Series([y for _, y in keys], dtype="int64"),
            "value": pd.Series([v.number for v in cells], dtype="float64"),
            "status": pd.Series([v.status for v in cells], dtype=object),
        }
    )
    return Observations(frame, plan.table.sheet.origin, tuple(notes))


def _read_row(plan: Plan, number: int, decimals: dict[int, Decimal], seen: _Seen) -> None:
    sheet = plan.table.sheet
    row = sheet.rows[number]
    if not has_data(row, plan.table.kommune):
        lone = region_of(plan, number) if row[plan.table.kommune] is not None else None
        # "2016" alone is a title between pages; so is anything that is no kommune.
        if lone and lone.kind is Kind.KOMMUNE and not parse_period(row[plan.table.kommune]):
            seen.lone[lone.code] = number
        return
    if not plan.wants(number):
        return
    if is_numbering(row) or _repeats_header(plan, number):
        seen.repeats += 1
        return
    region = region_of(plan, number)
    if region is None:
        if any(parse_number(row[c]) is not None for p in plan.picks for c in p.columns):
            seen.unread.append(number)
        return
    if region.kind is Kind.BYDEL:
        seen.skipped[region.kind] += 1
        return
    if sheet.lines and any(cell is not None for cell in _beyond(plan, number)):
        raise fault(
            sheet.row_place(number),
            "more cells than the header; a file with decimal commas needs semicolons between its "
            "columns.",
            "flere celler enn overskriften; en fil med desimalkomma må ha semikolon mellom "
            "kolonnene.",
        )
    group = "" if plan.sum_over is None else normal(text_of(row[plan.sum_over]))
    for pick in plan.picks:
        year = year_of(plan, pick, number)
        if year is None:
            continue
        if region.kind is Kind.OTHER:
            value = other_value(plan, pick, number, decimals)
            seen.others[year] = seen.others.get(year, 0.0) + value
        elif region.kind is Kind.KOMMUNE:
            _keep(plan, region, year, group, value_of(plan, pick, number, decimals), seen)
        else:
            total = Total(region, year, value_of(plan, pick, number, decimals))
            seen.totals.setdefault((region.code, year, group), []).append(total)
    if region.kind is not Kind.KOMMUNE:
        seen.skipped[region.kind] += 1


def _keep(plan: Plan, region: Region, year: int, group: str, value: Value, seen: _Seen) -> None:
    groups = seen.parts.setdefault((region.code, year), {})
    before = groups.setdefault(group, value)
    if before is value:
        return
    same = before.number == value.number or (
        math.isnan(before.number) and math.isnan(value.number) and before.status == value.status
    )
    if not same:
        sheet = plan.table.sheet
        first, second = sheet.row_place(before.row), sheet.row_place(value.row)
        name = shown(f"{region.code} {region.name}".strip())
        raise fault(
            second,
            f"{name} stands a second time in {year} with another value ({value.shown()}; "
            f"{first.en.removeprefix(sheet.file + ': ')} has {before.shown()}). Keep the rows of "
            "one group only, with the option 'where' if the reader has it.",
            f"{name} står en gang til i {year} med en annen verdi ({value.shown()}; "
            f"{first.nb.removeprefix(sheet.file + ': ')} har {before.shown()}). Ta med radene for "
            "bare én gruppe, med valget 'where' om leseren har det.",
        )


def _summed(plan: Plan, groups: dict[str, Value]) -> Value:
    """Add the rows of several groups; a group without a row makes the sum missing."""
    rows = list(groups.values())
    if plan.sum_over is None:
        return rows[0]
    status = next((v.status for v in rows if v.status is not None), None)
    lacking = len(groups) < len(plan.where[plan.sum_over])
    number = math.nan if lacking else sum(v.number for v in rows)
    return Value(number, status, status is None and math.isnan(number), rows[0].row, rows[0].column)


def _totals(plan: Plan, seen: _Seen) -> list[Total]:
    if plan.sum_over is None:
        return [total for totals in seen.totals.values() for total in totals]
    grouped: dict[tuple[str, int], list[tuple[str, Total]]] = {}
    for (code, year, group), totals in seen.totals.items():
        grouped.setdefault((code, year), []).append((group, totals[0]))
    return [
        Total(found[0][1].region, year, _summed(plan, {g: t.value for g, t in found}))
        for (_, year), found in grouped.items()
    ]


def _repeats_header(plan: Plan, number: int) -> bool:
    """Say whether a row is the header again; a header that has changed is an error."""
    table = plan.table
    row = table.sheet.rows[number]
    if read_region(row[table.kommune]) is not None:
        return False
    texts = {j: normal(text_of(c)) for j, c in enumerate(row) if isinstance(c, str | float | int)}
    own = {c.index: {normal(part) for part in c.parts} for c in table.columns}
    every = set().union(*own.values()) if own else set()
    used = [c for pick in plan.picks for c in pick.columns]
    if len(texts) < 2 or not all(text in every for text in texts.values()):
        return False
    for column in used:
        if column in texts and texts[column] not in own.get(column, set()):
            raise fault(
                table.sheet.at(number, column),
                f"the header is repeated here, but says '{shown(text_of(row[column]))}' where it "
                f"said '{shown(table.column(column).label)}' before.",
                f"overskriften gjentas her, men sier '{shown(text_of(row[column]))}' der den "
                f"før sa '{shown(table.column(column).label)}'.",
            )
    return True


def _beyond(plan: Plan, number: int) -> tuple[object, ...]:
    header = plan.table.header
    if not header:
        return ()
    last = max((c.index for c in plan.table.columns if c.parts), default=-1)
    return plan.table.sheet.rows[number][last + 1 :]


def _row_notes(plan: Plan, seen: _Seen, values: dict[tuple[str, int], Value]) -> list[Note]:
    sheet = plan.table.sheet
    if len(seen.unread) > max(30, len(values) // 10):
        raise fault(
            sheet.row_place(seen.unread[0]),
            f"has numbers but no kommune number, like {len(seen.unread) - 1} more rows.",
            f"har tall, men ikke kommunenummer, i likhet med {len(seen.unread) - 1} rader til.",
        )
    notes: list[Note] = []
    if seen.skipped:
        kinds = sorted(seen.skipped.items(), key=lambda item: item[0].value)
        what = ", ".join(f"{kind.value} {count}" for kind, count in kinds)
        notes.append(
            (f"Rows that are not kommuner: {what}.", f"Rader som ikke er kommuner: {what}.")
        )
    if seen.unread:
        rows = ", ".join(str(sheet.lines[r] if sheet.lines else r + 1) for r in seen.unread[:5])
        n = len(seen.unread)
        notes.append(
            (
                f"Rows with numbers but no readable area, left out: {n} (row {rows}).",
                f"Rader med tall, men uten lesbart område, utelatt: {n} (rad {rows}).",
            )
        )
    if seen.repeats:
        n = seen.repeats
        notes.append((f"Repeated header rows: {n}.", f"Gjentatte overskriftsrader: {n}."))
    blanks = sum(value.blank for value in values.values())
    if blanks:
        notes.append(
            (
                f"Values missing because a cell or row is empty: {blanks}.",
                f"Verdier som mangler fordi en celle eller rad er tom: {blanks}.",
            )
        )
    if plan.rules.additive and plan.rules.partial:
        notes.append(
            (
                "Totals are not compared, because the file is partial.",
                "Summer er ikke sammenlignet, fordi filen er ufullstendig (partial).",
            )
        )
    return notes
