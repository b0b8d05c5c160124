"""What the wild bootstrap refuses, warns of and prints."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import wild_cases

import proba
from proba import Results
from proba.errors import DesignError, FewClustersWarning, SpecError
from proba.estimation.bootstrap import VARIANTS, WEIGHT_KINDS, wild_bootstrap


@pytest.fixture(scope="module")
def fit() -> Results:
    return wild_cases.fitted(wild_cases.table(14, seed=5))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"variant": "12"}, "variant"),
        ({"variant": 11}, "variant"),
        ({"tail": "upper"}, "tail"),
        ({"restricted": 1}, "restricted"),
        ({"weights": "gamma"}, "weights"),
        ({"draws": 0}, "draws"),
        ({"draws": 99.0}, "draws"),
        ({"draws": True}, "draws"),
        ({"seed": None}, "seed"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"level": 95}, "level"),
        ({"max_memory": 1000}, "max_memory"),
        ({"max_memory": 1e9}, "max_memory"),
        ({"cluster": "kommune"}, "kommune"),
        ({"value": np.array([1.0, 2.0])}, "value"),
        ({"value": np.nan}, "value"),
        ({"restrictions": ["x3"]}, "x3"),
        ({"restrictions": np.ones((1, 2))}, "shape"),
    ],
)
def test_arguments_that_do_not_fit(fit: Results, options: dict[str, Any], word: str) -> None:
    given = {"restrictions": ["x1"], "seed": 1, "draws": 99} | options
    with pytest.raises(SpecError, match=word) as caught:
        wild_bootstrap(fit, **given)
    assert caught.value.nb != caught.value.en


def test_draws_too_many_for_the_memory_are_told(fit: Results) -> None:
    with pytest.raises(SpecError, match="MiB") as caught:
        wild_bootstrap(fit, ["x1"], seed=1, draws=10**9, weights="webb")
    assert "færre trekninger" in caught.value.nb


def test_restrictions_that_cannot_be_tested(fit: Results) -> None:
    for R in (np.array([[0.0, 1, 0], [0.0, 2, 0]]), np.zeros((1, 3)), np.ones((4, 3))):
        with pytest.raises(DesignError, match="repeat each other"):
            wild_bootstrap(fit, R, seed=1, draws=99)


def test_two_way_clusters_must_be_chosen(fit: Results) -> None:
    frame = wild_cases.table(14, seed=5).assign(h=lambda f: f["row"] % 5)
    with pytest.warns(FewClustersWarning):
        both = proba.fit(fit.spec, frame, cov="two-way", cluster=("g", "h"))
    with pytest.raises(SpecError, match="two ways"):
        wild_bootstrap(both, ["x1"], seed=1, draws=99)
    assert wild_bootstrap(both, ["x1"], seed=1, draws=99, cluster="h").nclusters == 5
    with pytest.warns(FewClustersWarning):
        own = proba.fit(fit.spec, frame, cov="CR1", cluster="h")
    assert wild_bootstrap(own, ["x1"], seed=1, draws=99).cluster == "h"


def test_a_missing_cluster_is_named() -> None:
    frame = wild_cases.table(14, seed=5).assign(h=lambda f: f["row"] % 5.0)
    frame.loc[3, "h"] = np.nan
    fit = wild_cases.fitted(frame)
    with pytest.raises(SpecError, match=f"'h' is missing for {frame.loc[3, 'g']}, 3"):
        wild_bootstrap(fit, ["x1"], seed=1, draws=99, cluster="h")


@pytest.mark.parametrize("G", [2, 3, 4, 5])
@pytest.mark.parametrize("weights", WEIGHT_KINDS)
@pytest.mark.filterwarnings("ignore::proba.errors.FewClustersWarning")
def test_two_to_five_clusters(G: int, weights: str) -> None:
    fit = wild_cases.fitted(wild_cases.table(G, seed=31))
    for variant in VARIANTS:
        for restricted in (True, False):
            test = wild_bootstrap(
                fit,
                ["x1"],
                0.1,
                seed=1,
                draws=199,
                variant=variant,
                restricted=restricted,
                weights=weights,
                keep_draws=True,
            )
            assert test.enumerated == (weights == "rademacher")
            assert test.draws == (2**G if weights == "rademacher" else 199)
            assert 0.0 <= test.pvalue <= 1.0
            assert test.ci_low < test.estimate < test.ci_high
            assert np.isnan(test.t_boot).sum() == test.infeasible


def test_one_cluster_and_too_many_restrictions() -> None:
    frame = wild_cases.table(2, seed=31)
    with pytest.raises(DesignError, match="single value"):
        wild_bootstrap(wild_cases.fitted(frame.assign(g=0)), ["x1"], seed=1, draws=99)
    with pytest.raises(DesignError, match="2 restrictions cannot be tested with 2 clusters"):
        wild_bootstrap(wild_cases.fitted(frame), ["x1", "x2"], seed=1, draws=99)


@pytest.mark.parametrize("G", [2, 3, 4, 5, 6])
def test_rademacher_warns_where_no_test_is_possible(G: int) -> None:
    fit = wild_cases.fitted(wild_cases.table(G, seed=31))
    wild_bootstrap(fit, ["x1"], seed=1, draws=99)  # Webb: no warning
    if G <= 5:
        with pytest.warns(FewClustersWarning, match="webb"):
            test = wild_bootstrap(fit, ["x1"], seed=1, weights="rademacher")
    else:
        test = wild_bootstrap(fit, ["x1"], seed=1, weights="rademacher")
    assert test.enumerated


def test_webb_below_twelve_clusters() -> None:
    kinds = {
        G: wild_bootstrap(wild_cases.fitted(wild_cases.table(G)), ["x1"], seed=1, draws=99).weights
        for G in (11, 12)
    }
    assert kinds == {11: "webb", 12: "rademacher"}


@pytest.mark.parametrize("variant", ["13", "31", "33"])
def test_no_jackknife_where_one_cluster_identifies_a_coefficient(variant: str) -> None:
    frame = wild_cases.table(14, seed=5)
    frame["x2"] = (frame["g"] == 4).astype(float)
    fit = wild_cases.fitted(frame)
    with pytest.raises(DesignError, match="g = 4"):
        wild_bootstrap(fit, ["x1"], seed=1, draws=99, variant=variant)
    assert wild_bootstrap(fit, ["x1"], seed=1, draws=99).pvalue > 0


def test_a_coefficient_the_null_sets_may_hang_on_one_cluster() -> None:
    frame = wild_cases.table(14, seed=5)
    frame["x2"] = (frame["g"] == 4).astype(float)
    fit = wild_cases.fitted(frame)
    options = {"seed": 1, "draws": 99, "variant": "31"}
    # The jackknife under the null estimates the constant only.
    assert 0 <= wild_bootstrap(fit, ["x1", "x2"], **options).pvalue <= 1
    with pytest.raises(DesignError, match="g = 4"):
        wild_bootstrap(fit, ["x1", "x2"], restricted=False, **options)


def test_a_sum_that_one_cluster_alone_identifies_has_no_t() -> None:
    frame = wild_cases.table(14, seed=5)
    frame["x2"] = (frame["g"] == 4).astype(float)
    fit = wild_cases.fitted(frame, x=("x2",))
    with pytest.raises(DesignError, match="no variance between clusters"):
        wild_bootstrap(fit, {"konstant": 1.0, "x2": 1.0}, seed=1, draws=99)


def test_seeds(fit: Results) -> None:
    options = {"draws": 199, "keep_draws": True}
    a = wild_bootstrap(fit, ["x1"], seed=5, **options).t_boot
    b = wild_bootstrap(fit, ["x1"], seed=np.random.default_rng(5), **options).t_boot
    c = wild_bootstrap(fit, ["x1"], seed=np.random.SeedSequence(5), **options).t_boot
    d = wild_bootstrap(fit, ["x1"], seed=6, **options).t_boot
    np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(a, c)
    assert not np.array_equal(a, d)


def test_progress_counts_draws(fit: Results) -> None:
    told: list[tuple[int, int, str]] = []
    wild_bootstrap(
        fit, ["x1"], seed=1, draws=9000, level=None, progress=lambda *step: told.append(step)
    )
    assert [total for _, total, _ in told] == [9000] * len(told)
    assert told[-1][0] == 9000
    assert [done for done, _, _ in told] == sorted({done for done, _, _ in told})
    assert len(told) > 1


def test_what_is_printed() -> None:
    results = proba.fit(proba.PROBA_2017, proba.load_panel("kalibrert"))
    test = wild_bootstrap(results, ["nybosatte_flyktninger"], seed=1, draws=1999)
    assert test.label == results.label
    assert test.t_boot is None
    assert test.describe().startswith("WCR11: nybosatte_flyktninger = 0   t = ")
    assert "95 % KI [" in test.describe()
    assert "95% CI [" in test.describe("en")
    norwegian, english = str(test.to_table()), str(test.to_table("en"))
    assert "syntetisk" in norwegian.lower()
    assert "387 klynger (kommune)" in norwegian
    assert "Wild cluster bootstrap" in english
    assert "387 clusters (kommune)" in english
    assert "symmetric p-value" in english
    many = wild_bootstrap(
        results, ["urbanitet", "nybosatte_flyktninger"], seed=1, draws=199, restricted=False
    )
    assert many.describe().startswith("WCU11: urbanitet = 0, nybosatte_flyktninger = 0   Wald = ")
    assert "KI" not in str(many.to_table())
    with pytest.raises(dataclasses.FrozenInstanceError):
        many.pvalue = 0.0  # type: ignore[misc]
