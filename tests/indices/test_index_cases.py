import numpy as np
import pandas as pd
import pytest

from proba.errors import IndexingError
from proba.indices import GROUPS, Rule, select_cases
from proba.panel import make_panel

ROWS = {
    "0101": [80, 85, 89.4],  # low
    "0102": [70, 72, 71],  # low, lower
    "0103": [80, 85, 89.5],  # 90 when rounded: not low
    "0104": [110, 115, 111],  # high
    "0105": [130, 118, 140],  # high, higher
    "0106": [130, 120, 110],  # high and a strong fall
    "0107": [95, 100, 115],  # a strong rise
    "0108": [95, 100, 114.4],  # nearly
    "0109": [70, np.nan, 71],  # a year missing
    "0110": [50, 60, 70],  # small; low and a strong rise
}


@pytest.fixture
def population():
    frame = pd.DataFrame(
        [(k, y) for k in ROWS for y in (2012, 2013, 2014)], columns=["kommune", "aar"]
    )
    frame["folketall"] = np.where(frame["kommune"] == "0110", 900.0, 50_000.0)
    frame.loc[frame["aar"] == 2014, "folketall"] += 1
    return make_panel(frame)


def groups(cases):
    return {name: cases.group(name).index.tolist() for name in GROUPS}


def test_the_four_groups_strongest_first(make_table, population):
    cases = select_cases(make_table(ROWS), population)
    assert groups(cases) == {
        "low": ["0110", "0102", "0101"],
        "high": ["0105", "0104", "0106"],
        "fall": ["0106"],
        "rise": ["0107", "0110"],
    }
    assert cases.group("fall").loc["0106", "points"] == -20


def test_size_is_that_of_the_last_year(make_table, population):
    table = make_table(ROWS)
    assert "0110" in groups(select_cases(table, population, min_population=901))["low"]
    assert "0110" not in groups(select_cases(table, population, min_population=902))["low"]
    large = select_cases(table, population, min_population=50_001)
    assert groups(large)["low"] == ["0102", "0101"]


def test_a_kommune_with_a_missing_year_is_left_out(make_table, population):
    cases = select_cases(make_table(ROWS), population, strong_change=0.5)
    assert "0109" not in cases.frame.index.get_level_values("kommune")


def test_other_thresholds(make_table, population):
    rule = Rule(low=75, high=140, rounded=False)
    cases = select_cases(make_table(ROWS), population, rule=rule, strong_change=19.4)
    assert groups(cases)["low"] == ["0110", "0102"]
    assert groups(cases)["high"] == []
    assert groups(cases)["rise"] == ["0107", "0110", "0108"] or "0108" in groups(cases)["rise"]


def test_the_criteria_are_stated(make_table, population):
    cases = select_cases(
        make_table(ROWS),
        population,
        rule=Rule(low=88, high=113),
        strong_change=18,
        min_population=5e4,
    )
    for lang, size in (("nb", "50\u202f000"), ("en", "50,000")):
        text = cases.describe(lang)
        assert all(part in text for part in (size, "88", "113", "18"))
        assert text in cases.to_table(lang).notes


def test_the_table_carries_label_and_names(make_table, population):
    names = pd.Series({"0101": "<b>Halden", "0102": "Bø"})
    cases = select_cases(make_table(ROWS, names=names), population)
    text = str(cases)
    assert text.startswith("[Merke]")
    assert "Lavt alle år" in text
    assert "Bø" in text
    assert "<b>Halden" not in cases._repr_html_()


@pytest.mark.parametrize("only", ["none", "some"])
def test_empty_groups(make_table, population, only):
    rows = {kommune: [100, 100, 100] for kommune in ROWS}
    if only == "some":
        rows["0105"] = [70, 70, 70]
    cases = select_cases(make_table(rows), population)
    found = groups(cases)
    assert found.pop("low") == (["0105"] if only == "some" else [])
    assert not any(found.values())
    assert len(cases.to_table().rows) == len(cases.frame)
    assert "Kommuner" in str(cases)
    assert "<table>" in cases._repr_html_()


def test_what_cannot_be_asked(make_table, population):
    table = make_table(ROWS)
    with pytest.raises(IndexingError, match="no group 'middels'"):
        select_cases(table, population).group("middels")
    with pytest.raises(IndexingError, match="column 'innbyggere'"):
        select_cases(table, population, population="innbyggere")
    for wrong in (0, -5, np.nan):
        with pytest.raises(IndexingError, match="strong_change must be positive"):
            select_cases(table, population, strong_change=wrong)
