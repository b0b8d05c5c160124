"""The kommune-year table: variables, validation, reading, and the embedded panel."""

from proba.panel.derived import SIZE_BOUNDS, SIZE_CLASS, size_classes, urbanity, with_size_classes
from proba.panel.panel import LABEL_COLUMN, Panel, PanelMeta, load_panel, make_panel, read_panel
from proba.panel.registry import REGISTRY, Unit, Variable, describe_variables, label

__all__ = [
    "LABEL_COLUMN",
    "REGISTRY",
    "SIZE_BOUNDS",
    "SIZE_CLASS",
    "Panel",
    "PanelMeta",
    "Unit",
    "Variable",
    "describe_variables",
    "label",
    "load_panel",
    "make_panel",
    "read_panel",
    "size_classes",
    "urbanity",
    "with_size_classes",
]
