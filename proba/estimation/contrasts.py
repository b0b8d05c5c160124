"""Sums of coefficients with their standard errors and degrees of freedom."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import stats

from proba.errors import SpecError
from proba.estimation.columns import FloatArray
from proba.estimation.results import Results

__all__ = ["Contrasts", "check_level", "linear_contrasts"]

Contrasts = FloatArray | pd.DataFrame | Mapping[str, Mapping[str, float]]
"""Weights on coefficients: an array, a table with coefficients as columns, or names."""


def linear_contrasts(
    results: Results, C: Contrasts, *, level: float = 0.95, df: FloatArray | None = None
) -> pd.DataFrame:
    r"""Estimate weighted sums of the coefficients of a fit.

    Parameters
    ----------
    results : Results
    C : ndarray of shape (q, k), DataFrame or mapping
        One weighted sum a row. A DataFrame has coefficient names as columns, and a coefficient
        without a column has weight 0; a mapping gives each sum's name its weights by
        coefficient: ``{"need": {"ledighet": 0.4, "innvandring": 1.2}}``.
    level : float
        Of the confidence limits.
    df : ndarray of shape (q,), optional
        Degrees of freedom where they are known (NaN where there are none); else the
        estimator's rule for contrasts (:meth:`CovarianceEstimator.contrast_df`).

    Returns
    -------
    DataFrame
        One row a sum: ``estimate``, ``se``, ``df``, ``t``, ``p`` (two-sided, of being 0),
        ``ci_low``, ``ci_high``. Where all weights are 0 the sum is 0 without error; t and p
        are then missing.

    Raises
    ------
    SpecError
        If ``C`` is none of these, a name or shape does not fit, a weight is not finite, ``df``
        is not one number above 0 a sum, or ``level`` is not between 0 and 1.

    Notes
    -----
    .. math:: \widehat{c'\beta} = c'b, \quad se = \sqrt{c'Vc}

    with V the covariance of the fit: the delta method, exact for a linear function. Stata:
    ``lincom``.

    Examples
    --------
    >>> import proba
    >>> results = proba.fit(proba.PROBA_2017, proba.load_panel("kalibrert"))
    >>> sums = linear_contrasts(results, {"2013-16": {"aar_2016": 1, "aar_2013": -1}})
    >>> list(sums.columns)
    ['estimate', 'se', 'df', 't', 'p', 'ci_low', 'ci_high']
    """
    check_level(level)
    weights, index = _weights(results, C)
    covariance = results.covariance
    estimate = weights @ results.least_squares.params
    # Rounding may leave a variance of nothing a hair below zero.
    variance = np.maximum(((weights @ covariance.matrix) * weights).sum(axis=1), 0.0)
    se = np.sqrt(variance)
    if df is None:
        df = results.estimator.contrast_df(
            results.design, results.least_squares, covariance, weights
        )
    else:
        df = _given_df(df, len(se))
    certain = se == 0.0
    reach = np.where(certain, 0.0, stats.t.ppf(0.5 + level / 2.0, df) * se)
    t = np.divide(estimate, se, out=np.full(len(se), np.nan), where=~certain)
    return pd.DataFrame(
        {
            "estimate": estimate,
            "se": se,
            "df": df,
            "t": t,
            "p": 2.0 * stats.t.sf(np.abs(t), df),
            "ci_low": estimate - reach,
            "ci_high": estimate + reach,
        },
        index=index,
    )


def check_level(level: float) -> None:
    """Raise a SpecError unless a confidence level lies between 0 and 1."""
    if isinstance(level, (int, float)) and 0.0 < level < 1.0:
        return
    raise SpecError(
        f"confidence level must be between 0 and 1, not {level!r}.",
        f"konfidensnivået må være mellom 0 og 1, ikke «{level}».",
    )


def _weights(results: Results, C: Contrasts) -> tuple[FloatArray, pd.Index]:
    names = list(results.names)
    if isinstance(C, np.ndarray):
        if C.ndim != 2 or C.shape[1] != len(names):
            raise SpecError(
                f"contrasts have shape {C.shape}; they need one row a sum and {len(names)} "
                "columns, one a coefficient.",
                f"kontrastene har formen {C.shape}; de må ha én rad per sum og {len(names)} "
                "kolonner, én per koeffisient.",
            )
        return _finite(C), pd.RangeIndex(len(C))
    if not isinstance(C, (pd.DataFrame, Mapping)):
        raise SpecError(
            "contrasts must be an array of shape (sums, coefficients), a DataFrame or weights by "
            f"name, not {type(C).__name__}.",
            "kontrastene må være en tabell med formen (summer, koeffisienter), en DataFrame eller "
            f"vekter ved navn, ikke {type(C).__name__}.",
        )
    table = C if isinstance(C, pd.DataFrame) else _table(C)
    unknown = [str(column) for column in table.columns if column not in names]
    twice = [str(column) for column in table.columns[table.columns.duplicated()]]
    if unknown or twice:
        word = (unknown + twice)[0]
        raise SpecError(
            f"no coefficient '{word}', or it stands twice; the model has {', '.join(names)}.",
            f"ingen koeffisient «{word}», eller den står to ganger; modellen har "
            f"{', '.join(names)}.",
        )
    return _finite(table.reindex(columns=names, fill_value=0.0)), table.index


def _given_df(df: object, q: int) -> FloatArray:
    try:
        out: FloatArray = np.asarray(df, dtype=np.float64)
    except (TypeError, ValueError):
        out = np.array(0.0)
    if out.shape != (q,) or (out <= 0).any():
        raise SpecError(
            f"'df' must be {q} numbers above 0, one a sum; got {df!r}.",
            f"«df» må være {q} tall over 0, ett per sum; fikk {df!r}.",
        )
    return out


def _table(C: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    for name, weights in dict[str, object](C).items():
        if not isinstance(weights, Mapping):
            raise SpecError(
                f"the weights of '{name}' must be given by coefficient, not as {weights!r}.",
                f"vektene i «{name}» må oppgis etter koeffisient, ikke som {weights!r}.",
            )
    columns = list(dict.fromkeys(name for weights in C.values() for name in weights))
    rows = [[weights.get(name, 0.0) for name in columns] for weights in C.values()]
    return pd.DataFrame(rows, index=pd.Index(list(C)), columns=columns)


def _finite(values: FloatArray | pd.DataFrame) -> FloatArray:
    try:
        out: FloatArray = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        out = np.array(np.nan)
    if not np.isfinite(out).all():
        raise SpecError("contrasts must be finite numbers.", "kontrastene må være endelige tall.")
    return out
