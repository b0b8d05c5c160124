import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.optimize import approx_fprime

import proba
from proba.errors import IndexingError
from proba.estimation import Spec, fit
from proba.indices import _variance_components as components
from proba.indices import compute_index
from proba.indices.intervals import index_intervals
from proba.indices.lasting import deviations, fit_practice
from proba.indices.need_rows import need_rows, population_of
from proba.panel import load_panel, make_panel

pytestmark = pytest.mark.filterwarnings("ignore::proba.errors.FewClustersWarning")

SPEC = Spec("y", ("x",))


def practice_panel(
    kommuner=150, years=5, lasting=0.5, a=0.1, b=0.2, rho=0.6, seed=1, keep=1.0, size=(600, 60000)
):
    """A panel with known lasting deviations, and those."""
    rng = np.random.default_rng(seed)
    n = np.exp(rng.uniform(*np.log(size), kommuner))
    state = rng.standard_normal((kommuner, years))
    for t in range(1, years):
        state[:, t] = rho * state[:, t - 1] + np.sqrt(1 - rho**2) * state[:, t]
    passing = state * np.sqrt(a + b * 5000 / n)[:, None]
    u = lasting * rng.standard_normal(kommuner)
    keys = [(f"{k:04d}", 2012 + t) for k in range(101, 101 + kommuner) for t in range(years)]
    frame = pd.DataFrame(keys, columns=["kommune", "aar"])
    frame["x"] = rng.uniform(0, 2, len(frame))
    frame["y"] = 2 + 0.5 * frame["x"] + (u[:, None] + passing).ravel()
    frame["folketall"] = np.repeat(n, years)
    frame = frame[rng.random(len(frame)) < keep]
    return make_panel(frame, label="Merke"), u


def found(panel, **options):
    results = fit(SPEC, panel, cov="CR1")
    index = compute_index(results, panel)
    table = need_rows(index, results, panel, "folketall")
    model = fit_practice(results, population_of(panel, "folketall"), **options)
    return model, deviations(model, table), results, table


# Variance components --------------------------------------------------------------------------


def test_random_intercept_is_statsmodels_mixedlm():
    panel, _ = practice_panel(rho=0.0, b=0.0, keep=0.8)
    model, ours, results, _ = found(panel, serial=False, by_size=False, away=False)
    groups = results.design.rows.get_level_values(0)
    theirs = sm.MixedLM(results.design.y, results.design.X, groups).fit(reml=True)
    part = model.components
    assert part.lasting == pytest.approx(float(theirs.cov_re[0, 0]), rel=1e-4)
    assert part.a == pytest.approx(theirs.scale, rel=1e-4)
    assert part.rho == part.b == 0.0
    # The prediction, at the same residuals: theirs are from generalised least squares.
    resid = pd.Series(results.design.y - results.design.X @ theirs.fe_params, groups)
    mine = resid.groupby(level=0).agg(["sum", "size"])
    shrunk = part.lasting * mine["sum"] / (part.a + mine["size"] * part.lasting)
    effects = pd.Series({k: float(v.iloc[0]) for k, v in theirs.random_effects.items()})
    np.testing.assert_allclose(shrunk, effects, rtol=1e-3)
    share = mine["size"] * part.lasting / (part.a + mine["size"] * part.lasting)
    np.testing.assert_allclose(ours.shrinkage, share, rtol=1e-8)


def test_autoregressive_likelihood_by_hand():
    """The restricted likelihood against its formula on full matrices."""
    panel, _ = practice_panel(kommuner=12, keep=0.85)
    model, _, results, _ = found(panel)
    part = model.components
    rows = results.design.rows
    year = rows.get_level_values(1).to_numpy().astype(float)
    who = rows.get_level_values(0).to_numpy()
    sd = model.passing_sd(panel.frame["folketall"].to_numpy())
    same = who[:, None] == who[None, :]
    gap = np.abs(year[:, None] - year[None, :])
    V = same * (part.lasting + np.outer(sd, sd) * part.rho**gap)
    X = results.design.X / results.least_squares.scale
    inner = X.T @ np.linalg.solve(V, X)
    beta = np.linalg.solve(inner, X.T @ np.linalg.solve(V, results.design.y))
    r = results.design.y - X @ beta
    two = np.linalg.slogdet(V)[1] + np.linalg.slogdet(inner)[1] + r @ np.linalg.solve(V, r)
    assert part.loglik == pytest.approx(-0.5 * two, rel=1e-10)


