"""From figures as published to panel columns on one year's borders.

Counts and amounts are added over the kommuner that merge; shares are then computed from the added
numerator and denominator, never averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from proba.errors import CatalogueError, Lang
from proba.kommuner import BordersResult, ChangeGraph, SplitWeights, to_borders
from proba.panel.building.catalogue import Catalogue, Kind, Recipe, Words
from proba.panel.building.divide import within
from proba.panel.building.plan import BuildPlan
from proba.panel.building.statuses import reasons_text

__all__ = ["Assembled", "assemble", "without_empty"]

_KEYS = ["kommune", "aar"]
_TIMES = " × "
_LANGS: tuple[Lang, Lang] = ("en", "nb")


@dataclass(frozen=True, slots=True)
class Assembled:
    """Panel columns and what lies behind each missing value.

    Attributes
    ----------
    frame : DataFrame
        Columns ``kommune``, ``aar``, ``kommunenavn`` and the variables of the plan.
    counts : DataFrame
        The quantities on the chosen borders, indexed by (``kommune``, ``aar``).
    missing : DataFrame
        One row a missing value: ``kommune``, ``aar``, ``variable``, ``quantity``, ``reason``
        (the source's status codes, or our own words for what it has not).
    borders : BordersResult
    approximate : tuple of str
        Variables whose value for a merged kommune is a weighted mean and not recomputed.
    """

    frame: pd.DataFrame
    counts: pd.DataFrame
    missing: pd.DataFrame
    borders: BordersResult
    approximate: tuple[str, ...]


def assemble(
    plan: BuildPlan,
    catalogue: Catalogue,
    figures: pd.DataFrame,
    graph: ChangeGraph,
    *,
    weights: SplitWeights | None = None,
    omit: Sequence[str] = (),
) -> Assembled:
    """Put the figures on the plan's borders and compute its variables.

    Parameters
    ----------
    plan : BuildPlan
    catalogue : Catalogue
    figures : DataFrame
        As :attr:`~proba.panel.building.gather.Gathered.figures`: ``value`` on the borders of each
        row's own year.
    graph : ChangeGraph
    weights : SplitWeights, optional
        Needed where a kommune was divided between several on the chosen borders.
    omit : sequence of str
        Numbers on the chosen borders to leave out.

    Returns
    -------
    Assembled

    Raises
    ------
    KommuneError
        If a kommune must be divided and no weights are given, or one to omit does not exist.
    """
    for kommune in omit:
        graph.name(kommune, plan.borders)  # or an error that says what there is
    wide = figures.pivot(index=_KEYS, columns="quantity", values="value")
    wide.columns.name = None
    codes = dict.fromkeys(name for v in plan.variables for name in v.recipe.quantities)
    wide = wide.reindex(columns=list(codes))
    recipes = [v.recipe for v in plan.variables]
    sums = [code for code in codes if catalogue.quantities[code].adds]
    # Two variables may weight the same figure by the same count: one product serves both.
    for product, recipe in {_product(r): r for r in recipes if r.kind is Kind.WEIGHTED}.items():
        wide[product] = wide[recipe.of[0]] * wide[recipe.per]
        sums.append(product)
    flat = wide.reset_index()
    if omit:
        there = [
            within(str(kommune), int(year), plan.borders, graph, omit)
            for kommune, year in zip(flat["kommune"], flat["aar"], strict=True)
        ]
        flat = flat[there]
    result = to_borders(flat, borders=plan.borders, graph=graph, sums=sums, weights=weights)
    result.check()
    counts = result.frame.set_index(_KEYS).sort_index()
    counts = counts[~counts.index.get_level_values("kommune").isin(list(omit))]
    whole = _unchanged(counts.index, graph, plan.borders)
    out = pd.DataFrame(index=counts.index)
    names = graph.valid(plan.borders)
    out["kommunenavn"] = [names[k] for k in counts.index.get_level_values("kommune")]
    for variable in plan.variables:
        out[variable.code] = _compute(variable.recipe, counts, wide, whole)
    published = [code for code in codes if code not in counts.columns]
    for code in published:  # a percentage or index: as printed where the kommune is unchanged
        counts[code] = _as_printed(code, wide, whole, counts.index)
    changed = bool(whole.isna().any())
    approximate = tuple(
        v.code
        for v in plan.variables
        if changed and v.recipe.kind is Kind.WEIGHTED and not v.recipe.exact
    )
    missing = _missing(plan, out, counts, figures, graph)
    return Assembled(out.reset_index(), counts[list(codes)], missing, result, approximate)


def without_empty(plan: BuildPlan, done: Assembled, *, asked: bool) -> tuple[BuildPlan, Assembled]:
    """Leave out columns no source gave a single value of.

    Parameters
    ----------
    plan : BuildPlan
    done : Assembled
    asked : bool
        Whether the columns were asked for by name: then an empty one is an error.

    Raises
    ------
    CatalogueError
        If a column asked for, or every column, is empty.
    """
    empty = [v for v in plan.variables if done.frame[v.code].isna().all()]
    if not empty:
        return plan, done
    first = empty[0].code
    own = done.missing[done.missing["variable"] == first]
    codes = " ".join(sorted(set(own["reason"].str.replace(r" \(\d{4}\)|,", "", regex=True))))
    en, nb = (reasons_text(codes, lang) for lang in _LANGS)
    if asked or len(empty) == len(plan.variables):
        raise CatalogueError(
            f"'{first}' has no value for any kommune and year ({en}).",
            f"«{first}» har ingen verdi for noen kommune og noe år ({nb}).",
        )
    names = [v.code for v in empty]
    notes = tuple(
        Words(f"Utelatt kolonne {code}: ingen verdier", f"Column left out {code}: no values")
        for code in names
    )
    kept = tuple(v for v in plan.variables if v.code not in names)
    missing = done.missing[~done.missing["variable"].isin(names)].reset_index(drop=True)
    return (
        replace(plan, variables=kept, notes=(*plan.notes, *notes)),
        replace(done, frame=done.frame.drop(columns=names), missing=missing),
    )


def _product(recipe: Recipe) -> str:
    return f"{recipe.of[0]}{_TIMES}{recipe.per}"


def _unchanged(index: pd.Index[Any], graph: ChangeGraph, borders: int) -> pd.Series:
    """For each kommune and year, the number the same area had in that year, else None."""
    own: dict[int, dict[frozenset[str], str]] = {}
    found = []
    for kommune, year in index:
        if year not in own:
            own[year] = {area: number for number, area in graph.areas[year].items()}
        found.append(own[year].get(graph.areas[borders][kommune]))
    return pd.Series(found, index=index, dtype=object)


def _as_printed(code: str, wide: pd.DataFrame, whole: pd.Series, index: pd.Index[Any]) -> pd.Series:
    """Return a published percentage or index for kommuner whose area is unchanged, else NaN."""
    keys = pd.MultiIndex.from_arrays(
        [whole.fillna("").to_numpy(), index.get_level_values("aar")], names=_KEYS
    )
    return pd.Series(wide[code].reindex(keys).to_numpy(dtype=float), index=index)


def _compute(
    recipe: Recipe, counts: pd.DataFrame, wide: pd.DataFrame, whole: pd.Series
) -> pd.Series:
    if recipe.kind is Kind.WEIGHTED:
        mean = _divided(counts[_product(recipe)], counts[recipe.per or ""])
        return _as_printed(recipe.of[0], wide, whole, counts.index).fillna(mean.where(whole.isna()))
    total = _added(counts, recipe.of)
    if recipe.kind is Kind.RATIO:
        return recipe.factor * _divided(total, counts[recipe.per or ""])
    if recipe.kind is Kind.POWER:
        return total**recipe.exponent
    return recipe.factor * total


def _added(counts: pd.DataFrame, codes: Sequence[str]) -> pd.Series:
    return counts[list(codes)].sum(axis=1, skipna=False)


def _divided(top: pd.Series, bottom: pd.Series) -> pd.Series:
    """Divide, missing where the denominator is 0."""
    return top / bottom.replace(0, np.nan)


def _missing(
    plan: BuildPlan,
    out: pd.DataFrame,
    counts: pd.DataFrame,
    figures: pd.DataFrame,
    graph: ChangeGraph,
) -> pd.DataFrame:
    """Why each missing value is missing."""
    status: dict[tuple[str, int, str], list[str]] = {}
    gone = figures[figures["value"].isna()]
    for row in gone.itertuples(index=False):
        for target in graph.targets(str(row.kommune), int(str(row.aar)), plan.borders):
            key = (target.kommune, int(str(row.aar)), str(row.quantity))
            same = target.kommune == row.kommune
            status.setdefault(key, []).append(
                str(row.status) if same else f"{row.status} ({row.kommune})"
            )
    had = set(zip(figures["aar"], figures["quantity"], strict=True))
    rows = []
    for variable in plan.variables:
        for kommune, year in out.index[out[variable.code].isna()]:
            reasons = []
            for code in variable.recipe.quantities:
                if (year, code) not in had:
                    reasons.append((code, "no-source"))
                elif (kommune, year, code) in status:
                    reasons.append((code, ", ".join(sorted(set(status[kommune, year, code])))))
                elif code == variable.recipe.per and counts.at[(kommune, year), code] == 0:
                    reasons.append((code, "zero-denominator"))
            rows += [
                (kommune, year, variable.code, *r) for r in reasons or [("", "not-computable")]
            ]
    return pd.DataFrame(rows, columns=["kommune", "aar", "variable", "quantity", "reason"])
