"""Small multiples: one panel a kommune, bars by part, one scale and the amounts beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes

from proba._numbers import format_number
from proba.errors import DecompositionError, Lang
from proba.report.figures.fitting import text_width, ticks_that_fit, wrap_to
from proba.report.figures.growth_words import FloatArray, Style, draw_interval, signed
from proba.report.figures.house import (
    GREY,
    INK,
    HouseFigure,
    Marking,
    NumberFormatter,
    house_style,
    new_figure,
    tidy_axes,
)

__all__ = ["MOST_PANELS", "TOTAL_STYLE", "BarPanel", "check_chosen", "panels_figure"]

TOTAL_STYLE: Style = {"facecolor": INK, "edgecolor": "white", "linewidth": 0.0}
MOST_PANELS = 60
"""More do not fit a page that a person reads."""

# Inches.
_WIDTH = 8.0
_ROW = 0.18
"""Height of a bar with its room."""
_EDGE, _GAP, _HEAD, _TICKS = 0.14, 0.16, 0.19, 0.24
_LEAST = 0.9
"""Least width of the axes of a panel."""
_NAMES, _AMOUNTS, _NUMBERS = 8.0, 7.5, 8.5
"""Sizes of the fonts, points."""

_FAR = 4.0
"""A panel that reaches so many times as far as three of four panels do is far out."""
_GAIN = 1.5
"""The axis is clipped only where all other panels then have so many times the room."""


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
    note : str
        Written instead of the bars, where there are none.
    """

    title: str
    values: FloatArray = field(repr=False)
    low: FloatArray = field(repr=False)
    high: FloatArray = field(repr=False)
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where everything stands: inches, and columns of the grid."""

    columns: int
    left: float
    slot: float
    wide: float
    tall: float


def check_chosen(chosen: Sequence[str], argument: str) -> None:
    """Raise a DecompositionError if no unit is chosen, one twice, or more than there is room for.

    ``argument`` is what the figure calls the choice.
    """
    if not chosen:
        raise DecompositionError("no kommune is chosen.", "ingen kommune er valgt.")
    twice = [unit for unit, times in Counter(chosen).items() if times > 1]
    if twice:
        raise DecompositionError(
            f"'{twice[0]}' is given more than once.", f"«{twice[0]}» er oppgitt mer enn én gang."
        )
    if len(chosen) > MOST_PANELS:
        raise DecompositionError(
            f"{len(chosen)} kommuner are too many for one figure, which holds {MOST_PANELS}; "
            f"choose which kommuner to draw with {argument}=[...].",
            f"{len(chosen)} kommuner er for mange for én figur, som har plass til {MOST_PANELS}; "
            f"velg hvilke kommuner som skal tegnes med {argument}=[...].",
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
        To its subtitle is added that the scale is one, where panels are many, and that the axis
        is clipped, where one panel would flatten all others.
    decimals : int
        Of the amounts beside the bars.
    lang : {"nb", "en"}
    """
    nb = lang == "nb"
    room = 2.0 if len(panels) < 3 else 1.65
    wrapped = ["\n".join(wrap_to(row, room, _NAMES)) for row in rows]
    lines = [1 + row.count("\n") for row in wrapped]
    at = np.cumsum([0.0] + [0.34 + 0.33 * (a + b) for a, b in pairwise(lines)])
    frame = _frame(panels, wrapped, float(at[-1]), decimals, lang)
    columns = frame.columns
    titles = [wrap_to(p.title, frame.slot - _GAP, 9.5, bold=True) for p in panels]
    heads = [
        _HEAD + 0.16 * max(len(t) for t in titles[j : j + columns])
        for j in range(0, len(panels), columns)
    ]
    low, high, clipped = _span(panels)
    said = [marking.subtitle]
    if len(panels) > 1:
        said.append("Samme skala i alle ruter." if nb else "The same scale in every panel.")
    if clipped:
        said.append(
            "Pil: går ut over aksen; tallet står ved siden av."
            if nb
            else "Arrow: goes beyond the axis; the amount is beside it."
        )
    below = wrap_to(axis, _WIDTH - frame.left - _EDGE, 9)
    with house_style():
        area = sum(heads) + frame.tall * len(heads) + _TICKS + 0.17 * len(below) + 0.1
        fig = new_figure(_WIDTH, area, replace(marking, subtitle=" ".join(s for s in said if s)))
        height = fig.get_figheight()
        top = _top(fig) * height
        # Every panel has its place: a layout solved for sixty of them takes minutes.
        fig.set_layout_engine("none")
        words = NumberFormatter(lang).format_ticks
        ticks = ticks_that_fit(low, high, frame.wide, words, most=6)
        y = top
        for first, head in zip(range(0, len(panels), columns), heads, strict=True):
            y -= head + frame.tall
            for j in range(first, min(first + columns, len(panels))):
                x = frame.left + frame.slot * (j - first)
                place = (x / _WIDTH, y / height, frame.wide / _WIDTH, frame.tall / height)
                ax = fig.add_axes(place)
                ax.set_ylim(float(at[-1]) + 0.65, -0.65)
                ax.set_xlim(low, high)
                _draw(ax, panels[j], at, styles, decimals, lang)
                ax.set_title("\n".join(titles[j]))
                tidy_axes(ax, lang, grid="x")
                # The lowest panel of each column has the numbers, also where the row is short.
                ax.set_xticks(ticks, words(ticks) if j + columns >= len(panels) else [])
                ax.set_yticks(at, wrapped if j == first else [])
                ax.tick_params(axis="y", length=0, labelsize=_NAMES)
                ax.spines["left"].set_visible(False)
        middle = frame.left + (frame.slot * columns - frame.slot + frame.wide) / 2
        fig.text(
            middle / _WIDTH,
            (y - _TICKS - 0.085 * len(below)) / height,
            "\n".join(below),
            ha="center",
            va="center",
            fontsize=9,
        )
        return fig


