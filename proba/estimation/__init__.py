"""Pooled regression with honest standard errors, and its panel alternatives."""

from proba.estimation.alternatives import AlternativeResults, fit_alternative
from proba.estimation.bootstrap import WildBootstrap, wild_bootstrap
from proba.estimation.contrasts import linear_contrasts
from proba.estimation.covariance import (
    CR0,
    CR1,
    CR2,
    CR3,
    FEW_CLUSTERS,
    HC1,
    HC2,
    HC3,
    Classical,
    Covariance,
    CovarianceEstimator,
    FTest,
    SmallSample,
    TwoWay,
    make_covariance,
)
from proba.estimation.design import Design, Dropped
from proba.estimation.fit import fit
from proba.estimation.results import Results
from proba.estimation.spec import CONSTANT, PROBA_2017, Spec, read_spec
from proba.estimation.summary import Comparison, compare, significance_stars

__all__ = [
    "CONSTANT",
    "CR0",
    "CR1",
    "CR2",
    "CR3",
    "FEW_CLUSTERS",
    "HC1",
    "HC2",
    "HC3",
    "PROBA_2017",
    "AlternativeResults",
    "Classical",
    "Comparison",
    "Covariance",
    "CovarianceEstimator",
    "Design",
    "Dropped",
    "FTest",
    "Results",
    "SmallSample",
    "Spec",
    "TwoWay",
    "WildBootstrap",
    "compare",
    "fit",
    "fit_alternative",
    "linear_contrasts",
    "make_covariance",
    "read_spec",
    "significance_stars",
    "wild_bootstrap",
]
