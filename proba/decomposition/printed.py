"""Printed figures stand for intervals: what rounding lets each contribution be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.errors import DecompositionError, PublishedError
from proba.published import interval, parse

__all__ = ["Rounded", "as_rounded", "bounds", "bounds_inside", "decimals_of"]

FloatArray = npt.NDArray[np.float64]

_MOST_ROUNDED = 14
"""Most rounded figures whose corners are all visited: 2^14."""

_NEAR = np.logspace(-9, -1.2, 14)
_PLACES = np.unique(np.concatenate([[0.0, 1.0], _NEAR, np.linspace(0.08, 0.92, 15), 1.0 - _NEAR]))
"""Places between an input's ends that are tried, as fractions of the way."""

_SPANS = (1.0, 1.0, 1.0, 0.06, 0.004, 0.0003)
"""How far around the best place each round looks."""

_ENTRIES = 2_000_000
"""Inputs held at once: 16 MB."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """A figure and the interval it stands for.

    Attributes
    ----------
    value, low, high : float
        ``low <= value <= high``.

    Examples
    --------
    >>> Rounded.printed("4,8")
    Rounded(value=4.8, low=4.75, high=4.85)
    >>> Rounded.exact(100)
    Rounded(value=100.0, low=100.0, high=100.0)
    >>> Rounded.growth("12,4")
    Rounded(value=1.124, low=1.1235, high=1.1245)
    """

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise DecompositionError(
                f"a rounded figure lies inside its interval; got {self.value} in [{self.low}, "
                f"{self.high}].",
                f"et avrundet tall ligger i intervallet sitt; fikk {self.value} i [{self.low}, "
                f"{self.high}].",
            )

    @classmethod
    def printed(cls, text: str) -> Rounded:
        """Return the interval of a printed figure: half a unit of its last digit to each side.

        Raises
        ------
        PublishedError
            If the text is not one number.
        """
        return cls(parse(text), *interval(text))

    @classmethod
    def exact(cls, value: float) -> Rounded:
        """Return a figure that is not rounded, such as an index number's 100."""
        return cls(float(value), float(value), float(value))

    @classmethod
    def growth(cls, percent: str) -> Rounded:
        """Return the ratio of a growth printed in percent: ``"12,4"`` gives 1.124."""
        printed = cls.printed(percent)
        ratios = (float(f"{1 + v / 100:.12g}") for v in (printed.value, printed.low, printed.high))
        return cls(*ratios)


def decimals_of(cells: Iterable[object]) -> int:
    """Return how many decimals a column of figures shows at most; text is not counted."""
    most = 0
    for cell in cells:
        if isinstance(cell, (float, np.floating)) and np.isfinite(cell):
            # The digits of the number's own type: float32 4.8 shows 4.8, not 4.80000019.
            text = np.format_float_positional(_without_noise(cell), trim="-")
            most = max(most, len(text.partition(".")[2]))
    return most


def _without_noise(cell: object) -> float:
    """Return a number as a person would read it: 0.30000000000000004 as 0.3."""
    return float(f"{float(str(cell)):.13g}")


def as_rounded(cell: object, decimals: int) -> Rounded | None:
    """Read a cell of a table of printed figures.

    Parameters
    ----------
    cell : str, Decimal, number or Rounded
        Text and decimals keep their own digits; a float or integer is taken to be rounded to
        ``decimals``. Empty cells give None.
    decimals : int

    Raises
    ------
    DecompositionError
        If the cell is none of these.
    """
    if isinstance(cell, Rounded):
        return cell
    if cell is None or cell is pd.NA or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, (str, Decimal)):
        try:
            return Rounded.printed(str(cell))
        except PublishedError as error:
            raise DecompositionError(error.en, error.nb) from None
    if isinstance(cell, (int, float, np.integer, np.floating)) and not isinstance(cell, bool):
        # Through the shortest text, so that float32 4.8 is 4.8.
        value = _without_noise(cell)
        if np.isnan(value):
            return None
        half = 0.5 * 10.0**-decimals
        return Rounded(value, min(value - half, value), max(value + half, value))
    raise DecompositionError(f"{cell!r} is no printed number.", f"{cell!r} er ikke et trykt tall.")


