"""Small comma- or semicolon-separated files with a fixed header, line numbers kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from proba._io import os_text
from proba._table import printable
from proba.errors import KommuneError


def read_cells(path: Path, header: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each line's number and its cells, stripped, by column.

    Parameters
    ----------
    path : pathlib.Path
        UTF-8 with or without a byte-order mark; commas, or semicolons if the header has them.
    header : sequence of str
        The columns, in this order.

    Raises
    ------
    KommuneError
        If the file is missing or not UTF-8, or the header or a line's length is not as stated.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        en, nb = "not UTF-8", "ikke UTF-8"
        if isinstance(error, OSError):
            en, nb = os_text(error, "en"), os_text(error, "nb")
        raise KommuneError(
            f"{path}: cannot be read ({en}).", f"{path}: kan ikke leses ({nb})."
        ) from None
    separator = ";" if ";" in text.split("\n", 1)[0] else ","
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        rows = [(reader.line_num, [c.strip() for c in row]) for row in reader if any(row)]
    except csv.Error as error:
        raise KommuneError(
            f"{path.name}, line {reader.line_num}: {error}.",
            f"{path.name}, linje {reader.line_num}: {error}.",
        ) from None
    wanted = separator.join(header)
    if not rows or tuple(rows[0][1]) != tuple(header):
        shown = printable(separator.join(rows[0][1]))[:80] if rows else ""
        raise KommuneError(
            f"{path.name}: the header must be '{wanted}', not '{shown}'.",
            f"{path.name}: overskriften må være «{wanted}», ikke «{shown}».",
        )
    for line, cells in rows[1:]:
        if len(cells) != len(header):
            raise KommuneError(
                f"{path.name}, line {line}: {len(cells)} cells, not {len(header)}.",
                f"{path.name}, linje {line}: {len(cells)} celler, ikke {len(header)}.",
            )
        yield line, dict(zip(header, cells, strict=True))
