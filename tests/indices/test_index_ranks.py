import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import proba
from proba.errors import IndexingError, SpecError
from proba.estimation import fit
from proba.indices import Rule, compute_index
from proba.indices._draws import draw_blocks
from proba.indices._rank_counts import count_draws, depths
from proba.indices.intervals import index_intervals
from proba.indices.lasting import deviations, fit_practice
from proba.indices.need_rows import need_rows, population_of
from proba.indices.ranks import index_ranks
from proba.indices.screening import class_history, screen
from proba.panel import load_panel, make_panel

pytestmark = pytest.mark.filterwarnings("ignore::proba.errors.FewClustersWarning")

KINDS = ("mean", "lasting")


@pytest.fixture(scope="module")
def calibrated():
    panel = load_panel("kalibrert")
    results = proba.fit(proba.PROBA_2017, panel)
    return compute_index(results, panel), results, panel


@pytest.fixture
def clustered(panel, spec):
    results = fit(spec, panel, cov="CR1")
    return compute_index(results, panel), results, panel


def drawn(index, results, panel, kind, draws, seed=1):
    """All draws of an index by year, and the rows they are of."""
    table = need_rows(index, results, panel, "folketall")
    lasting = None
    if kind == "lasting":
        model = fit_practice(results, population_of(panel, "folketall"))
        lasting = (model, deviations(model, table))
    blocks = list(draw_blocks(results, table, lasting, draws, seed))
    years = range(len(blocks[0].years))
    return [np.concatenate([b.index[t] for b in blocks]) for t in years], table


@pytest.mark.parametrize("kind", KINDS)
def test_draws_have_the_intervals_spread(calibrated, kind):
    index, results, panel = calibrated
    draws, _ = drawn(index, results, panel, kind, 6000)
    frame = index_intervals(index, results, panel, kind=kind).frame
    if kind == "mean":
        frame = frame.xs(2016, level="aar")
    wide = np.quantile(draws[-1], [0.025, 0.5, 0.975], axis=0)
    length = (frame["upper"] - frame["lower"]).to_numpy()
    need = index.frame["predicted"].xs(2016, level="aar").to_numpy()
    middle = frame["estimate"].to_numpy()
    if kind == "lasting":
        mean_need = frame["need"].to_numpy()
        length, middle = length * mean_need / need, 100 + (middle - 100) * mean_need / need
    some = frame["index"].to_numpy() > 0
    ratio = (wide[2] - wide[0])[some] / length[some]
    assert np.median(ratio) == pytest.approx(1, abs=0.02)
    assert ((ratio > 0.85) & (ratio < 1.15)).all()
    assert np.median(np.abs(wide[1] - middle)) < 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_counts_are_those_of_the_draws_one_by_one(clustered, kind):
    index, results, panel = clustered
    out = index_ranks(index, results, panel, kind=kind, draws=700, seed=3, level=0.9)
    draws, _ = drawn(index, results, panel, kind, 700, seed=3)
    ranks = stats.rankdata(draws[1], axis=1)
    frame = out.frame.xs(2013, level="aar")
    np.testing.assert_allclose(frame["rank_mean"], ranks.mean(axis=0), rtol=1e-9)
    for j in (0, 7, 39):
        r = ranks[:, j]
        inside = [v for v in range(1, 41) if min((r <= v).mean(), (r >= v).mean()) > 0.05]
        assert frame["rank_lower"].iloc[j] == inside[0]
        assert frame["rank_upper"].iloc[j] == inside[-1]
    shown = np.floor(draws[1] + 0.5)
    np.testing.assert_allclose(frame["p_low"], (shown < 90).mean(axis=0))
    np.testing.assert_allclose(frame["p_high"], (shown >= 110).mean(axis=0))
    if kind == "mean":
        points = np.floor(draws[-1] + 0.5) - np.floor(draws[0] + 0.5)
        np.testing.assert_allclose(out.changes["p_rise"], (points >= 5).mean(axis=0))
        np.testing.assert_allclose(out.changes["p_fall"], (points <= -5).mean(axis=0))


