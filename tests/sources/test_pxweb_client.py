"""The client of PxWebApi v2 against a stand-in; all figures made up."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from fake_ssb import FakeDim, FakeSsb, FakeTable
from loopback_server import LoopbackServer, Received, Reply, Status, TruncatedJson

from proba.errors import SourceError
from proba.sources.fetching import Fetcher
from proba.sources.http import HttpClient, HttpSettings, StatusError
from proba.sources.pxweb import Limits, PxWebClient
from proba.sources.request import Request
from proba.sources.store import Snapshot, Store

BASE = "http://127.0.0.1/v2"


def table(**changes: Any) -> FakeTable:
    dims = [
        FakeDim(
            "Region",
            "region",
            ["0", "0301", "1103"],
            ["Hele landet", "Oslo", "Stavanger"],
            elimination=True,
            total="0",
        ),
        FakeDim("Kjonn", "kjønn", ["2", "1"], ["Kvinner", "Menn"], elimination=True),
        FakeDim("ContentsCode", "statistikkvariabel", ["Personer", "Netto"], contents=True),
        FakeDim("Tid", "år", ["2015", "2016", "2017"], time=True),
    ]
    values = np.arange(36.0)
    statuses = np.full(36, None, dtype=object)
    values[5], statuses[5] = np.nan, ":"
    return FakeTable("99001", dims, values, statuses, **changes)


class Direct:
    """In place of a Fetcher: asks the app itself and keeps what passed the check."""

    def __init__(self, app: Callable[[Received], Reply]) -> None:
        self.app = app
        self.kept: dict[str, tuple[Snapshot, bytes]] = {}
        self.asked: list[Request] = []
        self.paced: list[tuple[str, int, float]] = []

    def pace(self, url: str, calls: int, window: float) -> None:
        self.paced.append((url, calls, window))

    def fetch(
        self, request: Request, check: Callable[[bytes], None], *, anew: bool = False
    ) -> tuple[Snapshot, bytes]:
        if anew or request.key not in self.kept:
            self.asked.append(request)
            path = request.url.removeprefix("http://127.0.0.1")
            body = (request.body or "").encode()
            reply = self.app(Received(request.method, path, list(request.params), {}, body))
            if reply.status != 200:
                raise StatusError(f"HTTP {reply.status} {reply.body.decode()}", None, reply.status)
            check(reply.body)
            snapshot = Snapshot(
                key=request.key,
                source=request.source,
                url=request.url,
                query=request.query,
                fetched_at=datetime(2026, 1, 2, tzinfo=UTC),
                sha256=hashlib.sha256(reply.body).hexdigest(),
                size=len(reply.body),
                content_type="application/json",
                licence=request.licence,
                label=None,
            )
            self.kept[request.key] = snapshot, reply.body
        return self.kept[request.key]


def client(app: Callable[[Received], Reply], **options: Any) -> tuple[PxWebClient, Direct]:
    direct = Direct(app)
    return PxWebClient(direct, base_url=BASE, **options), direct  # type: ignore[arg-type]


def test_all_of_a_table() -> None:
    px, direct = client(FakeSsb(table()))
    dataset = px.data("99001")
    frame = dataset.frame
    assert len(frame) == 36
    expected = np.arange(36.0)
    expected[5] = np.nan
    np.testing.assert_array_equal(frame["value"], expected)
    assert frame["status"].astype(object)[5] == ":"
    assert frame["status"].notna().sum() == 1
    assert dataset.dims == ("Region", "Kjonn", "ContentsCode", "Tid")
    assert dataset.table == "99001"
    assert dataset.source == "Syntetiske testtall, ikke fra SSB"
    assert dataset.updated == "2026-01-02T07:00:00Z"
    assert dataset.notes == ("Syntetisk note: tallene er oppdiktet.",)
    assert [r.url.removeprefix(BASE) for r in direct.asked] == [
        "/tables/99001/metadata",
        "/config",
        "/tables/99001/data",
    ]
    assert {r.source for r in direct.asked} == {"ssb"}
    assert {r.licence for r in direct.asked} == {"CC BY 4.0"}


def test_the_query_is_written_out_and_does_not_depend_on_how_it_was_put() -> None:
    px, direct = client(FakeSsb(table()))
    px.data("99001", {"Tid": ["top(2)"], "Region": ["1103", "0301"], "Kjonn": ["*"]})
    px.data("99001", {"Region": ["0301", "11*"], "Tid": ["2017", "2016", "2016"]})
    sent = [r for r in direct.asked if r.url.endswith("/data")]
    assert len(sent) == 1
    assert sent[0].params == (("lang", "no"), ("outputFormat", "json-stat2"))
    assert json.loads(sent[0].body or "") == {
        "selection": [
            {"variableCode": "Region", "valueCodes": ["0301", "1103"]},
            {"variableCode": "Kjonn", "valueCodes": ["2", "1"]},
            {"variableCode": "ContentsCode", "valueCodes": ["Personer", "Netto"]},
            {"variableCode": "Tid", "valueCodes": ["2016", "2017"]},
        ]
    }


def test_an_answer_is_read_once_when_fetched_and_once_when_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from proba.sources import pxweb

    px, _ = client(FakeSsb(table()))
    reads = []
    original = pxweb.parse_cube
    monkeypatch.setattr(pxweb, "parse_cube", lambda c: reads.append(1) or original(c))
    first = px.data("99001")
    assert len(reads) == 1
    pd.testing.assert_frame_equal(px.data("99001").frame, first.frame)
    assert len(reads) == 2


@pytest.mark.parametrize("limit", [1, 2, 7, 12, 35])
@pytest.mark.parametrize("options", [{}, {"turned": True}, {"sparse": True}])
def test_many_queries_give_the_same_as_one(limit: int, options: dict[str, Any]) -> None:
    whole, _ = client(FakeSsb(table()))
    expected = whole.data("99001")
    app = FakeSsb(table(), max_cells=limit, **options)
    px, _ = client(app)
    steps: list[tuple[int, int]] = []
    got = px.data("99001", progress=lambda done, total: steps.append((done, total)))
    pd.testing.assert_frame_equal(got.frame, expected.frame)
    assert (got.label, got.updated, got.notes) == (expected.label, expected.updated, expected.notes)
    assert app.largest <= limit
    queries = app.answers["99001"]
    assert steps == [(i, queries) for i in range(1, queries + 1)]
    assert px.plan("99001").cells == 36
    assert len(px.plan("99001").selections) == queries


def test_contents_updated_at_different_times_are_no_change_under_way() -> None:
    times = {"Personer": "2026-01-02T07:00:00Z", "Netto": "2025-06-15T06:00:00Z"}
    px, _ = client(FakeSsb(table(updated_by_content=times), max_cells=4))
    assert len(px.data("99001").frame) == 36


def test_a_table_that_changes_under_way() -> None:
    updated = ["2026-01-02T07:00:00Z", "2026-01-03T07:00:00Z"]
    px, direct = client(FakeSsb(table(updated=updated), max_cells=12))
    assert px.data("99001").updated == updated[1]
    parts = len(px.plan("99001").selections)
    assert len(direct.asked) == 2 + 2 * parts, "all parts once more"
    ever = [f"2026-01-{day:02}T07:00:00Z" for day in range(1, 3 * parts)]
    px, _ = client(FakeSsb(table(updated=ever), max_cells=12))
    with pytest.raises(SourceError, match="99001 changed between two queries"):
        px.data("99001")


@pytest.mark.parametrize("status", [400, 403])
def test_a_service_that_allows_less_than_it_says_is_asked_in_halves(status: int) -> None:
    strict = FakeSsb(table(), max_cells=5, too_many_status=status)

    def app(received: Received) -> Reply:
        if received.path.endswith("/config"):
            return FakeSsb(table())(received)
        return strict(received)

    px, _ = client(app)
    expected, _ = client(FakeSsb(table()))
    pd.testing.assert_frame_equal(px.data("99001").frame, expected.data("99001").frame)
    assert strict.largest <= 5


def test_a_service_without_configuration_has_ssbs_own_limit() -> None:
    def app(received: Received) -> Reply:
        if received.path.endswith("/config"):
            return Reply(404)
        return FakeSsb(table())(received)

    px, _ = client(app)
    assert px.limits() == Limits(800_000, 0, 0)


def test_labels_an_answer_leaves_out_are_those_of_the_metadata() -> None:
    def bare(document: dict[str, Any], _: int) -> None:
        for dimension in document["dimension"].values():
            dimension["category"].pop("label")

    px, _ = client(FakeSsb(table(), alter=bare))
    expected, _ = client(FakeSsb(table()))
    pd.testing.assert_frame_equal(px.data("99001").frame, expected.data("99001").frame)


def test_codes_that_change_under_way_are_not_kept() -> None:
    px, direct = client(FakeSsb(table(renamed={"1103": "1199"}), max_cells=18))
    with pytest.raises(SourceError, match=r"Table 99001: .*lacking: 1103; not asked for: 1199"):
        px.data("99001")
    assert len(direct.kept) == 3  # config, metadata and the first part


def test_a_dimension_left_out_gives_the_total() -> None:
    px, _ = client(FakeSsb(table()))
    dataset = px.data("99001", {"Region": [], "Kjonn": [], "ContentsCode": ["Personer"]})
    assert dataset.dims == ("ContentsCode", "Tid")
    assert dataset.frame["value"].tolist() == [6.0, 8.0, 10.0]


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ({"Region": ["0302"]}, ["99001", "Region", "0302", "0301"]),
        ({"Regionn": ["0301"]}, ["99001", "Regionn", "Region"]),
    ],
)
def test_what_the_table_does_not_have(select: dict[str, list[str]], words: list[str]) -> None:
    px, direct = client(FakeSsb(table()))
    with pytest.raises(SourceError) as caught:
        px.data("99001", select)
    for word in words:
        assert word in str(caught.value)
    assert not any(r.url.endswith("/data") for r in direct.asked)


def test_an_unknown_table_is_named() -> None:
    px, _ = client(FakeSsb(table()))
    with pytest.raises(StatusError, match="Table 99999, metadata: HTTP 404") as caught:
        px.data("99999")
    assert caught.value.status == 404
    assert caught.value.nb.startswith("Tabell 99999")


@pytest.mark.parametrize("name", ["", "../config", "07459/data", "a?b=c", "0745 9", "ø" * 5, 7459])
def test_a_table_number_is_a_plain_word(name: Any) -> None:
    px, direct = client(FakeSsb(table()))
    with pytest.raises(SourceError, match="not a table number"):
        px.metadata(name)
    assert not direct.asked


def test_too_much_is_refused_with_its_size() -> None:
    px, direct = client(FakeSsb(table(), max_cells=10))
    with pytest.raises(SourceError) as caught:
        px.data("99001", max_total=20)
    for word in ("99001", "36 cells", "Region 3 × Kjonn 2", "at least 4 queries", "narrow"):
        assert word in str(caught.value)
    assert not any(r.url.endswith("/data") for r in direct.asked)
    assert px.plan("99001", {"Tid": ["2015"]}, max_total=20).cells == 12


def test_a_whole_large_table_is_refused_without_being_asked_for() -> None:
    dims = [
        FakeDim("Region", "region", [f"{i:04}" for i in range(1000)]),
        FakeDim("Alder", "alder", [f"{i:03}" for i in range(106)]),
        FakeDim("Tid", "år", [str(y) for y in range(1960, 2026)], time=True),
    ]
    px, _ = client(FakeSsb(FakeTable("99002", dims, None)))
    with pytest.raises(SourceError, match=r"6996000 cells .*at least 9 queries.*5000000"):
        px.plan("99002")
    assert px.plan("99002", {"Tid": ["top(7)"]}).cells == 742_000
    plan = px.plan("99002", {"Tid": ["top(20)"]})
    assert len(plan.selections) == 3


def test_limits() -> None:
    px, fetcher = client(FakeSsb(table(), max_cells=123, calls=30, window=10))
    assert px.limits() == px.limits() == Limits(123, 30, 10)
    assert [wait[1:] for wait in fetcher.paced] == [(30, 10)]
    px, fetcher = client(FakeSsb(table()))
    assert px.limits() == Limits(800_000, 0, 0)
    assert fetcher.paced == []


@pytest.mark.parametrize(
    "config", [{}, [], {"maxDataCells": 0}, {"maxDataCells": "800000"}, {"maxDataCells": True}]
)
def test_a_configuration_without_limit(config: Any) -> None:
    px, _ = client(lambda received: Reply.json(config))
    with pytest.raises(SourceError, match="maxDataCells"):
        px.limits()


def test_metadata() -> None:
    px, _ = client(FakeSsb(table()), lang="en")
    meta = px.metadata("99001")
    assert meta.table == "99001"
    assert meta.source == "Synthetic test data, not from SSB"
    assert meta.label.startswith("99001: Syntetisk testtabell")
    assert [d.code for d in meta.dimensions] == ["Region", "Kjonn", "ContentsCode", "Tid"]
    assert meta.dimension("Kjonn").codes == ("2", "1")
    assert meta.dimension("Kjonn").labels == ("Kvinner", "Menn")
    assert [d.elimination for d in meta.dimensions] == [True, True, False, False]
    assert meta.dimension("Tid").is_time
    assert meta.dimension("ContentsCode").is_contents
    with pytest.raises(SourceError, match=r"Alder.*Region, Kjonn, ContentsCode, Tid"):
        meta.dimension("Alder")


def test_an_answer_that_is_no_dataset_is_not_kept() -> None:
    def app(received: Received) -> Reply:
        return Reply(200, {}, b"<html>Vedlikehold</html>")

    px, direct = client(app)
    with pytest.raises(SourceError, match="Table 99001, metadata: The answer is not JSON"):
        px.metadata("99001")
    assert not direct.kept


def test_the_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    direct = Direct(FakeSsb(table()))
    monkeypatch.setenv("PROBA_SSB_URL", "http://127.0.0.1/annet/v2/")
    PxWebClient(direct).metadata("99001")  # type: ignore[arg-type]
    assert direct.asked[0].url == "http://127.0.0.1/annet/v2/tables/99001/metadata"
    monkeypatch.setenv("PROBA_SSB_URL", "  ")
    assert PxWebClient(direct)._base == "https://data.ssb.no/api/pxwebapi/v2"  # type: ignore[arg-type]


def test_over_a_real_connection_with_faults_and_then_from_the_store(tmp_path: Path) -> None:
    app = FakeSsb(table(), max_cells=12)
    faults = [Status("/data", code=503, times=1), TruncatedJson("/data", times=1)]
    settings = HttpSettings(connect=2, silence=2, total=5)
    with LoopbackServer(app, faults=faults) as server:
        with HttpClient(settings, sleep=lambda seconds: None) as http:
            fetcher = Fetcher(Store(tmp_path), http)
            first = PxWebClient(fetcher, base_url=server.url).data("99001")
            with pytest.raises(SourceError, match=r"Table 99999.*Non-existent table"):
                PxWebClient(fetcher, base_url=server.url).data("99999")
        address = server.url
    offline = Fetcher(Store(tmp_path), None)
    again = PxWebClient(offline, base_url=address).data("99001")
    pd.testing.assert_frame_equal(again.frame, first.frame)
    assert again.notes == first.notes
    assert len(offline.used) == 5  # metadata, config and three parts
    assert again.snapshots == tuple(s.sha256 for s in offline.used if s.url.endswith("/data"))
    assert len(set(again.snapshots)) == 3
    with pytest.raises(SourceError, match=r"Table 99001: .*offline"):
        PxWebClient(offline, base_url=address).data("99001", {"Tid": ["2015"]})


def ask(app: FakeSsb, path: str, *query: tuple[str, str], body: Any = None) -> tuple[int, Any]:
    sent = b"" if body is None else json.dumps(body).encode()
    reply = app(Received("GET" if body is None else "POST", path, list(query), {}, sent))
    return reply.status, json.loads(reply.body)


FULL = {"Region": ["*"], "Kjonn": ["*"], "ContentsCode": ["*"], "Tid": ["*"]}


@pytest.mark.parametrize(
    ("changes", "status", "title"),
    [
        ({"Alder": ["1"]}, 400, "Non-existent variable"),
        ({"Region": ["0302"]}, 400, "Non-existent value"),
        ({"Tid": ["from(2030)"]}, 400, "Non-existent value"),
        ({"Tid": ["top(x)"]}, 400, "Illegal selection expression"),
        ({"Tid": []}, 400, "Missing selection for mandantory variable"),
        ({}, 403, "Too many cells selected"),
    ],
)
def test_the_stand_in_refuses_as_the_service_does(
    changes: dict[str, list[str]], status: int, title: str
) -> None:
    app = FakeSsb(table(), max_cells=35, too_many_status=403)
    selection = [{"variableCode": d, "valueCodes": c} for d, c in {**FULL, **changes}.items()]
    got = ask(app, "/tables/99001/data", body={"selection": selection})
    assert got[0] == got[1]["status"] == status
    assert (got[1]["type"], got[1]["title"]) == ("Parameter error", title)


def test_the_stand_in_answers_get_as_the_service_does() -> None:
    app = FakeSsb(table())
    path = "/api/pxwebapi/v2/tables/99001"
    status, about = ask(app, path)
    assert (status, about["id"], about["firstPeriod"], about["lastPeriod"]) == (
        200,
        "99001",
        "2015",
        "2017",
    )
    status, metadata = ask(app, f"{path}/metadata", ("lang", "en"))
    assert (status, metadata["value"], metadata["size"]) == (200, [], [3, 2, 2, 3])
    assert list(metadata["dimension"]["Kjonn"]["category"]["index"].items()) == [("1", 1), ("2", 0)]
    status, chosen = ask(
        app,
        f"{path}/data",
        ("valueCodes[Region]", "0301,11*"),
        ("valuecodes[ContentsCode]", "personer"),
        ("valueCodes[Tid]", "2015,[range(2016,2017)]"),
    )
    assert (status, chosen["id"], chosen["size"]) == (
        200,
        ["Region", "ContentsCode", "Tid"],
        [2, 1, 3],
    )
    status, default = ask(app, f"{path}/data")
    assert (status, default["size"]) == (200, [3, 2, 1, 1])
    assert ask(app, f"{path}/data", ("outputFormat", "px"))[1]["title"] == (
        "Unsupported output format"
    )
    assert ask(app, "/tables/1/metadata")[1]["title"] == "Non-existent table"


def test_another_client_gets_the_same_from_the_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    pxweb = pytest.importorskip("pxweb")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    mine = client(FakeSsb(table()))[0].data("99001").frame
    app = FakeSsb(table(), max_cells=20)
    with LoopbackServer(app) as server:
        api = pxweb.PxApi(server.url, language="no")
        rows = pd.DataFrame(api.get_table_data("99001", value_codes=FULL))
        api._client.session.close()
    labels = [c for c in mine.columns if c.endswith("_label")]
    theirs = rows.set_axis([*labels, "value"], axis=1)
    expected = mine[[*labels, "value"]].astype(dict.fromkeys(labels, object))
    merged = expected.merge(theirs, on=labels, validate="one_to_one", suffixes=("", "_theirs"))
    assert len(merged) == 36
    np.testing.assert_array_equal(merged["value"], merged["value_theirs"].astype(float))


@pytest.mark.filterwarnings("ignore:Shouldn't use this function:DeprecationWarning")
def test_another_reader_gets_the_same_from_an_answer() -> None:
    pyjstat = pytest.importorskip("pyjstat.pyjstat")
    mine = client(FakeSsb(table()))[0].data("99001").frame
    labels = [c for c in mine.columns if c.endswith("_label")]
    app = FakeSsb(table())
    selection = [{"variableCode": d, "valueCodes": c} for d, c in FULL.items()]
    body = json.dumps({"selection": selection}).encode()
    reply = app(Received("POST", "/tables/99001/data", [], {}, body))
    frame = pyjstat.Dataset.read(reply.body.decode()).write("dataframe")
    np.testing.assert_array_equal(frame["value"].astype(float), mine["value"])
    for name, column in zip(labels, frame.columns, strict=False):
        assert frame[column].tolist() == mine[name].tolist()
