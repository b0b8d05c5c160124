"""Figures that did not come from the source itself say so, also in a CSV and in an archive."""

import json

import pytest
from cli_sources_help import ONE, ssb_app
from synthetic_files import nav

from proba.sources.store import Store


def local(bench):
    return f"Hentet fra lokal tjener ({bench.server.host}), ikke fra kilden selv"


TABLES = [
    ("ssb", "07459", "--select", "Region=0301", "--select", "Kjonn=1"),
    ("klass", "131", "--codes", "2016-01-01"),
]


@pytest.mark.parametrize("words", TABLES)
def test_a_table_as_csv_has_its_label_beside_it(bench, words):
    file = bench.results / "t.csv"
    bench.run(*words, "--csv", file).ok(f"[{local(bench)}]")
    assert sorted(bench.written()) == ["t.csv", "t.csv-metadata.json"]
    told = json.loads(bench.written()["t.csv-metadata.json"])
    assert told["dc:description"] == local(bench)
    assert told["url"] == "t.csv"
    assert told["dc:title"]
    assert all(url.startswith(bench.server.url) for url in told["dc:source"])
    before = bench.written()
    bench.run(*words, "--csv", file, "--offline").ok(f"[{local(bench)}]")
    assert bench.written() == before


@pytest.mark.parametrize("words", TABLES)
def test_the_label_of_an_earlier_run_goes(bench, monkeypatch, words):
    file = bench.results / "t.csv"
    bench.run(*words, "--csv", file).ok()
    monkeypatch.setattr("proba.sources.fetching._local_label", lambda url: None)
    assert "lokal tjener" not in bench.run(*words, "--csv", file, "--refresh").ok().out
    assert sorted(bench.written()) == ["t.csv"]


def test_figures(bench):
    bench.fetch("--figures", bench.results / "tall.csv").ok("tall.csv-metadata.json")
    told = json.loads(bench.written()["tall.csv-metadata.json"])
    assert told["dc:description"] == local(bench)


def test_a_labelled_file_labels_the_panel(bench, monkeypatch):
    monkeypatch.setattr("proba.sources.fetching._local_label", lambda url: None)
    label = "Syntetiske prøvefiler"
    Store(bench.store).put_file(
        "nav:2016", "nav.csv", nav(2016), "NLOD", fetched_at=bench.now(), label=label
    )
    out = bench.results / "panel.csv"
    bench.run("fetch", "--years", "2016", "--variable", "ufore_18_49", "--out", out).ok(
        f"[{label}]"
    )
    assert json.loads(bench.written()["panel.byggerapport.json"])["label"] == label
    assert label in bench.written()["panel.csv"].decode("utf-8")


def test_an_export_of_what_a_build_used_leaves_later_versions(bench):
    """The source has changed since: a rebuild must give the panel the report tells of."""
    bench.fetch().ok()
    before, report = bench.panel(), bench.folder / "rapport.json"
    report.write_bytes(bench.written()["panel.byggerapport.json"])

    def one_more(document, turn):
        document["value"][0] += 1

    bench.answer(ssb_app(alter=one_more))
    bench.fetch("--refresh").ok()
    assert bench.panel() != before
    archive, other = bench.folder / "svar.zip", bench.folder / "kollega"
    bench.run("store", "export", archive, "--build", report).ok()
    bench.run("store", "import", archive, "--store", other).ok()
    bench.fetch("--offline", "--store", other).ok()
    assert bench.panel() == before


def test_an_export_of_what_the_store_no_longer_has(bench):
    bench.fetch().ok()
    report, archive = bench.results / "panel.byggerapport.json", bench.folder / "svar.zip"
    other = bench.folder / "tomt"
    lacking = ("store", "export", archive, "--build", report, "--store", other)
    bench.run(*lacking).failed("3 av de 3 svarene", str(other), "ikke i lageret")
    bench.run(*lacking, "--lang", "en").failed("3 of the 3 answers", "not in the store")
    assert not archive.exists()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("store", "import", "nope.zip"), "nope.zip"),
        (("store", "export", "svar.zip", "--build", "nope.json"), "nope.json"),
        (("fetch", *ONE, "--out", "p.csv", "--split-weights", "nope.csv"), "nope.csv"),
    ],
)
def test_a_file_that_is_not_there(bench, words, name):
    bench.run(*words).failed(name, "filen finnes ikke")
    bench.run(*words, "--lang", "en").failed(name, "no such file")
