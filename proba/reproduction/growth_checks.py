"""Each printed figure on growth beside the one that follows from other printed figures."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal

import pandas as pd

from proba.decomposition import (
    Decomposition,
    GrowthContributions,
    ImpliedGrowth,
    Rounded,
    Simulation,
    load_deflator,
)
from proba.errors import Lang
from proba.published import agrees, interval, load_table, parse

__all__ = [
    "AGREES",
    "OTHER",
    "ROUNDING",
    "SLIP",
    "UNPRINTED",
    "Check",
    "baerum_checks",
    "composition_checks",
    "deflator_checks",
    "immigrant_checks",
    "moss_checks",
    "national_checks",
]

AGREES = "lik"
ROUNDING = "innenfor avrundingen"
OTHER = "annet tall"
SLIP = "avvik"
UNPRINTED = "ikke trykt"


@dataclass(frozen=True, slots=True)
class Check:
    """One recomputed figure beside the printed one.

    Attributes
    ----------
    id : str
    what_nb, what_en : str
    source : str
        Report, and table or section.
    printed : str or None
        As it stands; None where the report draws no figure of it.
    value : float
        Recomputed from printed figures, in the printed unit.
    low, high : float
        What the rounding of those figures allows; equal to ``value`` where they are exact.
    decimals : int
        Digits to show.
    verdict : str
        ``lik`` (rounds to the printed figure), ``innenfor avrundingen`` (may), ``annet tall`` (the
        printed figure counts something else), ``avvik`` (cannot be), ``ikke trykt``.
    errata : tuple of str
        Ids in ``data/published/errata.yaml``.
    """

    id: str
    what_nb: str
    what_en: str
    source: str
    printed: str | None
    value: float
    low: float
    high: float
    decimals: int
    verdict: str
    errata: tuple[str, ...] = ()

    def what(self, lang: Lang = "nb") -> str:
        """Return what the figure is."""
        return self.what_nb if lang == "nb" else self.what_en


_PROBA = "Proba 2017-08"
_MOSS = "Agenda Kaupang 2024"
_BAERUM = "Sopra Steria 2021"


def _check(
    id: str,
    what: tuple[str, str],
    source: str,
    printed: str | None,
    value: float,
    ends: tuple[float, float] | None = None,
    *,
    decimals: int = 1,
    verdict: str | None = None,
    errata: tuple[str, ...] = (),
) -> Check:
    low, high = ends if ends is not None else (value, value)
    if verdict is None:
        verdict = UNPRINTED if printed is None else _verdict(printed, value, low, high)
    return Check(id, *what, source, printed, value, low, high, decimals, verdict, errata)


def _reaches(printed: str, low: float, high: float) -> bool:
    """Whether a figure told with "nearly" lies in what rounding allows; its digits say no more."""
    return low <= parse(printed) <= high


def _verdict(printed: str, value: float, low: float, high: float) -> str:
    """Say whether a recomputed figure is the printed one, may be it, or cannot."""
    if agrees(value, printed):
        return AGREES
    least, most = interval(printed)
    return ROUNDING if least <= high and low <= most else SLIP


def national_checks(national: Decomposition, facts: pd.Series) -> list[Check]:
    """Return the growth 2012-16, its parts and what it says of the amount paid in 2016."""
    limits = national.intervals
    if limits is None:  # the table is decomposed as printed figures
        raise ValueError("the national decomposition has no intervals")

    def ends(term: str, low: str, high: str) -> tuple[float, float]:
        key = ("alle", term)
        return 100 * float(limits[low].to_dict()[key]), 100 * float(limits[high].to_dict()[key])

    growth = 100 * float(national.growth["alle"])
    share = parse(facts["utgifter_vekst"]) / 100
    added = Rounded.printed(facts["utgifter_okning"])
    reached = _reaches(facts["utgifter_vekst"], *ends("growth", "low", "high"))
    near = ROUNDING if reached else SLIP
    checks = [
        _check(
            "vekst-2012-16",
            ("Vekst i utbetalinger 2012–16, %", "Growth in payments 2012–16, %"),
            f"{_PROBA}, 1.1 og 3.2",
            f"nær {facts['utgifter_vekst']}",
            growth,
            ends("growth", "low", "high"),
            verdict=near,
            errata=("vekst-nar-38", "vekst-12-4-og-13-6"),
        )
    ]
    names = {
        "antall": ("antall", "number"),
        "varighet": ("varighet", "duration"),
        "stonad_per_maned": ("stønad per måned", "benefit per month"),
    }
    for factor, (nb, en) in names.items():
        checks.append(
            _check(
                f"andel-{factor.replace('_', '-')}",
                (f"  herav {nb}, % av veksten (LMDI)", f"  of which {en}, % of growth (LMDI)"),
                f"{_PROBA}, 3.2",
                None,
                100 * float(national.shares[factor]["alle"]),
                ends(factor, "share_low", "share_high"),
                errata=("varighet-4-9-og-5-1",) if factor == "varighet" else (),
            )
        )
    # "vel 136 600" is no rounding: its digits say nothing of how close it is.
    level = (
        Rounded.exact(parse(facts["tilfeller_2016"])),
        Rounded.printed(facts["varighet_2016"]),
        Rounded.printed(facts["stonad_per_maned_2016"]),
    )
    value, low, high = (
        prod(ends) / 1e9 for ends in zip(*((f.value, f.low, f.high) for f in level), strict=True)
    )
    checks += [
        _check(
            "utbetalt-2016",
            (
                "Utbetalt 2016, mrd. kr: antall × måneder × stønad",
                "Paid 2016, billion kr: number × months × benefit",
            ),
            f"{_PROBA}, 3.2",
            None,
            value,
            (low, high),
            decimals=2,
            errata=("varighet-4-9-og-5-1",),
        ),
        _check(
            "utbetalt-2016-av-vekst",
            (
                "Utbetalt 2016, mrd. kr: av 1,7 mrd., «nær 38 %» tatt som 38",
                "Paid 2016, billion kr: from 1.7 billion, “nearly 38 %” taken as 38",
            ),
            f"{_PROBA}, 1.1",
            None,
            added.value / share + added.value,
            (added.low / share + added.low, added.high / share + added.high),
            decimals=2,
            errata=("vekst-nar-38",),
        ),
    ]
    return checks


def composition_checks(
    parts: GrowthContributions, shares: pd.DataFrame, facts: pd.Series
) -> list[Check]:
    """Return the contributions and the total of Tabell 3-1, and the text's other figure."""
    source = f"{_PROBA}, tabell 3-1"
    limits = parts.intervals
    if limits is None or parts.total_interval is None:
        raise ValueError("the contributions have no intervals")
    labels = shares.set_index("label_nb")
    checks: list[Check] = []
    for name, value in parts.contributions.items():
        row = labels.loc[str(name)]
        low, high = (float(limits[f"contribution_{e}"][str(name)]) for e in ("low", "high"))
        checks.append(
            _check(
                f"tabell-3-1-{len(checks) + 1}",
                (f"Bidrag til vekst: {name}, %", f"Contribution to growth: {row['label_en']}, %"),
                source,
                str(row["bidrag_printed"]),
                float(value),
                (low, high),
                errata=tuple(e for e in [str(row["erratum"])] if e == "bidrag-avrunding"),
            )
        )
    total = parts.total_growth
    couples = float(parts.contributions.iloc[-2:].sum())
    # Sums of the two lines' limits: outer limits, since shares hang together.
    low, high = (float(limits[f"contribution_{e}"].iloc[-2:].sum()) for e in ("low", "high"))
    return [
        *checks,
        _check(
            "tabell-3-1-par",
            ("Bidrag til vekst: par i alt, %", "Contribution to growth: couples, %"),
            f"{_PROBA}, 3.2",
            f"nær {facts['par_bidrag']}",
            couples,
            (low, high),
            verdict=AGREES if agrees(couples, facts["par_bidrag"]) else SLIP,
        ),
        _check(
            "tabell-3-1-totalt",
            ("Vekst i mottakere av tabellens linjer, %", "Growth in recipients by its lines, %"),
            source,
            str(shares.loc["totalt", "vekst_2012_16_printed"]),
            total,
            parts.total_interval,
        ),
        _check(
            "mottakere-tekst",
            (
                "Vekst i mottakere i teksten, mot tabellen, %",
                "Growth in recipients in the text, against the table, %",
            ),
            f"{_PROBA}, 3.2",
            facts["mottakere_vekst"],
            total,
            parts.total_interval,
            verdict=OTHER,
            errata=("vekst-12-4-og-13-6",),
        ),
    ]


