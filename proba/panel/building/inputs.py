"""What a caller gives :func:`build_panel`, read into what the build works with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from operator import index
from pathlib import Path

from proba._table import printable
from proba.errors import CatalogueError, SourceError
from proba.panel.building.catalogue import Catalogue, Words
from proba.panel.building.from_files import is_address
from proba.panel.building.plan import BuildPlan
from proba.sources.store import CorruptSnapshotError, Store, file_key

__all__ = ["as_names", "as_years", "held_files", "need_files", "parse_years", "remembered"]

FIRST_YEAR = 2012
_SPAN = re.compile(r"\s*(\d{4})\s*(?:[-\N{EN DASH}]\s*(\d{4})\s*)?")
_LONGEST = 100


def parse_years(text: str) -> tuple[int, ...]:
    """Read ``2012-2016`` or ``2012,2014-2016``.

    Raises
    ------
    CatalogueError
        If a piece is no year and no span.
    """
    years: set[int] = set()
    for piece in text.split(","):
        match = _SPAN.fullmatch(piece)
        first = int(match[1]) if match else 0
        last = int(match[2] or first) if match else 0
        if match is None or first > last or last - first > _LONGEST:
            shown = printable(piece.strip())[:40]
            raise CatalogueError(
                f"years: '{shown}' is no year and no span; write 2012-2016 or 2012,2014.",
                f"årene: «{shown}» er ikke et år eller et spenn; skriv 2012-2016 eller 2012,2014.",
            )
        years.update(range(first, last + 1))
    return tuple(sorted(years))


def as_years(
    years: Collection[int] | int | str, borders: int | None
) -> tuple[tuple[int, ...], int]:
    """Return the years, ascending, and the year of the borders.

    Raises
    ------
    CatalogueError
        If there are none, one is not a whole year, or no source can have it.
    """
    if isinstance(years, str):
        years = parse_years(years)
    listed = list(years) if isinstance(years, Iterable) else [years]
    asked = tuple(sorted({_whole(year) for year in listed}))
    if not asked:
        raise CatalogueError("no years given.", "ingen år oppgitt.")
    target = asked[-1] if borders is None else _whole(borders)
    this_year = datetime.now(UTC).year
    for year in (*asked, target):
        if not FIRST_YEAR <= year <= this_year:
            raise CatalogueError(
                f"{year}: the list of kommuner begins in {FIRST_YEAR}, and no source has the "
                f"future; give years from {FIRST_YEAR} to {this_year}.",
                f"{year}: kommunelisten begynner i {FIRST_YEAR}, og ingen kilde har framtiden; gi "
                f"år fra {FIRST_YEAR} til {this_year}.",
            )
    return asked, target


def _whole(year: object) -> int:
    try:
        return index(year)  # type: ignore[arg-type]
    except TypeError:
        shown = printable(repr(year))[:40]
        raise CatalogueError(
            f"years: {shown} is not a whole year.", f"årene: {shown} er ikke et helt årstall."
        ) from None


def as_names(names: Collection[str] | str | None) -> tuple[str, ...] | None:
    """Return names as a tuple; one text is one name."""
    if names is None:
        return None
    return (names,) if isinstance(names, str) else tuple(names)


def held_files(
    catalogue: Catalogue, years: tuple[int, ...], given: Mapping[str, str | Path], store: Store
) -> dict[str, str | Path | None]:
    """Return the files at hand: those given, and (None) those handed in before.

    A source that is given a file now uses nothing that was handed in before.
    """
    held: dict[str, str | Path | None] = dict(given)
    named = {key.partition(":")[0] for key in given}
    for source in catalogue.sources.values():
        if source.kind != "file" or source.code in named:
            continue
        own = [f"{source.code}:{year}" for year in years]
        for key in own if source.yearly else [source.code, *own]:
            if store.has(file_key(key)):
                held[key] = None
    return held


def remembered(
    plan: BuildPlan, held: Mapping[str, str | Path | None], store: Store
) -> tuple[Words, ...]:
    """Tell which files handed in before a plan uses."""
    used = {use.part.source for use in plan.uses}
    kept: dict[str, list[tuple[str, str, str]]] = {}
    for key, path in held.items():
        source = key.partition(":")[0]
        if path is not None or source not in used:
            continue
        with suppress(CorruptSnapshotError):  # that is said when it is read
            if snapshot := store.find(file_key(key)):
                name, day = snapshot.url.removeprefix("file:"), f"{snapshot.fetched_at:%Y-%m-%d}"
                kept.setdefault(source, []).append((key, name, day))
    return tuple(_told(source, files) for source, files in kept.items())


def _told(source: str, files: list[tuple[str, str, str]]) -> Words:
    """One line a source: a file a year for ten years is not ten lines."""
    names = ", ".join(name for _, name, _ in files)
    days = " – ".join(sorted({min(day for *_, day in files), max(day for *_, day in files)}))
    if len(files) == 1:
        key = files[0][0]
        return Words(
            f"Bruker lagret fil for {key}: {names} (lagt inn {days})",
            f"Using the stored file for {key}: {names} (handed in {days})",
        )
    return Words(
        f"Bruker lagrede filer for {source}: {names} (lagt inn {days})",
        f"Using the stored files for {source}: {names} (handed in {days})",
    )


def need_files(given: Mapping[str, str | Path]) -> None:
    """Find a file that is not there before an hour of fetching, not after.

    Raises
    ------
    SourceError
        Naming the file.
    """
    for key, path in given.items():
        if not is_address(path) and not Path(path).is_file():
            raise SourceError(
                f"{key}: the file {path} cannot be read: no such file, or a folder.",
                f"{key}: filen {path} kan ikke leses: den finnes ikke, eller er en mappe.",
            )
