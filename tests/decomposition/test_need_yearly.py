"""Need, national and practice with coefficients of each year: Oaxaca over time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.oaxaca import OaxacaBlinder

import proba
from proba import DesignError, Panel, Results
from proba.decomposition.need_growth import need_practice
from proba.decomposition.need_results import NeedPractice
from proba.decomposition.need_yearly import fit_yearly, yearly_coefficients
from proba.errors import DecompositionError

MOSS = "0104"
SPEC = proba.PROBA_2017
X = list(SPEC.regressors)
Y = SPEC.dependent


@pytest.fixture(scope="module")
def panel() -> Panel:
    return proba.load_panel("kalibrert")


@pytest.fixture(scope="module")
def results(panel: Panel) -> Results:
    return proba.fit(SPEC, panel, cov="CR1", cluster="kommune")


@pytest.fixture(scope="module")
def stacked(results: Results) -> Results:
    return fit_yearly(results)


@pytest.fixture(scope="module")
def split(results: Results, panel: Panel) -> NeedPractice:
    return need_practice(results, panel, start=2012, end=2016, coefficients="yearly")


@pytest.fixture(scope="module")
def balanced(panel: Panel) -> pd.DataFrame:
    """Kommuner estimated on in both 2012 and 2016, those two years."""
    frame = panel.frame.reset_index()
    rows = frame[frame["aar"].isin([2012, 2016]) & (frame["estimeringsutvalg"] == 1)]
    return rows[rows.groupby("kommune")["aar"].transform("size") == 2]


def one_year(results: Results, year: int, weights: str | None = None) -> Any:
    rows = results.design.columns
    rows = rows[rows["aar"] == year]
    exog = sm.add_constant(rows[X])
    return sm.WLS(rows[Y], exog, weights=1.0 if weights is None else rows[weights]).fit()


# The stacked regression -------------------------------------------------------------------------


def test_coefficients_are_those_of_each_year_alone(stacked: Results, results: Results) -> None:
    table = yearly_coefficients(stacked, SPEC.regressors)
    assert list(table.index) == [2012, 2013, 2014, 2015, 2016]
    for year in table.index:
        alone = one_year(results, int(year))
        np.testing.assert_allclose(table.loc[year], alone.params, rtol=1e-7)
    assert stacked.nobs == 1935
    assert len(stacked.names) == 40
    assert stacked.label == "Kalibrert syntetisk panel"


def test_weights_are_kept(panel: Panel) -> None:
    weighted = proba.fit(SPEC.replace(weights="folketall"), panel)
    table = yearly_coefficients(fit_yearly(weighted), SPEC.regressors)
    alone = one_year(weighted, 2014, "folketall")
    np.testing.assert_allclose(table.loc[2014], alone.params, rtol=1e-6)


def test_errors_of_two_years_may_correlate(stacked: Results, results: Results) -> None:
    """The sandwich with every kommune's scores of 2012 and 2016 side by side, by hand."""
    rows = results.design.columns
    kommuner = sorted(rows["kommune"].unique())
    scores = []
    for year in (2012, 2016):
        own = rows[rows["aar"] == year]
        exog = sm.add_constant(own[X]).to_numpy(dtype=float)
        scale = np.sqrt((exog**2).mean(axis=0))
        residuals = one_year(results, year).resid.to_numpy()
        bread = np.linalg.inv((exog / scale).T @ (exog / scale))
        influence = (exog / scale * residuals[:, None]) @ bread / scale
        scores.append(pd.DataFrame(influence, index=own["kommune"]).reindex(kommuner).fillna(0.0))
    G, N, k = len(kommuner), 1935, 40
    factor = (N - 1) / (N - k) * G / (G - 1)
    across = factor * (scores[0].T.to_numpy() @ scores[1].to_numpy())
    ours = stacked.cov
    for j, x in enumerate(X, start=1):
        for i, z in enumerate(X, start=1):
            entry = ours.loc[f"{x}__2012", f"{z}__2016"]
            spread = stacked.std_errors[f"{x}__2012"] * stacked.std_errors[f"{z}__2016"]
            assert entry == pytest.approx(across[j, i], abs=1e-8 * spread)
    # The same kommune spends much or little in both years, so leaving this out would matter.
    same = [
        ours.loc[f"{x}__2012", f"{x}__2016"]
        / (stacked.std_errors[f"{x}__2012"] * stacked.std_errors[f"{x}__2016"])
        for x in X
    ]
    assert min(same) > 0.1


