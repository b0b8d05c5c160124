"""Figures of the index: chosen kommuner over time, and the whole distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

from proba._numbers import format_number
from proba.errors import IndexingError, Lang
from proba.indices import IndexTable, Rule
from proba.panel import Panel
from proba.panel import label as label_of
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
from proba.report.figures.words import index_words, source_words

__all__ = ["index_distribution_figure", "index_lines_figure"]

_COLUMNS = 3


def index_lines_figure(
    index: IndexTable, entities: Sequence[str], rule: Rule | None = None, *, lang: Lang = "nb"
) -> HouseFigure:
    """Draw the index over time for some kommuner: one small panel each, on one scale.

    Parameters
    ----------
    index : IndexTable
    entities : sequence of str
        Kommune numbers, in the order to draw them.
    rule : Rule, optional
        Gives the band between low and high, and each kommune's level and change in words; the
        default rule if not given.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure

    Raises
    ------
    IndexingError
        If no kommune is given, one is given twice or is not in the index, or none of them has
        an index.
    """
    rule = rule if rule is not None else Rule()
    chosen = list(entities)
    table = rule.classify(index)
    _check_entities(chosen, table, index.entity)
    table = table.loc[chosen]
    years = [c for c in table.columns if c not in ("level", "change", "points")]
    lines = table[years].astype("Float64").astype("float64")
    if lines.isna().to_numpy().all():
        raise IndexingError(
            "none of the kommuner chosen has an index.", "ingen av de valgte kommunene har indeks."
        )
    nb = lang == "nb"
    low, high = (format_number(v, 0 if v % 1 == 0 else 1, lang) for v in (rule.low, rule.high))
    subtitle = (
        f"Faktiske utgifter i prosent av beregnet behov. Grått felt: {low}–{high}. "
        "Nivå og endring etter regelen."
        if nb
        else f"Actual expenditure in percent of predicted need. Grey band: {low}–{high}. "
        "Level and change by the rule."
    )
    title = (
        f"Indeksen {years[0]}–{years[-1]}, kommune for kommune"
        if nb
        else f"The index {years[0]}–{years[-1]}, kommune by kommune"
    )
    marking = Marking(
        title, subtitle, source_words(None, index.meta.name, lang), index.meta.label_text(lang)
    )
    count = -(-len(chosen) // _COLUMNS)
    columns = min(_COLUMNS, len(chosen))
    span = (min(float(lines.min().min()), rule.low), max(float(lines.max().max()), rule.high))
    room = 0.2 * (span[1] - span[0])
    with house_style():
        fig = new_figure(8.0, 0.35 + 1.55 * count, marking)
        axes = fig.subplots(count, columns, sharex=True, sharey=True, squeeze=False)
        for ax in axes.flat[len(chosen) :]:
            ax.set_visible(False)
        for ax, entity in zip(axes.flat, chosen, strict=False):
            ax.axhspan(rule.low, rule.high, color=PALE, zorder=0)
            _draw_line(ax, pd.Series(lines.loc[entity]), lang)
            ax.set_title(str(index.names.get(entity, "")) or entity)
            ax.set_title(
                _class_words(table.loc[entity, "level"], table.loc[entity, "change"]),
                loc="right",
                fontsize=8,
                fontweight="normal",
                color=GREY,
            )
            tidy_axes(ax, lang)
            ax.xaxis.set_major_locator(FixedLocator([int(years[0]), int(years[-1])]))
            ax.xaxis.set_minor_locator(FixedLocator([int(y) for y in years[1:-1]]))
            ax.xaxis.set_major_formatter(lambda x, _: f"{x:.0f}")
            ax.set_xlim(int(years[0]) - 0.35, int(years[-1]) + 0.35)
        axes[0, 0].set_ylim(span[0] - room, span[1] + room)
        fig.supylabel(index_words(lang), fontsize=9)
        return finish(fig)


def index_distribution_figure(
    index: IndexTable, panel: Panel, *, population: str = "folketall", lang: Lang = "nb"
) -> HouseFigure:
    """Draw the spread of the index by year, and its swings over time against population.

    Parameters
    ----------
    index : IndexTable
    panel : Panel
        For the population.
    population : str
        Column of inhabitants.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        Left: a box a year (middle half, median; whiskers from the 5th to the 95th percentile).
        Right: one dot a kommune, the standard deviation of its index over the years against
        its mean population, both on logarithmic scales; a kommune whose index never changes
        has no place there.

    Raises
    ------
    IndexingError
        If the population column is missing, or fewer than two years have an index.
    """
    if population not in panel.frame.columns:
        raise IndexingError(
            f"{panel.meta.name}: the figure needs the column '{population}'.",
            f"{panel.meta.name}: figuren krever kolonnen '{population}'.",
        )
    wide = index.wide(rounded=False).dropna(axis=1, how="all")
    if wide.shape[1] < 2:
        raise IndexingError(
            "the figure needs an index for at least two years.",
            "figuren trenger indeks for minst to år.",
        )
    swings = wide.std(axis=1)
    size = panel.frame[population].groupby(level=panel.entity).mean().reindex(wide.index)
    nb = lang == "nb"
    count = format_number(len(wide), 0, lang)
    title = "Spredningen i indeksen" if nb else "The spread of the index"
    subtitle = (
        f"{count} kommuner. Boks: midterste halvdel og median; strek: 5. til 95. prosentil."
        if nb
        else f"{count} kommuner. Box: middle half and median; line: 5th to 95th percentile."
    )
    marking = Marking(
        title, subtitle, source_words(None, index.meta.name, lang), index.meta.label_text(lang)
    )
    with house_style():
        fig = new_figure(8.0, 3.5, marking)
        left, right = fig.subplots(1, 2, gridspec_kw={"width_ratios": [1.0, 1.15]})
        _draw_boxes(left, wide, lang)
        left.set_title("Fordeling per år" if nb else "Distribution by year")
        left.set_ylabel(index_words(lang))
        _draw_swings(right, size, swings, lang)
        right.set_title("Svingning over tid" if nb else "Swings over time")
        unit = "innbyggere" if nb else "inhabitants"
        right.set_xlabel(
            f"{label_of(population, lang)} ({unit}, log. {'skala' if nb else 'scale'})"
        )
        right.set_ylabel(
            "Standardavvik over årene (indekspoeng)"
            if nb
            else "Standard deviation over years (index points)"
        )
        return finish(fig)


def _check_entities(chosen: list[str], table: pd.DataFrame, entity: str) -> None:
    if not chosen:
        raise IndexingError("no kommune is chosen.", "ingen kommune er valgt.")
    for one in chosen:
        if one not in table.index:
            raise IndexingError(
                f"{entity} {one} is not in the index table.",
                f"{entity} {one} finnes ikke i indekstabellen.",
            )
        if chosen.count(one) > 1:
            raise IndexingError(
                f"{entity} {one} is given more than once.",
                f"{entity} {one} er oppgitt mer enn én gang.",
            )


def _draw_line(ax: Axes, line: pd.Series, lang: Lang) -> None:
    years = np.array([int(y) for y in line.index])
    ax.plot(years, line.to_numpy(), color=BLUE, linewidth=2.0, marker="o", markersize=3.5)
    known = line.dropna()
    for year in dict.fromkeys([known.index[0], known.index[-1]] if len(known) else []):
        # Below the line where the line runs off upwards, above it otherwise.
        inner = known.iloc[1:2] if year == known.index[0] else known.iloc[-2:-1]
        above = inner.empty or known[year] >= inner.iloc[0]
        ax.annotate(
            format_number(float(known[year]), 0, lang),
            (int(year), float(known[year])),
            xytext=(0, 5 if above else -5),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            fontsize=8.5,
            color=INK,
        )


def _class_words(level: object, change: object) -> str:
    words = [str(w) for w in (level, change) if isinstance(w, str) and w]
    return ", ".join([words[0], *(w.lower() for w in words[1:])]) if words else "–"


def _draw_boxes(ax: Axes, wide: pd.DataFrame, lang: Lang) -> None:
    ax.axhline(100, color=GREY, linewidth=1.0, zorder=1)
    ax.boxplot(
        [wide[year].dropna().to_numpy() for year in wide.columns],
        tick_labels=[str(year) for year in wide.columns],
        whis=(5, 95),
        widths=0.5,
        patch_artist=True,
        showcaps=False,
        flierprops={
            "marker": ".",
            "markersize": 3,
            "markerfacecolor": GREY,
            "markeredgewidth": 0,
            "alpha": 0.6,
        },
        boxprops={"facecolor": "#A9CFE6", "edgecolor": BLUE},
        whiskerprops={"color": BLUE},
        medianprops={"color": ORANGE, "linewidth": 2.0},
    )
    ax.tick_params(axis="x", length=0)
    names = [str(year) for year in wide.columns]
    tidy_axes(ax, lang, grid="y")
    ax.set_xticks(range(1, len(names) + 1), names)


def _draw_swings(ax: Axes, size: pd.Series, swings: pd.Series, lang: Lang) -> None:
    drawn = (size > 0) & (swings > 0)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.plot(size[drawn], swings[drawn], ".", color=BLUE, alpha=0.55, markersize=5, mew=0)
    tidy_axes(ax, lang, grid="xy", each=True)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(LogLocator(base=10, subs=(1.0, 3.0) if axis is ax.yaxis else (1.0,)))
        axis.set_minor_locator(NullLocator())
