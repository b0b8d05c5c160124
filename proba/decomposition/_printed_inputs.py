"""Shares, growth and rates as they are given: text as printed, exact numbers, intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from proba._numbers import format_number
from proba.decomposition.printed import Rounded
from proba.errors import DecompositionError, Lang, PublishedError
from proba.published import parse

__all__ = ["Printed", "in_percent", "in_range", "names_of", "read"]

Printed = str | float | Rounded
"""A number as printed (text), exact (float) or with its own interval."""


def read(value: Printed, name: str, printed: bool) -> Rounded:
    """Return a number with its interval; text stands for one only when ``printed``.

    Raises
    ------
    DecompositionError
        If it, or an end of its interval, is no finite number.
    """
    if isinstance(value, Rounded):
        number = Rounded(*(_finite(v, name) for v in (value.value, value.low, value.high)))
    elif isinstance(value, str):
        try:
            number = Rounded.printed(value) if printed else Rounded.exact(parse(value))
        except PublishedError as error:
            raise DecompositionError(f"{name}: {error.en}", f"{name}: {error.nb}") from None
    else:
        number = Rounded.exact(_finite(value, name))
    return number


def _finite(value: object, name: str) -> float:
    try:
        number = math.nan if isinstance(value, str) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise DecompositionError(
            f"'{name}' must be a finite number, not {value!r}.",
            f"«{name}» må være et endelig tall, ikke «{value}».",
        )
    return number


def names_of(names: Sequence[str] | None, n: int) -> tuple[str, ...]:
    """Return the names of n groups, numbers if there are none; raises if they are not n."""
    groups = tuple(map(str, names if names is not None else range(1, n + 1)))
    if len(groups) != n or len(set(groups)) != n:
        raise DecompositionError(
            f"{len(set(groups))} different names for {n} groups; give one a group.",
            f"{len(set(groups))} ulike navn på {n} grupper; oppgi ett per gruppe.",
        )
    return groups


def in_percent(ratio: float) -> float:
    """Return the growth a ratio is."""
    return 100 * (ratio - 1)


def in_range(low: float, high: float, decimals: int, lang: Lang) -> str:
    """Return an interval in brackets, with a space before."""
    ends = "; ".join(format_number(v, decimals, lang) for v in (low, high))
    return f" [{ends}]"
