"""How fast things are, as ratios against a named peer in the same run.

``python benchmarks/run.py [--runs N]``. Whole processes, run in turn so that a machine that slows
down slows both; medians are printed. Nothing here fails: bounds are printed beside the figures.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PEER = "import numpy, pandas"


def seconds(command: list[str], cwd: str) -> float:
    """Wall time of one process."""
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)
    return time.perf_counter() - start


def ratio(command: list[str], peer: list[str], runs: int, cwd: str) -> tuple[float, float, float]:
    """Median times of both and the median of the pairwise ratios, after one warm-up each."""
    seconds(command, cwd)
    seconds(peer, cwd)
    pairs = [(seconds(command, cwd), seconds(peer, cwd)) for _ in range(runs)]
    mine, theirs = (statistics.median(t) for t in zip(*pairs, strict=True))
    return mine, theirs, statistics.median(a / b for a, b in pairs)


def phases() -> list[tuple[str, float]]:
    """Where the time of ``proba reproduce`` goes, in this process, each phase once."""
    spent: list[tuple[str, float]] = []

    def timed(name: str, work: Callable[[], object]) -> object:
        start = time.perf_counter()
        result = work()
        spent.append((name, time.perf_counter() - start))
        return result

    timed("import numpy, pandas", lambda: __import__("pandas"))
    timed("import scipy.stats", lambda: __import__("scipy.stats"))
    timed("import statsmodels OLS", lambda: __import__("statsmodels.regression.linear_model"))
    timed("import proba.reproduction", lambda: __import__("proba.reproduction"))
    import proba
    from proba.reproduction import report_tables, write_reproduction

    panel = timed("read and validate the panel", lambda: proba.load_panel("kalibrert"))
    run = timed("fit, index, compare", lambda: proba.reproduce(panel))  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as out:
        timed("write the files", lambda: write_reproduction(run, out))  # type: ignore[arg-type]
    timed(
        "lay out the tables",
        lambda: [t.to_text() for t in report_tables(run)],  # type: ignore[arg-type]
    )
    return spent


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    python = sys.executable
    peer = [python, "-c", PEER]
    proba = str(Path(python).with_name("proba"))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {runs} pairs, medians\n")
    with tempfile.TemporaryDirectory() as cwd:
        jobs = (
            ("import proba", [python, "-c", "import proba"], 1.3),
            ("proba --help", [proba, "--help"], 2.0),
            ("proba reproduce", [proba, "reproduce", "--out", "tables"], None),
        )
        print(f"{'':18}{'seconds':>9}{'peer':>9}{'ratio':>8}   peer: {PEER}")
        for name, command, bound in jobs:
            mine, theirs, times = ratio(command, peer, runs, cwd)
            note = "" if bound is None else f"   (aim: at most {bound})"
            print(f"{name:18}{mine:9.3f}{theirs:9.3f}{times:8.2f}{note}")
    print("\nWhere the time of `proba reproduce` goes (one process, each phase once):")
    spent = phases()
    total = sum(t for _, t in spent)
    for name, t in spent:
        print(f"  {name:30}{t:7.3f} s{100 * t / total:6.0f} %")


if __name__ == "__main__":
    main()
