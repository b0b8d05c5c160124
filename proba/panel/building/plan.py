"""What a build will fetch, and what it cannot: decided before anything is asked of a source."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from proba.errors import CatalogueError
from proba.panel.building.catalogue import Catalogue, Part, Quantity, RecipeVariable, Source, Words

__all__ = ["BuildPlan", "Crossing", "Gap", "Use", "check_files", "handle", "make_plan"]


@dataclass(frozen=True, slots=True)
class Use:
    """One quantity from one table for some years."""

    quantity: Quantity
    part: Part
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A quantity that no source at hand gives for some years."""

    quantity: Quantity
    years: tuple[int, ...]
    words: Words


@dataclass(frozen=True, slots=True)
class Crossing:
    """A series break that lies inside the years asked for."""

    quantity: Quantity
    year: int
    words: Words


@dataclass(frozen=True, slots=True, repr=False)
class BuildPlan:
    """What is to be fetched and what will be missing.

    Attributes
    ----------
    years : tuple of int
    borders : int
        Year whose kommuner the panel is put on.
    variables : tuple of RecipeVariable
        Columns that at least one year can have.
    left_out : tuple of RecipeVariable
        Variables of the catalogue that no year can have.
    uses : tuple of Use
    gaps : tuple of Gap
    crossings : tuple of Crossing
    notes : tuple of Words
        Files handed in before that are used, and shares that are needed.
    """

    years: tuple[int, ...]
    borders: int
    variables: tuple[RecipeVariable, ...]
    left_out: tuple[RecipeVariable, ...]
    uses: tuple[Use, ...]
    gaps: tuple[Gap, ...]
    crossings: tuple[Crossing, ...]
    notes: tuple[Words, ...] = ()

    def __repr__(self) -> str:
        columns = ", ".join(v.code for v in self.variables)
        return f"BuildPlan({list(self.years)}, borders {self.borders}: {columns})"

    def _repr_html_(self) -> str:
        from proba.panel.building.plan_text import plan_table  # which reads plans

        return plan_table(self).to_html()


def handle(source: Source, year: int, files: Collection[str]) -> str | None:
    """Return the name of the file at hand for a year: ``nav:2016``, else ``nav``, else None."""
    own = f"{source.code}:{year}"
    if own in files:
        return own
    return source.code if source.code in files else None


def make_plan(
    catalogue: Catalogue,
    years: Collection[int],
    borders: int,
    *,
    variables: tuple[str, ...] | None,
    files: Collection[str],
) -> BuildPlan:
    """Decide which table gives what.

    Parameters
    ----------
    catalogue : Catalogue
    years : collection of int
    borders : int
    variables : tuple of str or None
        Columns wanted; each must then be had in at least one year. None takes all that can be
        had.
    files : collection of str
        Names of the files at hand (``nav``, ``gront_hefte:2016``), see :func:`handle`.

    Raises
    ------
    CatalogueError
        If a variable asked for cannot be had in any year, or none at all can.

    Notes
    -----
    Where one table holds all the years it is used for all of them, so that no break is crossed
    that need not be. Otherwise each year comes from the first table listed that holds it.
    """
    asked = tuple(sorted(set(years)))
    wanted = catalogue.pick(variables)
    if not wanted:
        raise CatalogueError(
            f"{catalogue.origin}: no variable to build.",
            f"{catalogue.origin}: ingen variabel å bygge.",
        )
    codes = dict.fromkeys(name for v in wanted for name in v.recipe.quantities)
    uses: list[Use] = []
    gaps: list[Gap] = []
    for code in codes:
        quantity = catalogue.quantities[code]
        chosen = _choose(quantity, asked, catalogue.sources, files)
        for part in quantity.parts:
            if own := tuple(y for y in asked if chosen[y] is part):
                uses.append(Use(quantity, part, own))
        lost = tuple(y for y in asked if chosen[y] is None)
        if lost:
            gaps.append(Gap(quantity, lost, _why(quantity, lost, catalogue.sources)))
    had = {
        code: {y for use in uses if use.quantity.code == code for y in use.years} for code in codes
    }
    kept = tuple(v for v in wanted if _common_years(v, had))
    left_out = tuple(v for v in wanted if v not in kept)
    if left_out and (variables is not None or not kept):
        _refuse(left_out[0], gaps)
    needed = {name for v in kept for name in v.recipe.quantities}
    uses = [use for use in uses if use.quantity.code in needed]
    return BuildPlan(
        asked, borders, kept, left_out, tuple(uses), tuple(gaps), _crossings(uses, asked)
    )


