"""The variable catalogue: which table, which codes, which years, and how they combine.

A catalogue is data (YAML). It names *sources* (who publishes, how it is reached), *quantities*
(counts and amounts per kommune and year, as published) and *variables* (panel columns, made from
quantities by one of four recipes). Adding a variable means adding an entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from proba.errors import CatalogueError, Lang

__all__ = [
    "Break",
    "Catalogue",
    "Kind",
    "Part",
    "Quantity",
    "Recipe",
    "RecipeVariable",
    "Source",
    "Words",
]


@dataclass(frozen=True, slots=True)
class Words:
    """One text in two languages."""

    nb: str
    en: str

    def text(self, lang: Lang = "nb") -> str:
        """Return the text in ``lang``."""
        return self.nb if lang == "nb" else self.en


@dataclass(frozen=True, slots=True)
class Source:
    """Who publishes figures and how they are reached.

    Attributes
    ----------
    code : str
    kind : {"pxweb", "file"}
        A PxWebApi v2 service, or a file the user names (path or address).
    name : str
    licence : str
    reader : str or None
        For files: name in :data:`proba.sources.files.READERS`.
    url : str or None
        For files: address used when the user names none; ``{year}`` stands for the year.
    yearly : bool
        For files: always one file a year (``source:2016``); others may be.
    where : Words or None
        For files: where a person finds it.
    """

    code: str
    kind: str
    name: str
    licence: str
    reader: str | None = None
    url: str | None = None
    yearly: bool = False
    where: Words | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One table (or file) that holds a quantity for some years.

    Attributes
    ----------
    source : str
    table : str or None
        Table number of a PxWeb source.
    first, last : int or None
        Panel years it can give; None is open.
    kommune, year : str
        For PxWeb: the dimensions of kommuner and years; empty where they are to be found by
        content (kommune numbers, the time role).
    select : mapping of str to tuple of str
        For PxWeb: values of the other dimensions; the cells are summed. Codes, patterns (``2??``,
        ``range(016,066)``), codes left out (``!612``), or ``text=`` and a label. A dimension not
        named is eliminated (the table's own total).
    lang : {"no", "en"}
        Language of the labels that ``text=`` is held against.
    borders : int or None
        For files whose history is told on one year's borders: that year. Only kommuner with the
        same area in both years can then be used.
    year_offset : int
        Added to the panel year to find the table's year: 1 where 31 December is wanted and the
        table counts 1 January.
    fixed_year : int or None
        The table's one year that stands for every panel year, as when a figure was published
        once; told in the report.
    factor : float
        Multiplies the published figure, to the quantity's unit.
    options : mapping
        For files: handed to the reader.
    basis : str
        What the codes were taken from.
    seen : bool
        Whether the table's own metadata, or the real file, was seen when the entry was written.
    """

    source: str
    table: str | None
    first: int | None
    last: int | None
    kommune: str
    year: str
    select: Mapping[str, tuple[str, ...]]
    year_offset: int
    fixed_year: int | None
    factor: float
    options: Mapping[str, Any]
    lang: str
    borders: int | None
    basis: str
    seen: bool

    def covers(self, year: int) -> bool:
        """Whether the part can give ``year`` (a panel year)."""
        return (self.first is None or year >= self.first) and (
            self.last is None or year <= self.last
        )

    def year_in_source(self, year: int) -> int:
        """Return the year of the table's figures that are used for ``year`` (a panel year)."""
        return year + self.year_offset if self.fixed_year is None else self.fixed_year

    @property
    def name(self) -> str:
        """Short name: ``ssb 07459`` or ``nav``."""
        return f"{self.source} {self.table}" if self.table else self.source


@dataclass(frozen=True, slots=True)
class Break:
    """A series break: figures from ``year`` on are not quite those before.

    Where ``parts`` names tables, the break lies between them and is crossed only by a panel that
    uses them all.
    """

    year: int
    words: Words
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure per kommune and year, as published.

    Attributes
    ----------
    code : str
    label : Words
    unit : Words
    adds : bool
        Whether kommuner's figures may be added; a percentage or an index may not.
    parts : tuple of Part
        In order of preference.
    breaks : tuple of Break
    notes : tuple of Words
        What a user should know of it.
    """

    code: str
    label: Words
    unit: Words
    adds: bool
    parts: tuple[Part, ...]
    breaks: tuple[Break, ...] = ()
    notes: tuple[Words, ...] = ()


class Kind(Enum):
    """How a panel column is made from quantities."""

    RATIO = "ratio"  # factor x sum of numerators / denominator
    AMOUNT = "amount"  # factor x quantity
    POWER = "power"  # quantity ** exponent
    WEIGHTED = "weighted"  # a percentage or index; where kommuner merge, weighted by a count


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a variable is made.

    Attributes
    ----------
    kind : Kind
    of : tuple of str
        The quantities: numerators of a ratio (added), else one.
    per : str or None
        Denominator of a ratio, or the weights of ``weighted``.
    factor : float
    exponent : float
    exact : bool
        For ``weighted``: whether ``per`` is the very denominator of the published figure, so that
        the weighted mean is the figure recomputed. Otherwise the result for merged kommuner is an
        approximation and is reported as one.
    """

    kind: Kind
    of: tuple[str, ...]
    per: str | None = None
    factor: float = 1.0
    exponent: float = 1.0
    exact: bool = True

    @property
    def quantities(self) -> tuple[str, ...]:
        """Every quantity the recipe needs."""
        return (*self.of, *((self.per,) if self.per else ()))


@dataclass(frozen=True, slots=True)
class RecipeVariable:
    """A panel column and how it is made."""

    code: str
    label: Words
    recipe: Recipe
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Sources, quantities and variables, each by its code.

    Read one with :func:`read_catalogue`; the shipped one is :func:`shipped_catalogue`.
    """

    sources: Mapping[str, Source]
    quantities: Mapping[str, Quantity]
    variables: Mapping[str, RecipeVariable]
    origin: str

    def pick(self, names: tuple[str, ...] | None) -> tuple[RecipeVariable, ...]:
        """Return the variables asked for (all when None), in the catalogue's order.

        Raises
        ------
        CatalogueError
            If a name is not in the catalogue.
        """
        if names is None:
            return tuple(self.variables.values())
        unknown = [name for name in names if name not in self.variables]
        if unknown:
            known = ", ".join(self.variables)
            raise CatalogueError(
                f"{self.origin}: no variable '{unknown[0]}'; the catalogue has {known}.",
                f"{self.origin}: ingen variabel '{unknown[0]}'; katalogen har {known}.",
            )
        return tuple(v for v in self.variables.values() if v.code in names)
