"""What merging kept out of a panel: amounts whose kommune lacks another part."""

from __future__ import annotations

from proba._numbers import format_number
from proba.errors import Lang
from proba.kommuner import BordersResult
from proba.panel.building.catalogue import Words

__all__ = ["held_back"]

_SHOWN = 6


def held_back(result: BordersResult) -> tuple[Words, ...]:
    """Tell, by quantity and year, how much is held back and for want of which kommuner.

    Parameters
    ----------
    result : BordersResult

    Returns
    -------
    tuple of Words
        One sentence a quantity and year with something held back.
    """
    kommune, year = result.parts.columns[:2]
    # Where every part is missing there is no amount to hold back.
    present = result.incomplete.merge(result.parts, on=[kommune, year])
    some = [
        len(str(missing).split()) < parts
        for missing, parts in zip(present["missing"], present["parts"], strict=True)
    ]
    present = present[some]
    totals = result.totals[result.totals["held_back"] != 0]
    out = []
    for when, name, held, before in zip(
        totals[year], totals["column"], totals["held_back"], totals["before"], strict=True
    ):
        own = present[(present[year] == when) & (present["column"] == name)]
        pairs = [(str(k), str(m)) for k, m in zip(own[kommune], own["missing"], strict=True)]
        nb = f"{name} {_amount(held, 'nb')} av {_amount(before, 'nb')}"
        en = f"{name} {_amount(held, 'en')} of {_amount(before, 'en')}"
        out.append(
            Words(
                f"Holdt utenfor {when}: {nb} ({_listed(pairs, 'mangler')})",
                f"Held back {when}: {en} ({_listed(pairs, 'lacks')})",
            )
        )
    return tuple(out)


def _listed(pairs: list[tuple[str, str]], lacks: str) -> str:
    shown = "; ".join(f"{kommune} {lacks} {parts}" for kommune, parts in pairs[:_SHOWN])
    return shown + (f" … +{len(pairs) - _SHOWN}" if len(pairs) > _SHOWN else "")


def _amount(value: float, lang: Lang) -> str:
    return format_number(value, 0, lang)
