"""Waterfall of a decomposition: from start to end, a step a factor."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from proba._numbers import format_number
from proba.decomposition import Decomposition
from proba.decomposition.names import RESIDUAL
from proba.decomposition.words import factor_label
from proba.errors import Lang
from proba.report.figures.growth_words import (
    REST,
    FloatArray,
    Scale,
    Style,
    amount_scale,
    decimals_for,
    direction,
    growth_marking,
    percent,
    position_of,
    shown_terms,
    signed,
    term_name,
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
    name : str, optional
        Name of the unit for the title.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        A row for the start value, each factor, the rest where there is one, and the end value.
        To the right each contribution and its share of the change. Where figures are printed
        ones, a thin line is the interval their rounding allows. Where the change is small beside
        the level the axis does not start at zero, and start and end are points instead of bars.

    Raises
    ------
    DecompositionError
        If the unit is not there, or none is named and there are several.
    """
    u = position_of(decomposition, unit)
    who = str(decomposition.units[u])
    rest = float(decomposition.residual.iloc[u])
    terms = shown_terms(decomposition, np.array([rest]))
    parts = decomposition.contributions.iloc[u].to_dict() | {RESIDUAL: rest}
    start, end = float(decomposition.start_value.iloc[u]), float(decomposition.end_value.iloc[u])
    moves = np.array([float(parts[t]) for t in terms])
    stops = start + np.concatenate([[0.0], np.cumsum(moves)])
    whiskers = _whiskers(decomposition, who, terms)
    reach = np.concatenate([stops, (stops[:-1, None] + whiskers).ravel()])
    low, high = float(np.nanmin(reach)), float(np.nanmax(reach))
    cut = high - low < _ROOM_FOR_ZERO * high
    scale = amount_scale(high, unit_words, lang)
    nb = lang == "nb"
    label = factor_label(decomposition.identity.name, lang)
    of = name or ("" if who == "alle" else who)
    span = f"{decomposition.start}–{decomposition.end}"
    title = f"{of}{': ' if of else ''}{label} {span}, " + (
        "hva endringen består av" if nb else "what the change is made of"
    )
    grown = percent(100 * float(decomposition.growth.iloc[u]), 1, lang, plus=True)
    lines = [f"Endring {grown}." if nb else f"Change {grown}."]
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
    rows = [fill(term_name(t, decomposition, lang), _NAME_WIDTH) for t in terms]
    rows = [str(decomposition.start), *rows, str(decomposition.end)]
    with house_style():
        marking = growth_marking(decomposition, title, lines, lang)
        tall = sum(0.34 + 0.12 * text.count("\n") for text in rows)
        fig = new_figure(8.0, tall + 0.85, marking)
        ax = fig.add_subplot()
        _draw_steps(ax, stops / scale.divisor, moves / scale.divisor, terms, cut)
        _draw_whiskers(ax, stops[:-1] / scale.divisor, whiskers / scale.divisor)
        ax.set_ylim(len(rows) - 0.45, -0.55)
        if high > low or high > 0:
            room = 0.04 * (high - (low if cut else 0.0)) / scale.divisor
            left = low / scale.divisor - 3 * room if cut else min(low / scale.divisor - room, 0.0)
            ax.set_xlim(left, high / scale.divisor + room)
        tidy_axes(ax, lang, grid="x")
        ax.xaxis.set_major_locator(MaxNLocator(6))
        ax.set_yticks(range(len(rows)), rows)
        ax.tick_params(axis="y", length=0)
        ax.set_xlabel(f"{label} ({scale.unit})" if scale.unit else label)
        _write_amounts(ax, (start, end), moves, scale, lang)
        return finish(fig)


def _whiskers(decomposition: Decomposition, unit: str, terms: list[str]) -> FloatArray:
    """Return low and high of each term, NaN where there is no interval; shape (terms, 2)."""
    out = np.full((len(terms), 2), np.nan)
    frame = decomposition.intervals
    if frame is None:
        return out
    for i, term in enumerate(terms):
        if (unit, term) in frame.index:
            out[i] = frame.loc[(unit, term), ["low", "high"]].to_numpy(dtype=np.float64)
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


def _draw_whiskers(ax: Axes, from_: FloatArray, whiskers: FloatArray) -> None:
    """Draw the interval of each contribution at the end of its bar."""
    for row, (base, (low, high)) in enumerate(zip(from_, whiskers, strict=True), 1):
        if np.isfinite(low) and np.isfinite(high):
            ax.hlines(row, base + low, base + high, color=INK, linewidth=1.0, zorder=5)
            for end in (base + low, base + high):
                ax.vlines(end, row - 0.12, row + 0.12, color=INK, linewidth=1.0, zorder=5)


def _write_amounts(
    ax: Axes, ends: tuple[float, float], moves: FloatArray, scale: Scale, lang: Lang
) -> None:
    """Write a column of amounts and one of shares to the right of the axes."""
    values = moves / scale.divisor
    places = decimals_for([*values, (ends[1] - ends[0]) / scale.divisor])
    change = ends[1] - ends[0]
    real = abs(change) > 1e-12 * max(abs(v) for v in (*ends, 1e-300))
    last = len(moves) + 1
    nb = lang == "nb"

    def write(x: float, row: float, text: str, **kind: Any) -> None:
        style: Style = {"ha": "right", "va": "center_baseline", "fontsize": 9, "color": INK} | kind
        ax.text(x, row, text, transform=ax.get_yaxis_transform(), **style)

    for row, value in ((0, ends[0]), (last, ends[1])):
        write(1.13, row, format_number(value / scale.divisor, places, lang), fontweight="bold")
    for row, move in enumerate(moves, 1):
        write(1.13, row, signed(move / scale.divisor, places, lang))
        write(1.27, row, percent(100 * move / change, 0, lang) if real else "–")
    head = {"va": "bottom", "fontsize": 8, "color": GREY}
    write(1.13, -0.62, scale.unit or ("Bidrag" if nb else "Amount"), **head)
    write(1.27, -0.62, "andel av\nendringen" if nb else "share of\nchange", **head)
