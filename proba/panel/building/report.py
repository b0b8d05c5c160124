"""What a build did: rows, what is missing and why, breaks crossed, answers used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from proba._numbers import format_number
from proba._table import TextTable
from proba.errors import Lang
from proba.panel.building.catalogue import Words
from proba.panel.building.plan import BuildPlan
from proba.panel.building.plan_text import plan_lines, spans
from proba.panel.building.statuses import reasons_text
from proba.sources.store import Snapshot

__all__ = ["BuildReport"]

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
        Columns ``variable``, ``reason``, ``years``, ``n``, ``kommuner``: how many values are
        missing and why, with the first few kommuner.
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
    fetched, from_store, files : int
        Answers had from the sources in this run, and from the store; files of the user's.
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
    files: int
    label: str | None

    def tables(self, lang: Lang = "nb", *, plan: bool = True) -> tuple[TextTable, ...]:
        """Return the report as tables: the columns, what is missing, the answers used.

        Parameters
        ----------
        lang : {"nb", "en"}
        plan : bool
            Repeat what the plan said would be lacking, and the breaks crossed.
        """
        nb = lang == "nb"
        years = spans(self.plan.years)
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
        tables = [
            TextTable(title, header, tuple(columns), self._lines(lang, plan), self.label, left=3)
        ]
        if len(self.missing):
            tables.append(self._missing_table(lang))
        if self.remarks:
            tables.append(self._remark_table(lang))
        tables.append(self._snapshot_table(lang))
        return tuple(tables)

    def to_text(self, lang: Lang = "nb", *, plan: bool = True) -> str:
        """Return the report as text; ``plan`` as in :meth:`tables`."""
        return "\n\n".join(table.to_text() for table in self.tables(lang, plan=plan)) + "\n"

    def __repr__(self) -> str:
        years = spans(self.plan.years)
        lost = int(self.missing["n"].sum())
        return (
            f"BuildReport({years}, borders {self.plan.borders}: {self.rows} rows, {lost} missing "
            f"values, {len(self.snapshots)} answers)"
        )

    def _repr_html_(self) -> str:
        return "".join(table.to_html() for table in self.tables())

    def __str__(self) -> str:
        return self.to_text()

    def _lines(self, lang: Lang, plan: bool) -> tuple[str, ...]:
        nb = lang == "nb"
        numbers = set(self.kommuner.values())
        count = ", ".join(f"{year}: {n}" for year, n in self.kommuner.items())
        if len(numbers) == 1:
            count = f"{numbers.pop()} {'hvert år' if nb else 'each year'}"
        lines = [f"Kommuner: {count}"]
        lines += plan_lines(self.plan, lang) if plan else []
        if self.merged:
            word = "Slått sammen" if nb else "Added up"
            shown = "; ".join(f"{to} ← {parts}" for to, parts in self.merged[:_SHOWN])
            more = len(self.merged) - _SHOWN
            rest = (
                f" … og {more} til (alle i .json)" if nb else f" … and {more} more (all in .json)"
            )
            tail = rest if more > 0 else ""
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
            word = "Publiserte tall med" if nb else "Published figures with"
            lines.append(f"{word} {reasons_text(code, lang)}: {_n(n, lang)}")
        lines += [note.text(lang) for note in self.notes]
        return tuple(lines)

    def _missing_table(self, lang: Lang) -> TextTable:
        nb = lang == "nb"
        rows = tuple(
            (variable, reasons_text(reason, lang), years, kommuner, _n(n, lang))
            for variable, reason, years, n, kommuner in self.missing.itertuples(index=False)
        )
        return TextTable(
            "Manglende verdier" if nb else "Missing values",
            ("kolonne", "grunn", "år", "kommuner", "antall")
            if nb
            else ("column", "reason", "years", "kommuner", "number"),
            rows,
            left=4,
        )

    @property
    def remarks(self) -> tuple[tuple[str, Words], ...]:
        """What must be known of the quantities and variables used, from the catalogue."""
        found = {(v.code, note): None for v in self.plan.variables for note in v.notes}
        found |= {
            (u.quantity.code, note): None for u in self.plan.uses for note in u.quantity.notes
        }
        return tuple(found)

    def _remark_table(self, lang: Lang) -> TextTable:
        rows = tuple((code, note.text(lang)) for code, note in self.remarks)
        nb = lang == "nb"
        header = ("gjelder", "merknad") if nb else ("concerns", "remark")
        return TextTable("Om tallene" if nb else "About the figures", header, rows, left=2)

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
        header = ("adresse", "først hentet (UTC)", "sist hentet", "svar")
        english = ("address", "first fetched (UTC)", "last fetched", "answers")
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
            "remarks": [{"concerns": code, "text": note.nb} for code, note in self.remarks],
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


def _minute(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M")


def _n(value: int, lang: Lang) -> str:
    return format_number(value, 0, lang)
