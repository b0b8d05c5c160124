"""What a catalogue entry's ``select`` means, on a table with ages, sexes and years."""

from __future__ import annotations

from pathlib import Path

import pytest
from loopback_server import LoopbackServer
from synthetic_sources import synthetic_ssb

import proba
from proba.errors import CatalogueError, ProbaError, SourceError
from proba.panel.building import BuiltPanel

ENTRY = """
format: 1
extends: proba
quantities:
  antall:
    label: {{nb: a, en: b}}
    unit: {{nb: personer, en: persons}}
    parts:
      - {{source: {source}, table: "07459", basis: test, select: {{{select}}}{more}}}
variables:
  antall: {{label: {{nb: a, en: b}}, amount: {{of: antall}}}}
{sources}
"""


def build(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    select: str,
    *,
    more: str = "",
    years: tuple[int, ...] = (2016,),
    served: tuple[int, ...] = (2016, 2017),
) -> BuiltPanel:
    file = tmp_path / "k.yaml"
    text = ENTRY.format(source="ssb", select=select, more=more, sources="")
    file.write_text(text, encoding="utf-8")
    with LoopbackServer(synthetic_ssb(served)) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        return proba.build_panel(
            years, variables=("antall", "folketall"), catalogue=file, store=tmp_path / "store"
        )


@pytest.mark.parametrize(
    ("select", "ages"),
    [
        ('Alder: ["!016"]', set(range(106)) - {16}),
        ('Alder: ["*", "!0??"]', {100, 101, 102, 103, 104, 105}),
        ('Alder: ["range(010,012)", "!011"]', {10, 12}),
        ('Alder: ["01?"]', set(range(10, 20))),
    ],
)
def test_what_is_left_out_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, select: str, ages: set[int]
) -> None:
    built = build(tmp_path, monkeypatch, f'{select}, ContentsCode: ["Personer1"]')
    table = synthetic_ssb((2016, 2017)).tables["07459"]
    region = list(table.dims[0].codes).index("0101")
    expected = table.numbers()[region, :, sorted(ages), 0, 0].sum()
    assert built.counts.loc[("0101", 2016), "antall"] == expected


def test_labels_can_be_left_out_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = build(tmp_path, monkeypatch, 'Kjonn: ["!text=Kvinner"], ContentsCode: ["Personer1"]')
    table = synthetic_ssb((2016, 2017)).tables["07459"]
    region = list(table.dims[0].codes).index("0101")
    assert built.counts.loc[("0101", 2016), "antall"] == table.numbers()[region, 0, :, 0, 0].sum()


@pytest.mark.parametrize(
    ("select", "error", "words"),
    [
        ('Alder: ["*", "!16"]', SourceError, "no code '16'"),
        ('Alder: ["016", "!016"]', SourceError, "leaves no code"),
        ('Tid: ["2017"]', CatalogueError, "'select' cannot name 'Tid'"),
        ('Region: ["0101"]', CatalogueError, "'select' cannot name 'Region'"),
        ('Hode: ["1"]', SourceError, "no dimension 'Hode'"),
    ],
)
def test_a_selection_that_cannot_be_meant_is_an_error(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    select: str,
    error: type[ProbaError],
    words: str,
) -> None:
    with pytest.raises(error, match=words):
        build(tmp_path, monkeypatch, f'{select}, ContentsCode: ["Personer1"]')


def test_another_years_table_is_asked_with_its_own_kommuner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1 January 2017 stands for the end of 2016; the three that merged have no figure there."""
    built = build(tmp_path, monkeypatch, 'ContentsCode: ["Personer1"]', more=", year_offset: 1")
    figures = built.figures[built.figures["quantity"] == "antall"].set_index("kommune")
    assert figures.loc["0101", "value"] > built.counts.loc[("0101", 2016), "folketall"]
    for kommune in ("0706", "0719", "0720"):
        assert figures.loc[kommune, "status"] == "other-borders"


def test_metadata_from_before_a_year_was_published_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = synthetic_ssb((2016,))
    with LoopbackServer(lambda received: app(received)) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        proba.build_panel((2016,), variables="folketall", store=tmp_path)
        app = synthetic_ssb((2016, 2017))
        built = proba.build_panel((2017,), variables="folketall", store=tmp_path)
    assert len(built.frame) == 426


def test_a_year_that_is_lacking_is_said_before_any_figure_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LoopbackServer(synthetic_ssb((2015, 2016))) as server:
        monkeypatch.setenv("PROBA_SSB_URL", server.url)
        with pytest.raises(SourceError, match="2017 is not in the table"):
            proba.build_panel((2015, 2016, 2017), variables="folketall", store=tmp_path)
        assert not [path for path in server.paths() if path.endswith("/data")]


def test_another_service_is_stored_under_its_own_name_and_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LoopbackServer(synthetic_ssb((2016,))) as server:
        file = tmp_path / "k.yaml"
        own = (
            f"sources:\n  egen: {{kind: pxweb, name: E, licence: NLOD 2.0, url: '{server.url}'}}\n"
        )
        text = ENTRY.format(
            source="egen", select='ContentsCode: ["Personer1"]', more="", sources=own
        )
        file.write_text(text, encoding="utf-8")
        monkeypatch.setenv("PROBA_SSB_URL", "http://127.0.0.1:9/nobody")
        built = proba.build_panel((2016,), variables="antall", catalogue=file, store=tmp_path)
    assert {(s.source, s.licence) for s in built.report.snapshots} == {("egen", "NLOD 2.0")}
