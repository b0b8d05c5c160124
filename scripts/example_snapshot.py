"""Make the archive of synthetic answers that notebook 00 builds its panel from.

``python scripts/example_snapshot.py [--out notebooks/provetjener.zip]``. The answers are those of
the test server in ``tests/``, asked directly and dated at a fixed time, so that the archive is the
same bytes on every run. Every figure is synthetic; the address stored with the answers is a local
one and the files are stored with a label, which labels everything made from either.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from synthetic_files import gront_hefte, imdi, nav, udir  # noqa: E402
from synthetic_sources import InProcess, synthetic_ssb  # noqa: E402

from proba.kommuner import shipped_graph  # noqa: E402
from proba.panel.building import shipped_catalogue  # noqa: E402
from proba.panel.building.gather import gather  # noqa: E402
from proba.panel.building.plan import make_plan  # noqa: E402
from proba.sources.fetching import Fetcher  # noqa: E402
from proba.sources.store import Store  # noqa: E402
from proba.sources.store_archive import export_store  # noqa: E402

ADDRESS = "http://127.0.0.1:8765/api/pxwebapi/v2"
YEARS = (2014, 2015, 2016, 2017, 2018)
LABEL = "Syntetiske prøvefiler"
WHEN = datetime(2026, 1, 2, 8, tzinfo=UTC)


def main() -> None:
    """Build once from the test server and export what was stored."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "notebooks" / "provetjener.zip")
    out = parser.parse_args().out
    os.environ["PROBA_SSB_URL"] = ADDRESS
    files = {"imdi": ("imdi_syntetisk.csv", imdi(YEARS))}
    for year in YEARS:
        for key, content in (("nav", nav), ("gront_hefte", gront_hefte), ("udir", udir)):
            files[f"{key}:{year}"] = (f"{key}_syntetisk_{year}.csv", content(year))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        for key, (name, content) in files.items():
            store.put_file(key, name, content, "syntetisk", fetched_at=WHEN, label=LABEL)
        catalogue = shipped_catalogue()
        plan = make_plan(catalogue, YEARS, 2018, variables=None, files=set(files))
        fetcher = Fetcher(store, InProcess(synthetic_ssb(YEARS), WHEN))
        gather(plan, catalogue, fetcher, shipped_graph(), dict.fromkeys(files))
        export_store(store, out)


if __name__ == "__main__":
    main()
