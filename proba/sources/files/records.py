"""What the file readers give back, and how they say where something stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from proba._table import printable
from proba.errors import SourceError

__all__ = ["Note", "Observations", "Place", "Reader", "fault", "shown"]

Note = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Observations:
    """Values read from one file.

    Attributes
    ----------
    frame : DataFrame
        Long: ``kommune`` (four digits, as in the file), ``aar`` (int64), ``value`` (float64,
        NaN where the file has no number) and ``status`` (the file's sign for why, such as
        ``"."``, ``":"``, ``"*"`` or ``"<5"``; None where there is a number or an empty cell).
        Sorted by kommune and year, one row for each pair.
    origin : str
        File name, and sheet if it has sheets.
    notes : tuple of (str, str)
        English and Norwegian sentences: rows left out, totals compared, guesses made.
    """

    frame: pd.DataFrame
    origin: str
    notes: tuple[Note, ...]


Reader = Callable[[bytes, str, Mapping[str, object]], Observations]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands, in both languages."""

    en: str
    nb: str


def shown(value: object, width: int = 60) -> str:
    """Return text from a file as one short printable line."""
    text = " ".join(printable(str(value)).split())
    return text if len(text) <= width else text[: width - 1] + "…"


def fault(place: Place, en: str, nb: str) -> SourceError:
    """Return the error that says what is wrong at a place."""
    return SourceError(f"{place.en}: {en}", f"{place.nb}: {nb}")
