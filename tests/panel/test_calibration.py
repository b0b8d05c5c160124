"""The embedded synthetic panel: what the committed file fulfils, and the generator behind it."""

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import yaml

from proba._data import data_path
from proba.panel.calibration import __main__ as command
from proba.panel.calibration.build import JITTER, SEED, Calibrated, build, make_problem
from proba.panel.calibration.check import check_csv
from proba.panel.calibration.files import COLUMNS, panel_csv, panel_yaml
from proba.panel.calibration.finish import MAX_SHIFT, exact_ratio
from proba.panel.calibration.objective import value_and_gradient
from proba.panel.calibration.published import published_path, read_published_index
from proba.panel.calibration.sizes import LARGEST_IN_ORDER, populations
from proba.panel.calibration.start import (
    COVARIATES,
    HIGH,
    LOW,
    departure_roots,
    draw_start,
    to_bounded,
    to_free,
)
from proba.panel.calibration.targets import half_unit

YEARS = (2012, 2013, 2014, 2015, 2016)
REGRESSORS = [
    "ufore_18_49",
    "urbanitet",
    "opphopningsindeks",
    "innbyggere_16_66",
    "ikke_vestlige_innvandrere",
    "nybosatte_flyktninger",
    "gjennomfort_vgs",
]
# Proba-rapport 2017-08, Vedlegg 1: coefficient, standard error, half a unit of the last digit of
# each. Typed here a second time so that the test does not lean on the generator's own constants.
PRINTED = np.array(
    [
        (-2.45, 0.005, 0.8, 0.05),
        (0.276, 0.0005, 0.035, 0.0005),
        (-2.05e-07, 0.005e-07, 8.76e-08, 0.005e-08),
        (0.153, 0.0005, 0.036, 0.0005),
        (0.073, 0.0005, 0.01, 0.005),
        (0.137, 0.0005, 0.014, 0.0005),
        (0.787, 0.0005, 0.085, 0.0005),
        (-0.016, 0.0005, 0.0029, 0.00005),
        (-0.012, 0.0005, 0.047, 0.0005),
        (0.092, 0.0005, 0.054, 0.0005),
        (0.022, 0.0005, 0.051, 0.0005),
        (0.121, 0.0005, 0.058, 0.0005),
    ]
)
PLAUSIBLE = {
    "ufore_18_49": (1.0, 6.0),
    "opphopningsindeks": (0.2, 3.5),
    "innbyggere_16_66": (55.0, 72.0),
    "ikke_vestlige_innvandrere": (0.0, 20.0),
    "nybosatte_flyktninger": (0.0, 2.5),
    "gjennomfort_vgs": (45.0, 95.0),
}
# Largest change from one year to the next that still looks like a kommune.
LARGEST_STEP = {
    "ufore_18_49": 0.3,
    "opphopningsindeks": 0.25,
    "innbyggere_16_66": 0.8,
    "ikke_vestlige_innvandrere": 1.2,
    "nybosatte_flyktninger": 1.2,
    "gjennomfort_vgs": 8.0,
}
CASES = ("Moss", "Fredrikstad", "Skedsmo", "Kongsvinger", "Tønsberg", "Molde", "Bodø", "Vågan")
CASES = (*CASES, "Tromsø")


@pytest.fixture(scope="module")
def panel():
    return pd.read_csv(data_path("calibrated", "panel.csv"), dtype={"kommune": str})


@pytest.fixture(scope="module")
def index():
    return read_published_index(published_path())


@pytest.fixture(scope="module")
def design(panel):
    x = panel[REGRESSORS].assign(**{f"aar_{t}": (panel["aar"] == t) * 1.0 for t in YEARS[1:]})
    return sm.add_constant(x.astype(float), prepend=True)


@pytest.fixture(scope="module")
def fit(panel, design):
    """Statsmodels on the committed file, urbanitet in millions to keep the inverse accurate."""
    sample = panel["estimeringsutvalg"] == 1
    x = design[sample].copy()
    x["urbanitet"] /= 1e6
    model = sm.OLS(panel.loc[sample, "netto_driftsutgifter"], x)
    # statsmodels applies Stata's CR1 correction, (N-1)/(N-K) * G/(G-1).
    groups = {"groups": panel.loc[sample, "folketall"].to_numpy()}
    return model.fit(cov_type="cluster", cov_kwds=groups)


