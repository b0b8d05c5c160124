"""A tidy table as CSV text a spreadsheet, R and pandas read alike."""

from __future__ import annotations

import pandas as pd

from proba._io import csv_text

__all__ = ["tidy_csv"]

_EXACT = 2**53


def tidy_csv(frame: pd.DataFrame) -> str:
    """Return a frame as comma-separated text with decimal points and LF line ends.

    Parameters
    ----------
    frame : DataFrame
        Index ignored. Missing cells become empty; whole numbers are written without ``.0``;
        texts a spreadsheet would run as formulas are neutralised.

    Returns
    -------
    str
    """
    columns = [_cells(frame[name]) for name in frame.columns]
    return csv_text([str(name) for name in frame.columns], zip(*columns, strict=True))


def _cells(column: pd.Series) -> list[object]:
    present = column.notna()
    values = column.astype(object).tolist()
    if pd.api.types.is_float_dtype(column.dtype):
        values = [int(v) if v == v and abs(v) < _EXACT and v == int(v) else v for v in values]
    return [v if there else None for v, there in zip(values, present, strict=True)]