def test_slope_of_the_likelihood_is_its_difference_quotient():
    panel, _ = practice_panel(kommuner=30, keep=0.8)
    results = fit(SPEC, panel, cov="CR1")
    rows = results.design.rows
    codes, entities = pd.factorize(rows.get_level_values(0))
    blocks = components.make_blocks(
        codes.astype(np.int64),
        rows.get_level_values(1).to_numpy().astype(np.int64),
        results.design.y,
        results.design.X,
        5000 / panel.frame["folketall"].to_numpy(),
        np.ones(len(rows), dtype=bool),
        len(entities),
    )
    at = np.array([0.3, 0.1, 0.2, 0.5])
    _, slope = components._minus_two(blocks, at, (0, 1, 2, 3))
    by_hand = approx_fprime(at, lambda v: components._minus_two(blocks, v, ())[0], 1e-7)
    np.testing.assert_allclose(slope, by_hand, rtol=1e-4, atol=1e-3)


def test_components_are_found_again():
    panel, _ = practice_panel(kommuner=1500, seed=8)
    model, _, _, _ = found(panel)
    part = model.components
    b = part.b * model.reference / 5000
    spread = np.sqrt(np.diag(part.spread)) * np.array([1, 1, model.reference / 5000, 1])
    z = (np.array([part.lasting, part.a, b, part.rho]) - [0.25, 0.1, 0.2, 0.6]) / spread
    assert part.free == (0, 1, 2, 3)
    assert (np.abs(z) < 3).all()
    assert (spread < 0.1).all()
    assert "0,5" in model.describe("nb")
    assert "year to year" in model.describe("en")


@pytest.mark.slow
def test_the_spread_of_the_estimates_is_what_replications_show():
    drawn = []
    for seed in range(25):
        panel, _ = practice_panel(kommuner=150, seed=100 + seed)
        model, _, _, _ = found(panel)
        part = model.components
        drawn.append([part.lasting, part.rho, part.spread[0, 0], part.spread[3, 3]])
    lasting, rho, v_lasting, v_rho = np.array(drawn).T
    assert np.sqrt(v_lasting.mean()) == pytest.approx(lasting.std(), rel=0.4)
    assert np.sqrt(v_rho.mean()) == pytest.approx(rho.std(), rel=0.4)


def test_no_lasting_variance_does_not_make_intervals_of_no_length():
    panel, _ = practice_panel(kommuner=40, lasting=0.0, rho=0.0, seed=4)
    model, ours, _, _ = found(panel)
    assert model.components.lasting > 1e-4
    assert (ours.own_variance > 1e-4).all()


def test_two_years_leave_rho_at_nothing_and_say_so():
    panel, _ = practice_panel(years=2)
    model, _, _, _ = found(panel)
    assert not model.serial
    assert model.components.rho == 0.0


def test_one_year_is_not_enough(panel, spec):
    one = panel.select(years=[2012])
    results = fit(Spec("utgift", ("ledighet",), year_effects=False), one, cov="HC1")
    with pytest.raises(IndexingError, match="at least two") as caught:
        fit_practice(results, population_of(one, "folketall"))
    assert "minst to" in caught.value.text("nb")


def test_population_must_cover_the_sample(panel, spec):
    results = fit(spec, panel, cov="HC1")
    with pytest.raises(IndexingError, match="0103, 2012"):
        fit_practice(results, population_of(panel, "folketall").drop([("0103", 2012)]))


# Prediction -----------------------------------------------------------------------------------


