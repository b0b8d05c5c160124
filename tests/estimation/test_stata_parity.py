"""Clustered regression on Grunfeld's data against Stata, number by number.

Stata's ``webuse grunfeld`` is stored as float: with the data rounded to single precision first,
Stata's printout agrees to its last digits. On the data as published (double) the storage alone
moves results by up to some 1e-7.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from estimation.cases import FEW, Case, apart, case, plain, vector
from linearmodels.tests.panel.results import parse_stata_results
from reference import datasets, dfadjust_stata, published_grunfeld
from statsmodels.datasets import macrodata
from statsmodels.regression.tests.results import (
    results_grunfeld_ols_robust_cluster as stata,
)
from statsmodels.regression.tests.results import (
    results_macro_ols_robust as stata_macro,
)

import proba
from proba import Results, Spec

pytestmark = pytest.mark.filterwarnings(FEW)

NAMES = ["value", "capital", "const"]


def as_stata_stores_it(name: str) -> Case:
    """Return the case with its data rounded to single precision, weights computed from them."""
    base = case(name)
    single = base.frame.assign(
        **{
            c: base.frame[c].astype(np.float32).astype(float)
            for c in ("invest", "value", "capital")
        }
    )
    return replace(base, frame=single.assign(wt=1 / single["value"]))


def printed(reference: Any, column: str) -> np.ndarray:
    return reference.params_table[:, reference.params_table_colnames.index(column)]


def differences(results: Results, reference: Any, names: list[str]) -> dict[str, float]:
    """Return the largest relative difference of each printed column, and of F and R²."""
    limits = results.conf_int()
    return {
        "coef": apart(vector(results.params, names), printed(reference, "b")),
        "se": apart(vector(results.std_errors, names), printed(reference, "se")),
        "t": apart(vector(results.tstats, names), printed(reference, "t")),
        "p": apart(vector(results.pvalues, names), printed(reference, "pvalue")),
        "lower": apart(vector(limits["lower"], names), printed(reference, "ll")),
        "upper": apart(vector(limits["upper"], names), printed(reference, "ul")),
        "F": apart(results.wald_test().statistic, reference.F),
        "R²": apart(results.rsquared, reference.r2),
        "R²-adj": apart(results.rsquared_adj, reference.r2_a),
    }


STATA_RUNS = [
    ("grunfeld10", "CR1", stata.results_cluster),
    ("grunfeld10_weighted", "CR1", stata.results_cluster_wls_small),
    ("grunfeld10_weighted", "HC1", stata.results_hc1_wls_small),
    (
        "grunfeld10",
        proba.TwoWay("firm", "year", correction="min"),
        # ivreg2, small prints R² as regress does.
        stata.results_cluster_2groups_small,
    ),
]


@pytest.mark.parametrize(("name", "cov", "reference"), STATA_RUNS)
def test_as_stata_to_its_last_printed_digit(name: str, cov: Any, reference: Any) -> None:
    off = differences(as_stata_stores_it(name).fit(cov), reference, NAMES)
    p_digits = off.pop("p")  # printed with 10 significant digits, the others with 14
    assert max(off.values()) < 1e-12, off
    assert p_digits < 2e-10


@pytest.mark.parametrize(("name", "cov", "reference"), STATA_RUNS[:2])
def test_as_stata_to_1e7_on_the_published_data(name: str, cov: Any, reference: Any) -> None:
    off = differences(case(name).fit(cov), reference, NAMES)
    # Two numbers are moved further by Stata's float storage alone (see the test above): the
    # upper limit of the unweighted constant, 3.49 = -42.71 + 46.20, by 1.1e-7, and the
    # smallest weighted p-value by 1.2e-7.
    forced = {"grunfeld10": "upper", "grunfeld10_weighted": "p"}[name]
    assert off.pop(forced) < 1.3e-7
    assert max(off.values()) < 1e-7, off


def test_stata_cluster_degrees_of_freedom() -> None:
    results = case("grunfeld10").fit("CR1")
    reference = stata.results_cluster
    test = results.wald_test()
    assert results.nobs == reference.N
    assert results.nclusters == reference.N_clust
    assert set(results.df) == {reference.df_r}
    assert (test.df_num, test.df_denom) == (reference.df_m, reference.df_r)


def test_ivreg2_without_small_is_cr0() -> None:
    results = as_stata_stores_it("grunfeld10").fit("CR0")
    reference = stata.results_cluster_large
    assert apart(vector(results.std_errors, NAMES), printed(reference, "se")) < 1e-12


def test_ivreg2_two_way_p_and_df() -> None:
    reference = stata.results_cluster_2groups_small
    results = as_stata_stores_it("grunfeld10").fit(proba.TwoWay("firm", "year", correction="min"))
    test = results.wald_test()
    assert (test.df_num, test.df_denom) == (reference.Fdf1, reference.Fdf2)
    assert apart(test.pvalue, reference.Fp) < 1e-11


@pytest.mark.parametrize("reference", [stata_macro.results_hc0, stata_macro.results_ivhc0_small])
def test_stata_robust_on_us_macro_data(reference: Any) -> None:
    """``regress, vce(robust)`` (named results_hc0) and ``ivreg2, robust small``."""
    data = macrodata.load_pandas().data
    growth = 400 * np.log(data[["realinv", "realgdp"]]).diff().iloc[1:].to_numpy()
    frame = pd.DataFrame(growth, columns=["investment", "gdp"])
    frame = frame.assign(
        rate=data["realint"].to_numpy()[:-1], country="US", quarter=np.arange(len(frame))
    )
    spec = Spec("investment", ("gdp", "rate"), entity="country", time="quarter", year_effects=False)
    results = proba.fit(spec, frame, cov="HC1")
    off = differences(results, reference, ["gdp", "rate", "const"])
    assert off.pop("p") < 2e-10
    assert max(off.values()) < 1e-12, off
    assert set(results.df) == {199.0}
    assert results.wald_test().df_denom == 199


@cache
def simulated() -> pd.DataFrame:
    folder = parse_stata_results.__file__.rpartition("parse_stata_results")[0]
    frame = pd.read_stata(folder + "simulated-panel.dta")
    return frame.assign(year=frame["time"].dt.year)


STATA_13 = parse_stata_results.data()


@pytest.mark.parametrize("key", [k for k in STATA_13 if k.startswith("pooled")])
def test_stata_13_simulated_panel(key: str) -> None:
    """``regress`` with three errors, with and without aweights and missing values.

    Printed with 12 significant digits, covariances with 11 decimals.
    """
    _, vce, weighted, ending = key.split("-")
    reference = STATA_13[key]
    spec = Spec(
        f"y{ending}",
        tuple(f"x{i}{ending}" for i in range(1, 6)),
        entity="firm",
        time="year",
        year_effects=False,
        weights="w" if weighted else None,
    )
    cov = {"cluster": "CR1", "conventional": "classical", "robust": "HC1"}[vce]
    results = proba.fit(spec, simulated(), cov=cov)
    order = list(reference.params.index)
    assert results.nobs == reference.N
    assert set(results.df) == {reference.df_r}
    assert apart(vector(results.params, order), reference.params["param"]) < 1e-10
    assert apart(vector(results.tstats, order), reference.params["tstat"]) < 1e-10
    names = ["konstant" if n == "_cons" else n for n in order]
    np.testing.assert_allclose(
        results.cov.loc[names, names], reference.variance.loc[order, order], rtol=0, atol=6e-12
    )
    assert apart(results.wald_test().statistic, reference.F) < 1e-10
    assert apart(results.rsquared, reference.r2) < 1e-10
    assert apart(results.rsquared_adj, reference.r2_a) < 1e-10


def test_stata_on_dfadjusts_data() -> None:
    """Three clusters whose rows are out of order; ten printed decimals."""
    small = plain(datasets.dfadjust(), "y", ("x",), "cluster")
    reference = dfadjust_stata.STATA
    names = reference["names"]
    for cov, key in (("CR1", "se_cluster"), ("HC1", "se_hc1"), ("HC2", "se_hc2")):
        results = small.fit(cov)
        got = vector(results.std_errors, names)
        np.testing.assert_allclose(got, reference[key], rtol=0, atol=5.1e-11)
        got = vector(results.params, names)
        np.testing.assert_allclose(got, reference["coef"], rtol=0, atol=5.1e-11)


def test_gretl_clustered_pooled() -> None:
    """Printed with six significant digits, p with three."""
    reference = published_grunfeld.GRETL_POOLED
    results = case("grunfeld10").fit("CR1")
    names = reference["names"]
    test = results.wald_test()
    # gretl prints 0.230678 where the coefficient is 0.23067849: half a unit.
    assert apart(vector(results.params, names), reference["coef"]) < 3e-6
    assert apart(vector(results.std_errors, names), reference["se"]) < 3e-6
    assert apart(vector(results.tstats, names), reference["t"]) < 3e-4
    assert apart(vector(results.pvalues, names), reference["p"]) < 2e-3
    assert apart(test.statistic, reference["F"]) < 1e-6
    assert (test.df_num, test.df_denom) == reference["F_df"]
    assert test.pvalue == pytest.approx(reference["F_p"], abs=5e-7)
    assert apart(results.rsquared, reference["r2"]) < 1e-6
    assert apart(results.rsquared_adj, reference["r2_adj"]) < 1e-6
