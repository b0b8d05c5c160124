"""KLASS over a loopback server, and KLASS's own recorded answers."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from fake_klass import FakeKlass
from loopback_server import LoopbackServer, Received, Reply

from proba.errors import SourceError
from proba.kommuner import shipped_graph
from proba.sources.fetching import Fetcher
from proba.sources.http import HttpClient, HttpSettings
from proba.sources.klass import (
    KlassClient,
    parse_changes,
    parse_codes,
    parse_correspondence,
)
from proba.sources.store import Store

FOLDER = os.environ.get("PROBA_OPENDATA")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture(scope="module")
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(FakeKlass()) as running:
        yield running


@pytest.fixture
def client(server: LoopbackServer, tmp_path: Path) -> Iterator[KlassClient]:
    with HttpClient(HttpSettings(attempts=2), sleep=lambda _: None) as http:
        yield KlassClient(Fetcher(Store(tmp_path), http), f"{server.url}/api/klass/v1")


def test_kommuner_of_a_day(client: KlassClient) -> None:
    codes = client.codes(131, day("2016-01-01"))
    found = dict(zip(codes["code"], codes["name"], strict=True))
    assert found.pop("9999") == "Uoppgitt"
    assert found == dict(shipped_graph().valid(2016))
    assert codes["validFrom"].isna().all()
    assert codes["notes"].tolist() == [""] * len(codes)


def test_the_last_day_is_included(client: KlassClient, server: LoopbackServer) -> None:
    codes = client.codes_between(131, day("2017-12-31"), day("2018-01-01"))
    assert {"1601", "5001"} <= set(codes["code"])
    assert dict(server.received[-1].query)["to"] == "2018-01-02"
    codes = client.codes_between(131, day("2017-12-30"), day("2017-12-31"))
    assert "5001" not in set(codes["code"])
    oslo = codes[codes["code"] == "0301"].iloc[0]
    assert oslo["validFromInRequestedRange"] == "2017-12-30"
    assert oslo["validToInRequestedRange"] == "2018-01-01"


def test_changes_on_the_first_and_the_last_day_are_included(client: KlassClient) -> None:
    found = client.changes(131, day("2012-01-01"), day("2013-01-01"))
    pairs = set(zip(found["oldCode"], found["newCode"], strict=True))
    assert pairs == {("1723", "1756"), ("1729", "1756"), ("1901", "1903"), ("1915", "1903")}
    assert client.changes(131, day("2018-01-02"), day("2018-12-31")).empty
    assert set(client.changes(131, day("2018-01-01"), day("2018-01-01"))["changeOccurred"]) == {
        "2018-01-01"
    }


def test_changes_outside_the_days_asked_for_are_dropped(client: KlassClient) -> None:
    # The day before 2 January overlaps two versions.
    found = client.changes(131, day("2018-01-02"), day("2020-01-01"))
    assert set(found["changeOccurred"]) == {"2019-01-01", "2020-01-01"}


def test_the_shipped_graph_and_klass_agree(client: KlassClient) -> None:
    changes = client.changes(131, day("2012-01-01"), day("2024-12-31"))
    graph = shipped_graph()
    assert graph.disagreements(changes) == ()
    codes = client.codes(131, day("2024-01-01"))
    longer = graph.extended(changes, until=2025, codes=codes)
    assert longer.valid(2025) == graph.valid(2024)


def test_a_change_after_the_shipped_list(tmp_path: Path) -> None:
    extra = (("2026-01-01", "3312", "Lier", "3301", "Drammen"),)
    with (
        LoopbackServer(FakeKlass(extra=extra)) as server,
        HttpClient(HttpSettings(attempts=2)) as http,
    ):
        client = KlassClient(Fetcher(Store(tmp_path), http), server.url)
        changes = client.changes(131, day("2025-01-01"), day("2026-01-01"), future=True)
        codes = client.codes(131, day("2026-01-01"), future=True)
        assert dict(server.received[-1].query)["includeFuture"] == "true"
    longer = shipped_graph().extended(changes, until=2026, codes=codes)
    assert [t.kommune for t in longer.targets("0626", 2012, 2026)] == ["3301"]
    assert len(longer.valid(2026)) == 356


def test_fylker_and_their_kommuner(client: KlassClient) -> None:
    assert len(client.codes(104, day("2020-01-01"))) == 11 + 1
    changes = client.changes(104, day("2018-01-01"), day("2018-01-01"))
    assert changes[["oldCode", "newCode"]].values.tolist() == [["16", "50"], ["17", "50"]]
    table = client.correspondence(104, 131, day("2015-01-01"))
    assert table[table["sourceCode"] == "03"]["targetCode"].tolist() == ["0301"]
    turned = client.correspondence(131, 104, day("2015-01-01"))
    assert len(turned) == len(table) == 429
    assert turned["validFrom"].isna().all()


def test_kostra_groups(client: KlassClient) -> None:
    table = client.correspondence(112, 131, day("2016-01-01"))
    found = dict(zip(table["targetCode"], table["sourceCode"], strict=True))
    assert found == {"0301": "15", "1103": "14", "1201": "14", "1601": "14"}


def test_no_table_between_two_classifications(client: KlassClient) -> None:
    with pytest.raises(SourceError, match="has no correspondence table") as caught:
        client.correspondence(104, 112, day("2016-01-01"))
    assert "KLASS 104, correspondsAt: " in caught.value.text("nb")


def test_an_unknown_classification(client: KlassClient, server: LoopbackServer) -> None:
    asked = len(server.received)
    with pytest.raises(SourceError, match="not found with id = 99999"):
        client.codes(99999, day("2016-01-01"))
    assert len(server.received) == asked + 1


def test_days_in_the_wrong_order_and_numbers_that_are_none(client: KlassClient) -> None:
    for call in (client.changes, client.codes_between):
        with pytest.raises(SourceError, match="before they begin"):
            call(131, day("2020-01-02"), day("2020-01-01"))
    for bad in (0, -1, True, "131", "../x"):
        with pytest.raises(SourceError, match="number of a classification"):
            client.codes(bad, day("2020-01-01"))  # type: ignore[arg-type]


def test_a_second_time_comes_from_the_store(server: LoopbackServer, tmp_path: Path) -> None:
    store = Store(tmp_path)
    with HttpClient(HttpSettings(attempts=2)) as http:
        fetcher = Fetcher(store, http)
        first = KlassClient(fetcher, server.url).changes(131, day("2019-01-01"), day("2019-01-01"))
    offline = Fetcher(store, None)
    again = KlassClient(offline, server.url).changes(131, day("2019-01-01"), day("2019-01-01"))
    assert again.equals(first)
    assert offline.counts.from_store == 1
    (snapshot,) = offline.used
    assert (snapshot.source, snapshot.licence) == ("klass", "CC BY 4.0")
    with pytest.raises(SourceError, match="KLASS 131, codesAt: "):
        KlassClient(offline, server.url).codes(131, day("2019-01-01"))


def test_the_address_comes_from_the_environment(
    server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBA_KLASS_URL", f"{server.url}/annet/")
    with HttpClient(HttpSettings(attempts=2)) as http:
        KlassClient(Fetcher(Store(tmp_path), http), lang="en").codes(104, day("2024-01-01"))
    assert server.received[-1].path == "/annet/classifications/104/codesAt"
    assert server.received[-1].query == [("date", "2024-01-01"), ("language", "en")]


def test_no_code_that_day_is_an_error_with_a_hint(tmp_path: Path) -> None:
    def nothing(_: Received) -> Reply:
        return Reply.json({"codes": []})

    with LoopbackServer(nothing) as server, HttpClient(HttpSettings(attempts=2)) as http:
        client = KlassClient(Fetcher(Store(tmp_path), http), server.url)
        with pytest.raises(SourceError, match="future=True"):
            client.codes(131, day("2030-01-01"))
        with pytest.raises(SourceError, match=r"has no codes for 2030-01-01 – 2030-01-02\."):
            client.codes_between(131, day("2030-01-01"), day("2030-01-02"), future=True)


CODE = {"code": "0301", "name": "Oslo"}
CHANGE = {"oldCode": "1", "newCode": "2", "changeOccurred": "2020-01-01"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b'{"codes":[', "not JSON"),
        (b"[]", "no list 'codes'"),
        (b'{"codeChanges":[]}', "no list 'codes'"),
        (b'{"codes":{}}', "no list 'codes'"),
        (b'{"codes":[1]}', r"'1' as codes\[0\]"),
        (json.dumps({"codes": [CODE, {**CODE, "code": None}]}).encode(), r"code in codes\[1\]"),
        (json.dumps({"codes": [{**CODE, "code": ""}]}).encode(), "code in codes"),
        (json.dumps({"codes": [{**CODE, "code": 301}]}).encode(), "'301' as code"),
        (json.dumps({"codes": [{**CODE, "validTo": "2020"}]}).encode(), "'2020' as validTo"),
        (json.dumps({"codes": [{**CODE, "notes": ["x"]}]}).encode(), "as notes"),
    ],
)
def test_an_answer_that_is_none_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        parse_codes(content)


def test_one_side_of_a_change_may_be_missing() -> None:
    (row,) = parse_changes(
        json.dumps({"codeChanges": [{**CHANGE, "oldCode": None}]}).encode()
    ).to_dict("records")
    assert row["oldCode"] is None
    assert row["oldShortName"] is None
    with pytest.raises(SourceError, match="changeOccurred"):
        parse_changes(json.dumps({"codeChanges": [{"oldCode": "1"}]}).encode())
    with pytest.raises(SourceError, match="correspondenceItems"):
        parse_correspondence(b"{}")


# --- recorded answers -----------------------------------------------------------------------


def _recorded(name: str) -> list[tuple[str, bytes]]:
    """(address, answer) of a recording; the recorder wrote Ø as <U+00D8>."""
    assert FOLDER is not None
    document = yaml.safe_load((Path(FOLDER) / "fixtures" / name).read_text(encoding="utf-8"))
    return [
        (
            call["request"]["uri"],
            re.sub(
                r"<U\+([0-9A-F]{4})>",
                lambda found: chr(int(found[1], 16)),
                call["response"]["body"]["string"],
            ).encode(),
        )
        for call in document["http_interactions"]
    ]


@pytest.mark.skipif(
    not FOLDER or not Path(FOLDER).is_dir(), reason="PROBA_OPENDATA names no folder"
)
class TestRecordedAnswers:
    def test_changes(self) -> None:
        (early, nothing), (_, late) = _recorded("change.yml")
        # Trøndelag came on 1 January 2018, the first day of this range, and is not in it.
        assert "from=2018-01-01&to=2019-01-02" in early
        assert parse_changes(nothing).empty
        changes = parse_changes(late)
        assert len(changes) == 13
        assert changes["oldName"].iloc[0] == "Østfold"
        assert set(changes["changeOccurred"]) == {"2020-01-01"}
        assert "Romsa ja Finnmárku" in changes["newName"].iloc[-1]

    def test_codes(self) -> None:
        ((_, content),) = _recorded("codes-fromto.yml")
        codes = parse_codes(content)
        assert {"01", "16", "17", "50", "99"} <= set(codes["code"])
        assert codes["name"].iloc[0] == "Østfold"
        assert set(codes["validToInRequestedRange"]) >= {"2018-01-01", "2018-01-02"}

    def test_correspondence(self) -> None:
        ((_, content),) = _recorded("correspond.yml")
        table = parse_correspondence(content)
        graph = shipped_graph()
        kommuner = set(table["targetCode"]) - {"9999"}
        known = {n for year in (2016, 2017, 2018) for n in graph.valid(year)}
        assert kommuner == known
        names = dict(zip(table["targetCode"], table["targetName"], strict=True))
        for year in (2016, 2017, 2018):
            for number, name in graph.valid(year).items():
                assert name in re.split(r" \(| - |\)", names[number])
        assert (table["sourceCode"] == table["targetCode"].str[:2]).all()

    def test_the_stand_in_answers_with_the_same_fields(self) -> None:
        app = FakeKlass()
        for name in ("change.yml", "codes-fromto.yml", "correspond.yml"):
            for address, content in _recorded(name):
                path, _, query = address.partition("?")
                pairs = [tuple(p.split("=")) for p in query.split("&")]
                reply = app(Received("GET", path, pairs, {}, b""))
                ((key, real),) = json.loads(content).items()
                ((other, made),) = json.loads(reply.body).items()
                assert other == key
                assert [list(r) for r in made[:1]] == [list(r) for r in real[:1]]
                if key != "correspondenceItems":
                    assert len(made) == len(real)


@pytest.mark.parametrize(
    ("klass", "tables", "expected"),
    [
        ("", "", "https://data.ssb.no/api/klass/v1"),
        ("http://a:1/k/", "http://b:2/api/pxwebapi/v2", "http://a:1/k"),
        ("", "http://b:2/api/pxwebapi/v2", "http://b:2/api/klass/v1"),
        ("", "no address", "https://data.ssb.no/api/klass/v1"),
    ],
)
def test_the_address_follows_that_of_the_tables(
    monkeypatch: pytest.MonkeyPatch, klass: str, tables: str, expected: str
) -> None:
    monkeypatch.setenv("PROBA_KLASS_URL", klass)
    monkeypatch.setenv("PROBA_SSB_URL", tables)
    asked = []

    class Asked:
        def fetch(self, request, check):
            asked.append(request.url)
            raise SourceError("stop")

    with pytest.raises(SourceError, match="stop"):
        KlassClient(Asked()).codes(131, dt.date(2016, 1, 1))
    assert asked == [f"{expected}/classifications/131/codesAt"]
