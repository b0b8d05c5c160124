"""Writing files whole or not at all, and text cells a spreadsheet will not run."""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from proba.errors import Lang

# A cell beginning with one of these is a formula (or a command) to a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def atomic_write_bytes(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write ``content`` to ``path`` so that a reader sees the old file or the new, never half.

    The bytes go to a temporary file in the same folder, which is then renamed over ``path``.

    Parameters
    ----------
    path : path-like
        Target; its folder must exist.
    content : bytes
        What the file is to hold.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    OSError
        If the folder cannot be written, naming ``path``, which is then untouched.

    Notes
    -----
    A symbolic link stays one: the file it points at is replaced. A pipe or device
    (``/dev/stdout``) is written to as it stands.
    """
    return atomic_write_with(path, partial(_put, content))


def atomic_write_with(path: str | os.PathLike[str], write: Callable[[IO[bytes]], object]) -> Path:
    """As :func:`atomic_write_bytes`, for what is too large to hold: ``write`` is given the file.

    What ``write`` raises ends the writing; ``path`` is then untouched.
    """
    target = Path(path)
    with _naming(target):
        if _is_special(target):
            with target.open("wb") as file:
                write(file)
            return target
        real = target.resolve()
        name = _beside(real, write)
        try:
            os.replace(name, real)
        except BaseException:
            name.unlink(missing_ok=True)
            raise
    return target


def atomic_write_many(files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Write several files so that a full disk or a missing right leaves every one as it was.

    All contents are written beside their targets first; only then is any target replaced. Should
    one of them not be replaceable after all, those before it are put back.

    Parameters
    ----------
    files : mapping of Path to bytes
        Replaced in this order. Pipes and devices are written to as they stand, just before.

    Returns
    -------
    tuple of Path
        The paths written.

    Raises
    ------
    OSError
        As :func:`atomic_write_bytes`; a folder is refused before anything is written.
    """
    special = [path for path in files if _is_special(path)]
    staged: list[tuple[Path, Path, Path]] = []
    replaced: list[tuple[Path, Path | None]] = []
    try:
        for path, content in files.items():
            if path not in special:
                with _naming(path):
                    target = path.resolve()
                    name = _beside(target, partial(_put, content))
                    staged.append((path, name, target))
        for path in special:
            path.write_bytes(files[path])
        for path, name, target in staged:
            with _naming(path):
                replaced.append((target, _backup(target)))
                os.replace(name, target)
    except BaseException:
        for target, backup in reversed(replaced):
            _put_back(target, backup)
        for _, name, _ in staged:
            name.unlink(missing_ok=True)
        raise
    for _, backup in replaced:
        if backup is not None:
            with suppress(OSError):  # all is written; a backup too many is no failure
                backup.unlink(missing_ok=True)
    return tuple(files)


def _put(content: bytes, file: IO[bytes]) -> None:
    file.write(content)


def _is_special(path: Path) -> bool:
    """Say whether a path is a pipe or device; IsADirectoryError if it is a folder."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    return path.exists() and not path.is_file()


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let an error name what the user named: not a temporary file, not what a link points at."""
    try:
        yield
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from error


def _backup(target: Path) -> Path | None:
    """Keep what is to be replaced under another name beside it; None if nothing is there."""
    if not target.exists():
        return None
    name = _temporary(target)
    try:
        os.link(target, name)
    except (OSError, NotImplementedError, AttributeError):
        # Not every file system has hard links; the target is then gone for a moment.
        target.rename(name)
    return name


def _put_back(target: Path, backup: Path | None) -> None:
    with suppress(OSError):  # what cannot be put back stays beside its target
        if backup is None:
            target.unlink(missing_ok=True)
            return
        os.replace(backup, target)
        backup.unlink(missing_ok=True)  # renaming one hard link over another leaves both


def _beside(target: Path, write: Callable[[IO[bytes]], object]) -> Path:
    """Write to a new file in the target's folder and return it; if that fails nothing is left."""
    # Not tempfile: its files are private (0600), and these should get what open() gives.
    name = _temporary(target)
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        name.unlink(missing_ok=True)
        raise
    return name


def _temporary(target: Path) -> Path:
    return target.with_name(f".{secrets.token_hex(8)}.tmp")


def atomic_write_text(path: str | os.PathLike[str], text: str) -> Path:
    """As :func:`atomic_write_bytes`, for UTF-8 text written as it stands (no newline change)."""
    return atomic_write_bytes(path, text.encode("utf-8"))


def safe_cell(value: object) -> object:
    """Neutralise a text cell that a spreadsheet would run as a formula.

    Text starting with ``= + - @``, a tab or a carriage return gets an apostrophe in front, as
    spreadsheets themselves do for "this is text". Numbers, also as text, are left alone, and so
    is a lone ``-``, which no spreadsheet runs and Statistics Norway writes for nil.
    """
    if isinstance(value, str) and value != "-" and value.startswith(_FORMULA_STARTS):
        return value if _NUMBER.fullmatch(value) else "'" + value
    return value


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated text, point decimals, LF line ends; floats in their shortest exact form.

    ``None`` becomes an empty cell; text cells pass through :func:`safe_cell`.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe_cell(name) for name in header])
    for row in rows:
        writer.writerow(["" if v is None else safe_cell(v) for v in row])
    return out.getvalue()


_OS_TEXTS = {
    errno.ENOTDIR: ("en del av stien er ikke en mappe", "part of the path is not a folder"),
    errno.EISDIR: ("er en mappe, ikke en fil", "is a folder, not a file"),
    errno.EEXIST: ("er en fil, ikke en mappe", "is a file, not a folder"),
    errno.EACCES: (
        "ingen tilgang; er filen åpen i et annet program?",
        "no access; is the file open in another program?",
    ),
    errno.EPERM: ("ikke tillatt", "not permitted"),
    errno.EROFS: ("disken er skrivebeskyttet", "the disk is read-only"),
    errno.ENOSPC: ("disken er full", "the disk is full"),
    errno.ENAMETOOLONG: ("navnet er for langt", "the name is too long"),
}


def os_text(error: OSError, lang: Lang) -> str:
    """Return in words why the operating system refused."""
    texts = _missing(error) if error.errno == errno.ENOENT else _OS_TEXTS.get(error.errno or 0)
    if texts is not None:
        return texts[0 if lang == "nb" else 1]
    return error.strerror or str(error)


def _missing(error: OSError) -> tuple[str, str]:
    """Say which is missing: the file, or (all that can be when writing) its folder."""
    if not isinstance(error.filename, str | os.PathLike):
        return "finnes ikke", "does not exist"
    # A link to a file that is to be made may point into a folder that is not there.
    if Path(os.path.realpath(error.filename)).parent.is_dir():
        return "filen finnes ikke", "no such file"
    return "mappen finnes ikke", "no such folder"
