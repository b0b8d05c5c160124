"""Printed figures stand for intervals: what rounding lets each contribution be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from proba.errors import DecompositionError, PublishedError
from proba.published import interval, parse

__all__ = ["Rounded", "as_rounded", "bounds", "bounds_inside", "decimals_of"]

FloatArray = npt.NDArray[np.float64]

_MOST_ROUNDED = 14
"""Most rounded figures whose corners are all visited: 2^14."""

_ENDS = np.array([0.0, 1.0])
_MANY, _FEW = 17, 3
"""Points along an input that may not be monotone; few when there are more than two such."""

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
            text = np.format_float_positional(float(cell), trim="-")
            most = max(most, len(text.partition(".")[2]))
    return most


def as_rounded(cell: object, decimals: int) -> Rounded | None:
    """Read a cell of a table of printed figures.

    Parameters
    ----------
    cell : str, number or Rounded
        Text keeps its own digits; a number is taken to be rounded to ``decimals``. Empty cells
        give None.
    decimals : int

    Raises
    ------
    DecompositionError
        If the cell is none of these.
    """
    if isinstance(cell, Rounded):
        return cell
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, str):
        try:
            return Rounded.printed(cell)
        except PublishedError as error:
            raise DecompositionError(error.en, error.nb) from None
    if isinstance(cell, (int, float, np.integer, np.floating)) and not isinstance(cell, bool):
        value = float(cell)
        if np.isnan(value):
            return None
        half = 0.5 * 10.0**-decimals
        ends = (float(f"{value + side:.15g}") for side in (-half, half))
        return Rounded(value, *ends)
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
    measure: Callable[[FloatArray], FloatArray],
    low: FloatArray,
    high: FloatArray,
    suspects: list[list[int]],
) -> tuple[FloatArray, FloatArray]:
    """As :func:`bounds`, trying points inside the boxes too.

    Parameters
    ----------
    measure, low, high
        As in :func:`bounds`.
    suspects : list of list of int
        Sets of inputs in which a quantity may not be monotone. For each set those inputs take
        several values between their ends, the others both ends.

    Notes
    -----
    What is found is attained, so the interval is never too wide; between the points tried it may
    be too narrow by the square of their distance.
    """
    least, most = bounds(measure, low, high)
    free = np.flatnonzero((high > low).any(axis=0))
    for inner in suspects:
        points = _FEW if len(inner) > 2 else _MANY
        steps = [np.linspace(0.0, 1.0, points) if j in inner else _ENDS for j in free]
        grid = np.array(list(product(*steps)))
        lower, upper = _extremes(measure, low, high, free, grid)
        least, most = np.fmin(least, lower), np.fmax(most, upper)
    return least, most


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
