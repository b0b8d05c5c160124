import csv
import errno
import io
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proba._io import (
    atomic_write_bytes,
    atomic_write_many,
    atomic_write_text,
    atomic_write_with,
    csv_text,
    os_text,
    safe_cell,
)


def names(folder):
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("text", ["=1+1", "+a", "-a", "@SUM(A1)", "\tx", "\rx", "=", "--", "-1-2"])
def test_formulas_become_text(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize(
    "value", ["-2.45", "+3", "-2.05e-07", "-", "Halden", "", "0104", -2.5, None, 7]
)
def test_numbers_and_plain_text_are_left_alone(value):
    assert safe_cell(value) == value


def test_no_cell_of_a_csv_starts_a_formula_header_included():
    text = csv_text(("=cmd()", "b"), [("@x", -1.5), (None, "a,b")])
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["'=cmd()", "b"], ["'@x", "-1.5"], ["", "a,b"]]
    assert "\r" not in text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_survive_a_csv_exactly(value):
    cell = csv_text(("a",), [(value,)]).splitlines()[1]
    assert float(cell) == value


def test_a_file_is_replaced_whole(tmp_path):
    target = tmp_path / "a.csv"
    target.write_text("old")
    assert atomic_write_text(target, "blå\n") == target
    assert target.read_bytes() == "blå\n".encode()
    assert names(tmp_path) == ["a.csv"]


def test_permissions_are_those_of_an_ordinary_file(tmp_path):
    ordinary = tmp_path / "b"
    ordinary.write_text("")
    written = atomic_write_text(tmp_path / "a", "")
    assert stat.S_IMODE(written.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    target = tmp_path / "a.csv"
    target.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match=r"No space left.*a\.csv") as caught:
        atomic_write_bytes(target, b"new")
    assert caught.value.filename == str(target)  # not the temporary file
    assert target.read_text() == "old"
    assert names(tmp_path) == ["a.csv"]


def test_an_interrupted_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        atomic_write_bytes(tmp_path / "a", b"new")
    assert names(tmp_path) == []


def test_a_missing_folder_is_named_as_the_user_wrote_it(tmp_path):
    target = tmp_path / "nei" / "a.csv"
    with pytest.raises(FileNotFoundError) as caught:
        atomic_write_text(target, "x")
    assert caught.value.filename == str(target)


def test_a_folder_is_not_overwritten(tmp_path):
    (tmp_path / "mappe").mkdir()
    with pytest.raises((IsADirectoryError, PermissionError)):
        atomic_write_text(tmp_path / "mappe", "x")
    assert names(tmp_path) == ["mappe"]


@pytest.mark.skipif(os.name == "nt", reason="symbolic links and pipes")
def test_links_stay_links_and_pipes_stay_pipes(tmp_path):
    real, link, pipe = tmp_path / "real", tmp_path / "link", tmp_path / "pipe"
    real.write_text("old")
    link.symlink_to(real)
    atomic_write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        atomic_write_text(pipe, "through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_several_files_are_replaced_together_or_not_at_all(tmp_path, monkeypatch):
    old = {tmp_path / name: b"gammel" for name in ("a", "b")}
    for path, content in old.items():
        path.write_bytes(content)
    new = dict.fromkeys(old, b"ny")
    real = os.fsync
    calls = []

    def full(handle):
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "full")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="b"):
        atomic_write_many(new)
    monkeypatch.undo()
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == old
    assert atomic_write_many(new) == tuple(new)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == new


