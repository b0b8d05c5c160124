"""One call from sources to panel: plan, gather, put on borders, compute, report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from proba._bar import progress_bar
from proba.errors import CatalogueError
from proba.kommuner import ChangeGraph, SplitWeights, shipped_graph
from proba.panel.building.account import build_report
from proba.panel.building.assemble import assemble, without_empty
from proba.panel.building.catalogue import Catalogue
from proba.panel.building.divide import read_weights, split_needs
from proba.panel.building.gather import Progress, gather
from proba.panel.building.inputs import as_names, as_years, held_files, need_files, remembered
from proba.panel.building.plan import BuildPlan, check_files, make_plan
from proba.panel.building.reading import read_catalogue, shipped_catalogue
from proba.panel.building.report import BuildReport
from proba.panel.panel import Panel, make_panel
from proba.panel.registry import REGISTRY
from proba.sources.fetching import Fetcher
from proba.sources.http import HttpClient
from proba.sources.klass import KlassClient
from proba.sources.store import Store

__all__ = ["BuiltPanel", "build_panel", "plan_panel"]

_KOMMUNE = 131
"""KLASS's number for the classification of kommuner."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class BuiltPanel(Panel):
    """A panel with the story of how it was built.

    Attributes
    ----------
    report : BuildReport
    figures : DataFrame
        Every published figure used, before any borders were changed: ``kommune``, ``aar``,
        ``quantity``, ``value``, ``status``, ``part`` (table or file), ``snapshot`` (SHA-256).
    counts : DataFrame
        The quantities on the panel's borders, indexed by (``kommune``, ``aar``).
    missing : DataFrame
        One row a missing value, with the reason.
    """

    report: BuildReport = field(kw_only=True)
    figures: pd.DataFrame = field(kw_only=True, repr=False)
    counts: pd.DataFrame = field(kw_only=True, repr=False)
    missing: pd.DataFrame = field(kw_only=True, repr=False)


def plan_panel(
    years: Collection[int] | int | str,
    *,
    borders: int | None = None,
    variables: Collection[str] | str | None = None,
    files: Mapping[str, str | Path] | None = None,
    split_weights: SplitWeights | str | Path | None = None,
    omit: Collection[str] | str = (),
    catalogue: Catalogue | str | Path | None = None,
    store: Store | str | Path | None = None,
) -> BuildPlan:
    """Return what :func:`build_panel` would fetch with the same arguments; nothing is fetched."""
    known, kept = _catalogue(catalogue), _store(store)
    plan, _ = _plan(years, borders, variables, files or {}, known, kept)
    needs = split_needs(plan, shipped_graph(), split_weights, _omitted(omit))
    return replace(plan, notes=(*plan.notes, *needs))


