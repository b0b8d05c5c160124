"""Synthetic tables under the numbers the shipped catalogue asks for: 07459, 09817, 12362, 04687.

Every figure is drawn from a seed, per base area of the change graph, so that a merger's figures
are the sum of its parts and a renumbering changes nothing. No figure is a real kommune's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit

import numpy as np
from fake_ssb import FakeDim, FakeSsb, FakeTable
from loopback_server import Received, Reply

from proba.kommuner import ChangeGraph, shipped_graph
from proba.sources.http import Answer
from proba.sources.request import Request

COUNTRIES = {
    "106": "Syntetisk Sverige",
    "131": "Syntetisk Polen",
    "143": "Syntetisk Tyrkia",
    "241": "Syntetisk Eritrea",
    "346": "Syntetisk Somalia",
    "404": "Syntetisk Afghanistan",
    "564": "Syntetisk Syria",
    "612": "Syntetisk Canada",
    "684": "Syntetisk USA",
    "652": "Syntetisk Mexico",
    "725": "Syntetisk Chile",
    "805": "Syntetisk Australia",
}
NON_WESTERN = [c for c in COUNTRIES if c == "143" or c[0] in "2345678"]
NON_WESTERN = [c for c in NON_WESTERN if c not in ("612", "684")]
FUNCTIONS = {
    "242": "Syntetisk råd og veiledning",
    "243": "Syntetisk rus",
    "276": "Syntetisk kvalifisering",
    "281": "Syntetisk livsopphold",
    "FGK12": "Syntetisk sosialsektor",
}
CONTENTS_04687 = {
    "A": "Net operating expenditures, social services",
    "B": "Recipients of social assistance",
    "C": "Benefits months",
    "D": "Social assistance (Allowance and loan)",
}


@lru_cache(maxsize=1)
def _areas() -> dict[str, dict[str, float]]:
    """Population and composition of each base area."""
    graph = shipped_graph()
    names = sorted({a for areas in graph.areas[graph.last_year].values() for a in areas})
    rng = np.random.default_rng(20170801)
    out = {}
    for name in names:
        people = float(np.round(np.exp(rng.normal(8.4, 1.0)))) + 200
        out[name] = {
            "people": people,
            "young": float(rng.uniform(0.60, 0.70)),
            "foreign": float(rng.uniform(0.01, 0.14)),
            "level": float(rng.uniform(0.7, 1.4)),
        }
    return out


def population(areas: frozenset[str], year: int) -> int:
    table = _areas()
    return sum(round(table[a]["people"] * 1.006 ** (year - 2012)) for a in sorted(areas))


def _foreign(areas: frozenset[str], year: int, country: str) -> int:
    table = _areas()
    share = 1 / len(COUNTRIES)
    growth = 1 + 0.05 * (year - 2012)
    return sum(
        round(table[a]["people"] * table[a]["foreign"] * share * growth) + int(country) % 3
        for a in sorted(areas)
    )


def _spending(areas: frozenset[str], year: int, function: str) -> int:
    table = _areas()
    weight = {"242": 0.35, "243": 0.15, "276": 0.10, "281": 0.60, "FGK12": 1.3}[function]
    return sum(
        round(
            table[a]["people"]
            * weight
            * table[a]["level"]
            * (1.5 + 8 * table[a]["foreign"] + 0.05 * (year - 2012))
        )
        for a in sorted(areas)
    )


def _ages(areas: frozenset[str], year: int) -> np.ndarray:
    """Persons of each age 0-105 and sex; they add up to the population."""
    table = _areas()
    total = np.zeros((2, 106), dtype=int)
    for a in sorted(areas):
        people = round(table[a]["people"] * 1.006 ** (year - 2012))
        shape = np.ones(106)
        shape[16:67] *= table[a]["young"] / (1 - table[a]["young"]) * 55 / 51
        shape[90:] *= 0.1
        cut = np.floor(np.cumsum(shape / shape.sum()) * people + 1e-9).astype(int)
        cut[-1] = people
        counts = np.diff(cut, prepend=0)
        total += np.stack([counts // 2, counts - counts // 2])
    return total


def tables(years: Sequence[int], graph: ChangeGraph | None = None) -> list[FakeTable]:
    """The tables for some years, every number valid in any of them a region of each."""
    graph = graph or shipped_graph()
    valid = {year: graph.areas[year] for year in years}
    codes = sorted({k for year in years for k in valid[year]})
    labels = [next(graph.name(k, y) for y in years if k in valid[y]) for k in codes]

    def region(name: str = "Region") -> FakeDim:
        return FakeDim(name, "region", codes, labels, elimination=name == "Region", geo=True)

    tid = FakeDim("Tid", "år", [str(y) for y in years], time=True)

    def filled(shape: tuple[int, ...], cell: Callable[..., object]) -> tuple[object, object]:
        """Values (regions, ..., years); what is not valid in a year is missing with '.'."""
        values = np.full((len(codes), *shape, len(years)), np.nan)
        status = np.full(values.shape, None, dtype=object)
        for i, code in enumerate(codes):
            for j, year in enumerate(years):
                if code in valid[year]:
                    values[i, ..., j] = cell(valid[year][code], year)
                else:
                    status[i, ..., j] = "."
        return values, status

    def table(id: str, label: str, dims: list[FakeDim], filled: tuple[object, object]) -> FakeTable:
        return FakeTable(id, dims, filled[0], filled[1], f"Syntetisk: {label}")

    ages = [f"{age:03d}" for age in range(105)] + ["105+"]
    one = FakeDim("ContentsCode", "statistikkvariabel", ["Personer1"], ["Personer"], contents=True)
    people = filled((2, 106, 1), lambda a, y: _ages(a, y)[..., None])
    foreign = filled(
        (2, len(COUNTRIES), 1),
        lambda a, y: np.array([[[_foreign(a, y, c)] for c in COUNTRIES] for _ in "BC"]),
    )
    spending = filled(
        (len(FUNCTIONS), 2, 1),
        lambda a, y: np.array(
            [[[_spending(a, y, f)], [2 * _spending(a, y, f)]] for f in FUNCTIONS]
        ),
    )
    closed = filled(
        (len(CONTENTS_04687),),
        lambda a, y: np.array(
            [
                sum(_spending(a, y, f) for f in ("242", "243", "276", "281")),
                max(population(a, y) // 40, 5),
                max(population(a, y) // 40, 5) * 5,
                max(population(a, y) // 40, 5) * 5 * 8500,
            ]
        ),
    )
    return [
        table(
            "07459",
            "befolkning",
            [
                region(),
                FakeDim("Kjonn", "kjønn", ["1", "2"], ["Menn", "Kvinner"], elimination=True),
                FakeDim("Alder", "alder", ages, elimination=True),
                one,
                tid,
            ],
            people,
        ),
        table(
            "09817",
            "innvandrere og norskfødte",
            [
                region(),
                FakeDim("InnvandrKat", "innvandringskategori", ["B", "C"]),
                FakeDim("Landbakgrunn", "landbakgrunn", list(COUNTRIES), list(COUNTRIES.values())),
                one,
                tid,
            ],
            foreign,
        ),
        table(
            "12362",
            "utgifter til tjenesteområdene",
            [
                region("KOKkommuneregion0000"),
                FakeDim("KOKfunksjon0000", "funksjon", list(FUNCTIONS), list(FUNCTIONS.values())),
                FakeDim("KOKart0000", "art", ["AGD2", "AGD10"], ["Netto", "Brutto"]),
                FakeDim("ContentsCode", "statistikkvariabel", ["KOSbelop0000"], contents=True),
                tid,
            ],
            spending,
        ),
        table(
            "04687",
            "sosialhjelp, grunnlagstall",
            [
                region(),
                FakeDim(
                    "ContentsCode",
                    "statistikkvariabel",
                    list(CONTENTS_04687),
                    list(CONTENTS_04687.values()),
                    contents=True,
                ),
                tid,
            ],
            closed,
        ),
    ]


class InProcess:
    """Stands in for the HTTP client: asks an app directly, at a fixed time."""

    def __init__(self, app: Callable[[Received], Reply], when: datetime | None = None) -> None:
        self.app = app
        self.when = when or datetime(2026, 1, 2, 8, tzinfo=UTC)
        self.sent: list[Request] = []

    def pace(self, url: str, calls: int, window: float) -> None:
        """Nothing to wait for."""

    def send(self, request: Request, check: Callable[[bytes], None]) -> Answer:
        self.sent.append(request)
        body = (request.body or "").encode("utf-8")
        path = urlsplit(request.url).path
        reply = self.app(Received(request.method, path, list(request.params), {}, body))
        check(reply.body)
        kind = next((v for k, v in reply.headers.items() if k.lower() == "content-type"), "")
        return Answer(request.url, reply.status, reply.body, kind, self.when)


def synthetic_ssb(years: Sequence[int], graph: ChangeGraph | None = None) -> FakeSsb:
    return FakeSsb(*tables(years, graph))
