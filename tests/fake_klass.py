"""A stand-in for SSB's KLASS: an app for :class:`loopback_server.LoopbackServer`.

    with LoopbackServer(FakeKlass()) as server:
        KlassClient(fetcher, base_url=server.url)

131 (kommuner) and 104 (fylker) come from the shipped lists, 112 (groups of kommuner) holds two
groups of the division used from 2012 to 2017. Field names, their order, problem answers and what
a range means follow statisticsnorway/klass (ClassificationController, DateRange, the transfer
objects, Handlers) and recorded answers:

- ``to`` is exclusive; a range that is empty is 400;
- ``changes`` joins the versions that overlap the range, one after the other, so that a change on
  ``from`` itself is not in it;
- without a correspondence table the answer is 404, and a classification can be asked from either
  side of it.

Not as there: CSV, levels, variants, names in other languages, and ``includeFuture`` (everything is
known from the start). The whole classification is one version a change.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from loopback_server import Received, Reply

from proba.kommuner import ChangeGraph, shipped_graph

__all__ = ["FakeKlass"]

TITLES = {
    131: "Standard for kommuneinndeling",
    104: "Standard for fylkesinndeling",
    112: "Standard for gruppering av kommuner (KOSTRA)",
}
FYLKER = {
    "01": "Østfold",
    "02": "Akershus",
    "03": "Oslo",
    "04": "Hedmark",
    "05": "Oppland",
    "06": "Buskerud",
    "07": "Vestfold",
    "08": "Telemark",
    "09": "Aust-Agder",
    "10": "Vest-Agder",
    "11": "Rogaland",
    "12": "Hordaland",
    "14": "Sogn og Fjordane",
    "15": "Møre og Romsdal",
    "16": "Sør-Trøndelag",
    "17": "Nord-Trøndelag",
    "18": "Nordland",
    "19": "Troms - Romsa",
    "20": "Finnmark - Finnmárku",
    "30": "Viken",
    "31": "Østfold",
    "32": "Akershus",
    "33": "Buskerud",
    "34": "Innlandet",
    "38": "Vestfold og Telemark",
    "39": "Vestfold",
    "40": "Telemark",
    "42": "Agder",
    "46": "Vestland",
    "50": "Trøndelag - Trööndelage",
    "54": "Troms og Finnmark - Romsa ja Finnmárku - Tromssa ja Finmarkku",
    "55": "Troms - Romsa - Tromssa",
    "56": "Finnmark - Finnmárku - Finmarkku",
}
GROUPS = {
    "14": ("Bergen, Trondheim og Stavanger", ("1103", "1201", "1601")),
    "15": ("Oslo kommune", ("0301",)),
}
UNKNOWN = ("9999", "Uoppgitt")
FAR = dt.date(9999, 1, 1)
# The classification begins long before the lists do.
DAWN = dt.date(1951, 1, 1)

Codes = dict[str, str]
Change = tuple[str, str, str, str]


class Problem(Exception):
    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail


class FakeKlass:
    """The app.

    Parameters
    ----------
    graph
        The kommuner; by default those shipped.
    extra
        Further changes of 131 as (date, old code, old name, new code, new name).
    """

    def __init__(
        self,
        graph: ChangeGraph | None = None,
        extra: tuple[tuple[str, str, str, str, str], ...] = (),
    ) -> None:
        self.graph = graph or shipped_graph()
        self.versions: dict[int, dict[dt.date, Codes]] = {131: self._kommuner(extra)}
        self.versions[104] = self._fylker()
        self.versions[112] = {DAWN: {code: name for code, (name, _) in GROUPS.items()}}
        self.changes = {131: self._kommune_changes(extra), 104: self._fylke_changes(), 112: {}}

    def __call__(self, received: Received) -> Reply:
        match = re.search(r"/classifications/([^/]+)/(\w+)$", received.path)
        if received.method != "GET" or not match:
            return Reply(404)
        try:
            id = self._classification(match[1])
            document = self._answer(id, match[2], dict(received.query))
        except Problem as problem:
            titles = {400: "Bad Request", 404: "Not Found"}
            return Reply.json(
                {
                    "type": "about:blank",
                    "title": titles[problem.status],
                    "status": problem.status,
                    "detail": problem.detail,
                    "instance": received.path,
                },
                problem.status,
                "application/problem+json",
            )
        return Reply.json(document)

    def _answer(self, id: int, what: str, query: Mapping[str, str]) -> dict[str, Any]:
        match what:
            case "codesAt":
                day = _day(query, "date")
                return {"codes": self._codes(id, day, day + dt.timedelta(1), ranged=False)}
            case "codes":
                return {"codes": self._codes(id, *_range(query), ranged=True)}
            case "changes":
                return {"codeChanges": self._changes(id, *_range(query))}
            case "correspondsAt":
                day = _day(query, "date")
                target = self._classification(_param(query, "targetClassificationId", "Long"))
                items = self._correspondences(id, target, day)
                return {"correspondenceItems": items}
            case "corresponds":
                start, end = _range(query)
                target = self._classification(_param(query, "targetClassificationId", "Long"))
                cuts = [start, *(d for d in sorted(self.versions[131]) if start < d < end), end]
                return {
                    "correspondenceItems": [
                        {**item, "validFrom": str(a), "validTo": str(b)}
                        for a, b in pairwise(cuts)
                        for item in self._correspondences(id, target, a)
                    ]
                }
        raise Problem(404, f"No static resource {what}.")

    def _classification(self, text: str) -> int:
        if not text.isdigit():
            raise Problem(400, f'Failed to convert value of type String to Long: "{text}"')
        if int(text) not in self.versions:
            raise Problem(404, f"Classification not found with id = {text}")
        return int(text)

    def _kommuner(self, extra: tuple[tuple[str, str, str, str, str], ...]) -> dict[dt.date, Codes]:
        first = dict(self.graph.valid(self.graph.first_year))
        dawn = {k: v for k, v in first.items() if k != "1756"}
        found = {DAWN: dawn | {"1723": "Mosvik", "1729": "Inderøy"}, dt.date(2012, 1, 1): first}
        for year in range(self.graph.first_year + 1, self.graph.last_year + 1):
            if self.graph.areas[year] != self.graph.areas[year - 1]:
                found[dt.date(year, 1, 1)] = dict(self.graph.valid(year))
        for day, old, _, new, name in extra:
            date = dt.date.fromisoformat(day)
            codes = found.setdefault(date, dict(found[max(found)]))
            codes.pop(old, None)
            codes[new] = name
        return {day: codes | dict([UNKNOWN]) for day, codes in found.items()}

    def _fylker(self) -> dict[dt.date, Codes]:
        found: dict[dt.date, Codes] = {}
        for day, kommuner in self.versions[131].items():
            codes = {k[:2]: FYLKER.get(k[:2], "Uoppgitt") for k in kommuner}
            if not found or found[max(found)] != codes:
                found[day] = codes
        return found

    def _kommune_changes(
        self, extra: tuple[tuple[str, str, str, str, str], ...]
    ) -> dict[dt.date, list[Change]]:
        found: dict[dt.date, list[Change]] = {}
        for c in self.graph.changes:
            row = (c.source, c.source_name, c.target, c.target_name)
            if c.structural and row[:2] != row[2:]:
                found.setdefault(c.date, []).append(row)
        for day, *row in extra:
            found.setdefault(dt.date.fromisoformat(day), []).append(tuple(row))
        return found

    def _fylke_changes(self) -> dict[dt.date, list[Change]]:
        found: dict[dt.date, list[Change]] = {}
        for day, rows in sorted(self._kommune_changes(()).items()):
            pairs = [(old[:2], new[:2]) for old, _, new, _ in rows if old[:2] != new[:2]]
            gone = {old for old, _ in pairs} - set(self._at(104, day))
            # A kommune or two that went another way do not make their fylke a part of it.
            kept = sorted({p for p in pairs if p[0] in gone and pairs.count(p) > 2})
            if kept:
                found[day] = [(a, FYLKER[a], b, FYLKER[b]) for a, b in kept]
        return found

    def _at(self, id: int, day: dt.date) -> Codes:
        started = [d for d in self.versions[id] if d <= day]
        return self.versions[id][max(started)] if started else {}

    def _spans(self, id: int) -> list[tuple[dt.date, dt.date, Codes]]:
        days = sorted(self.versions[id])
        ends = [*days[1:], FAR]
        return [(a, b, self.versions[id][a]) for a, b in zip(days, ends, strict=True)]

    def _codes(self, id: int, start: dt.date, end: dt.date, *, ranged: bool) -> list[Any]:
        found: dict[tuple[str, str], tuple[dt.date, dt.date]] = {}
        for a, b, codes in self._spans(id):
            if a < end and start < b:
                for item in codes.items():
                    since = found[item][0] if item in found else max(a, start)
                    found[item] = (since, min(b, end))
        return [
            _code(code, name, span if ranged else None)
            for (code, name), span in sorted(found.items())
        ]

    def _changes(self, id: int, start: dt.date, end: dt.date) -> list[Any]:
        begun = [a for a, b, _ in self._spans(id) if a < end and start < b]
        return [
            {
                "oldCode": old,
                "oldName": old_name,
                "oldShortName": "",
                "newCode": new,
                "newName": new_name,
                "newShortName": "",
                "changeOccurred": str(day),
            }
            for day in begun[1:]
            for old, old_name, new, new_name in self.changes[id].get(day, [])
        ]

    def _correspondences(self, source: int, target: int, day: dt.date) -> list[Any]:
        kommuner = self._at(131, day)
        if {source, target} == {104, 131}:
            pairs = [(k[:2], k) for k in kommuner]
            of = {104: self._at(104, day), 131: kommuner}
            outer = 104
        elif {source, target} == {112, 131} and day < dt.date(2018, 1, 1):
            pairs = [(g, k) for g, (_, held) in GROUPS.items() for k in held]
            of = {112: self._at(112, day), 131: kommuner}
            outer = 112
        else:
            raise Problem(
                404,
                f"Classification '{TITLES[source]}' has no correspondence table with "
                f"Classification '{TITLES[target]}'",
            )
        if source != outer:
            pairs = [(k, g) for g, k in pairs]
        return [
            {
                "sourceCode": a,
                "sourceName": of[source][a],
                "sourceShortName": "",
                "targetCode": b,
                "targetName": of[target][b],
                "targetShortName": "",
            }
            for a, b in sorted(pairs)
        ]


def _code(code: str, name: str, span: tuple[dt.date, dt.date] | None) -> dict[str, Any]:
    item: dict[str, Any] = {
        "code": code,
        "parentCode": None,
        "level": "1",
        "name": name,
        "shortName": "",
        "presentationName": "",
        "validFrom": None,
        "validTo": None,
    }
    if span:
        item["validFromInRequestedRange"] = str(span[0])
        item["validToInRequestedRange"] = None if span[1] == FAR else str(span[1])
    return item | {"notes": ""}


def _param(query: Mapping[str, str], name: str, kind: str) -> str:
    if name not in query:
        raise Problem(
            400,
            f"Required request parameter '{name}' for method parameter type {kind} is not present",
        )
    return query[name]


def _day(query: Mapping[str, str], name: str) -> dt.date:
    text = _param(query, name, "LocalDate")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Problem(
            400, f"Failed to convert value of type String to LocalDate; for value '{text}'"
        ) from None


def _range(query: Mapping[str, str]) -> tuple[dt.date, dt.date]:
    start = _day(query, "from")
    end = _day(query, "to") if "to" in query else FAR
    if end <= start:
        raise Problem(400, f"From is equal or after to. From: {start} To: {end}")
    return start, end
