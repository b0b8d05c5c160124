"""The cluster question: printed figures, a hand computation, outside references, and its page."""

from __future__ import annotations

import dataclasses
import json
import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.regression.linear_model import OLS

from proba.panel import CALIBRATED, load_panel, make_panel
from proba.published import load_table, parse
from proba.reproduction.cluster_question import (
    PARTS,
    ClusterQuestion,
    _stars_of,
    _variance_limits,
    cluster_question,
)

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cluster-question.md").read_text("utf-8")
YEARS = [2013, 2014, 2015, 2016]


@pytest.fixture(scope="module")
def question() -> ClusterQuestion:
    return cluster_question()


@pytest.fixture(scope="module")
def ratio() -> pd.DataFrame:
    printed = load_table("vedlegg2").frame.set_index("kommunenr")
    return printed[["2012", *map(str, YEARS)]].astype(float) / 100


def test_the_figures_of_the_question(question: ClusterQuestion) -> None:
    years = question.years
    assert [round(v, 1) for v in years["need_kommune"]] == [5.0, 3.7, 3.2, 3.1]
    assert [round(v, 1) for v in years["need_observation"]] == [1.7, 2.0, 1.9, 2.1]
    pairs = question.autocorrelation["with_previous"].dropna()
    assert [round(v, 2) for v in pairs] == [0.88, 0.83, 0.76, 0.76]
    assert (question.nobs, question.entities, question.index_entities) == (1935, 387, 424)


def test_needs_are_those_of_two_regressions_by_statsmodels(
    question: ClusterQuestion, ratio: pd.DataFrame
) -> None:
    """Ratio on a constant and one dummy, clustered and not: the whole arithmetic done elsewhere."""
    groups = len(ratio)
    for year, line in question.years.iterrows():
        y = np.concatenate([ratio["2012"], ratio[str(year)]])
        X = np.column_stack([np.ones(2 * groups), np.repeat([0.0, 1.0], groups)])
        ids = np.tile(np.arange(groups), 2)
        clustered = OLS(y, X).fit(
            cov_type="cluster", cov_kwds={"groups": ids, "use_correction": False}
        )
        each = OLS(y, X).fit(cov_type="HC0")
        # statsmodels divides by G, a standard deviation by G - 1.
        scale = np.sqrt((groups - 1) / groups) * np.sqrt(question.entities / groups)
        assert line["need_kommune"] == pytest.approx(line["se"] / clustered.bse[1] * scale)
        assert line["need_observation"] == pytest.approx(line["se"] / each.bse[1] * scale)


def test_slow_factor_is_that_of_a_regression_on_something_constant_over_time(
    question: ClusterQuestion, ratio: pd.DataFrame
) -> None:
    """Errors over many constant covariates drawn without regard to them: the root mean square."""
    rng = np.random.default_rng(5)
    centred = (ratio - ratio.mean()).to_numpy()
    squares = rng.standard_normal((4000, len(ratio))) ** 2
    clustered = squares @ centred.sum(axis=1) ** 2
    each = squares @ (centred**2).sum(axis=1)
    assert question.slow_factor == pytest.approx(np.sqrt(clustered.mean() / each.mean()), rel=0.01)
    corr = question.correlation.to_numpy()
    mean_corr = (corr.sum() - 5) / 20
    assert question.slow_factor == pytest.approx(np.sqrt(1 + 4 * mean_corr), rel=0.01)


def test_limits_are_the_extremes_over_all_choices() -> None:
    values = np.random.default_rng(1).standard_normal(11) ** 3
    everything = [np.var(c, ddof=1) for c in combinations(values, 7)]
    assert _variance_limits(values, 7) == pytest.approx((min(everything), max(everything)))
    same = np.var(values, ddof=1)
    assert _variance_limits(values, 11) == pytest.approx((same, same))


def test_limits_hold_the_value_for_random_choices_of_kommuner(
    question: ClusterQuestion, ratio: pd.DataFrame
) -> None:
    rng = np.random.default_rng(2)
    for year, line in question.years.iterrows():
        for _ in range(50):
            some = ratio.iloc[rng.choice(len(ratio), question.entities, replace=False)]
            root = np.sqrt(question.entities)
            change = (some[str(year)] - some["2012"]).std()
            levels = np.sqrt(some[str(year)].var() + some["2012"].var())
            for kind, spread in (("kommune", change), ("observation", levels)):
                need = line["se"] * root / spread
                assert line[f"need_{kind}_low"] < need < line[f"need_{kind}_high"]


