"""Levels and changes of the index by explicit thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import pandas as pd
from pandas.api.typing import NAType

from proba._numbers import plain_number
from proba.errors import IndexingError, Lang
from proba.indices.index import IndexTable

__all__ = ["CHANGES", "LEVELS", "Rule", "RuleRange", "consistent_ranges"]

LEVELS = ("Lavt", "Middels", "Høyt")
"""Names of the levels, as in Tabell 6-1."""

CHANGES = ("Nedgang", "", "Økning")
"""Names of the changes, as in Tabell 6-1; no text is no marked change."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How an index becomes a level and a change.

    Parameters
    ----------
    low : float
        Below this the level is ``Lavt``.
    high : float
        At or above this it is ``Høyt``.
    change : float
        A rise of at least this many index points from first to last year is ``Økning``, a fall
        of at least as many ``Nedgang``.
    rounded : bool
        Apply the rule to the index rounded half up to whole numbers, as printed.

    Raises
    ------
    IndexingError
        If ``low`` is above ``high``, ``change`` is not positive, or a value has another type.

    Notes
    -----
    Proba-rapport 2017-08 prints levels and changes in Tabell 6-1 but not the thresholds. The
    default is one of many rules that give all nine rows; :func:`consistent_ranges` shows how
    far each threshold can move.
    """

    low: float = 90.0
    high: float = 110.0
    change: float = 5.0
    rounded: bool = True

    def __post_init__(self) -> None:
        for name in ("low", "high", "change"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real):
                raise IndexingError(
                    f"rule: '{name}' must be a number, not {value!r}.",
                    f"regel: '{name}' må være et tall, ikke {value!r}.",
                )
        if not isinstance(self.rounded, bool):
            raise IndexingError(
                f"rule: 'rounded' must be true or false, not {self.rounded!r}.",
                f"regel: 'rounded' må være true eller false, ikke {self.rounded!r}.",
            )
        if not self.low <= self.high or not self.change > 0:
            raise IndexingError(
                f"rule: low ({self.low:g}) must not be above high ({self.high:g}) and change "
                f"({self.change:g}) must be positive.",
                f"regel: low ({self.low:g}) kan ikke være over high ({self.high:g}), og change "
                f"({self.change:g}) må være positiv.",
            )

    def level(self, value: float | NAType) -> str | None:
        """Level of one index value; None if missing."""
        if pd.isna(value):
            return None
        value = float(value)
        return LEVELS[0] if value < self.low else LEVELS[2] if value >= self.high else LEVELS[1]

    def direction(self, change: float | NAType) -> str | None:
        """Name of a change in index points; None if missing."""
        if pd.isna(change):
            return None
        change = float(change)
        if change >= self.change:
            return CHANGES[2]
        return CHANGES[0] if change <= -self.change else CHANGES[1]

    def classify(
        self, index: IndexTable, *, first: int | None = None, last: int | None = None
    ) -> pd.DataFrame:
        """Level in the last year and change from the first, for every entity.

        Parameters
        ----------
        index : IndexTable
        first, last : int, optional
            Years; the table's first and last if not given.

        Returns
        -------
        DataFrame
            One row an entity: the years' index (rounded if the rule says so), ``level`` and
            ``change`` (in words) and ``points`` (index points).

        Raises
        ------
        IndexingError
            If a year is not in the table, or ``first`` comes after ``last``.
        """
        wide = index.wide(rounded=self.rounded)
        years = [int(y) for y in wide.columns]
        start = years[0] if first is None else first
        end = years[-1] if last is None else last
        for year in (start, end):
            if year not in wide.columns:
                shown = ", ".join(map(str, wide.columns))
                raise IndexingError(
                    f"year {year} is not in the index table ({shown}).",
                    f"året {year} finnes ikke i indekstabellen ({shown}).",
                )
        if start > end:
            raise IndexingError(
                f"first year {start} comes after last year {end}.",
                f"første år {start} kommer etter siste år {end}.",
            )
        points = wide[end] - wide[start]
        return wide.assign(
            level=pd.Series([self.level(v) for v in wide[end]], wide.index, dtype=object),
            change=pd.Series([self.direction(v) for v in points], wide.index, dtype=object),
            points=points,
        )

    def describe(self, lang: Lang = "nb") -> str:
        """Return the thresholds in one sentence."""
        low, high, change = (plain_number(v, lang) for v in (self.low, self.high, self.change))
        if lang == "nb":
            return (
                f"Lavt: indeks under {low}. Middels: {low} til under {high}. "
                f"Høyt: {high} eller mer (siste år). Økning/Nedgang: minst "
                f"{change} indekspoeng fra første til siste år."
                + (" Regnes på indeksen avrundet til hele tall." if self.rounded else "")
                + (" Én av mange regler som gir tabell 6-1." if self == Rule() else "")
            )
        return (
            f"Lavt: index below {low}. Middels: {low} to below {high}. "
            f"Høyt: {high} or more (last year). Økning/Nedgang: at least "
            f"{change} index points from first to last year."
            + (" Applied to the index rounded to whole numbers." if self.rounded else "")
            + (" One of many rules that give Tabell 6-1." if self == Rule() else "")
        )

    def __str__(self) -> str:
        return self.describe()


@dataclass(frozen=True, slots=True)
class RuleRange:
    """How far each threshold can move while a set of classifications stays as it is.

    Attributes
    ----------
    low, high, rise, fall : tuple of float
        ``low``: Lavt/Middels anywhere in (a, b]. ``high``: Middels/Høyt in (a, b]. ``rise``:
        Økning from a change in (a, b]. ``fall``: Nedgang from a change in [a, b).
    """

    low: tuple[float, float]
    high: tuple[float, float]
    rise: tuple[float, float]
    fall: tuple[float, float]

    def describe(self, lang: Lang = "nb") -> str:
        """Return the ranges in one sentence."""
        low, high, rise, fall = (
            [plain_number(v, lang) for v in pair]
            for pair in (self.low, self.high, self.rise, self.fall)
        )
        if lang == "nb":
            return (
                f"Den trykte tabellen fås med Lavt/Middels hvor som helst i ({low[0]}; {low[1]}], "
                f"Middels/Høyt i ({high[0]}; {high[1]}], Økning i ({rise[0]}; {rise[1]}] "
                f"og Nedgang i [{fall[0]}; {fall[1]}): regelen er én av mange."
            )
        return (
            f"The printed table follows with Lavt/Middels anywhere in ({low[0]}; {low[1]}], "
            f"Middels/Høyt in ({high[0]}; {high[1]}], Økning in ({rise[0]}; {rise[1]}] and "
            f"Nedgang in [{fall[0]}; {fall[1]}): the rule is one of many."
        )


def consistent_ranges(
    last: pd.Series, points: pd.Series, level: pd.Series, change: pd.Series
) -> RuleRange:
    """Thresholds that all give the classifications printed.

    Parameters
    ----------
    last : Series
        Index in the last year.
    points : Series
        Change from the first year to the last.
    level, change : Series of str
        The printed words; an empty ``change`` is no marked change.

    Returns
    -------
    RuleRange

    Raises
    ------
    IndexingError
        If a word is unknown, or no threshold can give the table (a Lavt above a Middels).
    """
    unknown = (set(level) - set(LEVELS)) | (set(change) - set(CHANGES))
    if unknown:
        raise IndexingError(
            f"unknown level or change: {min(unknown, key=str)!r}.",
            f"ukjent nivå eller endring: {min(unknown, key=str)!r}.",
        )
    inf = float("inf")

    def top(values: pd.Series) -> float:
        return float(values.max()) if len(values) else -inf

    def bottom(values: pd.Series) -> float:
        return float(values.min()) if len(values) else inf

    ranges = RuleRange(
        low=(top(last[level == LEVELS[0]]), bottom(last[level != LEVELS[0]])),
        high=(top(last[level != LEVELS[2]]), bottom(last[level == LEVELS[2]])),
        rise=(top(points[change != CHANGES[2]]), bottom(points[change == CHANGES[2]])),
        fall=(top(points[change == CHANGES[0]]), bottom(points[change != CHANGES[0]])),
    )
    for name in ("low", "high", "rise", "fall"):
        a, b = getattr(ranges, name)
        if a >= b:
            raise IndexingError(
                f"no threshold gives this table: '{name}' would have to lie between {a:g} and "
                f"{b:g}.",
                f"ingen grense gir denne tabellen: '{name}' måtte ligget mellom {a:g} og {b:g}.",
            )
    return ranges
