"""JSON-stat 2.0 into numbers: the layout in which Statistics Norway (SSB) answers.

What is read follows the format's documentation (https://json-stat.org/full/), its reference
reader (JSON-stat Toolkit 1.6: a status that is one text, or a list of one, holds for every cell)
and PxWebApi's own writer (``JsonStat2Serializer`` in PxTools): ``category.index`` is an object
whose keys need not stand in order, a missing number is ``null``, and ``status`` is an object from
position to symbol, left out when there is none. That writer also gives a symbol to a number that
is there (a note on the cell), so a status does not mean that the value is missing.

The symbols are kept as they stand. SSB's are ``.`` (not possible), ``..`` (not available), ``:``
(not shown, confidential) and in older tables ``...``, ``-`` (nought) and ``*`` (preliminary). A
cell with ``-`` is also missing here: whether it is a zero is for the user of the table to say.

Not read: ``unit``, ``child``, ``coordinates``, ``link`` and the texts of ``extension.status``,
which SSB has not been seen to send.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.sources._json import misread, shown
from proba.sources._jsonstat_read import Cube, Dimension, Header, parse_cube

__all__ = ["Dataset", "Dimension", "make_dataset", "parse_jsonstat2"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table, or part of one, with one row a cell.

    Attributes
    ----------
    frame : DataFrame
        For each dimension D the category columns ``D`` (codes) and ``D_label``, in the source's
        order; then ``value`` (float64, NaN where missing) and ``status`` (category of text,
        missing where there is none). The last dimension varies fastest.
    label, source : str
        Title, and who publishes.
    updated : str or None
        When the source last changed the numbers, as it writes it.
    dims : tuple of str
        Codes of the dimensions.
    notes : tuple of str
        Footnotes: the table's, then each dimension's, then those of single codes.
    table : str or None
        The source's number for the table.
    snapshots : tuple of str
        SHA-256 of the stored answers it was read from; empty where it came from bytes alone.
    """

    frame: pd.DataFrame
    label: str
    source: str
    updated: str | None
    dims: tuple[str, ...]
    notes: tuple[str, ...]
    table: str | None
    snapshots: tuple[str, ...] = ()


def parse_jsonstat2(content: bytes) -> Dataset:
    """Read a JSON-stat 2.0 dataset.

    Parameters
    ----------
    content : bytes
        UTF-8 JSON, with or without byte order mark.

    Returns
    -------
    Dataset

    Raises
    ------
    SourceError
        If the bytes are not JSON, or not a dataset of version 2 whose parts fit each other.
    """
    return make_dataset(parse_cube(content))


def make_dataset(cube: Cube, snapshots: tuple[str, ...] = ()) -> Dataset:
    """Return the cube with its numbers as a data frame."""
    header = cube.header
    sizes = [len(d.codes) for d in header.dimensions]
    columns: dict[str, Any] = {}
    for i, dimension in enumerate(header.dimensions):
        # Repeat and tile small integers; the texts are stored once, as categories.
        small = np.min_scalar_type(-max(sizes[i], 1))
        inner, outer = math.prod(sizes[i + 1 :]), math.prod(sizes[:i])
        labels = {text: j for j, text in enumerate(dict.fromkeys(dimension.labels))}
        of_label = np.array([labels[text] for text in dimension.labels], dtype=small)
        for name, codes, texts in (
            (dimension.code, np.arange(sizes[i], dtype=small), dimension.codes),
            (f"{dimension.code}_label", of_label, tuple(labels)),
        ):
            if name in columns or name in ("value", "status"):
                raise misread(
                    f"has a dimension '{shown(dimension.code)}', which would give two columns "
                    f"'{shown(name)}'",
                    f"har en dimensjon «{shown(dimension.code)}», som ville gitt to kolonner "
                    f"«{shown(name)}»",
                )
            columns[name] = _category(np.tile(np.repeat(codes, inner), outer), texts)
    columns["value"] = cube.values
    columns["status"] = _category(cube.status, cube.statuses)
    return Dataset(
        frame=pd.DataFrame(columns, copy=False),
        label=header.label,
        source=header.source,
        updated=header.updated,
        dims=tuple(d.code for d in header.dimensions),
        notes=_note_texts(header),
        table=header.table,
        snapshots=snapshots,
    )


def _category(codes: npt.NDArray[Any], texts: Sequence[str]) -> pd.Categorical:
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(texts), dtype="str"))


def _note_texts(header: Header) -> tuple[str, ...]:
    """Footnotes as lines; a text that stands on many codes is given once, with the codes."""
    names = {d.code: d.label for d in header.dimensions}
    codes: dict[tuple[str | None, str], list[str]] = {}
    for dimension, code, text in header.notes:
        codes.setdefault((dimension, text), []).extend([] if code is None else [code])
    lines = []
    for (dimension, text), where in codes.items():
        name = "" if dimension is None else names.get(dimension, dimension)
        lead = " ".join(filter(None, (name, ", ".join(dict.fromkeys(where)))))
        lines.append(f"{lead}: {text}" if lead else text)
    return tuple(lines)
