"""Columns computed from others: the urbanity criterion and size classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from proba.errors import PanelError
from proba.panel.panel import Panel

__all__ = ["SIZE_BOUNDS", "SIZE_CLASS", "size_classes", "urbanity", "with_size_classes"]

SIZE_CLASS = "storrelsesklasse"
"""Column made by :func:`with_size_classes`."""

SIZE_BOUNDS = (2_000, 3_000, 5_000, 10_000, 20_000, 50_000, 100_000)
"""Lower bounds, in inhabitants, of all size classes but the first."""


def urbanity(population: pd.Series) -> pd.Series:
    """Urbanity criterion: inhabitants to the power 1.2.

    Parameters
    ----------
    population : Series
        Inhabitants 1 January.

    Returns
    -------
    Series
        ``population ** 1.2``.

    Notes
    -----
    Proba-rapport 2017-08, footnote 17 and Vedlegg 1.
    """
    return population.astype("float64") ** 1.2


def size_classes(population: pd.Series, bounds: Sequence[int] = SIZE_BOUNDS) -> pd.Series:
    """Size class of each row, as text such as ``5000-9999``; missing where population is.

    Parameters
    ----------
    population : Series
        Inhabitants.
    bounds : sequence of int
        Ascending lower bounds of all classes but the first.
    """
    if list(bounds) != sorted(set(bounds)) or not bounds:
        raise PanelError(
            f"size bounds must ascend, not {tuple(bounds)}.",
            f"størrelsesgrensene må være stigende, ikke {tuple(bounds)}.",
        )
    lower = [0, *bounds]
    names = [f"{a}-{b - 1}" for a, b in zip(lower, bounds, strict=False)] + [f"{bounds[-1]}+"]
    values = population.to_numpy(dtype="float64", na_value=np.nan)
    codes = np.searchsorted(np.asarray(bounds), values, side="right")
    out = pd.Series(np.array(names, dtype=object)[codes], index=population.index, dtype=object)
    return out.where(~np.isnan(values), None)


def with_size_classes(
    panel: Panel, bounds: Sequence[int] = SIZE_BOUNDS, *, by: str = "folketall"
) -> Panel:
    """Return the panel with the column ``storrelsesklasse``, one fixed class an entity.

    The class is that of the entity's last year, so that a kommune does not move between
    clusters when it grows past a bound.

    Raises
    ------
    PanelError
        If the population column is missing.
    """
    if by not in panel.frame.columns:
        raise PanelError(
            f"{panel.meta.name}: size classes need the column '{by}'.",
            f"{panel.meta.name}: størrelsesklasser krever kolonnen '{by}'.",
        )
    last = panel.frame[by].groupby(level=panel.entity).transform("last")
    frame = panel.frame.assign(**{SIZE_CLASS: size_classes(last, bounds)})
    return Panel(frame, panel.meta, panel.entity, panel.time)
