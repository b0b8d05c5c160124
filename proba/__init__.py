"""proba: the econometrics of Norwegian municipal social-assistance spending.

Names are loaded when first used, so that ``import proba`` costs next to nothing.

Examples
--------
>>> import proba
>>> panel = proba.load_panel("kalibrert")
>>> results = proba.fit(proba.PROBA_2017, panel, cov="CR1", cluster="kommune")
>>> index = proba.compute_index(results, panel)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from proba.errors import (
        CovarianceWarning,
        DesignError,
        FewClustersWarning,
        IndexingError,
        PanelError,
        ProbaError,
        ProbaWarning,
        PublishedError,
        SpecError,
    )
    from proba.estimation import (
        CR0,
        CR1,
        CR2,
        CR3,
        HC1,
        HC2,
        HC3,
        PROBA_2017,
        AlternativeResults,
        Classical,
        Comparison,
        CovarianceEstimator,
        Results,
        Spec,
        TwoWay,
        compare,
        fit,
        fit_alternative,
        read_spec,
    )
    from proba.indices import CaseSelection, IndexTable, Rule, compute_index, select_cases
    from proba.panel import Panel, PanelMeta, load_panel, make_panel, read_panel, with_size_classes
    from proba.reproduction import Reproduction, reproduce

_HOMES = {
    "proba.errors": (
        "CovarianceWarning",
        "DesignError",
        "FewClustersWarning",
        "IndexingError",
        "PanelError",
        "ProbaError",
        "ProbaWarning",
        "PublishedError",
        "SpecError",
    ),
    "proba.estimation": (
        "CR0",
        "CR1",
        "CR2",
        "CR3",
        "HC1",
        "HC2",
        "HC3",
        "PROBA_2017",
        "AlternativeResults",
        "Classical",
        "Comparison",
        "CovarianceEstimator",
        "Results",
        "Spec",
        "TwoWay",
        "compare",
        "fit",
        "fit_alternative",
        "read_spec",
    ),
    "proba.indices": (
        "CaseSelection",
        "IndexTable",
        "Rule",
        "compute_index",
        "select_cases",
    ),
    "proba.panel": (
        "Panel",
        "PanelMeta",
        "load_panel",
        "make_panel",
        "read_panel",
        "with_size_classes",
    ),
    "proba.reproduction": (
        "Reproduction",
        "reproduce",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CR0",
    "CR1",
    "CR2",
    "CR3",
    "HC1",
    "HC2",
    "HC3",
    "PROBA_2017",
    "AlternativeResults",
    "CaseSelection",
    "Classical",
    "Comparison",
    "CovarianceEstimator",
    "CovarianceWarning",
    "DesignError",
    "FewClustersWarning",
    "IndexTable",
    "IndexingError",
    "Panel",
    "PanelError",
    "PanelMeta",
    "ProbaError",
    "ProbaWarning",
    "PublishedError",
    "Reproduction",
    "Results",
    "Rule",
    "Spec",
    "SpecError",
    "TwoWay",
    "__version__",
    "compare",
    "compute_index",
    "fit",
    "fit_alternative",
    "load_panel",
    "make_panel",
    "read_panel",
    "read_spec",
    "reproduce",
    "select_cases",
    "with_size_classes",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'proba' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
