"""Writing files whole or not at all, and text cells a spreadsheet will not run."""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

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
    target = Path(path)
    if target.exists() and not target.is_file():
        target.write_bytes(content)  # for a folder this raises IsADirectoryError
        return target
    try:
        _replace(target.resolve(), content)
    except OSError as error:
        # The user knows the target, not the temporary file.
        raise type(error)(error.errno, error.strerror, str(target)) from error
    return target


def atomic_write_many(files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Write several files so that a full disk or a missing right leaves every one as it was.

    All contents are written beside their targets first; only then is any target replaced.

    Parameters
    ----------
    files : mapping of Path to bytes
        Replaced in this order.

    Returns
    -------
    tuple of Path
        The paths written.

    Raises
    ------
    OSError
        As :func:`atomic_write_bytes`.
    """
    staged: list[tuple[Path, Path]] = []
    try:
        for path, content in files.items():
            target = path.resolve()
            try:
                staged.append((_beside(target, content), target))
            except OSError as error:
                raise type(error)(error.errno, error.strerror, str(path)) from error
        for name, target in staged:
            os.replace(name, target)
    except BaseException:
        for name, _ in staged:
            name.unlink(missing_ok=True)
        raise
    return tuple(files)


def _replace(target: Path, content: bytes) -> None:
    name = _beside(target, content)
    try:
        os.replace(name, target)
    except BaseException:
        name.unlink(missing_ok=True)
        raise


def _beside(target: Path, content: bytes) -> Path:
    """Write to a new file in the target's folder and return it; if that fails nothing is left."""
    # Not tempfile: its files are private (0600), and these should get what open() gives.
    name = target.with_name(f".{secrets.token_hex(8)}.tmp")
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        name.unlink(missing_ok=True)
        raise
    return name


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
    errno.ENOENT: ("mappen finnes ikke", "no such folder"),
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
    if error.errno in _OS_TEXTS:
        return _OS_TEXTS[error.errno][0 if lang == "nb" else 1]
    return error.strerror or str(error)
