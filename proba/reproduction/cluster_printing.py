"""The cluster question as tables."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from proba._numbers import format_number, format_pvalue
from proba._table import TextTable
from proba.errors import Lang
from proba.panel import label as label_of

if TYPE_CHECKING:
    from proba.reproduction.cluster_question import ClusterPart, ClusterQuestion

__all__ = ["cluster_table"]


def cluster_table(question: ClusterQuestion, part: ClusterPart, lang: Lang = "nb") -> TextTable:
    """Return one part of the cluster question as a table to print; the panel's carry its label.

    Parameters
    ----------
    question : ClusterQuestion
    part : {"autocorrelation", "years", "stars", "panel", "trial"}
    lang : {"nb", "en"}

    Raises
    ------
    KeyError
        If there is no such part.
    """
    makers = {
        "autocorrelation": _autocorrelation,
        "years": _years,
        "stars": _stars,
        "panel": _panel,
        "trial": _trial,
    }
    return makers[part](question, lang)


def _autocorrelation(q: ClusterQuestion, lang: Lang) -> TextTable:
    rows = tuple(
        (
            str(year),
            format_number(r["sd"], 3, lang),
            *(format_number(r[c], 2, lang) for c in ("with_previous", "with_first")),
            *(format_number(r[c], 3, lang) for c in ("change_sd", "change_from_first_sd")),
        )
        for year, r in q.autocorrelation.iterrows()
    )
    n = q.index_entities
    if lang == "nb":
        return TextTable(
            f"Den trykte indeksen (vedlegg 2, {n} kommuner): spredning og sammenheng over tid",
            ("År", "Spredning", "Korr. år før", "Korr. 2012", "Endring fra år før", "Fra 2012"),
            rows,
            ("Spredning (standardavvik) av indeks/100 og av endringen i den.",),
        )
    return TextTable(
        f"The printed index (Vedlegg 2, {n} kommuner): spread and correlation over time",
        ("Year", "Spread", "Corr. year before", "Corr. 2012", "Change, year before", "From 2012"),
        rows,
        ("Spread (standard deviation) of index/100 and of its change.",),
    )


def _years(q: ClusterQuestion, lang: Lang) -> TextTable:
    def limits(row: dict[Hashable, Any], name: str) -> str:
        ends = (row[f"{name}_{e}"] for e in ("low", "high"))
        return "–".join(format_number(v, 1, lang) for v in ends)

    rows = []
    for year, row in q.years.to_dict("index").items():
        cells = [str(year), format_number(row["se"], 3, lang)]
        for kind in ("kommune", "observation"):
            cells += [
                format_number(row[f"{kind}_sd"], 3, lang),
                format_number(row[f"need_{kind}"], 1, lang),
                limits(row, f"need_{kind}"),
            ]
        cells += [format_number(row[f"need_{p}"], 1, lang) for p in (1, 5, 10)]
        rows.append(tuple(cells))
    if lang == "nb":
        return TextTable(
            "Gjennomsnittlig behov (1000 kr per innbygger) som de trykte standardfeilene krever",
            (
                *("År", "Trykt std.feil", "Spredning: kommune", "Behov", "Grenser"),
                *("Spredning: observasjon", "Behov", "Grenser", "*** til", "** til", "* til"),
            ),
            tuple(rows),
            (
                f"Behov = standardfeil × √{q.entities} / spredning. Kommune: spredningen av "
                "endringen i indeks/100 fra 2012. Observasjon: roten av summen av de to årenes "
                "varians.",
                f"Grenser: avrundingen av standardfeilen og hvilke {q.entities} av de "
                f"{q.index_entities} kommunene som var med.",
                "Siste kolonner: største behov der årsdummien har stjernene med klynger på "
                "kommune.",
                "Slutning fra trykte tall: ett behov for alle kommuner og år, og kjennetegn som "
                "ikke endrer seg.",
            ),
        )
    return TextTable(
        "Mean need (thousand kr per inhabitant) that the printed standard errors require",
        (
            *("Year", "Printed SE", "Spread: kommune", "Need", "Limits"),
            *("Spread: observation", "Need", "Limits", "*** to", "** to", "* to"),
        ),
        tuple(rows),
        (
            f"Need = standard error × √{q.entities} / spread. Kommune: the spread of the change in "
            "index/100 from 2012. Observation: the root of the sum of the two years' variances.",
            f"Limits: the rounding of the standard error and which {q.entities} of the "
            f"{q.index_entities} kommuner were in.",
            "Last columns: the largest need at which the year dummy has the stars under clusters "
            "on kommune.",
            "Inference from printed figures: one need for all kommuner and years, and covariates "
            "that do not move.",
        ),
    )


def _stars(q: ClusterQuestion, lang: Lang) -> TextTable:
    rows = []
    for name, row in q.stars.to_dict("index").items():
        arrow = "→ " if row["corrected"] else ""
        rows.append(
            (
                label_of(str(name), lang),
                arrow + format_number(row["se"], lang=lang, significant=3),
                row["printed"],
                format_number(row["factor"], 2, lang),
                format_number(row["t"], 2, lang),
                format_pvalue(row["p"], lang),
                row["stars"],
                _possible(row["possible"], lang),
            )
        )
    df = q.entities - 1
    if lang == "nb":
        return TextTable(
            "Stjernene med klynger på kommune, av trykte tall alene",
            ("", "Trykt std.feil", "Trykt", "Faktor", "t", "p", "Stjerner", "Avrundingen tillater"),
            tuple(rows),
            (
                f"p: t med {df} frihetsgrader. Pil: trykkfeil, rettet verdi.",
                "Slutning: de trykte feilene tas som observasjonsvise og ganges med faktoren. For "
                "kjennetegn er den regnet som om kjennetegnet aldri endret seg; for et som svinger "
                "fra år til år (flyktninger), er den trolig for stor.",
            ),
        )
    return TextTable(
        "The stars under clusters on kommune, from printed figures alone",
        ("", "Printed SE", "Printed", "Factor", "t", "p", "Stars", "Rounding allows"),
        tuple(rows),
        (
            f"p: t with {df} degrees of freedom. Arrow: misprint, corrected value.",
            "Inference: the printed errors are taken as observation-level and multiplied by the "
            "factor. For characteristics it is that of one that never changes; for one that swings "
            "from year to year (refugees) it is probably too large.",
        ),
    )


def _possible(stars: tuple[str, ...], lang: Lang) -> str:
    none = "ingen" if lang == "nb" else "none"
    word = " eller " if lang == "nb" else " or "
    return word.join(s or none for s in stars)


def _panel(q: ClusterQuestion, lang: Lang) -> TextTable:
    rows = tuple(
        (
            label_of(str(name), lang),
            *(format_number(r[f"se_{c}"], lang=lang, significant=3) for c in _COVARIANCES),
            format_number(r["t"], 2, lang),
            format_pvalue(r["p"], lang) if r["p"] == r["p"] else format_number(None),
            *(r[c] for c in ("printed", "stars_size", "stars")),
        )
        for name, r in q.panel.to_dict("index").items()
    )
    size, kommune = (format_number(n, 0, lang) for n in (q.clusters_size, q.clusters_kommune))
    label = q.meta.label_text(lang)
    if lang == "nb":
        return TextTable(
            "Standardfeil og stjerner under tre antakelser",
            (
                *("", f"Folketall (G = {size})", "HC1", f"Kommune (G = {kommune})"),
                *("t, kommune", "p, kommune"),
                *("Stjerner: trykt", "Folketall", "Kommune"),
            ),
            rows,
            (
                "CR1; t med G − 1 frihetsgrader. Stjerner: *** 1, ** 5, * 10 prosent.",
                "Panelet viser hva antakelsene gjør, ikke hva som ble gjort i 2017.",
            ),
            label,
        )
    return TextTable(
        "Standard errors and stars under three assumptions",
        (
            *("", f"Population (G = {size})", "HC1", f"Kommune (G = {kommune})"),
            *("t, kommune", "p, kommune"),
            *("Stars: printed", "Population", "Kommune"),
        ),
        rows,
        (
            "CR1; t with G − 1 degrees of freedom. Stars: *** 1, ** 5, * 10 percent.",
            "The panel shows what the assumptions do, not what was done in 2017.",
        ),
        label,
    )


_COVARIANCES = ("size", "hc1", "kommune")


def _trial(q: ClusterQuestion, lang: Lang) -> TextTable:
    rows = tuple(
        (
            str(year),
            format_number(r["need"], 1, lang),
            format_number(r["se_kommune"], 3, lang),
            format_number(r["from_kommune"], 1, lang),
            format_number(r["se_hc1"], 3, lang),
            format_number(r["from_observation"], 1, lang),
        )
        for year, r in q.trial.iterrows()
    )
    label = q.meta.label_text(lang)
    if lang == "nb":
        return TextTable(
            "Slutningen prøvd der svaret er kjent: behovet formlene gir igjen",
            ("År", "Behov", "Std.feil, kommune", "Gir behov", "Std.feil, HC1", "Gir behov"),
            rows,
            ("Behov: gjennomsnitt av 2012 og året. 1000 kr per innbygger.",),
            label,
        )
    return TextTable(
        "The inference tried where the answer is known: the need the formulas give back",
        ("Year", "Need", "SE, kommune", "Gives need", "SE, HC1", "Gives need"),
        rows,
        ("Need: mean of 2012 and the year. Thousand kr per inhabitant.",),
        label,
    )
