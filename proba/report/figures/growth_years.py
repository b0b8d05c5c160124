"""Contributions to growth year by year, stacked."""

from __future__ import annotations

from typing import Any

import matplotlib.patheffects as effects
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from proba.decomposition import Decomposition
from proba.decomposition.names import RESIDUAL
from proba.decomposition.words import factor_label
from proba.errors import DecompositionError, Lang
from proba.report.figures.growth_words import (
    REST,
    SERIES,
    FloatArray,
    amount_scale,
    decimals_for,
    growth_marking,
    position_of,
    shown_terms,
    signed,
    term_name,
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
"""Most years whose amounts have room above the stacks."""


def contributions_figure(
    decomposition: Decomposition,
    unit: str | None = None,
    *,
    unit_words: str | None = None,
    name: str | None = None,
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw the contributions to each year's change, stacked, with the change as a marked line.

    Parameters
    ----------
    decomposition : Decomposition
        A chained one (``decompose(..., chained=True)``).
    unit, unit_words, name, lang
        As in :func:`proba.report.waterfall_figure`.

    Returns
    -------
    HouseFigure
        Contributions that add are stacked up from zero, those that take away down from it.

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
    terms = shown_terms(decomposition, decomposition.rests[u])
    table = pd.DataFrame(decomposition.parts[u], columns=list(decomposition.factors))
    table[RESIDUAL] = decomposition.rests[u]
    table = table[terms]
    change = np.diff(decomposition.values[u])
    up = table.clip(lower=0.0).sum(axis=1).to_numpy()
    down = table.clip(upper=0.0).sum(axis=1).to_numpy()
    scale = amount_scale(float(max(up.max(), -down.min())), unit_words, lang)
    nb = lang == "nb"
    label = factor_label(decomposition.identity.name, lang)
    of = name or ("" if who == "alle" else who)
    span = f"{decomposition.start}–{decomposition.end}"
    title = f"{of}{': ' if of else ''}{label} {span}, " + (
        "bidrag til endringen år for år" if nb else "contributions to the change year by year"
    )
    lines = [
        "Endring fra året før. Bidrag over null øker, under null senker."
        if nb
        else "Change from the year before. Contributions above zero add, below take away."
    ]
    total = "Endring i alt" if nb else "Change in all"
    with house_style():
        fig = new_figure(8.0, 3.9, growth_marking(decomposition, title, lines, lang))
        body: Any = fig.subfigures()  # keeps the names of the series below the header
        ax = body.add_subplot()
        names = [term_name(t, decomposition, lang) for t in terms]
        years = np.array(decomposition.years[1:])
        _draw_stacks(ax, years, table / scale.divisor, names)
        _draw_total(ax, years, change / scale.divisor, up / scale.divisor, total, lang)
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
        style = {"facecolor": REST, "edgecolor": "white"} if term == RESIDUAL else SERIES[j]
        ax.bar(years, values, bottom=base, width=0.62, label=name, zorder=2, **style)
        above += np.maximum(values, 0.0)
        below += np.minimum(values, 0.0)
    ax.axhline(0.0, color=INK, linewidth=0.9, zorder=3)


def _draw_total(
    ax: Axes, years: FloatArray, change: FloatArray, tops: FloatArray, name: str, lang: Lang
) -> None:
    """Draw the change as a line with a mark a year, and its amount above the stack."""
    ax.plot(
        years,
        change,
        "D-",
        color=INK,
        linewidth=1.2,
        markersize=6,
        markeredgecolor="white",
        markeredgewidth=1.0,
        label=name,
        zorder=4,
    )
    if len(years) > _MOST_AMOUNTS:
        return
    places = decimals_for(change)
    for year, value, top in zip(years, change, tops, strict=True):
        ax.annotate(
            signed(float(value), places, lang),
            (float(year), max(float(top), float(value), 0.0)),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8.5,
            fontweight="bold",
            path_effects=[effects.withStroke(linewidth=2.5, foreground="white")],
            zorder=6,
        )
    ax.margins(y=0.1)
