import numpy as np
import pandas as pd
import pytest

from proba.errors import IndexingError, SpecError
from proba.estimation import Spec, fit
from proba.indices import compute_index, round_index
from proba.panel import load_panel, make_panel


def test_index_is_100_actual_over_predicted(results, panel):
    table = compute_index(results, panel)
    b = results.params
    row = panel.frame.loc[("0105", 2013)]
    need = b["konstant"] + b["ledighet"] * row["ledighet"] + b["alder"] * row["alder"]
    need += b["aar_2013"]
    ours = table.frame.loc[("0105", 2013)]
    assert ours["predicted"] == pytest.approx(need, rel=1e-12)
    assert ours["index"] == pytest.approx(100 * row["utgift"] / need, rel=1e-12)
    assert ours["actual"] == row["utgift"]
    assert pd.isna(ours["reason"])


def test_rows_outside_the_sample_have_an_index_too(results, panel):
    table = compute_index(results, panel)
    assert len(table.frame) == 120
    assert table.index.notna().all()
    outside = table.frame.index[~table.frame["in_sample"]]
    assert set(outside.get_level_values("kommune")) == {"0101", "0102"}
    assert table.frame["in_sample"].sum() == results.nobs == 114


def test_inside_actual_and_need_are_equal_on_average_every_year(results, panel):
    body = compute_index(results, panel).frame
    sums = body[body["in_sample"]].groupby(level="aar")[["actual", "predicted"]].sum()
    np.testing.assert_allclose(sums["actual"], sums["predicted"], rtol=1e-10)
    mean = body[body["in_sample"]].groupby(level="aar")["index"].mean()
    assert mean.between(95, 105).all()


def test_outside_is_inside_moved_by_the_year(results, panel):
    inside = compute_index(results, panel).frame
    outside = compute_index(results, panel, year_effects="outside").frame
    ratio = inside["predicted"] / outside["predicted"]
    np.testing.assert_allclose(outside["index"], inside["index"] * ratio, rtol=1e-12)
    years = inside.index.get_level_values("aar")
    np.testing.assert_allclose(outside["index"][years == 2012], inside["index"][years == 2012])
    assert (outside["index"] > inside["index"])[years == 2014].all()
    gap = (inside["predicted"] - outside["predicted"])[years == 2014]
    np.testing.assert_allclose(gap, results.params["aar_2014"])


def test_no_expenditure_is_index_zero_and_repayments_negative(results, frame):
    frame.loc[[0, 1], "utgift"] = [0.0, -1.0]
    table = compute_index(results, make_panel(frame))
    assert table.index.iloc[0] == 0.0
    assert table.index.iloc[1] < 0
    assert table.wide().loc["0101", 2012] == 0


def test_need_that_is_not_positive_has_no_index(results, frame):
    frame.loc[0, "ledighet"] = -1000.0
    table = compute_index(results, make_panel(frame))
    first = table.frame.iloc[0]
    assert first["predicted"] < 0
    assert np.isnan(first["index"])
    assert first["reason"] == "prediction is not positive"
    assert table.missing_lines() == ("1 uten indeks: beregnet behov er ikke positivt",)
    assert table.missing_lines("en") == ("1 without index: prediction is not positive",)


@pytest.mark.parametrize("column", ["ledighet", "alder", "utgift"])
def test_a_missing_value_is_the_reason(results, frame, column):
    frame.loc[4, column] = np.nan
    table = compute_index(results, make_panel(frame))
    assert table.index.isna().sum() == 1
    assert table.frame["reason"].iloc[4] == f"missing {column}"
    assert table.missing_lines() == (f"1 uten indeks: mangler {column}",)
    assert pd.isna(table.wide().loc["0102", 2013])


def test_a_year_the_model_does_not_know(results, frame):
    later = frame[frame["aar"] == 2014].assign(aar=2015)
    panel = make_panel(pd.concat([frame, later]))
    table = compute_index(results, panel)
    assert table.missing.to_dict() == {"year has no effect in the model": 40}
    assert table.missing_lines() == ("40 uten indeks: året har ingen effekt i modellen",)
    assert compute_index(results, panel, year_effects="outside").index.notna().all()


