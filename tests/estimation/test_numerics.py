"""Certified and exact answers: NIST's Longley data and rational arithmetic."""

from __future__ import annotations

import csv
from fractions import Fraction
from functools import cache

import numpy as np
import pandas as pd
import pytest
from estimation.cases import apart, plain, vector
from statsmodels.datasets import longley
from statsmodels.regression.tests.results.results_regression import Longley

import proba
from proba import Panel, Results
from proba._data import data_path

Exact = list[list[Fraction]]


def solve_exactly(A: Exact, b: list[Fraction]) -> list[Fraction]:
    """Gauss-Jordan elimination."""
    n = len(b)
    M = [[*row, value] for row, value in zip(A, b, strict=True)]
    for j in range(n):
        pivot = next(i for i in range(j, n) if M[i][j] != 0)
        M[j], M[pivot] = M[pivot], M[j]
        M[j] = [v / M[j][j] for v in M[j]]
        for i in range(n):
            if i != j and M[i][j] != 0:
                factor = M[i][j]
                M[i] = [a - factor * c for a, c in zip(M[i], M[j], strict=True)]
    return [row[n] for row in M]


def normal_equations(X: Exact, y: list[Fraction]) -> tuple[Exact, list[Fraction]]:
    columns = list(zip(*X, strict=True))
    XX = [[sum(map(Fraction.__mul__, a, b), Fraction(0)) for b in columns] for a in columns]
    return XX, [sum(map(Fraction.__mul__, a, y), Fraction(0)) for a in columns]


# NIST ------------------------------------------------------------------------------------------

LONGLEY = ["GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR", "const"]


@pytest.fixture(scope="module")
def longley_fit() -> Results:
    data = longley.load_pandas().data.assign(country="US")
    return plain(data, "TOTEMP", tuple(LONGLEY[:-1]), "country").fit("classical")


def test_nist_longley(longley_fit: Results) -> None:
    """Certified values of NIST's StRD, 15 digits, as statsmodels' tests have them."""
    certified = Longley()
    fit = longley_fit
    assert apart(vector(fit.params, LONGLEY), certified.params) < 1e-10
    assert apart(vector(fit.std_errors, LONGLEY), certified.bse) < 1e-10
    assert apart(fit.rsquared, certified.rsquared) < 1e-12
    assert apart(float(fit.resids @ fit.resids) / fit.df_resid, certified.scale) < 1e-11
    assert apart(fit.wald_test().statistic, certified.fvalue) < 1e-11
    assert fit.df_resid == certified.df_resid
    assert fit.wald_test().df_num == certified.df_model


def test_longley_against_rational_arithmetic(longley_fit: Results) -> None:
    data = longley.load_pandas().data
    X = [[Fraction(1), *map(Fraction, row)] for row in data[LONGLEY[:-1]].to_numpy().tolist()]
    y = [Fraction(v) for v in data["TOTEMP"].tolist()]
    exact = [float(v) for v in solve_exactly(*normal_equations(X, y))]
    assert apart(longley_fit.params, exact) < 1e-10


# The embedded panel ----------------------------------------------------------------------------


