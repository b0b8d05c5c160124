"""Small multiples: one panel a kommune, bars by part, one scale and the amounts beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from proba._numbers import format_number
from proba.errors import DecompositionError, Lang
from proba.report.figures.growth_words import FloatArray, Style, signed
from proba.report.figures.house import (
    GREY,
    INK,
    HouseFigure,
    Marking,
    finish,
    house_style,
    new_figure,
    tidy_axes,
)

__all__ = ["TOTAL_STYLE", "BarPanel", "check_chosen", "panels_figure"]

TOTAL_STYLE: Style = {"facecolor": INK, "edgecolor": "white", "linewidth": 0.0}
_WIDTH = 8.0
_ROW = 0.18
"""Height of a bar with its room, inches."""


@dataclass(frozen=True, slots=True, eq=False)
class BarPanel:
    """One panel.

    Attributes
    ----------
    title : str
    values : ndarray, shape (rows,)
        In the unit of the axis; NaN draws nothing.
    low, high : ndarray, shape (rows,)
        Ends of the whiskers; NaN where there is none.
    """

    title: str
    values: FloatArray = field(repr=False)
    low: FloatArray = field(repr=False)
    high: FloatArray = field(repr=False)


def check_chosen(chosen: Sequence[str]) -> None:
    """Raise a DecompositionError if no unit is chosen, or one twice."""
    if not chosen:
        raise DecompositionError("no kommune is chosen.", "ingen kommune er valgt.")
    twice = [unit for unit in chosen if list(chosen).count(unit) > 1]
    if twice:
        raise DecompositionError(
            f"'{twice[0]}' is given more than once.", f"«{twice[0]}» er oppgitt mer enn én gang."
        )


def panels_figure(
    panels: Sequence[BarPanel],
    rows: Sequence[str],
    styles: Sequence[Style],
    axis: str,
    marking: Marking,
    *,
    decimals: int,
    lang: Lang,
) -> HouseFigure:
    """Draw the panels in the order given; the last row is the total.

    Parameters
    ----------
    panels : sequence of BarPanel
    rows : sequence of str
        Names of the bars.
    styles : sequence of dict
        Of the bars.
    axis : str
        What the horizontal axis is, with its unit.
    marking : Marking
    decimals : int
        Of the amounts beside the bars.
    lang : {"nb", "en"}
    """
    wrapped = [fill(row, 30 if len(panels) < 3 else 20) for row in rows]
    columns = 2 if len(panels) == 4 else min(len(panels), 3 if len(panels) <= 12 else 4)
    if len(rows) > 8:
        columns = min(columns, 2)
    count = -(-len(panels) // columns)
    lines = [1 + row.count("\n") for row in wrapped]
    at = np.cumsum([0.0] + [0.34 + 0.33 * (a + b) for a, b in pairwise(lines)])
    span = _span(panels)
    tall = _ROW * (float(at[-1]) + 1.3) + 0.36
    with house_style():
        fig = new_figure(_WIDTH, count * tall + 0.5, marking)
        body: Any = fig.subfigures()  # keeps the name of the axis above the source line
        axes = body.subplots(count, columns, sharex=True, sharey=True, squeeze=False)
        for ax in axes.flat[len(panels) :]:
            ax.set_visible(False)
        for j, (ax, panel) in enumerate(zip(axes.flat, panels, strict=False)):
            _draw(ax, panel, at, styles, decimals, lang)
            ax.set_title(fill(panel.title, 60 // columns))
            tidy_axes(ax, lang, grid="x")
            ax.xaxis.set_major_locator(MaxNLocator(4 if columns > 2 else 6))
            ax.tick_params(axis="y", length=0)
            ax.spines["left"].set_visible(False)
            # The lowest panel of each column has the numbers, also where the last row is short.
            if j + columns >= len(panels):
                ax.tick_params(axis="x", labelbottom=True)
        axes[0, 0].set_yticks(at, wrapped)
        for ax in axes.flat:
            ax.tick_params(axis="y", labelsize=8)
        axes[0, 0].set_ylim(float(at[-1]) + 0.65, -0.65)
        axes[0, 0].set_xlim(*span)
        body.supxlabel(axis, fontsize=9)
        return finish(fig)


def _span(panels: Sequence[BarPanel]) -> tuple[float, float]:
    """Return the limits of the one scale: zero, every bar and every whisker."""
    drawn = np.concatenate([np.concatenate([p.values, p.low, p.high]) for p in panels])
    drawn = drawn[np.isfinite(drawn)]
    low, high = min(float(drawn.min(initial=0.0)), 0.0), max(float(drawn.max(initial=0.0)), 0.0)
    room = 0.04 * (high - low) or 1.0
    return low - room if low < 0 else -room / 4, high + room


def _draw(
    ax: Axes,
    panel: BarPanel,
    at: FloatArray,
    styles: Sequence[Style],
    decimals: int,
    lang: Lang,
) -> None:
    ax.axvline(0.0, color=GREY, linewidth=1.0, zorder=3)
    for j, (y, value, style) in enumerate(zip(at, panel.values, styles, strict=True)):
        last = j == len(at) - 1
        if np.isfinite(value):
            ax.barh(y, value, height=0.62, zorder=2, **style)
        if np.isfinite(panel.low[j]) and np.isfinite(panel.high[j]):
            ends = (panel.low[j], panel.high[j])
            ax.hlines(y, *ends, color="white", linewidth=2.0, zorder=4)
            ax.hlines(y, *ends, color=INK, linewidth=1.0, zorder=5)
            ax.vlines(ends, y - 0.17, y + 0.17, color=INK, linewidth=1.0, zorder=5)
        known = bool(np.isfinite(value))
        ax.text(
            1.02,
            y,
            signed(float(value), decimals, lang) if known else format_number(None),
            transform=ax.get_yaxis_transform(),
            va="center_baseline",
            fontsize=7.5,
            color=INK,
            fontweight="bold" if last else "normal",
        )
