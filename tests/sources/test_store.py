"""The snapshot store: what goes in comes out, and damage is told, never used."""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest

from proba import __version__
from proba.errors import StoreError
from proba.sources.request import Request
from proba.sources.store import CorruptSnapshotError, Store, file_key

TIME = datetime(2025, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
GET = Request("klass", "https://data.example/codes", (("from", "2020-01-01"),), licence="CC BY 4.0")
POST = Request.post("ssb", "https://data.example/table", {"kommune": ["0301", "å"], "tall": 1.50})


def answer(content=b'{"a": 1}', at=TIME, content_type="application/json"):
    return SimpleNamespace(
        url="https://data.example/x?y",
        status=200,
        content=content,
        content_type=content_type,
        fetched_at=at,
    )


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "lager", lock_timeout=5)


def object_file(store, snapshot):
    return store.folder / "objects" / snapshot.sha256[:2] / f"{snapshot.sha256}.bin"


def entry_files(store, key="*"):
    return sorted(store.folder.glob(f"entries/*/{key}/*.json"))


def set_aside(store):
    return sorted(store.folder.glob("quarantine/*"))


def check_texts(error):
    for text in (error.en, error.nb):
        assert len(text.splitlines()) == 1
        assert text.endswith(".")
    assert error.en != error.nb


# --- what goes in comes out ---


@pytest.mark.parametrize("request_", [GET, POST])
def test_put_find_read(store, request_):
    put = store.put(request_, answer(), label="Merket")
    assert put == store.find(request_.key)
    assert store.read(put) == b'{"a": 1}'
    assert put.key == request_.key
    assert put.query == request_.query
    assert put.method == request_.method
    assert put.fetched_at == TIME
    assert put.sha256 == hashlib.sha256(b'{"a": 1}').hexdigest()
    assert (put.size, put.label, put.licence) == (8, "Merket", request_.licence)
    assert put.proba_version == __version__
    assert store.verify() == ()


def test_entry_is_json_for_people(store):
    put = store.put(POST, answer())
    (file,) = entry_files(store)
    text = file.read_text(encoding="utf-8")
    assert '\n "source": "ssb",\n "method": "POST",\n' in text
    assert '"å"' in text
    assert json.loads(text)["fetched_at"] == "2025-03-01T12:00:00.000005Z"
    assert file.name == f"20250301T120000.000005Z-{put.sha256[:12]}.json"
    assert not set(file.name) & set('<>:"/\\|?*')


def test_nothing_is_created_by_looking(store):
    assert store.find(GET.key) is None
    assert store.snapshots() == ()
    assert store.verify() == ()
    assert not store.folder.exists()


def test_equal_bytes_are_kept_once_and_every_fetch_recorded(store):
    first = store.put(GET, answer())
    object_file(store, first).chmod(0o444)
    second = store.put(GET, answer(at=TIME + timedelta(microseconds=1)))
    store.put(POST, answer())
    assert len(list(store.folder.rglob("*.bin"))) == 1
    assert len(entry_files(store, GET.key)) == 2
    assert store.find(GET.key) == second != first
    assert store.verify() == ()


def test_the_same_put_twice_is_one_entry(store):
    assert store.put(GET, answer()) == store.put(GET, answer())
    assert len(entry_files(store)) == 1


def test_same_fetch_told_differently_is_refused(store):
    store.put(GET, answer(), label="A")
    with pytest.raises(StoreError, match="something else") as caught:
        store.put(GET, answer(), label="B")
    check_texts(caught.value)
    assert store.find(GET.key).label == "A"


def test_newest_wins_whatever_the_order_of_arrival(store):
    late = store.put(GET, answer(b"new", TIME + timedelta(seconds=1)))
    store.put(GET, answer(b"old", TIME))
    assert store.find(GET.key) == late
    assert [s.fetched_at for s in store.snapshots()] == [TIME, TIME + timedelta(seconds=1)]


def test_times_are_kept_in_utc(store):
    oslo = TIME.astimezone(timezone(timedelta(hours=2)))
    put = store.put(GET, answer(at=oslo))
    assert put.fetched_at == TIME
    assert put.fetched_at.utcoffset() == timedelta(0)
    with pytest.raises(StoreError, match="time zone"):
        store.put(GET, answer(at=TIME.replace(tzinfo=None)))


