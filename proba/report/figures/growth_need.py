"""Growth of chosen kommuner split in need, national conditions and practice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from proba._numbers import plain_number
from proba.decomposition import NeedPractice
from proba.decomposition.names import ALL
from proba.decomposition.need_parts import NATIONAL, NEED, POPULATION, PRACTICE
from proba.errors import DecompositionError, Lang
from proba.estimation import linear_contrasts
from proba.panel import REGISTRY, Panel, Unit
from proba.panel import label as label_of
from proba.report.figures.growth_panels import TOTAL_STYLE, BarPanel, check_chosen, panels_figure
from proba.report.figures.growth_words import (
    SERIES,
    Scale,
    Style,
    amount_scale,
    decimals_for,
    inside,
    origin_words,
)
from proba.report.figures.house import HouseFigure, Marking
from proba.report.figures.words import unit_words

__all__ = ["need_practice_figure"]

_COLUMNS = ["contribution", "ci_low", "ci_high"]
_WORDS = {
    NEED: ("Behov", "Need"),
    NATIONAL: ("Nasjonalt", "National"),
    PRACTICE: ("Praksis og annet", "Practice and other"),
    POPULATION: ("Folketall", "Population"),
}
_STYLES: dict[str, Style] = {
    NEED: SERIES[0],
    NATIONAL: SERIES[1],
    PRACTICE: SERIES[2],
    POPULATION: SERIES[3],
}


def need_practice_figure(
    need_practice: NeedPractice,
    kommuner: Sequence[str],
    *,
    need: Literal["total", "covariates"] | Mapping[str, Sequence[str]] = "total",
    names: Mapping[str, str] | None = None,
    source: str | None = None,
    panel: Panel | str | None = None,
    lang: Lang = "nb",
) -> HouseFigure:
    """Draw the growth of chosen kommuner split in need, national and practice.

    Parameters
    ----------
    need_practice : NeedPractice
        Of :func:`proba.decomposition.need_practice`.
    kommuner : sequence of str
        Which, in the order to draw them. At most 60.
    need : "total", "covariates" or mapping
        Need as one bar, a bar a covariate, or a bar a group of covariates: name to the
        covariates in it; those in no group are put together.
    names : mapping, optional
        Name of each kommune; those of the panel if not given.
    source : str, optional
        Where the figures come from; put first in the source line.
    panel : Panel or str, optional
        The panel split, or its name, for the source line: the split itself keeps the label only.
    lang : {"nb", "en"}

    Returns
    -------
    HouseFigure
        One panel a kommune on one scale, confidence intervals as thin lines. The change in all
        is known and has none. Where one kommune would flatten all others, the axis is clipped
        and arrows mark what goes beyond it.

    Raises
    ------
    DecompositionError
        If no kommune is chosen, more than 60 are, one is given twice or was not split, or a
        group names a covariate that is not in the model or is in another group.
    """
    chosen = [str(k) for k in kommuner]
    check_chosen(chosen, "kommuner")
    for kommune in chosen:
        need_practice.require(kommune)
    nb = lang == "nb"
    other = [t for t in (NATIONAL, PRACTICE, POPULATION) if t in need_practice.terms]
    sets = _need_rows(need_practice, need, lang)
    tables = _tables(need_practice, chosen, sets, other)
    totals = need_practice.total_change.to_dict()
    for kommune, table in tables.items():
        table.loc["total"] = [float(totals[kommune]), np.nan, np.nan]
    largest = max(float(t["contribution"].abs().max()) for t in tables.values())
    scale = _scale(need_practice, largest, lang)
    known = names if names is not None else {str(k): str(v) for k, v in need_practice.names.items()}
    called = [_title(k, known, lang) for k in chosen]
    one = len(chosen) == 1
    panels = [
        BarPanel("" if one else title, *(tables[k] / scale.divisor).to_numpy().T)
        for k, title in zip(chosen, called, strict=True)
    ]
    rows = [*sets, *(_WORDS[t][0 if nb else 1] for t in other), "I alt" if nb else "In all"]
    styles = [*[_STYLES[NEED]] * len(sets), *(_STYLES[t] for t in other), TOTAL_STYLE]
    change = "Endring" if nb else "Change"
    return panels_figure(
        panels,
        rows,
        styles,
        f"{change} ({scale.unit})",
        replace(
            _marking(need_practice, called[0] if one else None, lang),
            source=_source(need_practice, source, panel, lang),
        ),
        decimals=decimals_for([largest / scale.divisor], 3),
        lang=lang,
    )


def _need_rows(
    split: NeedPractice, need: str | Mapping[str, Sequence[str]], lang: Lang
) -> dict[str, list[int] | None]:
    """Return the covariates of each row of need as positions; None is all of them."""
    covariates = list(split.parts.covariates)
    if need == "total":
        return {_WORDS[NEED][0 if lang == "nb" else 1]: None}
    if need == "covariates":
        return {label_of(x, lang): [j] for j, x in enumerate(covariates)}
    if isinstance(need, str):
        raise DecompositionError(
            f"need must be 'total', 'covariates' or groups of covariates, not {need!r}.",
            f"need må være «total», «covariates» eller grupper av variabler, ikke {need!r}.",
        )
    named = [x for group in need.values() for x in group]
    for x in named:
        if x not in covariates:
            known = ", ".join(covariates)
            raise DecompositionError(
                f"'{x}' is not a covariate of the model; it has {known}.",
                f"«{x}» er ingen forklaringsvariabel i modellen; den har {known}.",
            )
        if named.count(x) > 1:
            raise DecompositionError(
                f"'{x}' is in more than one group.", f"«{x}» er i mer enn én gruppe."
            )
    rows: dict[str, list[int] | None] = {
        str(name): [covariates.index(x) for x in group] for name, group in need.items()
    }
    left = [j for j, x in enumerate(covariates) if x not in named]
    if left:
        rows["Øvrig behov" if lang == "nb" else "Other need"] = left
    return rows


def _tables(
    split: NeedPractice,
    chosen: list[str],
    sets: Mapping[str, list[int] | None],
    other: list[str],
) -> dict[str, pd.DataFrame]:
    """Return contribution and limits of each row, a table a kommune."""
    places = {str(k): i for i, k in enumerate(split.parts.values.index)}
    covariates = split.parts.covariates
    out = {}
    for kommune in chosen:
        parts, sums = split.frame.loc[kommune], split.groups.loc[kommune]
        rows = {}
        for name, members in sets.items():
            if members is None:
                rows[name] = sums.loc[NEED, _COLUMNS].to_numpy()
            elif len(members) == 1:
                rows[name] = parts.loc[covariates[members[0]], _COLUMNS].to_numpy()
            else:
                weights = split.parts.need[places[kommune], members].sum(axis=0)[None, :]
                found = linear_contrasts(split.results, weights, level=split.level)
                rows[name] = found[["estimate", "ci_low", "ci_high"]].to_numpy()[0]
        for term in other:
            values = sums.loc[term, _COLUMNS].to_numpy(dtype=np.float64, copy=True)
            if term == POPULATION:  # known, not estimated
                values[1:] = np.nan
            rows[term] = values
        out[kommune] = pd.DataFrame(rows, index=_COLUMNS, dtype=np.float64).T
    return out


def _scale(split: NeedPractice, largest: float, lang: Lang) -> Scale:
    """Return the unit drawn: kroner per inhabitant instead of thousands of them."""
    variable = REGISTRY.get(split.dependent)
    nb = lang == "nb"
    if variable is None or variable.unit is not Unit.THOUSAND_KR_PER_INHABITANT:
        return Scale(1.0, unit_words(split.dependent, lang))
    if split.unit == "amount":
        return amount_scale(largest, "1000 kr", lang)
    return Scale(0.001, "kr per innbygger" if nb else "kr per inhabitant")


def _title(kommune: str, names: Mapping[str, str], lang: Lang) -> str:
    if kommune == ALL:
        return "Alle" if lang == "nb" else "All"
    return str(names.get(kommune) or kommune)


def _source(split: NeedPractice, source: str | None, panel: Panel | str | None, lang: Lang) -> str:
    """Return the source line: also which standard errors the intervals are of."""
    name = panel.meta.name if isinstance(panel, Panel) else panel
    errors = "Standardfeil" if lang == "nb" else "Standard errors"
    return f"{origin_words(source, name, lang)} {errors}: {split.results.title}."


def _marking(split: NeedPractice, name: str | None, lang: Lang) -> Marking:
    """Return the words around the figure but for its source; ``name`` is of the only kommune."""
    nb = lang == "nb"
    level = plain_number(100.0 * split.level, lang)
    growth = "Vekst" if nb else "Growth"
    growth = growth if name is None else f"{name}, {inside(growth)}"
    parts = "behov, nasjonalt og praksis" if nb else "need, national and practice"
    title = f"{growth} {split.start}–{split.end}: {parts}"
    how = {
        ("pooled", True): "Felles koeffisienter; nasjonalt er årseffekter.",
        ("pooled", False): "Pooled coefficients; national is the year effects.",
        ("yearly", True): "Årlige koeffisienter; nasjonalt er det endrede koeffisienter gir.",
        ("yearly", False): "Yearly coefficients; national is what changed coefficients give.",
    }[split.coefficients, nb]
    subtitle = (
        f"{how} Praksis er alt modellen ikke ser. Tynn strek: {level} % konfidensintervall."
        if nb
        else f"{how} Practice is all the model does not see. Thin line: {level}% confidence "
        "interval."
    )
    return Marking(title, subtitle, "", split.label_text(lang))
