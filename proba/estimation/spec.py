"""What is regressed on what, as data: never a formula string."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from operator import index
from pathlib import Path
from reprlib import repr as _short  # what a file holds may be huge
from typing import Any

from proba._yaml import read_mapping
from proba.errors import SpecError

__all__ = ["CONSTANT", "PROBA_2017", "Spec", "read_spec"]

CONSTANT = "konstant"
"""Name of the intercept in every table."""

_TEXT_KEYS = ("dependent", "entity", "time", "sample", "weights")


@dataclass(frozen=True, slots=True)
class Spec:
    """A linear model for a panel: columns by name, nothing that could be executed.

    Parameters
    ----------
    dependent : str
        Column to explain.
    regressors : tuple of str
        Columns that explain it, in the order of the printed table. A constant, named
        ``konstant``, is always first and is not listed here.
    entity, time : str
        Columns that identify a row.
    year_effects : bool
        One explicit 0/1 column a year, named ``<time>_<year>``, for every year but the
        reference year.
    reference_year : int, optional
        The year without a dummy; the first year of the estimation sample if not given.
    sample : str, optional
        Column of 0/1 (or true/false) saying which rows are estimated on; all if not given. A
        row left out is still predicted and given an index.
    weights : str, optional
        Column of positive weights (inverse-variance or frequency-like "analytic" weights).

    Raises
    ------
    SpecError
        If a name is missing, repeated or not text.

    Examples
    --------
    >>> Spec("utgift", ("ledighet",), entity="kommune", time="aar").coefficient_names((2015, 2016))
    ('konstant', 'ledighet', 'aar_2016')
    """

    dependent: str
    regressors: tuple[str, ...]
    entity: str = "kommune"
    time: str = "aar"
    year_effects: bool = True
    reference_year: int | None = None
    sample: str | None = None
    weights: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "regressors", _as_names(self.regressors))
        for key in _TEXT_KEYS:
            value = getattr(self, key)
            optional = key in ("sample", "weights")
            if not (value is None and optional) and not (isinstance(value, str) and value):
                raise SpecError(
                    f"spec: '{key}' must be a column name, not {_short(value)}.",
                    f"spesifikasjon: '{key}' må være et kolonnenavn, ikke {_short(value)}.",
                )
        if not isinstance(self.year_effects, bool):
            raise SpecError(
                f"spec: 'year_effects' must be true or false, not {_short(self.year_effects)}.",
                f"spesifikasjon: 'year_effects' må være true eller false, ikke "
                f"{_short(self.year_effects)}.",
            )
        year = _whole_year(self.reference_year)
        object.__setattr__(self, "reference_year", year)
        if year is not None and not self.year_effects:
            raise SpecError(
                "spec: 'reference_year' is given but 'year_effects' is false; remove one of them.",
                "spesifikasjon: 'reference_year' er oppgitt, men 'year_effects' er false; "
                "fjern en av dem.",
            )
        self._check_names()

    def _check_names(self) -> None:
        names = [self.dependent, *self.regressors]
        repeated = sorted({n for n in names if names.count(n) > 1})
        if repeated:
            raise SpecError(
                f"spec: {', '.join(repeated)} is listed more than once among dependent and "
                "regressors.",
                f"spesifikasjon: {', '.join(repeated)} står mer enn én gang blant avhengig "
                "variabel og forklaringsvariabler.",
            )
        roles = [self.entity, self.time, self.dependent, self.sample, self.weights]
        taken = [name for name in roles if name is not None]
        double = sorted({name for name in taken if taken.count(name) > 1})
        if double:
            named = ", ".join(f"'{name}'" for name in double)
            raise SpecError(
                f"spec: {named} has two roles among entity, time, dependent, sample and weights.",
                f"spesifikasjon: {named} har to roller blant entity, time, dependent, "
                "sample og weights.",
            )
        dummy = re.compile(re.escape(self.time) + r"_-?\d+")
        for name in self.regressors:
            reserved = name == CONSTANT or (self.year_effects and dummy.fullmatch(name))
            if reserved or name in (self.entity, self.time):
                raise SpecError(
                    f"spec: regressor '{name}' is a name the model makes itself (constant, year "
                    "dummy, entity or time); rename the column or leave it out.",
                    f"spesifikasjon: forklaringsvariabelen '{name}' er et navn modellen lager "
                    "selv (konstant, årsdummy, enhet eller tid); gi kolonnen et annet navn "
                    "eller ta den ut.",
                )

    @property
    def columns(self) -> tuple[str, ...]:
        """Data columns the model reads, in order: dependent, regressors, sample, weights."""
        extra = tuple(c for c in (self.sample, self.weights) if c is not None)
        return (self.dependent, *self.regressors, *extra)

    def year_columns(self, years: tuple[int, ...]) -> tuple[str, ...]:
        """Names of the year dummies when the sample holds ``years`` (any order)."""
        if not self.year_effects:
            return ()
        ordered = sorted(set(years))
        reference = self.reference_year if self.reference_year is not None else ordered[0]
        return tuple(f"{self.time}_{year}" for year in ordered if year != reference)

    def coefficient_names(self, years: tuple[int, ...]) -> tuple[str, ...]:
        """Names of all coefficients, in the order of the design's columns."""
        return (CONSTANT, *self.regressors, *self.year_columns(years))

    def replace(self, **changes: Any) -> Spec:
        """Return a copy with some fields changed, e.g. ``PROBA_2017.replace(sample=None)``."""
        known = {f.name: getattr(self, f.name) for f in fields(self)}
        return Spec.from_dict({**known, **changes})

    def to_dict(self) -> dict[str, Any]:
        """Return the spec as plain data, the same keys as the YAML file."""
        out: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        out["regressors"] = list(self.regressors)
        return {key: value for key, value in out.items() if value is not None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, origin: str = "spec") -> Spec:
        """Build a spec from plain data.

        Parameters
        ----------
        data : mapping
            Keys as the fields of :class:`Spec`; ``dependent`` and ``regressors`` are required.
        origin : str
            Named in error messages (the file, say).

        Raises
        ------
        SpecError
            On an unknown or missing key or a value of the wrong type.
        """
        known = [f.name for f in fields(cls)]
        unknown = [_short(key).strip("'") for key in data if key not in known]
        if unknown:
            raise SpecError(
                f"{origin}: unknown key {', '.join(unknown)}; known keys are {', '.join(known)}.",
                f"{origin}: ukjent nøkkel {', '.join(unknown)}; kjente nøkler er "
                f"{', '.join(known)}.",
            )
        missing = [key for key in ("dependent", "regressors") if key not in data]
        if missing:
            raise SpecError(
                f"{origin}: the key {', '.join(missing)} is missing.",
                f"{origin}: nøkkelen {', '.join(missing)} mangler.",
            )
        try:
            return cls(**data)
        except SpecError as error:
            raise SpecError(f"{origin}: {error.en}", f"{origin}: {error.nb}") from None


