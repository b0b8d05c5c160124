"""CR3 is the cluster jackknife: by deleting clusters, and against other programs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from estimation.cases import FEW, Case, apart, case, covariances_apart, matrix, plain, vector
from reference import clubsandwich_r, datasets, dfadjust_stata, pyfixest_live, sandwich_r
from statsmodels.regression.tests.results import (
    results_grunfeld_ols_robust_cluster as summclust_and_sandwich,
)

import proba
from proba import DesignError

pytestmark = pytest.mark.filterwarnings(FEW)

SLOPES_FIRST = ["value", "capital", "const"]


def replicates(data: Case) -> np.ndarray:
    """Return our estimates without each cluster in turn; shape (G, k)."""
    values = data.frame[data.cluster]
    return np.array(
        [
            proba.fit(data.spec, data.frame[values != g], cov="classical").params
            for g in values.unique()
        ]
    )


def weighted_by_rank() -> Case:
    """Return Grunfeld's regression with weights 1, 2, ..., 200, as statsmodels' references."""
    base = case("grunfeld10_weighted")
    return replace(base, frame=base.frame.assign(wt=np.arange(1.0, 201.0)))


JACKKNIVES = {
    "grunfeld10": case("grunfeld10"),
    "grunfeld10_year": case("grunfeld10_year"),
    "unbalanced": case("unbalanced"),
    "unbalanced_fe_h": case("unbalanced_fe_h"),
    "unbalanced_weighted": case("unbalanced_weighted"),
    "weighted by rank": weighted_by_rank(),
}


@pytest.mark.parametrize("data", JACKKNIVES.values(), ids=JACKKNIVES)
def test_deleting_clusters_one_by_one(data: Case) -> None:
    results = data.fit("CR3")
    moves = replicates(data) - results.params.to_numpy()
    G = len(moves)
    assert covariances_apart(results.cov, (G - 1) / G * moves.T @ moves) < 1e-11
    assert set(results.df) == {G - 1.0}


@pytest.mark.parametrize("key", ["", "_wls"])
def test_sandwich_vcovjk(key: str) -> None:
    """R's sandwich::vcovJK around the estimate: printed with ten significant digits."""
    reference = getattr(summclust_and_sandwich, f"results_cluster_crv3{key}_sandwich_r")
    results = (weighted_by_rank() if key else case("grunfeld10")).fit("CR3")
    coef, se, t, p = reference.params_table.T
    assert apart(vector(results.params, SLOPES_FIRST), coef) < 6e-10
    assert apart(vector(results.std_errors, SLOPES_FIRST), se) < 6e-10
    assert apart(vector(results.tstats, SLOPES_FIRST), t) < 6e-10
    assert apart(vector(results.pvalues, SLOPES_FIRST), p) < 6e-10
    assert covariances_apart(matrix(results.cov, SLOPES_FIRST), reference.cov) < 6e-10


@pytest.mark.parametrize("key", ["", "_wls"])
def test_our_replicates_around_their_mean_are_vcovjk_centred(key: str) -> None:
    """R's sandwich::vcovJK(center = "mean"), the jackknife that CR3 is not."""
    reference = getattr(summclust_and_sandwich, f"results_cluster_jk{key}_sandwich_r")
    b = replicates(weighted_by_rank() if key else case("grunfeld10"))[:, [1, 2, 0]]
    moves = b - b.mean(axis=0)
    assert covariances_apart(0.9 * moves.T @ moves, reference.cov) < 6e-10


@pytest.mark.parametrize("key", ["", "_wls"])
def test_summclust(key: str) -> None:
    """R's summclust: standard errors printed with eight decimals at most."""
    reference = getattr(summclust_and_sandwich, f"results_cluster_crv3{key}")
    results = (weighted_by_rank() if key else case("grunfeld10")).fit("CR3")
    assert apart(vector(results.std_errors, SLOPES_FIRST), reference.bse) < 4e-7
    assert apart(vector(results.pvalues, SLOPES_FIRST), reference.params_table[:, 3]) < 4e-7


@pytest.mark.parametrize(
    "name",
    [n for n, c in clubsandwich_r.CASES.items() if "CR3" in c and not n.endswith("within")],
)
def test_clubsandwich_has_no_factor(name: str) -> None:
    reference = clubsandwich_r.CASES[name]
    names, G = reference["names"], reference["n_clusters"]
    expected = (G - 1) / G * np.array(reference["CR3"]["vcov"])
    results = case(name).fit("CR3")
    assert covariances_apart(matrix(results.cov, names), expected) < 1e-12


def test_clubsandwich_three_clusters() -> None:
    reference = dfadjust_stata.CLUBSANDWICH
    results = plain(datasets.dfadjust(), "y", ("x",), "cluster").fit("CR3")
    expected = 2 / 3 * np.array(reference["CR3"]["vcov"])
    assert covariances_apart(matrix(results.cov, reference["names"]), expected) < 1e-12


@pytest.mark.parametrize("name", ["grunfeld10", "unbalanced"])
def test_sandwich_clustered_hc3(name: str) -> None:
    reference = sandwich_r.CASES[name]
    got = matrix(case(name).fit("CR3").cov, reference["names"])
    assert covariances_apart(got, reference["oneway_HC3_nocadjust"]) < 1e-12


@pytest.mark.parametrize("name", ["grunfeld10", "grunfeld10_weighted", "unbalanced"])
def test_pyfixest_has_another_factor(name: str) -> None:
    reference: dict[str, Any] = pyfixest_live.CASES[f"{name}_CRV3"]
    results = case(name).fit("CR3")
    names, N, G = reference["names"], results.nobs, int(results.df.iloc[0]) + 1
    theirs = G / (G - 1) * (N - 1) / (N - len(names))
    expected = np.array(reference["vcov"]) / theirs * (G - 1) / G
    # pyfixest's own leave-one-out solves leave 7e-12.
    assert covariances_apart(matrix(results.cov, names), expected) < 1e-10
    assert reference["df_t"] == G - 1


@pytest.mark.parametrize("name", ["grunfeld10_fe", "unbalanced_fe"])
def test_a_dummy_of_one_cluster_only(name: str) -> None:
    with pytest.raises(DesignError, match="CR3 is not defined: without cluster") as caught:
        case(name).fit("CR3")
    column = case(name).cluster
    assert f"{column} = " in caught.value.en
    assert f"{column} = " in caught.value.nb
