"""How probable each class of a kommune is, level and change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from proba._numbers import format_number
from proba.errors import IndexingError, Lang
from proba.indices.ranks import IndexRanks
from proba.report.figures.growth_words import DOWN, UP
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
    checked_entities,
    checked_year,
    display,
    percent_of,
)
from proba.report.figures.words import source_words

__all__ = ["class_probability_figure"]

_LEVELS = ("p_low", "p_middle", "p_high")
_MIDDLE = {"facecolor": "#D6D6D6", "edgecolor": "white", "linewidth": 0.0}
_STYLES: tuple[dict[str, Any], ...] = (DOWN, _MIDDLE, UP)
_INKS = ("white", INK, "white")
_NARROW = 0.085
"""Shares below this have no room for their number."""


def class_probability_figure(
    ranks: IndexRanks,
    entities: Sequence[str],
    *,
    year: int | None = None,
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw the probability of each class for some kommuner, level and change.

    Parameters
    ----------
    ranks : IndexRanks
    entities : sequence of str
        Kommune numbers, in the order to draw them.
    year : int, optional
        Of the levels; the last if not given.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        Left: a bar a kommune, split by the probabilities of Lavt, Middels and Høyt. Middle: the
        same of Nedgang, neither and Økning; under ``lasting`` these are how often passing
        deviations alone would be marked so, and the heading says it. Right: the rank interval.
        A kommune with no probability has a dash.

    Raises
    ------
    IndexingError
        If no kommune is given, one is given twice or has no row, or the year is not there.
    """
    chosen_year = checked_year(ranks.frame.index.get_level_values(ranks.time), year)
    in_year = ranks.frame.index.get_level_values(ranks.time) == chosen_year
    frame = ranks.frame[in_year].droplevel(ranks.time)
    chosen = checked_entities(entities, frame.index, ranks.entity)
    if not chosen:
        raise IndexingError("no kommune is chosen.", "ingen kommune er valgt.")
    frame = frame.loc[chosen]
    nb = lang == "nb"
    levels = frame[list(_LEVELS)].to_numpy(dtype=float)
    changes = _change_shares(ranks, chosen)
    what = "Sannsynlighet i prosent." if nb else "Probability in percent."
    lasting = ranks.kind == "lasting"
    if lasting:
        what += (
            " Til høyre: hvor ofte forbigående avvik alene ville gi merket."
            if nb
            else " Right: how often passing deviations alone would be marked so."
        )
    marking = Marking(
        _title(ranks, chosen_year, lang),
        f"{what} {ranks.rule.describe(lang)}",
        _footer(ranks, lang),
        ranks.meta.label_text(lang),
    )
    with house_style():
        fig = new_figure(8.0, 0.62 + 0.34 * len(chosen), marking)
        grid = {"width_ratios": [1.25, 1.0]}
        left, right = fig.subplots(1, 2, sharey=True, gridspec_kw=grid)
        words = ("Lavt", "Middels", "Høyt") if nb else ("Low", "Middle", "High")
        _draw_shares(left, levels, words, lang)
        left.set_title(f"Nivå {chosen_year}" if nb else f"Level {chosen_year}", pad=20)
        words = ("Nedgang", "Ingen", "Økning") if nb else ("Fall", "Neither", "Rise")
        _draw_shares(right, changes, words, lang)
        right.set_title(_change_title(lasting, lang), pad=20)
        at = np.arange(len(chosen))[::-1]
        left.set_yticks(at, [display(ranks.names, e) for e in chosen])
        right.tick_params(axis="y", left=False)
        of = _highest(frame["of"])
        share = percent_of(ranks.level, lang)
        heading = f"Rang av {of}\n({share})" if nb else f"Rank of {of}\n({share})"
        right.text(
            1.06, 1.02, heading, transform=right.transAxes, va="bottom", fontsize=8, color=GREY
        )
        limits = frame[["rank_lower", "rank_upper"]].to_numpy(dtype=float, na_value=np.nan)
        for y, (low, high) in zip(at, limits, strict=True):
            right.text(
                1.06, y, _rank_words(low, high, lang),
                transform=right.get_yaxis_transform(), va="center", fontsize=8.5,
            )  # fmt: skip
        return finish(fig)


