"""The published index (Vedlegg 2): the only kommune figures in the panel that are real."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from proba._data import data_path
from proba.panel.calibration.targets import YEARS, IntArray


@dataclass(frozen=True, slots=True)
class PublishedIndex:
    """Vedlegg 2 of Proba-rapport 2017-08, sorted by kommune number.

    Attributes
    ----------
    kommune : tuple of str
        Four-character kommune numbers, length N.
    navn : tuple of str
        Kommune names, length N.
    values : ndarray of int, shape (N, 5)
        100 x actual / predicted expenditure, 2012-2016, as printed (whole numbers).
    """

    kommune: tuple[str, ...]
    navn: tuple[str, ...]
    values: IntArray


def read_published_index(path: Path) -> PublishedIndex:
    """Read the published index from a CSV file.

    Parameters
    ----------
    path : Path
        File with at least the columns ``kommunenr``, ``kommune`` and one for each year.

    Returns
    -------
    PublishedIndex
    """
    with path.open(encoding="utf-8", newline="") as handle:
        rows = sorted(csv.DictReader(handle), key=lambda row: row["kommunenr"].zfill(4))
    numbers = tuple(row["kommunenr"].zfill(4) for row in rows)
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"{path.name}: a kommune number occurs twice")
    values = np.array([[int(row[str(year)]) for year in YEARS] for row in rows], dtype=np.int64)
    return PublishedIndex(numbers, tuple(row["kommune"] for row in rows), values)


def published_path() -> Path:
    """Where the published index ships: ``data/published/vedlegg2.csv``."""
    return data_path("published", "vedlegg2.csv")
