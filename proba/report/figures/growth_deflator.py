"""Growth of benefit beside growth of the basic amount or another deflator, per cent a year."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from proba._numbers import format_number
from proba.decomposition import Deflator, DeflatorComparison
from proba.decomposition.words import factor_label
from proba.errors import Lang
from proba.panel import PanelMeta
from proba.report.figures.fitting import legend_extra
from proba.report.figures.growth_words import inside, origin_words, percent
from proba.report.figures.house import (
    AMBER,
    BLUE,
    INK,
    HouseFigure,
    Marking,
    finish,
    house_style,
    legend_above,
    new_figure,
    tidy_axes,
)

__all__ = ["deflator_figure"]

_BOX = {"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"}
_MOST_AMOUNTS = 12


def deflator_figure(
    comparison: DeflatorComparison,
    *,
    benefit: str | None = None,
    source: str | None = None,
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw growth per cent a year of benefit and deflator, as Figur 7-1 of the report.

    Parameters
    ----------
    comparison : DeflatorComparison
        Of :func:`proba.decomposition.compare_with_deflator`.
    benefit : str, optional
        What is held against the deflator; benefit per month if not given.
    source : str, optional
        Where benefit comes from; put first in the source line.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        A bar a year for the deflator and a marked line for benefit, with amounts where there is
        room. Where benefit is known only at the ends of several years, its mean yearly growth
        is a level line over them, and so labelled.
    """
    nb = lang == "nb"
    steps = comparison.steps
    deflator = comparison.deflator
    first, last = int(steps["start"].iloc[0]), int(steps.index[-1])
    years = np.arange(first + 1, last + 1)
    prices = deflator.yearly_growth().reindex(years).to_numpy(dtype=np.float64)
    what = benefit or ("Stønad per måned" if nb else "Benefit per month")
    name = factor_label(deflator.name, lang)
    total = comparison.total
    levels = bool((steps.index.to_numpy() - steps["start"].to_numpy() > 1).any())
    title = (
        f"{what} og {inside(name)} {first}–{last}, vekst per år"
        if nb
        else f"{what} and the {inside(name)} {first}–{last}, growth a year"
    )
    grown = [percent(float(total[c]), 1, lang, plus=True) for c in ("benefit", "deflator", "real")]
    lines = [
        f"Hele perioden: {inside(what)} {grown[0]}, {inside(name)} {grown[1]}, realvekst "
        f"{grown[2]}."
        if nb
        else f"Whole period: {inside(what)} {grown[0]}, {inside(name)} {grown[1]}, real growth "
        f"{grown[2]}."
    ]
    if levels:
        lines.append(
            "Vannrett strek: snitt per år der mellomliggende år ikke er kjent."
            if nb
            else "Level line: mean a year where the years between are not known."
        )
    notes = (note_nb if nb else note_en for note_en, note_nb in deflator.notes)
    about = (note for note in notes if _concerns(note, first, last))
    origin = ", ".join(text for text in (_bare(source), _origin(deflator, lang)) if text)
    foot = " ".join([origin_words(origin, None, lang), *about])
    label = PanelMeta("", comparison.label).label_text(lang) if comparison.label else None
    with house_style():
        bars = deflator.short(lang)
        tall = 3.5 + legend_extra([what, bars], 8.0)
        fig = new_figure(8.0, tall, Marking(title, " ".join(lines), foot, label))
        body: Any = fig.subfigures()  # keeps the names of the series below the header
        ax = body.add_subplot()
        ax.bar(
            years,
            prices,
            width=0.6,
            facecolor=AMBER,
            hatch="////",
            edgecolor="white",
            linewidth=0.0,
            label=bars,
            zorder=2,
        )
        ax.axhline(0.0, color=INK, linewidth=0.9, zorder=3)
        if len(years) <= _MOST_AMOUNTS:
            for year, value in zip(years, prices, strict=True):
                if np.isfinite(value):
                    up = value >= 0
                    ax.annotate(
                        percent(float(value), 1, lang),
                        (float(year), 0.0),
                        xytext=(0, 5 if up else -5),
                        textcoords="offset points",
                        ha="center",
                        va="bottom" if up else "top",
                        fontsize=8.5,
                        bbox=_BOX,
                        zorder=3,
                    )
        _draw_benefit(ax, comparison, what, lang)
        tidy_axes(ax, lang, grid="y")
        every = -(-len(years) // 14)
        ax.set_xticks(years[::every], [str(y) for y in years[::every]])
        ax.set_xlim(first + 0.4, last + 0.6)
        ax.tick_params(axis="x", length=0)
        ax.set_ylabel("Vekst fra året før (prosent)" if nb else "Growth from the year before (%)")
        ax.margins(y=0.14)
        legend_above(ax, [what, bars])
        return finish(fig)


def _draw_benefit(ax: Axes, comparison: DeflatorComparison, name: str, lang: Lang) -> None:
    """Draw a point a known year, joined, and a level line over each longer step."""
    steps = comparison.steps
    ends, starts = steps.index.to_numpy(dtype=int), steps["start"].to_numpy(dtype=int)
    growth = steps["benefit_yearly"].to_numpy(dtype=np.float64)
    single = ends - starts == 1
    known = np.arange(starts[0] + 1, ends[-1] + 1)
    points = np.full(len(known), np.nan)
    points[np.searchsorted(known, ends[single])] = growth[single]
    style: dict[str, Any] = {"color": BLUE, "linewidth": 2.2, "zorder": 4, "label": name}
    if single.any():
        ax.plot(known, points, "o-", markersize=7, markeredgecolor="white", **style)
        style["label"] = "_"
        if len(known) <= _MOST_AMOUNTS:
            for year, value in zip(ends[single], growth[single], strict=True):
                ax.annotate(
                    percent(float(value), 1, lang),
                    (float(year), float(value)),
                    xytext=(0, 8),
                    textcoords="offset points",
                    ha="center",
                    fontsize=8.5,
                    fontweight="bold",
                    color=BLUE,
                    bbox=_BOX,
                    zorder=6,
                )
    for start, end, value in zip(starts[~single], ends[~single], growth[~single], strict=True):
        ax.plot([start + 0.6, end + 0.4], [value, value], "-", **style)
        style["label"] = "_"
        shown = format_number(float(value), 1, lang)
        words = (
            f"{shown} % per år i snitt {start}–{end}"
            if lang == "nb"
            else f"{shown}% a year on average {start}–{end}"
        )
        ax.annotate(
            words,
            ((start + end + 1) / 2, float(value)),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=8.5,
            fontweight="bold",
            color=BLUE,
            bbox=_BOX,
            zorder=6,
        )


def _origin(deflator: Deflator, lang: Lang) -> str:
    """Return where the deflator was read and when."""
    if not deflator.source or deflator.retrieved is None:
        return deflator.source
    day = str(deflator.retrieved)
    if lang == "nb" and re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        year, month, date = (int(part) for part in day.split("-"))
        day = f"{date}.{month}.{year}"
    return f"{deflator.source} ({'lest' if lang == 'nb' else 'read'} {day})"


def _bare(source: str | None) -> str:
    return source.strip().rstrip(".") if source else ""


def _concerns(note: str, first: int, last: int) -> bool:
    """Say whether a note is of a year drawn, or of no year."""
    years = [int(y) for y in re.findall(r"\b(?:19|20)\d\d\b", note)]
    return not years or any(first <= y <= last for y in years)
