"""Any table of kommuner: which column is what comes from the catalogue, so no code is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from proba.sources.files.columns import find_columns, one_column, year_columns
from proba.sources.files.headers import Column, Table, find_table
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
from proba.sources.files.records import Observations, fault, shown
from proba.sources.files.where import where_columns
from proba.sources.files.workbook import Sheet, open_sheets

__all__ = ["OPTIONS", "read_table"]

OPTIONS = (
    "kommune", "year", "value", "where", "percent", "count", "scale", "period", "year_shift",
    "title_year", *COMMON,
)  # fmt: skip


def read_table(content: bytes, name: str, options: Mapping[str, object]) -> Observations:
    """Read one value for each kommune and year.

    Parameters
    ----------
    content : bytes
    name : str
        File name.
    options : mapping
        ``value`` (needed): header of the value column, a list of headers to add together, or
        ``{wide: true}`` if years stand as columns; ``{wide: [2013, 2014]}`` takes those years and
        ``{wide: true, label: Bosatt}`` the years under that heading. ``year``: header of the year
        column, or the year of the whole file; not with ``wide``. ``kommune``: header of the
        column with kommune numbers; found by content if left out. ``where``: column to the value
        or values wanted. ``percent``: values must lie within 0-100. ``count``: none may be
        negative. ``scale``: multiplies every value. ``period``: ``first``, ``middle`` or
        ``last`` year of a pooled period. ``year_shift``: added to the year. ``title_year``: the
        year the title names, if another than ``year``. And ``sheet``, ``years``, ``decimal``,
        ``statuses``, ``zero``, ``partial``, ``additive`` (default false).

    Returns
    -------
    Observations
        In the unit of the column, times ``scale``.

    Raises
    ------
    CatalogueError
        If an option is unknown, missing or of the wrong form.
    SourceError
        If the file cannot be read so.
    """
    opts = Options.of("tabell", options, OPTIONS)
    rules = replace(
        common_rules(opts, additive=False),
        percent=opts.flag("percent", False),
        count=opts.flag("count", False),
        scale=opts.number("scale", 1.0),
        period=opts.choice("period", ("first", "middle", "last"), None),
        shift=opts.whole("year_shift", 0),
    )
    value = opts.given.get("value")
    wide = value if isinstance(value, Mapping) else None
    if wide is not None:
        years = _wide_years(opts, wide)
        if "year" in opts.given:
            raise opts.wrong("year", "left out with 'wide'", "utelatt sammen med 'wide'")
    else:
        years = ()
        if not opts.texts("value"):
            raise opts.wrong("value", "given, as a header", "oppgitt, som en overskrift")
        if not isinstance(opts.given.get("year"), str) and opts.year("year") is None:
            raise opts.wrong(
                "year",
                "the header of a column, or a year",
                "overskriften til en kolonne, eller et år",
            )
    return observe(
        choose_sheet(open_sheets(content, name), opts, lambda s: _plan(s, opts, rules, wide, years))
    )


def _plan(
    sheet: Sheet,
    opts: Options,
    rules: Rules,
    wide: Mapping[str, object] | None,
    years: tuple[int, ...],
) -> Plan:
    table = find_table(sheet, opts.text("kommune"))
    where = where_columns(table, opts)
    if wide is not None:
        picks = _wide(table, years, wide.get("label"))
        return Plan(table, picks, rules, None, where)
    columns = tuple(one_column(table, name).index for name in opts.texts("value"))
    given = opts.given.get("year")
    if isinstance(given, str):
        return Plan(table, (Pick(columns),), rules, one_column(table, given).index, where)
    year = opts.year("year")
    assert year is not None  # noqa: S101 (checked above)
    check_title(table, year, opts)
    return Plan(table, (Pick(columns, year),), rules, None, where)


def _wide_years(opts: Options, wide: Mapping[str, object]) -> tuple[int, ...]:
    form = ("{wide: true}, {wide: [years]} or with label: a heading",
            "{wide: true}, {wide: [årstall]} eller med label: en overskrift")  # fmt: skip
    if set(wide) - {"wide", "label"} or not isinstance(wide.get("label", ""), str):
        raise opts.wrong("value", *form)
    years = wide.get("wide")
    if years is True:
        return ()
    if (
        isinstance(years, list | tuple)
        and years
        and all(isinstance(y, int) and 1950 <= y < 2050 for y in years)
    ):
        return tuple(years)
    raise opts.wrong("value", *form)


def _wide(table: Table, years: tuple[int, ...], label: object) -> tuple[Pick, ...]:
    by_year = year_columns(table)
    if isinstance(label, str):
        under = {c.index for c in find_columns(table, label)}
        by_year = {y: [c for c in cs if c.index in under] for y, cs in by_year.items()}
        by_year = {y: cs for y, cs in by_year.items() if cs}
    missing = sorted(set(years) - set(by_year))
    if missing or not by_year:
        there = ", ".join(map(str, sorted(by_year))) or "-"
        what = ", ".join(map(str, missing)) or shown(label)
        raise fault(
            table.sheet.whole(),
            f"no year column {what}; the years are {there}.",
            f"ingen årskolonne {what}; årene er {there}.",
        )
    return tuple(
        Pick((_only(table, year, by_year[year]).index,), year) for year in years or sorted(by_year)
    )


def _only(table: Table, year: int, columns: list[Column]) -> Column:
    if len(columns) == 1:
        return columns[0]
    labels = "; ".join(f"'{shown(c.label, 40)}'" for c in columns[:8])
    raise fault(
        table.sheet.whole(),
        f"several columns for {year}: {labels}; give the heading as label.",
        f"flere kolonner for {year}: {labels}; oppgi overskriften som label.",
    )
