"""Degrees of freedom of contrasts: the common ones, and Satterthwaite's under CR2."""

from __future__ import annotations

import numpy as np
import pytest
from estimation.cases import FEW, case

from proba import Results


def df_of(results: Results, C: np.ndarray) -> np.ndarray:
    return results.estimator.contrast_df(
        results.design, results.least_squares, results.covariance, C
    )


@pytest.fixture(scope="module")
def cr2(results: Results) -> Results:
    return results.with_cov("CR2", "kommune")


@pytest.mark.parametrize(
    ("cov", "cluster", "expected"),
    [
        ("classical", None, 1935 - 12),
        ("HC1", None, 1935 - 12),
        ("HC3", None, 1935 - 12),
        ("CR1", "kommune", 386),
        ("CR3", "kommune", 386),
    ],
)
def test_the_common_df_whatever_the_contrast(
    results: Results, cov: str, cluster: str | None, expected: int
) -> None:
    C = np.random.default_rng(1).normal(size=(7, 12))
    np.testing.assert_array_equal(df_of(results.with_cov(cov, cluster), C), np.full(7, expected))


def test_a_row_with_one_weight_has_that_coefficients_df(cr2: Results) -> None:
    scaled = np.diag(np.linspace(-3.0, 1e6, 12))
    np.testing.assert_allclose(df_of(cr2, scaled), cr2.df, rtol=1e-12)


def test_length_and_sign_do_not_matter(cr2: Results) -> None:
    C = np.random.default_rng(2).normal(size=(5, 12))
    np.testing.assert_allclose(df_of(cr2, -1e-7 * C), df_of(cr2, C), rtol=1e-12)


def test_a_contrast_of_nothing_has_no_df(cr2: Results) -> None:
    C = np.vstack([np.zeros(12), np.eye(12)[0]])
    df = df_of(cr2, C)
    assert np.isnan(df[0])
    assert df[1] == pytest.approx(cr2.df["konstant"])


def test_cr2_is_the_htz_test_of_one_restriction(cr2: Results) -> None:
    C = np.random.default_rng(3).normal(size=(6, 12))
    tests = [cr2.wald_test(row[None, :]).df_denom for row in C]
    np.testing.assert_allclose(df_of(cr2, C), tests, rtol=1e-9)


@pytest.mark.filterwarnings(FEW)
@pytest.mark.parametrize(
    "name",
    ["grunfeld", "grunfeld_twoway", "unbalanced", "unbalanced_weighted_inverse_var"],
)
def test_cr2_is_the_htz_test_with_few_unbalanced_or_weighted_clusters(name: str) -> None:
    results = case(name).fit("CR2")
    C = np.random.default_rng(4).normal(size=(4, len(results.names))) / results.std_errors.mean()
    tests = [results.wald_test(row[None, :]).df_denom for row in C]
    np.testing.assert_allclose(df_of(results, C), tests, rtol=1e-8)
    np.testing.assert_allclose(df_of(results, np.eye(len(results.names))), results.df, rtol=1e-12)


def test_many_contrasts_in_batches_are_the_same_as_one_by_one(
    cr2: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    C = np.random.default_rng(5).normal(size=(40, 12))
    whole = df_of(cr2, C)
    monkeypatch.setattr("proba.estimation.covariance.bias_reduced._ENTRIES", 3 * 387 * 12)
    np.testing.assert_allclose(df_of(cr2, C), whole, rtol=1e-12)
