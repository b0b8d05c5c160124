"""Shares for dividing the amounts of a kommune between the kommuner it lies in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from proba._numbers import plain_number
from proba._table import printable
from proba.errors import KommuneError, Lang
from proba.kommuner._files import read_cells
from proba.kommuner._frames import checked_frame
from proba.kommuner.graph import ChangeGraph, shipped_graph

__all__ = ["TOLERANCE", "SplitWeights", "weights_from_counts"]

# How far the shares of one kommune may be from 1 together; they are then scaled to 1 exactly.
TOLERANCE = 1e-6


def _is_share(value: object) -> bool:
    return isinstance(value, Real) and 0.0 <= float(value) <= 1.0


@dataclass(frozen=True, slots=True)
class SplitWeights:
    """Shares of kommuner that are divided on one year's borders.

    Attributes
    ----------
    shares : mapping of (str, str) to float
        ``(from kommune, to kommune)`` to the share of the first one's amounts that goes to the
        second. Each in [0, 1]; those of one from-kommune sum to 1 within 1e-6 and are scaled to
        1 exactly.
    basis_en, basis_nb : str
        What the shares rest on, for the notes.
    approximate : bool
        Whether they stand in for something else, as inhabitants for an amount.
    left_out : mapping of str to (str, str)
        From-kommuner no shares could be made for, and why (en, nb).

    Raises
    ------
    KommuneError
        If a share is not a number in [0, 1] or those of a kommune do not sum to 1.

    Notes
    -----
    Shares belong to one borders year: the kommuner a from-kommune is divided between must be
    exactly those it has shares for. They hold for every year its number is valid and it is
    divided so; a kommune whose number went on with other borders (as 1103 Stavanger in 2020) is
    divided only in the years its area reaches into several. For shares that differ between
    years, put one year on the borders at a time.
    """

    shares: Mapping[tuple[str, str], float]
    basis_en: str = "shares given"
    basis_nb: str = "oppgitte andeler"
    approximate: bool = True
    left_out: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        totals: dict[str, float] = {}
        for (source, target), share in self.shares.items():
            if not _is_share(share):
                shown = printable(str(share))[:40]
                raise KommuneError(
                    f"The share of {source} that goes to {target} is {shown}; it must be a "
                    "number from 0 to 1.",
                    f"Andelen av {source} som går til {target}, er {shown}; den må være et tall "
                    "fra 0 til 1.",
                )
            totals[source] = totals.get(source, 0.0) + share
        for source, total in totals.items():
            if abs(total - 1.0) > TOLERANCE:
                to = ", ".join(t for s, t in self.shares if s == source)
                en, nb = plain_number(total, "en"), plain_number(total)
                raise KommuneError(
                    f"The shares of {source} to {to} sum to {en}, not 1; shares for other "
                    "borders belong in weights of their own.",
                    f"Andelene av {source} til {to} summerer til {nb}, ikke 1; andeler for "
                    "andre grenser hører hjemme i egne vekter.",
                )
        scaled = {key: share / totals[key[0]] for key, share in self.shares.items()}
        object.__setattr__(self, "shares", MappingProxyType(scaled))
        object.__setattr__(self, "left_out", MappingProxyType(dict(self.left_out)))

    @classmethod
    def from_csv(cls, path: str | Path) -> SplitWeights:
        """Read shares from a file ``fra,til,andel``.

        Parameters
        ----------
        path : path-like
            UTF-8. Separated by commas with decimal points, or by semicolons with decimal commas
            or points.

        Raises
        ------
        KommuneError
            If the file cannot be read, a pair stands twice, or the shares break a rule.
        """
        file = Path(path)
        shares: dict[tuple[str, str], float] = {}
        for line, row in read_cells(file, ("fra", "til", "andel")):
            pair = (printable(row["fra"]), printable(row["til"]))
            try:
                share = float(row["andel"].replace(",", "."))
            except ValueError:
                shown = printable(row["andel"])[:40]
                raise KommuneError(
                    f"{file.name}, line {line}: the share '{shown}' is not a number.",
                    f"{file.name}, linje {line}: andelen «{shown}» er ikke et tall.",
                ) from None
            if pair in shares:
                raise KommuneError(
                    f"{file.name}, line {line}: {pair[0]} to {pair[1]} stands twice.",
                    f"{file.name}, linje {line}: {pair[0]} til {pair[1]} står to ganger.",
                )
            shares[pair] = share
        return cls(shares, f"shares from {file.name}", f"andeler fra {file.name}")

    def of(self, kommune: str, targets: Sequence[str]) -> tuple[float, ...] | None:
        """Return the shares of a kommune in the order of ``targets``, or None if it has none.

        Raises
        ------
        KommuneError
            If its shares are for other kommuner than ``targets``.
        """
        has = {target for source, target in self.shares if source == kommune}
        if not has:
            return None
        if has != set(targets):
            raise KommuneError(
                f"The shares of {kommune} are for {', '.join(sorted(has))}, but on these borders "
                f"it is divided between {', '.join(targets)}.",
                f"Andelene av {kommune} gjelder {', '.join(sorted(has))}, men på disse grensene "
                f"er den delt mellom {', '.join(targets)}.",
            )
        return tuple(self.shares[kommune, target] for target in targets)

    def basis(self, lang: Lang = "nb") -> str:
        """Return what the shares rest on."""
        return self.basis_nb if lang == "nb" else self.basis_en


def weights_from_counts(
    counts: pd.DataFrame,
    column: str,
    *,
    year: int,
    borders: int,
    graph: ChangeGraph | None = None,
    kommune: str = "kommune",
    time: str = "aar",
) -> SplitWeights:
    """Make shares from a count in a year when the parts were kommuner of their own.

    Parameters
    ----------
    counts : DataFrame
        One row per kommune and year; only those of ``year`` are used.
    column : str
        The count, e.g. inhabitants. Not negative.
    year : int
        The year of the counts.
    borders : int
        The borders the shares are for.
    graph : ChangeGraph, optional
        By default the shipped one.
    kommune, time : str
        Key columns.

    Returns
    -------
    SplitWeights
        Marked approximate. Kommuner whose parts were not kommuner of their own in ``year``, or
        that lack a count, are in ``left_out``.

    Raises
    ------
    KommuneError
        If the frame is not one row per kommune and year, has none for ``year``, a number is not
        valid, or a count is negative.

    Examples
    --------
    Sandefjord 2017 to 2019 on the borders of 2016 by the inhabitants of 2016::

        weights_from_counts(population, "innbyggere", year=2016, borders=2016)
    """
    used = shipped_graph() if graph is None else graph
    frame = checked_frame(counts, used, [column], kommune=kommune, time=time)
    rows = frame[frame[time] == year]
    if rows.empty:
        raise KommuneError(
            f"No row of the counts is for {year}.", f"Ingen rad i tellingene gjelder {year}."
        )
    known = {str(k): float(v) for k, v in zip(rows[kommune], rows[column], strict=True)}
    negative = [k for k, v in known.items() if v < 0]
    if negative:
        raise KommuneError(
            f"'{column}' is negative for {negative[0]} in {year}; counts cannot be.",
            f"«{column}» er negativ for {negative[0]} i {year}; tellinger kan ikke være det.",
        )
    shares: dict[tuple[str, str], float] = {}
    left_out: dict[str, tuple[str, str]] = {}
    for source, areas in _divided(used, borders).items():
        parts = _counted(used, source, areas, borders, year, known)
        if isinstance(parts, dict):
            shares.update({(source, target): share for target, share in parts.items()})
        else:
            left_out[source] = parts
    return SplitWeights(
        shares,
        f"shares of '{column}' in {year} (an approximation)",
        f"andeler av «{column}» i {year} (en tilnærming)",
        True,
        left_out,
    )


def _divided(graph: ChangeGraph, borders: int) -> dict[str, set[frozenset[str]]]:
    """Return the numbers that some year are divided on ``borders``, with the areas they had."""
    found: dict[str, set[frozenset[str]]] = {}
    for year, names in graph.names.items():
        for number in names:
            if len(graph.targets(number, year, borders)) > 1:
                found.setdefault(number, set()).add(graph.areas[year][number])
    return found


def _counted(
    graph: ChangeGraph,
    source: str,
    areas: set[frozenset[str]],
    borders: int,
    year: int,
    known: Mapping[str, float],
) -> dict[str, float] | tuple[str, str]:
    if len(areas) > 1:
        return (
            "its area changed while it had the number",
            "området endret seg mens den hadde nummeret",
        )
    (area,) = areas
    sums: dict[str, float] = {}
    for target in sorted({graph.owners[borders][a] for a in area}):
        part = graph.areas[borders][target] & area
        within = sorted({graph.owners[year][a] for a in part})
        if any(graph.areas[year][n] - part for n in within):
            return (
                f"its part in {target} was no kommune of its own in {year}",
                f"delen som ligger i {target}, ikke var en egen kommune i {year}",
            )
        missing = [n for n in within if math.isnan(known.get(n, math.nan))]
        if missing:
            return (
                f"there is no count for {missing[0]} in {year}",
                f"det mangler telling for {missing[0]} i {year}",
            )
        sums[target] = math.fsum(known[n] for n in within)
    total = math.fsum(sums.values())
    if total == 0:
        return (f"the counts of its parts are 0 in {year}", f"tellingene er 0 i {year}")
    return {target: value / total for target, value in sums.items()}
