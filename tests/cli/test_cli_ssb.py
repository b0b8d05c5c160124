import csv
import errno
import io
import json
import os
from dataclasses import replace

import numpy as np
import pytest
from cli_sources_help import ssb_app
from fake_ssb import FakeDim, FakeSsb, FakeTable
from loopback_server import FOREVER, Html, Silence, Status, TruncatedJson

REGIONS = ["0301", "1103", "1201", "1601"]
YEARS = ["2014", "2015", "2016"]


def small(**options):
    """A table of 4 regions, 2 contents and 3 years with every status symbol."""
    values = np.arange(24.0)
    statuses = np.full(24, None, dtype=object)
    for place, symbol in {1: ".", 5: "..", 9: ":", 13: "-"}.items():
        values[place], statuses[place] = np.nan, symbol
    dims = [
        FakeDim("Region", "region", REGIONS, ["Oslo", "Stavanger", "Bergen", "Trondheim"]),
        FakeDim("ContentsCode", "statistikkvariabel", ["A", "B"], ["=A+1", "Beløp, kr"]),
        FakeDim("Tid", "år", YEARS, time=True),
    ]
    dims[0].elimination = dims[0].geo = dims[1].contents = True
    return FakeSsb(FakeTable("99001", dims, values, statuses), **options)


@pytest.fixture
def asks(bench):
    bench.answer(small())

    def run(*args, table="99001"):
        done = bench.run("ssb", table, "--csv", bench.results / "t.csv", *args)
        file = bench.results / "t.csv"
        done.rows = (
            list(csv.DictReader(io.StringIO(file.read_text("utf-8")))) if done.code == 0 else []
        )
        return done

    return run


def test_a_whole_table(bench, asks):
    run = asks().ok("24 rader, 4 uten verdi; tabellen oppdatert 2026-01-02T07:00:00Z")
    text = bench.written()["t.csv"].decode()
    assert text.splitlines()[0] == (
        "Region,Region_label,ContentsCode,ContentsCode_label,Tid,Tid_label,value,status"
    )
    assert "\r" not in text
    assert [row["value"] for row in run.rows[:5]] == ["0", "", "2", "3", "4"]
    assert run.rows[0]["Region_label"] == "Oslo"
    # A label a spreadsheet would run as a formula is not left as one.
    assert run.rows[0]["ContentsCode_label"] == "'=A+1"
    assert run.rows[3]["ContentsCode_label"] == "Beløp, kr"
    assert f"[Hentet fra lokal tjener ({bench.server.host}), ikke fra kilden selv]" in run.out
    assert run.paths == ["metadata", "config", "data"]
    bench.sound(3)


def test_status_symbols_stand_beside_an_empty_value(asks):
    run = asks()
    told = {i: (r["value"], r["status"]) for i, r in enumerate(run.rows) if r["status"]}
    assert told == {1: ("", "."), 5: ("", ".."), 9: ("", ":"), 13: ("", "-")}
    assert run.rows[0]["value"] == "0"


@pytest.mark.parametrize(
    ("select", "regions", "years"),
    [
        (["Region=1103,0301", "Tid=2016"], ["0301", "1103"], ["2016"]),
        (["Region=0301", "Region=1601"], ["0301", "1601"], YEARS),
        (["Region=range(1103,1601)", "Tid=top(1)"], REGIONS[1:], ["2016"]),
        (["Region=range(1103,1201),0301"], REGIONS[:3], YEARS),
        (["Region= 0301 , 1103 ,"], REGIONS[:2], YEARS),
        (["Region=1*", "Tid=from(2015)"], REGIONS[1:], YEARS[1:]),
        (["Region=?201", "Tid=to(2014)"], ["1201"], ["2014"]),
        (["Tid=bottom(2)"], REGIONS, YEARS[:2]),
        (["Region=*", "ContentsCode=B"], REGIONS, YEARS),
    ],
)
def test_selections(asks, select, regions, years):
    args = [word for text in select for word in ("--select", text)]
    run = asks(*args).ok()
    assert sorted({r["Region"] for r in run.rows}) == sorted(regions)
    assert sorted({r["Tid"] for r in run.rows}) == years
    everything = asks().rows
    assert run.rows == [row for row in everything if row in run.rows]  # the table's own order


def test_english(bench, asks):
    run = asks("--lang", "en").ok("Written: ", "24 rows, 4 without a value")
    assert {dict(r.query)["lang"] for r in run.asked if r.path.endswith(("metadata", "data"))} == {
        "en"
    }
    asks("--lang", "no").ok("Skrevet: ")
    # An answer in one language does not stand for one in another.
    bench.sound(5)


@pytest.mark.parametrize("cells", [1, 2, 5, 11, 23])
def test_however_it_is_divided_the_file_is_the_same(bench, asks, cells):
    asks().ok()
    whole = bench.written()["t.csv"]
    app = small(max_cells=cells)
    bench.answer(app)
    run = asks("--refresh").ok()
    assert bench.written()["t.csv"] == whole
    assert run.paths.count("data") >= 24 / cells
    assert app.largest <= cells


@pytest.mark.parametrize("options", [{"sparse": True}, {"turned": True}])
def test_the_same_file_from_other_ways_to_write_it(bench, asks, options):
    asks().ok()
    whole = bench.written()["t.csv"]
    bench.answer(small(**options))
    asks("--refresh").ok()
    assert bench.written()["t.csv"] == whole


