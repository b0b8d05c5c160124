"""One file with the snapshots of a run: for a colleague, for an archive beside a report.

A zip: ``manifest.json``, then ``entries/…`` and ``objects/…`` as they lie in the store.
"""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from proba._io import atomic_write_with, os_text
from proba._table import printable
from proba.errors import StoreError
from proba.sources.store import Snapshot, Store
from proba.sources.store_archive_check import (
    CLOCKS_DIFFER,
    MANIFEST,
    checked_snapshots,
    items,
    manifest,
    reading,
)
from proba.sources.store_entry import entry_bytes, entry_place, object_place

__all__ = ["ImportResult", "export_store", "import_store"]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did.

    Attributes
    ----------
    added : int
        Snapshots that were new to the store.
    already_there : int
        Snapshots the store had from before.
    """

    added: int
    already_there: int


def export_store(
    store: Store,
    path: str | os.PathLike[str],
    *,
    only: Collection[tuple[str, str]] | None = None,
) -> int:
    """Write snapshots to one zip file.

    Parameters
    ----------
    store : Store
    path : path-like
        The file; replaced if it exists, and only when the new one is whole.
    only : collection of (str, str), optional
        Export these versions only, each named by its key and the SHA-256 of its bytes. Left out:
        everything.

    Returns
    -------
    int
        Number of snapshots written.

    Raises
    ------
    CorruptSnapshotError
        If an entry or answer is damaged: an archive is whole or not made.
    StoreError
        If a version is not in the store, or the file cannot be written.

    Notes
    -----
    The same snapshots give the same bytes: no times, sorted names (given the same zlib).
    A symbolic link stays one.
    """
    snapshots = _chosen(store, only)
    try:
        atomic_write_with(path, partial(_write_zip, store, snapshots))
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({os_text(error, 'en')}).",
            f"{path}: kan ikke skrives ({os_text(error, 'nb')}).",
        ) from error
    return len(snapshots)


def _chosen(store: Store, only: Collection[tuple[str, str]] | None) -> list[Snapshot]:
    if only is None:
        return [store.entry(place) for place in store.places()]
    wanted = set(only)
    # A place names the key and the beginning of the hash: other entries, which may be damaged,
    # are not opened.
    starts = {(key, sha256[:12]) for key, sha256 in wanted}
    places = [place for place in store.places() if _names(place) in starts]
    found = [s for s in map(store.entry, places) if (s.key, s.sha256) in wanted]
    if missing := sorted(wanted - {(s.key, s.sha256) for s in found}):
        first = printable(missing[0][1])[:64]
        raise StoreError(
            f"{store.folder}: {len(missing)} of the {len(wanted)} answers asked for are not in "
            f"the store, the first with SHA-256 {first}. Use the store they were fetched to, or "
            "import an archive that has them.",
            f"{store.folder}: {len(missing)} av de {len(wanted)} svarene det er spurt etter er "
            f"ikke i lageret, det første med SHA-256 {first}. Bruk lageret de ble hentet til, "
            "eller les inn et arkiv som har dem.",
        )
    return found


def _names(place: str) -> tuple[str, str]:
    _, _, key, name = place.split("/")
    return key, name.removesuffix(".json").rpartition("-")[2]


def _write_zip(store: Store, snapshots: list[Snapshot], file: IO[bytes]) -> None:
    by_hash = {snapshot.sha256: snapshot for snapshot in snapshots}
    with zipfile.ZipFile(file, "w") as archive:
        text = json.dumps(manifest(len(snapshots), len(by_hash)), indent=1) + "\n"
        archive.writestr(_member(MANIFEST), text.encode("ascii"))
        for snapshot in snapshots:
            archive.writestr(_member(entry_place(snapshot)), entry_bytes(snapshot))
        for sha256, snapshot in sorted(by_hash.items()):
            archive.writestr(_member(object_place(sha256)), store.read(snapshot))


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # its time is 1980-01-01
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # the same on every system
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info


def import_store(store: Store, path: str | os.PathLike[str]) -> ImportResult:
    """Take the snapshots of an archive into a store, which may be in use.

    Parameters
    ----------
    store : Store
    path : path-like
        As from :func:`export_store`.

    Returns
    -------
    ImportResult

    Raises
    ------
    StoreError
        If anything in the archive is not as it should be: names, sizes, hashes, entries,
        anything extra or missing. Everything is checked before the first byte is written.
        Also if the store cannot be written; what was written is then removed again.
    """
    file = Path(path)
    with reading(file):
        archive = zipfile.ZipFile(file)
    with archive:
        with reading(file):
            snapshots = checked_snapshots(archive, file, store.now() + CLOCKS_DIFFER)
        added = store.add(items(archive, file, snapshots))
    return ImportResult(added, len(snapshots) - added)
