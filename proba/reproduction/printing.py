"""The reproduction as text: tables beside the print, and a closing verdict."""

from __future__ import annotations

import math

import pandas as pd

from proba._numbers import format_number, round_half_up
from proba._table import TextTable
from proba.errors import Lang
from proba.panel import CALIBRATED
from proba.panel import label as label_of
from proba.published import parse
from proba.reproduction.comparison import Fact, Reproduction

__all__ = ["closing_lines", "report_tables"]


def report_tables(run: Reproduction, lang: Lang = "nb") -> tuple[TextTable, ...]:
    """Return Vedlegg 1 beside the print, the standard errors side by side, and Tabell 6-1."""
    return (_vedlegg1(run, lang), _standard_errors(run, lang), _tabell_6_1(run, lang))


def closing_lines(run: Reproduction, lang: Lang = "nb") -> tuple[str, ...]:
    """Return what holds and what does not, a line each; the last is the verdict."""
    nb = lang == "nb"
    counts = run.counts

    def of(key: str) -> str:
        hit, total = (format_number(n, 0, lang) for n in counts[key])
        return f"{hit} av {total}" if nb else f"{hit} of {total}"

    nobs = format_number(run.nobs.value, 0, lang)
    r2 = format_number(run.rsquared_adj.value, 2, lang)
    corrected = [f for f in run.std_errors if f.corrected is not None]
    lines = [
        f"{of('coefficients')} koeffisienter like de trykte med trykt presisjon"
        if nb
        else f"{of('coefficients')} coefficients equal to the printed ones at printed precision",
        f"N = {nobs} ({_mark(run.nobs, lang)})   "
        f"{'R²-justert' if nb else 'adjusted R²'} = {r2} ({_mark(run.rsquared_adj, lang)})",
        f"{of('std_errors')} standardfeil (klynger: kommunestørrelse) like de trykte"
        if nb
        else f"{of('std_errors')} standard errors (clusters: kommune size) equal to the printed",
    ]
    for fact in corrected:
        lines.append(
            f"    {fact.name}: trykt {fact.printed} er en trykkfeil, holdt mot {fact.corrected} "
            f"(erratum {fact.erratum})"
            if nb
            else f"    {fact.name}: printed {_printed(fact.printed, lang)} is a misprint, held "
            f"against {_printed(fact.corrected or '', lang)} (erratum {fact.erratum})"
        )
    lines += [
        f"{of('vedlegg2')} indeksverdier i vedlegg 2"
        if nb
        else f"{of('vedlegg2')} index values of Vedlegg 2",
        f"{of('tabell_6_1')} rader i tabell 6-1"
        if nb
        else f"{of('tabell_6_1')} rows of Tabell 6-1",
    ]
    lines += run.index.missing_lines(lang)
    if run.holds:
        lines.append("Alt stemmer." if nb else "Everything holds.")
    else:
        lines.append(
            "Ikke alt stemmer; se «avvik» og «mangler» over og i filene."
            if nb
            else "Not everything holds; see 'differs' and 'missing' above and in the files."
        )
    return tuple(lines)


_WORDS_EN = {"ok": "ok", "avvik": "differs", "mangler": "missing"}


def _word(verdict: str, lang: Lang) -> str:
    return verdict if lang == "nb" else _WORDS_EN[verdict]


def _mark(fact: Fact, lang: Lang) -> str:
    printed = fact.printed if lang == "nb" else fact.printed.replace(",", ".")
    return f"{'trykt' if lang == 'nb' else 'printed'} {printed}: {_word(fact.verdict, lang)}"


def _printed(text: str, lang: Lang) -> str:
    return (text if lang == "nb" else text.replace(",", ".")).replace("-", "−")


def _decimals(fact: Fact) -> int:
    """Return the decimals of the printed number; ours is shown with two more."""
    mantissa = fact.target.split("e")[0]
    return len(mantissa.split(",")[1]) if "," in mantissa else 0


def _ours(fact: Fact, lang: Lang) -> str:
    if "e" in fact.target:
        return format_number(fact.value, lang=lang, significant=_decimals(fact) + 3)
    return format_number(fact.value, _decimals(fact) + 2, lang)


def _difference(fact: Fact, lang: Lang) -> str:
    gap = fact.value - float(parse(fact.target))
    if math.isnan(gap):
        return format_number(None)
    if "e" in fact.target:
        return format_number(gap, lang=lang, significant=2)
    return format_number(float(round_half_up(gap, _decimals(fact) + 2)), _decimals(fact) + 2, lang)


