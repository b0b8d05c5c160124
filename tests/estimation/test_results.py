"""What results give: tables, tests, predictions, labels, comparisons."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from estimation.cases import FEW, apart, case, covariances_apart
from scipy import stats

import proba
from proba import PROBA_2017, Panel, Results, Spec, SpecError, compare, fit_alternative
from proba._numbers import format_number
from proba.estimation import significance_stars

pytestmark = pytest.mark.filterwarnings(FEW)

THIN = "\N{NARROW NO-BREAK SPACE}"


# The table of coefficients ---------------------------------------------------------------------


@pytest.mark.parametrize("cov", ["CR1", "CR2"])
def test_tidy(results: Results, cov: str) -> None:
    fitted = results.with_cov(cov, "kommune")
    tidy = fitted.tidy()
    assert list(tidy) == ["coef", "se", "t", "df", "p", "ci_low", "ci_high"]
    assert tidy.index.name == "name"
    assert tuple(tidy.index) == fitted.names
    assert tidy["t"].equals((tidy["coef"] / tidy["se"]).rename("t"))
    np.testing.assert_allclose(tidy["p"], 2 * stats.t.cdf(-tidy["t"].abs(), tidy["df"]), rtol=1e-9)
    np.testing.assert_allclose(np.diag(fitted.cov), tidy["se"] ** 2, rtol=1e-14)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_confidence_limits_contain_what_is_not_rejected(level: float) -> None:
    results = case("unbalanced").fit("CR2")
    limits = results.conf_int(level)
    for name in results.names:
        for limit in limits.loc[name]:
            test = results.wald_test([name], value=limit)
            assert test.pvalue == pytest.approx(1 - level, rel=1e-9)
    tidy = results.tidy(level)
    assert tidy["ci_low"].tolist() == limits["lower"].tolist()
    assert tidy["ci_high"].tolist() == limits["upper"].tolist()


@pytest.mark.filterwarnings("ignore::proba.CovarianceWarning")
def test_degrees_of_freedom_and_counts(results: Results) -> None:
    assert (results.nobs, results.nclusters, results.df_resid) == (1935, 387, 1923)
    assert set(results.df) == {386.0}
    assert set(results.with_cov("HC1").df) == {1923.0}
    assert results.with_cov("HC1").nclusters is None
    assert results.with_cov("two-way", ("kommune", "aar")).nclusters == (387, 5)
    assert set(results.with_cov("two-way", ("kommune", "aar")).df) == {4.0}


def test_small_sample_factor_is_the_one_applied(results: Results) -> None:
    cr0, cr1, cr3 = (results.with_cov(c, "kommune") for c in ("CR0", "CR1", "CR3"))
    factor = cr1.covariance.correction.factor
    assert factor == pytest.approx(1934 / 1923 * 387 / 386, rel=1e-15)
    assert covariances_apart(cr1.cov, factor * cr0.cov) < 1e-14
    assert cr0.covariance.correction.factor == 1.0
    assert cr3.covariance.correction.factor == 386 / 387
    assert results.with_cov("HC1").covariance.correction.factor == 1935 / 1923


# Another covariance ----------------------------------------------------------------------------


@pytest.mark.parametrize("cov", ["classical", "HC1", "HC2", "HC3", "CR0", "CR1", "CR2", "CR3"])
def test_with_cov_is_a_new_fit(results: Results, panel: Panel, cov: str) -> None:
    cluster = "kommune" if cov.startswith("CR") else None
    other = results.with_cov(cov, cluster)
    again = proba.fit(PROBA_2017, panel, cov=cov, cluster=cluster)
    assert other.params.equals(results.params)
    assert covariances_apart(other.cov, again.cov) < 1e-12
    assert other.label == results.label
    assert other.cov_name == cov


@pytest.mark.parametrize("cov", ["CR0", "CR1", "CR2", "CR3"])
def test_with_cov_clusters_on_the_entity_by_default(results: Results, cov: str) -> None:
    assert results.with_cov(cov).cluster_names == ("kommune",)
    assert results.with_cov().cluster_names == ("kommune",)


@pytest.mark.filterwarnings("ignore::proba.CovarianceWarning")
def test_names_in_any_case_and_objects(results: Results) -> None:
    for cov in ("cr2", "CR2", proba.CR2("kommune")):
        cluster = "kommune" if isinstance(cov, str) else None
        assert results.with_cov(cov, cluster).title == "CR2 kommune"
    assert results.with_cov("CLASSICAL").cov_name == "classical"
    assert results.with_cov("CR1", ["kommune", "aar"]).cov_name == "two-way"


def test_the_default_is_cr1_by_entity(panel: Panel, results: Results) -> None:
    assert results.title == "CR1 kommune"
    explicit = proba.fit(PROBA_2017, panel, cov="CR1", cluster="kommune")
    assert covariances_apart(results.cov, explicit.cov) < 1e-12


# statsmodels -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["grunfeld10", "grunfeld10_weighted"])
def test_statsmodels_is_the_same_model(name: str) -> None:
    results = case(name).fit("classical")
    theirs = results.statsmodels
    assert list(theirs.params.index) == list(results.names)
    assert apart(results.params, theirs.params) < 1e-12
    assert covariances_apart(results.cov, theirs.cov_params()) < 1e-12
    assert apart(results.rsquared, theirs.rsquared) < 1e-12
    assert apart(results.rsquared_adj, theirs.rsquared_adj) < 1e-12
    assert apart(results.wald_test().statistic, theirs.fvalue) < 1e-12
    assert results.wald_test().pvalue == pytest.approx(theirs.f_pvalue, rel=1e-9)


def test_statsmodels_on_the_embedded_panel(results: Results) -> None:
    assert apart(results.params, results.statsmodels.params) < 1e-8


# Predictions -----------------------------------------------------------------------------------


def test_predict_on_the_sample_is_fitted(results: Results) -> None:
    predicted = results.predict()
    assert predicted.index.equals(results.fitted.index)
    np.testing.assert_allclose(predicted, results.fitted, rtol=1e-12)


def test_predict_rows_outside_the_sample(panel: Panel, results: Results) -> None:
    predicted = results.predict(panel)
    assert len(predicted) == 2120
    assert predicted.notna().all()
    inside = predicted.loc[results.fitted.index]
    np.testing.assert_allclose(inside, results.fitted, rtol=1e-12)
    without = panel.frame.drop(columns=["netto_driftsutgifter", "estimeringsutvalg"])
    pd.testing.assert_series_equal(results.predict(without), predicted)


def test_predict_without_year_effects(panel: Panel, results: Results) -> None:
    full, bare = results.predict(panel), results.predict(panel, year_effects=False)
    for year in panel.years:
        effect = results.params.get(f"aar_{year}", 0.0)
        at = full.index.get_level_values("aar") == year
        np.testing.assert_allclose(full[at] - bare[at], effect, atol=1e-12)


def test_predict_by_hand(panel: Panel, results: Results) -> None:
    row = panel.frame.loc[("0101", 2015)]
    expected = results.params["konstant"] + results.params["aar_2015"]
    expected += sum(results.params[c] * row[c] for c in PROBA_2017.regressors)
    assert results.predict(panel)["0101", 2015] == pytest.approx(expected, rel=1e-12)


def test_predict_new_rows(panel: Panel, results: Results) -> None:
    new = panel.frame.loc[[("0101", 2016)]].reset_index()
    new = pd.concat([new.assign(aar=2017), new.assign(kommune="9999"), new], ignore_index=True)
    new.loc[2, "urbanitet"] = np.nan
    predicted = results.predict(new)
    assert np.isnan(predicted["0101", 2017])  # no effect of 2017 in the model
    known = results.predict(panel)["0101", 2016]
    assert predicted["9999", 2016] == pytest.approx(known, rel=1e-14)
    assert np.isnan(predicted["0101", 2016])  # a regressor is missing
    level = results.predict(new, year_effects=False)
    assert level["0101", 2017] == pytest.approx(level["9999", 2016], rel=1e-14)


def test_predict_names_missing_columns(panel: Panel, results: Results) -> None:
    with pytest.raises(SpecError, match="urbanitet") as caught:
        results.predict(panel.frame.drop(columns="urbanitet"))
    assert "urbanitet" in caught.value.nb


def test_predict_on_text_names_the_column(panel: Panel, results: Results) -> None:
    frame = panel.frame.astype({"urbanitet": object})
    frame.loc[("0101", 2014), "urbanitet"] = "mye"
    with pytest.raises(proba.ProbaError, match="urbanitet"):
        results.predict(frame)


# Text and HTML ---------------------------------------------------------------------------------


def test_summary_in_norwegian(results: Results) -> None:
    text = str(results.summary())
    for expected in (
        "[Kalibrert syntetisk panel]",
        "Avhengig variabel: Netto driftsutgifter til sosialhjelp per innbygger",
        "Konstantledd",
        "Andel uføre 18–49 år",
        "\N{MINUS SIGN}2,450",
        "\N{MINUS SIGN}2,050e\N{MINUS SIGN}07",
        "386",
        f"N = 1{THIN}935",
        "R²-justert = 0,330",
        "F(11, 386) = ",
        "Standardfeil: CR1, kommune (387 klynger)",
        "(N-1)/(N-k) · G/(G-1) = 1,00833; t med G - 1",
        "185 rader utenfor estimeringsutvalget (estimeringsutvalg = 0)",
        "*** p < 0,01",
        "[95 %",
    ):
        assert expected in text, expected


def test_summary_in_english(results: Results) -> None:
    text = results.summary("en", level=0.9).to_text()
    for expected in (
        "[Calibrated synthetic panel]",
        "Dependent variable: Net operating expenditure on social assistance per inhabitant",
        "Constant",
        "\N{MINUS SIGN}2.450",
        "N = 1,935",
        "Adjusted R² = 0.330",
        "Standard errors: CR1, kommune (387 clusters)",
        "1.00833; t with G - 1",
        "185 rows outside the estimation sample",
        "[90 %",
    ):
        assert expected in text, expected


def test_summary_says_what_was_dropped_and_weighted() -> None:
    data = case("grunfeld10_weighted")
    frame = data.frame.copy()
    frame.loc[[3, 50], "value"] = np.nan
    frame.loc[[50], "invest"] = np.nan
    results = proba.fit(data.spec, frame, cov="CR2")
    norwegian, english = str(results.summary()), str(results.summary("en"))
    assert "2 rader utelatt for manglende verdier (invest: 1, value: 2)" in norwegian
    assert "2 rows dropped for missing values (invest: 1, value: 2)" in english
    assert "Vekter: wt" in norwegian
    assert "Weights: wt" in english
    assert "Satterthwaite-frihetsgrader" in norwegian
    assert "Satterthwaite degrees of freedom" in english
    assert "[" not in norwegian.splitlines()[0]


def test_summary_shows_each_coefficients_own_df() -> None:
    results = case("grunfeld10").fit("CR2")
    lines = str(results.summary("en")).splitlines()
    for name, df in results.df.items():
        shown = next(
            line
            for line in lines
            if line.startswith(f"{name} ") or (name == "konstant" and line.startswith("Constant"))
        )
        assert f" {df:.1f} " in shown


def test_summary_of_an_exact_fit() -> None:
    data = case("grunfeld10")
    frame = data.frame.assign(invest=1 + data.frame["value"])
    text = str(proba.fit(data.spec, frame, cov="CR1").summary())
    assert "R² = 1,000" in text


@pytest.mark.parametrize(
    ("p", "stars"),
    [
        (0.0, "***"),
        (0.00999, "***"),
        (0.01, "**"),
        (0.0499, "**"),
        (0.05, "*"),
        (0.0999, "*"),
        (0.1, ""),
        (1.0, ""),
        (float("nan"), ""),
    ],
)
def test_stars(p: float, stars: str) -> None:
    assert significance_stars(p) == stars


EVIL = "<script>alert('&')</script>"


def test_html_is_escaped(panel: Panel) -> None:
    frame = panel.frame.rename(columns={"urbanitet": EVIL})
    own = proba.make_panel(frame, label="<b>merke</b>")
    regressors = tuple(EVIL if c == "urbanitet" else c for c in PROBA_2017.regressors)
    spec = PROBA_2017.replace(regressors=regressors)
    results = proba.fit(spec, own)
    random = fit_alternative(spec, own, "random_effects")
    for shown in (results, random, compare(results, random)):
        html = shown._repr_html_()
        assert "<script" not in html
        assert "&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;" in html
        assert "<b>merke" not in html
        assert "&lt;b&gt;merke&lt;/b&gt;" in html


def test_html_has_the_numbers_and_the_label(results: Results) -> None:
    html = results._repr_html_()
    assert "Kalibrert syntetisk panel" in html
    assert "\N{MINUS SIGN}2,450" in html
    assert html.count("<tr>") == 13


# Labels ----------------------------------------------------------------------------------------


def test_the_label_follows(panel: Panel, results: Results) -> None:
    assert results.label == panel.meta.label == "Kalibrert syntetisk panel"
    assert results.label_text("en") == "Calibrated synthetic panel"
    assert results.with_cov("HC1").label == results.label
    part = panel.select(years=[2013, 2014])
    spec = PROBA_2017.replace(reference_year=None)
    assert proba.fit(spec, part).label == results.label
    own = proba.make_panel(panel.frame, label="Egne tall")
    assert proba.fit(PROBA_2017, own).label_text("en") == "Egne tall"
    assert proba.fit(PROBA_2017, panel.frame).label is None


# Side by side ----------------------------------------------------------------------------------


def test_compare(panel: Panel, results: Results) -> None:
    hc1 = results.with_cov("HC1")
    within = fit_alternative(PROBA_2017, panel, "entity_effects")
    between = fit_alternative(PROBA_2017, panel, "between")
    table = compare(results, hc1, within, between)
    assert table.titles[:2] == ("CR1 kommune", "HC1")
    assert table.nobs == (1935, 1935, 1935, 387)
    assert list(table.frame.index) == list(results.names)
    for title, one in zip(table.titles, (results, hc1, within, between), strict=True):
        tidy = one.tidy()
        pd.testing.assert_frame_equal(
            table.frame.loc[tidy.index, title], tidy, check_names=False, check_exact=True
        )
    assert table.frame.loc["aar_2014", table.titles[3]].isna().all()
    text = str(table)
    assert "[Kalibrert syntetisk panel]" in text
    assert "Standardfeil i parentes" in text
    assert f"1{THIN}935" in text
    assert f"({format_number(results.std_errors['ufore_18_49'], significant=3)})" in text


def test_compare_in_english_translates_the_label(results: Results) -> None:
    text = compare(results, results.with_cov("HC1")).to_table("en").to_text()
    assert "Standard errors in parentheses" in text
    assert "[Calibrated synthetic panel]" in text


def test_compare_titles(results: Results) -> None:
    same = compare(results, results)
    assert same.titles == ("(1) CR1 kommune", "(2) CR1 kommune")
    assert compare(results, results, titles=("a", "b")).titles == ("a", "b")
    for titles in (("a",), ("a", "a"), ("a", "b", "c")):
        with pytest.raises(SpecError, match="titles"):
            compare(results, results, titles=titles)
    with pytest.raises(SpecError):
        compare()


def test_compare_different_specs(panel: Panel, results: Results) -> None:
    short = proba.fit(Spec("netto_driftsutgifter", ("folketall", "ufore_18_49")), panel)
    table = compare(results, short, titles=("lang", "kort"))
    assert list(table.frame.index)[-1] == "folketall"
    assert table.frame.loc["folketall", "lang"].isna().all()
    assert "Folketall" in str(table)


def test_pickle(results: Results) -> None:
    again = pickle.loads(pickle.dumps(results))
    assert again.tidy().equals(results.tidy())


@pytest.mark.parametrize(
    ("restrictions", "value"),
    [
        (["aar_2013"], "a"),
        (["aar_2013"], float("nan")),
        (np.zeros((0, 12)), 0.0),
        (np.zeros((2, 2, 12)), 0.0),
        (np.full((1, 12), np.inf), 0.0),
        ([["aar_2013"]], 0.0),
        ({"aar_2013": float("nan")}, 0.0),
    ],
)
def test_restrictions_that_are_none(results: Results, restrictions: Any, value: Any) -> None:
    with pytest.raises(proba.SpecError):
        results.wald_test(restrictions, value)
