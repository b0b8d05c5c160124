"""
Oaxaca-Blinder decompositions by Stata's ``oaxaca`` on Greene's credit card data.

Frozen from ``statsmodels/stats/tests/test_oaxaca.py`` (statsmodels 0.15, BSD-3-Clause), which
says that its numbers come from Stata's ``oaxaca`` (Jann 2008) and that the standard errors there
are bootstrapped. The data are ``statsmodels.datasets.ccard`` (72 observations: AVGEXP on AGE,
INCOME, INCOMESQ and a constant, by OWNRENT), which statsmodels ships with the author's leave; they
are imported from there and not copied.

Signs. ``swap`` is statsmodels' default: the group with the larger mean (OWNRENT = 1, 361.75) is
the first, so the gap is 158.75; without swapping the first group is OWNRENT = 0 and the gap is
-158.75. With b and X of first (1) and second (2) group:

* threefold: endowments (X1 - X2) b2, coefficients X2 (b1 - b2), interaction (X1 - X2)(b1 - b2);
* twofold: explained (X1 - X2) b*, unexplained the rest. b* is ``pooled`` (regression of both
  groups with the group dummy in it), ``first`` (b1; statsmodels' submitted weight 1), ``second``
  (b2; weight 0) or ``neumark`` (pooled regression without the dummy).

Standard errors are Stata's and come from resampling: ``STANDARD_ERRORS`` is kept for the record;
they can be met only by the same random draws. The counts and means of the two groups (``N`` to
``MEAN_OWN``) are of the data themselves.

A second case with printed results is Kitagawa's two components: ``das_gupta_1993.HEADSHIP``.
"""

from typing import Any

N: int = 72
N_RENT: int = 45
N_OWN: int = 27
MEAN_RENT: float = 203.000667
MEAN_OWN: float = 361.751111

THREEFOLD: dict[str, dict[str, float]] = {
    "swap": {
        "gap": 158.7504,
        "endowments": 321.7482,
        "coefficients": 75.45371,
        "interaction": -238.4515,
    },
    "no swap": {
        "gap": -158.7504,
        "endowments": -83.29674,
        "coefficients": 162.9978,
        "interaction": -238.4515,
    },
}

TWOFOLD: dict[str, dict[str, float]] = {
    "pooled": {"gap": 158.75044, "explained": 130.809536, "unexplained": 27.940908},
    "neumark": {"gap": 158.75044, "explained": 139.22577, "unexplained": 19.52467},
    "first": {"gap": 158.75044, "explained": 83.29673, "unexplained": 75.45370},
    "second": {"gap": 158.75044, "explained": 321.7482, "unexplained": -162.9978},
    "pooled, no swap": {"gap": -158.7504, "explained": -130.8095, "unexplained": -27.94091},
}

STANDARD_ERRORS: dict[str, dict[str, float]] = {
    "threefold": {
        "endowments": 653.10389,
        "coefficients": 64.584796,
        "interaction": 655.0323717,
    },
    "pooled": {"explained": 58.612367, "unexplained": 89.209487},
    "neumark": {"explained": 48.25425, "unexplained": 59.82744},
    "first": {"explained": 71.05619, "unexplained": 64.58479},
    "second": {"explained": 653.10389, "unexplained": 668.1512},
}


def credit_cards() -> tuple[Any, Any, Any]:
    """Return AVGEXP (72,), a (72, 4) matrix (constant, AGE, INCOME, INCOMESQ) and OWNRENT == 1."""
    import numpy as np
    from statsmodels.datasets.ccard.data import load_pandas

    data = load_pandas().data
    columns = [np.ones(len(data)), *(data[name].to_numpy() for name in ("AGE", "INCOME"))]
    columns.append(data["INCOMESQ"].to_numpy())
    return data["AVGEXP"].to_numpy(), np.column_stack(columns), data["OWNRENT"].to_numpy() == 1