def immigrant_checks(from_rates: ImpliedGrowth, from_all: ImpliedGrowth) -> list[Check]:
    """Return the growth of the immigrant population that Tabell 3-2 and its rates imply."""
    what = (
        "Innebygd vekst i innvandrerbefolkningen 2013–16, %",
        "Implied growth of the immigrant population 2013–16, %",
    )
    all_rounded = (
        "  det samme når også indeksen 130,4 er avrundet, %",
        "  the same when the index 130.4 is rounded too, %",
    )
    source = f"{_PROBA}, tabell 3-2 og sammendraget"
    errata = ("periode-2013-16", "andeler-sum")
    return [
        _check(
            id, words, source, None, one.population_growth, one.population_interval, errata=errata
        )
        for id, words, one in (
            ("tabell-3-2-befolkning", what, from_rates),
            ("tabell-3-2-befolkning-alt", all_rounded, from_all),
        )
    ]


def deflator_checks(facts: pd.Series) -> list[Check]:
    """Return the growth of the basic amount, by yearly average and by 1 May."""
    checks = []
    bases: tuple[tuple[Literal["average", "1 May"], str, str], ...] = (
        ("average", "årsgjennomsnitt", "yearly average"),
        ("1 May", "per 1. mai", "1 May"),
    )
    for basis, nb, en in bases:
        growth = 100 * load_deflator("grunnbelop", basis=basis).growth(2012, 2016)
        checks.append(
            _check(
                f"grunnbelop-{'snitt' if basis == 'average' else 'mai'}",
                (f"Vekst i G 2012–16, {nb}, %", f"Growth in G 2012–16, {en}, %"),
                f"{_PROBA}, 3.2 og 7.1",
                facts["grunnbelop_vekst"],
                growth,
                errata=("grunnbelop-13",),
            )
        )
    return checks


