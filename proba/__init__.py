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
        DesignError,
        FewClustersWarning,
        IndexingError,
        PanelError,
        ProbaError,
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
        Classical,
        Results,
        Spec,
        TwoWay,
        compare,
        fit,
        fit_alternative,
        read_spec,
    )
    from proba.indices import IndexTable, Rule, compute_index, select_cases
    from proba.panel import Panel, load_panel, make_panel, read_panel
    from proba.reproduction import reproduce

_HOMES = {
    "proba.errors": (
        "DesignError",
        "FewClustersWarning",
        "IndexingError",
        "PanelError",
        "ProbaError",
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
        "Classical",
        "Results",
        "Spec",
        "TwoWay",
        "compare",
        "fit",
        "fit_alternative",
        "read_spec",
    ),
    "proba.indices": ("IndexTable", "Rule", "compute_index", "select_cases"),
    "proba.panel": ("Panel", "load_panel", "make_panel", "read_panel"),
    "proba.reproduction": ("reproduce",),
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
    "Classical",
    "DesignError",
    "FewClustersWarning",
    "IndexTable",
    "IndexingError",
    "Panel",
    "PanelError",
    "ProbaError",
    "PublishedError",
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
