"""Which kommune, fylke or other area a row is about, from its number or name cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from proba.sources.files.values import Cell, text_of

__all__ = ["FYLKER", "Kind", "Region", "read_region"]


class Kind(Enum):
    """What kind of area a row is about."""

    KOMMUNE = "kommune"
    FYLKE = "fylke"
    LAND = "hele landet"
    BYDEL = "bydel"
    OTHER = "uoppgitt, Svalbard og utlandet"


@dataclass(frozen=True, slots=True)
class Region:
    """An area.

    Attributes
    ----------
    kind : Kind
    code : str
        Four digits for a kommune, two for a fylke, empty if the cell has only a name.
    name : str
    """

    kind: Kind
    code: str
    name: str


# Names of every fylke since 1972. Source: Statistics Norway, KLASS classification 104.
FYLKER = {
    "østfold": "01", "akershus": "02", "oslo": "03", "hedmark": "04", "oppland": "05",
    "buskerud": "06", "vestfold": "07", "telemark": "08", "aust-agder": "09",
    "vest-agder": "10", "rogaland": "11", "hordaland": "12", "sogn og fjordane": "14",
    "møre og romsdal": "15", "sør-trøndelag": "16", "nord-trøndelag": "17", "nordland": "18",
    "troms": "19", "finnmark": "20", "viken": "30", "innlandet": "34",
    "vestfold og telemark": "38", "agder": "42", "vestland": "46", "trøndelag": "50",
    "troms og finnmark": "54",
}  # fmt: skip
_RENUMBERED = {"31", "32", "33", "39", "40", "55", "56"}
_PREFIXES = set(FYLKER.values()) | _RENUMBERED | {"13"}
# 21 Svalbard, 22 Jan Mayen, 23 the shelf, 25 and 26 abroad, 99 not stated.
_ELSEWHERE = {"21", "22", "23", "24", "25", "26", "98", "99"}
_WITH_BYDELER = {"0301", "1103", "1201", "1601", "4601", "5001"}
_LAND = {
    "hele landet", "heile landet", "landet", "norge", "noreg", "norway", "the whole country",
    "i alt", "alle", "alle kommuner", "alle kommunar", "totalt", "total", "sum",
    "sum landet", "sum hele landet", "landet i alt", "norge i alt", "hele landet i alt",
    "sum kommuner", "sum kommunene", "sum alle kommuner", "hele landet totalt",
}  # fmt: skip
_OTHER = re.compile(
    r"(uoppgitt|uspesifisert|ukjent|svalbard|jan mayen|utland|utlandet|bosatt i utlandet|"
    r"kontinentalsokkel|sokkel|ikke fordelt|ufordelt|longyearbyen|hopen|bjørnøya)"
)
_LEADING = re.compile(
    r"(?:([KF])[-_ ]?)?([0-9]{1,6})(?:[\s:.,–-]+(.*))?", re.IGNORECASE | re.DOTALL
)
_TRAILING = re.compile(r"(.*[^\W\d_].*)\((?:K-)?([0-9]{3,4})\)", re.DOTALL)
_TOTAL_WORDS = re.compile(
    r"^(?:sum|i alt|totalt|fylke)[\s:]+|[\s,:]+(?:i alt|totalt|sum|fylke|fylkeskommune)$"
)


def read_region(cell: Cell) -> Region | None:
    """Read an area from a cell.

    Parameters
    ----------
    cell : Cell
        ``'0101'``, ``101``, ``101.0``, ``'0101 Halden'``, ``'101 Halden'``, ``'K-0101'``,
        ``'Halden (0101)'``; ``'01 Østfold'``, ``'Østfold i alt'``; ``'Hele landet'``, ``0``;
        ``'Svalbard'``, ``'Uoppgitt'``. A lost leading zero is put back.

    Returns
    -------
    Region or None
        None if the cell is something else, such as a footnote.

    Notes
    -----
    Whether the kommune existed in the year is not asked here.
    """
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return None
    text = text_of(cell)
    found = _TRAILING.fullmatch(text)
    if found:
        return _from_digits(found[2], found[1].strip(" -–,"), "")
    found = _LEADING.fullmatch(text)
    if found:
        name = (found[3] or "").strip(" -–,:.")
        if name and not name[0].isalpha() and name[0] not in "(*":
            return None
        return _from_digits(found[2], name, (found[1] or "").upper())
    return _from_name(text)


def _from_digits(digits: str, name: str, letter: str) -> Region | None:
    if set(digits) == {"0"}:
        return Region(Kind.LAND, "", name)
    if len(digits) <= 2:
        code = digits.zfill(2)
        if code in _ELSEWHERE:
            return Region(Kind.OTHER, code, name)
        known = code in _PREFIXES and letter != "K"
        return Region(Kind.FYLKE, code, name) if known else None
    if len(digits) <= 4:
        code = digits.zfill(4)
        if code[:2] in _ELSEWHERE or (code[2:] == "99" and code[:2] in _PREFIXES):
            return Region(Kind.OTHER, code, name)
        if code[:2] not in _PREFIXES:
            return None
        return (
            Region(Kind.FYLKE, code[:2], name)
            if code.endswith("00")
            else Region(Kind.KOMMUNE, code, name)
        )
    code = digits.zfill(6)
    return Region(Kind.BYDEL, code, name) if code[:4] in _WITH_BYDELER else None


def _from_name(text: str) -> Region | None:
    name = " ".join(text.lower().split()).rstrip(".:*0123456789) ")
    if name in _LAND:
        return Region(Kind.LAND, "", text)
    if len(name) <= 60 and _OTHER.match(name):
        return Region(Kind.OTHER, "", text)
    for _ in range(2):
        name = _TOTAL_WORDS.sub("", name).strip()
    # Two-language names: "Troms - Romsa", "Nordland/Nordlánnda".
    first = re.split(r" [-–] |/| \(", name, maxsplit=1)[0]
    code = FYLKER.get(name) or FYLKER.get(first)
    return Region(Kind.FYLKE, code, text) if code else None
