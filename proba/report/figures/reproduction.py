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
        "Hvert tall er regnet ut på nytt, avrundet og holdt mot det trykte."
        if nb
        else "Every number is computed anew, rounded and held against the printed one."
    )
    rounding = (
        "Grått felt: alt som avrundes til det trykte tallet."
        if nb
        else "Grey bar: all that rounds to the printed number."
    )
    marking = Marking(
        title,
        subtitle,
        f"{rounding} {source_words(name, run.panel.meta.name, lang)}",
        run.panel.meta.label_text(lang),
    )
    with house_style():
        fig = new_figure(8.0, 4.15, marking)
        columns: Any = fig.subfigures(1, 2, width_ratios=[1.0, 1.7])
        left, right = columns
        rows: Any = left.subfigures(2, 1, height_ratios=[1.0, 2.3])
        top, below = rows
        _draw_counts(top.add_subplot(), run, lang)
        _draw_index(below.add_subplot(), run, lang)
        heading = "Standardfeil delt på de trykte" if nb else "Standard errors over the printed"
        ax = right.add_subplot()
        draw_ratios(ax, ratio_rows(run, None, lang), lang, heading=heading)
        ax.set_xlabel("Forholdstall (log. skala)" if nb else "Ratio (log scale)")
        return finish(fig)


def _draw_counts(ax: Axes, run: Reproduction, lang: Lang) -> None:
    """Write how many numbers are equal to the printed ones, a line a part."""
    nb = lang == "nb"
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    for j, (part, words) in enumerate(_PARTS.items()):
        hit, total = run.counts[part]
        shown = [format_number(n, 0, lang) for n in (hit, total)]
        count = f"{shown[0]} {'av' if nb else 'of'} {shown[1]}"
        color = BLUE if hit == total else ORANGE
        y = 0.8 - j / len(_PARTS)
        ax.text(0.47, y, count, ha="right", fontsize=10.5, weight="bold", color=color)
        ax.text(0.52, y, words[0 if nb else 1], fontsize=9, color=INK)


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
