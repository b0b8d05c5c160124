"""The funnel: an index against inhabitants, with the range that size alone explains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from proba._numbers import format_number
from proba.errors import IndexingError, Lang
from proba.indices import IndexTable
from proba.indices.intervals import IndexIntervals
from proba.panel import Panel
from proba.panel import label as label_of
from proba.report.figures.house import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
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
    name_points,
    percent_of,
)
from proba.report.figures.words import index_words, source_words

__all__ = ["funnel_figure"]


def funnel_figure(
    index: IndexTable,
    panel: Panel,
    year: int | None = None,
    intervals: IndexIntervals | None = None,
    *,
    highlight: Sequence[str] = (),
    population: str = "folketall",
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw the index of one year against inhabitants, with the range size alone explains.

    Parameters
    ----------
    index : IndexTable
    panel : Panel
        For the inhabitants.
    year : int, optional
        The last if not given.
    intervals : IndexIntervals, optional
        Of kind ``observation``, on the same index; without them there is no funnel.
    highlight : sequence of str
        Kommune numbers to name.
    population : str
        Column of inhabitants.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        One dot a kommune, inhabitants on a logarithmic scale. Filled blue dots are outside the
        kommune's own interval, grey ones inside. The funnel is the interval of a kommune with
        the year's median need: its width at n inhabitants follows the estimated variance, and
        it is filled for the inhabitants that variance was estimated on and dashed elsewhere.

    Raises
    ------
    IndexingError
        If the year or the population column is missing, the intervals are of another kind or
        another index, no kommune has both index and inhabitants, or a highlighted kommune is
        not among them or is given twice.

    Notes
    -----
    A funnel plot with limits for single units, not for the mean: Spiegelhalter (2005),
    Statistics in Medicine 24, 1185-1202.
    """
    if population not in panel.frame.columns:
        raise IndexingError(
            f"{panel.meta.name}: the figure needs the column '{population}'.",
            f"{panel.meta.name}: figuren krever kolonnen '{population}'.",
        )
    chosen_year = checked_year(index.frame.index.get_level_values(index.time), year)
    at = index.frame.index.get_level_values(index.time) == chosen_year
    values = index.frame.loc[at, "index"]
    own = _own_intervals(intervals, index, values.index)
    table = own.assign(value=values, size=panel.frame[population].reindex(values.index))
    table = table.droplevel(index.time)
    table = table[table["value"].notna() & (table["size"] > 0)]
    if table.empty:
        raise IndexingError(
            "no kommune has both an index and inhabitants.",
            "ingen kommune har både indeks og innbyggertall.",
        )
    chosen = checked_entities(highlight, table.index, index.entity)
    away = ((table["value"] < table["lower"]) | (table["value"] > table["upper"])).to_numpy()
    nb = lang == "nb"
    title = f"Indeksen {chosen_year} etter folketall" if nb else f"The index {chosen_year} by size"
    footer = source_words(None, index.meta.name, lang)
    if intervals is not None:
        title += ", med intervall for ny observasjon" if nb else ", interval of a new observation"
        footer = interval_footer(intervals, lang)
    subtitle = _funnel_words(intervals, table, int(away.sum()), lang)
    with house_style():
        fig = new_figure(8.0, 4.4, Marking(title, subtitle, footer, index.meta.label_text(lang)))
        ax = fig.add_subplot()
        ax.set_xscale("log")
        ax.axhline(100, color=GREY, linewidth=1.0, zorder=1.5)
        for rows, color, zorder in ((~away, PASSIVE, 2), (away, BLUE, 3)):
            part = table[rows]
            ax.plot(part["size"], part["value"], "o", color=color, ms=4, mew=0, zorder=zorder)
        low, high = float(table["value"].min()), float(table["value"].max())
        pad = 0.06 * max(high - low, 20.0)
        limits = (min(low, 80.0) - pad, max(high, 120.0) + pad)
        across = (float(table["size"].min()) / 1.3, float(table["size"].max()) * 1.5)
        if intervals is not None:
            _draw_funnel(ax, intervals, table, across)
        ax.set_xlim(*across)
        ax.set_ylim(*limits)
        tidy_axes(ax, lang, grid="y", each=True)
        ax.xaxis.set_major_locator(LogLocator(base=10, subs=(1.0, 3.0)))
        ax.xaxis.set_minor_locator(NullLocator())
        scale = "logaritmisk skala" if nb else "logarithmic scale"
        ax.set_xlabel(f"{label_of(population, lang)}, {scale}")
        ax.set_ylabel(index_words(lang))
        finish(fig)
        picked = table.loc[chosen]
        ax.plot(
            picked["size"], picked["value"], "o", mfc="none", mec=ORANGE, ms=6.5, mew=1.6, zorder=4
        )
        names = [display(index.names, e) for e in chosen]
        name_points(ax, picked[["size", "value"]], names, table[["size", "value"]])
        return finish(fig)


