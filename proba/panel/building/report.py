"""What a build did: rows, what is missing and why, breaks crossed, answers used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from proba._numbers import format_number
from proba._table import TextTable
from proba.errors import Lang
from proba.kommuner import ChangeGraph
from proba.panel.building.assemble import Assembled
from proba.panel.building.catalogue import Words
from proba.panel.building.from_files import OTHER_BORDERS
from proba.panel.building.gather import EMPTY, NOT_IN_TABLE, Gathered
from proba.panel.building.held_back import held_back
from proba.panel.building.plan import BuildPlan
from proba.sources.fetching import FetchCounts
from proba.sources.store import Snapshot

__all__ = ["BuildReport", "build_report", "plan_lines", "plan_table"]

_STATUS = {
    ".": Words("mulig tall finnes ikke", "figure not possible"),
    "..": Words("tallgrunnlag mangler", "data lacking"),
    "...": Words("data ennå ikke tilgjengelig", "data not yet available"),
    ":": Words("vises ikke av konfidensialitetshensyn", "not shown, confidentiality"),
    "-": Words("null (kildens tegn; ikke gjort om til 0)", "nil (the source's sign; not made 0)"),
    "*": Words("prikket i kilden", "suppressed in the source"),
    OTHER_BORDERS: Words(
        "kilden forteller bare på ett års grenser, og kommunen er endret",
        "the source tells on one year's borders only, and the kommune has changed",
    ),
    EMPTY: Words("tom celle i kilden", "empty cell in the source"),
    NOT_IN_TABLE: Words("ingen rad i tabellen", "no row in the table"),
    "no-source": Words("ingen kilde for året", "no source for the year"),
    "zero-denominator": Words("nevneren er 0", "the denominator is 0"),
    "unknown-part": Words(
        "del av sammenslått kommune mangler", "part of a merged kommune is missing"
    ),
}
_OURS = frozenset(code for code in _STATUS if len(code) > 3)
_SHOWN = 12


@dataclass(frozen=True, slots=True, repr=False)
class BuildReport:
    """A build, told.

    Attributes
    ----------
    plan : BuildPlan
    rows : int
    kommuner : mapping of int to int
        Number of kommuner with a row, by year.
    missing : DataFrame
        Columns ``variable``, ``reason``, ``years``, ``n``: how many values are missing and why.
    status : mapping of str to int
        The sources' status codes and how many figures have them, before any borders are changed.
    merged : tuple of (str, str)
        Numbers on the chosen borders whose figures were added up from several kommuner, with
        their parts.
    held_back : tuple of Words
        Amounts that are in no kommune of the panel because another part of theirs is missing.
    splits : tuple of Words
        Divided kommuner and the weights used.
    approximate : tuple of str
    notes : tuple of Words
    updated : mapping of str to str
        When each table was last updated at its source.
    snapshots : tuple of Snapshot
    fetched, from_store : int
        Answers had from the sources in this run, and from the store.
    label : str or None
    """

    plan: BuildPlan
    rows: int
    kommuner: dict[int, int]
    missing: pd.DataFrame
    status: dict[str, int]
    merged: tuple[tuple[str, str], ...]
    held_back: tuple[Words, ...]
    splits: tuple[Words, ...]
    approximate: tuple[str, ...]
    notes: tuple[Words, ...]
    updated: dict[str, str]
    snapshots: tuple[Snapshot, ...]
    fetched: int
    from_store: int
    label: str | None

    def tables(self, lang: Lang = "nb") -> tuple[TextTable, ...]:
        """Return the report as tables: the columns, what is missing, the answers used."""
        nb = lang == "nb"
        years = _spans(self.plan.years)
        title = (
            f"Panel {years}, kommuner per {self.plan.borders}: {_n(self.rows, lang)} rader"
            if nb
            else f"Panel {years}, kommuner of {self.plan.borders}: {_n(self.rows, lang)} rows"
        )
        by_variable: dict[str, int] = {}
        for name, n in zip(self.missing["variable"], self.missing["n"], strict=True):
            by_variable[str(name)] = by_variable.get(str(name), 0) + int(n)
        columns = [
            (
                v.code,
                v.label.text(lang),
                ", ".join(
                    dict.fromkeys(
                        u.part.name
                        for q in v.recipe.quantities
                        for u in self.plan.uses
                        if u.quantity.code == q
                    )
                ),
                _n(self.rows - by_variable.get(v.code, 0), lang),
                _n(by_variable.get(v.code, 0), lang),
            )
            for v in self.plan.variables
        ]
        header = (
            ("kolonne", "innhold", "kilde", "verdier", "mangler")
            if nb
            else ("column", "content", "source", "values", "missing")
        )
        tables = [TextTable(title, header, tuple(columns), self._lines(lang), self.label, left=3)]
        if len(self.missing):
            tables.append(self._missing_table(lang))
        tables.append(self._snapshot_table(lang))
        return tuple(tables)

    def to_text(self, lang: Lang = "nb") -> str:
        """Return the whole report as text."""
        return "\n\n".join(table.to_text() for table in self.tables(lang)) + "\n"

    def __repr__(self) -> str:
        years = _spans(self.plan.years)
        lost = int(self.missing["n"].sum())
        return (
            f"BuildReport({years}, borders {self.plan.borders}: {self.rows} rows, {lost} missing "
            f"values, {len(self.snapshots)} answers)"
        )

    def _repr_html_(self) -> str:
        return "".join(table.to_html() for table in self.tables())

    def __str__(self) -> str:
        return self.to_text("en")

    def _lines(self, lang: Lang) -> tuple[str, ...]:
        nb = lang == "nb"
        count = ", ".join(f"{year}: {n}" for year, n in self.kommuner.items())
        lines = [f"{'Kommuner' if nb else 'Kommuner by year'}: {count}"]
        lines += plan_lines(self.plan, lang)
        if self.merged:
            word = "Slått sammen" if nb else "Added up"
            shown = "; ".join(f"{to} ← {parts}" for to, parts in self.merged[:_SHOWN])
            more = len(self.merged) - _SHOWN
            tail = f" … +{more}" if more > 0 else ""
            lines.append(f"{word} ({len(self.merged)}): {shown}{tail}")
        lines += [note.text(lang) for note in (*self.splits, *self.held_back)]
        if self.approximate:
            names = ", ".join(self.approximate)
            lines.append(
                f"Tilnærming for sammenslåtte kommuner (vektet, ikke regnet på nytt): {names}"
                if nb
                else f"Approximate for merged kommuner (weighted, not recomputed): {names}"
            )
        for code, n in self.status.items():
            lines.append(f"Status {_reasons(code, lang)}: {_n(n, lang)}")
        lines += [note.text(lang) for note in self.notes]
        return tuple(lines)

    def _missing_table(self, lang: Lang) -> TextTable:
        nb = lang == "nb"
        rows = tuple(
            (variable, _reasons(reason, lang), years, _n(n, lang))
            for variable, reason, years, n in self.missing.itertuples(index=False)
        )
        return TextTable(
            "Manglende verdier" if nb else "Missing values",
            ("kolonne", "grunn", "år", "antall") if nb else ("column", "reason", "years", "number"),
            rows,
            left=3,
        )

    def _snapshot_table(self, lang: Lang) -> TextTable:
        """Answers by address; every single one, with its SHA-256, is in :meth:`to_dict`."""
        nb = lang == "nb"
        by_url: dict[str, list[Snapshot]] = {}
        for snapshot in self.snapshots:
            by_url.setdefault(snapshot.url, []).append(snapshot)
        rows = tuple(
            (
                url,
                _minute(min(s.fetched_at for s in own)),
                _minute(max(s.fetched_at for s in own)),
                _n(len(own), lang),
            )
            for url, own in by_url.items()
        )
        count = len(self.snapshots)
        title = f"{count} svar brukt" if nb else f"{count} answers used"
        notes = tuple(
            f"{table}: {'sist oppdatert' if nb else 'last updated'} {when}"
            for table, when in self.updated.items()
        )
        header = ("adresse", "hentet fra (UTC)", "til", "svar")
        english = ("address", "fetched from (UTC)", "to", "answers")
        return TextTable(title, header if nb else english, rows, notes, left=3)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, for JSON."""
        return {
            "label": self.label,
            "years": list(self.plan.years),
            "borders": self.plan.borders,
            "rows": self.rows,
            "kommuner": {str(k): v for k, v in self.kommuner.items()},
            "variables": [v.code for v in self.plan.variables],
            "left_out": [v.code for v in self.plan.left_out],
            "sources": [
                {"quantity": u.quantity.code, "part": u.part.name, "years": list(u.years)}
                for u in self.plan.uses
            ],
            "gaps": [
                {"quantity": g.quantity.code, "years": list(g.years), "reason": g.words.nb}
                for g in self.plan.gaps
            ],
            "breaks": [
                {"quantity": c.quantity.code, "year": c.year, "text": c.words.nb}
                for c in self.plan.crossings
            ],
            "missing": self.missing.to_dict("records"),
            "status": dict(self.status),
            "merged": dict(self.merged),
            "held_back": [h.nb for h in self.held_back],
            "splits": [s.nb for s in self.splits],
            "approximate": list(self.approximate),
            "notes": [n.nb for n in self.notes],
            "updated": dict(self.updated),
            "snapshots": [
                {
                    "source": s.source,
                    "url": s.url,
                    "query": s.query,
                    "fetched_at": s.fetched_at.isoformat(),
                    "sha256": s.sha256,
                    "licence": s.licence,
                    "key": s.key,
                }
                for s in self.snapshots
            ],
        }