def test_empty_answer_is_an_answer(store):
    put = store.put(GET, answer(b""))
    assert store.read(put) == b""
    assert store.verify() == ()


def test_snapshots_are_sorted(store):
    store.put(POST, answer())
    store.put(GET, answer(at=TIME + timedelta(days=1)))
    store.put(GET, answer(at=TIME))
    listed = store.snapshots()
    assert [s.source for s in listed] == ["klass", "klass", "ssb"]
    assert listed[0].fetched_at < listed[1].fetched_at


def test_control_characters_of_a_server_are_not_stored(store):
    put = store.put(GET, answer(content_type="text/\x1b[31mhtml"))
    assert put.content_type == "text/ [31mhtml"


@pytest.mark.parametrize(
    "request_",
    [
        Request("ssb", "ftp://data.example/x"),
        Request("ssb", "https://data.example/\x1b[2J"),
        Request("", "https://data.example/x"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(store, request_):
    with pytest.raises(StoreError) as caught:
        store.put(request_, answer())
    check_texts(caught.value)
    assert not store.folder.exists()


@pytest.mark.parametrize("key", ["", "..", "../../x", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_a_key_is_a_hash(store, key):
    with pytest.raises(StoreError):
        store.find(key)
    with pytest.raises(StoreError):
        store.lock(key)


# --- local files ---


def test_local_file_is_found_by_source_alone(store):
    put = store.put_file("imdi", "Bosetting 2024.xlsx", b"PK", "NLOD", fetched_at=TIME)
    assert put.url == "file:Bosetting 2024.xlsx"
    assert put.method == "FILE"
    assert put.label is None
    assert store.find(file_key("imdi")) == put
    assert store.read(put) == b"PK"
    newer = store.put_file("imdi", "annen.xlsx", b"PK2", "NLOD", fetched_at=TIME + timedelta(1))
    assert store.find(file_key("imdi")) == newer
    assert store.find(file_key("nav")) is None
    assert store.verify() == ()


def test_local_file_with_a_label(store):
    put = store.put_file("imdi", "a.csv", b"x", "", fetched_at=TIME, label="Syntetiske prøvefiler")
    assert put.label == "Syntetiske prøvefiler"
    assert store.find(file_key("imdi")) == put


def test_whether_there_is_an_answer_is_told_without_reading_it(store):
    assert not store.has(GET.key)
    assert not store.folder.exists()
    store.put(GET, answer())
    assert store.has(GET.key)
    assert not store.has(POST.key)
    (entry,) = entry_files(store)
    entry.write_bytes(b"damaged")
    assert store.has(GET.key)
    with pytest.raises(StoreError):
        store.has("..")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "C:x", "a\nb", "x" * 256])
def test_local_file_has_a_bare_name(store, name):
    with pytest.raises(StoreError):
        store.put_file("imdi", name, b"x", "", fetched_at=TIME)


# --- where ---


def test_folder_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("PROBA_STORE", str(tmp_path / "her"))
    assert Store().folder == tmp_path / "her"
    monkeypatch.setenv("PROBA_STORE", " ")
    assert Store().folder.name == "snapshots"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PROBA_STORE", "~/lager")
    assert Store().folder == tmp_path / "lager"


def test_folder_that_is_a_file(tmp_path):
    file = tmp_path / "fil"
    file.write_bytes(b"")
    store = Store(file)
    with pytest.raises(StoreError) as caught:
        store.put(GET, answer())
    check_texts(caught.value)
    assert str(file) in caught.value.en


# --- the clock ---


def test_clock_set_back_is_told_and_not_silently_older(store):
    store.put(GET, answer(b"first", datetime(2031, 1, 1, tzinfo=UTC)))
    store.now = lambda: datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(StoreError, match="clock") as caught:
        store.put(GET, answer(b"second", datetime(2026, 1, 1, tzinfo=UTC)))
    check_texts(caught.value)
    assert "20310101T000000.000000Z" in caught.value.en
    (finding,) = store.verify()
    assert "later" in finding.problem_en
    assert finding.path == entry_files(store)[0]
    store.put(POST, answer())  # other answers are not held up
    store.now = lambda: datetime(2031, 1, 2, tzinfo=UTC)
    assert store.put(GET, answer(b"third", datetime(2031, 1, 2, tzinfo=UTC))) == store.find(GET.key)


# --- damage ---


def flip(content):
    return content[:3] + bytes([content[3] ^ 1]) + content[4:]


@pytest.mark.parametrize(
    "damage", [flip, lambda c: c[:-1], lambda c: b"", lambda c: c + b"x", lambda c: c[::-1]]
)
def test_damaged_object_is_set_aside_and_never_used(store, damage):
    put = store.put(GET, answer())
    file = object_file(store, put)
    file.write_bytes(damage(file.read_bytes()))
    (finding,) = store.verify()
    assert (finding.snapshot, finding.path) == (put, file)
    assert "damaged" in finding.problem_en
    assert "skadet" in finding.problem_nb
    assert file.exists()  # verify changes nothing
    for _ in range(2):  # the second time it is gone
        with pytest.raises(CorruptSnapshotError) as caught:
            store.read(put)
        check_texts(caught.value)
        assert str(file) in caught.value.en
    assert [p.read_bytes() for p in set_aside(store)] == [damage(b'{"a": 1}')]
    (finding,) = store.verify()
    assert "gone" in finding.problem_en
    again = store.put(GET, answer(at=TIME + timedelta(1)))
    assert store.read(again) == store.read(put) == b'{"a": 1}'
    assert store.verify() == ()


def test_put_mends_a_damaged_object(store):
    put = store.put(GET, answer())
    object_file(store, put).write_bytes(b"")
    store.put(POST, answer())
    assert store.read(put) == b'{"a": 1}'
    assert len(set_aside(store)) == 1


def change(**fields):
    def damage(text):
        return json.dumps(json.loads(text) | fields, indent=1).encode()

    return damage


ENTRY_DAMAGE = {
    "empty": lambda t: b"",
    "half": lambda t: t[: len(t) // 2],
    "not utf-8": lambda t: b"\xff\xfe" + t,
    "list": lambda t: b"[]",
    "deep": lambda t: b"[" * 200_000,
    "other hash": change(sha256="0" * 64),
    "other key": change(key="0" * 64),
    "other url": change(url="https://data.example/other"),
    "other query": change(query={"params": [["from", "2021-01-01"]]}),
    "odd query": change(query={"x": 1}),
    "other method": change(method="POST"),
    "other time": change(fetched_at="2026-03-01T12:00:00.000005Z"),
    "no such time": change(fetched_at="2025-13-01T12:00:00.000005Z"),
    "time without zone": change(fetched_at="2025-03-01T12:00:00.000005"),
    "size as text": change(size="8"),
    "size as truth": change(size=True),
    "negative size": change(size=-1),
    "absurd size": change(size=2**60),
    "label as number": change(label=1),
    "control characters": change(licence="\x1b[31m"),
    "half a character": change(licence="\ud800"),
    "source as null": change(source=None),
    "unknown field": change(extra=1),
    "newer format": change(format=2),
    "without format": lambda t: b"{}",
    "too large": lambda t: t + b" " * 2**23,
}


@pytest.mark.parametrize("damage", ENTRY_DAMAGE.values(), ids=ENTRY_DAMAGE)
def test_damaged_entry_is_told(store, damage):
    older = store.put(GET, answer(b"older", TIME - timedelta(1)))
    store.put(GET, answer())
    store.put(POST, answer())
    file = entry_files(store, GET.key)[-1]
    file.write_bytes(damage(file.read_bytes()))
    before = file.read_bytes()
    with pytest.raises(CorruptSnapshotError) as caught:
        store.find(GET.key)
    check_texts(caught.value)
    assert str(file) in caught.value.en
    assert [f.path for f in store.verify()] == [file]
    assert [s.source for s in store.snapshots()] == ["klass", "ssb"]
    assert store.read(older) == b"older"
    assert file.read_bytes() == before
    newer = store.put(GET, answer(at=TIME + timedelta(1)))
    assert store.find(GET.key) == newer


def test_wrong_size_in_an_entry_is_told_and_the_object_left(store):
    put = store.put(GET, answer())
    (file,) = entry_files(store)
    file.write_bytes(change(size=7)(file.read_bytes()))
    with pytest.raises(CorruptSnapshotError, match="wrong size"):
        store.read(store.find(GET.key))
    assert object_file(store, put).exists()
    assert ["wrong size" in f.problem_en for f in store.verify()] == [True]


def test_verify_lists_everything_and_changes_nothing(store):
    put = store.put(GET, answer())
    orphan = store.put(POST, answer(b"orphan"))
    entry_files(store, POST.key)[0].unlink()
    folder = object_file(store, put).parent
    (folder / ".0123456789abcdef.tmp").write_bytes(b"half")
    (folder / "notes.txt").write_bytes(b"")
    (store.folder / "entries" / "readme.json").write_bytes(b"{}")
    misplaced = store.folder / "entries" / "00" / ("0" * 64) / entry_files(store, GET.key)[0].name
    misplaced.parent.mkdir(parents=True)
    shutil.copy(entry_files(store, GET.key)[0], misplaced)
    before = sorted((p, p.stat().st_mtime_ns) for p in store.folder.rglob("*"))
    told = {f.path.name: f.problem_en for f in store.verify()}
    harmless = {f.path.name for f in store.verify() if f.harmless}
    assert harmless == {f"{orphan.sha256}.bin", ".0123456789abcdef.tmp"}
    assert "no entry uses" in told.pop(f"{orphan.sha256}.bin")
    assert "temporary" in told.pop(".0123456789abcdef.tmp")
    assert "belong" in told.pop("notes.txt")
    assert "belong" in told.pop("readme.json")
    assert "another key" in told.pop(misplaced.name)
    assert told == {}
    assert sorted((p, p.stat().st_mtime_ns) for p in store.folder.rglob("*")) == before


def test_foreign_files_do_not_disturb(store):
    put = store.put(GET, answer())
    folder = entry_files(store)[0].parent
    for name in (".DS_Store", "desktop.ini", ".0123456789abcdef.tmp", "99999999T.json", "zz.json"):
        (folder / name).write_bytes(b"\0")
    assert store.find(GET.key) == put
    assert store.snapshots() == (put,)


def test_quarantine_keeps_every_damaged_file(store):
    put = store.put(GET, answer())
    for damage in (b"1", b"2"):
        object_file(store, put).write_bytes(damage)
        with pytest.raises(CorruptSnapshotError):
            store.read(put)
        store.put(GET, answer())
    assert sorted(p.read_bytes() for p in set_aside(store)) == [b"1", b"2"]


# --- disk full, no access ---


def files_of(store):
    return sorted(p for p in store.folder.rglob("*") if p.is_file() and p.suffix != ".lock")


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
@pytest.mark.parametrize("nth", [1, 2])
def test_full_disk_leaves_no_trace(store, monkeypatch, call, nth):
    kept = store.put(POST, answer(b"kept"))
    before = files_of(store)
    real, calls = getattr(os, call), []

    def full(path, *args, **kwargs):
        # Only the store's temporary files count, not its locks.
        if isinstance(path, int) or str(path).endswith(".tmp"):
            calls.append(path)
            if len(calls) == nth:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, call, full)
    with pytest.raises(StoreError) as caught:
        store.put(GET, answer())
    check_texts(caught.value)
    assert "the disk is full" in caught.value.en
    assert (".bin" if nth == 1 else ".json") in caught.value.en
    assert len(calls) == nth
    assert files_of(store) == before
    assert store.find(GET.key) is None
    assert store.read(kept) == b"kept"
    put = store.put(GET, answer())  # there is room again
    assert store.read(put) == b'{"a": 1}'
    assert store.verify() == ()


def test_failed_put_leaves_an_object_others_use(store, monkeypatch):
    kept = store.put(POST, answer())
    monkeypatch.setattr(os, "fsync", lambda fd: (_ for _ in ()).throw(OSError(errno.ENOSPC, "x")))
    with pytest.raises(StoreError):
        store.put(GET, answer())
    assert store.read(kept) == b'{"a": 1}'


def test_really_full_disk(tmp_path):
    mount = tmp_path / "liten"
    mount.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(mount)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no small file system to be had here")
    try:
        store = Store(mount / "lager")
        kept = store.put(POST, answer(b"kept"))
        before = files_of(store)
        with pytest.raises(StoreError, match="the disk is full"):
            store.put(GET, answer(b"x" * 2**20))
        assert files_of(store) == before
        assert store.find(GET.key) is None
        assert store.read(kept) == b"kept"
        small = store.put(GET, answer(b"small"))
        assert store.read(small) == b"small"
        assert store.verify() == ()
    finally:
        subprocess.run(["umount", str(mount)], check=True)


@pytest.fixture
def without_rights():
    """A folder and a way to take away the right to write in it, also from root."""
    base = Path(tempfile.mkdtemp())
    base.chmod(0o755)
    root = hasattr(os, "geteuid") and os.geteuid() == 0

    def seal():
        for path in (base, *base.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        if root:
            os.seteuid(65534)

    yield base, seal
    if root:
        os.seteuid(0)
    for path in (base, *base.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(base)


@pytest.mark.skipif(os.name == "nt", reason="rights of folders are another matter on Windows")
def test_store_that_cannot_be_written_can_be_read(without_rights):
    base, seal = without_rights
    store = Store(base / "lager")
    put = store.put(GET, answer())
    bad = store.put(POST, answer(b"bad"))
    object_file(store, bad).write_bytes(b"worse")
    seal()
    assert store.read(store.find(GET.key)) == b'{"a": 1}'
    assert store.snapshots() == (put, bad)
    assert [f.path for f in store.verify()] == [object_file(store, bad)]
    with pytest.raises(CorruptSnapshotError):
        store.read(bad)
    assert object_file(store, bad).read_bytes() == b"worse"
    for write in (lambda: store.put(GET, answer(b"more")), lambda: store.lock(GET.key).__enter__()):
        with pytest.raises(StoreError, match="no access") as caught:
            write()
        check_texts(caught.value)


@pytest.mark.skipif(os.name == "nt", reason="rights of folders are another matter on Windows")
def test_folder_that_cannot_be_read(without_rights):
    base, seal = without_rights
    store = Store(base / "lager")
    put = store.put(GET, answer())
    seal_files = [*entry_files(store), object_file(store, put)]
    seal()
    euid = os.geteuid()
    if euid == 65534:
        os.seteuid(0)
    for path in seal_files:
        path.chmod(0)
    if euid == 65534:
        os.seteuid(euid)
    for read in (lambda: store.find(GET.key), lambda: store.read(put)):
        with pytest.raises(StoreError, match="no access") as caught:
            read()
        assert not isinstance(caught.value, CorruptSnapshotError)
    assert len(store.verify()) == 2


# --- locks ---


def test_lock_held_too_long_names_the_lock(tmp_path):
    store, other = Store(tmp_path, lock_timeout=5), Store(tmp_path, lock_timeout=0.05)
    errors = []

    def wait():
        try:
            with other.lock(GET.key):
                pass
        except StoreError as error:
            errors.append(error)

    with store.lock(GET.key):
        thread = Thread(target=wait)
        thread.start()
        thread.join()
        assert store.find(GET.key) is None  # reading waits for nobody
        with other.lock(POST.key):  # nor do other keys
            pass
    (error,) = errors
    check_texts(error)
    assert str(tmp_path / "locks" / f"{GET.key}.lock") in error.en
    with other.lock(GET.key):
        pass


def test_error_inside_a_lock_releases_it(store):
    with pytest.raises(ZeroDivisionError), store.lock(GET.key):
        raise ZeroDivisionError
    with store.lock(GET.key):
        pass


# --- many ---


def test_find_looks_only_in_its_own_folder(store, monkeypatch):
    put = store.put(GET, answer())
    store.put(POST, answer())
    entry_files(store, POST.key)[0].write_bytes(b"")
    seen = []
    real = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda self: seen.append(self) or real(self))
    assert store.find(GET.key) == put
    assert seen == [store.folder / "entries" / GET.key[:2] / GET.key]
