"""The regression of Vedlegg 1 run on the finished file, and how far it is from what is printed.

It stands apart from the package's own estimators on purpose: a panel that is meant to test them
should not be checked by them.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np

from proba.panel.calibration.objective import cluster_sums, cr1_factor
from proba.panel.calibration.published import PublishedIndex
from proba.panel.calibration.targets import (
    REGRESSORS,
    YEARS,
    FloatArray,
    IntArray,
    printed_coefficients,
    printed_std_errors,
)


@dataclass(frozen=True, slots=True)
class Check:
    """What the finished panel gives.

    Attributes
    ----------
    coefficients, std_errors : ndarray, shape (12,)
        Least squares; CR1 with a cluster for each distinct population figure.
    std_errors_kommune : ndarray, shape (12,)
        CR1 clustered by kommune, for information.
    adjusted_r2 : float
    observations, clusters : int
    index_margin : float
        Smallest distance of 100 y / prediction from a rounding edge, index points; negative if
        a value does not round to the printed one.
    prediction_range : tuple of float
        Smallest, mean and largest prediction, all rows.
    """

    coefficients: FloatArray
    std_errors: FloatArray
    std_errors_kommune: FloatArray
    adjusted_r2: float
    observations: int
    clusters: int
    index_margin: float
    prediction_range: tuple[float, float, float]

    def coefficient_errors(self) -> FloatArray:
        """Distance from the printed coefficients in rounding half units, shape (12,)."""
        printed, half = printed_coefficients()
        return (self.coefficients - printed) / half

    def std_error_errors(self) -> FloatArray:
        """Distance from the printed standard errors in rounding half units, shape (12,)."""
        printed, half = printed_std_errors()
        return (self.std_errors - printed) / half

    def passes(self) -> bool:
        """Whether every requirement on coefficients, errors, fit and index is met."""
        return bool(
            np.all(np.abs(self.coefficient_errors()) < 0.02)
            and np.all(np.abs(self.std_error_errors()) < 0.5)
            and abs(self.adjusted_r2 - 0.33) <= 0.001
            and self.index_margin >= 0.03
        )


def cr1(
    zmat: FloatArray, inverse: FloatArray, residual: FloatArray, cluster: IntArray
) -> FloatArray:
    """Cluster-robust standard errors with Stata's small-sample factor.

    Parameters
    ----------
    zmat : ndarray, shape (n, k)
    inverse : ndarray, shape (k, k)
        (Z'Z)^-1.
    residual : ndarray, shape (n,)
    cluster : ndarray of int, shape (n,)
        Codes 0..C-1.

    Returns
    -------
    ndarray, shape (k,)
    """
    scores = cluster_sums(zmat * residual[:, None], cluster)
    n, k = zmat.shape
    variance = cr1_factor(n, k, len(scores)) * inverse @ (scores.T @ scores) @ inverse
    return np.sqrt(np.diag(variance))


def check_csv(text: str, index: PublishedIndex) -> Check:
    """Run the printed regression on the text of ``panel.csv``.

    Parameters
    ----------
    text : str
        The file.
    index : PublishedIndex
        Printed index to compare 100 y / prediction with.

    Returns
    -------
    Check
    """
    rows = list(csv.DictReader(io.StringIO(text)))
    column = {name: np.array([float(row[name]) for row in rows]) for name in REGRESSORS}
    y = np.array([float(row["netto_driftsutgifter"]) for row in rows])
    year = np.array([int(row["aar"]) for row in rows])
    zmat = np.column_stack(
        [np.ones(len(rows)), *column.values(), *[(year == t).astype(float) for t in YEARS[1:]]]
    )
    sample = np.array([row["estimeringsutvalg"] == "1" for row in rows])
    size = np.array([int(row["folketall"]) for row in rows])[sample]
    kommune = np.array([row["kommune"] for row in rows])[sample]

    # Columns scaled to unit norm: urbanitet is a million times larger than the rest.
    norm = np.sqrt(np.sum(zmat[sample] ** 2, axis=0))
    scaled = zmat[sample] / norm
    inverse = np.linalg.inv(scaled.T @ scaled)
    beta = np.linalg.lstsq(scaled, y[sample], rcond=None)[0]
    residual = y[sample] - scaled @ beta
    n, k = scaled.shape
    deviation = y[sample] - y[sample].mean()
    by_size = np.unique(size, return_inverse=True)[1].astype(np.int64)
    by_kommune = np.unique(kommune, return_inverse=True)[1].astype(np.int64)

    prediction = zmat @ (beta / norm)
    points = {
        (number, t): int(value)
        for number, line in zip(index.kommune, index.values, strict=True)
        for t, value in zip(YEARS, line, strict=True)
    }
    printed = np.array([points[row["kommune"], int(row["aar"])] for row in rows])
    distance = np.abs(100.0 * y / prediction - printed)
    return Check(
        coefficients=beta / norm,
        std_errors=cr1(scaled, inverse, residual, by_size) / norm,
        std_errors_kommune=cr1(scaled, inverse, residual, by_kommune) / norm,
        adjusted_r2=1.0 - (n - 1) / (n - k) * float(residual @ residual / (deviation @ deviation)),
        observations=n,
        clusters=int(by_size.max()) + 1,
        index_margin=0.5 - float(distance.max()),
        prediction_range=(
            float(prediction.min()),
            float(prediction.mean()),
            float(prediction.max()),
        ),
    )
