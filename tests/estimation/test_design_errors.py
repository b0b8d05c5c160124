"""Everything that cannot be estimated is refused by type, and what is wrong is named."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from estimation.cases import FEW, case

import proba
from proba import CR1, DesignError, FewClustersWarning, Panel, Results, Spec, SpecError

pytestmark = pytest.mark.filterwarnings(FEW)

DATA = case("grunfeld10")
SPEC, FRAME = DATA.spec, DATA.frame


def refused(kind: type[proba.ProbaError], act: Callable[[], Any], *named: str) -> None:
    """Assert that ``act`` raises and that both languages name everything in ``named``."""
    with pytest.raises(kind) as caught:
        act()
    error = caught.value
    assert type(error) is kind
    assert str(error) == error.en == error.text("en")
    assert error.nb == error.text("nb") != error.en
    for word in named:
        assert word in error.en, (word, error.en)
        assert word in error.nb, (word, error.nb)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.en, again.nb) == (kind, error.en, error.nb)


def fit(
    frame: pd.DataFrame = FRAME, *, cov: Any = "HC1", cluster: Any = None, **spec: Any
) -> Results:
    return proba.fit(SPEC.replace(**spec), frame, cov=cov, cluster=cluster)


# The regressors --------------------------------------------------------------------------------


def test_linear_dependence_names_every_column_involved() -> None:
    frame = FRAME.assign(s=FRAME["value"] - 3 * FRAME["capital"], free=np.sin(FRAME.index))
    regressors = ("value", "free", "capital", "s")
    with pytest.raises(DesignError) as caught:
        fit(frame, regressors=regressors)
    assert "the columns value, capital, s are linearly dependent; leave 1" in caught.value.en
    assert "kolonnene value, capital, s er lineært avhengige; ta ut 1" in caught.value.nb


def test_two_dependences_at_once() -> None:
    frame = FRAME.assign(a=2 * FRAME["value"], b=FRAME["capital"] + 1)
    act = lambda: fit(frame, regressors=("value", "capital", "a", "b"))  # noqa: E731
    refused(DesignError, act, "konstant, value, capital, a, b", " 2 ")


def test_dependence_on_the_constant_and_year_dummies() -> None:
    frame = FRAME.assign(war=FRAME["year"].between(1941, 1945).astype(float))
    act = lambda: fit(frame, regressors=("value", "war"), year_effects=True)  # noqa: E731
    refused(DesignError, act, "war", "year_1941", "year_1945")
    with pytest.raises(DesignError) as caught:
        act()
    assert "year_1936" not in caught.value.en
    assert "value" not in caught.value.en


def test_all_dummies_of_a_set() -> None:
    dummies = pd.get_dummies(FRAME["firm_id"], prefix="firm", dtype=float)
    frame = pd.concat([FRAME, dummies], axis=1)
    act = lambda: fit(frame, regressors=("value", *dummies.columns))  # noqa: E731
    refused(DesignError, act, "konstant", *dummies.columns)


@pytest.mark.parametrize("factor", [1e-9, 1.0, 1e9])
def test_units_do_not_hide_dependence(factor: float) -> None:
    frame = FRAME.assign(copy=FRAME["value"] * factor)
    refused(DesignError, lambda: fit(frame, regressors=("value", "copy")), "value, copy")


def test_strong_collinearity_is_not_dependence() -> None:
    noise = np.random.default_rng(1).normal(size=len(FRAME))
    frame = FRAME.assign(near=FRAME["value"] * (1 + 1e-7 * noise))
    assert fit(frame, regressors=("value", "near")).nobs == 200


@pytest.mark.parametrize("value", [0.0, 3.0, -1e-12])
def test_constant_regressor(value: float) -> None:
    refused(DesignError, lambda: fit(FRAME.assign(capital=value)), f"capital = {value:g}")


def test_constant_in_the_sample_only() -> None:
    frame = FRAME.assign(capital=FRAME["capital"].where(FRAME["year"] == 1935, 7.0))
    frame["use"] = (FRAME["year"] > 1935).astype(int)
    refused(DesignError, lambda: fit(frame, sample="use"), "capital = 7")


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_more_coefficients_than_rows(rows: int) -> None:
    refused(DesignError, lambda: fit(FRAME.iloc[:rows]), "konstant, value, capital", f" {rows} ")


def test_no_complete_row() -> None:
    frame = FRAME.assign(value=np.nan)
    refused(DesignError, lambda: fit(frame), "value: 200")
    refused(DesignError, lambda: fit(FRAME.iloc[:0]))
    refused(DesignError, lambda: fit(FRAME.assign(use=0), sample="use"))


# The columns -----------------------------------------------------------------------------------


def test_missing_columns_are_named() -> None:
    frame = FRAME.drop(columns=["value", "invest"])
    refused(SpecError, lambda: fit(frame), "'invest', 'value'")
    refused(SpecError, lambda: fit(FRAME.drop(columns="year")), "year")
    refused(SpecError, lambda: fit(FRAME, weights="vekt"), "vekt")
    refused(SpecError, lambda: fit(FRAME, sample="utvalg"), "utvalg")
    refused(SpecError, lambda: fit(FRAME, cov="CR1", cluster="fylke"), "fylke")
    refused(SpecError, lambda: fit().with_cov("CR1", "fylke"), "fylke")


@pytest.mark.parametrize("column", ["invest", "value"])
def test_text_where_numbers_belong_names_row_and_value(column: str) -> None:
    text = FRAME[column].astype(str)
    refused(
        DesignError,
        lambda: fit(FRAME.assign(**{column: text.where(FRAME.index != 27, "12,5")})),
        f"'{column}'",
        "US Steel",
        "1942",
        "'12,5'",
        "decimal",
    )


def test_text_in_the_embedded_panel(panel: Panel) -> None:
    frame = panel.frame.astype({"urbanitet": object})
    frame.loc[("0101", 2014), "urbanitet"] = "mye"
    act = lambda: proba.fit(proba.PROBA_2017, frame)  # noqa: E731
    refused(DesignError, act, "'urbanitet'", "0101", "2014", "'mye'")


@pytest.mark.parametrize("value", [np.inf, -np.inf])
@pytest.mark.parametrize("column", ["invest", "value", "wt"])
def test_infinite_values(column: str, value: float) -> None:
    frame = FRAME.assign(**{column: FRAME[column].where(FRAME.index != 45, value)})
    act = lambda: fit(frame, weights="wt")  # noqa: E731
    refused(DesignError, act, f"'{column}'", "General Electric", "1940")


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_weights_must_be_positive(value: float) -> None:
    frame = FRAME.assign(wt=FRAME["wt"].where(FRAME.index != 45, value))
    act = lambda: fit(frame, weights="wt")  # noqa: E731
    refused(DesignError, act, "'wt'", "General Electric", "1940", str(value))


@pytest.mark.parametrize("value", [2, 0.5, np.nan, "ja", -1])
def test_sample_flag_must_be_0_or_1(value: Any) -> None:
    flag = pd.Series(1, index=FRAME.index, dtype=object)
    flag.iloc[9] = value
    refused(DesignError, lambda: fit(FRAME.assign(use=flag), sample="use"), "'use'")


def test_reference_year_must_be_in_the_sample() -> None:
    act = lambda: fit(year_effects=True, reference_year=1990)  # noqa: E731
    refused(SpecError, act, "1990", "1935, 1936")
    frame = FRAME.assign(use=(FRAME["year"] > 1935).astype(int))
    act = lambda: fit(frame, year_effects=True, reference_year=1935, sample="use")  # noqa: E731
    refused(SpecError, act, "1935", "1936")


@pytest.mark.parametrize("value", [np.nan, 1935.5])
def test_time_must_be_a_whole_number(value: float) -> None:
    year = FRAME["year"].astype(float).where(FRAME.index != 30, value)
    with pytest.raises(proba.ProbaError, match="year"):
        fit(FRAME.assign(year=year), year_effects=True)


def test_the_same_column_twice() -> None:
    frame = pd.concat([FRAME, FRAME[["value"]]], axis=1)
    with pytest.raises(proba.ProbaError, match="value"):
        fit(frame)


# The covariance --------------------------------------------------------------------------------


@pytest.mark.parametrize("cov", ["CR0", "CR1", "CR2", "CR3"])
def test_one_cluster(cov: str) -> None:
    act = lambda: fit(FRAME.iloc[20:40], cov=cov, cluster="firm")  # noqa: E731
    refused(DesignError, act, "'firm'", "US Steel")


def test_one_cluster_in_one_of_two_ways() -> None:
    frame = FRAME[FRAME["year"] == 1950]
    refused(DesignError, lambda: fit(frame, cov="two-way", cluster=("firm", "year")), "'year'")


@pytest.mark.parametrize("cov", ["HC4", "robust", "", "CR4", "cr", None.__class__])
def test_unknown_covariance(cov: Any) -> None:
    refused(SpecError, lambda: fit(cov=cov), str(cov), "CR2", "two-way")


@pytest.mark.parametrize(
    ("cov", "cluster", "words"),
    [
        ("HC1", "firm", ("HC1", "no cluster", "got firm")),
        ("classical", ("firm", "year"), ("classical", "no cluster", "got firm, year")),
        ("CR0", ("firm", "year"), ("CR0", "one cluster", "got firm, year")),
        ("CR2", ("firm", "year"), ("CR2", "one cluster", "got firm, year")),
        ("CR1", ("firm", "year", "firm_id"), ("CR1", "one cluster", "got firm, year, firm_id")),
        ("CR3", (), ("CR3", "one cluster", "got none")),
        ("two-way", "firm", ("two-way", "two cluster", "got firm")),
        ("two-way", None, ("two-way", "two cluster", "got none")),
    ],
)
def test_number_of_cluster_columns(cov: str, cluster: Any, words: tuple[str, ...]) -> None:
    with pytest.raises(SpecError) as caught:
        fit(cov=cov, cluster=cluster)
    for word in words:
        assert word in caught.value.en
    assert cov in caught.value.nb


@pytest.mark.parametrize("cluster", [5, 0, ["firm", 3], {"firm"}])
def test_clusters_are_column_names(cluster: Any) -> None:
    refused(SpecError, lambda: fit(cluster=cluster), "cluster")


def test_a_row_that_stands_twice() -> None:
    frame = pd.concat([FRAME, FRAME.iloc[[5]]])
    refused(DesignError, lambda: fit(frame), "General Motors", "1940")


def test_a_dependent_variable_without_variation() -> None:
    refused(DesignError, lambda: fit(FRAME.assign(invest=0.1)), "0.1")


def test_a_sample_flag_names_its_row() -> None:
    frame = FRAME.assign(med=1.0)
    frame.loc[frame.index[3], "med"] = 2.0
    refused(DesignError, lambda: fit(frame, sample="med"), "'med'", "General Motors", "1938", "2.0")


def test_cluster_given_twice() -> None:
    refused(SpecError, lambda: fit(cov=CR1("firm"), cluster="firm"), "cluster")


@pytest.mark.parametrize("cov", ["HC2", "HC3"])
def test_a_row_that_alone_identifies_a_coefficient(cov: str) -> None:
    frame = FRAME.assign(strike=(FRAME.index == 66).astype(float))
    act = lambda: fit(frame, cov=cov, regressors=("value", "strike"))  # noqa: E731
    refused(DesignError, act, cov, "Chrysler", "1941", "HC1")
    assert fit(frame, cov="HC1", regressors=("value", "strike")).std_errors.notna().all()


def test_restrictions() -> None:
    results = fit(cov="CR1", cluster="firm")
    refused(SpecError, lambda: results.wald_test(["value", "ledighet"]), "'ledighet'", "capital")
    refused(SpecError, lambda: results.wald_test({"ledighet": 1.0}), "'ledighet'")
    refused(SpecError, lambda: results.wald_test("ledighet"), "'ledighet'")
    refused(SpecError, lambda: results.wald_test([]), "konstant, value, capital")
    refused(SpecError, lambda: results.wald_test(np.eye(2)), "2", "3")
    refused(DesignError, lambda: results.wald_test(["value", "value"]))
    refused(DesignError, lambda: results.wald_test(np.zeros((1, 3))))


def test_wrong_number_of_restricted_values() -> None:
    results = fit(cov="CR1", cluster="firm")
    with pytest.raises(SpecError, match="value"):
        results.wald_test(["value", "capital"], np.array([0.0, 1.0, 2.0]))


@pytest.mark.parametrize("cov", ["CR0", "CR1", "CR2"])
def test_more_restrictions_than_clusters(cov: str) -> None:
    results = case("grunfeld10_fe_twoway").fit(cov)
    refused(DesignError, results.wald_test)
    assert "F: " in str(results.summary())


@pytest.mark.parametrize("level", [0, 1, -0.1, 95, float("nan")])
def test_confidence_level(level: float) -> None:
    refused(SpecError, lambda: fit().conf_int(level), str(level))
    refused(SpecError, lambda: fit().summary(level=level), str(level))


# The warning -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cov", ["CR0", "CR1", "CR3"])
def test_few_clusters_warn(cov: str) -> None:
    with pytest.warns(FewClustersWarning, match="only 10 clusters") as caught:
        fit(cov=cov, cluster="firm")
    message = caught[0].message
    assert isinstance(message, FewClustersWarning)
    assert cov in message.en
    assert "CR2" in message.text("en")
    assert "bare 10 klynger" in message.text("nb")
    assert caught[0].filename == __file__


def test_the_smaller_of_two_ways_warns() -> None:
    with pytest.warns(FewClustersWarning, match="only 10 clusters: two-way"):
        fit(cov="two-way", cluster=("year", "firm"))


def test_no_warning_for_cr2_or_many_clusters(panel: Panel) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(cov="CR2", cluster="firm")
        fit(cov="HC3")
        proba.fit(proba.PROBA_2017, panel, cov="CR1")
        frame = FRAME.assign(c=FRAME.index % 40)
        fit(frame, cov="CR1", cluster="c")


def test_39_clusters_warn() -> None:
    with pytest.warns(FewClustersWarning, match="only 39 clusters"):
        fit(FRAME.assign(c=FRAME.index % 39), cov="CR1", cluster="c")


def test_a_spec_without_its_defaults_says_so() -> None:
    refused(SpecError, lambda: proba.fit(Spec("invest", ("value",)), FRAME), "kommune", "aar")
