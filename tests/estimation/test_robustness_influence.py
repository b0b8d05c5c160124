"""Leave-one-cluster-out against refits, statsmodels and the jackknife covariance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from estimation.cases import FEW, case
from statsmodels.api import OLS, add_constant

import proba
from proba import Panel, Results, Spec, SpecError
from proba.estimation.design import Design
from proba.estimation.robustness import leave_cluster_out


def refit_without(design: Design, keep: np.ndarray) -> np.ndarray:
    """Coefficients on some rows, by numpy on columns of length one."""
    root = np.ones(len(design.y)) if design.weights is None else np.sqrt(design.weights)
    X, y = design.X[keep] * root[keep, None], design.y[keep] * root[keep]
    scale = np.sqrt((X**2).sum(axis=0))
    return np.linalg.lstsq(X / scale, y, rcond=None)[0] / scale


@pytest.mark.parametrize("weights", [None, "folketall"])
def test_changes_equal_a_refit_for_every_kommune(panel: Panel, weights: str | None) -> None:
    results = proba.fit(proba.PROBA_2017.replace(weights=weights), panel)
    influence = leave_cluster_out(results)
    entity = results.design.rows.get_level_values(0)
    assert list(influence.clusters) == sorted(set(entity))
    refits = np.array([refit_without(results.design, entity != g) for g in influence.clusters])
    gap = (influence.params.to_numpy() - refits) / results.std_errors.to_numpy()
    assert np.abs(gap).max() < 1e-10
    expected = (results.params.to_numpy() - refits) / results.std_errors.to_numpy()
    np.testing.assert_allclose(influence.dfbetas.to_numpy(), expected, atol=1e-10)


@pytest.mark.filterwarnings(FEW)
@pytest.mark.parametrize("name", ["unbalanced", "unbalanced_weighted", "grunfeld10", "grunfeld11"])
def test_unequal_clusters_equal_refits(name: str) -> None:
    # Clusters of 1 to 12 rows and of 20, both smaller and larger than the number of columns.
    given = case(name)
    results = given.fit("CR1")
    influence = leave_cluster_out(results, given.cluster)
    values = results.design.columns[given.cluster].to_numpy()
    for cluster, row in influence.params.iterrows():
        refit = refit_without(results.design, values != cluster)
        np.testing.assert_allclose(row.to_numpy(), refit, rtol=1e-10)


def test_clusters_of_one_row_equal_statsmodels_influence() -> None:
    given = case("unbalanced")
    frame = given.frame.assign(own=np.arange(len(given.frame)))
    results = proba.fit(given.spec, frame, cov="classical")
    influence = leave_cluster_out(results, "own")
    X = add_constant(frame[["x1", "x2"]].astype(float))
    reference = OLS(frame["y"], X).fit().get_influence()
    np.testing.assert_allclose(-influence.changes.to_numpy(), reference.dfbeta, atol=1e-10)
    predicted = influence.predict(changes=False)["without_own"].to_numpy()
    np.testing.assert_allclose(frame["y"] - predicted, reference.resid_press, rtol=1e-10)


def test_jackknife_covariance_is_the_sum_of_changes(results: Results) -> None:
    changes = leave_cluster_out(results).changes.to_numpy()
    G = len(changes)
    expected = (G - 1) / G * changes.T @ changes
    np.testing.assert_allclose(results.with_cov("CR3").cov.to_numpy(), expected, rtol=1e-9)


def test_predictions_leave_the_own_kommune_out(panel: Panel, results: Results) -> None:
    influence = leave_cluster_out(results)
    table = influence.predict(panel)
    assert len(table) == 2120
    spec, frame = results.spec, panel.frame
    outside = frame.loc[frame["estimeringsutvalg"] == 0].index[0][0]
    for kommune in (outside, "0402", "1751"):
        without = frame.drop(kommune, level="kommune")
        if kommune not in influence.clusters:
            # Not estimated on: there is nothing to leave out.
            same = table.loc[kommune, "without_own"] == table.loc[kommune, "predicted"]
            assert same.all()
            continue
        refit = proba.fit(spec, without)
        expected = refit.predict(frame)[kommune]
        np.testing.assert_allclose(table.loc[kommune, "without_own"], expected, rtol=1e-10)
    pd.testing.assert_series_equal(
        table["predicted"], results.predict(panel), check_names=False, rtol=1e-12
    )


def test_largest_change_is_the_largest_of_all_refits(panel: Panel, results: Results) -> None:
    influence = leave_cluster_out(results)
    table = influence.predict(panel)
    every = np.array([refit_without_change(results, g) for g in ("0402", "1751", "2023")])
    X = np.column_stack([np.ones(2120), panel.frame[list(results.spec.regressors)].to_numpy()])
    years = panel.frame.index.get_level_values("aar").to_numpy()
    X = np.column_stack([X, *[(years == t).astype(float) for t in (2013, 2014, 2015, 2016)]])
    change = X @ every.T
    assert (table["largest_change"].abs() >= np.abs(change).max(axis=1) - 1e-12).all()
    for j, kommune in enumerate(("0402", "1751", "2023")):
        mine = (table["moved_by"] == kommune).to_numpy()
        assert mine.any()
        np.testing.assert_allclose(table["largest_change"][mine], change[mine, j], rtol=1e-8)


def refit_without_change(results: Results, kommune: str) -> np.ndarray:
    entity = results.design.rows.get_level_values(0)
    return refit_without(results.design, entity != kommune) - results.params.to_numpy()


def test_chunks_give_the_same(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    influence = leave_cluster_out(results)
    whole = influence.predict()
    monkeypatch.setattr("proba.estimation.robustness.influence._ENTRIES", 1000)
    pd.testing.assert_frame_equal(influence.predict(), whole)


def test_largest_is_sorted_and_names_what_is_wrong(results: Results) -> None:
    influence = leave_cluster_out(results)
    top = influence.largest("urbanitet", 5)
    assert list(top.index[:2]) == ["1751", "1201"]
    assert top["dfbetas"].abs().is_monotonic_decreasing
    assert "1751" in influence.to_table("en").to_text()
    assert len(influence.to_frame()) == 387 * 12
    with pytest.raises(SpecError, match="no coefficient 'flyktninger'"):
        influence.largest("flyktninger")


@pytest.mark.filterwarnings(FEW)
def test_a_cluster_that_alone_identifies_a_column_is_named() -> None:
    frame = pd.DataFrame(
        {
            "g": np.repeat(list("abcdef"), 3),
            "t": np.tile([1, 2, 3], 6),
            "x": [0.0] * 15 + [1.0, 2.0, 4.0],
            "z": np.cos(np.arange(18)),
            "y": np.sin(np.arange(18)),
        }
    )
    spec = Spec("y", ("x", "z"), entity="g", time="t", year_effects=False)
    influence = leave_cluster_out(proba.fit(spec, frame, cov="CR1"))
    assert influence.not_identified == ("f",)
    assert influence.changes.drop("f").notna().all(axis=None)
    assert "f" in influence.to_table("nb").notes[-1]
    # The cluster's own rows have no prediction without it; nobody else is touched.
    predicted = influence.predict()
    assert predicted["without_own"].isna().sum() == 3
    assert predicted["largest_change"].notna().all()


def test_a_cluster_column_must_be_there(results: Results) -> None:
    with pytest.raises(SpecError, match="fylke") as caught:
        leave_cluster_out(results, "fylke")
    assert "finnes ikke" in caught.value.text("nb")
