"""Words for factors, methods and units in printed tables and figures."""

from __future__ import annotations

from proba.decomposition.names import ALL
from proba.errors import Lang
from proba.panel import label as label_of

__all__ = ["factor_label", "method_words", "reason_text", "unit_label"]

_FACTORS = {
    "mottakere": ("Mottakere", "Recipients"),
    "sosialhjelpsmottakere": ("Mottakere", "Recipients"),
    "tilfeller": ("Tilfeller", "Cases"),
    "varighet": ("Varighet (måneder)", "Duration (months)"),
    "stonadslengde": ("Stønadslengde (måneder)", "Duration (months)"),
    "stonad_per_maned": ("Stønad per måned", "Benefit per month"),
    "stonad_per_maaned": ("Stønad per måned", "Benefit per month"),
    "innbyggere": ("Innbyggere", "Inhabitants"),
    "folketall": ("Folketall", "Population"),
    "utbetalt": ("Utbetalt", "Paid out"),
    "stonad": ("Stønad", "Benefit"),
    "sammensetning": ("Sammensetning", "Composition"),
    "rate": ("Rate", "Rate"),
    "deflator": ("Prisvekst", "Prices"),
    "kpi": ("Konsumprisindeks", "Consumer price index"),
    "grunnbelop": ("Grunnbeløpet (G)", "Basic amount (G)"),
}

# What one amount is counted per, in the singular.
_PER = {
    "innbyggere": ("innbygger", "inhabitant"),
    "folketall": ("innbygger", "inhabitant"),
    "mottakere": ("mottaker", "recipient"),
    "sosialhjelpsmottakere": ("mottaker", "recipient"),
    "tilfeller": ("tilfelle", "case"),
}

# Divided by one of these, an amount is real.
_PRICES = ("deflator", "kpi", "grunnbelop", "prisindeks")

# Column names are ASCII; a person reads the letters.
_LETTERS = {"maaned": "måned", "maned": "måned", "stonad": "stønad"}

_METHODS = {
    "lmdi": ("LMDI-I", "LMDI-I"),
    "shapley": ("Shapley/Sun, snitt av alle rekkefølger", "Shapley/Sun, mean of all orders"),
    "das-gupta": ("Das Gupta", "Das Gupta"),
    "sequential": ("trinnvis", "sequential"),
    "laspeyres": ("Laspeyres, samspill for seg", "Laspeyres, interaction by itself"),
    "midpoint": ("midtpunkt", "midpoint"),
}


def factor_label(name: str, lang: Lang = "nb") -> str:
    """Return a factor's name as a person reads it: ``a/b`` as "a per b", or as real "a"."""
    column, slash, per = name.partition("/")
    if not slash:
        return _label(column, lang)
    if per in _PRICES:
        return f"{_label(column, lang)}, {'reell' if lang == 'nb' else 'real'}"
    one = _PER[per][0 if lang == "nb" else 1] if per in _PER else _lower_first(_label(per, lang))
    return f"{_label(column, lang)} per {one}"


def _label(column: str, lang: Lang) -> str:
    if column in _FACTORS:
        return _FACTORS[column][0 if lang == "nb" else 1]
    if column.endswith("_i_alt"):
        return (
            f"{_label(column.removesuffix('_i_alt'), lang)} {'i alt' if lang == 'nb' else 'in all'}"
        )
    known = label_of(column, lang)
    if known != column:
        return known
    words = column.replace("_", " ")
    if lang == "nb":
        for ascii_form, written in _LETTERS.items():
            words = words.replace(ascii_form, written)
    return words[:1].upper() + words[1:]


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def method_words(method: str, lang: Lang = "nb") -> str:
    """Return a method's name in the literature."""
    return _METHODS[method][0 if lang == "nb" else 1]


def reason_text(reason: str, lang: Lang = "nb") -> str:
    """Return in words why a unit is left out."""
    return f"missing {reason.removeprefix('mangler ')}" if lang == "en" else reason


def unit_label(unit: str, lang: Lang = "nb") -> str:
    """Return the name of a unit; the single total is ``alle``."""
    return "all" if unit == ALL and lang == "en" else unit
