from __future__ import annotations

import math

import pytest

from proba.errors import PublishedError
from proba.published import agrees, half_unit, interval, parse


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("-2,45", -2.45),
        ("\N{MINUS SIGN}2,45", -2.45),
        ("-2,05e-07", -2.05e-07),
        ("1 935", 1935.0),
        ("1\N{NO-BREAK SPACE}935", 1935.0),
        ("1\N{NARROW NO-BREAK SPACE}935", 1935.0),
        ("42,9 %", 42.9),
        ("0.33", 0.33),
        ("0", 0.0),
    ],
)
def test_parse(printed: str, value: float) -> None:
    assert parse(printed) == value


@pytest.mark.parametrize(
    ("printed", "half"),
    [
        ("-2,05e-07", 5e-10),
        ("0,01", 0.005),
        ("-2,45", 0.005),
        ("1 935", 0.5),
        ("0,8", 0.05),
        ("0,80", 0.005),
        ("100", 0.5),
        ("0,0029", 0.00005),
    ],
)
def test_half_unit(printed: str, half: float) -> None:
    assert half_unit(printed) == half


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("0,01", 0.005, 0.015),
        ("-2,45", -2.455, -2.445),
        ("1 935", 1934.5, 1935.5),
        ("0", -0.5, 0.5),
        ("8,76e-08", 8.755e-08, 8.765e-08),
    ],
)
def test_interval(printed: str, low: float, high: float) -> None:
    assert interval(printed) == (low, high)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.0285, "0,029"),
        (-0.0285, "-0,029"),
        (0.0294999, "0,029"),
        (0.285 * 0.1, "0,029"),  # a hair below the half in binary
        (2.675, "2,68"),
        (1.005, "1,01"),
        (0.5, "1"),
        (-0.5, "-1"),
        (2.5, "3"),
        (0.4999, "0"),
        (-0.4, "0"),
        (1934.5, "1 935"),
        (-2.0545e-07, "-2,05e-07"),
        (149 * 0.92 / 1.29, "106"),  # Vågan 2016 from 2012
    ],
)
def test_agrees(value: float, printed: str) -> None:
    assert agrees(value, printed)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.0285, "0,028"),
        (0.0295, "0,029"),
        (0.0284, "0,029"),
        (-0.0295, "-0,029"),
        (0.029, "-0,029"),
        (2.5, "2"),
        (1935.5, "1 935"),
        (2.05e-07, "-2,05e-07"),
        (-2.055e-07, "-2,05e-07"),
        (math.nan, "0"),
        (math.inf, "0"),
    ],
)
def test_disagrees(value: float, printed: str) -> None:
    assert not agrees(value, printed)


@pytest.mark.parametrize("text", ["", "***", "Middels", "1,2,3", "1.234,5", "e5", "nan", "inf"])
def test_not_a_number(text: str) -> None:
    for function in (parse, half_unit, interval):
        with pytest.raises(PublishedError, match="not a printed number"):
            function(text)
    with pytest.raises(PublishedError, match="not a printed number"):
        agrees(1.0, text)


def test_ends_of_the_interval() -> None:
    for printed in ("0,029", "-2,45", "1 935", "8,76e-08"):
        low, high = interval(printed)
        near, far = sorted((low, high), key=abs)
        assert agrees(near, printed)
        assert not agrees(far, printed)
