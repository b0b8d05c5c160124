"""Rounding and number formats shared by every table: half up, Norwegian or English."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal, localcontext

from proba.errors import Lang

MINUS = "\N{MINUS SIGN}"
THIN = "\N{NARROW NO-BREAK SPACE}"

# Relative slack when a binary float is a hair below a half: 2.675 is stored as 2.67499999999999982.
# Never more than a thousandth of the last digit kept: 5e11 itself must stay 5e11.
_SLACK = Decimal("1e-12")
_SLACK_CAP = Decimal("1e-3")

# More digits than any float has, whatever precision the caller's decimal context is set to.
_DIGITS = 700


def round_half_up(value: float, decimals: int = 0) -> Decimal:
    """Round as a person does: half away from zero, in decimal arithmetic.

    Parameters
    ----------
    value : float
        Finite number.
    decimals : int
        Digits after the point; may be negative.

    Returns
    -------
    decimal.Decimal
        The rounded number, exact. The shortest decimal text of the float is what is rounded
        (``0.285`` is 0.285, not the binary number below it), and a number within 1e-12
        (relative; at most a thousandth of the last digit kept) under a half counts as the half.

    Raises
    ------
    ValueError
        If ``value`` is not finite.

    Notes
    -----
    The reports round half up (Proba-rapport 2017-08, Vedlegg 2); Python's ``round`` and
    numpy's round half to even.
    """
    if not math.isfinite(value):
        raise ValueError(f"cannot round {value!r}")
    with localcontext(prec=_DIGITS):
        exact = Decimal(repr(float(value)))
        quantum = Decimal(1).scaleb(-decimals)
        slack = min(abs(exact) * _SLACK, quantum * _SLACK_CAP)
        return (exact + slack.copy_sign(exact)).quantize(quantum, rounding=ROUND_HALF_UP)


def format_number(
    value: float | None,
    decimals: int | None = None,
    lang: Lang = "nb",
    *,
    significant: int | None = None,
    missing: str = "\N{EN DASH}",
) -> str:
    """Return a number as text: decimal comma, thin-space thousands and a true minus in Norwegian.

    Parameters
    ----------
    value : float or None
        ``None`` and NaN give ``missing``; infinite gives ``∞``.
    decimals : int, optional
        Digits after the decimal mark, rounded half up.
    significant : int, optional
        Digits in all instead; very small or large numbers are then written ``−2,05e−07``.
    lang : {"nb", "en"}
        Norwegian (``1 935,5``) or English (``1,935.5``).
    """
    if value is None or math.isnan(value):
        return missing
    if math.isinf(value):
        return ("" if value > 0 else MINUS) + "∞"
    if significant is not None:
        text = _significant(value, significant)
    else:
        text = f"{_unsigned_zero(round_half_up(value, 0 if decimals is None else decimals)):,f}"
    if lang == "nb":
        text = text.replace(",", THIN).replace(".", ",")
    return text.replace("-", MINUS)


def plain_number(value: float, lang: Lang = "nb") -> str:
    """Return a threshold or setting as short as it is: ``90``, ``112,5``, ``−16``."""
    text = f"{value:g}".replace("-", MINUS)
    return text.replace(".", ",") if lang == "nb" else text


def format_pvalue(p: float, lang: Lang = "nb") -> str:
    """Return a p-value with three decimals, ``<0,001`` when it is smaller than that."""
    if p < 0.001:
        return "<" + format_number(0.001, 3, lang)
    return format_number(p, 3, lang)


def _unsigned_zero(value: Decimal) -> Decimal:
    return abs(value) if value.is_zero() else value


def _significant(value: float, digits: int) -> str:
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    rounded = round_half_up(value, digits - 1 - exponent)
    exponent = rounded.adjusted()  # 9.99e-8 may have become 1.00e-7
    if -5 <= exponent < digits + 3:
        return f"{round_half_up(value, max(digits - 1 - exponent, 0)):,f}"
    mantissa = rounded.scaleb(-exponent).quantize(Decimal(1).scaleb(1 - digits))
    return f"{mantissa:f}e{exponent:+03d}"
