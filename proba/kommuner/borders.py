"""Putting a kommune-year table on the borders of one year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from proba.errors import KommuneError, Lang
from proba.kommuner._frames import checked_frame
from proba.kommuner.changes import Change
from proba.kommuner.graph import ChangeGraph, Target, shipped_graph
from proba.kommuner.weights import SplitWeights
from proba.kommuner.words import border_moves

__all__ = ["BordersResult", "SplitUse", "to_borders"]

# (number, name, its shares) -> the years of the rows divided so.
_Divided = dict[tuple[str, str, tuple[tuple[str, float], ...]], list[int]]


@dataclass(frozen=True, slots=True)
class SplitUse:
    """A kommune whose amounts were divided, and by what.

    Attributes
    ----------
    kommune, name : str
    years : tuple of int
        The rows it was done in.
    shares : tuple of (str, float)
        To which kommune and how much.
    basis_en, basis_nb : str
        What the shares rest on.
    approximate : bool
    """

    kommune: str
    name: str
    years: tuple[int, ...]
    shares: tuple[tuple[str, float], ...]
    basis_en: str
    basis_nb: str
    approximate: bool

    def text(self, lang: Lang = "nb") -> str:
        """Return it as a sentence, shares with four decimals."""
        years = ", ".join(map(str, self.years))
        shares = ", ".join(f"{k} {share:.4f}" for k, share in self.shares)
        if lang == "nb":
            shares = shares.replace(".", ",").replace(", ", "; ")
            return f"{self.kommune} {self.name} ({years}) delt: {shares} – {self.basis_nb}."
        return f"{self.kommune} {self.name} ({years}) divided: {shares} – {self.basis_en}."


@dataclass(frozen=True, slots=True, eq=False)
class BordersResult:
    """A table on one year's borders, and what it took.

    Attributes
    ----------
    borders : int
    frame : DataFrame
        Kommune, year and the sums (float64); one row for each kommune any part of which was in
        the table that year. Missing where any part is missing: never a partial sum.
    parts : DataFrame
        Same rows: how many kommuner of the row's year the kommune consists of (``parts``), how
        many of them were in the table (``present``), and the numbers of the rest (``absent``).
    incomplete : DataFrame
        One row per kommune, year and ``column`` that is missing: the numbers of the parts
        without a value (``missing``) and whether one of them lacked its row (``no_row``).
    totals : DataFrame
        Per year and ``column``: the total ``before``, ``after``, and ``held_back``, the amounts
        whose kommune is missing for want of another part; ``absolute`` is the total of the
        amounts without their signs.
    splits : tuple of SplitUse
        The kommuner divided by weights.
    border_moves : tuple of Change
        Pieces that changed kommune between the years of the table and the borders, for which
        nothing was adjusted.
    """

    borders: int
    frame: pd.DataFrame
    parts: pd.DataFrame
    incomplete: pd.DataFrame
    totals: pd.DataFrame
    splits: tuple[SplitUse, ...]
    border_moves: tuple[Change, ...]

    def check(self, rtol: float = 1e-9) -> None:
        """Prove that nothing was lost: ``before = after + held_back`` for each column and year.

        Parameters
        ----------
        rtol : float
            Of the sum of the absolute amounts.

        Raises
        ------
        KommuneError
            Naming the column and year.
        """
        rows = self.totals
        gaps = rows["before"] - rows["after"] - rows["held_back"]
        lost = rows[~(gaps.abs() <= rtol * rows["absolute"].clip(lower=1.0))]
        for year, name, gap in zip(lost.iloc[:, 0], lost["column"], gaps[lost.index], strict=True):
            raise KommuneError(
                f"'{name}' in {year}: the total changed by {gap:g} on the borders of "
                f"{self.borders}.",
                f"«{name}» i {year}: summen endret seg med {gap:g} på grensene fra {self.borders}.",
            )


def to_borders(
    frame: pd.DataFrame,
    *,
    borders: int,
    sums: Sequence[str],
    weights: SplitWeights | None = None,
    graph: ChangeGraph | None = None,
    on: int | None = None,
    kommune: str = "kommune",
    time: str = "aar",
) -> BordersResult:
    """Add a kommune-year table up to the kommuner of one year.

    Parameters
    ----------
    frame : DataFrame
        One row per kommune and year, each number valid in its own row's year (or in ``on``).
    borders : int
        The year whose kommuner the result is on.
    sums : sequence of str
        Columns of amounts or counts that may be added. No other column is returned: shares and
        rates must be computed anew from the sums.
    weights : SplitWeights, optional
        Needed for kommuner divided between several on these borders.
    graph : ChangeGraph, optional
        By default the shipped one, 2012 to 2024.
    on : int, optional
        The year whose kommuner every row is already on, as in a table published on later
        borders or one that comes from here. By default each row's own year.
    kommune, time : str
        Key columns: text of four digits, and whole years.

    Returns
    -------
    BordersResult

    Raises
    ------
    KommuneError
        If a number is not valid in its row's year, the rows are not one per kommune and year, a
        column cannot be added, or a kommune is divided and has no weights.
    """
    used = shipped_graph() if graph is None else graph
    used.valid(borders)
    if not sums or isinstance(sums, str):
        raise KommuneError(
            "No columns to add up: give sums=[...].",
            "Ingen kolonner å summere: oppgi sums=[...].",
        )
    data = checked_frame(frame, used, list(sums), kommune=kommune, time=time, on=on)
    data = data.rename(columns={kommune: "_source", time: "_year"})
    links, splits = _links(data, used, borders, weights, on)
    joined = links.merge(data, on=["_year", "_source"], how="left", validate="m:1")
    keys = ["_target", "_year"]
    touched = joined.groupby(keys)["_present"].transform("any")
    joined = joined[touched].sort_values([*keys, "_source"], ignore_index=True)
    named = {"_target": kommune, "_year": time}
    values = joined[keys].drop_duplicates(ignore_index=True)
    incomplete, totals = [], []
    for name in sums:
        value, lacking, total = _added(joined, data, name)
        values[name] = value
        incomplete.append(lacking)
        totals.append(total)
    years = [on] if on is not None else [int(y) for y in data["_year"].unique()]
    moves = {c for year in years for c in border_moves(used, year, borders)}
    return BordersResult(
        borders,
        values.rename(columns=named),
        _parts(joined).rename(columns=named),
        pd.concat(incomplete, ignore_index=True).rename(columns=named),
        pd.concat(totals, ignore_index=True).rename(columns=named),
        splits,
        tuple(sorted(moves, key=lambda c: (c.date, c.target, c.source))),
    )


def _links(
    data: pd.DataFrame,
    graph: ChangeGraph,
    borders: int,
    weights: SplitWeights | None,
    on: int | None,
) -> tuple[pd.DataFrame, tuple[SplitUse, ...]]:
    """Return which kommune of which year goes where and how much, and the splits among them."""
    rows: list[tuple[int, str, str, float, bool]] = []
    divided: _Divided = {}
    lacking: dict[str, KommuneError] = {}  # told all at once, not one a run
    for year in sorted(int(y) for y in data["_year"].unique()):
        present = set(data.loc[data["_year"] == year, "_source"])
        at = year if on is None else on
        for source in graph.valid(at):
            there = source in present
            targets = graph.targets(source, at, borders)
            # Only what is in the table needs shares; the rest only makes its targets incomplete.
            shares: tuple[float, ...] = (np.nan,) * len(targets)
            try:
                shares = _shares(source, at, targets, weights, graph, borders) if there else shares
            except KommuneError as error:
                lines = "; ".join(f"{source},{target.kommune},…" for target in targets)
                lacking.setdefault(f"{source} {graph.name(source, at)} ({lines})", error)
            if there and len(targets) > 1:
                pairs = tuple(zip((t.kommune for t in targets), shares, strict=True))
                name = graph.name(source, at)
                divided.setdefault((source, name, pairs), []).append(year)
            rows += [
                (year, source, target.kommune, share, there)
                for target, share in zip(targets, shares, strict=True)
            ]
    if lacking:
        first, *others = lacking
        told = lacking[first]
        raise KommuneError(
            told.en + (f" The same for {', '.join(others)}." if others else ""),
            told.nb + (f" Det samme gjelder {', '.join(others)}." if others else ""),
        )
    links = pd.DataFrame(rows, columns=["_year", "_source", "_target", "_weight", "_present"])
    return links.astype({"_year": "int64"}), tuple(_uses(divided, weights))


def _uses(divided: _Divided, weights: SplitWeights | None) -> Iterator[SplitUse]:
    for (source, name, pairs), years in sorted(divided.items()):
        if weights is not None:
            yield SplitUse(
                source,
                name,
                tuple(years),
                pairs,
                weights.basis_en,
                weights.basis_nb,
                weights.approximate,
            )


def _shares(
    source: str,
    year: int,
    targets: Sequence[Target],
    weights: SplitWeights | None,
    graph: ChangeGraph,
    borders: int,
) -> tuple[float, ...]:
    if len(targets) == 1:
        return (1.0,)
    shares = weights.of(source, [t.kommune for t in targets]) if weights is not None else None
    if shares is None:
        name = graph.name(source, year)
        to = ", ".join(f"{t.kommune} {t.name}" for t in targets)
        lines = "; ".join(f"{source},{t.kommune},…" for t in targets)
        why_en, why_nb = weights.left_out.get(source, ("", "")) if weights else ("", "")
        raise KommuneError(
            f"{source} {name} in {year} is divided between {to} on the borders of {borders}"
            + (f"; the weights have no shares for it because {why_en}" if why_en else "")
            + ". Give the shares in a file with the header fra,til,andel (--split-weights FILE, "
            f"SplitWeights.from_csv) and the lines {lines}.",
            f"{source} {name} i {year} er delt mellom {to} på grensene fra {borders}"
            + (f"; vektene har ingen andeler for den fordi {why_nb}" if why_nb else "")
            + ". Oppgi andelene i en fil med overskriften fra,til,andel (--split-weights FIL, "
            f"SplitWeights.from_csv) og linjene {lines}.",
        )
    return shares


def _added(
    joined: pd.DataFrame, data: pd.DataFrame, name: str
) -> tuple[np.ndarray, pd.DataFrame, pd.DataFrame]:
    """Return the sums, the incomplete ones' parts, and the totals of one column."""
    keys = ["_target", "_year"]
    work = joined[[*keys, "_source", "_present"]].copy()
    work["amount"] = joined[name] * joined["_weight"]
    work["lacks"] = work["amount"].isna()
    groups = work.groupby(keys, sort=True)
    lacking = groups["lacks"].any()
    value = groups["amount"].sum().mask(lacking)
    without = work[work["lacks"]].groupby(keys, sort=True)
    report = without["_source"].agg(" ".join).rename("missing").reset_index()
    report.insert(2, "column", name)
    report["no_row"] = (~without["_present"].all()).to_numpy()
    work["held"] = groups["lacks"].transform("any")
    held = work[work["held"]].groupby("_year")["amount"].sum()
    before = data.groupby("_year")[name].sum()
    total = pd.DataFrame(
        {
            "_year": before.index,
            "column": name,
            "before": before.to_numpy(),
            "after": value.groupby("_year").sum().reindex(before.index).to_numpy(),
            "held_back": held.reindex(before.index, fill_value=0.0).to_numpy(),
            "absolute": data[name].abs().groupby(data["_year"]).sum().to_numpy(),
        }
    )
    return value.to_numpy(), report, total


def _parts(joined: pd.DataFrame) -> pd.DataFrame:
    keys = ["_target", "_year"]
    groups = joined.groupby(keys, sort=True)
    out = groups["_present"].agg(parts="size", present="sum").reset_index()
    absent = joined[~joined["_present"]].groupby(keys)["_source"].agg(" ".join)
    index = pd.MultiIndex.from_frame(out[keys])
    out["absent"] = absent.reindex(index, fill_value="").to_numpy()
    return out