def _change_shares(ranks: IndexRanks, chosen: list[str]) -> np.ndarray[Any, np.dtype[np.float64]]:
    word = "chance" if ranks.kind == "lasting" else "p"
    both = ranks.changes.loc[chosen, [f"{word}_fall", f"{word}_rise"]].to_numpy(dtype=float)
    return np.column_stack([both[:, 0], 1.0 - both.sum(axis=1), both[:, 1]])


def _draw_shares(
    ax: Axes,
    shares: np.ndarray[Any, np.dtype[np.float64]],
    words: tuple[str, str, str],
    lang: Lang,
) -> None:
    at = np.arange(len(shares))[::-1]
    start = np.zeros(len(shares))
    drawn = np.where(np.isfinite(shares), shares, 0.0)
    # Probabilities are counts over draws: 1 minus two of them can be a hair below 0.
    drawn = np.where(np.abs(drawn) < 1e-12, 0.0, drawn)
    for j, style in enumerate(_STYLES):
        ax.barh(at, drawn[:, j], left=start, height=0.66, zorder=2, **style)
        for y, share, left in zip(at, drawn[:, j], start, strict=True):
            if share >= _NARROW:
                back = {"facecolor": style["facecolor"], "edgecolor": "none", "pad": 1.5}
                ax.text(
                    left + share / 2, y, _share_words(share, lang), ha="center",
                    va="center", fontsize=8.5, color=_INKS[j], bbox=back, zorder=3,
                )  # fmt: skip
        start = start + drawn[:, j]
    for y in at[~np.isfinite(shares).all(axis=1)]:
        ax.text(0.01, y, format_number(None), va="center", color=GREY)
    for x, word, color, side in zip(
        (0.0, 0.5, 1.0), words, (ORANGE, GREY, BLUE), ("left", "center", "right"), strict=True
    ):
        ax.text(
            x, 1.02, word, transform=ax.transAxes, ha=side, va="bottom", fontsize=8.5,
            color=color, fontweight="bold",
        )  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_ylim(-0.5, len(shares) - 0.5)
    tidy_axes(ax, lang)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)


def _share_words(share: float, lang: Lang) -> str:
    """Percent; what is not quite all does not become all by rounding."""
    return ">99" if 0.995 <= share < 1.0 - 1e-9 else format_number(100 * share, 0, lang)


def _highest(of: pd.Series) -> str:
    return format_number(float(of.max()), 0) if of.notna().any() else format_number(None)


def _rank_words(low: float, high: float, lang: Lang) -> str:
    if not np.isfinite([low, high]).all():
        return format_number(None)
    return "–".join(format_number(v, 0, lang) for v in (low, high))


def _title(ranks: IndexRanks, year: int, lang: Lang) -> str:
    if lang == "nb":
        of = "varig praksis" if ranks.kind == "lasting" else "indeksen, faktiske utgifter gitt"
        return f"Hvor sikre er klassene? {of[:1].upper()}{of[1:]} {year}"
    of = "Lasting practice" if ranks.kind == "lasting" else "The index, spending as it is,"
    return f"How sure are the classes? {of} {year}"


def _change_title(lasting: bool, lang: Lang) -> str:
    if lasting:
        return "Endring om praksis var uendret" if lang == "nb" else "Change were practice the same"
    return "Endring, første til siste år" if lang == "nb" else "Change, first to last year"


def _footer(ranks: IndexRanks, lang: Lang) -> str:
    draws = format_number(ranks.draws, 0, lang)
    how = (
        f"{draws} trekninger, frø {ranks.seed}."
        if lang == "nb"
        else f"{draws} draws, seed {ranks.seed}."
    )
    return f"{how} {source_words(None, ranks.meta.name, lang)}"
