"""One quantity of one year from a PxWeb table: find the codes, fetch, sum the cells."""

from __future__ import annotations

import pandas as pd

from proba.errors import SourceError
from proba.panel.building.catalogue import Part
from proba.sources.pxweb import Dimension, PxWebClient, TableMeta
from proba.sources.pxweb_select import resolve_codes

__all__ = ["from_table"]

_TEXT = "text="
_NOT = "!"


def from_table(
    client: PxWebClient, part: Part, year: int, kommuner: tuple[str, ...]
) -> tuple[pd.DataFrame, str | None]:
    """Fetch a part's cells of one year and sum them for each kommune.

    Parameters
    ----------
    client : PxWebClient
    part : Part
    year : int
        Panel year.
    kommuner : tuple of str
        Numbers that exist in the year.

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
        If the table has not the dimensions, codes or year the catalogue says.
    """
    meta = client.metadata(part.table or "")
    regions = _kommune_dimension(meta, part, kommuner)
    times = _year_dimension(meta, part)
    in_table = set(regions.codes)
    present = [code for code in kommuner if code in in_table]
    if not present:
        raise SourceError(
            f"{part.name}: none of the {len(kommuner)} kommune numbers of {year} is in the "
            f"dimension '{regions.code}'.",
            f"{part.name}: ingen av de {len(kommuner)} kommunenumrene i {year} finnes i "
            f"dimensjonen «{regions.code}».",
        )
    wanted = str(part.year_in_source(year))
    if wanted not in times.codes:
        first, last = (times.codes[0], times.codes[-1]) if times.codes else ("-", "-")
        raise SourceError(
            f"{part.name}: the year {wanted} is not in the table, which has {first}-{last}; leave "
            "the year out, or give another source.",
            f"{part.name}: året {wanted} finnes ikke i tabellen, som har {first}\N{EN DASH}{last}; "
            "ta ut året, eller bruk en annen kilde.",
        )
    select: dict[str, list[str]] = {regions.code: present, times.code: [wanted]}
    for name, asked in part.select.items():
        select[name] = _codes(meta, name, asked)
    for dimension in meta.dimensions:
        select.setdefault(dimension.code, [])  # left out: the table's own total
    data = client.data(meta.table, select)
    cells = data.frame
    key = cells[regions.code].astype(str)
    value = cells["value"].groupby(key).agg(lambda v: v.sum(skipna=False))
    status = _joined(cells["status"].astype(object), key)
    frame = pd.DataFrame({"value": value, "status": status.reindex(value.index)})
    frame["snapshot"] = " ".join(sha[:12] for sha in data.snapshots)
    return frame.rename_axis("kommune").reset_index(), data.updated


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
    """Write out ``text=`` and ``!``; other patterns are left to the client."""
    dimension = meta.dimension(name)
    wanted = [_by_label(meta, dimension, a) if a.startswith(_TEXT) else a for a in asked]
    refused = {a.removeprefix(_NOT) for a in wanted if a.startswith(_NOT)}
    positive = [a for a in wanted if not a.startswith(_NOT)]
    if not refused:
        return positive
    return [code for code in resolve_codes(meta, dimension, positive) if code not in refused]


def _by_label(meta: TableMeta, dimension: Dimension, asked: str) -> str:
    label = asked.removeprefix(_TEXT)
    hits = [
        code
        for code, own in zip(dimension.codes, dimension.labels, strict=True)
        if own.strip().casefold() == label.strip().casefold()
    ]
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
