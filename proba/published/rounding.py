"""What a printed number can and cannot say: half units, intervals, agreement."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from proba._numbers import round_half_up
from proba.errors import PublishedError

__all__ = ["agrees", "half_unit", "interval", "parse"]

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")


def _decimal(printed: str) -> Decimal:
    """Read a printed number, keeping the digits that were printed."""
    text = _SPACES.sub("", printed).replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    text = text.removesuffix("%")
    if _NUMBER.fullmatch(text) is None:
        raise PublishedError(
            f"{printed!r} is not a printed number; write it like '-2,45', '1 935' or '8,76e-08'.",
            f"{printed!r} er ikke et trykt tall; skriv det som '-2,45', '1 935' eller '8,76e-08'.",
        )
    return Decimal(text.replace(",", "."))


def _last_digit(number: Decimal) -> int:
    """Exponent of ten of the last printed digit."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - the pattern admits finite numbers only
    return exponent


def _half(number: Decimal) -> Decimal:
    return Decimal(5).scaleb(_last_digit(number) - 1)


def parse(printed: str) -> float:
    """Read a printed number as a float.

    Parameters
    ----------
    printed : str
        Norwegian or English text: ``"-2,45"``, ``"1 935"``, ``"8,76e-08"``, ``"42,9 %"``. One
        comma or point is the decimal mark; spaces of any kind separate thousands; a percent
        sign is dropped, not divided by.

    Returns
    -------
    float

    Raises
    ------
    PublishedError
        If the text is not one number.
    """
    return float(_decimal(printed))


def half_unit(printed: str) -> float:
    """Half of one unit in the last printed digit.

    Parameters
    ----------
    printed : str
        As for :func:`parse`.

    Returns
    -------
    float
        ``"-2,05e-07"`` gives 5e-10, ``"0,01"`` 0.005, ``"1 935"`` 0.5.

    Raises
    ------
    PublishedError
        If the text is not one number.

    Notes
    -----
    Every printed digit counts as significant: a whole number is taken to be rounded to ones,
    also when it ends in zeros.
    """
    return float(_half(_decimal(printed)))


def interval(printed: str) -> tuple[float, float]:
    """Smallest and largest value that rounds to the printed number.

    Parameters
    ----------
    printed : str
        As for :func:`parse`.

    Returns
    -------
    tuple of float
        ``(low, high)``; ``"0,01"`` gives (0.005, 0.015). Rounding half away from zero, the end
        nearer zero belongs to the interval and the other does not.

    Raises
    ------
    PublishedError
        If the text is not one number.
    """
    number = _decimal(printed)
    half = _half(number)
    return float(number - half), float(number + half)


def agrees(value: float, printed: str) -> bool:
    """Whether a value, rounded as a person rounds, is the printed number.

    Parameters
    ----------
    value : float
        A computed number. NaN and infinity agree with nothing.
    printed : str
        As for :func:`parse`.

    Returns
    -------
    bool
        True when ``value``, rounded half away from zero to the printed number of digits,
        equals the printed number.

    Raises
    ------
    PublishedError
        If the text is not one number.

    Notes
    -----
    The shortest decimal text of the float is what is rounded, and a value within 1e-12
    (relative) below a half counts as the half: 0.0285 agrees with ``"0,029"`` although the
    binary number is a hair smaller.
    """
    number = _decimal(printed)
    if not math.isfinite(value):
        return False
    return round_half_up(value, -_last_digit(number)) == number
