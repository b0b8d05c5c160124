"""What a specification curve runs over, as data: covariates, forms, samples, errors."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, get_args

from proba.errors import SpecError
from proba.estimation.robustness.choices import Errors, Form, Sample, Skipped
from proba.estimation.spec import Spec

__all__ = ["Model", "SpecificationGrid"]


@dataclass(frozen=True, slots=True)
class Model:
    """One regression of the grid: everything but the error structure.

    Attributes
    ----------
    dependent, form, weights, sample, year_effects
        As in :class:`SpecificationGrid`, one of each.
    covariates : tuple of str
        Columns; the first is the one whose coefficient is of interest.
    """

    dependent: str
    form: Form
    weights: str | None
    sample: Sample
    year_effects: bool
    covariates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpecificationGrid:
    """All specifications somebody could defend, as a product of choices.

    Parameters
    ----------
    base : Spec
        The main specification: keys, reference year, and the default of every choice below.
    focus : str
        The regressor whose coefficient is of interest; in every specification.
    optional : tuple of str, optional
        Regressors that are in or out, each: 2^m sets. If not given, the other regressors of
        ``base`` that are not in ``always``.
    always : tuple of str
        Regressors in every specification.
    variants : mapping of str to tuple of str
        Columns that may stand for a regressor: ``{"urbanitet": ("urbanitet",
        "log_urbanitet")}``. A variant the data lack is skipped and said.
    dependents : tuple of str
        Columns to explain, each in turn.
    forms : tuple of {"level", "log", "ppml"}
    weights : tuple of str or None
        Columns of weights; None is none.
    samples : tuple of Sample
    year_effects : tuple of bool
    errors : tuple of Errors

    Raises
    ------
    SpecError
        If a name stands in two roles or twice, a form is unknown, a choice is empty, or an error
        structure does not exist.

    Notes
    -----
    Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214, on which sets of
    specifications belong in such a curve: those that are sensible, valid and not redundant.

    Examples
    --------
    >>> import proba
    >>> grid = SpecificationGrid(proba.PROBA_2017, "ufore_18_49", forms=("level", "log"))
    >>> grid.count
    128
    """

    base: Spec
    focus: str
    optional: tuple[str, ...] | None = None
    always: tuple[str, ...] = ()
    variants: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dependents: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ("level",)
    weights: tuple[str | None, ...] = ()
    samples: tuple[Sample, ...] = ()
    year_effects: tuple[bool, ...] = ()
    errors: tuple[Errors, ...] = (Errors(),)

    def __post_init__(self) -> None:
        base = self.base
        always = tuple(self.always)
        rest = tuple(name for name in base.regressors if name not in (self.focus, *always))
        object.__setattr__(self, "optional", rest if self.optional is None else (*self.optional,))
        defaults: dict[str, tuple[object, ...]] = {
            "dependents": (base.dependent,),
            "weights": (base.weights,),
            "samples": (Sample(base.sample or "alle", base.sample),),
            "year_effects": (base.year_effects,),
        }
        for name, default in defaults.items():
            object.__setattr__(self, name, tuple(getattr(self, name)) or default)
        for name in ("always", "forms", "errors"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        variants = {key: tuple(columns) for key, columns in self.variants.items()}
        object.__setattr__(self, "variants", variants)
        self._check()

    def _check(self) -> None:
        unknown = [form for form in self.forms if form not in get_args(Form)]
        if unknown:
            raise SpecError(
                f"grid: unknown form '{unknown[0]}'; known: {', '.join(get_args(Form))}.",
                f"rutenett: ukjent form «{unknown[0]}»; kjente: {', '.join(get_args(Form))}.",
            )
        stray = [key for key in self.variants if key not in self.regressors]
        if stray:
            raise SpecError(
                f"grid: variants are given of '{stray[0]}', which is no regressor of the grid.",
                f"rutenett: det er oppgitt varianter av «{stray[0]}», som ikke er en "
                "forklaringsvariabel i rutenettet.",
            )
        columns = [c for name in self.regressors for c in self.columns_of(name)]
        names = [*columns, *self.dependents]
        twice = sorted({name for name in names if names.count(name) > 1})
        for choice in (self.forms, self.weights, self.samples, self.year_effects, self.errors):
            twice += [str(c) for c in choice if choice.count(c) > 1]
        if twice:
            raise SpecError(
                f"grid: '{twice[0]}' stands more than once; every choice must be different.",
                f"rutenett: «{twice[0]}» står mer enn én gang; alle valg må være forskjellige.",
            )
        if not self.forms or not self.errors or not all(map(self.columns_of, self.regressors)):
            raise SpecError(
                "grid: forms, errors and the variants of a regressor must hold at least one.",
                "rutenett: forms, errors og variantene av en variabel må ha minst én hver.",
            )
        for error in self.errors:
            error.estimator(self.base.entity)

    @property
    def regressors(self) -> tuple[str, ...]:
        """Focus, always and optional, in that order."""
        return (self.focus, *self.always, *self._optional)

    @property
    def _optional(self) -> tuple[str, ...]:
        return self.optional or ()

    def columns_of(self, name: str) -> tuple[str, ...]:
        """Columns that may stand for a regressor."""
        return self.variants.get(name, (name,))

    def covariate_sets(self) -> list[tuple[str, ...]]:
        """All sets of covariates, the column of interest first in each."""
        choices: list[tuple[str | None, ...]] = [
            *(self.columns_of(name) for name in (self.focus, *self.always)),
            *((*self.columns_of(name), None) for name in self._optional),
        ]
        return [tuple(c for c in chosen if c is not None) for chosen in product(*choices)]

    def models(self) -> Iterator[Model]:
        """All regressions, those that share rows and dependent variable after one another."""
        sets = self.covariate_sets()
        for cell in product(
            self.dependents, self.forms, self.weights, self.samples, self.year_effects
        ):
            for covariates in sets:
                yield Model(*cell, covariates)

    @property
    def count(self) -> int:
        """Number of specifications: regressions times error structures."""
        covariates = math.prod(len(self.columns_of(n)) for n in (self.focus, *self.always))
        covariates *= math.prod(len(self.columns_of(n)) + 1 for n in self._optional)
        cells = (self.dependents, self.forms, self.weights, self.samples, self.year_effects)
        return covariates * math.prod(map(len, cells)) * len(self.errors)

    def available(self, have: Collection[str]) -> tuple[SpecificationGrid, tuple[Skipped, ...]]:
        """Return the grid without the choices that need a column the data lack, and those.

        Parameters
        ----------
        have : collection of str
            Columns of the data.

        Raises
        ------
        SpecError
            If nothing is left of the focus, of an ``always`` regressor, or of another choice.
        """
        skipped: list[Skipped] = []

        def lacks(columns: Collection[str | None], role: str, choice: str) -> bool:
            absent = [c for c in columns if c is not None and c not in have]
            skipped.extend(Skipped(c, role, choice) for c in absent[:1])
            return bool(absent)

        variants = {
            name: tuple(c for c in self.columns_of(name) if not lacks((c,), "covariate", c))
            for name in self.regressors
        }
        optional = tuple(name for name in self._optional if variants[name])
        left: dict[str, tuple[object, ...]] = {
            "dependents": tuple(d for d in self.dependents if not lacks((d,), "dependent", d)),
            "weights": tuple(w for w in self.weights if not lacks((w,), "weights", str(w))),
            "samples": tuple(s for s in self.samples if not lacks(s.columns, "sample", s.name)),
            "errors": tuple(
                e
                for e in self.errors
                if not lacks(e.estimator(self.base.entity).clusters, "cluster", e.cov)
            ),
        }
        gone = [name for name in (self.focus, *self.always) if not variants[name]]
        gone += [name for name, choices in left.items() if not choices]
        if gone:
            named = ", ".join(dict.fromkeys(s.column for s in skipped))
            raise SpecError(
                f"grid: nothing is left of '{gone[0]}'; the data lack {named}.",
                f"rutenett: det er ingenting igjen av «{gone[0]}»; dataene mangler {named}.",
            )
        kept = {name: columns for name, columns in variants.items() if columns}
        changed: dict[str, Any] = {**left, "optional": optional, "variants": kept}
        grid = replace(self, **changed)
        return grid, tuple(skipped)
