"""Figures of a fitted model: what clustering does, and coefficients on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from proba._numbers import format_number
from proba.errors import Lang, ProbaError
from proba.estimation import Results
from proba.estimation.spec import CONSTANT
from proba.panel import label as label_of
from proba.published import interval, parse
from proba.report.figures.house import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    HouseFigure,
    Marking,
    finish,
    house_style,
    legend_above,
    new_figure,
    tidy_axes,
)
from proba.report.figures.words import report_name, source_words, unit_words
from proba.reproduction import Reproduction

__all__ = ["coefficient_figure", "standard_errors_figure"]

_MARKS = ((BLUE, "o"), (GREEN, "s"), (ORANGE, "D"), (GREY, "^"), (INK, "v"), ("#CC79A7", "P"))
_RATIOS = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
_SIZE_WORDS = {"nb": "kommunestørrelse", "en": "kommune size"}


@dataclass(frozen=True, slots=True)
class RatioRows:
    """Standard errors over a reference, ready to draw.

    Attributes
    ----------
    ratios : DataFrame
        One row a coefficient, one column a series.
    rounding : DataFrame or None
        Columns ``lower`` and ``upper``: the reference's rounding interval over the reference.
    """

    ratios: pd.DataFrame
    rounding: pd.DataFrame | None


def standard_errors_figure(
    source: Reproduction | Sequence[Results],
    *,
    titles: Sequence[str] | None = None,
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw standard errors under several assumptions, as ratios: one row a coefficient.

    Parameters
    ----------
    source : Reproduction or sequence of Results
        A reproduction gives clusters on kommune size, HC1 and clusters on kommune over the
        printed (or corrected) errors, with the rounding of the print as a grey bar. Results of
        the same model give each over the first.
    titles : sequence of str, optional
        Names of the series; by default covariance and clusters.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure

    Raises
    ------
    ProbaError
        If there are no results, their coefficients differ, titles and results do not match, or
        no standard error is positive.
    """
    nb = lang == "nb"
    rows = ratio_rows(source, titles, lang)
    if isinstance(source, Reproduction):
        over = "den trykte" if nb else "the printed one"
        footer = source_words(report_name(), source.panel.meta.name, lang)
        label = source.panel.meta.label_text(lang)
    else:
        over = str(rows.ratios.columns[0])
        footer = source_words(None, None, lang)
        label = source[0].label_text(lang)
    subtitle = f"Standardfeil delt på {over}" if nb else f"Standard error over {over}"
    if isinstance(source, Reproduction):
        subtitle += (
            ". Grå stolpe: alle verdier som avrundes til det trykte tallet."
            if nb
            else ". Grey bar: every value that rounds to the printed number."
        )
    title = (
        "Standardfeilene avhenger av hva som regnes som uavhengig"
        if nb
        else "Standard errors depend on what is taken to be independent"
    )
    with house_style():
        height = 0.6 + 0.29 * len(rows.ratios)
        fig = new_figure(8.0, height, Marking(title, subtitle, footer, label))
        body: Any = fig.subfigures()  # keeps the names of the series below the header
        ax = body.add_subplot()
        draw_ratios(ax, rows, lang)
        words = "Forholdstall, logaritmisk skala" if nb else "Ratio, logarithmic scale"
        ax.set_xlabel(words)
        return finish(fig)


def ratio_rows(
    source: Reproduction | Sequence[Results], titles: Sequence[str] | None, lang: Lang
) -> RatioRows:
    """Return standard errors over the printed ones (reproduction) or over the first of several."""
    if isinstance(source, Reproduction):
        results: Sequence[Results] = (source.by_size, source.hc1, source.by_kommune)
        if titles is None:
            titles = [_series_title(r, source, lang) for r in results]
        targets = {fact.name: fact.target for fact in source.std_errors}
        reference = pd.Series({name: parse(text) for name, text in targets.items()}, dtype=float)
        limits = pd.DataFrame(
            {name: interval(text) for name, text in targets.items()}, index=["lower", "upper"]
        ).T
        rounding = limits.div(reference, axis=0)
    else:
        results = tuple(source)
        check_results(results)
        reference = results[0].std_errors
        rounding = None
    names = tuple(titles) if titles is not None else tuple(_title(r, lang) for r in results)
    if len(names) != len(results) or len(set(names)) != len(names):
        raise ProbaError(
            f"{len(results)} results need {len(results)} different titles, not {list(names)}.",
            f"{len(results)} resultater trenger {len(results)} ulike titler, ikke {list(names)}.",
        )
    ratios = pd.DataFrame(
        {
            n: r.std_errors.reindex(reference.index) / reference
            for n, r in zip(names, results, strict=True)
        }
    )
    ratios = ratios.where(np.isfinite(ratios) & (ratios > 0))
    if ratios.isna().to_numpy().all():
        raise ProbaError(
            "no standard error is positive: there is nothing to draw.",
            "ingen standardfeil er positive: det er ingenting å tegne.",
        )
    return RatioRows(ratios, rounding)


