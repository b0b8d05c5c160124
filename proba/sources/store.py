"""The snapshot store: every raw answer kept, so that a run can be repeated without network.

Layout, all names legal on Windows too::

    objects/ab/abcd….bin                        raw bytes under their SHA-256
    entries/<key[:2]>/<key>/<time>-<sha12>.json what was asked and when, one file a version
    locks/                                      empty files processes wait on
    quarantine/                                 damaged objects, set aside when met

Writing is object first, entry last, each beside and then renamed: an entry that can be seen is
whole. Reading takes no lock, and a store that cannot be written to can be read.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from proba._table import printable
from proba._version import __version__
from proba.errors import StoreError
from proba.sources.store_entry import (
    CorruptSnapshotError,
    EntryProblem,
    Snapshot,
    entry_bytes,
    entry_place,
    file_key,
    object_place,
    read_entry,
    time_stamp,
)
from proba.sources.store_folder import StoreFolder
from proba.sources.store_verify import Finding, find_problems

if TYPE_CHECKING:
    from proba.sources.http import Answer
    from proba.sources.request import Request

__all__ = ["CorruptSnapshotError", "Finding", "Snapshot", "Store", "file_key"]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """A folder of stored answers, shared safely by several processes.

    Parameters
    ----------
    folder : path-like, optional
        Where the store lies. Left out: the environment's ``PROBA_STORE``, else the user's cache
        folder. Nothing is created before the first write.
    lock_timeout : float
        Seconds to wait for another process before giving up.
    now : callable
        The clock.

    Attributes
    ----------
    folder : pathlib.Path
    now : callable

    Notes
    -----
    All versions of an answer are kept; the newest is the one fetched last by the clock. If a
    clock is set back, a version fetched now would sort before one stored earlier, and the older
    figures would go on being used. :meth:`put` therefore refuses while the store holds a version
    from the future, and :meth:`verify` lists such versions.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        lock_timeout: float = 600.0,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        if folder is None:
            named = os.environ.get("PROBA_STORE", "").strip()
            self.folder = (
                Path(named).expanduser() if named else user_cache_path("proba") / "snapshots"
            )
        else:
            self.folder = Path(folder)
        self._files = StoreFolder(self.folder, lock_timeout)
        self.now = now

    def find(self, key: str) -> Snapshot | None:
        """Return the newest version of an answer, or None when there is none.

        Raises
        ------
        CorruptSnapshotError
            If the entry of the newest version cannot be read. An older version is not given
            in its place.
        StoreError
            If the folder cannot be read.
        """
        places = self._files.versions(key)
        return self._files.entry(places[-1]) if places else None

    def has(self, key: str) -> bool:
        """Say whether there is any version of an answer, readable or not.

        Raises
        ------
        StoreError
            If the folder cannot be read.
        """
        return bool(self._files.versions(key))

    def entry(self, place: str) -> Snapshot:
        """Read the entry at a place in the store (``entries/…``).

        Raises
        ------
        CorruptSnapshotError
            If it is damaged or gone.
        StoreError
            If it cannot be read.
        """
        return self._files.entry(place)

    def read(self, snapshot: Snapshot) -> bytes:
        """Return the bytes of an answer, checked against their SHA-256.

        Raises
        ------
        CorruptSnapshotError
            If the bytes are gone or not those once stored; what lies there instead is moved to
            ``quarantine/`` (if the store can be written to).
        StoreError
            If the file cannot be read.
        """
        content = self._files.content_or_set_aside(snapshot.sha256)
        if content is not None and len(content) == snapshot.size:
            return content
        where = f"{snapshot.source}, {snapshot.url[:200]}"
        if content is not None:
            path = self.folder / entry_place(snapshot)
            raise CorruptSnapshotError(
                f"{path}: the entry tells a wrong size ({where}); fetch the answer again, or "
                "import an archive that has it.",
                f"{path}: oppføringen oppgir feil størrelse ({where}); hent svaret på nytt, eller "
                "les inn et arkiv som har det.",
            )
        path = self.folder / object_place(snapshot.sha256)
        raise CorruptSnapshotError(
            f"{path}: the stored answer ({where}) is damaged or gone and is not used; fetch it "
            "again, or import an archive that has it.",
            f"{path}: det lagrede svaret ({where}) er skadet eller borte og brukes ikke; hent det "
            "på nytt, eller les inn et arkiv som har det.",
        )

    def put(self, request: Request, answer: Answer, *, label: str | None = None) -> Snapshot:
        """Store an answer as a new version; equal bytes are kept once.

        Parameters
        ----------
        request : Request
            What was asked.
        answer : Answer
            What came, checked by the caller.
        label : str, optional
            What must be said wherever the figures are shown.

        Returns
        -------
        Snapshot

        Raises
        ------
        StoreError
            If the answer cannot be written (nothing of it is then left), is too large, or if
            the store holds a version of it from the future (see the notes of the class).
        """
        snapshot = Snapshot(
            key=request.key,
            source=request.source,
            url=request.url,
            query=request.query,
            fetched_at=answer.fetched_at,
            sha256=hashlib.sha256(answer.content).hexdigest(),
            size=len(answer.content),
            content_type=printable(answer.content_type)[:200],
            licence=request.licence,
            label=label,
            proba_version=__version__,
        )
        return self._put(snapshot, answer.content)

    def put_file(
        self,
        source: str,
        name: str,
        content: bytes,
        licence: str,
        *,
        fetched_at: datetime,
        label: str | None = None,
    ) -> Snapshot:
        """Store a local file handed in by the user, found again by :func:`file_key`.

        Parameters
        ----------
        source : str
            Short name of the source; the key follows from it alone.
        name : str
            The file's bare name, without folders.
        content : bytes
            The file.
        licence : str
            Licence the source publishes under.
        fetched_at : datetime
            When it was handed in; the file handed in last is the newest.
        label : str, optional
            What must be said wherever the figures are shown.

        Returns
        -------
        Snapshot

        Raises
        ------
        StoreError
            As :meth:`put`; also if ``name`` is not a bare file name.
        """
        snapshot = Snapshot(
            key=file_key(source),
            source=source,
            url=f"file:{name}",
            query="{}",
            fetched_at=fetched_at,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            content_type="application/octet-stream",
            licence=licence,
            label=label,
            proba_version=__version__,
        )
        return self._put(snapshot, content)

    def lock(self, key: str) -> AbstractContextManager[None]:
        """Hold the lock of one answer: only one process at a time fetches it.

        Raises
        ------
        StoreError
            If another process holds it too long, or the store cannot be written to.
        """
        return self._files.key_locked(key)

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return all versions of all answers, sorted by source, address and time.

        Entries that cannot be read are left out; :meth:`verify` lists them.
        """
        found = []
        for place in self.places():
            with suppress(CorruptSnapshotError):
                found.append(self.entry(place))
        return tuple(
            sorted(found, key=lambda s: (s.source, s.url, s.fetched_at, s.query, s.sha256))
        )

    def places(self) -> tuple[str, ...]:
        """Return where every entry lies (``entries/…``), readable or not, sorted."""
        return self._files.places()

    def verify(self) -> tuple[Finding, ...]:
        """Return everything that is wrong with the store, without changing it.

        Damaged files already set aside in ``quarantine/`` are not listed.
        """
        return find_problems(self.folder, self.now())

    def add(self, items: Iterable[tuple[Snapshot, bytes]]) -> int:
        """Take in finished snapshots with their bytes, all or none, and return how many were new.

        Raises
        ------
        StoreError
            If they cannot be written, or one says something else about the same fetch than an
            entry already in the store. What was written in this call is then removed again.
        """
        return self._files.add(items)

    def _put(self, snapshot: Snapshot, content: bytes) -> Snapshot:
        try:
            # What is written must be what can be read.
            snapshot = read_entry(entry_bytes(snapshot), entry_place(snapshot))
        except (EntryProblem, ValueError) as error:
            en, nb = (error.en, error.nb) if isinstance(error, EntryProblem) else (str(error),) * 2
            where = printable(f"{snapshot.source}, {snapshot.url}")[:200]
            raise StoreError(
                f"{where}: cannot be stored; the entry {en}.",
                f"{where}: kan ikke lagres; oppføringen {nb}.",
            ) from error
        self._refuse_future(snapshot)
        self.add([(snapshot, content)])
        return snapshot

    def _refuse_future(self, snapshot: Snapshot) -> None:
        places = self._files.versions(snapshot.key)
        now = time_stamp(max(self.now(), snapshot.fetched_at))
        if places and places[-1].rpartition("/")[2][: len(now)] > now:
            path = self.folder / places[-1]
            raise StoreError(
                f"{path}: was fetched later than this machine's clock says it is now ({now}), so "
                "a new version would not count as the newest; set the clock right, or move the "
                "file away if its time is wrong.",
                f"{path}: er hentet senere enn maskinens klokke sier det er nå ({now}), så en ny "
                "versjon ville ikke regnes som den nyeste; still klokka, eller flytt filen bort "
                "hvis tiden i den er feil.",
            )
