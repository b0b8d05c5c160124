"""One quantity of one year from a PxWeb table: find the codes, fetch, sum the cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from proba.errors import CatalogueError, SourceError
from proba.kommuner import ChangeGraph
from proba.panel.building.carry import carried, own_borders
from proba.panel.building.catalogue import Part
from proba.sources.pxweb import Dimension, PxWebClient, TableMeta
from proba.sources.pxweb_select import resolve_codes

__all__ = ["Query", "from_table", "prepare"]

_TEXT = "text="
_NOT = "!"


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask a table for one year of a part, its codes found in the table's metadata."""

    table: str
    select: Mapping[str, Sequence[str]]
    region: str
    borders: int
    contents: tuple[str, ...]


def prepare(client: PxWebClient, part: Part, year: int, graph: ChangeGraph) -> Query:
    """Find the codes of a part's cells; only metadata is asked for.

    Parameters
    ----------
    client : PxWebClient
    part : Part
    year : int
        Panel year.
    graph : ChangeGraph

    Returns
    -------
    Query

    Raises
    ------
    SourceError
        If the table has not the dimensions, codes or year the catalogue says.
    CatalogueError
        If the entry selects values of the dimension of kommuner or of years.
    """
    wanted = part.year_in_source(year)
    borders = own_borders(wanted, graph)
    kommuner = tuple(graph.valid(borders))
    meta = client.metadata(part.table or "")
    times = _year_dimension(meta, part)
    if str(wanted) not in times.codes:
        # Metadata stored before the year was published must not hide it.
        meta = client.metadata(part.table or "", anew=True)
        times = _year_dimension(meta, part)
    if str(wanted) not in times.codes:
        first, last = (times.codes[0], times.codes[-1]) if times.codes else ("-", "-")
        raise SourceError(
            f"{part.name}: the year {wanted} is not in the table, which has {first}-{last}; leave "
            "the year out, or give another source.",
            f"{part.name}: året {wanted} finnes ikke i tabellen, som har {first}\N{EN DASH}{last}; "
            "ta ut året, eller bruk en annen kilde.",
        )
    regions = _kommune_dimension(meta, part, kommuner)
    in_table = set(regions.codes)
    present = [code for code in kommuner if code in in_table]
    if not present:
        raise SourceError(
            f"{part.name}: none of the {len(kommuner)} kommune numbers of {borders} is in the "
            f"dimension '{regions.code}'.",
            f"{part.name}: ingen av de {len(kommuner)} kommunenumrene i {borders} finnes i "
            f"dimensjonen «{regions.code}».",
        )
    select: dict[str, Sequence[str]] = {regions.code: present, times.code: [str(wanted)]}
    for name, asked in part.select.items():
        if name in (regions.code, times.code):
            raise CatalogueError(
                f"{part.name}: 'select' cannot name '{name}', the dimension of kommuner or years.",
                f"{part.name}: «select» kan ikke nevne «{name}», som gir kommunene eller årene.",
            )
        select[name] = _codes(meta, name, asked)
    for dimension in meta.dimensions:
        select.setdefault(dimension.code, [])  # left out: the table's own total
    client.plan(meta.table, select)  # every code, and that the rest can be left out
    contents = tuple(c for d in meta.dimensions if d.is_contents for c in select[d.code])
    return Query(meta.table, select, regions.code, borders, contents)


