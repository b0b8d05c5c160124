"""Getting every quantity of a plan for each kommune, with the reason where a figure is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from proba.kommuner import ChangeGraph
from proba.panel.building.catalogue import Catalogue, Part, Source
from proba.panel.building.from_files import address_for, of_year, read_source_file
from proba.panel.building.from_tables import Query, from_table, prepare
from proba.panel.building.plan import BuildPlan, Use, handle
from proba.sources.fetching import Fetcher
from proba.sources.files import Observations
from proba.sources.pxweb import PxWebClient

__all__ = ["COLUMNS", "EMPTY", "NOT_IN_TABLE", "Gathered", "Progress", "gather"]

COLUMNS = ("kommune", "aar", "quantity", "value", "status", "part", "snapshot")
"""Columns of the figures gathered: one row a kommune, year and quantity."""

NOT_IN_TABLE = "not-in-table"
"""Status of a kommune the table or file has no row for."""

EMPTY = "empty"
"""Status of a kommune whose row holds neither a figure nor a sign for why."""

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is being done."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Figures as published, on the borders of their own year.

    Attributes
    ----------
    figures : DataFrame
        With :data:`COLUMNS`; ``value`` in the quantity's unit, NaN where missing; ``status`` the
        source's own code (``.``, ``..``, ``:``, ``-``), several joined by a space, or
        :data:`NOT_IN_TABLE` or :data:`EMPTY`; ``snapshot`` the first twelve digits of the
        answers' SHA-256.
    notes : tuple of (str, str)
        What the readers had to say, English and Norwegian.
    updated : mapping of str to str
        When each table was last updated, by table; every time, where its answers tell several.
    """

    figures: pd.DataFrame
    notes: tuple[tuple[str, str], ...]
    updated: Mapping[str, str]


def gather(
    plan: BuildPlan,
    catalogue: Catalogue,
    fetcher: Fetcher,
    graph: ChangeGraph,
    files: Mapping[str, str | Path | None],
    *,
    progress: Progress | None = None,
) -> Gathered:
    """Fetch or read everything the plan uses.

    Parameters
    ----------
    plan : BuildPlan
    catalogue : Catalogue
    fetcher : Fetcher
        Answers come from its store where it has them.
    graph : ChangeGraph
        Says which kommune numbers exist in a year.
    files : mapping of str to path, address or None
        By name (``nav``, ``gront_hefte:2016``); None for a file that is in the store from before.
    progress : callable, optional

    Returns
    -------
    Gathered

    Raises
    ------
    SourceError
        If a source cannot be reached, or answers otherwise than the catalogue says. What was
        fetched until then stays in the store.
    """
    steps = [(use, year) for use in plan.uses for year in use.years]
    clients: dict[tuple[str, str], PxWebClient] = {}
    queries: dict[int, Query] = {}
    read: dict[tuple[int, str], tuple[Observations, str]] = {}
    notes: dict[tuple[str, str], None] = {}

    def client(part: Part, source: Source) -> PxWebClient:
        named = (source.code, part.lang)
        if named not in clients:
            clients[named] = PxWebClient(
                fetcher, source.url, _language(part), source=source.code, licence=source.licence
            )
        return clients[named]

    def file(use: Use, source: Source, year: int) -> tuple[int, str]:
        key = handle(source, year, files)
        given = source.url if key is None else files[key]
        # Two parts may read one file with other options, and an address may be one a year.
        return id(use.part), f"{key} {address_for(str(given), year)}"

    # What a file or table lacks is found before the first figure is asked for.
    told: dict[int, pd.DataFrame] = {}
    for step, (use, year) in enumerate(steps):
        source = catalogue.sources[use.part.source]
        if source.kind == "file":
            found = file(use, source, year)
            if found not in read:
                read[found] = read_source_file(source, use.part, year, fetcher, files)
                notes.update(dict.fromkeys(_named(read[found][0])))
            told[step] = of_year(read[found], use, year, graph, notes)
    for step, (use, year) in enumerate(steps):
        if step not in told:
            source = catalogue.sources[use.part.source]
            queries[step] = prepare(client(use.part, source), use.part, year, graph)
    dates: dict[int, str] = {}

    def ask(step: int, *, anew: bool = False) -> None:
        use, year = steps[step]
        source = catalogue.sources[use.part.source]
        told[step], when = from_table(
            client(use.part, source), queries[step], year, graph, anew=anew
        )
        dates[step] = when or ""

    for step, (use, year) in enumerate(steps):
        if progress is not None:
            progress(step, len(steps), f"{use.part.name}: {use.quantity.code} {year}")
        if step in queries:
            ask(step)
    for step in _older(steps, queries, dates):
        # Stored before, or fetched just before, the source's last update: figures of two releases
        # must not meet in one share.
        ask(step, anew=True)
    notes.update(dict.fromkeys(_mixed(steps, queries, dates)))
    if progress is not None:
        progress(len(steps), len(steps), "")
    frames = []
    for step, (use, year) in enumerate(steps):
        frame = _every_kommune(told[step], tuple(graph.valid(year)))
        frame["value"] = frame["value"] * use.part.factor
        frames.append(
            frame.assign(aar=year, quantity=use.quantity.code, part=use.part.name)[list(COLUMNS)]
        )
    updated: dict[str, set[str]] = {}
    for step, when in dates.items():
        if when:
            updated.setdefault(steps[step][0].part.name, set()).add(when)
    figures = pd.concat(frames, ignore_index=True)
    figures["status"] = figures["status"].astype(object).where(figures["status"].notna(), None)
    times = {name: ", ".join(sorted(own)) for name, own in updated.items()}
    return Gathered(figures, tuple(notes), times)


