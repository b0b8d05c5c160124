"""The reference data as specs of ours, and how closeness is measured.

The names of the cases are those of ``reference.clubsandwich_r``. Rows of data without a time
column are numbered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from reference import datasets

import proba
from proba import Results, Spec

FEW = "ignore::proba.errors.FewClustersWarning"
"""Filter for tests on references that have fewer clusters than the warning asks for."""


@dataclass(frozen=True)
class Case:
    """One reference case: what to fit on which rows, clustered how."""

    spec: Spec
    frame: pd.DataFrame
    cluster: str

    def fit(self, cov: Any = "CR1", cluster: Any = None) -> Results:
        """Fit with a covariance; clustered on the case's own column if it needs one."""
        if isinstance(cov, str) and cov.startswith("CR") and cluster is None:
            cluster = self.cluster
        return proba.fit(self.spec, self.frame, cov=cov, cluster=cluster)


def with_dummies(frame: pd.DataFrame, column: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Add 0/1 columns for every value of ``column`` but the first; return their names too."""
    values = list(pd.unique(frame[column]))[1:]
    names = tuple(f"{column}_{value}" for value in values)
    dummies = {
        name: (frame[column] == value).astype(float)
        for name, value in zip(names, values, strict=True)
    }
    return frame.assign(**dummies), names


@cache
def case(name: str) -> Case:
    """Return a case by its name in ``reference.clubsandwich_r``."""
    base = name.removesuffix("_inverse_var")
    if base.startswith("grunfeld"):
        return _grunfeld(base)
    return _unbalanced(base)


def _grunfeld(name: str) -> Case:
    frame = datasets.grunfeld(11 if name.startswith("grunfeld11") else 10)
    frame["wt"] = 1 / frame["value"]
    regressors: tuple[str, ...] = ("value", "capital")
    if "_fe" in name:
        frame, dummies = with_dummies(frame, "firm_id")
        regressors += dummies
    spec = Spec(
        "invest",
        regressors,
        entity="firm",
        time="year",
        year_effects=name.endswith("_twoway"),
        weights="wt" if "_weighted" in name else None,
    )
    return Case(spec, frame, "year" if name.endswith("_year") else "firm")


def _unbalanced(name: str) -> Case:
    frame = datasets.unbalanced()
    frame["t"] = np.arange(len(frame))
    regressors: tuple[str, ...] = ("x1", "x2")
    if "_fe" in name:
        frame, dummies = with_dummies(frame, "h" if name.endswith("_h") else "g")
        regressors = ("x1", *dummies)
    weights = "w" if "_weighted" in name else None
    spec = Spec("y", regressors, entity="g", time="t", year_effects=False, weights=weights)
    return Case(spec, frame, "g")


def plain(frame: pd.DataFrame, y: str, x: tuple[str, ...], cluster: str) -> Case:
    """Return a case for a table without time, entity = cluster."""
    spec = Spec(y, x, entity=cluster, time="row", year_effects=False)
    return Case(spec, frame.assign(row=np.arange(len(frame))), cluster)


def ours(name: str) -> str:
    """Return our name of a reference's coefficient."""
    return {"const": "konstant", "_cons": "konstant"}.get(name, name.replace("factor(h)", "h_"))


def vector(values: pd.Series, names: list[str]) -> np.ndarray:
    """Pick coefficients in the reference's order."""
    return values[[ours(n) for n in names]].to_numpy()


def matrix(cov: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Pick rows and columns in the reference's order."""
    order = [ours(n) for n in names]
    return cov.loc[order, order].to_numpy()


def apart(actual: Any, expected: Any) -> float:
    """Return the largest relative difference, element by element."""
    a, b = np.asarray(actual, float), np.asarray(expected, float)
    assert a.shape == b.shape
    return float(np.max(np.abs(a - b) / np.abs(b)))


def covariances_apart(actual: Any, expected: Any) -> float:
    """Return the largest difference of two covariances, on the scale of correlations."""
    a, b = np.asarray(actual, float), np.asarray(expected, float)
    assert a.shape == b.shape
    spread = np.sqrt(np.diag(b))
    return float(np.max(np.abs(a - b) / np.outer(spread, spread)))
