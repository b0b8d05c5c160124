"""What must hold of a wild bootstrap whatever the data."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest
import wild_cases

from proba import Results
from proba.errors import SpecError
from proba.estimation.bootstrap import WEIGHT_KINDS, wild_bootstrap
from proba.estimation.bootstrap.scores import cluster_scores, restrict
from proba.estimation.bootstrap.statistics import (
    block_tiles,
    distribution,
    memory_needed,
    tile_size,
)
from proba.estimation.bootstrap.weights import Draws, plan_draws
from proba.estimation.covariance.base import group_rows

VARIANTS = ("11", "13", "31", "33")
OPTIONS = [(v, r) for v in VARIANTS for r in (True, False)]


@pytest.fixture(scope="module")
def fit() -> Results:
    return wild_cases.fitted(wild_cases.table(14, seed=5))


@pytest.mark.parametrize(("variant", "restricted"), OPTIONS)
def test_units_do_not_matter(variant: str, restricted: bool) -> None:
    frame = wild_cases.table(16, seed=7)
    other = frame.assign(y=frame["y"] * 1e3, x1=frame["x1"] / 7.0, x2=frame["x2"] * 1e6)
    a, b = (
        wild_bootstrap(
            wild_cases.fitted(f), ["x1"], v, seed=2, variant=variant, restricted=restricted
        )
        for f, v in ((frame, 0.1), (other, 700.0))
    )
    assert a.pvalue == b.pvalue
    assert 0.0 < a.pvalue < 1.0
    np.testing.assert_allclose(
        [b.statistic, b.ci_low, b.ci_high],
        [a.statistic, 7e3 * a.ci_low, 7e3 * a.ci_high],
        rtol=1e-9,
    )


@pytest.mark.parametrize("tail", ["symmetric", "equal-tail"])
@pytest.mark.parametrize(("variant", "restricted"), OPTIONS)
def test_p_crosses_at_the_limits(fit: Results, variant: str, restricted: bool, tail: str) -> None:
    options = {"seed": 3, "draws": 999, "variant": variant, "restricted": restricted, "tail": tail}
    weights = {"x1": 1.0, "x2": 0.5}
    test = wild_bootstrap(fit, weights, 0.2, level=0.9, **options)
    assert test.ci_low < test.estimate < test.ci_high
    width = test.ci_high - test.ci_low
    for limit, outwards in ((test.ci_low, -1.0), (test.ci_high, 1.0)):
        inside, outside = (
            wild_bootstrap(fit, weights, limit + side * outwards * 1e-9 * width, **options).pvalue
            for side in (-1.0, 1.0)
        )
        assert outside <= 0.1 + 1e-12
        assert inside > 0.1
        assert inside - outside <= 8 / 999


def test_unrestricted_limits_are_percentile_t(fit: Results) -> None:
    options = {"seed": 3, "draws": 1999, "restricted": False, "keep_draws": True}
    test = wild_bootstrap(fit, ["x1"], **options)
    se = test.estimate / test.statistic
    t = np.sort(np.abs(test.t_boot))[::-1]
    # 0.05 x 1,999 = 99.95: the 100th largest |t*| still has p above 0.05 just inside of it.
    assert test.ci_high == pytest.approx(test.estimate + t[99] * se, rel=1e-9)
    assert test.ci_low == pytest.approx(test.estimate - t[99] * se, rel=1e-9)
    test = wild_bootstrap(fit, ["x1"], tail="equal-tail", **options)
    t = np.sort(test.t_boot)
    assert test.ci_low == pytest.approx(test.estimate - t[-50] * se, rel=1e-9)
    assert test.ci_high == pytest.approx(test.estimate - t[49] * se, rel=1e-9)


def test_p_values_count_what_is_strictly_more_extreme(fit: Results) -> None:
    for tail in ("symmetric", "equal-tail"):
        test = wild_bootstrap(fit, ["x1"], seed=4, draws=999, tail=tail, keep_draws=True)
        t, boot = test.statistic, test.t_boot
        if tail == "symmetric":
            assert test.pvalue == np.mean(np.abs(boot) > abs(t))
        else:
            assert test.pvalue == 2 * min(np.mean(boot < t), np.mean(boot > t))


def test_enumeration_is_what_many_random_draws_come_to() -> None:
    fit = wild_cases.fitted(wild_cases.table(9, seed=11))
    exact = wild_bootstrap(fit, ["x2"], seed=0, weights="rademacher", keep_draws=True)
    assert exact.enumerated
    assert exact.draws == 512
    again = wild_bootstrap(fit, ["x2"], seed=99, weights="rademacher", keep_draws=True)
    np.testing.assert_array_equal(exact.t_boot, again.t_boot)
    groups = group_rows(fit.design, "g")
    null = restrict(fit.least_squares, np.array([[0.0, 0.0, 1.0]]), np.zeros(1))
    scores = cluster_scores(fit.least_squares, groups, null.U, "11", True)
    draws = Draws("rademacher", 9, 200_000, False, np.random.default_rng(5))
    t = distribution(draws, scores, null.U, null.gap, tiles=8).statistic
    many = np.mean(np.abs(t) > abs(exact.statistic) * (1 + 1e-10))
    assert many == pytest.approx(exact.pvalue, abs=5 * np.sqrt(0.25 / 200_000))
    assert np.unique(np.round(t, 9)).size <= np.unique(np.round(exact.t_boot, 9)).size


def test_the_draw_of_all_ones_is_the_sample(fit: Results) -> None:
    test = wild_bootstrap(
        fit, ["x1"], 0.1, seed=0, draws=2**14, weights="rademacher", keep_draws=True
    )
    assert test.t_boot[-1] == pytest.approx(test.statistic, rel=1e-11)
    assert test.t_boot[0] == pytest.approx(-test.statistic, rel=1e-11)


@pytest.mark.parametrize("kind", WEIGHT_KINDS)
def test_draws_do_not_depend_on_blocks(kind: str) -> None:
    def weights(size: int) -> np.ndarray:
        plan = plan_draws(kind, 70, 533, np.random.default_rng(8))
        return np.vstack([V[: w.stop - w.start].copy() for w, V in plan.blocks(size)])

    whole = weights(533)
    assert whole.shape == (533, 70)
    assert abs(whole.mean()) < 5 / np.sqrt(whole.size)
    assert abs((whole**2).mean() - 1) < 0.05
    for size in (1, 7, 64, 1000):
        np.testing.assert_array_equal(weights(size), whole)


@pytest.mark.parametrize("kind", WEIGHT_KINDS)
def test_weights_take_their_values(kind: str) -> None:
    plan = plan_draws(kind, 30, 4000, np.random.default_rng(1))
    (_, V), *_ = plan.blocks(4000)
    values, counts = np.unique(V, return_counts=True)
    share = dict(zip(np.round(values, 12), counts / V.size, strict=True))
    five = np.sqrt(5.0)
    expected = {
        "rademacher": {-1.0: 0.5, 1.0: 0.5},
        "webb": dict.fromkeys(np.round(np.sqrt([0.5, 1.0, 1.5]), 12), 1 / 6),
        "mammen": {
            round((1 - five) / 2, 12): (five + 1) / (2 * five),
            round((1 + five) / 2, 12): (five - 1) / (2 * five),
        },
    }
    if kind == "normal":
        assert len(values) == V.size
        assert np.mean(np.abs(V) < 1.959963985) == pytest.approx(0.95, abs=0.005)
        return
    assert len(share) == (6 if kind == "webb" else 2)
    for value, probability in expected[kind].items():
        assert share[value] == pytest.approx(probability, abs=0.008)


@pytest.mark.parametrize(("G", "q"), [(14, 1), (14, 2), (150, 1), (900, 1)])
@pytest.mark.parametrize("variant", ["11", "33"])
def test_memory_allowed_changes_no_bit(G: int, q: int, variant: str) -> None:
    fit = wild_cases.fitted(wild_cases.table(G, seed=5))
    tested = ["x1", "x2"][:q]
    draws, parts = 2345, q == 1
    options = {"seed": 6, "draws": draws, "variant": variant, "keep_draws": True}
    shape = (fit.nobs, 3, q, G)
    needs = [memory_needed(shape, draws, variant, parts=parts, tiles=t) for t in (1, 2, 3)]
    wide = wild_bootstrap(fit, tested, max_memory=2**40, **options)
    steps: list[int] = []
    for need in (needs[0], needs[1], needs[2] - 1, needs[2]):
        counted: list[int] = []
        tight = wild_bootstrap(
            fit,
            tested,
            max_memory=need,
            progress=lambda done, *_, to=counted: to.append(done),
            **options,
        )
        steps.append(len(counted))
        np.testing.assert_array_equal(tight.t_boot, wide.t_boot)
        assert (tight.ci_low, tight.ci_high) == (wide.ci_low, wide.ci_high)
    most = block_tiles(G, tile_size(G, 3))
    expected = [-(-draws // (tile_size(G, 3) * min(t, most))) for t in (1, 2, 2, 3)]
    assert steps == expected
    with pytest.raises(SpecError, match=str(needs[0])):
        wild_bootstrap(fit, tested, max_memory=needs[0] - 1, **options)


@pytest.mark.parametrize(
    ("G", "variant", "level", "draws"),
    [(14, "11", 0.95, 99_999), (1500, "33", 0.95, 500), (1500, "11", None, 2000)],
)
def test_memory_stays_below_what_is_stated(
    G: int, variant: str, level: float | None, draws: int
) -> None:
    fit = wild_cases.fitted(wild_cases.table(G, rows=4))
    tiles = block_tiles(G, tile_size(G, 3))
    shape = (fit.nobs, 3, 1, G)
    need = memory_needed(shape, draws, variant, parts=level is not None, tiles=tiles)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    wild_bootstrap(fit, ["x1"], seed=1, draws=draws, variant=variant, level=level)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    # Objects of Python itself come on top.
    assert peak <= need + 200_000
    assert need < 64 * 2**20


@pytest.mark.parametrize(("variant", "restricted"), OPTIONS)
def test_a_weight_of_two_is_a_row_twice(variant: str, restricted: bool) -> None:
    frame = wild_cases.table(13, seed=21)
    frame["w"] = np.where(frame["g"] % 3 == 0, 2.0, 1.0)
    twice = pd.concat([frame, frame[frame["w"] == 2.0]]).assign(row=lambda f: np.arange(len(f)))
    options = {"seed": 4, "variant": variant, "restricted": restricted, "draws": 999}
    a = wild_bootstrap(wild_cases.fitted(frame, weights="w"), ["x1"], **options)
    b = wild_bootstrap(wild_cases.fitted(twice), ["x1"], **options)
    assert b.nobs > a.nobs
    assert a.pvalue == b.pvalue
    # N enters the factor of CR1 only, on both sides of every comparison.
    np.testing.assert_allclose([a.ci_low, a.ci_high], [b.ci_low, b.ci_high], rtol=1e-8)
    if variant[1] == "3":
        assert a.statistic == pytest.approx(b.statistic, rel=1e-11)


def test_rows_and_clusters_in_any_order(fit: Results) -> None:
    frame = wild_cases.table(14, seed=5)
    mixed = wild_cases.fitted(frame.sample(frac=1.0, random_state=1))
    for variant in VARIANTS:
        a, b = (wild_bootstrap(f, ["x1"], seed=1, draws=499, variant=variant) for f in (fit, mixed))
        assert a.pvalue == b.pvalue
        assert a.ci_low == pytest.approx(b.ci_low, rel=1e-9)


def test_many_rows_are_summed_in_slices() -> None:
    frame = wild_cases.table(30, rows=300)
    assert len(frame) > 2**13
    fit = wild_cases.fitted(frame)
    groups = group_rows(fit.design, "g")
    ls = fit.least_squares
    null = restrict(ls, np.array([[0.0, 1.0, 0.0]]), np.zeros(1))
    rows = [groups.codes == c for c in range(30)]
    direct = np.array([ls.Q[m].T @ ls.es[m] for m in rows])
    A = np.array([ls.Q[m].T @ ls.Q[m] for m in rows])
    plain, jackknife = (cluster_scores(ls, groups, null.U, v, False) for v in ("11", "31"))
    np.testing.assert_allclose(plain.base, direct, atol=1e-11)
    np.testing.assert_allclose(plain.spill[0].T, A @ null.U[:, 0], atol=1e-12)
    left_out = np.linalg.solve(np.eye(3) - A, direct[:, :, None])[:, :, 0]
    np.testing.assert_allclose(jackknife.base, left_out, atol=1e-11)


def test_with_few_clusters_the_size_holds_where_cr1_does_not() -> None:
    random = np.random.default_rng(17)
    frame = wild_cases.table(10, seed=3)
    g = frame["g"].to_numpy()
    # A regressor that three of ten clusters have.
    frame["x1"] = (g < 3).astype(float)
    wild = cr1 = 0
    for _ in range(200):
        frame["y"] = random.normal(size=10)[g] + random.normal(size=len(g))
        test = wild_bootstrap(
            wild_cases.fitted(frame, x=("x1",)),
            ["x1"],
            seed=1,
            draws=1023,
            weights="rademacher",
            level=None,
        )
        wild += test.pvalue <= 0.05
        cr1 += abs(test.statistic) > 2.262157  # t(9), 0.975
    assert wild / 200 < 0.09
    assert cr1 / 200 > 0.10