@cache
def exact_embedded() -> tuple[list[Fraction], Fraction, Exact]:
    """Coefficients, residual sum of squares and X'X of the 2017 regression, exactly.

    From the decimals of the CSV file, not from floats.
    """
    spec = proba.PROBA_2017
    X: Exact = []
    y: list[Fraction] = []
    with data_path("calibrated", "panel.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["estimeringsutvalg"] != "1":
                continue
            years = [Fraction(row["aar"] == str(year)) for year in range(2013, 2017)]
            X.append([Fraction(1), *(Fraction(row[c]) for c in spec.regressors), *years])
            y.append(Fraction(row[spec.dependent]))
    XX, Xy = normal_equations(X, y)
    b = solve_exactly(XX, Xy)
    rss = sum((v * v for v in y), Fraction(0)) - sum(map(Fraction.__mul__, b, Xy), Fraction(0))
    return b, rss, XX


def test_embedded_panel_coefficients_are_exact(results: Results) -> None:
    b, rss, _ = exact_embedded()
    assert apart(results.params, [float(v) for v in b]) < 1e-10
    assert apart(float(results.resids @ results.resids), float(rss)) < 1e-12


def test_embedded_panel_classical_errors_are_exact(results: Results) -> None:
    _, rss, XX = exact_embedded()
    k = len(XX)
    s2 = rss / (results.nobs - k)
    variances = []
    for j in (0, 2, k - 1):  # the constant, urbanitet, a year
        unit = [Fraction(i == j) for i in range(k)]
        variances.append(float(s2 * solve_exactly(XX, unit)[j]))
    got = results.with_cov("classical").std_errors.to_numpy()[[0, 2, k - 1]]
    assert apart(got**2, variances) < 1e-10


def test_raw_urbanity_spans_eight_orders_of_magnitude(panel: Panel, results: Results) -> None:
    X = results.design.X
    assert np.linalg.cond(X) > 1e6
    millions = panel.frame.assign(urbanitet=panel.frame["urbanitet"] / 1e6)
    other = proba.fit(proba.PROBA_2017, millions)
    assert apart(results.params["urbanitet"] * 1e6, other.params["urbanitet"]) < 1e-11


def test_far_from_the_origin() -> None:
    """A year column as regressor: 2012 to 2016 next to a constant."""
    rng = np.random.default_rng(5)
    year = np.repeat(np.arange(2012.0, 2017.0), 30)
    frame = proba.load_panel("kalibrert").frame.reset_index().iloc[:150].copy()
    frame["trend"], frame["y"] = year, rng.normal(size=150)
    data = plain(frame, "y", ("trend",), "kommune")
    far, near = data.fit("HC1"), plain(frame.assign(trend=year - 2014), "y", ("trend",), "kommune")
    assert apart(far.tstats["trend"], near.fit("HC1").tstats["trend"]) < 1e-9


@pytest.mark.parametrize("eps", [1e-4, 1e-6, 1e-8, 1e-9])
@pytest.mark.parametrize("cov", ["classical", "HC1", "HC2", "HC3", "CR0", "CR1", "CR2", "CR3"])
def test_nearly_dependent_columns_cost_no_more_digits_than_they_must(cov: str, eps: float) -> None:
    """x1 = x0 + eps z is the design (x0, z) in other coordinates: its errors scale as 1/eps.

    A power of two as eps makes the change of coordinates exact up to the rounding of x1 itself.
    """
    step = 2.0 ** np.round(np.log2(eps))
    rng = np.random.default_rng(5)
    rows = 250
    frame = pd.DataFrame(
        {
            "kommune": [f"{i // 5:04d}" for i in range(rows)],
            "aar": np.tile(np.arange(2012, 2017), rows // 5),
            "x0": np.round(rng.normal(size=rows), 3),
            "z": np.round(rng.normal(size=rows), 3),
        }
    )
    frame["x1"] = frame["x0"] + step * frame["z"]
    exact_z = (frame["x1"] - frame["x0"]) / step  # what the stored x1 really holds
    frame["y"] = 1 + frame["x0"] + frame["z"] + rng.normal(size=rows)
    plain = proba.Spec("y", ("x0", "z"), year_effects=False)
    near = proba.Spec("y", ("x0", "x1"), year_effects=False)
    there = proba.fit(plain, frame.assign(z=exact_z), cov=cov)
    here = proba.fit(near, frame, cov=cov)
    tolerance = 1e-15 / eps * 1e3
    assert here.std_errors["x1"] * step == pytest.approx(there.std_errors["z"], rel=tolerance)
    assert here.std_errors["konstant"] == pytest.approx(there.std_errors["konstant"], rel=tolerance)
    assert here.df["x1"] == pytest.approx(there.df["z"], rel=tolerance)
