"""Coefficients year by year beside the pooled one, which assumes them the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from proba._numbers import format_pvalue
from proba.errors import Lang, SpecError
from proba.estimation.robustness import CoefficientStability
from proba.panel import label as label_of
from proba.report.figures.fitting import wrap_to
from proba.report.figures.house import (
    BLUE,
    GREY,
    INK,
    HouseFigure,
    Marking,
    finish,
    house_style,
    new_figure,
    tidy_axes,
)
from proba.report.figures.uncertainty_words import percent_of
from proba.report.figures.words import source_words, unit_words

__all__ = ["stability_figure"]

_COLUMNS = 3
_BAND = "#D4E6F1"


def stability_figure(
    stability: CoefficientStability, names: Sequence[str] | None = None, *, lang: Lang = "nb"
) -> HouseFigure:
    """Draw coefficients year by year beside the pooled one: one small panel a regressor.

    Parameters
    ----------
    stability : CoefficientStability
    names : sequence of str, optional
        Regressors, in the order to draw them; all if not given.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        All on one scale: coefficient times the regressor's standard deviation in the estimation
        sample, the same for all years. Dots with their intervals; the blue line and band are
        the pooled coefficient and its interval. Under each name the test that the coefficient
        is the same in all years.

    Raises
    ------
    SpecError
        If a name is not among the regressors tested, is given twice, or none is given.
    """
    chosen = list(stability.names if names is None else names)
    bad = [n for n in chosen if n not in stability.names or chosen.count(n) > 1]
    if bad or not chosen:
        known = ", ".join(stability.names)
        raise SpecError(
            f"the figure takes regressors once each of {known}; not '{', '.join(bad)}'.",
            f"figuren tar forklaringsvariabler én gang hver av {known}; ikke «{', '.join(bad)}».",
        )
    pooled = stability.pooled
    design = pd.DataFrame(pooled.design.X, columns=list(pooled.names))
    scale = design[chosen].std()
    limits = pooled.conf_int(stability.level).loc[chosen].mul(scale, axis=0)
    nb = lang == "nb"
    share = percent_of(stability.level, lang)
    joint = stability.joint.describe(lang)
    subtitle = (
        f"Koeffisient ganger kjennetegnets standardavvik, med {share} konfidensintervall. Blå "
        f"linje og felt: samlet for alle år. Alle {len(stability.names)} like i alle år: {joint}."
        if nb
        else f"Coefficient times the regressor's standard deviation, {share} confidence interval. "
        f"Blue line and band: pooled. All {len(stability.names)} equal in all years: {joint}."
    )
    covariance = f"{'Standardfeil' if nb else 'Standard errors'}: " + (
        f"{stability.stacked.cov_words_in(lang)}."
    )
    marking = Marking(
        "Er koeffisientene de samme i alle år?"
        if nb
        else "Are coefficients the same in all years?",
        " ".join(subtitle.split()),
        f"{covariance} {source_words(None, None, lang)}",
        pooled.label_text(lang),
    )
    count = -(-len(chosen) // _COLUMNS)
    with house_style():
        fig = new_figure(8.0, 0.3 + 1.9 * count, marking)
        columns = min(_COLUMNS, len(chosen))
        axes = fig.subplots(count, columns, sharex=True, sharey=True, squeeze=False)
        for ax in axes.flat[len(chosen) :]:
            ax.set_visible(False)
        for ax in axes.flat[max(len(chosen) - columns, 0) : len(chosen)]:
            ax.tick_params(labelbottom=True)
        room = 7.0 / columns - 0.15
        for ax, name in zip(axes.flat, chosen, strict=False):
            own = pd.DataFrame(stability.by_year.loc[name]) * float(scale[name])
            value = float(pooled.params[name] * scale[name])
            _draw_years(ax, own, value, pd.Series(limits.loc[name]), lang)
            ax.set_title("\n".join(wrap_to(label_of(name, lang), room, 9.5, bold=True)), pad=17)
            p = format_pvalue(stability.tests[name].pvalue, lang)
            sign = f"p {p[0]} {p[1:]}" if p.startswith("<") else f"p = {p}"
            words = f"lik i alle år: {sign}" if nb else f"equal in all years: {sign}"
            ax.text(0, 1.03, words, transform=ax.transAxes, fontsize=8, color=GREY, va="bottom")
        fig.supylabel(unit_words(pooled.spec.dependent, lang), fontsize=9)
        return finish(fig)


def _draw_years(ax: Axes, own: pd.DataFrame, pooled: float, limits: pd.Series, lang: Lang) -> None:
    years = np.array([int(y) for y in own.index], dtype=float)
    ax.axhline(0.0, color=GREY, linewidth=0.8, zorder=0.8)
    ax.axhspan(float(limits["lower"]), float(limits["upper"]), color=_BAND, zorder=0.5)
    ax.axhline(pooled, color=BLUE, linewidth=1.6, zorder=1.5)
    ax.vlines(years, own["ci_low"], own["ci_high"], color=INK, linewidth=1.6, zorder=2)
    ax.plot(years, own["coef"], "o", color=INK, ms=5, mec="white", mew=0.8, zorder=3)
    edge = years[-1] + 0.6
    ax.set_xlim(years[0] - 0.6, edge)
    tidy_axes(ax, lang)
    few = years if len(years) <= 5 else years[:: -(-len(years) // 5)]
    ax.set_xticks(few, [f"{y:.0f}" for y in few])
