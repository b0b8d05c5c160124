"""The last, exact step: move the index ratio inside its own rounding.

After the covariates have been rounded for writing, Z'e is small but not zero. The published index
is itself rounded to whole points, so every ratio may move by up to half a point; the smallest
movement that makes Z'e exactly zero is found here.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from proba.panel.calibration.targets import FloatArray

MAX_SHIFT: Final = 0.0045
"""Largest distance of a ratio from the printed index (as a ratio; half a point is 0.005)."""

TOLERANCE: Final = 1e-12
"""Largest remaining Z'e, columns of diag(p) Z scaled to unit length."""

MAX_STEPS: Final = 100


def exact_ratio(
    zmat: FloatArray, beta: FloatArray, ratio: FloatArray, printed: FloatArray
) -> FloatArray:
    """Index ratios for which `beta` is exactly the least-squares solution.

    Parameters
    ----------
    zmat : ndarray, shape (n, k)
        Design, columns of comparable scale.
    beta : ndarray, shape (k,)
        Coefficients to be made exact.
    ratio : ndarray, shape (n,)
        Ratios to start from, within `MAX_SHIFT` of `printed`.
    printed : ndarray, shape (n,)
        Printed index / 100.

    Returns
    -------
    ndarray, shape (n,)
        Ratios within `MAX_SHIFT` of `printed`; zero where `printed` is zero.

    Raises
    ------
    ValueError
        If the rounding of the index does not leave enough room.

    Notes
    -----
    With p = Z beta and e = (r - 1) p the condition Z'e = 0 is linear in r. The smallest change
    inside the intervals has the form clip(r - B v) with B = diag(p) Z and one multiplier v for
    each column; v is found by Newton steps on the rows that are not at an edge.
    """
    prediction = zmat @ beta
    low = np.where(printed > 0, printed - MAX_SHIFT, 0.0)
    high = np.where(printed > 0, printed + MAX_SHIFT, 0.0)
    basis = zmat * prediction[:, None]
    # Equal column norms keep the k x k system well conditioned.
    basis /= np.sqrt(np.sum(basis**2, axis=0))
    multiplier = np.zeros(zmat.shape[1])
    for _ in range(MAX_STEPS):
        unclipped = ratio - basis @ multiplier
        moved = np.clip(unclipped, low, high)
        gap = basis.T @ (moved - 1.0)
        if np.max(np.abs(gap)) < TOLERANCE:
            return np.asarray(moved, dtype=np.float64)
        inside = basis[(unclipped > low) & (unclipped < high)]
        multiplier += np.linalg.lstsq(inside.T @ inside, gap, rcond=None)[0]
    raise ValueError("the rounding of the published index leaves too little room; calibrate closer")
