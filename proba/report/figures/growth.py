"""Waterfall of a decomposition: from start to end, a step a factor."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from proba._numbers import format_number
from proba.decomposition import Decomposition
from proba.decomposition.names import RESIDUAL
from proba.decomposition.words import factor_label
from proba.errors import Lang
from proba.report.figures.fitting import FittingLocator, text_width, wrap_to
from proba.report.figures.growth_words import (
    REST,
    FloatArray,
    Scale,
    Style,
    amount_scale,
    decimals_for,
    direction,
    draw_interval,
    growth_marking,
    heading,
    percent,
    position_of,
    shown_terms,
    signed,
    term_name,
    unit_heading,
)
from proba.report.figures.house import (
    GREY,
    INK,
    HouseFigure,
    finish,
    house_style,
    new_figure,
    tidy_axes,
)

__all__ = ["waterfall_figure"]

_NAME_WIDTH = 30
_ROOM_FOR_ZERO = 0.2
"""Changes that move the total less than this part of its level get an axis not from zero."""


def waterfall_figure(
    decomposition: Decomposition,
    unit: str | None = None,
    *,
    unit_words: str | None = None,
    name: str | None = None,
    source: str | None = None,
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw the way from the start value to the end value, a step a factor.

    Parameters
    ----------
    decomposition : Decomposition
    unit : str, optional
        Which unit, e.g. a kommune number; may be left out where there is only one.
    unit_words : str, optional
        Unit of the total, e.g. ``"kr"`` or ``"1000 kr"``; many kroner are shown as million.
        If not given the numbers are written in full.
    name : str, optional
        Name of the unit for the title.
    source : str, optional
        Where the figures come from, e.g. ``"SSB"``; put first in the source line.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        A row for the start value, each factor, the rest where there is one, and the end value.
        To the right each contribution and its share of the change. Where figures are printed
        ones, a thin line is the interval their rounding allows, also of start and end. Where the
        change is small beside the level the axis does not start at zero, and start and end are
        points instead of bars.

    Raises
    ------
    DecompositionError
        If the unit is not there, or none is named and there are several.
    """
    u = position_of(decomposition, unit)
    who = str(decomposition.units[u])
    rest = float(decomposition.residual.iloc[u])
    terms = shown_terms(decomposition, np.array([rest]), u)
    parts = decomposition.contributions.iloc[u].to_dict() | {RESIDUAL: rest}
    start, end = float(decomposition.start_value.iloc[u]), float(decomposition.end_value.iloc[u])
    moves = np.array([float(parts[t]) for t in terms])
    stops = start + np.concatenate([[0.0], np.cumsum(moves)])
    whiskers = _whiskers(decomposition, who, terms, stops)
    reach = np.concatenate([stops, whiskers.ravel()])
    low, high = float(np.nanmin(reach)), float(np.nanmax(reach))
    cut = high - low < _ROOM_FOR_ZERO * high
    scale = amount_scale(high, unit_words, lang)
    places = decimals_for([*(moves / scale.divisor), (end - start) / scale.divisor])
    nb = lang == "nb"
    what = ("hva endringen består av", "what the change is made of")
    title = heading(decomposition, what, lang, of=unit_heading(who, name))
    lines = [_change_words(start, end, scale, places, lang)]
    lines.append(
        "Blå søyler øker, skraverte oransje senker."
        if nb
        else "Blue bars add, hatched orange ones take away."
    )
    if np.isfinite(whiskers).any():
        lines.append(
            "Tynn strek: det avrundingen av tallene tillater."
            if nb
            else "Thin line: what the rounding of the figures allows."
        )
    if cut:
        lines.append("Aksen begynner ikke på null." if nb else "The axis does not start at zero.")
    rows = [fill(term_name(t, decomposition, lang, u), _NAME_WIDTH) for t in terms]
    rows = [str(decomposition.start), *rows, str(decomposition.end)]
    with house_style():
        marking = growth_marking(decomposition, title, lines, lang, source)
        tall = sum(0.34 + 0.12 * text.count("\n") for text in rows)
        fig = new_figure(8.0, tall + 0.85, marking)
        ax = fig.add_subplot()
        _draw_steps(ax, stops / scale.divisor, moves / scale.divisor, terms, cut)
        for row, (least, most) in enumerate(whiskers / scale.divisor):
            draw_interval(ax, row, least, most)
        ax.set_ylim(len(rows) - 0.45, -0.55)
        if high > low or high > 0:
            room = 0.04 * (high - (low if cut else 0.0)) / scale.divisor
            left = low / scale.divisor - 3 * room if cut else min(low / scale.divisor - room, 0.0)
            ax.set_xlim(left, high / scale.divisor + room)
        tidy_axes(ax, lang, grid="x")
        ax.xaxis.set_major_locator(FittingLocator(6))
        ax.set_yticks(range(len(rows)), rows)
        ax.tick_params(axis="y", length=0)
        label = factor_label(decomposition.identity.name, lang)
        axis = f"{label} ({scale.unit})" if scale.unit else label
        ax.set_xlabel("\n".join(wrap_to(axis, 4.5, 9)))
        _write_amounts(ax, (start, end), moves, scale, places, lang)
        return finish(fig)


