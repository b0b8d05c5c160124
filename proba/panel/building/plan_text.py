"""A plan in words: what will be fetched, what is lacking, which breaks are crossed."""

from __future__ import annotations

from proba._table import TextTable
from proba.errors import Lang
from proba.panel.building.plan import BuildPlan

__all__ = ["plan_lines", "plan_table", "spans"]


def plan_table(plan: BuildPlan, lang: Lang = "nb") -> TextTable:
    """Return what a plan would fetch, with what it lacks and the breaks it crosses below."""
    nb = lang == "nb"
    rows = tuple(
        (use.quantity.code, use.quantity.label.text(lang), use.part.name, spans(use.years))
        for use in plan.uses
    )
    header = ("størrelse", "innhold", "tabell eller fil", "år")
    english = ("quantity", "content", "table or file", "years")
    years = spans(plan.years)
    title = (
        f"Plan for {years}, kommuner per {plan.borders}"
        if nb
        else f"Plan for {years}, kommuner of {plan.borders}"
    )
    columns = ", ".join(v.code for v in plan.variables)
    notes = [f"{'Kolonner' if nb else 'Columns'}: {columns}"]
    return TextTable(
        title, header if nb else english, rows, (*notes, *plan_lines(plan, lang)), left=4
    )


def plan_lines(plan: BuildPlan, lang: Lang = "nb") -> list[str]:
    """Return what a plan lacks and which breaks it crosses, one line each."""
    nb = lang == "nb"
    lines = []
    reasons = {gap.quantity.code: gap.words.text(lang) for gap in plan.gaps}
    for variable in plan.left_out:
        first = next(q for q in variable.recipe.quantities if q in reasons)
        word = "Utelatt kolonne" if nb else "Column left out"
        lines.append(f"{word} {variable.code}: {reasons[first]}")
    kept = {name for v in plan.variables for name in v.recipe.quantities}
    for gap in plan.gaps:
        if gap.quantity.code not in kept:
            continue
        word = "Mangler" if nb else "Lacking"
        lines.append(f"{word}: {gap.quantity.code} {spans(gap.years)}: {gap.words.text(lang)}")
    for crossing in plan.crossings:
        word = "Brudd" if nb else "Break"
        lines.append(
            f"{word} {crossing.year}: {crossing.quantity.code}: {crossing.words.text(lang)}"
        )
    for use in plan.uses:
        if use.part.fixed_year is not None:
            word, what = ("brukt for", "Tall for") if nb else ("used for", "Figures of")
            years = spans(use.years)
            lines.append(f"{what} {use.part.fixed_year} {word} {years}: {use.quantity.code}")
    lines += [note.text(lang) for note in plan.notes]
    unseen = sorted({u.part.name for u in plan.uses if not u.part.seen})
    if unseen:
        lines.append(
            f"Kodene er tatt fra dokumentasjon og ikke prøvd mot kilden selv: {', '.join(unseen)}"
            if nb
            else f"Codes taken from documentation, not tried on the source: {', '.join(unseen)}"
        )
    return lines


def spans(years: tuple[int, ...]) -> str:
    """Return ``2012-2014, 2016`` with en dashes."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    dash = "\N{EN DASH}"
    return ", ".join(f"{r[0]}{dash}{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs)
