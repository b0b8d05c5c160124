"""The six methods: exact sums, symmetry, reversal, zeros; against outside results."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from reference.ang_lmdi import (
    FACTORS,
    GHANA,
    SIMPLE_LMDI1,
    SIMPLE_X,
    SIMPLE_Z,
    SIMPLE_ZERO,
    ZERO_CASES,
)
from reference.das_gupta_1993 import PRODUCTS

from proba.decomposition.methods import (
    METHODS,
    contributions,
    interactions,
    lmdi,
    log_mean,
    method_name,
)
from proba.errors import DecompositionError

Floats = npt.NDArray[np.float64]
EXACT = ("lmdi", "shapley", "das-gupta", "sequential")
SYMMETRIC = ("lmdi", "shapley", "das-gupta", "laspeyres", "midpoint")
REVERSIBLE = ("lmdi", "shapley", "das-gupta", "midpoint")

amounts = st.floats(1e-3, 1e4)


@st.composite
def changes(draw: st.DrawFn, zeros: bool = False) -> tuple[Floats, Floats]:
    k = draw(st.integers(1, 6))
    cells = st.one_of(amounts, st.just(0.0)) if zeros else amounts
    return draw(arrays(float, (4, k), elements=cells)), draw(arrays(float, (4, k), elements=cells))


def largest(x0: Floats, x1: Floats) -> Floats:
    return np.maximum(x0, x1).prod(axis=-1)


@given(changes(zeros=True), st.sampled_from(METHODS))
@settings(max_examples=200, deadline=None)
def test_parts_and_remainder_add_up(pair: tuple[Floats, Floats], method: str) -> None:
    x0, x1 = pair
    parts, rest = contributions(x0, x1, method)
    change = x1.prod(axis=-1) - x0.prod(axis=-1)
    # Methods that hold other factors at mixed years pass through products as large as this.
    scale = np.maximum(x0.prod(-1), x1.prod(-1)) if method == "lmdi" else largest(x0, x1)
    assert (np.abs(parts.sum(axis=-1) + rest - change) <= 1e-12 * scale).all()
    if method in EXACT:
        assert (rest == 0).all()


@given(changes(zeros=True), st.sampled_from(REVERSIBLE))
@settings(max_examples=100, deadline=None)
def test_time_reversal_changes_signs(pair: tuple[Floats, Floats], method: str) -> None:
    x0, x1 = pair
    forth, _ = contributions(x0, x1, method)
    back, _ = contributions(x1, x0, method)
    assert (np.abs(forth + back) <= 1e-12 * largest(x0, x1)[:, None]).all()


@given(changes(zeros=True), st.sampled_from(SYMMETRIC), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_order_of_factors_does_not_matter(
    pair: tuple[Floats, Floats], method: str, random: object
) -> None:
    x0, x1 = pair
    order = list(range(x0.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    parts, _ = contributions(x0, x1, method)
    shuffled, _ = contributions(x0[:, order], x1[:, order], method)
    assert (np.abs(parts[:, order] - shuffled) <= 1e-12 * largest(x0, x1)[:, None]).all()


@given(changes(), st.sampled_from(METHODS), st.floats(1e-3, 1e3))
@settings(max_examples=100, deadline=None)
def test_units_of_a_factor_scale_all_parts(
    pair: tuple[Floats, Floats], method: str, scale: float
) -> None:
    x0, x1 = pair
    unit = np.ones(x0.shape[1])
    unit[0] = scale
    parts, rest = contributions(x0, x1, method)
    scaled, scaled_rest = contributions(x0 * unit, x1 * unit, method)
    tolerance = 1e-11 * scale * largest(x0, x1)
    assert (np.abs(scaled - scale * parts) <= tolerance[:, None]).all()
    assert (np.abs(scaled_rest - scale * rest) <= tolerance).all()


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6])
def test_shapley_is_the_mean_of_all_orders_and_das_gupta_the_same(k: int) -> None:
    rng = np.random.default_rng(k)
    x0, x1 = rng.gamma(1.0, 1.0, (2, 20, k))
    x0[0, 0] = 0.0
    orders = list(permutations(range(k)))
    mean = sum(contributions(x0, x1, "sequential", o)[0] for o in orders) / len(orders)
    np.testing.assert_allclose(contributions(x0, x1, "shapley")[0], mean, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(contributions(x0, x1, "das-gupta")[0], mean, rtol=1e-12, atol=1e-13)


def test_the_formulas_by_hand() -> None:
    x0, x1 = np.array([10.0, 5.0, 100.0]), np.array([12.0, 6.0, 90.0])
    by_hand = {
        "sequential": [2 * 5 * 100, 12 * 1 * 100, 12 * 6 * -10],
        "laspeyres": [2 * 5 * 100, 10 * 1 * 100, 10 * 5 * -10],
        "midpoint": [2 * 5.5 * 95, 11 * 1 * 95, 11 * 5.5 * -10],
        "shapley": [
            2 * (500 / 3 + 600 / 6 + 450 / 6 + 540 / 3),
            1 * (1000 / 3 + 1200 / 6 + 900 / 6 + 1080 / 3),
            -10 * (50 / 3 + 60 / 6 + 60 / 6 + 72 / 3),
        ],
    }
    for method, expected in by_hand.items():
        np.testing.assert_allclose(contributions(x0, x1, method)[0], expected, rtol=1e-13)
    change = 12 * 6 * 90 - 5000
    assert contributions(x0, x1, "laspeyres")[1] == pytest.approx(change - 1500)
    mean = (6480 - 5000) / np.log(6480 / 5000)
    np.testing.assert_allclose(lmdi(x0, x1), mean * np.log(x1 / x0), rtol=1e-12)


def test_interactions_by_who_meets_sum_to_the_interaction() -> None:
    x0, x1 = np.array([10.0, 5.0, 100.0]), np.array([12.0, 6.0, 90.0])
    found = interactions(x0, x1)
    assert found[(0, 1)] == 2 * 1 * 100
    assert found[(0, 1, 2)] == 2 * 1 * -10
    assert sum(found.values()) == pytest.approx(contributions(x0, x1, "laspeyres")[1])


def test_log_mean_near_equality_and_far_apart() -> None:
    assert log_mean(np.array(3.0), np.array(3.0)) == 3.0
    near = log_mean(np.array(1.0), np.array(1.0 + 1e-12))
    assert near == pytest.approx(1.0 + 5e-13, abs=1e-15)
    assert log_mean(np.array(1e-300), np.array(1e300)) == pytest.approx(1e300 / np.log(1e300) / 2)
    assert log_mean(np.array(0.0), np.array(5.0)) == 0.0


def test_a_tiny_change_keeps_its_digits() -> None:
    x0 = np.array([1e6, 4.8, 9000.0])
    x1 = np.array([1e6, 4.8, 9000.0 * (1 + 1e-9)])
    parts = lmdi(x0, x1)
    change = x1[2] - x0[2]
    assert parts[2] == pytest.approx(1e6 * 4.8 * change, rel=1e-6)
    assert parts[0] == 0.0


def test_zeros_take_the_limit() -> None:
    for start, end in (
        ([0.0, 5.0, 2.0], [4.0, 6.0, 3.0]),
        ([4.0, 6.0, 3.0], [0.0, 5.0, 2.0]),
        ([0.0, 0.0, 2.0], [4.0, 6.0, 3.0]),
        ([0.0, 5.0, 2.0], [4.0, 0.0, 3.0]),
        ([0.0, 5.0, 2.0], [0.0, 6.0, 3.0]),
    ):
        x0, x1 = np.array(start), np.array(end)
        tiny = 1e-120  # two of them multiplied are still a number
        near0, near1 = np.where(x0 == 0, tiny, x0), np.where(x1 == 0, tiny, x1)
        # The limit is reached like 1 / ln(tiny): slowly.
        np.testing.assert_allclose(lmdi(x0, x1), lmdi(near0, near1), atol=0.02 * 72, rtol=0)
        assert lmdi(x0, x1).sum() == x1.prod() - x0.prod()


def test_published_zero_cases() -> None:
    # One category with two factors, the second of which makes the total what the case says.
    for _, v0, v1, z0, z1, term in ZERO_CASES:
        other0 = 0.0 if v0 == 0 and z0 > 0 else (v0 / z0 if z0 else 1.0)
        other1 = 0.0 if v1 == 0 and z1 > 0 else (v1 / z1 if z1 else 1.0)
        parts = lmdi(np.array([z0, other0]), np.array([z1, other1]))
        assert parts[0] == pytest.approx(term)


def test_lmdi_against_the_results_of_lmdir() -> None:
    for (start, end), terms in SIMPLE_Z.items():
        parts = lmdi(np.array(SIMPLE_X[start]), np.array(SIMPLE_X[end]))
        np.testing.assert_allclose(parts, terms, rtol=1e-8, atol=1e-9)
        additive = SIMPLE_LMDI1["additive"][(start, end)]
        np.testing.assert_allclose(parts.sum(axis=0), additive, rtol=1e-8)
    for case in SIMPLE_ZERO.values():
        parts = lmdi(np.array(case["start"]), np.array(case["end"]))
        np.testing.assert_allclose(parts, case["terms"], rtol=1e-8, atol=1e-9)
    assert len(FACTORS) == 3


@pytest.mark.parametrize("example", PRODUCTS)
def test_das_gupta_against_the_manual(example: str) -> None:
    case = PRODUCTS[example]
    x0, x1 = (np.array([v[i] for v in case["factors"].values()]) for i in (0, 1))
    for method in ("das-gupta", "shapley"):
        parts, rest = contributions(x0, x1, method)
        # Effects are printed with about seven digits.
        scale = abs(case["crude_difference"])
        np.testing.assert_allclose(parts, list(case["effects"].values()), atol=1e-6 * scale)
        assert rest == 0
        assert parts.sum() == pytest.approx(x1.prod() - x0.prod(), rel=1e-12)


def test_a_vanished_category_of_ghana() -> None:
    start, end = np.array(GHANA["start"]), np.array(GHANA["vanished"])
    parts = lmdi(start, end)
    # The source shows its terms to about nine digits of numbers rounded before.
    np.testing.assert_allclose(parts, GHANA["terms"], rtol=2e-6, atol=1e-6)
    assert parts.sum() == pytest.approx(GHANA["change"], rel=1e-6)
    v0, v1 = start.prod(axis=1).sum(), end.prod(axis=1).sum()
    mean = log_mean(np.array(v1), np.array(v0))
    np.testing.assert_allclose(np.exp(parts.sum(axis=0) / mean), GHANA["multiplicative"], rtol=2e-6)


@pytest.mark.parametrize("order", [[0], [0, 0, 1], [0, 1, 3], [0, 1, 2, 3]])
def test_an_order_is_each_factor_once(order: list[int]) -> None:
    with pytest.raises(DecompositionError, match="each of the 3 positions once"):
        contributions(np.ones(3), np.ones(3), "sequential", order)


def test_arrays_that_cannot_be_factors() -> None:
    with pytest.raises(DecompositionError, match="a factor is negative"):
        contributions(np.array([1.0, -1.0]), np.ones(2))
    with pytest.raises(DecompositionError, match="shapes"):
        contributions(np.ones(2), np.ones(3))
    whole = interactions(np.array([3 * 10**9, 4 * 10**9, 5]), np.array([6 * 10**9, 8 * 10**9, 9]))
    assert whole[(0, 1)] == 3e9 * 4e9 * 5


def test_names_of_methods() -> None:
    assert method_name("Sun") == "shapley"
    assert method_name("das_gupta") == "das-gupta"
    with pytest.raises(DecompositionError, match="no method 'fisher'"):
        method_name("fisher")
