"""All seven variables of the report: SSB over HTTP, the other agencies from files."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback_server import LoopbackServer, Received, Reply
from synthetic_files import imdi, nav, write_files
from synthetic_sources import synthetic_ssb

import proba
from proba.errors import SourceError
from proba.kommuner import shipped_graph
from proba.panel.building import BuiltPanel
from proba.sources import http
from proba.sources.store import Store

YEARS = (2015, 2016, 2017)


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BuiltPanel:
    files = write_files(tmp_path, YEARS)
    with LoopbackServer(synthetic_ssb(YEARS)) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        return proba.build_panel(YEARS, borders=2017, files=files, store=tmp_path / "store")


def test_the_reports_whole_specification_can_be_fitted(built: BuiltPanel) -> None:
    assert built.report.plan.left_out == ()
    spec = proba.PROBA_2017.replace(sample=None, reference_year=2015)
    results = proba.fit(spec, built, cov="CR1", cluster="kommune")
    assert results.nobs == 426 * 3
    assert proba.compute_index(results, built).index.notna().all()


def test_file_figures_are_those_in_the_files(built: BuiltPanel, tmp_path: Path) -> None:
    figures = built.figures.set_index(["kommune", "aar", "quantity"])["value"]
    line = next(
        line
        for line in nav(2016).decode("utf-8-sig").splitlines()
        if line.startswith("0101 Syntetisk")
    )
    groups = [int(cell) for cell in line.split(";")[2:]]
    assert figures[("0101", 2016, "ufore_18_49_personer")] == sum(groups[:4])
    printed = figures[("0101", 2016, "opphopningsindeks_publisert")]
    assert built.frame.loc[("0101", 2016), "opphopningsindeks"] == printed


def test_merged_kommuner_have_an_approximate_index_and_it_is_said(built: BuiltPanel) -> None:
    assert built.report.approximate == ("opphopningsindeks", "gjennomfort_vgs")
    assert "Tilnærming for sammenslåtte kommuner" in built.report.to_text()
    assert built.frame.loc[("0710", 2016), "opphopningsindeks"] > 0


def test_files_are_kept_and_need_not_be_named_again(built: BuiltPanel, tmp_path: Path) -> None:
    for file in tmp_path.glob("*_syntetisk*.csv"):
        file.unlink()
    again = proba.build_panel(YEARS, borders=2017, store=tmp_path / "store", offline=True)
    assert again.frame.equals(built.frame)
    names = {s.url for s in again.report.snapshots if s.source.startswith("nav")}
    assert names == {f"file:nav_syntetisk_{year}.csv" for year in YEARS}


def test_a_file_on_other_borders_is_refused_with_the_likely_year(tmp_path: Path) -> None:
    file = tmp_path / "nav.csv"
    file.write_bytes(nav(2020).replace(b"31.12.2020", b"31.12.2016"))
    with pytest.raises(SourceError, match="the borders of 2020") as caught:
        proba.build_panel(
            (2016,),
            variables=("ufore_18_49",),
            files={"nav:2016": file},
            store=tmp_path / "store",
            offline=True,
        )
    assert "grensene i 2020" in caught.value.text("nb")


def test_history_on_later_borders_serves_kommuner_that_have_not_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = tmp_path / "k.yaml"
    catalogue.write_text(
        "format: 1\nextends: proba\nquantities:\n  ufore_18_49_personer:\n"
        "    label: {nb: a, en: b}\n    unit: {nb: personer, en: persons}\n    parts:\n"
        "      - {source: nav, borders: 2020, basis: test, options: {ages: 18-49}}\n",
        encoding="utf-8",
    )
    file = tmp_path / "nav.csv"
    file.write_bytes(nav(2020).replace(b"31.12.2020", b"31.12.2016"))
    with LoopbackServer(synthetic_ssb((2016,))) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        built = proba.build_panel(
            (2016,),
            variables=("ufore_18_49",),
            files={"nav:2016": file},
            catalogue=catalogue,
            store=tmp_path / "store",
        )
    share = built.frame["ufore_18_49"].xs(2016, level="aar")
    assert share["0101"] > 0, "Halden was only renumbered"
    assert share[["0104", "0706", "1613"]].isna().all()
    reasons = built.missing.set_index("kommune")["reason"]
    assert reasons["0104"] == "other-borders"
    assert "kilden forteller bare på ett års grenser" in built.report.to_text()


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        proba.build_panel(
            (2016,),
            files={"imdi": tmp_path / "nei.csv"},
            store=tmp_path,
            offline=True,
            variables=("nybosatte_flyktninger",),
        )


def test_a_file_without_a_year_gives_missing_values_and_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = write_files(tmp_path, (2016,))
    with LoopbackServer(synthetic_ssb((2016, 2017))) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        built = proba.build_panel(
            (2016, 2017),
            borders=2017,
            variables=("nybosatte_flyktninger",),
            files={"imdi": files["imdi"]},
            store=tmp_path / "store",
        )
    by_year = built.frame["nybosatte_flyktninger"].notna().groupby(level="aar").sum()
    assert by_year.to_dict() == {2016: 426, 2017: 0}
    assert "ingen tall for 2017" in built.report.to_text()


def test_a_file_can_be_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetched once, kept in the store, and read from there."""
    ssb, content = synthetic_ssb((2016,)), imdi((2016,))

    def app(received: Received) -> Reply:
        if received.path == "/imdi/bosatte.csv":
            return Reply(200, {"Content-Type": "text/csv"}, content)
        return ssb(received)

    with LoopbackServer(app) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        arguments = {
            "variables": ("nybosatte_flyktninger",),
            "files": {"imdi": f"{server.url}/imdi/bosatte.csv"},
            "store": tmp_path,
        }
        built = proba.build_panel((2016,), **arguments)
        again = proba.build_panel((2016,), offline=True, **arguments)
        assert server.paths().count("/imdi/bosatte.csv") == 1
    assert built.frame["nybosatte_flyktninger"].notna().all()
    assert again.frame.equals(built.frame)


