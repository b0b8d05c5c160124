"""Export and import: the same bytes every time, and nothing taken in that is not checked."""

import errno
import hashlib
import io
import json
import os
import stat
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from proba.errors import StoreError
from proba.sources import store_archive_check
from proba.sources.request import Request
from proba.sources.store import CorruptSnapshotError, Store, file_key
from proba.sources.store_archive import ImportResult, export_store, import_store

TIME = datetime(2025, 3, 1, 12, tzinfo=UTC)
ONE = Request("ssb", "https://data.example/one", licence="NLOD")
TWO = Request.post("ssb", "https://data.example/two", {"å": [1, 2.50]})


def answer(content, at=TIME):
    return SimpleNamespace(
        url="x", status=200, content=content, content_type="text/plain", fetched_at=at
    )


def fill(store, order=1):
    puts = [
        lambda: store.put(ONE, answer(b"one")),
        lambda: store.put(ONE, answer(b"one", TIME + timedelta(1))),
        lambda: store.put(ONE, answer(b"changed", TIME + timedelta(2))),
        lambda: store.put(TWO, answer(b"two" * 1000), label="Merket: å"),
        lambda: store.put_file("imdi", "fil.xlsx", b"PK", "NLOD", fetched_at=TIME),
    ]
    for put in puts[::order]:
        put()
    return store


@pytest.fixture
def store(tmp_path):
    return fill(Store(tmp_path / "lager", lock_timeout=5))


@pytest.fixture
def empty(tmp_path):
    return Store(tmp_path / "nytt", lock_timeout=5)


@pytest.fixture
def archive(store, tmp_path):
    file = tmp_path / "svar.zip"
    assert export_store(store, file) == 5
    return file


def files_of(store):
    return sorted(
        (p.relative_to(store.folder).as_posix(), p.read_bytes())
        for p in store.folder.rglob("*")
        if p.is_file() and p.suffix != ".lock"
    )


def test_round_trip(store, empty, archive):
    assert import_store(empty, archive) == ImportResult(added=5, already_there=0)
    assert files_of(empty) == files_of(store)
    assert empty.snapshots() == store.snapshots()
    assert empty.verify() == ()
    assert empty.read(empty.find(file_key("imdi"))) == b"PK"
    assert empty.find(TWO.key).label == "Merket: å"
    assert import_store(empty, archive) == ImportResult(added=0, already_there=5)
    assert files_of(empty) == files_of(store)


def test_same_content_same_bytes(store, tmp_path, archive):
    other = fill(Store(tmp_path / "annet"), order=-1)
    export_store(other, tmp_path / "annen.zip")
    assert (tmp_path / "annen.zip").read_bytes() == archive.read_bytes()
    import_store(fresh := Store(tmp_path / "tredje"), archive)
    export_store(fresh, archive)  # over an existing file
    assert (tmp_path / "annen.zip").read_bytes() == archive.read_bytes()
    assert sorted(p.name for p in tmp_path.glob(".*")) == []


def test_archive_says_what_it_is(archive):
    with zipfile.ZipFile(archive) as file:
        names = file.namelist()
        assert names[0] == "manifest.json"
        assert names[1:] == sorted(names[1:])
        manifest = json.loads(file.read("manifest.json"))
        assert file.testzip() is None
    assert manifest == {"kind": "proba-snapshots", "version": 1, "entries": 5, "objects": 4}


def test_chosen_answers_only(store, empty, tmp_path):
    file = tmp_path / "en.zip"
    newest = store.find(ONE.key)
    older = hashlib.sha256(b"one").hexdigest()
    assert export_store(store, file, only=[(ONE.key, newest.sha256)]) == 1
    assert export_store(store, file, only=[(ONE.key, older)]) == 2  # the same bytes, had twice
    assert import_store(empty, file) == ImportResult(2, 0)
    assert {s.key for s in empty.snapshots()} == {ONE.key}
    assert empty.read(empty.find(ONE.key)) == b"one"  # not what the store has had since
    assert export_store(store, file, only=[]) == 0
    assert import_store(empty, file) == ImportResult(0, 0)


@pytest.mark.parametrize(
    ("key", "sha256"),
    [
        (ONE.key, "0" * 64),
        ("0" * 64, "0" * 64),
        (TWO.key, hashlib.sha256(b"one").hexdigest()),  # of another answer
        (ONE.key, hashlib.sha256(b"one").hexdigest()[:12] + "0" * 52),
        (ONE.key, ""),
    ],
)
def test_a_version_that_is_not_there(store, tmp_path, key, sha256):
    had = (ONE.key, hashlib.sha256(b"one").hexdigest())
    with pytest.raises(StoreError) as caught:
        export_store(store, tmp_path / "en.zip", only=[had, (key, sha256)])
    assert (
        f"1 of the 2 answers asked for are not in the store, the first with SHA-256 {sha256}."
        in (caught.value.en)
    )
    assert (
        f"1 av de 2 svarene det er spurt etter er ikke i lageret, det første med SHA-256 {sha256}."
        in (caught.value.nb)
    )
    assert not (tmp_path / "en.zip").exists()


