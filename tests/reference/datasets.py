"""
The data sets behind the reference results.

grunfeld
    Grunfeld's (1950) investment data as statsmodels ships them (public domain): 11 firms, 20
    years. Stata's ``webuse grunfeld`` and plm's ``Grunfeld`` have the first 10 firms, the first
    200 rows here; ``invest mvalue kstock`` there are ``invest value capital`` here.
unbalanced
    Made for this project by an integer formula, exact in binary floating point: 39 rows in seven
    clusters of very unequal size, one of them a singleton. x2 is constant within clusters.
dfadjust
    The deterministic data of dfadjust's tests (see ``dfadjust_stata.py``).
golden
    The CSV files in ``data/``, from diff-diff (MIT; see ``clubsandwich_golden.py``).
"""

from pathlib import Path

import numpy as np
import pandas as pd
from statsmodels.datasets import grunfeld as _grunfeld

DATA = Path(__file__).parent / "data"

UNBALANCED_SIZES = (5, 1, 9, 3, 12, 2, 7)


def grunfeld(n_firms: int = 10) -> pd.DataFrame:
    """Columns invest, value, capital, firm, year (int), firm_id (0, 1, ...)."""
    frame = _grunfeld.load_pandas().data.iloc[: 20 * n_firms].copy()
    frame["firm"] = frame["firm"].astype(str)
    frame["year"] = frame["year"].astype(int)
    frame["firm_id"] = pd.factorize(frame["firm"])[0]
    return frame.reset_index(drop=True)


def unbalanced() -> pd.DataFrame:
    """Columns y, x1, x2, g (cluster), h (second cluster), w (weight)."""
    g = np.repeat(np.arange(len(UNBALANCED_SIZES)), UNBALANCED_SIZES)
    i = np.arange(g.size)
    x1 = (7 * i + 3 * g) % 11
    x2 = g % 2
    y = 2 + x1 / 2 - x2 + ((13 * i + 5 * g * g) % 17) / 4 + (g * g) % 5
    return pd.DataFrame(
        {"y": y, "x1": x1, "x2": x2, "g": g, "h": i % 4, "w": 1 + (i * (g + 1)) % 4}
    )


def dfadjust() -> pd.DataFrame:
    """Columns y, x, cluster: 20 rows in three clusters that are out of order."""
    return pd.DataFrame(
        {
            "y": np.concatenate([np.cos(np.arange(10)), np.tan(np.arange(1, 11))]),
            "x": np.concatenate([np.sin(np.arange(1, 11)), np.sin(np.arange(2, 12))]),
            "cluster": [2, 1, 3, 2, 2, 3, 3, 1, 1, 2] * 2,
        }
    )


def golden(name: str) -> pd.DataFrame:
    """Read balanced_small, unbalanced_medium, singletons_present or absorbed_fe_did."""
    return pd.read_csv(DATA / f"{name}.csv")
