"""Write the picture of the README: ``python -m proba.report [--out DIR]``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from proba.report.figures import reproduction_figure, save_figure
from proba.reproduction import reproduce

PICTURE = "reproduksjon.png"


def main(argv: Sequence[str] | None = None) -> None:
    """Rerun the reproduction on the embedded panel and save its figure.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the command line if left out.
    """
    parser = argparse.ArgumentParser(prog="python -m proba.report", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/images"), metavar="DIR")
    out: Path = parser.parse_args(argv).out
    out.mkdir(parents=True, exist_ok=True)
    save_figure(reproduction_figure(reproduce()), out / PICTURE)


if __name__ == "__main__":
    main()
