"""One call from sources to panel: plan, gather, put on borders, compute, report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from proba.errors import CatalogueError, SourceError
from proba.kommuner import (
    ChangeGraph,
    SplitWeights,
    shipped_graph,
    to_borders,
    weights_from_counts,
)
from proba.panel.building.account import build_report
from proba.panel.building.assemble import assemble
from proba.panel.building.catalogue import Catalogue
from proba.panel.building.from_files import is_address
from proba.panel.building.gather import Progress, gather
from proba.panel.building.plan import BuildPlan, make_plan
from proba.panel.building.reading import read_catalogue, shipped_catalogue
from proba.panel.building.report import BuildReport
from proba.panel.panel import Panel, make_panel
from proba.panel.registry import REGISTRY
from proba.sources.fetching import Fetcher
from proba.sources.http import HttpClient
from proba.sources.klass import KlassClient
from proba.sources.store import Store, file_key

__all__ = ["BuiltPanel", "build_panel", "plan_panel"]

POPULATION = "folketall"
"""The variable split weights are made of when asked for by this name."""

_KOMMUNE = 131
_FIRST_YEAR = 2012


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
    years: Collection[int],
    *,
    borders: int | None = None,
    variables: Collection[str] | None = None,
    files: Mapping[str, str | Path] | None = None,
    catalogue: Catalogue | str | Path | None = None,
    store: Store | str | Path | None = None,
) -> BuildPlan:
    """Return what :func:`build_panel` would fetch with the same arguments; nothing is fetched."""
    known = _catalogue(catalogue)
    asked, target = _years(years, borders)
    held = _files(known, asked, files or {}, _store(store))
    wanted = None if variables is None else tuple(variables)
    return make_plan(known, asked, target, variables=wanted, files=set(held))


def build_panel(
    years: Collection[int],
    *,
    borders: int | None = None,
    variables: Collection[str] | None = None,
    files: Mapping[str, str | Path] | None = None,
    split_weights: SplitWeights | str | Path | None = None,
    omit: Collection[str] = (),
    catalogue: Catalogue | str | Path | None = None,
    store: Store | str | Path | None = None,
    refresh: bool = False,
    offline: bool = False,
    progress: Progress | None = None,
    on_plan: Callable[[BuildPlan], None] | None = None,
    on_wait: Callable[[str, float], None] | None = None,
) -> BuiltPanel:
    """Build the kommune-year panel from its sources.

    Parameters
    ----------
    years : collection of int
        Years wanted, from 2012 on.
    borders : int, optional
        Year whose kommuner every row is put on; the last of ``years`` when left out. Counts and
        amounts are added; shares are computed anew from numerator and denominator.
    variables : collection of str, optional
        Columns wanted; every variable of the catalogue that can be had when left out.
    files : mapping of str to path or address, optional
        Files of the sources that have no interface: ``{"nav": "ufore.xlsx",
        "gront_hefte:2016": "e-k.xlsx"}``. A file once handed in is kept in the store and need
        not be named again.
    split_weights : SplitWeights, path or "folketall", optional
        Needed when a kommune must be divided: shares as data (CSV ``fra,til,andel``), or
        ``"folketall"`` for population in the year nearest to the change that tells the parts
        apart, which is an approximation and reported as one.
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
    progress : callable, optional
        Called with steps done, steps in all and a text.
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
    asked, target = _years(years, borders)
    kept = _store(store)
    held = _files(known, asked, files or {}, kept)
    wanted = None if variables is None else tuple(variables)
    plan = make_plan(known, asked, target, variables=wanted, files=set(held))
    _need_files(files or {})
    if on_plan is not None:
        on_plan(plan)
    with ExitStack() as stack:
        client = None if offline else stack.enter_context(HttpClient(on_wait=on_wait))
        fetcher = Fetcher(kept, client, refresh=refresh)
        graph = _graph(max(*asked, target), fetcher)
        weights = _weights(split_weights, plan, graph, known, fetcher)
        _need_no_more_weights(plan, graph, weights)
        for kommune in omit:
            graph.name(kommune, plan.borders)  # or an error, before the fetching
        gathered = gather(plan, known, fetcher, graph, held, progress=progress)
    done = assemble(plan, known, gathered.figures, graph, weights=weights, omit=tuple(omit))
    label = "; ".join(dict.fromkeys(s.label for s in fetcher.used if s.label)) or None
    report = build_report(plan, gathered, done, graph, fetcher.used, fetcher.counts, label)
    panel = make_panel(
        done.frame,
        name=f"{_span(plan.years)} ({plan.borders})",
        label=label,
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


def _catalogue(catalogue: Catalogue | str | Path | None) -> Catalogue:
    if catalogue is None:
        return shipped_catalogue()
    return catalogue if isinstance(catalogue, Catalogue) else read_catalogue(catalogue)


def _store(store: Store | str | Path | None) -> Store:
    return store if isinstance(store, Store) else Store(store)


def _years(years: Collection[int], borders: int | None) -> tuple[tuple[int, ...], int]:
    asked = tuple(sorted({int(year) for year in years}))
    this_year = datetime.now(UTC).year
    if not asked:
        raise CatalogueError("no years given.", "ingen år oppgitt.")
    target = asked[-1] if borders is None else int(borders)
    for year in (*asked, target):
        if not _FIRST_YEAR <= year <= this_year:
            raise CatalogueError(
                f"{year}: the list of kommuner begins in {_FIRST_YEAR}, and no source has the "
                f"future; give years from {_FIRST_YEAR} to {this_year}.",
                f"{year}: kommunelisten begynner i {_FIRST_YEAR}, og ingen kilde har framtiden; gi "
                f"år fra {_FIRST_YEAR} til {this_year}.",
            )
    return asked, target


def _files(
    catalogue: Catalogue, years: tuple[int, ...], given: Mapping[str, str | Path], store: Store
) -> dict[str, str | Path | None]:
    """Return the files at hand: those given, and (None) those handed in before."""
    held: dict[str, str | Path | None] = dict(given)
    for source in catalogue.sources.values():
        if source.kind != "file":
            continue
        for key in (source.code, *(f"{source.code}:{year}" for year in years)):
            if key not in held and store.find(file_key(key)) is not None:
                held[key] = None
    return held


def _need_files(given: Mapping[str, str | Path]) -> None:
    """Find a file that is not there before an hour of fetching, not after."""
    for key, path in given.items():
        if not is_address(path) and not Path(path).is_file():
            raise SourceError(
                f"{key}: the file {path} cannot be read: no such file, or a folder.",
                f"{key}: filen {path} kan ikke leses: den finnes ikke, eller er en mappe.",
            )


def _graph(last: int, fetcher: Fetcher) -> ChangeGraph:
    """Return the shipped graph, carried on by KLASS where the years go beyond it."""
    graph = shipped_graph()
    if last <= graph.last_year:
        return graph
    client = KlassClient(fetcher)
    changes = client.changes(_KOMMUNE, date(graph.last_year, 1, 2), date(last, 1, 1))
    return graph.extended(changes, until=last, codes=client.codes(_KOMMUNE, date(last, 1, 1)))


def _weights(
    given: SplitWeights | str | Path | None,
    plan: BuildPlan,
    graph: ChangeGraph,
    catalogue: Catalogue,
    fetcher: Fetcher,
) -> SplitWeights | None:
    if given is None or isinstance(given, SplitWeights):
        return given
    if str(given) != POPULATION:
        return SplitWeights.from_csv(given)

    def shares(counts: pd.DataFrame) -> SplitWeights:
        year = plan.borders
        return weights_from_counts(counts, POPULATION, year=year, borders=year, graph=graph)

    # A part that was never a kommune has no population in any year: told before asking for it.
    every = {"kommune": list(graph.valid(plan.borders)), "aar": plan.borders, POPULATION: 1.0}
    _need_no_more_weights(plan, graph, shares(pd.DataFrame(every)))
    people = make_plan(catalogue, (plan.borders,), plan.borders, variables=(POPULATION,), files=())
    counted = gather(people, catalogue, fetcher, graph, {}).figures
    rows = counted[counted["quantity"] == POPULATION].rename(columns={"value": POPULATION})
    return shares(rows[["kommune", "aar", POPULATION]])


def _need_no_more_weights(
    plan: BuildPlan, graph: ChangeGraph, weights: SplitWeights | None
) -> None:
    """Find a split without weights before an hour of fetching, not after."""
    every = [(k, year) for year in plan.years for k in graph.valid(year)]
    empty = pd.DataFrame(every, columns=["kommune", "aar"]).assign(nothing=0.0)
    to_borders(empty, borders=plan.borders, graph=graph, sums=["nothing"], weights=weights)


def _small_shares(frame: pd.DataFrame) -> tuple[str, ...]:
    """Percent columns that are all below 1: computed here from counts, so no mistaken fractions."""
    return tuple(
        str(name)
        for name, column in frame.items()
        if (v := REGISTRY.get(str(name))) is not None and v.unit.is_percent and column.notna().any()
    )


def _span(years: tuple[int, ...]) -> str:
    return f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])
