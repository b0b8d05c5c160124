"""A decomposition as a tidy table, as JSON and as text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from proba._numbers import format_number
from proba._table import TextTable
from proba.decomposition.names import ALL, RESIDUAL, UNIT
from proba.decomposition.words import factor_label, method_words, reason_text, unit_label
from proba.errors import DecompositionError, Lang
from proba.panel import LABEL_COLUMN

if TYPE_CHECKING:
    from proba.decomposition.results import Decomposition

__all__ = ["as_json", "print_table", "tidy_frame"]

_MOST_REASONS = 5


def tidy_frame(result: Decomposition) -> pd.DataFrame:
    """See :meth:`Decomposition.to_frame`."""
    name = result.by or "unit"
    rest = result.residual.to_frame(RESIDUAL)
    parts = {
        "absolute": pd.concat([result.contributions, rest], axis=1),
        "share": pd.concat([result.shares, result.residual_share.to_frame()], axis=1),
        "log_points": result.log_points.assign(**{RESIDUAL: np.nan}),
    }
    stacked = {}
    for key, frame in parts.items():
        long = frame.rename_axis(index=name, columns="term").reset_index()
        stacked[key] = long.melt(id_vars=name, value_name=key).set_index([name, "term"])[key]
    out = pd.DataFrame(stacked)
    order = pd.MultiIndex.from_product([result.units, [*result.factors, RESIDUAL]])
    out = out.reindex(order).rename_axis([name, "term"])
    if result.intervals is not None:
        out = out.join(result.intervals[["low", "high"]].rename_axis([name, "term"]))
    out = out.reset_index()
    out["from"], out["to"], out["method"] = result.start, result.end, result.method
    if result.label is not None:
        out[LABEL_COLUMN] = result.label
    return out


def as_json(result: Decomposition) -> dict[str, Any] | list[dict[str, Any]]:
    """See :meth:`Decomposition.to_dict`."""
    if result.by is None:
        return _one(result, 0)
    items = [{result.by: str(unit), **_one(result, u)} for u, unit in enumerate(result.units)]
    name = str(result.missing.index.name or UNIT)
    for unit, reason in result.missing.items():
        head = {**_head(result), "total_change": None, "contributions": [], "residual": None}
        items.append({name: str(unit), **head, "missing": str(reason)})
    return items


def _head(result: Decomposition) -> dict[str, Any]:
    return {
        "method": result.method,
        "from": result.start,
        "to": result.end,
        "chained": result.chained,
        "total": result.identity.name,
        "count_base": result.base.value if result.base else None,
        "label": result.label,
    }


def _one(result: Decomposition, u: int) -> dict[str, Any]:
    parts, shares, logs = (
        table.iloc[u] for table in (result.contributions, result.shares, result.log_points)
    )
    limits = result.intervals
    unit = result.units[u]

    def interval(term: str) -> dict[str, Any]:
        if limits is None or (unit, term) not in limits.index:
            return {}
        row = limits.loc[(unit, term)]
        ends = {"absolute_interval": [_number(row["low"]), _number(row["high"])]}
        if term in result.factors:
            ends["share_interval"] = [_number(row["share_low"]), _number(row["share_high"])]
        return ends

    out = {
        **_head(result),
        "start_value": _number(result.values[u, 0]),
        "end_value": _number(result.values[u, -1]),
        "total_change": _number(result.total_change.iloc[u]),
        "growth": _number(result.growth.iloc[u]),
        "contributions": [
            {
                "factor": factor,
                "absolute": _number(parts[factor]),
                "share": _number(shares[factor]),
                "log_points": _number(logs[factor]),
                **interval(factor),
            }
            for factor in result.factors
        ],
        "residual": _number(result.residual.iloc[u]),
    }
    if result.has_total:
        out["discrepancy"] = _number(result.discrepancy.iloc[u])
    meeting = result.interactions
    if len(meeting.columns):
        out["interactions"] = [
            {"factors": str(name).split(" × "), "absolute": _number(value)}
            for name, value in meeting.iloc[u].items()
        ]
    if limits is not None and (unit, "growth") in limits.index:
        row = limits.loc[(unit, "growth")]
        out["growth_interval"] = [_number(row["low"]), _number(row["high"])]
    if result.by is None and len(result.missing):
        out["missing"] = {str(k): str(v) for k, v in result.missing.items()}
    if result.notes_nb:
        out["notes"] = list(result.notes_nb)
    return out


def _number(value: float) -> float | None:
    """Return a number, or None (null) for what JSON cannot hold: a share of no change, ln 0."""
    number = float(value)
    if not math.isfinite(number):
        return None
    return 0.0 if number == 0 else number


# Text -------------------------------------------------------------------------------------------


def print_table(result: Decomposition, lang: Lang, unit: str | None) -> TextTable:
    """See :meth:`Decomposition.to_table`."""
    if unit is None and len(result.units) > 1:
        return _many(result, lang)
    which = 0
    if unit is not None:
        if unit not in result.units:
            raise DecompositionError(
                f"no unit '{unit}' in the decomposition.", f"«{unit}» er ikke i dekomponeringen."
            )
        which = int(np.flatnonzero(result.units == unit)[0])
    return _full(result, lang, which)


def _decimals(values: np.ndarray[Any, Any]) -> int:
    """Decimals that show four digits of the largest value, fewer where all have fewer."""
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    if largest == 0:
        return 0
    most = int(min(max(3 - math.floor(math.log10(largest)), 0), 6))
    for places in range(most):
        if np.allclose(np.round(values, places), values, rtol=1e-9, atol=0, equal_nan=True):
            return places
    return most


def _title(result: Decomposition, lang: Lang, unit: str | None) -> str:
    nb = lang == "nb"
    of = "" if unit is None else f"{unit}: "
    words = "delt på faktorer" if nb else "split among its factors"
    chained = ("kjedet år for år" if nb else "chained year by year") if result.chained else ""
    method = ", ".join(w for w in (method_words(result.method, lang), chained) if w)
    name = factor_label(result.identity.name, lang)
    change = "endring" if nb else "change"
    return f"{of}{name}, {change} {result.start}–{result.end} {words} ({method})"


@dataclass(frozen=True, slots=True)
class _Unit:
    """One unit of a decomposition, with what its rows need."""

    result: Decomposition
    u: int
    lang: Lang
    limits: pd.DataFrame | None

    @property
    def change(self) -> float:
        return float(self.result.total_change.iloc[self.u])

    @property
    def log_change(self) -> float:
        start, end = self.result.values[self.u, [0, -1]]
        return math.log(end / start) if start > 0 and end > 0 else math.nan

    @property
    def places(self) -> int:
        return _decimals(np.array([*self.result.contributions.iloc[self.u], self.change]))

    @property
    def with_shares(self) -> bool:
        """Whether shares have intervals."""
        return self.limits is not None and bool(self.limits["share_low"].notna().any())

    def number(self, value: float, decimals: int) -> str:
        return format_number(value, decimals, self.lang)

    def span(self, term: str, low: str, high: str, scale: float, decimals: int) -> str:
        """Return an interval, or nothing where there is none."""
        if self.limits is None or term not in self.limits.index:
            return ""
        ends = [float(self.limits[c].loc[term]) * scale for c in (low, high)]
        if math.isnan(ends[0]):
            return ""
        between = "–" if min(ends) >= 0 else " til " if self.lang == "nb" else " to "
        return between.join(self.number(v, decimals) for v in ends)

    def levels(self, before: float, after: float) -> dict[str, str]:
        """Return the cells of a level in both years and its growth."""
        digits = _decimals(np.array([before, after]))
        grown = 100 * (after / before - 1) if before > 0 else math.nan
        return {
            "start": self.number(before, digits),
            "end": self.number(after, digits),
            "growth": self.number(grown, 1),
        }

    def amount(self, value: float, term: str) -> dict[str, str]:
        """Return the cells of a part of the change: amount, interval, share."""
        share = 100 * value / self.change if self.change else math.nan
        return {
            "part": self.number(value, self.places),
            "part_span": self.span(term, "low", "high", 1.0, self.places),
            "share": self.number(share, 1),
        }


def _full(result: Decomposition, lang: Lang, u: int) -> TextTable:
    nb = lang == "nb"
    unit = result.units[u]
    limits = None
    if result.intervals is not None:
        limits = pd.DataFrame(result.intervals.xs(unit, level=0))
    one = _Unit(result, u, lang, limits)
    header = {"name": "Faktor" if nb else "Factor"}
    if result.factor_values is not None:
        header |= {
            "start": str(result.start),
            "end": str(result.end),
            "growth": "Endring %" if nb else "Change %",
        }
    header["part"] = "Bidrag" if nb else "Contribution"
    if limits is not None:
        header["part_span"] = "fra–til" if nb else "from–to"
    header["share"] = "Andel %" if nb else "Share %"
    if one.with_shares:
        header["share_span"] = "fra–til" if nb else "from–to"
    header["log"] = "ln-endring" if nb else "ln change"
    rows = [*_factor_rows(one), *_left_rows(one), _total_row(one)]
    return TextTable(
        _title(result, lang, None if unit == ALL else str(unit)),
        tuple(header.values()),
        tuple(tuple(row.get(column, "") for column in header) for row in rows),
        _full_notes(one),
        result.label_text(lang),
    )


def _factor_rows(one: _Unit) -> Iterator[dict[str, str]]:
    result, u = one.result, one.u
    parts, logs = result.contributions.iloc[u], result.log_points.iloc[u]
    for j, factor in enumerate(result.factors):
        row = {"name": factor_label(factor, one.lang)} | one.amount(parts[factor], factor)
        if result.factor_values is not None:
            row |= one.levels(*map(float, result.factor_values[u, [0, -1], j]))
        row["share_span"] = one.span(factor, "share_low", "share_high", 100.0, 1)
        row["log"] = one.number(logs[factor], 4)
        yield row


def _left_rows(one: _Unit) -> Iterator[dict[str, str]]:
    """Return what the method leaves, and what the product leaves of a total of its own."""
    result, u = one.result, one.u
    smallest = 1e-12 * float(np.abs(result.values[u]).max())
    gap = float(result.discrepancy.iloc[u])
    rest = float(result.residual.iloc[u]) - gap
    both = min(abs(gap), abs(rest)) > smallest  # the interval is of their sum
    if abs(rest) > smallest:
        name = _rest_words(result, one.lang)
        yield {"name": name, **one.amount(rest, "" if both else RESIDUAL)}
    if abs(gap) > smallest:
        name = "Avvik fra produktet" if one.lang == "nb" else "Discrepancy"
        left = one.log_change - float(result.log_points.iloc[u].sum())
        log = one.number(left, 4) if math.isfinite(left) else ""
        yield {"name": name, **one.amount(gap, "" if both else RESIDUAL), "log": log}


def _total_row(one: _Unit) -> dict[str, str]:
    result = one.result
    row = {"name": factor_label(result.identity.name, one.lang)}
    row |= one.amount(one.change, "total_change")
    row |= one.levels(*map(float, result.values[one.u, [0, -1]]))
    return row | {"log": one.number(one.log_change, 4)}


def _full_notes(one: _Unit) -> tuple[str, ...]:
    result, nb, limits = one.result, one.lang == "nb", one.limits
    notes = list(_notes(result, one.lang, slice(one.u, one.u + 1)))
    if limits is not None and "growth" in limits.index:
        least, most = (one.number(100 * float(limits[c].loc["growth"]), 1) for c in ("low", "high"))
        grown = one.number(100 * float(result.growth.iloc[one.u]), 1)
        notes.insert(
            0,
            f"Vekst {grown} %; avrundingen tillater {least} til {most} %."
            if nb
            else f"Growth {grown} %; rounding allows {least} to {most} %.",
        )
    if one.change < 0:
        notes.append(
            "Totalen falt: andelene er av nedgangen, og minus betyr at faktoren trakk opp."
            if nb
            else "The total fell: shares are of the fall, and minus means that the factor rose."
        )
    return tuple(notes)


def _many(result: Decomposition, lang: Lang) -> TextTable:
    nb = lang == "nb"
    parts, rest = result.contributions, result.residual
    change, growth = result.total_change, result.growth
    places = _decimals(np.append(parts.to_numpy().ravel(), change.to_numpy()))
    with_rest = bool((rest.abs() > 1e-12 * np.abs(result.values).max()).any())
    header = [
        (result.by or ("enhet" if nb else "unit")).capitalize(),
        "Endring" if nb else "Change",
        "Vekst %" if nb else "Growth %",
        *(factor_label(f, lang) for f in result.factors),
        *([_rest_words(result, lang, with_gap=True)] if with_rest else []),
    ]
    rows = []
    for u, unit in enumerate(result.units):
        row = [unit_label(str(unit), lang), format_number(change.iloc[u], places, lang)]
        row.append(format_number(100 * growth.iloc[u], 1, lang))
        row += [format_number(v, places, lang) for v in parts.iloc[u]]
        row += [format_number(rest.iloc[u], places, lang)] if with_rest else []
        rows.append(tuple(row))
    whole = result.total()
    row = ["I alt" if nb else "Total", format_number(whole.total_change.iloc[0], places, lang)]
    row.append(format_number(100 * whole.growth.iloc[0], 1, lang))
    row += [format_number(v, places, lang) for v in whole.contributions.iloc[0]]
    row += [format_number(whole.residual.iloc[0], places, lang)] if with_rest else []
    rows.append(tuple(row))
    notes = list(_notes(result, lang, slice(None)))
    if result.intervals is not None:
        notes.append(
            "Intervallene vises for én enhet om gangen (unit, --unit) og står i to_frame og JSON."
            if nb
            else "Intervals are shown for one unit at a time (unit, --unit), in to_frame and JSON."
        )
    return TextTable(
        _title(result, lang, None),
        tuple(header),
        tuple(rows),
        tuple(notes),
        result.label_text(lang),
    )


def _rest_words(result: Decomposition, lang: Lang, *, with_gap: bool = False) -> str:
    """Return the name of what the method leaves, or of that and the discrepancy together."""
    nb = lang == "nb"
    if result.method == "laspeyres":
        name = "Samspill" if nb else "Interaction"
    else:
        name = "Rest" if nb else "Residual"
    if with_gap and result.has_total:
        return f"{name} {'og avvik' if nb else 'and discrepancy'}"
    return name


def _notes(result: Decomposition, lang: Lang, shown: slice) -> tuple[str, ...]:
    nb = lang == "nb"
    notes = []
    if result.base is not None:
        notes.append(f"{'Tellebasis' if nb else 'Count base'}: {result.base.words(lang)}.")
    if result.order is not None:
        order = " → ".join(factor_label(f, lang) for f in result.order)
        notes.append(f"{'Rekkefølge' if nb else 'Order'}: {order}.")
    notes += result.notes_nb if nb else result.notes_en
    x = result.factor_values
    if result.method == "lmdi" and x is not None and bool((x[shown] == 0).any()):
        u = int(np.flatnonzero((x[shown] == 0).any(axis=(1, 2)))[0])
        unit = unit_label(str(result.units[shown][u]), lang)
        notes.append(
            f"En faktor er null ({unit}); der brukes grenseverdien."
            if nb
            else f"A factor is zero ({unit}); there the analytic limit is used."
        )
    if len(result.missing):
        told = [f"{u} ({reason_text(str(r), lang)})" for u, r in result.missing.items()]
        more = len(told) - _MOST_REASONS
        tail = "" if more <= 0 else f" og {more} til" if nb else f" and {more} more"
        head = "Utelatt" if nb else "Left out"
        notes.append(f"{head}: {', '.join(told[:_MOST_REASONS])}{tail}.")
    return tuple(notes)
