"""Answers held against what was asked for, and put together again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from proba.errors import SourceError
from proba.sources._json import misread, shown
from proba.sources._jsonstat_read import Cube, Dimension, Header, Note
from proba.sources.pxweb_select import NAMED, Selection, TableMeta

__all__ = ["changed_between", "check_answer", "merge_parts"]


def check_answer(header: Header, asked: Selection) -> None:
    """Raise a SourceError unless an answer has the dimensions and codes that were asked for."""
    got = {d.code: d.codes for d in header.dimensions}
    if set(got) != set(asked):
        raise misread(
            f"has the dimensions {_list(got)}, but {_list(asked)} were asked for",
            f"har dimensjonene {_list(got)}, men det ble spurt etter {_list(asked)}",
        )
    for name, codes in asked.items():
        lacking, extra = set(codes) - set(got[name]), set(got[name]) - set(codes)
        if lacking or extra:
            lacks, more = (_list(sorted(c)) for c in (lacking, extra))
            raise misread(
                f"does not have the codes of '{shown(name)}' that were asked for (lacking: "
                f"{lacks}; not asked for: {more})",
                f"har ikke de kodene for «{shown(name)}» det ble spurt etter (mangler: {lacks}; "
                f"ikke spurt etter: {more})",
            )


def _list(codes: Sequence[str] | Mapping[str, object]) -> str:
    texts = [shown(code, 30) for code in list(codes)[:NAMED]]
    return ", ".join(texts + ["…"] * (len(codes) > NAMED)) or "–"


def changed_between(parts: Sequence[Cube]) -> bool:
    """Whether the source dates the parts differently: their numbers do not belong together."""
    return len({part.header.updated for part in parts}) > 1


def merge_parts(meta: TableMeta, asked: Selection, parts: Sequence[Cube]) -> Cube:
    """Put answers together in the order of ``asked``, whatever order each came in.

    Parameters
    ----------
    meta : TableMeta
        Gives the title, so that it does not depend on how the query was divided.
    asked : mapping
        The whole selection.
    parts : sequence of Cube
        Answers that have passed :func:`check_answer` and together hold every cell once.

    Raises
    ------
    SourceError
        If the parts were not updated at the same time.
    """
    if changed_between(parts):
        seen = _list(sorted({part.header.updated or "?" for part in parts}))
        raise SourceError(
            f"Table {meta.table} changed between two queries (updated {seen}), also when asked "
            "anew; run again later, with network.",
            f"Tabell {meta.table} ble endret mellom to spørringer (oppdatert {seen}), også da det "
            "ble spurt på nytt; kjør igjen senere, med nett.",
        )
    place = {name: {code: i for i, code in enumerate(codes)} for name, codes in asked.items()}
    shape = tuple(len(codes) for codes in asked.values())
    values = np.full(shape, np.nan)
    status = np.full(shape, -1, dtype=np.int32)
    statuses = tuple(sorted({s for part in parts for s in part.statuses}))
    labels: dict[tuple[str, str], str] = {}
    names: dict[str, str] = {}
    notes: dict[Note, None] = {}
    for part in parts:
        axes = {d.code: (i, d) for i, d in enumerate(part.header.dimensions)}
        turn = [axes[name][0] for name in asked]
        where = np.ix_(*([place[name][c] for c in axes[name][1].codes] for name in asked))
        sizes = [len(d.codes) for d in part.header.dimensions]
        values[where] = part.values.reshape(sizes).transpose(turn)
        renumbered = np.array([*(statuses.index(s) for s in part.statuses), -1], dtype=np.int32)
        status[where] = renumbered[part.status].reshape(sizes).transpose(turn)
        for _, dimension in axes.values():
            names[dimension.code] = dimension.label
            known = meta.dimension(dimension.code)
            told = dict(zip(known.codes, known.labels, strict=True))
            for code, label in zip(dimension.codes, dimension.labels, strict=True):
                # An answer may leave its labels out, and its codes then stand for them.
                labels[dimension.code, code] = label if label != code else told.get(code, code)
        notes.update(dict.fromkeys(part.header.notes))
    order = {name: i for i, name in enumerate(asked)}
    header = Header(
        label=meta.label,
        source=parts[0].header.source,
        updated=parts[0].header.updated,
        table=meta.table,
        dimensions=tuple(
            Dimension(
                code=name,
                label=names[name],
                codes=codes,
                labels=tuple(labels[name, code] for code in codes),
                elimination=meta.dimension(name).elimination,
                is_time=meta.dimension(name).is_time,
                is_contents=meta.dimension(name).is_contents,
            )
            for name, codes in asked.items()
        ),
        notes=tuple(
            sorted(
                notes,
                key=lambda n: (
                    -1 if n[0] is None else order[n[0]],
                    -1 if n[0] is None or n[1] is None else place[n[0]][n[1]],
                ),
            )
        ),
    )
    return Cube(header, values.ravel(), status.ravel(), statuses)