def test_damage_to_other_answers_does_not_matter(store, tmp_path):
    for entry in store.folder.glob(f"entries/*/{TWO.key}/*.json"):
        entry.write_bytes(b"{}")
    newest = store.find(ONE.key)
    assert export_store(store, tmp_path / "en.zip", only=[(ONE.key, newest.sha256)]) == 1


@pytest.mark.skipif(os.name == "nt", reason="symbolic links")
def test_export_keeps_a_link(store, tmp_path, archive):
    real, link = tmp_path / "delt.zip", tmp_path / "lenke.zip"
    link.symlink_to(real)
    for _ in range(2):  # a file that is not there yet, then one that is
        assert export_store(store, link) == 5
        assert link.is_symlink()
        assert real.read_bytes() == archive.read_bytes()


def test_everything_in_the_archive_of_the_notebook_is_labelled(empty):
    import_store(empty, Path(__file__).parents[2] / "notebooks" / "provetjener.zip")
    labels = {s.label for s in empty.snapshots()}
    assert labels == {
        "Syntetiske prøvefiler",
        "Hentet fra lokal tjener (127.0.0.1:8765), ikke fra kilden selv",
    }


def test_empty_store(empty, tmp_path):
    assert export_store(empty, tmp_path / "tom.zip") == 0
    assert import_store(empty, tmp_path / "tom.zip") == ImportResult(0, 0)


def test_damaged_store_is_not_exported(store, tmp_path, archive):
    before = archive.read_bytes()
    snapshot = store.find(TWO.key)
    (store.folder / "objects" / snapshot.sha256[:2] / f"{snapshot.sha256}.bin").write_bytes(b"x")
    with pytest.raises(CorruptSnapshotError):
        export_store(store, archive)
    (entry, *_) = store.folder.glob("entries/*/*/*.json")
    entry.write_bytes(b"{}")
    with pytest.raises(CorruptSnapshotError):
        export_store(store, archive)
    assert archive.read_bytes() == before
    assert list(tmp_path.glob(".*.tmp")) == []


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_export_to_a_full_disk(store, archive, monkeypatch, tmp_path, call):
    before = archive.read_bytes()

    def full(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(StoreError, match="the disk is full") as caught:
        export_store(store, archive)
    assert str(archive) in caught.value.en
    assert archive.read_bytes() == before
    assert list(tmp_path.glob(".*.tmp")) == []


def test_export_to_no_folder(store, tmp_path):
    for target in (tmp_path / "finnes ikke" / "a.zip", tmp_path):
        with pytest.raises(StoreError, match="cannot be written"):
            export_store(store, target)


def test_import_merges_and_mends(store, empty, archive):
    newer = empty.put(ONE, answer(b"newest", TIME + timedelta(9)))
    had = empty.put(TWO, answer(b"two" * 1000), label="Merket: å")
    (entry,) = empty.folder.glob(f"entries/*/{TWO.key}/*.json")
    entry.write_bytes(b"damaged")
    (empty.folder / f"objects/{had.sha256[:2]}/{had.sha256}.bin").write_bytes(b"damaged")
    assert import_store(empty, archive) == ImportResult(5, 0)
    assert empty.find(ONE.key) == newer
    assert empty.read(empty.find(TWO.key)) == b"two" * 1000
    assert empty.verify() == ()


def test_import_that_contradicts_the_store(store, empty, archive):
    empty.put(TWO, answer(b"two" * 1000), label="Another")
    before = files_of(empty)
    with pytest.raises(StoreError, match="something else"):
        import_store(empty, archive)
    assert files_of(empty) == before


@pytest.mark.parametrize("nth", range(1, 10))
def test_import_to_a_full_disk_leaves_no_trace(store, empty, archive, monkeypatch, nth):
    empty.put(ONE, answer(b"one"))
    before = files_of(empty)
    real, calls = os.fsync, []

    def full(handle):
        calls.append(handle)
        if len(calls) == nth:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    if nth > 7:  # 4 of 5 entries and 3 of 4 objects are new
        assert import_store(empty, archive) == ImportResult(4, 1)
        return
    with pytest.raises(StoreError, match="the disk is full"):
        import_store(empty, archive)
    assert files_of(empty) == before
    assert import_store(empty, archive) == ImportResult(4, 1)


# --- archives that must not be taken in ---


def members(archive):
    with zipfile.ZipFile(archive) as file:
        return {info.filename: file.read(info) for info in file.infolist()}


def place_of(content):
    sha256 = hashlib.sha256(content).hexdigest()
    return f"objects/{sha256[:2]}/{sha256}.bin"


def write(archive, content, change=lambda info: None):
    with zipfile.ZipFile(archive, "w") as file:
        for name, data in content if isinstance(content, list) else content.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            change(info)
            file.writestr(info, data)


def refused(store, archive, match=None):
    with pytest.raises(StoreError, match=match) as caught:
        import_store(store, archive)
    for text in (caught.value.en, caught.value.nb):
        assert len(text.splitlines()) == 1
        assert text.endswith(".")
        assert archive.name in text
        assert text.isprintable()
    assert not store.folder.exists()


def test_rewritten_by_another_zip_program_is_fine(empty, archive):
    content = members(archive)
    write(archive, dict(reversed(content.items())))
    assert import_store(empty, archive) == ImportResult(5, 0)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.bin",
        "/etc/evil",
        "objects/../../evil.bin",
        "objects/ab/../../../evil.bin",
        "C:\\evil",
        "objects\\ab\\evil.bin",
        "entries/",
        "readme.txt",
        "objects/00/" + "0" * 64 + ".bin\n",
        "objects/00/" + "0" * 63 + "G.bin",
        "objects/11/" + "0" * 64 + ".bin",
        "entries/00/" + "0" * 64 + "/x.json",
        "\x1b[2J",
        "manifest.json/x",
        "Manifest.json",
    ],
)
def test_foreign_names(empty, archive, name):
    write(archive, members(archive) | {name: b"x"})
    refused(empty, archive, "does not belong")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("which", ["manifest.json", "entries/", "objects/"])
