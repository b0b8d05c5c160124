"""Tables printed in published reports, as dated facts with source, page, unit and errata.

The files are in ``data/published/``, each a text file a person can read. Nothing here is an
estimate.

Examples
--------
>>> from proba.published import load_table
>>> table = load_table("vedlegg2")
>>> table.pages
'94-104'
>>> len(table.values())
2120
"""

from __future__ import annotations

from proba.published.loading import (
    baerum_vekst,
    list_tables,
    load_errata,
    load_table,
    moss_tabell_8,
    moss_tabell_9,
    moss_tekst,
    ssb_nokkeltall,
    ssb_stonadstid,
    tabell_3_1,
    tabell_3_2,
    tabell_5_4,
    tabell_6_1,
    vedlegg1,
    vedlegg2,
    vekst_2012_16,
)
from proba.published.records import Cells, Erratum, PublishedTable, Source
from proba.published.rounding import agrees, half_unit, interval, parse
from proba.published.stars import StarCheck, check_stars, stars_for

__all__ = [
    "Cells",
    "Erratum",
    "PublishedTable",
    "Source",
    "StarCheck",
    "agrees",
    "baerum_vekst",
    "check_stars",
    "half_unit",
    "interval",
    "list_tables",
    "load_errata",
    "load_table",
    "moss_tabell_8",
    "moss_tabell_9",
    "moss_tekst",
    "parse",
    "ssb_nokkeltall",
    "ssb_stonadstid",
    "stars_for",
    "tabell_3_1",
    "tabell_3_2",
    "tabell_5_4",
    "tabell_6_1",
    "vedlegg1",
    "vedlegg2",
    "vekst_2012_16",
]
