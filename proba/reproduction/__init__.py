"""The report's statistical part rerun and held against the print, number by number."""

from proba.reproduction.cluster_question import ClusterQuestion, cluster_question
from proba.reproduction.comparison import DIFFERS, EQUAL, MISSING, Fact, Reproduction, reproduce
from proba.reproduction.files import (
    index_csv,
    reproduction_json,
    write_growth_csv,
    write_index_csv,
    write_reproduction,
)
from proba.reproduction.growth import GrowthReproduction, reproduce_growth
from proba.reproduction.growth_checks import Check
from proba.reproduction.growth_printing import growth_closing_line, growth_table
from proba.reproduction.printing import closing_lines, report_tables

__all__ = [
    "DIFFERS",
    "EQUAL",
    "MISSING",
    "Check",
    "ClusterQuestion",
    "Fact",
    "GrowthReproduction",
    "Reproduction",
    "closing_lines",
    "cluster_question",
    "growth_closing_line",
    "growth_table",
    "index_csv",
    "report_tables",
    "reproduce",
    "reproduce_growth",
    "reproduction_json",
    "write_growth_csv",
    "write_index_csv",
    "write_reproduction",
]
