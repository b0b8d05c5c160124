"""Coefficients by year against separate regressions, Chow's F and statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.api import OLS, add_constant

import proba
from proba import DesignError, Panel, Results, Spec, SpecError
from proba.estimation.robustness import coefficients_by_year


def made_up(seed: int, late: float = 1.0, kommuner: int = 120) -> pd.DataFrame:
    """y = x + z with a slope of x that is ``late`` in the last year; errors a level and noise."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "kommune": np.repeat([f"{i:04}" for i in range(kommuner)], 4),
            "aar": np.tile([2012, 2013, 2014, 2015], kommuner),
            "x": rng.normal(size=4 * kommuner),
            "z": rng.normal(size=4 * kommuner),
        }
    )
    slope = np.where(frame["aar"] == 2015, late, 1.0)
    noise = np.repeat(rng.normal(size=kommuner), 4) + rng.normal(size=4 * kommuner)
    return frame.assign(y=slope * frame["x"] + frame["z"] + noise)


MODEL = Spec("y", ("x", "z"))


def test_coefficients_are_those_of_one_regression_a_year(panel: Panel, results: Results) -> None:
    stability = coefficients_by_year(results)
    inside = panel.frame["estimeringsutvalg"] == 1
    for year in results.design.years:
        rows = panel.frame.loc[inside].xs(year, level="aar")
        X = rows[list(results.spec.regressors)]
        own = OLS(rows["netto_driftsutgifter"], add_constant(X / X.mean())).fit()
        ours = stability.by_year.xs(year, level="aar")["coef"] * X.mean()
        np.testing.assert_allclose(ours, own.params.iloc[1:], rtol=1e-8)
    assert stability.by_year.shape == (35, 5)
    assert (stability.by_year["ci_low"] < stability.by_year["coef"]).all()


def test_without_clusters_it_is_chows_f() -> None:
    frame = made_up(1)
    stability = coefficients_by_year(proba.fit(MODEL, frame, cov="classical"))
    pooled = proba.fit(MODEL, frame, cov="classical")
    rss = float((pooled.least_squares.resids**2).sum())
    each = sum(
        OLS(rows["y"], add_constant(rows[["x", "z"]])).fit().ssr for _, rows in frame.groupby("aar")
    )
    n, k = len(frame), 12
    F = (rss - each) / 6 / (each / (n - k))
    assert stability.joint.statistic == pytest.approx(F, rel=1e-10)
    assert stability.joint.pvalue == pytest.approx(stats.f.sf(F, 6, n - k), rel=1e-9)


def test_the_clustered_wald_test_is_that_of_statsmodels() -> None:
    frame = made_up(2, late=1.3)
    stability = coefficients_by_year(proba.fit(MODEL, frame))
    X = pd.DataFrame({"const": np.ones(len(frame))})
    for year in (2013, 2014, 2015):
        X[f"d{year}"] = (frame["aar"] == year).astype(float)
    for name in ("x", "z"):
        X[name] = frame[name]
        for year in (2013, 2014, 2015):
            X[f"{name}{year}"] = frame[name] * (frame["aar"] == year)
    reference = OLS(frame["y"], X).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(frame["kommune"])[0]}, use_t=True
    )
    for name in ("x", "z"):
        R = np.zeros((3, X.shape[1]))
        for i, year in enumerate((2013, 2014, 2015)):
            R[i, list(X).index(f"{name}{year}")] = 1.0
        test = reference.wald_test(R, use_f=True, scalar=True)
        ours = stability.tests[name]
        assert ours.statistic == pytest.approx(float(test.statistic), rel=1e-9)
        assert ours.pvalue == pytest.approx(float(test.pvalue), rel=1e-7)
        assert (ours.df_num, ours.df_denom) == (3, 119)


def test_cr2_uses_the_htz_test(results: Results) -> None:
    stability = coefficients_by_year(results.with_cov("CR2"), ["ufore_18_49"])
    test = stability.tests["ufore_18_49"]
    R = np.zeros((4, len(stability.stacked.names)))
    for i, year in enumerate((2013, 2014, 2015, 2016)):
        R[i, stability.stacked.names.index(f"ufore_18_49@{year}")] = 1.0
        R[i, stability.stacked.names.index("ufore_18_49@2012")] = -1.0
    same = stability.stacked.wald_test(R)
    assert (test.statistic, test.df_denom) == pytest.approx((same.statistic, same.df_denom))
    assert test.df_denom < 386
    assert stability.joint is test


def test_it_finds_a_changed_slope_and_holds_its_size() -> None:
    changed = coefficients_by_year(proba.fit(MODEL, made_up(3, late=2.0)))
    assert changed.tests["x"].pvalue < 1e-4
    assert changed.tests["z"].pvalue > 0.01
    p = [
        coefficients_by_year(proba.fit(MODEL, made_up(100 + i, kommuner=60))).joint.pvalue
        for i in range(60)
    ]
    assert 0.0 < np.mean(np.array(p) < 0.2) < 0.4


def test_weights_samples_and_labels_go_along(panel: Panel) -> None:
    results = proba.fit(proba.PROBA_2017.replace(weights="folketall"), panel)
    stability = coefficients_by_year(results, ["urbanitet", "ufore_18_49"])
    assert stability.stacked.spec.weights == "folketall"
    assert stability.stacked.nobs == results.nobs
    text = stability.to_table("en").to_text()
    assert "Calibrated synthetic panel" in text
    assert "All coefficients equal in all years" in text
    assert list(stability.tests_frame().index) == ["urbanitet", "ufore_18_49", "alle"]


def test_what_cannot_be_tested_is_said(panel: Panel, results: Results) -> None:
    with pytest.raises(SpecError, match="no regressor 'aar_2013'"):
        coefficients_by_year(results, ["aar_2013"])
    one = proba.fit(proba.PROBA_2017.replace(reference_year=None), panel.select(years=[2014]))
    with pytest.raises(DesignError, match="2014 only"):
        coefficients_by_year(one)