# The split --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reference", "w"), [("start", 0.0), ("mean", 0.5), ("end", 1.0)])
def test_by_hand_for_one_kommune(results: Results, panel: Panel, reference: Any, w: float) -> None:
    split = need_practice(
        results, panel, start=2012, end=2016, coefficients="yearly", reference=reference
    )
    b0, b1 = (one_year(results, year).params.to_numpy() for year in (2012, 2016))
    rows = panel.frame.loc[MOSS]
    x0, x1 = (rows.loc[year, X].to_numpy(dtype=float) for year in (2012, 2016))
    price = (1 - w) * b0 + w * b1
    wide = split.wide().loc[MOSS]
    np.testing.assert_allclose(wide[X].to_numpy(dtype=float), (x1 - x0) * price[1:], rtol=1e-6)
    middle = np.append(1.0, w * x0 + (1 - w) * x1)
    assert wide["national"] == pytest.approx(middle @ (b1 - b0), abs=1e-9)
    e = [
        rows.loc[year, Y] - np.append(1.0, x) @ b for year, x, b in ((2012, x0, b0), (2016, x1, b1))
    ]
    assert wide["practice"] == pytest.approx(e[1] - e[0], abs=1e-9)


@pytest.mark.parametrize(
    ("reference", "kind", "weight"),
    [("mean", "reimers", None), ("start", "self_submitted", 0.0), ("end", "self_submitted", 1.0)],
)
def test_at_the_mean_it_is_oaxaca_and_blinders(
    balanced: pd.DataFrame, reference: Any, kind: str, weight: float | None
) -> None:
    results = proba.fit(SPEC, balanced)
    split = need_practice(
        results, balanced, start=2012, end=2016, coefficients="yearly", reference=reference
    ).aggregate("equal")
    scaled = balanced[X] / balanced[X].mean()
    exog = sm.add_constant(scaled).assign(late=(balanced["aar"] == 2016).astype(float))
    theirs = OaxacaBlinder(balanced[Y], exog, "late", hasconst=True)
    unexplained, explained, gap = theirs.two_fold(
        two_fold_type=kind, submitted_weight=weight
    ).params
    groups = split.groups.loc["alle", "contribution"]
    assert groups["need"] == pytest.approx(explained, rel=1e-8)
    assert groups["national"] == pytest.approx(unexplained, rel=1e-8)
    assert groups["practice"] == pytest.approx(0.0, abs=1e-10)
    assert split.total_change["alle"] == pytest.approx(gap, rel=1e-12)


def test_pooled_at_the_mean_is_the_pooled_oaxaca(balanced: pd.DataFrame) -> None:
    split = need_practice(proba.fit(SPEC, balanced), balanced, start=2012, end=2016)
    exog = sm.add_constant(balanced[X] / balanced[X].mean())
    exog["late"] = (balanced["aar"] == 2016).astype(float)
    theirs = OaxacaBlinder(balanced[Y], exog, "late", hasconst=True).two_fold("pooled").params
    groups = split.aggregate("equal").groups.loc["alle", "contribution"]
    assert groups["need"] == pytest.approx(theirs[1], rel=1e-8)
    assert groups["national"] == pytest.approx(theirs[0], rel=1e-8)


