"""How fast an SSB answer becomes a data frame, as ratios against two named peers in the same run.

``python benchmarks/sources.py [--runs N] [--kommuner N]``. The answer is made up: about half a
million cells in the layout of PxWebApi v2 (430 kommuner, 106 ages, 2 sexes, 6 years), once with
every value and once with a tenth missing and marked. Each reader starts from the same bytes; they
are run in turn and medians printed. pyjstat 2.4 gives labels and values, pxwebpy 0.6 labels and
values, ours codes, labels, values and status. Nothing here fails: aims are printed beside the
figures.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

AIM_PYJSTAT = 10.0
AIM_PXWEBPY = 1.0


def answer(kommuner: int, missing: float) -> bytes:
    """A made-up answer in the layout of the service, as bytes."""
    dims = {
        "Region": ("region", {f"{i:04}": f"Syntetisk kommune {i}" for i in range(kommuner)}),
        "Kjonn": ("kjønn", {"2": "Kvinner", "1": "Menn"}),
        "Alder": ("alder", {f"{i:03}": f"{i} år" for i in range(106)}),
        "ContentsCode": ("statistikkvariabel", {"Personer1": "Personer"}),
        "Tid": ("år", {str(y): str(y) for y in range(2014, 2020)}),
    }
    size = [len(codes) for _, codes in dims.values()]
    random = np.random.default_rng(20260102)
    cells = int(np.prod(size))
    values: list[int | None] = random.integers(0, 900, cells).tolist()
    gone = np.flatnonzero(random.random(cells) < missing).tolist()
    for i in gone:
        values[i] = None
    document = {
        "version": "2.0",
        "class": "dataset",
        "label": "Syntetisk tabell",
        "source": "Syntetiske tall",
        "updated": "2026-01-02T07:00:00Z",
        "role": {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]},
        "id": list(dims),
        "size": size,
        "dimension": {
            name: {
                "label": label,
                "category": {
                    "index": {code: i for i, code in enumerate(codes)},
                    "label": codes,
                },
                "extension": {"elimination": False, "show": "value"},
            }
            for name, (label, codes) in dims.items()
        },
        "extension": {"px": {"tableid": "99001"}},
        "value": values,
    }
    if gone:
        document["status"] = {str(i): ":" for i in gone}
    return json.dumps(document, separators=(",", ":")).encode()


def ours(content: bytes) -> pd.DataFrame:
    from proba.sources.jsonstat import parse_jsonstat2

    return parse_jsonstat2(content).frame


def with_pyjstat(content: bytes) -> pd.DataFrame:
    from pyjstat import pyjstat

    return pyjstat.Dataset.read(content.decode()).write("dataframe")


def with_pxwebpy(content: bytes) -> pd.DataFrame:
    from pxweb._internal.functions import unpack_table_data

    return pd.DataFrame(unpack_table_data(json.loads(content)))


def seconds(reader: Callable[[bytes], pd.DataFrame], content: bytes) -> float:
    """Time of one reading; what earlier readings left behind is not on its bill."""
    gc.collect()
    start = time.perf_counter()
    frame = reader(content)
    spent = time.perf_counter() - start
    del frame
    return spent


def compare(content: bytes, peer: Callable[[bytes], pd.DataFrame], runs: int) -> list[float]:
    """Median of ours, median of the peer's, and the median of the pairwise ratios."""
    mine, theirs = ours(content), peer(content)  # also the warm-up
    if not np.array_equal(
        mine["value"].to_numpy(), theirs["value"].to_numpy(dtype=float), equal_nan=True
    ):
        sys.exit(f"{peer.__name__}: other values than ours; the times cannot be compared.")
    del mine, theirs
    pairs = [(seconds(ours, content), seconds(peer, content)) for _ in range(runs)]
    medians = [statistics.median(t) for t in zip(*pairs, strict=True)]
    return [*medians, statistics.median(b / a for a, b in pairs)]


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--kommuner", type=int, default=430)
    arguments = parser.parse_args()
    try:
        for module in ("pyjstat", "pxweb._internal.functions"):
            importlib.import_module(module)
    except ImportError as error:
        sys.exit(f"{error.name} is not installed; run: pip install 'proba[bench]'")
    print(
        f"Python {platform.python_version()}, pandas {pd.__version__}, {os.cpu_count()} cores, "
        f"{arguments.runs} pairs, medians\n"
    )
    print(f"{'':34}{'seconds':>9}{'peer':>9}{'times as fast':>15}")
    for missing, what in ((0.0, "all values"), (0.1, "a tenth missing")):
        content = answer(arguments.kommuner, missing)
        print(f"{len(content) / 2**20:.1f} MB, {len(ours(content)):,} cells, {what}")
        for name, peer, aim in (
            ("pyjstat Dataset.write", with_pyjstat, AIM_PYJSTAT),
            ("pxwebpy unpack + DataFrame", with_pxwebpy, AIM_PXWEBPY),
        ):
            mine, theirs, times = compare(content, peer, arguments.runs)
            note = f"   (aim: at least {aim:g})"
            print(f"  against {name:26}{mine:7.3f}{theirs:9.3f}{times:15.1f}{note}")


if __name__ == "__main__":
    main()
