"""Shares for kommuner that must be divided on the chosen borders, found before any fetching."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from proba.errors import KommuneError
from proba.kommuner import ChangeGraph, SplitWeights, to_borders, weights_from_counts
from proba.panel.building.catalogue import Catalogue, Words
from proba.panel.building.gather import gather
from proba.panel.building.plan import BuildPlan, make_plan
from proba.sources.fetching import Fetcher

__all__ = ["POPULATION", "need_no_more_weights", "read_weights", "split_needs", "within"]

POPULATION = "folketall"
"""The variable shares are made of when asked for by this name."""


def within(
    kommune: str, year: int, borders: int, graph: ChangeGraph, omit: Collection[str]
) -> bool:
    """Whether any of a kommune lies in the panel; False where all of it is left out."""
    return any(t.kommune not in omit for t in graph.targets(kommune, year, borders))


def read_weights(
    given: SplitWeights | str | Path | None,
    plan: BuildPlan,
    graph: ChangeGraph,
    catalogue: Catalogue,
    fetcher: Fetcher,
    omit: Collection[str],
) -> SplitWeights | None:
    """Return the shares given, read from a file, or made of the population of the borders year.

    Raises
    ------
    KommuneError
        If a kommune must still be divided and has no shares; nothing has been fetched then but,
        for ``"folketall"``, population.
    """
    if given is None or isinstance(given, SplitWeights):
        weights = given
    elif str(given) != POPULATION:
        weights = SplitWeights.from_csv(given)
    else:
        # A part that was never a kommune has no population in any year: told before asking.
        every = {"kommune": list(graph.valid(plan.borders)), "aar": plan.borders, POPULATION: 1.0}
        pretended = _shares(pd.DataFrame(every), plan, graph)
        need_no_more_weights(plan, graph, pretended, omit)
        weights = _shares(_population(plan, graph, catalogue, fetcher), plan, graph)
    need_no_more_weights(plan, graph, weights, omit)
    return weights


def need_no_more_weights(
    plan: BuildPlan, graph: ChangeGraph, weights: SplitWeights | None, omit: Collection[str]
) -> None:
    """Raise a KommuneError if a kommune of the plan's years must be divided and has no shares."""
    every = [
        (kommune, year)
        for year in plan.years
        for kommune in graph.valid(year)
        if within(kommune, year, plan.borders, graph, omit)
    ]
    empty = pd.DataFrame(every, columns=["kommune", "aar"]).assign(nothing=0.0)
    to_borders(empty, borders=plan.borders, graph=graph, sums=["nothing"], weights=weights)


def split_needs(
    plan: BuildPlan, graph: ChangeGraph, weights: object, omit: Collection[str]
) -> tuple[Words, ...]:
    """Tell which shares a plan without any would stop for; nothing where some are given."""
    if weights is not None or max(*plan.years, plan.borders) > graph.last_year:
        return ()
    try:
        need_no_more_weights(plan, graph, None, omit)
    except KommuneError as error:
        return (Words(f"Trenger vekter: {error.nb}", f"Needs weights: {error.en}"),)
    return ()


def _population(
    plan: BuildPlan, graph: ChangeGraph, catalogue: Catalogue, fetcher: Fetcher
) -> pd.DataFrame:
    people = make_plan(catalogue, (plan.borders,), plan.borders, variables=(POPULATION,), files=())
    counted = gather(people, catalogue, fetcher, graph, {}).figures
    rows = counted[counted["quantity"] == POPULATION].rename(columns={"value": POPULATION})
    return rows[["kommune", "aar", POPULATION]]


def _shares(counts: pd.DataFrame, plan: BuildPlan, graph: ChangeGraph) -> SplitWeights:
    year = plan.borders
    return weights_from_counts(counts, POPULATION, year=year, borders=year, graph=graph)
