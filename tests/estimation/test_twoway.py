"""Two-way clustering: V1 + V2 - V12, the two conventions for G/(G-1), and positivity.

ivreg2's two-way results are in ``test_stata_parity.py``.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from estimation.cases import FEW, apart, case, covariances_apart, matrix, vector
from reference import pyfixest_live, sandwich_r

import proba
from proba import TwoWay

pytestmark = pytest.mark.filterwarnings(FEW)


def test_sandwich_with_each_own_factor() -> None:
    reference = sandwich_r.CASES["grunfeld10"]
    results = case("grunfeld10").fit("two-way", ("firm", "year"))
    got = matrix(results.cov, reference["names"])
    assert covariances_apart(got, reference["twoway_HC1_cadjust_multi"]) < 1e-12
    assert results.nclusters == (10, 20)


@pytest.mark.parametrize(("ours", "theirs"), [("each", "conventional"), ("min", "min")])
def test_pyfixest(ours: Literal["each", "min"], theirs: str) -> None:
    reference = pyfixest_live.CASES[f"grunfeld10_CRV1_twoway_{theirs}"]
    names = reference["names"]
    results = case("grunfeld10").fit(TwoWay("firm", "year", correction=ours))
    assert covariances_apart(matrix(results.cov, names), reference["vcov"]) < 1e-12
    assert apart(vector(results.tstats, names), reference["t"]) < 1e-12
    assert apart(vector(results.pvalues, names), reference["p"]) < 1e-11
    assert set(results.df) == {reference["df_t"]}
    assert results.wald_test().df_denom == reference["df_t"]


@pytest.mark.parametrize("name", ["grunfeld10", "grunfeld10_weighted"])
def test_three_clusterings_add_up(name: str) -> None:
    data = case(name)
    both = data.frame["firm"] + " " + data.frame["year"].astype(str)
    frame = data.frame.assign(both=both, decade=data.frame["year"] // 10)
    frame["both_decade"] = frame["firm"] + " " + frame["decade"].astype(str)
    for second, cross in (("year", "both"), ("decade", "both_decade")):
        one, two, twelve = (
            proba.fit(data.spec, frame, cov="CR1", cluster=c).cov for c in ("firm", second, cross)
        )
        two_way = proba.fit(data.spec, frame, cov="two-way", cluster=["firm", second])
        expected = (one + two - twelve).to_numpy()
        if np.linalg.eigvalsh(expected)[0] > 0:
            assert covariances_apart(two_way.cov, expected) < 1e-12
        else:
            assert second == "decade"


def test_twice_the_same_clusters_is_one_way() -> None:
    data = case("unbalanced")
    twice = data.fit(TwoWay("g", "g"))
    assert covariances_apart(twice.cov, data.fit("CR1").cov) < 1e-12


def test_the_order_of_the_two_does_not_matter() -> None:
    data = case("grunfeld10")
    one, other = (data.fit("two-way", pair) for pair in (("firm", "year"), ("year", "firm")))
    assert covariances_apart(one.cov, other.cov) < 1e-13


@pytest.mark.parametrize("correction", ["each", "min"])
def test_a_negative_variance_is_set_to_zero(correction: Literal["each", "min"]) -> None:
    """R's sandwich and pyfixest have a negative variance of x1 here, and no standard error."""
    reference = sandwich_r.CASES["unbalanced"]
    negative = np.array(reference["twoway_HC1_cadjust_multi"])
    assert negative[1, 1] < 0
    with pytest.warns(proba.CovarianceWarning, match="standard errors of x1 are no estimates"):
        results = case("unbalanced").fit(TwoWay("g", "h", correction=correction))
    assert "set to 0" in results.covariance.correction.formula
    assert (np.diag(results.cov) >= 0).all()
    assert results.std_errors.notna().all()
    values = np.linalg.eigvalsh(results.cov)
    assert values[0] > -1e-12 * values[-1]
    assert results.nclusters == tuple(reference["n_groups"][:2])


def test_eigenvalues_are_cut_and_nothing_else() -> None:
    """Cutting is done on columns of length one: there the positive part is kept exactly."""
    reference = sandwich_r.CASES["unbalanced"]
    with pytest.warns(proba.CovarianceWarning):
        results = case("unbalanced").fit(TwoWay("g", "h"))
    lengths = np.sqrt((results.design.X**2).sum(axis=0))
    outer = np.outer(lengths, lengths)
    raw = np.array(reference["twoway_HC1_cadjust_multi"]) * outer
    values, vectors = np.linalg.eigh(raw)
    expected = (vectors * values.clip(0)) @ vectors.T / outer
    np.testing.assert_allclose(results.cov, expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("correction", ["max", "", None])
def test_only_two_corrections(correction: str) -> None:
    with pytest.raises(proba.SpecError, match="correction"):
        case("grunfeld10").fit(TwoWay("firm", "year", correction=correction))  # type: ignore[arg-type]