def unscaled(values):
    out = np.array(values, dtype=float)
    out[2] /= 1e6
    return out


# --- the committed file -------------------------------------------------------------------------


def test_shape_and_columns(panel, index):
    assert tuple(panel.columns) == COLUMNS
    assert len(panel) == 2120
    assert (panel["estimeringsutvalg"] == 1).sum() == 1935
    assert (panel["merke"] == "Kalibrert syntetisk panel").all()
    assert panel[["kommune", "aar"]].equals(
        panel[["kommune", "aar"]].sort_values(["kommune", "aar"], ignore_index=True)
    )
    assert tuple(panel["kommune"].unique()) == index.kommune
    assert tuple(panel.drop_duplicates("kommune")["kommunenavn"]) == index.navn
    assert not panel.isna().to_numpy().any()


def test_file_format():
    raw = data_path("calibrated", "panel.csv").read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert b'"' not in raw


def test_coefficients_are_the_printed_ones(fit):
    errors = (unscaled(fit.params) - PRINTED[:, 0]) / PRINTED[:, 1]
    assert np.abs(errors).max() < 0.02


def test_std_errors_are_the_printed_ones(fit):
    errors = (unscaled(fit.bse) - PRINTED[:, 2]) / PRINTED[:, 3]
    assert np.abs(errors).max() < 0.5


def test_fit_statistics(fit):
    assert fit.nobs == 1935
    assert 0.3290 <= fit.rsquared_adj <= 0.3310


def test_index_rounds_to_the_printed_one(panel, design, fit, index):
    prediction = design.to_numpy() @ unscaled(fit.params)
    points = 100 * panel["netto_driftsutgifter"].to_numpy() / prediction
    printed = index.values.ravel()
    np.testing.assert_array_equal(np.floor(points + 0.5), printed)
    assert np.abs(points - printed).max() <= 0.47
    zero = printed == 0
    assert zero.sum() == 2
    assert (panel.loc[zero, "netto_driftsutgifter"] == 0).all()
    # A plausible unrounded index, not one that sits on whole numbers.
    assert np.abs(points - printed).mean() > 0.1
    assert prediction.min() > 0.6
    assert prediction.max() < 4.5
    assert 2.0 <= prediction.mean() <= 2.45


@pytest.mark.parametrize(("column", "bounds"), PLAUSIBLE.items())
def test_covariates_are_plausible(panel, column, bounds):
    low, high = bounds
    values = panel[column]
    assert values.between(low, high).all()
    # No pile at a bound: hardly anything in the outer 2 % of the range (shares that are near
    # zero by nature are only checked at the top).
    margin = 0.02 * (high - low)
    assert (values > high - margin).mean() < 0.01
    if low > 0:
        assert (values < low + margin).mean() < 0.01


@pytest.mark.parametrize(("column", "step"), LARGEST_STEP.items())
def test_series_are_smooth(panel, column, step):
    assert panel.groupby("kommune")[column].diff().abs().max() <= step


def test_population_moves_slowly(panel):
    assert panel.groupby("kommune")["folketall"].pct_change().abs().max() <= 0.025
    power = panel["folketall"].astype(float) ** 1.2
    np.testing.assert_allclose(panel["urbanitet"], power, atol=0.00501)


def test_national_movement(panel):
    mean = panel.groupby("aar")[["ikke_vestlige_innvandrere", "nybosatte_flyktninger"]].mean()
    assert (mean.diff().dropna() > 0).all().all()
    assert mean["nybosatte_flyktninger"].idxmax() == 2016
    assert panel["opphopningsindeks"].mean() == pytest.approx(1.0, abs=0.15)