def moss_checks(moss: tuple[Simulation, Simulation]) -> list[Check]:
    """Return the amounts and savings of the two simulations, and the saving in the text."""
    text = load_table("moss_tekst").frame.set_index("id")["printed"]
    checks = []
    for number, run in zip((8, 9), moss, strict=True):
        row = load_table(f"moss_tabell_{number}").frame.set_index("name").loc["utbetaling"]
        for column, nb, en, value in (
            ("dagens", "utbetaling i dag", "paid now", run.current_total),
            ("etter", "utbetaling etter endring", "paid after the change", run.changed_total),
            ("differanse", "besparelse", "saving", run.saving),
        ):
            checks.append(
                _check(
                    f"moss-{number}-{column}",
                    (f"Moss, tabell {number}: {nb}, kr", f"Moss, Tabell {number}: {en}, kr"),
                    f"{_MOSS}, tabell {number}",
                    str(row[f"{column}_printed"]),
                    float(value),
                    decimals=0,
                )
            )
    checks.append(
        _check(
            "moss-tekst",
            ("Moss, besparelse i teksten, mill. kr", "Moss, saving in the text, million kr"),
            f"{_MOSS}, 6.1.5",
            text["besparelse_simulering_2"],
            float(moss[1].saving) / 1e6,
            errata=("moss-26-7",),
        )
    )
    return checks


def baerum_checks() -> list[Check]:
    """Return the growth of duration that the share of the growth in Bærum implies."""
    facts = load_table("baerum_vekst").frame.set_index("id")["printed"]
    growth = Rounded.growth(facts["utbetalt_vekst"])
    share = float(facts["stonadslengde_andel"]) / 100
    return [
        _check(
            "baerum-varighet",
            (
                "Bærum 2015–19: lengre varighet, minst (60 % av 25 %), %",
                "Bærum 2015–19: longer duration, at least (60 % of 25 %), %",
            ),
            _BAERUM,
            None,
            100 * (growth.value**share - 1),
            (100 * (growth.low**share - 1), 100 * (growth.high**share - 1)),
            errata=("baerum-over-60",),
        )
    ]
