"""The clustered fit, and intervals and ranks of every kommune-year.

``python benchmarks/uncertainty.py [--runs N]``. The fit is the report's regression on the synthetic
panel (1,935 rows, 387 clusters), from a data frame to coefficients with CR1 standard errors and
p-values, through the public call of each program. Peers: linearmodels' ``PooledOLS`` and pyfixest's
``feols`` where installed; both must give the same coefficients and standard errors first. Pairs are
timed in turn and medians printed. Aims stand beside the figures; nothing here fails on speed.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import os
import platform
import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

FIT_AIM = 2.0
SECONDS_AIM = 5.0
DRAWS = 9999


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def our_fit(panel: Any) -> pd.DataFrame:
    """The public call, p-values and all."""
    import proba

    return proba.fit(proba.PROBA_2017, panel, cov="CR1", cluster="kommune").tidy()


def linearmodels_fit(frame: pd.DataFrame) -> pd.DataFrame:
    """PooledOLS with year dummies as columns and errors clustered by entity."""
    from linearmodels.panel import PooledOLS

    dummies = pd.get_dummies(frame["aar"], prefix="aar", drop_first=True, dtype=float)
    data = pd.concat([frame, dummies], axis=1).assign(konstant=1.0).set_index(["kommune", "aar"])
    columns = ["konstant", *regressors(), *dummies.columns]
    result = PooledOLS(data["netto_driftsutgifter"], data[columns]).fit(
        cov_type="clustered", cluster_entity=True, group_debias=True
    )
    return pd.DataFrame({"coef": result.params, "se": result.std_errors, "p": result.pvalues})


def pyfixest_fit(frame: pd.DataFrame) -> pd.DataFrame:
    """``feols`` with year dummies and CRV1."""
    import pyfixest

    formula = f"netto_driftsutgifter ~ {' + '.join(regressors())} + C(aar)"
    return pyfixest.feols(formula, frame, vcov={"CRV1": "kommune"}).tidy()


def regressors() -> tuple[str, ...]:
    """The report's covariates."""
    import proba

    return proba.PROBA_2017.regressors


def check(own: pd.DataFrame, peer: pd.DataFrame, name: str) -> None:
    """Raise unless coefficients and standard errors agree."""
    names = list(regressors())
    columns = ("Estimate", "Std. Error") if "Estimate" in peer else ("coef", "se")
    for mine, theirs in zip(("coef", "se"), columns, strict=True):
        gap = np.abs(own.loc[names, mine] / peer.loc[names, theirs] - 1).max()
        if not gap < 1e-6:
            raise SystemExit(f"{name} differs in {mine} by {gap:.1e}")


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    warnings.simplefilter("ignore")
    import proba

    panel = proba.load_panel("kalibrert")
    frame = panel.frame.reset_index()
    frame = frame[frame["estimeringsutvalg"] == 1].reset_index(drop=True)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {runs} pairs, medians")
    print("SYNTHETIC PANEL (kalibrert)\n")
    print(f"{'CR1 fit, n = 1,935':24}{'ours, ms':>10}{'peer, ms':>10}{'ratio':>8}")
    peers: list[tuple[str, Callable[[pd.DataFrame], pd.DataFrame]]] = [
        ("linearmodels PooledOLS", linearmodels_fit)
    ]
    if importlib.util.find_spec("pyfixest"):
        peers.append(("pyfixest feols", pyfixest_fit))
    for name, peer in peers:
        check(our_fit(panel), peer(frame), name)
        pairs = [
            (seconds(lambda: our_fit(panel)), seconds(lambda p=peer: p(frame)))  # type: ignore[misc]
            for _ in range(runs)
        ]
        mine, theirs = (statistics.median(t) for t in zip(*pairs, strict=True))
        ratio = statistics.median(b / a for a, b in pairs)
        print(f"{name:24}{1e3 * mine:10.1f}{1e3 * theirs:10.1f}{ratio:8.1f}   (aim: {FIT_AIM:g})")
    if len(peers) == 1:
        print("pyfixest is not installed: left out")
    fitted = proba.fit(proba.PROBA_2017, panel, cov="CR1", cluster="kommune")
    index = proba.compute_index(fitted, panel)
    print(f"\nAll {len(index.frame)} kommune-years, {DRAWS} draws: seconds (aim: {SECONDS_AIM:g})")
    for kind in ("mean", "observation", "lasting"):
        took = seconds(lambda k=kind: proba.index_intervals(index, fitted, panel, kind=k))  # type: ignore[misc]
        print(f"  intervals, {kind:12}{took:8.2f}")
    for kind in ("mean", "lasting"):
        took = seconds(lambda k=kind: proba.index_ranks(index, fitted, panel, kind=k, draws=DRAWS))  # type: ignore[misc]
        print(f"  ranks, {kind:16}{took:8.2f}")


if __name__ == "__main__":
    main()
