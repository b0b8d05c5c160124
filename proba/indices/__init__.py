"""Indices of actual against predicted, their levels and changes, and case selection."""

from proba.indices.cases import GROUPS, CaseSelection, select_cases
from proba.indices.index import IndexTable, YearEffects, compute_index, round_index
from proba.indices.rules import CHANGES, LEVELS, Rule, RuleRange, consistent_ranges

__all__ = [
    "CHANGES",
    "GROUPS",
    "LEVELS",
    "CaseSelection",
    "IndexTable",
    "Rule",
    "RuleRange",
    "YearEffects",
    "compute_index",
    "consistent_ranges",
    "round_index",
    "select_cases",
]
