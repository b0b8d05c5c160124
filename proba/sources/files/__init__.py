"""Tables of kommuner as agencies publish them: Excel, OpenDocument and CSV.

A reader takes the bytes of a file, its name and the options of a catalogue entry. The header is
found by what the cells hold, never by row number; a kommune number is kept as the file has it.
Nothing is guessed without a note, and every error names the file, the sheet and the cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from proba.sources.files.gront_hefte import read_gront_hefte
from proba.sources.files.imdi import read_imdi
from proba.sources.files.nav import read_nav
from proba.sources.files.records import Observations, Reader
from proba.sources.files.table import read_table
from proba.sources.files.udir import read_udir

__all__ = ["READERS", "Observations", "Reader"]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "imdi_bosetting": read_imdi,
        "udir_gjennomforing": read_udir,
        "nav_ufore": read_nav,
        "gront_hefte": read_gront_hefte,
        "tabell": read_table,
    }
)