def build_panel(
    years: Collection[int] | int | str,
    *,
    borders: int | None = None,
    variables: Collection[str] | str | None = None,
    files: Mapping[str, str | Path] | None = None,
    split_weights: SplitWeights | str | Path | None = None,
    omit: Collection[str] | str = (),
    catalogue: Catalogue | str | Path | None = None,
    store: Store | str | Path | None = None,
    refresh: bool = False,
    offline: bool = False,
    progress: Progress | bool = False,
    on_plan: Callable[[BuildPlan], None] | None = None,
    on_wait: Callable[[str, float], None] | None = None,
) -> BuiltPanel:
    """Build the kommune-year panel from its sources.

    Parameters
    ----------
    years : collection of int, int or str
        Years wanted, from 2012 on; ``"2012-2016"`` will do.
    borders : int, optional
        Year whose kommuner every row is put on; the last of ``years`` when left out. Counts and
        amounts are added; shares are computed anew from numerator and denominator.
    variables : collection of str, optional
        Columns wanted, each an error if it cannot be had; every variable of the catalogue that
        can be had when left out.
    files : mapping of str to path or address, optional
        Files of the sources that have no interface: ``{"nav": "ufore.xlsx",
        "gront_hefte:2016": "e-k.xlsx"}``. A file that could be read is kept in the store and
        need not be named again; one named now takes the place of all kept for its source.
    split_weights : SplitWeights, path or "folketall", optional
        Needed when a kommune must be divided: shares as data (CSV ``fra,til,andel``), or
        ``"folketall"`` for population in the year of the borders, which is an approximation and
        reported as one.
    omit : collection of str
        Kommune numbers on the chosen borders to leave out (the report left out 0301 Oslo).
    catalogue : Catalogue or path, optional
        The shipped one when left out.
    store : Store or path, optional
        Where answers are kept; see :class:`~proba.sources.store.Store`.
    refresh : bool
        Ask the sources again even where the store has an answer.
    offline : bool
        Use the store alone.
    progress : bool or callable
        True shows a bar; a callable is called with steps done, steps in all and a text.
    on_plan : callable, optional
        Called with the plan before anything is fetched.
    on_wait : callable, optional
        Called with a host and seconds before each pause of a second or more.

    Returns
    -------
    BuiltPanel
        A :class:`~proba.panel.Panel` with its ``report``. An interrupted build goes on where it
        stopped when called again: what was fetched is in the store.

    Raises
    ------
    CatalogueError
        If a variable, year or file cannot be had; said before anything is fetched.
    SourceError
        If a source cannot be reached, or answers otherwise than it should.
    KommuneError
        If a kommune must be divided and no weights are given.
    StoreError
        If the store cannot be read or written.
    """
    known = _catalogue(catalogue)
    kept = _store(store)
    left = _omitted(omit)
    plan, held = _plan(years, borders, variables, files or {}, known, kept)
    need_files(files or {})
    if on_plan is not None:
        on_plan(plan)
    with ExitStack() as stack:
        client = None if offline else stack.enter_context(HttpClient(on_wait=on_wait))
        fetcher = Fetcher(kept, client, refresh=refresh)
        graph = _graph(max(*plan.years, plan.borders), fetcher)
        for kommune in left:
            graph.name(kommune, plan.borders)  # or an error, before the fetching
        weights = read_weights(split_weights, plan, graph, known, fetcher, left)
        told = stack.enter_context(progress_bar()) if progress is True else progress or None
        gathered = gather(plan, known, fetcher, graph, held, progress=told)
    done = assemble(plan, known, gathered.figures, graph, weights=weights, omit=left)
    plan, done = without_empty(plan, done, asked=variables is not None)
    report = build_report(plan, gathered, done, graph, fetcher.used, fetcher.counts, fetcher.label)
    panel = make_panel(
        done.frame,
        name=f"{_span(plan.years)} ({plan.borders})",
        label=fetcher.label,
        small_shares=_small_shares(done.frame),
    )
    return BuiltPanel(
        panel.frame,
        panel.meta,
        report=report,
        figures=gathered.figures,
        counts=done.counts,
        missing=done.missing,
    )


def _plan(
    years: Collection[int] | int | str,
    borders: int | None,
    variables: Collection[str] | str | None,
    files: Mapping[str, str | Path],
    catalogue: Catalogue,
    store: Store,
) -> tuple[BuildPlan, dict[str, str | Path | None]]:
    asked, target = as_years(years, borders)
    check_files(catalogue, files)
    held = held_files(catalogue, asked, files, store)
    plan = make_plan(catalogue, asked, target, variables=as_names(variables), files=set(held))
    return replace(plan, notes=remembered(plan, held, store)), held


def _omitted(omit: Collection[str] | str) -> tuple[str, ...]:
    numbers = as_names(omit) or ()
    for number in numbers:
        if not (isinstance(number, str) and len(number) == 4 and number.isdigit()):
            raise CatalogueError(
                f"omit: {number!r} is no kommune number; write four digits, as '0301'.",
                f"omit: {number!r} er ikke et kommunenummer; skriv fire siffer, f.eks. 0301.",
            )
    return numbers


def _catalogue(catalogue: Catalogue | str | Path | None) -> Catalogue:
    if catalogue is None:
        return shipped_catalogue()
    return catalogue if isinstance(catalogue, Catalogue) else read_catalogue(catalogue)


def _store(store: Store | str | Path | None) -> Store:
    return store if isinstance(store, Store) else Store(store)


def _graph(last: int, fetcher: Fetcher) -> ChangeGraph:
    """Return the shipped graph, carried on by KLASS where the years go beyond it."""
    graph = shipped_graph()
    if last <= graph.last_year:
        return graph
    client = KlassClient(fetcher)
    changes = client.changes(_KOMMUNE, date(graph.last_year, 1, 2), date(last, 1, 1))
    return graph.extended(changes, until=last, codes=client.codes(_KOMMUNE, date(last, 1, 1)))


def _small_shares(frame: pd.DataFrame) -> tuple[str, ...]:
    """Percent columns that are all below 1: computed here from counts, so no mistaken fractions."""
    return tuple(
        str(name)
        for name, column in frame.items()
        if (v := REGISTRY.get(str(name))) is not None and v.unit.is_percent and column.notna().any()
    )


def _span(years: tuple[int, ...]) -> str:
    return f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])