def test_standard_errors_by_hand(split: NeedPractice, stacked: Results, panel: Panel) -> None:
    rows = panel.frame.loc[MOSS]
    need, national = (pd.Series(0.0, index=list(stacked.names)) for _ in range(2))
    for x in X:
        for year, sign in ((2012, -1.0), (2016, 1.0)):
            need[f"{x}__{year}"] = (rows.loc[2016, x] - rows.loc[2012, x]) / 2
            national[f"{x}__{year}"] = sign * (rows.loc[2016, x] + rows.loc[2012, x]) / 2
    national["aar_2016"] = 1.0
    V = stacked.cov.to_numpy()
    groups = split.groups.loc[MOSS]
    for term, c in (("need", need), ("national", national), ("explained", need + national)):
        se = np.sqrt(c.to_numpy() @ V @ c.to_numpy())
        assert groups.loc[term, "se"] == pytest.approx(se, rel=1e-8)
        assert groups.loc[term, "df"] == 386


def test_cr2_df_of_sums_and_of_halves(results: Results, panel: Panel) -> None:
    cr2 = results.with_cov("CR2", "kommune")
    split = need_practice(cr2, panel, start=2013, end=2016, coefficients="yearly")
    fitted = split.results
    half = {"ufore_18_49__2013": 0.5, "ufore_18_49__2016": 0.5}
    df = split.frame["df"].xs("ufore_18_49", level="term")
    assert df.nunique() == 1
    assert df.iloc[0] == pytest.approx(fitted.wald_test(half).df_denom, rel=1e-8)
    at = split.entities.index(MOSS)
    for term, c in (
        ("national", split.parts.national[at]),
        ("practice", split.parts.need[at].sum(axis=0) + split.parts.national[at]),
    ):
        expected = fitted.wald_test(c[None, :]).df_denom
        assert split.groups.loc[(MOSS, term), "df"] == pytest.approx(expected, rel=1e-6)


