"""Write the embedded synthetic panel: ``python -m proba.panel.calibration [--out] [--seed]``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from proba._data import data_path
from proba._io import atomic_write_text
from proba.panel.calibration.build import SEED, build
from proba.panel.calibration.check import Check, check_csv
from proba.panel.calibration.files import panel_csv, panel_yaml
from proba.panel.calibration.published import published_path, read_published_index
from proba.panel.calibration.targets import TERMS, VEDLEGG_1

# Linear-algebra libraries add in another order on another number of threads, and thousands of
# iterations magnify the difference. They read these variables when they are loaded, so the work
# is done in a child process that has them from the start.
SINGLE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main(argv: Sequence[str] | None = None) -> int:
    """Generate, check and write the panel; return 1 if a requirement is not met.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the command line if left out.

    Returns
    -------
    int
        Exit code.
    """
    parser = argparse.ArgumentParser(
        prog="python -m proba.panel.calibration",
        description="Write the synthetic panel: panel.csv and panel.yaml.",
    )
    parser.add_argument("--out", type=Path, default=data_path("calibrated"), metavar="DIR")
    parser.add_argument("--published", type=Path, default=published_path(), metavar="CSV")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(argv)
    if any(os.environ.get(name) != value for name, value in SINGLE_THREAD.items()):
        arguments = sys.argv[1:] if argv is None else argv
        command = [sys.executable, "-m", "proba.panel.calibration", *arguments]
        # The command is this very module with its own arguments.
        return subprocess.run(command, env=os.environ | SINGLE_THREAD, check=False).returncode  # noqa: S603

    began = time.perf_counter()
    index = read_published_index(options.published)
    print(f"{len(index.kommune)} kommuner; calibrating, about a minute ...", flush=True)
    panel = build(index, options.seed)
    text = panel_csv(panel)
    check = check_csv(text, index)
    _print_check(check)
    print(f"{time.perf_counter() - began:.0f} seconds")
    if not check.passes():
        print("Requirements not met; nothing written. Try another --seed.", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    atomic_write_text(options.out / "panel.csv", text)
    atomic_write_text(options.out / "panel.yaml", panel_yaml(panel, text, check))
    print(f"wrote panel.csv and panel.yaml in {options.out}")
    return 0


def _print_check(check: Check) -> None:
    print(f"{'':26}{'printed':>10}{'panel':>13}{'printed':>10}{'panel':>11}{'by kommune':>12}")
    for i, name in enumerate(TERMS):
        line = VEDLEGG_1[i]
        print(
            f"{name:26}{line.estimate:>10}{check.coefficients[i]:13.6g}"
            f"{line.std_error:>10}{check.std_errors[i]:11.4g}{check.std_errors_kommune[i]:12.4g}"
        )
    low, mean, high = check.prediction_range
    print(
        f"N {check.observations}, clusters {check.clusters}, adjusted R2 {check.adjusted_r2:.5f}\n"
        f"index margin {check.index_margin:.3f} points; "
        f"predictions {low:.2f} to {high:.2f}, mean {mean:.2f}"
    )


if __name__ == "__main__":
    sys.exit(main())
