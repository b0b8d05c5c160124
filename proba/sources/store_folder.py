"""The files of a snapshot store: reading them, writing them whole or not at all, locking.

:class:`~proba.sources.store.Store` is what the rest of the package uses.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from proba._io import atomic_write_bytes, os_text
from proba._table import printable
from proba.errors import StoreError
from proba.sources.store_entry import (
    ENTRY_NAME,
    HASH,
    MAX_ENTRY_BYTES,
    MAX_OBJECT_BYTES,
    CorruptSnapshotError,
    EntryProblem,
    Snapshot,
    entry_bytes,
    entry_place,
    object_place,
    read_entry,
)

__all__ = ["StoreFolder"]


class StoreFolder:
    """Files under one folder; nothing is created before the first write.

    Parameters
    ----------
    path : pathlib.Path
        The folder.
    lock_timeout : float
        Seconds to wait for another process.
    """

    def __init__(self, path: Path, lock_timeout: float) -> None:
        self.path = path
        self._lock_timeout = lock_timeout

    def versions(self, key: str) -> list[str]:
        """Return the places of the entries of a key, oldest first; StoreError if unreadable."""
        place = f"entries/{_checked(key)[:2]}/{key}"
        try:
            names = [p.name for p in (self.path / place).iterdir() if ENTRY_NAME.fullmatch(p.name)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreadable(self.path / place, error) from error
        return [f"{place}/{name}" for name in sorted(names)]

    def places(self) -> tuple[str, ...]:
        """Return the places of all entries, readable or not, sorted."""
        try:
            files = [p for p in self.path.glob("entries/*/*/*.json") if _is_entry(p)]
        except OSError as error:
            raise _unreadable(self.path, error) from error
        return tuple(sorted(p.relative_to(self.path).as_posix() for p in files))

    def entry(self, place: str) -> Snapshot:
        """Read an entry; CorruptSnapshotError if damaged or gone, StoreError if unreadable."""
        path = self.path / place
        try:
            with path.open("rb") as file:
                return read_entry(file.read(MAX_ENTRY_BYTES + 1), place)
        except EntryProblem as problem:
            en, nb = problem.en, problem.nb
        except FileNotFoundError:
            en, nb = "is gone", "er borte"
        except OSError as error:
            raise _unreadable(path, error) from error
        raise CorruptSnapshotError(
            f"{path}: the entry {en}; fetch the answer again, or import an archive that has it.",
            f"{path}: oppføringen {nb}; hent svaret på nytt, eller les inn et arkiv som har det.",
        )

    def content(self, sha256: str) -> bytes | None:
        """Return the bytes with this hash, or None when they are gone or others lie there."""
        path = self.path / object_place(sha256)
        try:
            with path.open("rb") as file:
                content = file.read(MAX_OBJECT_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(path, error) from error
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def content_or_set_aside(self, sha256: str) -> bytes | None:
        """As :meth:`content`; other bytes are moved to ``quarantine/``, if that can be done."""
        content = self.content(sha256)
        if content is None and (self.path / object_place(sha256)).exists():
            # Looked at again under the lock: a file another process has just mended must stay.
            with suppress(StoreError, OSError), self.locked("write"):
                content = self.content(sha256)
                if content is None:
                    self._set_aside(sha256)
        return content

    def add(self, items: Iterable[tuple[Snapshot, bytes]]) -> int:
        """Write snapshots with their bytes, all or none; return how many were new.

        Raises
        ------
        StoreError
            If they cannot be written, or one says something else about the same fetch than an
            entry already there. What this call wrote is then removed again.
        """
        written: list[Path] = []
        with self.locked("write"):
            try:
                return sum(self._write(snapshot, content, written) for snapshot, content in items)
            except BaseException as error:
                for path in reversed(written):
                    with suppress(OSError):
                        path.unlink()
                if isinstance(error, OSError):
                    raise _unwritable(self.path, error) from error
                raise

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold a lock; StoreError when it is not to be had.

        One lock, ``write``, guards all writing: an object may be shared by several answers, and
        what a failed write leaves can be removed only when nobody else can have come to use it.
        """
        path = self.path / "locks" / f"{name}.lock"
        held = FileLock(path, timeout=self._lock_timeout)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            held.acquire()
        except Timeout:
            raise StoreError(
                f"{path}: another process has held this lock for {self._lock_timeout:g} seconds; "
                "wait for it or end it, and run again.",
                f"{path}: en annen prosess har holdt denne låsen i {self._lock_timeout:g} "
                "sekunder; vent på den eller avslutt den, og kjør igjen.",
            ) from None
        except OSError as error:
            raise _unwritable(path, error) from error
        try:
            yield
        finally:
            held.release()

    def key_locked(self, key: str) -> AbstractContextManager[None]:
        """Hold the lock of one key."""
        return self.locked(_checked(key))

    def _write(self, snapshot: Snapshot, content: bytes, written: list[Path]) -> bool:
        """Write object, then entry; what is made is added to ``written``."""
        if self.content(snapshot.sha256) is None:
            self._set_aside(snapshot.sha256)
            self._make(object_place(snapshot.sha256), content, written)
        place, text = entry_place(snapshot), entry_bytes(snapshot)
        with suppress(CorruptSnapshotError):  # none there, or one to be mended
            if entry_bytes(self.entry(place)) == text:
                return False
            path = self.path / place
            raise StoreError(
                f"{path}: is already in the store and says something else about the same answer.",
                f"{path}: er i lageret fra før og sier noe annet om det samme svaret.",
            )
        self._make(place, text, written)
        return True

    def _make(self, place: str, content: bytes, written: list[Path]) -> None:
        path = self.path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write_bytes(path, content)
        written.append(path)

    def _set_aside(self, sha256: str) -> None:
        path = self.path / object_place(sha256)
        if path.exists():
            folder = self.path / "quarantine"
            folder.mkdir(parents=True, exist_ok=True)
            # Named anew each time: an earlier damaged file is kept too.
            path.replace(folder / f"{sha256}-{secrets.token_hex(4)}.bin")


def _is_entry(path: Path) -> bool:
    key = path.parent.name
    return (
        ENTRY_NAME.fullmatch(path.name) is not None
        and HASH.fullmatch(key) is not None
        and path.parent.parent.name == key[:2]
    )


def _checked(key: str) -> str:
    # The key names a folder: nothing but a hash may reach the file system.
    if not HASH.fullmatch(key):
        shown = printable(key)[:80]
        raise StoreError(f"'{shown}' is not a key.", f"«{shown}» er ikke en nøkkel.")
    return key


def _unreadable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path}: cannot be read ({os_text(error, 'en')}).",
        f"{path}: kan ikke leses ({os_text(error, 'nb')}).",
    )


def _unwritable(path: Path, error: OSError) -> StoreError:
    where = error.filename or path
    en, nb = os_text(error, "en"), os_text(error, "nb")
    return StoreError(
        f"{where}: cannot be written ({en}); this answer was not stored. Make room or give "
        "access, or choose another folder with PROBA_STORE.",
        f"{where}: kan ikke skrives ({nb}); dette svaret ble ikke lagret. Gjør plass eller gi "
        "tilgang, eller velg en annen mappe med PROBA_STORE.",
    )
