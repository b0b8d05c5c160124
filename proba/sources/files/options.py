"""Options of a reader, as a catalogue gives them, checked one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from proba.errors import CatalogueError
from proba.sources.files.records import shown

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one reader.

    Attributes
    ----------
    reader : str
        Its name in the catalogue.
    given : mapping of str to object
    """

    reader: str
    given: Mapping[str, object]

    @classmethod
    def of(cls, reader: str, given: Mapping[str, object], known: tuple[str, ...]) -> Options:
        """Take the options, or raise a :class:`CatalogueError` naming an unknown one."""
        for name in given:
            if name not in known:
                raise CatalogueError(
                    f"reader '{reader}': unknown option '{shown(name)}'; the options are "
                    f"{', '.join(known)}.",
                    f"leseren '{reader}': ukjent valg '{shown(name)}'; valgene er "
                    f"{', '.join(known)}.",
                )
        return cls(reader, {k: v for k, v in given.items() if v is not None})

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return an option that is text."""
        value = self.given.get(name, default)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        raise self.wrong(name, "a text", "en tekst")

    def needed(self, name: str) -> str:
        """Return an option that is text and must be there."""
        value = self.text(name)
        if value is None:
            raise self.wrong(name, "given, as a text", "oppgitt, som en tekst")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """Return an option that is true or false."""
        value = self.given.get(name, default)
        if isinstance(value, bool):
            return value
        raise self.wrong(name, "true or false", "true eller false")

    def year(self, name: str) -> int | None:
        """Return an option that is a year."""
        value = self.given.get(name)
        if value is None:
            return None
        if isinstance(value, int) and _is_year(value):
            return value
        raise self.wrong(name, "a year such as 2016", "et årstall som 2016")

    def years(self, name: str) -> tuple[int, ...] | None:
        """Return an option that is a list of years."""
        value = self.given.get(name)
        if value is None:
            return None
        if isinstance(value, list | tuple) and value and all(map(_is_year, value)):
            return tuple(value)
        raise self.wrong(name, "a list of years", "en liste med årstall")

    def whole(self, name: str, default: int) -> int:
        """Return an option that is a whole number."""
        value = self.given.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self.wrong(name, "a whole number", "et helt tall")

    def number(self, name: str, default: float) -> float:
        """Return an option that is a positive number."""
        value = self.given.get(name, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e12:
            return float(value)
        raise self.wrong(name, "a positive number", "et positivt tall")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an option that is a list of texts; one text is a list of one."""
        value = self.given.get(name, ())
        if isinstance(value, str):
            value = (value,)
        if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
            return tuple(value)
        raise self.wrong(name, "a list of texts", "en liste med tekster")

    def choice(self, name: str, choices: tuple[str, ...], default: str | None) -> str | None:
        """Return an option that is one of a few words."""
        value = self.given.get(name, default)
        if value is None or (isinstance(value, str) and value in choices):
            return value
        raise self.wrong(name, f"one of {', '.join(choices)}", f"en av {', '.join(choices)}")

    def where(self, name: str = "where") -> dict[str, tuple[object, ...]]:
        """Return an option that is a mapping from column to the values wanted there."""
        value = self.given.get(name, {})
        if not isinstance(value, Mapping) or not all(isinstance(k, str) for k in value):
            raise self.wrong(
                name, "a mapping from column to values", "kolonner med verdiene som skal være med"
            )
        out: dict[str, tuple[object, ...]] = {}
        for column, wanted in value.items():
            values = tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,)
            if not values or not all(isinstance(v, str | int | float) for v in values):
                raise self.wrong(name, "texts or numbers", "tekster eller tall")
            out[column] = values
        return out

    def wrong(self, name: str, en: str, nb: str) -> CatalogueError:
        """Return the error for an option of the wrong form."""
        given = shown(self.given[name]) if name in self.given else None
        return CatalogueError(
            f"reader '{self.reader}': the option '{name}' must be {en}"
            + (f", not '{given}'." if given is not None else "."),
            f"leseren '{self.reader}': valget '{name}' må være {nb}"
            + (f", ikke '{given}'." if given is not None else "."),
        )


def _is_year(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1950 <= value < 2050
