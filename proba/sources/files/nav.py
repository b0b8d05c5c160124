"""NAV: recipients of uføretrygd by age group and kommune.

Layouts it was built from. Seen, in NAV's web pages and in detailed descriptions of its workbooks:
the table by fylke and age (I alt, 18-29, 30-39, 40-44, ... or 18-19, 20-24, ..., Uoppgitt; "-" for
none; titles "Pr. 30.06.2016. Antall"), and table PST302 by kommune and month without ages (year
alone above, a month header repeated for each fylke, "1101 Eigersund" in one cell, totals "i alt",
six-digit bydeler, ``*``). Assumed: the table by kommune and age, which NAV makes on request, as a
cross of the two - ages as columns, or in a column of their own, with or without months or years.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from proba.errors import CatalogueError
from proba.sources.files.ages import parse_age, tile
from proba.sources.files.headers import Column, Table, find_table, normal, title_years
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

__all__ = ["OPTIONS", "read_nav"]

OPTIONS = ("ages", "month", "measure", "year", "title_year", *COMMON)
_MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september",
    "oktober", "november", "desember",
)  # fmt: skip
_SHARE = re.compile(r"andel|prosent|%|per 100|pr\. 100", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)\d{1,2}\.(\d{1,2})\.(?:19|20)\d\d")


def read_nav(content: bytes, name: str, options: Mapping[str, object]) -> Observations:
    """Read how many receive uføretrygd in some age groups, for each kommune.

    Parameters
    ----------
    content : bytes
    name : str
        File name.
    options : mapping
        ``ages``: an interval such as ``"18-49"``, put together from the groups of the file, or a
        list of its own group names; leave it out for a file without ages. ``month``: Norwegian
        name of the month, if the file has several (default ``desember``). ``measure``: ``antall``
        (default) or ``andel``. ``year``: must be given unless the file has years beside its
        values; ``title_year``: the year its title names, if another. And ``sheet``, ``years``,
        ``decimal``, ``statuses``, ``zero`` (``["-"]`` where the file says a dash is none),
        ``partial``, ``additive`` (default true for ``antall``).

    Returns
    -------
    Observations
        Persons, or per cent.

    Raises
    ------
    CatalogueError
        If an option is unknown or of the wrong form.
    SourceError
        If the file cannot be read as such a table, or its age groups cannot make the interval.
    """
    opts = Options.of("nav_ufore", options, OPTIONS)
    share = opts.choice("measure", ("antall", "andel"), "antall") == "andel"
    ages = opts.texts("ages")
    rules = replace(common_rules(opts, additive=not share), count=not share, percent=share)
    return observe(
        choose_sheet(open_sheets(content, name), opts, lambda s: _plan(s, ages, share, rules, opts))
    )


def _plan(sheet: Sheet, ages: tuple[str, ...], share: bool, rules: Rules, opts: Options) -> Plan:
    table = find_table(sheet)
    columns = [c for c in table.columns if c.index != table.kommune]
    columns = _of_measure(table, columns, share)
    where = {}
    age_column = _age_column(table) if ages else None
    if age_column is not None:
        where[age_column.index] = _ages_in_column(table, age_column, ages, share)
        columns = [c for c in columns if c.index != age_column.index]
    elif ages:
        columns = _ages_as_columns(table, columns, ages, share)
    columns = _of_month(table, columns, opts)
    time = next((c for c in table.columns if normal(c.label) in ("år", "aar", "årstall")), None)
    columns = [c for c in columns if time is None or c.index != time.index]
    by_year: dict[int | None, list[Column]] = {}
    for column in columns:
        by_year.setdefault(_year_of(column), []).append(column)
    if set(by_year) != {None}:
        by_year.pop(None, None)
        rules = only_year(rules, opts)
    elif time is None:
        by_year = {_year(table, opts): by_year[None]}
    picks = tuple(Pick(tuple(c.index for c in group), y) for y, group in by_year.items())
    for pick in picks:
        if len(pick.columns) > 1 and (not ages or age_column is not None):
            _several(table, [c for c in columns if c.index in pick.columns])
    rules = rules if time is None else only_year(rules, opts)
    several = age_column is not None and len(where[age_column.index]) > 1
    return Plan(
        table,
        picks,
        rules,
        time.index if time is not None else None,
        where,
        sum_over=age_column.index if age_column is not None and several else None,
    )


def _of_measure(table: Table, columns: list[Column], share: bool) -> list[Column]:
    """Columns of counts or of shares; the sheet's own name decides if the headers do not."""
    shares = [c for c in columns if any(_SHARE.search(part) for part in c.parts)]
    counts = [c for c in columns if c not in shares]
    if shares and share:
        return shares
    named = _SHARE.search(table.sheet.name or "") is not None
    if named != share:
        wanted = ("shares", "andeler") if share else ("counts", "antall")
        raise fault(table.sheet.whole(), f"has no {wanted[0]}.", f"har ikke {wanted[1]}.")
    return columns if named else counts


