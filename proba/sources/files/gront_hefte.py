"""Grønt hefte: criteria of the income system for kommuner (table E-k and others).

Layouts it was built from. Seen, as code that reads the ODS tables of 2024-2026: three header rows,
"3222 Lørenskog" in one cell, one column for each criterion (some as indices of the national
average). Assumed for 2012-2016: Excel, number and name in one cell or two, a header over two or
three rows with merged cells, a row that numbers the columns or gives units, subtotals by name of
fylke, and "Hele landet".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from proba.sources.files.columns import one_column
from proba.sources.files.headers import find_table
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
)
from proba.sources.files.records import Observations
from proba.sources.files.workbook import Sheet, open_sheets

__all__ = ["OPTIONS", "read_gront_hefte"]

OPTIONS = ("column", "year", "title_year", "scale", *COMMON)
_PERSONS = re.compile(r"antall|(?:innbyggere|innbyggjarar|folketall|folketal)\b", re.IGNORECASE)


def read_gront_hefte(content: bytes, name: str, options: Mapping[str, object]) -> Observations:
    """Read one criterion for each kommune.

    Parameters
    ----------
    content : bytes
    name : str
        File name.
    options : mapping
        ``column``: header of the criterion, or enough of it. ``year``: the year the values are
        to count for. Both are needed. ``title_year``: the year the title names, if another.
        ``scale``: multiplies every value. ``additive``: whether kommuner add up to the country;
        left out, it is so for numbers of inhabitants. And ``sheet``, ``years``, ``decimal``,
        ``statuses``, ``zero``, ``partial``.

    Returns
    -------
    Observations
        In the unit of the column.

    Raises
    ------
    CatalogueError
        If an option is unknown, missing or of the wrong form.
    SourceError
        If the file cannot be read as such a table.
    """
    opts = Options.of("gront_hefte", options, OPTIONS)
    wanted = opts.needed("column")
    year = opts.year("year")
    if year is None:
        raise opts.wrong("year", "given, as a year", "oppgitt, som et årstall")
    rules = replace(common_rules(opts, additive=False), scale=opts.number("scale", 1.0))
    auto = "additive" not in opts.given

    def plan(sheet: Sheet) -> Plan:
        table = find_table(sheet)
        column = one_column(table, wanted)
        check_title(table, year, opts)
        chosen: Rules = rules
        if auto and any(_PERSONS.match(part) for part in column.parts):
            chosen = replace(rules, additive=True, count=True)
        return Plan(table, (Pick((column.index,), year),), chosen)

    return observe(choose_sheet(open_sheets(content, name), opts, plan))
