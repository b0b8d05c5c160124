"""Entity effects, random effects and between against plm, Stata, gretl and pyfixest."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from estimation.cases import FEW, apart, case, covariances_apart, matrix, vector, with_dummies
from linearmodels.tests.panel.results import parse_stata_results
from reference import plm_r, published_grunfeld, pyfixest_live

import proba
from proba import DesignError, Panel, Spec, SpecError, fit_alternative
from proba.estimation.alternatives import AlternativeResults, Model

pytestmark = pytest.mark.filterwarnings(FEW)

GRUNFELD = case("grunfeld10")
STATA_13 = parse_stata_results.data()
STATA_MODELS: dict[str, Model] = {
    "fixed_effect": "entity_effects",
    "random_effect": "random_effects",
    "between": "between",
}


def grunfeld(model: Model, cov: Any = "CR1", **changes: Any) -> AlternativeResults:
    return fit_alternative(GRUNFELD.spec.replace(**changes), GRUNFELD.frame, model, cov=cov)


# R's plm ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "reference"),
    [
        ("entity_effects", plm_r.WITHIN),
        ("random_effects", plm_r.RANDOM),
        ("between", plm_r.BETWEEN),
    ],
)
def test_plm_classical(model: Model, reference: dict[str, Any]) -> None:
    names = reference["names"]
    results = grunfeld(model, "classical")
    assert apart(vector(results.params, names), reference["coef"]) < 1e-12
    assert covariances_apart(matrix(results.cov, names), reference["vcov"]) < 1e-12
    assert apart(vector(results.tstats, names), reference["t"]) < 1e-12
    assert set(results.df) == {float(reference["df_resid"])}
    if model != "random_effects":  # plm prints normal p-values there
        assert apart(vector(results.pvalues, names), reference["p"]) < 1e-11


def test_plm_fit_statistics() -> None:
    within, between = grunfeld("entity_effects"), grunfeld("between")
    assert apart(within.rsquared, plm_r.WITHIN["r2_within"]) < 1e-12
    assert apart(between.rsquared, plm_r.BETWEEN["r2_between"]) < 1e-12
    assert (within.rsquared_kind, between.rsquared_kind) == ("within", "between")
    random = grunfeld("random_effects").linearmodels
    parts = random.variance_decomposition
    assert apart(parts["Effects"], plm_r.RANDOM["sigma2_id"]) < 1e-12
    assert apart(parts["Residual"], plm_r.RANDOM["sigma2_idios"]) < 1e-12
    assert apart(random.theta.to_numpy(), np.full((10, 1), plm_r.RANDOM["theta"])) < 1e-12


def test_plm_clustered() -> None:
    """k = 3 with the constant, as Stata; plm's own "sss" has 2 slopes under within."""
    within = np.array(plm_r.WITHIN["vcov_cluster_HC0"]) * 10 / 9 * 199 / 197
    got = matrix(grunfeld("entity_effects").cov, plm_r.WITHIN["names"])
    assert covariances_apart(got, within) < 1e-12
    random = grunfeld("random_effects")
    got = matrix(random.cov, plm_r.RANDOM["names"])
    assert covariances_apart(got, plm_r.RANDOM["vcov_cluster_sss"]) < 1e-12
    assert set(random.df) == {9.0}


# Stata, gretl, pyfixest ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", [k for k in STATA_13 if k.split("-")[0] in STATA_MODELS and k.split("-")[2] == ""]
)
def test_stata_xtreg(key: str) -> None:
    """``xtreg, fe | re | be`` on a panel with missing values; 12 digits, 11 decimals of V.

    Stata says of ``re`` that its statistics are z: only the df differ from ours.
    """
    model, vce, _, ending = key.split("-")
    reference = STATA_13[key]
    folder = parse_stata_results.__file__.rpartition("parse_stata_results")[0]
    frame = pd.read_stata(folder + "simulated-panel.dta")
    frame["year"] = frame["time"].dt.year
    spec = Spec(
        f"y{ending}",
        tuple(f"x{i}{ending}" for i in range(1, 6)),
        entity="firm",
        time="year",
        year_effects=False,
    )
    # xtreg, fe or re with vce(robust) is clustered by the panel variable since Stata 10.
    cov: Any = "classical" if vce == "conventional" else "CR1"
    results = fit_alternative(spec, frame, STATA_MODELS[model], cov=cov)
    order = list(reference.params.index)
    assert apart(vector(results.params, order), reference.params["param"]) < 1e-10
    assert apart(vector(results.tstats, order), reference.params["tstat"]) < 1e-10
    names = ["konstant" if n == "_cons" else n for n in order]
    np.testing.assert_allclose(
        results.cov.loc[names, names], reference.variance.loc[order, order], rtol=0, atol=6e-12
    )
    if model != "random_effect":
        assert set(results.df) == {reference.df_r}
        assert apart(results.rsquared, reference.r2) < 1e-10
    if model != "between":
        assert results.nobs == reference.N
        assert results.nentities == reference.N_g