def test_equal_coefficients_in_all_years_give_the_pooled_split() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        [(f"{k:04d}", t) for k in range(1, 41) for t in (2014, 2015)], columns=["kommune", "aar"]
    )
    frame["a"], frame["b"] = rng.normal(3.0, 1.0, (2, len(frame)))
    frame["y"] = 2.0 + 0.5 * frame["a"] - 0.2 * frame["b"] + 0.3 * (frame["aar"] == 2015)
    results = proba.fit(proba.Spec("y", ("a", "b")), frame)
    pooled, yearly = (
        need_practice(results, frame, start=2014, end=2015, coefficients=kind).wide()
        for kind in ("pooled", "yearly")
    )
    pd.testing.assert_frame_equal(yearly, pooled, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(yearly["national"], 0.3, atol=1e-10)


def test_reversed_in_time_start_becomes_end(panel: Panel) -> None:
    frame = panel.frame.reset_index()
    mirrored = frame.assign(aar=4028 - frame["aar"])
    spec = SPEC.replace(reference_year=None)
    there, back = (
        need_practice(
            proba.fit(spec, data),
            data,
            start=2012,
            end=2016,
            coefficients="yearly",
            reference=reference,
        ).frame["contribution"]
        for data, reference in ((frame, "start"), (mirrored, "end"))
    )
    np.testing.assert_allclose(-back, there, rtol=1e-7, atol=1e-10)


# Details of the national part -------------------------------------------------------------------


def test_details_add_up_to_the_national_part(split: NeedPractice) -> None:
    details = split.national_details()
    summed = details["contribution"].groupby(level="kommune").sum()
    national = split.groups["contribution"].xs("national", level="term")
    np.testing.assert_allclose(summed, national, atol=1e-10)
    assert list(details.loc[MOSS].index) == [*X, "konstant"]


def test_moving_a_zero_moves_details_and_nothing_else(
    split: NeedPractice, results: Results, panel: Panel
) -> None:
    frame = panel.frame.reset_index()
    frame["innbyggere_16_66"] = frame["innbyggere_16_66"] - 65.0
    other = need_practice(
        proba.fit(SPEC, frame), frame, start=2012, end=2016, coefficients="yearly"
    )
    pd.testing.assert_frame_equal(other.frame, split.frame, rtol=1e-6, atol=1e-8)
    before, after = (s.national_details().loc[MOSS, "contribution"] for s in (split, other))
    assert abs(before["innbyggere_16_66"] - after["innbyggere_16_66"]) > 0.1
    untouched = [x for x in X if x != "innbyggere_16_66"]
    np.testing.assert_allclose(after[untouched], before[untouched], atol=1e-8)


def test_the_table_warns_of_details(split: NeedPractice) -> None:
    table = split.to_table(MOSS, details=True)
    assert len(table.rows) == len(split.to_table(MOSS).rows) + 8
    assert any("bare summen er entydig" in note for note in table.notes)
    assert not any("bare summen er entydig" in note for note in split.to_table(MOSS).notes)
    assert any("only the sum" in n for n in split.to_table(MOSS, "en", details=True).notes)


# What cannot be done ----------------------------------------------------------------------------


def test_years_have_own_levels_even_where_the_pooled_model_has_none(panel: Panel) -> None:
    spec = SPEC.replace(year_effects=False, reference_year=None)
    bare = need_practice(proba.fit(spec, panel), panel, start=2012, end=2016, coefficients="yearly")
    full = need_practice(proba.fit(SPEC, panel), panel, start=2012, end=2016, coefficients="yearly")
    np.testing.assert_allclose(
        bare.frame["contribution"], full.frame["contribution"], rtol=1e-7, atol=1e-10
    )


def test_a_covariate_without_variation_in_one_year(panel: Panel) -> None:
    frame = panel.frame.reset_index()
    frame.loc[frame["aar"] == 2013, "nybosatte_flyktninger"] = 0.0
    with pytest.raises(DesignError, match="nybosatte_flyktninger__2013"):
        need_practice(proba.fit(SPEC, frame), frame, start=2012, end=2016, coefficients="yearly")


def test_clusters_of_years_leave_no_error(results: Results, panel: Panel) -> None:
    with pytest.warns(proba.FewClustersWarning):
        by_year = results.with_cov("CR1", "aar")
    with pytest.raises(DecompositionError, match="clustered on 'aar' are all 0"):
        need_practice(by_year, panel, start=2012, end=2016, coefficients="yearly")


def test_a_column_named_as_the_stacked_model_names_its_own(panel: Panel) -> None:
    frame = panel.frame.reset_index().assign(urbanitet__2014=1.0)
    with pytest.raises(DecompositionError, match="'urbanitet__2014'"):
        fit_yearly(proba.fit(SPEC, frame))


def test_coefficients_of_a_fit_that_is_not_yearly(results: Results, stacked: Results) -> None:
    for given, covariates, words in (
        (results, results.spec.regressors, "no coefficient '.*__2012'; give it as fit_yearly"),
        (stacked, ("ledighet",), "no coefficient 'ledighet__2012'"),
        (None, (), "needs the Results of fit_yearly, not NoneType"),
    ):
        with pytest.raises(DecompositionError, match=words) as info:
            yearly_coefficients(given, covariates)  # type: ignore[arg-type]
        assert info.value.nb != info.value.en


def test_a_year_outside_the_sample(panel: Panel) -> None:
    frame = panel.frame.reset_index()
    frame.loc[frame["aar"] == 2016, "estimeringsutvalg"] = 0
    spec = SPEC.replace(year_effects=False, reference_year=None)
    results = proba.fit(spec, frame)
    assert len(need_practice(results, frame, start=2012, end=2016).entities) == 424
    with pytest.raises(DecompositionError, match="says nothing of 2016"):
        need_practice(results, frame, start=2012, end=2016, coefficients="yearly")
