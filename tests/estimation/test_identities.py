"""What must hold whatever the data: equal estimators, units, order, labels, weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from estimation.cases import FEW, Case, apart, case, covariances_apart
from hypothesis import given, settings
from hypothesis import strategies as st
from linearmodels.panel import PooledOLS
from statsmodels.regression.linear_model import WLS

import proba
from proba import Panel, Results, Spec

pytestmark = pytest.mark.filterwarnings(FEW)

BASE = ["grunfeld10", "grunfeld10_weighted", "unbalanced", "unbalanced_weighted"]
ALL_COVARIANCES: list[tuple[str, Any]] = [
    ("classical", None),
    ("HC1", None),
    ("HC2", None),
    ("HC3", None),
    ("CR0", "c"),
    ("CR1", "c"),
    ("CR2", "c"),
    ("CR3", "c"),
    ("two-way", ("c", "d")),
]


def fit_with_clusters(data: Case, cov: str, cluster: Any, **columns: Any) -> Results:
    """Fit with clusters ``c`` (the case's own) and ``d`` (every fifth row)."""
    frame = data.frame.assign(c=data.frame[data.cluster], d=np.arange(len(data.frame)) % 5)
    return proba.fit(data.spec, frame.assign(**columns), cov=cov, cluster=cluster)


# One row a cluster -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", BASE)
def test_singleton_clusters(name: str) -> None:
    data = case(name)
    N = len(data.frame)
    frame = data.frame.assign(own=np.arange(N))

    def clustered(cov: str) -> Results:
        return proba.fit(data.spec, frame, cov=cov, cluster="own")

    hc1, hc3 = data.fit("HC1"), data.fit("HC3")
    cr1 = clustered("CR1")
    assert covariances_apart(cr1.cov, hc1.cov) < 1e-12
    assert apart(cr1.tstats, hc1.tstats) < 1e-12
    assert set(cr1.df) == {N - 1.0}
    assert set(hc1.df) == {float(hc1.df_resid)}
    assert covariances_apart(clustered("CR3").cov, (N - 1) / N * hc3.cov) < 1e-12
    twice = proba.fit(data.spec, frame.assign(own2=np.arange(N)), cov=proba.TwoWay("own", "own2"))
    assert covariances_apart(twice.cov, hc1.cov) < 1e-12


@pytest.mark.parametrize("name", ["grunfeld10", "unbalanced", "grunfeld10_weighted"])
def test_cr2_of_singletons_is_hc2(name: str) -> None:
    data = case(name)
    frame = data.frame.assign(own=np.arange(len(data.frame)))
    cr2 = proba.fit(data.spec, frame, cov="CR2", cluster="own")
    assert covariances_apart(cr2.cov, data.fit("HC2").cov) < 1e-12


def test_clusters_in_balance_have_the_textbook_df() -> None:
    """A constant and a cluster-level dummy, equal clusters: Satterthwaite's df are those of t."""
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(12), 4)
    frame = pd.DataFrame(
        {"g": g, "t": np.tile(np.arange(4), 12), "x": g % 2.0, "y": rng.normal(size=48)}
    )
    spec = Spec("y", ("x",), entity="g", time="t", year_effects=False)
    results = proba.fit(spec, frame, cov="CR2")
    # Two groups of six cluster means: G - 2 df for the difference, 6 - 1 for the constant.
    assert apart(results.df, [5.0, 10.0]) < 1e-12
    means = frame.groupby("g")[["x", "y"]].mean()
    spread = means.groupby("x")["y"].var(ddof=1)
    assert results.std_errors["x"] == pytest.approx(np.sqrt(spread.sum() / 6), rel=1e-12)


# Units, order, labels, weights -----------------------------------------------------------------


@pytest.mark.parametrize(("cov", "cluster"), ALL_COVARIANCES)
def test_units_do_not_matter(cov: str, cluster: Any) -> None:
    base = case("grunfeld10_weighted")
    raw = fit_with_clusters(base, cov, cluster)
    other = fit_with_clusters(
        base, cov, cluster, value=base.frame["value"] * 1e8, invest=base.frame["invest"] / 1e5
    )
    assert apart(other.tstats, raw.tstats) < 1e-10
    assert apart(other.df, raw.df) < 1e-10
    assert apart(other.wald_test().statistic, raw.wald_test().statistic) < 1e-10
    assert apart(other.rsquared, raw.rsquared) < 1e-12


@pytest.mark.parametrize("cov", ["CR1", "CR2", "HC3"])
def test_urbanity_raw_or_in_millions(panel: Panel, cov: str) -> None:
    millions = panel.frame.assign(urbanitet=panel.frame["urbanitet"] / 1e6)
    one, other = (proba.fit(proba.PROBA_2017, data, cov=cov) for data in (panel, millions))
    assert apart(one.tstats, other.tstats) < 1e-10
    assert apart(one.df, other.df) < 1e-10
    assert one.params["urbanitet"] * 1e6 == pytest.approx(other.params["urbanitet"], rel=1e-10)