def content_of(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def test_several_files_one_of_them_a_folder(tmp_path):
    (tmp_path / "a").write_bytes(b"gammel")
    (tmp_path / "b").mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        atomic_write_many({tmp_path / "a": b"ny", tmp_path / "b": b"ny"})
    assert caught.value.filename == str(tmp_path / "b")
    assert content_of(tmp_path) == {"a": b"gammel"}


@pytest.mark.skipif(os.name == "nt", reason="symbolic links and pipes")
def test_several_files_links_and_pipes_stay_what_they_are(tmp_path):
    real, link, pipe = tmp_path / "real", tmp_path / "link", tmp_path / "pipe"
    real.write_text("old")
    link.symlink_to(real)
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        atomic_write_many({pipe: b"through", link: b"new"})
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert link.is_symlink()
    assert content_of(tmp_path) == {"real": b"new", "link": b"new"}


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("stop", [PermissionError(errno.EACCES, "no"), KeyboardInterrupt()])
def test_what_was_replaced_before_a_failure_is_put_back(tmp_path, monkeypatch, links, stop):
    """Also where the file system has no hard links."""
    (tmp_path / "a").write_bytes(b"gammel")
    (tmp_path / "c").write_bytes(b"gammel")
    real = os.replace

    def replace(source, target):
        if str(target).endswith("c") and source.read_bytes() == b"ny":
            assert (tmp_path / "a").read_bytes() == b"ny"
            raise stop
        real(source, target)

    def no_link(*_):
        raise OSError(errno.EPERM, "no hard links")

    monkeypatch.setattr(os, "replace", replace)
    if not links:
        monkeypatch.setattr(os, "link", no_link)
    with pytest.raises(type(stop)) as caught:
        atomic_write_many({tmp_path / name: b"ny" for name in ("a", "b", "c")})
    if isinstance(stop, OSError):
        assert caught.value.filename == str(tmp_path / "c")
    assert content_of(tmp_path) == {"a": b"gammel", "c": b"gammel"}
    monkeypatch.setattr(os, "replace", real)
    atomic_write_many({tmp_path / name: b"ny" for name in ("a", "b", "c")})
    assert content_of(tmp_path) == dict.fromkeys("abc", b"ny")


def test_several_files_in_a_folder_that_is_not_there(tmp_path):
    target = tmp_path / "nei" / "b"
    with pytest.raises(FileNotFoundError) as caught:
        atomic_write_many({tmp_path / "a": b"ny", target: b"ny"})
    assert caught.value.filename == str(target)
    assert content_of(tmp_path) == {}


def test_a_file_written_bit_by_bit(tmp_path):
    target = tmp_path / "a"
    target.write_bytes(b"gammel")

    def half(file):
        file.write(b"n")
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        atomic_write_with(target, half)
    assert content_of(tmp_path) == {"a": b"gammel"}
    assert atomic_write_with(target, lambda file: file.writelines([b"n", b"y"])) == target
    assert content_of(tmp_path) == {"a": b"ny"}


@pytest.mark.parametrize(
    ("number", "en", "nb"),
    [(errno.ENOSPC, "the disk is full", "disken er full"), (errno.EIO, "odd", "odd")],
)
def test_the_systems_refusals_in_words(number, en, nb):
    error = OSError(number, "odd")
    assert (os_text(error, "en"), os_text(error, "nb")) == (en, nb)


@pytest.mark.parametrize(
    ("name", "en", "nb"),
    [
        ("nope.zip", "no such file", "filen finnes ikke"),
        ("nei/nope.zip", "no such folder", "mappen finnes ikke"),
    ],
)
def test_what_is_missing_is_the_file_or_its_folder(tmp_path, monkeypatch, name, en, nb):
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path / name, name):
        with pytest.raises(FileNotFoundError) as caught:
            open(path)  # noqa: PTH123, SIM115
        assert (os_text(caught.value, "en"), os_text(caught.value, "nb")) == (en, nb)


def test_what_is_missing_is_not_always_told():
    error = FileNotFoundError(errno.ENOENT, "odd")
    assert (os_text(error, "en"), os_text(error, "nb")) == ("does not exist", "finnes ikke")


@pytest.mark.skipif(os.name == "nt", reason="symbolic links")
def test_a_link_into_a_folder_that_is_not_there(tmp_path):
    link = tmp_path / "lenke"
    link.symlink_to(tmp_path / "nei" / "fil")
    with pytest.raises(FileNotFoundError) as caught:
        atomic_write_text(link, "x")
    assert caught.value.filename == str(link)
    assert os_text(caught.value, "nb") == "mappen finnes ikke"