def test_sizes(panel):
    last = panel[panel["aar"] == 2016].set_index("kommunenavn")
    rank = last["folketall"].rank(ascending=False, method="min")
    assert [rank[name] for name in LARGEST_IN_ORDER] == sorted(
        rank[name] for name in LARGEST_IN_ORDER
    )
    assert rank["Bergen"] == 1
    assert 225_000 < last.loc["Bergen", "folketall"] < 275_000
    assert 160_000 < last.loc["Trondheim", "folketall"] < 200_000
    assert rank["Vågan"] == 121
    assert max(rank[name] for name in CASES) == 121
    outside = last[last["estimeringsutvalg"] == 0]["folketall"]
    assert len(outside) == 37
    assert outside.max() <= last[last["estimeringsutvalg"] == 1]["folketall"].min()


def test_metadata_matches_the_file(panel):
    meta = yaml.safe_load(data_path("calibrated", "panel.yaml").read_text(encoding="utf-8"))
    digest = hashlib.sha256(data_path("calibrated", "panel.csv").read_bytes()).hexdigest()
    assert meta["sha256"] == digest
    assert meta["label"] == "Kalibrert syntetisk panel"
    assert meta["label_en"] == "Calibrated synthetic panel"
    assert meta["synthetic"] is True
    assert meta["rows"] == len(panel)
    assert meta["sample_rows"] == (panel["estimeringsutvalg"] == 1).sum()
    assert {"nb", "en"} <= set(meta["what_is_real"]) & set(meta["what_is_synthetic"])


def test_check_agrees_with_statsmodels(fit, index):
    text = data_path("calibrated", "panel.csv").read_text(encoding="utf-8")
    check = check_csv(text, index)
    np.testing.assert_allclose(check.coefficients, unscaled(fit.params), rtol=1e-8)
    np.testing.assert_allclose(check.std_errors, unscaled(fit.bse), rtol=1e-8)
    assert check.adjusted_r2 == pytest.approx(fit.rsquared_adj, abs=1e-10)
    assert check.passes()


def test_check_fails_on_a_changed_file(index):
    text = data_path("calibrated", "panel.csv").read_text(encoding="utf-8")
    lines = text.splitlines()
    cells = lines[1].split(",")
    cells[4] = "9.000000"
    lines[1] = ",".join(cells)
    assert not check_csv("\n".join(lines) + "\n", index).passes()


@pytest.fixture(scope="module")
def arrays(panel, index):
    """The committed file as the generator's arrays."""

    def grid(column):
        return panel[column].to_numpy().reshape(-1, 5)

    return Calibrated(
        index=index,
        population=grid("folketall"),
        urbanitet=grid("urbanitet"),
        covariates=np.stack([grid(c.name) for c in COVARIATES], axis=2),
        expenditure=grid("netto_driftsutgifter"),
        in_sample=grid("estimeringsutvalg")[:, 0] == 1,
        seed=SEED,
    )


def test_command_writes_the_committed_files(arrays, tmp_path, monkeypatch, capsys):
    # Everything but the optimisation, which is replaced by its committed result.
    for name, value in command.SINGLE_THREAD.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(command, "build", lambda index, seed: replace(arrays, seed=seed))
    assert command.main(["--out", str(tmp_path / "new")]) == 0
    for name in ("panel.csv", "panel.yaml"):
        committed = data_path("calibrated", name).read_bytes()
        assert (tmp_path / "new" / name).read_bytes() == committed
    assert "adjusted R2 0.3" in capsys.readouterr().out


def test_command_writes_nothing_that_fails(arrays, tmp_path, monkeypatch, capsys):
    for name, value in command.SINGLE_THREAD.items():
        monkeypatch.setenv(name, value)
    worse = replace(arrays, expenditure=arrays.expenditure * 1.1)
    monkeypatch.setattr(command, "build", lambda index, seed: worse)
    assert command.main(["--out", str(tmp_path)]) == 1
    assert list(tmp_path.iterdir()) == []
    assert "nothing written" in capsys.readouterr().err