def from_table(
    client: PxWebClient, query: Query, year: int, graph: ChangeGraph, *, anew: bool = False
) -> tuple[pd.DataFrame, str | None]:
    """Fetch the cells of a query and sum them for each kommune.

    Parameters
    ----------
    client : PxWebClient
    query : Query
    year : int
        Panel year; figures of another year's borders are carried to its numbers.
    graph : ChangeGraph
    anew : bool
        Ask the service even where the answer is stored.

    Returns
    -------
    frame : DataFrame
        ``kommune``, ``value`` (missing if any cell is), ``status`` (the codes of its cells, joined
        by a space), ``snapshot``.
    updated : str or None
        When the table was last updated.

    Raises
    ------
    SourceError
        If the table cannot be had or answers otherwise than asked.
    """
    data = client.data(query.table, query.select, anew=anew)
    cells = data.frame
    key = cells[query.region].astype(str)
    value = cells["value"].groupby(key).agg(lambda v: v.sum(skipna=False))
    status = _joined(cells["status"].astype(object), key)
    frame = pd.DataFrame({"value": value, "status": status.reindex(value.index)})
    rows = frame.rename_axis("kommune").reset_index()
    moved = carried(rows, query.borders, year, graph)
    return moved.assign(snapshot=" ".join(sha[:12] for sha in data.snapshots)), data.updated


def _kommune_dimension(meta: TableMeta, part: Part, kommuner: tuple[str, ...]) -> Dimension:
    if part.kommune:
        return meta.dimension(part.kommune)
    known = set(kommuner)
    return max(meta.dimensions, key=lambda d: len(known.intersection(d.codes)))


def _year_dimension(meta: TableMeta, part: Part) -> Dimension:
    if part.year:
        return meta.dimension(part.year)
    times = [d for d in meta.dimensions if d.is_time]
    if not times:
        raise SourceError(
            f"{part.name}: no dimension of the table is marked as time; name it as 'year' in the "
            "catalogue.",
            f"{part.name}: ingen dimensjon i tabellen er merket som tid; oppgi den som 'year' i "
            "katalogen.",
        )
    return times[0]


def _codes(meta: TableMeta, name: str, asked: tuple[str, ...]) -> list[str]:
    """Write out labels, patterns and what is left out, against the table's own codes."""
    dimension = meta.dimension(name)

    def written_out(texts: list[str]) -> list[str]:
        codes = [_by_label(meta, dimension, t) if t.startswith(_TEXT) else t for t in texts]
        return list(resolve_codes(meta, dimension, codes)) if codes else []

    refused = written_out([a.removeprefix(_NOT) for a in asked if a.startswith(_NOT)])
    # Nothing but exclusions means all the others.
    wanted = written_out([a for a in asked if not a.startswith(_NOT)] or ["*"])
    left = [code for code in wanted if code not in refused]
    if not left:
        raise SourceError(
            f"Table {meta.table}, {name}: the catalogue's selection leaves no code.",
            f"Tabell {meta.table}, {name}: utvalget i katalogen gir ingen kode.",
        )
    return left


def _by_label(meta: TableMeta, dimension: Dimension, asked: str) -> str:
    label = asked.removeprefix(_TEXT)
    wanted = label.strip().casefold()
    labels = [own.strip().casefold() for own in dimension.labels]
    hits = [code for code, own in zip(dimension.codes, labels, strict=True) if own == wanted]
    if not hits:  # the unit may stand behind the name, in parentheses
        bare = [re.sub(r"\s*\([^()]*\)$", "", own) for own in labels]
        hits = [code for code, own in zip(dimension.codes, bare, strict=True) if own == wanted]
    if len(hits) == 1:
        return hits[0]
    known = "; ".join(dimension.labels[:40])
    count = "no" if not hits else "more than one"
    antall = "ingen" if not hits else "flere enn én"
    raise SourceError(
        f"Table {meta.table}, {dimension.code}: {count} value labelled '{label}'; the table has: "
        f"{known}. Correct the catalogue's entry.",
        f"Tabell {meta.table}, {dimension.code}: {antall} verdi heter «{label}»; tabellen har: "
        f"{known}. Rett oppføringen i katalogen.",
    )


def _joined(status: pd.Series, key: pd.Series) -> pd.Series:
    """Return each kommune's status codes, joined; None where it has none."""
    present = status.dropna()
    return present.groupby(key[present.index]).agg(lambda s: " ".join(sorted(set(map(str, s)))))
