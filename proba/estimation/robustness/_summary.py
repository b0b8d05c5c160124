"""The specification curve as a printed table."""

from __future__ import annotations

import pandas as pd

from proba._numbers import format_number as number
from proba._table import TextTable
from proba.errors import Lang
from proba.panel import label as label_of

__all__ = ["summary_table"]

_DIMENSIONS_NB = {
    "dependent": "Avhengig variabel",
    "form": "Form",
    "weights": "Vekter",
    "sample": "Utvalg",
    "year_effects": "Årseffekter",
    "errors": "Standardfeil",
    "covariates": "Med",
}
_DIMENSIONS_EN = {
    "dependent": "Dependent variable",
    "form": "Form",
    "weights": "Weights",
    "sample": "Sample",
    "year_effects": "Year effects",
    "errors": "Standard errors",
    "covariates": "With",
}
_CHOICES_NB = {
    "level": "nivå",
    "log": "logaritme",
    "ppml": "Poisson",
    "True": "ja",
    "False": "nei",
    "": "uten",
}
_CHOICES_EN = {"ppml": "Poisson", "True": "yes", "False": "no", "": "none"}


def summary_table(
    table: pd.DataFrame,
    choices: pd.DataFrame,
    focus: str,
    lang: Lang,
    level: float,
    *,
    notes: tuple[str, ...],
    label: str | None,
) -> TextTable:
    """Lay out the effect of one standard deviation by choice.

    Parameters
    ----------
    table : DataFrame
        Of a specification curve.
    choices : DataFrame
        One 0/1 column a choice, named (dimension, choice).
    focus : str
        The regressor of interest.
    lang : {"nb", "en"}
    level : float
        p below this is counted.
    notes : tuple of str
        Lines below the table.
    label : str or None
        Of the panel.
    """
    nb = lang == "nb"
    dimensions = _DIMENSIONS_NB if nb else _DIMENSIONS_EN
    words = _CHOICES_NB if nb else _CHOICES_EN
    rows = [_row("Alle" if nb else "All", table, level, lang)]
    for key in choices.columns:
        dimension, choice = tuple(key)
        shown = words.get(choice, label_of(choice, lang))
        name = f"{dimensions[dimension]}: {shown}"
        rows.append(_row(name, table.loc[choices[dimension, choice]], level, lang))
    p = number(level, 2, lang)
    if nb:
        title = f"{label_of(focus, lang)}: virkning av ett standardavvik, alle spesifikasjoner"
        header = ("", "Antall", "Median", "Minst", "Størst", "Positive", f"p < {p}")
    else:
        title = f"{label_of(focus, lang)}: effect of one standard deviation, all specifications"
        header = ("", "Number", "Median", "Smallest", "Largest", "Positive", f"p < {p}")
    return TextTable(title, header, tuple(rows), notes, label)


def _row(name: str, part: pd.DataFrame, level: float, lang: Lang) -> tuple[str, ...]:
    known = part.loc[part["estimate"].notna()]
    effect, p = known["effect_sd"], known["p"].dropna()

    def percent(share: float) -> str:
        return f"{number(100 * share, 0, lang)} %" if lang == "nb" else f"{number(100 * share, 0)}%"

    return (
        name,
        number(len(known), 0, lang),
        *(number(v, 3, lang) for v in (effect.median(), effect.min(), effect.max())),
        percent(float((effect > 0).mean())) if len(effect) else "",
        percent(float((p < level).mean())) if len(p) else "",
    )
