"""Tables of Statistics Norway (SSB) over PxWebApi v2.

What the service answers was read in its OpenAPI description (PxTools/PxApiSpecs), its source
(PxTools/PxWebApi: selection handler, problem answers, JSON-stat writer), its user guide and
answers printed there; no call to the live service has been made. From these:

- ``GET /config`` gives ``maxDataCells`` (800 000 at SSB). ``maxCallsPerTimeWindow`` and
  ``timeWindow`` are 0 at SSB in notes of August 2026, which say that 0 is not "no limit": the
  limit (40 calls in 60 seconds) is told in ``x-ratelimit-*`` headers.
- Metadata is JSON-stat with ``"value": []``. ``extension.elimination`` of a dimension means "may
  be left out" there only.
- ``updated`` of an answer is the latest of the contents it holds, so it may differ from the
  metadata's and between answers with different contents.
- Errors are objects ``{"type", "title", "status"}``, often without ``detail``: 400 for an unknown
  variable or value, a variable missing and too many cells; 404 for an unknown table.
- A query names codes the service matches without regard to case.

Groupings (``codelist``) are not offered: the codes are those of the table itself.

Not seen: whether an answer's dimensions and codes always come in the order of the metadata; they
are put in that order here whatever order they come in.

The client is our own. pxwebpy 0.6 (MIT) was looked at: it drops the status symbols, refuses sparse
values, does not keep the raw answers, does not try again after 5xx and does not pass its timeout
on.
"""

from __future__ import annotations

import copy
import math
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from proba.errors import SourceError
from proba.sources._http_status import StatusError
from proba.sources._json import read_json, shown
from proba.sources._jsonstat_read import Cube, Dimension, parse_cube, parse_header
from proba.sources._pxweb_merge import changed_between, check_answer, merge_parts
from proba.sources.jsonstat import Dataset, make_dataset
from proba.sources.pxweb_select import (
    QueryPlan,
    Selection,
    TableMeta,
    resolve_selection,
    split_selection,
)
from proba.sources.request import Request

if TYPE_CHECKING:
    from proba.sources.fetching import Fetcher
    from proba.sources.store import Snapshot

__all__ = ["Dataset", "Dimension", "Limits", "PxWebClient", "QueryPlan", "TableMeta"]

