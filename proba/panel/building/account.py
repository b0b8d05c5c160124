"""Collecting what a build did into its report."""

from __future__ import annotations

import re

import pandas as pd

from proba.kommuner import ChangeGraph
from proba.panel.building.assemble import Assembled
from proba.panel.building.catalogue import Words
from proba.panel.building.gather import Gathered
from proba.panel.building.held_back import held_back
from proba.panel.building.plan import BuildPlan
from proba.panel.building.plan_text import spans
from proba.panel.building.report import BuildReport
from proba.sources.fetching import FetchCounts
from proba.sources.store import Snapshot

__all__ = ["build_report"]

_NAMED = 5


def build_report(
    plan: BuildPlan,
    gathered: Gathered,
    assembled: Assembled,
    graph: ChangeGraph,
    snapshots: tuple[Snapshot, ...],
    counts: FetchCounts,
    label: str | None,
) -> BuildReport:
    """Collect what a build did."""
    frame = assembled.frame
    by_year = frame.groupby("aar")["kommune"].nunique()
    codes = gathered.figures["status"].dropna().str.split(" ").explode().value_counts()
    seen = {str(code): int(n) for code, n in codes.items()}
    files = sum(snapshot.url.startswith("file:") for snapshot in snapshots)
    fetched = min(counts.fetched, len(snapshots) - files)
    return BuildReport(
        plan,
        len(frame),
        {int(str(year)): int(n) for year, n in by_year.items()},
        _summed_up(assembled.missing),
        seen,
        _merged(frame, plan, graph),
        held_back(assembled.borders),
        tuple(Words(use.text("nb"), use.text("en")) for use in assembled.borders.splits),
        assembled.approximate,
        (*(Words(nb, en) for en, nb in gathered.notes), *_moved(assembled)),
        dict(gathered.updated),
        snapshots,
        fetched,
        len(snapshots) - files - fetched,
        files,
        label,
    )


def _merged(
    frame: pd.DataFrame, plan: BuildPlan, graph: ChangeGraph
) -> tuple[tuple[str, str], ...]:
    """Kommuner on the borders that are made of several in some year of the panel."""
    out: dict[str, str] = {}
    for kommune in sorted(set(frame["kommune"])):
        area = graph.areas[plan.borders][kommune]
        for year in plan.years:
            parts = sorted(n for n, held in graph.areas[year].items() if held & area)
            if len(parts) > 1:
                names = ", ".join(f"{n} {graph.name(n, year)}" for n in parts)
                out.setdefault(f"{kommune} {graph.name(kommune, plan.borders)}", names)
    return tuple(out.items())


def _moved(assembled: Assembled) -> tuple[Words, ...]:
    """Pieces that changed kommune and that no amounts follow."""
    moves = assembled.borders.border_moves
    if not moves:
        return ()
    told = ", ".join(
        dict.fromkeys(
            f"{m.source} {m.source_name} → {m.target} {m.target_name} ({m.date:%Y})" for m in moves
        )
    )
    return (
        Words(
            f"Grensejusteringer i perioden som det ikke er korrigert for: {told}",
            f"Border adjustments in the period that are not corrected for: {told}",
        ),
    )


def _summed_up(missing: pd.DataFrame) -> pd.DataFrame:
    """One row a variable and reason; a value with two reasons counts under both together."""
    columns = ["variable", "reason", "years", "n", "kommuner"]
    if missing.empty:
        return pd.DataFrame(columns=columns)
    one = missing.groupby(["variable", "kommune", "aar"], sort=False)["reason"].agg(
        lambda r: " ".join(sorted({code for x in r for code in _codes(x)}))
    )
    out = [
        (variable, reason, spans(tuple(sorted(set(group["aar"])))), len(group), _few(group))
        for (variable, reason), group in one.reset_index().groupby(
            ["variable", "reason"], sort=False
        )
    ]
    return pd.DataFrame(out, columns=columns)


def _few(group: pd.DataFrame) -> str:
    """Name up to five kommuner; of more, only the first."""
    numbers = sorted(set(group["kommune"]))
    return ", ".join(numbers[:_NAMED]) + (" …" if len(numbers) > _NAMED else "")


def _codes(reason: str) -> list[str]:
    """Leave out which part of a merged kommune it was: the figures say that."""
    return re.split("[ ,]+", re.sub(r" \(\d{4}\)", "", reason))
