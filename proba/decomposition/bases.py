"""What is counted: cases of social assistance, or the persons who receive it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from proba.errors import DecompositionError, Lang

__all__ = ["BASE_COLUMN", "CountBase", "CountUnit", "count_unit", "parse_base", "settle_base"]

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


# "stonadstilfeller", "sosialhjelpsmottakere", "klienter" ...
_STEMS = {
    "tilfelle": CountBase.CASES,
    "mottaker": CountBase.PERSONS,
    "person": CountBase.PERSONS,
    "klient": CountBase.PERSONS,
}


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


@dataclass(frozen=True, slots=True)
class CountUnit:
    """What a factor counts and what it is per, as far as its name tells.

    Attributes
    ----------
    name : str
    of, per : CountBase or None
        ``tilfeller`` is of cases, ``maneder_per_tilfelle`` per case, ``tilfeller_per_mottaker``
        of cases per person.
    """

    name: str
    of: CountBase | None
    per: CountBase | None

    @property
    def bridges(self) -> bool:
        """Whether it turns one count into the other."""
        return self.of is not None and self.per is not None and self.of is not self.per


def count_unit(column: str, per: str | None = None) -> CountUnit:
    """Read what a column, or a ratio of two, counts from the names."""
    if per is not None:
        return CountUnit(f"{column}/{per}", _stem(column), _stem(per))
    of, found, below = column.lower().partition("_per_")
    return CountUnit(column, _stem(of), _stem(below) if found else None)


def settle_base(units: Sequence[CountUnit], said: CountBase | None) -> CountBase | None:
    """Find what an identity counts, and check that cases and persons are not mixed.

    Parameters
    ----------
    units : sequence of CountUnit
        One a factor.
    said : CountBase or None
        What the user says it is.

    Raises
    ------
    DecompositionError
        If cases are multiplied with what is per person, or the other way, without a factor that
        turns one into the other; if such a factor does not fit the others; or if ``said`` differs.

    Notes
    -----
    Units must cancel: ``mottakere * (tilfeller / mottakere) * maneder_per_tilfelle`` starts from
    persons and goes over to cases. Names are all there is to go by; a column called ``antall`` says
    nothing.
    """
    if said is CountBase.MIXED:
        return said
    plain = [u for u in units if not u.bridges]
    counts = {u.of: u.name for u in plain if u.of is not None}
    pers = {u.per: u.name for u in plain if u.per is not None and u.of is None}
    bridge = next((u for u in units if u.bridges), None)
    if bridge is None:
        _check_one({**pers, **counts})
        base = next(iter({**counts, **pers}), None)
    else:
        wrong = next((n for b, n in counts.items() if b is not bridge.per), None)
        wrong = wrong or next((n for b, n in pers.items() if b is not bridge.of), None)
        if wrong is not None or not counts:
            _bridge_error(bridge, wrong)
        base = bridge.per
    if said is not None and base is not None and said is not base:
        name = next(u.name for u in units if base in (u.of, u.per))
        raise DecompositionError(
            f"base is given as {said.value}, but '{name}' counts {base.value}.",
            f"tellebasis er oppgitt som {said.value}, men «{name}» teller {base.value}.",
        )
    return base or said


def _stem(text: str) -> CountBase | None:
    return next((base for stem, base in _STEMS.items() if stem in text.lower()), None)


def _check_one(named: dict[CountBase, str]) -> None:
    if len(named) == 2:
        cases, persons = named[CountBase.CASES], named[CountBase.PERSONS]
        raise DecompositionError(
            f"'{cases}' counts cases and '{persons}' persons, which are different numbers; put in "
            "a ratio that turns one into the other, such as mottakere * (tilfeller / mottakere), "
            "or say base='blandet'.",
            f"«{cases}» teller tilfeller og «{persons}» personer, som er ulike tall; sett inn et "
            "forhold som gjør det ene til det andre, som mottakere * (tilfeller / mottakere), "
            "eller oppgi tellebasis «blandet».",
        )


def _bridge_error(bridge: CountUnit, wrong: str | None) -> NoReturn:
    of, per = (b.words("en") if b else "" for b in (bridge.of, bridge.per))
    av, pr = (b.value if b else "" for b in (bridge.of, bridge.per))
    en = f"'{wrong}' does not fit" if wrong else f"no factor counts {per}"
    nb = f"«{wrong}» passer ikke" if wrong else f"ingen faktor teller {pr}"
    raise DecompositionError(
        f"'{bridge.name}' turns {per} into {of}, but {en}; start from {per} and go on per {of}, "
        "or say base='blandet'.",
        f"«{bridge.name}» gjør {pr} til {av}, men {nb}; begynn med {pr} og fortsett per {av}, "
        "eller oppgi tellebasis «blandet».",
    )
