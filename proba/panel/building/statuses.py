"""Why a figure is missing, in words: the sources' signs, and our own codes."""

from __future__ import annotations

from proba.errors import Lang
from proba.panel.building.carry import OTHER_BORDERS
from proba.panel.building.catalogue import Words
from proba.panel.building.gather import EMPTY, NOT_IN_TABLE

__all__ = ["reasons_text"]

_STATUS = {
    ".": Words("mulig tall finnes ikke", "figure not possible"),
    "..": Words("tallgrunnlag mangler", "data lacking"),
    "...": Words("data ennå ikke tilgjengelig", "data not yet available"),
    ":": Words("vises ikke av konfidensialitetshensyn", "not shown, confidentiality"),
    "-": Words("null (kildens tegn; ikke gjort om til 0)", "nil (the source's sign; not made 0)"),
    "*": Words("kildens tegn for foreløpig eller prikket", "sign of preliminary or hidden"),
    OTHER_BORDERS: Words(
        "kilden forteller bare på ett års grenser, og kommunen er endret",
        "the source tells on one year's borders only, and the kommune has changed",
    ),
    EMPTY: Words("tom celle i kilden", "empty cell in the source"),
    NOT_IN_TABLE: Words("ingen rad i tabellen", "no row in the table"),
    "no-source": Words("ingen kilde for året", "no source for the year"),
    "zero-denominator": Words("nevneren er 0", "the denominator is 0"),
    "not-computable": Words(
        "lar seg ikke regne ut av tallene", "cannot be computed from the figures"
    ),
}
_OURS = frozenset(code for code in _STATUS if len(code) > 3)


def reasons_text(reasons: str, lang: Lang) -> str:
    """Return reasons in words: status codes with their meaning."""
    shown = []
    for code in reasons.split(" "):
        words = _STATUS.get(code)
        meaning = words.text(lang) if words else ""
        own = code not in _OURS  # a sign of the source is shown as well as told
        shown.append(f"«{code}» {meaning}".rstrip() if own else meaning)
    return "; ".join(shown)
