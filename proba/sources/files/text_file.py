"""CSV and TXT: encoding and separator found from the content."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from proba.errors import SourceError

__all__ = ["read_rows"]

_SEPARATOR_LINE = re.compile(r'"?sep=([;,\t|])"?\r?\n', re.IGNORECASE)
_SEPARATORS = (";", "\t", ",", "|")


def read_rows(content: bytes, name: str) -> tuple[tuple[list[str], ...], tuple[int, ...]]:
    """Read the cells of a text file.

    Parameters
    ----------
    content : bytes
        UTF-8 (with or without byte order mark), UTF-16, or Windows-1252.
    name : str
        File name, for messages.

    Returns
    -------
    rows : tuple of list of str
    lines : tuple of int
        The line each row begins on, from 1.

    Raises
    ------
    SourceError
        If it is not text, has no separator, or quotation marks do not match.
    """
    text = _decode(content, name)
    skipped = 0
    declared = _SEPARATOR_LINE.match(text)
    if declared:
        text, skipped = text[declared.end() :], 1
    separator = declared[1] if declared else _separator(text, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    before = 0
    try:
        for row in reader:
            rows.append(row)
            lines.append(before + 1 + skipped)
            before = reader.line_num
    except csv.Error as error:
        line = reader.line_num + skipped
        raise SourceError(
            f"{name}: line {line}: quotation marks do not match ({error}).",
            f'{name}: linje {line}: anførselstegnene (") går ikke opp ({error}).',
        ) from None
    return tuple(rows), tuple(lines)


def _decode(content: bytes, name: str) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif content[1:2] == b"\0" and content[3:4] == b"\0":
        encodings = ["utf-16-le"]
    elif b"\0" in content[:4096]:
        encodings = []
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeError:
            continue
    raise SourceError(
        f"{name}: neither a spreadsheet nor text in UTF-8, UTF-16 or Windows-1252.",
        f"{name}: verken et regneark eller tekst i UTF-8, UTF-16 eller Windows-1252.",
    )


def _separator(text: str, name: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()][:400]
    for separator in _SEPARATORS:
        reader = csv.reader(lines, delimiter=separator)
        try:
            widths = Counter(len(row) for row in reader)
        except csv.Error:
            continue
        # Most lines of the file must part into the same number of cells.
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1 and 2 * count >= len(lines):
            return separator
    raise SourceError(
        f"{name}: found no columns; they must be parted by semicolon, tab or comma.",
        f"{name}: fant ingen kolonner; de må være skilt med semikolon, tabulator eller komma.",
    )