def _change_words(start: float, end: float, scale: Scale, places: int, lang: Lang) -> str:
    """Return the growth in percent; from zero there is none, and the amounts are told."""
    nb = lang == "nb"
    if start > 0:
        grown = percent(100 * (end / start - 1), 1, lang, plus=True)
        return f"Endring {grown}." if nb else f"Change {grown}."
    if end == 0:
        return "Null i begge år." if nb else "Zero in both years."
    unit = f" {scale.unit}" if scale.unit else ""
    amount = format_number(end / scale.divisor, places, lang) + unit
    return f"Fra 0 til {amount}." if nb else f"From 0 to {amount}."


def _whiskers(
    decomposition: Decomposition, unit: str, terms: list[str], stops: FloatArray
) -> FloatArray:
    """Return where the interval of each row begins and ends, NaN where there is none.

    Shape (rows, 2). Intervals of start and end are of the level, those of the contributions are
    drawn from where their bar begins.
    """
    out = np.full((len(terms) + 2, 2), np.nan)
    frame = decomposition.intervals
    if frame is None:
        return out
    bases = [0.0, *stops[:-1], 0.0]
    for i, (term, base) in enumerate(zip(["start_value", *terms, "end_value"], bases, strict=True)):
        if (unit, term) in frame.index:
            out[i] = base + frame.loc[(unit, term), ["low", "high"]].to_numpy(dtype=np.float64)
    return np.where((out[:, 1] > out[:, 0])[:, None], out, np.nan)


def _draw_steps(
    ax: Axes, stops: FloatArray, moves: FloatArray, terms: list[str], cut: bool
) -> None:
    """Draw start, end and the steps between; row 0 is the start."""
    last = len(moves) + 1
    for row, value in ((0, stops[0]), (last, stops[-1])):
        if cut:
            ax.plot([value], [row], "D", color=INK, markersize=7, zorder=4)
        else:
            ax.barh(row, value, height=0.6, color=GREY, zorder=2)
    for row, (from_, move, term) in enumerate(zip(stops[:-1], moves, terms, strict=True), 1):
        style = direction(float(move))
        if term == RESIDUAL:
            style = style | {"facecolor": REST}
        ax.barh(row, move, left=from_, height=0.6, zorder=2, **style)
        if move == 0:
            ax.vlines(from_, row - 0.3, row + 0.3, color=GREY, linewidth=1.2, zorder=2)
    for row, stop in enumerate(stops):
        ax.vlines(stop, row - 0.3, row + 1.3, color=GREY, linewidth=0.7, zorder=1.5)


def _write_amounts(
    ax: Axes,
    ends: tuple[float, float],
    moves: FloatArray,
    scale: Scale,
    places: int,
    lang: Lang,
) -> None:
    """Write a column of amounts and one of shares to the right of the axes."""
    change = ends[1] - ends[0]
    real = abs(change) > 1e-12 * max(abs(v) for v in (*ends, 1e-300))
    nb = lang == "nb"
    amounts = [
        format_number(ends[0] / scale.divisor, places, lang),
        *(signed(move / scale.divisor, places, lang) for move in moves),
        format_number(ends[1] / scale.divisor, places, lang),
    ]
    shares = [percent(100 * move / change, 0, lang) if real else "–" for move in moves]
    heads = (
        scale.unit or ("Bidrag" if nb else "Amount"),
        "andel av\nendringen" if nb else "share of\nchange",
    )
    column = max(*(text_width(text, 9, bold=True) for text in amounts), text_width(heads[0], 8))
    wide = max(*(text_width(text, 9) for text in shares), text_width(heads[1], 8))
    at = (72 * column + 6, 72 * (column + wide) + 20)

    def write(which: int, row: float, text: str, **kind: Any) -> None:
        style: Style = {"va": "center_baseline", "fontsize": 9, "color": INK} | kind
        ax.annotate(
            text,
            (1.0, row),
            xytext=(at[which], 0),
            xycoords=ax.get_yaxis_transform(),
            textcoords="offset points",
            ha="right",
            **style,
        )

    last = len(amounts) - 1
    for row, text in enumerate(amounts):
        write(0, row, text, fontweight="bold" if row in (0, last) else "normal")
    for row, text in enumerate(shares, 1):
        write(1, row, text)
    for which, text in enumerate(heads):
        write(which, -0.62, text, va="bottom", fontsize=8, color=GREY)
