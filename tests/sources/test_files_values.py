"""Numbers, signs, years and area cells."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proba.sources.files.ages import parse_age, tile
from proba.sources.files.kommune_cells import Kind, read_region
from proba.sources.files.values import (
    ExcelError,
    Period,
    decimal_mark,
    is_blank,
    parse_number,
    parse_period,
    status_of,
    text_of,
)

SPACES = st.sampled_from([" ", "\u00a0", "\u202f", "\u2009"])


@given(
    whole=st.integers(0, 10**12),
    decimals=st.integers(0, 999),
    space=SPACES,
    sign=st.sampled_from(["", "-", "\u2212", "\u2013"]),
    percent=st.sampled_from(["", "%", " %", "\u00a0%"]),
)
def test_grouped_numbers_read_back(whole, decimals, space, sign, percent):
    text = f"{sign}{whole:,}".replace(",", space) + f",{decimals:03d}{percent}"
    expected = (whole + decimals / 1000) * (-1 if sign else 1)
    assert parse_number(text, ",") == pytest.approx(expected, rel=1e-12)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_numbers_pass_through_either_mark(number):
    assert parse_number(number) == number
    assert parse_number(repr(number), ".") == number
    assert parse_number(repr(number).replace(".", ","), ",") == number


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(text):
    for decimal in (",", "."):
        found = parse_number(text, decimal)
        assert found is None or found == found
    assert status_of(text) is None or parse_number(text) is None
    read_region(text)
    parse_period(text)
    parse_age(text)


@given(st.integers(-(10**6), 10**6), st.sampled_from([",", "."]))
def test_whole_numbers_need_no_mark(number, decimal):
    assert parse_number(str(number), decimal) == number


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1.234,5", ",", 1234.5),
        ("1,234.5", ".", 1234.5),
        ("0,123", ",", 0.123),
        ("66,4 %", ",", 66.4),
        (" 12 ", ",", 12.0),
        ("- 3", ",", -3.0),
        ("1.5", ",", None),
        ("1 23", ",", None),
        ("12 3456", ",", None),
        ("1,2,3", ",", None),
        ("--3", ",", None),
        ("", ",", None),
        ("inf", ",", None),
        ("nan", ",", None),
        ("1e400", ".", None),
        ("٣", ",", None),
        (True, ",", None),
        (None, ",", None),
        (dt.date(2016, 1, 1), ",", None),
        (float("inf"), ",", None),
    ],
)
def test_numbers(text, decimal, number):
    assert parse_number(text, decimal) == number


def test_decimal_mark_of_a_column():
    assert decimal_mark(["12,5", "1 234"]) == ","
    assert decimal_mark(["12.5", "1,234"]) == "."
    assert decimal_mark(["1.234", "0,5"]) == ","
    assert decimal_mark(["1.234,5"]) == ","
    assert decimal_mark(["1,234"]) == ","
    assert decimal_mark([3.5, None, "x"]) == ","
    assert decimal_mark(["1,5", "1.5"]) is None
    with pytest.raises(LookupError, match=r"1\.234"):
        decimal_mark(["1.234", "5"])


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        (".", "."), ("..", ".."), (" : ", ":"), ("-", "-"), ("\u2013", "-"), ("*", "*"),
        ("<5", "<5"), ("< 5", "<5"), ("Under 5", "<5"), ("Færre enn 10", "<10"), ("X", "x"),
        ("5", None), (0, None), ("", None), ("n.a.", None), (None, None),
    ],
)  # fmt: skip
def test_signs(cell, status):
    assert status_of(cell) == status


def test_more_signs():
    assert status_of("n.a.", ["N.A."]) == "n.a."


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        (2016, 2016, 2016), (2016.0, 2016, 2016), ("2016", 2016, 2016), ("2016.0", 2016, 2016),
        (dt.date(2016, 12, 31), 2016, 2016), ("2016-12-31", 2016, 2016),
        ("31.12.2016", 2016, 2016), ("Des 2016", 2016, 2016), ("desember 2016", 2016, 2016),
        ("31. desember 2016", 2016, 2016), ("2016 : ", 2016, 2016), ("2016M12", 2016, 2016),
        ("2010-kullet", 2010, 2010), ("2016-12-31T00:00:00", 2016, 2016),
        ("Pr. 31.12.2016", 2016, 2016), ("2010-11", 2010, 2011), ("2010/2011", 2010, 2011),
        ("2012_2014", 2012, 2014), ("2012–2014", 2012, 2014), ("1999-00", 1999, 2000),
    ],
)  # fmt: skip
def test_years(cell, first, last):
    assert parse_period(cell) == Period(first, last)


@pytest.mark.parametrize(
    "cell", [None, True, "", "0101", 101, "18-49", "2014-2010", "1900", 2016.5]
)
def test_not_years(cell):
    assert parse_period(cell) is None


@pytest.mark.parametrize(
    ("cell", "kind", "code"),
    [
        ("0101", Kind.KOMMUNE, "0101"), (101, Kind.KOMMUNE, "0101"),
        (101.0, Kind.KOMMUNE, "0101"), ("101", Kind.KOMMUNE, "0101"),
        ("0101 Halden", Kind.KOMMUNE, "0101"), ("101 Halden", Kind.KOMMUNE, "0101"),
        ("K-0101", Kind.KOMMUNE, "0101"), ("K_0101 Halden", Kind.KOMMUNE, "0101"),
        ("Halden (0101)", Kind.KOMMUNE, "0101"), ("0101\u00a0Halden", Kind.KOMMUNE, "0101"),
        ("0101. Halden", Kind.KOMMUNE, "0101"), ("1103 Stavanger i alt  ", Kind.KOMMUNE, "1103"),
        ("0301 Oslo kommune", Kind.KOMMUNE, "0301"), ("0101 Halden (-2019)", Kind.KOMMUNE, "0101"),
        ("Våler (Østfold) (0137)", Kind.KOMMUNE, "0137"), ("2015 Hasvik", Kind.KOMMUNE, "2015"),
        ("01 Østfold", Kind.FYLKE, "01"), (1, Kind.FYLKE, "01"), ("F-01", Kind.FYLKE, "01"),
        ("0100 Østfold", Kind.FYLKE, "01"), ("Østfold", Kind.FYLKE, "01"),
        ("Sum Østfold", Kind.FYLKE, "01"), ("Østfold i alt", Kind.FYLKE, "01"),
        ("Østfold fylke", Kind.FYLKE, "01"), ("Troms - Romsa", Kind.FYLKE, "19"),
        ("Hele landet", Kind.LAND, ""), ("I alt", Kind.LAND, ""), (0, Kind.LAND, ""),
        ("0 Hele landet", Kind.LAND, ""), ("Norge", Kind.LAND, ""), ("Hele landet:", Kind.LAND, ""),
        ("Svalbard", Kind.OTHER, ""), ("2111 Longyearbyen", Kind.OTHER, "2111"),
        ("Uoppgitt kommune", Kind.OTHER, ""), (9999, Kind.OTHER, "9999"),
        ("0199 Uoppgitt", Kind.OTHER, "0199"), ("98 Utland", Kind.OTHER, "98"),
        ("Bosatt i utlandet", Kind.OTHER, ""),
        ("030101 Gamle Oslo", Kind.BYDEL, "030101"), (30101, Kind.BYDEL, "030101"),
    ],
)  # fmt: skip
def test_areas(cell, kind, code):
    region = read_region(cell)
    assert region is not None
    assert (region.kind, region.code) == (kind, code)


@pytest.mark.parametrize(
    "cell",
    [None, "", "Kommune", "Halden", "1) Foreløpige tall", "2014-2016", 101.5, True, 123456, 13010,
     7777, "Kilde: IMDi", "K-01", ExcelError("#REF!"), dt.date(2016, 1, 1)],
)  # fmt: skip
def test_no_areas(cell):
    assert read_region(cell) is None


def test_ages():
    assert parse_age("18-29 år") == (18, 29)
    assert parse_age("18–29") == (18, 29)
    assert parse_age("Under 20 år") == (18, 19)
    assert parse_age("65 år og over") == (65, 120)
    assert parse_age("18 år") == (18, 18)
    assert parse_age("I alt") is None
    assert parse_age("49-18") is None


def test_intervals_from_groups():
    groups = [(18, 29), (18, 24), (25, 29), (30, 39), (40, 49), (50, 54), (18, 67)]
    assert tile((18, 49), groups) == ((18, 29), (30, 39), (40, 49))
    assert tile((18, 67), groups) == ((18, 67),)
    assert tile((18, 45), groups) is None
    assert tile((18, 49), [(18, 29), (40, 49)]) is None


def test_text_and_blanks():
    assert text_of(101.0) == "101"
    assert text_of(" a\u00a0b\n") == "a b"
    assert text_of(ExcelError("#REF!")) == "#REF!"
    assert is_blank("\u200b ")
    assert is_blank(float("nan"))
    assert not is_blank(0)
