"""Classical, HC1, HC2, HC3, CR0 and CR1 against R and Python programs.

Stata's are in ``test_stata_parity.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from estimation.cases import FEW, apart, case, covariances_apart, matrix, plain, vector
from reference import (
    clubsandwich_r,
    datasets,
    dfadjust_stata,
    diff_diff_live,
    pyfixest_live,
    sandwich_r,
)
from statsmodels.datasets import longley
from statsmodels.regression.tests.results.results_regression import Longley

pytestmark = pytest.mark.filterwarnings(FEW)


@pytest.mark.parametrize("cov", ["classical", "HC1", "HC2", "HC3"])
@pytest.mark.parametrize("name", sandwich_r.CASES)
def test_sandwich_vcovhc(name: str, cov: str) -> None:
    reference = sandwich_r.CASES[name]
    results = case(name).fit(cov)
    assert covariances_apart(matrix(results.cov, reference["names"]), reference[cov]) < 1e-12
    assert set(results.df) == {float(results.nobs - len(reference["names"]))}
    assert results.wald_test().df_denom == results.df_resid


@pytest.mark.parametrize("cov", ["classical", "HC1", "HC2", "HC3"])
@pytest.mark.parametrize("name", diff_diff_live.CASES)
def test_diff_diff(name: str, cov: str) -> None:
    reference = diff_diff_live.CASES[name]
    names, theirs = reference["names"], reference[cov.lower()]
    results = case(name).fit(cov)
    tol = 1e-11 if name == "grunfeld10_fe" else 1e-12
    assert covariances_apart(matrix(results.cov, names), theirs["vcov"]) < tol
    assert vector(results.df, names).tolist() == theirs["dof"]


PYFIXEST = {"iid": ("classical", 0), "HC1": ("HC1", 0), "HC2": ("HC2", 1), "HC3": ("HC3", 1)}


@pytest.mark.parametrize("kind", [*PYFIXEST, "CRV1"])
@pytest.mark.parametrize("name", ["grunfeld10", "unbalanced"])
def test_pyfixest(name: str, kind: str) -> None:
    reference: dict[str, Any] = pyfixest_live.CASES[f"{name}_{kind}"]
    names = reference["names"]
    cov, has_own_factor = PYFIXEST.get(kind, ("CR1", 0))
    results = case(name).fit(cov)
    expected = np.array(reference["vcov"])
    if has_own_factor:  # pyfixest's HC2 and HC3 carry n/(n-k) too.
        expected *= results.df_resid / results.nobs
    else:
        # p-values are printed as 1 - cdf doubled: absolute, not relative, precision.
        p = vector(results.pvalues, names)
        np.testing.assert_allclose(p, reference["p"], rtol=1e-11, atol=1e-15)
    assert covariances_apart(matrix(results.cov, names), expected) < 1e-12
    assert set(results.df) == {reference["df_t"]}


@pytest.mark.parametrize("name", ["grunfeld10_weighted", "unbalanced_weighted"])
def test_pyfixest_weighted_cluster(name: str) -> None:
    reference: dict[str, Any] = pyfixest_live.CASES[f"{name}_CRV1"]
    names = reference["names"]
    results = case(name).fit("CR1")
    assert covariances_apart(matrix(results.cov, names), reference["vcov"]) < 1e-12
    assert apart(vector(results.pvalues, names), reference["p"]) < 1e-11


@pytest.mark.parametrize(("cov", "theirs"), [("CR0", "CR0"), ("CR1", "CR1S")])
@pytest.mark.parametrize("name", [n for n in clubsandwich_r.CASES if not n.endswith("within")])
def test_clubsandwich(name: str, cov: str, theirs: str) -> None:
    reference = clubsandwich_r.CASES[name]
    names, expected = reference["names"], reference[theirs]
    results = case(name).fit(cov)
    assert covariances_apart(matrix(results.cov, names), expected["vcov"]) < 1e-12
    assert apart(vector(results.tstats, names), expected["t"]) < 1e-12
    if "wald" in expected:
        naive = expected["wald"]["Naive-F"]
        test = results.wald_test([n for n in names if n != "const"])
        assert apart(test.statistic, naive["F"]) < 1e-12
        assert (test.df_num, test.df_denom) == (naive["df_num"], naive["df_denom"])
        assert apart(test.pvalue, naive["p"]) < 1e-12


@pytest.mark.parametrize("name", ["grunfeld10", "unbalanced"])
def test_sandwich_vcovcl(name: str) -> None:
    reference = sandwich_r.CASES[name]
    names = reference["names"]
    for cov, key in (("CR1", "oneway_HC1_cadjust"), ("CR0", "oneway_HC0_nocadjust")):
        got = matrix(case(name).fit(cov).cov, names)
        assert covariances_apart(got, reference[key]) < 1e-12


@pytest.mark.parametrize(("cov", "theirs"), [("CR0", "CR0"), ("CR1", "CR1S")])
def test_three_clusters_out_of_order(cov: str, theirs: str) -> None:
    reference = dfadjust_stata.CLUBSANDWICH
    results = plain(datasets.dfadjust(), "y", ("x",), "cluster").fit(cov)
    got = matrix(results.cov, reference["names"])
    assert covariances_apart(got, reference[theirs]["vcov"]) < 1e-12


def test_longley_hc1_to_hc3() -> None:
    """Near-collinear data; the reference (R, in statsmodels' tests) has seven digits at most."""
    reference = Longley()
    data = longley.load_pandas().data.assign(country="US")
    order = ["GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR"]
    longley_case = plain(data, "TOTEMP", tuple(order), "country")
    for cov in ("HC1", "HC2", "HC3"):
        expected = getattr(reference, f"{cov}_se")
        got = vector(longley_case.fit(cov).std_errors, [*order, "const"])
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=6e-6)