def _reasons(reasons: str, lang: Lang) -> str:
    """Return reasons in words: status codes with their meaning."""
    shown = []
    for code in reasons.split(" "):
        words = _STATUS.get(code)
        meaning = words.text(lang) if words else ""
        own = code not in _OURS  # a sign of the source is shown as well as told
        shown.append(f"«{code}» {meaning}".rstrip() if own else meaning)
    return "; ".join(shown)


def plan_table(plan: BuildPlan, lang: Lang = "nb") -> TextTable:
    """Return what a plan would fetch, with what it lacks and the breaks it crosses below."""
    nb = lang == "nb"
    rows = tuple(
        (use.quantity.code, use.quantity.label.text(lang), use.part.name, _spans(use.years))
        for use in plan.uses
    )
    header = ("størrelse", "innhold", "tabell eller fil", "år")
    english = ("quantity", "content", "table or file", "years")
    years = _spans(plan.years)
    title = (
        f"Plan for {years}, kommuner per {plan.borders}"
        if nb
        else f"Plan for {years}, kommuner of {plan.borders}"
    )
    columns = ", ".join(v.code for v in plan.variables)
    notes = [f"{'Kolonner' if nb else 'Columns'}: {columns}"]
    if plan.left_out:
        left = ", ".join(v.code for v in plan.left_out)
        notes.append(f"{'Kan ikke bygges' if nb else 'Cannot be built'}: {left}")
    return TextTable(
        title, header if nb else english, rows, (*notes, *plan_lines(plan, lang)), left=4
    )


