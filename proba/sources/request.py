"""What is asked of a source, in a form that can be stored, compared and sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """One question to one source.

    Attributes
    ----------
    source : str
        Short name of the source: ``ssb``, ``klass``, ``imdi``, ...
    url : str
        Address without a query string.
    params : tuple of (str, str)
        The query string, in the order sent.
    body : str or None
        JSON text of a POST; None makes it a GET.
    accept : str
        Media type wanted.
    licence : str
        Licence the source publishes under.
    """

    source: str
    url: str
    params: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    accept: str = "application/json"
    licence: str = ""

    @classmethod
    def post(
        cls,
        source: str,
        url: str,
        payload: Mapping[str, Any] | Sequence[Any],
        *,
        params: Sequence[tuple[str, str]] = (),
        licence: str = "",
    ) -> Request:
        """Return a POST of ``payload`` as JSON, written the same way every time."""
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        return cls(source, url, tuple(params), body, licence=licence)

    @property
    def method(self) -> str:
        """``GET`` or ``POST``."""
        return "GET" if self.body is None else "POST"

    @property
    def query(self) -> str:
        """Parameters and body as one line of JSON, for people and for the key."""
        asked: dict[str, Any] = {}
        if self.params:
            asked["params"] = [list(pair) for pair in self.params]
        if self.body is not None:
            asked["body"] = json.loads(self.body)
        return json.dumps(asked, ensure_ascii=False, separators=(",", ":"))

    @property
    def key(self) -> str:
        """SHA-256 of what is asked: the same question has the same key on every machine."""
        text = "\n".join((self.method, self.url, self.query))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()
