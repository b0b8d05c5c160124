"""The wild cluster bootstrap."""

from proba.estimation.bootstrap.arguments import VARIANTS
from proba.estimation.bootstrap.results import WildBootstrap
from proba.estimation.bootstrap.weights import WEIGHT_KINDS
from proba.estimation.bootstrap.wild import MAX_MEMORY, wild_bootstrap

__all__ = ["MAX_MEMORY", "VARIANTS", "WEIGHT_KINDS", "WildBootstrap", "wild_bootstrap"]