def test_unbalanced_panels(results, frame):
    panel = make_panel(frame.drop(index=[1, 7]))
    wide = compute_index(results, panel).wide()
    assert wide.shape == (40, 3)
    assert pd.isna(wide.loc["0101", 2013])
    assert wide.isna().to_numpy().sum() == 2
    assert "–" in compute_index(results, panel).to_table().rows[0]


def test_wide_rounds_half_up(make_table):
    rows = {"0101": [89.5, 88.5, 0.5], "0102": [-0.5, 110.4999, 89.49999999999999]}
    wide = make_table(rows).wide()
    assert wide.to_numpy().tolist() == [[90, 89, 1], [-1, 110, 90]]
    assert str(wide.dtypes.iloc[0]) == "Int64"
    assert make_table(rows).wide(rounded=False).loc["0101", 2012] == 89.5


def test_an_absurd_index_names_its_row():
    keys = pd.MultiIndex.from_tuples([("0101", 2012), ("0104", 2013)])
    with pytest.raises(IndexingError, match="0104, 2013"):
        round_index(pd.Series([1.0, 1e30], index=keys))


def test_the_printed_table(results, panel):
    table = compute_index(results, panel)
    text = table.to_table().to_text()
    assert text.startswith("[Merke]")
    assert "Navn 0105" in text
    assert "Årseffekter i beregnet behov" in text
    outside = compute_index(results, panel, year_effects="outside").to_table("en").to_text()
    assert "Year effects outside" in outside
    assert len(table.to_table(entities=["0105"]).rows) == 1
    with pytest.raises(IndexingError, match="kommune 9999"):
        table.to_table(entities=["9999"])


@pytest.mark.parametrize("name", [None, float("nan"), "<script>", "=cmd()"])
def test_names_that_are_missing_or_hostile(results, frame, name):
    panel = make_panel(frame.assign(kommunenavn=name))
    table = compute_index(results, panel)
    assert table.to_table().rows[0][1] == (name if isinstance(name, str) else "")
    assert "<script>" not in table._repr_html_()


def test_what_cannot_be_asked(results, panel, frame, spec):
    with pytest.raises(IndexingError, match="'inside' or 'outside'"):
        compute_index(results, panel, year_effects="both")
    flat = fit(spec.replace(year_effects=False), panel, cov="HC1")
    with pytest.raises(IndexingError, match="no year effects"):
        compute_index(flat, panel, year_effects="outside")
    with pytest.raises(SpecError, match="ledighet"):
        compute_index(results, make_panel(frame.drop(columns="ledighet")))
    with pytest.raises(SpecError, match="'utgift'"):
        compute_index(results, make_panel(frame.drop(columns="utgift")))
    with pytest.raises(IndexingError, match="needs a Panel, not DataFrame"):
        compute_index(results, frame)


def test_the_flat_table_carries_names_and_label(results, panel):
    flat = compute_index(results, panel).to_frame()
    assert list(flat.columns[:3]) == ["kommune", "kommunenavn", "aar"]
    assert set(flat["merke"]) == {"Merke"}
    assert len(flat) == len(panel.frame)


def test_other_entities(frame):
    frame = frame.rename(columns={"kommune": "bydel", "aar": "tid"})
    panel = make_panel(frame, entity="bydel", time="tid")
    model = Spec("utgift", ("ledighet",), entity="bydel", time="tid")
    table = compute_index(fit(model, panel, cov="HC1"), panel)
    assert table.frame.index.names == ["bydel", "tid"]
    assert table.wide().shape == (40, 3)


def test_the_embedded_panel_has_its_two_zeros():
    from proba.estimation import PROBA_2017

    panel = load_panel()
    table = compute_index(fit(PROBA_2017, panel, cov="HC1"), panel)
    assert table.index.notna().all()
    assert len(table.index) == 2120
    assert (table.wide() == 0).to_numpy().sum() == 2
