"""What a user meets when a source misbehaves while a panel is fetched.

Either the run mends it, and the panel is the one of a run without fault, or it ends with one
sentence; then nothing is half-written, what was fetched stays, and the next run asks only for the
rest.
"""

import errno
import json
import os
import re
import socket
from dataclasses import replace

import pytest
from cli_sources_help import ssb_app
from loopback_server import (
    FOREVER,
    BadGzip,
    ChunkedBody,
    Drip,
    Garbage,
    Gzip,
    GzipBomb,
    Html,
    MidBodyStall,
    Oversize,
    Redirect,
    Reset,
    Silence,
    Status,
    TruncatedJson,
    WrongLength,
)

PLACES = ("/metadata$", "/config$", "/data$")


def everywhere(fault):
    return [replace(fault, match=place) for place in PLACES]


@pytest.fixture
def clean(bench):
    """The panel of a run without fault, from a store of its own; made once for the file."""
    if "clean" not in bench.kept:
        bench.fetch("--store", bench.folder / "feilfritt").ok()
        bench.kept["clean"] = bench.panel()
        for path in bench.results.iterdir():
            path.unlink()
    return bench.kept["clean"]


MENDED = {
    "429 with Retry-After": (Status(code=429, retry_after="7"), [7.0]),
    "429": (Status(code=429), [1.0]),
    "429 four times": (Status(code=429, times=4), [1.0, 2.0, 4.0, 8.0]),
    "500 twice": (Status(code=500, times=2), [1.0, 2.0]),
    "503 four times": (Status(code=503, times=4), [1.0, 2.0, 4.0, 8.0]),
    "502 with Retry-After": (Status(code=502, retry_after="3"), [3.0]),
    "reset": (Reset(), [1.0]),
    "reset in the headers": (Garbage(content=b"HTTP/1.1 200 x\r\nContent-"), [1.0]),
    "reset in the body": (Reset(after=100), [1.0]),
    "no HTTP": (Garbage(content=b"SSH-2.0-x\r\n"), [1.0]),
    "half the JSON": (TruncatedJson(), [1.0]),
    "a web page": (Html(), [1.0]),
    "a web page that says JSON": (Html(kind="application/json"), [1.0]),
    "length too long": (WrongLength(by=10), [1.0]),
    "length too short": (WrongLength(by=-10), [1.0]),
    "gzip": (Gzip(), []),
    "deflate": (Gzip(how="deflate"), []),
    "no gzip": (BadGzip(), [1.0]),
    "gzip cut": (BadGzip(cut=True), [1.0]),
    "chunks": (ChunkedBody(), []),
    "chunks cut": (ChunkedBody(cut=True), [1.0]),
}


@pytest.mark.parametrize("fault", MENDED)
def test_a_fault_that_passes_leaves_no_trace(bench, clean, fault):
    played, waits = MENDED[fault]
    bench.faults(*everywhere(played))
    run = bench.fetch().ok()
    assert run.err == ""
    assert bench.waits == waits * 3
    assert len(run.asked) == 3 * (len(waits) + 1)
    assert bench.panel() == clean
    bench.sound(3)


@pytest.fixture
def stored(bench, clean):
    """Metadata and config are stored, so that short limits concern the data alone."""
    bench.faults(Status("/data$", code=403))
    bench.fetch().failed(asked=3)
    return bench


SLOW = {
    "drip": (Drip(pause=0.05), "ikke noe helt svar innen 0,3 sekunder"),
    "drip of headers": (Drip(pause=0.05, headers=True), "ikke noe helt svar innen 0,3 sekunder"),
    "silence": (Silence(), "0,3 sekunder"),
    "stall": (MidBodyStall(), "0,3 sekunder"),
}


@pytest.mark.parametrize("fault", SLOW)
def test_slow_once(stored, clean, monkeypatch, fault):
    monkeypatch.setenv("PROBA_TIMEOUT", "1,5")
    stored.faults(replace(SLOW[fault][0], match="/data$"))
    assert stored.fetch().ok().paths == ["data", "data"]
    assert stored.panel() == clean
    stored.sound(3)


@pytest.mark.parametrize("fault", SLOW)
def test_slow_for_ever(stored, clean, monkeypatch, fault):
    monkeypatch.setenv("PROBA_TIMEOUT", "0.3")
    stored.faults(replace(SLOW[fault][0], match="/data$", times=FOREVER))
    words = (SLOW[fault][1], "PROBA_TIMEOUT", "Prøvd 2 ganger")
    stored.fetch().failed("Feil: Tabell 07459: ", *words, asked=2)
    assert stored.written() == {}
    stored.sound(2)
    stored.faults()
    monkeypatch.delenv("PROBA_TIMEOUT")
    assert stored.fetch().ok().paths == ["data"]
    assert stored.panel() == clean


