"""From the bytes of a JSON-stat 2.0 answer to checked codes, numbers and status symbols.

Split from :mod:`proba.sources.jsonstat`, which tells what is read and makes the data frame.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from proba.errors import SourceError
from proba.sources._json import misread, read_json, shown

__all__ = ["Cube", "Dimension", "Header", "Note", "parse_cube", "parse_header"]

# A frame of so many rows still fits in memory; a sparse answer can declare any number.
_MAX_CELLS = 20_000_000
# NumPy 1 has arrays of at most 32 dimensions; SSB's tables have less than ten.
_MAX_DIMENSIONS = 32

Note = tuple[str | None, str | None, str]  # dimension, code (None: the whole), text


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension of a table: its codes and labels in the source's order.

    ``elimination`` tells whether the dimension may be left out of a query; only metadata says so
    (in an answer with data the field means something else).
    """

    code: str
    label: str
    codes: tuple[str, ...]
    labels: tuple[str, ...]
    elimination: bool
    is_time: bool
    is_contents: bool


@dataclass(frozen=True, slots=True)
class Header:
    """All of a JSON-stat answer but its numbers."""

    label: str
    source: str
    updated: str | None
    table: str | None
    dimensions: tuple[Dimension, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Cube:
    """An answer before it is a frame.

    ``values`` (cells,) float64 and ``status`` (cells,) int32, positions in ``statuses`` or -1,
    both with the last dimension fastest.
    """

    header: Header
    values: npt.NDArray[np.float64]
    status: npt.NDArray[np.int32]
    statuses: tuple[str, ...]


def parse_cube(content: bytes) -> Cube:
    """Read a JSON-stat 2.0 dataset; see :func:`proba.sources.jsonstat.parse_jsonstat2`."""
    document = _dataset(content)
    header = _header(document)
    cells = math.prod(len(d.codes) for d in header.dimensions)
    if cells > _MAX_CELLS:
        raise misread(
            f"declares {cells} cells, more than the {_MAX_CELLS} that are read at once",
            f"oppgir {cells} celler, flere enn de {_MAX_CELLS} som leses på én gang",
        )
    status, statuses = _status(document.get("status"), cells)
    return Cube(header, _values(document.get("value"), cells), status, statuses)


def parse_header(content: bytes) -> Header:
    """Read the dimensions of a JSON-stat 2.0 dataset, with or without numbers."""
    return _header(_dataset(content))


def _dataset(content: bytes) -> dict[str, Any]:
    document = read_json(content)
    if not isinstance(document, dict):
        raise misread("is not a JSON object", "er ikke et JSON-objekt")
    kind, version = document.get("class"), document.get("version")
    if kind not in (None, "dataset"):
        raise misread(
            f"is a JSON-stat {shown(kind)}, not a dataset",
            f"er en JSON-stat {shown(kind)}, ikke et dataset",
        )
    if kind is None or not (isinstance(version, str) and version.startswith("2.")):
        raise misread(
            "is not JSON-stat version 2.0; ask for the format json-stat2",
            "er ikke JSON-stat versjon 2.0; be om formatet json-stat2",
        )
    return document


def _header(document: Mapping[str, Any]) -> Header:
    names, sizes, dimensions = (document.get(k) for k in ("id", "size", "dimension"))
    if not (isinstance(names, list) and names and all(isinstance(n, str) for n in names)):
        raise misread(
            "lacks the list 'id' of its dimensions", "mangler lista «id» over dimensjonene"
        )
    if len(set(names)) < len(names) or len(names) > _MAX_DIMENSIONS:
        raise misread(
            "names a dimension twice, or too many, in 'id'",
            "nevner en dimensjon to ganger, eller for mange, i «id»",
        )
    if not (
        isinstance(sizes, list)
        and len(sizes) == len(names)
        and all(type(n) is int and n >= 0 for n in sizes)
    ):
        raise misread(
            "lacks a list 'size' with one whole number for each dimension",
            "mangler ei liste «size» med ett helt tall for hver dimensjon",
        )
    dimensions = dimensions if isinstance(dimensions, dict) else {}
    role = document.get("role")
    role = role if isinstance(role, dict) else {}
    axes = []
    notes: list[Note] = [(None, None, text) for text in _notes(document)]
    for name, size in zip(names, sizes, strict=True):
        body = dimensions.get(name)
        category = body.get("category") if isinstance(body, dict) else None
        if body is None or not isinstance(category, dict):
            raise misread(
                f"does not describe the dimension '{shown(name)}'",
                f"beskriver ikke dimensjonen «{shown(name)}»",
            )
        codes, labels = _codes(category, name, size)
        extension = body.get("extension")
        axes.append(
            Dimension(
                code=name,
                label=_text(body.get("label"), name),
                codes=codes,
                labels=labels,
                elimination=isinstance(extension, dict) and extension.get("elimination") is True,
                is_time=name in _listed(role.get("time")),
                is_contents=name in _listed(role.get("metric")),
            )
        )
        notes += [(name, None, text) for text in _notes(body)]
        by_code = category.get("note")
        if isinstance(by_code, dict):
            notes += [(name, c, t) for c in codes for t in _notes({"note": by_code.get(c)})]
    extension = document.get("extension")
    px = extension.get("px") if isinstance(extension, dict) else None
    table = px.get("tableid") if isinstance(px, dict) else None
    header = Header(
        label=_text(document.get("label"), ""),
        source=_text(document.get("source"), ""),
        updated=_text(document.get("updated"), "") or None,
        table=_text(table, "") or None,
        dimensions=tuple(axes),
        notes=tuple(notes),
    )
    _check_encodable(header)
    return header


def _check_encodable(header: Header) -> None:
    # JSON can spell half a character ("\ud800"); neither files nor terminals can take it.
    texts = [header.label, header.source, header.updated or "", header.table or ""]
    texts += [text for _, _, text in header.notes]
    for d in header.dimensions:
        texts += [d.code, d.label, *d.codes, *d.labels]
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        raise misread(
            "has a text that is not Unicode", "har en tekst som ikke er Unicode"
        ) from None


def _codes(
    category: Mapping[str, Any], name: str, size: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    index, labels = category.get("index"), category.get("label")
    if labels is not None and not isinstance(labels, dict):
        raise _misfit(name)
    labels = labels or {}
    if index is None:  # may be left out when there is only one category
        codes = list(labels)
        if len(codes) != 1:
            raise _misfit(name)
    elif isinstance(index, dict):
        if any(type(p) is not int for p in index.values()):
            raise _misfit(name)
        codes = sorted(index, key=index.__getitem__)
        if [index[c] for c in codes] != list(range(len(codes))):
            raise _misfit(name)
    elif isinstance(index, list) and all(isinstance(c, str) for c in index):
        codes = index
    else:
        raise _misfit(name)
    if len(codes) != size or len(set(codes)) != size:
        raise _misfit(name)
    return tuple(codes), tuple(_text(labels.get(c), c) for c in codes)


def _misfit(name: str) -> SourceError:
    return misread(
        f"does not give each category of the dimension '{shown(name)}' one code and one place, as "
        "many as 'size' says",
        f"gir ikke hver kategori i dimensjonen «{shown(name)}» én kode og én plass, så mange som "
        "«size» sier",
    )


def _text(value: object, default: str) -> str:
    return value if isinstance(value, str) else default


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _notes(body: Mapping[str, Any]) -> list[str]:
    note = body.get("note")
    return [t for t in ([note] if isinstance(note, str) else _listed(note)) if isinstance(t, str)]


def _values(raw: object, cells: int) -> npt.NDArray[np.float64]:
    positions: npt.NDArray[np.int64] | None = None
    if isinstance(raw, dict):
        positions, numbers = _positions(raw, cells, "value"), list(raw.values())
    elif isinstance(raw, list) and len(raw) == cells:
        numbers = raw
    else:
        found = len(raw) if isinstance(raw, list) else 0
        raise misread(
            f"has {found} values where its dimensions make {cells} cells",
            f"har {found} verdier der dimensjonene gir {cells} celler",
        )
    # bool and text would be converted without a word.
    if not set(map(type, numbers)) <= {int, float, type(None)}:
        at = next(i for i, v in enumerate(numbers) if type(v) not in (int, float, type(None)))
        raise misread(
            f"has a value that is not a number: '{shown(numbers[at])}' (value {at})",
            f"har en verdi som ikke er et tall: «{shown(numbers[at])}» (verdi {at})",
        )
    try:
        found_values = np.array(numbers, dtype=np.float64)
    except OverflowError:
        found_values = np.array([np.inf])
    if np.isinf(found_values).any():
        raise misread("has a number too large to be kept", "har et tall som er for stort")
    if positions is None:
        return found_values
    out = np.full(cells, np.nan)
    out[positions] = found_values
    return out


def _status(raw: object, cells: int) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    codes = np.full(cells, -1, dtype=np.int32)
    if raw is None:
        return codes, ()
    where: npt.NDArray[np.int64] | slice = slice(None)
    symbols: list[Any]
    if isinstance(raw, str):
        symbols = [raw]
    elif isinstance(raw, list):
        symbols = raw
    elif isinstance(raw, dict):
        where, symbols = _positions(raw, cells, "status"), list(raw.values())
    else:
        symbols = [raw]
    if isinstance(where, slice) and len(symbols) not in (1, cells):
        raise misread(
            f"has {len(symbols)} status symbols for {cells} cells",
            f"har {len(symbols)} statustegn til {cells} celler",
        )
    if not set(map(type, symbols)) <= {str, type(None)}:
        raise misread("has a status that is not text", "har en status som ikke er tekst")
    statuses = tuple(sorted({s for s in symbols if s}))
    try:
        "".join(statuses).encode("utf-8")
    except UnicodeEncodeError:
        raise misread("has a status that is not text", "har en status som ikke er tekst") from None
    place: dict[str | None, int] = {s: i for i, s in enumerate(statuses)}
    codes[where] = [place.get(s, -1) for s in symbols]
    return codes, statuses


def _positions(raw: Mapping[str, Any], cells: int, what: str) -> npt.NDArray[np.int64]:
    keys = "".join(raw)
    fine = not raw or (keys.isascii() and keys.isdigit() and max(map(len, raw)) <= 15)
    if fine and all(raw):
        places = np.array([int(k) for k in raw], dtype=np.int64)
        if len(places) == 0 or (places.max() < cells and len(np.unique(places)) == len(places)):
            return places
    raise misread(
        f"has a '{what}' whose places are not numbers from 0 to {cells - 1}, each once",
        f"har en «{what}» der plassene ikke er tall fra 0 til {cells - 1}, hver én gang",
    )
