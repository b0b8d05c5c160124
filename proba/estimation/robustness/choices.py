"""The choices a specification is made of: form, sample, error structure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from proba.errors import Lang, SpecError
from proba.estimation.covariance import CovarianceEstimator, make_covariance

__all__ = ["Errors", "Form", "Sample", "Skipped"]

Form = Literal["level", "log", "ppml"]
"""How the dependent variable enters: as it is, its natural log, or Poisson pseudo-likelihood."""

_ROLES_NB = {
    "dependent": "avhengig variabel",
    "covariate": "forklaringsvariabel",
    "weights": "vekter",
    "sample": "utvalg",
    "cluster": "klyngekolonne",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Which rows a specification is estimated on; all conditions hold at once.

    Parameters
    ----------
    name : str
        For print.
    flag : str, optional
        Column of 0/1.
    years : tuple of int, optional
        Only these.
    column : str, optional
        Only rows where this column is within the bounds; a row missing it is out.
    at_least, below : float, optional
        Bounds on ``column``: at_least <= value < below.

    Raises
    ------
    SpecError
        If there are bounds without a column, or a column without bounds.
    """

    name: str
    flag: str | None = None
    years: tuple[int, ...] | None = None
    column: str | None = None
    at_least: float | None = None
    below: float | None = None

    def __post_init__(self) -> None:
        bounded = self.at_least is not None or self.below is not None
        if bounded != (self.column is not None):
            raise SpecError(
                f"sample '{self.name}': 'at_least' and 'below' are bounds on 'column'; give both "
                "or neither.",
                f"utvalget «{self.name}»: 'at_least' og 'below' er grenser for 'column'; oppgi "
                "begge deler eller ingen.",
            )
        if self.years is not None:
            object.__setattr__(self, "years", tuple(int(y) for y in self.years))

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns the sample reads."""
        return tuple(c for c in (self.flag, self.column) if c is not None)


@dataclass(frozen=True, slots=True)
class Errors:
    """An error structure by name, as in :func:`proba.fit`.

    Parameters
    ----------
    cov : str
        ``classical``, ``HC1``-``HC3``, ``CR0``-``CR3`` or ``two-way``.
    cluster : str or tuple of str, optional
        The entity by default when ``cov`` needs one column.
    """

    cov: str = "CR1"
    cluster: str | tuple[str, ...] | None = None

    def estimator(self, entity: str) -> CovarianceEstimator:
        """Return the covariance estimator; raises a SpecError if name and clusters do not fit."""
        return make_covariance(self.cov, self.cluster, entity)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A choice of the grid that the data do not allow.

    Attributes
    ----------
    column : str
        The column that is not there.
    role : str
        ``dependent``, ``covariate``, ``weights``, ``sample`` or ``cluster``.
    choice : str
        What was left out.
    """

    column: str
    role: str
    choice: str

    def line(self, lang: Lang = "nb") -> str:
        """Return it in one line."""
        if lang == "nb":
            return f"Utelatt: {_ROLES_NB[self.role]} {self.choice} (ingen kolonne {self.column})."
        return f"Left out: {self.role} {self.choice} (no column {self.column})."
