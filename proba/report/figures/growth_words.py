"""Words, units, numbers and marks that the figures of growth share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from proba._numbers import format_number
from proba.decomposition import Decomposition
from proba.decomposition.names import ALL, NAMELESS, RESIDUAL
from proba.decomposition.words import factor_label, method_words, unit_label
from proba.errors import DecompositionError, Lang
from proba.report.figures.house import AMBER, BLUE, GREEN, INK, ORANGE, Marking
from proba.report.figures.words import source_words

__all__ = [
    "DOWN",
    "REST",
    "SERIES",
    "UP",
    "Scale",
    "amount_scale",
    "decimals_for",
    "direction",
    "display_name",
    "draw_interval",
    "growth_marking",
    "heading",
    "inside",
    "origin_words",
    "percent",
    "position_of",
    "shown_terms",
    "signed",
    "style_of",
    "term_name",
    "unit_heading",
]

FloatArray = npt.NDArray[np.float64]
Style = dict[str, Any]

_EDGE = {"edgecolor": "white", "linewidth": 0.0}
UP: Style = {"facecolor": BLUE, **_EDGE}
DOWN: Style = {"facecolor": ORANGE, "hatch": "////", **_EDGE}
REST = "#B5B5B5"

# Neighbours differ in colour and in hatch: neither alone has to carry the difference.
_PINK, _SKY = "#CC79A7", "#56B4E9"
SERIES: tuple[Style, ...] = tuple(
    {"facecolor": colour, "hatch": hatch, **_EDGE}
    for colour, hatch in (
        (BLUE, ""),
        (AMBER, "////"),
        (GREEN, ""),
        (_PINK, "...."),
        (_SKY, ""),
        (ORANGE, "\\\\\\\\"),
        (BLUE, "xxxx"),
        (AMBER, ""),
        (GREEN, "////"),
        (_PINK, ""),
        (_SKY, "...."),
        (ORANGE, ""),
    )
)
"""One style a factor, in order."""

_LARGE = (
    (1e10, 1e9, ("mrd. ", "billion ")),
    (3e6, 1e6, ("mill. ", "million ")),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """What values are divided by to be drawn, and the unit they then have.

    Attributes
    ----------
    divisor : float
    unit : str
        As a person reads it; empty for plain numbers.
    """

    divisor: float
    unit: str


def amount_scale(largest: float, unit_words: str | None, lang: Lang) -> Scale:
    """Choose the unit of an axis: kroner become million kroner when they are many.

    Parameters
    ----------
    largest : float
        The largest value, absolute.
    unit_words : str or None
        Unit of the values: ``kr``, ``1000 kr``, ``måneder`` ... ; None if nobody has said, and
        the numbers are then drawn as they are.
    lang : {"nb", "en"}
    """
    unit = unit_words.strip() if unit_words else ""
    if not unit:
        return Scale(1.0, "")
    thousands = unit.startswith("1000 ")
    in_ones, plain = (largest * 1e3, unit[5:]) if thousands else (largest, unit)
    for limit, divisor, words in _LARGE:
        if in_ones >= limit:
            many = words[0 if lang == "nb" else 1]
            return Scale(divisor / 1e3 if thousands else divisor, f"{many}{plain}".strip())
    return Scale(1.0, unit)


def decimals_for(values: Sequence[float] | FloatArray, digits: int = 3) -> int:
    """Return how many decimals show so many digits of the largest value."""
    finite = np.abs(np.asarray(values, dtype=np.float64))
    largest = float(np.nanmax(finite, initial=0.0))
    if largest == 0:
        return 0
    return int(min(max(digits - 1 - math.floor(math.log10(largest)), 0), 6))


def signed(value: float, decimals: int, lang: Lang) -> str:
    """Return a change as text, with its sign also when it is up."""
    text = format_number(value, decimals, lang)
    nothing = not any(c in "123456789" for c in text)
    return text if value <= 0 or nothing or not math.isfinite(value) else f"+{text}"


def direction(value: float) -> Style:
    """Return the style of a bar: up and down differ in colour and hatch."""
    return UP if value >= 0 else DOWN


def percent(value: float, decimals: int, lang: Lang, *, plus: bool = False) -> str:
    """Return a percentage with its sign; a dash where there is none."""
    if not math.isfinite(value):
        return format_number(None)
    text = signed(value, decimals, lang) if plus else format_number(value, decimals, lang)
    return f"{text} %" if lang == "nb" else f"{text}%"


def inside(name: str) -> str:
    """Return a name as it stands inside a sentence; abbreviations keep their capitals."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def style_of(position: int, term: str) -> Style:
    """Return the style of a term's bars where each term has its own."""
    style = SERIES[position % len(SERIES)]
    return {"facecolor": REST, **_EDGE} if term == RESIDUAL else style


def draw_interval(ax: Axes, row: float, low: float, high: float, cap: float = 0.14) -> None:
    """Draw an interval as a thin line with caps, a white edge keeping it off the bar."""
    if math.isfinite(low) and math.isfinite(high):
        ax.hlines(row, low, high, color="white", linewidth=2.0, zorder=4)
        ax.hlines(row, low, high, color=INK, linewidth=1.0, zorder=5)
        ax.vlines((low, high), row - cap, row + cap, color=INK, linewidth=1.0, zorder=5)