def _own_intervals(
    intervals: IndexIntervals | None, index: IndexTable, rows: pd.Index
) -> pd.DataFrame:
    columns = ["lower", "upper", "se", "need"]
    if intervals is None:
        return pd.DataFrame(np.nan, index=rows, columns=columns)
    if intervals.kind != "observation" or intervals.variance is None:
        raise IndexingError(
            f"the funnel is drawn from intervals of kind 'observation', not '{intervals.kind}'.",
            f"trakten tegnes av intervaller av typen 'observation', ikke '{intervals.kind}'.",
        )
    same = intervals.frame["index"].reindex(rows)
    if not rows.isin(intervals.frame.index).all() or not same.equals(
        index.frame.loc[rows, "index"]
    ):
        raise IndexingError(
            "the intervals are of another index; make both of the same panel.",
            "intervallene er av en annen indeks; lag begge av det samme panelet.",
        )
    return intervals.frame.loc[rows, columns]


def _draw_funnel(
    ax: Axes, intervals: IndexIntervals, table: pd.DataFrame, across: tuple[float, float]
) -> None:
    """Shade the interval of a kommune with median need and median error of that need."""
    variance = intervals.variance
    rows = table.dropna(subset=["lower", "upper"])
    if variance is None or rows.empty:
        return
    need, se = rows["need"], rows["se"]
    from_need = float(np.median(np.maximum(se**2 - variance(rows["size"]), 0.0)))
    m = float(need.median())
    # How many standard deviations the limits are away, whatever tails they were made with.
    low, high = (
        float(((rows[side] / 100.0 - 1.0) * need / se).median()) for side in ("lower", "upper")
    )

    def limits(
        sizes: npt.NDArray[np.float64],
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        sd = 100.0 * np.sqrt(from_need + variance(sizes)) / m
        return 100.0 + low * sd, 100.0 + high * sd

    sizes = np.geomspace(*across, 400)
    for side in limits(sizes):
        ax.plot(sizes, side, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0.4)
    ends = (max(across[0], variance.smallest), min(across[1], variance.largest))
    if ends[0] < ends[1]:
        sizes = np.geomspace(*ends, 200)
        ax.fill_between(sizes, *limits(sizes), color=PALE, lw=0, zorder=0.5)


def _funnel_words(
    intervals: IndexIntervals | None, table: pd.DataFrame, away: int, lang: Lang
) -> str:
    nb = lang == "nb"
    total = int(table["lower"].notna().sum())
    if intervals is None:
        shown = format_number(len(table), 0, lang)
        return f"{shown} kommuner, ett punkt hver." if nb else f"{shown} kommuner, one dot each."
    hit, count = format_number(away, 0, lang), format_number(total, 0, lang)
    due = format_number((1.0 - intervals.level) * total, 0, lang)
    share = percent_of(intervals.level, lang)
    return (
        f"Grått felt: der {share} av kommuner med middels behov ventes; stiplet: utenfor "
        "størrelsene variansen er anslått på. Blå punkter: utenfor kommunens eget intervall, "
        f"{hit} av {count}; {due} ventes om modellen holder."
        if nb
        else f"Grey: where {share} of kommuner with median need are expected; dashed: outside the "
        "sizes the variance was estimated on. Blue dots: outside the kommune's own interval, "
        f"{hit} of {count}; {due} are expected if the model holds."
    )
