import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

import proba
from proba.errors import IndexingError, SpecError
from proba.estimation import Spec, fit
from proba.indices import compute_index
from proba.indices.funnel import funnel_limits
from proba.indices.intervals import KINDS, index_intervals, index_limits
from proba.indices.variance_check import calibration, left_out_errors
from proba.indices.variance_function import fit_variance, variance_function
from proba.panel import load_panel, make_panel

pytestmark = pytest.mark.filterwarnings("ignore::proba.errors.FewClustersWarning")

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "coverage.py"


@pytest.fixture(scope="module")
def calibrated():
    panel = load_panel("kalibrert")
    results = proba.fit(proba.PROBA_2017, panel)
    return compute_index(results, panel), results, panel


@pytest.fixture
def clustered(panel, spec):
    results = fit(spec, panel, cov="CR1")
    return compute_index(results, panel), results, panel


# Mean need ------------------------------------------------------------------------------------


def test_mean_need_is_statsmodels_mean_interval(clustered):
    index, results, panel = clustered
    frame = index_intervals(index, results, panel, kind="mean", level=0.9).frame
    groups = pd.factorize(results.design.rows.get_level_values(0))[0]
    theirs = sm.OLS(results.design.y, results.design.X).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    said = theirs.get_prediction().summary_frame(alpha=0.1)
    inside = frame.loc[results.design.rows]
    np.testing.assert_allclose(inside["se"], said["mean_se"], rtol=1e-9)
    # statsmodels takes t with N - k here; ours has G - 1, as its own coefficients have.
    reach = stats.t.ppf(0.95, 37) * said["mean_se"]
    np.testing.assert_allclose(inside["need_lower"], said["mean"] - reach, rtol=1e-9)
    np.testing.assert_allclose(inside["need_upper"], said["mean"] + reach, rtol=1e-9)
    assert (frame["df"] == results.nclusters - 1).all()


def test_the_index_limits_are_those_of_need_turned_round(clustered):
    index, results, panel = clustered
    frame = index_intervals(index, results, panel, kind="mean").frame
    y = index.frame["actual"]
    np.testing.assert_allclose(frame["lower"], 100 * y / frame["need_upper"], rtol=1e-12)
    np.testing.assert_allclose(frame["upper"], 100 * y / frame["need_lower"], rtol=1e-12)
    assert (frame["lower"] < frame["index"]).all()
    assert (frame["index"] < frame["upper"]).all()


def test_limits_where_need_may_be_nothing():
    y = np.array([1.0, 0.0, -1.0, 1.0, -1.0])
    low = np.array([-0.5, -0.5, -0.5, 2.0, 2.0])
    lower, upper = index_limits(y, low, np.full(5, 4.0))
    np.testing.assert_array_equal(lower, [25.0, 0.0, -np.inf, 25.0, -50.0])
    np.testing.assert_array_equal(upper, [np.inf, 0.0, -25.0, 50.0, -25.0])


def test_an_infinite_limit_is_said(frame, spec):
    frame.loc[0, ["ledighet", "alder"]] = [-0.2, 10.0]
    panel = make_panel(frame)
    results = fit(spec, panel, cov="CR1")
    index = compute_index(results, panel)
    out = index_intervals(index, results, panel, kind="mean", level=0.999999)
    row = out.frame.iloc[0]
    assert row["need"] > 0 > row["need_lower"]
    assert row["upper"] == np.inf
    assert row["reason"] == "lower limit of need is not positive"
    assert "∞" in out.to_table("nb", year=2012).to_text()


def test_year_effects_outside_have_their_own_standard_error(clustered):
    _, results, panel = clustered
    outside = compute_index(results, panel, year_effects="outside")
    frame = index_intervals(outside, results, panel, kind="mean").frame
    same = frame.index.get_level_values("aar") == 2012
    inside = index_intervals(compute_index(results, panel), results, panel, kind="mean").frame
    np.testing.assert_allclose(frame["se"][same], inside["se"][same], rtol=1e-12)
    c = np.zeros(len(results.names))
    row = panel.frame.loc[("0105", 2014)]
    c[:3] = 1.0, row["ledighet"], row["alder"]
    assert frame.loc[("0105", 2014), "se"] == pytest.approx(np.sqrt(c @ results.cov @ c))


def test_cr2_has_degrees_of_freedom_by_row(calibrated):
    index, results, panel = calibrated
    frame = index_intervals(index, results.with_cov("CR2"), panel, kind="mean").frame
    assert frame["df"].nunique() > 1000
    assert frame["df"].between(1, 386).all()


# New observation ------------------------------------------------------------------------------


