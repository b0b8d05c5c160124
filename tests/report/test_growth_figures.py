"""Figures of growth draw what was computed, carry the label, and are the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("matplotlib")

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

import proba
from proba._numbers import format_number
from proba.decomposition import NeedPractice
from proba.decomposition.deflators import Deflator, compare_with_deflator, load_deflator
from proba.decomposition.need_growth import need_practice
from proba.decomposition.printed import Rounded
from proba.decomposition.results import Decomposition
from proba.decomposition.splitting import decompose
from proba.errors import DecompositionError
from proba.report import (
    HouseFigure,
    contributions_figure,
    contributions_multiples_figure,
    deflator_figure,
    need_practice_figure,
    save_figure,
    waterfall_figure,
)
from proba.report.figures.fitting import legend_shape, text_width, ticks_that_fit, wrap_to
from proba.report.figures.growth_words import (
    amount_scale,
    decimals_for,
    percent,
    shown_terms,
    signed,
)

LABEL = "Kalibrert syntetisk panel"
IDENTITY = "utbetalt = mottakere * varighet * stonad_per_maned"
MAKERS = ("waterfall", "years", "multiples", "deflator", "need")


def words(fig: HouseFigure) -> str:
    """All text in a figure, a line each, thin spaces as plain ones."""
    texts = (t.get_text() for t in fig.findobj(lambda a: hasattr(a, "get_text")))
    return "\n".join(t.replace("\n", " ") for t in texts).replace("\u202f", " ")


def bars(ax: Axes) -> list[Rectangle]:
    return [p for p in ax.patches if isinstance(p, Rectangle)]


def table(kommuner: int = 3, label: str | None = LABEL) -> pd.DataFrame:
    """A table made from a seed."""
    random = np.random.default_rng(20260104)
    rows = []
    for k in range(kommuner):
        factors = np.array([400.0 * (k + 1), 5.0, 9000.0])
        for year in range(2012, 2017):
            rows.append([f"{101 + k:04}", year, *factors])
            factors = factors * random.lognormal(0.02, 0.08, 3)
    columns = ["kommune", "aar", "mottakere", "varighet", "stonad_per_maned"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame if label is None else frame.assign(merke=label)


def split(label: str | None = LABEL, **choices: object) -> Decomposition:
    options: dict[str, object] = {"start": 2012, "end": 2016, "by": "kommune"} | choices
    return decompose(table(label=label), IDENTITY, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def need() -> NeedPractice:
    panel = proba.load_panel()
    results = proba.fit(proba.PROBA_2017, panel, cov="CR1", cluster="kommune")
    return need_practice(results, panel, start=2012, end=2016, population="folketall")


def makers(need: NeedPractice, label: str | None = LABEL) -> dict[str, Callable[..., HouseFigure]]:
    known = pd.Series({2012: 1.0, 2016: 1.192})
    held = compare_with_deflator(known, load_deflator(), label=label)
    return {
        "waterfall": lambda **o: waterfall_figure(split(label), "0102", **o),
        "years": lambda **o: contributions_figure(split(label, chained=True), "0102", **o),
        "multiples": lambda **o: contributions_multiples_figure(split(label), **o),
        "deflator": lambda **o: deflator_figure(held, **o),
        "need": lambda **o: need_practice_figure(need, ["0104", "0219"], **o),
    }


@pytest.mark.parametrize("which", MAKERS)
def test_the_label_is_drawn_in_both_languages(need: NeedPractice, which: str) -> None:
    make = makers(need)[which]
    assert LABEL in words(make())
    assert "Calibrated synthetic panel" in words(make(lang="en"))


@pytest.mark.parametrize("which", MAKERS[:4])
def test_no_label_is_drawn_on_ones_own_figures(need: NeedPractice, which: str) -> None:
    shown = words(makers(need, None)[which]())
    assert "syntetisk" not in shown
    assert "Kilde:" in shown


@pytest.mark.parametrize("which", MAKERS)
def test_the_same_bytes_every_time(need: NeedPractice, tmp_path: Path, which: str) -> None:
    make = makers(need)[which]
    first, second = (save_figure(make(), tmp_path / f"{n}.png", dpi=60) for n in "ab")
    assert first.read_bytes() == second.read_bytes()


def assert_all_text_is_inside(fig: HouseFigure) -> None:
    """Check that nothing is cut at an edge and that header, axes and source line stand apart."""
    fig.draw_without_rendering()
    width, height = fig.bbox.width, fig.bbox.height
    ticks = {t for ax in fig.findobj(Axes) for t in (*ax.get_xticklabels(), *ax.get_yticklabels())}
    for text in fig.findobj(lambda a: hasattr(a, "get_text")):
        # Labels of ticks outside the axis are there but not drawn.
        if text in ticks or not text.get_text() or not text.get_visible():
            continue
        box = text.get_window_extent()
        if box.width > 0:
            assert box.x0 >= -1, text.get_text()
            assert box.y0 >= -1, text.get_text()
            assert box.x1 <= width + 1, text.get_text()
            assert box.y1 <= height + 1, text.get_text()
    header = min(t.get_window_extent().y0 for t in fig.texts if t.get_va() == "top")
    footer = max(t.get_window_extent().y1 for t in fig.texts if t.get_va() == "bottom")
    for ax in fig.findobj(Axes):
        box = ax.get_tightbbox()
        assert box is not None
        assert box.y1 <= header + 2
        assert box.y0 >= footer - 2
        assert box.x0 >= -1
        assert box.x1 <= width + 1
        drawn = [t.get_window_extent() for t in ax.get_xticklabels() if t.get_text()]
        limits = ax.bbox
        drawn = [b for b in drawn if limits.x0 - 1 <= (b.x0 + b.x1) / 2 <= limits.x1 + 1]
        drawn.sort(key=lambda b: b.x0)
        assert all(left.x1 < right.x0 for left, right in pairwise(drawn))


@pytest.mark.parametrize("which", MAKERS)
def test_all_text_is_inside_the_figure_and_texts_stand_apart(
    need: NeedPractice, which: str
) -> None:
    assert_all_text_is_inside(makers(need)[which]())


LONG = "Bydel Grünerløkka, Gamle Oslo og Sagene, avdeling for økonomisk sosialhjelp og mottak"
EIGHT = (
    "mottakere_under_tjuefem", "varighet_for_unge_mottakere", "stonad_per_maned",
    "nybosatte_flyktninger", "gjennomsnittlig_boutgift_i_kommunen", "barnetillegg",
    "registrert_arbeidsledighet", "botid",
)  # fmt: skip


def eight_factors() -> Decomposition:
    """Eight factors with long names, to amounts of many digits."""
    random = np.random.default_rng(3)
    steps = np.exp(np.cumsum(random.normal(0, 0.1, (5, 8)), axis=0))
    frame = pd.DataFrame(steps * 12.0, columns=EIGHT).assign(aar=range(2012, 2017))
    return decompose(frame, f"utbetalt = {' * '.join(EIGHT)}", start=2012, end=2016, chained=True)


def test_long_names_and_large_numbers_are_not_cut(need: NeedPractice) -> None:
    result = eight_factors()
    for options in ({"name": LONG, "unit_words": "kr", "source": LONG}, {"lang": "en"}):
        assert_all_text_is_inside(waterfall_figure(result, **options))  # type: ignore[arg-type]
        assert_all_text_is_inside(contributions_figure(result, **options))  # type: ignore[arg-type]
    assert_all_text_is_inside(contributions_multiples_figure(result))
    wide = decompose(table(9), IDENTITY, start=2012, end=2016, by="kommune")
    assert_all_text_is_inside(contributions_multiples_figure(wide, names={"0102": LONG}))
    held = compare_with_deflator(pd.Series({2012: 1.0, 2016: 1.192}), load_deflator())
    assert_all_text_is_inside(deflator_figure(held, benefit=LONG))
    assert_all_text_is_inside(need_practice_figure(need, ["0104", "0219"], need="covariates"))


def test_room_decides_lines_columns_and_ticks() -> None:
    assert wrap_to("", 2.0, 9) == []
    lines = wrap_to(LONG, 3.0, 12, bold=True)
    assert " ".join(lines) == LONG
    assert max(text_width(line, 12, bold=True) for line in lines) <= 3.0
    assert legend_shape(["a", "b", "c", "d"], 8.0)[0] == 3
    assert legend_shape([LONG[:45]] * 4, 8.0)[0] == 2
    columns, shown = legend_shape([LONG + LONG, "b"], 8.0)
    assert columns == 1
    assert "\n" in shown[0]

    def full(values: Sequence[float]) -> list[str]:
        return [format_number(v) for v in values]

    assert ticks_that_fit(-300, 2300, 4.0, full, most=6) == [0, 500, 1000, 1500, 2000]
    assert ticks_that_fit(-300, 2300, 0.7, full, most=6) == [0, 2000]
    assert ticks_that_fit(5.0, 5.0, 1.0, full, most=6) == [5.0]


def test_many_kommuner_are_refused_and_forty_fit(need: NeedPractice) -> None:
    result = decompose(table(61), IDENTITY, start=2012, end=2016, by="kommune")
    with pytest.raises(DecompositionError, match=r"61 kommuner are too many .* units=") as caught:
        contributions_multiples_figure(result)
    told = caught.value.text("nb")
    assert "61 kommuner er for mange for én figur, som har plass til 60" in told
    everyone = list(need.entities)
    with pytest.raises(DecompositionError, match=rf"{len(everyone)} kommuner .* kommuner="):
        need_practice_figure(need, everyone)
    fig = need_practice_figure(need, everyone[:40])
    assert len(fig.axes) == 40
    assert_all_text_is_inside(fig)


@pytest.mark.parametrize("times", [40.0, 0.02])
def test_one_extreme_kommune_does_not_flatten_the_rest(times: float) -> None:
    frame = table(6)
    which = 2016 if times > 1 else 2012
    far = (frame["kommune"] == "0103") & (frame["aar"] == which)
    frame.loc[far, "mottakere"] *= times
    result = decompose(frame, IDENTITY, start=2012, end=2016, by="kommune")
    fig = contributions_multiples_figure(result)
    shown = words(fig)
    assert "Pil: går ut over aksen" in shown
    growth = 100 * result.growth
    assert f"+{format_number(growth['0103'])}".replace("\u202f", " ") in shown
    low, high = fig.axes[0].get_xlim()
    assert growth.drop("0103").max() < high < growth["0103"] / 4
    arrows = [[x.get_marker() for x in ax.lines if x.get_marker() in "<>"] for ax in fig.axes]
    drawn = np.array([b.get_width() for b in bars(fig.axes[2])])
    wanted = ["<" if v < low else ">" for v in drawn if not low <= v <= high]
    assert arrows == [[], [], wanted, [], [], []]
    assert wanted[0] == wanted[-1] == ">"


def test_amounts_stand_by_their_marks_below_when_negative() -> None:
    frame = table(1)
    frame["varighet"] = [8.0, 7.0, 8.5, 5.5, 4.0]
    result = decompose(frame, IDENTITY, start=2012, end=2016, chained=True)
    fig = contributions_figure(result, unit_words="kr")
    fig.draw_without_rendering()
    (ax,) = fig.subfigs[0].axes
    change = np.diff(result.values[0]) / 1e6
    assert change.min() < 0 < change.max()
    assert len(ax.texts) == len(change)
    for text, value in zip(ax.texts, change, strict=True):
        box = text.get_window_extent()
        mark = ax.transData.transform((0.0, value))[1]
        gap = box.y0 - mark if value > 0 else mark - box.y1
        assert 2 <= gap * 72 / fig.dpi <= 14


def test_the_source_is_named_first(need: NeedPractice) -> None:
    for which, make in makers(need).items():
        assert "Kilde: SSB, tabell 12210, " in words(make(source="SSB, tabell 12210.")), which
    panel = proba.load_panel()
    named = words(need_practice_figure(need, ["0104"], panel=panel, lang="en"))
    assert f"Source: panel “{panel.meta.name}”, computed with proba." in named
    assert "Moss, growth 2012–2016" in named
    assert "same scale" not in named


def test_dates_are_written_as_norwegians_do() -> None:
    prices = Deflator(
        "egen", pd.Series({2012: 1.0, 2016: 1.1}), source="NAV", retrieved="2026-11-02"
    )
    held = compare_with_deflator(pd.Series({2012: 1.0, 2016: 1.2}), prices)
    assert "Kilde: NAV (lest 2.11.2026), beregnet" in words(deflator_figure(held))
    assert "Source: NAV (read 2026-11-02), computed" in words(deflator_figure(held, lang="en"))


def test_a_rest_is_shown_where_the_tables_show_it() -> None:
    result = split()
    largest = float(result.values[0].max())
    assert shown_terms(result, np.array([0.9e-12 * largest]), 0) == [*result.factors]
    assert shown_terms(result, np.array([-1.1e-12 * largest]), 0) == [*result.factors, "rest"]


def test_a_total_of_its_own_leaves_a_discrepancy() -> None:
    frame = table(1)
    product = frame["mottakere"] * frame["varighet"] * frame["stonad_per_maned"]
    frame["sum"] = product * [1.0, 1.02, 1.05, 0.97, 1.01]
    for method, name in (("lmdi", "Avvik fra produktet"), ("laspeyres", "Samspill og avvik")):
        result = decompose(
            frame, IDENTITY, start=2012, end=2016, chained=True, total="sum", method=method
        )
        fig = contributions_figure(result)
        assert name in words(fig)
        (ax,) = fig.subfigs[0].axes
        stacks = np.array([b.get_height() for b in bars(ax)]).reshape(4, 4).sum(axis=0)
        assert stacks == pytest.approx(np.diff(result.values[0]), rel=1e-9)
        assert name in words(waterfall_figure(result))


def test_the_waterfall_goes_from_start_to_end() -> None:
    result = split()
    fig = waterfall_figure(result, "0103", unit_words="kr")
    (ax,) = fig.axes
    drawn = bars(ax)
    wanted = result.contributions.loc["0103"].to_numpy()
    begin, finish = drawn[0].get_width(), drawn[1].get_width()
    assert begin == pytest.approx(result.start_value["0103"] / 1e6, rel=1e-12)
    assert finish == pytest.approx(result.end_value["0103"] / 1e6, rel=1e-12)
    steps = drawn[2:]
    assert [b.get_width() for b in steps] == pytest.approx(wanted / 1e6, rel=1e-12)
    at = begin
    for bar in steps:
        assert bar.get_x() == pytest.approx(at, rel=1e-12)
        at += bar.get_width()
    assert at == pytest.approx(finish, rel=1e-12)
    assert "Utbetalt (mill. kr)" in words(fig)


def test_up_and_down_differ_in_hatch_and_sign() -> None:
    frame = pd.DataFrame({"aar": [2012, 2016], "a": [100.0, 160.0], "b": [50.0, 40.0]})
    fig = waterfall_figure(decompose(frame, "v = a * b", start=2012, end=2016))
    up, down = bars(fig.axes[0])[2:]
    assert up.get_hatch() is None
    assert down.get_hatch()
    assert up.get_facecolor() != down.get_facecolor()
    shown = words(fig)
    assert "+2 665" in shown
    assert "−1 265" in shown
    assert "190 %" in shown
    assert "−90 %" in shown


def test_the_rest_is_drawn_when_there_is_one() -> None:
    result = split(method="laspeyres")
    fig = waterfall_figure(result, "0101", unit_words="måneder")
    drawn = contributions_multiples_figure(result)
    assert "Samspill" in words(drawn)
    assert "Samspill" in words(fig)
    assert "mill. måneder" in words(fig)
    rest = bars(fig.axes[0])[-1].get_width()
    assert 1e6 * rest == pytest.approx(result.residual["0101"], rel=1e-9)
    assert "Samspill" not in words(waterfall_figure(split(), "0101"))
    assert "Residual" in words(waterfall_figure(split(method="midpoint"), "0101", lang="en"))


def test_what_rounding_allows_is_a_thin_line() -> None:
    frame = pd.DataFrame(
        {
            "aar": [2012, 2016],
            "tilfeller": [Rounded.exact(1), Rounded.growth("12,4")],
            "varighet": ["4,8", "4,9"],
            "stonad_per_maned": [Rounded.exact(1), Rounded.growth("19,2")],
        }
    )
    identity = "utbetalt = tilfeller * varighet * stonad_per_maned"
    result = decompose(frame, identity, start=2012, end=2016, printed=True)
    fig = waterfall_figure(result)
    shown = words(fig)
    assert "+36,8 %" in shown
    for share in ("37 %", "7 %", "56 %"):
        assert share in shown
    assert "avrundingen" in shown
    assert result.intervals is not None
    low, high = result.intervals.loc[("alle", "varighet"), ["low", "high"]]
    from_ = 4.8 + result.contributions.loc["alle", "tilfeller"]
    ends = [tuple(path[:, 0]) for c in fig.axes[0].collections for path in c.get_segments()]
    assert any(end == pytest.approx((from_ + low, from_ + high), rel=1e-9) for end in ends)
    for term in ("start_value", "end_value"):
        level = tuple(result.intervals.loc[("alle", term), ["low", "high"]])
        assert level[1] > level[0]
        assert any(end == pytest.approx(level, rel=1e-9) for end in ends)


def test_an_axis_that_does_not_start_at_zero_says_so_and_has_no_bars_for_levels() -> None:
    frame = pd.DataFrame({"aar": [2012, 2016], "a": [100.0, 103.0], "b": [50.0, 49.0]})
    result = decompose(frame, "v = a * b", start=2012, end=2016)
    fig = waterfall_figure(result)
    assert "Aksen begynner ikke på null" in words(fig)
    assert len(bars(fig.axes[0])) == 2
    assert fig.axes[0].get_xlim()[0] > 0


def test_nothing_changed_is_drawn() -> None:
    frame = pd.DataFrame({"aar": [2012, 2016], "a": [0.0, 0.0], "b": [50.0, 50.0]})
    shown = words(waterfall_figure(decompose(frame, "v = a * b", start=2012, end=2016)))
    assert "Null i begge år." in shown


def test_the_stacks_are_the_steps_and_the_line_their_sum() -> None:
    result = split(chained=True, method="laspeyres")
    fig = contributions_figure(result, "0102", unit_words="kr", name="Ås")
    (ax,) = fig.subfigs[0].axes
    parts = result.steps.loc["0102"]
    drawn = np.array([b.get_height() for b in bars(ax)]).reshape(4, 4)
    wanted = parts[[*result.factors, "rest"]].to_numpy().T
    assert drawn == pytest.approx(wanted / 1e6, rel=1e-9, abs=1e-12)
    line = next(x for x in ax.lines if len(x.get_xdata()) == 4)
    change = (parts["end_value"] - parts["start_value"]).to_numpy()
    assert line.get_ydata() == pytest.approx(change / 1e6, rel=1e-9)
    for bar in bars(ax):
        assert bar.get_height() * (bar.get_y() + bar.get_height() / 2) >= 0
    shown = words(fig)
    assert "Ås: Utbetalt 2012–2016" in shown
    assert "2013" in shown
    assert "Endring (mill. kr)" in shown


@pytest.mark.parametrize("count", [1, 4, 40])
def test_multiples_are_percent_of_the_start_on_one_scale(count: int) -> None:
    result = decompose(table(count), IDENTITY, start=2012, end=2016, by="kommune")
    order = [str(u) for u in result.units][::-1]
    fig = contributions_multiples_figure(result, order, names={order[0]: "Nesodden"})
    axes = fig.axes
    assert len(axes) == count
    assert len({ax.get_xlim() for ax in axes}) == 1
    assert "Nesodden" in words(fig)
    assert ("Samme skala i alle ruter" in words(fig)) == (count > 1)
    assert "Pil:" not in words(fig)
    for ax, unit in zip(axes, order, strict=True):
        whole = 100 * result.growth[unit]
        parts = 100 * result.contributions.loc[unit].to_numpy() / result.start_value[unit]
        assert [b.get_width() for b in bars(ax)] == pytest.approx([*parts, whole], rel=1e-9)
        assert ax.get_xlim()[0] <= min(*parts, whole)
        assert ax.get_xlim()[1] >= max(*parts, whole)


def test_a_kommune_that_starts_at_zero_has_no_percentages() -> None:
    frame = table(2)
    frame.loc[(frame["kommune"] == "0101") & (frame["aar"] == 2012), "mottakere"] = 0.0
    result = decompose(frame, IDENTITY, start=2012, end=2016, by="kommune")
    fig = contributions_multiples_figure(result)
    empty, full = fig.axes
    assert bars(empty) == []
    assert len(bars(full)) == 4
    assert words(fig).count("Null i 2012: prosent kan ikke regnes") == 1
    alone = words(contributions_multiples_figure(result, ["0101"], lang="en"))
    assert "Zero in 2012: no percentages can be computed" in alone
    assert "0101: Paid out" in alone
    together = words(contributions_multiples_figure(result.total(), lang="en"))
    assert "all:" not in together
    end = format_number(result.end_value["0101"] / 1e6, 1).replace("\u202f", " ")
    assert f"Fra 0 til {end} mill. kr." in words(waterfall_figure(result, "0101", unit_words="kr"))


def test_benefit_known_at_the_ends_is_a_level_line_so_labelled() -> None:
    held = compare_with_deflator(pd.Series({2012: 1.0, 2016: 1.192}), load_deflator())
    fig = deflator_figure(held)
    (ax,) = fig.subfigs[0].axes
    yearly = load_deflator().yearly_growth()
    assert [b.get_height() for b in bars(ax)] == pytest.approx(yearly.loc[2013:2016], rel=1e-12)
    mean = 100 * (1.192**0.25 - 1)
    level = next(x for x in ax.lines if x.get_ydata()[0] == pytest.approx(mean, rel=1e-9))
    assert level.get_xdata()[0] < 2013 < 2016 < level.get_xdata()[-1]
    shown = words(fig)
    assert "4,5 % per år i snitt 2012–2016" in shown
    assert "realvekst +5,4 %" in shown
    assert "NAV" in shown


def test_benefit_known_each_year_is_a_line_with_a_point_a_year() -> None:
    benefit = pd.Series({2012: 100.0, 2013: 104.0, 2014: 103.0})
    prices = Deflator("egen", pd.Series({2012: 1.0, 2013: 0.98, 2014: 1.01}))
    fig = deflator_figure(compare_with_deflator(benefit, prices), lang="en")
    (ax,) = fig.subfigs[0].axes
    line = next(x for x in ax.lines if x.get_marker() == "o")
    assert line.get_ydata() == pytest.approx([4.0, -100 / 104], rel=1e-9)
    shown = words(fig)
    assert "−2.0%" in shown
    assert "on average" not in shown


def test_need_practice_draws_the_parts_and_their_intervals(need: NeedPractice) -> None:
    fig = need_practice_figure(need, ["0104", "0219"])
    for ax, kommune in zip(fig.axes, ["0104", "0219"], strict=True):
        rows = need.groups.loc[kommune].loc[["need", "national", "practice"]]
        widths = [b.get_width() for b in bars(ax)]
        wanted = [*(1000 * rows["contribution"]), 1000 * need.total_change[kommune]]
        assert widths == pytest.approx(wanted, rel=1e-9)
        assert sum(widths[:-1]) == pytest.approx(widths[-1], rel=1e-9)
        ends = {tuple(path[:, 0]) for c in ax.collections for path in c.get_segments()}
        limits = 1000 * rows[["ci_low", "ci_high"]].to_numpy()
        for low, high in limits:
            assert any(end == pytest.approx((low, high), rel=1e-9) for end in ends)
    shown = words(fig)
    assert "Moss" in shown
    assert "kr per innbygger" in shown
    assert "95 % konfidensintervall" in shown


def test_need_by_covariate_or_group_adds_up_to_need(need: NeedPractice) -> None:
    refugees = "nybosatte_flyktninger"
    each = need_practice_figure(need, ["0104"], need="covariates")
    grouped = need_practice_figure(need, ["0104"], need={"Flyktninger": [refugees]})
    count = len(need.parts.covariates)
    by_covariate = [b.get_width() for b in bars(each.axes[0])]
    by_group = [b.get_width() for b in bars(grouped.axes[0])]
    total = 1000 * need.groups.loc[("0104", "need"), "contribution"]
    assert len(by_covariate) == count + 3
    assert sum(by_covariate[:count]) == pytest.approx(total, rel=1e-9)
    assert sum(by_group[:2]) == pytest.approx(total, rel=1e-9)
    own = need.frame.loc[("0104", refugees), "contribution"]
    assert by_group[0] == pytest.approx(1000 * own, rel=1e-9)
    assert "Øvrig behov" in words(grouped)


def test_need_in_amounts_shows_population(need: NeedPractice) -> None:
    shown = words(need_practice_figure(need.amounts(), ["0104"], lang="en"))
    assert "Population" in shown
    assert "million kr" in shown


def test_units_are_those_a_person_reads() -> None:
    assert amount_scale(131_795_750, "kr", "nb").unit == "mill. kr"
    assert amount_scale(131_795, "1000 kr", "nb").unit == "mill. kr"
    assert amount_scale(131_795, "1000 kr", "nb").divisor == 1e3
    assert amount_scale(6.0e10, "kr", "en").unit == "billion kr"
    assert amount_scale(131_795, "kr", "nb").unit == "kr"
    assert amount_scale(7.5, None, "nb").unit == ""
    assert amount_scale(6.0e10, None, "nb") == amount_scale(7.5, "", "nb")
    assert signed(-3.25, 1, "nb") == "−3,3"
    assert signed(0.04, 1, "nb") == "0,0"
    assert signed(3.25, 1, "en") == "+3.3"
    assert percent(float("nan"), 0, "nb") == "–"
    assert decimals_for([0.0123, -0.5]) == 3
    assert decimals_for([]) == 0


def test_bad_input_is_named(need: NeedPractice) -> None:
    result = split()
    with pytest.raises(DecompositionError, match="3 units; name one"):
        waterfall_figure(result)
    with pytest.raises(DecompositionError, match="'9999' is not in the decomposition"):
        waterfall_figure(result, "9999")
    with pytest.raises(DecompositionError, match="chained"):
        contributions_figure(result, "0101")
    with pytest.raises(DecompositionError, match="more than once"):
        contributions_multiples_figure(result, ["0101", "0101"])
    with pytest.raises(DecompositionError, match="no kommune is chosen"):
        contributions_multiples_figure(result, [])
    with pytest.raises(DecompositionError, match="9999"):
        need_practice_figure(need, ["9999"])
    with pytest.raises(DecompositionError, match="'alder' is not a covariate"):
        need_practice_figure(need, ["0104"], need={"x": ["alder"]})
    with pytest.raises(DecompositionError, match="more than one group"):
        need_practice_figure(need, ["0104"], need={"x": ["urbanitet"], "y": ["urbanitet"]})
    with pytest.raises(DecompositionError, match="need must be"):
        need_practice_figure(need, ["0104"], need="alt")  # type: ignore[arg-type]


def test_why_a_kommune_is_left_out_is_told() -> None:
    frame = table()
    frame.loc[(frame["kommune"] == "0102") & (frame["aar"] == 2016), "varighet"] = np.nan
    result = decompose(frame, IDENTITY, start=2012, end=2016, by="kommune")
    with pytest.raises(DecompositionError, match="varighet"):
        waterfall_figure(result, "0102")
