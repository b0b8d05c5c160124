"""Every specification of a curve against the fit it stands for, and statsmodels."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from estimation.cases import FEW

import proba
from proba import DesignError, FewClustersWarning, Panel, Spec, SpecError
from proba.estimation.robustness import (
    Errors,
    Sample,
    SpecificationCurve,
    SpecificationGrid,
    grid_from_dict,
    read_grid,
    run_specifications,
)

FAST = (Errors("CR1"), Errors("HC1"), Errors("CR0", "folketall"), Errors("classical"))
SLOW = (Errors("CR2"), Errors("CR3"), Errors("HC3"), Errors("two-way", ("kommune", "aar")))
INSIDE = Sample("rapporten", "estimeringsutvalg")


@pytest.fixture(scope="module")
def frame(panel: Panel) -> pd.DataFrame:
    """The panel with a log, holes in two columns, and an own size."""
    out = panel.frame.copy()
    out["log_urbanitet"] = np.log(out["urbanitet"])
    rng = np.random.default_rng(20)
    for name in ("opphopningsindeks", "log_urbanitet"):
        out.loc[rng.random(len(out)) < 0.03, name] = np.nan
    return out


def agree(curve: SpecificationCurve, numbers: object) -> float:
    """Largest distance between rows of the table and the fits they stand for."""
    worst = 0.0
    for number in numbers:
        row, fit = curve.table.loc[int(number)], curve.refit(int(number))
        name = row["coefficient"]
        assert (row["nobs"], row["k"]) == (fit.nobs, len(fit.names))
        assert set(row["covariates"].split(" + ")) == set(fit.spec.regressors)
        worst = max(
            worst,
            abs(row["estimate"] - fit.params[name]) / fit.std_errors[name],
            abs(row["se"] / fit.std_errors[name] - 1.0),
            abs(row["df"] / fit.df[name] - 1.0),
            abs(row["p"] - fit.pvalues[name]),
            abs(row["r2"] - fit.least_squares.rsquared),
        )
    return worst


def test_a_random_subset_equals_the_fits(frame: pd.DataFrame) -> None:
    grid = SpecificationGrid(
        proba.PROBA_2017,
        "ufore_18_49",
        variants={"urbanitet": ("urbanitet", "log_urbanitet")},
        forms=("level", "log"),
        weights=(None, "folketall"),
        samples=(
            INSIDE,
            Sample("alle"),
            Sample("sent", years=(2014, 2015, 2016)),
            Sample("store", "estimeringsutvalg", column="folketall", at_least=3000, below=50000),
        ),
        year_effects=(True, False),
        errors=FAST,
    )
    curve = run_specifications(frame, grid)
    assert len(curve) == grid.count == 2**5 * 3 * 2 * 2 * 4 * 2 * 4
    assert curve.table["reason"].isna().all()
    numbers = np.random.default_rng(3).choice(len(curve), 80, replace=False)
    assert agree(curve, numbers) < 1e-9
    clusters = curve.table.loc[curve.table["cov"] == "CR1", "clusters"]
    assert clusters.between(40, 424).all()


@pytest.mark.filterwarnings("ignore::proba.errors.CovarianceWarning")
def test_other_error_structures_are_those_of_the_fit(frame: pd.DataFrame) -> None:
    grid = SpecificationGrid(
        proba.PROBA_2017,
        "nybosatte_flyktninger",
        optional=("urbanitet", "opphopningsindeks"),
        weights=(None, "folketall"),
        errors=(Errors("CR1"), *SLOW),
    )
    with pytest.warns(FewClustersWarning, match="only 5 clusters"):
        curve = run_specifications(frame, grid)
    with pytest.warns(FewClustersWarning):
        assert agree(curve, range(len(curve))) < 1e-9
    # The same regression whatever its errors.
    assert (curve.table.groupby("regression")["estimate"].nunique() == 1).all()


@pytest.mark.parametrize("loss", [1e-10, 0.0])
def test_products_and_rows_give_the_same(
    frame: pd.DataFrame, loss: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No loss allowed: every variance is done again through the rows.
    monkeypatch.setattr("proba.estimation.robustness._subsets._LOSS", loss)
    groups = np.arange(len(frame))
    both = frame.assign(stor=groups % 60, liten=groups // 2)
    grid = SpecificationGrid(
        proba.PROBA_2017,
        "ufore_18_49",
        samples=(INSIDE,),
        optional=("urbanitet", "gjennomfort_vgs"),
        forms=("level", "log"),
        weights=(None, "folketall"),
        errors=(Errors("CR1", "stor"), Errors("CR1", "liten"), Errors("HC1")),
    )
    curve = run_specifications(both, grid)
    assert agree(curve, range(len(curve))) < 1e-9
    assert set(curve.table["clusters"]) >= {60.0}


def test_a_loop_of_statsmodels_gives_the_same(panel: Panel) -> None:
    names = ("urbanitet", "opphopningsindeks", "gjennomfort_vgs")
    grid = SpecificationGrid(proba.PROBA_2017, "ufore_18_49", optional=names)
    curve = run_specifications(panel, grid)
    rows = panel.frame.loc[panel.frame["estimeringsutvalg"] == 1].reset_index()
    groups = pd.factorize(rows["kommune"])[0]
    dummies = pd.get_dummies(rows["aar"], drop_first=True, dtype=float)
    seen = 0
    for chosen in itertools.chain.from_iterable(itertools.combinations(names, r) for r in range(4)):
        X = rows[["ufore_18_49", *chosen]] / rows[["ufore_18_49", *chosen]].mean()
        X = sm.add_constant(pd.concat([X, dummies.set_axis(list("abcd"), axis=1)], axis=1))
        fit = sm.OLS(rows["netto_driftsutgifter"], X).fit(
            cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
        )
        wanted = " + ".join(["ufore_18_49", *chosen])
        row = curve.table.loc[curve.table["covariates"] == wanted].iloc[0]
        mean = rows["ufore_18_49"].mean()
        assert row["estimate"] * mean == pytest.approx(fit.params["ufore_18_49"], rel=1e-9)
        assert row["se"] * mean == pytest.approx(fit.bse["ufore_18_49"], rel=1e-9)
        assert row["p"] == pytest.approx(fit.pvalues["ufore_18_49"], rel=1e-7, abs=1e-30)
        assert row["r2"] == pytest.approx(fit.rsquared, rel=1e-9)
        seen += 1
    assert seen == len(curve) == 8


def test_poisson_is_that_of_statsmodels(panel: Panel) -> None:
    grid = SpecificationGrid(
        proba.PROBA_2017,
        "ufore_18_49",
        optional=("opphopningsindeks",),
        forms=("ppml",),
        errors=(Errors("CR1"), Errors("CR0"), Errors("HC1"), Errors("CR3")),
    )
    curve = run_specifications(panel, grid)
    rows = panel.frame.loc[panel.frame["estimeringsutvalg"] == 1].reset_index()
    model = sm.GLM(rows["netto_driftsutgifter"], poisson_columns(rows), sm.families.Poisson())
    groups = pd.factorize(rows["kommune"])[0]
    clustered = {"groups": groups}
    plain = {"groups": groups, "use_correction": False}
    # statsmodels' HC1 of a GLM has no factor N/(N-k): HC0 times it.
    factor = np.sqrt(1935 / (1935 - 7))
    reference = {
        "CR1": (model.fit(cov_type="cluster", cov_kwds=clustered, tol=1e-12), 1.0),
        "CR0": (model.fit(cov_type="cluster", cov_kwds=plain, tol=1e-12), 1.0),
        "HC1": (model.fit(cov_type="HC0", tol=1e-12), factor),
    }
    for name, (fit, times) in reference.items():
        row = curve.table.loc[curve.table["cov"] == name].iloc[0]
        assert row["estimate"] == pytest.approx(fit.params["ufore_18_49"], rel=1e-8)
        assert row["se"] == pytest.approx(times * fit.bse["ufore_18_49"], rel=1e-7)
        assert row["nobs"] == 1935
    last = curve.table.loc[curve.table["cov"] == "CR3"]
    assert last["estimate"].notna().all()
    assert last["se"].isna().all()
    assert "not made for Poisson" in last["reason"].iloc[0]
    with pytest.raises(SpecError, match="Poisson model"):
        curve.refit(0)


def poisson_columns(rows: pd.DataFrame) -> pd.DataFrame:
    dummies = pd.get_dummies(rows["aar"], drop_first=True, dtype=float)
    dummies.columns = list("abcd")
    chosen = rows[["ufore_18_49", "opphopningsindeks"]]
    return sm.add_constant(pd.concat([chosen, dummies], axis=1))


def test_poisson_weights_are_as_rows_repeated(panel: Panel) -> None:
    frame = panel.frame.assign(vekt=1 + np.arange(len(panel.frame)) % 3)
    grid = SpecificationGrid(
        proba.PROBA_2017,
        "ufore_18_49",
        optional=("opphopningsindeks",),
        forms=("ppml",),
        weights=("vekt",),
        errors=(Errors("CR0"),),
    )
    row = run_specifications(frame, grid).table.iloc[0]
    rows = frame.loc[frame["estimeringsutvalg"] == 1].reset_index()
    rows = rows.loc[rows.index.repeat(rows["vekt"])].reset_index(drop=True)
    fit = sm.GLM(rows["netto_driftsutgifter"], poisson_columns(rows), sm.families.Poisson()).fit(
        cov_type="cluster",
        cov_kwds={"groups": pd.factorize(rows["kommune"])[0], "use_correction": False},
        tol=1e-12,
    )
    assert row["nobs"] == 1935
    assert row["estimate"] == pytest.approx(fit.params["ufore_18_49"], rel=1e-8)
    assert row["se"] == pytest.approx(fit.bse["ufore_18_49"], rel=1e-7)


def test_logs_leave_out_what_has_no_log(panel: Panel) -> None:
    frame = panel.frame.copy()
    zeros = frame["estimeringsutvalg"].eq(1) & frame["folketall"].between(5000, 5100)
    frame.loc[zeros, "netto_driftsutgifter"] = 0.0
    below = frame["estimeringsutvalg"].eq(1) & frame["folketall"].between(6000, 6100)
    frame.loc[below, "netto_driftsutgifter"] = -0.1
    grid = SpecificationGrid(
        proba.PROBA_2017, "ufore_18_49", optional=(), forms=("level", "log", "ppml")
    )
    assert grid.count == 3
    nobs = run_specifications(frame, grid).table.set_index("form")["nobs"]
    assert nobs["level"] == 1935
    assert nobs["log"] == 1935 - zeros.sum() - below.sum()
    assert nobs["ppml"] == 1935 - below.sum()
    assert zeros.sum() > 0
    assert below.sum() > 0


def test_effects_have_the_unit_of_the_dependent(panel: Panel) -> None:
    grid = SpecificationGrid(
        proba.PROBA_2017, "ufore_18_49", optional=(), always=(), forms=("level", "log", "ppml")
    )
    table = run_specifications(panel, grid).table.set_index("form")
    rows = panel.frame.loc[panel.frame["estimeringsutvalg"] == 1]
    spread, mean = rows["ufore_18_49"].std(), rows["netto_driftsutgifter"].mean()
    assert table["effect_sd"]["level"] == pytest.approx(table["estimate"]["level"] * spread)
    for form in ("log", "ppml"):
        assert table["effect_sd"][form] == pytest.approx(table["estimate"][form] * spread * mean)
        assert table["effect_sd"][form] == pytest.approx(table["effect_sd"]["level"], rel=0.3)
    ratio = table["effect_sd_se"] / table["se"]
    np.testing.assert_allclose(ratio, table["effect_sd"] / table["estimate"])


def test_nearly_dependent_columns_are_still_right(panel: Panel) -> None:
    rng = np.random.default_rng(1)
    frame = panel.frame.assign(
        tvilling=panel.frame["ufore_18_49"] * (1 + 1e-6 * rng.normal(size=len(panel.frame)))
    )
    grid = SpecificationGrid(
        proba.PROBA_2017, "ufore_18_49", optional=("tvilling", "urbanitet"), forms=("level", "log")
    )
    curve = run_specifications(frame, grid)
    assert curve.table["estimate"].notna().all()
    assert agree(curve, range(len(curve))) < 1e-9


def test_what_cannot_be_estimated_is_kept_with_its_reason(panel: Panel) -> None:
    frame = panel.frame.assign(
        flat=1.0,
        same=2.0 * panel.frame["ufore_18_49"],
        year=panel.frame.index.get_level_values("aar").astype(float),
    )
    grid = SpecificationGrid(
        proba.PROBA_2017, "ufore_18_49", optional=("flat", "same", "year"), errors=FAST[:2]
    )
    curve = run_specifications(frame, grid)
    failed = curve.table.loc[curve.table["reason"].notna()]
    assert len(failed) == len(curve.failures) == 2 * 7
    assert failed[["estimate", "se", "p", "r2", "nobs"]].isna().all(axis=None)
    assert curve.table.loc[curve.table["covariates"] == "ufore_18_49", "estimate"].notna().all()
    reasons = " ".join(failed["reason"])
    assert "flat" in reasons
    assert "linearly dependent" in reasons
    assert any("lineært avhengige" in line for line in curve.lines("nb"))
    with pytest.raises(DesignError):
        curve.refit(int(failed.index[0]))


def test_a_sample_too_small_and_bad_weights_give_reasons(panel: Panel) -> None:
    frame = panel.frame.assign(vekt=panel.frame["folketall"] - 3000.0)
    grid = SpecificationGrid(
        proba.PROBA_2017,
        "ufore_18_49",
        optional=(),
        weights=(None, "vekt"),
        samples=(INSIDE, Sample("ingen", column="folketall", below=0)),
    )
    table = run_specifications(frame, grid).table
    assert table["reason"].isna().sum() == 1
    assert table["reason"].str.contains("no complete row").sum() == 2
    assert table["reason"].str.contains("must be positive").sum() == 1


def test_missing_columns_are_skipped_and_said(panel: Panel) -> None:
    grid = SpecificationGrid(
        proba.PROBA_2017,
        "nybosatte_flyktninger",
        optional=("urbanitet", "ledighet"),
        variants={"nybosatte_flyktninger": ("nybosatte_flyktninger", "uten_tilskudd")},
        dependents=("netto_driftsutgifter", "med_273_275"),
        weights=(None, "vekt"),
        samples=(INSIDE, Sample("by", "er_by")),
        errors=(Errors("CR1"), Errors("CR1", "fylke")),
    )
    curve = run_specifications(panel, grid)
    assert len(curve) == 2
    assert {(s.role, s.column) for s in curve.skipped} == {
        ("covariate", "ledighet"),
        ("covariate", "uten_tilskudd"),
        ("dependent", "med_273_275"),
        ("weights", "vekt"),
        ("sample", "er_by"),
        ("cluster", "fylke"),
    }
    assert any("ingen kolonne fylke" in line for line in curve.lines("nb"))
    assert any("no column er_by" in line for line in curve.lines("en"))
    with pytest.raises(SpecError, match="nothing is left of 'ledighet'"):
        run_specifications(panel, SpecificationGrid(proba.PROBA_2017, "ledighet"))


def test_choices_mark_what_each_specification_is(panel: Panel) -> None:
    grid = SpecificationGrid(
        proba.PROBA_2017,
        "ufore_18_49",
        optional=("urbanitet",),
        forms=("level", "log"),
        errors=FAST[:2],
    )
    curve = run_specifications(panel, grid)
    choices = curve.choices()
    assert list(choices.columns) == [
        ("form", "level"),
        ("form", "log"),
        ("errors", "CR1 kommune"),
        ("errors", "HC1"),
        ("covariates", "urbanitet"),
    ]
    has = curve.table["covariates"].str.contains("urbanitet")
    assert (choices["covariates", "urbanitet"] == has).all()
    text = curve.to_table("nb").to_text()
    assert "Kalibrert syntetisk panel" in text
    assert "Form: logaritme" in text
    assert (curve.to_frame()["merke"] == "Kalibrert syntetisk panel").all()


def test_the_base_specification_is_found(panel: Panel) -> None:
    grid = SpecificationGrid(proba.PROBA_2017, "ufore_18_49", errors=FAST[:2])
    curve = run_specifications(panel, grid)
    number = curve.base_number
    assert number is not None
    fit = proba.fit(proba.PROBA_2017, panel)
    row = curve.table.loc[number]
    assert row["estimate"] == pytest.approx(fit.params["ufore_18_49"], rel=1e-10)
    assert row["se"] == pytest.approx(fit.std_errors["ufore_18_49"], rel=1e-10)
    without = SpecificationGrid(proba.PROBA_2017, "ufore_18_49", optional=("urbanitet",))
    assert run_specifications(panel, without).base_number is None


@pytest.mark.filterwarnings(FEW)
def test_few_clusters_warn_once() -> None:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        {
            "kommune": np.repeat(list("abcdefgh"), 5),
            "aar": np.tile(range(5), 8),
            "x": rng.normal(size=40),
            "z": rng.normal(size=40),
            "y": rng.normal(size=40),
        }
    )
    grid = SpecificationGrid(Spec("y", ("x", "z")), "x")
    with pytest.warns(FewClustersWarning, match="only 8 clusters") as caught:
        run_specifications(frame, grid)
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"forms": ("sqrt",)}, "unknown form"),
        ({"always": ("urbanitet",), "optional": ("urbanitet",)}, "more than once"),
        ({"forms": ("log", "log")}, "more than once"),
        ({"variants": {"ledighet": ("a",)}}, "no regressor"),
        ({"variants": {"urbanitet": ()}}, "at least one"),
        ({"errors": (Errors("CR9"),)}, "unknown covariance"),
        ({"optional": ("netto_driftsutgifter",)}, "more than once"),
    ],
)
def test_a_wrong_grid_says_what_is_wrong(changes: dict, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        SpecificationGrid(proba.PROBA_2017, "ufore_18_49", **changes)


def test_bounds_need_a_column() -> None:
    with pytest.raises(SpecError, match="bounds"):
        Sample("små", below=5000)
    with pytest.raises(SpecError, match="bounds"):
        Sample("små", column="folketall")


def test_a_grid_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "grid.yml"
    path.write_text(
        "focus: ufore_18_49\noptional: [urbanitet]\nforms: [level, log]\n"
        "weights: [null, folketall]\n"
        "variants:\n  urbanitet: [urbanitet, log_urbanitet]\n"
        "samples:\n  - {name: rapporten, flag: estimeringsutvalg, years: [2014, 2015]}\n"
        "errors:\n  - {cov: CR1}\n  - {cov: two-way, cluster: [kommune, aar]}\n",
        encoding="utf-8",
    )
    grid = read_grid(path, proba.PROBA_2017)
    assert grid == SpecificationGrid(
        proba.PROBA_2017,
        "ufore_18_49",
        optional=("urbanitet",),
        forms=("level", "log"),
        weights=(None, "folketall"),
        variants={"urbanitet": ("urbanitet", "log_urbanitet")},
        samples=(Sample("rapporten", "estimeringsutvalg", (2014, 2015)),),
        errors=(Errors("CR1"), Errors("two-way", ("kommune", "aar"))),
    )
    assert grid.count == 3 * 2 * 2 * 2
    with_spec = grid_from_dict({"focus": "x", "spec": {"dependent": "y", "regressors": ["x"]}})
    assert with_spec.base == Spec("y", ("x",))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"focus": "x", "covariates": []}, "unknown key covariates"),
        ({"focus": "x"}, "is missing"),
        ({"focus": "ufore_18_49", "optional": "urbanitet"}, "'optional' cannot be"),
        ({"focus": "ufore_18_49", "optional": [1]}, "'column' cannot be 1"),
        ({"focus": "ufore_18_49", "samples": [{"navn": "a"}]}, "mapping of name, flag"),
        ({"focus": "ufore_18_49", "samples": [{"flag": "a"}]}, "'samples' cannot be"),
        ({"focus": "ufore_18_49", "year_effects": ["ja"]}, "'year_effects' cannot be"),
        ({"focus": "ufore_18_49", "forms": ["sqrt"]}, "grid: grid: unknown form"),
        ({"focus": "ufore_18_49", "variants": ["a"]}, "'variants' cannot be"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(data: dict, words: str) -> None:
    base = None if words == "is missing" else proba.PROBA_2017
    with pytest.raises(SpecError, match=words):
        grid_from_dict(data, base)
