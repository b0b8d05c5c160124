"""Reading KLASS's answers, strictly, into tables of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from proba.sources._json import misread, read_json, shown

__all__ = ["parse_changes", "parse_codes", "parse_correspondence"]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_CODE_COLUMNS = (
    "code",
    "parentCode",
    "level",
    "name",
    "shortName",
    "presentationName",
    "validFrom",
    "validTo",
    "validFromInRequestedRange",
    "validToInRequestedRange",
    "notes",
)
_CHANGE_COLUMNS = (
    "oldCode",
    "oldName",
    "oldShortName",
    "newCode",
    "newName",
    "newShortName",
    "changeOccurred",
)
_CORRESPONDENCE_COLUMNS = (
    "sourceCode",
    "sourceName",
    "sourceShortName",
    "targetCode",
    "targetName",
    "targetShortName",
    "validFrom",
    "validTo",
)
_DATES = {
    "validFrom",
    "validTo",
    "validFromInRequestedRange",
    "validToInRequestedRange",
    "changeOccurred",
}


def parse_codes(content: bytes) -> pd.DataFrame:
    """Read an answer of ``codes`` or ``codesAt``.

    Parameters
    ----------
    content : bytes
        JSON ``{"codes": [...]}``.

    Returns
    -------
    DataFrame
        KLASS's own columns, text or None: ``code, parentCode, level, name, shortName,
        presentationName, validFrom, validTo, validFromInRequestedRange,
        validToInRequestedRange, notes``; dates as ``YYYY-MM-DD``.

    Raises
    ------
    SourceError
        If it is not such an answer.
    """
    return _table(content, "codes", _CODE_COLUMNS, {"code"})


def parse_changes(content: bytes) -> pd.DataFrame:
    """Read an answer of ``changes``.

    Parameters
    ----------
    content : bytes
        JSON ``{"codeChanges": [...]}``.

    Returns
    -------
    DataFrame
        ``oldCode, oldName, oldShortName, newCode, newName, newShortName, changeOccurred``, text
        or None; a code without the other side came or went.

    Raises
    ------
    SourceError
        If it is not such an answer.
    """
    return _table(content, "codeChanges", _CHANGE_COLUMNS, {"changeOccurred"})


def parse_correspondence(content: bytes) -> pd.DataFrame:
    """Read an answer of ``corresponds`` or ``correspondsAt``.

    Parameters
    ----------
    content : bytes
        JSON ``{"correspondenceItems": [...]}``.

    Returns
    -------
    DataFrame
        ``sourceCode, sourceName, sourceShortName, targetCode, targetName, targetShortName,
        validFrom, validTo``, text or None.

    Raises
    ------
    SourceError
        If it is not such an answer.
    """
    return _table(
        content, "correspondenceItems", _CORRESPONDENCE_COLUMNS, {"sourceCode", "targetCode"}
    )


def _table(content: bytes, key: str, columns: Sequence[str], required: set[str]) -> pd.DataFrame:
    document = read_json(content)
    items = document.get(key) if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise misread(f"has no list '{key}'", f"har ingen liste «{key}»")
    rows = [_row(item, j, key, columns, required) for j, item in enumerate(items)]
    return pd.DataFrame(rows, columns=list(columns), dtype=object)


def _row(
    item: Any, number: int, key: str, columns: Sequence[str], required: set[str]
) -> list[str | None]:
    if not isinstance(item, dict):
        raise misread(
            f"has '{shown(item)}' as {key}[{number}]", f"har «{shown(item)}» som {key}[{number}]"
        )
    row: list[str | None] = []
    for column in columns:
        value = item.get(column)
        missing = value is None and column not in required
        text = isinstance(value, str) and (value != "" or column not in required)
        if not missing and (not text or (column in _DATES and not _DATE.fullmatch(str(value)))):
            raise misread(
                f"has '{shown(value)}' as {column} in {key}[{number}]",
                f"har «{shown(value)}» som {column} i {key}[{number}]",
            )
        row.append(None if value is None else str(value))
    return row
