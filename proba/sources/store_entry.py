"""One entry of the snapshot store: what is recorded about an answer, and its form on disk.

An entry is a small JSON file a person can read. Its place in the store follows from what it
says (key, time, hash), so an entry that was altered or moved no longer fits where it lies.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from proba._table import printable
from proba.errors import StoreError

__all__ = [
    "MAX_ENTRY_BYTES",
    "MAX_OBJECT_BYTES",
    "CorruptSnapshotError",
    "EntryProblem",
    "Snapshot",
    "entry_bytes",
    "entry_place",
    "file_key",
    "object_place",
    "read_entry",
    "time_stamp",
    "time_text",
]

#: The largest entry and the largest answer the store takes in or an archive may hold, in bytes.
MAX_ENTRY_BYTES = 8 * 2**20
MAX_OBJECT_BYTES = 512 * 2**20

ENTRY_NAME = re.compile(r"[0-9]{8}T[0-9]{6}\.[0-9]{6}Z-[0-9a-f]{12}\.json")
HASH = re.compile(r"[0-9a-f]{64}")

_FORMAT = 1
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_TEXTS = ("source", "method", "url", "content_type", "licence", "proba")
_FIELDS = {
    "format",
    "key",
    "query",
    "fetched_at",
    "sha256",
    "size",
    "label",
    *_TEXTS,
}


class CorruptSnapshotError(StoreError):
    """A stored answer, or the entry that describes it, is damaged or gone."""


class EntryProblem(Exception):
    """What is wrong with an entry, as the end of a sentence in English and Norwegian."""

    def __init__(self, en: str, nb: str) -> None:
        super().__init__(en)
        self.en = en
        self.nb = nb


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One stored answer, without its bytes.

    Attributes
    ----------
    key : str
        SHA-256 of what was asked (:attr:`Request.key`, or :func:`file_key` for a local file).
    source : str
        Short name of the source.
    url : str
        Address asked, without a query string; ``file:NAME`` for a local file.
    query : str
        Parameters and body as one line of JSON (:attr:`Request.query`).
    fetched_at : datetime
        When the answer came, in UTC, by the clock of the machine that fetched it.
    sha256 : str
        Of the raw bytes, in hexadecimal.
    size : int
        Number of bytes.
    content_type : str
        As the server stated it.
    licence : str
        Licence the source publishes under.
    label : str or None
        What must be said wherever the figures are shown, for instance that they came from a
        local server and not from the source itself.
    proba_version : str
        Version of proba that fetched the answer.
    """

    key: str
    source: str
    url: str
    query: str
    fetched_at: datetime
    sha256: str
    size: int
    content_type: str
    licence: str
    label: str | None
    proba_version: str = ""

    @property
    def method(self) -> str:
        """``GET``, ``POST``, or ``FILE`` for a local file."""
        if self.url.startswith("file:"):
            return "FILE"
        return "POST" if "body" in json.loads(self.query) else "GET"


def file_key(source: str) -> str:
    """Return the key of a local file handed in for ``source``, whatever its name and content.

    A colleague who has the archive, but not the file, asks for the source and finds it.
    """
    return hashlib.sha256(f"FILE\n{source}".encode()).hexdigest()