def plan_lines(plan: BuildPlan, lang: Lang = "nb") -> list[str]:
    """Return what a plan lacks and which breaks it crosses, one line each."""
    nb = lang == "nb"
    lines = []
    for gap in plan.gaps:
        word = "Mangler" if nb else "Lacking"
        lines.append(f"{word}: {gap.quantity.code} {_spans(gap.years)}: {gap.words.text(lang)}")
    for crossing in plan.crossings:
        word = "Brudd" if nb else "Break"
        lines.append(
            f"{word} {crossing.year}: {crossing.quantity.code}: {crossing.words.text(lang)}"
        )
    for use in plan.uses:
        if use.part.fixed_year is not None:
            word, what = ("brukt for", "Tall for") if nb else ("used for", "Figures of")
            years = _spans(use.years)
            lines.append(f"{what} {use.part.fixed_year} {word} {years}: {use.quantity.code}")
    unseen = sorted({u.part.name for u in plan.uses if not u.part.seen})
    if unseen:
        lines.append(
            f"Kodene er tatt fra dokumentasjon og ikke prøvd mot kilden selv: {', '.join(unseen)}"
            if nb
            else f"Codes taken from documentation, not tried on the source: {', '.join(unseen)}"
        )
    return lines


def build_report(
    plan: BuildPlan,
    gathered: Gathered,
    assembled: Assembled,
    graph: ChangeGraph,
    snapshots: tuple[Snapshot, ...],
    counts: FetchCounts,
    label: str | None,
) -> BuildReport:
    """Collect what a build did."""
    frame = assembled.frame
    by_year = frame.groupby("aar")["kommune"].nunique()
    codes = gathered.figures["status"].dropna().str.split(" ").explode().value_counts()
    seen = {str(code): int(n) for code, n in codes.items()}
    return BuildReport(
        plan,
        len(frame),
        {int(str(year)): int(n) for year, n in by_year.items()},
        _summed_up(assembled.missing),
        seen,
        _merged(frame, plan, graph),
        held_back(assembled.borders),
        tuple(Words(use.text("nb"), use.text("en")) for use in assembled.borders.splits),
        assembled.approximate,
        (*(Words(nb, en) for en, nb in gathered.notes), *_moved(assembled)),
        dict(gathered.updated),
        snapshots,
        counts.fetched,
        counts.from_store,
        label,
    )


