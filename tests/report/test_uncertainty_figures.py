"""Figures of uncertainty draw what was computed, carry the label, and are the same every time."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("matplotlib")

from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from scipy import stats

import proba
from proba.errors import IndexingError, SpecError
from proba.estimation.robustness import (
    Errors,
    SpecificationGrid,
    coefficients_by_year,
    run_specifications,
)
from proba.indices.intervals import KINDS, index_intervals
from proba.indices.ranks import index_ranks
from proba.report import HouseFigure, save_figure
from proba.report.figures.house import BLUE, ORANGE
from proba.report.figures.robustness import specification_curve_figure
from proba.report.figures.stability import stability_figure
from proba.report.figures.uncertainty import caterpillar_figure
from proba.report.figures.uncertainty_classes import class_probability_figure
from proba.report.figures.uncertainty_funnel import funnel_figure
from proba.report.figures.uncertainty_words import PASSIVE, spread

LABEL = "Kalibrert syntetisk panel"
NINE = ["0104", "0106", "0231", "0402", "0704", "1502", "1804", "1865", "1902"]
MAKERS = (
    "mean",
    "observation",
    "lasting",
    "funnel",
    "ranks-mean",
    "ranks-lasting",
    "curve",
    "years",
)


def words(fig: HouseFigure) -> str:
    texts = (t.get_text() for t in fig.findobj(lambda a: hasattr(a, "get_text")))
    return "\n".join(t.replace("\n", " ") for t in texts).replace("\u202f", " ")


@pytest.fixture(scope="module")
def made() -> SimpleNamespace:
    """A fit on every sixth kommune and the nine cases, and all that is made from it."""
    whole = proba.load_panel()
    codes = sorted({*whole.frame.index.get_level_values(0).unique()[::6], *NINE})
    panel = whole.select(entities=codes)
    results = proba.fit(proba.PROBA_2017, panel, cov="CR1", cluster="kommune")
    index = proba.compute_index(results, panel)
    grid = SpecificationGrid(
        proba.PROBA_2017,
        "ufore_18_49",
        optional=("urbanitet", "innbyggere_16_66", "nybosatte_flyktninger"),
        always=("opphopningsindeks", "ikke_vestlige_innvandrere", "gjennomfort_vgs"),
        forms=("level", "log"),
        errors=(Errors("CR1"), Errors("HC1")),
    )
    return SimpleNamespace(
        panel=panel,
        results=results,
        index=index,
        **{kind: index_intervals(index, results, panel, kind=kind) for kind in KINDS},
        ranks={
            kind: index_ranks(index, results, panel, kind=kind, draws=199)
            for kind in ("mean", "lasting")
        },
        curve=run_specifications(panel, grid),
        years=coefficients_by_year(results),
    )


def makers(made: SimpleNamespace) -> dict[str, Callable[..., HouseFigure]]:
    return {
        **{
            kind: lambda kind=kind, **o: caterpillar_figure(
                getattr(made, kind), highlight=NINE, **o
            )
            for kind in KINDS
        },
        "funnel": lambda **o: funnel_figure(
            made.index, made.panel, 2016, made.observation, highlight=NINE, **o
        ),
        "ranks-mean": lambda **o: class_probability_figure(made.ranks["mean"], NINE, **o),
        "ranks-lasting": lambda **o: class_probability_figure(made.ranks["lasting"], NINE, **o),
        "curve": lambda **o: specification_curve_figure(made.curve, **o),
        "years": lambda **o: stability_figure(made.years, **o),
    }


@pytest.fixture(scope="module")
def figures(made: SimpleNamespace) -> Callable[[str, str], HouseFigure]:
    known = makers(made)
    return cache(lambda which, lang: known[which](lang=lang))


@pytest.mark.parametrize("which", MAKERS)
def test_label_source_and_language(figures: Callable[[str, str], HouseFigure], which: str) -> None:
    shown, english = words(figures(which, "nb")), words(figures(which, "en"))
    assert LABEL in shown
    assert "Kilde:" in shown
    assert "Calibrated synthetic panel" in english
    assert "Source:" in english


def test_no_label_is_drawn_on_ones_own_panel(made: SimpleNamespace) -> None:
    meta = dataclasses.replace(made.panel.meta, label=None)
    own = SimpleNamespace(panel=made.panel, ranks={})
    for name in ("index", *KINDS):
        setattr(own, name, dataclasses.replace(getattr(made, name), meta=meta))
    for kind, ranks in made.ranks.items():
        own.ranks[kind] = dataclasses.replace(ranks, meta=meta)
    own.curve = dataclasses.replace(made.curve, label=None)
    panel = proba.make_panel(made.panel.frame, name="eget")
    pooled = proba.fit(proba.PROBA_2017, panel, cov="CR1", cluster="kommune")
    own.years = dataclasses.replace(made.years, pooled=pooled)
    for make in makers(own).values():
        shown = words(make())
        assert "syntetisk" not in shown
        assert "Kilde:" in shown


@pytest.mark.parametrize("which", MAKERS)
def test_the_same_bytes_every_time(
    made: SimpleNamespace,
    figures: Callable[[str, str], HouseFigure],
    tmp_path: Path,
    which: str,
) -> None:
    built = (figures(which, "nb"), makers(made)[which]())
    first, second = (save_figure(f, tmp_path / f"{i}.png", dpi=60) for i, f in enumerate(built))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("lang", ["nb", "en"])
@pytest.mark.parametrize("which", MAKERS)
def test_nothing_is_cut_and_names_stand_apart(
    figures: Callable[[str, str], HouseFigure], which: str, lang: str
) -> None:
    fig = figures(which, lang)
    width = fig.bbox.width
    header = min(t.get_window_extent().y0 for t in fig.texts if t.get_va() == "top")
    footer = max(t.get_window_extent().y1 for t in fig.texts[:4] if t.get_va() == "bottom")
    for ax in (a for a in fig.findobj(Axes) if a.get_visible()):
        box = ax.get_tightbbox()
        assert box is not None
        assert box.x0 >= -1
        assert box.x1 <= width + 1
        assert footer - 2 <= box.y0
        assert box.y1 <= header + 2
        # Of an annotation the words only, not the line that leads to them.
        drawn = [Text.get_window_extent(t) for t in ax.texts if t.get_text()]
        for i, one in enumerate(drawn):
            for b in drawn[i + 1 :]:
                beside = one.x1 < b.x0 + 1 or b.x1 < one.x0 + 1
                assert beside or one.y1 < b.y0 + 3 or b.y1 < one.y0 + 3


# Caterpillar -----------------------------------------------------------------------------------


def lines_of(ax: Axes) -> pd.DataFrame:
    """Rows drawn as intervals: lower, upper and colour by height."""
    rows = {}
    for group in ax.collections:
        colour = tuple(group.get_colors()[0]) if len(group.get_colors()) else None
        for (a, y), (b, _) in group.get_segments():
            rows[y] = (a, b, colour)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["lower", "upper", "colour"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_interval_is_drawn_in_order(made: SimpleNamespace, kind: str) -> None:
    intervals = getattr(made, kind)
    ax = caterpillar_figure(intervals, highlight=NINE).axes[0]
    frame = intervals.frame
    if kind != "lasting":
        frame = frame.xs(2016, level="aar")
    by = "index" if kind == "observation" else "estimate"
    frame = frame.sort_values(by, kind="stable")
    drawn = lines_of(ax).sort_index()
    np.testing.assert_allclose(drawn["lower"], frame["lower"])
    np.testing.assert_allclose(drawn["upper"], frame["upper"])
    held = frame["index"] if kind == "observation" else 100.0
    away = (frame["lower"] > held) | (frame["upper"] < held)
    named = frame.index.isin(NINE)
    expected = np.where(named, ORANGE, np.where(away, BLUE, PASSIVE))
    assert [to_rgba(c) for c in expected] == drawn["colour"].tolist()
    dots = {(x, y) for line in ax.lines for x, y in zip(*line.get_data(), strict=True)}
    assert {(v, float(i)) for i, v in enumerate(frame[by])} <= dots
    assert f"({away.sum()} av {len(frame)})" in words(caterpillar_figure(intervals))


def test_titles_name_the_kind_and_the_nine_are_named(made: SimpleNamespace) -> None:
    figures = [caterpillar_figure(getattr(made, k), highlight=NINE) for k in KINDS]
    assert len({f.marking.title for f in figures}) == 3
    assert "beregnet behov" in figures[0].marking.title
    assert "ny observasjon" in figures[1].marking.title
    assert "Varig" in figures[2].marking.title
    row = made.mean.frame.loc[("1902", 2016)]
    text = f"Tromsø {row['estimate']:.0f} ({row['lower']:.0f} til {row['upper']:.0f})"
    assert text in words(figures[0])
    assert "krympet" in words(figures[2])
    first = caterpillar_figure(made.mean, 2012)
    assert "2012" in first.marking.title


def test_infinite_limits_reach_the_edge_and_missing_ones_are_counted(
    made: SimpleNamespace,
) -> None:
    frame = made.mean.frame.copy()
    frame.loc[("0104", 2016), "upper"] = np.inf
    frame.loc[("0106", 2016), ["lower", "upper"]] = np.nan
    intervals = dataclasses.replace(made.mean, frame=frame)
    fig = caterpillar_figure(intervals)
    ax = fig.axes[0]
    drawn = lines_of(ax)
    assert len(drawn) == len(frame) / 5 - 1
    assert drawn["upper"].max() == ax.get_xlim()[1]
    assert "1 uten intervall." in fig.marking.subtitle
    with pytest.raises(IndexingError, match="kommune 0106 has nothing to draw"):
        caterpillar_figure(intervals, highlight=["0106"])
    nothing = dataclasses.replace(made.mean, frame=frame.assign(lower=np.nan))
    with pytest.raises(IndexingError, match="no kommune has an interval"):
        caterpillar_figure(nothing)


def test_errors_of_years_and_names(made: SimpleNamespace) -> None:
    with pytest.raises(IndexingError, match="year 1999 is not in the table") as caught:
        caterpillar_figure(made.mean, 1999)
    assert "året 1999" in caught.value.text("nb")
    with pytest.raises(IndexingError, match="9999 has nothing to draw"):
        caterpillar_figure(made.mean, highlight=["9999"])
    with pytest.raises(IndexingError, match="0104 is given more than once"):
        caterpillar_figure(made.mean, highlight=["0104", "0104"])


def test_heights_are_moved_apart_inside_the_limits() -> None:
    out = spread([0.0, 0.1, 5.0, 9.9, 10.0], 1.0, 0.0, 10.0)
    assert out == [0.0, 1.0, 5.0, 9.0, 10.0]
    assert all(b - a >= 1.0 - 1e-12 for a, b in pairwise(spread([3.0] * 8, 1.0, 0.0, 7.0)))
    assert spread([], 1.0, 0.0, 1.0) == []


# Funnel ----------------------------------------------------------------------------------------


def test_the_funnel_has_the_variance_and_dots_are_held_against_their_own(
    made: SimpleNamespace,
) -> None:
    fig = funnel_figure(made.index, made.panel, 2014, made.observation)
    ax = fig.axes[0]
    frame = made.observation.frame.xs(2014, level="aar")
    sizes = made.panel.frame["folketall"].xs(2014, level="aar")
    away = (frame["index"] < frame["lower"]) | (frame["index"] > frame["upper"])
    dots = {
        line.get_color(): sorted(zip(*line.get_data(), strict=True))
        for line in ax.lines
        if line.get_marker() == "o"
    }
    for colour, rows in ((BLUE, away), (PASSIVE, ~away)):
        assert dots[colour] == sorted(zip(sizes[rows], frame["index"][rows], strict=True))
    assert f"{away.sum()} av {len(frame)}" in fig.marking.subtitle
    variance = made.observation.variance
    upper = next(
        line for line in ax.lines if line.is_dashed() and line.get_ydata()[0] > 100
    ).get_data()
    se2 = np.median(frame["se"] ** 2 - variance(frame["population"]))
    z = np.median((frame["upper"] / 100 - 1) * frame["need"] / frame["se"])
    expected = 100 + 100 * z * np.sqrt(se2 + variance(upper[0])) / frame["need"].median()
    np.testing.assert_allclose(upper[1], expected)
    assert (np.diff(upper[1]) <= 0).all()
    band = ax.collections[0].get_paths()[0].vertices[:, 0]
    assert band.min() >= variance.smallest * (1 - 1e-12)
    assert band.max() <= variance.largest * (1 + 1e-12)


def test_without_intervals_there_is_no_funnel(made: SimpleNamespace) -> None:
    fig = funnel_figure(made.index, made.panel)
    assert not fig.axes[0].collections
    assert "2016" in fig.marking.title
    assert "intervall" not in words(fig)


def test_the_funnel_takes_no_other_kind_and_no_other_index(made: SimpleNamespace) -> None:
    with pytest.raises(IndexingError, match="kind 'observation', not 'lasting'") as caught:
        funnel_figure(made.index, made.panel, 2016, made.lasting)
    assert "trakten" in caught.value.text("nb")
    frame = made.index.frame.assign(index=made.index.frame["index"] + 1)
    other = dataclasses.replace(made.index, frame=frame)
    with pytest.raises(IndexingError, match="of another index"):
        funnel_figure(other, made.panel, 2016, made.observation)
    with pytest.raises(IndexingError, match="needs the column 'innbyggere'"):
        funnel_figure(made.index, made.panel, population="innbyggere")
    with pytest.raises(IndexingError, match="year 1999"):
        funnel_figure(made.index, made.panel, 1999)
    with pytest.raises(IndexingError, match="9999 has nothing"):
        funnel_figure(made.index, made.panel, highlight=["9999"])
    nobody = dataclasses.replace(made.index, frame=frame.assign(index=np.nan))
    with pytest.raises(IndexingError, match="both an index and inhabitants"):
        funnel_figure(nobody, made.panel)


# Classes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mean", "lasting"])
def test_bars_are_the_probabilities(made: SimpleNamespace, kind: str) -> None:
    ranks = made.ranks[kind]
    fig = class_probability_figure(ranks, NINE, year=2015)
    left, right = (
        np.array([p.get_width() for p in ax.patches if isinstance(p, Rectangle)]).reshape(3, -1)
        for ax in fig.axes
    )
    frame = ranks.frame.xs(2015, level="aar").loc[NINE]
    np.testing.assert_allclose(left.T, frame[["p_low", "p_middle", "p_high"]], atol=1e-12)
    word = "p" if kind == "mean" else "chance"
    changes = ranks.changes.loc[NINE]
    np.testing.assert_allclose(right[0], changes[f"{word}_fall"], atol=1e-12)
    np.testing.assert_allclose(right[2], changes[f"{word}_rise"], atol=1e-12)
    np.testing.assert_allclose(right.sum(axis=0), 1.0)
    shown = words(fig)
    assert f"{frame.loc['0104', 'rank_lower']}–{frame.loc['0104', 'rank_upper']}" in shown
    assert "Tromsø" in shown
    assert "199 trekninger, frø 1." in shown
    assert ("uendret" in shown) == (kind == "lasting")


def test_a_kommune_without_probabilities_has_a_dash(made: SimpleNamespace) -> None:
    ranks = made.ranks["mean"]
    frame, changes = ranks.frame.copy(), ranks.changes.copy()
    columns = ["rank", "rank_lower", "rank_upper", "p_low", "p_middle", "p_high"]
    frame.loc[("0104", 2016), columns] = pd.NA
    frame.loc[("0106", 2016), ["p_low", "p_middle", "p_high"]] = [0.001, 0.999, 0.0]
    changes.loc["0104", ["p_fall", "p_rise"]] = np.nan
    holed = dataclasses.replace(ranks, frame=frame, changes=changes)
    shown = words(class_probability_figure(holed, ["0104", "0106"])).splitlines()
    assert shown.count("–") == 3
    assert ">99" in shown


def test_errors_of_classes(made: SimpleNamespace) -> None:
    ranks = made.ranks["mean"]
    for chosen, said in (
        ([], "no kommune is chosen"),
        (["9999"], "9999 has nothing to draw"),
        (["0104", "0104"], "more than once"),
    ):
        with pytest.raises(IndexingError, match=said):
            class_probability_figure(ranks, chosen)
    with pytest.raises(IndexingError, match="year 1999"):
        class_probability_figure(ranks, NINE, year=1999)


# Specification curve ---------------------------------------------------------------------------


def test_the_curve_is_sorted_with_its_intervals_and_choices(made: SimpleNamespace) -> None:
    curve = made.curve
    fig = specification_curve_figure(curve, level=0.9)
    top, below = fig.axes
    table = curve.table.sort_values("effect_sd", kind="stable")
    points = sorted(
        (x, y)
        for line in top.lines
        if line.get_marker() == "o"
        for x, y in zip(*line.get_data(), strict=True)
    )
    np.testing.assert_allclose([y for _, y in points], table["effect_sd"])
    assert [x for x, _ in points] == list(range(len(table)))
    ends = sorted((a[0], a[1], b[1]) for g in top.collections for a, b in g.get_segments())
    first = table.iloc[0]
    half = (ends[0][2] - ends[0][1]) / 2
    assert half == pytest.approx(stats.t.ppf(0.95, first["df"]) * first["effect_sd_se"])
    choices = curve.choices().loc[table.index]
    drawn = np.array([image.get_array()[0] for image in below.images])
    np.testing.assert_array_equal(drawn, choices.to_numpy(dtype=float).T)
    names = [t.get_text() for t in below.get_yticklabels()]
    assert names == [row[0] for row in curve.to_table().rows[1:]]
    shown = words(fig)
    assert "Grunnmodell" in shown
    assert "90 %" in shown
    base = table.index.get_loc(curve.base_number)
    diamond = next(line for line in top.lines if line.get_marker() == "D")
    assert diamond.get_xdata()[0] == base
    assert diamond.get_ydata()[0] == curve.table["effect_sd"][curve.base_number]


def test_neighbours_share_a_column_when_there_are_many(
    made: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proba.report.figures.robustness._BINS", 8)
    below = specification_curve_figure(made.curve).axes[1]
    order = made.curve.table.sort_values("effect_sd", kind="stable").index
    choices = made.curve.choices().loc[order].to_numpy(dtype=float)
    shares = choices.reshape(8, -1, choices.shape[1]).mean(axis=1)
    np.testing.assert_allclose([i.get_array()[0] for i in below.images], shares.T)


def test_specifications_without_estimate_are_counted(made: SimpleNamespace) -> None:
    table = made.curve.table.copy()
    table.loc[[3, 5], ["estimate", "effect_sd"]] = np.nan
    some = dataclasses.replace(made.curve, table=table)
    fig = specification_curve_figure(some)
    assert "2 uten anslag." in fig.marking.subtitle
    none = dataclasses.replace(made.curve, table=table.assign(effect_sd=np.nan))
    with pytest.raises(SpecError, match="nothing to draw") as caught:
        specification_curve_figure(none)
    assert "ingenting å tegne" in caught.value.text("nb")
    with pytest.raises(SpecError, match="between 0 and 1"):
        specification_curve_figure(made.curve, level=95)


def test_a_grid_of_one_is_drawn(made: SimpleNamespace) -> None:
    grid = SpecificationGrid(proba.PROBA_2017, "ufore_18_49", optional=())
    fig = specification_curve_figure(run_specifications(made.panel, grid))
    assert not fig.axes[1].images


# Stability -------------------------------------------------------------------------------------


def test_years_are_drawn_beside_the_pooled_coefficient(made: SimpleNamespace) -> None:
    stability = made.years
    fig = stability_figure(stability)
    axes = [ax for ax in fig.axes if ax.get_visible()]
    assert len(axes) == len(stability.names)
    pooled = stability.pooled
    for ax, name in zip(axes, stability.names, strict=True):
        sd = pooled.design.columns[name].std()
        own = stability.by_year.loc[name]
        dots = next(line for line in ax.lines if line.get_marker() == "o")
        np.testing.assert_allclose(dots.get_ydata(), own["coef"] * sd)
        segments = np.array([s[:, 1] for s in ax.collections[0].get_segments()])
        np.testing.assert_allclose(segments, own[["ci_low", "ci_high"]] * sd)
        line = next(line for line in ax.lines if line.get_color() == BLUE)
        assert line.get_ydata()[0] == pytest.approx(pooled.params[name] * sd)
    shown = words(fig)
    assert "F(" in fig.marking.subtitle
    assert shown.count("lik i alle år: p ") == len(stability.names)


def test_chosen_regressors_only(made: SimpleNamespace) -> None:
    fig = stability_figure(made.years, ["urbanitet"])
    assert len(fig.axes) == 1
    for names in ([], ["alder"], ["urbanitet", "urbanitet"]):
        with pytest.raises(SpecError, match="regressors once each") as caught:
            stability_figure(made.years, names)
    assert "figuren tar" in caught.value.text("nb")