@pytest.mark.parametrize("kind", KINDS)
def test_probabilities_add_up_and_ranks_are_ranks(calibrated, kind):
    index, results, panel = calibrated
    out = index_ranks(index, results, panel, kind=kind, draws=999)
    frame = out.frame
    assert len(frame) == 2120
    np.testing.assert_allclose(frame[["p_low", "p_middle", "p_high"]].sum(axis=1), 1)
    assert (frame["of"] == 424).all()
    assert (frame["rank_lower"] <= frame["rank_upper"]).all()
    mean = frame.groupby(level="aar")["rank_mean"].mean()
    np.testing.assert_allclose(mean, 212.5)
    inside = (frame["rank_lower"] <= frame["rank"]) & (frame["rank"] <= frame["rank_upper"])
    assert inside.mean() > 0.97
    assert out.changes.iloc[:, 1:].stack().between(0, 1).all()


def test_the_same_seed_gives_the_same_and_another_nearly(clustered):
    index, results, panel = clustered
    one, two, other = (
        index_ranks(index, results, panel, draws=4000, seed=s).frame for s in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(other)
    np.testing.assert_allclose(one["p_high"], other["p_high"], atol=0.05)


def test_simultaneous_intervals_hold_all_at_once(clustered):
    index, results, panel = clustered
    draws, _ = drawn(index, results, panel, "lasting", 3000)
    ranks = stats.rankdata(draws[-1], axis=1)
    shares = {}
    for simultaneous in (False, True):
        out = index_ranks(index, results, panel, draws=3000, simultaneous=simultaneous)
        last = out.frame.xs(2014, level="aar")
        lower, upper = (last[c].to_numpy(dtype=float) for c in ("rank_lower", "rank_upper"))
        inside = (lower <= ranks) & (ranks <= upper)
        assert (inside.mean(axis=0) >= 0.95).all()
        shares[simultaneous] = inside.all(axis=1).mean()
    assert shares[False] < 0.8
    assert 0.95 <= shares[True] < 0.99


@pytest.mark.slow
def test_rank_intervals_of_lasting_practice_cover(make_known):
    inside, total = 0, 0
    for seed in range(15):
        panel, u = make_known(seed)
        results = fit(proba.Spec("y", ("x",)), panel, cov="CR1")
        index = compute_index(results, panel)
        out = index_ranks(index, results, panel, draws=999, seed=seed)
        years = out.frame.xs(2013, level="aar")
        x = panel.frame["x"].xs(2013, level="aar").to_numpy()
        true = stats.rankdata(u / (2 + 0.5 * x))
        inside += int(((years["rank_lower"] <= true) & (true <= years["rank_upper"])).sum())
        total += len(true)
    assert 0.93 < inside / total < 0.98


@pytest.fixture
def make_known():
    def make(seed):
        rng = np.random.default_rng(seed)
        n = np.exp(rng.uniform(6.5, 11, 80))
        u = 0.4 * rng.standard_normal(80)
        noise = rng.standard_normal((80, 4)) * np.sqrt(0.05 + 800 / n)[:, None]
        keys = [(f"{k:04d}", y) for k in range(101, 181) for y in range(2012, 2016)]
        frame = pd.DataFrame(keys, columns=["kommune", "aar"])
        frame["x"] = rng.uniform(0, 2, len(frame))
        frame["y"] = 2 + 0.5 * frame["x"] + (u[:, None] + noise).ravel()
        frame["folketall"] = np.repeat(n, 4)
        return make_panel(frame), u

    return make


def test_chance_of_being_marked_is_that_of_passing_deviations(calibrated):
    index, results, panel = calibrated
    out = index_ranks(index, results, panel, kind="lasting", draws=9999, seed=2)
    table = need_rows(index, results, panel, "folketall")
    model = fit_practice(results, population_of(panel, "folketall"))
    first, last = np.flatnonzero(table.years == 2012), np.flatnonzero(table.years == 2016)
    sa, sb = (100 * model.passing_sd(table.population[r]) / table.need[r] for r in (first, last))
    sd = np.sqrt(sa**2 + sb**2 - 2 * model.components.rho**4 * sa * sb)
    about = 2 * stats.norm.sf(4.5 / sd)
    marked = out.changes["chance_fall"] + out.changes["chance_rise"]
    assert np.median(np.abs(marked - about)) < 0.02
    assert marked.corr(pd.Series(about, out.changes.index)) > 0.97
    assert list(out.changes.columns) == ["points", "chance_fall", "chance_rise"]


def test_certain_coefficients_give_certain_ranks(clustered):
    index, results, panel = clustered
    zero = results.covariance.__class__(
        "CR1",
        results.covariance.matrix * 0,
        *(
            getattr(results.covariance, n)
            for n in ("df", "df_denom", "cluster_names", "nclusters", "correction")
        ),
    )
    import dataclasses

    sure = dataclasses.replace(results, covariance=zero)
    out = index_ranks(index, sure, panel, kind="mean", draws=99)
    assert (out.frame["rank_lower"] == out.frame["rank"]).all()
    assert (out.frame["rank_upper"] == out.frame["rank"]).all()
    said = Rule().classify(index)
    last = out.frame.xs(2014, level="aar")
    words = last[["p_low", "p_middle", "p_high"]].idxmax(axis=1)
    expected = said["level"].map({"Lavt": "p_low", "Middels": "p_middle", "Høyt": "p_high"})
    assert (words == expected).all()
    assert ((out.changes["p_rise"] == 1) == (said["change"] == "Økning")).all()
    assert ((out.changes["p_fall"] == 1) == (said["change"] == "Nedgang")).all()


def test_a_missing_year_is_left_out_of_that_year(frame, spec):
    frame.loc[4, "utgift"] = np.nan  # 0102, 2013
    frame.loc[6, "utgift"] = np.nan  # 0103, 2012
    panel = make_panel(frame)
    results = fit(spec, panel, cov="CR1")
    index = compute_index(results, panel)
    for kind in KINDS:
        out = index_ranks(index, results, panel, kind=kind, draws=199)
        assert out.frame.loc[("0102", 2013)].isna().all()
        assert out.frame.loc[("0105", 2013), "of"] == 39
        assert out.changes.loc["0103"].isna().all()
        assert out.changes.loc["0102"].notna().all()


def test_tables_carry_label_seed_and_rule(clustered):
    index, results, panel = clustered
    out = index_ranks(index, results, panel, draws=199, seed=7, simultaneous=True)
    text = out.to_table("nb", ["0105", "0103"]).to_text()
    assert "[Merke]" in text
    assert "frø 7" in text
    assert "alle samtidig" in text
    assert text.index("Navn 0105") < text.index("Navn 0103")
    assert "one municipality" in index_ranks(index, results, panel, draws=99).notes("en")[0]
    flat = out.to_frame()
    assert {"kommunenavn", "rank_lower", "p_high", "chance_rise", "kind", "level", "merke"} <= set(
        flat.columns
    )
    ordered = [row[2] for row in out.to_table("en", year=2012).rows]
    assert ordered == sorted(ordered, key=int)
    assert "IndexRanks('lasting'" in repr(out)
    for bad in ({"year": 1999}, {"entities": ["9999"]}):
        with pytest.raises(IndexingError, match="has no ranks"):
            out.to_table(**bad)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"kind": "observation"}, IndexingError, "of kind"),
        ({"draws": 10}, IndexingError, "'draws'"),
        ({"draws": 999.0}, IndexingError, "'draws'"),
        ({"seed": -1}, IndexingError, "'seed'"),
        ({"level": 1.0}, SpecError, "between 0 and 1"),
    ],
)
def test_bad_options_are_named(clustered, options, error, words):
    with pytest.raises(error, match=words):
        index_ranks(*clustered, **options)