def test_prediction_error_is_uncorrelated_with_every_error():
    """w'V = lasting variance: why there is no cross term with the coefficients."""
    panel, _ = practice_panel(kommuner=20, keep=0.8)
    model, ours, _, table = found(panel)
    part = model.components
    for e in range(3):
        rows = np.flatnonzero(table.codes == e)
        sd = model.passing_sd(table.population[rows])
        gap = np.abs(np.subtract.outer(table.years[rows], table.years[rows]))
        V = part.lasting + np.outer(sd, sd) * part.rho**gap
        w = part.lasting * np.linalg.solve(V, np.ones(len(rows)))
        assert ours.estimate[e] == pytest.approx(w @ table.deviation[rows])
        assert ours.shrinkage[e] == pytest.approx(w.sum())
        np.testing.assert_allclose(ours.coefficients[e], table.X[rows].T @ w)
        g1 = part.lasting * (1 - w.sum())
        assert ours.own_variance[e] > g1
        P = V - part.lasting
        ones = np.linalg.solve(P, np.ones(len(rows)))
        assert ours.raw[e] == pytest.approx(ones @ table.deviation[rows] / ones.sum())
        assert ours.raw_variance[e] == pytest.approx(1 / ones.sum())


def test_g3_is_the_derivative_of_the_weights():
    panel, _ = practice_panel(kommuner=60)
    model, ours, _, table = found(panel)
    part = model.components
    rows = np.flatnonzero(table.codes == 0)
    r = model.reference / table.population[rows]
    gap = np.abs(np.subtract.outer(table.years[rows], table.years[rows]))

    def covariance(values):
        sd = np.sqrt(values[1] + values[2] * r)
        return values[0] + np.outer(sd, sd) * values[3] ** gap

    def weights(values):
        return values[0] * np.linalg.solve(covariance(values), np.ones(len(rows)))

    D = approx_fprime(part.values, weights, 1e-7)
    g3 = np.trace(D.T @ covariance(part.values) @ D @ part.spread)
    g1 = part.lasting * (1 - weights(part.values).sum())
    assert ours.own_variance[0] == pytest.approx(g1 + 2 * g3, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("kommuner", "low"), [(40, 0.92), (150, 0.93)])
def test_posterior_intervals_cover_the_lasting_deviation(kommuner, low):
    inside = []
    for seed in range(15):
        panel, u = practice_panel(kommuner=kommuner, seed=1000 + seed, keep=0.95)
        results = fit(SPEC, panel, cov="CR1")
        index = compute_index(results, panel)
        frame = index_intervals(index, results, panel, kind="lasting").frame
        need = (2 + 0.5 * panel.frame["x"]).groupby(level=0).mean()
        who = frame.index.astype(int) - 101
        true = 100 * (1 + u[who] / need.to_numpy())
        inside.append(((frame["lower"] <= true) & (true <= frame["upper"])).mean())
    assert low < np.mean(inside) < 0.97


def test_small_kommuner_stop_leading_the_list():
    panel = load_panel("kalibrert")
    results = proba.fit(proba.PROBA_2017, panel)
    index = compute_index(results, panel)
    frame = index_intervals(index, results, panel, kind="lasting").frame
    observed, shrunk = frame["index"].rank(), frame["estimate"].rank()
    assert observed["1151"] == 1  # Utsira, 181 inhabitants
    assert 100 < shrunk["1151"] < 300
    farthest = (frame["estimate"] - 100).abs().nlargest(30).index
    assert (frame.loc[farthest, "population"] > 1000).all()
    assert ((frame["estimate"] - 100).abs() <= (frame["index"] - 100).abs() + 10).all()
    assert frame["shrinkage"].corr(np.log(frame["population"])) > 0.95


def test_a_kommune_without_a_usable_year_has_a_reason(frame, spec):
    frame.loc[frame["kommune"] == "0104", "utgift"] = np.nan
    panel = make_panel(frame)
    results = fit(spec, panel, cov="CR1")
    index = compute_index(results, panel)
    out = index_intervals(index, results, panel, kind="lasting").frame
    assert out.loc["0104", "years"] == 0
    assert np.isnan(out.loc["0104", "estimate"])
    assert out.loc["0104", "reason"] == "no usable year"
    assert out.drop(index="0104")["estimate"].notna().all()


def test_a_kommune_outside_the_sample_is_predicted_too(frame, spec):
    panel = make_panel(frame)
    results = fit(spec, panel, cov="CR1")
    index = compute_index(results, panel)
    out = index_intervals(index, results, panel, kind="lasting").frame
    assert out.loc["0101", "years"] == 3
    assert out.loc["0101", "lower"] < out.loc["0101", "estimate"] < out.loc["0101", "upper"]
