"""
Run diff-diff and pyfixest on the reference data and print their results as JSON.

Needs ``diff-diff==3.13.0``, ``pyfixest==0.60.0`` and statsmodels in an environment of their own::

    PYTHONPATH=tests python -m reference.regenerate_live > live.json
"""

import json
import sys
from typing import Any

import numpy as np
import pandas as pd

from . import datasets

SLOPES = ["const", "value", "capital"]
SIMPLE = ["const", "x1", "x2"]


def _design(frame: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return np.column_stack([np.ones(len(frame)), *(frame[c].to_numpy(float) for c in columns)])


def diff_diff() -> dict[str, Any]:
    """Return every covariance type of diff-diff per case."""
    from diff_diff.linalg import compute_robust_vcov

    g10, g11, u = datasets.grunfeld(10), datasets.grunfeld(11), datasets.unbalanced()
    x10 = _design(g10, ["value", "capital"])
    dummies = np.eye(10)[g10["firm_id"]][:, 1:]
    full = slice(0, 3)
    cases: dict[str, tuple[Any, ...]] = {
        "grunfeld10": (x10, g10["invest"], g10["firm_id"], None, full, SLOPES),
        "grunfeld11": (
            _design(g11, ["value", "capital"]),
            g11["invest"],
            g11["firm_id"],
            None,
            full,
            SLOPES,
        ),
        "grunfeld10_year": (x10, g10["invest"], g10["year"], None, full, SLOPES),
        "grunfeld10_fe": (
            np.column_stack([x10, dummies]),
            g10["invest"],
            g10["firm_id"],
            None,
            slice(1, 3),
            SLOPES[1:],
        ),
        "unbalanced": (_design(u, ["x1", "x2"]), u["y"], u["g"], None, full, SIMPLE),
        "unbalanced_weighted": (_design(u, ["x1", "x2"]), u["y"], u["g"], u["w"], full, SIMPLE),
        "grunfeld10_weighted": (
            x10,
            g10["invest"],
            g10["firm_id"],
            1 / g10["value"],
            full,
            SLOPES,
        ),
    }
    types = [("hc2_bm", True), ("hc1", True)]
    types += [(name, False) for name in ("classical", "hc1", "hc2", "hc3", "hc2_bm")]
    out: dict[str, Any] = {}
    for case, (x, y, cluster, weight, keep, names) in cases.items():
        y, cluster = np.asarray(y, float), np.asarray(cluster)
        w = None if weight is None else np.asarray(weight, float)
        root = np.ones(len(y)) if w is None else np.sqrt(w)
        beta = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0]
        result: dict[str, Any] = {"names": names, "coef": beta[keep].tolist()}
        for vcov_type, clustered in types:
            vcov, dof = compute_robust_vcov(
                x,
                y - x @ beta,
                cluster_ids=cluster if clustered else None,
                weights=w,
                vcov_type=vcov_type,
                return_dof=True,
            )
            key = f"{vcov_type}_cluster" if clustered else vcov_type
            result[key] = {
                "vcov": np.asarray(vcov)[keep, keep].tolist(),
                "dof": np.asarray(dof)[keep].tolist(),
            }
        out[case] = result
    return out


def pyfixest() -> dict[str, Any]:
    """Return pyfixest's one-way, clustered and two-way results per case."""
    import pyfixest as pf

    g10, u = datasets.grunfeld(10), datasets.unbalanced()
    g10["wt"] = 1 / g10["value"]
    invest = "invest ~ value + capital"
    both = {"min": pf.ssc(G_df="min"), "conventional": pf.ssc(G_df="conventional")}
    runs: list[tuple[str, str, pd.DataFrame, Any, dict[str, Any]]] = []
    for case, fml, frame, one, two in (
        ("grunfeld10", invest, g10, "firm_id", "firm_id+year"),
        ("unbalanced", "y ~ x1 + x2", u, "g", "g+h"),
    ):
        runs += [(f"{case}_{v}", fml, frame, v, {}) for v in ("iid", "HC1", "HC2", "HC3")]
        runs += [(f"{case}_{v}", fml, frame, {v: one}, {}) for v in ("CRV1", "CRV3")]
        runs += [
            (f"{case}_CRV1_twoway_{k}", fml, frame, {"CRV1": two}, {"ssc": s})
            for k, s in both.items()
        ]
    fe = f"{invest} | firm_id"
    runs += [
        ("grunfeld10_fe_iid", fe, g10, "iid", {}),
        ("grunfeld10_fe_CRV1", fe, g10, {"CRV1": "firm_id"}, {}),
        ("grunfeld10_fe_twoway_CRV1", f"{fe} + year", g10, {"CRV1": "firm_id"}, {}),
        ("grunfeld10_weighted_CRV1", invest, g10, {"CRV1": "firm_id"}, {"weights": "wt"}),
        ("grunfeld10_weighted_CRV3", invest, g10, {"CRV3": "firm_id"}, {"weights": "wt"}),
        ("unbalanced_weighted_CRV1", "y ~ x1 + x2", u, {"CRV1": "g"}, {"weights": "w"}),
    ]
    out: dict[str, Any] = {}
    for name, fml, frame, vcov, options in runs:
        fit = pf.feols(fml, data=frame, vcov=vcov, **options)
        table = fit.tidy()
        out[name] = {
            "formula": fml,
            "vcov_spec": vcov if isinstance(vcov, str) else next(iter(vcov.items())),
            "names": list(table.index),
            "coef": table["Estimate"].tolist(),
            "se": table["Std. Error"].tolist(),
            "t": table["t value"].tolist(),
            "p": table["Pr(>|t|)"].tolist(),
            "vcov": np.asarray(fit._vcov).tolist(),
            "df_t": float(fit._df_t),
            "nobs": int(fit._N),
        }
    return out


if __name__ == "__main__":
    json.dump({"diff_diff": diff_diff(), "pyfixest": pyfixest()}, sys.stdout, indent=1)
