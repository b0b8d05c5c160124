"""Printed figures: the interval rounding allows each contribution."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proba.decomposition.methods import METHODS, contributions
from proba.decomposition.printed import Rounded, as_rounded, bounds, decimals_of
from proba.decomposition.splitting import decompose
from proba.errors import DecompositionError, PublishedError

TEXT = "utbetalt = tilfeller * varighet * stonad_per_maned"


def national() -> pd.DataFrame:
    """Proba-rapport 2017-08, section 3.2: growth 12.4 and 19.2 percent, 4.8 to 4.9 months."""
    return pd.DataFrame(
        {
            "aar": [2012, 2016],
            "tilfeller": [Rounded.exact(1), Rounded.growth("12,4")],
            "varighet": ["4,8", "4,9"],
            "stonad_per_maned": [Rounded.exact(1), Rounded.growth("19,2")],
        }
    )


def test_national_growth_2012_16() -> None:
    result = decompose(national(), TEXT, start=2012, end=2016, printed=True)
    assert result.intervals is not None
    growth = result.intervals.loc[("alle", "growth")]
    assert [round(100 * growth[c], 1) for c in ("value", "low", "high")] == [36.8, 33.9, 39.7]
    # By hand: each ratio at its smallest and largest.
    assert growth["low"] == pytest.approx(1.1235 * 4.85 / 4.85 * 1.1915 - 1, rel=1e-12)
    assert growth["high"] == pytest.approx(1.1245 * 4.95 / 4.75 * 1.1925 - 1, rel=1e-12)
    assert [round(100 * s) for s in result.shares.loc["alle"]] == [37, 7, 56]
    shares = result.intervals.loc["alle"]
    low = np.log(1.1235) / np.log(1.1235 * (4.95 / 4.75) * 1.1925)
    assert shares.loc["tilfeller", "share_low"] == pytest.approx(low, rel=1e-12)
    table = result.to_table()
    assert "Vekst 36,8 %; avrundingen tillater 33,9 til 39,7 %." in table.notes


@pytest.mark.parametrize("method", METHODS)
def test_intervals_hold_whatever_the_rounding_hid(method: str) -> None:
    result = decompose(national(), TEXT, start=2012, end=2016, printed=True, method=method)
    assert result.intervals is not None
    limits = result.intervals.loc["alle"]
    rng = np.random.default_rng(3)
    m = 20_000
    x0 = np.column_stack([np.ones(m), rng.uniform(4.75, 4.85, m), np.ones(m)])
    x1 = np.column_stack(
        [rng.uniform(1.1235, 1.1245, m), rng.uniform(4.85, 4.95, m), rng.uniform(1.1915, 1.1925, m)]
    )
    parts, rest = contributions(x0, x1, method)
    change = x1.prod(axis=1) - x0.prod(axis=1)
    for j, factor in enumerate(("tilfeller", "varighet", "stonad_per_maned")):
        low, high = limits.loc[factor, "low"], limits.loc[factor, "high"]
        inside = parts[:, j]
        assert low - 1e-12 <= inside.min() <= low + 0.15 * (high - low)
        assert high - 0.15 * (high - low) <= inside.max() <= high + 1e-12
        share = inside / change
        assert limits.loc[factor, "share_low"] - 1e-12 <= share.min()
        assert share.max() <= limits.loc[factor, "share_high"] + 1e-12
    assert limits.loc["rest", "low"] - 1e-12 <= rest.min()
    assert rest.max() <= limits.loc["rest", "high"] + 1e-12


@given(
    st.lists(st.integers(1, 60), min_size=6, max_size=6),
    st.sampled_from(METHODS),
    st.randoms(use_true_random=False),
)
@settings(max_examples=40, deadline=None)
def test_intervals_hold_for_coarse_figures_too(
    tenths: list[int], method: str, random: object
) -> None:
    """Figures such as 0.1 stand for 0.05 to 0.15, where LMDI is not monotone."""
    cells = np.array(tenths).reshape(2, 3) / 10
    table = pd.DataFrame(cells, columns=["a", "b", "c"]).assign(aar=[2012, 2016])
    text = table.astype(dict.fromkeys("abc", str))
    result = decompose(text, "v = a * b * c", start=2012, end=2016, printed=True, method=method)
    assert result.intervals is not None
    limits = result.intervals.loc["alle"]
    rng = np.random.default_rng(random.randrange(2**32))  # type: ignore[attr-defined]
    x = np.abs(cells + rng.uniform(-0.05, 0.05, (3000, 2, 3)))
    parts, _ = contributions(x[:, 0], x[:, 1], method)
    slack = 1e-6 * (1 + np.abs(parts).max())
    for j, factor in enumerate("abc"):
        assert parts[:, j].min() >= limits.loc[factor, "low"] - slack
        assert parts[:, j].max() <= limits.loc[factor, "high"] + slack
    change = x[:, 1].prod(axis=1) - x[:, 0].prod(axis=1)
    assert change.min() >= limits.loc["total_change", "low"] - slack
    assert change.max() <= limits.loc["total_change", "high"] + slack


def test_a_change_that_may_be_nothing_has_no_share_interval() -> None:
    table = pd.DataFrame({"aar": [2012, 2016], "a": ["1,0", "1,0"], "b": ["2,0", "2,1"]})
    result = decompose(table, "v = a * b", start=2012, end=2016, printed=True)
    assert result.intervals is not None
    assert result.intervals.loc["alle"]["share_low"].isna().all()


def test_ratios_share_their_rounded_column() -> None:
    """Inhabitants stand above and below; the total does not depend on them."""
    table = pd.DataFrame(
        {"aar": [2012, 2016], "innbyggere": ["100", "110"], "mottakere": ["9", "12"]}
    )
    result = decompose(
        table,
        "u = innbyggere * (mottakere / innbyggere)",
        start=2012,
        end=2016,
        printed=True,
    )
    assert result.intervals is not None
    change = result.intervals.loc[("alle", "total_change")]
    assert (change["low"], change["high"]) == pytest.approx((2.0, 4.0), rel=1e-9)


def test_chained_intervals_are_outer_limits_and_say_so() -> None:
    table = pd.DataFrame(
        {"aar": [2012, 2013, 2014], "a": ["1,0", "1,2", "1,5"], "b": ["2,0", "2,2", "2,1"]}
    )
    chained = decompose(table, "v = a * b", start=2012, end=2014, printed=True, chained=True)
    ends = decompose(table, "v = a * b", start=2012, end=2014, printed=True)
    assert chained.intervals is not None
    assert ends.intervals is not None
    for term in ("total_change", "growth"):
        for end in ("low", "high"):
            assert chained.intervals.loc[("alle", term), end] == pytest.approx(
                ends.intervals.loc[("alle", term), end]
            )
    assert "outer limits" in chained.notes_en[-1]


def test_intervals_of_kommuner_add_up() -> None:
    table = pd.DataFrame(
        {
            "kommune": ["0104", "0104", "0106", "0106"],
            "aar": [2012, 2016] * 2,
            "a": ["10", "12", "20", "21"],
            "b": ["4,8", "4,9", "5,0", "5,2"],
        }
    )
    each = decompose(table, "v = a * b", start=2012, end=2016, by="kommune", printed=True)
    both = decompose(table, "v = a * b", start=2012, end=2016, printed=True)
    assert each.intervals is not None
    assert both.intervals is not None
    sums = each.intervals["low"].groupby(level=1).sum()
    assert both.intervals.loc[("alle", "a"), "low"] == pytest.approx(sums["a"])
    growth = both.intervals.loc[("alle", "growth")]
    low = (11.5 * 4.85 + 20.5 * 5.15) / (10.5 * 4.85 + 20.5 * 5.05) - 1
    assert growth["low"] == pytest.approx(low, rel=1e-12)
    assert both.intervals.loc["alle"]["share_low"].isna().all()
    assert any("avrundingen tillater" in note for note in both.to_table().notes)


def test_json_has_the_intervals() -> None:
    out = decompose(national(), TEXT, start=2012, end=2016, printed=True).to_dict()
    assert isinstance(out, dict)
    assert [round(v, 3) for v in out["growth_interval"]] == [0.339, 0.397]
    assert len(out["contributions"][1]["absolute_interval"]) == 2


def test_what_digits_stand_for() -> None:
    assert Rounded.printed("5,0") == Rounded(5.0, 4.95, 5.05)
    assert as_rounded(" ", 0) is None
    assert as_rounded(float("nan"), 0) is None
    assert as_rounded(5.0, 1) == Rounded(5.0, 4.95, 5.05)
    assert as_rounded(3, 0) == Rounded(3.0, 2.5, 3.5)
    assert decimals_of([4.8, 5.0, None, "4,85", 9000]) == 1
    with pytest.raises(PublishedError):
        Rounded.printed("fem")
    with pytest.raises(DecompositionError, match="no printed number"):
        as_rounded(object(), 0)
    with pytest.raises(DecompositionError, match="inside its interval"):
        Rounded(1.0, 2.0, 3.0)
    table = pd.DataFrame({"aar": [2012, 2016], "a": ["ti", "12"]})
    with pytest.raises(DecompositionError, match="2012: 'a' holds 'ti'"):
        decompose(table, "v = a", start=2012, end=2016, printed=True)


def test_too_many_rounded_figures_are_refused() -> None:
    low, high = np.zeros((1, 15)), np.ones((1, 15))
    with pytest.raises(DecompositionError, match="at most 14"):
        bounds(lambda x: x[:, :1], low, high)


def test_whole_panels_of_printed_figures() -> None:
    """Four hundred kommuner at once equal one by one."""
    rng = np.random.default_rng(4)
    kommuner = [f"{100 + i:04d}" for i in range(400)]
    table = pd.DataFrame(
        {
            "kommune": np.repeat(kommuner, 2),
            "aar": np.tile([2012, 2016], 400),
            "a": rng.integers(3, 900, 800).astype(str),
            "b": [f"{v:.1f}" for v in rng.uniform(3, 7, 800)],
        }
    )
    whole = decompose(table, "v = a * b", start=2012, end=2016, by="kommune", printed=True)
    assert whole.intervals is not None
    for unit in ("0100", "0312", "0499"):
        alone = decompose(
            table[table["kommune"] == unit],
            "v = a * b",
            start=2012,
            end=2016,
            by="kommune",
            printed=True,
        )
        assert alone.intervals is not None
        pd.testing.assert_frame_equal(whole.intervals.loc[[unit]], alone.intervals, rtol=1e-9)


# Boxes in which a contribution is not extreme in a corner; the extremes were found by differential
# evolution (scipy, population 20, 600 generations, tolerance 1e-12) over the whole box.
def box(value: float, low: float, high: float) -> Rounded:
    return Rounded(value, low, high)


HARD = {
    "u = n * (a / n) * (c / p) * p": (
        {
            "n": [Rounded.exact(1.016), box(2, 1.5, 2.5)],
            "a": [box(0.25, 0, 0.5), box(1, 0.5, 1.5)],
            "c": [box(8.7, 8.65, 8.75), box(1.7, 1.65, 1.75)],
            "p": [box(425, 422.4, 430.9), box(8, 7.5, 8.5)],
        },
        {"n": (0, 3.08467), "a/n": (-1.95811, 3.70159), "p": (-13.8779, 0)},
    ),
    "u = n * (a / n) * b": (
        {
            "n": [Rounded.exact(76.875), box(0.007, 0.0035, 0.0105)],
            "a": [box(0.25, 0, 0.5), box(6e-6, 3e-6, 9e-6)],
            "b": [box(8, 7.5, 8.5), box(0.25, 0, 0.5)],
        },
        {"n": (-3.08816, 0), "a/n": (-0.893995, 0.0524493), "b": (-4.25, 0)},
    ),
    "u = a * b": (
        {
            "a": [box(6.4, 6.35, 6.45), box(2.2, 2.15, 2.25)],
            "b": [box(0.25, 0, 0.5), box(0.07, 0.035, 0.105)],
        },
        {"a": (-1.23907, 0), "b": (-2.25371, 0.312717)},
    ),
    "u = a * b * c": (
        {"a": ["100", "10"], "b": ["0", "0,01"], "c": ["1", "1"]},
        {"a": (-30.2272, 0), "b": (-50.5178, 0.539976), "c": (-12.0516, 5.85916)},
    ),
}


@pytest.mark.parametrize("text", HARD)
def test_extremes_inside_the_box(text: str) -> None:
    cells, expected = HARD[text]
    table = pd.DataFrame({"aar": [2012, 2016], **cells})
    result = decompose(table, text, start=2012, end=2016, printed=True)
    assert result.intervals is not None
    for factor, (low, high) in expected.items():
        row = result.intervals.loc[("alle", factor)]
        width = high - low
        assert row["low"] == pytest.approx(low, abs=1e-4 * width)
        assert row["high"] == pytest.approx(high, abs=1e-4 * width)


def test_a_total_of_its_own_has_its_own_rounding() -> None:
    table = pd.DataFrame(
        {"aar": [2012, 2016], "m": ["100", "112"], "v": ["4,8", "4,9"], "u": ["500", "560"]}
    )
    result = decompose(table, "u_ = m * v", start=2012, end=2016, printed=True, total="u")
    assert result.intervals is not None
    limits = result.intervals.loc["alle"]
    assert tuple(limits.loc["total_change"])[:3] == (60.0, 59.0, 61.0)
    assert limits.loc["growth", "low"] == pytest.approx(559.5 / 500.5 - 1)
    rest = limits.loc["rest"]
    least = 59.0 - (112.5 * 4.95 - 99.5 * 4.75)
    assert rest["low"] == pytest.approx(least)
    assert rest["low"] < rest["value"] < rest["high"]
    share = result.shares.loc["alle", "m"]
    assert limits.loc["m", "share_low"] < share < limits.loc["m", "share_high"]


def test_numbers_of_any_kind_of_cell() -> None:
    cells = [
        pd.Series([4.8, 5.2], dtype="float32"),
        pd.Series([4.8, 5.2], dtype="Float64"),
        pd.Series([Decimal("4.8"), Decimal("5.2")], dtype=object),
        pd.Series([4.8, 5.2000000000000002]),
        pd.Series(["4,8", "5,2"]),
    ]
    wanted = None
    for column in cells:
        table = pd.DataFrame({"aar": [2012, 2016], "v": column})
        result = decompose(table, "u = v", start=2012, end=2016, printed=True)
        assert result.intervals is not None
        wanted = result.intervals if wanted is None else wanted
        pd.testing.assert_frame_equal(result.intervals, wanted, rtol=1e-9)
    holes = pd.DataFrame(
        {
            "kommune": ["0104", "0104", "0106", "0106"],
            "aar": [2012, 2016] * 2,
            "v": pd.array([3, 4, None, 5], dtype="Int64"),
        }
    )
    result = decompose(holes, "u = v", start=2012, end=2016, printed=True, by="kommune")
    assert list(result.missing.index) == ["0106"]
