"""Text and tick labels that fit the room they have, measured in the house font."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from matplotlib.axis import Axis
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

__all__ = [
    "FONT",
    "LEGEND_SIZE",
    "FittingLocator",
    "legend_extra",
    "legend_shape",
    "text_width",
    "ticks_that_fit",
    "wrap_to",
]

FONT = "DejaVu Sans"
"""Comes with matplotlib: the same on every machine."""
LEGEND_SIZE = 8.5
_HINTED = 1.06
"""Screens round the width of letters to whole points; at 60 to 100 dpi texts come out wider."""
_FEWEST = 8
"""Characters a line has at least."""
_BETWEEN = 1.0
"""Room between two tick labels, in font sizes."""
_STEPS = (1, 2, 5, 10)


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return how wide the widest line of a text is, inches."""
    font = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
    measure = text_to_path.get_text_width_height_descent
    lines = [line for line in text.split("\n") if line]
    return _HINTED / 72 * max((float(measure(x, font, ismath=False)[0]) for x in lines), default=0)


def wrap_to(
    text: str, inches: float, size: float, *, bold: bool = False, most: int | None = None
) -> list[str]:
    """Break a text in lines no wider than the room.

    Parameters
    ----------
    text : str
    inches : float
        The room.
    size : float
        Of the font, points.
    bold : bool
    most : int, optional
        Most characters of a line; as many as fit if not given.
    """
    limit = max(_FEWEST, int(inches * 72 / (0.4 * size)))
    limit = limit if most is None else min(limit, most)
    lines = textwrap.wrap(text, limit)
    while limit > _FEWEST and any(text_width(line, size, bold) > inches for line in lines):
        limit -= 1
        lines = textwrap.wrap(text, limit)
    return lines


def legend_shape(names: Sequence[str], inches: float) -> tuple[int, list[str]]:
    """Return how many columns, at most three, a legend has room for, and its names wrapped.

    Parameters
    ----------
    names : sequence of str
    inches : float
        Width of the figure.
    """
    em = LEGEND_SIZE / 72
    mark, between = 1.8 * em, 1.2 * em  # handle with its pad, and the room between columns
    room = inches - 4 * em
    for columns in range(min(len(names), 3), 1, -1):
        # Filled column by column, the first ones one longer: as matplotlib does.
        short, longer = divmod(len(names), columns)
        sizes = [short + 1] * longer + [short] * (columns - longer)
        widths, at = [], 0
        for count in sizes:
            widths.append(mark + max(text_width(n, LEGEND_SIZE) for n in names[at : at + count]))
            at += count
        if sum(widths) + between * (columns - 1) <= room:
            return columns, list(names)
    return 1, ["\n".join(wrap_to(n, room - mark, LEGEND_SIZE)) for n in names]


def legend_extra(names: Sequence[str], inches: float) -> float:
    """Return the height that a legend of more than two lines adds to a figure, inches."""
    columns, shown = legend_shape(names, inches)
    lines = sum(n.count("\n") + 1 for n in shown) if columns == 1 else -(-len(shown) // columns)
    return 0.175 * max(lines - 2, 0)


def ticks_that_fit(
    low: float,
    high: float,
    inches: float,
    words: Callable[[Sequence[float]], list[str]],
    *,
    most: int,
    size: float = 8.5,
) -> list[float]:
    """Return round numbers between two limits, so many that their labels stand apart.

    Parameters
    ----------
    low, high : float
        Limits of the axis.
    inches : float
        Its length.
    words : callable
        Numbers to labels.
    most : int
        Most intervals.
    size : float
        Of the labels' font, points.
    """
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return [low]
    for count in range(most, 0, -1):
        found = MaxNLocator(count, steps=_STEPS).tick_values(low, high)
        ticks = [float(t) for t in found if low <= t <= high]
        widths = [text_width(w, size) for w in words(ticks)]
        steps = [b - a for a, b in pairwise(ticks)]
        apart = [(a + b) / 2 for a, b in pairwise(widths)]
        room = [inches * step / (high - low) - _BETWEEN * size / 72 for step in steps]
        if all(a <= r for a, r in zip(apart, room, strict=True)):
            return ticks
    return ticks[:1]


class FittingLocator(MaxNLocator):
    """Ticks of a horizontal axis, fewer where their labels would collide."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._most = most

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """Return the ticks between two limits at the axis' present length."""
        axis = self.axis
        if not isinstance(axis, Axis):
            return super().tick_values(vmin, vmax)
        figure = axis.axes.get_figure(root=True)
        inches = axis.axes.bbox.width / (72.0 if figure is None else figure.dpi)
        formatter = axis.get_major_formatter()

        def words(values: Sequence[float]) -> list[str]:
            return formatter.format_ticks(list(values))

        return ticks_that_fit(vmin, vmax, inches, words, most=self._most)
