"""Udir: share of a cohort that has completed upper secondary education within five years.

Layouts it was built from: assumed. Udir's public statistics have completion by fylke; a table by
kommune is delivered on request, and IMDi and FHI publish one (three cohorts together). The
reader takes a table with cohorts as columns ("2010", "2010-kullet", "2010-11") or in a column
("Kull", "Skoleår", "År", "Periode"), shares in per cent with decimal comma, and Udir's ``*`` for
suppressed, which was seen in Udir's own answers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from proba.errors import CatalogueError
from proba.sources.files.columns import find_columns, one_column
from proba.sources.files.headers import Column, Table, find_table, normal
from proba.sources.files.observe import observe
from proba.sources.files.options import Options
from proba.sources.files.plan import (
    COMMON,
    Pick,
    Plan,
    Rules,
    check_title,
    choose_sheet,
    common_rules,
    only_year,
)
from proba.sources.files.records import Observations, fault, shown
from proba.sources.files.values import Cell, parse_number, parse_period
from proba.sources.files.where import where_columns
from proba.sources.files.workbook import Sheet, open_sheets

__all__ = ["OPTIONS", "read_udir"]

OPTIONS = (
    *("measure", "cohort_shift", "period", "where", "year", "title_year"),
    *(name for name in COMMON if name != "additive"),
)
_TIME = ("kull", "startkull", "skoleår", "år", "aar", "årstall", "periode", "tid")


def read_udir(content: bytes, name: str, options: Mapping[str, object]) -> Observations:
    """Read the share of a cohort that completed upper secondary education.

    Parameters
    ----------
    content : bytes
    name : str
        File name.
    options : mapping
        ``measure``: header of the column, or text of a group heading over the cohorts; needed
        unless the cohorts are the only columns. ``cohort_shift``: added to the cohort's year
        (default 0; 5 makes the cohort that began in 2011 count for 2016). ``period``: ``first``,
        ``middle`` or ``last`` year of several cohorts taken together. ``where``: column to values.
        ``year`` and ``title_year``: for a table of one cohort; ``year`` is the
        cohort's, before the shift. And ``sheet``, ``years`` (after
        the shift), ``decimal``, ``statuses``, ``zero``, ``partial``.

    Returns
    -------
    Observations
        Per cent, 0-100. Shares stored as 0-1 are multiplied by 100, with a note.

    Raises
    ------
    CatalogueError
        If an option is unknown or of the wrong form.
    SourceError
        If the file cannot be read as such a table.
    """
    opts = Options.of("udir_gjennomforing", options, OPTIONS)
    rules = replace(
        common_rules(opts, additive=False),
        percent=True,
        period=opts.choice("period", ("first", "middle", "last"), None),
        shift=opts.whole("cohort_shift", 0),
    )
    return observe(choose_sheet(open_sheets(content, name), opts, lambda s: _plan(s, rules, opts)))


def _plan(sheet: Sheet, rules: Rules, opts: Options) -> Plan:
    table = find_table(sheet)
    where = where_columns(table, opts)
    measure = opts.text("measure")
    time = next(
        (c for n in _TIME for c in table.columns if any(normal(p) == n for p in c.parts)), None
    )
    if time is not None and time.index != table.kommune:
        if measure is None:
            raise opts.wrong(
                "measure",
                "given: the header of the value column",
                "oppgitt: overskriften til verdikolonnen",
            )
        column = one_column(table, measure)
        picks = (Pick((column.index,)),)
        return _scaled(Plan(table, picks, only_year(rules, opts), time.index, where))
    cohorts = _cohorts(table, measure, rules)
    if cohorts:
        return _scaled(Plan(table, cohorts, only_year(rules, opts), None, where))
    year = opts.year("year")
    if measure is None or year is None:
        raise CatalogueError(
            f"{sheet.file}: no cohorts in the table; give the options 'measure' and 'year'.",
            f"{sheet.file}: ingen kull i tabellen; oppgi valgene 'measure' og 'year'.",
        )
    check_title(table, year, opts)
    return _scaled(
        Plan(table, (Pick((one_column(table, measure).index,), year),), rules, None, where)
    )


def _cohorts(table: Table, measure: str | None, rules: Rules) -> tuple[Pick, ...]:
    """Columns headed by a cohort, under the measure's heading if there is one."""
    columns = [c for c in table.columns if c.index != table.kommune and _period(c) is not None]
    under = {c.index for c in find_columns(table, measure)} if measure else set()
    if columns and any(c.index in under for c in columns):
        columns = [c for c in columns if c.index in under]
    picks: dict[int, Pick] = {}
    for column in columns:
        found = parse_period(_period(column))
        if found is None:
            continue
        if found.last - found.first > 1 and rules.period is None:
            raise fault(
                table.sheet.at(table.header[-1], column.index),
                f"'{shown(column.label)}' is several cohorts; give the option 'period' (first, "
                "middle or last).",
                f"'{shown(column.label)}' er flere kull; oppgi valget 'period' (first, middle "
                "eller last).",
            )
        middle = (found.first + found.last) // 2
        year = {"last": found.last, "middle": middle}.get(rules.period or "", found.first)
        if year in picks:
            raise fault(
                table.sheet.whole(),
                f"several columns for {year}, among them '{shown(column.label)}'; give the group "
                "heading in the option 'measure'.",
                f"flere kolonner for {year}, blant dem '{shown(column.label)}'; oppgi "
                "gruppeoverskriften i valget 'measure'.",
            )
        picks[year] = Pick((column.index,), year)
    return tuple(picks.values())


def _period(column: Column) -> Cell:
    return next((p for p in column.parts if parse_period(p) is not None), None)


def _scaled(plan: Plan) -> Plan:
    """Cells formatted as per cent hold shares of one; no kommune has below one per cent."""
    columns = [c for pick in plan.picks for c in pick.columns]
    cells = [plan.table.sheet.rows[r][c] for r in plan.table.body for c in columns]
    numbers = [
        n for cell in cells if isinstance(cell, float) and (n := parse_number(cell)) is not None
    ]
    if not numbers or max(numbers) > 1.0 or math.fsum(numbers) <= 0.0:
        return plan
    note = (
        "The shares are stored as 0-1 and are multiplied by 100.",
        "Andelene er lagret som 0-1 og er ganget med 100.",
    )
    return replace(plan, rules=replace(plan.rules, scale=100.0), notes=(*plan.notes, note))
