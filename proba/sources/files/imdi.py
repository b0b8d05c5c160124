"""IMDi: refugees settled, requested and agreed per kommune (bosatt, anmodning, vedtak).

Layouts it was built from. Seen, as column names and values in public code that reads the files:
the download "Anmodning, vedtak og faktisk bosetting" (semicolons, Windows-1252: Kommunenummer
without leading zero, Kommune, the category, Enhet with Personer and Prosent, År, Antall; the
categories are Anmodning om bosetting, Opprinnelig anmodning, Vedtak om bosetting and Faktisk
bosetting), and the older flat file (commas: kommune_nr, fylke_nr, ..., bosetting, enhet,
tabellvariabel, aar; "." missing, ":" suppressed, kommune 9999). Partly seen: the crosstable
with "0101 Halden" in one cell and a column for each measure and year; its exact headers are
assumed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from proba.errors import CatalogueError
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
from proba.sources.files.values import parse_period, text_of
from proba.sources.files.workbook import Sheet, open_sheets

__all__ = ["OPTIONS", "read_imdi"]

OPTIONS = ("measure", "year", "title_year", *COMMON)
_MEASURES = {
    "bosatt": re.compile(
        r"(antall )?(faktisk )?(bosatte?|bosetting)( (flyktninger|personer))*( i kommunen)?"
    ),
    "anmodning": re.compile(
        r"antall personer kommunen (har blitt|er) anmodet om å bosette|"
        r"(antall )?(anmod(ning|et|ede)( om (bosetting|å bosette))?)( (flyktninger|personer))*"
    ),
    "vedtak": re.compile(
        r"antall personer kommunen har vedtatt å bosette|"
        r"(antall )?(ved(tak|tatt)( om bosetting| bosatt)?)( (flyktninger|personer))*"
    ),
}
_YEAR_PART = re.compile(r"[ _]*(?:i |pr\.? )?(?:19|20)\d\d[ _]*")
_PEOPLE = frozenset({"personer", "antall", "antall personer"})


def read_imdi(content: bytes, name: str, options: Mapping[str, object]) -> Observations:
    """Read how many refugees each kommune settled.

    Parameters
    ----------
    content : bytes
    name : str
        File name.
    options : mapping
        ``measure``: ``bosatt`` (default), ``anmodning`` or ``vedtak``. ``year``: the year of a
        file that does not say it, or the one year wanted of a file that does; ``title_year``: the
        year its title names, if another. And ``sheet``, ``years``, ``decimal``, ``statuses``,
        ``zero``, ``partial``, ``additive`` (default true).

    Returns
    -------
    Observations
        Persons.

    Raises
    ------
    CatalogueError
        If an option is unknown or of the wrong form.
    SourceError
        If the file cannot be read as such a table.
    """
    opts = Options.of("imdi_bosetting", options, OPTIONS)
    measure = opts.choice("measure", tuple(_MEASURES), "bosatt") or "bosatt"
    rules = replace(common_rules(opts, additive=True), count=True)
    return observe(
        choose_sheet(open_sheets(content, name), opts, lambda s: _plan(s, measure, rules, opts))
    )


def _plan(sheet: Sheet, measure: str, rules: Rules, opts: Options) -> Plan:
    table = find_table(sheet)
    by_name = {normal(part): c for c in table.columns for part in c.parts}
    year_column = next((by_name[n] for n in ("år", "aar", "årstall", "year") if n in by_name), None)
    category = _category(table, measure)
    if category is not None:
        column, words = category
        where = {column.index: words}
        if "enhet" in by_name:
            where[by_name["enhet"].index] = _PEOPLE
        names = ("antall", "tabellvariabel", "verdi", "antall personer", "personer")
        value = next((by_name[n] for n in names if n in by_name), None)
        if value is None:
            raise fault(
                sheet.whole(),
                "no column with the values ('Antall' or 'tabellvariabel').",
                "ingen kolonne med verdiene ('Antall' eller 'tabellvariabel').",
            )
        if year_column is not None:
            wanted = only_year(rules, opts)
            return Plan(table, (Pick((value.index,)),), wanted, year_column.index, where)
        return Plan(table, (Pick((value.index,), _year(table, opts)),), rules, None, where)
    found = [c for c in table.columns if c.index != table.kommune and _is(c, measure)]
    if year_column is not None and len(found) == 1:
        return Plan(table, (Pick((found[0].index,)),), only_year(rules, opts), year_column.index)
    dated = {c.index: year for c in found if (year := _own_year(c)) is not None}
    if found and len(dated) == len(found) == len(set(dated.values())):
        picks = tuple(Pick((i,), year) for i, year in dated.items())
        return Plan(table, picks, only_year(rules, opts))
    if len(found) == 1:
        return Plan(table, (Pick((found[0].index,), _year(table, opts)),), rules)
    labels = "; ".join(f"'{shown(c.label, 40)}'" for c in (found or table.columns)[:12] if c.parts)
    how = ("several columns", "flere kolonner") if found else ("no column", "ingen kolonne")
    raise fault(
        sheet.whole(),
        f"{how[0]} for '{measure}'; the headers are {labels}. The reader 'tabell' can name one.",
        f"{how[1]} for '{measure}'; overskriftene er {labels}. Leseren 'tabell' kan navngi en.",
    )


def _category(table: Table, measure: str) -> tuple[Column, frozenset[str]] | None:
    """Find the column that says what a row counts, and its words for the measure."""
    for column in table.columns:
        texts = {normal(text_of(table.sheet.rows[r][column.index])) for r in table.body}
        if sum(any(p.fullmatch(t) for t in texts) for p in _MEASURES.values()) >= 2 or any(
            normal(part) == "bosetting" for part in column.parts
        ):
            words = frozenset(t for t in texts if _MEASURES[measure].fullmatch(t))
            if words:
                return column, words
    return None


def _is(column: Column, measure: str) -> bool:
    """Say whether the header is the measure and a year and nothing else."""
    parts = [normal(part) for part in column.parts if parse_period(part) is None]
    texts = {_YEAR_PART.sub(" ", part).strip(" ._") for part in parts}
    texts -= {"", "antall", "personer"} | {t for t in texts if t.isdigit()}
    return len(texts) == 1 and _MEASURES[measure].fullmatch(texts.pop()) is not None


def _own_year(column: Column) -> int | None:
    years = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", column.label))
    return int(years.pop()) if len(years) == 1 else None


def _year(table: Table, opts: Options) -> int:
    year = opts.year("year")
    if year is None:
        raise CatalogueError(
            f"{table.sheet.file}: the file has no year column; give the option 'year'.",
            f"{table.sheet.file}: filen har ingen årskolonne; oppgi valget 'year'.",
        )
    check_title(table, year, opts)
    return year
