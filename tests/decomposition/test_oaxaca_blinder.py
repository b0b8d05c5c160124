"""Oaxaca-Blinder against Stata's published numbers, statsmodels and algebra by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import oaxaca_published as stata
from scipy import stats
from statsmodels.stats.oaxaca import OaxacaBlinder

import proba
from proba import Spec
from proba._numbers import format_number
from proba.decomposition.oaxaca import oaxaca_blinder
from proba.errors import DecompositionError, DesignError, SpecError
from proba.panel import CALIBRATED

NAMES = ("AGE", "INCOME", "INCOMESQ")
CARDS = Spec("AVGEXP", NAMES, entity="id", time="t", year_effects=False)
REFERENCES = ("pooled", "neumark", "cotton", "reimers", "first", "second", 0.3)


def cards():
    y, X, own = stata.credit_cards()
    frame = pd.DataFrame(X[:, 1:], columns=NAMES)
    return frame.assign(AVGEXP=y, own=own.astype(int), id=range(len(y)), t=1)


def estimates(result):
    return result.totals["estimate"].to_dict()


def test_threefold_is_statas():
    swapped = oaxaca_blinder(cards(), CARDS, "own", kind="threefold")
    assert estimates(swapped) == pytest.approx(stata.THREEFOLD["swap"], abs=5e-4)
    plain = oaxaca_blinder(cards(), CARDS, "own", kind="threefold", groups=(1, 0))
    assert estimates(plain) == pytest.approx(stata.THREEFOLD["no swap"], abs=5e-4)
    assert swapped.nobs == (stata.N_RENT, stata.N_OWN)
    assert swapped.reference is None


@pytest.mark.parametrize(
    ("name", "reference"),
    [("pooled", "pooled"), ("neumark", "neumark"), ("first", "second"), ("second", "first")],
)
def test_twofold_is_statas(name, reference):
    # Stata's first group is the one with the larger mean; ours is the base of the gap.
    result = oaxaca_blinder(cards(), CARDS, "own", reference=reference)
    assert estimates(result) == pytest.approx(stata.TWOFOLD[name], abs=5e-4)


def test_reversed_twofold_is_statas():
    result = oaxaca_blinder(cards(), CARDS, "own", groups=(1, 0))
    assert estimates(result) == pytest.approx(stata.TWOFOLD["pooled, no swap"], abs=5e-4)


def test_standard_errors_are_of_the_order_of_the_resampled():
    # Stata's resample rows, so that means vary too; where means matter little they are near.
    first = oaxaca_blinder(cards(), CARDS, "own", reference="second").totals["se"]
    expected = stata.STANDARD_ERRORS["first"]
    assert first["explained"] == pytest.approx(expected["explained"], rel=0.05)
    assert first["unexplained"] == pytest.approx(expected["unexplained"], rel=0.05)


def by_formula(frame, spec, column, groups, kind, reference):
    """The decomposition written out, with least squares in each group and for b*."""
    X, y = {}, {}
    for value in groups:
        rows = frame[frame[column] == value]
        X[value] = np.column_stack([np.ones(len(rows)), rows[list(spec.regressors)]])
        y[value] = rows[spec.dependent].to_numpy()

    def ols(a, b):
        scale = np.abs(a).max(axis=0)
        return np.linalg.lstsq(a / scale, b, rcond=None)[0] / scale

    one, two = groups
    b1, b2 = (ols(X[g], y[g]) for g in groups)
    m1, m2 = (X[g].mean(axis=0) for g in groups)
    if kind == "threefold":
        return {
            "endowments": (m2 - m1) * b1,
            "coefficients": m1 * (b2 - b1),
            "interaction": (m2 - m1) * (b2 - b1),
        }
    both, ys = np.vstack([X[one], X[two]]), np.concatenate([y[one], y[two]])
    dummy = np.repeat([0.0, 1.0], [len(X[one]), len(X[two])])
    weight = {"cotton": len(X[two]) / len(both), "reimers": 0.5, "first": 0.0, "second": 1.0}
    if reference == "pooled":
        star = ols(np.column_stack([both, dummy]), ys)[:-1]
    elif reference == "neumark":
        star = ols(both, ys)
    else:
        w = weight.get(reference, reference)
        star = (1 - w) * b1 + w * b2
    return {
        "explained": (m2 - m1) * star,
        "unexplained": m2 * (b2 - star) + m1 * (star - b1),
    }


CASES = [("threefold", "pooled"), *(("twofold", r) for r in REFERENCES)]


@pytest.mark.parametrize(("kind", "reference"), CASES)
def test_details_are_the_terms_and_sum_to_statsmodels(kind, reference):
    frame = cards()
    result = oaxaca_blinder(frame, CARDS, "own", kind=kind, reference=reference)
    for part, terms in by_formula(frame, CARDS, "own", (0, 1), kind, reference).items():
        scale = np.abs(terms).max()
        np.testing.assert_allclose(result.detailed[part], terms, rtol=0, atol=1e-10 * scale)
        total = result.totals.loc[part, "estimate"]
        assert result.detailed[part].sum() == pytest.approx(total, abs=1e-10 * scale)
    assert list(result.detailed.index) == ["konstant", *NAMES]
    gap = result.totals.loc["gap", "estimate"]
    assert gap == pytest.approx(stata.MEAN_OWN - stata.MEAN_RENT, abs=1e-5)
    parts = result.totals["estimate"].drop("gap").sum()
    assert parts == pytest.approx(gap, rel=1e-10)


@pytest.mark.parametrize(("kind", "reference"), CASES)
def test_the_panels_first_and_last_year(kind, reference):
    panel = proba.load_panel("kalibrert")
    spec = proba.PROBA_2017
    result = oaxaca_blinder(
        panel, spec, "aar", kind=kind, reference=reference, groups=(2012, 2016), cluster="kommune"
    )
    flat = panel.frame.reset_index()
    flat = flat[(flat["estimeringsutvalg"] == 1) & flat["aar"].isin([2012, 2016])]
    flat = flat.dropna(subset=[spec.dependent, *spec.regressors])
    found = by_formula(flat, spec, "aar", (2012, 2016), kind, reference)
    for part, terms in found.items():
        scale = np.abs(terms).max()
        np.testing.assert_allclose(result.detailed[part], terms, rtol=0, atol=1e-9 * scale)
        total = result.totals.loc[part, "estimate"]
        assert result.detailed[part].sum() == pytest.approx(total, abs=1e-10 * max(scale, 1))
    assert result.label == CALIBRATED
    assert sum(result.nobs) == len(flat)
    assert result.shared > 300


def two_years(seed=0, kommuner=60, shared=True, n_x=2):
    rng = np.random.default_rng(seed)
    effect = rng.normal(size=kommuner)
    rows = []
    for year, slope in ((2012, 1.0), (2016, 1.6)):
        x = rng.normal(size=(kommuner, n_x)) + (year - 2012) / 4
        y = 2 + x @ np.full(n_x, slope) + 2 * effect + rng.normal(size=kommuner) * 0.5
        frame = pd.DataFrame(x, columns=[f"x{j}" for j in range(n_x)])
        start = 0 if shared or year == 2012 else kommuner
        rows.append(
            frame.assign(y=y, aar=year, kommune=[f"{start + i:04d}" for i in range(kommuner)])
        )
    return pd.concat(rows, ignore_index=True)


YEARS = Spec("y", ("x0", "x1"))


def sandwich(frame, spec, column, groups, clusters=None):
    """Covariance of (b1, b2) with one block of regressors a group, by hand."""
    x = np.column_stack([np.ones(len(frame)), frame[list(spec.regressors)]])
    k = x.shape[1]
    X = np.zeros((len(frame), 2 * k))
    for g, value in enumerate(groups):
        mask = (frame[column] == value).to_numpy()
        X[mask, g * k : (g + 1) * k] = x[mask]
    bread = np.linalg.inv(X.T @ X)
    e = frame[spec.dependent] - X @ (bread @ X.T @ frame[spec.dependent])
    scores = pd.DataFrame(X * e.to_numpy()[:, None])
    n = len(frame)
    if clusters is None:
        factor = n / (n - 2 * k)
    else:
        scores = scores.groupby(frame[clusters].to_numpy()).sum()
        g = len(scores)
        factor = (n - 1) / (n - 2 * k) * g / (g - 1)
    return factor * bread @ (scores.T.to_numpy() @ scores.to_numpy()) @ bread, k


@pytest.mark.parametrize("clusters", [None, "kommune"])
def test_standard_errors_are_the_sandwich_of_both_groups_together(clusters):
    frame = two_years()
    V, k = sandwich(frame, YEARS, "aar", (2012, 2016), clusters)
    result = oaxaca_blinder(frame, YEARS, "aar", kind="threefold", cluster=clusters)
    m1, m2 = (result.means[year].to_numpy() for year in ("2012", "2016"))
    zero = np.zeros(k)
    rows = {
        "endowments": np.append(m2 - m1, zero),
        "coefficients": np.append(-m1, m1),
        "interaction": np.append(m1 - m2, m2 - m1),
        "gap": np.append(-m1, m2),
    }
    for part, row in rows.items():
        assert result.totals.loc[part, "se"] == pytest.approx(np.sqrt(row @ V @ row), rel=1e-9)
    for j, name in enumerate(["konstant", "x0", "x1"]):
        row = np.zeros(2 * k)
        row[j], row[k + j] = -m1[j], m1[j]
        expected = np.sqrt(row @ V @ row)
        assert result.detailed_se.loc[name, "coefficients"] == pytest.approx(expected, rel=1e-9)
    assert result.fit.cov_name == ("HC1" if clusters is None else "CR1")


def test_the_groups_are_not_independent_when_they_share_kommuner():
    # A kommune's own level is in both years and leaves the change: clustering must see it.
    together = oaxaca_blinder(two_years(), YEARS, "aar", cluster="kommune")
    apart = oaxaca_blinder(two_years(shared=False), YEARS, "aar", cluster="kommune")
    assert (together.shared, apart.shared) == (60, 0)
    np.testing.assert_allclose(together.detailed, apart.detailed, rtol=1e-12)
    assert together.totals.loc["gap", "se"] < 0.5 * apart.totals.loc["gap", "se"]
    V, k = sandwich(two_years(shared=False), YEARS, "aar", (2012, 2016), "kommune")
    assert np.abs(V[:k, k:]).max() < 1e-12
    without = oaxaca_blinder(two_years(), YEARS, "aar")
    assert "60 enheter er i begge gruppene" in " ".join(without.to_table().notes)
    assert "begge gruppene" not in " ".join(together.to_table().notes)


@pytest.mark.parametrize("reference", ["pooled", "neumark", "reimers"])
def test_standard_errors_are_those_of_repeated_samples(reference):
    # Regressors held, errors drawn anew: the spread of each part is what its error says.
    rng = np.random.default_rng(3)
    frame = two_years(7, kommuner=150, shared=False)
    mean = 1 + frame["x0"] * np.where(frame["aar"] == 2012, 1.0, 2.0) - frame["x1"]
    draws, said = [], []
    for i in range(300):
        y = mean + rng.normal(size=len(frame)) * (0.5 + 0.5 * frame["x0"].abs())
        if i < 30:
            result = oaxaca_blinder(frame.assign(y=y), YEARS, "aar", reference=reference)
            said.append(result.totals["se"].to_numpy())
        model = OaxacaBlinder(
            y.to_numpy(),
            np.column_stack([np.ones(len(y)), frame[["x0", "x1"]], frame["aar"] == 2012]),
            3,
            swap=False,
        )
        kind = {"neumark": "nuemark"}.get(reference, reference)
        unexplained, explained, gap = model.two_fold(two_fold_type=kind).params
        draws.append((explained, unexplained, gap))
    spread = np.std(draws, axis=0, ddof=1)
    np.testing.assert_allclose(np.mean(said, axis=0), spread, rtol=0.13)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 9999), st.sampled_from(CASES), st.floats(-50, 50), st.floats(0.01, 100))
def test_units_do_not_matter_zeros_do_only_between_variables(seed, case, shift, scale):
    kind, reference = case
    frame = two_years(seed % 50)
    moved = frame.assign(x0=shift + scale * frame["x0"])
    before, after = (
        oaxaca_blinder(f, YEARS, "aar", kind=kind, reference=reference) for f in (frame, moved)
    )
    tolerance = 1e-9 * (1 + abs(shift) / scale) * before.detailed.abs().to_numpy().max()
    np.testing.assert_allclose(after.totals, before.totals, rtol=1e-7, atol=tolerance)
    explained = "explained" if kind == "twofold" else "endowments"
    np.testing.assert_allclose(
        after.detailed[explained], before.detailed[explained], atol=tolerance
    )
    other = "unexplained" if kind == "twofold" else "coefficients"
    a, b = after.detailed[other], before.detailed[other]
    assert a["x1"] == pytest.approx(b["x1"], abs=tolerance)
    assert a["konstant"] + a["x0"] == pytest.approx(b["konstant"] + b["x0"], abs=tolerance)


def test_a_shift_moves_a_variables_part_to_the_constant():
    # Jones (1983): x + 10 takes 10 times the change of its coefficient from the constant.
    frame = two_years(1)
    before, after = (
        oaxaca_blinder(f, YEARS, "aar", kind="threefold")
        for f in (frame, frame.assign(x0=frame["x0"] + 10))
    )
    change = before.coefficients.loc["x0", "2016"] - before.coefficients.loc["x0", "2012"]
    moved = after.detailed["coefficients"] - before.detailed["coefficients"]
    assert moved.to_dict() == pytest.approx(
        {"konstant": -10 * change, "x0": 10 * change, "x1": 0}, abs=1e-10
    )


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 50), st.sampled_from(["pooled", "neumark", "reimers"]))
def test_swapped_groups_change_every_sign(seed, reference):
    frame = two_years(seed)
    there, back = (
        oaxaca_blinder(frame, YEARS, "aar", groups=g, reference=reference, cluster="kommune")
        for g in ((2012, 2016), (2016, 2012))
    )
    np.testing.assert_allclose(back.detailed, -there.detailed, atol=1e-10)
    np.testing.assert_allclose(back.detailed_se, there.detailed_se, rtol=1e-7, atol=1e-10)


def test_year_effects_stay_when_the_groups_are_kommuner():
    frame = pd.concat([two_years(s).assign(aar=2012 + s) for s in (0, 1, 2)])
    frame["kommune"] = np.tile([f"{i:04d}" for i in range(120)], 3)
    frame["hoy"] = (frame["kommune"] >= "0070").map({True: "ja", False: "nei"})
    result = oaxaca_blinder(
        frame, YEARS, "hoy", groups=("nei", "ja"), reference="neumark", cluster="kommune"
    )
    assert list(result.detailed.index) == ["konstant", "x0", "x1", "aar_2013", "aar_2014"]
    assert result.shared == 0
    flat = frame.assign(aar_2013=frame["aar"] == 2013, aar_2014=frame["aar"] == 2014).astype(
        {"aar_2013": float, "aar_2014": float}
    )
    spec = Spec("y", ("x0", "x1", "aar_2013", "aar_2014"), year_effects=False)
    terms = by_formula(flat, spec, "hoy", ("nei", "ja"), "twofold", "neumark")
    np.testing.assert_allclose(result.detailed["explained"], terms["explained"], atol=1e-11)


def test_rows_without_a_value_are_left_out():
    frame = two_years()
    holes = frame.astype({"x0": float})
    holes.loc[[0, 70], "x0"] = np.nan
    result = oaxaca_blinder(holes, YEARS, "aar")
    whole = oaxaca_blinder(frame.drop(index=[0, 70]), YEARS, "aar")
    assert result.nobs == (59, 59)
    np.testing.assert_array_equal(result.detailed, whole.detailed)


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_the_table(lang):
    panel = proba.load_panel("kalibrert")
    result = oaxaca_blinder(
        panel, proba.PROBA_2017, "aar", groups=(2012, 2016), cluster="storrelsesklasse", cov="CR2"
    )
    table = result.to_table(lang)
    assert len(table.rows) == 10
    low, high = result.totals.loc["explained", ["ci_low", "ci_high"]]
    assert table.rows[-1][0] == ("95 % konf." if lang == "nb" else "95 % conf.")
    assert table.rows[-1][1] == f"[{format_number(low, 2, lang)}; {format_number(high, 2, lang)}]"
    assert table.label == (CALIBRATED if lang == "nb" else "Calibrated synthetic panel")
    assert any("CR2, storrelsesklasse" in note for note in table.notes)
    assert any(("nullpunkt" if lang == "nb" else "zero") in note for note in table.notes)
    assert table.header[1] == ("Forklart" if lang == "nb" else "Explained")
    assert "<table>" in result._repr_html_()
    assert str(result).startswith(f"[{CALIBRATED}]")


@pytest.mark.parametrize("kind", ["twofold", "threefold"])
@pytest.mark.parametrize("cov", ["CR1", "CR2"])
def test_limits_follow_the_contrast_of_each_part(kind, cov):
    frame = two_years()
    keys = {"kind": kind, "cov": cov, "cluster": "kommune", "reference": "neumark"}
    result = oaxaca_blinder(frame, YEARS, "aar", level=0.9, **keys)
    fitted = result.fit
    df = fitted.estimator.contrast_df(
        fitted.design, fitted.least_squares, fitted.covariance, np.eye(6)
    )
    if cov == "CR1":
        assert (result.totals["df"] == df[0]).all()
        assert (result.detailed_df == 59).all(axis=None)
    else:
        # (mean of the second) ' b2 - (mean of the first) ' b1, by hand.
        first, second = (result.means[c].to_numpy() for c in result.means)
        gap = np.concatenate([second - first, second])
        by_hand = fitted.estimator.contrast_df(
            fitted.design, fitted.least_squares, fitted.covariance, gap[None, :]
        )
        assert result.totals.loc["gap", "df"] == pytest.approx(by_hand[0], rel=1e-9)
    t = result.totals
    reach = stats.t.ppf(0.95, t["df"]) * t["se"]
    np.testing.assert_allclose(t["ci_low"], t["estimate"] - reach, rtol=1e-9)
    np.testing.assert_allclose(t["ci_high"], t["estimate"] + reach, rtol=1e-9)
    se = result.detailed_se.to_numpy()
    reach = np.where(se > 0, stats.t.ppf(0.95, result.detailed_df) * se, 0.0)
    np.testing.assert_allclose(result.detailed_ci_low, result.detailed - reach, atol=1e-12)
    np.testing.assert_allclose(result.detailed_ci_high, result.detailed + reach, atol=1e-12)


FRAME = two_years()


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda: oaxaca_blinder(FRAME, YEARS, "fylke"), DecompositionError, "lack the column"),
        (lambda: oaxaca_blinder(FRAME, YEARS, "kommune"), DecompositionError, "give two groups"),
        (
            lambda: oaxaca_blinder(FRAME, YEARS, "aar", groups=(2012, 2013)),
            DecompositionError,
            "it has 2012, 2016",
        ),
        (
            lambda: oaxaca_blinder(FRAME, YEARS, "aar", groups=(2012, 2012)),
            DecompositionError,
            "give two groups",
        ),
        (lambda: oaxaca_blinder(FRAME, YEARS, "aar", kind="four"), DecompositionError, "'kind'"),
        (
            lambda: oaxaca_blinder(FRAME, YEARS, "aar", reference="nuemark"),
            DecompositionError,
            "'reference' must be one of",
        ),
        (
            lambda: oaxaca_blinder(FRAME, YEARS, "aar", reference=np.nan),
            DecompositionError,
            "'reference' must be one of",
        ),
        *(
            (
                lambda value=value: oaxaca_blinder(FRAME, YEARS, "aar", reference=value),
                DecompositionError,
                "or a number, the weight of the second group's coefficients",
            )
            for value in (None, True, [0.5], np.inf)
        ),
        *(
            (
                lambda value=value: oaxaca_blinder(FRAME, YEARS, "aar", groups=value),
                DecompositionError,
                "'groups' must be two values of 'aar'",
            )
            for value in (2012, "12")
        ),
        (lambda: oaxaca_blinder(FRAME, YEARS, "aar", level=95), SpecError, "confidence level"),
        (
            lambda: oaxaca_blinder(FRAME, YEARS.replace(weights="w"), "aar"),
            DecompositionError,
            "weights",
        ),
        (
            lambda: oaxaca_blinder(FRAME.iloc[:63], YEARS, "aar"),
            DecompositionError,
            "aar 2016 has 3 complete rows for 3 coefficients",
        ),
        (
            lambda: oaxaca_blinder(
                FRAME.assign(x1=np.where(FRAME["aar"] == 2016, 1.0, FRAME["x1"])), YEARS, "aar"
            ),
            DesignError,
            "in both groups: .*konstant, x1",
        ),
    ],
)
def test_what_cannot_be_asked(call, error, match):
    with pytest.raises(error, match=match) as raised:
        call()
    assert raised.value.nb != raised.value.en
    assert "a number" not in raised.value.nb