# --- the generator ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small_problem():
    rng = np.random.default_rng(1)
    # Few distinct sizes, so that some clusters hold several rows.
    population = rng.integers(1000, 1040, size=(12, 5)) * 10
    population[0] = 200_000
    ratio = 1 + 0.3 * rng.standard_normal((12, 5))
    problem = make_problem(ratio, population, draw_start(population.astype(float), rng))
    # Parts of equal weight, and bounds on the prediction that bind, so that no part hides.
    even = replace(
        problem.tolerances,
        moments=1.0,
        std_error=np.full(12, 0.5),
        adjusted_r2=0.1,
        departure=1.0,
        national=0.5,
        prediction=(2.2, 2.4),
        prediction_weight=1.0,
    )
    return replace(problem, tolerances=even)


def test_gradient_against_finite_differences(small_problem):
    rng = np.random.default_rng(2)
    w = 0.3 * rng.standard_normal(small_problem.start.size)
    _, gradient = value_and_gradient(w, small_problem)
    assert small_problem.cluster.max() + 1 < len(small_problem.ratio)
    step = 1e-5
    numeric = np.empty_like(w)
    for i in range(w.size):
        up, down = w.copy(), w.copy()
        up[i] += step
        down[i] -= step
        numeric[i] = (
            value_and_gradient(up, small_problem)[0] - value_and_gradient(down, small_problem)[0]
        ) / (2 * step)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-5, atol=1e-6 * np.abs(numeric).max())


def test_exact_ratio_solves_the_normal_equations_inside_the_rounding():
    rng = np.random.default_rng(3)
    zmat = np.column_stack([np.ones(400), rng.standard_normal((400, 2))])
    beta = np.array([2.0, 0.2, -0.1])
    printed = np.round(1 + 0.3 * rng.standard_normal(400), 2)
    printed[:2] = 0.0
    prediction = zmat @ beta
    # Take out most of Z'e first, as the optimisation does.
    printed -= zmat @ np.linalg.lstsq(zmat, (printed - 1) * prediction, rcond=None)[0] / prediction
    printed[:2] = 0.0
    printed[2:] -= ((printed - 1) * prediction).sum() / prediction[2:].sum()
    ratio = np.where(printed > 0, printed + rng.uniform(-JITTER, JITTER, 400), 0.0)
    moved = exact_ratio(zmat, beta, ratio, printed)
    assert np.abs(zmat.T @ ((moved - 1) * prediction)).max() < 1e-9
    assert np.abs(moved - printed).max() <= MAX_SHIFT + 1e-12
    assert (moved[:2] == 0).all()


def test_exact_ratio_refuses_the_impossible():
    with pytest.raises(ValueError, match="too little room"):
        exact_ratio(np.ones((5, 1)), np.array([1.0]), np.full(5, 1.2), np.full(5, 1.2))


def test_bounded_scale_is_inverted():
    z = np.random.default_rng(4).standard_normal((3, 5, 6))
    x = to_bounded(z)
    assert ((x > LOW) & (x < HIGH)).all()
    np.testing.assert_allclose(to_free(x), z)


def test_departures_prefer_levels_to_kinks():
    for root in departure_roots():
        weight = np.linalg.inv(root @ root.T)
        level, kink = np.ones(5), np.array([0.0, 0.0, 1.0, 0.0, 0.0])
        assert level @ weight @ level < kink @ weight @ kink


def test_populations_are_reproducible_and_seeded(index):
    first = populations(index.navn, index.values, np.random.default_rng(5))
    second = populations(index.navn, index.values, np.random.default_rng(5))
    other = populations(index.navn, index.values, np.random.default_rng(6))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_half_unit():
    assert half_unit("0.8") == pytest.approx(0.05)
    assert half_unit("8.76e-08") == pytest.approx(0.005e-08)
    with pytest.raises(ValueError, match="finite"):
        half_unit("nan")


def test_start_covers_every_covariate():
    assert [c.name for c in COVARIATES] == [n for n in REGRESSORS if n != "urbanitet"]


@pytest.mark.slow
def test_generator_reaches_the_printed_regression(index):
    panel = build(index)
    text = panel_csv(panel)
    check = check_csv(text, index)
    assert check.passes()
    assert check.observations == 1935
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert yaml.safe_load(panel_yaml(panel, text, check))["sha256"] == digest
