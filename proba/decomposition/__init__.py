"""Why spending grew: identities, composition, need against practice, deflators, simulations.

Names are loaded when first used: a simulation does not wait for the regressions.

Examples
--------
>>> import pandas as pd
>>> from proba.decomposition import Rounded, decompose
>>> table = pd.DataFrame({
...     "aar": [2012, 2016],
...     "tilfeller": [Rounded.exact(1), Rounded.growth("12,4")],
...     "varighet": ["4,8", "4,9"],
...     "stonad_per_maned": [Rounded.exact(1), Rounded.growth("19,2")],
... })
>>> result = decompose(
...     table, "utbetalt = tilfeller * varighet * stonad_per_maned", start=2012, end=2016,
...     printed=True,
... )
>>> result.intervals.loc[("alle", "growth"), ["value", "low", "high"]].round(3).tolist()
[0.368, 0.339, 0.397]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proba.decomposition.bases import CountBase
    from proba.decomposition.categories import (
        CategoryGrowth,
        ImpliedGrowth,
        category_growth,
        implied_growth,
    )
    from proba.decomposition.crossclassified import das_gupta_crossclassified
    from proba.decomposition.das_gupta_rates import DasGupta, das_gupta
    from proba.decomposition.deflators import (
        Deflator,
        DeflatorComparison,
        compare_with_deflator,
        kpi_from_ssb,
        load_deflator,
        read_deflator,
    )
    from proba.decomposition.fixed_composition import FixedComposition, fixed_composition_mean
    from proba.decomposition.growth_parts import GrowthContributions, growth_contributions
    from proba.decomposition.identity import Identity, product_identity
    from proba.decomposition.methods import METHODS, contributions, interactions, log_mean
    from proba.decomposition.need_growth import need_practice
    from proba.decomposition.need_results import NeedPractice
    from proba.decomposition.need_yearly import fit_yearly, yearly_coefficients
    from proba.decomposition.oaxaca import OaxacaBlinder, oaxaca_blinder
    from proba.decomposition.printed import Rounded
    from proba.decomposition.reading import read_factors
    from proba.decomposition.results import Decomposition
    from proba.decomposition.simulation import Simulation, simulate
    from proba.decomposition.splitting import compare_methods, decompose
    from proba.decomposition.standardisation import Kitagawa, kitagawa, kitagawa_panel
    from proba.decomposition.subgroups import SubgroupDecomposition, decompose_subgroups

_HOMES = {
    "bases": ("CountBase",),
    "categories": (
        "CategoryGrowth",
        "ImpliedGrowth",
        "category_growth",
        "implied_growth",
    ),
    "crossclassified": ("das_gupta_crossclassified",),
    "das_gupta_rates": (
        "DasGupta",
        "das_gupta",
    ),
    "deflators": (
        "Deflator",
        "DeflatorComparison",
        "compare_with_deflator",
        "kpi_from_ssb",
        "load_deflator",
        "read_deflator",
    ),
    "fixed_composition": (
        "FixedComposition",
        "fixed_composition_mean",
    ),
    "growth_parts": (
        "GrowthContributions",
        "growth_contributions",
    ),
    "identity": (
        "Identity",
        "product_identity",
    ),
    "methods": (
        "METHODS",
        "contributions",
        "interactions",
        "log_mean",
    ),
    "need_growth": ("need_practice",),
    "need_results": ("NeedPractice",),
    "need_yearly": (
        "fit_yearly",
        "yearly_coefficients",
    ),
    "oaxaca": (
        "OaxacaBlinder",
        "oaxaca_blinder",
    ),
    "printed": ("Rounded",),
    "reading": ("read_factors",),
    "results": ("Decomposition",),
    "simulation": (
        "Simulation",
        "simulate",
    ),
    "splitting": (
        "compare_methods",
        "decompose",
    ),
    "standardisation": (
        "Kitagawa",
        "kitagawa",
        "kitagawa_panel",
    ),
    "subgroups": (
        "SubgroupDecomposition",
        "decompose_subgroups",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "METHODS",
    "CategoryGrowth",
    "CountBase",
    "DasGupta",
    "Decomposition",
    "Deflator",
    "DeflatorComparison",
    "FixedComposition",
    "GrowthContributions",
    "Identity",
    "ImpliedGrowth",
    "Kitagawa",
    "NeedPractice",
    "OaxacaBlinder",
    "Rounded",
    "Simulation",
    "SubgroupDecomposition",
    "category_growth",
    "compare_methods",
    "compare_with_deflator",
    "contributions",
    "das_gupta",
    "das_gupta_crossclassified",
    "decompose",
    "decompose_subgroups",
    "fit_yearly",
    "fixed_composition_mean",
    "growth_contributions",
    "implied_growth",
    "interactions",
    "kitagawa",
    "kitagawa_panel",
    "kpi_from_ssb",
    "load_deflator",
    "log_mean",
    "need_practice",
    "oaxaca_blinder",
    "product_identity",
    "read_deflator",
    "read_factors",
    "simulate",
    "yearly_coefficients",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'proba.decomposition' has no attribute {name!r}")
    value = getattr(import_module(f"proba.decomposition.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
