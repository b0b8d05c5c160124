from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from proba.errors import PanelError
from proba.panel import REGISTRY, make_panel

PERCENT = [v.code for v in REGISTRY.values() if v.unit.is_percent]


def rows(**columns):
    return pd.DataFrame({"kommune": ["0101", "0104"], "aar": [2012, 2013], **columns})


def error_of(frame, **options):
    with pytest.raises(PanelError) as caught:
        make_panel(frame, name="min.csv", **options)
    assert caught.value.nb.startswith("min.csv: ")
    assert len(caught.value.nb.splitlines()) == 1
    return caught.value.nb


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("ufore_18_49", 100.1, "er utenfor 0-100 prosent"),
        ("ufore_18_49", -0.1, "er utenfor 0-100 prosent"),
        ("gjennomfort_vgs", 101.0, "er utenfor 0-100 prosent"),
        ("folketall", -5.0, "er negativ"),
        ("urbanitet", -1.0, "er negativ"),
        ("opphopningsindeks", -1.0, "er negativ"),
        ("estimeringsutvalg", 2.0, "må være 0 eller 1"),
        ("folketall", np.inf, "er uendelig"),
        ("egen_kolonne", -np.inf, "er uendelig"),
        ("netto_driftsutgifter", np.inf, "er uendelig"),
        ("folketall", "mange", "er ikke et tall"),
    ],
)
def test_a_bad_value_names_column_kommune_year_and_value(column, value, words):
    good = 1.0 if column == "estimeringsutvalg" else 50.0
    text = error_of(rows(**{column: [good, value]}))
    assert f"'{column}' {words}" in text
    assert f"(kommune 0104, aar 2013: {value})" in text


@pytest.mark.parametrize("column", PERCENT)
def test_bounds_of_percentages_are_allowed(column):
    panel = make_panel(rows(**{column: [0.0, 100.0]}))
    assert panel.frame[column].tolist() == [0.0, 100.0]


def test_net_expenditure_may_be_negative_and_values_missing():
    make_panel(rows(netto_driftsutgifter=[-0.5, np.nan], folketall=[0.0, np.nan]))


@pytest.mark.parametrize("column", PERCENT)
def test_fractions_for_percent(column):
    limit = REGISTRY[column].fraction_below
    frame = rows(**{column: [0.0, limit]})
    text = error_of(frame)
    assert f"alle verdier i '{column}'" in text
    assert "gang med 100" in text
    assert "--small-shares" in text
    make_panel(frame, small_shares=[column])
    make_panel(rows(**{column: [0.0, limit * 1.01]}))


@pytest.mark.parametrize("column", PERCENT)
def test_columns_of_zeros_or_nothing_prove_no_fractions(column):
    make_panel(rows(**{column: [0.0, 0.0]}))
    make_panel(rows(**{column: [np.nan, np.nan]}))


def test_refugee_shares_below_one_percent_are_real():
    make_panel(rows(nybosatte_flyktninger=[0.1, 0.9]))
    assert "brøker" in error_of(rows(nybosatte_flyktninger=[0.001, 0.009]))


@pytest.mark.parametrize(
    "year", ["2012", 2012.0, np.int16(2012), " 2012 ", "2012.0", Decimal(2012)]
)
def test_years_that_are_whole_numbers(year):
    panel = make_panel(pd.DataFrame({"kommune": ["0101"], "aar": [year], "x": [1.0]}))
    assert panel.years == (2012,)
    assert panel.frame.index.get_level_values("aar").dtype == np.int64


@pytest.mark.parametrize(
    "year", [2012.5, "2012x", "2012,0", "2 012", np.inf, 1e30, -2012, 12, True]
)
def test_years_that_are_not(year):
    frame = pd.DataFrame(
        {"kommune": ["0101", "0102"], "aar": pd.Series([2012, year], dtype=object)}
    )
    text = error_of(frame)
    assert "'aar' i rad 2" in text
    assert f"'{year}'" in text
    assert "årstall" in text


@pytest.mark.parametrize("year", [None, np.nan, "", pd.NA])
def test_years_that_are_missing(year):
    frame = pd.DataFrame(
        {"kommune": ["0101", "0102"], "aar": pd.Series([2012, year], dtype=object)}
    )
    assert "'aar' er tom i rad 2" in error_of(frame)


@pytest.mark.parametrize("number", ["0104", " 0104 ", "\u00a00104"])
def test_kommune_numbers(number):
    assert make_panel(rows().assign(kommune=["0101", number])).entities == ("0101", "0104")


@pytest.mark.parametrize("number", [104, 104.0, "104"])
def test_a_lost_zero_is_named_and_put_back_on_request(number):
    frame = rows().assign(kommune=pd.Series(["0101", number], dtype=object))
    text = error_of(frame)
    assert "kommune '104' (aar 2013)" in text
    assert "'0104'" in text
    assert make_panel(frame, pad_kommune=True).entities == ("0101", "0104")


@pytest.mark.parametrize("number", ["01040", "10", "Moss", "0104 Moss", "01 04", "104.5", "٠١٠٤"])
@pytest.mark.parametrize("pad", [True, False])
def test_what_is_no_kommune_number(number, pad):
    text = error_of(rows().assign(kommune=["0101", number]), pad_kommune=pad)
    assert f"kommune '{number}' (aar 2013) er ikke et firesifret kommunenummer" in text


@pytest.mark.parametrize("number", ["", "  ", None, np.nan])
def test_empty_kommune(number):
    assert "'kommune' er tom i rad 2" in error_of(rows().assign(kommune=["0101", number]))


def test_duplicates_are_named_and_counted():
    frame = pd.concat([rows(x=[1.0, 2.0])] * 3)
    text = error_of(frame)
    assert "kommune 0101, aar 2012 står mer enn én gang og 3 til" in text
    mixed = rows().assign(kommune=["0104", "104"], aar=2013)
    assert "kommune 0104, aar 2013" in error_of(mixed, pad_kommune=True)


def test_missing_keys_and_no_rows():
    assert "kolonnen 'aar' mangler; fant kommune" in error_of(rows().drop(columns="aar"))
    assert "ingen rader" in error_of(rows().iloc[:0])


def test_repeated_columns():
    frame = rows(x=[1.0, 2.0])
    assert "'x'" in error_of(pd.concat([frame, frame[["x"]]], axis=1))
    assert "'kommune'" in error_of(pd.concat([frame, frame[["kommune"]]], axis=1))


def test_other_entities_and_times_follow_no_kommune_rules():
    frame = pd.DataFrame({"company": ["GM", "104"], "year": [1, 2], "invest": [3.0, 4.0]})
    panel = make_panel(frame, entity="company", time="year")
    assert panel.entities == ("104", "GM")
    assert panel.years == (1, 2)


def test_numbers_kept_as_objects_are_numbers():
    frame = rows(ufore_18_49=pd.Series([2.5, None], dtype=object))
    assert make_panel(frame).frame["ufore_18_49"].dtype == np.float64
    frame = rows(ufore_18_49=[Decimal("2.5"), Decimal(3)])
    assert make_panel(frame).frame["ufore_18_49"].tolist() == [2.5, 3.0]
