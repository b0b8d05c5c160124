"""Contributions to growth in many kommuner side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from proba.decomposition import Decomposition
from proba.decomposition.names import RESIDUAL
from proba.decomposition.words import factor_label
from proba.errors import Lang
from proba.report.figures.growth_panels import TOTAL_STYLE, BarPanel, check_chosen, panels_figure
from proba.report.figures.growth_words import (
    REST,
    SERIES,
    Style,
    decimals_for,
    display_name,
    growth_marking,
    position_of,
    shown_terms,
    term_name,
)
from proba.report.figures.house import HouseFigure

__all__ = ["contributions_multiples_figure"]

_REST_STYLE: Style = SERIES[0] | {"facecolor": REST}


def contributions_multiples_figure(
    decomposition: Decomposition,
    units: Sequence[str] | None = None,
    *,
    names: Mapping[str, str] | None = None,
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw the contributions in many kommuner: one small panel each, on one scale.

    Parameters
    ----------
    decomposition : Decomposition
        With one unit a kommune (``by="kommune"``) or group.
    units : sequence of str, optional
        Which, in the order to draw them; all if not given.
    names : mapping, optional
        Name of each unit; its number where there is none.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        Bars by factor, the rest where there is one and the growth itself, in percent of the
        start value, so that large and small kommuner compare. A kommune that starts at zero has
        no percentages and its panel is empty.

    Raises
    ------
    DecompositionError
        If no unit is chosen, one is given twice, or one was not decomposed.
    """
    chosen = [str(u) for u in (decomposition.units if units is None else units)]
    check_chosen(chosen)
    at = [position_of(decomposition, unit) for unit in chosen]
    terms = shown_terms(decomposition, decomposition.residual.to_numpy()[at])
    table = decomposition.contributions.assign(**{RESIDUAL: decomposition.residual})[terms]
    bars = np.column_stack([table.to_numpy()[at], decomposition.total_change.to_numpy()[at]])
    start = decomposition.start_value.to_numpy()[at]
    shown = 100.0 * bars / np.where(start > 0, start, np.nan)[:, None]
    nothing = np.full(bars.shape[1], np.nan)
    panels = [
        BarPanel(display_name(unit, names, lang), values, nothing, nothing)
        for unit, values in zip(chosen, shown, strict=True)
    ]
    nb = lang == "nb"
    label = factor_label(decomposition.identity.name, lang)
    span = f"{decomposition.start}–{decomposition.end}"
    title = f"{label} {span}, " + ("bidrag til veksten" if nb else "contributions to growth")
    axis = (
        f"Prosent av {label[:1].lower()}{label[1:]} i {decomposition.start}"
        if nb
        else f"Percent of {label[:1].lower()}{label[1:]} in {decomposition.start}"
    )
    one_scale = "Samme skala i alle ruter." if nb else "The same scale in every panel."
    lines = [one_scale] if len(chosen) > 1 else []
    styles = [_REST_STYLE if t == RESIDUAL else SERIES[j] for j, t in enumerate(terms)]
    return panels_figure(
        panels,
        [*(term_name(t, decomposition, lang) for t in terms), "I alt" if nb else "In all"],
        [*styles, TOTAL_STYLE],
        axis,
        growth_marking(decomposition, title, lines, lang),
        decimals=min(decimals_for(shown[np.isfinite(shown)], 3), 1),
        lang=lang,
    )