def draw_ratios(ax: Axes, rows: RatioRows, lang: Lang, *, heading: str | None = None) -> None:
    """Draw the dots, the line at 1 and, above, a heading and the names of the series."""
    ratios = rows.ratios
    at = np.arange(len(ratios))[::-1]
    ax.set_xscale("log")
    if rows.rounding is not None:
        width = rows.rounding["upper"] - rows.rounding["lower"]
        ax.barh(at, width, left=rows.rounding["lower"], height=0.62, color=PALE, zorder=1)
    ax.axvline(1.0, color=GREY, linewidth=1.0, zorder=1.5)
    # The first series is drawn last: it is the one the others are held against.
    for j, (name, (color, marker)) in reversed(list(enumerate(zip(ratios, _MARKS)))):  # noqa: B905
        ax.plot(
            ratios[name],
            at,
            marker,
            color=color,
            markersize=6.5 if marker == "o" else 5.5,
            markeredgecolor="white",
            markeredgewidth=0.6,
            label=str(name),
            zorder=3 + 0.1 * (len(ratios.columns) - j),
        )
    ax.set_ylim(-0.6, len(ratios) - 0.4)
    low, high = float(ratios.min().min()), float(ratios.max().max())
    if rows.rounding is not None:
        low = min(low, float(rows.rounding["lower"].min()))
        high = max(high, float(rows.rounding["upper"].max()))
    ax.set_xlim(min(low / 1.12, 0.8), max(high * 1.12, 1.25))
    tidy_axes(ax, lang, grid="x", each=True)
    ax.set_yticks(at, [fill(label_of(str(name), lang), 32) for name in ratios.index])
    left, right = ax.get_xlim()
    ax.xaxis.set_major_locator(FixedLocator([t for t in _RATIOS if left <= t <= right]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    legend_above(ax, [str(name) for name in ratios], heading=heading)


def coefficient_figure(
    *results: Results, titles: Sequence[str] | None = None, level: float = 0.95, lang: Lang = "nb"
) -> HouseFigure:
    """Draw coefficients on one scale, with confidence intervals under each covariance.

    Parameters
    ----------
    *results : Results
        The same fit under one or more covariances (:meth:`Results.with_cov`).
    titles : sequence of str, optional
        Names of the series; by default covariance and clusters.
    level : float
        Of the intervals.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        Regressors above, times their standard deviation in the estimation sample; year dummies
        below as they are. The constant is left out.

    Raises
    ------
    ProbaError
        If there are no results, their coefficients differ, or titles and results do not match.
    """
    check_results(results)
    names = tuple(titles) if titles is not None else tuple(_title(r, lang) for r in results)
    if len(names) != len(results):
        raise ProbaError(
            f"{len(results)} results need {len(results)} titles, not {len(names)}.",
            f"{len(results)} resultater trenger {len(results)} titler, ikke {len(names)}.",
        )
    first = results[0]
    design = pd.DataFrame(first.design.X, columns=list(first.names))
    slopes = [n for n in first.spec.regressors if n in design]
    years = [n for n in first.names if n not in slopes and n != CONSTANT]
    scale = pd.concat([design[slopes].std(), pd.Series(1.0, index=years)])
    nb = lang == "nb"
    percent = format_number(100 * level, 0 if (100 * level) % 1 == 0 else 1, lang)
    subtitle = (
        f"Koeffisient ganger kjennetegnets standardavvik i utvalget, med {percent} % "
        f"konfidensintervall. N = {format_number(first.nobs, 0, lang)}."
        if nb
        else f"Coefficient times the regressor's standard deviation in the sample, {percent}% "
        f"confidence interval. N = {format_number(first.nobs, 0, lang)}."
    )
    title = (
        "Hva ett standardavvik i hvert kjennetegn svarer til"
        if nb
        else "What one standard deviation of each regressor goes with"
    )
    marking = Marking(title, subtitle, source_words(None, None, lang), first.label_text(lang))
    groups = [(g, t) for g, t in ((slopes, ""), (years, _year_title(first, lang))) if g]
    with house_style():
        step = 0.24 + 0.14 * len(results)
        sizes = [0.35 + step * len(g) for g, _ in groups]
        fig = new_figure(8.0, sum(sizes) + 0.45, marking)
        axes = fig.subplots(
            len(groups), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": sizes}
        )[:, 0]
        for ax, (group, heading) in zip(axes, groups, strict=True):
            limits = [r.conf_int(level).loc[group].mul(scale[group], axis=0) for r in results]
            _draw_intervals(ax, first.params[group] * scale[group], limits, lang)
            ax.set_title(heading)
        _name_series(axes[0], names)
        axes[-1].set_xlabel(unit_words(first.spec.dependent, lang))
        return finish(fig)


def check_results(results: Sequence[Results]) -> None:
    """Raise unless there is a result and all have the same coefficients."""
    if not results or not all(isinstance(r, Results) for r in results):
        raise ProbaError(
            "give one or more Results of the same model.",
            "oppgi ett eller flere Results av samme modell.",
        )
    for other in results[1:]:
        if other.names != results[0].names:
            raise ProbaError(
                "the results are of different models: their coefficients differ.",
                "resultatene er av ulike modeller: koeffisientene er ikke de samme.",
            )


def _draw_intervals(
    ax: Axes, values: pd.Series, limits: Sequence[pd.DataFrame], lang: Lang
) -> None:
    at = np.arange(len(values))[::-1].astype(float)
    gap = 0.26
    ax.axvline(0.0, color=GREY, linewidth=1.0, zorder=1)
    for j, (frame, (color, marker)) in enumerate(zip(limits, _pairs(len(limits)), strict=True)):
        y = at + gap * ((len(limits) - 1) / 2 - j)
        ax.hlines(y, frame["lower"], frame["upper"], color=color, linewidth=2.0, zorder=2)
        ax.plot(values, y, marker, color=color, markersize=5.5, markeredgecolor="white", zorder=3)
    ax.set_ylim(-0.6, len(values) - 0.4)
    tidy_axes(ax, lang, grid="x")
    ax.set_yticks(at, [fill(label_of(str(name), lang), 32) for name in values.index])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def _name_series(ax: Axes, names: Sequence[str]) -> None:
    for j, (name, (color, marker)) in enumerate(zip(names, _pairs(len(names)), strict=True)):
        ax.plot([], [], marker, color=color, label=name, linestyle="-", linewidth=2.0, zorder=j)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=min(len(names), 3),
        frameon=False,
        fontsize=8.5,
        handlelength=1.6,
        columnspacing=1.4,
        borderaxespad=0.1,
    )


def _pairs(count: int) -> list[tuple[str, str]]:
    order = (_MARKS[0], _MARKS[2], _MARKS[1], *_MARKS[3:])
    return [order[j % len(order)] for j in range(count)]


def _title(result: Results, lang: Lang) -> str:
    return result.title.replace("two-way", "toveis") if lang == "nb" else result.title


def _series_title(result: Results, run: Reproduction, lang: Lang) -> str:
    if not result.cluster_names:
        return result.cov_name
    on_size = result.cluster_names != (run.spec.entity,)
    column = _SIZE_WORDS[lang] if on_size else result.cluster_names[0]
    return f"klynger: {column}" if lang == "nb" else f"clusters: {column}"


def _year_title(results: Results, lang: Lang) -> str:
    years: Mapping[int, object] = dict.fromkeys(sorted(results.design.years))
    reference = results.spec.reference_year
    base = reference if reference is not None else next(iter(years), "")
    return f"Årsnivå mot {base}" if lang == "nb" else f"Level of the year against {base}"
