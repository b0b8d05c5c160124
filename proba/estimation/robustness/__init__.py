"""How far the results rest on single kommuner, years and choices of specification."""

from proba.estimation.robustness.choices import Errors, Sample, Skipped
from proba.estimation.robustness.diagnostics import (
    HIGH_VIF,
    Check,
    Diagnostics,
    diagnose,
    heteroskedasticity,
    reset,
    vif,
)
from proba.estimation.robustness.grid import SpecificationGrid
from proba.estimation.robustness.grid_file import grid_from_dict, read_grid
from proba.estimation.robustness.influence import Influence, leave_cluster_out
from proba.estimation.robustness.ranges import (
    ClassRule,
    IndexRange,
    index_range,
    indices_by_regression,
)
from proba.estimation.robustness.serial import (
    SerialTest,
    first_difference_test,
    residual_autocorrelation,
)
from proba.estimation.robustness.specification_curve import (
    SpecificationCurve,
    run_specifications,
)
from proba.estimation.robustness.stability import CoefficientStability, coefficients_by_year

__all__ = [
    "HIGH_VIF",
    "Check",
    "ClassRule",
    "CoefficientStability",
    "Diagnostics",
    "Errors",
    "IndexRange",
    "Influence",
    "Sample",
    "SerialTest",
    "Skipped",
    "SpecificationCurve",
    "SpecificationGrid",
    "coefficients_by_year",
    "diagnose",
    "first_difference_test",
    "grid_from_dict",
    "heteroskedasticity",
    "index_range",
    "indices_by_regression",
    "leave_cluster_out",
    "read_grid",
    "reset",
    "residual_autocorrelation",
    "run_specifications",
    "vif",
]