def _frame(
    panels: Sequence[BarPanel], wrapped: Sequence[str], last: float, decimals: int, lang: Lang
) -> _Frame:
    """Choose the number of columns that names of rows and amounts leave room for."""
    left = _EDGE + max(text_width(row, _NAMES) for row in wrapped) + 0.06
    texts = [_amount(float(v), decimals, lang) for p in panels for v in p.values]
    amounts = max(text_width(text, _AMOUNTS, bold=True) for text in texts) + 0.05
    columns = 2 if len(panels) == 4 else min(len(panels), 3 if len(panels) <= 12 else 4)
    while True:
        slot = (_WIDTH - left - _EDGE + _GAP) / columns
        wide = slot - amounts - _GAP
        if wide >= _LEAST or columns == 1:
            break
        columns -= 1
    return _Frame(columns, left, slot, wide, _ROW * (last + 1.3))


def _top(fig: HouseFigure) -> float:
    """Return how high the room for the axes reaches, as a part of the figure."""
    engine = fig.get_layout_engine()
    if engine is None:
        return 1.0
    _, bottom, _, tall = engine.get()["rect"]
    return float(bottom + tall)


def _span(panels: Sequence[BarPanel]) -> tuple[float, float, bool]:
    """Return the limits of the one scale, and whether any panel goes beyond them.

    Zero, every bar and every whisker; but not of panels far out, which would flatten the rest.
    """
    reach = np.zeros((len(panels), 2))
    for j, panel in enumerate(panels):
        drawn = np.concatenate([panel.values, panel.low, panel.high])
        drawn = drawn[np.isfinite(drawn)]
        reach[j] = drawn.min(initial=0.0), drawn.max(initial=0.0)
    wide = reach[:, 1] - reach[:, 0]
    low, high = float(reach[:, 0].min()), float(reach[:, 1].max())
    usual = float(np.quantile(wide, 0.75, method="lower"))
    near = reach[wide <= _FAR * usual] if usual > 0 and len(panels) > 2 else reach
    least, most = float(near[:, 0].min()), float(near[:, 1].max())
    clipped = high - low > _GAIN * (most - least)
    if clipped:
        low, high = least, most
    room = 0.04 * (high - low) or 1.0
    # A panel clipped to one side shows where it goes, also where no other goes that way.
    side = room if low < 0 or bool((reach[:, 0] < low).any()) else room / 4
    return low - side, high + room, clipped


def _amount(value: float, decimals: int, lang: Lang) -> str:
    return signed(value, decimals, lang) if np.isfinite(value) else format_number(None)


def _draw(
    ax: Axes,
    panel: BarPanel,
    at: FloatArray,
    styles: Sequence[Style],
    decimals: int,
    lang: Lang,
) -> None:
    low, high = ax.get_xlim()
    inches = ax.get_position().width * _WIDTH
    across = ax.get_yaxis_transform()
    ax.axvline(0.0, color=GREY, linewidth=1.0, zorder=3)
    if panel.note and not np.isfinite(panel.values).any():
        text = "\n".join(wrap_to(panel.note, 0.86 * inches, _NAMES))
        middle = float(at[0] + at[-1]) / 2
        place: Style = {"transform": across, "ha": "center", "va": "center", "zorder": 6}
        box = {"boxstyle": "square,pad=0.2", "facecolor": "white", "edgecolor": "none"}
        ax.text(0.52, middle, text, fontsize=_NAMES, color=GREY, bbox=box, **place)
        return
    for j, (y, value, style) in enumerate(zip(at, panel.values, styles, strict=True)):
        if np.isfinite(value):
            ax.barh(y, value, height=0.62, zorder=2, **style)
        draw_interval(ax, y, float(panel.low[j]), float(panel.high[j]), 0.17)
        ends = [v for v in (value, panel.low[j], panel.high[j]) if np.isfinite(v)]
        for beyond, edge, mark, inward in (
            (max(ends, default=high) > high, high, ">", -1.0),
            (min(ends, default=low) < low, low, "<", 1.0),
        ):
            if beyond:
                x = edge + inward * 0.055 * (high - low) / inches
                face: Style = {"color": "white", "markeredgecolor": INK, "markeredgewidth": 0.9}
                ax.plot([x], [y], mark, markersize=6, zorder=6, **face)
        ax.text(
            1.02,
            y,
            _amount(float(value), decimals, lang),
            transform=across,
            va="center_baseline",
            fontsize=_AMOUNTS,
            color=INK,
            fontweight="bold" if j == len(at) - 1 else "normal",
        )
