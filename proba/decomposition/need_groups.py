"""Which kommuner are put together, and with what weight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from proba.decomposition.names import ALL
from proba.errors import DecompositionError
from proba.estimation.columns import FloatArray

__all__ = ["Weights", "group_matrix"]


Weights = Literal["population", "equal"] | Mapping[str, float] | pd.Series


def group_matrix(
    values: pd.DataFrame,
    weights: Weights,
    groups: Mapping[str, str] | pd.Series | None,
    *,
    sums: bool,
    grouped: bool,
) -> tuple[FloatArray, list[str]]:
    """Return the weight of every kommune in every group.

    Parameters
    ----------
    values : DataFrame, n rows
        Of :class:`GrowthParts`.
    weights, groups
        As in :meth:`NeedPractice.aggregate`.
    sums : bool
        Weight 1 on every member instead of weights that add up to 1.
    grouped : bool
        Whether the units are groups already, whose inhabitants are not kept.

    Returns
    -------
    (matrix, names)
        Shape (groups, n), and the groups' names.

    Raises
    ------
    DecompositionError
        See :meth:`NeedPractice.aggregate`.
    """
    units = values.index
    of = _group_of(groups, units)
    names = sorted(set(of))
    member = np.array([[group == name for group in of] for name in names], dtype=np.float64)
    if sums:
        if not (isinstance(weights, str) and weights == "population"):
            raise DecompositionError(
                "amounts are summed; they take no weights.",
                "beløp summeres; de tar ingen vekter.",
            )
        return member, names
    matrix = member * _weights(weights, values, grouped)
    total = matrix.sum(axis=1, keepdims=True)
    if not (total > 0).all():
        empty = names[int(np.flatnonzero(total[:, 0] <= 0)[0])]
        raise DecompositionError(
            f"all weights of '{empty}' are 0.", f"alle vektene til «{empty}» er 0."
        )
    return matrix / total, names


def _group_of(groups: Mapping[str, str] | pd.Series | None, units: pd.Index) -> list[str]:
    if groups is None:
        return [ALL] * len(units)
    found = _by_unit(groups, "groups", units)
    if found.isna().any():
        unit = found.index[found.isna()][0]
        raise DecompositionError(f"{unit} has no group.", f"{unit} har ingen gruppe.")
    return [str(group) for group in found]


def _by_unit(
    given: Mapping[str, str] | Mapping[str, float] | pd.Series, name: str, units: pd.Index
) -> pd.Series:
    """Return what is given of each unit, in the units' order."""
    if not isinstance(given, (Mapping, pd.Series)):
        raise DecompositionError(
            f"'{name}' must be a Series or mapping by kommune, not {given!r}.",
            f"«{name}» må være en Series eller ordbok etter kommune, ikke {given!r}.",
        )
    series = given if isinstance(given, pd.Series) else pd.Series(dict(given), dtype=object)
    if not series.index.is_unique:
        twice = series.index[series.index.duplicated()][0]
        raise DecompositionError(
            f"'{name}' has {twice} more than once; give each kommune one.",
            f"«{name}» har {twice} mer enn én gang; oppgi én per kommune.",
        )
    return series.astype(object).reindex(units)


def _weights(weights: Weights, values: pd.DataFrame, grouped: bool) -> FloatArray:
    if isinstance(weights, str) and weights == "equal":
        return np.ones(len(values))
    if isinstance(weights, str):
        columns = ["population_start", "population_end"]
        if weights == "population" and grouped:
            raise DecompositionError(
                "the kommuner are put together already, and the groups' inhabitants are not kept; "
                "aggregate the split by kommune once, with groups=, or give 'equal' or one weight "
                "a group.",
                "kommunene er alt slått sammen, og gruppenes folketall er ikke med videre; slå "
                "sammen oppdelingen etter kommune én gang, med groups=, eller oppgi «equal» eller "
                "én vekt per gruppe.",
            )
        if weights != "population" or columns[0] not in values:
            raise DecompositionError(
                f"weights {weights!r} are not known: call need_practice with "
                "population='folketall', or give 'equal' or one weight a kommune.",
                f"vektene «{weights}» er ukjente: kall need_practice med "
                "population='folketall', eller oppgi «equal» eller én vekt per kommune.",
            )
        mean: FloatArray = values[columns].to_numpy(dtype=np.float64).mean(axis=1)
        return mean
    found = pd.to_numeric(_by_unit(weights, "weights", values.index), errors="coerce")
    out: FloatArray = found.to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~(np.isfinite(out) & (out >= 0))
    if bad.any():
        unit = values.index[int(np.flatnonzero(bad)[0])]
        raise DecompositionError(
            f"{unit} has no weight of 0 or more.", f"{unit} har ingen vekt på 0 eller mer."
        )
    return out
