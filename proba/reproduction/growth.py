"""The decompositions printed in the reports, recomputed from what they print.

Nothing here is estimated and no panel is used: every figure follows from other printed figures, so
each recomputation has the interval that their rounding allows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from proba.decomposition import (
    Decomposition,
    GrowthContributions,
    Identity,
    ImpliedGrowth,
    Rounded,
    Simulation,
    decompose,
    growth_contributions,
    implied_growth,
    simulate,
)
from proba.published import load_table
from proba.reproduction.growth_checks import (
    Check,
    baerum_checks,
    composition_checks,
    deflator_checks,
    immigrant_checks,
    moss_checks,
    national_checks,
)

__all__ = ["Check", "GrowthReproduction", "national_table", "reproduce_growth"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class GrowthReproduction:
    """Chapters 3 and 7 of Proba-rapport 2017-08, the Moss simulations and the Bærum claim.

    Attributes
    ----------
    national : Decomposition
        Growth 2012-16 by cases, duration and benefit per month (LMDI-I), index 2012 = 4.8.
    tabell_3_1 : GrowthContributions
    immigrants : ImpliedGrowth
        Tabell 3-2: growth of the immigrant population implied by counts and rates, the index
        numbers taken as they stand and the rates as rounded.
    immigrants_all_rounded : ImpliedGrowth
        The same with the index number as rounded too.
    moss : tuple of Simulation
        Tabell 8 and Tabell 9.
    checks : tuple of Check
    """

    national: Decomposition
    tabell_3_1: GrowthContributions
    immigrants: ImpliedGrowth
    immigrants_all_rounded: ImpliedGrowth
    moss: tuple[Simulation, Simulation]
    checks: tuple[Check, ...] = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the checks, one row each, indexed by id."""
        rows = [
            {
                "id": c.id,
                "what": c.what_nb,
                "source": c.source,
                "printed": c.printed,
                "value": c.value,
                "low": c.low,
                "high": c.high,
                "verdict": c.verdict,
                "errata": ";".join(c.errata),
            }
            for c in self.checks
        ]
        return pd.DataFrame(rows).set_index("id")

    def __repr__(self) -> str:
        return f"GrowthReproduction({len(self.checks)} checks; see growth_table and to_frame)"

    def to_dict(self) -> list[dict[str, Any]]:
        """Return the checks for JSON."""
        frame = self.to_frame().reset_index()
        whole = frame.astype(object).where(frame.notna(), None)
        return [{str(k): v for k, v in row.items()} for row in whole.to_dict("records")]


def national_table() -> pd.DataFrame:
    """Return the printed figures behind the growth 2012-16 as a table to decompose.

    Returns
    -------
    DataFrame
        ``aar``, ``antall``, ``varighet`` (months) and ``stonad_per_maned``; counts and benefit as
        index numbers, 2012 = 1, since the report prints their growth only. Proba-rapport 2017-08,
        section 3.2.
    """
    printed = load_table("vekst_2012_16").frame.set_index("id")["printed"]
    return pd.DataFrame(
        {
            "aar": [2012, 2016],
            "antall": [Rounded.exact(1), Rounded.growth(printed["mottakere_vekst"])],
            "varighet": [printed["varighet_2012"], printed["varighet_2016"]],
            "stonad_per_maned": [
                Rounded.exact(1),
                Rounded.growth(printed["stonad_per_maned_vekst"]),
            ],
        }
    )


def reproduce_growth() -> GrowthReproduction:
    """Recompute the printed decompositions and hold each figure against the print.

    Returns
    -------
    GrowthReproduction

    Notes
    -----
    Proba-rapport 2017-08: sections 1.1, 3.2 and 7.1, Tabell 3-1 and 3-2; Agenda Kaupang (2024),
    Tabell 8 and 9; Sopra Steria (2021), slide on growth. The report's count is 12,4 percent
    more recipients in a paragraph about cases, so the identity's base is given as mixed.
    """
    facts = load_table("vekst_2012_16").frame.set_index("id")["printed"]
    identity = Identity("utbetalt = antall * varighet * stonad_per_maned", base="blandet")
    national = decompose(national_table(), identity, start=2012, end=2016, printed=True)
    shares = load_table("tabell_3_1").frame.set_index("name")
    groups = shares.drop(index="totalt")
    parts = growth_contributions(
        list(groups["andel_2016_printed"]),
        list(groups["vekst_2012_16_printed"]),
        names=list(groups["label_nb"]),
        printed=True,
    )
    table = load_table("tabell_3_2").frame.set_index("name")
    index = table.loc["innvandrere", "indeks_2016_printed"]
    rates = (facts["rate_innvandrere_2013"], facts["rate_innvandrere_2016"])
    from_rates = implied_growth(100, Rounded.printed(str(index)).value, *rates, printed=True)
    from_all = implied_growth(100, str(index), *rates, printed=True)
    moss = _moss()
    checks = (
        *national_checks(national, facts),
        *composition_checks(parts, shares, facts),
        *immigrant_checks(from_rates, from_all),
        *deflator_checks(facts),
        *moss_checks(moss),
        *baerum_checks(),
    )
    return GrowthReproduction(national, parts, from_rates, from_all, moss, checks)


def _moss() -> tuple[Simulation, Simulation]:
    now = load_table("moss_tabell_8").frame.set_index("name")
    then = load_table("moss_tabell_9").frame.set_index("name")
    text = load_table("moss_tekst").frame.set_index("id")["printed"]
    today = {
        "recipients": str(now.loc["tilfeller", "dagens_printed"]),
        "months": str(now.loc["stonadslengde", "dagens_printed"]),
        "benefit": str(now.loc["utbetaling_per_maned", "dagens_printed"]),
        "base": "tilfeller",
    }
    return (
        simulate(**today, to_months=str(now.loc["stonadslengde", "etter_printed"])),
        simulate(
            **today,
            to_months=str(then.loc["stonadslengde", "etter_printed"]),
            recipients_change=f"-{text['reduksjon_tilfeller']} %",
        ),
    )
