"""A stand-in for SSB's PxWebApi v2: an app for :class:`loopback_server.LoopbackServer`.

    table = FakeTable("99001", dims=[
        FakeDim("Region", "region", ["0301", "1103"], elimination=True, geo=True),
        FakeDim("ContentsCode", "statistikkvariabel", ["Personer"], contents=True),
        FakeDim("Tid", "år", ["2015", "2016"], time=True),
    ], values=np.arange(4.0))
    with LoopbackServer(FakeSsb(table)) as server:
        PxWebClient(fetcher, base_url=server.url)

Every figure and text is made up, and says so where it can. The layout follows PxTools/PxApiSpecs,
PxTools/PxWebApi (SelectionHandler, ProblemUtility, JsonStat2Serializer) and the answers of SSB
printed in PxTools' user guide: metadata has ``"value": []``, keys of ``category.index`` stand in
the order of their text, ``elimination`` is the truth in metadata only, selections are matched
without regard to case, whole numbers have no decimal point, ``status`` is there only when it has
something.

Not as there: the default selection (of a query without selection) is simpler, a sum over a
dimension left out is missing as soon as one of its cells is, and there are no code lists.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from loopback_server import Received, Reply

__all__ = ["FakeDim", "FakeSsb", "FakeTable"]

SOURCE = {"no": "Syntetiske testtall, ikke fra SSB", "en": "Synthetic test data, not from SSB"}


@dataclass
class FakeDim:
    code: str
    label: str
    codes: Sequence[str]
    labels: Sequence[str] | None = None
    elimination: bool = False
    total: str | None = None  # the code that stands for the sum, when there is one
    time: bool = False
    contents: bool = False
    geo: bool = False
    notes: Sequence[str] = ()
    code_notes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def texts(self) -> list[str]:
        return list(self.codes if self.labels is None else self.labels)


@dataclass
class FakeTable:
    """``values`` and ``statuses`` have one place a cell, last dimension fastest."""

    id: str
    dims: Sequence[FakeDim]
    values: Any  # array of numbers; NaN becomes null
    statuses: Any = None  # array of text or None
    label: str = "Syntetisk testtabell"
    updated: str | Sequence[str] = "2026-01-02T07:00:00Z"  # several: one for each data answer
    notes: Sequence[str] = ("Syntetisk note: tallene er oppdiktet.",)
    renamed: Mapping[str, str] = field(default_factory=dict)  # codes, from the second data answer
    updated_by_content: Mapping[str, str] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(d.codes) for d in self.dims)

    def numbers(self) -> np.ndarray:
        return np.asarray(self.values, dtype=float).reshape(self.shape)

    def symbols(self) -> np.ndarray:
        out = np.full(self.shape, None, dtype=object)
        if self.statuses is not None:
            out[...] = np.asarray(self.statuses, dtype=object).reshape(self.shape)
        return out


class Refused(Exception):
    def __init__(self, title: str, status: int = 400, detail: str | None = None) -> None:
        self.problem = {"type": "Parameter error", "title": title, "status": status}
        if detail:
            self.problem["detail"] = detail


class FakeSsb:
    """The app.

    Parameters
    ----------
    max_cells, calls, window
        As ``/config`` tells them.
    too_many_status
        400 as PxWebApi v2 answers; its predecessor has 403.
    sparse
        ``value`` as an object without the missing ones, which the format allows.
    turned
        Dimensions and codes of data answers in reverse order.
    alter
        Called with (document, number of the data answer from 0) before an answer is sent.
    """

    def __init__(
        self,
        *tables: FakeTable,
        max_cells: int = 800_000,
        calls: int = 0,
        window: int = 0,
        too_many_status: int = 400,
        sparse: bool = False,
        turned: bool = False,
        alter: Callable[[dict[str, Any], int], None] | None = None,
    ) -> None:
        self.tables = {table.id: table for table in tables}
        self.max_cells, self.calls, self.window = max_cells, calls, window
        self.too_many_status, self.sparse, self.turned = too_many_status, sparse, turned
        self.alter = alter
        self.answers: dict[str, int] = {}  # data answers given, by table
        self.largest = 0  # cells of the largest

    def __call__(self, received: Received) -> Reply:
        parts = [
            p for p in re.sub(r"^.*?(?=/(config|tables)\b)", "", received.path).split("/") if p
        ]
        query = {name.lower(): value for name, value in received.query}
        lang = "en" if query.get("lang") == "en" else "no"
        try:
            match (received.method, *parts):
                case ("GET", "config"):
                    document = self._config()
                case ("GET", "tables"):
                    document = self._list(lang)
                case ("GET", "tables", id):
                    document = self._about(self._table(id), lang)
                case ("GET", "tables", id, "metadata"):
                    document = self._metadata(self._table(id), lang)
                case ("GET" | "POST", "tables", id, "data"):
                    if query.get("outputformat", "json-stat2") != "json-stat2":
                        raise Refused("Unsupported output format")
                    document = self._data(self._table(id), _selection(received), lang)
                case _:
                    return Reply(404)
        except Refused as refused:
            problem = refused.problem
            return Reply.json(problem, problem["status"], "application/problem+json")
        reply = Reply.json(document)
        limits = {
            "x-ratelimit-limit": "40",
            "x-ratelimit-policy": "40;w=60s",
            "x-ratelimit-remaining": "39",
        }
        return Reply(reply.status, {**reply.headers, **limits}, reply.body)

    def _table(self, id: str) -> FakeTable:
        if id not in self.tables:
            raise Refused("Non-existent table", 404)
        return self.tables[id]

    def _config(self) -> dict[str, Any]:
        return {
            "apiVersion": "2.3.2",
            "appVersion": "syntetisk",
            "languages": [{"id": "no", "label": "Norsk"}, {"id": "en", "label": "English"}],
            "defaultLanguage": "no",
            "maxDataCells": self.max_cells,
            "maxCallsPerTimeWindow": self.calls,
            "timeWindow": self.window,
            "license": "https://creativecommons.org/licenses/by/4.0/",
            "sourceReferences": [{"language": k, "text": v} for k, v in SOURCE.items()],
            "defaultDataFormat": "json-stat2",
            "dataFormats": ["json-stat2"],
            "features": [],
        }

    def _list(self, lang: str) -> dict[str, Any]:
        count = len(self.tables)
        return {
            "language": lang,
            "tables": [self._about(table, lang) for table in self.tables.values()],
            "page": {"pageNumber": 1, "pageSize": count, "totalElements": count, "totalPages": 1},
            "links": [],
        }

    def _about(self, table: FakeTable, lang: str) -> dict[str, Any]:
        periods = next((d.codes for d in table.dims if d.time), ["", ""])
        return {
            "language": lang,
            "id": table.id,
            "label": f"{table.id}: {table.label}",
            "description": "",
            "sortCode": "000000",
            "updated": _latest(table),
            "firstPeriod": periods[0],
            "lastPeriod": periods[-1],
            "category": "public",
            "variableNames": [d.label for d in table.dims],
            "source": SOURCE[lang],
            "timeUnit": "Annual",
            "paths": [],
            "links": [],
        }

    def _metadata(self, table: FakeTable, lang: str) -> dict[str, Any]:
        document = _document(table, list(table.dims), lang)
        periods = next((d.codes for d in table.dims if d.time), [""])
        document["label"] += f" {periods[0]}-{periods[-1]}"
        document["updated"] = _latest(table)
        for dim in table.dims:
            extension = document["dimension"][dim.code]["extension"]
            extension.update(elimination=dim.elimination, codelists=[])
        return {**document, "value": []}

    def _data(
        self, table: FakeTable, selection: list[tuple[str, list[str]]], lang: str
    ) -> dict[str, Any]:
        chosen = _resolve(table, selection)
        cells = int(np.prod([max(len(c), 1) for c in chosen.values()], dtype=object))
        if cells > self.max_cells:
            raise Refused(
                "Too many cells selected", self.too_many_status, "Too many cells selected"
            )
        self.largest = max(self.largest, cells)
        turn = self.answers.get(table.id, 0)
        self.answers[table.id] = turn + 1
        numbers, symbols, dims = table.numbers(), table.symbols(), []
        axis = 0
        for dim in table.dims:
            places = chosen[dim.code]
            if not places and dim.total is not None:
                numbers = numbers.take(list(dim.codes).index(dim.total), axis)
                symbols = symbols.take(list(dim.codes).index(dim.total), axis)
            elif not places:
                numbers = numbers.sum(axis)
                symbols = np.where(np.isnan(numbers), "..", None)
            else:
                places = places[::-1] if self.turned else places
                numbers, symbols = numbers.take(places, axis), symbols.take(places, axis)
                later = table.renamed if turn else {}
                codes = [later.get(dim.codes[i], dim.codes[i]) for i in places]
                dims.append(FakeDim(**{**vars(dim), "codes": codes}))
                dims[-1].labels = [dim.texts[i] for i in places]
                axis += 1
        if self.turned:
            numbers, symbols, dims = numbers.T, symbols.T, dims[::-1]
        document = _document(table, dims, lang)
        updated = [table.updated] if isinstance(table.updated, str) else list(table.updated)
        document["updated"] = updated[min(turn, len(updated) - 1)]
        contents = next((d.codes for d in dims if d.contents), [])
        times = [table.updated_by_content[c] for c in contents if c in table.updated_by_content]
        if times:
            document["updated"] = max(times)
        values = [_number(v) for v in numbers.ravel().tolist()]
        document["value"] = (
            {str(i): v for i, v in enumerate(values) if v is not None} if self.sparse else values
        )
        status = {str(i): s for i, s in enumerate(symbols.ravel().tolist()) if s}
        if status:
            document["status"] = status
        if self.alter is not None:
            self.alter(document, turn)
        return document


def _number(value: float) -> float | int | None:
    if np.isnan(value):
        return None
    return int(value) if value.is_integer() else value


def _latest(table: FakeTable) -> str:
    if table.updated_by_content:
        return max(table.updated_by_content.values())
    return table.updated if isinstance(table.updated, str) else table.updated[0]


def _document(table: FakeTable, dims: Sequence[FakeDim], lang: str) -> dict[str, Any]:
    role = {
        name: [d.code for d in dims if getattr(d, attribute)]
        for name, attribute in (("time", "time"), ("geo", "geo"), ("metric", "contents"))
    }
    several = [d.label for d in dims if len(d.codes) > 1]
    document: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": f"{table.id}: {table.label}, etter {', '.join(several)}",
        "source": SOURCE[lang],
        "updated": None,
        "role": {name: codes for name, codes in role.items() if codes},
        "id": [d.code for d in dims],
        "size": [len(d.codes) for d in dims],
        "dimension": {d.code: _dimension(d) for d in dims},
        "extension": {
            "px": {
                "infofile": "None",
                "tableid": table.id,
                "decimals": 0,
                "official-statistics": False,
                "aggregallowed": True,
                "language": lang,
                "contents": f"{table.id}: {table.label},",
                "matrix": "Syntetisk",
            },
            "contact": [],
        },
    }
    if table.notes:
        document["note"] = list(table.notes)
    return document


def _dimension(dim: FakeDim) -> dict[str, Any]:
    places = {code: i for i, code in enumerate(dim.codes)}
    category: dict[str, Any] = {
        "index": {code: places[code] for code in sorted(places)},
        "label": {code: dim.texts[places[code]] for code in sorted(places)},
    }
    notes = {c: list(n) for c, n in dim.code_notes.items() if c in places}
    if notes:
        category["note"] = notes
    if dim.contents:
        category["unit"] = {code: {"base": "antall", "decimals": 0} for code in dim.codes}
    out: dict[str, Any] = {"label": dim.label, "category": category}
    if dim.notes:
        out["note"] = list(dim.notes)
    return {**out, "extension": {"elimination": False, "show": "value"}}


def _selection(received: Received) -> list[tuple[str, list[str]]]:
    if received.method == "POST":
        asked = json.loads(received.body or b"{}").get("selection") or []
        return [(s["variableCode"], list(s.get("valueCodes") or [])) for s in asked]
    found = []
    for name, value in received.query:
        if match := re.fullmatch(r"valuecodes\[(.+)\]", name, re.IGNORECASE):
            # A comma parts codes, unless inside [range(a,b)].
            codes = re.findall(r"\[[^\]]*\]|[^,]+", value)
            found.append((match[1], [c.strip("[]") for c in codes]))
    return found


def _resolve(table: FakeTable, selection: list[tuple[str, list[str]]]) -> dict[str, list[int]]:
    """Positions chosen in each dimension; none where it is left out."""
    if not any(codes for _, codes in selection):
        return _default(table)
    by_code = {d.code.lower(): d for d in table.dims}
    wanted: dict[str, list[str]] = {}
    for name, codes in selection:
        if name.lower() not in by_code:
            raise Refused("Non-existent variable")
        wanted[by_code[name.lower()].code] = codes
    chosen = {}
    for dim in table.dims:
        codes = wanted.get(dim.code, [])
        if not codes and not dim.elimination:
            raise Refused("Missing selection for mandantory variable")
        places = {i for text in codes for i in _expand(dim, text)}
        chosen[dim.code] = sorted(places)
    return chosen


def _default(table: FakeTable) -> dict[str, list[int]]:
    chosen, wide = {}, 0
    for dim in table.dims:
        every = list(range(len(dim.codes)))
        if dim.contents:
            chosen[dim.code] = every[:1]
        elif dim.time:
            chosen[dim.code] = every[-1:]
        elif wide < 2:
            chosen[dim.code], wide = every, wide + 1
        else:
            chosen[dim.code] = [] if dim.elimination else every[:1]
    return chosen


def _expand(dim: FakeDim, text: str) -> list[int]:
    """What PxWebApi's selection expressions give, one after the other."""
    codes = [code.lower() for code in dim.codes]
    every = list(range(len(codes)))
    asked = text.lower()
    if asked in codes:
        return [codes.index(asked)]
    if match := re.fullmatch(r"(top|bottom)\(([1-9]\d*)(?:,(\d+))?\)", asked):
        count, skip = int(match[2]), int(match[3] or 0)
        if (match[1] == "top") == dim.time:
            every = every[::-1]
        return sorted(every[skip : skip + count])
    if match := re.fullmatch(r"(from|to)\(([^,]+)\)", asked):
        if match[2] not in codes:
            raise Refused("Non-existent value")
        at = codes.index(match[2])
        return every[at:] if match[1] == "from" else every[: at + 1]
    if match := re.fullmatch(r"range\(([^,]+),([^,)]+)\)", asked):
        if match[1] not in codes or match[2] not in codes:
            raise Refused("Non-existent value")
        first, last = sorted((codes.index(match[1]), codes.index(match[2])))
        return every[first : last + 1]
    if re.match(r"(top|bottom|from|to|range)\(", asked):
        raise Refused("Illegal selection expression")
    if "*" in asked or "?" in asked:
        if "*" in asked.strip("*"):
            raise Refused("Illegal selection expression")
        shape = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in asked)
        return [i for i in every if re.fullmatch(shape, codes[i])]
    raise Refused("Non-existent value")
