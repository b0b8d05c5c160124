"""Rerun the report's statistical part and hold every number against what was printed."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from proba.errors import PanelError
from proba.estimation import PROBA_2017, Results, Spec, fit
from proba.indices import IndexTable, Rule, RuleRange, compute_index, consistent_ranges
from proba.panel import Panel, load_panel
from proba.published import agrees, load_table, parse

__all__ = ["DIFFERS", "EQUAL", "MISSING", "Fact", "Reproduction", "reproduce"]

EQUAL = "ok"
DIFFERS = "avvik"
MISSING = "mangler"

_SIZE_COLUMNS = ("folketall", "urbanitet")
_SUMMARY = ("antall_observasjoner", "r2_justert")
_YEARS = ("2012", "2013", "2014", "2015", "2016")


@dataclass(frozen=True, slots=True)
class Fact:
    """One recomputed number beside the printed one.

    Attributes
    ----------
    name : str
    value : float
        Ours, unrounded; NaN where the panel does not give it.
    printed : str
        Text as printed.
    corrected : str or None
        What to read instead where the print is in error.
    erratum : str or None
        Id of the erratum that says why.
    verdict : str
        ``ok`` if ours rounds half up to the printed (or corrected) number, else ``avvik``;
        ``mangler`` where we have none.
    """

    name: str
    value: float
    printed: str
    corrected: str | None
    erratum: str | None
    verdict: str

    @property
    def holds(self) -> bool:
        """Whether the verdict is ``ok``."""
        return self.verdict == EQUAL

    @property
    def target(self) -> str:
        """The printed number, or the corrected one."""
        return self.corrected if self.corrected is not None else self.printed


@dataclass(frozen=True, slots=True, eq=False)
class Reproduction:
    """Everything :func:`reproduce` computed.

    Attributes
    ----------
    panel : Panel
    spec : Spec
    by_size, by_kommune, hc1 : Results
        One fit, three covariances: clusters on the population figure (what the report
        literally says), on kommune, and HC1.
    coefficients, std_errors : tuple of Fact
        Twelve each, in printed order; standard errors under ``by_size``.
    nobs, rsquared_adj : Fact
    index : IndexTable
    vedlegg2 : DataFrame
        One row a printed kommune and year: ``ours`` (rounded), ``printed``, ``verdict``.
    tabell_6_1 : DataFrame
        One row a case kommune: our index by year, level and change, the printed words, verdict.
    rule : Rule
    ranges : RuleRange
        How far the rule's thresholds can move.
    """

    panel: Panel
    spec: Spec
    by_size: Results = field(repr=False)
    by_kommune: Results = field(repr=False)
    hc1: Results = field(repr=False)
    coefficients: tuple[Fact, ...] = field(repr=False)
    std_errors: tuple[Fact, ...] = field(repr=False)
    nobs: Fact
    rsquared_adj: Fact
    index: IndexTable = field(repr=False)
    vedlegg2: pd.DataFrame = field(repr=False)
    tabell_6_1: pd.DataFrame = field(repr=False)
    rule: Rule
    ranges: RuleRange

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """How many numbers hold, of how many, by part."""
        return {
            "coefficients": (sum(f.holds for f in self.coefficients), len(self.coefficients)),
            "std_errors": (sum(f.holds for f in self.std_errors), len(self.std_errors)),
            "nobs": (int(self.nobs.holds), 1),
            "rsquared_adj": (int(self.rsquared_adj.holds), 1),
            "vedlegg2": (int((self.vedlegg2["verdict"] == EQUAL).sum()), len(self.vedlegg2)),
            "tabell_6_1": (int((self.tabell_6_1["verdict"] == EQUAL).sum()), len(self.tabell_6_1)),
        }

    @property
    def holds(self) -> bool:
        """Whether every number holds."""
        return all(hit == total for hit, total in self.counts.values())

    def std_error_table(self) -> pd.DataFrame:
        """Return standard errors under the three covariances and as printed."""
        return pd.DataFrame(
            {
                "folketall": self.by_size.std_errors,
                "kommune": self.by_kommune.std_errors,
                "HC1": self.hc1.std_errors,
                "printed": pd.Series({f.name: f.target for f in self.std_errors}),
            }
        ).loc[list(self.by_size.names)]

    def closest_assumption(self) -> str:
        """Return the column of :meth:`std_error_table` nearest the printed errors (median)."""
        table = self.std_error_table()
        printed = table.pop("printed").map(parse)
        gaps = table.apply(lambda column: np.log(column / printed).abs().median())
        return str(gaps.idxmin())

    def cluster_ratios(self) -> tuple[float, float]:
        """Median of SE under kommune over SE under HC1: regressors, year dummies."""
        ratio = self.by_kommune.std_errors / self.hc1.std_errors
        years = list(self.spec.year_columns(self.by_size.design.years))
        regressors = list(self.spec.regressors)
        return float(ratio[regressors].median()), float(ratio[years].median())


def reproduce(panel: Panel | None = None, spec: Spec = PROBA_2017) -> Reproduction:
    """Rerun Vedlegg 1, Vedlegg 2 and Tabell 6-1 of Proba-rapport 2017-08.

    Parameters
    ----------
    panel : Panel, optional
        The panel to run on; the embedded calibrated (synthetic) panel if not given.
    spec : Spec
        The regression; the report's if not given. A panel without the spec's sample column is
        estimated on all its complete rows.

    Returns
    -------
    Reproduction

    Raises
    ------
    PanelError
        If the panel has neither population nor urbanity to cluster on.
    SpecError, DesignError
        If the panel cannot carry the regression.
    """
    panel = panel if panel is not None else load_panel("kalibrert")
    if spec.sample is not None and spec.sample not in panel.frame.columns:
        spec = spec.replace(sample=None)
    by_size = fit(spec, panel, cov="CR1", cluster=_size_column(panel))
    index = compute_index(by_size, panel)
    rule = Rule()
    vedlegg2 = _vedlegg2(index)
    tabell_6_1, ranges = _tabell_6_1(index, rule)
    coefficients, std_errors, nobs, rsquared = _vedlegg1(by_size)
    return Reproduction(
        panel=panel,
        spec=spec,
        by_size=by_size,
        by_kommune=by_size.with_cov("CR1", spec.entity),
        hc1=by_size.with_cov("HC1"),
        coefficients=coefficients,
        std_errors=std_errors,
        nobs=nobs,
        rsquared_adj=rsquared,
        index=index,
        vedlegg2=vedlegg2,
        tabell_6_1=tabell_6_1,
        rule=rule,
        ranges=ranges,
    )


def _size_column(panel: Panel) -> str:
    # The urbanity criterion is the population to the power 1.2: the same clusters.
    found = [c for c in _SIZE_COLUMNS if c in panel.frame.columns]
    if not found:
        raise PanelError(
            f"{panel.meta.name}: 'folketall' (or 'urbanitet') is needed to cluster on kommune "
            "size as the report does.",
            f"{panel.meta.name}: 'folketall' (eller 'urbanitet') trengs for å klynge på "
            "kommunestørrelse slik rapporten gjør.",
        )
    return found[0]


def _vedlegg1(results: Results) -> tuple[tuple[Fact, ...], tuple[Fact, ...], Fact, Fact]:
    table = load_table("vedlegg1")
    printed = table.frame.set_index("name")
    reasons = {e.id: e for e in table.errata}
    coefficients, std_errors = [], []
    # Every printed one, so that a year the panel lacks is counted as missing.
    ours = pd.DataFrame({"coef": results.params, "se": results.std_errors}).reindex(printed.index)
    for name in [n for n in printed.index if n not in _SUMMARY]:
        row: dict[Hashable, Any] = printed.loc[name].to_dict()
        coefficients.append(_fact(name, ours.loc[name, "coef"], row["coef_printed"]))
        corrected, erratum = None, None
        if row["se_corrected"] != row["se"]:
            ids = str(row["erratum"]).split(";")
            erratum = next(i for i in ids if i in reasons and reasons[i].corrected)
            corrected = reasons[erratum].corrected
        std_errors.append(_fact(name, ours.loc[name, "se"], row["se_printed"], corrected, erratum))
    nobs, r2 = (
        _fact(name, value, str(printed.loc[name, "coef_printed"]))
        for name, value in zip(_SUMMARY, (results.nobs, results.rsquared_adj), strict=True)
    )
    return tuple(coefficients), tuple(std_errors), nobs, r2


def _fact(
    name: str,
    value: float,
    printed: str,
    corrected: str | None = None,
    erratum: str | None = None,
) -> Fact:
    target = corrected if corrected is not None else printed
    number = float(value)
    verdict = MISSING if math.isnan(number) else EQUAL if agrees(number, target) else DIFFERS
    return Fact(name, number, printed, corrected, erratum, verdict)


def _vedlegg2(index: IndexTable) -> pd.DataFrame:
    printed = load_table("vedlegg2").frame.set_index("kommunenr")[list(_YEARS)]
    printed.columns = pd.Index([int(y) for y in _YEARS])
    long = pd.Series(printed.stack(), name="printed").astype("Int64")
    long.index = long.index.set_names([index.entity, index.time])
    wide = index.wide().stack() if len(index.frame) else pd.Series(dtype="Int64")
    out = pd.DataFrame({"ours": wide.reindex(long.index).astype("Int64"), "printed": long})
    out["verdict"] = [
        MISSING if pd.isna(ours) else EQUAL if ours == theirs else DIFFERS
        for ours, theirs in zip(out["ours"], out["printed"], strict=True)
    ]
    return out


def _tabell_6_1(index: IndexTable, rule: Rule) -> tuple[pd.DataFrame, RuleRange]:
    printed = load_table("tabell_6_1").frame.set_index("kommunenr")
    years = [int(y) for y in _YEARS]
    numbers = printed[list(_YEARS)].astype("int64")
    words = printed[["niva_2016", "endring_2012_16"]].fillna("").astype(str)
    last = numbers["2016"]
    ranges = consistent_ranges(
        last, last - numbers["2012"], words["niva_2016"], words["endring_2012_16"]
    )
    have = index.wide(rounded=rule.rounded).reindex(index=printed.index, columns=years)
    rows = [
        _case_row(rule, dict(zip(_YEARS, ours, strict=True)), fact)
        for ours, fact in zip(
            have.to_numpy(dtype=object),
            printed.assign(**words).reset_index().to_dict("records"),
            strict=True,
        )
    ]
    return pd.DataFrame(rows).set_index("kommunenr"), ranges


def _case_row(rule: Rule, ours: dict[str, Any], printed: dict[Hashable, Any]) -> dict[str, Any]:
    complete = not any(pd.isna(v) for v in ours.values())
    level = rule.level(ours["2016"]) if complete else None
    change = rule.direction(ours["2016"] - ours["2012"]) if complete else None
    same = (
        complete
        and all(int(ours[y]) == int(printed[y]) for y in _YEARS)
        and (level, change) == (printed["niva_2016"], printed["endring_2012_16"])
    )
    return {
        "kommunenr": printed["kommunenr"],
        "kommune": printed["kommune"],
        **ours,
        "niva_2016": level,
        "endring_2012_16": change,
        "printed_niva_2016": printed["niva_2016"],
        "printed_endring_2012_16": printed["endring_2012_16"],
        "verdict": MISSING if not complete else EQUAL if same else DIFFERS,
    }
