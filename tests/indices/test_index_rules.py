from itertools import product

import numpy as np
import pandas as pd
import pytest

from proba.errors import IndexingError
from proba.estimation import fit
from proba.indices import CHANGES, LEVELS, Rule, compute_index, consistent_ranges
from proba.published import load_table

YEARS = ["2012", "2013", "2014", "2015", "2016"]


@pytest.fixture(scope="module")
def printed():
    table = load_table("tabell_6_1").frame.set_index("kommunenr")
    numbers = table[YEARS].astype(int)
    points = numbers["2016"] - numbers["2012"]
    return numbers, points, table["niva_2016"], table["endring_2012_16"].fillna("")


@pytest.mark.parametrize(
    ("value", "level"),
    [(89, 0), (89.999, 0), (90, 1), (100, 1), (109.999, 1), (110, 2), (-3, 0), (0, 0)],
)
def test_levels_at_their_bounds(value, level):
    assert Rule().level(value) == LEVELS[level]


@pytest.mark.parametrize(
    ("points", "change"), [(-6, 0), (-5, 0), (-4.99, 1), (0, 1), (4.99, 1), (5, 2), (40, 2)]
)
def test_changes_at_their_bounds(points, change):
    assert Rule().direction(points) == CHANGES[change]


@pytest.mark.parametrize("missing", [pd.NA, np.nan, None])
def test_nothing_is_nothing(missing):
    assert Rule().level(missing) is None
    assert Rule().direction(missing) is None


def test_the_rule_reads_the_rounded_index(make_table):
    table = make_table({"0101": [94.6, 89.5], "0102": [100.4, 109.5], "0103": [np.nan, 100.0]})
    out = Rule().classify(table)
    assert out.loc["0101", ["level", "change", "points"]].tolist() == ["Middels", "Nedgang", -5]
    assert out.loc["0102", "level"] == "Høyt"
    assert out.loc["0103", "level"] == "Middels"
    assert out.loc["0103", "change"] is None
    exact = Rule(rounded=False).classify(table)
    assert exact["level"].tolist() == ["Lavt", "Middels", "Middels"]
    assert exact["points"].iloc[0] == pytest.approx(-5.1)


def test_other_years_can_be_compared(make_table):
    table = make_table({"0101": [100, 80, 120]})
    assert Rule().classify(table, last=2013).loc["0101", "level"] == "Lavt"
    assert Rule().classify(table, first=2013).loc["0101", "points"] == 40
    with pytest.raises(IndexingError, match=r"year 2020 .*2012, 2013, 2014"):
        Rule().classify(table, last=2020)


def test_the_rule_states_its_thresholds():
    rule = Rule(low=85, high=112.5, change=7)
    for lang, half in (("nb", "112,5"), ("en", "112.5")):
        assert all(number in rule.describe(lang) for number in ("85", half, "7"))
    assert str(rule) == rule.describe()


def test_first_year_after_last_is_refused(spec, panel):
    table = compute_index(fit(spec, panel, cov="HC1"), panel)
    with pytest.raises(IndexingError, match="2014 comes after last year 2012"):
        Rule().classify(table, first=2014, last=2012)


@pytest.mark.parametrize(
    "wrong",
    [{"low": 111}, {"change": 0}, {"change": -1}, {"low": np.nan}, {"change": np.nan}],
)
def test_rules_that_are_none(wrong):
    with pytest.raises(IndexingError, match="rule: low"):
        Rule(**wrong)


def test_ranges_of_tabell_6_1(printed):
    numbers, points, level, change = printed
    ranges = consistent_ranges(numbers["2016"], points, level, change)
    assert ranges.low == (82, 102)
    assert ranges.high == (106, 117)
    assert ranges.rise == (1, 5)
    assert ranges.fall == (-16, 1)
    for lang in ("nb", "en"):
        text = ranges.describe(lang)
        assert "(82; 102]" in text
        assert "(106; 117]" in text
        assert "(1; 5]" in text
        assert "[−16; 1)" in text
        assert "one of many" in text or "én av mange" in text


def words(printed, rule):
    numbers, points, level, change = printed
    same = [rule.level(v) for v in numbers["2016"]] == level.tolist()
    return same, [rule.direction(p) for p in points] == change.tolist()


@pytest.mark.parametrize(("low", "high"), list(product([82.01, 90, 102], [106.01, 110, 117])))
def test_levels_inside_the_ranges_give_the_printed_table(printed, low, high):
    assert words(printed, Rule(low=low, high=high))[0]


@pytest.mark.parametrize(("low", "high"), [(82, 110), (102.01, 110), (90, 106), (90, 117.01)])
def test_levels_outside_the_ranges_do_not(printed, low, high):
    assert not words(printed, Rule(low=low, high=high))[0]


@pytest.mark.parametrize("change", [1.01, 3, 5])
def test_changes_inside_the_ranges_give_the_printed_table(printed, change):
    assert words(printed, Rule(change=change))[1]


@pytest.mark.parametrize("change", [1, 5.01, 17])
def test_changes_outside_the_ranges_do_not(printed, change):
    assert not words(printed, Rule(change=change))[1]


def ranges_of(rows):
    last, points, level, change = zip(*rows, strict=True)
    return consistent_ranges(*map(pd.Series, (last, points, level, change)))


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ([(100, 0, "Lavt", ""), (90, 0, "Middels", "")], "low"),
        ([(100, 0, "Lavt", ""), (100, 0, "Middels", "")], "low"),
        ([(120, 0, "Middels", ""), (110, 0, "Høyt", "")], "high"),
        ([(100, 9, "Middels", ""), (100, 8, "Middels", "Økning")], "rise"),
        ([(100, -9, "Middels", ""), (100, -8, "Middels", "Nedgang")], "fall"),
    ],
)
def test_contradictions_have_no_threshold(rows, name):
    with pytest.raises(IndexingError, match=f"'{name}' would have to"):
        ranges_of(rows)


@pytest.mark.parametrize("bad", [("Lav", ""), ("Lavt", "opp"), (None, "opp"), (np.nan, 7)])
def test_unknown_words(bad):
    with pytest.raises(IndexingError, match="unknown level or change"):
        ranges_of([(100, 0, *bad), (90, 0, "Lavt", "")])


def test_a_table_with_one_level_bounds_one_side_only():
    ranges = ranges_of([(100, 0, "Middels", "")])
    assert ranges.low == (-np.inf, 100)
    assert ranges.high == (100, np.inf)
    assert "inf" in ranges.describe()


@pytest.mark.parametrize("wrong", [{"low": "90"}, {"high": None}, {"change": True}])
def test_thresholds_are_numbers(wrong):
    with pytest.raises(IndexingError, match=f"'{next(iter(wrong))}' must be a number"):
        Rule(**wrong)


def test_rounded_is_yes_or_no():
    with pytest.raises(IndexingError, match="'rounded' must be true or false"):
        Rule(rounded="nei")
