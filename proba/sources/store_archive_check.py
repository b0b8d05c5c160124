"""Checking an archive of snapshots from front to back before anything of it is used."""

from __future__ import annotations

import hashlib
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from proba._io import os_text
from proba._table import printable
from proba.errors import StoreError
from proba.sources.store_entry import (
    MAX_ENTRY_BYTES,
    MAX_OBJECT_BYTES,
    EntryProblem,
    Snapshot,
    object_place,
    read_entry,
)

__all__ = ["CLOCKS_DIFFER", "MANIFEST", "checked_snapshots", "items", "manifest", "reading"]

#: Bounds on what an archive may hold, against one made to fill the disk.
MAX_FILES = 200_000
MAX_TOTAL_BYTES = 8 * 2**30

MANIFEST = "manifest.json"
_KIND = "proba-snapshots"
_VERSION = 1
_MAX_MANIFEST_BYTES = 2**16
_ENTRY = re.compile(
    r"entries/([0-9a-f]{2})/(\1[0-9a-f]{62})/[0-9]{8}T[0-9]{6}\.[0-9]{6}Z-[0-9a-f]{12}\.json"
)
_OBJECT = re.compile(r"objects/([0-9a-f]{2})/(\1[0-9a-f]{62})\.bin")
_BLOCK = 2**20
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: An entry from later than this ahead of the clock would stay the newest for good.
CLOCKS_DIFFER = timedelta(days=1)


def manifest(entries: int, objects: int) -> dict[str, object]:
    """Return what an archive says about itself."""
    return {"kind": _KIND, "version": _VERSION, "entries": entries, "objects": objects}


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """Turn what a damaged archive makes the zip reader raise into a StoreError."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{file}: cannot be read ({os_text(error, 'en')}).",
            f"{file}: kan ikke leses ({os_text(error, 'nb')}).",
        ) from error
    except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, struct.error, zlib.error) as e:
        raise _refused(
            file, "it is not a whole zip archive", "det er ikke et helt zip-arkiv"
        ) from e


def _refused(file: Path, en: str, nb: str) -> StoreError:
    shown = printable(str(file))
    return StoreError(
        f"{shown}: is not imported: {en}. Ask for a new export; nothing was changed.",
        f"{shown}: leses ikke inn: {nb}. Be om en ny eksport; ingenting er endret.",
    )


def checked_snapshots(archive: zipfile.ZipFile, file: Path, latest: datetime) -> list[Snapshot]:
    """Check everything in the archive and return its snapshots; writes nothing."""
    told = _read_manifest(archive, file)
    members = _members(archive, file)
    snapshots = []
    for name in members:
        if not name.startswith("entries/"):
            continue
        try:
            snapshot = read_entry(b"".join(_blocks(archive, name)), name)
        except EntryProblem as problem:
            raise _refused(file, f"{name} {problem.en}", f"{name} {problem.nb}") from None
        if snapshot.fetched_at > latest:
            raise _refused(
                file,
                f"{name} was fetched in the future by this machine's clock",
                f"{name} er hentet i framtiden etter maskinens klokke",
            )
        snapshots.append(snapshot)
    sizes = {name: info.file_size for name, info in members.items() if name.startswith("objects/")}
    for snapshot in snapshots:
        if sizes.get(place := object_place(snapshot.sha256)) != snapshot.size:
            raise _refused(
                file,
                f"{place} is missing, or of another size than its entry says",
                f"{place} mangler, eller har en annen størrelse enn oppføringen sier",
            )
    if unused := sizes.keys() - {object_place(s.sha256) for s in snapshots}:
        name = min(unused)
        raise _refused(file, f"no entry uses {name}", f"ingen oppføring bruker {name}")
    if told != manifest(len(snapshots), len(sizes)):
        raise _refused(
            file,
            f"{MANIFEST} does not go with what is in it",
            f"{MANIFEST} stemmer ikke med innholdet",
        )
    for name in sizes:
        sha256 = hashlib.sha256()
        for block in _blocks(archive, name):
            sha256.update(block)
        if object_place(sha256.hexdigest()) != name:
            raise _refused(file, f"{name} is damaged", f"{name} er skadet")
    return snapshots


def _members(archive: zipfile.ZipFile, file: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the files of the archive by name, once each is known and of a bounded size."""
    infos = archive.infolist()
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.orig_filename
        shown = printable(name)[:150]
        bound = _bound(name)
        # Bits 12 to 15 of the mode are the kind of file; zip programs may leave them 0.
        kind = stat.S_IFMT(info.external_attr >> 16)
        if bound is None or kind not in (0, stat.S_IFREG):
            raise _refused(
                file, f"'{shown}' does not belong in it", f"«{shown}» hører ikke hjemme i det"
            )
        if name in members:
            raise _refused(file, f"{shown} is there twice", f"{shown} er der to ganger")
        _check_packing(info, bound, file)
        members[name] = info
    if len(infos) > MAX_FILES or sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
        raise _refused(file, "it is too large", "det er for stort")
    return members


def _bound(name: str) -> int | None:
    """Return how large a file of this name may be, None where no such file belongs."""
    if name == MANIFEST:
        return _MAX_MANIFEST_BYTES
    if _ENTRY.fullmatch(name):
        return MAX_ENTRY_BYTES
    return MAX_OBJECT_BYTES if _OBJECT.fullmatch(name) else None


def _check_packing(info: zipfile.ZipInfo, bound: int, file: Path) -> None:
    shown = printable(info.filename)[:150]
    if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
        raise _refused(
            file,
            f"{shown} is encrypted or packed in an unknown way",
            f"{shown} er kryptert eller pakket på en ukjent måte",
        )
    if info.file_size > bound:
        raise _refused(file, f"{shown} is too large", f"{shown} er for stor")


def _read_manifest(archive: zipfile.ZipFile, file: Path) -> dict[str, object]:
    """Return the manifest; looked at first, as another version may have another layout."""
    try:
        info = archive.getinfo(MANIFEST)
    except KeyError:
        raise _refused(file, f"it has no {MANIFEST}", f"det mangler {MANIFEST}") from None
    _check_packing(info, _MAX_MANIFEST_BYTES, file)
    try:
        told = json.loads(b"".join(_blocks(archive, MANIFEST)))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("kind") != _KIND:
        raise _refused(
            file, "it is not an archive of snapshots", "det er ikke et arkiv med lagrede svar"
        )
    if told.get("version") != _VERSION:
        version = printable(str(told.get("version")))[:20]
        raise StoreError(
            f"{file}: is an archive of version {version}, and this version of proba reads "
            f"{_VERSION}; update proba.",
            f"{file}: er et arkiv av versjon {version}, og denne versjonen av proba leser "
            f"{_VERSION}; oppdater proba.",
        )
    return told


def items(
    archive: zipfile.ZipFile, file: Path, snapshots: list[Snapshot]
) -> Iterator[tuple[Snapshot, bytes]]:
    """Yield the snapshots with their bytes, which are checked once more as they are read."""
    for snapshot in snapshots:
        with reading(file):
            content = b"".join(_blocks(archive, object_place(snapshot.sha256)))
            # The file may have changed since it was checked.
            if hashlib.sha256(content).hexdigest() != snapshot.sha256:
                raise zipfile.BadZipFile
        yield snapshot, content


def _blocks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield a member, never more of it than its stated size.

    In blocks: read at one go, all that a small packed member holds is unpacked before the zip
    reader cuts it down to the stated size.
    """
    with archive.open(name) as stream:
        while block := stream.read(_BLOCK):
            yield block
