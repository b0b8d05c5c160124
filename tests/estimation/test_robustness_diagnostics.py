"""Diagnostics against statsmodels, and R's plm for serial correlation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from estimation.cases import FEW, case
from statsmodels.api import OLS, add_constant
from statsmodels.stats.diagnostic import het_breuschpagan, linear_reset
from statsmodels.stats.outliers_influence import variance_inflation_factor

import proba
from proba import DesignError, Panel, Results, Spec, SpecError
from proba.estimation.robustness import (
    diagnose,
    first_difference_test,
    heteroskedasticity,
    reset,
    residual_autocorrelation,
    vif,
)

PLM_PWFDTEST_GRUNFELD = 16.483
"""R, plm: ``pwfdtest(inv ~ value + capital, Grunfeld)``, H0 no correlation in differences; F as
printed in ycroissant/plm, inst/tests/test_pwfdtest_pwartest.Rout.save."""


def test_vif_is_that_of_statsmodels(results: Results) -> None:
    X = results.design.X / results.design.X.max(axis=0)
    expected = [variance_inflation_factor(X, j) for j in range(1, X.shape[1])]
    np.testing.assert_allclose(vif(results), expected, rtol=1e-9)


@pytest.mark.parametrize("powers", [(2, 3), (2,), (3,)])
def test_reset_is_that_of_statsmodels(panel: Panel, results: Results, powers: tuple) -> None:
    design = results.design
    fitted = OLS(design.y, design.X / design.X.max(axis=0)).fit()
    reference = linear_reset(fitted, power=list(powers), use_f=True)
    ours = reset(results.with_cov("classical"), powers)
    assert ours.statistic == pytest.approx(float(reference.statistic), rel=1e-7)
    assert ours.pvalue == pytest.approx(float(reference.pvalue), rel=1e-5, abs=1e-300)
    groups = pd.factorize(design.rows.get_level_values(0))[0]
    clustered = linear_reset(
        fitted,
        power=list(powers),
        use_f=True,
        cov_type="cluster",
        cov_kwds={"groups": groups},
    )
    assert reset(results, powers).statistic == pytest.approx(float(clustered.statistic), rel=1e-6)


def test_reset_finds_a_square_and_only_that() -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(
        {"kommune": [f"{i:04}" for i in range(300)], "aar": 2015, "x": rng.normal(size=300)}
    )
    noise = rng.normal(size=300)
    model = Spec("y", ("x",), year_effects=False)
    straight = proba.fit(model, frame.assign(y=frame["x"] + noise))
    bent = proba.fit(model, frame.assign(y=frame["x"] + 0.4 * frame["x"] ** 2 + noise))
    assert reset(straight).pvalue > 0.01
    assert reset(bent).pvalue < 1e-6
    with pytest.raises(SpecError, match="powers"):
        reset(bent, (1,))


def test_breusch_pagan_and_white_are_those_of_statsmodels(results: Results) -> None:
    design = results.design
    X = design.X / design.X.max(axis=0)
    fitted = OLS(design.y, X).fit()
    checks = {check.name: check for check in heteroskedasticity(results)}
    lm, p, _, _ = het_breuschpagan(fitted.resid, X)
    assert checks["breusch_pagan"].statistic == pytest.approx(lm, rel=1e-9)
    assert checks["breusch_pagan"].pvalue == pytest.approx(p, rel=1e-7)
    assert checks["breusch_pagan"].df_num == 11
    square = np.column_stack([np.ones(len(X)), fitted.fittedvalues, fitted.fittedvalues**2])
    own = OLS(fitted.resid**2, square).fit()
    assert checks["white"].statistic == pytest.approx(len(X) * own.rsquared, rel=1e-8)
    groups = pd.factorize(design.rows.get_level_values(0))[0]
    robust = OLS(fitted.resid**2, X).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    assert checks["breusch_pagan_robust"].statistic == pytest.approx(float(robust.fvalue), rel=1e-7)


def test_size_finds_the_power_of_the_variance() -> None:
    rng = np.random.default_rng(8)
    size = np.exp(rng.uniform(6, 12, 2000))
    frame = pd.DataFrame(
        {
            "kommune": [f"k{i}" for i in range(2000)],
            "aar": 2015,
            "x": rng.normal(size=2000),
            "folketall": size,
        }
    )
    frame["y"] = frame["x"] + rng.normal(size=2000) * size**-0.3
    results = proba.fit(Spec("y", ("x",), year_effects=False), frame)
    check = diagnose(results)["size"]
    assert check.estimate == pytest.approx(-0.6, abs=0.08)
    assert check.found
    assert "size" not in {c.name for c in heteroskedasticity(results, size=None)}


@pytest.mark.filterwarnings(FEW)
def test_first_differences_agree_with_plm() -> None:
    results = case("grunfeld10").fit("CR1")
    found = first_difference_test(results, null=0.0)
    assert found.regression.nobs == 180
    factor = found.regression.covariance.correction.factor
    # plm's covariance has no small-sample factor.
    assert found.test.statistic * factor == pytest.approx(PLM_PWFDTEST_GRUNFELD, abs=5e-4)


def panel_errors(seed: int, rho: float, level: float) -> Results:
    rng = np.random.default_rng(seed)
    e = np.empty((200, 6))
    e[:, 0] = rng.normal(size=200) / np.sqrt(1 - rho**2)
    for t in range(1, 6):
        e[:, t] = rho * e[:, t - 1] + rng.normal(size=200)
    frame = pd.DataFrame(
        {
            "kommune": np.repeat([f"{i:04}" for i in range(200)], 6),
            "aar": np.tile(np.arange(2010, 2016), 200),
            "x": rng.normal(size=1200),
        }
    )
    frame["y"] = frame["x"] + e.ravel() + np.repeat(level * rng.normal(size=200), 6)
    return proba.fit(Spec("y", ("x",)), frame)


def test_serial_tests_tell_level_from_memory() -> None:
    neither, level, memory = (panel_errors(9, r, v) for r, v in ((0, 0), (0, 1), (0.6, 0)))
    assert residual_autocorrelation(neither).test.pvalue > 0.01
    assert residual_autocorrelation(level).estimate == pytest.approx(0.5, abs=0.1)
    assert residual_autocorrelation(memory).estimate == pytest.approx(0.6, abs=0.1)
    assert first_difference_test(neither).test.pvalue > 0.01
    assert first_difference_test(level).test.pvalue > 0.01
    assert first_difference_test(level).estimate == pytest.approx(-0.5, abs=0.07)
    assert first_difference_test(memory).test.pvalue < 1e-6


def test_residual_autocorrelation_is_a_clustered_regression(results: Results) -> None:
    e = results.resids if hasattr(results, "resids") else results.least_squares.resids
    frame = results.design.rows.to_frame(index=False).assign(e=np.asarray(e))
    frame["lag"] = frame.groupby("kommune")["e"].shift()
    frame = frame.dropna()
    reference = OLS(frame["e"], add_constant(frame["lag"])).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(frame["kommune"])[0]}, use_t=True
    )
    found = residual_autocorrelation(results)
    assert found.estimate == pytest.approx(reference.params["lag"], rel=1e-9)
    assert found.test.statistic == pytest.approx(reference.tvalues["lag"] ** 2, rel=1e-8)


def test_gaps_in_years_are_not_neighbours(panel: Panel) -> None:
    gap = proba.fit(proba.PROBA_2017, panel.select(years=[2012, 2014, 2016]))
    with pytest.raises(DesignError, match="2 years in a row"):
        residual_autocorrelation(gap)
    diagnostics = diagnose(gap)
    assert set(diagnostics.not_done) == {"residual_ar1", "first_difference"}
    assert "på rad" in diagnostics.to_table("nb").to_text()


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_every_check_has_its_sentence(results: Results, lang: str) -> None:
    diagnostics = diagnose(results)
    assert [check.name for check in diagnostics.checks] == [
        "vif",
        "reset",
        "breusch_pagan",
        "white",
        "breusch_pagan_robust",
        "size",
        "residual_ar1",
        "first_difference",
    ]
    for check in diagnostics.checks:
        sentence = check.meaning(lang)
        assert sentence.endswith(".")
        assert ("Vedlegg 1" in sentence) or ("Vedlegg 2" in sentence)
    assert diagnostics.to_frame(lang).shape == (8, 8)
    assert len(diagnostics.to_table(lang).notes) == 8
    with pytest.raises(KeyError):
        diagnostics["durbin_watson"]


def test_an_impossible_level_never_finds(results: Results) -> None:
    assert not any(check.found for check in diagnose(results, level=0.0).checks)


def test_weights_use_the_weighted_residual(panel: Panel) -> None:
    results = proba.fit(proba.PROBA_2017.replace(weights="folketall"), panel)
    es = results.least_squares.es
    lm = het_breuschpagan(es, results.design.X / results.design.X.max(axis=0))[0]
    assert diagnose(results)["breusch_pagan"].statistic == pytest.approx(lm, rel=1e-8)
