"""What to ask a table for: selections made explicit, divided into queries.

The expressions mean what they mean in PxWebApi (``SelectionExpressions`` in PxTools), but are
resolved here against the table's metadata, so that what was asked is written out in the stored
query and does not shift when the table grows: ``*`` any text, ``?`` one character (upper and lower
case alike, as there), ``top(n)``, ``top(n,skip)``, ``bottom(n)``, ``bottom(n,skip)``, ``from(x)``,
``to(x)`` and ``range(a,b)``, ends included. ``top`` of time is the latest periods, of another
dimension its first codes; ``bottom`` is the other end. A code that reads like an expression is a
code.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proba.errors import SourceError
from proba.sources._json import shown
from proba.sources._jsonstat_read import Dimension

__all__ = [
    "QueryPlan",
    "Selection",
    "TableMeta",
    "resolve_codes",
    "resolve_selection",
    "split_selection",
]

Selection = Mapping[str, tuple[str, ...]]

_ENDS = re.compile(r"(top|bottom)\(\s*([1-9]\d{0,8})\s*(?:,\s*(\d{1,9})\s*)?\)", re.IGNORECASE)
_SIDE = re.compile(r"(from|to)\(([^()]+)\)", re.IGNORECASE)
_RANGE = re.compile(r"range\(([^,()]+),([^,()]+)\)", re.IGNORECASE)
_CALL = re.compile(r"(top|bottom|from|to|range)\(.*", re.IGNORECASE | re.DOTALL)
NAMED = 5  # how many wrong codes a message names


@dataclass(frozen=True, slots=True)
class TableMeta:
    """What a table has: its dimensions and their codes.

    ``updated`` is the latest of all contents; an answer carries the latest of those asked for.
    """

    table: str
    label: str
    updated: str | None
    dimensions: tuple[Dimension, ...]
    source: str

    def dimension(self, code: str) -> Dimension:
        """Return the dimension with this code, or raise a SourceError naming those there are.

        As at the service, upper and lower case count the same where no code is exactly this.
        """
        exact = [d for d in self.dimensions if d.code == code]
        found = exact or [d for d in self.dimensions if d.code.casefold() == code.casefold()]
        if len(found) == 1:
            return found[0]
        known = ", ".join(shown(d.code) for d in self.dimensions)
        raise SourceError(
            f"Table {self.table} has no dimension '{shown(code)}'; it has {known}.",
            f"Tabell {self.table} har ingen dimensjon «{shown(code)}»; den har {known}.",
        )


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """The queries that fetch a selection.

    Attributes
    ----------
    table : str
    selections : tuple of mapping
        One for each query: dimension to codes. Together they hold every cell once.
    cells : int
        Cells of all queries together.
    asked : mapping
        The whole selection, in the order of the metadata.
    """

    table: str
    selections: tuple[Selection, ...]
    cells: int
    asked: Selection


def resolve_selection(
    meta: TableMeta, select: Mapping[str, Sequence[str]] | None
) -> dict[str, tuple[str, ...]]:
    """Write a selection out as codes, in the order of the metadata, each once.

    Parameters
    ----------
    meta : TableMeta
    select : mapping or None
        Dimension to codes and expressions (one text counts as a list of one). A dimension that is
        not mentioned gives all its codes, None all of all. An empty list leaves the dimension out,
        and the source then gives its total; only where the metadata allows elimination.

    Returns
    -------
    dict
        Dimension to codes, without the dimensions left out.

    Raises
    ------
    SourceError
        Naming the table, the dimension, what is unknown and the nearest known.
    """
    select = {meta.dimension(name).code: codes for name, codes in (select or {}).items()}
    resolved = {}
    for dimension in meta.dimensions:
        wanted = select.get(dimension.code, ("*",))
        wanted = (wanted,) if isinstance(wanted, str) else wanted
        if len(wanted) == 0 and dimension.elimination:
            continue
        if len(wanted) == 0:
            raise SourceError(
                f"Table {meta.table}: the dimension '{shown(dimension.code)}' cannot be left out; "
                "name its codes, or '*' for all.",
                f"Tabell {meta.table}: dimensjonen «{shown(dimension.code)}» kan ikke utelates; "
                "oppgi koder, eller «*» for alle.",
            )
        resolved[dimension.code] = resolve_codes(meta, dimension, wanted)
    if not resolved:
        raise SourceError(
            f"Table {meta.table}: every dimension is left out.",
            f"Tabell {meta.table}: alle dimensjonene er utelatt.",
        )
    return resolved


def resolve_codes(meta: TableMeta, dimension: Dimension, wanted: Sequence[str]) -> tuple[str, ...]:
    """Write out one dimension's codes and expressions, as in :func:`resolve_selection`."""
    place = {code: i for i, code in enumerate(dimension.codes)}
    chosen: set[int] = set()
    unknown = []
    for text in wanted:
        if not isinstance(text, str):
            raise SourceError(
                f"Table {meta.table}, {shown(dimension.code)}: the code {shown(text)} is not text; "
                "put it in quotation marks (0301 as a number is 301).",
                f"Tabell {meta.table}, {shown(dimension.code)}: koden {shown(text)} er ikke tekst; "
                "sett den i anførselstegn (0301 som tall er 301).",
            )
        found = [place[text]] if text in place else _expression(meta, dimension, text, place)
        if not found:
            unknown.append(text)
        chosen.update(found)
    if unknown:
        raise _unknown(meta, dimension, unknown)
    return tuple(dimension.codes[i] for i in sorted(chosen))


