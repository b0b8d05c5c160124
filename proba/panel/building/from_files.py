"""One quantity of one year from a file the user, or an address, gives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from proba._io import os_text
from proba.errors import CatalogueError, SourceError
from proba.kommuner import ChangeGraph
from proba.panel.building.carry import carried, own_borders
from proba.panel.building.catalogue import Part, Source
from proba.panel.building.plan import Use, handle
from proba.sources.fetching import Fetcher
from proba.sources.files import READERS, Observations, Reader
from proba.sources.request import Request
from proba.sources.store import Snapshot

__all__ = ["address_for", "is_address", "of_year", "read_source_file"]

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
    name = key or source.code
    if is_address(given):
        address = address_for(str(given), year)
        file = address.split("?")[0].rsplit("/", 1)[-1] or source.code
        request = Request(source.code, address, accept="*/*", licence=source.licence)

        def check(content: bytes) -> None:
            reader(content, file, options)  # an answer that cannot be read is not stored

        snapshot, content = fetcher.fetch(request, check)
        if key is not None:
            fetcher.take_content(name, file, content, licence=source.licence, label=snapshot.label)
        return reader(content, file, options), snapshot.sha256[:12]
    if given is None:
        snapshot, content = fetcher.kept_file(name)
        return _stored(reader, snapshot, content, options, name), snapshot.sha256[:12]
    path = Path(given)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{name}: the file {path} cannot be read ({os_text(error, 'en')}).",
            f"{name}: filen {path} kan ikke leses ({os_text(error, 'nb')}).",
        ) from error
    read = reader(content, path.name, options)
    # Only what could be read is remembered for the next run.
    snapshot = fetcher.take_content(name, path.name, content, licence=source.licence, label=None)
    return read, snapshot.sha256[:12]


def _stored(
    reader: Reader,
    snapshot: Snapshot,
    content: bytes,
    options: Mapping[str, object],
    name: str,
) -> Observations:
    try:
        return reader(content, snapshot.url.removeprefix("file:"), options)
    except SourceError as error:
        raise SourceError(
            f"{error.en} The file is one handed in before; give the right one with "
            f"--file {name}=FILE.",
            f"{error.nb} Filen er en som ble oppgitt tidligere; oppgi den rette med "
            f"--file {name}=FIL.",
        ) from error


def address_for(given: str, year: int) -> str:
    """Return the address of one year's file."""
    return given.replace("{year}", str(year))


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
    borders = own_borders(wanted, graph) if use.part.borders is None else use.part.borders
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
    picked = rows[["kommune", "value", "status"]]
    return carried(picked, borders, year, graph).assign(snapshot=sha)