def time_text(moment: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC with microseconds: ``2026-01-31T09:00:00.000000Z``.

    Raises
    ------
    EntryProblem
        If the time has no time zone.
    """
    if moment.tzinfo is None:
        raise EntryProblem(
            "the time of fetch has no time zone", "hentetidspunktet mangler tidssone"
        )
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"


def time_stamp(moment: datetime) -> str:
    """Return an aware time as the names of entries begin: ``20260131T090000.000000Z``."""
    # No colons: Windows does not allow them in file names.
    return time_text(moment).replace("-", "").replace(":", "")


def entry_place(snapshot: Snapshot) -> str:
    """Return where in the store the entry lies; the names of a key's entries sort by time."""
    key, stamp = snapshot.key, time_stamp(snapshot.fetched_at)
    return f"entries/{key[:2]}/{key}/{stamp}-{snapshot.sha256[:12]}.json"


def object_place(sha256: str) -> str:
    """Return where in the store the bytes with this hash lie."""
    return f"objects/{sha256[:2]}/{sha256}.bin"


def entry_bytes(snapshot: Snapshot) -> bytes:
    """Return the entry as JSON, written the same way every time."""
    content = {
        "format": _FORMAT,
        "key": snapshot.key,
        "source": snapshot.source,
        "method": snapshot.method,
        "url": snapshot.url,
        "query": json.loads(snapshot.query),
        "fetched_at": time_text(snapshot.fetched_at),
        "sha256": snapshot.sha256,
        "size": snapshot.size,
        "content_type": snapshot.content_type,
        "licence": snapshot.licence,
        "label": snapshot.label,
        "proba": snapshot.proba_version,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def read_entry(content: bytes, place: str) -> Snapshot:
    """Read and check an entry.

    Parameters
    ----------
    content : bytes
        The JSON file.
    place : str
        Where it lies in the store or archive, as from :func:`entry_place`.

    Returns
    -------
    Snapshot

    Raises
    ------
    EntryProblem
        If it is not whole JSON, has a field too many, too few or of the wrong type, if its key
        does not follow from method, address and query, or if it belongs in another place.
    """
    if len(content) > MAX_ENTRY_BYTES:
        raise EntryProblem("is too large", "er for stor")
    try:
        fields = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        raise EntryProblem("is not whole JSON", "er ikke hel JSON") from None
    if not isinstance(fields, dict):
        raise EntryProblem("is not a JSON object", "er ikke et JSON-objekt")
    if type(fields.get("format")) is not int or fields["format"] != _FORMAT:
        told = printable(repr(fields.get("format")))[:20]
        raise EntryProblem(
            f"has format {told}, and this version of proba reads {_FORMAT}",
            f"har format {told}, og denne versjonen av proba leser {_FORMAT}",
        )
    if odd := fields.keys() ^ _FIELDS:
        names = printable(", ".join(sorted(odd)))[:80]
        raise EntryProblem(
            f"lacks fields or has unknown ones ({names})",
            f"mangler felt eller har ukjente ({names})",
        )
    try:
        snapshot = _typed(fields)
        misplaced = entry_place(snapshot) != place
    except (ValueError, RecursionError):  # text that is not Unicode; a query nested too deep
        raise EntryProblem(
            "holds text that cannot be read", "har tekst som ikke kan leses"
        ) from None
    if misplaced:
        raise EntryProblem(
            "tells another key, time or hash than its name",
            "oppgir en annen nøkkel, tid eller sum enn navnet sitt",
        )
    return snapshot


def _typed(fields: dict[str, Any]) -> Snapshot:
    for name in _TEXTS:
        _require(_is_line(fields[name]), name)
    _require(fields["source"] != "", "source")
    _require(fields["label"] is None or _is_line(fields["label"]), "label")
    for name in ("key", "sha256"):
        _require(isinstance(fields[name], str) and HASH.fullmatch(fields[name]) is not None, name)
    size, query = fields["size"], fields["query"]
    _require(type(size) is int and 0 <= size <= MAX_OBJECT_BYTES, "size")
    _require(isinstance(query, dict) and query.keys() <= {"params", "body"}, "query")
    line = json.dumps(query, ensure_ascii=False, separators=(",", ":"))
    key = _key(fields["method"], fields["source"], fields["url"], query, line)
    if key != fields["key"]:
        raise EntryProblem(
            "has a key that does not follow from method, address and query",
            "har en nøkkel som ikke følger av metode, adresse og spørring",
        )
    return Snapshot(
        key=key,
        source=fields["source"],
        url=fields["url"],
        query=line,
        fetched_at=_time(fields["fetched_at"]),
        sha256=fields["sha256"],
        size=size,
        content_type=fields["content_type"],
        licence=fields["licence"],
        label=fields["label"],
        proba_version=fields["proba"],
    )


def _key(method: str, source: str, url: str, query: dict[str, Any], line: str) -> str:
    """Compute the key anew; the same rule as :attr:`Request.key`."""
    if method == "FILE":
        name = url.removeprefix("file:")
        _require(url != name and _is_bare(name) and not query, "url")
        return file_key(source)
    _require(method == ("POST" if "body" in query else "GET"), "method")
    _require(url.startswith(("https://", "http://")), "url")
    return hashlib.sha256("\n".join((method, url, line)).encode("utf-8")).hexdigest()


def _time(text: object) -> datetime:
    _require(isinstance(text, str) and _TIME.fullmatch(text) is not None, "fetched_at")
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise _wrong("fetched_at") from None


def _is_line(value: object) -> bool:
    # What an archive says is later printed: no control characters.
    return isinstance(value, str) and printable(value) == value


def _is_bare(name: str) -> bool:
    return 0 < len(name) <= 255 and name not in (".", "..") and not re.search(r"[/\\:]", name)


def _require(holds: bool, field: str) -> None:
    if not holds:
        raise _wrong(field)


def _wrong(field: str) -> EntryProblem:
    return EntryProblem(
        f"has a field '{field}' that is not as it should be",
        f"har et felt «{field}» som ikke er som det skal",
    )