def test_names_twice(empty, archive, which):
    content = members(archive)
    twice = next(item for item in content.items() if item[0].startswith(which))
    write(archive, [*content.items(), twice])
    refused(empty, archive, "twice")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFDIR, stat.S_IFIFO, stat.S_IFCHR])
def test_only_plain_files(empty, archive, kind):
    def change(info):
        if info.filename.startswith("objects/"):
            info.create_system = 3
            info.external_attr = (kind | 0o777) << 16

    write(archive, members(archive), change)
    refused(empty, archive, "does not belong")


def test_unknown_packing(empty, archive):
    def change(info):
        info.compress_type = zipfile.ZIP_BZIP2

    write(archive, members(archive), change)
    refused(empty, archive, "packed")


def test_encrypted(empty, archive):
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as file:
        start = file.start_dir
    content[start + 8] |= 1
    archive.write_bytes(content)
    refused(empty, archive, "encrypted")


def test_declared_too_large(empty, archive, monkeypatch):
    monkeypatch.setattr(store_archive_check, "MAX_OBJECT_BYTES", 2999)
    refused(empty, archive, "too large")
    monkeypatch.setattr(store_archive_check, "MAX_OBJECT_BYTES", 3000)
    monkeypatch.setattr(store_archive_check, "MAX_TOTAL_BYTES", 3100)
    refused(empty, archive, "too large")
    monkeypatch.undo()
    monkeypatch.setattr(store_archive_check, "MAX_FILES", 9)
    refused(empty, archive, "too large")
    monkeypatch.undo()
    monkeypatch.setattr(store_archive_check, "MAX_ENTRY_BYTES", 10)
    refused(empty, archive, "too large")


@pytest.mark.parametrize("which", ["manifest.json", "entries/", "objects/"])
def test_more_than_declared_is_never_unpacked(empty, archive, which):
    """A bomb: 64 MB of zeros that says it is 100 bytes."""
    content = members(archive)
    target = next(name for name in content if name.startswith(which))
    content[target] = bytes(2**26)
    write(archive, content)
    raw = archive.read_bytes()
    assert len(raw) < 2**20
    # The size is in the file's own header and in the directory at the end.
    raw = raw.replace((2**26).to_bytes(4, "little"), (100).to_bytes(4, "little"))
    archive.write_bytes(raw)
    tracemalloc.start()
    refused(empty, archive)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**24


def test_bytes_that_are_not_those_of_the_name(empty, archive):
    content = members(archive)
    content[place_of(b"PK")] = b"pk"
    write(archive, content)
    refused(empty, archive, "is damaged")


def test_missing_and_unused_objects(empty, archive):
    content = members(archive)
    write(archive, {k: v for k, v in content.items() if k != place_of(b"PK")})
    refused(empty, archive, "is missing")
    change_entry(archive := rewritten(archive, content), {"size": 2999})
    refused(empty, archive, "another size")
    write(archive, content | {place_of(b"more"): b"more"})
    refused(empty, archive, "no entry uses")


