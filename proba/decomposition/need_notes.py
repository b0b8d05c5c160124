"""What is said below the tables of a kommune's growth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proba._numbers import format_number
from proba.errors import Lang

if TYPE_CHECKING:
    from proba.decomposition.need_results import NeedPractice

__all__ = ["left_out_notes", "method_notes", "unit_notes"]


def method_notes(split: NeedPractice, lang: Lang, *, details: bool = False) -> list[str]:
    """Return what the parts mean, and the covariance and df rule; one line each."""
    nb = lang == "nb"
    notes = [_need_note(split, lang), _national_note(split, lang)]
    if details:
        notes.append(
            "Hvordan det nasjonale fordeler seg på variabler, avhenger av hvor hver variabel har "
            "nullpunktet; bare summen er entydig."
            if nb
            else "How the national part divides on variables depends on where each has its zero; "
            "only the sum is well defined."
        )
    notes.append(
        "Praksis: endring i det modellen ikke forklarer; kommunens praksis og alt annet modellen "
        "ikke ser. Standardfeilen er koeffisientenes."
        if nb
        else "Practice: change in what the model does not explain; the municipality's practice and "
        "all else the model does not see. Its standard error is that of the coefficients."
    )
    if split.unit == "amount":
        notes.append(
            "Folketall: endret innbyggertall ganger utgift per innbygger, snittet av de to årene."
            if nb
            else "Population: changed inhabitants times expenditure per inhabitant, mean of the "
            "two years."
        )
    covariance = split.results.covariance
    rule = covariance.correction.df_rule(lang)
    if float(covariance.df.min()) != float(covariance.df.max()):
        rule += " og per sum" if nb else " and each sum"
    method = "deltametoden" if nb else "delta method"
    errors = "Standardfeil" if nb else "Standard errors"
    notes.append(f"{errors}: {split.results.cov_words_in(lang)}, {method}; {rule}")
    return notes


def _need_note(split: NeedPractice, lang: Lang) -> str:
    start, end = split.start, split.end
    if lang == "nb":
        price = {
            "mean": f"gjennomsnittet av koeffisientene i {start} og {end}",
            "start": f"koeffisientene i {start}",
            "end": f"koeffisientene i {end}",
        }[split.reference]
        if split.coefficients == "pooled":
            price = "koeffisientene, felles for alle år"
        return f"Behov: endring i hver variabel ganger {price}."
    price = {
        "mean": f"the mean of the coefficients of {start} and {end}",
        "start": f"the coefficients of {start}",
        "end": f"the coefficients of {end}",
    }[split.reference]
    if split.coefficients == "pooled":
        price = "the coefficients, the same in all years"
    return f"Need: change in each variable times {price}."


def _national_note(split: NeedPractice, lang: Lang) -> str:
    if split.coefficients == "yearly":
        words = (
            "Nasjonalt: endrede koeffisienter og nivå fra år til år (priser og politikk), med "
            "kommunens egne kjennetegn.",
            "National: coefficients and level changed between the years (prices and policy), at "
            "the municipality's own characteristics.",
        )
    elif split.year_effects:
        words = (
            "Nasjonalt: forskjellen mellom årseffektene, det vil si prisvekst og politikk felles "
            "for alle kommuner.",
            "National: the difference of the year effects, that is prices and policy common to "
            "all municipalities.",
        )
    else:
        words = (
            "Nasjonalt: 0, for modellen har ingen årseffekter; det som er felles for alle "
            "kommuner ligger i praksis.",
            "National: 0, since the model has no year effects; what is common to all "
            "municipalities lies in practice.",
        )
    return words[0 if lang == "nb" else 1]


def unit_notes(split: NeedPractice, kommune: str, lang: Lang) -> list[str]:
    """Return what must be said of this kommune or group."""
    nb = lang == "nb"
    notes = []
    members = int(split.parts.values["members"].loc[kommune])
    if members > 1:
        count = format_number(members, 0, lang)
        mean = split.unit == "per_inhabitant"
        if nb:
            how = "Veid snitt, med samme vekter begge år, av" if mean else "Sum av"
            notes.append(f"{how} {count} kommuner.")
        else:
            how = "Weighted mean, weights the same in both years, of" if mean else "Sum of"
            notes.append(f"{how} {count} municipalities.")
        notes += left_out_notes(split, lang)
    if not bool(split.parts.values["in_sample"].loc[kommune]):
        notes.append(
            "Ikke alle radene bak er med i estimeringsutvalget."
            if nb
            else "Not all rows behind this are in the estimation sample."
        )
    return notes


def left_out_notes(split: NeedPractice, lang: Lang) -> list[str]:
    """Return a line on kommuner that could not be split, if there are any."""
    if len(split.reasons) == 0:
        return []
    count = format_number(len(split.reasons), 0, lang)
    if lang == "nb":
        return [f"Ikke delt opp, av mangel på data: {count} kommuner."]
    return [f"Not split, for want of data: {count} municipalities."]
