"""What each diagnostic means for the regression of Vedlegg 1: one sentence, found or not found."""

from __future__ import annotations

from proba.errors import Lang

__all__ = ["meaning", "title"]

_TITLES: dict[str, tuple[str, str]] = {
    "vif": ("Kollinearitet (største VIF)", "Collinearity (largest VIF)"),
    "reset": ("Funksjonsform (RESET)", "Functional form (RESET)"),
    "breusch_pagan": ("Heteroskedastisitet (Breusch-Pagan)", "Heteroskedasticity (Breusch-Pagan)"),
    "white": ("Heteroskedastisitet (White)", "Heteroskedasticity (White)"),
    "breusch_pagan_robust": (
        "Heteroskedastisitet, robust test",
        "Heteroskedasticity, robust test",
    ),
    "size": ("Varians etter størrelse", "Variance by size"),
    "residual_ar1": ("Seriekorrelasjon i restleddet", "Serial correlation of the residual"),
    "first_difference": (
        "Seriekorrelasjon ut over nivået (Wooldridge)",
        "Serial correlation beyond the level (Wooldridge)",
    ),
}

_VARIANCE_FOUND = (
    "Spredningen er ulik mellom kommuner: koeffisientene i Vedlegg 1 blir ikke skjeve av det, men "
    "standardfeil som forutsetter lik varians, gjelder ikke, og et intervall for én kommune må "
    "bygge på variansen for kommuner som den.",
    "The spread differs between kommuner: the coefficients of Vedlegg 1 are not biased by it, but "
    "standard errors that assume one variance do not hold, and an interval for one kommune must "
    "rest on the variance of kommuner like it.",
)
_VARIANCE_NOT = (
    "Ingen påvist forskjell i spredning: ulik varians er ikke grunn til å mistro standardfeilene i "
    "Vedlegg 1.",
    "No difference in spread is shown: unequal variance is no reason to doubt the standard errors "
    "of Vedlegg 1.",
)

# (found, not found), each (Norwegian, English).
_SENTENCES: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "vif": (
        (
            "Minst én variabel kan nesten regnes ut av de andre: koeffisienten og stjernene i "
            "Vedlegg 1 for den sier lite hver for seg, mens beregnet behov, som bygger på summen, "
            "rammes mindre.",
            "At least one variable can almost be computed from the others: its coefficient and "
            "stars in Vedlegg 1 say little on their own, while predicted need, which rests on the "
            "sum, suffers less.",
        ),
        (
            "Variablene overlapper, men ikke mer enn at koeffisientene i Vedlegg 1 kan leses hver "
            "for seg.",
            "The variables overlap, but not more than that the coefficients of Vedlegg 1 can be "
            "read one by one.",
        ),
    ),
    "reset": (
        (
            "Sammenhengen er ikke den rette linjen Vedlegg 1 regner med: beregnet behov er skjevt "
            "for kommuner langt fra gjennomsnittet, og logaritmer eller andre former bør prøves.",
            "The relation is not the straight line Vedlegg 1 assumes: predicted need is biased for "
            "kommuner far from the average, and logs or other forms should be tried.",
        ),
        (
            "Dataene gir ikke grunn til å forkaste den rette linjen i Vedlegg 1.",
            "The data give no reason to reject the straight line of Vedlegg 1.",
        ),
    ),
    "breusch_pagan": (_VARIANCE_FOUND, _VARIANCE_NOT),
    "white": (_VARIANCE_FOUND, _VARIANCE_NOT),
    "breusch_pagan_robust": (_VARIANCE_FOUND, _VARIANCE_NOT),
    "size": (
        (
            "Avvikene sprer ulikt etter størrelse: samme avstand fra 100 er ikke like sterkt tegn "
            "på egen praksis i små og store kommuner, og Vedlegg 2 kan ikke leses som om den var "
            "det.",
            "Deviations spread differently by size: the same distance from 100 is not equally "
            "strong a sign of own practice in small and large kommuner, and Vedlegg 2 cannot be "
            "read as if it were.",
        ),
        (
            "Ingen påvist forskjell i spredning mellom små og store kommuner rundt Vedlegg 1.",
            "No difference in spread between small and large kommuner around Vedlegg 1 is shown.",
        ),
    ),
    "residual_ar1": (
        (
            "En kommunes avvik henger sammen fra år til år: radene i Vedlegg 1 er ikke uavhengige, "
            "så standardfeil og stjerner må bygge på klynging etter kommune, og indeksen fanger "
            "noe som varer.",
            "A kommune's deviation goes together from year to year: the rows of Vedlegg 1 are not "
            "independent, so standard errors and stars must be clustered by kommune, and the "
            "index catches something that lasts.",
        ),
        (
            "Avvikene henger ikke påviselig sammen fra år til år: standardfeil på radnivå i "
            "Vedlegg 1 kan forsvares, og indeksen ett år sier lite om det neste.",
            "Deviations are not shown to go together from year to year: observation-level standard "
            "errors in Vedlegg 1 can be defended, and one year's index says little of the next.",
        ),
    ),
    "first_difference": (
        (
            "Avviket er mer enn et fast nivå per kommune og uavhengig støy: også modeller med "
            "faste effekter til sammenligning med Vedlegg 1 trenger standardfeil klynget på "
            "kommune.",
            "The deviation is more than a fixed level of each kommune and independent noise: "
            "models with fixed effects that are compared with Vedlegg 1 also need errors clustered "
            "by kommune.",
        ),
        (
            "Avviket kan være et fast nivå per kommune og uavhengig støy: faste eller tilfeldige "
            "effekter ville fange det som gjør radene i Vedlegg 1 avhengige.",
            "The deviation may be a fixed level of each kommune and independent noise: fixed or "
            "random effects would catch what makes the rows of Vedlegg 1 dependent.",
        ),
    ),
}


def title(name: str, lang: Lang) -> str:
    """Name of a diagnostic, for print."""
    return _TITLES[name][0 if lang == "nb" else 1]


def meaning(name: str, found: bool, lang: Lang) -> str:
    """Return what a diagnostic means, in one sentence."""
    return _SENTENCES[name][0 if found else 1][0 if lang == "nb" else 1]