def test_again_and_offline(bench, asks):
    asks().ok()
    whole = bench.written()["t.csv"]
    assert asks().ok().asked == []
    assert asks("--offline").ok().asked == []
    assert bench.written()["t.csv"] == whole
    asks("--refresh", "--offline").failed("kan ikke spørres på nytt uten nett", asked=0)
    asks("--offline", "--select", "Region=0301").failed("er ikke i lageret", asked=0)
    assert bench.written()["t.csv"] == whole


@pytest.mark.parametrize(
    ("args", "words", "asked"),
    [
        (["--select", "Regoin=0301"], ("99001", "Regoin", "Region"), 1),
        (["--select", "Region=0310"], ("99001", "Region", "0310", "0301"), 1),
        (["--select", "Region=0301,9999,8888"], ("9999", "8888"), 1),
        (["--select", "Region=range(0301,9999)"], ("9999",), 1),
        (["--select", "Region=range(0301)"], ("range(0301)",), 1),
        (["--select", "Region=top(x)"], ("top(x)",), 1),
        (["--select", "Region"], ("--select: «Region» har ikke formen",), 0),
        (["--select", "=0301"], ("--select: «=0301» har ikke formen",), 0),
        (["--select", "Region="], ("--select: «Region=» har ikke formen",), 0),
    ],
)
def test_a_wrong_selection(bench, asks, args, words, asked):
    asks(*args).failed(*words, asked=asked)
    asks(*args, "--lang", "en").failed(asked=None)
    assert bench.written() == {}


def test_an_unknown_table(bench, asks):
    asks(table="99002").failed("Tabell 99002", "HTTP 404", "sjekk tabellnummer", asked=1)
    asks("--lang", "en", table="99002").failed("Table 99002", "check table number", asked=1)
    bench.sound(0)


@pytest.mark.parametrize("table", ["../config", "07459/data", "", "07459?x=1", "0 1", "å" * 5])
def test_what_is_no_table_number(bench, asks, table):
    asks(table=table).failed("er ikke et tabellnummer", asked=0)
    assert bench.written() == {}


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("t.xlsx", "--csv skriver .csv"),
        ("t", "--csv skriver .csv"),
        ("nei/t.csv", "mappen finnes ikke"),
    ],
)
def test_a_file_that_cannot_be_written(bench, file, words):
    bench.run("ssb", "99001", "--csv", bench.results / file).failed(words, asked=0)
    bench.run("ssb", "99001", "--csv", bench.results / file, "--lang", "en").failed(asked=0)


def test_a_folder_in_place_of_the_file(bench, asks):
    (bench.results / "t.csv").mkdir()
    asks().failed("er en mappe", asked=0)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Status(code=429, retry_after="3600"), "den ber deg vente til"),
        (Status(code=500), "HTTP 500"),
        (TruncatedJson(), "Svaret er ikke JSON"),
        (Html(), "det kom en nettside"),
        (Silence(), "0,2 sekunder"),
    ],
    ids=["429", "500", "half the JSON", "a web page", "silence"],
)
def test_a_fault(bench, asks, monkeypatch, fault, words):
    bench.faults(Status("/data$", code=403))
    asks().failed("HTTP 403", asked=3)
    if isinstance(fault, Silence):
        monkeypatch.setenv("PROBA_TIMEOUT", "0.2")
    bench.faults(replace(fault, match="/data$", times=FOREVER))
    asks().failed("Tabell 99001", words)
    assert bench.written() == {}
    bench.sound(2)
    bench.faults()
    monkeypatch.delenv("PROBA_TIMEOUT", raising=False)
    assert asks().ok("24 rader").paths == ["data"]


def test_the_disk_is_full(bench, asks, monkeypatch):
    asks("--select", "Tid=2016").ok()
    before = bench.written()
    count, real = iter(range(1, 100)), os.fsync

    def fsync(handle):
        if next(count) > 2:  # the new answer and its entry have room
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        asks().failed("t.csv: disken er full", asked=1)
    assert bench.written() == before
    assert asks().ok("24 rader").asked == []
    bench.sound(4)


def test_a_fault_between_two_parts(bench, asks):
    """The parts that came are not asked for again."""
    bench.answer(small(max_cells=6))
    asks().ok()
    whole, parts = bench.written()["t.csv"], 4
    args = ("--store", bench.folder / "annet")

    class Stops:
        def __init__(self):
            self.app, self.given, self.open = small(max_cells=6), 0, False

        def __call__(self, received):
            if received.path.endswith("/data"):
                if self.given == 2 and not self.open:
                    return replace(self.app(received), status=503)
                self.given += 1
            return self.app(received)

    app = Stops()
    bench.answer(app)
    asks(*args).failed("HTTP 503", asked=2 + 2 + 5)
    assert bench.written()["t.csv"] == whole  # the earlier file stands
    app.open = True
    assert asks(*args).ok().paths == ["data"] * (parts - 2)
    assert bench.written()["t.csv"] == whole


def test_the_server_says_why(bench, asks):
    def refuse(received):
        reply = small()(received)
        if not received.path.endswith("/data"):
            return reply
        told = {"title": "Illegal selection expression", "status": 400}
        kind = {"Content-Type": "application/problem+json"}
        return replace(reply, status=400, body=json.dumps(told).encode(), headers=kind)

    bench.answer(refuse)
    asks().failed("HTTP 400", "tjeneren sier: Illegal selection expression", asked=3)


def test_a_table_of_the_catalogue(bench, asks):
    bench.answer(ssb_app())
    args = ("--select", "Region=0301", "--select", "Alder=range(016,018)", "--select", "Kjonn=1")
    run = asks(*args, table="07459").ok("3 rader, 0 uten verdi")
    assert [r["Alder"] for r in run.rows] == ["016", "017", "018"]
