"""Assemble a 2015-2016 panel from real open tables found through PROBA_OPENDATA.

The tables are not part of the project. What is assembled here is not the report's panel: the
expenditure is the social sector as a whole (function group FGK12, which adds the introduction
programme, function 275, and 273), disability is NAV payments for all ages, non-western immigrants
are those of 2014 without Oceania, completion is one pooled figure, and the opphopningsindeks is
missing.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from proba import Panel, Spec, make_panel

SPEC = Spec(
    dependent="fgk12_per_innbygger",
    regressors=(
        "nav_uforeytelser",
        "urbanitet",
        "innbyggere_16_66",
        "ikke_vestlige_innvandrere",
        "nybosatte_flyktninger",
        "gjennomfort_vgs",
    ),
)

OSLO = "0301"


def assemble(folder: Path) -> Panel:
    """Merge the source tables on kommune number and year; Oslo left out, as in the report."""

    def read(name: str) -> pd.DataFrame:
        return pd.read_csv(folder / name, dtype={"knr": str})

    spending = read("kostra_fgk12_net_2015_2016.csv")[["knr", "aar", "fgk12_netto_1000kr"]]
    people = read("population_agegroups_2005_2021_origcodes.csv")
    settled = read("imdi_bosatte_2010_2019_final.csv")[["knr", "aar", "bosatt_endelig"]]
    benefits = read("nav_ytelser_millkr_2014_2017.csv")[["knr", "aar", "Uføretrygd og yrkesskade"]]
    region = read("imdi_innvandrere_verdensregion_2014.csv").set_index("knr")
    school = read("imdi_vgs_fullfort_pooled_2011_2013.csv").set_index("knr")

    table = (
        spending.merge(people[["knr", "aar", "pop_alle", "pop_16_66"]], how="left")
        .merge(settled, how="left")
        .merge(benefits, how="left")
    )
    people_2014 = people[people.aar == 2014].set_index("knr")["pop_alle"]
    continents = ["vreg_5_asia", "vreg_5_afrika", "vreg_5_sor_og_mellom_amerika"]
    non_western = 100 * region[continents].sum(axis=1, skipna=False) / people_2014
    inhabitants = table["pop_alle"]
    frame = pd.DataFrame(
        {
            "kommune": table["knr"],
            "aar": table["aar"],
            "fgk12_per_innbygger": table["fgk12_netto_1000kr"] / inhabitants,
            "nav_uforeytelser": 1000 * table["Uføretrygd og yrkesskade"] / inhabitants,
            "urbanitet": inhabitants**1.2,
            "innbyggere_16_66": 100 * table["pop_16_66"] / inhabitants,
            "ikke_vestlige_innvandrere": table["knr"].map(non_western),
            "nybosatte_flyktninger": 100 * table["bosatt_endelig"] / inhabitants,
            "gjennomfort_vgs": table["knr"].map(school["vgs_fullfort_prosent_2011_2013"]),
            "folketall": inhabitants,
        }
    )
    return make_panel(frame[frame.kommune != OSLO], name="real open data 2015-2016")
