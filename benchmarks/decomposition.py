"""How fast growth is split, as ratios against named peers in the same run.

``python benchmarks/decomposition.py [--runs N] [--kommuner N] [--years N]``. The table is made up
from a seed: 428 kommuner, 10 years, 4 factors, decomposed year by year (chained) through the public
call, checks and all. The peers start from the same data frame:

* *pandas loop*: as an analyst writes it, ``groupby("kommune")`` and the formula year by year;
* *permutations, floats*: Shapley by its definition, all 4! orders of every kommune and year;
* *permutations, numpy*: the same orders, each for all kommuner and years at once.

No released library splits a panel by an identity of one's own: PyLMDI is a repository without a
release, kaya-decomposition has one fixed identity of emissions, shapley-decomposition takes one
pair of years at a time. Before anything is timed, every peer must give the contributions of the
public call to within 1e-9 of the totals.

The second part splits every kommune's growth in need and practice (``need_practice``) with
standard errors, against a loop of statsmodels' ``t_test``, a call a kommune with the same
contrasts, with the fit on both sides (the peer's from a finished design matrix) and with it given.
statsmodels has no CR2: there the peer does the lesser work of CR1.

Everything runs in this process, on two cores where the system lets a process choose; jobs and
peers take turns and medians over the pairs are printed. Nothing here fails on speed: aims are
printed beside the figures.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import math
import os
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

FACTORS = ("innbyggere", "andel_mottakere", "varighet", "stonad_per_maned")
IDENTITY = f"utbetalt = {' * '.join(FACTORS)}"
FIRST = 2012
AIM = 100.0
AGREE = 1e-9
CORES = 2

Array = np.ndarray[Any, np.dtype[np.float64]]


def made_up(kommuner: int, years: int) -> pd.DataFrame:
    """A made-up table: one row a kommune and year."""
    random = np.random.default_rng(20260104)
    level = np.column_stack(
        [
            random.lognormal(8.5, 1.1, kommuner),
            random.uniform(0.01, 0.05, kommuner),
            random.uniform(3.0, 7.0, kommuner),
            random.uniform(7000.0, 12000.0, kommuner),
        ]
    )
    growth = random.lognormal([0.008, 0.01, 0.005, 0.03], 0.05, (years - 1, kommuner, 4))
    paths = level * np.concatenate([np.ones((1, kommuner, 4)), np.cumprod(growth, axis=0)])
    frame = pd.DataFrame(paths.transpose(1, 0, 2).reshape(-1, 4), columns=list(FACTORS))
    frame.insert(0, "kommune", np.repeat([f"{i:04}" for i in range(1, kommuner + 1)], years))
    frame.insert(1, "aar", np.tile(np.arange(FIRST, FIRST + years), kommuner))
    frame["merke"] = "Syntetiske tall"
    return frame


# Ours and the peers: each returns contributions, shape (kommuner, factors) ---------------------


def ours(frame: pd.DataFrame, method: str) -> Array:
    """The public call."""
    from proba.decomposition import decompose

    years = frame["aar"]
    result = decompose(
        frame,
        IDENTITY,
        start=int(years.min()),
        end=int(years.max()),
        method=method,
        by="kommune",
        chained=True,
    )
    return result.contributions.to_numpy()


def pandas_loop(frame: pd.DataFrame, method: str) -> Array:
    """As an analyst writes it: kommune by kommune, year by year."""
    names = list(FACTORS)
    out = []
    for _, rows in frame.groupby("kommune"):
        rows = rows.sort_values("aar")
        total = pd.Series(0.0, index=names)
        for i in range(1, len(rows)):
            before, after = rows[names].iloc[i - 1], rows[names].iloc[i]
            if method == "lmdi":
                v0, v1 = before.prod(), after.prod()
                weight = v0 if v1 == v0 else (v1 - v0) / (np.log(v1) - np.log(v0))
                for name in names:
                    total[name] += weight * np.log(after[name] / before[name])
            else:
                for name in names:
                    others = [x for x in names if x != name]
                    mean = 0.0
                    for size in range(len(names)):
                        share = 1 / (len(names) * math.comb(len(names) - 1, size))
                        for changed in itertools.combinations(others, size):
                            product = 1.0
                            for x in others:
                                product *= after[x] if x in changed else before[x]
                            mean += share * product
                    total[name] += (after[name] - before[name]) * mean
        out.append(total.to_numpy())
    return np.array(out)


def permutations_floats(frame: pd.DataFrame, _: str) -> Array:
    """All orders of every kommune and year, in plain Python."""
    k = len(FACTORS)
    orders = list(itertools.permutations(range(k)))
    out = []
    for _, rows in frame.groupby("kommune"):
        table = rows.sort_values("aar")[list(FACTORS)].to_numpy().tolist()
        total = [0.0] * k
        for before, after in itertools.pairwise(table):
            for order in orders:
                now = list(before)
                value = math.prod(now)
                for j in order:
                    now[j] = after[j]
                    changed = math.prod(now)
                    total[j] += (changed - value) / len(orders)
                    value = changed
        out.append(total)
    return np.array(out)


def permutations_numpy(frame: pd.DataFrame, _: str) -> Array:
    """All orders, each for all kommuner and years at once."""
    k = len(FACTORS)
    rows = frame.sort_values(["kommune", "aar"])
    count = rows["kommune"].nunique()
    x = rows[list(FACTORS)].to_numpy().reshape(count, -1, k)
    before, after = x[:, :-1], x[:, 1:]
    orders = list(itertools.permutations(range(k)))
    total = np.zeros((count, k))
    for order in orders:
        now = before.copy()
        value = now.prod(axis=2)
        for j in order:
            now[:, :, j] = after[:, :, j]
            changed = now.prod(axis=2)
            total[:, j] += (changed - value).sum(axis=1)
            value = changed
    return total / len(orders)


# Timing -----------------------------------------------------------------------------------------


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def against(
    mine: Callable[[], object], peer: Callable[[], object], runs: int
) -> tuple[float, float, float]:
    """Median times of both and the median of the pairwise ratios, peer over ours."""
    mine()  # the warm-up; peers have had theirs when they were checked
    pairs = [(seconds(mine), seconds(peer)) for _ in range(runs)]
    first, second = (statistics.median(t) for t in zip(*pairs, strict=True))
    return first, second, statistics.median(b / a for a, b in pairs)


def line(name: str, peer: str, times: tuple[float, float, float], note: str = "") -> None:
    """Print one row of the table."""
    mine, theirs, ratio = times
    print(f"{name:16}{peer:32}{1000 * mine:10.2f}{1000 * theirs:12.1f}{ratio:10.1f}{note}")


def methods(frame: pd.DataFrame, runs: int) -> None:
    """Shapley and LMDI against every peer."""
    jobs: list[tuple[str, str, Callable[[pd.DataFrame, str], Array]]] = [
        ("shapley", "pandas loop", pandas_loop),
        ("lmdi", "pandas loop", pandas_loop),
        ("shapley", "permutations, floats", permutations_floats),
        ("shapley", "permutations, numpy", permutations_numpy),
    ]
    last = frame.groupby("kommune")[list(FACTORS)].last().prod(axis=1).to_numpy()[:, None]
    for method, name, peer in jobs:
        gap = float(np.max(np.abs(ours(frame, method) - peer(frame, method)) / last))
        if not gap < AGREE:
            raise SystemExit(f"{name} and proba differ by {gap:.1e} of the total ({method})")
    for method, name, peer in jobs:
        times = against(
            lambda m=method: ours(frame, m),  # type: ignore[misc]
            lambda p=peer, m=method: p(frame, m),  # type: ignore[misc]
            runs,
        )
        aim = f"   (aim: at least {AIM:.0f})" if peer is pandas_loop else ""
        line(method, name, times, aim)


def need(runs: int) -> None:
    """Need against practice for all kommuner, against a loop of statsmodels' t_test."""
    import proba
    from proba.decomposition.need_growth import need_practice

    panel = proba.load_panel("kalibrert")
    for cov in ("CR1", "CR2"):
        fitted = proba.fit(proba.PROBA_2017, panel, cov=cov, cluster="kommune")

        # With the fit: a covariance may keep what it has computed.
        def split(cov: str = cov) -> Any:
            own = proba.fit(proba.PROBA_2017, panel, cov=cov, cluster="kommune")
            return need_practice(own, panel, start=2012, end=2016)

        done = need_practice(fitted, panel, start=2012, end=2016)
        parts = done.parts
        rows = np.concatenate([parts.need, parts.national[:, None, :]], axis=1)
        sums = np.stack([parts.need.sum(axis=1), parts.need.sum(axis=1) + parts.national], axis=1)
        contrasts = np.concatenate([rows, sums], axis=1)
        model = statsmodels_fit(fitted)

        def loop(contrasts: Array = contrasts, model: Any = model) -> list[Any]:
            return [model.t_test(matrix) for matrix in contrasts]

        if cov == "CR1":
            check_need(done, loop())
        name = f"{cov}, with fit"
        both = against(split, lambda f=fitted: loop(model=statsmodels_fit(f)), runs)  # type: ignore[misc]
        line(name, "statsmodels t_test, CR1", both)
        again = against(lambda f=fitted: need_practice(f, panel, start=2012, end=2016), loop, runs)  # type: ignore[misc]
        line(f"{cov}, fit given", "statsmodels t_test, CR1", again)


