"""Store first, source second; damage mended with network and told without."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from loopback_server import LoopbackServer, Reply, Status

from proba.errors import SourceError, StoreError
from proba.sources.fetching import FetchCounts, Fetcher
from proba.sources.http import HttpClient, HttpSettings
from proba.sources.request import Request
from proba.sources.store import CorruptSnapshotError, Store, file_key

TIME = datetime(2025, 3, 1, 12, tzinfo=UTC)
ONE = Request("ssb", "https://data.example/one")
TWO = Request.post("ssb", "https://data.example/two", {"å": 1})


class Client:
    """Answers with a running number; counts what it is asked."""

    def __init__(self):
        self.asked = []

    def send(self, request, check):
        self.asked.append(request)
        content = f"answer {len(self.asked)}".encode()
        check(content)
        at = TIME + timedelta(hours=len(self.asked))
        return SimpleNamespace(
            url=request.url, status=200, content=content, content_type="text/plain", fetched_at=at
        )


def anything(content):
    assert isinstance(content, bytes)


def refuse(content):
    raise SourceError("not an answer.", "ikke et svar.")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "lager", lock_timeout=5)


@pytest.fixture
def client():
    return Client()


def test_fetched_once_then_from_the_store(store, client):
    fetcher = Fetcher(store, client)
    first = fetcher.fetch(ONE, anything)
    assert first[1] == b"answer 1"
    assert fetcher.fetch(ONE, anything) == first
    assert fetcher.fetch(TWO, anything)[1] == b"answer 2"
    assert client.asked == [ONE, TWO]
    assert fetcher.counts == FetchCounts(from_store=1, fetched=2)
    assert [s.url for s in fetcher.used] == [ONE.url, TWO.url]
    offline = Fetcher(store, None)
    assert offline.fetch(ONE, refuse) == first
    assert offline.counts == FetchCounts(from_store=1, fetched=0)
    assert offline.used == (first[0],)


def test_refresh_asks_again_once(store, client):
    old = Fetcher(store, client).fetch(ONE, anything)
    fetcher = Fetcher(store, client, refresh=True)
    new = fetcher.fetch(ONE, anything)
    assert (old[1], new[1]) == (b"answer 1", b"answer 2")
    assert fetcher.fetch(ONE, anything) == new
    assert fetcher.counts == FetchCounts(from_store=1, fetched=1)
    assert fetcher.used == (new[0],)
    assert store.read(old[0]) == b"answer 1"
    assert Fetcher(store, None).fetch(ONE, anything) == new


def test_refresh_without_network_is_refused(store, client):
    Fetcher(store, client).fetch(ONE, anything)
    with pytest.raises(SourceError, match="without network"):
        Fetcher(store, None, refresh=True).fetch(ONE, anything)


def test_not_stored_and_offline(store):
    with pytest.raises(SourceError) as caught:
        Fetcher(store, None).fetch(TWO, anything)
    for text in (caught.value.en, caught.value.nb):
        assert "ssb" in text
        assert '{"body":{"å":1}}' in text
        assert TWO.url in text
        assert len(text.splitlines()) == 1
    assert "archive" in caught.value.en
    assert "arkiv" in caught.value.nb
    assert not store.folder.exists()


def test_long_queries_are_shortened(store):
    request = Request.post("ssb", "https://data.example/x", {"koder": ["0301"] * 1000})
    with pytest.raises(SourceError) as caught:
        Fetcher(store, None).fetch(request, anything)
    assert len(caught.value.en) < 600


def test_what_is_no_answer_is_not_stored(store, client):
    fetcher = Fetcher(store, client)
    with pytest.raises(SourceError, match="not an answer"):
        fetcher.fetch(ONE, refuse)
    assert store.snapshots() == ()
    assert (fetcher.used, fetcher.counts) == ((), FetchCounts(0, 0))
    assert fetcher.fetch(ONE, anything)[1] == b"answer 2"


def test_failed_refresh_is_tried_again(store, client):
    Fetcher(store, client).fetch(ONE, anything)
    fetcher = Fetcher(store, client, refresh=True)
    with pytest.raises(SourceError):
        fetcher.fetch(ONE, refuse)
    assert fetcher.fetch(ONE, anything)[1] == b"answer 3"


def damage_object(store):
    (file,) = store.folder.rglob("*.bin")
    file.write_bytes(b"answer 9")


def remove_object(store):
    (file,) = store.folder.rglob("*.bin")
    file.unlink()


def break_entry(store):
    (file,) = store.folder.glob("entries/*/*/*.json")
    file.write_bytes(file.read_bytes()[:-20])


def point_elsewhere(store):
    (file,) = store.folder.glob("entries/*/*/*.json")
    file.write_bytes(json.dumps(json.loads(file.read_bytes()) | {"sha256": "0" * 64}).encode())


@pytest.mark.parametrize("damage", [damage_object, remove_object, break_entry, point_elsewhere])
def test_damaged_is_fetched_again_and_told_offline(store, client, damage):
    Fetcher(store, client).fetch(ONE, anything)
    damage(store)
    with pytest.raises(CorruptSnapshotError):
        Fetcher(store, None).fetch(ONE, anything)
    fetcher = Fetcher(store, client)
    snapshot, content = fetcher.fetch(ONE, anything)
    assert content == b"answer 2"
    assert fetcher.counts == FetchCounts(0, 1)
    assert store.find(ONE.key) == snapshot
    assert Fetcher(store, None).fetch(ONE, anything) == (snapshot, content)
    assert len(list(store.folder.glob("quarantine/*"))) == (damage is damage_object)


def test_looks_again_when_it_has_the_lock(store, client):
    """Another process stored the answer between the first look and the lock."""
    other, real = Fetcher(store, Client()), store.lock

    def lock(key):
        store.lock = real
        other.fetch(ONE, anything)
        return real(key)

    store.lock = lock
    fetcher = Fetcher(store, client)
    assert fetcher.fetch(ONE, anything)[1] == b"answer 1"
    assert client.asked == []
    assert fetcher.counts == FetchCounts(1, 0)


def test_lock_is_held_while_fetching(tmp_path, store, client):
    impatient = Store(store.folder, lock_timeout=0)
    held = []

    def check(content):
        def attempt():
            with impatient.lock(ONE.key):
                return "free"

        with ThreadPoolExecutor(1) as pool:
            held.append(pool.submit(attempt).exception())

    Fetcher(store, client).fetch(ONE, check)
    assert isinstance(held[0], StoreError)
    with impatient.lock(ONE.key):
        pass


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("http://127.0.0.1:8765/api", "127.0.0.1:8765"),
        ("http://localhost/api", "localhost"),
        ("https://LOCALHOST.:81/api", "LOCALHOST.:81"),
        ("http://ssb.localhost:8000/", "ssb.localhost:8000"),
        ("http://[::1]:8000/", "[::1]:8000"),
        ("http://[::ffff:127.0.0.1]/", "[::ffff:127.0.0.1]"),
        ("http://127.1/", "127.1"),
        ("http://2130706433/", "2130706433"),
        ("http://0.0.0.0:80/", "0.0.0.0:80"),
    ],
)
def test_local_servers_are_labelled(store, client, url, where):
    snapshot, _ = Fetcher(store, client).fetch(Request("ssb", url), anything)
    assert snapshot.label == f"Hentet fra lokal tjener ({where}), ikke fra kilden selv"
    assert Fetcher(store, None).fetch(Request("ssb", url), anything)[0].label == snapshot.label


@pytest.mark.parametrize(
    "url",
    [
        "https://data.ssb.no/x",
        "https://localhost.example/",
        "http://10.0.0.1/",
        "http://[2001:db8::1]/",
    ],
)
def test_others_are_not(store, client, url):
    assert Fetcher(store, client).fetch(Request("ssb", url), anything)[0].label is None


def test_with_a_real_client(store):
    """Over a socket: a fault is got over, the answer kept as it came, and labelled."""
    server = LoopbackServer(
        lambda received: Reply.json({"spurt": received.path}),
        faults=[Status("/data", code=503, times=1)],
    )
    with server, HttpClient(HttpSettings(), sleep=lambda seconds: None) as client:
        request = Request.post("ssb", f"{server.url}/data", {"å": 1}, params=[("lang", "no")])
        snapshot, content = Fetcher(store, client).fetch(request, lambda content: None)
        again = Fetcher(store, client).fetch(request, lambda content: None)
        assert len(server.received) == 2
    assert json.loads(content)["spurt"].startswith("/data")
    assert again == (snapshot, content) == Fetcher(store, None).fetch(request, refuse)
    where = server.url.removeprefix("http://")
    assert snapshot.label == f"Hentet fra lokal tjener ({where}), ikke fra kilden selv"
    assert snapshot.content_type.startswith("application/json")
    assert store.verify() == ()


# --- files of the user's ---


def take(fetcher, content=b"tall", name="ufore.csv", label=None):
    return fetcher.take_content("nav", name, content, licence="NLOD", label=label)


def test_content_from_elsewhere_is_kept_as_a_file(store):
    fetcher = Fetcher(store, None)
    snapshot = take(fetcher, label="Fra lokal tjener")
    assert snapshot == store.find(file_key("nav"))
    assert (snapshot.url, snapshot.licence) == ("file:ufore.csv", "NLOD")
    assert snapshot.label == "Fra lokal tjener"
    assert fetcher.used == (snapshot,)
    assert fetcher.counts == FetchCounts(0, 0)
    assert Fetcher(store, None).kept_file("nav") == (snapshot, b"tall")


def test_a_file_that_was_never_handed_in(store):
    with pytest.raises(SourceError, match="nav: no file given") as caught:
        Fetcher(store, None).kept_file("nav")
    assert "ingen fil oppgitt" in caught.value.text("nb")


def test_the_same_content_again_is_no_new_version(store):
    first = take(Fetcher(store, None), label="Fra lokal tjener")
    fetcher = Fetcher(store, None)
    assert take(fetcher, label="Fra lokal tjener") == first
    assert take(fetcher) == first  # and its label is kept
    assert fetcher.used == (first,)
    assert fetcher.counts == FetchCounts(0, 0)
    assert len(store.snapshots()) == 1
    assert take(fetcher, b"andre tall") != first
    assert len(store.snapshots()) == 2


def test_content_that_gets_a_label_is_a_new_version(store):
    assert take(Fetcher(store, None)).label is None
    assert take(Fetcher(store, None), label="Fra lokal tjener").label == "Fra lokal tjener"
    assert store.find(file_key("nav")).label == "Fra lokal tjener"


@pytest.mark.parametrize("damage", [damage_object, remove_object, break_entry, point_elsewhere])
def test_content_stands_in_for_a_damaged_file(store, damage):
    store.put_file("nav", "gammel.csv", b"tall", "", fetched_at=TIME)
    damage(store)
    snapshot = take(Fetcher(store, None))
    assert Fetcher(store, None).kept_file("nav") == (snapshot, b"tall")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a:b/c\\d.csv", "a_b_c_d.csv"),
        ("a\nb.csv", "a b.csv"),
        ("..", "_"),
        ("", "_"),
        ("x" * 300 + ".xlsx", "x" * 250 + ".xlsx"),
    ],
)
def test_an_address_may_end_in_what_is_no_file_name(store, name, kept):
    assert take(Fetcher(store, None), name=name).url == f"file:{kept}"
