"""Going through a snapshot store and telling what is wrong, without changing anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from proba._io import os_text
from proba.sources.store_entry import (
    ENTRY_NAME,
    MAX_ENTRY_BYTES,
    EntryProblem,
    Snapshot,
    object_place,
    read_entry,
)

__all__ = ["Finding", "find_problems"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a store.

    Attributes
    ----------
    snapshot : Snapshot or None
        The answer it concerns, where that can be told.
    path : pathlib.Path
        The file.
    problem_en, problem_nb : str
        What is wrong with it.
    harmless : bool
        True for what an interrupted run left behind and nobody reads.
    """

    snapshot: Snapshot | None
    path: Path
    problem_en: str
    problem_nb: str
    harmless: bool = False


def find_problems(folder: Path, now: datetime) -> tuple[Finding, ...]:
    """Return everything wrong with the entries and objects of a store, sorted by file.

    Parameters
    ----------
    folder : pathlib.Path
        The store; one that does not exist has nothing wrong.
    now : datetime
        Aware time; entries fetched later are listed.

    Returns
    -------
    tuple of Finding
        Unreadable and misplaced entries, entries from the future, missing and damaged objects,
        objects no entry uses, leftover temporary files and files that do not belong.

    Notes
    -----
    Safe while others write. Objects are listed before the entries: an object stored meanwhile
    is not taken for unused, its entry being written after it.
    """
    objects = sorted(_files(folder / "objects"))
    findings: list[Finding] = []
    used: dict[str, Snapshot] = {}
    for path in sorted(_files(folder / "entries")):
        findings += _entry_problems(folder, path, now, used)
    for sha256, snapshot in used.items():
        path = folder / object_place(sha256)
        if not path.exists():
            text = ("the stored answer is gone", "det lagrede svaret er borte")
            findings.append(Finding(snapshot, path, *text))
    for path in objects:
        findings += _object_problems(folder, path, used)
    return tuple(sorted(findings, key=lambda f: (f.path, f.problem_en)))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if not path.is_dir())


def _entry_problems(
    folder: Path, path: Path, now: datetime, used: dict[str, Snapshot]
) -> Iterator[Finding]:
    place = path.relative_to(folder).as_posix()
    if not ENTRY_NAME.fullmatch(path.name):
        yield _stray(path)
        return
    try:
        with path.open("rb") as file:
            snapshot = read_entry(file.read(MAX_ENTRY_BYTES + 1), place)
    except EntryProblem as problem:
        yield Finding(None, path, f"the entry {problem.en}", f"oppføringen {problem.nb}")
        return
    except OSError as error:
        yield _unreadable(None, path, error)
        return
    known = used.setdefault(snapshot.sha256, snapshot)
    if snapshot.fetched_at > now:
        yield Finding(
            snapshot,
            path,
            "the entry says it was fetched later than the clock says it is now",
            "oppføringen sier den er hentet senere enn klokka sier det er nå",
        )
    # One of two entries for the same bytes is wrong; which, is told when the object is read.
    if snapshot.size != known.size:
        yield Finding(
            snapshot, path, "the entry tells a wrong size", "oppføringen har feil størrelse"
        )


def _object_problems(folder: Path, path: Path, used: dict[str, Snapshot]) -> Iterator[Finding]:
    snapshot = used.get(path.stem)
    if path.relative_to(folder).as_posix() != object_place(path.stem) or len(path.stem) != 64:
        yield _stray(path)
        return
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = path.stat().st_size
    except FileNotFoundError:
        return  # set aside meanwhile; if still wanted, it is fetched again
    except OSError as error:
        yield _unreadable(snapshot, path, error)
        return
    if sha256 != path.stem:
        yield Finding(
            snapshot,
            path,
            "the stored answer is damaged (its SHA-256 is another)",
            "det lagrede svaret er skadet (SHA-256 er en annen)",
        )
    elif snapshot is None:
        yield Finding(
            None,
            path,
            "no entry uses the stored answer (an interrupted run); it does no harm",
            "ingen oppføring bruker det lagrede svaret (en avbrutt kjøring); det gjør ingen skade",
            harmless=True,
        )
    elif size != snapshot.size:
        yield Finding(
            snapshot, path, "the entry tells a wrong size", "oppføringen har feil størrelse"
        )


def _stray(path: Path) -> Finding:
    if path.name.startswith(".") and path.name.endswith(".tmp"):
        return Finding(
            None,
            path,
            "a temporary file of a run that was interrupted or is going on; it does no harm",
            "en midlertidig fil fra en kjøring som ble avbrutt eller pågår; den gjør ingen skade",
            harmless=True,
        )
    return Finding(None, path, "does not belong in the store", "hører ikke hjemme i lageret")


def _unreadable(snapshot: Snapshot | None, path: Path, error: OSError) -> Finding:
    en, nb = (os_text(error, lang) for lang in ("en", "nb"))
    return Finding(snapshot, path, f"cannot be read ({en})", f"kan ikke leses ({nb})")
