"""What "clusterrobuste på kommunestørrelse" can have meant: inference from the print, and a check.

The parts ``autocorrelation``, ``years`` and ``stars`` rest on printed figures alone (Vedlegg 1 and
Vedlegg 2 of Proba-rapport 2017-08); ``panel`` and ``trial`` come from a panel and carry its label.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from proba._table import TextTable
from proba.errors import Lang
from proba.estimation import Results, significance_stars
from proba.panel import Panel, PanelMeta
from proba.published import interval, load_table, parse
from proba.reproduction.cluster_printing import cluster_table
from proba.reproduction.comparison import Reproduction, reproduce

__all__ = ["PARTS", "ClusterPart", "ClusterQuestion", "cluster_question"]

ClusterPart = Literal["autocorrelation", "years", "stars", "panel", "trial"]
PARTS: tuple[ClusterPart, ...] = ("autocorrelation", "years", "stars", "panel", "trial")

_YEARS = (2012, 2013, 2014, 2015, 2016)
_FIRST = _YEARS[0]
_LEVELS = {"***": 0.01, "**": 0.05, "*": 0.10}

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ClusterQuestion:
    """The inference on the clustering of Vedlegg 1, by :func:`cluster_question`.

    Attributes
    ----------
    nobs, entities : int
        Printed observations, and kommuner a year if the panel was balanced (1 935 / 5 = 387).
    index_entities : int
        Kommuner in Vedlegg 2 (424).
    correlation : DataFrame
        5 x 5: correlation of the printed index between years, over kommuner.
    autocorrelation : DataFrame
        By year: ``mean``, ``sd`` of the ratio index/100; ``with_previous``, ``with_first``
        (correlations); ``change_sd``, ``change_from_first_sd`` (standard deviation of the change).
    years : DataFrame
        By year dummy: ``coef``, ``se`` as printed; ``kommune_sd`` = sd(r_t - r_2012);
        ``observation_sd`` = sqrt(var r_t + var r_2012); ``need_kommune``, ``need_observation`` =
        se x sqrt(G) / that (thousand kr per inhabitant), each with ``_low`` and ``_high``: what
        the rounding of se and any choice of G of the printed kommuner allow (outer limits);
        ``need_1``, ``need_5``, ``need_10``: the largest mean need at which the dummy would be
        significant at 1, 5 and 10 percent under kommune clustering.
    slow_factor : float
        Kommune over observation-level standard error of a characteristic that never changes.
    stars : DataFrame
        By coefficient: ``coef``, ``se`` (errata corrected), ``corrected`` (bool), ``printed``
        stars, ``factor``, ``t``, ``p``, ``stars`` and ``possible`` (stars the rounding allows)
        had the printed error been an observation-level one and kommune the cluster.
    panel : DataFrame
        By coefficient: ``se_size``, ``se_hc1``, ``se_kommune``; ``t``, ``p``, ``df`` and ``stars``
        under kommune; ``printed`` stars; ``stars_size``.
    trial : DataFrame
        The inference tried where the answer is known, by year: ``need`` (mean predicted need of
        the year and 2012), ``se_kommune``, ``from_kommune``, ``se_hc1``, ``from_observation``:
        the need the formulas of ``years`` give back from the panel's own errors.
    clusters_size, clusters_kommune : int
        Clusters of the panel's fit on the population figure and on kommune.
    meta : PanelMeta
        Of the panel; its label goes with ``panel`` and ``trial``.
    """

    nobs: int
    entities: int
    index_entities: int
    correlation: pd.DataFrame = field(repr=False)
    autocorrelation: pd.DataFrame = field(repr=False)
    years: pd.DataFrame = field(repr=False)
    slow_factor: float
    stars: pd.DataFrame = field(repr=False)
    panel: pd.DataFrame = field(repr=False)
    trial: pd.DataFrame = field(repr=False)
    clusters_size: int
    clusters_kommune: int
    meta: PanelMeta

    @property
    def label(self) -> str | None:
        """Label of the parts made from the panel; the others rest on the print alone."""
        return self.meta.label

    def to_table(self, lang: Lang = "nb", part: ClusterPart = "years") -> TextTable:
        """Return one part as a table to print; see :data:`PARTS`."""
        return cluster_table(self, part, lang)

    def to_tables(self, lang: Lang = "nb") -> tuple[TextTable, ...]:
        """Return all parts, in the order of :data:`PARTS`."""
        return tuple(self.to_table(lang, part) for part in PARTS)

    def to_dict(self) -> dict[str, Any]:
        """Return everything for JSON; missing numbers are None."""

        def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
            flat = frame.reset_index()
            whole = flat.astype(object).where(flat.notna(), None)
            return [{str(k): v for k, v in row.items()} for row in whole.to_dict("records")]

        return {
            "nobs": self.nobs,
            "entities": self.entities,
            "index_entities": self.index_entities,
            "slow_factor": self.slow_factor,
            "printed": {p: records(getattr(self, p)) for p in PARTS[:3]},
            "from_panel": {
                "label": self.label,
                "clusters_size": self.clusters_size,
                "clusters_kommune": self.clusters_kommune,
                **{p: records(getattr(self, p)) for p in PARTS[3:]},
            },
        }

    def __repr__(self) -> str:
        return f"ClusterQuestion(G = {self.entities}; see to_table)"


def cluster_question(panel: Panel | None = None) -> ClusterQuestion:
    """Set out what the printed standard errors say about the clustering behind them.

    Parameters
    ----------
    panel : Panel, optional
        For the parts ``panel`` and ``trial``; the embedded calibrated (synthetic) panel if not
        given.

    Returns
    -------
    ClusterQuestion

    Raises
    ------
    PanelError, SpecError, DesignError
        As :func:`proba.reproduction.reproduce`.

    Notes
    -----
    With e = need x (index/100 - 1) the residual of a kommune, a year dummy's error is about the
    mean of e_t - e_2012 over G kommuner. Its standard error is then sd(e_t - e_2012)/sqrt(G) when
    the five years of a kommune are one cluster (Liang and Zeger 1986), and
    sqrt((var e_t + var e_2012)/G) when each row is its own (White 1980). With one need for all
    kommuner and years it factors out: need = se x sqrt(G) / sd. The stars' factor for a
    characteristic constant over time is, squared, the sum of all elements of the covariance matrix
    of the five years over its trace: 1 + 4 rho when variances are equal (Moulton 1986).

    Left out: that need differs between kommuner (the need found is then a root mean square weighted
    by how much the index moves) and over years, that covariates move, the small-sample factor
    (0.3 percent) and the rounding of the index (0.003 in each ratio).
    """
    run = reproduce(panel)
    ratio = _printed_ratio()
    table = load_table("vedlegg1").frame.set_index("name")
    nobs = round(parse(str(table.loc["antall_observasjoner", "coef_printed"])))
    entities = nobs // len(_YEARS)
    slow = float(np.sqrt(ratio.cov().to_numpy().sum() / np.trace(ratio.cov())))
    years = _years(ratio, table, entities)
    return ClusterQuestion(
        nobs=nobs,
        entities=entities,
        index_entities=len(ratio),
        correlation=ratio.corr(),
        autocorrelation=_autocorrelation(ratio),
        years=years,
        slow_factor=slow,
        stars=_stars(run, table, years, slow, entities - 1),
        panel=_panel(run, table),
        trial=_trial(run),
        clusters_size=run.by_size.covariance.nclusters[0],
        clusters_kommune=run.by_kommune.covariance.nclusters[0],
        meta=run.panel.meta,
    )


def _printed_ratio() -> pd.DataFrame:
    printed = load_table("vedlegg2").frame.set_index("kommunenr")[[str(y) for y in _YEARS]]
    ratio = printed.astype("float64") / 100
    ratio.columns = pd.Index(_YEARS, name="aar")
    return ratio


def _autocorrelation(ratio: pd.DataFrame) -> pd.DataFrame:
    corr = ratio.corr()
    previous = pd.Series(np.diag(corr, 1), index=_YEARS[1:])
    return pd.DataFrame(
        {
            "mean": ratio.mean(),
            "sd": ratio.std(),
            "with_previous": previous.reindex(ratio.columns),
            "with_first": corr[_FIRST].where(corr.index != _FIRST),
            "change_sd": ratio.diff(axis=1).std().where(corr.index != _FIRST),
            "change_from_first_sd": ratio.sub(ratio[_FIRST], axis=0)
            .std()
            .where(corr.index != _FIRST),
        }
    )


def _years(ratio: pd.DataFrame, table: pd.DataFrame, entities: int) -> pd.DataFrame:
    first = ratio[_FIRST].to_numpy()
    root = np.sqrt(entities)
    rows: dict[int, dict[str, float]] = {}
    for year in _YEARS[1:]:
        line = table.loc[f"aar_{year}"]
        coef, se = parse(str(line["coef_printed"])), parse(str(line["se_printed"]))
        se_low, se_high = interval(str(line["se_printed"]))
        now = ratio[year].to_numpy()
        change = float(np.var(now - first, ddof=1))
        change_low, change_high = _variance_limits(now - first, entities)
        levels = float(np.var(now, ddof=1) + np.var(first, ddof=1))
        # Each year's limit by itself: no one choice of kommuner need reach both.
        ends = [_variance_limits(v, entities) for v in (now, first)]
        levels_low, levels_high = (sum(e[i] for e in ends) for i in (0, 1))
        rows[year] = {
            "coef": coef,
            "se": se,
            "kommune_sd": np.sqrt(change),
            "observation_sd": np.sqrt(levels),
            "need_kommune": se * root / np.sqrt(change),
            "need_kommune_low": se_low * root / np.sqrt(change_high),
            "need_kommune_high": se_high * root / np.sqrt(change_low),
            "need_observation": se * root / np.sqrt(levels),
            "need_observation_low": se_low * root / np.sqrt(levels_high),
            "need_observation_high": se_high * root / np.sqrt(levels_low),
        }
        for level in _LEVELS.values():
            limit = abs(coef) / float(stats.t.isf(level / 2, entities - 1))
            rows[year][f"need_{100 * level:.0f}"] = limit * root / np.sqrt(change)
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index.name = "aar"
    return frame


def _variance_limits(values: FloatArray, size: int) -> tuple[float, float]:
    """Smallest and largest variance of any ``size`` of the values.

    A variance is convex in each value, so the extremes are at contiguous runs of the sorted values:
    kept for the smallest, left out for the largest.
    """
    ordered = np.sort(values)
    dropped = len(ordered) - size
    starts = range(dropped + 1)
    kept = [float(np.var(ordered[s : s + size], ddof=1)) for s in starts]
    outer = [
        float(np.var(np.delete(ordered, slice(s, s + dropped)), ddof=1)) for s in range(size + 1)
    ]
    return min(kept), max(outer)


def _stars(
    run: Reproduction, table: pd.DataFrame, years: pd.DataFrame, slow: float, df: int
) -> pd.DataFrame:
    dummies = years["kommune_sd"] / years["observation_sd"]
    factors = {f"aar_{year}": float(f) for year, f in dummies.items()}
    rows = {}
    for coef, se in zip(run.coefficients, run.std_errors, strict=True):
        factor = factors.get(coef.name, slow)
        t = parse(coef.target) / (factor * parse(se.target))
        b, s = interval(coef.target), interval(se.target)
        least = 0.0 if b[0] <= 0 <= b[1] else min(map(abs, b)) / (factor * s[1])
        most = max(map(abs, b)) / (factor * s[0])
        words = [*_LEVELS, ""]
        first, last = (words.index(_stars_of(v, df)) for v in (most, least))
        rows[coef.name] = {
            "coef": parse(coef.target),
            "se": parse(se.target),
            "corrected": se.corrected is not None,
            "printed": str(table.loc[coef.name, "stars"] or ""),
            "factor": factor,
            "t": t,
            "p": _p(t, df),
            "stars": _stars_of(t, df),
            "possible": tuple(words[first : last + 1]),
        }
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.index.name = "name"
    return frame


def _p(t: float, df: int) -> float:
    return 2 * float(stats.t.sf(abs(t), df))


def _stars_of(t: float, df: int) -> str:
    return significance_stars(_p(t, df))


def _panel(run: Reproduction, table: pd.DataFrame) -> pd.DataFrame:
    # Only what is printed, so that a year the panel lacks is a missing line, not a shifted one.
    names = pd.Index([f.name for f in run.coefficients], name="name")

    def of(values: pd.Series) -> pd.Series:
        return values.reindex(names)

    def stars(results: Results) -> list[str]:
        return ["" if np.isnan(p) else significance_stars(p) for p in of(results.pvalues)]

    kommune = run.by_kommune
    return pd.DataFrame(
        {
            "se_size": of(run.by_size.std_errors),
            "se_hc1": of(run.hc1.std_errors),
            "se_kommune": of(kommune.std_errors),
            "t": of(kommune.tstats),
            "df": of(kommune.df),
            "p": of(kommune.pvalues),
            "printed": [str(table.loc[n, "stars"] or "") for n in names],
            "stars_size": stars(run.by_size),
            "stars": stars(kommune),
        },
        index=names,
    )


def _trial(run: Reproduction) -> pd.DataFrame:
    rows = run.index.frame[run.index.frame["in_sample"]]
    ratio = (rows["index"] / 100).unstack().reindex(columns=_YEARS)
    need = rows["predicted"].unstack().reindex(columns=_YEARS)
    out = {}
    for year in _YEARS[1:]:
        both = ratio[[_FIRST, year]].dropna()
        pair = need.loc[both.index, [_FIRST, year]]
        change = float((both[year] - both[_FIRST]).std())
        levels = float(np.sqrt(both.var().sum()))
        se_kommune, se_hc1 = (
            float(r.std_errors.get(f"aar_{year}", np.nan)) for r in (run.by_kommune, run.hc1)
        )
        root = np.sqrt(len(both))
        out[year] = {
            "need": float(pair.to_numpy().mean()) if len(pair) else np.nan,
            "se_kommune": se_kommune,
            "from_kommune": se_kommune * root / change,
            "se_hc1": se_hc1,
            "from_observation": se_hc1 * root / levels,
        }
    frame = pd.DataFrame.from_dict(out, orient="index")
    frame.index.name = "aar"
    return frame