def test_observation_adds_the_two_variances(clustered):
    index, results, panel = clustered
    out = index_intervals(index, results, panel, kind="observation")
    frame, mean = out.frame, index_intervals(index, results, panel, kind="mean").frame
    own = out.variance(panel.frame["folketall"])
    np.testing.assert_allclose(frame["se"] ** 2, mean["se"] ** 2 + own, rtol=1e-12)
    total = mean["se"] ** 2 + own
    df = total**2 / (mean["se"] ** 4 / 37 + own**2 / 36)
    np.testing.assert_allclose(frame["df"], df, rtol=1e-12)
    reach = 100 * stats.t.ppf(0.975, df) * frame["se"] / frame["need"]
    np.testing.assert_allclose(frame["upper"], 100 + reach, rtol=1e-12)
    np.testing.assert_allclose(frame["lower"], 100 - reach, rtol=1e-12)
    assert (frame["estimate"] == 100).all()


def test_empirical_tails_follow_the_skewness(calibrated):
    index, results, panel = calibrated
    frame = index_intervals(index, results, panel, kind="observation", tails="empirical").frame
    function = variance_function(results, panel)
    errors = left_out_errors(results, panel, function)
    low, high = np.quantile(errors, [0.025, 0.975])
    sd = 100 * frame["se"] / frame["need"]
    np.testing.assert_allclose(frame["upper"], 100 + high * sd)
    np.testing.assert_allclose(frame["lower"], 100 + low * sd)
    assert high > -low > 0


def test_a_row_without_actual_still_has_a_range(frame, spec):
    results = fit(spec, make_panel(frame), cov="CR1")
    frame.loc[4, "utgift"] = np.nan
    frame.loc[7, "folketall"] = np.nan
    panel = make_panel(frame)
    index = compute_index(results, panel)
    with pytest.raises(IndexingError, match="'folketall' is missing for 0103, 2013"):
        index_intervals(index, results, panel, kind="observation")
    frame.loc[7, "med"] = 0.0
    panel = make_panel(frame)
    results = fit(spec, panel, cov="CR1")
    index = compute_index(results, panel)
    out = index_intervals(index, results, panel, kind="observation").frame
    assert np.isnan(out["index"].iloc[4])
    assert out["upper"].iloc[4] > 100
    assert np.isnan(out["upper"].iloc[7])
    assert out["reason"].iloc[7] == "missing population"


# Variance by population -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def squares():
    rng = np.random.default_rng(5)
    n = np.exp(rng.uniform(6, 12, 4000))
    return (0.2 + 1500 / n) * rng.standard_normal(4000) ** 2, n


@pytest.mark.filterwarnings("ignore:The Identity link")
def test_reciprocal_is_statsmodels_gamma_with_identity_link(squares):
    r2, n = squares
    ours = fit_variance(r2, n)
    X = sm.add_constant(ours.reference / n)
    family = sm.families.Gamma(sm.families.links.Identity())
    theirs = sm.GLM(r2, X, family=family).fit(start_params=[ours.a, ours.b], tol=1e-12)
    np.testing.assert_allclose([ours.a, ours.b], theirs.params, rtol=1e-6)
    assert ours.a == pytest.approx(0.2, rel=0.1)
    assert ours.b * ours.reference == pytest.approx(1500, rel=0.1)
    np.testing.assert_allclose(ours(n), theirs.fittedvalues, rtol=1e-6)


def test_power_is_statsmodels_gamma_with_log_link(squares):
    r2, n = squares
    ours = fit_variance(r2, n, "power")
    X = sm.add_constant(np.log(n / ours.reference))
    theirs = sm.GLM(r2, X, family=sm.families.Gamma(sm.families.links.Log())).fit(tol=1e-12)
    np.testing.assert_allclose([np.log(ours.a), ours.b], theirs.params, rtol=1e-5)
    assert ours.deviance > fit_variance(r2, n).deviance
    assert ours.extrapolates(np.array([100.0, 1000.0])).tolist() == [True, False]


def test_variance_never_turns_negative():
    n = np.linspace(1000, 50000, 200)
    rising = fit_variance(n / 1e4, n)
    assert rising.b == 0.0
    assert rising.a == pytest.approx((n / 1e4).mean())