def test_stata_16_xtreg_fe() -> None:
    """Printed with seven digits."""
    reference = published_grunfeld.STATA_XTREG_FE
    names = reference["names"]
    results = grunfeld("entity_effects", "classical")
    limits = results.conf_int()
    assert apart(vector(results.params, names), reference["coef"]) < 5e-7
    assert apart(vector(results.std_errors, names), reference["se"]) < 2.5e-6
    assert apart(vector(limits["lower"], names), reference["ci_lower"]) < 6e-7
    assert apart(vector(limits["upper"], names), reference["ci_upper"]) < 4e-7
    assert set(results.df) == {reference["df"]}
    np.testing.assert_allclose(vector(results.tstats, names), reference["t"], rtol=0, atol=5e-3)


@pytest.mark.parametrize(
    ("model", "year_effects", "reference"),
    [
        ("entity_effects", False, published_grunfeld.GRETL_FE),
        ("entity_effects", True, published_grunfeld.GRETL_FE_TWOWAY),
        ("random_effects", False, published_grunfeld.GRETL_RE),
    ],
)
def test_gretl_clustered(model: Model, year_effects: bool, reference: dict[str, Any]) -> None:
    """Printed with six digits."""
    names = reference["names"]
    results = grunfeld(model, year_effects=year_effects)
    assert apart(vector(results.params, names), reference["coef"]) < 5e-6
    assert apart(vector(results.std_errors, names), reference["se"]) < 5e-6
    if "df" in reference:
        assert set(results.df) == {reference["df"]}


@pytest.mark.parametrize(("key", "year_effects"), [("fe", False), ("fe_twoway", True)])
def test_pyfixest_fixed_effects(key: str, year_effects: bool) -> None:
    reference: dict[str, Any] = pyfixest_live.CASES[f"grunfeld10_{key}_CRV1"]
    names = reference["names"]
    results = grunfeld("entity_effects", year_effects=year_effects)
    assert apart(vector(results.params, names), reference["coef"]) < 1e-12
    assert covariances_apart(matrix(results.cov, names), reference["vcov"]) < 1e-12
    # pyfixest's p-values have a precision of 1e-16 in absolute terms.
    np.testing.assert_allclose(vector(results.pvalues, names), reference["p"], rtol=0, atol=1e-15)
    assert set(results.df) == {reference["df_t"]}


# Against the pooled model with dummies ---------------------------------------------------------


@pytest.mark.parametrize("year_effects", [False, True])
def test_within_is_the_dummy_variable_regression(year_effects: bool) -> None:
    frame, dummies = with_dummies(GRUNFELD.frame, "firm_id")
    slopes = ("value", "capital")
    spec = GRUNFELD.spec.replace(regressors=slopes, year_effects=year_effects)
    within = fit_alternative(spec, frame, "entity_effects")
    pooled = proba.fit(spec.replace(regressors=(*slopes, *dummies)), frame, cov="CR1")
    both = [n for n in within.params.index if n != "konstant"]
    assert apart(within.params[both], pooled.params[both]) < 1e-11
    # The same sandwich; Stata's xtreg counts the slopes and constant, the pooled fit dummies too.
    k, more = len(within.params), len(dummies)
    ratio = (200 - k) / (200 - k - more)
    assert covariances_apart(within.cov.loc[both, both] * ratio, pooled.cov.loc[both, both]) < 1e-10
    classical = fit_alternative(spec, frame, "entity_effects", cov="classical")
    pooled = pooled.with_cov("classical")
    assert covariances_apart(classical.cov.loc[both, both], pooled.cov.loc[both, both]) < 1e-10
    assert set(classical.df) == set(pooled.df)


def test_embedded_panel_within_is_the_dummy_variable_regression(panel: Panel) -> None:
    flat = panel.frame[panel.frame["estimeringsutvalg"] == 1].reset_index()
    few = flat[flat["kommune"].isin(sorted(flat["kommune"].unique())[:60])]
    frame, dummies = with_dummies(few, "kommune")
    spec = proba.PROBA_2017.replace(sample=None)
    within = fit_alternative(spec, frame, "entity_effects")
    pooled = proba.fit(
        spec.replace(regressors=(*spec.regressors, *dummies)), frame, cov="classical"
    )
    names = [n for n in within.params.index if n != "konstant"]
    assert apart(within.params[names], pooled.params[names]) < 1e-9


