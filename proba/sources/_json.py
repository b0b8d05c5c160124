"""JSON from outside, read strictly, and text from outside made fit for a message."""

from __future__ import annotations

import json
from typing import Any

from proba._table import printable
from proba.errors import SourceError

__all__ = ["misread", "read_json", "shown"]


def shown(text: object, width: int = 60) -> str:
    """Return text from outside as one short line that is safe to print."""
    line = printable(str(text)[: width + 1])
    return line if len(line) <= width else line[: width - 1] + "…"


def read_json(content: bytes) -> Any:
    """Decode UTF-8 JSON; NaN and Infinity, which are not JSON, are refused."""
    try:
        # Some services put a byte order mark first; a reader may pass over it (RFC 8259).
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise misread(
            f"is not UTF-8 text (byte {error.start})", f"er ikke UTF-8-tekst (byte {error.start})"
        ) from None
    except RecursionError:
        raise misread("is nested too deeply", "er nøstet for dypt") from None
    except json.JSONDecodeError as error:
        start = shown(content[:80].decode("utf-8", "replace"), 40)
        raise misread(
            f"is not JSON (it breaks off at character {error.pos} of {len(error.doc)}); it begins "
            f"with '{start}'",
            f"er ikke JSON (det brytes av ved tegn {error.pos} av {len(error.doc)}); det begynner "
            f"med «{start}»",
        ) from None
    except ValueError:  # a number of more digits than Python converts
        raise misread("is not JSON (a number too long)", "er ikke JSON (for langt tall)") from None


def _refuse(name: str) -> None:
    raise misread(f"is not JSON ({name} is no number)", f"er ikke JSON ({name} er ikke et tall)")


def misread(en: str, nb: str) -> SourceError:
    """Return the error of an answer that is not what it should be."""
    return SourceError(f"The answer {en}.", f"Svaret {nb}.")