def test_all_kommune_years_with_9999_draws_take_seconds(calibrated):
    index, results, panel = calibrated
    start = time.process_time()
    index_ranks(index, results, panel, draws=9999)
    assert time.process_time() - start < 15  # two processors' time; under 2 s by the clock


def test_depths_of_a_rank_by_hand():
    counts = np.array([[3.0, 1.0], [1.0, 3.0]])
    np.testing.assert_allclose(depths(counts), [[0.75, 0.25], [0.25, 0.75]])
    assert count_draws([], 2, Rule()).years == ()


# Screening ------------------------------------------------------------------------------------


def test_screening_is_benjamini_hochberg(calibrated):
    out = screen(*calibrated, rate=0.2)
    p = out["p"].sort_values()
    below = p <= 0.2 * np.arange(1, len(p) + 1) / len(p)
    last = np.flatnonzero(below.to_numpy())
    expected = set(p.index[: last[-1] + 1]) if len(last) else set()
    assert set(out.index[out["found"]]) == expected
    assert len(expected) > 0
    np.testing.assert_allclose(out["p"], 2 * stats.norm.sf(np.abs(out["z"])))
    stricter = screen(*calibrated, rate=0.2, method="by")
    assert stricter["found"].sum() <= out["found"].sum()


@pytest.mark.slow
@pytest.mark.parametrize("what", ["level", "change"])
def test_screening_holds_false_discoveries_down(what, make_known):
    share, uniform = [], []
    for seed in range(15):
        panel, u = make_known(seed)
        quiet = np.arange(80) % 2 == 0
        frame = panel.frame.copy()
        who = np.repeat(np.arange(80), 4)
        if what == "level":
            frame["y"] -= np.where(quiet, u, 0.0)[who]
        panel = make_panel(frame)
        results = fit(proba.Spec("y", ("x",)), panel, cov="CR1")
        out = screen(compute_index(results, panel), results, panel, what=what, rate=0.1)
        null = quiet if what == "level" else np.ones(80, dtype=bool)
        found = out["found"].to_numpy()
        share.append((found & null).sum() / max(found.sum(), 1))
        uniform.append((out["p"].to_numpy()[null] < 0.05).mean())
    assert np.mean(share) < 0.2
    assert 0.02 < np.mean(uniform) < 0.09


