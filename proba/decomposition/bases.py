"""What is counted: cases of social assistance, or the persons who receive it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from proba.errors import DecompositionError, Lang

__all__ = ["BASE_COLUMN", "CountBase", "base_of_names", "parse_base"]

BASE_COLUMN = "tellebasis"
"""Column in which a table can say what it counts: ``tilfeller`` or ``mottakere``."""


class CountBase(Enum):
    """The count an identity rests on.

    A person can be several cases in a year (Statistics Norway's cases end at the turn of the
    year, and a household is one case), so 4.9 months a case and 5.1 months a recipient can both
    be right in one year. Durations and amounts per case go with the number of cases, those per
    person with the number of persons.
    """

    CASES = "tilfeller"
    PERSONS = "mottakere"
    MIXED = "blandet"

    def words(self, lang: Lang = "nb") -> str:
        """Return the base in Norwegian or English."""
        if lang == "nb":
            return self.value
        return {"tilfeller": "cases", "mottakere": "recipients", "blandet": "mixed"}[self.value]


# "stonadstilfeller", "maneder_per_tilfelle", "sosialhjelpsmottakere", "stonad_per_mottaker" ...
_STEMS = {"tilfelle": CountBase.CASES, "mottaker": CountBase.PERSONS}


def parse_base(value: str | CountBase | None) -> CountBase | None:
    """Read a count base from its Norwegian word.

    Raises
    ------
    DecompositionError
        If the word is none of ``tilfeller``, ``mottakere``, ``blandet``.
    """
    if value is None or isinstance(value, CountBase):
        return value
    for base in CountBase:
        if str(value).strip().lower() == base.value:
            return base
    known = ", ".join(base.value for base in CountBase)
    raise DecompositionError(
        f"count base must be one of {known}, not {value!r}.",
        f"tellebasis må være en av {known}, ikke «{value}».",
    )


def base_of_names(names: Iterable[str]) -> dict[CountBase, str]:
    """Find which bases column names speak of, with the first name that does."""
    found: dict[CountBase, str] = {}
    for name in names:
        for stem, base in _STEMS.items():
            if stem in name.lower():
                found.setdefault(base, name)
    return found
