"""Screening all kommuner at once, and how steady their classes are."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

from proba.errors import IndexingError
from proba.estimation import Results
from proba.indices.index import IndexTable
from proba.indices.lasting import PracticeModel, deviations, fit_practice
from proba.indices.need_rows import NeedRows, need_rows, population_of
from proba.indices.rules import LEVELS, Rule
from proba.panel import Panel

__all__ = ["Screened", "class_history", "screen"]

Screened = Literal["level", "change"]

_METHODS = {"bh": "fdr_bh", "by": "fdr_by"}


def screen(
    index: IndexTable,
    results: Results,
    panel: Panel,
    *,
    what: Screened = "level",
    rate: float = 0.05,
    method: Literal["bh", "by"] = "bh",
    population: str = "folketall",
) -> pd.DataFrame:
    r"""Test every kommune, with the share of false discoveries held down.

    Parameters
    ----------
    index : IndexTable
    results : Results
    panel : Panel
    what : {"level", "change"}
        ``level``: that the kommune has no lasting deviation from need. ``change``: that its
        deviation has changed by passing deviations only, from its first year to its last.
    rate : float
        Expected share of false discoveries among those found, at most.
    method : {"bh", "by"}
        Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300;
        or Benjamini and Yekutieli (2001), Annals of Statistics 29, 1165-1188, under any
        dependence.
    population : str
        Column of inhabitants.

    Returns
    -------
    DataFrame
        Indexed by entity: ``deviation`` (unit of the dependent variable; the years' generalised
        mean, or the change), ``se``, ``z``, ``p``, ``p_adjusted``, ``found``.

    Raises
    ------
    IndexingError
        As :func:`index_intervals`; also if ``what``, ``rate`` or ``method`` is unknown.

    Notes
    -----
    Under the hypothesis a kommune's deviations are passing ones of covariance P_i (variance by
    size, correlation :math:`\rho^{|s-t|}`); the generalised mean :math:`\bar e` has variance
    :math:`1/(1'P_i^{-1}1)`, to which that of the coefficients is added. The lasting deviations
    of all others are in the variance components, not in this one's variance: nothing is
    shrunk, so these are tests and not the intervals of ``lasting``. p is two-sided normal; with
    skewed deviations high kommuner are found somewhat too often and low ones too seldom. The
    tests are dependent through the coefficients only.
    """
    if what not in ("level", "change"):
        raise IndexingError(
            f"screening is of 'level' or 'change', not {what!r}.",
            f"gjennomgangen er av 'level' eller 'change', ikke {what!r}.",
        )
    if method not in _METHODS:
        raise IndexingError(
            f"method must be 'bh' or 'by', not {method!r}.",
            f"metoden må være 'bh' eller 'by', ikke {method!r}.",
        )
    if isinstance(rate, bool) or not isinstance(rate, float) or not 0.0 < rate < 1.0:
        raise IndexingError(
            f"rate must be a number between 0 and 1, not {rate!r}.",
            f"raten må være et tall mellom 0 og 1, ikke {rate!r}.",
        )
    table = need_rows(index, results, panel, population)
    model = fit_practice(results, population_of(panel, population))
    out = _levels(model, table, results) if what == "level" else _changes(model, table, results)
    out.index.name = index.entity
    out["z"] = out["deviation"] / out["se"]
    out["p"] = 2.0 * stats.norm.sf(out["z"].abs())
    known = out["p"].notna().to_numpy()
    out["p_adjusted"] = np.nan
    out["found"] = False
    if known.any():
        found, adjusted, _, _ = multipletests(
            out.loc[known, "p"], alpha=rate, method=_METHODS[method]
        )
        out.loc[known, "p_adjusted"] = adjusted
        out.loc[known, "found"] = found
    return out


def class_history(index: IndexTable, rule: Rule | None = None) -> pd.DataFrame:
    """How often each kommune has each level, and how often it changes.

    Parameters
    ----------
    index : IndexTable
    rule : Rule, optional
        The default rule if not given.

    Returns
    -------
    DataFrame
        Indexed by entity: ``years`` (with an index), ``Lavt``, ``Middels``, ``Høyt`` (years in
        each), ``changes`` (times the level differs from the last year with one), ``steady``
        (one level in all years).
    """
    rule = rule if rule is not None else Rule()
    wide = index.wide(rounded=rule.rounded)
    levels = wide.map(rule.level)
    counts = {name: (levels == name).sum(axis=1) for name in LEVELS}
    out = pd.DataFrame({"years": wide.notna().sum(axis=1), **counts}, index=wide.index)
    filled = levels.ffill(axis=1)
    before, after = filled.iloc[:, :-1].to_numpy(object), filled.iloc[:, 1:].to_numpy(object)
    moved = pd.notna(before) & pd.notna(after) & (before != after)
    out["changes"] = moved.sum(axis=1)
    out["steady"] = (out["changes"] == 0) & (out["years"] > 0)
    return out


def _levels(model: PracticeModel, table: NeedRows, results: Results) -> pd.DataFrame:
    found = deviations(model, table)
    c = found.raw_coefficients
    from_b = ((c @ results.covariance.matrix) * c).sum(axis=1)
    se = np.sqrt(found.raw_variance + np.maximum(from_b, 0.0))
    return pd.DataFrame({"deviation": found.raw, "se": se}, index=table.entities.rename(None))


def _changes(model: PracticeModel, table: NeedRows, results: Results) -> pd.DataFrame:
    usable = table.usable & np.isfinite(table.deviation) & np.isfinite(table.population)
    rows = np.flatnonzero(usable)
    rows = rows[np.lexsort((table.years[rows], table.codes[rows]))]
    count = len(table.entities)
    first, last = np.full(count, -1), np.full(count, -1)
    last[table.codes[rows]] = rows
    first[table.codes[rows[::-1]]] = rows[::-1]
    ok = (first >= 0) & (first != last)
    a, b = first[ok], last[ok]
    sa, sb = model.passing_sd(table.population[a]), model.passing_sd(table.population[b])
    same = model.components.rho ** (table.years[b] - table.years[a])
    C = table.X[b] - table.X[a]
    from_b = np.maximum(((C @ results.covariance.matrix) * C).sum(axis=1), 0.0)
    change, se = np.full(count, np.nan), np.full(count, np.nan)
    change[ok] = table.deviation[b] - table.deviation[a]
    se[ok] = np.sqrt(sa**2 + sb**2 - 2.0 * same * sa * sb + from_b)
    return pd.DataFrame({"deviation": change, "se": se}, index=table.entities.rename(None))