def test_change_is_last_less_first(clustered):
    index, results, panel = clustered
    out = screen(index, results, panel, what="change")
    e = (index.frame["actual"] - index.frame["predicted"]).unstack()
    np.testing.assert_allclose(out["deviation"], e[2014] - e[2012])


def test_bad_screening_is_named(clustered):
    for options, words in (
        ({"what": "rank"}, "'level' or 'change'"),
        ({"rate": 5}, "rate"),
        ({"method": "holm"}, "'bh' or 'by'"),
    ):
        with pytest.raises(IndexingError, match=words):
            screen(*clustered, **options)


def test_class_history_counts_levels_and_changes(make_table):
    rows = {
        "0101": [80, 85, 89.4],
        "0102": [89.5, 80, 120],
        "0103": [100, np.nan, 115],
        "0104": [np.nan] * 3,
    }
    out = class_history(make_table(rows))
    assert out.loc["0101"].tolist() == [3, 3, 0, 0, 0, True]
    assert out.loc["0102"].tolist() == [3, 1, 1, 1, 2, False]
    assert out.loc["0103"].tolist() == [2, 0, 1, 1, 1, False]
    assert out.loc["0104"].tolist() == [0, 0, 0, 0, 0, False]
    exact = class_history(make_table(rows), Rule(rounded=False))
    assert exact.loc["0102", "changes"] == 1


def test_need_that_may_be_nothing_is_as_far_out_as_it_can_be(frame, spec):
    frame.loc[0, ["ledighet", "alder"]] = [-0.4, 10.0]
    frame.loc[2, ["ledighet", "alder"]] = [-1.3, 5.0]
    panel = make_panel(frame)
    results = fit(spec, panel, cov="CR1")
    index = compute_index(results, panel)
    assert (index.frame["predicted"].iloc[[0, 2]] > 0).all()
    for kind in KINDS:
        out = index_ranks(index, results, panel, kind=kind, draws=2999)
        row = out.frame.loc[("0101", 2012)]
        assert row["p_low"] + row["p_middle"] + row["p_high"] == pytest.approx(1)
        assert row["rank_upper"] == 40
        assert out.changes.loc["0101"].iloc[1:].between(0, 1).all()
