"""The report's statistical part rerun and held against the print, number by number."""

from proba.reproduction.comparison import DIFFERS, EQUAL, MISSING, Fact, Reproduction, reproduce
from proba.reproduction.files import (
    index_csv,
    reproduction_json,
    write_index_csv,
    write_reproduction,
)
from proba.reproduction.printing import closing_lines, report_tables

__all__ = [
    "DIFFERS",
    "EQUAL",
    "MISSING",
    "Fact",
    "Reproduction",
    "closing_lines",
    "index_csv",
    "report_tables",
    "reproduce",
    "reproduction_json",
    "write_index_csv",
    "write_reproduction",
]
