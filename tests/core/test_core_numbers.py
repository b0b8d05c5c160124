import math
from decimal import Decimal, getcontext, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proba._numbers import MINUS, THIN, format_number, format_pvalue, round_half_up


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),  # to even would be 2
        (-0.5, 0, "-1"),
        (89.5, 0, "90"),
        (89.4999, 0, "89"),
        (0.285, 2, "0.29"),
        (2.675, 2, "2.68"),  # stored just below the half
        (89.49999999999999, 0, "90"),  # a hair of floating point below the half
        (1234.0, -2, "1200"),
        (1250.0, -2, "1300"),
        (2.05e-07, 9, "2.05E-7"),
    ],
)
def test_half_goes_away_from_zero(value, decimals, expected):
    assert round_half_up(value, decimals) == Decimal(expected)


@pytest.mark.parametrize(
    ("value", "decimals"), [(1e12, 0), (5e11, 0), (5e9, 2), (5e7, 4), (600e9, 1), (-5e11, 0)]
)
def test_large_round_numbers_stay_themselves(value, decimals):
    assert round_half_up(value, decimals) == Decimal(value)


@pytest.mark.parametrize("value", [1e30, 1e300, -1e300, 5e-324])
@pytest.mark.parametrize("decimals", [0, 6])
def test_no_float_is_too_large_or_small(value, decimals):
    assert float(round_half_up(value, decimals)) == pytest.approx(value, rel=1e-15, abs=1e-6)


def test_callers_decimal_precision_does_not_matter():
    with localcontext() as context:
        context.prec = 3
        assert round_half_up(123456.5) == 123457
        assert getcontext().prec == 3


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_cannot_be_rounded(value):
    with pytest.raises(ValueError, match="cannot round"):
        round_half_up(value)


@given(st.integers(-(10**15), 10**15))
def test_whole_numbers_round_to_themselves(number):
    assert round_half_up(float(number)) == number


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_rounding_is_never_off_by_more_than_a_half(value, decimals):
    half = Decimal(1).scaleb(-decimals) / 2
    gap = abs(round_half_up(value, decimals) - Decimal(repr(value)))
    assert gap <= half * Decimal("1.003")


@pytest.mark.parametrize(
    ("value", "decimals", "nb", "en"),
    [
        (1935, 0, f"1{THIN}935", "1,935"),
        (-2.45, 2, f"{MINUS}2,45", f"{MINUS}2.45"),
        (1234567.891, 1, f"1{THIN}234{THIN}567,9", "1,234,567.9"),
        (-0.004, 2, "0,00", "0.00"),  # no minus zero
        (0.5, None, "1", "1"),
        (None, 0, "–", "–"),
        (math.nan, 2, "–", "–"),
        (math.inf, 0, "∞", "∞"),
        (-math.inf, 0, f"{MINUS}∞", f"{MINUS}∞"),
    ],
)
def test_numbers_in_norwegian_and_english(value, decimals, nb, en):
    assert format_number(value, decimals) == nb
    assert format_number(value, decimals, "en") == en


@pytest.mark.parametrize(
    ("value", "digits", "nb"),
    [
        (-2.05e-07, 3, f"{MINUS}2,05e{MINUS}07"),
        (9.996e-08, 3, f"1,00e{MINUS}07"),
        (0.0, 3, "0"),
        (0.27649, 3, "0,276"),
        (9.996, 3, "10,0"),
        (12345.6, 3, f"12{THIN}346"),
        (1.5e9, 3, "1,50e+09"),
    ],
)
def test_significant_digits(value, digits, nb):
    assert format_number(value, significant=digits) == nb


def test_missing_text_can_be_chosen():
    assert format_number(None, missing="") == ""


def test_pvalues():
    assert format_pvalue(0.0004) == "<0,001"
    assert format_pvalue(0.0004, "en") == "<0.001"
    assert format_pvalue(0.0455) == "0,046"
