"""CR2, its Satterthwaite degrees of freedom and the HTZ test against clubSandwich."""

from __future__ import annotations

import numpy as np
import pytest
from estimation.cases import (
    FEW,
    apart,
    case,
    covariances_apart,
    matrix,
    plain,
    vector,
    with_dummies,
)
from reference import (
    clubsandwich_golden,
    clubsandwich_r,
    datasets,
    dfadjust_stata,
    diff_diff_live,
    sandwich_r,
)

import proba
from proba import Spec

pytestmark = pytest.mark.filterwarnings(FEW)

# clubSandwich's default for a weighted lm has the identity as working model; ours, as its
# inverse_var = TRUE, has variance 1/weight. plm's within fit has no dummies to compare with.
OURS = [name for name in clubsandwich_r.CASES if not name.endswith(("_weighted", "_plm_within"))]
# With firm dummies I - H_gg is singular: R's own two routes differ by about 1e-12 there.
TOLERANCE = {"grunfeld10_fe": 1e-11, "grunfeld10_fe_twoway": 1e-11}


@pytest.mark.parametrize("name", OURS)
def test_clubsandwich(name: str) -> None:
    reference = clubsandwich_r.CASES[name]
    cr2, names, tol = reference["CR2"], reference["names"], TOLERANCE.get(name, 1e-12)
    results = case(name).fit("CR2")
    limits = results.conf_int()
    assert results.nobs == reference["nobs"]
    assert results.nclusters == reference["n_clusters"]
    assert apart(vector(results.params, names), reference["coef"]) < 1e-12
    assert covariances_apart(matrix(results.cov, names), cr2["vcov"]) < tol
    assert apart(vector(results.std_errors, names), cr2["se"]) < tol
    assert apart(vector(results.df, names), cr2["df"]) < tol
    assert apart(vector(results.tstats, names), cr2["t"]) < tol
    assert apart(vector(results.pvalues, names), cr2["p"]) < tol
    assert apart(vector(limits["lower"], names), cr2["ci_lower"]) < tol
    assert apart(vector(limits["upper"], names), cr2["ci_upper"]) < tol


@pytest.mark.parametrize("name", [n for n in OURS if "wald" in clubsandwich_r.CASES[n]["CR2"]])
def test_htz_of_both_slopes(name: str) -> None:
    reference = clubsandwich_r.CASES[name]
    htz, tol = reference["CR2"]["wald"]["HTZ"], TOLERANCE.get(name, 1e-12)
    slopes = [n for n in reference["names"] if n != "const"]
    results = case(name).fit("CR2")
    test = results.wald_test(slopes)
    assert test.df_num == htz["df_num"] == 2
    assert apart(test.statistic, htz["F"]) < tol
    assert apart(test.df_denom, htz["df_denom"]) < tol
    assert apart(test.pvalue, htz["p"]) < tol
    if len(results.names) == 3:
        assert apart(results.wald_test().statistic, test.statistic) < 1e-12


@pytest.mark.parametrize("name", ["grunfeld10", "unbalanced", "unbalanced_fe_h"])
def test_htz_of_one_restriction_is_the_t_test(name: str) -> None:
    results = case(name).fit("CR2")
    for coefficient in results.names:
        test = results.wald_test([coefficient])
        assert apart(test.statistic, results.tstats[coefficient] ** 2) < 1e-12
        assert apart(test.df_denom, results.df[coefficient]) < 1e-12
        assert apart(test.pvalue, results.pvalues[coefficient]) < 1e-11


def test_htz_does_not_depend_on_how_the_hypothesis_is_written() -> None:
    results = case("unbalanced").fit("CR2")
    joint = results.wald_test(["x1", "x2"])
    turned = results.wald_test(np.array([[0.0, 1.0, 1.0], [0.0, 2.0, -5.0]]))
    assert apart(turned.statistic, joint.statistic) < 1e-12
    assert apart(turned.df_denom, joint.df_denom) < 1e-12


@pytest.mark.parametrize("name", clubsandwich_golden.CASES)
def test_published_golden_values(name: str) -> None:
    reference = clubsandwich_golden.CASES[name]
    names = reference["names"]
    data = plain(datasets.golden(name), "y", ("x",), "cluster")
    sizes = data.frame.groupby("cluster").size()
    assert sizes.tolist() == reference["cluster_sizes"]
    results = data.fit("CR2")
    assert apart(vector(results.params, names), reference["coef"]) < 1e-12
    assert covariances_apart(matrix(results.cov, names), reference["vcov"]) < 1e-12
    assert apart(vector(results.df, names), reference["df"]) < 1e-12


