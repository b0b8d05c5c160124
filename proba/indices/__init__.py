"""Indices of actual against predicted: levels and changes, intervals, ranks, case selection."""

from proba.indices.cases import GROUPS, CaseSelection, select_cases
from proba.indices.funnel import funnel_limits
from proba.indices.index import IndexTable, YearEffects, compute_index, round_index
from proba.indices.intervals import KINDS, IndexIntervals, IntervalKind, index_intervals
from proba.indices.lasting import PracticeModel, fit_practice
from proba.indices.ranks import IndexRanks, index_ranks
from proba.indices.rules import CHANGES, LEVELS, Rule, RuleRange, consistent_ranges
from proba.indices.screening import class_history, screen
from proba.indices.variance_check import calibration
from proba.indices.variance_function import VarianceFunction, variance_function

__all__ = [
    "CHANGES",
    "GROUPS",
    "KINDS",
    "LEVELS",
    "CaseSelection",
    "IndexIntervals",
    "IndexRanks",
    "IndexTable",
    "IntervalKind",
    "PracticeModel",
    "Rule",
    "RuleRange",
    "VarianceFunction",
    "YearEffects",
    "calibration",
    "class_history",
    "compute_index",
    "consistent_ranges",
    "fit_practice",
    "funnel_limits",
    "index_intervals",
    "index_ranks",
    "round_index",
    "screen",
    "select_cases",
    "variance_function",
]