def test_largest_needs_are_where_the_stars_change(question: ClusterQuestion) -> None:
    df = question.entities - 1
    for _, line in question.years.iterrows():
        for level in (1, 5, 10):
            se = line[f"need_{level}"] * line["kommune_sd"] / np.sqrt(question.entities)
            p = 2 * stats.t.sf(abs(line["coef"]) / se, df)
            assert p == pytest.approx(level / 100)


def test_stars_from_the_print(question: ClusterQuestion) -> None:
    stars = question.stars
    assert stars.loc[stars["stars"] == "", "printed"].to_dict() == {
        "konstant": "***",
        "urbanitet": "**",
        "aar_2013": "",
        "aar_2015": "",
    }
    assert stars.loc["opphopningsindeks", ["printed", "stars"]].tolist() == ["***", "**"]
    assert stars.loc[["aar_2014", "aar_2016"], "stars"].tolist() == ["***", "***"]
    assert stars.index[stars["corrected"]].tolist() == ["gjennomfort_vgs"]
    assert all(s in p for s, p in zip(stars["stars"], stars["possible"], strict=True))
    printed = load_table("vedlegg1").frame.set_index("name")
    for name, line in stars.drop("gjennomfort_vgs").iterrows():
        t = parse(printed.loc[name, "coef_printed"]) / parse(printed.loc[name, "se_printed"])
        assert line["t"] * line["factor"] == pytest.approx(t)
        # Without a factor the same arithmetic gives the printed stars.
        assert _stars_of(t, 386) == line["printed"]


def test_panel_errors_equal_statsmodels(question: ClusterQuestion, embedded) -> None:
    design = embedded.by_kommune.design
    scale = np.linalg.norm(design.X, axis=0)
    ids = pd.factorize(design.rows.get_level_values("kommune"))[0]
    direct = OLS(design.y, design.X / scale).fit(
        cov_type="cluster", cov_kwds={"groups": ids}, use_t=True
    )
    frame = question.panel
    assert list(frame.index) == list(design.names)
    np.testing.assert_allclose(frame["se_kommune"], direct.bse / scale, rtol=1e-8)
    np.testing.assert_allclose(frame["p"], direct.pvalues, rtol=1e-6)
    assert set(frame["df"]) == {question.clusters_kommune - 1} == {386}
    assert frame["stars_size"].tolist() == frame["printed"].tolist()
    changed = frame.loc[frame["stars"] != frame["printed"], "stars"].to_dict()
    assert changed == {
        "konstant": "",
        "urbanitet": "",
        "opphopningsindeks": "**",
        "aar_2014": "***",
    }


def test_the_trial_finds_2013_and_overshoots_2016(question: ClusterQuestion) -> None:
    """The stated weakness: with moving covariates the kommune formula overstates need."""
    trial = question.trial
    gap = trial["from_kommune"] / trial["need"] - 1
    assert abs(gap[2013]) < 0.1
    assert gap[2016] > 0.3
    assert gap.is_monotonic_increasing
    assert (abs(trial["from_observation"] / trial["need"] - 1) < 0.2).all()


def test_labels_follow_what_comes_from_the_panel(question: ClusterQuestion) -> None:
    assert question.label == CALIBRATED
    labels = {part: question.to_table("nb", part).label for part in PARTS}
    assert labels == {
        "autocorrelation": None,
        "years": None,
        "stars": None,
        "panel": CALIBRATED,
        "trial": CALIBRATED,
    }
    assert question.to_table("en", "trial").label == "Calibrated synthetic panel"
    stored = json.loads(json.dumps(question.to_dict(), allow_nan=False))
    assert stored["from_panel"]["label"] == CALIBRATED
    assert stored["printed"]["autocorrelation"][0]["with_previous"] is None


