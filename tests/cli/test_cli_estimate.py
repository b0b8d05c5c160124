import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from proba.panel import make_panel, with_size_classes

NAMES = ["konstant", "x1", "x2", "aar_2013", "aar_2014"]


def refuse_constant(text):
    raise AssertionError(f"{text} is not JSON")


@pytest.fixture
def estimate(proba, folder, panel, spec):
    def run(*options):
        outcome = proba("estimate", panel, "--spec", spec, "--json", "ut.json", *options)
        assert outcome.code == 0, outcome.err
        text = (folder / "ut.json").read_text(encoding="utf-8")
        return outcome, json.loads(text, parse_constant=refuse_constant)

    return run


def by_statsmodels(frame, groups=None):
    X = pd.DataFrame({"konstant": 1.0, "x1": frame["x1"], "x2": frame["x2"]})
    for year in (2013, 2014):
        X[f"aar_{year}"] = (frame["aar"] == year).astype(float)
    model = sm.OLS(frame["y"], X)
    if groups is None:
        return model.fit(cov_type="HC1", use_t=True)
    codes = pd.factorize(groups)[0]
    return model.fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)


def assert_same(data, fit, df):
    rows = pd.DataFrame(data["coefficients"]).set_index("name")
    assert list(rows.index) == NAMES
    limits = fit.conf_int()
    expected = {"coef": fit.params, "se": fit.bse, "t": fit.tvalues, "p": fit.pvalues}
    expected |= {"ci_low": limits[0], "ci_high": limits[1]}
    for column, values in expected.items():
        np.testing.assert_allclose(rows[column], values[NAMES], rtol=1e-8, err_msg=column)
    assert data["nobs"] == 180
    assert data["df"] == df
    assert data["rsquared"] == pytest.approx(fit.rsquared, rel=1e-10)
    assert data["rsquared_adj"] == pytest.approx(fit.rsquared_adj, rel=1e-10)


def test_keys_of_the_json(estimate):
    _, data = estimate()
    keys = {"nobs", "nclusters", "cov", "df", "rsquared", "rsquared_adj", "coefficients"}
    assert keys <= set(data)
    for row in data["coefficients"]:
        assert {"name", "coef", "se", "t", "p", "ci_low", "ci_high"} <= set(row)
    assert data["label"] is None


def test_clusters_are_kommuner_unless_told(estimate, frame):
    _, data = estimate()
    assert_same(data, by_statsmodels(frame, frame["kommune"]), df=59)
    assert (data["cov"], data["nclusters"], data["cluster"]) == ("CR1", 60, ["kommune"])


def test_clusters_by_the_population_figure(estimate, frame):
    _, data = estimate("--cluster", "folketall")
    count = frame["folketall"].nunique()
    assert_same(data, by_statsmodels(frame, frame["folketall"]), df=count - 1)
    assert data["nclusters"] == count


def test_clusters_by_size_class_are_made_and_warned_about(estimate, frame):
    outcome, data = estimate("--cluster", "storrelsesklasse")
    classes = with_size_classes(make_panel(frame)).frame["storrelsesklasse"]
    assert_same(data, by_statsmodels(frame, classes.to_numpy()), df=classes.nunique() - 1)
    assert outcome.err.startswith("Advarsel: bare ")
    assert len(outcome.err.splitlines()) == 1
    assert estimate("--cluster", "storrelsesklasse", "--lang", "en")[0].err.startswith("Warning: ")


def test_hc1_has_no_clusters(estimate, frame):
    _, data = estimate("--cov", "HC1")
    assert_same(data, by_statsmodels(frame), df=175)
    assert data["nclusters"] is None


@pytest.mark.parametrize("options", [["--cov", "two-way"], []])
def test_two_clusters(estimate, options):
    _, data = estimate("--cluster", "kommune", "--cluster", "aar", *options)
    assert data["cluster"] == ["kommune", "aar"]
    assert data["cov"] == "two-way"
    assert data["df"] == 2


def test_cr2_has_degrees_of_freedom_by_coefficient(estimate):
    _, data = estimate("--cov", "CR2")
    df = [c["df"] for c in data["coefficients"]]
    assert data["df"] is None
    assert all(0 < d <= 60 for d in df)
    assert len(set(df)) > 1


def test_the_summary_in_two_languages(estimate):
    assert "Avhengig variabel: y" in estimate()[0].out
    out = estimate("--lang", "en")[0].out
    assert "Dependent variable: y" in out
    assert "Avhengig" not in out


def test_a_perfect_fit_is_still_json(estimate, frame, folder):
    frame.assign(y=2 * frame["x1"] - frame["x2"]).to_csv(folder / "panel.csv", index=False)
    _, data = estimate()
    assert data["rsquared"] == pytest.approx(1.0)


def test_the_label_goes_with_summary_and_json(estimate, frame, folder):
    frame.assign(merke="Mitt merke").to_csv(folder / "panel.csv", index=False)
    outcome, data = estimate()
    assert outcome.out.startswith("[Mitt merke]")
    assert data["label"] == "Mitt merke"


def test_decimal_commas_give_the_same_numbers(estimate, frame, folder):
    _, data = estimate()
    frame.to_csv(folder / "panel.csv", index=False, sep=";", decimal=",")
    assert estimate("--decimal", ",")[1] == data


def test_a_named_sheet(proba, folder, frame, spec):
    with pd.ExcelWriter(folder / "bok.xlsx") as book:
        pd.DataFrame({"notat": ["se ark 2"]}).to_excel(book, sheet_name="Forside", index=False)
        frame.to_excel(book, sheet_name="Data", index=False)
    assert proba("estimate", "bok.xlsx", "--spec", spec, "--sheet", "Data").code == 0
    proba("estimate", "bok.xlsx", "--spec", spec, "--sheet", "Dta").failed("Dta", "Forside, Data")
