"""Base areas: the pieces of land that every kommune of every year is a set of.

Each kommune of the first year is one base area, and a later split cuts it in as many as the
parts it went to. A mapping between two years is then a comparison of two sets, whatever lies
between: nothing that happened on the way can change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from proba.errors import KommuneError
from proba.kommuner.changes import Change

__all__ = ["Areas", "base_areas"]

# Year -> kommune number -> its base areas.
Areas = Mapping[int, Mapping[str, frozenset[str]]]
_Growing = dict[int, dict[str, frozenset[str]]]


def base_areas(names: Mapping[int, Mapping[str, str]], changes: Iterable[Change]) -> Areas:
    """Return the base areas of every kommune in every year.

    Parameters
    ----------
    names : mapping of int to mapping
        The valid numbers of every year, without gaps between the years.
    changes : iterable of Change
        Those of other years and kinds are passed over.

    Returns
    -------
    mapping of int to mapping of str to frozenset of str

    Raises
    ------
    KommuneError
        If a number comes, goes or is split without changes that account for it.
    """
    years = sorted(names)
    areas: _Growing = {years[0]: {n: frozenset((n,)) for n in names[years[0]]}}
    structural = [c for c in changes if c.structural]
    for year in years[1:]:
        _step(areas, names[year], year, [c for c in structural if c.date.year == year])
    return areas


def _step(areas: _Growing, valid: Mapping[str, str], year: int, changes: Sequence[Change]) -> None:
    by_source: dict[str, list[Change]] = {}
    for change in changes:
        by_source.setdefault(change.source, []).append(change)
    arriving: dict[str, frozenset[str]] = {}
    for source, rows in by_source.items():
        if source not in areas[year - 1]:
            raise _unaccounted(source, year - 1)
        for target, part in _parts(areas, year, source, rows).items():
            if target not in valid:
                raise _unaccounted(target, year)
            arriving[target] = arriving.get(target, frozenset()) | part
    before = areas[year - 1]
    for number, area in before.items():
        if number not in by_source:
            # Carried on, or grown by what arrives.
            if number not in valid:
                raise _unaccounted(number, year)
            arriving[number] = arriving.get(number, frozenset()) | area
    appeared = set(valid) - set(arriving)
    if appeared:
        raise _unaccounted(min(appeared), year)
    areas[year] = arriving


def _parts(
    areas: _Growing, year: int, source: str, rows: Sequence[Change]
) -> dict[str, frozenset[str]]:
    whole = areas[year - 1][source]
    if len(rows) == 1:
        return {rows[0].target: whole}
    if not any(row.areas for row in rows):
        return _cut(areas, whole, [row.target for row in rows])
    parts = {row.target: _former(areas, year, row.areas) & whole for row in rows}
    together = frozenset().union(*parts.values())
    overlap = sum(map(len, parts.values())) > len(together)
    if together != whole or overlap or not all(parts.values()):
        raise KommuneError(
            f"The former kommuner given for the split of {source} in {year} do not make up the "
            "whole of it.",
            f"De tidligere kommunene som er oppgitt for delingen av {source} i {year}, utgjør "
            "ikke hele kommunen.",
        )
    return parts


def _cut(
    areas: _Growing, whole: frozenset[str], targets: Sequence[str]
) -> dict[str, frozenset[str]]:
    """Cut each base area of ``whole`` in as many as there are targets, in all earlier years."""
    pieces = {area: {f"{area}>{t}" for t in targets} for area in whole}
    for year, by_number in areas.items():
        for number, held in by_number.items():
            if held & whole:
                areas[year][number] = (held - whole).union(*(pieces[a] for a in held & whole))
    return {t: frozenset(f"{area}>{t}" for area in whole) for t in targets}


def _former(areas: _Growing, year: int, numbers: Iterable[str]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for number in numbers:
        known = [y for y in range(year - 1, min(areas) - 1, -1) if number in areas[y]]
        if not known:
            raise _unaccounted(number, year)
        found |= areas[known[0]][number]
    return found


def _unaccounted(number: str, year: int) -> KommuneError:
    return KommuneError(
        f"The list of changes does not account for kommune {number} in {year}.",
        f"Listen over endringer gjør ikke rede for kommune {number} i {year}.",
    )
