"""A whole build over HTTP from a loopback server: figures, traces, resuming, labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fake_ssb import FakeSsb
from loopback_server import LoopbackServer, Received, Reply
from synthetic_sources import COUNTRIES, NON_WESTERN, population, synthetic_ssb

import proba
from proba.errors import CatalogueError, KommuneError, SourceError
from proba.kommuner import shipped_graph
from proba.panel.building import BuiltPanel, write_built
from proba.sources.store import Store

YEARS = (2014, 2015, 2016, 2017)


@pytest.fixture(scope="module")
def app() -> FakeSsb:
    return synthetic_ssb(YEARS)


@pytest.fixture
def server(app: FakeSsb, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    with LoopbackServer(app) as running:
        monkeypatch.setenv("PROBA_SSB_URL", f"{running.url}/api/pxwebapi/v2")
        yield running


@pytest.fixture
def built(server: LoopbackServer, tmp_path: Path) -> BuiltPanel:
    return proba.build_panel(YEARS, borders=2017, store=tmp_path / "store")


def test_every_count_is_the_sum_over_the_area_as_drawn(built: BuiltPanel) -> None:
    graph = shipped_graph()
    people = built.counts["folketall"]
    assert len(people) == 426 * 4
    for kommune in ("0710", "0101", "0301", "1903"):
        for year in YEARS:
            expected = population(graph.areas[2017][kommune], year)
            assert people[(kommune, year)] == expected


def test_columns_are_made_of_the_right_cells(built: BuiltPanel) -> None:
    """Recomputed here from the figures as published, kommune by kommune."""
    frame, figures = built.frame.reset_index(), built.figures
    wide = figures.pivot(index=["kommune", "aar"], columns="quantity", values="value")
    own = frame[frame["kommune"] == "0101"].set_index("aar")
    for year in YEARS:
        cells = wide.loc[("0101", year)]
        row = own.loc[year]
        assert row["netto_driftsutgifter"] == pytest.approx(
            cells["netto_driftsutgifter_1000kr"] / cells["folketall"], rel=1e-14
        )
        assert row["innbyggere_16_66"] == pytest.approx(
            100 * cells["folketall_16_66"] / cells["folketall"], rel=1e-14
        )
        assert row["urbanitet"] == pytest.approx(cells["folketall"] ** 1.2, rel=1e-14)
        assert 55 < row["innbyggere_16_66"] < 75


def test_the_non_western_group_is_the_countries_of_the_report(
    built: BuiltPanel, app: FakeSsb
) -> None:
    table = app.tables["09817"]
    region, year = list(table.dims[0].codes).index("0101"), list(table.dims[4].codes).index("2016")
    countries = [list(COUNTRIES).index(code) for code in NON_WESTERN]
    expected = table.numbers()[region, :, :, 0, year][:, countries].sum()
    figures = built.figures.set_index(["kommune", "aar", "quantity"])["value"]
    assert figures[("0101", 2016, "ikke_vestlige_personer")] == expected
    assert {"143", "805"} <= set(NON_WESTERN)
    assert not {"612", "684", "106"} & set(NON_WESTERN)


def test_the_closed_table_is_used_up_to_2014_and_the_break_is_reported(built: BuiltPanel) -> None:
    parts = built.figures[built.figures["quantity"] == "netto_driftsutgifter_1000kr"]
    by_year = parts.groupby("aar")["part"].unique().map(list).to_dict()
    assert by_year == {
        2014: ["ssb 04687"],
        2015: ["ssb 12362"],
        2016: ["ssb 12362"],
        2017: ["ssb 12362"],
    }
    assert "Brudd 2015: netto_driftsutgifter_1000kr" in built.report.to_text()


def test_every_figure_names_the_answer_it_came_from(built: BuiltPanel, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    known = {s.sha256[:12]: s for s in store.snapshots()}
    used = built.figures["snapshot"].str.split(" ").explode().unique()
    assert set(used) <= set(known)
    figures = built.figures.set_index(["kommune", "aar", "quantity"])
    one = figures.loc[("0101", 2016, "sosialhjelpsmottakere")]  # one cell of its table
    answer = store.read(known[one["snapshot"]]).decode("utf-8")
    assert "0101" in answer
    assert str(int(one["value"])) in answer
    assert store.verify() == ()


def test_figures_from_a_local_server_are_labelled_everywhere(
    built: BuiltPanel, server: LoopbackServer, tmp_path: Path
) -> None:
    label = f"Hentet fra lokal tjener ({server.host}), ikke fra kilden selv"
    assert built.meta.label == label
    assert label in built.report.to_text()
    out = tmp_path / "panel.parquet"
    write_built(built, out)
    assert proba.read_panel(out).meta.label == label
    assert label in (tmp_path / "panel.byggerapport.json").read_text(encoding="utf-8")


def test_a_second_build_asks_nothing_and_writes_the_same_bytes(
    built: BuiltPanel, server: LoopbackServer, tmp_path: Path
) -> None:
    asked = len(server.received)
    again = proba.build_panel(YEARS, borders=2017, store=tmp_path / "store", offline=True)
    assert len(server.received) == asked
    assert (again.report.fetched, again.report.from_store > 0) == (0, True)
    contents = []
    for name, panel in (("a", built), ("b", again)):
        (tmp_path / name).mkdir()
        files = write_built(panel, tmp_path / name / "panel.csv", figures=tmp_path / name / "f.csv")
        contents.append([file.read_bytes() for file in files])
    assert contents[0] == contents[1]


def test_more_years_fetch_only_what_is_new(server: LoopbackServer, tmp_path: Path) -> None:
    wanted = ("folketall",)
    proba.build_panel((2015, 2016), variables=wanted, store=tmp_path)
    before = len(server.received)
    proba.build_panel((2015, 2016, 2017), borders=2017, variables=wanted, store=tmp_path)
    assert [r.path for r in server.received[before:]] == ["/api/pxwebapi/v2/tables/07459/data"]


def test_backward_borders_need_weights_and_take_population(
    server: LoopbackServer, tmp_path: Path
) -> None:
    arguments = {"borders": 2016, "variables": ("folketall",), "store": tmp_path}
    before = len(server.received)
    with pytest.raises(KommuneError, match="0710 Sandefjord"):
        proba.build_panel((2016, 2017), **arguments)
    assert len(server.received) == before, "found before anything was fetched"
    built = proba.build_panel((2016, 2017), split_weights="folketall", **arguments)
    graph = shipped_graph()
    parts = [built.counts.loc[(k, 2017), "folketall"] for k in ("0706", "0719", "0720")]
    assert sum(parts) == pytest.approx(population(graph.areas[2017]["0710"], 2017), rel=1e-12)
    text = built.report.to_text()
    assert "0710 Sandefjord (2017) delt" in text
    assert "tilnærming" in text


def test_parts_that_never_were_kommuner_are_told_at_once_and_first(
    server: LoopbackServer, tmp_path: Path
) -> None:
    before = len(server.received)
    with pytest.raises(KommuneError, match=r"The same for 5012 Snillfjord \(5012,5055,…") as caught:
        proba.build_panel(
            (2018,),
            borders=2020,
            variables=("folketall",),
            split_weights="folketall",
            store=tmp_path,
        )
    assert "1850 Tysfjord" in caught.value.text("nb")
    assert len(server.received) == before


def test_figures_of_two_releases_never_meet_in_one_share(
    app: FakeSsb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The source publishes anew in the middle of a build: the answers before it are replaced."""
    fresh = synthetic_ssb(YEARS)
    table = fresh.tables["07459"]
    table.values, table.updated = table.numbers() + 1, "2026-03-01T07:00:00Z"
    asked: list[str] = []

    def moving(received: Received) -> Reply:
        if "/07459/data" in received.path:
            asked.append(received.path)
        return (fresh if len(asked) >= 6 and "/07459/" in received.path else app)(received)

    variables = ("innbyggere_16_66",)
    with LoopbackServer(moving) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        built = proba.build_panel(YEARS, borders=2017, variables=variables, store=tmp_path / "a")
    with LoopbackServer(fresh) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        clean = proba.build_panel(YEARS, borders=2017, variables=variables, store=tmp_path / "b")
    pd.testing.assert_frame_equal(built.frame, clean.frame)
    assert built.report.updated == {"ssb 07459": "2026-03-01T07:00:00Z"}
    assert len(asked) == 8 + 5, "the five that came before"