def test_between_is_the_regression_of_means() -> None:
    means = GRUNFELD.frame.groupby("firm")[["invest", "value", "capital"]].mean().reset_index()
    pooled = proba.fit(GRUNFELD.spec, means.assign(year=0), cov="HC1")
    between = grunfeld("between")
    assert between.cov_name == "HC1"
    assert between.nclusters is None
    assert apart(between.params, pooled.params) < 1e-12
    assert covariances_apart(between.cov, pooled.cov) < 1e-12
    assert apart(between.pvalues, pooled.pvalues) < 1e-11
    assert between.nobs == between.nentities == 10


# What the results carry ------------------------------------------------------------------------


@pytest.mark.parametrize("model", get_args(Model))
def test_units_do_not_matter(panel: Panel, model: Model) -> None:
    other = panel.frame.assign(urbanitet=panel.frame["urbanitet"] / 1e6)
    raw = fit_alternative(proba.PROBA_2017, panel, model)
    millions = fit_alternative(proba.PROBA_2017, other, model)
    assert apart(raw.tstats, millions.tstats) < 1e-9
    assert raw.params["urbanitet"] == pytest.approx(millions.params["urbanitet"] / 1e6, rel=1e-9)


def test_label_counts_and_what_was_left_out(panel: Panel) -> None:
    between = fit_alternative(proba.PROBA_2017, panel, "between")
    assert between.label == panel.meta.label
    assert between.left_out == ("aar_*",)
    assert between.nobs == 387
    english = between.summary("en").to_text()
    assert "[Calibrated synthetic panel]" in english
    assert "Not in this model: aar_*" in english
    assert "Standard errors: HC1" in english
    norwegian = fit_alternative(proba.PROBA_2017, panel, "entity_effects").summary().to_text()
    for text in ("Faste enhetseffekter", "N = 1\N{NARROW NO-BREAK SPACE}935", "enheter = 387"):
        assert text in norwegian
    assert "R² (within)" in norwegian


def test_tidy_and_conf_int_agree() -> None:
    results = grunfeld("random_effects")
    tidy, limits = results.tidy(0.9), results.conf_int(0.9)
    assert tidy["ci_low"].equals(limits["lower"].rename("ci_low").rename_axis("name"))
    wider = results.conf_int(0.99)
    assert (wider["lower"] < limits["lower"]).all()
    assert (wider["upper"] > limits["upper"]).all()


@pytest.mark.parametrize("level", [0.0, 1.0, 1.5, 95])
def test_impossible_level(level: float) -> None:
    with pytest.raises(SpecError, match="level"):
        grunfeld("random_effects").conf_int(level)


# Errors ----------------------------------------------------------------------------------------


def test_unknown_model_and_covariance() -> None:
    with pytest.raises(SpecError, match="'first_differences'"):
        grunfeld("first_differences")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="'CR2'"):
        grunfeld("entity_effects", "CR2")


def test_weights_are_refused() -> None:
    data = case("grunfeld10_weighted")
    with pytest.raises(SpecError, match="weights"):
        fit_alternative(data.spec, data.frame, "between")


def test_a_regressor_that_never_changes_within_an_entity_is_named() -> None:
    frame = GRUNFELD.frame.assign(size=GRUNFELD.frame["firm_id"] + 1.0)
    spec = GRUNFELD.spec.replace(regressors=("value", "size"))
    with pytest.raises(DesignError, match="size never changes within") as caught:
        fit_alternative(spec, frame, "entity_effects")
    assert "size endrer seg aldri" in caught.value.nb
    assert "value" not in caught.value.en


def test_a_constant_regressor_is_named() -> None:
    with pytest.raises(DesignError, match="value = 3"):
        fit_alternative(GRUNFELD.spec, GRUNFELD.frame.assign(value=3.0), "random_effects")


def test_collinear_regressors_are_named() -> None:
    frame = GRUNFELD.frame.assign(double=2 * GRUNFELD.frame["value"])
    spec = GRUNFELD.spec.replace(regressors=("value", "double"))
    for model in get_args(Model):
        with pytest.raises(DesignError, match="value, double"):
            fit_alternative(spec, frame, model)


@pytest.mark.parametrize("model", get_args(Model))
def test_a_single_entity(model: Model) -> None:
    with pytest.raises(DesignError):
        fit_alternative(GRUNFELD.spec, GRUNFELD.frame.iloc[:20], model)


@pytest.mark.parametrize("model", ["entity_effects", "random_effects"])
def test_a_single_year(model: Model) -> None:
    frame = GRUNFELD.frame[GRUNFELD.frame["year"] == 1940]
    with pytest.raises(DesignError):
        fit_alternative(GRUNFELD.spec, frame, model)
