"""One file with the snapshots of a run: for a colleague, for an archive beside a report.

A zip: ``manifest.json``, then ``entries/…`` and ``objects/…`` as they lie in the store.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from proba._io import os_text
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
    store: Store, path: str | os.PathLike[str], *, keys: Collection[str] | None = None
) -> int:
    """Write snapshots to one zip file.

    Parameters
    ----------
    store : Store
    path : path-like
        The file; replaced if it exists, and only when the new one is whole.
    keys : collection of str, optional
        Export these answers only, with all their versions. Left out: everything.

    Returns
    -------
    int
        Number of snapshots written.

    Raises
    ------
    CorruptSnapshotError
        If an entry or answer is damaged: an archive is whole or not made.
    StoreError
        If a key is not in the store, or the file cannot be written.

    Notes
    -----
    The same snapshots give the same bytes: no times, sorted names (given the same zlib).
    """
    places = store.places()
    if keys is not None:
        known = {place.split("/")[2] for place in places}
        if missing := sorted(set(keys) - known):
            named = printable(missing[0])[:64]
            raise StoreError(
                f"{store.folder}: {len(missing)} of the keys asked for are not in the store, "
                f"the first {named}.",
                f"{store.folder}: {len(missing)} av nøklene det er spurt etter er ikke i lageret, "
                f"den første {named}.",
            )
        places = tuple(place for place in places if place.split("/")[2] in keys)
    snapshots = [store.entry(place) for place in places]
    target = Path(path)
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        try:
            with temporary.open("xb") as file:
                _write_zip(store, snapshots, file)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError(
            f"{target}: cannot be written ({os_text(error, 'en')}).",
            f"{target}: kan ikke skrives ({os_text(error, 'nb')}).",
        ) from error
    return len(snapshots)


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
