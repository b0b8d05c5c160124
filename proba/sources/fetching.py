"""Asking the store first and the source second, and remembering what was used."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from proba._table import printable
from proba.errors import SourceError
from proba.sources.request import Request
from proba.sources.store import CorruptSnapshotError, Snapshot, Store, file_key

if TYPE_CHECKING:
    from proba.sources.http import HttpClient

__all__ = ["FetchCounts", "Fetcher"]

_UNFIT = re.compile(r"[/\\:]")
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class FetchCounts:
    """How often a :class:`Fetcher` gave an answer, by where it had it from.

    Attributes
    ----------
    from_store, fetched : int
        Asking twice counts twice.
    """

    from_store: int
    fetched: int


class Fetcher:
    """Gives the answer to a request: from the store, else from the source and into the store.

    Parameters
    ----------
    store : Store
    client : HttpClient or None
        None works offline, from the store alone.
    refresh : bool
        Ask the sources again even for what is stored, once for each request. Earlier versions
        stay in the store.
    """

    def __init__(self, store: Store, client: HttpClient | None, *, refresh: bool = False) -> None:
        self._store = store
        self._client = client
        self._refresh = refresh
        self._refreshed: set[str] = set()
        self._used: dict[Snapshot, None] = {}
        self._counts = FetchCounts(0, 0)

    @property
    def used(self) -> tuple[Snapshot, ...]:
        """The snapshots given out, in the order first used, each once."""
        return tuple(self._used)

    @property
    def label(self) -> str | None:
        """What must be said wherever figures of the snapshots given out are shown."""
        return "; ".join(dict.fromkeys(s.label for s in self._used if s.label)) or None

    @property
    def counts(self) -> FetchCounts:
        """How many answers came from the store and how many from the sources."""
        return self._counts

    def fetch(
        self, request: Request, check: Callable[[bytes], None], *, anew: bool = False
    ) -> tuple[Snapshot, bytes]:
        """Return the answer to a request.

        Parameters
        ----------
        request : Request
            What is asked.
        check : callable
            Raises :class:`SourceError` when the bytes are not an answer; called on what comes
            from a source, before it is stored. What is stored has passed it.
        anew : bool
            Ask the source even where the answer is stored; without network the stored one is
            given all the same.

        Returns
        -------
        tuple of (Snapshot, bytes)

        Raises
        ------
        SourceError
            If the source fails, or the answer is not stored and there is no network to use.
        CorruptSnapshotError
            Offline, if the stored answer is damaged. With network it is fetched again.
        StoreError
            If the store cannot be read or written.

        Notes
        -----
        The lock of the request is held from a second look in the store until the answer is
        stored: of two processes that miss the same answer one fetches it and the other waits.
        """
        anew = anew and self._client is not None
        from_store = not anew and (not self._refresh or request.key in self._refreshed)
        if from_store and (found := self._stored(request)):
            return self._give(*found, fetched=False)
        if self._client is None:
            raise _offline(request, self._store, self._refresh)
        with self._store.lock(request.key):
            if from_store and (found := self._stored(request)):
                return self._give(*found, fetched=False)
            answer = self._client.send(request, check)
            snapshot = self._store.put(request, answer, label=_local_label(request.url))
        self._refreshed.add(request.key)
        return self._give(snapshot, answer.content, fetched=True)

    def pace(self, url: str, calls: int, window: float) -> None:
        """Keep to ``calls`` in ``window`` seconds with the host of ``url``; nothing offline."""
        if self._client is not None:
            self._client.pace(url, calls, window)

    def kept_file(self, source: str) -> tuple[Snapshot, bytes]:
        """Return the file of a source that was handed in last (see :meth:`take_content`).

        Parameters
        ----------
        source : str
            Name the file goes under, as ``nav`` or ``gront_hefte:2016``.

        Returns
        -------
        tuple of (Snapshot, bytes)

        Raises
        ------
        SourceError
            If none was handed in before.
        StoreError, CorruptSnapshotError
            As :meth:`fetch`.
        """
        held = self._store.find(file_key(source))
        if held is None:
            raise SourceError(
                f"{source}: no file given, and none in the store ({self._store.folder}).",
                f"{source}: ingen fil oppgitt, og ingen i lageret ({self._store.folder}).",
            )
        return self._give(held, self._store.read(held), fetched=False)

    def take_content(
        self, source: str, name: str, content: bytes, *, licence: str, label: str | None
    ) -> Snapshot:
        """Keep bytes had from elsewhere as a file of a source, for the next :meth:`kept_file`.

        Parameters
        ----------
        source : str
            Name the file goes under, as in :meth:`kept_file`.
        name : str
            What the file is called; what no file name can hold is replaced.
        content : bytes
            The file.
        licence : str
            Licence the source publishes under.
        label : str or None
            What must be said wherever the figures are shown, as that of the answer the bytes came
            in. A label the same bytes were kept with before is not taken from them.

        Returns
        -------
        Snapshot
            Among those :attr:`used`, so that an export for a colleague has it; not counted.

        Raises
        ------
        StoreError
            If the store cannot be read or written.
        """
        snapshot = self._same(source, content, label)
        if snapshot is None:
            bare = _UNFIT.sub("_", printable(name))[-_LONGEST_NAME:].strip(".") or "_"
            snapshot = self._store.put_file(
                source, bare, content, licence, fetched_at=self._store.now(), label=label
            )
        self._used[snapshot] = None
        return snapshot

    def _same(self, source: str, content: bytes, label: str | None) -> Snapshot | None:
        """Return the newest version of a source's file if it is this one, whole and so labelled."""
        # The same file again is no new version; a damaged one is as if it were not there.
        with suppress(CorruptSnapshotError):
            held = self._store.find(file_key(source))
            if (
                held is not None
                and held.sha256 == hashlib.sha256(content).hexdigest()
                and label in (None, held.label)
                and self._store.read(held) == content
            ):
                return held
        return None

    def _stored(self, request: Request) -> tuple[Snapshot, bytes] | None:
        try:
            snapshot = self._store.find(request.key)
            return None if snapshot is None else (snapshot, self._store.read(snapshot))
        except CorruptSnapshotError:
            if self._client is None:
                raise
            return None

    def _give(self, snapshot: Snapshot, content: bytes, *, fetched: bool) -> tuple[Snapshot, bytes]:
        self._used[snapshot] = None
        self._counts = FetchCounts(
            self._counts.from_store + (not fetched), self._counts.fetched + fetched
        )
        return snapshot, content


