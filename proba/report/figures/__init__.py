"""Figures in one house style, from finished results.

Nothing is estimated here: a figure reshapes what a results object holds. The panel's label is
drawn on every figure by the code, from the object's own metadata.
"""

from proba.report.figures.house import HouseFigure, save_figure
from proba.report.figures.index import index_distribution_figure, index_lines_figure
from proba.report.figures.regression import coefficient_figure, standard_errors_figure
from proba.report.figures.reproduction import reproduction_figure

__all__ = [
    "HouseFigure",
    "coefficient_figure",
    "index_distribution_figure",
    "index_lines_figure",
    "reproduction_figure",
    "save_figure",
    "standard_errors_figure",
]