def term_name(term: str, decomposition: Decomposition, lang: Lang, at: int | None = None) -> str:
    """Return the name of a factor or of the part that no factor carries.

    Parameters
    ----------
    term : str
    decomposition : Decomposition
    lang : {"nb", "en"}
    at : int, optional
        The unit drawn; all if not given. Where in any step a total of its own differs from the
        product, the part is that discrepancy, or it and what the method leaves.
    """
    if term != RESIDUAL:
        return factor_label(term, lang)
    units = slice(None) if at is None else slice(at, at + 1)
    own = decomposition.rests[units]
    gap = np.diff(decomposition.values[units]) - np.diff(decomposition.products[units])
    floor = _rounding(decomposition, units)
    nb = lang == "nb"
    rest = ("Samspill", "Interaction") if decomposition.method == "laspeyres" else (
        "Rest", "Residual",
    )  # fmt: skip
    differs = bool((np.abs(gap) > floor).any())
    if differs and not (np.abs(own) > floor).any():
        return "Avvik fra produktet" if nb else "Discrepancy"
    if differs:
        return f"{rest[0]} og avvik" if nb else f"{rest[1]} and discrepancy"
    return rest[0 if nb else 1]


def position_of(decomposition: Decomposition, unit: str | None) -> int:
    """Return where a unit stands; the only one if none is named.

    Raises
    ------
    DecompositionError
        If the unit was not decomposed (saying why), or none is named and there are several.
    """
    units = [str(u) for u in decomposition.units]
    if unit is None:
        if len(units) == 1:
            return 0
        raise DecompositionError(
            f"the decomposition holds {len(units)} units; name one of them, or sum them with "
            ".total().",
            f"dekomponeringen har {len(units)} enheter; oppgi én av dem, eller summer dem med "
            ".total().",
        )
    if str(unit) in units:
        return units.index(str(unit))
    left_out = {str(u): str(why) for u, why in decomposition.missing.items()}
    why = left_out.get(str(unit))
    raise DecompositionError(
        f"'{unit}' is not in the decomposition" + (f": {why}." if why else "."),
        f"«{unit}» er ikke i dekomponeringen" + (f": {why}." if why else "."),
    )


def shown_terms(
    decomposition: Decomposition, rests: FloatArray, at: int | Sequence[int]
) -> list[str]:
    """Return the factors, and the rest where it is more than rounding error.

    Parameters
    ----------
    decomposition : Decomposition
    rests : ndarray
        The rests drawn.
    at : int or sequence of int
        The units drawn: what is rounding error beside their levels, as in the tables.
    """
    terms = list(decomposition.factors)
    floor = _rounding(decomposition, np.atleast_1d(at))
    return [*terms, RESIDUAL] if (np.abs(rests) > floor).any() else terms


def _rounding(decomposition: Decomposition, units: Any) -> float:
    return 1e-12 * float(np.abs(decomposition.values[units]).max(initial=0.0))


def display_name(unit: str, names: Mapping[str, str] | None, lang: Lang) -> str:
    """Return the name of a unit where it is known, else its number."""
    known = names.get(unit) if names is not None else None
    return str(known) if isinstance(known, str) and known else unit_label(unit, lang)


def heading(
    decomposition: Decomposition, what: tuple[str, str], lang: Lang, *, of: str = ""
) -> str:
    """Return a title: whose, which total, which years, and what is shown of it.

    Parameters
    ----------
    decomposition : Decomposition
    what : tuple of str
        What is shown, in Norwegian and English.
    lang : {"nb", "en"}
    of : str
        Name of the unit; empty where there is none to name.
    """
    label = factor_label(decomposition.identity.name, lang)
    span = f"{decomposition.start}–{decomposition.end}"
    return f"{of}{': ' if of else ''}{label} {span}, {what[0 if lang == 'nb' else 1]}"


def unit_heading(unit: str, name: str | None) -> str:
    """Return what a title calls a unit: its name, its number, or nothing for all together."""
    return name or ("" if unit == ALL else unit)


def origin_words(source: str | None, panel: str | None, lang: Lang) -> str:
    """Return the source line: the user's own source first, then the panel where it has a name."""
    own = source.strip().rstrip(".") if source else None
    return source_words(own or None, None if panel == NAMELESS else panel, lang)


def growth_marking(
    decomposition: Decomposition,
    title: str,
    subtitle: Sequence[str],
    lang: Lang,
    source: str | None = None,
) -> Marking:
    """Return the words around a figure of a decomposition: method, count base and notes too."""
    nb = lang == "nb"
    method = method_words(decomposition.method, lang)
    chained = ", kjedet år for år" if nb else ", chained year by year"
    how = f"{'Metode' if nb else 'Method'}: {method}{chained if decomposition.chained else ''}."
    notes = list(decomposition.notes_nb if nb else decomposition.notes_en)
    if decomposition.base is not None:
        head = "Tellebasis" if nb else "Count base"
        notes.insert(0, f"{head}: {decomposition.base.words(lang)}.")
    if decomposition.order is not None:
        turns = " → ".join(factor_label(f, lang) for f in decomposition.order)
        notes.insert(0, f"{'Rekkefølge' if nb else 'Order'}: {turns}.")
    return Marking(
        title,
        " ".join([*subtitle, how]),
        " ".join([origin_words(source, decomposition.meta.name, lang), *notes]),
        decomposition.label_text(lang),
    )
