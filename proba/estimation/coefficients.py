"""What follows from coefficients, their covariance and degrees of freedom, for any model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from proba.errors import SpecError

__all__ = ["CoefficientTable"]


class CoefficientTable:
    """Mixin for results that have ``params``, ``cov`` and ``df``."""

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def params(self) -> pd.Series:
            """Coefficients; shape (k,)."""
            ...

        @property
        def cov(self) -> pd.DataFrame:
            """Covariance matrix; shape (k, k)."""
            ...

        @property
        def df(self) -> pd.Series:
            """Degrees of freedom of each t; shape (k,)."""
            ...

    @property
    def std_errors(self) -> pd.Series:
        """Standard errors; shape (k,)."""
        cov = self.cov
        return pd.Series(np.sqrt(np.diag(cov)), index=cov.index, name="se")

    @property
    def tstats(self) -> pd.Series:
        """Coefficient over standard error; shape (k,)."""
        return (self.params / self.std_errors).rename("t")

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p-values from t with ``df``; shape (k,)."""
        t = self.tstats
        p = 2.0 * stats.t.sf(np.abs(t.to_numpy()), self.df.to_numpy())
        return pd.Series(p, index=t.index, name="p")

    def conf_int(self, level: float = 0.95) -> pd.DataFrame:
        """Confidence limits from t with ``df``.

        Parameters
        ----------
        level : float
            Coverage between 0 and 1.

        Returns
        -------
        DataFrame
            Columns ``lower`` and ``upper``, one row a coefficient.

        Raises
        ------
        SpecError
            If ``level`` is not between 0 and 1.
        """
        if not isinstance(level, (int, float)) or not 0.0 < level < 1.0:
            raise SpecError(
                f"confidence level must be between 0 and 1, not {level!r}.",
                f"konfidensnivået må være mellom 0 og 1, ikke {level!r}.",
            )
        params = self.params
        centre = params.to_numpy()
        reach = stats.t.ppf(0.5 + level / 2.0, self.df.to_numpy()) * self.std_errors.to_numpy()
        return pd.DataFrame({"lower": centre - reach, "upper": centre + reach}, index=params.index)

    def tidy(self, level: float = 0.95) -> pd.DataFrame:
        """Return one row a coefficient: coef, se, t, df, p, ci_low, ci_high; indexed by name."""
        limits = self.conf_int(level)
        # Each once: the properties build a Series every time they are read.
        params, errors, df = self.params, self.std_errors.to_numpy(), self.df.to_numpy()
        t = params.to_numpy() / errors
        return pd.DataFrame(
            {
                "coef": params,
                "se": errors,
                "t": t,
                "df": df,
                "p": 2.0 * stats.t.sf(np.abs(t), df),
                "ci_low": limits["lower"].to_numpy(),
                "ci_high": limits["upper"].to_numpy(),
            },
            index=params.index,
        ).rename_axis("name")