def _expression(
    meta: TableMeta, dimension: Dimension, text: str, place: Mapping[str, int]
) -> Sequence[int]:
    """Positions an expression means; none if it is a code the dimension does not have."""
    every = range(len(dimension.codes))
    if match := _ENDS.fullmatch(text):
        count, skip = int(match[2]), int(match[3] or 0)
        latest = (match[1].lower() == "top") == dimension.is_time
        return every[::-1][skip : skip + count] if latest else every[skip : skip + count]
    if match := _SIDE.fullmatch(text):
        (at,) = _places(meta, dimension, place, match[2])
        return every[at:] if match[1].lower() == "from" else every[: at + 1]
    if match := _RANGE.fullmatch(text):
        first, last = sorted(_places(meta, dimension, place, match[1], match[2]))
        return every[first : last + 1]
    if _CALL.fullmatch(text):
        raise SourceError(
            f"Table {meta.table}, {shown(dimension.code)}: '{shown(text)}' is not understood; "
            "write top(3), bottom(3), from(2015), to(2019) or range(2015,2019).",
            f"Tabell {meta.table}, {shown(dimension.code)}: «{shown(text)}» er ikke forståelig; "
            "skriv top(3), bottom(3), from(2015), to(2019) eller range(2015,2019).",
        )
    if "*" in text or "?" in text:
        # Runs of stars are one star; else the search could take for ever on a long pattern.
        shape = "".join(
            ".*" if c == "*" else "." if c == "?" else re.escape(c)
            for c in re.sub(r"\*+", "*", text)
        )
        pattern = re.compile(shape, re.IGNORECASE | re.DOTALL)
        return [i for i in every if pattern.fullmatch(dimension.codes[i])]
    return ()


def _places(
    meta: TableMeta, dimension: Dimension, place: Mapping[str, int], *texts: str
) -> list[int]:
    codes = [text.strip() for text in texts]
    unknown = [code for code in codes if code not in place]
    if unknown:
        raise _unknown(meta, dimension, unknown)
    return [place[code] for code in codes]


def _unknown(meta: TableMeta, dimension: Dimension, unknown: Sequence[str]) -> SourceError:
    named = ", ".join(f"'{shown(text, 30)}'" for text in unknown[:NAMED])
    more = len(unknown) - NAMED
    by_label = dict(zip(map(str.casefold, dimension.labels), dimension.codes, strict=True))
    near: dict[str, None] = {}
    for text in unknown[:NAMED]:
        if text.casefold() in by_label:
            near[by_label[text.casefold()]] = None
        count = 3 if len(unknown) == 1 else 1
        near.update(dict.fromkeys(difflib.get_close_matches(text, dimension.codes, n=count)))
    known = ", ".join(shown(code, 30) for code in near)
    if not known and dimension.codes:
        known = f"{shown(dimension.codes[0], 30)} … {shown(dimension.codes[-1], 30)}"
    en = f" and {more} more" if more > 0 else ""
    nb = f" og {more} til" if more > 0 else ""
    return SourceError(
        f"Table {meta.table}: the dimension '{shown(dimension.code)}' has no code {named}{en}; "
        f"nearest known: {known}.",
        f"Tabell {meta.table}: dimensjonen «{shown(dimension.code)}» har ikke koden {named}{nb}; "
        f"nærmeste kjente: {known}.",
    )


def split_selection(
    asked: Selection, max_cells: int, whole: Sequence[str] = ()
) -> tuple[Selection, ...]:
    """Divide a selection into parts of at most ``max_cells`` cells, each cell in one part.

    Parameters
    ----------
    asked : mapping
        Dimension to codes.
    max_cells : int
        At least 1.
    whole : sequence of str
        Dimensions divided only when nothing else is left to divide. SSB dates an answer by the
        contents it holds, so contents apart could look like a table that changed under way.

    Returns
    -------
    tuple of mapping
    """
    cells = math.prod(len(codes) for codes in asked.values())
    if cells <= max_cells:
        return (asked,)
    free = [d for d, codes in asked.items() if len(codes) > 1 and d not in whole]
    free = free or [d for d, codes in asked.items() if len(codes) > 1]

    def step(name: str) -> int:
        return max_cells // (cells // len(asked[name]))

    # The dimension that alone gives the fewest queries; where none is enough alone, the longest
    # is taken apart code by code, and each code is divided further.
    enough = [d for d in free if step(d) > 0]
    if enough:
        cut = min(enough, key=lambda d: (math.ceil(len(asked[d]) / step(d)), -len(asked[d])))
    else:
        cut = max(free, key=lambda d: len(asked[d]))
    width = max(1, step(cut))
    parts: list[Selection] = []
    for start in range(0, len(asked[cut]), width):
        part = {**asked, cut: asked[cut][start : start + width]}
        parts += split_selection(part, max_cells, whole)
    return tuple(parts)
