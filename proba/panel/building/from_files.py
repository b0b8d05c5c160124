"""One quantity of one year from a file the user, or an address, gives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from proba.errors import CatalogueError, SourceError
from proba.kommuner import ChangeGraph
from proba.panel.building.catalogue import Part, Source
from proba.panel.building.plan import Use, handle
from proba.sources.fetching import Fetcher
from proba.sources.files import READERS, Observations
from proba.sources.request import Request

__all__ = ["OTHER_BORDERS", "is_address", "of_year", "read_source_file"]

OTHER_BORDERS = "other-borders"
"""Status of a kommune that has changed, where a file tells its history on one year's borders."""

_FEW = 0.02  # of a file's numbers may be unknown in their year before the whole file is doubted


def is_address(given: str | Path | None) -> bool:
    """Say whether a file is to be fetched over HTTP rather than read from the disk."""
    return str(given).startswith(("http://", "https://"))


def read_source_file(
    source: Source, part: Part, year: int, fetcher: Fetcher, files: Mapping[str, str | Path | None]
) -> tuple[Observations, str]:
    """Read a source's file, from the user's disk, an address, or the store."""
    key = handle(source, year, files)
    given = source.url if key is None else files[key]
    reader = READERS.get(source.reader or "")
    if reader is None:
        raise CatalogueError(
            f"{source.code}: no reader '{source.reader}'; known: {', '.join(READERS)}.",
            f"{source.code}: ingen leser «{source.reader}»; kjente: {', '.join(READERS)}.",
        )
    options = _options(part, year, one_year=key is not None and ":" in key)
    if is_address(given):
        url = str(given).replace("{year}", str(year))
        name = url.split("?")[0].rsplit("/", 1)[-1] or source.code
        request = Request(source.code, url, accept="*/*", licence=source.licence)

        def check(content: bytes) -> None:
            reader(content, name, options)  # an answer that cannot be read is not stored

        snapshot, content = fetcher.fetch(request, check)
    else:
        snapshot, content = fetcher.take_file(key or source.code, given, licence=source.licence)
        name = snapshot.url.removeprefix("file:")
    return reader(content, name, options), snapshot.sha256[:12]


def _options(part: Part, year: int, *, one_year: bool) -> Mapping[str, object]:
    """Say which year a file of one year holds, unless its own columns do."""
    told = isinstance(part.options.get("year"), str) or isinstance(
        part.options.get("value"), Mapping
    )
    if not one_year or told:
        return part.options
    return {**part.options, "year": part.year_in_source(year)}


def of_year(
    read: tuple[Observations, str],
    use: Use,
    year: int,
    graph: ChangeGraph,
    notes: dict[tuple[str, str], None],
) -> pd.DataFrame:
    """Pick one year of a file, its kommune numbers checked against those of its own borders.

    Those are the borders the catalogue says, else those of the figures' own year.
    """
    observations, sha = read
    table = observations.frame
    wanted = use.part.year_in_source(year)
    rows = table[table["aar"] == wanted]
    if rows.empty:
        had = ", ".join(map(str, sorted(set(table["aar"]))[-12:]))
        pair = (
            f"{observations.origin}: no figures for {wanted}; it has {had}.",
            f"{observations.origin}: ingen tall for {wanted}; den har {had}.",
        )
        notes[pair] = None
    own = min(max(wanted, graph.first_year), graph.last_year)
    borders = own if use.part.borders is None else use.part.borders
    valid = graph.valid(borders)
    stray = rows[~rows["kommune"].isin(list(valid)) & rows["value"].notna()]
    if len(stray) > max(1, _FEW * len(rows)):
        likely = max(
            range(graph.first_year, graph.last_year + 1),
            key=lambda y: int(rows["kommune"].isin(list(graph.valid(y))).sum()),
        )
        first = stray["kommune"].iloc[0]
        raise SourceError(
            f"{observations.origin}: {len(stray)} kommune numbers do not exist in {borders} (first "
            f"{first}); the file looks like the borders of {likely}. Give a file on the borders "
            f"of the figures' own year, or say 'borders: {likely}' in the catalogue's entry.",
            f"{observations.origin}: {len(stray)} kommunenumre finnes ikke i {borders} (først "
            f"{first}); filen ser ut til å ha grensene i {likely}. Gi en fil med grensene i "
            f"tallenes eget år, eller oppgi «borders: {likely}» i katalogen.",
        )
    for code in stray["kommune"]:
        pair = (
            f"{observations.origin}: {code} is no kommune in {borders}; its figure is not used.",
            f"{observations.origin}: {code} er ingen kommune i {borders}; tallet brukes ikke.",
        )
        notes[pair] = None
    return _carried(rows, borders, year, graph).assign(snapshot=sha)


def _carried(rows: pd.DataFrame, borders: int, year: int, graph: ChangeGraph) -> pd.DataFrame:
    """Carry figures told on one year's borders to the numbers the same areas had in ``year``."""
    there = {area: number for number, area in graph.areas[borders].items()}
    own = {there[area]: number for number, area in graph.areas[year].items() if area in there}
    same = rows[rows["kommune"].isin(list(own))]
    carried = same[["kommune", "value", "status"]].assign(kommune=same["kommune"].map(own))
    changed = [n for n, area in graph.areas[year].items() if area not in there]
    lost = pd.DataFrame({"kommune": changed, "value": float("nan"), "status": OTHER_BORDERS})
    return pd.concat([carried, lost], ignore_index=True) if changed else carried