def test_unit_dummies_clustered_by_unit() -> None:
    """I - H_gg is singular for every unit; HC2 with Bell and McCaffrey's df comes along."""
    reference = clubsandwich_golden.ABSORBED_FE_DID
    frame = datasets.golden("absorbed_fe_did")
    frame = frame.assign(treat_post=frame["treated"] * frame["post"], row=np.arange(len(frame)))
    frame, units = with_dummies(frame, "unit")
    frame, periods = with_dummies(frame, "period")
    names = [n.replace("period", "period_") for n in reference["names"]]
    spec = Spec(
        "y", ("treat_post", *units, *periods), entity="unit", time="row", year_effects=False
    )
    results = proba.fit(spec, frame, cov="CR2", cluster="unit")
    assert apart(vector(results.params, names), reference["coef"]) < 1e-12
    assert covariances_apart(matrix(results.cov, names), reference["cr2_vcov"]) < 1e-12
    assert apart(vector(results.df, names), reference["cr2_df"]) < 1e-12
    # Units 2 to 4 are untreated as unit 1: the residuals of each sum to zero within the unit and
    # the variance of their dummies is zero in theory.
    assert (results.std_errors[["unit_2", "unit_3", "unit_4"]] < 1e-14).all()
    alike = results.std_errors[["unit_5", "unit_6", "unit_7", "unit_8"]] ** 2
    assert apart(alike, np.full(4, 0.02527724496734207)) < 1e-12
    single = proba.fit(spec, frame, cov="CR2", cluster="row")
    assert apart(vector(single.std_errors, names) ** 2, reference["hc2_variance"]) < 1e-12
    assert apart(vector(single.df, names), reference["hc2_bm_df"]) < 1e-12


@pytest.mark.parametrize("name", [n for n in diff_diff_live.CASES if not n.endswith("_weighted")])
def test_diff_diff(name: str) -> None:
    reference = diff_diff_live.CASES[name]
    names, data = reference["names"], case(name)
    # diff-diff itself is 7e-8 from clubSandwich where I - H_gg is singular.
    tol = 1e-7 if name == "grunfeld10_fe" else 1e-12
    clustered, results = reference["hc2_bm_cluster"], data.fit("CR2")
    assert covariances_apart(matrix(results.cov, names), clustered["vcov"]) < tol
    assert apart(vector(results.df, names), clustered["dof"]) < tol
    single, frame = reference["hc2_bm"], data.frame.assign(own=np.arange(len(data.frame)))
    results = proba.fit(data.spec, frame, cov="CR2", cluster="own")
    assert covariances_apart(matrix(results.cov, names), single["vcov"]) < 1e-12
    assert apart(vector(results.df, names), single["dof"]) < 1e-12


def test_three_clusters_out_of_order() -> None:
    reference = dfadjust_stata.CLUBSANDWICH
    names = reference["names"]
    results = plain(datasets.dfadjust(), "y", ("x",), "cluster").fit("CR2")
    assert covariances_apart(matrix(results.cov, names), reference["CR2"]["vcov"]) < 1e-12
    assert apart(vector(results.df, names), reference["CR2"]["df"]) < 1e-12
    assert apart(vector(results.pvalues, names), reference["CR2"]["p"]) < 1e-12


@pytest.mark.parametrize("name", ["grunfeld10", "unbalanced"])
def test_sandwich_clustered_hc2(name: str) -> None:
    reference = sandwich_r.CASES[name]
    results = case(name).fit("CR2")
    got = matrix(results.cov, reference["names"])
    assert covariances_apart(got, reference["oneway_HC2_cadjust"]) < 1e-12


def test_many_restrictions_for_the_clusters() -> None:
    frame = datasets.unbalanced()
    frame = frame.assign(x3=frame["x1"] ** 2, x4=np.sin(frame["x1"] + frame["h"]))
    few = frame[frame["g"] < 4]
    results = plain(few, "y", ("x1", "x3", "x4"), "g").fit("CR2")
    with pytest.raises(proba.DesignError, match=r"3 restrictions .* 4 clusters") as caught:
        results.wald_test()
    assert "3 restriksjoner kan ikke testes med 4 klynger" in caught.value.nb
    assert f"F: {caught.value.nb}" in str(results.summary())
