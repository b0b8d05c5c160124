"""Three intervals on the index, each for a question of its own."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from proba.errors import IndexingError
from proba.estimation import Results, linear_contrasts
from proba.estimation.columns import FloatArray
from proba.estimation.contrasts import check_level
from proba.indices._interval_table import IndexIntervals
from proba.indices.index import IndexTable
from proba.indices.lasting import PracticeModel, deviations, fit_practice
from proba.indices.need_rows import NeedRows, entity_means, need_rows, population_of
from proba.indices.variance_check import left_out_errors
from proba.indices.variance_function import VarianceForm, VarianceFunction, variance_function
from proba.panel import Panel

__all__ = ["KINDS", "IndexIntervals", "IntervalKind", "Tails", "index_intervals"]

IntervalKind = Literal["mean", "observation", "lasting"]
Tails = Literal["t", "empirical"]

KINDS = ("mean", "observation", "lasting")

NO_LOWER_NEED = "lower limit of need is not positive"
NO_POPULATION = "missing population"
NO_YEARS = "no usable year"


def index_intervals(
    index: IndexTable,
    results: Results,
    panel: Panel,
    *,
    kind: IntervalKind,
    level: float = 0.95,
    population: str = "folketall",
    form: VarianceForm = "reciprocal",
    tails: Tails = "t",
) -> IndexIntervals:
    r"""Interval on the index of every kommune and year.

    Parameters
    ----------
    index : IndexTable
        Made by ``compute_index(results, panel)``.
    results : Results
        Its covariance is that of the coefficients; cluster by kommune for ``mean`` to be right
        under errors that last.
    panel : Panel
    kind : {"mean", "observation", "lasting"}
        ``mean``: the index if the coefficients were known, actual spending taken as it is.
        ``observation``: where a kommune of this size and need would fall, around 100.
        ``lasting``: the part of the kommune's deviation that lasts; one a kommune.
    level : float
        Of each interval by itself.
    population : str
        Column of inhabitants; not used by ``mean``.
    form : {"reciprocal", "power"}
        How variance falls with inhabitants, for ``observation``: see :func:`fit_variance`.
    tails : {"t", "empirical"}
        For ``observation``: limits by Student's t, or by the quantiles of the sample's own
        errors over their standard deviation, which allows for skewness.

    Returns
    -------
    IndexIntervals

    Raises
    ------
    IndexingError
        If the kind is unknown, table, fit and panel do not belong together, or inhabitants are
        missing from the panel or the estimation sample.
    SpecError
        If ``level`` is not between 0 and 1.

    Notes
    -----
    **mean.** Need is :math:`m = c'b` with :math:`se = \sqrt{c'Vc}` and t of the covariance's
    degrees of freedom; :math:`100y/m` falls in m, so the limits of need turn into those of the
    index: :math:`100y/(m \pm t\,se)`, with the same coverage. Where the lower limit of need is
    not positive there is no upper limit of the index. (Fieller's interval for a ratio with a
    known numerator.)

    **observation.** A kommune not in the data, with need m and n inhabitants, spends
    :math:`y^* = c'\beta + \varepsilon^*`, and

    .. math:: Var(y^* - c'b) = c'Vc + \sigma^2(n)

    since :math:`\varepsilon^*` is independent of the errors b rests on, however these are
    clustered. The limits are :math:`100(m \pm t\sqrt{c'Vc + \sigma^2(n)})/m`. For a kommune in
    the sample the error is its residual and

    .. math:: Var(y_{it} - c'b) = \sigma^2 + c'Vc - 2c'(X'X)^{-1}X_i'\Omega_i 1_t

    whose last term has the kommune's errors of all years: under clustering it does not vanish
    as leverage of the one row does. Held against a fit without the kommune it is 0, and that is
    how :func:`calibration` checks :math:`\sigma^2(n)`. Degrees of freedom are Satterthwaite's
    (1946), Biometrics Bulletin 2, 110-114, for the sum of the two variances, the second with
    those of the number of kommuner less two.

    **lasting.** :math:`100(1 + \hat u/\bar m)`, with :math:`\bar m` the kommune's mean need. By
    the delta method the error is :math:`[(\hat u - u) - (u/\bar m)(\hat m - \bar m)]/\bar m`;
    its variance is that of :func:`proba.indices.lasting.deviations` with
    :math:`w_i'X_i + (\hat u/\bar m)\bar c'` as weights on b. Under
    ``index.year_effects == "outside"`` deviations are still from need with the year inside;
    only :math:`\bar m` is without.
    """
    if kind not in KINDS:
        raise IndexingError(
            f"kind of interval must be 'mean', 'observation' or 'lasting', not {kind!r}.",
            f"intervalltypen må være 'mean', 'observation' eller 'lasting', ikke {kind!r}.",
        )
    if tails not in ("t", "empirical"):
        raise IndexingError(
            f"tails must be 't' or 'empirical', not {tails!r}.",
            f"halene (tails) må være 't' eller 'empirical', ikke {tails!r}.",
        )
    check_level(level)
    table = need_rows(index, results, panel, None if kind == "mean" else population)
    variance: VarianceFunction | None = None
    practice: PracticeModel | None = None
    if kind == "mean":
        frame = _mean(index, results, table, level)
    elif kind == "observation":
        variance = variance_function(results, panel, population=population, form=form)
        errors = None
        if tails == "empirical":
            errors = left_out_errors(results, panel, variance, population=population)
        frame = _observation(index, results, table, level, variance, errors)
    else:
        practice = fit_practice(results, population_of(panel, population))
        frame = _lasting(index, results, table, level, practice)
    after = list(frame.columns).index("upper") + 1
    frame.insert(after, "kind", kind)
    frame.insert(after + 1, "level", level)
    return IndexIntervals(
        frame=frame,
        kind=kind,
        level=level,
        tails=tails,
        covariance=(results.cov_words_in("nb"), results.cov_words_in("en")),
        year_effects=index.year_effects,
        dependent=index.dependent,
        meta=index.meta,
        entity=index.entity,
        time=index.time,
        names=index.names,
        variance=variance,
        practice=practice,
    )


def _mean(index: IndexTable, results: Results, table: NeedRows, level: float) -> pd.DataFrame:
    ok = table.usable
    need = linear_contrasts(results, table.C[ok], level=level)
    y = table.actual[ok]
    lower, upper = index_limits(y, need["ci_low"].to_numpy(), need["ci_high"].to_numpy())
    reason = index.frame["reason"].to_numpy(dtype=object).copy()
    reason[np.flatnonzero(ok)[np.isinf(lower) | np.isinf(upper)]] = NO_LOWER_NEED
    return pd.DataFrame(
        {
            "index": index.frame["index"].to_numpy(),
            "estimate": index.frame["index"].to_numpy(),
            "lower": _spread(lower, ok),
            "upper": _spread(upper, ok),
            "se": _spread(need["se"], ok),
            "df": _spread(need["df"], ok),
            "need": table.need,
            "need_lower": _spread(need["ci_low"], ok),
            "need_upper": _spread(need["ci_high"], ok),
            "reason": reason,
        },
        index=table.rows,
    )


def index_limits(
    y: FloatArray, need_low: FloatArray, need_high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Limits of 100 y / m from those of m; infinite where m may be 0 and y is not."""
    reachable = need_low > 0
    far = np.divide(100.0 * y, need_low, out=np.zeros_like(y), where=reachable)
    far[~reachable] = np.where(y[~reachable] == 0, 0.0, np.copysign(np.inf, y[~reachable]))
    near = 100.0 * y / need_high
    return np.minimum(near, far), np.maximum(near, far)


def _observation(
    index: IndexTable,
    results: Results,
    table: NeedRows,
    level: float,
    variance: VarianceFunction,
    errors: FloatArray | None,
) -> pd.DataFrame:
    sized = np.isfinite(table.population)
    ok = np.isfinite(table.need) & (table.need > 0) & sized
    need = linear_contrasts(results, table.C[ok], level=level)
    own = variance(table.population[ok])
    se2 = need["se"].to_numpy() ** 2
    kommuner = len(pd.unique(results.design.rows.get_level_values(0)))
    total = se2 + own
    df = total**2 / (se2**2 / need["df"].to_numpy() + own**2 / max(kommuner - 2, 1))
    if errors is None:
        high = stats.t.ppf(0.5 + level / 2.0, df)
        low = -high
    else:
        low, high = np.quantile(errors, [0.5 - level / 2.0, 0.5 + level / 2.0])
    m = table.need[ok]
    sd = np.sqrt(total)
    reason = index.frame["reason"].to_numpy(dtype=object).copy()
    reason[ok] = None
    reason[~sized & pd.isna(reason)] = NO_POPULATION
    return pd.DataFrame(
        {
            "index": index.frame["index"].to_numpy(),
            "estimate": np.where(ok, 100.0, np.nan),
            "lower": _spread(100.0 * (m + low * sd) / m, ok),
            "upper": _spread(100.0 * (m + high * sd) / m, ok),
            "se": _spread(sd, ok),
            "df": _spread(df, ok),
            "need": table.need,
            "population": table.population,
            "extrapolated": sized & variance.extrapolates(table.population),
            "reason": reason,
        },
        index=table.rows,
    )


def _lasting(
    index: IndexTable, results: Results, table: NeedRows, level: float, practice: PracticeModel
) -> pd.DataFrame:
    found = deviations(practice, table)
    used = table.usable & np.isfinite(table.deviation) & np.isfinite(table.population)
    means = entity_means(table, used)
    ok = found.years > 0
    ok[ok] = means.need[ok] > 0
    m, u = means.need[ok], found.estimate[ok]
    c = found.coefficients[ok] + (u / m)[:, None] * means.C[ok]
    from_b = linear_contrasts(results, c, level=level)
    se2 = from_b["se"].to_numpy() ** 2
    own = found.own_variance[ok]
    kommuner = len(pd.unique(results.design.rows.get_level_values(0)))
    # A contrast of zeros has no degrees of freedom, and no variance either.
    part = np.nan_to_num(se2**2 / from_b["df"].to_numpy())
    df = (se2 + own) ** 2 / (part + own**2 / (kommuner - 1))
    se = np.sqrt(se2 + own)
    reach = stats.t.ppf(0.5 + level / 2.0, df) * se
    shares = {"shrinkage": _spread(found.shrinkage[ok], ok), "years": found.years}
    return pd.DataFrame(
        {
            "index": _spread(100.0 * means.actual[ok] / m, ok),
            "estimate": _spread(100.0 * (1.0 + u / m), ok),
            "lower": _spread(100.0 * (1.0 + (u - reach) / m), ok),
            "upper": _spread(100.0 * (1.0 + (u + reach) / m), ok),
            "se": _spread(se, ok),
            "df": _spread(df, ok),
            "need": _spread(m, ok),
            "population": means.population,
            "deviation": _spread(u, ok),
            **shares,
            "reason": [None if known else NO_YEARS for known in ok],
        },
        index=pd.Index(table.entities, name=index.entity),
    )


def _spread(values: FloatArray | pd.Series, where: npt.NDArray[np.bool_]) -> FloatArray:
    """Values put in their places, NaN elsewhere."""
    out = np.full(len(where), np.nan)
    out[where] = values
    return out