# name: (fault at the data, tries, words in Norwegian, words in English)
ENDLESS = {
    "429": (Status(code=429), 5, "HTTP 429, kilden vil ha færre kall; vent litt", "wait a little"),
    "429 come back tomorrow": (
        Status(code=429, retry_after="86400"),
        1,
        "den ber deg vente til ",
        "it asks you to come back at ",
    ),
    "500": (Status(code=500), 5, "HTTP 500, kilden er ute av drift; prøv igjen senere", "HTTP 500"),
    "503": (Status(code=503), 5, "HTTP 503, kilden er ute av drift; prøv igjen senere", "HTTP 503"),
    "403": (Status(code=403), 1, "HTTP 403, tilgang er nektet", "HTTP 403, access is refused"),
    "410": (Status(code=410), 1, "HTTP 410, er trukket tilbake", "HTTP 410, has been withdrawn"),
    "204": (Status(code=204), 1, "HTTP 204, et svar uten data; sjekk adressen", "HTTP 204"),
    "reset": (Reset(), 5, "forbindelsen ble brutt", "the connection broke"),
    "reset in the body": (Reset(after=100), 5, "prøv igjen senere", "try again later"),
    "half the JSON": (TruncatedJson(), 5, "Svaret er ikke JSON", "is not JSON"),
    "a web page": (Html(), 5, "det kom en nettside i stedet for data", "a web page came"),
    "a web page that says JSON": (Html(kind="application/json"), 5, "Svaret er ikke JSON", "JSON"),
    "length too long": (WrongLength(by=10), 5, "avkortet underveis; prøv igjen", "cut short"),
    "length too short": (WrongLength(by=-10), 5, "Svaret er ikke JSON", "is not JSON"),
    "no gzip": (BadGzip(), 5, "det pakkede svaret (gzip) er skadet", "packed (gzip) answer"),
    "gzip cut": (BadGzip(cut=True), 5, "skadet eller avkortet; prøv igjen senere", "damaged"),
    "chunks cut": (ChunkedBody(cut=True), 5, "prøv igjen senere", "try again later"),
    "another host": (
        Redirect(to="http://127.0.0.2:9/x"),
        1,
        "sender videre til 127.0.0.2:9, en annen tjener; ikke fulgt",
        "sends on to 127.0.0.2:9, another server; not followed",
    ),
    "round in a ring": (
        Redirect(to="/ssb/tables/07459/data"),
        6,
        "sendt videre fra side til side mer enn 5 ganger",
        "from page to page more than 5 times",
    ),
    "too large, it says": (
        Oversize(declared=2**40),
        1,
        "svaret er større enn 64 MB; spør om mindre",
        "the answer is larger than 64 MB",
    ),
    "too large": (Oversize(), 1, "svaret er større enn 64 MB", "larger than 64 MB"),
    "too large unpacked": (GzipBomb(size=2**26 + 1), 1, "større enn 64 MB", "larger than 64 MB"),
}


@pytest.mark.parametrize("fault", ENDLESS)
def test_a_fault_that_stays_ends_in_one_sentence(bench, clean, fault):
    played, tries, nb, en = ENDLESS[fault]
    bench.faults(replace(played, match="/data$", times=FOREVER))
    run = bench.fetch().failed("Feil: Tabell 07459: ", bench.server.host, nb, asked=2 + tries)
    assert (f"Prøvd {tries} ganger." in run.err) == (played.__class__ is not Redirect and tries > 1)
    # Metadata and config are there from the first run.
    bench.fetch("--lang", "en").failed("Error: Table 07459: ", en, asked=tries)
    assert bench.written() == {}
    bench.sound(2)
    bench.faults()
    assert bench.fetch().ok("1 svar hentet nå").paths == ["data"]
    assert bench.panel() == clean
    bench.sound(3)


@pytest.mark.parametrize("place", PLACES)
def test_a_fault_at_each_step(bench, clean, place):
    """The step that fails and those after it are all there is to ask for next time."""
    done = PLACES.index(place)
    bench.faults(Status(place, code=503, times=FOREVER))
    bench.fetch().failed("HTTP 503", asked=done + 5)
    bench.sound(done)
    bench.faults()
    assert bench.fetch().ok().paths == ["metadata", "config", "data"][done:]
    assert bench.panel() == clean


