"""The recomputed decompositions as a table beside the print."""

from __future__ import annotations

from collections import Counter

from proba._numbers import format_number
from proba._table import TextTable
from proba.errors import Lang
from proba.published import load_errata
from proba.reproduction.growth import GrowthReproduction
from proba.reproduction.growth_checks import AGREES, OTHER, ROUNDING, SLIP, UNPRINTED, Check

__all__ = ["growth_closing_line", "growth_table"]

_WORDS = {
    AGREES: ("lik", "equal"),
    ROUNDING: ("innenfor avrundingen", "within rounding"),
    OTHER: ("teller noe annet", "counts something else"),
    SLIP: ("avvik i kilden", "slip in the source"),
    UNPRINTED: ("ikke trykt", "not printed"),
}


def growth_table(run: GrowthReproduction, lang: Lang = "nb") -> TextTable:
    """Return every check, a line each, with the errata of those that are not simply equal."""
    nb = lang == "nb"
    rows = tuple(
        (
            check.what(lang),
            check.source,
            _printed(check, lang),
            format_number(check.value, check.decimals, lang),
            _interval(check, lang),
            _WORDS[check.verdict][0 if nb else 1],
        )
        for check in run.checks
    )
    header = (
        ("", "Kilde", "Trykt", "Beregnet", "Avrundingen tillater", "Vurdering")
        if nb
        else ("", "Source", "Printed", "Recomputed", "Rounding allows", "Verdict")
    )
    title = (
        "Vekst og simuleringer: trykte tall regnet på nytt av andre trykte tall"
        if nb
        else "Growth and simulations: printed figures recomputed from other printed figures"
    )
    shown = {e for c in run.checks if c.verdict in (OTHER, SLIP) for e in c.errata}
    notes = [f"{e.id}: {e.text(lang)}" for e in load_errata() if e.id in shown]
    return TextTable(title, header, rows, (*notes, _base_note(lang)), left=2)


def growth_closing_line(run: GrowthReproduction, lang: Lang = "nb") -> str:
    """Return how many printed figures are met, in one line."""
    counts = Counter(c.verdict for c in run.checks)
    total = len(run.checks) - counts[UNPRINTED]
    met = counts[AGREES]
    if lang == "nb":
        return (
            f"{met} av {total} trykte veksttall like, {counts[ROUNDING]} innenfor avrundingen, "
            f"{counts[OTHER]} teller noe annet, {counts[SLIP]} avvik i kilden (se over)"
        )
    return (
        f"{met} of {total} printed growth figures equal, {counts[ROUNDING]} within rounding, "
        f"{counts[OTHER]} counts something else, {counts[SLIP]} slip in the source (see above)"
    )


def _printed(check: Check, lang: Lang) -> str:
    if check.printed is None:
        return "–"
    if lang == "nb":
        return check.printed
    return check.printed.replace(",", ".").replace("nær", "nearly")


def _interval(check: Check, lang: Lang) -> str:
    if check.low == check.high:
        return ""
    return "–".join(format_number(v, check.decimals, lang) for v in (check.low, check.high))


def _base_note(lang: Lang) -> str:
    if lang == "nb":
        return (
            "Rapporten teller mottakere (12,4 %) og tilfeller (4,8–4,9 måneder) om hverandre; "
            "produktet blander dem slik rapporten gjør."
        )
    return (
        "The report counts recipients (12.4 %) and cases (4.8–4.9 months) by turns; the product "
        "mixes them as the report does."
    )
