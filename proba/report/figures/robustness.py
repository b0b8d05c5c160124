"""The specification curve: one coefficient under every choice, above the choices made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from scipy import stats

from proba._numbers import format_number
from proba.errors import Lang, SpecError
from proba.estimation.contrasts import check_level
from proba.estimation.robustness import SpecificationCurve
from proba.panel import PanelMeta
from proba.panel import label as label_of
from proba.report.figures.fitting import wrap_to
from proba.report.figures.house import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    HouseFigure,
    Marking,
    finish,
    house_style,
    new_figure,
    tidy_axes,
)
from proba.report.figures.uncertainty_words import percent_of
from proba.report.figures.words import source_words, unit_words

__all__ = ["specification_curve_figure"]

_BINS = 360
"""Most columns of the matrix of choices; more specifications share a column."""
_EXTREME = 0.005
"""Share of confidence limits that may run out of the axis at either end."""
_SHADES = LinearSegmentedColormap.from_list("choices", ["#F2F2F2", BLUE])


def specification_curve_figure(
    curve: SpecificationCurve, *, level: float = 0.95, lang: Lang = "nb"
) -> HouseFigure:
    """Draw one coefficient under every specification, sorted, above the choices each makes.

    Parameters
    ----------
    curve : SpecificationCurve
    level : float
        Of the confidence intervals.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        Above: ``effect_sd`` (one standard deviation of the column of interest, in the unit of
        the dependent variable) from the smallest to the largest, with its interval, blue where
        the interval does not reach 0; the base specification in orange. Below: a row a choice,
        dark where the specification makes it, with the median effect of those that do to the
        right. With very many specifications neighbours share a column, shaded by the share of
        them that make the choice, and the widest intervals may run out of the axis.

    Raises
    ------
    SpecError
        If no specification has an estimate with a standard error, or ``level`` is not between 0
        and 1.

    Notes
    -----
    Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214, figure 2.
    """
    check_level(level)
    table = curve.table[["effect_sd", "effect_sd_se", "df"]].astype(float)
    table = pd.DataFrame(table[np.isfinite(table.to_numpy()).all(axis=1)])
    table = table.sort_values("effect_sd", kind="stable")
    if table.empty:
        raise SpecError(
            "no specification has an estimate with a standard error; there is nothing to draw.",
            "ingen spesifikasjon har anslag med standardfeil; det er ingenting å tegne.",
        )
    reach = stats.t.ppf(0.5 + level / 2.0, table["df"]) * table["effect_sd_se"]
    table = table.assign(low=table["effect_sd"] - reach, high=table["effect_sd"] + reach)
    choices = curve.choices().loc[table.index]
    printed = curve.to_table(lang).rows[1:]
    dependents = curve.table["dependent"].unique()
    unit = unit_words(str(dependents[0]), lang) if len(dependents) == 1 else ""
    focus = label_of(curve.grid.focus, lang)
    nb = lang == "nb"
    count = format_number(len(table), 0, lang)
    title = (
        f"{focus}: virkningen under {count} spesifikasjoner"
        if nb
        else f"{focus}: the effect under {count} specifications"
    )
    marking = Marking(
        title,
        _curve_words(table, len(curve) - len(table), level, lang),
        source_words(None, None, lang),
        PanelMeta("", curve.label).label_text(lang),
    )
    tall = 0.2 * len(choices.columns)
    with house_style():
        fig = new_figure(8.0, 2.6 + tall, marking)
        rows = {"height_ratios": [2.3, max(tall, 0.05)], "hspace": 0.02}
        top, below = fig.subplots(2, 1, sharex=True, gridspec_kw=rows)
        _draw_curve(top, table, lang)
        top.set_ylabel("\n".join(wrap_to(unit, 2.2, 9)))
        _draw_choices(below, choices, [row[0] for row in printed], [row[2] for row in printed], nb)
        number = curve.base_number
        if number is not None and number in table.index:
            _draw_base(top, below, table, number, lang)
        below.set_xlabel(
            "Spesifikasjoner, sortert etter virkning" if nb else "Specifications, by effect"
        )
        return finish(fig)


def _draw_curve(ax: Axes, table: pd.DataFrame, lang: Lang) -> None:
    at = np.arange(len(table), dtype=float)
    width = float(np.clip(300.0 / len(table), 0.3, 2.5))
    away = ((table["low"] > 0) | (table["high"] < 0)).to_numpy()
    ax.axhline(0.0, color=GREY, linewidth=1.0, zorder=1)
    for rows, color, pale in ((~away, GREY, PALE), (away, BLUE, "#A9CFE6")):
        part = table[rows]
        lines = [
            ((x, a), (x, b)) for x, a, b in zip(at[rows], part["low"], part["high"], strict=True)
        ]
        ax.add_collection(LineCollection(lines, colors=pale, linewidths=width, zorder=2))
        size = float(np.clip(2.2 * width, 1.4, 5.0))
        ax.plot(at[rows], part["effect_sd"], "o", color=color, ms=size, mew=0, zorder=3)
    low = min(float(table["effect_sd"].min()), float(table["low"].quantile(_EXTREME)), 0.0)
    high = max(float(table["effect_sd"].max()), float(table["high"].quantile(1 - _EXTREME)), 0.0)
    pad = 0.06 * (high - low if high > low else 1.0)
    ax.set_ylim(low - pad, high + pad)
    ax.set_xlim(-0.5 - 0.01 * len(table), len(table) - 0.5 + 0.01 * len(table))
    tidy_axes(ax, lang, grid="y")
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0, labelbottom=False)


def _draw_choices(
    ax: Axes, choices: pd.DataFrame, names: Sequence[str], medians: Sequence[str], nb: bool
) -> None:
    n, m = choices.shape
    edges = np.unique(np.linspace(0, n, min(n, _BINS) + 1).astype(int))
    values = choices.to_numpy(dtype=float)
    shares = np.add.reduceat(values, edges[:-1], axis=0) / np.diff(edges)[:, None] if m else values
    for row in range(m):
        y = m - 1 - row
        ax.imshow(
            shares[:, row][None, :],
            extent=(-0.5, n - 0.5, y - 0.36, y + 0.36),
            aspect="auto",
            interpolation="nearest",
            cmap=_SHADES,
            vmin=0.0,
            vmax=1.0,
        )
        ax.text(1.01, y, medians[row], transform=ax.get_yaxis_transform(), va="center", fontsize=8)
    if m:
        ax.text(
            1.01, m - 0.35, "Median", transform=ax.get_yaxis_transform(), fontsize=8,
            color=GREY, va="bottom",
        )  # fmt: skip
    ax.set_ylim(-0.6, m - 0.4 if m else 0.6)
    ax.set_yticks(np.arange(m)[::-1], list(names), fontsize=8)
    ax.tick_params(axis="both", length=0, labelbottom=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _draw_base(top: Axes, below: Axes, table: pd.DataFrame, number: int, lang: Lang) -> None:
    x = float(table.index.get_indexer(pd.Index([number]))[0])
    value = float(table["effect_sd"].loc[number])
    for ax in (top, below):
        ax.axvline(x, color=ORANGE, linewidth=1.2, zorder=2.5)
    top.plot([x], [value], "D", color=ORANGE, ms=6, mec="white", mew=0.8, zorder=5)
    shown = format_number(value, lang=lang, significant=3)
    right = x < len(table) / 2
    top.annotate(
        f"{'Grunnmodell' if lang == 'nb' else 'Base'} {shown}",
        (x, top.get_ylim()[1]),
        xytext=(5 if right else -5, -2),
        textcoords="offset points",
        ha="left" if right else "right",
        va="top",
        fontsize=8.5,
        color=INK,
        zorder=6,
        path_effects=[patheffects.withStroke(linewidth=2.5, foreground="white")],
    )


def _curve_words(table: pd.DataFrame, without: int, level: float, lang: Lang) -> str:
    nb = lang == "nb"
    away = int(((table["low"] > 0) | (table["high"] < 0)).sum())
    median = format_number(float(table["effect_sd"].median()), lang=lang, significant=3)
    hit, total, gone = (format_number(v, 0, lang) for v in (away, len(table), without))
    share = percent_of(level, lang)
    out = (
        f"Ett standardavvik mer, med {share} konfidensintervall. Median {median}. Blå: "
        f"intervallet når ikke 0 ({hit} av {total})."
        if nb
        else f"One standard deviation more, {share} confidence interval. Median {median}. Blue: "
        f"the interval does not reach 0 ({hit} of {total})."
    )
    if without:
        out += f" {gone} uten anslag." if nb else f" {gone} without estimate."
    return out
