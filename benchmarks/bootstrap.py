"""How fast the wild cluster bootstrap is, as ratios against wildboottest in the same run.

``python benchmarks/bootstrap.py [--runs N] [--draws N] [--rows N]``. One coefficient, 9,999
Rademacher draws, on the synthetic panel (1,935 rows, 387 kommuner, the regression of the report)
and on a table made up from a seed (1,000,000 rows in 400 clusters, unsorted, 8 regressors). Both
sides start from the same data in memory: ours from a fit, the peer from a statsmodels model not
yet fitted, from which it computes coefficients itself; the rows "with the fit" start from the data
frame on our side. The peer gives a p-value and no limits: "p" is the same work, "p and limits" is
more. The peer compiles a loop anew at each call, which is part of what a call costs.

Before anything is timed, t must be the peer's to 1e-9 and the p-value its to five standard errors
of simulation. A peer that is not installed is left out (``pip install wildboottest``). Peak memory
is what Python's allocators hand out during a call (tracemalloc), in a run of its own.

Everything runs in this process, on two cores where the system lets a process choose; ours and the
peer take turns and medians over the pairs are printed. Nothing here fails on speed: aims are
printed beside the figures.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import os
import platform
import statistics
import time
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

CORES = 2
CLUSTERS = 400
AGREE = 1e-9
SEED = 20260105
PEER = "wildboottest"


@dataclass(frozen=True)
class Case:
    """A table, the model and what is tested."""

    name: str
    spec: Any
    data: Any
    tested: str
    aim: float


def made_up(rows: int) -> pd.DataFrame:
    """A made-up table: clusters of unequal size, in no order."""
    random = np.random.default_rng(SEED)
    share = random.dirichlet(np.full(CLUSTERS, 5.0))
    cluster = random.choice(CLUSTERS, size=rows, p=share)
    level = random.normal(size=(CLUSTERS, 8))
    X = random.normal(size=(rows, 8)) + level[cluster]
    y = X @ np.full(8, 0.01) + random.normal(size=CLUSTERS)[cluster] + random.normal(size=rows)
    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(8)])
    return frame.assign(y=y, klynge=cluster, rad=np.arange(rows))


def cases(rows: int) -> list[Case]:
    """The two cases."""
    import proba

    spec = proba.Spec(
        "y", tuple(f"x{j}" for j in range(8)), entity="klynge", time="rad", year_effects=False
    )
    panel = proba.load_panel("kalibrert")
    return [
        Case("panel, SYNTHETIC", proba.PROBA_2017, panel, "nybosatte_flyktninger", 20.0),
        Case("made-up table", spec, made_up(rows), "x0", 10.0),
    ]


def fitted(case: Case) -> Any:
    """The fit, through the public call."""
    import proba

    return proba.fit(case.spec, case.data, cluster=case.spec.entity)


def ours(results: Any, case: Case, draws: int, **options: Any) -> Any:
    """The public call."""
    from proba.estimation.bootstrap import wild_bootstrap

    options = {"level": None, **options}
    return wild_bootstrap(results, [case.tested], seed=SEED, draws=draws, **options)


def peer_model(results: Any, case: Case) -> tuple[Any, Any]:
    """A statsmodels model and whole-number clusters, which the peer wants."""
    import statsmodels.api as sm

    design = results.design
    model = sm.OLS(design.y, pd.DataFrame(design.X, columns=list(design.names)))
    return model, pd.factorize(design.columns[case.spec.entity])[0]


def peer(given: tuple[Any, Any], case: Case, draws: int, variant: str = "11") -> Any:
    """The peer's call: t and p."""
    from wildboottest.wildboottest import wildboottest

    model, cluster = given
    table = wildboottest(
        model,
        B=draws,
        param=case.tested,
        cluster=cluster,
        bootstrap_type=variant,
        seed=SEED,
        show=False,
    )
    return float(np.ravel(table["statistic"].iloc[0])[0]), float(table["p-value"].iloc[0])


# Timing -----------------------------------------------------------------------------------------


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak(work: Callable[[], object]) -> float:
    """MiB handed out at the most during a call, beyond what was there."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (most - before) / 2**20


def check(results: Any, model: Any, case: Case, draws: int, variant: str) -> None:
    """Raise unless t and p are the peer's."""
    test = ours(results, case, draws, variant=variant)
    t, p = peer(model, case, draws, variant)
    noise = 5.0 * np.sqrt(2.0 * max(test.pvalue * (1.0 - test.pvalue), 1.0 / draws) / draws)
    if abs(test.statistic - t) > AGREE * abs(t) or abs(test.pvalue - p) > noise:
        raise SystemExit(
            f"{PEER} and proba differ ({case.name}, {variant}): t {t} and {test.statistic}, "
            f"p {p} and {test.pvalue}"
        )


def rows(case: Case, draws: int, runs: int, compared: bool) -> None:
    """Print the rows of a case."""
    results = fitted(case)
    model = peer_model(results, case)
    G = results.nclusters
    print(f"{case.name}: {results.nobs:,} rows, {G} clusters, {len(results.names)} coefficients")
    jobs: list[tuple[str, str, Callable[[], object], str]] = [
        ("11, p", "11", lambda: ours(results, case, draws), f"   (aim: at least {case.aim:.0f})"),
        ("11, p and limits", "11", lambda: ours(results, case, draws, level=0.95), ""),
        ("31, p", "31", lambda: ours(results, case, draws, variant="31"), ""),
        ("11, p, with the fit", "11", lambda: ours(fitted(case), case, draws), ""),
    ]
    for name, variant, work, note in jobs:
        work()
        if not compared:
            mine = statistics.median(seconds(work) for _ in range(runs))
            print(f"  {name:24}{1000 * mine:10.1f}")
            continue
        check(results, model, case, draws, variant)
        pairs = [
            (seconds(work), seconds(lambda v=variant: peer(model, case, draws, v)))  # type: ignore[misc]
            for _ in range(runs)
        ]
        mine, theirs = (statistics.median(t) for t in zip(*pairs, strict=True))
        ratio = statistics.median(b / a for a, b in pairs)
        print(f"  {name:24}{1000 * mine:10.1f}{1000 * theirs:12.0f}{ratio:10.1f}{note}")
    for name, _, work, _ in jobs[:3]:
        print(f"  peak memory, {name}: {peak(work):.1f} MiB")
    if compared:
        most = peak(lambda: peer(model, case, draws))
        print(f"  peak memory of the peer, 11, p: {most:.1f} MiB")


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--draws", type=int, default=9999)
    parser.add_argument("--rows", type=int, default=1_000_000)
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:CORES]))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    compared = importlib.util.find_spec(PEER) is not None
    warnings.filterwarnings("ignore", module=PEER)
    print(
        f"Python {platform.python_version()}, {cores} cores, {given.runs} pairs, medians; "
        f"{given.draws:,} Rademacher draws\n"
        + ("" if compared else f"{PEER} is not installed: no ratios\n")
        + f"{'':26}{'ours, ms':>10}{f'{PEER}, ms' if compared else '':>18}"
        + f"{'ratio' if compared else '':>10}"
    )
    for case in cases(given.rows):
        rows(case, given.draws, given.runs, compared)


if __name__ == "__main__":
    main()
