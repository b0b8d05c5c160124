"""Building a panel from its sources: catalogue, plan, gathering, borders, report."""

from proba.panel.building.build import BuiltPanel, build_panel, plan_panel
from proba.panel.building.catalogue import Catalogue
from proba.panel.building.plan import BuildPlan
from proba.panel.building.plan_text import plan_lines, plan_table
from proba.panel.building.reading import read_catalogue, shipped_catalogue
from proba.panel.building.report import BuildReport
from proba.panel.building.writing import check_panel_path, write_built

__all__ = [
    "BuildPlan",
    "BuildReport",
    "BuiltPanel",
    "Catalogue",
    "build_panel",
    "check_panel_path",
    "plan_lines",
    "plan_panel",
    "plan_table",
    "read_catalogue",
    "shipped_catalogue",
    "write_built",
]