def test_print_alone_does_not_change_with_the_panel(question: ClusterQuestion) -> None:
    flat = load_panel().to_csv_frame().drop(columns="merke")
    flat = flat[flat["aar"] < 2016]
    flat["netto_driftsutgifter"] *= 2
    other = cluster_question(make_panel(flat, name="eget"))
    for part in ("autocorrelation", "years", "stars"):
        pd.testing.assert_frame_equal(getattr(other, part), getattr(question, part))
    assert other.label is None
    assert np.isnan(other.panel.loc["aar_2016", "se_kommune"])
    assert np.isnan(other.trial.loc[2016, "from_kommune"])
    assert other.trial.loc[2013, "need"] > 1.9 * question.trial.loc[2013, "need"]
    last = other.to_table("nb", "panel").rows[-1]
    assert last[1:6] == ("–",) * 5


def test_tables_in_two_languages(question: ClusterQuestion) -> None:
    for nb, en in zip(question.to_tables("nb"), question.to_tables("en"), strict=True):
        assert nb.title != en.title
        assert len(nb.rows) == len(en.rows)
        assert not any("." in cell for row in nb.rows for cell in row[1:])
        assert all(len(row) == len(nb.header) for row in (*nb.rows, *en.rows, en.header))
    assert question.to_table().rows[0][:4] == ("2013", "0,047", "0,185", "5,0")
    with pytest.raises(dataclasses.FrozenInstanceError):
        question.nobs = 1  # type: ignore[misc]


def page_table(line: str) -> list[tuple[str, ...]]:
    """The table of the page that starts with this header line."""
    rows = PAGE[PAGE.index(line) :].split("\n\n")[0].splitlines()
    return [tuple(c.strip() for c in row.replace("\\*", "*")[1:-1].split("|")) for row in rows]


@pytest.mark.parametrize("part", PARTS)
def test_the_page_has_the_tables_of_the_code(question: ClusterQuestion, part: str) -> None:
    table = question.to_table("en", part)
    header = ("| " + " | ".join(table.header) + " |").replace("*", "\\*")
    assert PAGE.count(header) == 1
    first, _, *rest = page_table(header)
    assert first == table.header
    assert rest == list(table.rows)


def test_the_page_s_sentences_have_the_numbers_of_the_code(question: ClusterQuestion) -> None:
    text = " ".join(re.sub(r"\n\|.*", "", PAGE).split())
    years, trial, corr = question.years, question.trial, question.autocorrelation
    needs = [f"{v:.1f}" for v in years["need_kommune"]]
    ends = years["need_observation"].agg(["min", "max"])
    pairs = corr["with_previous"].agg(["min", "max"])
    growth = {
        kind: years.loc[2016, f"{kind}_sd"] / years.loc[2013, f"{kind}_sd"]
        for kind in ("kommune", "observation")
    }
    falls, rises = (
        100 * (years.loc[2016, f"need_{k}"] / years.loc[2013, f"need_{k}"] - 1) for k in growth
    )
    paid = load_table("ssb_nokkeltall").frame.set_index("aar").loc[2013, "brutto_utbetalt"]
    sentences = [
        f"correlate {pairs['min']:.2f}–{pairs['max']:.2f}, "
        f"2012 with 2016 still {corr.loc[2016, 'with_first']:.2f}",
        f"G is {question.nobs:,} / 5 = {question.entities}",
        f"any {question.entities} of the {question.index_entities} kommuner",
        f"would need {', '.join(needs[:3])} and {needs[3]} thousand kr in 2013–2016; "
        f"observation-level errors {ends['min']:.1f}–{ends['max']:.1f}",
        f"2016 over 2013 by {growth['kommune']:.2f}. At observation level by "
        f"{growth['observation']:.2f}. Printed: {years.loc[2016, 'se']} / {years.loc[2013, 'se']} "
        f"= {years.loc[2016, 'se'] / years.loc[2013, 'se']:.2f}",
        f"falls by {-falls:.0f} percent",
        f"rises by {rises:.0f} percent",
        f"paid was {paid / 1000:,.0f} million kr",
        f"about {paid / 5.05e6:.1f} thousand for each",
        f"trace): {question.slow_factor:.2f} for the printed index",
        f"from year to year, {question.slow_factor:.2f} is probably too much",
        f"t has {question.entities - 1} degrees of freedom",
        f"it gives {trial.loc[2016, 'from_kommune']:.1f} where the need is "
        f"{trial.loc[2016, 'need']:.1f}",
        f"the later years, {needs[2]} and {needs[3]}, too large",
        f"on 2013 ({needs[0]}, and at least {years.loc[2013, 'need_kommune_low']:.1f})",
    ]
    missing = [s for s in sentences if s not in text]
    assert missing == []
