"""
Published gretl and Stata results on the 10-firm Grunfeld data (``datasets.grunfeld(10)``).

GRETL_*: output of gretl (2016 or before), frozen in plm's tests: repository ycroissant/plm,
``tests/test_pwaldtest.R`` (comments "Reference: Gretl (2016b)"), commit
0f1c662b7435e58f199f2af6d95484a422e44ef3. "Robust (HAC) standard errors" in gretl's panel models
are clustered by unit with Stata's small-sample factor G/(G-1) (n-1)/(n-k), as that file says:
k counts the slopes and the constant (fixed effects: k = 3; with 19 time dummies: k = 22); t and F
have G - 1 = 9 df; random effects: z and chi-squared.

STATA_XTREG_FE: ``webuse grunfeld; xtset company year, yearly; xtreg invest mvalue kstock, fe``
(Stata 16), conventional standard errors, in a public post of 2020-12-31 on editing R, Python and
Stata in RStudio (its author gives the path of Stata 16 and the output).

The Hausman statistic of gretl (7.31971) is not plm's (2.33037): it is computed with robust
covariances. It is kept for the record.
"""

from typing import Any

GRETL_POOLED: dict[str, Any] = {
    "names": ["const", "value", "capital"],
    "coef": [-42.7144, 0.115562, 0.230678],
    "se": [20.4252, 0.0158943, 0.0849671],
    "t": [-2.091, 7.271, 2.715],
    "p": [0.0660, 4.71e-05, 0.0238],
    "df": 9,
    "F": 51.59060,
    "F_df": (2, 9),
    "F_p": 0.000012,
    "rss": 1755850.0,
    "rmse": 94.40840,
    "r2": 0.812408,
    "r2_adj": 0.810504,
    "loglik": -1191.802,
    "aic": 2389.605,
    "bic": 2399.500,
}

GRETL_FE: dict[str, Any] = {
    "names": ["const", "value", "capital"],
    "coef": [-58.7439, 0.110124, 0.310065],
    "se": [27.6029, 0.0151945, 0.0527518],
    "t": [-2.128, 7.248, 5.878],
    "p": [0.0622, 4.83e-05, 0.0002],
    "df": 9,
    "F": 28.3096,
    "F_df": (2, 9),
    "F_p": 0.000131055,
    "rss": 523478.1,
    "rmse": 52.76797,
    "r2_lsdv": 0.944073,
    "r2_within": 0.766758,
    "loglik": -1070.781,
    "aic": 2165.562,
    "bic": 2205.142,
}

GRETL_FE_TWOWAY: dict[str, Any] = {
    "names": ["value", "capital"],
    "coef": [0.117716, 0.357916],
    "se": [0.0108244, 0.0478484],
    "t": [10.88, 7.480],
    "p": [1.77e-06, 3.77e-05],
    "df": 9,
    "F": 60.0821,
    "F_df": (2, 9),
    "F_p": 6.22231e-006,
    "rss": 452147.1,
    "rmse": 51.72452,
    "r2_lsdv": 0.951693,
    "r2_within": 0.798540,
}

GRETL_RE: dict[str, Any] = {
    "names": ["const", "value", "capital"],
    "coef": [-57.8344, 0.109781, 0.308113],
    "se": [24.8432, 0.0137557, 0.0549728],
    "z": [-2.328, 7.981, 5.605],
    "p": [0.0199, 1.45e-015, 2.08e-08],
    "chi2": 70.1267,
    "chi2_df": 2,
    "chi2_p": 5.91814e-016,
    "between_variance": 7089.8,
    "within_variance": 2784.46,
    "theta": 0.861224,
    "breusch_pagan": 798.162,
    "breusch_pagan_p": 1.35448e-175,
    "hausman_robust": 7.31971,
    "hausman_robust_p": 0.0257363,
}

STATA_XTREG_FE: dict[str, Any] = {
    "names": ["value", "capital", "const"],
    "coef": [0.1101238, 0.3100653, -58.74393],
    "se": [0.0118567, 0.0173545, 12.45369],
    "t": [9.29, 17.87, -4.72],
    "ci_lower": [0.0867345, 0.2758308, -83.31086],
    "ci_upper": [0.1335131, 0.3442999, -34.177],
    "df": 188,
    "F": 309.01,
    "F_df": (2, 188),
    "r2_within": 0.7668,
    "r2_between": 0.8194,
    "r2_overall": 0.8060,
    "corr_u_xb": -0.1517,
    "sigma_u": 85.732501,
    "sigma_e": 52.767964,
    "rho": 0.72525012,
    "F_effects": 49.18,
    "F_effects_df": (9, 188),
}
