"""Reading a catalogue from YAML, every fault named by its place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from proba._data import data_path
from proba._yaml import read_mapping
from proba.errors import CatalogueError
from proba.panel.building.catalogue import (
    Break,
    Catalogue,
    Kind,
    Part,
    Quantity,
    Recipe,
    RecipeVariable,
    Source,
    Words,
)
from proba.panel.building.place import Place

__all__ = ["read_catalogue", "shipped_catalogue"]

_TOP = ("format", "extends", "sources", "quantities", "variables")
_FORMAT = 1
_SHIPPED = ("catalogue", "variables.yaml")
SHIPPED_NAME = "proba"


@cache
def shipped_catalogue() -> Catalogue:
    """Return the catalogue that ships with the toolkit (``data/catalogue/variables.yaml``)."""
    return read_catalogue(data_path(*_SHIPPED))


def read_catalogue(path: str | Path) -> Catalogue:
    """Read a catalogue.

    Parameters
    ----------
    path : path-like
        A YAML file with the keys ``sources``, ``quantities`` and ``variables``; see
        ``data/catalogue/README.md`` for every key. With ``extends: proba`` its entries are added
        to (or take the place of) those of the shipped catalogue.

    Returns
    -------
    Catalogue

    Raises
    ------
    CatalogueError
        Naming the entry and key at fault.
    """
    name = Path(path).name
    data = read_mapping(path, CatalogueError, ("sources", "quantities", "variables"))
    here = Place(name)
    top = here.mapping(data, _TOP, required=())
    if top.get("format") != _FORMAT:
        here.fail(f"'format' must be {_FORMAT}", f"'format' må være {_FORMAT}")
    extends = top.get("extends")
    if extends not in (None, SHIPPED_NAME):
        here.fail(
            f"'extends' can only be '{SHIPPED_NAME}'", f"'extends' kan bare være '{SHIPPED_NAME}'"
        )
    base = shipped_catalogue() if extends else None
    sources = dict(base.sources) if base else {}
    quantities = dict(base.quantities) if base else {}
    variables = dict(base.variables) if base else {}
    for code, entry in here.entries(top.get("sources"), "sources"):
        sources[code] = _source(code, entry, here.at("sources", code))
    for code, entry in here.entries(top.get("quantities"), "quantities"):
        quantities[code] = _quantity(code, entry, here.at("quantities", code), sources)
    for code, entry in here.entries(top.get("variables"), "variables"):
        variables[code] = _variable(code, entry, here.at("variables", code), quantities)
    for code, variable in variables.items():  # also those of the catalogue that is extended
        _check_sums(variable, here.at("variables", code), quantities)
    return Catalogue(
        MappingProxyType(sources), MappingProxyType(quantities), MappingProxyType(variables), name
    )


def _source(code: str, value: object, place: Place) -> Source:
    known = ("kind", "name", "licence", "reader", "url", "yearly", "where")
    entry = place.mapping(value, known, ("kind", "name", "licence"))
    kind = place.text(entry, "kind")
    if kind not in ("pxweb", "file"):
        place.fail("'kind' must be pxweb or file", "'kind' må være pxweb eller file")
    reader = place.text(entry, "reader") if "reader" in entry else None
    if (kind == "file") != (reader is not None):
        place.fail(
            "a file source has a 'reader', and a pxweb source has none",
            "en filkilde har en 'reader', og en pxweb-kilde har ingen",
        )
    url = place.text(entry, "url") if "url" in entry else None
    if url is not None and not url.startswith(("https://", "http://")):
        place.fail("'url' must begin with https://", "'url' må begynne med https://")
    return Source(
        code,
        kind,
        place.text(entry, "name"),
        place.text(entry, "licence"),
        reader,
        url,
        place.flag(entry, "yearly", False),
        place.words(entry["where"], "where") if "where" in entry else None,
    )


def _quantity(code: str, value: object, place: Place, sources: Mapping[str, Source]) -> Quantity:
    known = ("label", "unit", "adds", "parts", "breaks", "notes")
    entry = place.mapping(value, known, ("label", "unit", "parts"))
    listed = entry["parts"]
    if not isinstance(listed, list) or not listed:
        place.fail("'parts' must be a list of tables", "'parts' må være en liste med tabeller")
    parts = tuple(
        _part(part, place.at("parts", str(number)), sources)
        for number, part in enumerate(listed, start=1)
    )
    return Quantity(
        code,
        place.words(entry["label"], "label"),
        place.words(entry["unit"], "unit"),
        place.flag(entry, "adds", True),
        parts,
        _breaks(entry.get("breaks"), place, parts),
        _notes(entry.get("notes"), place),
    )


def _part(value: object, place: Place, sources: Mapping[str, Source]) -> Part:
    known = (
        *("source", "table", "first", "last", "kommune", "year", "select", "year_offset"),
        "fixed_year",
        *("factor", "options", "lang", "borders", "basis", "seen"),
    )
    entry = place.mapping(value, known, ("source", "basis"))
    code = place.text(entry, "source")
    if code not in sources:
        place.fail(
            f"no source '{code}'; known: {', '.join(sources)}",
            f"ingen kilde '{code}'; kjente: {', '.join(sources)}",
        )
    pxweb = sources[code].kind == "pxweb"
    needed = ("table", "select") if pxweb else ()
    unwanted = ("options", "borders") if pxweb else ("table", "kommune", "year", "select", "lang")
    place.mapping(entry, known, needed)
    for key in unwanted:
        if key in entry:
            place.fail(
                f"'{key}' does not belong to a source of kind '{sources[code].kind}'",
                f"'{key}' hører ikke til en kilde av typen '{sources[code].kind}'",
            )
    select = place.at("select").mapping(entry.get("select", {}), entry.get("select", {}), ())
    first, last = place.year(entry, "first"), place.year(entry, "last")
    if first is not None and last is not None and first > last:
        place.fail("'first' comes after 'last'", "'first' kommer etter 'last'")
    offset = place.number(entry, "year_offset", 0)
    if not offset.is_integer():
        place.fail("'year_offset' must be whole years", "'year_offset' må være hele år")
    fixed = place.year(entry, "fixed_year")
    if fixed is not None and offset:
        place.fail(
            "give 'fixed_year' or 'year_offset', not both",
            "gi 'fixed_year' eller 'year_offset', ikke begge",
        )
    lang = place.text(entry, "lang", "no")
    if lang not in ("no", "en"):
        place.fail("'lang' must be no or en", "'lang' må være no eller en")
    options = place.at("options").mapping(entry.get("options", {}), entry.get("options", {}), ())
    return Part(
        code,
        place.text(entry, "table") if pxweb else None,
        first,
        last,
        place.text(entry, "kommune") if "kommune" in entry else "",
        place.text(entry, "year") if "year" in entry else "",
        MappingProxyType({k: place.at("select").texts(v, k) for k, v in select.items()}),
        int(offset),
        fixed,
        place.number(entry, "factor", 1.0),
        MappingProxyType(dict(options)),
        lang,
        place.year(entry, "borders"),
        place.text(entry, "basis"),
        place.flag(entry, "seen", False),
    )


def _breaks(value: object, place: Place, parts: tuple[Part, ...]) -> tuple[Break, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        place.fail("'breaks' must be a list", "'breaks' må være en liste")
    out = []
    names = {part.name for part in parts}
    for number, item in enumerate(value, start=1):
        here = place.at("breaks", str(number))
        entry = here.mapping(item, ("year", "nb", "en", "parts"), ("year", "nb", "en"))
        year = here.year(entry, "year")
        if year is None:
            here.fail("'year' must be a year", "'year' må være et årstall")
        concerned = here.texts(entry["parts"], "parts") if "parts" in entry else ()
        stray = [name for name in concerned if name not in names]
        if stray:
            here.fail(f"no part '{stray[0]}'", f"ingen del '{stray[0]}'")
        out.append(Break(year, Words(here.text(entry, "nb"), here.text(entry, "en")), concerned))
    return tuple(out)


def _notes(value: object, place: Place) -> tuple[Words, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        place.fail("'notes' must be a list", "'notes' må være en liste")
    return tuple(place.words(item, "notes") for item in value)


def _variable(
    code: str, value: object, place: Place, quantities: Mapping[str, Quantity]
) -> RecipeVariable:
    kinds = tuple(kind.value for kind in Kind)
    entry = place.mapping(value, ("label", "notes", *kinds), ("label",))
    given = [kind for kind in Kind if kind.value in entry]
    if len(given) != 1:
        place.fail(f"give one of {', '.join(kinds)}", f"gi én av {', '.join(kinds)}")
    recipe = _recipe(given[0], entry[given[0].value], place.at(given[0].value))
    for name in recipe.quantities:
        if name not in quantities:
            place.fail(f"no quantity '{name}'", f"ingen størrelse '{name}'")
    return RecipeVariable(
        code,
        place.words(entry["label"], "label"),
        recipe,
        _notes(entry.get("notes"), place),
    )


def _check_sums(variable: RecipeVariable, place: Place, quantities: Mapping[str, Quantity]) -> None:
    """Refuse what cannot be computed: a percentage neither adds nor is divided by a count."""
    recipe = variable.recipe
    for name in recipe.quantities if recipe.kind is not Kind.WEIGHTED else (recipe.per or "",):
        if not quantities[name].adds:
            place.fail(
                f"'{name}' does not add over kommuner; use '{Kind.WEIGHTED.value}'",
                f"'{name}' kan ikke legges sammen over kommuner; bruk '{Kind.WEIGHTED.value}'",
            )


_RECIPE_KEYS = {
    Kind.RATIO: (("of", "per", "factor"), ("of", "per")),
    Kind.AMOUNT: (("of", "factor"), ("of",)),
    Kind.POWER: (("of", "exponent"), ("of", "exponent")),
    Kind.WEIGHTED: (("of", "per", "exact"), ("of", "per", "exact")),
}


def _recipe(kind: Kind, value: object, place: Place) -> Recipe:
    known, required = _RECIPE_KEYS[kind]
    entry = place.mapping(value, known, required)
    of = place.texts(entry["of"], "of")
    if kind is not Kind.RATIO and len(of) != 1:
        place.fail("'of' must be one quantity", "'of' må være én størrelse")
    recipe = Recipe(
        kind,
        of,
        place.text(entry, "per") if "per" in known else None,
        place.number(entry, "factor", 1.0),
        place.number(entry, "exponent", 1.0),
    )
    return replace(recipe, exact=place.flag(entry, "exact", True))