def _offline(request: Request, store: Store, refresh: bool) -> SourceError:
    asked = printable(f"{request.method} {request.url} {request.query}")
    asked = asked if len(asked) <= 300 else asked[:299] + "…"
    if refresh:
        return SourceError(
            f"{request.source}: cannot be asked anew without network: {asked}. Run with network, "
            "or without refresh.",
            f"{request.source}: kan ikke spørres på nytt uten nett: {asked}. Kjør med nett, eller "
            "uten ny henting.",
        )
    return SourceError(
        f"{request.source}: the answer is not in the store ({store.folder}), and this run is "
        f"offline: {asked}. Run with network, or import an archive that has it.",
        f"{request.source}: svaret er ikke i lageret ({store.folder}), og denne kjøringen er uten "
        f"nett: {asked}. Kjør med nett, eller les inn et arkiv som har det.",
    )


def _local_label(url: str) -> str | None:
    """Return what must be said of figures from a server on this machine, None for others."""
    parts = urlsplit(url)
    if not _is_local(parts.hostname or ""):
        return None
    where = printable(parts.netloc.rpartition("@")[2])
    return f"Hentet fra lokal tjener ({where}), ikke fra kilden selv"


def _is_local(host: str) -> bool:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        try:
            # The resolver also takes 127.1 and 2130706433.
            address = ipaddress.ip_address(socket.inet_ntoa(socket.inet_aton(name)))
        except (OSError, ValueError):
            return False
    mapped = getattr(address, "ipv4_mapped", None)
    # 0.0.0.0 and :: reach the machine itself too.
    return any(a.is_loopback or a.is_unspecified for a in (address, mapped) if a is not None)
