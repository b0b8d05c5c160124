"""The algebra of Oaxaca-Blinder: every part of every variable as weights on two regressions."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from statsmodels.stats.oaxaca import OaxacaBlinder

from proba.estimation.design import Design

__all__ = [
    "NAMED",
    "PARTS",
    "FloatArray",
    "Reference",
    "by_statsmodels",
    "threefold_rows",
    "twofold_rows",
    "weight_of_second",
]

FloatArray = npt.NDArray[np.float64]

Reference = Literal["pooled", "neumark", "cotton", "reimers", "first", "second"] | float
"""Whose coefficients value the differences in means in a twofold decomposition."""

NAMED = ("pooled", "neumark", "cotton", "reimers", "first", "second")
PARTS = {
    "threefold": ("endowments", "coefficients", "interaction"),
    "twofold": ("explained", "unexplained"),
}


def threefold_rows(m1: FloatArray, m2: FloatArray) -> dict[str, FloatArray]:
    """Return the weights on (b1, b2) of each part, shape (k, 2k): one row a variable.

    Parameters
    ----------
    m1, m2 : ndarray, shape (k,)
        Means of the first and second group's regressors.
    """
    first, change = np.diag(m1), np.diag(m2 - m1)
    return {
        "endowments": np.hstack([change, np.zeros_like(change)]),
        "coefficients": np.hstack([-first, first]),
        "interaction": np.hstack([-change, change]),
    }


def twofold_rows(m1: FloatArray, m2: FloatArray, W: FloatArray) -> dict[str, FloatArray]:
    """Return the weights on (b1, b2) of each part, shape (k, 2k), given b* = (I - W) b1 + W b2."""
    eye, zero = np.eye(len(m1)), np.zeros_like(W)
    star = np.hstack([eye - W, W])
    from_second = np.hstack([zero, eye]) - star
    to_first = star - np.hstack([eye, zero])
    return {
        "explained": np.diag(m2 - m1) @ star,
        "unexplained": np.diag(m2) @ from_second + np.diag(m1) @ to_first,
    }


def weight_of_second(X1: FloatArray, X2: FloatArray, reference: Reference) -> FloatArray:
    """Return W, shape (k, k), with reference coefficients (I - W) b1 + W b2."""
    k = X1.shape[1]
    if not isinstance(reference, str) or reference not in ("pooled", "neumark"):
        return _scalar_weight(len(X1), len(X2), reference) * np.eye(k)
    if reference == "neumark":
        return _share_of_second(X1, X2)
    # With a dummy of the group, slopes are those of deviations from the groups' own means, and
    # the constant is the first group's.
    m1 = X1.mean(axis=0)
    W = np.zeros((k, k))
    W[1:, 1:] = _share_of_second((X1 - m1)[:, 1:], (X2 - X2.mean(axis=0))[:, 1:])
    W[0, 1:] = -m1[1:] @ W[1:, 1:]
    return W


def _share_of_second(Z1: FloatArray, Z2: FloatArray) -> FloatArray:
    """(Z1'Z1 + Z2'Z2)^-1 Z2'Z2 by QR of the scaled rows: forming the squares loses digits."""
    Z = np.vstack([Z1, Z2])
    scale = np.linalg.norm(Z, axis=0)
    Q, R = np.linalg.qr(Z / scale)
    Q2 = Q[len(Z1) :]
    share: FloatArray = np.linalg.solve(R, Q2.T @ Q2 @ R) * scale / scale[:, None]
    return share


def _scalar_weight(n1: int, n2: int, reference: Reference) -> float:
    weights = {"cotton": n2 / (n1 + n2), "reimers": 0.5, "first": 0.0, "second": 1.0}
    return weights[reference] if isinstance(reference, str) else float(reference)


def by_statsmodels(
    design: Design, second: npt.NDArray[np.bool_], kind: str, reference: Reference
) -> tuple[OaxacaBlinder, dict[str, float]]:
    """Return statsmodels' object and its parts; its first group, the one coded 0, is our second."""
    X = design.X / np.linalg.norm(design.X, axis=0)
    model = OaxacaBlinder(
        design.y,
        np.column_stack([X, ~second]),
        design.X.shape[1],
        hasconst=True,
        swap=False,
    )
    if kind == "threefold":
        found = model.three_fold().params
        return model, dict(zip((*PARTS[kind], "gap"), map(float, found), strict=True))
    if reference in ("pooled", "neumark"):
        # statsmodels' spelling of Neumark.
        found = model.two_fold(two_fold_type=str(reference).replace("neu", "nue")).params
    else:
        weight = _scalar_weight(int((~second).sum()), int(second.sum()), reference)
        found = model.two_fold(two_fold_type="self_submitted", submitted_weight=weight).params
    unexplained, explained, gap = map(float, found)
    return model, {"explained": explained, "unexplained": unexplained, "gap": gap}
