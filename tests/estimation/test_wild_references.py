"""The wild bootstrap against wildboottest, Stata's boottest, and itself the slow way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import wild_cases
from reference import wildboottest_live as live

import proba
from proba import Results
from proba.errors import FewClustersWarning
from proba.estimation.bootstrap import WildBootstrap, wild_bootstrap
from proba.estimation.bootstrap.scores import cluster_scores, restrict
from proba.estimation.bootstrap.statistics import distribution
from proba.estimation.covariance.base import group_rows

VARIANTS = ("11", "13", "31", "33")


def model(name: str) -> tuple[Results, str, str]:
    frame, y, regressors, cluster, tested = live.case(name)
    spec = proba.Spec(y, tuple(regressors), entity=cluster, time="row", year_effects=False)
    fit = proba.fit(spec, frame.assign(row=np.arange(len(frame))), cov="HC1")
    return fit, cluster, tested


def boot(name: str) -> tuple[WildBootstrap, dict[str, object]]:
    data, method = name.split()
    fit, cluster, tested = model(data)
    test = wild_bootstrap(
        fit,
        [tested],
        seed=0,
        cluster=cluster,
        variant=method[3:],
        restricted=method[:3] == "WCR",
        weights="rademacher",
        keep_draws=True,
    )
    return test, live.RESULTS[name]


def apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.max(np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))))


@pytest.mark.parametrize("name", live.RESULTS)
def test_t_statistics_of_enumerated_draws_are_wildboottests(name: str) -> None:
    test, expected = boot(name)
    assert test.enumerated
    assert test.draws == 2**test.nclusters
    assert test.t_boot is not None
    half = test.draws // 2
    step = live.STEP[name.split()[0]]
    theirs = np.array(expected["draws"])
    assert len(theirs) == half // step
    assert apart(test.t_boot[:half:step], theirs) < 1e-12
    assert apart(-test.t_boot[::-1][:half:step], theirs) < 1e-12
    assert test.statistic == pytest.approx(expected["statistic"], rel=1e-12)


@pytest.mark.parametrize("name", live.RESULTS)
def test_p_values_are_wildboottests_but_for_ties(name: str) -> None:
    test, expected = boot(name)
    assert test.pvalue == expected["p_without_ties"]
    assert 0 <= (expected["p"] - test.pvalue) * test.draws <= 2


@pytest.mark.parametrize("name", live.RESULTS)
def test_t_statistics_of_given_weights_are_wildboottests(name: str) -> None:
    data, method = name.split()
    fit, cluster, tested = model(data)
    groups = group_rows(fit.design, cluster)
    C = np.array([[float(n == tested) for n in fit.names]])
    null = restrict(fit.least_squares, C, np.zeros(1))
    scores = cluster_scores(fit.least_squares, groups, null.U, method[3:], method[:3] == "WCR")
    draws = wild_cases.GivenDraws(live.given_weights(groups.count))
    ours = distribution(draws, scores, null.U, null.gap, tiles=1).statistic  # type: ignore[arg-type]
    assert apart(ours, np.array(live.RESULTS[name]["given"])) < 1e-12


def test_stata_boottest() -> None:
    frame = live.stata_data()
    spec = proba.Spec("y", ("d",), entity="cluster", time="row", year_effects=False)
    fit = proba.fit(spec, frame.assign(row=np.arange(len(frame))), cov="HC1")
    test = wild_bootstrap(fit, ["d"], seed=0, weights="rademacher")
    assert test.draws == 1024
    assert round(test.statistic, 4) == live.STATA["t"]
    assert round(test.pvalue, 4) == live.STATA["p"]
    # boottest stops its search where p changes by less than a draw and interpolates: its limits
    # have p within a few of 1,024 steps of 0.05, and ours are within 1 % of the estimate's range.
    assert test.ci_low is not None
    assert test.ci_high is not None
    for ours, theirs in zip((test.ci_low, test.ci_high), live.STATA["ci"], strict=True):
        at = wild_bootstrap(fit, ["d"], theirs, seed=0, weights="rademacher", level=None)
        assert abs(at.pvalue - 0.05) <= 4 / 1024
        assert ours == pytest.approx(theirs, abs=0.02)


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_data_set_and_refit_gives_the_same(
    variant: str, restricted: bool, weights: str | None
) -> None:
    fit = wild_cases.fitted(wild_cases.table(6), weights=weights)
    V = np.vstack([live.given_weights(6), np.random.default_rng(3).normal(size=(4, 6))])
    cases = [
        (np.array([[0.0, 1.0, -2.0]]), np.array([0.7])),
        (np.array([[0.0, 1.0, 0.0], [1.0, 0.5, 1.0]]), np.array([-0.1, 0.4])),
        (np.eye(3), np.array([1.0, 0.0, 0.2])),
    ]
    groups = group_rows(fit.design, "g")
    for R, r in cases:
        null = restrict(fit.least_squares, R, r)
        scores = cluster_scores(fit.least_squares, groups, null.U, variant, restricted)
        draws = wild_cases.GivenDraws(V)
        ours = distribution(draws, scores, null.U, null.gap, tiles=1).statistic  # type: ignore[arg-type]
        wald = ours**2 if len(R) == 1 else ours
        slow = wild_cases.slowly(fit, R, r, V, variant=variant, restricted=restricted)
        np.testing.assert_allclose(wald, slow, rtol=1e-8)


@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize(("variant", "cov"), [("11", "CR1"), ("31", "CR1"), ("13", "CR3")])
def test_sample_statistic_is_that_of_the_covariance(
    variant: str, cov: str, weights: str | None
) -> None:
    fit = wild_cases.fitted(wild_cases.table(15), weights=weights)
    with pytest.warns(FewClustersWarning):
        clustered = fit.with_cov(cov, "g")
    options = {"seed": 1, "draws": 99, "variant": variant}
    one = wild_bootstrap(fit, {"x1": 1.0, "x2": -1.0}, 0.3, **options)
    F = clustered.wald_test({"x1": 1.0, "x2": -1.0}, 0.3)
    assert one.statistic**2 == pytest.approx(F.statistic, rel=1e-11)
    assert one.estimate == pytest.approx(fit.params["x1"] - fit.params["x2"], rel=1e-12)
    two = wild_bootstrap(fit, None, np.array([0.1, -0.2]), **options)
    F = clustered.wald_test(None, np.array([0.1, -0.2]))
    assert two.statistic == pytest.approx(2 * F.statistic, rel=1e-11)
    assert two.statistic_name == "Wald"
    assert two.names == F.restrictions
    assert two.ci_low is None


def test_weights_have_mean_0_and_variance_1_in_the_reference_too() -> None:
    V = live.given_weights(6)
    assert V.shape == (5, 6)
    assert np.allclose(np.sort(V[0]), np.sort(V[1]))
    assert np.mean(V[0]) == pytest.approx(0.0)
    assert np.mean(V[0] ** 2) == pytest.approx(1.0)
    assert len(set(itertools.chain(V[2], V[3]))) == 2