def _age_column(table: Table) -> Column | None:
    for column in table.columns:
        cells = [table.sheet.rows[r][column.index] for r in table.body]
        texts = [c for c in cells if isinstance(c, str)]
        if (
            column.index != table.kommune
            and sum(parse_age(t) is not None for t in texts) > len(texts) // 2 > 0
        ):
            return column
    return None


def _chosen(
    table: Table, groups: dict[str, tuple[int, int] | None], ages: tuple[str, ...], share: bool
) -> frozenset[str]:
    """Return the names of the groups asked for, out of those in the file."""
    if len(ages) > 1 or (ages and normal(ages[0]) in groups):
        chosen = frozenset(normal(a) for a in ages)
        missing = sorted(chosen - set(groups))
    else:
        wanted = parse_age(ages[0])
        if wanted is None:
            raise CatalogueError(
                f"reader 'nav_ufore': the option 'ages' must be an interval such as '18-49' or a "
                f"list of groups, not '{shown(ages[0])}'.",
                f"leseren 'nav_ufore': valget 'ages' må være et intervall som '18-49' eller en "
                f"liste med grupper, ikke '{shown(ages[0])}'.",
            )
        chain = tile(wanted, [g for g in groups.values() if g is not None])
        missing = [] if chain else [ages[0]]
        chosen = frozenset(n for n, g in groups.items() if chain and g in chain)
    if missing or (share and len(chosen) > 1):
        listed = ", ".join(f"'{shown(g, 20)}'" for g in list(groups)[:25])
        en = (
            "shares of several groups cannot be added"
            if not missing
            else (f"the age groups cannot make '{shown(missing[0])}'")
        )
        nb = (
            "andeler for flere grupper kan ikke legges sammen"
            if not missing
            else (f"aldersgruppene kan ikke gi '{shown(missing[0])}'")
        )
        raise fault(
            table.sheet.whole(), f"{en}; the groups are {listed}.", f"{nb}; gruppene er {listed}."
        )
    return chosen


def _ages_as_columns(
    table: Table, columns: list[Column], ages: tuple[str, ...], share: bool
) -> list[Column]:
    groups = {
        normal(part): parse_age(part) for c in columns for part in c.parts if not part.isdigit()
    }
    if len(ages) == 1 and not any(groups.values()):
        raise fault(table.sheet.whole(), "no age groups.", "ingen aldersgrupper.")
    chosen = _chosen(table, groups, ages, share)
    return [c for c in columns if any(normal(part) in chosen for part in c.parts)]


def _ages_in_column(
    table: Table, column: Column, ages: tuple[str, ...], share: bool
) -> frozenset[str]:
    texts = [text_of(table.sheet.rows[r][column.index]) for r in table.body]
    groups = {normal(t): parse_age(t) for t in texts if t}
    return _chosen(table, groups, ages, share)


def _of_month(table: Table, columns: list[Column], opts: Options) -> list[Column]:
    """Columns of the month wanted, if columns are months; else the title's date must be it."""
    month = normal(opts.text("month", "desember") or "")
    if month not in _MONTHS:
        raise opts.wrong("month", "a Norwegian month name", "navnet på en måned")
    months = {c.index: m for c in columns if (m := _month(c)) is not None}
    if months:
        kept = [c for c in columns if months.get(c.index) == month]
        if not kept:
            there = ", ".join(dict.fromkeys(months.values()))
            raise fault(
                table.sheet.whole(),
                f"has no column for {month}; it has {there}.",
                f"har ingen kolonne for {month}; den har {there}.",
            )
        return kept
    top = min((*table.header, table.body[0]))
    text = " ".join(text_of(c) for row in table.sheet.rows[:top] for c in row if c is not None)
    dated = {_MONTHS[int(m) - 1] for m in _DATE.findall(text) if 1 <= int(m) <= 12}
    if dated and month not in dated:
        there = ", ".join(sorted(dated))
        raise fault(
            table.sheet.whole(),
            f"the title is dated {there}, the catalogue asks for {month}.",
            f"tittelen er datert {there}, katalogen ber om {month}.",
        )
    return columns


def _month(column: Column) -> str | None:
    for part in column.parts:
        word = normal(part).split(" ")[0].strip(".,")
        for month in _MONTHS:
            if word == month or (len(word) == 3 and month.startswith(word)):
                return month
    return None


def _year_of(column: Column) -> int | None:
    years = {p.first for part in column.parts if (p := parse_period(part)) and p.first == p.last}
    return years.pop() if len(years) == 1 else None


def _year(table: Table, opts: Options) -> int:
    year = opts.year("year")
    if year is not None:
        check_title(table, year, opts)
        return year
    years = title_years(table)
    if len(years) == 1:
        return years.pop()
    raise CatalogueError(
        f"{table.sheet.file}: the file does not say one year; give the option 'year'.",
        f"{table.sheet.file}: filen sier ikke ett årstall; oppgi valget 'year'.",
    )


def _several(table: Table, columns: list[Column]) -> None:
    labels = "; ".join(f"'{shown(c.label, 40)}'" for c in columns[:8])
    raise fault(
        table.sheet.whole(),
        f"several columns could be meant: {labels}; the reader 'tabell' can name one.",
        f"flere kolonner kan være ment: {labels}; leseren 'tabell' kan navngi en.",
    )
