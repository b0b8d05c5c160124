"""What a CSV file has no room for, in a file beside it (CSV on the Web): title, source, label."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from proba._io import atomic_write_many
from proba._version import __version__

__all__ = ["drop_sidecar", "sidecar_bytes", "sidecar_path", "write_labelled"]

_OURS = "proba:version"


def sidecar_path(path: Path) -> Path:
    """Return where the metadata of a CSV lie: ``<name>.csv-metadata.json`` beside it."""
    return path.with_name(path.name + "-metadata.json")


def sidecar_bytes(path: Path, title: str, facts: Mapping[str, object], label: str | None) -> bytes:
    """Return the metadata of a CSV as JSON.

    Parameters
    ----------
    path : pathlib.Path
        The CSV.
    title : str
    facts : mapping of str to object
        More to say of it, by property (``dc:source``).
    label : str or None
        What must be said wherever the figures are shown.
    """
    content: dict[str, object] = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": path.name,
        "dc:title": title,
        **facts,
        _OURS: __version__,
    }
    if label is not None:
        content["dc:description"] = label
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def write_labelled(
    files: Mapping[Path, bytes],
    csv: Path | None,
    title: str,
    facts: Mapping[str, object],
    label: str | None,
) -> tuple[Path, ...]:
    """Write files together, and with them the metadata of one, a CSV, if it has a label.

    Parameters
    ----------
    files : mapping of pathlib.Path to bytes
    csv : pathlib.Path or None
        The one of them that is to have its label beside it.
    title, facts, label
        As in :func:`sidecar_bytes`. Without a label no metadata are written, and those of an
        earlier, labelled CSV of that name are removed.

    Returns
    -------
    tuple of pathlib.Path
        The files written.

    Raises
    ------
    OSError
        If one of them cannot be written; all are then as they were.
    """
    if csv is None:
        return atomic_write_many(files)
    if label is not None:
        beside = {sidecar_path(csv): sidecar_bytes(csv, title, facts, label)}
        return atomic_write_many({**files, **beside})
    written = atomic_write_many(files)
    # Last: a label too many does less harm than one too few.
    drop_sidecar(csv)
    return written


def drop_sidecar(csv: Path) -> None:
    """Remove the metadata this package wrote beside a CSV; anybody else's stay."""
    path = sidecar_path(csv)
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return
    if isinstance(told, dict) and _OURS in told:
        path.unlink(missing_ok=True)
