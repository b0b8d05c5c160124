"""Printed figures stand for intervals: what rounding lets each contribution be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize

from proba.errors import DecompositionError, PublishedError
from proba.published import interval, parse

__all__ = ["Rounded", "as_rounded", "bounds", "decimals_of"]

FloatArray = npt.NDArray[np.float64]

_MOST_ROUNDED = 14
"""Most rounded figures whose corners are all visited: 2^14."""


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
    measure: Callable[[FloatArray], FloatArray],
    low: FloatArray,
    high: FloatArray,
    *,
    certain: bool,
) -> tuple[FloatArray, FloatArray]:
    """Smallest and largest value of several quantities when inputs vary in a box.

    Parameters
    ----------
    measure : callable
        From inputs of shape (m, n) to quantities of shape (m, q).
    low, high : ndarray, shape (n,)
        The box.
    certain : bool
        Whether every quantity is monotone in each input by itself (whatever the others), so that
        its extremes are at corners. If not, each is also sought inside the box.

    Returns
    -------
    low, high : ndarray, shape (q,)
        NaN where the quantity has no value somewhere in the box.

    Notes
    -----
    A product and the contributions of the methods that only multiply are linear in each input by
    itself, a share is a ratio of two such: monotone in each. What is left is LMDI in extreme boxes
    and ratios of rounded columns.
    """
    free = np.flatnonzero(high > low)
    if len(free) > _MOST_ROUNDED:
        raise DecompositionError(
            f"intervals are computed for at most {_MOST_ROUNDED} rounded figures at a time, not "
            f"{len(free)}; give the exact ones as Rounded.exact.",
            f"intervaller regnes for høyst {_MOST_ROUNDED} avrundede tall om gangen, ikke "
            f"{len(free)}; oppgi de nøyaktige som Rounded.exact.",
        )
    corners = np.tile(low, (2 ** len(free), 1))
    if len(free):
        corners[:, free] = np.array(list(product(*zip(low[free], high[free], strict=True))))
    found = measure(corners)
    least, most = found.min(axis=0), found.max(axis=0)
    if not certain:
        for q in range(found.shape[1]):
            if np.isfinite(found[:, q]).all():
                least[q] = min(least[q], _inside(measure, q, corners, found, low, high, 1.0))
                most[q] = max(most[q], -_inside(measure, q, corners, found, low, high, -1.0))
    return least, most


def _inside(
    measure: Callable[[FloatArray], FloatArray],
    q: int,
    corners: FloatArray,
    found: FloatArray,
    low: FloatArray,
    high: FloatArray,
    sign: float,
) -> float:
    """Return the smallest of ``sign`` times a quantity, sought from best corner and middle."""
    width = np.where(high > low, high - low, 1.0)

    def at(z: FloatArray) -> float:
        return float(sign * measure((low + z * (high - low))[None, :])[0, q])

    best = (corners[np.argmin(sign * found[:, q])] - low) / width
    results: list[Any] = [
        optimize.minimize(at, z, method="L-BFGS-B", bounds=[(0.0, 1.0)] * len(low))
        for z in (best, np.full(len(low), 0.5))
    ]
    return min(float(r.fun) for r in results)