def _vedlegg1(run: Reproduction, lang: Lang) -> TextTable:
    nb = lang == "nb"
    rows = []
    for coef, se in zip(run.coefficients, run.std_errors, strict=True):
        target = _printed(se.printed, lang)
        if se.corrected is not None:
            target += f" → {_printed(se.corrected, lang)}"
        rows.append(
            (
                label_of(coef.name, lang),
                _ours(coef, lang),
                _printed(coef.printed, lang),
                _difference(coef, lang),
                _word(coef.verdict, lang),
                _ours(se, lang),
                target,
                _difference(se, lang),
                _word(se.verdict, lang),
            )
        )
    header = (
        ("", "Koef.", "Trykt", "Differanse", "", "Std.feil", "Trykt", "Differanse", "")
        if nb
        else ("", "Coef.", "Printed", "Difference", "", "Std. error", "Printed", "Difference", "")
    )
    title = (
        "Vedlegg 1: regresjonstabellen, vår og den trykte (Proba-rapport 2017-08)"
        if nb
        else "Vedlegg 1: the regression table, ours and as printed (Proba-rapport 2017-08)"
    )
    clusters = run.by_size.covariance.nclusters[0]
    note = (
        f"Standardfeil: CR1, klynger på {run.by_size.cluster_names[0]} "
        f"({format_number(clusters, 0, lang)} klynger). Pil: trykkfeil → rettet verdi."
        if nb
        else f"Standard errors: CR1, clusters on {run.by_size.cluster_names[0]} "
        f"({format_number(clusters, 0, lang)} clusters). Arrow: misprint → corrected value."
    )
    return TextTable(title, header, tuple(rows), (note,), run.panel.meta.label_text(lang))


def _standard_errors(run: Reproduction, lang: Lang) -> TextTable:
    nb = lang == "nb"
    table = run.std_error_table()
    rows = tuple(
        (
            label_of(str(name), lang),
            *(
                format_number(row[c], lang=lang, significant=3)
                for c in ("folketall", "HC1", "kommune")
            ),
            _printed(str(row["printed"]), lang),
        )
        for name, row in table.iterrows()
    )
    size, kommune = (
        format_number(r.covariance.nclusters[0], 0, lang) for r in (run.by_size, run.by_kommune)
    )
    header = (
        ("", f"Kommunestørrelse (G = {size})", "HC1", f"Kommune (G = {kommune})", "Trykt")
        if nb
        else ("", f"Kommune size (G = {size})", "HC1", f"Kommune (G = {kommune})", "Printed")
    )
    return TextTable(
        "Standardfeil under tre antakelser" if nb else "Standard errors under three assumptions",
        header,
        rows,
        _cluster_lines(run, lang),
        run.panel.meta.label_text(lang),
    )


def _cluster_lines(run: Reproduction, lang: Lang) -> tuple[str, str]:
    """Two lines on what the three columns say about the printed errors."""
    n, g = (
        format_number(v, 0, lang) for v in (run.nobs.value, run.by_size.covariance.nclusters[0])
    )
    slow, years = (format_number(r, 1, lang) for r in run.cluster_ratios())
    closest = run.closest_assumption()
    # On a panel made to give the printed errors, that it gives them is no evidence.
    made_so = run.panel.meta.label == CALIBRATED
    if lang == "nb":
        names = {"folketall": "kommunestørrelse", "HC1": "HC1", "kommune": "klynger på kommune"}
        return (
            f"Klynger på folketallet gir {g} klynger av {n} rader: det er nær HC1, som om en "
            "kommunes fem år var uavhengige.",
            f"Klynger på kommune gir {slow} ganger så store feil som HC1 for kjennetegnene og "
            f"{years} ganger for årsdummiene (median). Nærmest de trykte: {names[closest]}"
            + (", men panelet er laget slik at det blir slik." if made_so else "."),
        )
    names = {"folketall": "kommune size", "HC1": "HC1", "kommune": "clusters on kommune"}
    return (
        f"Clustering on the population figure gives {g} clusters of {n} rows: close to HC1, as if "
        "a kommune's five years were independent.",
        f"Clusters on kommune give errors {slow} times those of HC1 for the characteristics and "
        f"{years} times for the year dummies (median). Closest to the printed: {names[closest]}"
        + (", but the panel was made so that it would be." if made_so else "."),
    )


def _tabell_6_1(run: Reproduction, lang: Lang) -> TextTable:
    nb = lang == "nb"
    years = ("2012", "2013", "2014", "2015", "2016")
    rows = tuple(
        (
            str(row["kommune"]),
            *(format_number(row[y], 0, lang) if row[y] is not None else "–" for y in years),
            f"{row['niva_2016'] or '–'}",
            f"{row['endring_2012_16'] or ''}",
            _case_verdict(row, lang),
        )
        for _, row in run.tabell_6_1.astype(object).where(run.tabell_6_1.notna(), None).iterrows()
    )
    header = ("Kommune", *years, "Nivå 2016", "Endring 2012–16", "")
    if not nb:
        header = ("Municipality", *years, "Level 2016", "Change 2012–16", "")
    title = (
        "Tabell 6-1: case-kommunene, faktiske utgifter i prosent av beregnet behov"
        if nb
        else "Tabell 6-1: the case kommuner, actual expenditure in percent of predicted need"
    )
    notes = (run.rule.describe(lang), run.ranges.describe(lang))
    return TextTable(title, header, rows, notes, run.panel.meta.label_text(lang))


def _case_verdict(row: pd.Series, lang: Lang) -> str:
    """Return the verdict, with the printed words where they are others than ours."""
    verdict = _word(str(row["verdict"]), lang)
    printed = [str(row[f"printed_{c}"] or "") for c in ("niva_2016", "endring_2012_16")]
    ours = [str(row[c] or "") for c in ("niva_2016", "endring_2012_16")]
    if printed == ours:
        return verdict
    words = ", ".join(w for w in printed if w)
    return f"{verdict} ({'trykt' if lang == 'nb' else 'printed'}: {words})"