def test_an_old_panel_stands_when_a_run_fails(bench, clean):
    bench.fetch().ok()
    before = bench.written()
    bench.faults(Status("/data$", code=500, times=FOREVER))
    bench.fetch("--refresh").failed("HTTP 500")
    assert bench.written() == before
    # What was fetched before still answers.
    bench.fetch("--offline").ok("0 svar hentet nå")
    assert bench.panel() == clean


def test_nobody_at_the_port(bench, monkeypatch):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        monkeypatch.setenv("PROBA_SSB_URL", f"http://127.0.0.1:{port}")
        words = f"får ikke forbindelse med 127.0.0.1:{port}; sjekk adressen og nettet"
        bench.fetch().failed("Feil: Tabell 07459, metadata: ", words, "Prøvd 2 ganger.", asked=0)
        bench.fetch("--lang", "en").failed("no connection with", asked=0)
    assert bench.written() == {}
    bench.sound(0)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("PROBA_SSB_URL", "ftp://127.0.0.1/x", "verken http eller https"),
        ("PROBA_SSB_URL", "http://kari:hemmelig@127.0.0.1:9/x", "brukernavn eller passord"),
        ("PROBA_SSB_URL", "tull", "sjekk adressen til kilden"),
        ("PROBA_TIMEOUT", "lenge", "PROBA_TIMEOUT må være et antall sekunder"),
        ("PROBA_TIMEOUT", "0", "PROBA_TIMEOUT må være et antall sekunder"),
    ],
)
def test_settings_of_no_use(bench, monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    run = bench.fetch().failed(words, asked=0)
    assert "hemmelig" not in run.err
    assert bench.written() == {}


# --- answers that are whole but not what was asked for ---


def test_values_without_the_missing_ones(bench, clean):
    bench.answer(ssb_app(sparse=True))
    bench.fetch().ok()
    assert bench.panel()[0] == clean[0]


def test_answers_in_another_order(bench, clean):
    bench.answer(ssb_app(turned=True))
    bench.fetch().ok()
    assert bench.panel()[0] == clean[0]


def missing(document, turn):
    """One of the two cells (men and women) of each of the first four kommuner."""
    for i, symbol in enumerate([".", "..", ":", "-"]):
        document["value"][2 * i] = None
        document.setdefault("status", {})[str(2 * i)] = symbol


def test_status_symbols_are_missing_with_a_reason(bench, clean):
    bench.answer(ssb_app(alter=missing))
    run = bench.fetch("--figures", bench.results / "tall.csv").ok("Manglende verdier")
    for words in ("«.»", "«..»", "«:»", "«-»"):
        assert words in run.out
    lines = bench.written()["panel.csv"].decode().splitlines()
    before = clean[0]["panel.csv"].decode().splitlines()
    assert lines[5:] == before[5:]
    places = [re.sub(r"^((?:[^,]*,){3})\d+", r"\1", line) for line in before[1:5]]
    assert lines[1:5] == places  # empty, not 0
    told = json.loads(bench.written()["panel.byggerapport.json"])
    assert {(m["reason"], m["n"]) for m in told["missing"]} == {
        (s, 1) for s in (".", "..", ":", "-")
    }
    assert told["status"] == {".": 1, "..": 1, ":": 1, "-": 1}
    figures = bench.written()["tall.csv"].decode().splitlines()
    assert [line.split(",")[3:5] for line in figures[1:5]] == [
        ["", "."],
        ["", ".."],
        ["", ":"],
        ["", "-"],
    ]
    bench.fetch("--lang", "en").ok("Missing values")


def renamed(document, turn):
    """Every document has the contents under another code than the catalogue's."""
    contents = document["dimension"]["ContentsCode"]["category"]
    contents["index"] = {"Personer2": 0}
    contents["label"] = {"Personer2": "Personer"}


class OtherMetadata:
    """The app with metadata changed on its way out."""

    def __init__(self, change, **options):
        self.app, self.change = ssb_app(**options), change

    def __call__(self, received):
        reply = self.app(received)
        if not received.path.endswith("/metadata"):
            return reply
        document = json.loads(reply.body)
        self.change(document)
        return replace(reply, body=json.dumps(document).encode())


def test_a_code_of_the_catalogue_is_gone(bench, clean):
    bench.answer(OtherMetadata(lambda document: renamed(document, 0)))
    bench.fetch().failed("07459", "ContentsCode", "Personer1", "Personer2", asked=1)
    run = bench.fetch("--lang", "en").failed("07459", "ContentsCode", "Personer1", asked=0)
    assert "Personer2" in run.err
    assert bench.written() == {}
    bench.sound(1)
    # When the catalogue, or the table, is right again.
    bench.answer(ssb_app())
    bench.fetch("--refresh").ok()
    assert bench.panel() == clean


def test_a_dimension_of_the_catalogue_is_gone(bench):
    def change(document):
        text = json.dumps(document).replace('"Region"', '"KommuneX"')
        document.clear()
        document.update(json.loads(text))

    bench.answer(OtherMetadata(change))
    bench.fetch().failed("07459", "Region", "KommuneX", asked=1)
    assert bench.written() == {}


def test_the_year_is_not_in_the_table(bench):
    bench.answer(ssb_app((2014, 2015)))
    bench.fetch().failed("ssb 07459", "2016", "2014–2015", asked=2)  # once more, anew
    assert bench.written() == {}


def test_an_answer_with_other_codes(bench, clean):
    bench.answer(ssb_app(alter=renamed))
    run = bench.fetch().failed("Tabell 07459", "ContentsCode", asked=7)
    assert "Personer2" in run.err
    assert bench.written() == {}
    bench.sound(2)
    bench.answer(ssb_app())
    assert bench.fetch().ok().paths == ["data"]
    assert bench.panel() == clean


def test_an_answer_that_lacks_cells(bench, clean):
    def shorter(document, turn):
        document["value"] = document["value"][:-1]

    bench.answer(ssb_app(alter=shorter))
    bench.fetch().failed("Tabell 07459", "855", "856", asked=7)
    bench.sound(2)
    bench.answer(ssb_app())
    assert bench.fetch().ok().paths == ["data"]
    assert bench.panel() == clean


def moved_on(document, turn):
    document["updated"] = f"2026-01-0{min(turn, 1) + 2}T07:00:00Z"


def test_the_table_changes_between_two_answers(bench, clean):
    """The answer from before the update is asked for anew, and the run goes on."""
    bench.answer(ssb_app(max_cells=600, alter=moved_on))
    run = bench.fetch().ok()
    assert run.paths == ["metadata", "config", "data", "data", "data", "data"]
    assert "sist oppdatert 2026-01-03T07:00:00Z" in run.out
    values = bench.panel()[0]["panel.csv"]
    assert values == clean[0]["panel.csv"]
    bench.sound(5)  # the second part came twice, the same


def test_a_table_that_never_stands_still(bench):
    """Dated anew at every answer: one sentence, and nothing is lost."""
    days = iter(range(1, 28))
    bench.answer(
        ssb_app(
            max_cells=600,
            alter=lambda document, _: document.update(updated=f"2026-01-{next(days):02}T07:00:00Z"),
        )
    )
    bench.fetch().failed("Tabell 07459 ble endret", "kjør igjen senere", asked=6)
    assert bench.written() == {}
    bench.sound(6)


def test_a_table_updated_between_two_years_is_asked_anew(bench):
    """Figures of two releases do not stand side by side."""
    bench.answer(ssb_app((2015, 2016), alter=moved_on))
    out = bench.results / "panel.csv"
    run = bench.run("fetch", "--years", "2015-2016", "--variable", "folketall", "--out", out).ok()
    assert run.paths == ["metadata", "config", "data", "data", "data"]
    assert "ssb 07459: sist oppdatert 2026-01-03T07:00:00Z" in run.out
    assert "flere publiseringer" not in run.out


def test_no_such_table(bench):
    app = ssb_app()
    del app.tables["07459"]
    bench.answer(app)
    bench.fetch().failed("Feil: Tabell 07459, metadata: ", "HTTP 404, finnes ikke", asked=1)
    assert bench.written() == {}
    bench.sound(0)


# --- a full disk ---


@pytest.mark.parametrize("nth", range(1, 10))
def test_the_disk_is_full(bench, clean, monkeypatch, nth):
    """Six files go into the store (an answer and its entry, thrice), then report, report, panel."""
    count = iter(range(1, 100))
    real = os.fsync

    def fsync(handle):
        if next(count) >= nth:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        run = bench.fetch()
    if nth <= 6:
        run.failed("kan ikke skrives", "dette svaret ble ikke lagret", "PROBA_STORE")
    else:
        run.failed("panel", "disken er full")
    assert "panel.csv" not in bench.written()
    bench.sound((min(nth, 7) - 1) // 2)
    assert len(bench.fetch().ok().asked) == 3 - (min(nth, 7) - 1) // 2
    assert bench.panel() == clean
