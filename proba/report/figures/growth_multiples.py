"""Contributions to growth in many kommuner side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from proba.decomposition import Decomposition
from proba.decomposition.names import ALL, RESIDUAL
from proba.decomposition.words import factor_label
from proba.errors import Lang
from proba.report.figures.growth_panels import TOTAL_STYLE, BarPanel, check_chosen, panels_figure
from proba.report.figures.growth_words import (
    decimals_for,
    display_name,
    growth_marking,
    heading,
    inside,
    position_of,
    shown_terms,
    style_of,
    term_name,
)
from proba.report.figures.house import HouseFigure

__all__ = ["contributions_multiples_figure"]


def contributions_multiples_figure(
    decomposition: Decomposition,
    units: Sequence[str] | None = None,
    *,
    names: Mapping[str, str] | None = None,
    source: str | None = None,
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw the contributions in many kommuner: one small panel each, on one scale.

    Parameters
    ----------
    decomposition : Decomposition
        With one unit a kommune (``by="kommune"``) or group.
    units : sequence of str, optional
        Which, in the order to draw them; all if not given. At most 60.
    names : mapping, optional
        Name of each unit; its number where there is none.
    source : str, optional
        Where the figures come from; put first in the source line.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        Bars by factor, the rest where there is one and the growth itself, in percent of the
        start value, so that large and small kommuner compare. A kommune that starts at zero has
        no percentages, and its panel says so. Where one kommune would flatten all others, the
        axis is clipped: arrows mark what goes beyond it, and its amount is still written.

    Raises
    ------
    DecompositionError
        If no unit is chosen, more than 60 are, one is given twice, or one was not decomposed.
    """
    chosen = [str(u) for u in (decomposition.units if units is None else units)]
    check_chosen(chosen, "units")
    at = [position_of(decomposition, unit) for unit in chosen]
    terms = shown_terms(decomposition, decomposition.residual.to_numpy()[at], at)
    table = decomposition.contributions.assign(**{RESIDUAL: decomposition.residual})[terms]
    bars = np.column_stack([table.to_numpy()[at], decomposition.total_change.to_numpy()[at]])
    start = decomposition.start_value.to_numpy()[at]
    shown = 100.0 * bars / np.where(start > 0, start, np.nan)[:, None]
    nothing = np.full(bars.shape[1], np.nan)
    nb = lang == "nb"
    year = decomposition.start
    zero = (
        f"Null i {year}: prosent kan ikke regnes"
        if nb
        else f"Zero in {year}: no percentages can be computed"
    )
    called = [display_name(unit, names, lang) for unit in chosen]
    one = len(chosen) == 1
    panels = [
        BarPanel("" if one else name, values, nothing, nothing, zero)
        for name, values in zip(called, shown, strict=True)
    ]
    # One kommune is named in the title; all together have no name to give.
    of = called[0] if one and called[0] != display_name(ALL, None, lang) else ""
    title = heading(decomposition, ("bidrag til veksten", "contributions to growth"), lang, of=of)
    label = inside(factor_label(decomposition.identity.name, lang))
    axis = f"Prosent av {label} i {year}" if nb else f"Percent of {label} in {year}"
    rest_at = at[0] if one else None
    return panels_figure(
        panels,
        [*(term_name(t, decomposition, lang, rest_at) for t in terms), "I alt" if nb else "In all"],
        [*(style_of(j, t) for j, t in enumerate(terms)), TOTAL_STYLE],
        axis,
        growth_marking(decomposition, title, [], lang, source),
        decimals=min(decimals_for(shown[np.isfinite(shown)], 3), 1),
        lang=lang,
    )