def bounds(
    measure: Callable[[FloatArray], FloatArray], low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Smallest and largest value of several quantities over the corners of boxes.

    Parameters
    ----------
    measure : callable
        From inputs of shape (m, n) to quantities of shape (m, q).
    low, high : ndarray, shape (R, n)
        R boxes.

    Returns
    -------
    low, high : ndarray, shape (R, q)
        NaN where a quantity has no value in some corner.

    Raises
    ------
    DecompositionError
        If more than 14 inputs are rounded in some box.

    Notes
    -----
    The corners are enough for what is monotone in each input by itself, whatever the others: a
    product and the contributions of the methods that only multiply are linear in each, a share is
    a ratio of two such.
    """
    free = np.flatnonzero((high > low).any(axis=0))
    if len(free) > _MOST_ROUNDED:
        raise DecompositionError(
            f"intervals are computed for at most {_MOST_ROUNDED} rounded figures at a time, not "
            f"{len(free)}; give the exact ones as Rounded.exact.",
            f"intervaller regnes for høyst {_MOST_ROUNDED} avrundede tall om gangen, ikke "
            f"{len(free)}; oppgi de nøyaktige som Rounded.exact.",
        )
    corners = np.array(list(product((False, True), repeat=len(free))), dtype=bool)
    return _extremes(measure, low, high, free, corners.astype(np.float64))


def bounds_inside(
    measure: Callable[[FloatArray], FloatArray], low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """As :func:`bounds`, for quantities that need not be extreme in a corner.

    Parameters
    ----------
    measure, low, high
        As in :func:`bounds`.

    Notes
    -----
    Each quantity is improved from its best corner, one input after the other, over points between
    the input's ends that lie close near both (a logarithm bends most near zero), then closer and
    closer around the best. What is found is attained, so the interval is never too wide; it may
    be a hair too narrow.
    """
    least, most = bounds(measure, low, high)
    free = np.flatnonzero((high > low).any(axis=0))
    corners = np.array(list(product((0.0, 1.0), repeat=len(free))))
    for row in range(len(low)):
        for sign, best in ((1.0, least), (-1.0, most)):
            found = _search(measure, low[row], high[row], free, corners, sign)
            best[row] = sign * np.fmin(sign * best[row], found)
    return least, most


def _search(
    measure: Callable[[FloatArray], FloatArray],
    low: FloatArray,
    high: FloatArray,
    free: npt.NDArray[np.intp],
    corners: FloatArray,
    sign: float,
) -> FloatArray:
    """Return the smallest of ``sign`` times each quantity over one box; shape (q,)."""

    def at(places: FloatArray) -> FloatArray:
        inputs = np.repeat(low[None], len(places), axis=0)
        inputs[:, free] = low[free] * (1.0 - places) + high[free] * places
        return sign * measure(inputs)

    values = at(corners)
    values = np.where(np.isnan(values), np.inf, values)
    where = corners[np.argmin(values, axis=0)]  # (q, free)
    best = values.min(axis=0)
    each = np.arange(len(best))
    for span in _SPANS:
        for j in range(len(free)):
            middle = where[:, j : j + 1]
            tries = _PLACES[None] if span == 1.0 else middle + span * (2.0 * _PLACES - 1.0)
            tries = np.clip(np.broadcast_to(tries, (len(best), len(_PLACES))), 0.0, 1.0)
            places = np.repeat(where[:, None], len(_PLACES), axis=1)
            places[:, :, j] = tries
            found = at(places.reshape(-1, len(free))).reshape(len(best), len(_PLACES), -1)
            own = np.where(np.isnan(found), np.inf, found)[each, :, each]
            pick = np.argmin(own, axis=1)
            better = own[each, pick] < best
            best = np.where(better, own[each, pick], best)
            where[better, j] = tries[each, pick][better]
    return np.where(np.isfinite(best), best, np.nan)


def _extremes(
    measure: Callable[[FloatArray], FloatArray],
    low: FloatArray,
    high: FloatArray,
    free: npt.NDArray[np.intp],
    places: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return extremes over ``places``, shape (m, free), each between 0 (low) and 1 (high)."""
    least, most = [], []
    step = max(1, _ENTRIES // (len(places) * low.shape[1]))
    for start in range(0, len(low), step):
        bottom, top = low[start : start + step, None], high[start : start + step, None]
        inputs = np.repeat(bottom, len(places), axis=1)
        ends = places[None]
        inputs[..., free] = bottom[..., free] * (1.0 - ends) + top[..., free] * ends
        found = measure(inputs.reshape(-1, low.shape[1])).reshape(*inputs.shape[:2], -1)
        least.append(found.min(axis=1))
        most.append(found.max(axis=1))
    return np.concatenate(least), np.concatenate(most)
