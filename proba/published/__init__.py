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
    list_tables,
    load_errata,
    load_table,
    tabell_5_4,
    tabell_6_1,
    vedlegg1,
    vedlegg2,
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
    "check_stars",
    "half_unit",
    "interval",
    "list_tables",
    "load_errata",
    "load_table",
    "parse",
    "stars_for",
    "tabell_5_4",
    "tabell_6_1",
    "vedlegg1",
    "vedlegg2",
]
