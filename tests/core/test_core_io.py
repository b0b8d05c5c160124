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


@pytest.mark.parametrize(
    ("number", "en", "nb"),
    [(errno.ENOSPC, "the disk is full", "disken er full"), (errno.EIO, "odd", "odd")],
)
def test_the_systems_refusals_in_words(number, en, nb):
    error = OSError(number, "odd")
    assert (os_text(error, "en"), os_text(error, "nb")) == (en, nb)