@pytest.mark.filterwarnings("ignore::proba.CovarianceWarning")
@pytest.mark.parametrize(("cov", "cluster"), ALL_COVARIANCES)
@pytest.mark.parametrize("name", ["unbalanced", "unbalanced_weighted"])
def test_row_order_does_not_matter(name: str, cov: str, cluster: Any) -> None:
    data = case(name)
    frame = data.frame.assign(c=data.frame["g"], d=data.frame["h"])
    shuffled = frame.sample(frac=1.0, random_state=1)
    one, other = (proba.fit(data.spec, f, cov=cov, cluster=cluster) for f in (frame, shuffled))
    assert apart(one.params, other.params) < 1e-12
    assert covariances_apart(one.cov, other.cov) < 1e-10
    assert apart(one.df, other.df) < 1e-10


@pytest.mark.parametrize("cov", ["CR0", "CR1", "CR2", "CR3"])
@pytest.mark.parametrize(
    "relabel",
    [
        lambda g: g.map(lambda v: f"klynge {9 - v}"),
        lambda g: -1000.5 * g,
        lambda g: pd.Categorical(g, categories=[3, 1, 2, 0, 6, 5, 4, 99]),
        lambda g: g.map(lambda v: v if v % 2 else str(v)),
        lambda g: pd.to_datetime("2020-01-01") + pd.to_timedelta(g, "D"),
    ],
    ids=["text", "negative numbers", "categories", "mixed", "dates"],
)
def test_cluster_labels_do_not_matter(relabel: Any, cov: str) -> None:
    data = case("unbalanced")
    frame = data.frame.assign(c=relabel(data.frame["g"]))
    one, other = data.fit(cov), proba.fit(data.spec, frame, cov=cov, cluster="c")
    assert covariances_apart(other.cov, one.cov) < 1e-12
    assert apart(other.df, one.df) < 1e-12
    assert other.nclusters == 7


@pytest.mark.parametrize(("cov", "cluster"), ALL_COVARIANCES)
def test_a_common_factor_of_the_weights_does_not_matter(cov: str, cluster: Any) -> None:
    data = case("grunfeld10_weighted")
    one = fit_with_clusters(data, cov, cluster)
    other = fit_with_clusters(data, cov, cluster, wt=data.frame["wt"] * 12345.678)
    assert apart(other.params, one.params) < 1e-12
    assert covariances_apart(other.cov, one.cov) < 1e-11
    assert apart(other.df, one.df) < 1e-11
    assert apart(other.rsquared, one.rsquared) < 1e-12


@pytest.mark.filterwarnings("ignore::proba.CovarianceWarning")
@pytest.mark.parametrize(("cov", "cluster"), ALL_COVARIANCES)
def test_equal_weights_are_no_weights(cov: str, cluster: Any) -> None:
    data = case("unbalanced")
    weighted = Case(data.spec.replace(weights="wt"), data.frame.assign(wt=2.5), "g")
    one, other = (fit_with_clusters(d, cov, cluster) for d in (data, weighted))
    assert covariances_apart(other.cov, one.cov) < 1e-12
    assert apart(other.df, one.df) < 1e-12


def test_equal_weights_are_no_weights_where_a_cluster_has_its_own_dummy() -> None:
    data = case("grunfeld10_fe")
    weighted = Case(data.spec.replace(weights="wt"), data.frame.assign(wt=2.5), "firm")
    one, other = data.fit("CR2"), weighted.fit("CR2")
    slopes = ["value", "capital"]
    assert covariances_apart(other.cov.loc[slopes, slopes], one.cov.loc[slopes, slopes]) < 1e-10
    assert apart(other.df[slopes], one.df[slopes]) < 1e-10


def test_reference_year_only_moves_the_constant(panel: Panel) -> None:
    one = proba.fit(proba.PROBA_2017, panel)
    other = proba.fit(proba.PROBA_2017.replace(reference_year=2014), panel)
    slopes = list(proba.PROBA_2017.regressors)
    assert apart(other.params[slopes], one.params[slopes]) < 1e-9
    assert apart(other.std_errors[slopes], one.std_errors[slopes]) < 1e-9
    moved = one.params["konstant"] + one.params["aar_2014"]
    assert other.params["konstant"] == pytest.approx(moved, rel=1e-9)


def test_wald_of_one_coefficient_is_t_squared(results: Results) -> None:
    for cov in ("classical", "HC1", "CR1"):
        fitted = results.with_cov(cov, "kommune" if cov == "CR1" else None)
        for name in fitted.names:
            test = fitted.wald_test([name])
            assert apart(test.statistic, fitted.tstats[name] ** 2) < 1e-11
            assert test.pvalue == pytest.approx(fitted.pvalues[name], rel=1e-10)


def test_weighted_sum_of_coefficients() -> None:
    results = case("grunfeld10").fit("CR1")
    c = np.array([0.0, 2.0, -1.0])
    test = results.wald_test({"value": 2.0, "capital": -1.0}, value=0.5)
    variance = c @ results.cov.to_numpy() @ c
    expected = (c @ results.params.to_numpy() - 0.5) ** 2 / variance
    assert apart(test.statistic, expected) < 1e-12
    assert test.restrictions == ("2·value + -1·capital",)


