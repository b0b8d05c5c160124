"""Where in a catalogue file we are, and typed look-ups that fail with that place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from reprlib import repr as short
from typing import Any, NoReturn

from proba.errors import CatalogueError
from proba.panel.building.catalogue import Words

__all__ = ["Place"]


_RESERVED = frozenset({"kommune", "aar", "kommunenavn", "merke"})


class Place:
    """Where in the file we are, and typed look-ups that fail with that place."""

    def __init__(self, *path: str) -> None:
        self.path = path

    def at(self, *more: str) -> Place:
        """Return a place further in."""
        return Place(*self.path, *more)

    def fail(self, en: str, nb: str) -> NoReturn:
        """Raise a CatalogueError that begins with this place."""
        where = f"{self.path[0]}: " + ("".join(f"{step} → " for step in self.path[1:]))
        where = where.removesuffix(" → ") + (": " if len(self.path) > 1 else "")
        raise CatalogueError(f"{where}{en}.", f"{where}{nb}.")

    def mapping(
        self, value: object, known: Iterable[str], required: Iterable[str]
    ) -> Mapping[str, Any]:
        """Return a mapping of known keys, the required ones among them."""
        if not isinstance(value, dict) or not all(isinstance(k, str) for k in value):
            self.fail(
                f"expected keys and values, not {short(value)}",
                f"ventet nøkler og verdier, ikke {short(value)}",
            )
        known = tuple(known)
        unknown = [k for k in value if k not in known]
        if unknown:
            self.fail(
                f"unknown key {short(unknown[0])}; known keys are {', '.join(known)}",
                f"ukjent nøkkel {short(unknown[0])}; kjente nøkler er {', '.join(known)}",
            )
        missing = [k for k in required if k not in value]
        if missing:
            self.fail(f"the key '{missing[0]}' is missing", f"nøkkelen '{missing[0]}' mangler")
        return value

    def entries(self, value: object, key: str) -> Iterable[tuple[str, object]]:
        """Return the entries of a list by code."""
        if value is None:
            return ()
        if not isinstance(value, dict):
            self.at(key).fail("expected entries by code", "ventet oppføringer etter kode")
        for code in value:
            if code in _RESERVED:
                self.at(key).fail(
                    f"'{code}' is a column every panel has; give the entry another code",
                    f"'{code}' er en kolonne alle paneler har; gi oppføringen en annen kode",
                )
            if not isinstance(code, str) or not code.isidentifier():
                self.at(key).fail(
                    f"{short(code)} is not a usable code (letters, digits and _)",
                    f"{short(code)} kan ikke brukes som kode (bokstaver, sifre og _)",
                )
        return tuple(value.items())

    def text(self, entry: Mapping[str, Any], key: str, default: str | None = None) -> str:
        """Return a text."""
        value = entry.get(key, default)
        if not isinstance(value, str) or (not value and default is None):
            self.fail(f"'{key}' must be text", f"'{key}' må være tekst")
        return value

    def number(self, entry: Mapping[str, Any], key: str, default: float) -> float:
        """Return a number."""
        value = entry.get(key, default)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value):
            self.fail(f"'{key}' must be a number", f"'{key}' må være et tall")
        return float(value)

    def year(self, entry: Mapping[str, Any], key: str) -> int | None:
        """Return a whole number, or None where it is left out."""
        value = entry.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            self.fail(f"'{key}' must be a year", f"'{key}' må være et årstall")
        return value

    def flag(self, entry: Mapping[str, Any], key: str, default: bool) -> bool:
        """Return a truth value."""
        value = entry.get(key, default)
        if not isinstance(value, bool):
            self.fail(f"'{key}' must be true or false", f"'{key}' må være true eller false")
        return value

    def texts(self, value: object, key: str) -> tuple[str, ...]:
        """Return a list of texts; one text counts as a list of one."""
        listed = [value] if isinstance(value, str) else value
        if (
            not isinstance(listed, list)
            or not listed
            or not all(isinstance(v, str) for v in listed)
        ):
            self.fail(
                f"'{key}' must be a list of codes in quotation marks, not {short(value)}",
                f"'{key}' må være en liste med koder i anførselstegn, ikke {short(value)}",
            )
        return tuple(listed)

    def words(self, value: object, key: str) -> Words:
        """Return a text in two languages."""
        entry = self.at(key).mapping(value, ("nb", "en"), ("nb", "en"))
        return Words(self.text(entry, "nb"), self.text(entry, "en"))
