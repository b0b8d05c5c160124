"""Contributions to growth year by year, stacked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from proba.decomposition import Decomposition
from proba.decomposition.names import RESIDUAL
from proba.errors import DecompositionError, Lang
from proba.report.figures.fitting import legend_extra, text_width
from proba.report.figures.growth_words import (
    FloatArray,
    amount_scale,
    decimals_for,
    growth_marking,
    heading,
    position_of,
    shown_terms,
    signed,
    style_of,
    term_name,
    unit_heading,
)
from proba.report.figures.house import (
    INK,
    HouseFigure,
    finish,
    house_style,
    legend_above,
    new_figure,
    tidy_axes,
)

__all__ = ["contributions_figure"]

_MOST_AMOUNTS = 14
"""Most years whose amounts have room."""
_AMOUNT = 8.5
_LONGEST = 1.0
"""Longest amount that stands upright, inches."""
_WIDTH, _BAR = 8.0, 0.62
_BOX = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}


def contributions_figure(
    decomposition: Decomposition,
    unit: str | None = None,
    *,
    unit_words: str | None = None,
    name: str | None = None,
    source: str | None = None,
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw the contributions to each year's change, stacked, with the change as a marked line.

    Parameters
    ----------
    decomposition : Decomposition
        A chained one (``decompose(..., chained=True)``).
    unit, unit_words, name, source, lang
        As in :func:`proba.report.waterfall_figure`.

    Returns
    -------
    HouseFigure
        Contributions that add are stacked up from zero, those that take away down from it. The
        change itself is a mark with its amount; a line where the years are too many for amounts.

    Raises
    ------
    DecompositionError
        If the decomposition is not chained, or the unit is not there.
    """
    if not decomposition.chained:
        raise DecompositionError(
            "contributions over time need a chained decomposition of more than one step: "
            "decompose(..., chained=True).",
            "bidrag over tid krever en kjedet dekomponering med mer enn ett steg: "
            "decompose(..., chained=True).",
        )
    u = position_of(decomposition, unit)
    who = str(decomposition.units[u])
    count = len(decomposition.years) - 1
    steps = decomposition.steps.iloc[u * count : (u + 1) * count]
    terms = shown_terms(decomposition, steps[RESIDUAL].to_numpy(), u)
    table = steps[terms]
    change = np.diff(decomposition.values[u])
    up = table.clip(lower=0.0).sum(axis=1).to_numpy()
    down = table.clip(upper=0.0).sum(axis=1).to_numpy()
    scale = amount_scale(float(max(up.max(), -down.min())), unit_words, lang)
    nb = lang == "nb"
    what = ("bidrag til endringen år for år", "contributions to the change year by year")
    title = heading(decomposition, what, lang, of=unit_heading(who, name))
    lines = [
        "Endring fra året før. Bidrag over null øker, under null senker."
        if nb
        else "Change from the year before. Contributions above zero add, below take away."
    ]
    total = "Endring i alt" if nb else "Change in all"
    names = [term_name(t, decomposition, lang, u) for t in terms]
    with house_style():
        tall = 3.9 + legend_extra([*names, total], _WIDTH)
        marking = growth_marking(decomposition, title, lines, lang, source)
        fig = new_figure(_WIDTH, tall, marking)
        body: Any = fig.subfigures()  # keeps the names of the series below the header
        ax = body.add_subplot()
        years = np.array(decomposition.years[1:])
        _draw_stacks(ax, years, table / scale.divisor, names)
        _draw_total(ax, years, change / scale.divisor, total, lang)
        tidy_axes(ax, lang, grid="y")
        step = -(-len(years) // _MOST_AMOUNTS)
        ax.set_xticks(years[::step], [str(y) for y in years[::step]])
        ax.tick_params(axis="x", length=0)
        unit_text = f" ({scale.unit})" if scale.unit else ""
        ax.set_ylabel(f"{'Endring' if nb else 'Change'}{unit_text}")
        legend_above(ax, [*names, total])
        return finish(fig)


def _draw_stacks(ax: Axes, years: FloatArray, table: pd.DataFrame, names: list[str]) -> None:
    above, below = np.zeros(len(years)), np.zeros(len(years))
    for j, (term, name) in enumerate(zip(table.columns, names, strict=True)):
        values = table[term].to_numpy()
        base = np.where(values >= 0, above, below)
        style = style_of(j, str(term))
        ax.bar(years, values, bottom=base, width=_BAR, label=name, zorder=2, **style)
        above += np.maximum(values, 0.0)
        below += np.minimum(values, 0.0)
    ax.axhline(0.0, color=INK, linewidth=0.9, zorder=3)


def _draw_total(ax: Axes, years: FloatArray, change: FloatArray, name: str, lang: Lang) -> None:
    """Draw the change as a mark a year with its amount, or as a line where years are many."""
    places = decimals_for(change)
    texts = [signed(float(value), places, lang) for value in change]
    widest = max(text_width(text, _AMOUNT, bold=True) for text in texts)
    upright = widest > (_WIDTH - 1.2) / len(years)
    amounts = len(years) <= _MOST_AMOUNTS and not (upright and widest > _LONGEST)
    ax.plot(
        years,
        change,
        # A line between the marks would run through the amounts.
        "D" if amounts else "D-",
        color=INK,
        linewidth=1.2,
        markersize=6,
        markeredgecolor="white",
        markeredgewidth=1.0,
        label=name,
        zorder=4,
    )
    if not amounts:
        return
    for year, value, text in zip(years, change, texts, strict=True):
        ax.annotate(
            text,
            (float(year), float(value)),
            xytext=(0, 7.5 if value >= 0 else -7.5),
            textcoords="offset points",
            ha="center",
            va="bottom" if value >= 0 else "top",
            rotation=90 if upright else 0,
            fontsize=_AMOUNT,
            fontweight="bold",
            bbox=_BOX,
            zorder=6,
        )
    ax.margins(y=0.12 if not upright else 0.12 + 0.4 * widest)
