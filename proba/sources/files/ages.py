"""Age groups in headers and cells, and putting an interval together from them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from proba.sources.files.headers import normal

__all__ = ["parse_age", "tile"]

_DASH = "[-\u2010-\u2015\u2212]"
_BETWEEN = re.compile(rf"([0-9]{{1,2}}) ?(?:{_DASH}|til|t\.o\.m\.?|og) ?([0-9]{{1,2}})(?: ?år)?")
_BELOW = re.compile(
    rf"(?:under|yngre enn|<) ?([0-9]{{2}})(?: ?år)?|(?:{_DASH}) ?([0-9]{{2}})(?: ?år)?"
)
_DOWN_TO = re.compile(r"([0-9]{2}) ?år (?:og|eller) yngre")
_ONE = re.compile(r"([0-9]{2}) ?år(?:inger|inge)?")
_OPEN = re.compile(r"([0-9]{2}) ?(?:\+|år ?\+|år (?:og|eller) (?:over|eldre)|år og oppover)")


def parse_age(text: str, youngest: int = 18) -> tuple[int, int] | None:
    """Return first and last age of a group, or None if the text is not one.

    ``"Under 20 år"`` begins at ``youngest``; ``"67 år og over"`` ends at 120.
    """
    plain = normal(text).removeprefix("alder ").removeprefix("i alderen ")
    found = _BETWEEN.fullmatch(plain)
    if found:
        first, last = int(found[1]), int(found[2])
        return (first, last) if first <= last else None
    found = _BELOW.fullmatch(plain)
    if found:
        last = int(found[1]) - 1 if found[1] else int(found[2])
        return (youngest, last) if last >= youngest else None
    found = _DOWN_TO.fullmatch(plain)
    if found:
        return (youngest, int(found[1]))
    found = _OPEN.fullmatch(plain)
    if found:
        return (int(found[1]), 120)
    found = _ONE.fullmatch(plain)
    return (int(found[1]), int(found[1])) if found else None


def tile(
    wanted: tuple[int, int], groups: Iterable[tuple[int, int]]
) -> tuple[tuple[int, int], ...] | None:
    """Return the groups that follow on each other and together are exactly the interval.

    The fewest groups win, so that a subtotal is taken instead of its parts; None if no groups
    make the interval.
    """
    there = sorted(set(groups))
    best: dict[int, tuple[tuple[int, int], ...]] = {wanted[0]: ()}
    for first, last in there:
        if first not in best or last > wanted[1]:
            continue
        chain = (*best[first], (first, last))
        if last + 1 not in best or len(chain) < len(best[last + 1]):
            best[last + 1] = chain
    return best.get(wanted[1] + 1)