def _releases(
    steps: Sequence[tuple[Use, int]], queries: Mapping[int, Query], dates: Mapping[int, str]
) -> list[list[int]]:
    """Group the queries that the source dates together: one table, the same contents."""
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for step in dates:
        groups.setdefault((steps[step][0].part.name, queries[step].contents), []).append(step)
    return [group for group in groups.values() if len({dates[step] for step in group}) > 1]


def _older(
    steps: Sequence[tuple[Use, int]], queries: Mapping[int, Query], dates: Mapping[int, str]
) -> list[int]:
    """Return the queries whose answer is older than others of the same table and contents."""
    out = []
    for group in _releases(steps, queries, dates):
        newest = max(dates[step] for step in group)
        out += [step for step in group if dates[step] != newest]
    return out


def _mixed(
    steps: Sequence[tuple[Use, int]], queries: Mapping[int, Query], dates: Mapping[int, str]
) -> list[tuple[str, str]]:
    """Say where figures of two releases stand side by side all the same."""
    told = []
    for group in _releases(steps, queries, dates):
        name = steps[group[0]][0].part.name
        days = ", ".join(sorted({dates[step] for step in group}))
        told.append(
            (
                f"{name}: figures of several releases ({days}); run again with network to have "
                "them all from the last.",
                f"{name}: tall fra flere publiseringer ({days}); kjør igjen med nett for å få alle "
                "fra den siste.",
            )
        )
    return told


def _language(part: Part) -> Literal["no", "en"]:
    return "en" if part.lang == "en" else "no"


def _named(observations: Observations) -> list[tuple[str, str]]:
    """Say which file each note is about."""
    origin = observations.origin
    return [(f"{origin}: {en}", f"{origin}: {nb}") for en, nb in observations.notes]


def _every_kommune(frame: pd.DataFrame, kommuner: tuple[str, ...]) -> pd.DataFrame:
    """One row for every kommune of the year, in order."""
    out = frame.set_index("kommune").reindex(pd.Index(kommuner, name="kommune"))
    absent = ~out.index.isin(frame["kommune"])
    out["status"] = out["status"].astype(object).where(~absent, NOT_IN_TABLE)
    silent = out["value"].isna() & out["status"].isna()
    out["status"] = out["status"].where(~silent, EMPTY)
    return out.reset_index()
