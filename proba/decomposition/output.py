"""A decomposition as a tidy table, as JSON and as text."""

from __future__ import annotations

import math
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
    if result.products is not result.values:
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


def _full(result: Decomposition, lang: Lang, u: int) -> TextTable:
    nb = lang == "nb"
    unit = result.units[u]
    change = float(result.total_change.iloc[u])
    parts, rest = result.contributions.iloc[u], float(result.residual.iloc[u])
    shares, logs = result.shares.iloc[u], result.log_points.iloc[u]
    places = _decimals(np.array([*parts, change]))
    x = result.factor_values
    header = ["Faktor" if nb else "Factor"]
    if x is not None:
        header += [str(result.start), str(result.end), "Endring %" if nb else "Change %"]
    header += ["Bidrag" if nb else "Contribution"]
    limits = None if result.intervals is None else result.intervals.xs(unit, level=0)
    if limits is not None:
        header += ["fra–til" if nb else "from–to"]
    header += ["Andel %" if nb else "Share %"]
    with_shares = limits is not None and bool(limits["share_low"].notna().any())
    if with_shares:
        header += ["fra–til" if nb else "from–to"]
    header += ["ln-endring" if nb else "ln change"]

    def number(value: float, decimals: int) -> str:
        return format_number(value, decimals, lang)

    def span(term: str, low: str, high: str, scale: float, decimals: int) -> str:
        if limits is None or term not in limits.index:
            return ""
        ends = [float(limits[c].loc[term]) * scale for c in (low, high)]
        if math.isnan(ends[0]):
            return ""
        between = " til " if nb else " to "
        return (between if min(ends) < 0 else "–").join(number(v, decimals) for v in ends)

    rows = []
    for j, factor in enumerate(result.factors):
        row = [factor_label(factor, lang)]
        if x is not None:
            before, after = float(x[u, 0, j]), float(x[u, -1, j])
            digits = _decimals(np.array([before, after]))
            percent = 100 * (after / before - 1) if before > 0 else math.nan
            row += [number(before, digits), number(after, digits), number(percent, 1)]
        row.append(number(parts[factor], places))
        if limits is not None:
            row.append(span(factor, "low", "high", 1.0, places))
        row.append(number(100 * shares[factor], 1))
        if with_shares:
            row.append(span(factor, "share_low", "share_high", 100.0, 1))
        row.append(number(logs[factor], 4))
        rows.append(row)
    width = len(header)
    smallest = 1e-12 * float(np.abs(result.values[u]).max())
    gap = float(result.discrepancy.iloc[u])
    start, end = float(result.values[u, 0]), float(result.values[u, -1])
    grown = math.log(end / start) if start > 0 and end > 0 else math.nan
    left = (
        (_rest_words(result, lang), rest - gap, math.nan, RESIDUAL if gap == 0 else ""),
        ("Avvik fra produktet" if nb else "Discrepancy", gap, grown - float(logs.sum()), RESIDUAL),
    )
    for words, amount, log_part, term in left:
        if abs(amount) <= smallest:
            continue
        row = [words] + [""] * (width - 1)
        at = 4 if x is not None else 1
        row[at] = number(amount, places)
        if limits is not None:
            at += 1
            row[at] = span(term, "low", "high", 1.0, places) if rest in (amount, gap) else ""
        row[at + 1] = number(100 * amount / change if change else math.nan, 1)
        row[-1] = number(log_part, 4) if math.isfinite(log_part) else ""
        rows.append(row)
    total = [factor_label(result.identity.name, lang)] + [""] * (width - 1)
    at = 1
    if x is not None:
        digits = _decimals(result.values[u])
        total[1:3] = [number(result.values[u, 0], digits), number(result.values[u, -1], digits)]
        total[3] = number(100 * float(result.growth.iloc[u]), 1)
        at = 4
    total[at] = number(change, places)
    if limits is not None:
        total[at + 1] = span("total_change", "low", "high", 1.0, places)
        at += 1
    total[at + 1] = number(100.0 if change else math.nan, 1)
    total[-1] = number(grown, 4)
    rows.append(total)
    notes = list(_notes(result, lang, slice(u, u + 1)))
    if change < 0:
        notes.append(
            "Totalen falt: andelene er av nedgangen, og minus betyr at faktoren trakk opp."
            if nb
            else "The total fell: shares are of the fall, and minus means that the factor rose."
        )
    if limits is not None and "growth" in limits.index:
        least, most = (number(100 * float(limits[c].loc["growth"]), 1) for c in ("low", "high"))
        sign = number(100 * float(result.growth.iloc[u]), 1)
        notes.insert(
            0,
            f"Vekst {sign} %; avrundingen tillater {least} til {most} %."
            if nb
            else f"Growth {sign} %; rounding allows {least} to {most} %.",
        )
    return TextTable(
        _title(result, lang, None if unit == ALL else str(unit)),
        tuple(header),
        tuple(map(tuple, rows)),
        tuple(notes),
        result.label_text(lang),
    )


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
        *([_rest_words(result, lang)] if with_rest else []),
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


def _rest_words(result: Decomposition, lang: Lang) -> str:
    if result.method == "laspeyres":
        return "Samspill" if lang == "nb" else "Interaction"
    return "Rest" if lang == "nb" else "Residual"


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
