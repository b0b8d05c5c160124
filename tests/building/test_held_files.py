"""Files handed in: which one counts, what is remembered, and that it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback_server import LoopbackServer, Received, Reply
from synthetic_files import nav
from synthetic_sources import synthetic_ssb

import proba
from proba.errors import CatalogueError, SourceError
from proba.panel.building import BuiltPanel, plan_lines
from proba.sources.store import Store


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch):
    files: dict[str, bytes] = {}
    ssb = synthetic_ssb((2015, 2016))

    def app(received: Received) -> Reply:
        if received.path in files:
            return Reply(200, {"Content-Type": "text/csv"}, files[received.path])
        return ssb(received)

    with LoopbackServer(app) as running:
        monkeypatch.setenv("PROBA_SSB_URL", running.url)
        running.files = files
        yield running


def doubled(content: bytes) -> bytes:
    lines = content.decode("utf-8-sig").split("\r\n")
    out = []
    for line in lines:
        cells = line.split(";")
        if len(cells) > 3 and cells[0][:4].isdigit():
            cells[1:] = [str(2 * int(cell)) for cell in cells[1:]]
        out.append(";".join(cells))
    return "\r\n".join(out).encode("utf-8-sig")


def build(tmp_path: Path, files: dict[str, Path | str] | None = None, **more: object) -> BuiltPanel:
    arguments = {"variables": "ufore_18_49", "store": tmp_path / "store", "files": files or {}}
    return proba.build_panel(2016, **{**arguments, **more})


def recipients(built: BuiltPanel) -> float:
    return float(built.counts.loc[("0101", 2016), "ufore_18_49_personer"])


def test_a_file_named_now_counts_before_all_that_were_handed_in(server, tmp_path: Path) -> None:
    old, new = tmp_path / "gammel.csv", tmp_path / "ny.csv"
    old.write_bytes(nav(2016))
    new.write_bytes(doubled(nav(2016)))
    first = recipients(build(tmp_path, {"nav:2016": old}))
    assert recipients(build(tmp_path, {"nav": new})) == 2 * first
    # Remembered apart, but the one for the year is the closer.
    assert recipients(build(tmp_path, {"nav:2016": new})) == 2 * first


def test_a_stored_file_is_named_before_it_is_used(server, tmp_path: Path) -> None:
    file = tmp_path / "ufore.csv"
    file.write_bytes(nav(2016))
    build(tmp_path, {"nav:2016": file})
    told: list[str] = []
    build(tmp_path, on_plan=lambda plan: told.extend(plan_lines(plan)))
    assert any(
        line.startswith("Bruker lagret fil for nav:2016: ufore.csv (lagt inn ") for line in told
    )


def test_a_file_that_cannot_be_read_is_not_remembered(server, tmp_path: Path) -> None:
    wrong, right = tmp_path / "feil.csv", tmp_path / "rett.csv"
    wrong.write_bytes(b"a;b\r\n1;2\r\n")
    right.write_bytes(nav(2016))
    with pytest.raises(SourceError, match=r"feil\.csv"):
        build(tmp_path, {"nav:2016": wrong})
    assert [s for s in Store(tmp_path / "store").snapshots() if s.source.startswith("nav")] == []
    assert recipients(build(tmp_path, {"nav:2016": right})) > 0


def test_a_damaged_file_in_the_store_gives_way_to_one_named_now(server, tmp_path: Path) -> None:
    file = tmp_path / "ufore.csv"
    file.write_bytes(nav(2016))
    first = recipients(build(tmp_path, {"nav:2016": file}))
    store = Store(tmp_path / "store")
    snapshot = next(s for s in store.snapshots() if s.source == "nav:2016")
    damaged = store.folder / "objects" / snapshot.sha256[:2] / f"{snapshot.sha256}.bin"
    damaged.write_bytes(b"x")
    assert recipients(build(tmp_path, {"nav:2016": file})) == first


def test_an_address_a_year_fetches_each_years_file(server, tmp_path: Path) -> None:
    for year in (2015, 2016):
        server.files[f"/nav/{year}.csv"] = nav(year)
    catalogue = tmp_path / "k.yaml"
    catalogue.write_text(
        "format: 1\nextends: proba\nsources:\n  nav: {kind: file, reader: nav_ufore, name: N, "
        f"licence: L, url: '{server.url}/nav/{{year}}.csv'}}\n",
        encoding="utf-8",
    )
    built = proba.build_panel(
        "2015-2016", variables="ufore_18_49", catalogue=catalogue, store=tmp_path / "store"
    )
    assert built.frame["ufore_18_49"].notna().groupby(level="aar").sum().to_dict() == {
        2015: 428,
        2016: 428,
    }


def test_a_file_by_address_need_not_be_named_again(server, tmp_path: Path) -> None:
    server.files["/ufore.csv"] = nav(2016)
    first = build(tmp_path, {"nav:2016": f"{server.url}/ufore.csv"})
    again = build(tmp_path, offline=True)
    assert again.frame.equals(first.frame)
    assert again.meta.label == first.meta.label


def test_a_key_of_another_form_in_the_store_does_no_harm(server, tmp_path: Path) -> None:
    file = tmp_path / "ufore.csv"
    file.write_bytes(nav(2016))
    build(tmp_path, {"nav": file})
    catalogue = tmp_path / "k.yaml"
    catalogue.write_text(
        "format: 1\nextends: proba\nsources:\n  nav: {kind: file, reader: nav_ufore, name: N, "
        "licence: L, yearly: true}\n",
        encoding="utf-8",
    )
    assert recipients(build(tmp_path, {"nav:2016": file}, catalogue=catalogue)) > 0


def test_what_a_person_may_write(server, tmp_path: Path) -> None:
    one = proba.build_panel(2016, variables="folketall", store=tmp_path)
    assert one.years == (2016,)
    with pytest.raises(CatalogueError, match="not a whole year"):
        proba.build_panel([2016.9], variables="folketall", store=tmp_path)
    with pytest.raises(CatalogueError, match="four digits"):
        proba.build_panel(2016, variables="folketall", omit="301", store=tmp_path)
    without = proba.build_panel(2016, variables="folketall", omit="0301", store=tmp_path)
    assert len(without.frame) == 427
    with pytest.raises(CatalogueError, match="no variable to build"):
        proba.build_panel(2016, variables=[], store=tmp_path)


def test_kommuner_left_out_need_no_shares(server, tmp_path: Path) -> None:
    plan = proba.plan_panel(2016, borders=2020, variables="folketall", store=tmp_path)
    assert "Trenger vekter: 1613 Snillfjord" in plan.notes[0].nb
    omit = ["5055", "5056", "5059", "1806", "1875"]
    built = proba.build_panel(2016, borders=2020, variables="folketall", omit=omit, store=tmp_path)
    assert len(built.frame) == 356 - 5
    assert built.frame["folketall"].notna().all()