def test_figures_of_two_releases_are_told_where_there_is_no_network(
    app: FakeSsb, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    later = synthetic_ssb(YEARS)
    later.tables["07459"].updated = "2026-03-01T07:00:00Z"
    current = app
    with LoopbackServer(lambda received: current(received)) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        proba.build_panel((2016,), variables="folketall", store=tmp_path)
        current = later
        proba.build_panel((2017,), variables="folketall", store=tmp_path)
        both = proba.build_panel("2016-2017", variables="folketall", store=tmp_path, offline=True)
        assert "ssb 07459: tall fra flere publiseringer (2026-01-02" in both.report.to_text()
        online = proba.build_panel("2016-2017", variables="folketall", store=tmp_path)
    assert "flere publiseringer" not in online.report.to_text()


def test_a_label_may_have_its_unit_behind_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changed = synthetic_ssb((2016,))
    dimension = changed.tables["04687"].dims[1]
    dimension.labels = [f"{label} (NOK 1000)" for label in dimension.labels]
    with LoopbackServer(changed) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        built = proba.build_panel((2016,), variables="sosialhjelpsmottakere", store=tmp_path)
    assert built.frame["sosialhjelpsmottakere"].notna().all()


def test_a_panel_goes_straight_into_fit_and_index(built: BuiltPanel) -> None:
    spec = proba.Spec(
        dependent="netto_driftsutgifter",
        regressors=("urbanitet", "innbyggere_16_66", "ikke_vestlige_innvandrere"),
    )
    results = proba.fit(spec, built, cov="CR1", cluster="kommune")
    assert results.nobs == 426 * 4
    assert results.params["ikke_vestlige_innvandrere"] > 0
    index = proba.compute_index(results, built)
    assert index.label == built.meta.label
    assert np.isfinite(index.index).all()


def test_missing_statuses_are_missing_with_reasons(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = synthetic_ssb((2016,))
    table = app.tables["12362"]
    region = list(table.dims[0].codes)
    values, status = table.numbers().copy(), table.symbols().copy()
    for code, sign in zip(("0101", "0104", "0105", "0106"), (".", "..", ":", "-"), strict=True):
        at = (region.index(code), 3, 0, 0, 0)  # function 281, net
        values[at], status[at] = np.nan, sign
    table.values, table.statuses = values, status
    with LoopbackServer(app) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        built = proba.build_panel((2016,), store=tmp_path)
    spending = built.frame["netto_driftsutgifter"].xs(2016, level="aar")
    assert spending[["0101", "0104", "0105", "0106"]].isna().all()
    assert spending.notna().sum() == 428 - 4
    why = built.missing[built.missing["variable"] == "netto_driftsutgifter"]
    assert dict(zip(why["kommune"], why["reason"], strict=True)) == {
        "0101": ".",
        "0104": "..",
        "0105": ":",
        "0106": "-",
    }
    text = built.report.to_text()
    assert "«:» vises ikke av konfidensialitetshensyn" in text
    assert built.report.status == {".": 1, "..": 1, ":": 1, "-": 1}


def test_a_table_whose_codes_changed_is_one_clear_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = synthetic_ssb((2016,))
    app.tables["12362"].dims[2].codes = ["NETTO", "BRUTTO"]
    with LoopbackServer(app) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        with pytest.raises(SourceError, match="AGD2") as caught:
            proba.build_panel((2016,), variables=("netto_driftsutgifter",), store=tmp_path)
    assert "12362" in caught.value.text("nb")
    assert "KOKart0000" in caught.value.text("nb")


def test_a_label_the_table_no_longer_has_lists_those_it_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = synthetic_ssb((2016,))
    app.tables["04687"].dims[1].labels = ["Annet", "To", "Tre", "Fire"]
    with LoopbackServer(app) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        with pytest.raises(SourceError, match="Recipients of social assistance") as caught:
            proba.build_panel((2016,), variables=("sosialhjelpsmottakere",), store=tmp_path)
    assert "Annet; To; Tre; Fire" in caught.value.text("nb")


def test_a_year_the_table_lacks_is_one_clear_error(server: LoopbackServer, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="2014-2017") as caught:
        proba.build_panel((2018,), variables=("folketall",), store=tmp_path)
    assert "2018" in str(caught.value)


@pytest.mark.parametrize("years", [(), (2011,), (2016, 2090)])
def test_years_nobody_has_are_refused_first(years: tuple[int, ...], tmp_path: Path) -> None:
    with pytest.raises(CatalogueError):
        proba.build_panel(years, store=tmp_path)
    assert not any(tmp_path.iterdir())


def test_the_plan_is_told_before_the_first_request(server: LoopbackServer, tmp_path: Path) -> None:
    asked: list[int] = []
    proba.build_panel(
        (2016,),
        variables=("folketall",),
        store=tmp_path,
        on_plan=lambda plan: asked.append(len(server.received)),
    )
    assert asked == [0]
    assert server.received


def test_progress_reaches_the_end(server: LoopbackServer, tmp_path: Path) -> None:
    steps: list[tuple[int, int, str]] = []
    proba.build_panel(
        (2015, 2016),
        variables=("folketall",),
        store=tmp_path,
        progress=lambda *step: steps.append(step),
    )
    assert [step[:2] for step in steps] == [(0, 2), (1, 2), (2, 2)]
    assert "07459" in steps[0][2]


def test_a_shipped_archive_reruns_elsewhere(
    built: BuiltPanel, server: LoopbackServer, tmp_path: Path
) -> None:
    from proba.sources.store_archive import export_store, import_store

    export_store(Store(tmp_path / "store"), tmp_path / "a.zip")
    import_store(Store(tmp_path / "other"), tmp_path / "a.zip")
    again = proba.build_panel(YEARS, borders=2017, store=tmp_path / "other", offline=True)
    pd.testing.assert_frame_equal(again.frame, built.frame)
