"""The graph of kommune changes: which kommuner cover the same ground in two years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from proba._data import data_path
from proba.errors import KommuneError, Lang
from proba.kommuner.areas import Areas, base_areas
from proba.kommuner.changes import Change, Kommune, read_changes, read_kommuner
from proba.kommuner.words import explain, no_such_kommune

if TYPE_CHECKING:
    import pandas as pd

    from proba.kommuner.klass import Disagreement

__all__ = ["ChangeGraph", "Target", "shipped_graph"]

FIRST_YEAR = 2012
LAST_YEAR = 2024


@dataclass(frozen=True, slots=True)
class Target:
    """One kommune that covers some or all of another year's kommune.

    Attributes
    ----------
    kommune, name : str
        Number and name on the borders asked for.
    weight : float or None
        1.0 when all of the kommune lies here; None when only a part does, and how large a part
        must be given.
    reason_en, reason_nb : str
        Why, in a few words.
    """

    kommune: str
    name: str
    weight: float | None
    reason_en: str
    reason_nb: str

    def reason(self, lang: Lang = "nb") -> str:
        """Return why the weight is 1 or must be given."""
        return self.reason_nb if lang == "nb" else self.reason_en


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChangeGraph:
    """Every kommune of every year as a set of base areas.

    Attributes
    ----------
    first_year, last_year : int
        The years covered, both included. A number is valid in a year if it was so on 1 January.
    names : mapping of int to mapping of str to str
        Number and name of the kommuner of each year.
    areas : mapping of int to mapping of str to frozenset
        The base areas of each.
    owners : mapping of int to mapping of str to str
        The same the other way: the number each base area belongs to.
    changes : tuple of Change
        By date, those of 1 January of the first year included.

    Notes
    -----
    Only whole kommuner and the parts of a split kommune are followed. Pieces that went from one
    kommune to a neighbour are in ``changes`` (kind ``grense``), but no amounts follow them.
    """

    first_year: int
    last_year: int
    names: Mapping[int, Mapping[str, str]]
    areas: Areas
    owners: Mapping[int, Mapping[str, str]]
    changes: tuple[Change, ...]

    @classmethod
    def from_names(
        cls, names: Mapping[int, Mapping[str, str]], changes: Iterable[Change]
    ) -> ChangeGraph:
        """Return the graph of the numbers of each year and the changes between them.

        Parameters
        ----------
        names : mapping of int to mapping of str to str
            One entry a year, without gaps.
        changes : iterable of Change

        Raises
        ------
        KommuneError
            If a number comes, goes or is split without changes that account for it.
        """
        ordered = tuple(sorted(changes, key=lambda c: (c.date, c.target, c.source)))
        frozen = {year: MappingProxyType(dict(sorted(names[year].items()))) for year in names}
        areas = base_areas(frozen, ordered)
        held = {year: MappingProxyType(dict(areas[year])) for year in areas}
        owners = {
            year: MappingProxyType({a: n for n, area in held[year].items() for a in area})
            for year in held
        }
        return cls(
            min(names),
            max(names),
            MappingProxyType(frozen),
            MappingProxyType(held),
            MappingProxyType(owners),
            ordered,
        )

    def __repr__(self) -> str:
        return f"ChangeGraph({self.first_year}-{self.last_year}, {len(self.changes)} changes)"

    def valid(self, year: int) -> Mapping[str, str]:
        """Return the numbers valid on 1 January of ``year``, with their names, in order."""
        if year not in self.names:
            raise KommuneError(
                f"The list of kommuner covers {self.first_year} to {self.last_year}, not {year}.",
                f"Kommunelisten dekker {self.first_year} til {self.last_year}, ikke {year}.",
            )
        return self.names[year]

    def name(self, kommune: str, year: int) -> str:
        """Return the name of a kommune; raise a KommuneError if there is none in ``year``."""
        names = self.valid(year)
        if kommune not in names:
            raise no_such_kommune(self, kommune, year)
        return names[kommune]

    def years_of(self, kommune: str) -> tuple[int, ...]:
        """Return the years a number is valid, none if it never is."""
        return tuple(year for year in self.names if kommune in self.names[year])

    def targets(self, kommune: str, year: int, borders: int) -> tuple[Target, ...]:
        """Return the kommuner of ``borders`` that cover a kommune of ``year``.

        Parameters
        ----------
        kommune : str
            Number valid in ``year``.
        year, borders : int
            In either order.

        Returns
        -------
        tuple of Target
            By number. One with weight 1.0, or several with weight None.

        Raises
        ------
        KommuneError
            If the number is not valid in ``year``, or a year is not covered.
        """
        name = self.name(kommune, year)
        names = self.valid(borders)
        area = self.areas[year][kommune]
        over = sorted({self.owners[borders][a] for a in area})
        if len(over) == 1:
            same = self.areas[borders][over[0]] == area
            reason = (
                ("the same area", "samme område")
                if same
                else (f"all of it lies in {over[0]}", f"hele ligger i {over[0]}")
            )
            return (Target(over[0], names[over[0]], 1.0, *reason),)
        return tuple(
            Target(
                number,
                names[number],
                None,
                f"{kommune} {name} is divided between {len(over)} kommuner",
                f"{kommune} {name} er delt mellom {len(over)} kommuner",
            )
            for number in over
        )

    def explain(self, kommune: str, year: int, borders: int, lang: Lang = "nb") -> str:
        """Return in words how a kommune of ``year`` came to lie where it does on ``borders``.

        Raises
        ------
        KommuneError
            As :meth:`targets`.
        """
        return explain(self, kommune, year, borders, lang)

    def extended(
        self, klass_changes: pd.DataFrame, *, until: int, codes: pd.DataFrame | None = None
    ) -> ChangeGraph:
        """Return a graph that goes on to ``until`` by KLASS's own list of changes.

        Parameters
        ----------
        klass_changes : DataFrame
            Columns ``oldCode, oldName, newCode, newName, changeOccurred`` (``YYYY-MM-DD``), as
            KLASS gives them for classification 131. Those up to ``last_year`` are passed over.
        until : int
            The new last year.
        codes : DataFrame, optional
            KLASS's codes (``code``, ``name``) of 1 January of ``until``: the numbers arrived at
            must then be these.

        Returns
        -------
        ChangeGraph

        Raises
        ------
        KommuneError
            If a change is not on 1 January, its old number is not valid, or the numbers arrived
            at are not those of ``codes``.

        Notes
        -----
        KLASS does not say which former kommuner the parts of a split consist of: each part is a
        new base area, also where it is a former kommune. A kommune that KLASS lists as split
        goes on under its own number only if KLASS has a line that says so.
        """
        from proba.kommuner.klass import extended

        return extended(self, klass_changes, until=until, codes=codes)

    def disagreements(
        self, klass_changes: pd.DataFrame, *, since: int | None = None
    ) -> tuple[Disagreement, ...]:
        """Return where KLASS's list of changes and this one differ.

        Parameters
        ----------
        klass_changes : DataFrame
            As in :meth:`extended`.
        since : int, optional
            First year compared, by default ``first_year``; the last is ``last_year``.

        Returns
        -------
        tuple of Disagreement
            Changes of number only one of them has; changes of name alone are not compared.
        """
        from proba.kommuner.klass import disagreements

        return disagreements(self, klass_changes, since=since)


@lru_cache(maxsize=1)
def shipped_graph() -> ChangeGraph:
    """Return the graph of the shipped lists, 2012 to 2024, read once.

    Raises
    ------
    KommuneError
        If the files of ``data/kommuner`` are damaged.

    Notes
    -----
    Svalbard and Jan Mayen are not kommuner and not included.
    """
    folder = data_path("kommuner")
    kommuner = read_kommuner(folder / "kommuner.csv")
    changes = read_changes(folder / "endringer.csv", kommuner)
    return ChangeGraph.from_names(_yearly(kommuner), changes)


def _yearly(kommuner: Iterable[Kommune]) -> dict[int, dict[str, str]]:
    listed = tuple(kommuner)
    return {
        year: {k.number: k.name for k in listed if k.valid(year)}
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    }
