import csv
import io
from dataclasses import replace

import pytest
from loopback_server import FOREVER, Html, Reply, Reset, Status, TruncatedJson


@pytest.fixture
def asks(bench):
    def run(*args, number="131"):
        done = bench.run("klass", number, "--csv", bench.results / "k.csv", *args)
        file = bench.results / "k.csv"
        done.rows = (
            list(csv.DictReader(io.StringIO(file.read_text("utf-8")))) if done.code == 0 else []
        )
        return done

    return run


def test_changes(bench, asks):
    run = asks("--changes", "2012-01-01", "2024-12-31").ok("rader)", "Hentet fra lokal tjener")
    assert list(run.rows[0])[:2] == ["oldCode", "oldName"]
    assert {"newCode", "newName", "changeOccurred"} <= set(run.rows[0])
    pairs = {(r["oldCode"], r["newCode"], r["changeOccurred"]) for r in run.rows}
    assert ("1601", "5001", "2018-01-01") in pairs
    assert ("1103", "1103", "2020-01-01") in pairs or ("1141", "1103", "2020-01-01") in pairs
    (asked,) = run.asked
    # Both ends are meant: KLASS leaves out its last day, and changes on its first.
    assert dict(asked.query)["from"] == "2011-12-31"
    assert dict(asked.query)["to"] == "2025-01-01"
    bench.sound(1)


def test_changes_on_the_first_and_the_last_day(asks):
    run = asks("--changes", "2018-01-01", "2020-01-01").ok()
    days = {r["changeOccurred"] for r in run.rows}
    assert {"2018-01-01", "2020-01-01"} <= days <= {"2018-01-01", "2019-01-01", "2020-01-01"}
    assert {r["changeOccurred"] for r in asks("--changes", "2018-01-01", "2018-01-01").rows} == {
        "2018-01-01"
    }


def test_no_changes_is_an_answer(asks):
    assert asks("--changes", "2015-02-01", "2015-03-01").ok("(0 rader)").rows == []


def test_codes(asks):
    run = asks("--codes", "2016-07-01").ok()
    codes = {r["code"]: r["name"] for r in run.rows}
    assert codes["1601"] == "Trondheim"
    assert "5001" not in codes
    assert "5001" in {r["code"] for r in asks("--codes", "2018-01-01").rows}


def test_correspondence(asks):
    run = asks("--to", "131", "--at", "2017-01-01", number="112").ok()
    assert {(r["sourceCode"], r["targetCode"]) for r in run.rows} == {
        ("14", "1103"),
        ("14", "1201"),
        ("14", "1601"),
        ("15", "0301"),
    }


def test_english(asks):
    assert (
        dict(asks("--codes", "2016-01-01", "--lang", "en").ok("rows)").asked[0].query)["language"]
        == "en"
    )


def test_again_and_offline(bench, asks):
    args = ("--codes", "2016-01-01")
    asks(*args, "--offline").failed("er ikke i lageret", "uten nett", asked=0)
    asks(*args).ok()
    before = bench.written()
    assert asks(*args).ok().asked == []
    asks(*args, "--offline").ok()
    assert bench.written() == before
    assert len(asks(*args, "--refresh").ok().asked) == 1


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--codes", "2016-01-01", "--changes", "2016-01-01", "2017-01-01"],
        ["--to", "104"],
        ["--at", "2016-01-01"],
        ["--codes", "2016-01-01", "--at", "2016-01-01"],
        ["--codes", "2016-01-01", "--to", "104", "--at", "2016-01-01"],
    ],
)
def test_one_of_three_ways_to_ask(bench, asks, args):
    asks(*args).failed("gi én av --codes DATO", asked=0)
    asks(*args, "--lang", "en").failed("give one of --codes DATE", asked=0)
    assert bench.written() == {}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--codes", "1.1.2016"], "--codes: «1.1.2016» er ingen dato; skriv 2012-01-01"),
        (["--codes", "2016-02-30"], "--codes: «2016-02-30» er ingen dato"),
        (["--codes", "0016-01-01"], "--codes: «0016-01-01» er ingen dato"),
        (["--changes", "i går", "2016-01-01"], "--changes: «i går» er ingen dato"),
        (["--changes", "2012-01-01", ""], "--changes: «» er ingen dato"),
        (["--to", "104", "--at", "nå"], "--at: «nå» er ingen dato"),
        (["--changes", "2016-01-01", "2012-01-01"], "slutter (2012-01-01) før de begynner"),
        (["--changes", "0001-01-01", "9999-12-31"], "--changes: «0001-01-01» er ingen dato"),
        (["--changes", "2012-01-01", "9999-12-31"], "--changes: «9999-12-31» er ingen dato"),
        (["--to", "0", "--at", "2016-01-01"], "er ikke nummeret på en klassifikasjon"),
    ],
)
def test_wrong_dates_and_numbers(bench, asks, args, words):
    asks(*args).failed(words, asked=0)
    asks(*args, "--lang", "en").failed(asked=0)
    assert bench.written() == {}
    assert not bench.store.exists()


def test_what_klass_does_not_have(bench, asks):
    asks("--codes", "2016-01-01", number="9999").failed("KLASS 9999", "HTTP 404", asked=1)
    asks("--to", "131", "--at", "2016-01-01", number="131").failed("HTTP 404", asked=1)
    asks("--codes", "1900-01-01").failed("KLASS 131 har ingen koder for 1900-01-01", asked=1)
    assert bench.written() == {}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Status(code=503), "HTTP 503"),
        (Reset(), "forbindelsen ble brutt"),
        (TruncatedJson(), "Svaret er ikke JSON"),
        (Html(), "det kom en nettside"),
        (Html(kind="application/json"), "KLASS 131"),
    ],
)
def test_a_fault(bench, asks, fault, words):
    args = ("--changes", "2012-01-01", "2024-12-31")
    asks("--store", bench.folder / "feilfritt", *args).ok()
    whole = bench.written()["k.csv"]
    for path in bench.results.iterdir():
        path.unlink()
    bench.faults(replace(fault, match="/klass/", times=FOREVER))
    asks(*args).failed("KLASS 131, changes: ", words, "Prøvd 5 ganger", asked=5)
    assert bench.written() == {}
    bench.sound(0)
    bench.faults(replace(fault, match="/klass/", times=2))
    assert len(asks(*args).ok().asked) == 3
    assert bench.written()["k.csv"] == whole
    bench.sound(1)


@pytest.mark.parametrize(
    "document",
    [b"[]", b"{}", b"null", b'{"codeChanges": {}}', b'{"codeChanges": [{"oldCode": 1}]}'],
)
def test_another_document(bench, asks, document):
    bench.answer_klass(lambda received: Reply(200, {"Content-Type": "application/json"}, document))
    asks("--changes", "2012-01-01", "2024-12-31").failed("KLASS 131, changes", asked=5)
    assert bench.written() == {}
    bench.sound(0)