def test_an_address_that_gives_a_web_page_is_not_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Reply(200, {"Content-Type": "text/html"}, b"<html><body>Logg inn</body></html>")
    monkeypatch.setattr(http, "back_off", lambda attempt: 0.0)
    with (
        LoopbackServer(lambda received: page) as server,
        pytest.raises(SourceError, match=r"bosatte\.csv") as caught,
    ):
        proba.build_panel(
            (2016,),
            variables=("nybosatte_flyktninger",),
            files={"imdi": f"{server.url}/bosatte.csv"},
            store=tmp_path,
        )
    assert "\n" not in caught.value.text("nb")
    assert Store(tmp_path).snapshots() == ()


def test_the_how_tos_own_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue printed in docs/bygg-panelet.md, as it stands there."""
    text = (Path(__file__).parents[2] / "docs" / "bygg-panelet.md").read_text(encoding="utf-8")
    yaml = next(b for b in text.split("```yaml\n")[1:] if "extends: proba" in b).split("```")[0]
    catalogue, file = tmp_path / "min.yaml", tmp_path / "ledige.csv"
    catalogue.write_text(yaml, encoding="utf-8")
    lines = [f"{kommune};2016;{int(kommune) % 90}" for kommune in shipped_graph().valid(2016)]
    file.write_text("\n".join(["knr;aar;ledige", *lines]) + "\n", encoding="utf-8")
    with LoopbackServer(synthetic_ssb((2016,))) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        built = proba.build_panel(
            (2016,),
            variables=("ledige_prosent",),
            catalogue=catalogue,
            files={"egen": file},
            store=tmp_path / "store",
        )
    people = built.counts.loc[("0104", 2016), "folketall"]
    assert built.frame.loc[("0104", 2016), "ledige_prosent"] == pytest.approx(100 * 14 / people)
