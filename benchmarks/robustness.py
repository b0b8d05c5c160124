"""How fast robustness checks are, as ratios against the loop one would write, in the same run.

``python benchmarks/robustness.py [--runs N] [--specifications N] [--sampled N] [--threads N]``. The
panel is the synthetic one (kalibrert), all 424 kommuner of it in the first part:

* *leave one kommune out*: ``leave_cluster_out`` from a fit, coefficients without each kommune,
  against refits: our own ``fit`` on the table without the kommune, statsmodels' OLS on the finished
  arrays without its rows, and numpy's ``lstsq`` on the same (no standard errors, no checks: the
  least a refit can be).
* *specifications*: ``run_specifications`` from the table, every subset of the regressors and of
  made-up columns, levels and logs, with and without weights and year effects, errors clustered by
  kommune, smearing factors and all coefficients kept; against statsmodels' OLS or WLS on the
  finished arrays with ``cov_type="cluster"``, one coefficient and its standard error read. The loop
  runs some of the specifications, drawn from a seed, and its time is scaled to all of them.
* *indices*: the range of all 2,120 indices over those regressions (no peer).

Before anything is timed the loops must give the same numbers. BLAS has ``--threads`` threads on
both sides, 1 unless said: arrays are small, and threads that wait for each other cost more than
they give. Ours and the loop take turns; medians over the pairs. Nothing here fails on speed: aims
are printed beside the figures.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

AIM_LEAVE_OUT, AIM_CURVE = 100.0, 50.0
AGREE = 1e-9
CORES = 2
SEED = 20260105


def _threads() -> str:
    given = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv else "1"
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = given
    return given


THREADS = _threads()  # before numpy is imported

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402


def seconds(work: Callable[[], object]) -> float:
    """Time of one call, the collector off."""
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    work()
    spent = time.perf_counter() - start
    gc.enable()
    return spent


def pairs(ours: Callable[[], object], peer: Callable[[], object], runs: int) -> tuple[float, ...]:
    """Median times of both and the median of the pairwise ratios."""
    ours(), peer()
    both = [(seconds(ours), seconds(peer)) for _ in range(runs)]
    mine, theirs = (statistics.median(t) for t in zip(*both, strict=True))
    return mine, theirs, statistics.median(b / a for a, b in both)


def line(name: str, peer: str, mine: float, theirs: float, ratio: float, aim: float | None) -> None:
    """Print one comparison."""
    note = "" if aim is None else f"   (aim: at least {aim:g})"
    print(f"{name:24}{peer:34}{1000 * mine:10.1f}{1000 * theirs:12.0f}{ratio:9.0f}{note}")


# Leave one kommune out ------------------------------------------------------------------------


def leave_out(runs: int) -> None:
    """Coefficients without each of the 424 kommuner."""
    from statsmodels.api import OLS

    import proba
    from proba.estimation.robustness import leave_cluster_out

    panel = proba.load_panel("kalibrert")
    spec = proba.PROBA_2017.replace(sample=None)
    results = proba.fit(spec, panel)
    X, y = results.design.X, results.design.y
    entity = results.design.rows.get_level_values(0).to_numpy()
    kommuner = np.unique(entity)
    masks = [entity != kommune for kommune in kommuner]
    flat = panel.frame.reset_index()
    scaled = X / np.sqrt((X**2).sum(axis=0))

    def refits() -> list[Any]:
        return [proba.fit(spec, flat.loc[mask]).params.to_numpy() for mask in masks]

    def statsmodels_loop() -> list[Any]:
        return [OLS(y[mask], X[mask]).fit().params for mask in masks]

    def numpy_loop() -> list[Any]:
        return [np.linalg.lstsq(scaled[mask], y[mask], rcond=None)[0] for mask in masks]

    ours = leave_cluster_out(results).params.to_numpy()
    gap = np.abs(ours - np.array(refits())) / results.std_errors.to_numpy()
    if not gap.max() < 1e-10:
        raise SystemExit(f"leave-one-out and refits differ: {gap.max():.1e} standard errors")
    for peer, loop in (
        ("fit, 424 times", refits),
        ("statsmodels OLS, 424 times", statsmodels_loop),
        ("numpy lstsq, 424 times", numpy_loop),
    ):
        both = pairs(lambda: leave_cluster_out(results), loop, runs)
        line("leave one kommune out", peer, *both, AIM_LEAVE_OUT)


# Specifications -------------------------------------------------------------------------------


def table_and_grid(wanted: int) -> tuple[pd.DataFrame, Any]:
    """The panel with made-up columns, and a grid of at least so many specifications."""
    import proba
    from proba.estimation.robustness import Sample, SpecificationGrid

    rng = np.random.default_rng(SEED)
    frame = proba.load_panel("kalibrert").frame.copy()
    regressors = list(proba.PROBA_2017.regressors[1:])
    made_up = 0
    while 8 * 2 ** (len(regressors) + made_up) < wanted:
        frame[f"x{made_up}"] = rng.normal(size=len(frame))
        made_up += 1
    grid = SpecificationGrid(
        proba.PROBA_2017,
        proba.PROBA_2017.regressors[0],
        optional=(*regressors, *(f"x{j}" for j in range(made_up))),
        forms=("level", "log"),
        weights=(None, "folketall"),
        samples=(Sample("rapporten", "estimeringsutvalg"),),
        year_effects=(True, False),
    )
    return frame, grid


def peer_specifications(frame: pd.DataFrame, models: list[Any]) -> list[tuple[float, float]]:
    """Estimate and standard error by statsmodels, from finished arrays."""
    from statsmodels.api import OLS, WLS

    rows = frame.loc[frame["estimeringsutvalg"] == 1].reset_index()
    values = {name: rows[name].to_numpy(dtype=float) for name in frame.columns if name in rows}
    clusters = {"groups": pd.factorize(rows["kommune"])[0]}
    years = [(rows["aar"] == year).to_numpy(dtype=float) for year in (2013, 2014, 2015, 2016)]
    one = np.ones(len(rows))
    dependent = {"level": rows["netto_driftsutgifter"].to_numpy(dtype=float)}
    dependent["log"] = np.log(np.where(dependent["level"] > 0, dependent["level"], np.nan))
    full = {form: bool(np.isfinite(y).all()) for form, y in dependent.items()}
    keep = {form: np.isfinite(y) for form, y in dependent.items()}
    out = []
    for model in models:
        X = np.column_stack(
            [*(values[c] for c in model.covariates), one, *(years if model.year_effects else [])]
        )
        y, groups = dependent[model.form], clusters
        w = None if model.weights is None else values[model.weights]
        if not full[model.form]:
            inside = keep[model.form]
            X, y, w = X[inside], y[inside], None if w is None else w[inside]
            groups = {"groups": clusters["groups"][inside]}
        made = OLS(y, X) if w is None else WLS(y, X, weights=w)
        fit = made.fit(cov_type="cluster", cov_kwds=groups, use_t=True)
        out.append((fit.params[0], fit.bse[0]))
    return out


def specifications(wanted: int, sampled: int, runs: int) -> None:
    """Many specifications at once against one by one."""
    from proba.estimation.robustness import index_range, run_specifications

    frame, grid = table_and_grid(wanted)
    models = list(grid.models())
    chosen = np.random.default_rng(SEED).choice(len(models), min(sampled, len(models)), False)
    curve = run_specifications(frame, grid)
    numeric = frame.select_dtypes("number")
    peer = np.array(peer_specifications(numeric, [models[i] for i in chosen]))
    own = curve.table[["estimate", "se"]].to_numpy()[chosen]
    gap = np.abs(own - peer).max(axis=1) / peer[:, 1]
    # statsmodels works on unscaled columns; urbanitet is a million times the others.
    if not gap.max() < 1e-6:
        raise SystemExit(f"specifications and statsmodels differ: {gap.max():.1e} standard errors")
    print(f"  {len(curve)} specifications; largest distance {gap.max():.0e} standard errors")
    part = [models[i] for i in chosen]
    share = len(part) / len(models)
    mine, theirs, ratio = pairs(
        lambda: run_specifications(frame, grid), lambda: peer_specifications(numeric, part), runs
    )
    name = f"{len(curve)} specifications"
    line(name, "statsmodels loop, clustered", mine, theirs / share, ratio / share, AIM_CURVE)
    spent = statistics.median(seconds(lambda: index_range(curve)) for _ in range(runs))
    print(f"{f'their {len(frame)} indices':24}{'(no peer)':34}{1000 * spent:10.1f}")


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--specifications", type=int, default=10_000)
    parser.add_argument("--sampled", type=int, default=500)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:CORES]))
    print(
        f"Python {platform.python_version()}, {CORES} cores, BLAS threads {THREADS}, "
        f"{given.runs} pairs, medians\nSYNTHETIC PANEL (kalibrert)\n"
    )
    print(f"{'':24}{'peer':34}{'ours, ms':>10}{'peer, ms':>12}{'ratio':>9}")
    leave_out(given.runs)
    specifications(given.specifications, given.sampled, given.runs)


if __name__ == "__main__":
    main()