def _merged(
    frame: pd.DataFrame, plan: BuildPlan, graph: ChangeGraph
) -> tuple[tuple[str, str], ...]:
    """Kommuner on the borders that are made of several in some year of the panel."""
    out: dict[str, str] = {}
    for kommune in sorted(set(frame["kommune"])):
        area = graph.areas[plan.borders][kommune]
        for year in plan.years:
            parts = sorted(n for n, held in graph.areas[year].items() if held & area)
            if len(parts) > 1:
                names = ", ".join(f"{n} {graph.name(n, year)}" for n in parts)
                out.setdefault(f"{kommune} {graph.name(kommune, plan.borders)}", names)
    return tuple(out.items())


def _moved(assembled: Assembled) -> tuple[Words, ...]:
    """Pieces that changed kommune and that no amounts follow."""
    moves = assembled.borders.border_moves
    if not moves:
        return ()
    pairs = ", ".join(dict.fromkeys(f"{m.source} → {m.target}" for m in moves))
    return (
        Words(
            f"Grensejusteringer innenfor perioden som det ikke er korrigert for: {pairs}",
            f"Border adjustments within the period that are not corrected for: {pairs}",
        ),
    )


def _summed_up(missing: pd.DataFrame) -> pd.DataFrame:
    """One row a variable and reason; a value with two reasons counts under both together."""
    if missing.empty:
        return pd.DataFrame(columns=["variable", "reason", "years", "n"])
    one = missing.groupby(["variable", "kommune", "aar"], sort=False)["reason"].agg(
        lambda r: " ".join(sorted({code for x in r for code in _codes(x)}))
    )
    flat = one.reset_index()
    out = flat.groupby(["variable", "reason"], sort=False)["aar"].agg(
        years=lambda y: _spans(tuple(sorted(set(y)))), n="size"
    )
    return out.reset_index()


def _codes(reason: str) -> list[str]:
    """Leave out which part of a merged kommune it was: the figures say that."""
    return re.split("[ ,]+", re.sub(r" \(\d{4}\)", "", reason))


def _spans(years: tuple[int, ...]) -> str:
    """Return ``2012-2014, 2016`` with en dashes."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    dash = "\N{EN DASH}"
    return ", ".join(f"{r[0]}{dash}{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs)


def _minute(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M")


def _n(value: int, lang: Lang) -> str:
    return format_number(value, 0, lang)