def test_variance_is_unbiased_for_the_errors_not_the_residuals():
    rng = np.random.default_rng(11)
    keys = pd.MultiIndex.from_product([range(30), range(2012, 2016)], names=["kommune", "aar"])
    spec = Spec("y", tuple(f"x{j}" for j in range(8)), year_effects=False)
    found = []
    for _ in range(60):
        frame = pd.DataFrame(
            np.repeat(rng.standard_normal((30, 8)), 4, axis=0), keys, columns=spec.regressors
        )
        n = np.repeat(rng.uniform(1e3, 1e4, 30), 4)
        own = np.repeat(rng.standard_normal(30), 4)
        frame["y"] = own * 0.6 + 0.8 * rng.standard_normal(120)
        frame["folketall"] = n
        frame.index = frame.index.set_levels([f"{k:04d}" for k in range(101, 131)], level=0)
        panel = make_panel(frame)
        results = fit(spec, panel, cov="HC1")
        found.append(variance_function(results, panel)(n).mean())
    naive = 1 - 9 * (0.64 + 4 * 0.36) / 120
    assert abs(np.mean(found) - 1) < 0.05 < 1 - naive


def test_calibration_of_the_calibrated_panel(calibrated):
    _, results, panel = calibrated
    table = calibration(results, panel, variance_function(results, panel))
    assert table["rows"].sum() == results.nobs
    assert table["ratio"].between(0.8, 1.25).all()
    assert table["covered"].between(0.92, 0.99).all()
    assert np.average(table["ratio"], weights=table["rows"]) == pytest.approx(1, abs=0.02)


def test_left_out_errors_are_those_of_refits(clustered):
    _, results, panel = clustered
    function = variance_function(results, panel)
    z = left_out_errors(results, panel, function)
    rows = results.design.rows
    keep = rows.get_level_values(0) != "0110"
    part = sm.OLS(results.design.y[keep], results.design.X[keep]).fit()
    X = results.design.X[~keep]
    se2 = ((X @ results.cov.to_numpy()) * X).sum(axis=1)
    own = function(panel.frame["folketall"].loc["0110"])
    expected = (results.design.y[~keep] - X @ part.params) / np.sqrt(se2 + own)
    np.testing.assert_allclose(z[~keep], expected, rtol=1e-9)


def test_variance_needs_something_to_estimate(squares):
    with pytest.raises(IndexingError, match="at least three rows"):
        fit_variance(np.zeros(10), np.arange(1.0, 11.0))
    with pytest.raises(IndexingError, match="'reciprocal' or 'power'"):
        fit_variance(*squares, "linear")


