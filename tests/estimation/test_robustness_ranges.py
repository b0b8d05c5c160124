"""Indices over specifications against one fit at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import proba
from proba import Panel, SpecError
from proba.estimation.robustness import (
    Sample,
    SpecificationCurve,
    SpecificationGrid,
    index_range,
    indices_by_regression,
    run_specifications,
)


@pytest.fixture(scope="module")
def frame(panel: Panel) -> pd.DataFrame:
    out = panel.frame.copy()
    out.loc[("0101", 2013), "urbanitet"] = np.nan
    out.loc[("0104", 2014), "netto_driftsutgifter"] = np.nan
    out.loc[("1151", 2012), "innbyggere_16_66"] = -40.0
    return out


@pytest.fixture(scope="module")
def curve(frame: pd.DataFrame) -> SpecificationCurve:
    grid = SpecificationGrid(
        proba.PROBA_2017,
        "ufore_18_49",
        always=("innbyggere_16_66",),
        forms=("level", "log", "ppml"),
        weights=(None, "folketall"),
        samples=(
            Sample("rapporten", "estimeringsutvalg"),
            Sample("tidlig", "estimeringsutvalg", years=(2012, 2013, 2014)),
        ),
        year_effects=(True, False),
        optional=("urbanitet", "opphopningsindeks"),
    )
    return run_specifications(frame, grid)


def by_hand(
    curve: SpecificationCurve, frame: pd.DataFrame, regression: int, inside: bool
) -> pd.Series:
    """Index of every row by proba.fit and its predict."""
    model, fit = curve.models[regression], curve.refit(regression)
    predicted = fit.predict(frame, year_effects=inside)
    if model.form == "log":
        resids = fit.least_squares.resids
        smearing = np.average(np.exp(resids), weights=fit.design.weights)
        predicted = np.exp(predicted) * smearing
    return 100 * frame["netto_driftsutgifter"] / predicted.where(predicted > 0)


@pytest.mark.parametrize("year_effects", ["inside", "outside"])
def test_indices_are_those_of_the_fits(
    curve: SpecificationCurve, frame: pd.DataFrame, year_effects: str
) -> None:
    table = pd.concat(
        indices_by_regression(curve, year_effects=year_effects, entries=2120 * 7), axis=1
    )
    assert table.shape == (2120, len(curve))
    linear = [i for i, model in enumerate(curve.models) if model.form != "ppml"]
    for i in linear[::5]:
        expected = by_hand(curve, frame, i, year_effects == "inside")
        np.testing.assert_allclose(table[i], expected.to_numpy(), rtol=1e-9)
    # What cannot be predicted has no index: the hole, the year without effect, need below 0.
    first = curve.models[linear[0]]
    assert first.covariates[-2:] == ("urbanitet", "opphopningsindeks")
    assert np.isnan(table.loc[("0101", 2013), linear[0]])
    assert table.loc[("0104", 2014)].isna().all()


def test_poisson_need_adds_up(curve: SpecificationCurve, frame: pd.DataFrame) -> None:
    table = pd.concat(indices_by_regression(curve), axis=1)
    poisson = [i for i, m in enumerate(curve.models) if m.form == "ppml" and m.weights is None]
    assert poisson
    for i in poisson[:4]:
        model = curve.models[i]
        rows = frame["estimeringsutvalg"].eq(1) & frame[list(model.covariates)].notna().all(axis=1)
        rows &= frame["netto_driftsutgifter"].notna()
        if model.sample.years:
            rows &= frame.index.get_level_values("aar").isin(model.sample.years)
        actual = frame.loc[rows, "netto_driftsutgifter"]
        need = 100 * actual / table.loc[rows, i]
        # The scores of the constant: fitted means sum to what was spent.
        some = need.notna()
        assert need[some].sum() == pytest.approx(actual.sum(), rel=1e-3)


def test_range_and_quantiles(curve: SpecificationCurve) -> None:
    found = index_range(curve)
    table = pd.concat(indices_by_regression(curve), axis=1)
    np.testing.assert_allclose(found.frame["low"], table.min(axis=1))
    np.testing.assert_allclose(found.frame["high"], table.max(axis=1))
    for name, q in (("q05", 0.05), ("median", 0.5), ("q95", 0.95)):
        np.testing.assert_allclose(found.frame[name], table.quantile(q, axis=1))
    assert (found.frame["regressions"] == table.notna().sum(axis=1)).all()
    assert found.regressions == len(curve)
    assert found.frame.loc[("0104", 2014), "regressions"] == 0
    assert found.frame["base"].isna().all()
    assert found.classes is None


def test_chunks_give_the_same(curve: SpecificationCurve, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = index_range(curve)
    monkeypatch.setattr("proba.estimation.robustness.ranges._CACHED", 5000)
    pd.testing.assert_frame_equal(index_range(curve).frame, whole.frame)


def levels(indices: pd.DataFrame) -> pd.DataFrame:
    """A class a row."""
    words = np.select([indices < 90, indices >= 110], ["Lavt", "Høyt"], "Middels").astype(object)
    words[indices.isna().to_numpy()] = None
    return pd.DataFrame(words, index=indices.index, columns=indices.columns)


def rises(indices: pd.DataFrame) -> pd.DataFrame:
    """A class an entity: did the index rise from 2012 to 2014."""
    wide = indices.xs(2014, level="aar") - indices.xs(2012, level="aar")
    words = np.where(wide > 5, "Økning", "").astype(object)
    words[wide.isna().to_numpy()] = None
    return pd.DataFrame(words, index=wide.index, columns=wide.columns)


def test_classes_of_rows_and_of_kommuner(panel: Panel) -> None:
    grid = SpecificationGrid(proba.PROBA_2017, "ufore_18_49", forms=("level", "log"))
    curve = run_specifications(panel, grid)
    table = pd.concat(indices_by_regression(curve), axis=1)
    base = proba.compute_index(proba.fit(proba.PROBA_2017, panel), panel).index
    found = index_range(curve, rule=levels)
    np.testing.assert_allclose(found.frame["base"], base.to_numpy(), rtol=1e-9)
    assert found.classes is not None
    for name in ("Lavt", "Middels", "Høyt"):
        share = (levels(table) == name).mean(axis=1)
        np.testing.assert_allclose(found.classes[name], share)
    own = levels(base.to_frame())["index"]
    assert (found.classes["base"] == own.to_numpy()).all()
    same = levels(table).eq(own.to_numpy(), axis=0).mean(axis=1)
    np.testing.assert_allclose(found.classes["share_base"], same)
    assert (found.classes["share_most_common"] >= found.classes["share_base"]).all()

    by_kommune = index_range(curve, rule=rises).classes
    assert by_kommune is not None
    assert len(by_kommune) == 424
    np.testing.assert_allclose(by_kommune["Økning"], (rises(table) == "Økning").mean(axis=1))
    text = found.to_table("nb", ["0101"]).to_text()
    assert "Kalibrert syntetisk panel" in text
    assert "128 regresjoner" in text
    assert len(found.to_frame()) == 2120


def test_units_without_class_are_missing(curve: SpecificationCurve) -> None:
    classes = index_range(curve, rule=levels).classes
    assert classes is not None
    assert classes.loc[("0104", 2014), "regressions"] == 0
    assert pd.isna(classes.loc[("0104", 2014), "most_common"])
    assert pd.isna(classes.loc[("0104", 2014), "share_base"])


def test_wrong_use_is_said(curve: SpecificationCurve, panel: Panel) -> None:
    with pytest.raises(SpecError, match="'inside' or 'outside'"):
        index_range(curve, year_effects="utenfor")
    with pytest.raises(SpecError, match="the rule must give"):
        index_range(curve, rule=lambda indices: indices.T)
    with pytest.raises(SpecError, match="9999 has no index"):
        index_range(curve).to_table("nb", ["9999"])
    frame = panel.frame.assign(ufore_18_49=1.0)
    nothing = run_specifications(frame, SpecificationGrid(proba.PROBA_2017, "ufore_18_49"))
    with pytest.raises(SpecError, match="no regression"):
        index_range(nothing)