def rewritten(archive, content):
    write(archive, content)
    return archive


def change_entry(archive, change):
    content = members(archive)
    (name,) = (n for n in content if TWO.key in n)
    content[name] = json.dumps(json.loads(content[name]) | change).encode()
    write(archive, content)


@pytest.mark.parametrize(
    "change",
    [
        {"size": "3000"},
        {"url": "https://data.example/three"},
        {"query": {"body": {"å": [1, 2.51]}}},
        {"method": "GET"},
        {"method": "FILE"},
        {"sha256": hashlib.sha256(b"one").hexdigest()},
        {"fetched_at": "2025-03-01T12:00:00.000001Z"},
        {"fetched_at": "2025-03-01"},
        {"source": 3},
        {"label": "\x1b[2J"},
        {"path": "../x"},
        {"format": 9},
    ],
    ids=str,
)
def test_false_entries(empty, archive, change):
    change_entry(archive, change)
    refused(empty, archive, TWO.key)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_entries_that_are_not_entries(empty, archive, text):
    content = members(archive)
    (name,) = (n for n in content if TWO.key in n)
    write(archive, content | {name: text})
    refused(empty, archive, TWO.key)


def test_from_the_future(store, empty, archive):
    store.put(ONE, answer(b"1", TIME + timedelta(days=10)))
    export_store(store, archive)
    empty.now = lambda: TIME + timedelta(days=8)
    refused(empty, archive, "future")
    empty.now = lambda: TIME + timedelta(days=9)
    assert import_store(empty, archive).added == 6


@pytest.mark.parametrize(
    ("manifest", "match"),
    [
        (None, "has no manifest"),
        (b"", "not an archive of snapshots"),
        (b"[]", "not an archive of snapshots"),
        (b"[" * 60_000, "not an archive of snapshots"),
        ({"kind": "other"}, "not an archive of snapshots"),
        ({"version": 2}, "archive of version 2"),
        ({"version": None}, "archive of version None"),
        ({"entries": 4}, "does not go with"),
        ({"objects": 5}, "does not go with"),
        ({"more": 1}, "does not go with"),
    ],
)
def test_manifests(empty, archive, manifest, match):
    content = members(archive)
    if manifest is None:
        del content["manifest.json"]
    elif isinstance(manifest, dict):
        content["manifest.json"] = json.dumps(
            json.loads(content["manifest.json"]) | manifest
        ).encode()
    else:
        content["manifest.json"] = manifest
    write(archive, content)
    refused(empty, archive, match)


def test_newer_version_is_told_even_if_its_layout_is_another(empty, archive):
    manifest = {"kind": "proba-snapshots", "version": 2, "entries": 0, "objects": 0}
    write(archive, {"manifest.json": json.dumps(manifest).encode(), "index/x.bin": b""})
    refused(empty, archive, "update proba")


def test_damage_anywhere_is_refused_or_harmless(store, tmp_path, archive):
    """Every byte flipped in turn: the import refuses, or takes in exactly what was exported."""
    # A smaller archive, so that every byte can be tried.
    export_store(store, archive, only=[(file_key("imdi"), hashlib.sha256(b"PK").hexdigest())])
    raw = archive.read_bytes()
    want = [s for s in store.snapshots() if s.source == "imdi"]
    harmless = 0
    for i in range(len(raw)):
        archive.write_bytes(raw[:i] + bytes([raw[i] ^ 0x11]) + raw[i + 1 :])
        target = Store(tmp_path / "mål" / str(i))
        try:
            import_store(target, archive)
        except StoreError:
            assert not target.folder.exists()
        else:
            harmless += 1
            assert list(target.snapshots()) == want
            assert target.verify() == ()
    assert harmless < len(raw) / 3  # dates and attributes in the headers


def test_cut_off_anywhere(empty, store, archive):
    export_store(store, archive, only=[(file_key("imdi"), hashlib.sha256(b"PK").hexdigest())])
    raw = archive.read_bytes()
    for end in range(len(raw)):
        archive.write_bytes(raw[:end])
        refused(empty, archive)


def test_not_a_zip(empty, tmp_path):
    file = tmp_path / "svar.zip"
    with pytest.raises(StoreError, match="cannot be read"):
        import_store(empty, file)
    for content in (b"", b"PK", io.BytesIO(b"x" * 1000).getvalue()):
        file.write_bytes(content)
        refused(empty, file, "not a whole zip")
    with pytest.raises(StoreError, match="cannot be read"):
        import_store(empty, tmp_path)