_SSB = "https://data.ssb.no/api/pxwebapi/v2"
_LICENCE = "CC BY 4.0"
_TABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MAX_TOTAL = 5_000_000
_SSB_CELLS = 800_000

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the service allows.

    ``max_cells`` cells in one answer; ``calls`` calls in ``window`` seconds, both 0 where the
    service does not say in its configuration.
    """

    max_cells: int
    calls: int
    window: int


class PxWebClient:
    """Metadata and data of tables.

    Parameters
    ----------
    fetcher : Fetcher
        Where answers come from: the store, else the network.
    base_url : str or None
        None: the environment's ``PROBA_SSB_URL``, else SSB's address.
    lang : {"no", "en"}
        Language of labels and notes.
    source, licence : str
        As they are stored with every answer.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        base_url: str | None = None,
        lang: Literal["no", "en"] = "no",
        *,
        source: str = "ssb",
        licence: str = _LICENCE,
    ) -> None:
        self._fetcher = fetcher
        address = base_url or os.environ.get("PROBA_SSB_URL", "").strip() or _SSB
        self._base = address.rstrip("/")
        self._lang = lang
        self._source, self._licence = source, licence
        # Asked once: every query needs both, and they do not change within a run.
        self._limits: Limits | None = None
        self._tables: dict[str, TableMeta] = {}

    def limits(self) -> Limits:
        """Return the service's limits.

        Raises
        ------
        SourceError
            If the configuration cannot be had or does not say how many cells are allowed.
        """
        if self._limits is not None:
            return self._limits
        request = Request(self._source, f"{self._base}/config", licence=self._licence)
        try:
            limits = self._fetch(request, _limits, "PxWebApi /config", "PxWebApi /config")[1]
        except StatusError as error:
            if error.status != 404:
                raise
            # SSB's own limit; a lower one shows in its refusals, and the query is then halved.
            limits = Limits(_SSB_CELLS, 0, 0)
        if limits.calls > 0 and limits.window > 0:
            self._fetcher.pace(self._base, limits.calls, limits.window)
        self._limits = limits
        return limits

    def metadata(self, table: str, *, anew: bool = False) -> TableMeta:
        """Return a table's dimensions and codes.

        Parameters
        ----------
        table : str
        anew : bool
            Ask the service even where the answer is stored; without network the stored one is
            given.

        Raises
        ------
        SourceError
            If there is no such table, or the answer is not metadata.
        """
        if table in self._tables and not anew:
            return self._tables[table]
        request = Request(
            self._source,
            self._address(table, "metadata"),
            (("lang", self._lang),),
            licence=self._licence,
        )

        def read(content: bytes) -> TableMeta:
            header = parse_header(content)
            return TableMeta(table, header.label, header.updated, header.dimensions, header.source)

        named = (f"Table {table}, metadata", f"Tabell {table}, metadata")
        self._tables[table] = self._fetch(request, read, *named, anew=anew)[1]
        return self._tables[table]

    def plan(
        self,
        table: str,
        select: Mapping[str, Sequence[str]] | None = None,
        *,
        max_total: int = _MAX_TOTAL,
    ) -> QueryPlan:
        """Resolve a selection and divide it into queries the service will answer.

        Parameters
        ----------
        table : str
            Number of the table, as ``"07459"``.
        select : mapping or None
            As in :func:`proba.sources.pxweb_select.resolve_selection`.
        max_total : int
            Refuse a selection of more cells than this.

        Raises
        ------
        SourceError
            For an unknown table, dimension or code, and for a selection above ``max_total``.
        """
        return self._plan(self.metadata(table), select, max_total)

    def _plan(
        self, meta: TableMeta, select: Mapping[str, Sequence[str]] | None, max_total: int
    ) -> QueryPlan:
        asked = resolve_selection(meta, select)
        cells = math.prod(len(codes) for codes in asked.values())
        limit = self.limits().max_cells
        if cells > max_total:
            queries = -(-cells // limit)
            sizes = " × ".join(f"{shown(name)} {len(codes)}" for name, codes in asked.items())
            raise SourceError(
                f"Table {meta.table}: the selection is {cells} cells ({sizes}), at least {queries} "
                f"queries, more than the {max_total} allowed at once; narrow it with a selection "
                "of codes.",
                f"Tabell {meta.table}: utvalget er {cells} celler ({sizes}), minst {queries} "
                f"spørringer, mer enn de {max_total} som er tillatt på én gang; snevre det inn med "
                "et utvalg av koder.",
            )
        contents = [d.code for d in meta.dimensions if d.is_contents]
        return QueryPlan(meta.table, split_selection(asked, limit, contents), cells, asked)

    def data(
        self,
        table: str,
        select: Mapping[str, Sequence[str]] | None = None,
        *,
        progress: Callable[[int, int], None] | None = None,
        max_total: int = _MAX_TOTAL,
        anew: bool = False,
    ) -> Dataset:
        """Fetch a selection of a table, in as many queries as it takes.

        Parameters
        ----------
        table, select, max_total
            As in :meth:`plan`.
        progress : callable or None
            Called with (queries answered, queries in all) after each.
        anew : bool
            Ask the service even where the answers are stored; without network the stored ones
            are given.

        Returns
        -------
        Dataset
            In the order of the metadata; the same however many queries it took.

        Raises
        ------
        SourceError
            As :meth:`plan`; and if an answer is not what was asked for, or the table changed
            between two queries.
        """
        meta = self.metadata(table)
        plan = self._plan(meta, select, max_total)
        contents = [d.code for d in meta.dimensions if d.is_contents]

        def every(anew: bool) -> list[tuple[Snapshot, Cube]]:
            answers: list[tuple[Snapshot, Cube]] = []
            for done, selection in enumerate(plan.selections, start=1):
                answers += self._parts(table, selection, contents, anew=anew)
                if progress is not None:
                    progress(done, len(plan.selections))
            return answers

        answers = every(anew)
        if not anew and changed_between([cube for _, cube in answers]):
            # Some were stored before the source's last update: one more round, all of it anew.
            answers = every(True)
        cube = merge_parts(meta, plan.asked, [cube for _, cube in answers])
        return make_dataset(cube, tuple(snapshot.sha256 for snapshot, _ in answers))

    def _parts(
        self, table: str, selection: Selection, contents: Sequence[str], *, anew: bool
    ) -> list[tuple[Snapshot, Cube]]:
        """Fetch a selection, in halves where the service allows fewer cells than it says."""
        try:
            return [self._part(table, selection, anew=anew)]
        except StatusError as error:
            cells = math.prod(len(codes) for codes in selection.values())
            if cells < 2 or not _too_many(error):
                raise
            halves = split_selection(selection, cells // 2, contents)
        return [p for half in halves for p in self._parts(table, half, contents, anew=anew)]

    def _part(
        self, table: str, selection: Selection, *, anew: bool = False
    ) -> tuple[Snapshot, Cube]:
        request = Request.post(
            self._source,
            self._address(table, "data"),
            {
                "selection": [
                    {"variableCode": name, "valueCodes": list(codes)}
                    for name, codes in selection.items()
                ]
            },
            params=(("lang", self._lang), ("outputFormat", "json-stat2")),
            licence=self._licence,
        )

        def read(content: bytes) -> Cube:
            cube = parse_cube(content)
            check_answer(cube.header, selection)
            return cube

        return self._fetch(request, read, f"Table {table}", f"Tabell {table}", anew=anew)

    def _address(self, table: str, what: str) -> str:
        # The number becomes part of an address: nothing but a plain word will do.
        if not isinstance(table, str) or not _TABLE.fullmatch(table):
            raise SourceError(
                f"'{shown(table)}' is not a table number; SSB's have five digits, as '07459'.",
                f"«{shown(table)}» er ikke et tabellnummer; SSBs har fem sifre, som «07459».",
            )
        return f"{self._base}/tables/{table}/{what}"

    def _fetch(
        self, request: Request, read: Callable[[bytes], _T], en: str, nb: str, *, anew: bool = False
    ) -> tuple[Snapshot, _T]:
        """Fetch and read; the answer is read in full before it is accepted into the store."""
        seen: list[tuple[bytes, _T]] = []

        def check(content: bytes) -> None:
            seen[:] = [(content, read(content))]

        try:
            snapshot, content = self._fetcher.fetch(request, check, anew=anew)
            # What was read while it was checked need not be read once more.
            if seen and seen[0][0] == content:
                return snapshot, seen[0][1]
            return snapshot, read(content)
        except SourceError as error:
            # A copy, so that an error with a status keeps it.
            named = copy.copy(error)
            named.en, named.nb = f"{en}: {error.en}", f"{nb}: {error.nb}"
            named.args = (named.en,)
            raise named from error


def _too_many(error: StatusError) -> bool:
    # SSB answers 400 with these words; its older interface and its guide say 403.
    return error.status in (400, 403) and "too many cells" in error.en.casefold()


def _limits(content: bytes) -> Limits:
    config = read_json(content)
    config = config if isinstance(config, dict) else {}
    cells, calls, window = (
        config.get(key) for key in ("maxDataCells", "maxCallsPerTimeWindow", "timeWindow")
    )
    if type(cells) is not int or cells < 1:
        raise SourceError(
            "The answer does not say how many cells are allowed (maxDataCells).",
            "Svaret sier ikke hvor mange celler som er tillatt (maxDataCells).",
        )
    return Limits(cells, *(n if type(n) is int and n > 0 else 0 for n in (calls, window)))
