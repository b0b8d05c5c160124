"""A grid of specifications from a YAML file or plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from reprlib import repr as _short  # what a file holds may be huge
from typing import Any

from proba._yaml import read_mapping
from proba.errors import SpecError
from proba.estimation.robustness.choices import Errors, Sample
from proba.estimation.robustness.grid import SpecificationGrid
from proba.estimation.spec import Spec

__all__ = ["grid_from_dict", "read_grid"]

_LISTS = ("optional", "always", "dependents", "forms", "weights", "year_effects")
_KEYS = ("spec", "focus", *_LISTS, "variants", "samples", "errors")


def read_grid(path: str | Path, base: Spec | None = None) -> SpecificationGrid:
    """Read a :class:`SpecificationGrid` from a YAML file.

    Parameters
    ----------
    path : path-like
        A YAML mapping: ``focus`` (a column), and optionally ``spec`` (as :func:`proba.read_spec`
        reads), ``always``, ``optional``, ``variants`` (column: list of columns), ``dependents``,
        ``forms``, ``weights`` (columns; null is none), ``samples`` (mappings with the fields of
        :class:`Sample`), ``year_effects`` (true, false) and ``errors`` (mappings with ``cov`` and
        ``cluster``).
    base : Spec, optional
        The base specification where the file has no ``spec``.

    Raises
    ------
    SpecError
        If the file cannot be read, is not YAML, or does not describe a grid.
    """
    data = read_mapping(path, SpecError, ("focus",))
    return grid_from_dict(data, base, origin=Path(path).name)


def grid_from_dict(
    data: Mapping[str, Any], base: Spec | None = None, *, origin: str = "grid"
) -> SpecificationGrid:
    """Build a grid from plain data; keys as in :func:`read_grid`.

    Parameters
    ----------
    data : mapping
    base : Spec, optional
    origin : str
        Named in error messages (the file, say).

    Raises
    ------
    SpecError
        On an unknown or missing key or a value of the wrong type.
    """
    unknown = [_short(key).strip("'") for key in data if key not in _KEYS]
    if unknown:
        raise SpecError(
            f"{origin}: unknown key {', '.join(unknown)}; known keys are {', '.join(_KEYS)}.",
            f"{origin}: ukjent nøkkel {', '.join(unknown)}; kjente nøkler er {', '.join(_KEYS)}.",
        )
    if isinstance(data.get("spec"), Mapping):
        base = Spec.from_dict(data["spec"], origin=f"{origin}: spec")
    if base is None or not isinstance(data.get("focus"), str):
        raise SpecError(
            f"{origin}: 'spec' (the base specification) or 'focus' (a column) is missing.",
            f"{origin}: 'spec' (grunnspesifikasjonen) eller 'focus' (en kolonne) mangler.",
        )
    given: dict[str, Any] = {}
    for key in _LISTS:
        if key in data:
            given[key] = tuple(_list(data[key], key, origin))
    for key, kind in (("samples", Sample), ("errors", Errors)):
        if key in data:
            given[key] = tuple(_make(kind, v, key, origin) for v in _list(data[key], key, origin))
    variants = data.get("variants", {})
    if not isinstance(variants, Mapping):
        raise _wrong(origin, "variants", variants)
    given["variants"] = {k: tuple(_list(v, f"variants: {k}", origin)) for k, v in variants.items()}
    texts = [v for k in ("optional", "always", "dependents") for v in given.get(k, ())]
    texts += [v for columns in given["variants"].values() for v in columns]
    texts += [v for v in given.get("weights", ()) if v is not None]
    for value in texts:
        if not isinstance(value, str) or not value:
            raise _wrong(origin, "column", value)
    for value in given.get("year_effects", ()):
        if not isinstance(value, bool):
            raise _wrong(origin, "year_effects", value)
    try:
        return SpecificationGrid(base, data["focus"], **given)
    except SpecError as error:
        raise SpecError(f"{origin}: {error.en}", f"{origin}: {error.nb}") from None


def _list(value: object, key: str, origin: str) -> list[Any]:
    if not isinstance(value, (list, tuple)):
        raise _wrong(origin, key, value)
    return list(value)


def _make(kind: type[Sample] | type[Errors], value: object, key: str, origin: str) -> Any:
    known = [f.name for f in fields(kind)]
    if not isinstance(value, Mapping) or not set(value) <= set(known):
        raise SpecError(
            f"{origin}: each of '{key}' must be a mapping of {', '.join(known)}, not "
            f"{_short(value)}.",
            f"{origin}: hver av '{key}' må være en avbildning med {', '.join(known)}, ikke "
            f"{_short(value)}.",
        )
    fixed: dict[str, Any] = {
        str(k): tuple(v) if isinstance(v, list) else v for k, v in value.items()
    }
    try:
        return kind(**fixed)
    except (TypeError, ValueError):
        raise _wrong(origin, key, value) from None


def _wrong(origin: str, key: str, value: object) -> SpecError:
    return SpecError(
        f"{origin}: '{key}' cannot be {_short(value)}.",
        f"{origin}: '{key}' kan ikke være {_short(value)}.",
    )
