"""Reading a table's columns as the arrays a model needs, with errors that name the row."""

from __future__ import annotations

import reprlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.errors import DesignError, SpecError
from proba.estimation.spec import Spec
from proba.panel import LABEL_COLUMN, Panel, label_in, unbox_numbers

__all__ = [
    "FloatArray",
    "IntArray",
    "check_keys_unique",
    "flatten",
    "label_of_data",
    "numbers",
    "sample_rows",
    "whole_years",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def flatten(data: Panel | pd.DataFrame, spec: Spec, needed: Sequence[str]) -> pd.DataFrame:
    """Return the data with its keys as columns, whatever it came as.

    Parameters
    ----------
    data : Panel or DataFrame
        Keys as columns or as index levels (columns win).
    spec : Spec
        Names the keys.
    needed : sequence of str
        Other columns that must be there, once.

    Raises
    ------
    SpecError
        If a column is missing or stands twice.
    """
    frame = data.frame if isinstance(data, Panel) else data
    keys = (spec.entity, spec.time)
    levels = [n for n in frame.index.names if n in keys]
    doubled = [n for n in levels if n in frame.columns]
    if doubled:
        frame = frame.reset_index(level=doubled, drop=True)
    if len(doubled) < len(levels):
        frame = frame.reset_index(level=[n for n in levels if n not in doubled])
    wanted = [*keys, *needed]
    missing = [c for c in wanted if c not in frame.columns]
    if missing:
        have = ", ".join(str(c) for c in frame.columns[:20])
        named = ", ".join(f"'{c}'" for c in missing)
        many = len(missing) > 1
        raise SpecError(
            f"the data lack the column{'s' if many else ''} {named}, which the model uses; found "
            f"{have}.",
            f"dataene mangler {'kolonnene' if many else 'kolonnen'} {named}, som modellen bruker; "
            f"fant {have}.",
        )
    twice = sorted({str(c) for c in frame.columns[frame.columns.duplicated()]} & {*wanted})
    if twice:
        raise SpecError(
            f"the data have more than one column named {', '.join(twice)}.",
            f"dataene har mer enn én kolonne som heter {', '.join(twice)}.",
        )
    return unbox_numbers(frame)


def check_keys_unique(frame: pd.DataFrame, spec: Spec) -> None:
    """Raise if an entity is missing, or an entity and time stand more than once.

    Raises
    ------
    DesignError
        Naming the first.
    """
    keys = frame[[spec.entity, spec.time]]
    missing = keys[spec.entity].isna()
    if missing.any():
        time = keys.loc[missing, spec.time].iloc[0]
        raise DesignError(
            f"'{spec.entity}' is missing in a row of {spec.time} {time}.",
            f"'{spec.entity}' mangler i en rad for {spec.time} {time}.",
        )
    twice = keys.duplicated()
    if twice.any():
        entity, time = keys.loc[twice].iloc[0]
        raise DesignError(
            f"{spec.entity} {entity}, {spec.time} {time} stands more than once; keep one row.",
            f"{spec.entity} {entity}, {spec.time} {time} står mer enn én gang; behold én rad.",
        )


def label_of_data(data: Panel | pd.DataFrame) -> str | None:
    """Label of a panel, or of a frame that carries it in its label column."""
    if isinstance(data, Panel):
        return data.meta.label
    return label_in(data[LABEL_COLUMN], "data") if LABEL_COLUMN in data.columns else None


def whole_years(frame: pd.DataFrame, spec: Spec) -> IntArray:
    """Year of each row; raises a DesignError naming the row where it is not a whole number."""
    times = frame[spec.time]
    if pd.api.types.is_datetime64_any_dtype(times):
        times = times.astype(str)  # a date is no year: say so below instead of counting seconds
    numbers = pd.to_numeric(times, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(numbers) | (numbers % 1 != 0)
    if bad.any():
        row = frame.iloc[int(np.flatnonzero(bad)[0])]
        raise DesignError(
            f"'{spec.time}' must be a whole number; {row[spec.entity]} has {row[spec.time]!r}.",
            f"'{spec.time}' må være et helt tall; {row[spec.entity]} har {row[spec.time]!r}.",
        )
    return numbers.astype(np.int64)


def sample_rows(frame: pd.DataFrame, spec: Spec) -> npt.NDArray[np.bool_]:
    """Rows of the estimation sample; raises a DesignError naming the row where the flag is odd."""
    if spec.sample is None:
        return np.ones(len(frame), dtype=bool)
    column = frame[spec.sample]
    flag = pd.to_numeric(column, errors="coerce")
    bad = ~flag.isin([0, 1]).to_numpy()
    if bad.any():
        row = frame.iloc[int(np.flatnonzero(bad)[0])]
        value = reprlib.repr(row[spec.sample])
        raise DesignError(
            f"sample column '{spec.sample}' must hold 0 or 1 in every row; {row[spec.entity]}, "
            f"{row[spec.time]} has {value}.",
            f"utvalgskolonnen '{spec.sample}' må ha 0 eller 1 i hver rad; {row[spec.entity]}, "
            f"{row[spec.time]} har {value}.",
        )
    inside: npt.NDArray[np.bool_] = flag.to_numpy(dtype=np.float64) == 1.0
    return inside


def numbers(frame: pd.DataFrame, name: str, spec: Spec) -> FloatArray:
    """Values of a column as floats, NaN where missing; raises a DesignError on text or infinity."""
    column = frame[name]
    numeric = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    if not numeric or pd.api.types.is_complex_dtype(column):
        bad = column.notna() & pd.to_numeric(column, errors="coerce").isna()
        row = frame.loc[bad].iloc[0] if bad.any() else frame.iloc[0]
        raise DesignError(
            f"column '{name}' holds text where numbers are needed ({row[spec.entity]}, "
            f"{row[spec.time]}: {reprlib.repr(row[name])}); make every cell a number or empty, and "
            "read a file with decimal commas with decimal=','.",
            f"kolonnen '{name}' har tekst der tall trengs ({row[spec.entity]}, {row[spec.time]}: "
            f"{reprlib.repr(row[name])}); la hver celle være et tall eller tom, og les en fil med "
            "desimalkomma med decimal=',' (--decimal komma).",
        )
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    infinite = np.isinf(values)
    if infinite.any():
        row = frame.iloc[int(np.flatnonzero(infinite)[0])]
        raise DesignError(
            f"column '{name}' is infinite for {row[spec.entity]}, {row[spec.time]}.",
            f"kolonnen '{name}' er uendelig for {row[spec.entity]}, {row[spec.time]}.",
        )
    return values
