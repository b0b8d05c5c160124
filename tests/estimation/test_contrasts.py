"""Weighted sums of coefficients by the delta method."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from proba import Results, SpecError
from proba.estimation import linear_contrasts

SUMS = {
    "fra 2013 til 2016": {"aar_2016": 1.0, "aar_2013": -1.0},
    "to andeler": {"ufore_18_49": 0.3, "nybosatte_flyktninger": -1.2},
}


def test_by_hand(results: Results) -> None:
    c = np.zeros(12)
    c[results.names.index("aar_2016")] = 1.0
    c[results.names.index("aar_2013")] = -1.0
    row = linear_contrasts(results, SUMS).iloc[0]
    estimate = results.params["aar_2016"] - results.params["aar_2013"]
    assert row["estimate"] == pytest.approx(estimate, rel=1e-13)
    assert row["se"] == pytest.approx(np.sqrt(c @ results.cov.to_numpy() @ c), rel=1e-12)
    assert row["df"] == 386


def test_statsmodels_t_test_with_clusters(results: Results) -> None:
    design = results.design
    codes = pd.factorize(design.columns["kommune"])[0]
    X = design.X / results.least_squares.scale
    theirs = sm.OLS(design.y, X).fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
    ours = linear_contrasts(results, SUMS)
    C = np.zeros((2, 12))
    for i, weights in enumerate(SUMS.values()):
        for name, weight in weights.items():
            C[i, results.names.index(name)] = weight
    test = theirs.t_test(C / results.least_squares.scale)
    np.testing.assert_allclose(ours["estimate"], test.effect, rtol=1e-8)
    np.testing.assert_allclose(ours["se"], test.sd.ravel(), rtol=1e-8)
    np.testing.assert_allclose(ours["t"], test.tvalue.ravel(), rtol=1e-8)
    np.testing.assert_allclose(ours["p"], test.pvalue, rtol=1e-6, atol=1e-15)
    np.testing.assert_allclose(ours[["ci_low", "ci_high"]], test.conf_int(), rtol=1e-7)


def test_single_coefficients_are_the_coefficient_table(results: Results) -> None:
    for fitted in (results, results.with_cov("CR2", "kommune")):
        table = linear_contrasts(fitted, np.eye(12), level=0.9)
        tidy = fitted.tidy(0.9)
        for ours, theirs in (("estimate", "coef"), *((c, c) for c in table.columns[1:])):
            np.testing.assert_allclose(table[ours], tidy[theirs], rtol=1e-9, atol=1e-300)


def test_array_table_and_mapping_agree(results: Results) -> None:
    table = pd.DataFrame(SUMS).T.fillna(0.0)
    array = table.reindex(columns=list(results.names), fill_value=0.0).to_numpy()
    by_name = linear_contrasts(results, SUMS)
    assert list(by_name.index) == list(SUMS)
    pd.testing.assert_frame_equal(linear_contrasts(results, table), by_name)
    np.testing.assert_array_equal(linear_contrasts(results, array), by_name)


@pytest.mark.parametrize("cov", ["CR1", "CR2"])
def test_a_sum_of_nothing_is_nought_without_error(results: Results, cov: str) -> None:
    row = linear_contrasts(results.with_cov(cov, "kommune"), np.zeros((1, 12))).iloc[0]
    assert row[["estimate", "se", "ci_low", "ci_high"]].tolist() == [0.0] * 4
    assert row[["t", "p"]].isna().all()


def test_given_df_are_used(results: Results) -> None:
    few, many = (linear_contrasts(results, SUMS, df=np.full(2, df)) for df in (3.0, 386.0))
    assert (few["ci_high"] > many["ci_high"]).all()
    pd.testing.assert_frame_equal(many, linear_contrasts(results, SUMS))


@pytest.mark.parametrize(
    ("C", "words"),
    [
        (np.ones((2, 3)), "shape"),
        (np.ones(12), "shape"),
        (np.full((1, 12), np.nan), "finite"),
        ({"a": {"utgift": 1.0}}, "utgift"),
        ({"a": {"konstant": "x"}}, "finite"),
        (pd.DataFrame([[1.0, 2.0]], columns=["konstant", "konstant"]), "konstant"),
    ],
)
def test_what_does_not_fit_is_said(results: Results, C: object, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        linear_contrasts(results, C)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("C", "words"),
    [
        ([[1.0] * 12], "not list"),
        (pd.Series(1.0, index=["konstant"]), "not Series"),
        ("konstant", "not str"),
        ({"a": 1.0}, "weights of 'a'"),
        ({"a": ["konstant"]}, "weights of 'a'"),
    ],
)
def test_other_kinds_of_contrasts_are_refused(results: Results, C: object, words: str) -> None:
    with pytest.raises(SpecError, match=words) as raised:
        linear_contrasts(results, C)  # type: ignore[arg-type]
    assert raised.value.nb != raised.value.en


@pytest.mark.parametrize("df", [np.full(3, 5.0), np.array(5.0), [0.0, 5.0], "ab", ["x", "y"]])
def test_df_must_be_one_a_sum(results: Results, df: object) -> None:
    with pytest.raises(SpecError, match="2 numbers above 0") as raised:
        linear_contrasts(results, SUMS, df=df)  # type: ignore[arg-type]
    assert "2 tall over 0" in raised.value.nb


@pytest.mark.parametrize("level", [0.0, 1.0, 95, "95"])
def test_level_between_nought_and_one(results: Results, level: float) -> None:
    with pytest.raises(SpecError, match="confidence level"):
        linear_contrasts(results, np.eye(12), level=level)
