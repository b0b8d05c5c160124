"""Small tables for the wild bootstrap, and the bootstrap written out the slow way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import proba
from proba import Results


@dataclass(frozen=True)
class GivenDraws:
    """Weight vectors of the test's own, in place of ``Draws``."""

    weights: np.ndarray

    @property
    def nclusters(self) -> int:
        return int(self.weights.shape[1])

    @property
    def count(self) -> int:
        return len(self.weights)

    def blocks(self, size: int) -> Iterator[tuple[slice, np.ndarray]]:
        for start in range(0, self.count, size):
            which = slice(start, min(start + size, self.count))
            V = np.zeros((size, self.nclusters))
            V[: which.stop - which.start] = self.weights[which]
            yield which, V


def table(G: int, seed: int = 1, rows: int = 6) -> pd.DataFrame:
    """Return a made-up table with clusters of ``rows`` to ``2 rows`` rows, in no order."""
    random = np.random.default_rng(seed)
    g = np.repeat(np.arange(G), random.integers(rows, 2 * rows + 1, G))
    random.shuffle(g)
    x1 = random.normal(size=len(g)) + random.normal(size=G)[g]
    x2 = random.normal(size=G)[g] + 0.3 * random.normal(size=len(g))
    noise = random.normal(size=G)[g] + random.normal(size=len(g)) * (1 + 0.5 * np.abs(x1))
    return pd.DataFrame(
        {
            "y": 1 + 0.3 * x1 - 0.2 * x2 + noise,
            "x1": x1,
            "x2": x2,
            "w": random.integers(1, 4, len(g)).astype(float),
            "g": g,
            "row": np.arange(len(g)),
        }
    )


def fitted(frame: pd.DataFrame, *, weights: str | None = None, x: Any = ("x1", "x2")) -> Results:
    """Fit y on x1 and x2; entity g, without a clustered covariance of its own."""
    spec = proba.Spec("y", tuple(x), entity="g", time="row", year_effects=False, weights=weights)
    return proba.fit(spec, frame, cov="HC1")


def slowly(
    results: Results,
    R: np.ndarray,
    r: np.ndarray,
    V: np.ndarray,
    *,
    variant: str,
    restricted: bool,
) -> np.ndarray:
    """Return the Wald statistics of the draws by making every data set and every refit."""
    design = results.design
    w = np.ones(len(design.y)) if design.weights is None else design.weights
    X, y = design.X * np.sqrt(w)[:, None], design.y * np.sqrt(w)
    g = pd.factorize(design.columns["g"], sort=True)[0]
    G, (n, k) = V.shape[1], X.shape

    def least_squares(X: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.linalg.lstsq(X, y, rcond=None)[0]

    def under_null(X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Bordered normal equations: least squares subject to R b = r."""
        q = len(R)
        bordered = np.block([[X.T @ X, R.T], [R, np.zeros((q, q))]])
        return np.linalg.solve(bordered, np.concatenate([X.T @ y, r]))[:k]

    solve = under_null if restricted else least_squares
    start = solve(X, y)
    residuals = y - X @ start
    moves = np.empty((G, k))
    for c in range(G):
        mine = g == c
        left_out = solve(X[~mine], y[~mine]) if variant[0] == "3" else start
        moves[c] = X[mine].T @ (y[mine] - X[mine] @ left_out)
    bread = np.linalg.inv(X.T @ X)
    out = []
    for v in V:
        # Residuals of the jackknife kind have the scores above; any with those scores will do.
        change = bread @ (v @ moves)
        distance = R @ change if not restricted else R @ (start + change) - r
        if variant[0] == "1":
            data = X @ start + v[g] * residuals
            assert np.allclose(least_squares(X, data), start + change)
        scores = np.array([v[c] * moves[c] - X[g == c].T @ X[g == c] @ change for c in range(G)])
        if variant[1] == "1":
            parts = scores @ bread
            factor = (n - 1) / (n - k) * G / (G - 1)
        else:
            rest = [X[g != c].T @ X[g != c] for c in range(G)]
            parts = np.array([np.linalg.solve(rest[c], scores[c]) for c in range(G)])
            factor = (G - 1) / G
        variance = factor * R @ parts.T @ parts @ R.T
        out.append(distance @ np.linalg.solve(variance, distance))
    return np.array(out)