# linearmodels and statsmodels ------------------------------------------------------------------


def pooled_ols(results: Results, cov: str) -> Any:
    design = results.design
    entity, time = (design.rows.get_level_values(i) for i in (0, 1))
    index = pd.MultiIndex.from_arrays([pd.factorize(entity)[0], time.astype(int)])
    X = pd.DataFrame(design.X, index=index, columns=list(design.names))
    X["urbanitet"] = X.get("urbanitet", 0.0) / 1e6  # linearmodels does not scale columns
    X = X.loc[:, (X != 0).any()]
    model = PooledOLS(pd.Series(design.y, index=index), X)
    if cov == "classical":
        return model.fit(cov_type="unadjusted")
    return model.fit(cov_type="clustered", cluster_entity=True, group_debias=True)


@pytest.mark.parametrize("cov", ["classical", "CR1"])
def test_linearmodels_pooled_ols(panel: Panel, cov: str) -> None:
    data = case("grunfeld10")
    for fitted in (data.fit(cov), proba.fit(proba.PROBA_2017, panel, cov=cov)):
        theirs = pooled_ols(fitted, cov)
        params = theirs.params.copy()
        if "urbanitet" in params:
            params["urbanitet"] /= 1e6
        assert apart(fitted.params, params[list(fitted.names)]) < 1e-9
        assert apart(fitted.tstats, theirs.tstats[list(fitted.names)]) < 1e-9
        assert apart(fitted.rsquared, theirs.rsquared) < 1e-11


@st.composite
def small_panels(draw: st.DrawFn) -> pd.DataFrame:
    """Between 4 and 8 clusters of 2 to 6 rows with values on a grid, so never near-collinear."""
    sizes = draw(st.lists(st.integers(2, 6), min_size=4, max_size=8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    g = np.repeat(np.arange(len(sizes)), sizes)
    n = g.size
    return pd.DataFrame(
        {
            "g": g,
            "t": np.arange(n),
            "y": rng.normal(size=n) + rng.normal(size=len(sizes))[g],
            "x1": rng.normal(size=n) * 10.0 ** rng.integers(-3, 6),
            "x2": rng.integers(0, 9, size=n) + rng.normal(size=n),
            "w": rng.uniform(0.2, 5.0, size=n),
        }
    )


RANDOM = Spec("y", ("x1", "x2"), entity="g", time="t", year_effects=False)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(small_panels(), st.booleans())
def test_statsmodels_on_random_designs(frame: pd.DataFrame, weighted: bool) -> None:
    spec = RANDOM.replace(weights="w") if weighted else RANDOM
    X = np.column_stack([np.ones(len(frame)), frame[["x1", "x2"]]])
    scale = np.array([1.0, np.abs(X[:, 1]).max(), 1.0])
    model = WLS(frame["y"], X / scale, weights=frame["w"] if weighted else 1.0)
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("classical", {"cov_type": "nonrobust"}),
        ("HC1", {"cov_type": "HC1"}),
        ("HC2", {"cov_type": "HC2"}),
        ("HC3", {"cov_type": "HC3"}),
        ("CR1", {"cov_type": "cluster", "cov_kwds": {"groups": frame["g"]}}),
    ]
    for cov, options in kinds:
        if weighted and cov in ("HC2", "HC3"):
            continue  # statsmodels' leverage leaves the weights out there
        ours = proba.fit(spec, frame, cov=cov)
        theirs = model.fit(use_t=True, **options)
        assert apart(ours.params * scale, theirs.params) < 1e-8
        assert covariances_apart(ours.cov * np.outer(scale, scale), theirs.cov_params()) < 1e-8


@settings(max_examples=25, deadline=None, derandomize=True)
@given(small_panels())
def test_ordering_of_corrections_on_random_designs(frame: pd.DataFrame) -> None:
    """CR0 is below CR2 for every contrast, and df of CR2 never exceed the clusters'."""
    cr0, cr2 = (proba.fit(RANDOM, frame, cov=c) for c in ("CR0", "CR2"))
    spread = np.sqrt(np.diag(cr2.cov))
    assert (np.diag(cr0.cov) > 0).all()
    assert (cr2.df > 0).all()
    assert (cr2.df < len(frame)).all()
    correlation = cr2.cov.to_numpy() / np.outer(spread, spread)
    assert np.linalg.eigvalsh(correlation)[0] > -1e-12
    jackknife = proba.fit(RANDOM, frame, cov="CR3")
    G = int(jackknife.df.iloc[0]) + 1
    moves = np.array(
        [
            proba.fit(RANDOM, frame[frame["g"] != g], cov="classical").params - cr0.params
            for g in range(G)
        ]
    )
    assert covariances_apart(jackknife.cov, (G - 1) / G * moves.T @ moves) < 1e-7