# What comes back ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_carries_kind_level_and_label(clustered, kind):
    index, results, panel = clustered
    out = index_intervals(index, results, panel, kind=kind, level=0.9)
    assert (out.frame["kind"] == kind).all()
    assert (out.frame["level"] == 0.9).all()
    assert {"index", "estimate", "lower", "upper", "se", "df", "reason"} <= set(out.frame.columns)
    assert out.label == "Merke"
    assert (out.to_frame()["merke"] == "Merke").all()
    assert out.to_frame()["kommunenavn"].iloc[0] == "Navn 0101"
    for lang, words in (("nb", "90 %"), ("en", "90 %")):
        text = out.to_table(lang, ["0105"]).to_text()
        assert "[Merke]" in text
        assert words in text
        assert "Navn 0105" in text
    assert "<table>" in out._repr_html_()
    assert kind in repr(out)
    wide = index_intervals(index, results, panel, kind=kind, level=0.99).frame
    assert (wide["lower"] < out.frame["lower"]).all()
    assert (wide["upper"] > out.frame["upper"]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_join_adds_to_every_row_of_the_index(clustered, kind):
    index, results, panel = clustered
    out = index_intervals(index, results, panel, kind=kind)
    joined = out.join(index)
    assert len(joined) == len(index.frame)
    assert joined.columns[-1] == "merke"
    row = joined[(joined["kommune"] == "0105") & (joined["aar"] == 2013)].iloc[0]
    key = "0105" if kind == "lasting" else ("0105", 2013)
    assert row["lower"] == out.frame.loc[key, "lower"]
    assert row["kind"] == kind
    other = compute_index(results, panel.select(entities=["0105"]))
    assert len(out.join(other)) == 3
    few = index_intervals(other, results, panel.select(entities=["0105"]), kind="mean")
    with pytest.raises(IndexingError, match="rows that the intervals do not"):
        few.join(index)


def test_titles_never_mix_the_kinds(clustered):
    index, results, panel = clustered
    tables = [index_intervals(index, results, panel, kind=k).to_table("nb") for k in KINDS]
    assert len({t.title for t in tables}) == 3
    assert len({t.notes[0] for t in tables}) == 3


def test_errors_name_what_is_wrong(clustered, panel):
    index, results, panel = clustered
    with pytest.raises(IndexingError, match="kind of interval") as caught:
        index_intervals(index, results, panel, kind="prediction")
    assert "intervalltypen" in caught.value.text("nb")
    with pytest.raises(SpecError, match="between 0 and 1"):
        index_intervals(index, results, panel, kind="mean", level=95)
    with pytest.raises(IndexingError, match="tails"):
        index_intervals(index, results, panel, kind="observation", tails="both")
    with pytest.raises(IndexingError, match="need the column 'innbyggere'"):
        index_intervals(index, results, panel, kind="lasting", population="innbyggere")
    with pytest.raises(IndexingError, match="'index' must be of type IndexTable"):
        index_intervals(results, results, panel, kind="mean")
    with pytest.raises(IndexingError, match="not made from this fit"):
        index_intervals(index, results, panel.select(years=[2012, 2013]), kind="mean")
    moved = make_panel(panel.frame.assign(folketall=0.0))
    with pytest.raises(IndexingError, match="above 0; 0101, 2012 has 0"):
        index_intervals(index, results, moved, kind="observation")
    out = index_intervals(index, results, panel, kind="mean")
    with pytest.raises(IndexingError, match="year 1999"):
        out.to_table(year=1999)
    with pytest.raises(IndexingError, match="kommune 9999"):
        out.to_table(entities=["9999"])


def test_population_is_not_asked_for_by_mean(frame, spec):
    panel = make_panel(frame.drop(columns="folketall"))
    results = fit(spec, panel, cov="CR1")
    out = index_intervals(compute_index(results, panel), results, panel, kind="mean")
    assert out.frame["lower"].notna().all()


def test_a_gap_in_the_model_years_is_a_missing_interval(frame, spec):
    frame.loc[frame["aar"] == 2014, "med"] = 0.0
    panel = make_panel(frame)
    results = fit(spec, panel, cov="CR1")
    index = compute_index(results, panel)
    for kind in ("mean", "observation"):
        out = index_intervals(index, results, panel, kind=kind).frame
        last = out.index.get_level_values("aar") == 2014
        assert out["lower"][last].isna().all()
        assert out["lower"][~last].notna().all()
        assert (out["reason"][last] == "year has no effect in the model").all()
    lasting = index_intervals(index, results, panel, kind="lasting").frame
    assert (lasting["years"] == 2).all()


# Coverage -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not SCRIPT.exists(), reason="the script is not shipped with the package")
def test_nominal_95_covers_93_to_97_under_errors_like_vedlegg_2s(monkeypatch):
    origin = importlib.util.spec_from_file_location("coverage_script", SCRIPT)
    script = importlib.util.module_from_spec(origin)
    monkeypatch.setitem(sys.modules, origin.name, script)
    origin.loader.exec_module(script)
    out = script.simulate("vedlegg2", 6, seed=3)
    out = out[out["inhabitants"] == "all"].set_index(["kind", "variant"])["covered"]
    assert 0.93 < out["observation", "t"] < 0.97
    assert 0.92 < out["lasting", "autoregressive"] < 0.97
    assert 0.88 < out["mean", "CR1"] < 0.99
    assert out["mean", "HC1"] < out["mean", "CR1"] - 0.05
    assert out["lasting", "random intercept alone"] < 0.7


@pytest.mark.skipif(not SCRIPT.exists(), reason="docs are not shipped with the package")
def test_the_table_in_the_docs_says_so_too():
    table = pd.read_csv(SCRIPT.parents[1] / "docs" / "coverage.csv")
    said = table[
        table["design"].isin(["vedlegg2", "normal"])
        & (table["inhabitants"] == "all")
        & table["variant"].isin(["CR1", "t", "autoregressive"])
    ]
    assert len(said) == 6
    assert said["covered"].between(0.93, 0.97).all()
    assert (said["mc_se"] < 0.01).all()


def test_a_fit_without_error_has_no_lasting_deviation(frame, spec):
    frame["utgift"] = 1.0 + 0.5 * frame["ledighet"] + 0.02 * frame["alder"]
    panel = make_panel(frame)
    results = fit(spec, panel, cov="CR1")
    index = compute_index(results, panel)
    with pytest.raises(IndexingError, match=r"fits exactly"):
        index_intervals(index, results, panel, kind="lasting")


def test_funnel_is_the_observation_interval_without_the_coefficients(calibrated):
    index, results, panel = calibrated
    out = index_intervals(index, results, panel, kind="observation")
    limits = funnel_limits(out.variance, 2.4, population=np.array([1e3, 1e5]))
    sd = np.sqrt(out.variance(np.array([1e3, 1e5])))
    np.testing.assert_allclose(limits["upper"], 100 + 100 * 1.959964 * sd / 2.4, rtol=1e-6)
    whole = funnel_limits(out.variance, 2.4)
    assert whole["population"].iloc[[0, -1]].tolist() == pytest.approx([1033, 246000])
    assert whole["upper"].is_monotonic_decreasing
    with pytest.raises(IndexingError, match="above 0"):
        funnel_limits(out.variance, 0.0)
