"""The attributes by which the ``maketables`` package reads results it has never heard of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from proba.panel import label

if TYPE_CHECKING:
    from proba.estimation.spec import Spec

__all__ = ["MaketablesHooks"]


class MaketablesHooks:
    """Mixin: lets ``maketables.ETable([results])`` work without registration.

    maketables looks for these dunder attributes (its plug-in extractor format); nothing here
    imports it.
    """

    __slots__ = ()

    if TYPE_CHECKING:
        spec: Spec
        label: str | None
        tidy: Callable[..., pd.DataFrame]

        @property
        def nobs(self) -> int:
            """Rows estimated on."""
            ...

        @property
        def rsquared(self) -> float:
            """Share of variance explained."""
            ...

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        columns = {
            "coef": "b",
            "se": "se",
            "t": "t",
            "p": "p",
            "ci_low": "ci95l",
            "ci_high": "ci95u",
        }
        return self.tidy()[list(columns)].rename(columns=columns).rename_axis("Coefficient")

    @property
    def __maketables_depvar__(self) -> str:
        return self.spec.dependent

    @property
    def __maketables_fixef_string__(self) -> str | None:
        return None

    @property
    def __maketables_var_labels__(self) -> dict[str, str]:
        return {name: label(name) for name in (self.spec.dependent, *self.tidy().index)}

    @property
    def __maketables_vcov_info__(self) -> dict[str, Any]:
        clusters = getattr(self, "cluster_names", ())
        return {
            "se_type": getattr(self, "cov_name", ""),
            "clustervar": list(clusters) if clusters else None,
        }

    @property
    def __maketables_default_stat_keys__(self) -> list[str]:
        keys = ["N", "r2", "adj_r2", "se_type"]
        if getattr(self, "cluster_names", ()):
            keys.append("nclusters")
        return [*keys, "label"] if self.label else keys

    @property
    def __maketables_stat_labels__(self) -> dict[str, str]:
        return {
            "N": "N",
            "r2": "R²",
            "adj_r2": "R²-justert",
            "se_type": "Standardfeil",
            "nclusters": "Klynger",
            "label": "Datagrunnlag",
        }

    def __maketables_stat__(self, key: str) -> Any:
        values = {
            "N": self.nobs,
            "r2": self.rsquared,
            "adj_r2": getattr(self, "rsquared_adj", None),
            "se_type": getattr(self, "cov_words", None),
            "nclusters": getattr(self, "nclusters", None),
            "label": self.label,
        }
        return values.get(key)
