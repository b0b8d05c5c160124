"""The reproduction at one glance: every printed number beside ours."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from proba._numbers import format_number
from proba.errors import Lang
from proba.report.figures.house import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    HouseFigure,
    Marking,
    finish,
    house_style,
    new_figure,
    tidy_axes,
)
from proba.report.figures.regression import draw_ratios, ratio_rows
from proba.report.figures.words import report_name, source_words
from proba.reproduction import EQUAL, Reproduction

__all__ = ["reproduction_figure"]

_PARTS = {
    "coefficients": ("koeffisienter", "coefficients"),
    "std_errors": ("standardfeil", "standard errors"),
    "vedlegg2": ("indeksverdier", "index values"),
    "tabell_6_1": ("rader i tabell 6-1", "rows of Tabell 6-1"),
}


def reproduction_figure(run: Reproduction, *, lang: Lang = "nb") -> HouseFigure:
    """Draw the whole reproduction: counts, index against print, standard errors against print.

    Parameters
    ----------
    run : Reproduction
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
    """
    nb = lang == "nb"
    name = report_name()
    title = f"{name}, regnet om tall for tall" if nb else f"{name}, recomputed number by number"
    subtitle = (
        "Like med trykt presisjon, av alle trykte tall:"
        if nb
        else "Equal at printed precision, of all printed numbers:"
    )
    marking = Marking(
        title,
        subtitle,
        source_words(name, run.panel.meta.name, lang),
        run.panel.meta.label_text(lang),
    )
    with house_style():
        fig = new_figure(8.0, 4.6, marking)
        parts: Any = fig.subfigures(2, 1, height_ratios=[0.7, 3.9])
        top, below = parts
        _draw_counts(top.add_subplot(), run, lang)
        left, right = below.subplots(1, 2, gridspec_kw={"width_ratios": [1.0, 1.0]})
        _draw_index(left, run, lang)
        draw_ratios(right, ratio_rows(run, None, lang), lang, legend_from=-0.75)
        left.set_title("Indeksen" if nb else "The index")
        right.set_title(" ")  # keeps room for the names of the series
        right.set_xlabel("Std.feil / trykt (log. skala)" if nb else "Std. error / printed (log)")
        return finish(fig)


def _draw_counts(ax: Axes, run: Reproduction, lang: Lang) -> None:
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    of = "av" if lang == "nb" else "of"
    for j, (part, words) in enumerate(_PARTS.items()):
        hit, total = run.counts[part]
        shown = [format_number(n, 0, lang) for n in (hit, total)]
        x = j / len(_PARTS)
        color = BLUE if hit == total else ORANGE
        ax.text(x, 0.95, f"{shown[0]} {of} {shown[1]}", va="top", fontsize=14, color=color)
        ax.text(x, 0.3, words[0 if lang == "nb" else 1], va="top", fontsize=9, color=INK)


def _draw_index(ax: Axes, run: Reproduction, lang: Lang) -> None:
    nb = lang == "nb"
    table: pd.DataFrame = run.vedlegg2
    known = table[table["ours"].notna()]
    equal = known["verdict"] == EQUAL
    top = float(known[["ours", "printed"]].max().max()) * 1.04 if len(known) else 100.0
    ax.plot([0, top], [0, top], color=GREY, linewidth=0.8, zorder=1)
    for rows, color, size, alpha in (
        (known[equal], BLUE, 4.5, 0.45),
        (known[~equal], ORANGE, 5.5, 0.8),
    ):
        ax.plot(
            rows["printed"].astype(float),
            rows["ours"].astype(float),
            "o",
            color=color,
            markersize=size,
            alpha=alpha,
            markeredgewidth=0,
            zorder=2,
        )
    tidy_axes(ax, lang, grid="xy")
    ax.set_xlabel("Indeks, trykt (vedlegg 2)" if nb else "Index, printed (Vedlegg 2)")
    ax.set_ylabel("Indeks, vår" if nb else "Index, ours")
    ax.set_xlim(0, top)
    ax.set_ylim(0, top)
    ax.set_aspect("equal", adjustable="box")
