"""How sure an index is: all kommuner from the lowest to the highest, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from proba._numbers import format_number
from proba.errors import IndexingError, Lang
from proba.indices.intervals import IndexIntervals
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
from proba.report.figures.uncertainty_words import (
    PASSIVE,
    checked_entities,
    checked_year,
    display,
    interval_footer,
    interval_title,
    name_in_margin,
)
from proba.report.figures.words import index_words

__all__ = ["caterpillar_figure"]

_DARK = "#00456E"
_STEP = 0.19
"""Height of a name in the margin, inches."""


def caterpillar_figure(
    intervals: IndexIntervals,
    year: int | None = None,
    *,
    highlight: Sequence[str] = (),
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw every kommune's index with its interval, from the lowest to the highest.

    Parameters
    ----------
    intervals : IndexIntervals
        Of any kind; the title names it.
    year : int, optional
        The last if not given. Lasting intervals are of all years together and take none.
    highlight : sequence of str
        Kommune numbers to draw in orange and name in the margin.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        A line a kommune. Under ``mean`` and ``lasting`` the interval is around the dot and is
        blue where it does not reach 100; under ``observation`` it is around 100, and is blue
        where the kommune's own index, the dot, falls outside. Under ``lasting`` a grey ring is
        the index before shrinking. A limit at infinity is drawn to the edge; kommuner without
        an interval are left out and counted in the subtitle.

    Raises
    ------
    IndexingError
        If the year has no intervals, no kommune has one, or a highlighted kommune has none or is
        given twice.
    """
    frame, shown_year = _of_year(intervals, year)
    known = frame.dropna(subset=["index", "estimate", "lower", "upper"])
    left_out = len(frame) - len(known)
    if known.empty:
        raise IndexingError("no kommune has an interval.", "ingen kommune har intervall.")
    chosen = checked_entities(highlight, known.index, intervals.entity)
    observed = intervals.kind == "observation"
    centre = known["index"] if observed else known["estimate"]
    order = np.argsort(centre.to_numpy(), kind="stable")
    known, centre = known.iloc[order], centre.iloc[order]
    inside = centre if observed else pd.Series(100.0, known.index)
    away = ((inside < known["lower"]) | (inside > known["upper"])).to_numpy()
    marking = Marking(
        interval_title(intervals.kind, shown_year, lang),
        " ".join(_caterpillar_words(intervals, int(away.sum()), len(known), left_out, lang)),
        interval_footer(intervals, lang),
        intervals.meta.label_text(lang),
    )
    height = max(min(6.0, 0.9 + 0.11 * len(known)), 0.7 + _STEP * len(chosen))
    with house_style():
        fig = new_figure(8.0, height, marking)
        ax = fig.add_subplot()
        _draw_caterpillar(ax, known, centre, away, chosen, lasting=intervals.kind == "lasting")
        tidy_axes(ax, lang, grid="x")
        ax.set_xlabel(index_words(lang))
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        nb = lang == "nb"
        count = format_number(len(known), 0, lang)
        ax.set_ylabel(
            f"{count} kommuner, lavest nederst" if nb else f"{count} kommuner, lowest first"
        )
        at = {str(e): i for i, e in enumerate(known.index)}
        names = [
            (float(at[e]), float(centre[e]), _margin_name(intervals, known, centre, e, lang))
            for e in chosen
        ]
        name_in_margin(ax, names, _STEP * (len(known) + 2) / (height - 0.55))
        return finish(fig)


def _of_year(intervals: IndexIntervals, year: int | None) -> tuple[pd.DataFrame, int | None]:
    frame = intervals.frame
    if intervals.kind == "lasting":
        return frame, None
    years = frame.index.get_level_values(intervals.time)
    chosen = checked_year(years, year)
    return frame[years == chosen].droplevel(intervals.time), chosen


def _draw_caterpillar(
    ax: Axes,
    known: pd.DataFrame,
    centre: pd.Series,
    away: np.ndarray[tuple[int], np.dtype[np.bool_]],
    chosen: Sequence[str],
    *,
    lasting: bool,
) -> None:
    at = np.arange(len(known), dtype=float)
    values = known[["index", "lower", "upper"]].to_numpy(dtype=float)
    reach = values[np.isfinite(values)]
    low, high = min(float(reach.min()), 100.0), max(float(reach.max()), 100.0)
    pad = 0.02 * max(high - low, 1.0)
    marked = known.index.isin(list(chosen))
    width = float(np.clip(260.0 / len(known), 0.6, 2.0))
    ax.axvline(100, color=GREY, linewidth=1.0, zorder=1.5)
    if lasting:
        ax.plot(known["index"], at, "o", mfc="none", mec=GREY, ms=2.4, mew=0.5, zorder=2.5)
    groups = ((~away & ~marked, PASSIVE, 1.0), (away & ~marked, BLUE, 1.0), (marked, ORANGE, 2.0))
    for order, (rows, color, wider) in enumerate(groups):
        ends = np.clip(values[rows, 1:], low - pad, high + pad)
        lines = [((a, y), (b, y)) for (a, b), y in zip(ends, at[rows], strict=True)]
        ax.add_collection(
            LineCollection(lines, colors=color, linewidths=wider * width, zorder=2 + order)
        )
        dot = _DARK if color == BLUE else INK
        size = 4.0 if color == ORANGE else 1.8
        ax.plot(centre[rows], at[rows], "o", color=dot, ms=size, mew=0, zorder=2.6 + order)
    ax.set_xlim(low - pad, high + pad)
    ax.set_ylim(-1.5, len(known) + 0.5)


def _margin_name(
    intervals: IndexIntervals, known: pd.DataFrame, centre: pd.Series, entity: str, lang: Lang
) -> str:
    limits = [format_number(float(known[c].loc[entity]), 0, lang) for c in ("lower", "upper")]
    shown = format_number(float(centre[entity]), 0, lang)
    until = " til " if lang == "nb" else " to "
    return f"{display(intervals.names, entity)} {shown} ({until.join(limits)})"


def _caterpillar_words(
    intervals: IndexIntervals, away: int, count: int, left_out: int, lang: Lang
) -> list[str]:
    nb = lang == "nb"
    hit, total, gone = (format_number(n, 0, lang) for n in (away, count, left_out))
    lines = [intervals.notes(lang)[0]]
    of = f"{hit} av {total}" if nb else f"{hit} of {total}"
    if intervals.kind == "observation":
        lines.append(
            f"Punkt: kommunens egen indeks. Blå: den faller utenfor intervallet ({of})."
            if nb
            else f"Dot: the kommune's own index. Blue: it falls outside the interval ({of})."
        )
    else:
        lines.append(
            f"Blå: intervallet når ikke 100 ({of})."
            if nb
            else f"Blue: the interval does not reach 100 ({of})."
        )
    if intervals.kind == "lasting":
        lines.append(
            "Grå ring: indeksen før krymping." if nb else "Grey ring: the index before shrinking."
        )
    if left_out:
        lines.append(f"{gone} uten intervall." if nb else f"{gone} without interval.")
    return lines
