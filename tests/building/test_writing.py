"""A built panel on disk: its files, their label, and names that would write over each other."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from loopback_server import LoopbackServer
from synthetic_sources import synthetic_ssb

import proba
from proba.errors import PanelError
from proba.panel.building import BuiltPanel, check_panel_path, write_built


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltPanel:
    with LoopbackServer(synthetic_ssb((2016,))) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROBA_SSB_URL", server.url)
        store = tmp_path_factory.mktemp("lager")
        return proba.build_panel((2016,), variables=("folketall",), store=store)


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def test_figures_have_their_label_beside_them(built: BuiltPanel, tmp_path: Path) -> None:
    out, figures = tmp_path / "panel.csv", tmp_path / "tall.csv"
    written = write_built(built, out, figures=figures)
    beside = tmp_path / "tall.csv-metadata.json"
    assert written[-2:] == (figures, beside)
    assert sorted(files(tmp_path)) == sorted(path.name for path in written)
    told = json.loads(beside.read_bytes())
    assert built.meta.label
    assert told["dc:description"] == built.meta.label
    assert told["url"] == "tall.csv"
    assert told["proba:panel_sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    before = files(tmp_path)
    write_built(built, out, figures=figures)
    assert files(tmp_path) == before


def test_figures_without_a_label(built: BuiltPanel, tmp_path: Path) -> None:
    out, figures = tmp_path / "panel.csv", tmp_path / "tall.csv"
    write_built(built, out, figures=figures)
    unlabelled = replace(built, meta=replace(built.meta, label=None))
    assert write_built(unlabelled, out, figures=figures)[-1] == figures
    assert not (tmp_path / "tall.csv-metadata.json").exists()


@pytest.mark.parametrize(
    "figures",
    [
        "panel.csv",
        "./panel.csv",
        "../her/panel.csv",
        "panel.byggerapport.json",
        "panel.byggerapport.txt",
        "lenke.csv",
    ],
)
def test_one_file_for_two_things(
    built: BuiltPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figures: str
) -> None:
    folder = tmp_path / "her"
    folder.mkdir()
    monkeypatch.chdir(folder)
    out = folder / "panel.csv"
    if figures == "lenke.csv":
        if os.name == "nt":
            pytest.skip("symbolic links")
        out.write_bytes(b"gammelt")
        (folder / figures).symlink_to(out)
    before = files(folder)
    with pytest.raises(PanelError, match="the same file as") as caught:
        write_built(built, out, figures=figures)
    assert str(Path(figures)) in caught.value.nb
    assert files(folder) == before
    with pytest.raises(PanelError):
        check_panel_path(out, figures=figures)


def test_figures_that_are_a_folder_leave_the_panel(built: BuiltPanel, tmp_path: Path) -> None:
    out, figures = tmp_path / "panel.csv", tmp_path / "tall.csv"
    out.write_bytes(b"gammelt")
    figures.mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        write_built(built, out, figures=figures)
    assert caught.value.filename == str(figures)
    assert out.read_bytes() == b"gammelt"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["panel.csv", "tall.csv"]
