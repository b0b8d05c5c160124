"""Printed tables taken apart: one row for each printed value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pandas as pd

from proba.published.records import PublishedTable

__all__ = ["tidy"]

_COLUMNS = ["table", "row", "column", "value", "printed", "unit", "source", "page", "erratum"]
_YEARS = ("2012", "2013", "2014", "2015", "2016")
_LEVEL = {"***": 0.01, "**": 0.05, "*": 0.10}
_OUTCOME = "1000 kr per inhabitant"
_UNIT_OF_LINE = {"r2_justert": "share of variance", "antall_observasjoner": "kommune-years"}


class _Value(NamedTuple):
    row: str
    column: str
    value: float
    printed: str
    unit: str
    page: str = ""  # where the lines of a table stand on different pages


def _regression(table: PublishedTable) -> Iterator[_Value]:
    for line in table.frame.to_dict("records"):
        name = str(line["name"])
        coef = float(line["coef"])
        if name in _UNIT_OF_LINE:
            yield _Value(name, "coef", coef, str(line["coef_printed"]), _UNIT_OF_LINE[name])
            continue
        unit = _OUTCOME if line["unit_x"] == "1" else f"{_OUTCOME} per unit of x: {line['unit_x']}"
        yield _Value(name, "coef", coef, str(line["coef_printed"]), unit)
        stars = str(line["stars"])
        if stars:
            yield _Value(name, "stars", _LEVEL[stars], stars, "significance level")
        yield _Value(name, "se", float(line["se"]), str(line["se_printed"]), unit)


def _signs(table: PublishedTable) -> Iterator[_Value]:
    units = {"sign": "sign of the coefficient", "r2_adjusted": "share of variance"}
    for line in table.frame.to_dict("records"):
        yield _Value(
            str(line["name"]),
            "value",
            float(line["value"]),
            str(line["printed"]),
            units[str(line["quantity"])],
        )


def _index(table: PublishedTable) -> Iterator[_Value]:
    words = [column for column in ("niva_2016", "endring_2012_16") if column in table.frame]
    for line in table.frame.to_dict("records"):
        row = str(line["kommunenr"])
        for year in _YEARS:
            yield _Value(row, year, float(line[year]), str(line[year]), table.units[year])
        for column in words:
            if word := str(line[column]):
                yield _Value(row, column, float("nan"), word, table.units[column])


def _printed_columns(table: PublishedTable) -> Iterator[_Value]:
    """Read a table whose numbers have their text beside them: ``x`` and ``x_printed``.

    A table of single figures has the columns ``value`` and ``printed``. The columns ``unit`` and
    ``page``, where there are any, are those of the line.
    """
    columns = table.frame.columns
    pairs = [(c, f"{c}_printed") for c in columns if f"{c}_printed" in columns]
    if "printed" in columns:
        pairs.append(("value", "printed"))
    for line in table.frame.to_dict("records"):
        for column, text in pairs:
            if printed := str(line[text]):
                yield _Value(
                    str(line[table.key]),
                    column,
                    float(line[column]),
                    printed,
                    str(line.get("unit", table.units[column])),
                    str(line.get("page", "")),
                )


_READERS: dict[str, Callable[[PublishedTable], Iterator[_Value]]] = {
    "vedlegg1": _regression,
    "vedlegg2": _index,
    "tabell_5_4": _signs,
    "tabell_6_1": _index,
}


def tidy(table: PublishedTable) -> pd.DataFrame:
    """List every printed value of a table on a line of its own.

    Parameters
    ----------
    table : PublishedTable
        A table from :func:`proba.published.load_table`.

    Returns
    -------
    pandas.DataFrame
        See :meth:`proba.published.PublishedTable.values`.
    """
    source = f"{table.source.report}, {table.name_in_report}"
    rows = []
    for item in _READERS.get(table.id, _printed_columns)(table):
        errata = [e.id for e in table.errata if e.covers(table.id, item.row, item.column)]
        rows.append((table.id, *item[:-1], source, item.page or table.pages, ";".join(errata)))
    return pd.DataFrame(rows, columns=_COLUMNS)