def read_spec(path: str | Path) -> Spec:
    """Read a :class:`Spec` from a YAML file.

    Parameters
    ----------
    path : path-like
        A YAML mapping with the keys ``dependent``, ``regressors`` (a list), and optionally
        ``entity``, ``time``, ``year_effects``, ``reference_year``, ``sample``, ``weights``.

    Returns
    -------
    Spec

    Raises
    ------
    SpecError
        If the file cannot be read, is not YAML, or does not describe a spec.
    """
    data = read_mapping(path, SpecError, ("dependent", "regressors"))
    return Spec.from_dict(data, origin=Path(path).name)


def _whole_year(year: object) -> int | None:
    if year is None:
        return None
    try:
        whole = None if isinstance(year, bool) else index(year)  # type: ignore[arg-type]
    except TypeError:
        whole = None
    if whole is None:
        raise SpecError(
            f"spec: 'reference_year' must be a whole year, not {_short(year)}.",
            f"spesifikasjon: 'reference_year' må være et helt årstall, ikke {_short(year)}.",
        )
    return whole


def _as_names(value: object) -> tuple[str, ...]:
    names = tuple(value) if isinstance(value, (list, tuple)) else None
    if names is None or not names or not all(isinstance(n, str) and n for n in names):
        raise SpecError(
            f"spec: 'regressors' must be a list of column names, not {_short(value)}.",
            f"spesifikasjon: 'regressors' må være en liste med kolonnenavn, ikke {_short(value)}.",
        )
    return names


PROBA_2017 = Spec(
    dependent="netto_driftsutgifter",
    regressors=(
        "ufore_18_49",
        "urbanitet",
        "opphopningsindeks",
        "innbyggere_16_66",
        "ikke_vestlige_innvandrere",
        "nybosatte_flyktninger",
        "gjennomfort_vgs",
    ),
    year_effects=True,
    reference_year=2012,
    sample="estimeringsutvalg",
)
"""The regression of Proba-rapport 2017-08, Vedlegg 1: seven regressors and year dummies."""
