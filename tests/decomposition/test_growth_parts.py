"""Tabell 3-1 and 3-2 of Proba-rapport 2017-08, and what rounding allows."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from proba.decomposition._rounded_shares import ratio_extremes
from proba.decomposition.categories import category_growth, implied_growth
from proba.decomposition.growth_parts import growth_contributions
from proba.decomposition.printed import Rounded
from proba.errors import DecompositionError
from proba.published import agrees, interval

GROUPS = [
    "Enslige menn uten barn",
    "Enslige kvinner uten barn",
    "Enslige med barn",
    "Par uten barn",
    "Par med barn",
]
SHARES = ["39,4", "22,4", "13,3", "13,1", "11,8"]
GROWTH = ["12,0", "10,9", "8,3", "22,5", "21,8"]
PRINTED = ["35,2", "18,4", "8,5", "20,1", "17,7"]


def tabell_3_1(printed=True):
    return growth_contributions(SHARES, GROWTH, names=GROUPS, printed=printed)


def test_tabell_3_1_from_its_own_columns():
    parts = tabell_3_1(printed=False)
    found = parts.contributions.to_numpy()
    np.testing.assert_allclose(found, [35.2949, 18.4075, 8.5222, 20.1173, 17.6581], atol=5e-5)
    assert parts.total_growth == pytest.approx(13.5853, abs=5e-5)
    # All but the first are the printed ones: the printed columns give 35,3, the report prints 35,2.
    assert [agrees(v, p) for v, p in zip(found, PRINTED, strict=True)] == [False] + [True] * 4
    assert parts.intervals is None
    assert parts.total_interval is None
    assert not parts.normalised
    assert parts.shares_sum == pytest.approx(100, abs=1e-12)


def test_the_printed_contributions_are_within_the_rounding():
    parts = tabell_3_1()
    for group, text in zip(GROUPS, PRINTED, strict=True):
        low, high = interval(text)
        assert parts.intervals.loc[group, "contribution_low"] < high
        assert parts.intervals.loc[group, "contribution_high"] > low
    assert parts.total_interval == pytest.approx((13.5231, 13.6475), abs=5e-5)


def test_the_growth_in_the_text_is_another_figure():
    parts = tabell_3_1()
    assert parts.total_agrees("13,6")
    assert not parts.total_agrees("12,4")
    assert tabell_3_1(printed=False).total_agrees("13,6")


def sampled(shares, growth, whole, n=60_000, seed=1):
    """Contributions, start shares and totals at random and at cornered points of the box."""
    rng = np.random.default_rng(seed)
    s_low, s_high = np.array([interval(t) for t in shares]).T / 100
    g_low, g_high = np.array([interval(t) for t in growth]).T / 100
    k = len(shares)
    corner = rng.random((n, 2 * k)) < 0.5
    u = np.where(rng.random((n, 1)) < 0.7, corner, rng.random((n, 2 * k)))
    s = np.maximum(s_low, 0) + u[:, :k] * (s_high - np.maximum(s_low, 0))
    if whole:  # one share takes up the difference; keep what is still inside
        j = rng.integers(k, size=n)
        s[np.arange(n), j] += 1 - s.sum(axis=1)
        s = s[((s >= s_low - 1e-15) & (s <= s_high + 1e-15)).all(axis=1)]
        u = u[: len(s)]
    g = g_low + u[:, k:] * (g_high - g_low)
    w = s / s.sum(axis=1, keepdims=True)
    added, start = w * g / (1 + g), w / (1 + g)
    change = added.sum(axis=1)
    return (
        100 * added / change[:, None],
        100 * start / start.sum(axis=1, keepdims=True),
        100 * change / (1 - change),
    )


@pytest.mark.parametrize(
    ("shares", "growth", "whole"),
    [
        (SHARES, GROWTH, True),
        (["42,9", "1,3", "55,0"], ["30,4", "28,8", "-5,2"], False),
        (["60", "30", "10"], ["10", "-5", "40"], True),
        (["50", "49,9", "0,1"], ["-10", "-20", "3"], True),
        (["0,0", "70,2", "20"], ["12", "1,5", "-3"], False),
    ],
)
def test_intervals_are_reached_and_not_passed(shares, growth, whole):
    parts = growth_contributions(shares, growth, printed=True)
    contribution, start, total = sampled(shares, growth, whole)
    for name, found in (("contribution", contribution), ("share_start", start)):
        low = parts.intervals[f"{name}_low"].to_numpy()
        high = parts.intervals[f"{name}_high"].to_numpy()
        width = high - low
        assert (found.min(axis=0) >= low - 1e-9).all()
        assert (found.max(axis=0) <= high + 1e-9).all()
        assert (found.min(axis=0) <= low + 0.1 * width + 1e-12).all()
        assert (found.max(axis=0) >= high - 0.1 * width - 1e-12).all()
    low, high = parts.total_interval
    assert low - 1e-9 <= total.min() <= low + 0.1 * (high - low)
    assert high - 0.1 * (high - low) <= total.max() <= high + 1e-9


def test_a_value_of_shares_that_do_not_sum_to_100_is_in_its_interval():
    parts = growth_contributions(["87,4", "10,4", "2,1"], ["82,4", "-21,4", "-10,8"], printed=True)
    assert parts.widened
    # The value is of 87,4 / 99,9; every set of shares within the rounding that sums to 100 gives
    # a smaller start share of the second group.
    _, start, _ = sampled(["87,4", "10,4", "2,1"], ["82,4", "-21,4", "-10,8"], True)
    outside = (parts.frame["share_start"] > start.max(axis=0) + 1e-9) | (
        parts.frame["share_start"] < start.min(axis=0) - 1e-9
    )
    assert outside.any()
    for lang, said in (("nb", "intervallene er utvidet"), ("en", "intervals are widened")):
        assert any(said in note for note in parts.to_table(lang).notes)
    assert not tabell_3_1().widened


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 999), st.integers(-400, 900)), min_size=1, max_size=6),
    st.integers(-3, 3),
)
def test_values_are_always_within_their_intervals(pairs, off):
    weights = np.array([w for w, _ in pairs]) + 1.0
    shares = np.round(1000 * weights / weights.sum()).astype(int)
    shares[0] = max(shares[0] + off, 0)
    text = [f"{s // 10},{s % 10}" for s in shares.tolist()]
    growth = [f"{g / 10:.1f}".replace(".", ",") for _, g in pairs]
    s, g = shares / 1000, np.array([g for _, g in pairs]) / 1000
    assume(s.sum() > 0 and abs((s * g / (1 + g)).sum()) > 1e-9)
    parts = growth_contributions(text, growth, printed=True)
    for name in ("share_start", "contribution"):
        value = parts.frame[name]
        assert (parts.intervals[f"{name}_low"] <= value).all()
        assert (value <= parts.intervals[f"{name}_high"]).all()
    low, high = parts.total_interval
    assert low <= parts.total_growth <= high


@pytest.mark.parametrize("base", ["100", "120", "80"])
def test_a_rounded_common_base_is_one_number(base):
    shares, indices = ["42,9", "1,3", "55,8"], ["130,4", "128,8", "94,8"]
    parts = category_growth(shares, indices, index_start=base, printed=True).contributions
    rng = np.random.default_rng(3)
    ends = [np.array([interval(t) for t in one]).T for one in (shares, indices, [base])]
    contribution, total = [], []
    for _ in range(4000):
        s, i, b = (
            low + (high - low) * np.clip(rng.random(len(low)) * 1.6 - 0.3, 0, 1)
            for low, high in ends
        )
        s[2] = 100 - s[0] - s[1]
        if not ends[0][0][2] <= s[2] <= ends[0][1][2]:
            continue
        added = s * (1 - b / i)
        contribution.append(100 * added / added.sum())
        total.append(100 * added.sum() / (100 - added.sum()))
    low, high = parts.total_interval
    assert low - 1e-9 <= min(total) <= low + 0.1 * (high - low)
    assert high - 0.1 * (high - low) <= max(total) <= high + 1e-9
    low, high = (parts.intervals[f"contribution_{e}"].to_numpy() for e in ("low", "high"))
    if not np.isfinite(low).all():
        assert parts.total_interval[0] <= 0 <= parts.total_interval[1]
        return
    least, most = np.min(contribution, axis=0), np.max(contribution, axis=0)
    assert (low - 1e-9 <= least).all()
    assert (most <= high + 1e-9).all()
    assert (least <= low + 0.15 * (high - low)).all()
    assert (most >= high - 0.15 * (high - low)).all()
    # With a base of its own for each category the intervals would be wider.
    apart = growth_contributions(
        shares,
        [
            Rounded(*(100 * (x / y - 1) for x, y in zip((v, *n), (d, *e), strict=True)))
            for v, n, d, e in (
                (float(t.replace(",", ".")), interval(t), float(base), interval(base)[::-1])
                for t in indices
            )
        ],
        printed=True,
    )
    assert (apart.intervals["contribution_low"] <= low).all()
    if base == "80":  # all grow, so that bases apart would move shares between them
        assert (apart.intervals["contribution_high"] > high + 1e-6).all()


def test_no_bounds_where_the_total_may_stand_still():
    parts = growth_contributions(["50,0", "50,0"], ["0,1", "-0,1"], printed=True)
    assert (parts.intervals["contribution_low"] == -np.inf).all()
    assert (parts.intervals["contribution_high"] == np.inf).all()
    assert np.isfinite(parts.total_interval).all()
    assert "∞" in parts.to_table().to_text()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_ratio_extremes_against_all_vertices(seed, whole):
    rng = np.random.default_rng(seed)
    n = 4
    low = rng.random(n)
    high = low + rng.random(n)
    scale = (0.3 * low + 0.7 * high).sum()
    low, high = low / scale, high / scale
    num, den = rng.normal(size=n), rng.random(n) + 0.1
    corners = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(n, -1).T
    if whole:
        vertices = []
        for corner in corners:
            for j in range(n):
                point = corner.copy()
                point[j] += 1 - corner.sum()
                if low[j] - 1e-12 <= point[j] <= high[j] + 1e-12:
                    vertices.append(point)
        corners = np.array(vertices)
    ratios = corners @ num / (corners @ den)
    found = ratio_extremes(num, den, low, high, whole=whole)
    assert found == pytest.approx((ratios.min(), ratios.max()), abs=1e-10)


counts = st.lists(st.tuples(st.floats(1, 1e6), st.floats(1, 1e6)), min_size=2, max_size=8).filter(
    lambda c: abs(sum(b - a for a, b in c)) > 1e-3 * sum(b for _, b in c)
)


@given(counts)
def test_shares_and_growth_give_back_the_counts(pairs):
    start, end = np.array(pairs).T
    parts = growth_contributions(100 * end / end.sum(), 100 * (end / start - 1))
    change = end.sum() - start.sum()
    expected = 100 * (end - start) / change
    # Growth near -100 percent loses digits in 1 + g.
    tolerance = 1e-8 * np.abs(expected).max()
    np.testing.assert_allclose(parts.contributions, expected, rtol=0, atol=tolerance)
    np.testing.assert_allclose(parts.frame["share_start"], 100 * start / start.sum(), rtol=1e-8)
    assert parts.total_growth == pytest.approx(100 * change / start.sum(), rel=1e-8)
    assert parts.contributions.sum() == pytest.approx(100, abs=1e-12 * np.abs(expected).max() * 8)
    assert parts.frame["points"].sum() == pytest.approx(parts.total_growth, rel=1e-10)


@given(counts, st.floats(0.01, 50))
def test_only_relative_shares_matter(pairs, scale):
    start, end = np.array(pairs).T
    growth = 100 * (end / start - 1)
    whole = growth_contributions(100 * end / end.sum(), growth)
    scaled = growth_contributions(scale * end / end.sum(), growth)
    np.testing.assert_allclose(scaled.contributions, whole.contributions, rtol=1e-9, atol=1e-9)
    assert scaled.total_growth == pytest.approx(whole.total_growth, rel=1e-9, abs=1e-9)
    assert scaled.normalised == (abs(scale / 100 - 1) > 1e-9)


def test_two_groups_merged_contribute_their_sum():
    # Par uten and med barn taken as one group, its growth from the counts behind.
    s, g = np.array([13.1, 11.8]), np.array([0.225, 0.218])
    pair = 100 * (s.sum() / (s / (1 + g)).sum() - 1)
    merged = growth_contributions([39.4, 22.4, 13.3, s.sum()], [12.0, 10.9, 8.3, pair])
    whole = tabell_3_1(printed=False)
    assert merged.contributions.iloc[-1] == pytest.approx(whole.contributions.iloc[3:].sum())
    assert merged.total_growth == pytest.approx(whole.total_growth, abs=1e-12)


def test_implied_population_growth_of_immigrants():
    # Tabell 3-2: index 130,4. Text to Figur 3-3: rates 7,2 and 8 percent, the latter read as 8,0.
    rates_only = implied_growth(100, 130.4, "7,2", "8,0", printed=True)
    assert rates_only.population_growth == pytest.approx(17.36, abs=1e-10)
    assert rates_only.population_interval == pytest.approx((15.8211, 18.9182), abs=5e-5)
    assert rates_only.rounded == ("rate_start", "rate_end")
    both = implied_growth(Rounded.exact(100), "130,4", "7,2", "8,0", printed=True)
    assert both.population_interval == pytest.approx((15.7767, 18.9638), abs=5e-5)
    assert both.rounded == ("index_end", "rate_start", "rate_end")
    neither = implied_growth(100, "130,4", "7,2", "8,0")
    assert neither.rounded == ()
    assert neither.population_interval == (neither.population_growth,) * 2


@given(*[st.floats(0.1, 1000)] * 4)
def test_count_growth_is_population_times_rate(i0, i1, r0, r1):
    one = implied_growth(i0, i1, r0, r1)
    product = (1 + one.population_growth / 100) * (1 + one.rate_growth / 100)
    assert product == pytest.approx(i1 / i0, rel=1e-9)
    assert one.log_population + one.log_rate == pytest.approx(one.log_count, abs=1e-12)


def tabell_3_2():
    return category_growth(
        ["42,9", "1,3", "55,0"],
        ["130,4", "128,8", "94,8"],
        rate_start=["7,2", None, "1,8"],
        rate_end=["8,0", "1,2", "1,6"],
        names=["Innvandrere", "Norskfødte", "Ellers"],
        printed=True,
    )


def test_tabell_3_2():
    table = tabell_3_2()
    parts = table.contributions
    np.testing.assert_allclose(parts.contributions, [137.473, 3.996, -41.469], atol=5e-4)
    assert parts.normalised
    assert parts.shares_sum == pytest.approx(99.2)
    # The growth is the growth of index numbers: from 130,35 to 130,45, not 30,35 to 30,45 %.
    assert parts.frame["growth"].to_numpy() == pytest.approx([30.4, 28.8, -5.2])
    assert list(table.implied) == ["Innvandrere", "Ellers"]
    assert table.frame.loc["Innvandrere", "population_growth"] == pytest.approx(17.36)
    # Rates to one decimal say next to nothing about a population growing slowly.
    low, high = table.implied["Ellers"].population_interval
    assert low == pytest.approx(100 * (0.9475 / (1.65 / 1.75) - 1))
    assert high == pytest.approx(100 * (0.9485 / (1.55 / 1.85) - 1))
    assert low < 1 < 13 < high


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_tables_in_two_languages(lang):
    mark = "," if lang == "nb" else "."
    text = tabell_3_1().to_table(lang).to_text()
    assert f"35{mark}3 [35{mark}1; 35{mark}5]" in text
    assert f"13{mark}6 [13{mark}5; 13{mark}6]" in text
    table = tabell_3_2()
    assert f"99{mark}2" in table.contributions.to_table(lang).notes[-1]
    shown = table.to_table(lang).to_text()
    assert f"17{mark}4 [15{mark}8; 19{mark}0]" in shown
    assert ("befolkning" if lang == "nb" else "population") in shown
    assert "<table>" in tabell_3_1()._repr_html_()
    assert "[" not in str(tabell_3_1(printed=False))


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: growth_contributions([50, 50], [1]), "2 shares and 1 growth"),
        (lambda: growth_contributions([], []), "0 shares"),
        (lambda: growth_contributions([50, 50], [0, 0]), "did not change"),
        (lambda: growth_contributions([50, -1], [1, 1], names=["A", "B"]), "share of 'B' is -1"),
        (lambda: growth_contributions([50, 50], [1, -100], names=["A", "B"]), "growth of 'B'"),
        (lambda: growth_contributions([0, 0], [1, 2]), "sum to 0"),
        (lambda: growth_contributions(["x", 5], [1, 2], names="AB"), "share_end A: 'x' is not"),
        (lambda: growth_contributions([None, 5], [1, 2]), "finite number, not None"),
        (lambda: growth_contributions([float("nan"), 5], [1, 2]), "finite number, not nan"),
        (lambda: growth_contributions([50, 50], [1, 2], names=["A", "A"]), "1 different names"),
        (lambda: implied_growth(100, 120, "0,0", "1,0", printed=True), "'rate_start' must be pos"),
        (
            lambda: growth_contributions([Rounded("4", "4", "5"), 50], [1, 2]),
            "'share_end 1' must be a finite number, not '4'",
        ),
        (
            lambda: implied_growth(Rounded(1.0, 1.0, float("inf")), 1, 1, 1),
            "'index_start' must be a finite number, not inf",
        ),
        (lambda: tabell_3_1().total_agrees("om lag 12"), "printed: 'om lag 12' is not"),
        (lambda: category_growth([], []), "0 shares"),
        (lambda: category_growth([50, 50], [110]), "'index_end' has 1 values"),
        (lambda: category_growth([50, 50], [110, 0], names="AB"), "index of 'B'"),
    ],
)
def test_what_cannot_be_asked(call, match):
    with pytest.raises(DecompositionError, match=match) as raised:
        call()
    assert raised.value.nb != raised.value.en