def statsmodels_fit(fitted: Any) -> Any:
    """The same model in statsmodels, errors clustered on kommune (CR1)."""
    import statsmodels.api as sm

    design = fitted.design
    groups = pd.factorize(design.rows.get_level_values(0))[0]
    return sm.OLS(np.asarray(design.y), np.asarray(design.X)).fit(
        cov_type="cluster", cov_kwds={"groups": groups}
    )


def check_need(done: Any, tests: list[Any]) -> None:
    """Raise unless contributions and standard errors are those of statsmodels."""
    effects = np.array([t.effect for t in tests])
    errors = np.array([t.sd.ravel() for t in tests])
    count = len(done.parts.covariates) + 1
    wide = done.frame["contribution"].unstack("term", sort=False)
    own = wide[[*done.parts.covariates, "national"]].to_numpy()
    gap = float(np.abs(own - effects[:, :count]).max() / np.abs(own).max())
    se = done.groups["se"].unstack("term", sort=False)[["need", "explained"]].to_numpy()
    other = float(np.abs(se - errors[:, count:]).max() / se.max())
    if not (gap < AGREE and other < 1e-6):
        raise SystemExit(f"need_practice and statsmodels differ: {gap:.1e}, errors {other:.1e}")


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--kommuner", type=int, default=428)
    parser.add_argument("--years", type=int, default=10)
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:CORES]))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    frame = made_up(given.kommuner, given.years)
    print(
        f"Python {platform.python_version()}, {cores} cores, {given.runs} pairs, medians\n"
        f"SYNTHETIC DATA: {given.kommuner} kommuner x {given.years} years x {len(FACTORS)} factors "
        f"from a seed, chained;\ncontributions agree with every peer to {AGREE:g} of the totals\n"
    )
    print(f"{'':16}{'peer':32}{'ours, ms':>10}{'peer, ms':>12}{'ratio':>10}")
    methods(frame, given.runs)
    print("\nNeed against practice, SYNTHETIC PANEL (kalibrert), all kommuner:")
    need(given.runs)


if __name__ == "__main__":
    main()