def _common_years(variable: RecipeVariable, had: Mapping[str, set[int]]) -> set[int]:
    sets = [had[name] for name in variable.recipe.quantities]
    return set.intersection(*sets)


def check_files(catalogue: Catalogue, files: Collection[str]) -> None:
    """Raise a CatalogueError if a file is named that no source of the catalogue reads."""
    readable = {s.code: s for s in catalogue.sources.values() if s.kind == "file"}
    for key in files:
        code, _, year = key.partition(":")
        if code not in readable:
            known = ", ".join(readable)
            raise CatalogueError(
                f"--file {key}: no source '{code}' reads a file; those that do: {known}.",
                f"--file {key}: ingen kilde «{code}» leser en fil; de som gjør det: {known}.",
            )
        if (readable[code].yearly and not year) or (year and not year.isdigit()):
            raise CatalogueError(
                f"--file {key}: this source has a file a year; name it as '{code}:2016'.",
                f"--file {key}: denne kilden har en fil per år; oppgi den som «{code}:2016».",
            )


def _choose(
    quantity: Quantity,
    years: tuple[int, ...],
    sources: Mapping[str, Source],
    files: Collection[str],
) -> dict[int, Part | None]:
    def can(part: Part, year: int) -> bool:
        source = sources[part.source]
        at_hand = source.kind == "pxweb" or source.url or handle(source, year, files)
        return bool(at_hand) and part.covers(year)

    for part in quantity.parts:
        if all(can(part, year) for year in years):
            return dict.fromkeys(years, part)
    return {y: next((p for p in quantity.parts if can(p, y)), None) for y in years}


def _why(quantity: Quantity, years: tuple[int, ...], sources: Mapping[str, Source]) -> Words:
    """Return why no part gives the years: a file not named, or years no table has."""
    covering = [p for p in quantity.parts if any(p.covers(y) for y in years)]
    for part in covering:
        source = sources[part.source]
        if source.kind == "file":
            key = f"{source.code}:{years[0]}" if source.yearly else source.code
            place = source.where or Words(source.name, source.name)
            return Words(
                f"ingen fil oppgitt; hent den ({place.nb}) og gi --file {key}=FIL",
                f"no file given; get it ({place.en}) and give --file {key}=FILE",
            )
    spans = ", ".join(
        f"{p.name} {p.first or ''}\N{EN DASH}{p.last or ''}".rstrip() for p in quantity.parts
    )
    return Words(f"ingen tabell har årene ({spans})", f"no table has these years ({spans})")


def _refuse(variable: RecipeVariable, gaps: list[Gap]) -> None:
    first = next(gap for gap in gaps if gap.quantity.code in variable.recipe.quantities)
    raise CatalogueError(
        f"'{variable.code}' cannot be built for any of the years: {first.quantity.code}: "
        f"{first.words.en}.",
        f"«{variable.code}» kan ikke bygges for noen av årene: {first.quantity.code}: "
        f"{first.words.nb}.",
    )


def _crossings(uses: list[Use], years: tuple[int, ...]) -> tuple[Crossing, ...]:
    out: list[Crossing] = []
    for quantity in {use.quantity.code: use.quantity for use in uses}.values():
        own = sorted((use for use in uses if use.quantity is quantity), key=lambda u: u.years[0])
        had = sorted(y for use in own for y in use.years)
        for entry in quantity.breaks:
            used = {use.part.name for use in own}
            inside = any(y < entry.year for y in had) and any(y >= entry.year for y in had)
            if inside and used.issuperset(entry.parts):
                out.append(Crossing(quantity, entry.year, entry.words))
        for before, after in pairwise(had):
            parts = [next(use.part for use in own if y in use.years) for y in (before, after)]
            if parts[0] is not parts[1]:
                text = f"{parts[0].name} → {parts[1].name}"
                out.append(
                    Crossing(quantity, after, Words(f"ny tabell: {text}", f"new table: {text}"))
                )
    return tuple(out)
