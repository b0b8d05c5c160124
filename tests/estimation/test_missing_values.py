"""Rows that are left out: counted by column, with clusters and residuals kept in step."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from estimation.cases import FEW, Case, apart, case, covariances_apart

import proba
from proba import Panel, Results, SpecError

pytestmark = pytest.mark.filterwarnings(FEW)

COVARIANCES = ["classical", "HC1", "HC2", "HC3", "CR0", "CR1", "CR2", "CR3"]


@pytest.fixture
def holes() -> Case:
    """Grunfeld with values missing here and there, one row missing two."""
    base = case("grunfeld10")
    frame = base.frame.copy()
    frame.loc[[3, 50, 120], "value"] = np.nan
    frame.loc[[50, 77], "capital"] = np.nan
    frame.loc[[199], "invest"] = np.nan
    return Case(base.spec, frame, "firm")


def same(one: Results, other: Results) -> None:
    assert one.nobs == other.nobs
    assert apart(one.params, other.params) < 1e-14
    assert covariances_apart(one.cov, other.cov) < 1e-13
    assert apart(one.df, other.df) < 1e-13


def test_counted_by_column(holes: Case) -> None:
    dropped = holes.fit("CR1").dropped
    assert dropped.missing == 5
    assert dict(dropped.by_variable) == {"invest": 1, "value": 3, "capital": 2}
    assert dropped.outside_sample == 0


@pytest.mark.parametrize("cov", COVARIANCES)
def test_clusters_stay_in_step(holes: Case, cov: str) -> None:
    complete = Case(holes.spec, holes.frame.dropna(), "firm")
    same(holes.fit(cov), complete.fit(cov))


def test_two_way_clusters_stay_in_step(holes: Case) -> None:
    complete = Case(holes.spec, holes.frame.dropna(), "firm")
    same(holes.fit("two-way", ("firm", "year")), complete.fit("two-way", ("firm", "year")))


def test_residuals_and_fitted_have_the_rows_that_were_used(holes: Case) -> None:
    results = holes.fit("CR1")
    kept = holes.frame.dropna()
    index = pd.MultiIndex.from_frame(kept[["firm", "year"]])
    assert results.resids.index.equals(index)
    assert results.fitted.index.equals(index)
    np.testing.assert_allclose(results.fitted + results.resids, kept["invest"], rtol=1e-14)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_a_missing_cluster_drops_the_row(missing: object) -> None:
    base = case("grunfeld10")
    region = base.frame["firm"].astype(object).where(~base.frame.index.isin([0, 10, 150]), missing)
    frame = base.frame.assign(region=region)
    results = proba.fit(base.spec, frame, cov="CR2", cluster="region")
    assert dict(results.dropped.by_variable) == {"region": 3}
    assert results.nobs == 197
    complete = frame.drop(index=[0, 10, 150])
    same(results, proba.fit(base.spec, complete, cov="CR2", cluster="firm"))


def test_missing_in_either_of_two_cluster_columns() -> None:
    base = case("grunfeld10")
    frame = base.frame.assign(a=base.frame["firm_id"] * 1.0, b=base.frame["year"] * 1.0)
    frame.loc[[0, 1], "a"] = np.nan
    frame.loc[[1, 2], "b"] = np.nan
    results = proba.fit(base.spec, frame, cov="two-way", cluster=("a", "b"))
    assert results.dropped.missing == 3
    assert dict(results.dropped.by_variable) == {"a": 2, "b": 2}
    complete = frame.drop(index=[0, 1, 2])
    same(results, proba.fit(base.spec, complete, cov="two-way", cluster=("a", "b")))


def test_missing_weights_drop_the_row() -> None:
    base = case("grunfeld10_weighted")
    frame = base.frame.copy()
    frame.loc[[4, 40], "wt"] = np.nan
    results = Case(base.spec, frame, "firm").fit("CR1")
    assert dict(results.dropped.by_variable) == {"wt": 2}
    same(results, Case(base.spec, frame.dropna(), "firm").fit("CR1"))


def test_nullable_columns(holes: Case) -> None:
    nullable = holes.frame.astype({"value": "Float64", "capital": "Float64", "firm": "string"})
    same(Case(holes.spec, nullable, "firm").fit("CR2"), holes.fit("CR2"))


def test_with_cov_refuses_a_cluster_column_with_holes() -> None:
    base = case("grunfeld10")
    region = base.frame["firm"].where(base.frame.index != 21)
    results = proba.fit(base.spec, base.frame.assign(region=region), cov="HC1")
    with pytest.raises(SpecError, match="'region' is missing for US Steel, 1936") as caught:
        results.with_cov("CR1", "region")
    assert "'region' mangler for US Steel, 1936" in caught.value.nb


def test_with_cov_allows_holes_in_rows_that_are_out_anyway(holes: Case) -> None:
    region = holes.frame["firm"].where(holes.frame["value"].notna())
    frame = holes.frame.assign(region=region)
    results = proba.fit(holes.spec, frame, cov="HC1").with_cov("CR1", "region")
    same(results, holes.fit("CR1"))


def test_sample_flag(panel: Panel, results: Results) -> None:
    inside = panel.frame["estimeringsutvalg"] == 1
    assert results.dropped.outside_sample == int((~inside).sum()) == 185
    assert results.dropped.missing == 0
    selected = panel.frame[inside]
    same(results, proba.fit(proba.PROBA_2017.replace(sample=None), selected))


@pytest.mark.parametrize("kind", ["bool", "boolean", "float64", "Int64", "str"])
def test_sample_flag_in_any_type(kind: str) -> None:
    base = case("grunfeld10")
    flag = (base.frame["year"] > 1940).astype(int)
    frame = base.frame.assign(use=flag.astype(kind))
    results = proba.fit(base.spec.replace(sample="use"), frame)
    assert results.dropped.outside_sample == 60
    same(results, proba.fit(base.spec, base.frame[flag == 1]))


def test_missing_values_outside_the_sample_are_not_counted(holes: Case) -> None:
    frame = holes.frame.assign(use=(~holes.frame.index.isin([3, 50])).astype(int))
    dropped = proba.fit(holes.spec.replace(sample="use"), frame).dropped
    assert (dropped.outside_sample, dropped.missing) == (2, 3)
    assert dict(dropped.by_variable) == {"invest": 1, "value": 1, "capital": 1}


def test_a_year_that_is_left_out_has_no_dummy(holes: Case) -> None:
    spec = holes.spec.replace(year_effects=True)
    frame = holes.frame.assign(value=holes.frame["value"].where(holes.frame["year"] != 1940))
    names = proba.fit(spec, frame, cov="HC1").names
    assert "year_1940" not in names
    assert "year_1941" in names
    first = holes.frame.assign(value=holes.frame["value"].where(holes.frame["year"] != 1935))
    assert "year_1936" not in proba.fit(spec, first, cov="HC1").names


def test_the_data_are_not_changed(holes: Case) -> None:
    before = holes.frame.copy(deep=True)
    holes.fit("CR2").with_cov("two-way", ("firm", "year")).predict(holes.frame)
    pd.testing.assert_frame_equal(holes.frame, before)


@pytest.mark.parametrize("form", ["columns", "index", "entity in index", "panel"])
def test_keys_as_columns_or_levels(form: str, panel: Panel, results: Results) -> None:
    data = {
        "columns": panel.frame.reset_index(),
        "index": panel.frame,
        "entity in index": panel.frame.reset_index(level="aar"),
        "panel": panel,
    }[form]
    same(proba.fit(proba.PROBA_2017, data), results)
