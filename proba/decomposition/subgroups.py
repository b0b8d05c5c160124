"""Growth by subgroup: how much is volume, how much composition, how much within the groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from proba._numbers import format_number
from proba._table import TextTable
from proba.decomposition.frames import count_base
from proba.decomposition.identity import Identity, product_identity
from proba.decomposition.names import ALL, UNIT
from proba.decomposition.results import Decomposition
from proba.decomposition.splitting import decompose
from proba.decomposition.tables import (
    Place,
    cell_numbers,
    check_filled,
    check_span,
    flat_table,
    years_of,
)
from proba.decomposition.words import factor_label, method_words
from proba.errors import DecompositionError, Lang
from proba.panel import LABEL_COLUMN, Panel

__all__ = ["COMPOSITION", "SubgroupDecomposition", "decompose_subgroups"]

COMPOSITION = "sammensetning"
"""Name of the factor that is each group's share of the count."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SubgroupDecomposition:
    """Growth split in volume, composition and change within groups.

    Attributes
    ----------
    units : Decomposition
        One line a unit (kommune, or the total): the contributions summed over groups. The
        factors are the count in all, ``sammensetning`` (between groups) and the other factors of
        the identity (within groups).
    groups : Decomposition
        One line a unit and group, named ``unit, group`` (only the group where there is one
        total).
    group : str
        Column of the groups.
    count : str
        The factor that counts, e.g. ``mottakere``.
    group_of, unit_of : Series
        Group and unit of each line of ``groups``.

    Notes
    -----
    A group's own composition term is its change of share times its level; only their sum over
    groups, the change of the mix, has a meaning that does not depend on how levels are measured.
    """

    units: Decomposition
    groups: Decomposition
    group: str
    count: str
    group_of: pd.Series = field(repr=False)
    unit_of: pd.Series = field(repr=False)

    @property
    def volume(self) -> pd.Series:
        """Contribution of the count in all; shape (U,)."""
        return self.units.contributions.iloc[:, 0].rename("volume")

    @property
    def between(self) -> pd.Series:
        """Contribution of the composition; shape (U,)."""
        return self.units.contributions[COMPOSITION].rename("between")

    @property
    def within(self) -> pd.Series:
        """Contribution of the other factors, within groups; shape (U,)."""
        return self.units.contributions.iloc[:, 2:].sum(axis=1).rename("within")

    def by_group(self) -> pd.DataFrame:
        """Return the groups' contributions.

        Returns
        -------
        DataFrame
            Indexed by (unit, group): the factors, ``rest``, ``change`` and ``share`` (fraction of
            the unit's change). ``share`` is "contribution to growth" as in Proba-rapport 2017-08,
            Tabell 3-1.
        """
        rows = self.groups.contributions.assign(rest=self.groups.residual)
        rows["change"] = self.groups.total_change
        of = self.unit_of.reindex(rows.index).to_numpy()
        total = self.units.total_change.reindex(of).to_numpy()
        rows["share"] = rows["change"].to_numpy() / np.where(total != 0, total, np.nan)
        rows.index = pd.MultiIndex.from_arrays(
            [of, self.group_of.reindex(rows.index).to_numpy()], names=["unit", self.group]
        )
        return rows

    def to_table(self, lang: Lang = "nb", unit: str | None = None) -> TextTable:
        """Return one unit's groups as a table, with the sums below.

        Raises
        ------
        DecompositionError
            If there are several units and none is named, or it is not there.
        """
        which = unit if unit is not None else str(self.units.units[0])
        if which not in self.units.units or (unit is None and len(self.units.units) > 1):
            raise DecompositionError(
                f"name one of the {len(self.units.units)} units, not {unit!r}.",
                f"oppgi én av de {len(self.units.units)} enhetene, ikke {unit!r}.",
            )
        nb = lang == "nb"
        result = self.units
        rows = self.by_group().loc[which]
        sums = result.contributions.loc[[which]].to_dict("records")[0]
        totals = result.total_change.to_dict()
        terms = list(result.factors)
        places = 0 if rows["change"].abs().max() >= 1000 else 2
        body = []
        for name, row in rows.iterrows():
            values = row.astype("float64").to_dict()
            cells = [format_number(values[t], places, lang) for t in terms]
            change = format_number(values["change"], places, lang)
            share = format_number(100 * values["share"], 1, lang)
            body.append((str(name), *cells, change, share))
        change = format_number(totals[which], places, lang)
        cells = [format_number(sums[t], places, lang) for t in terms]
        body.append(("I alt" if nb else "Total", *cells, change, format_number(100.0, 1, lang)))
        of = "" if which == ALL else f"{which}: "
        name = factor_label(result.identity.name, lang)
        method = method_words(result.method, lang)
        notes = [
            "Sammensetningen må leses samlet: en gruppes eget ledd avhenger av gruppens nivå."
            if nb
            else "Composition must be read as a sum: a group's own term depends on its level."
        ]
        rest = float(result.residual.to_dict()[which])
        if abs(rest) > 1e-12 * np.abs(result.values).max():
            shown = format_number(rest, places, lang)
            notes.append(f"{'Rest/samspill' if nb else 'Residual/interaction'}: {shown}.")
        return TextTable(
            f"{of}{name}, {'endring' if nb else 'change'} {result.start}–{result.end} "
            f"{'etter' if nb else 'by'} {factor_label(self.group, lang).lower()} ({method})",
            (
                factor_label(self.group, lang),
                *(factor_label(t, lang) for t in terms),
                "Endring" if nb else "Change",
                "Bidrag %" if nb else "Share %",
            ),
            tuple(body),
            (*notes, *(result.notes_nb if nb else result.notes_en)),
            result.label_text(lang),
        )

    def __repr__(self) -> str:
        return self.to_table("nb").to_text() if len(self.units.units) == 1 else repr(self.units)

    def _repr_html_(self) -> str:
        one = len(self.units.units) == 1
        return self.to_table("nb").to_html() if one else self.units._repr_html_()


def decompose_subgroups(
    data: Panel | pd.DataFrame,
    identity: Identity | str,
    *,
    group: str,
    count: str,
    start: int,
    end: int,
    method: str = "lmdi",
    by: str | None = None,
    chained: bool = False,
    order: Sequence[str] | None = None,
) -> SubgroupDecomposition:
    """Split growth by subgroup, with parts between and within groups.

    Parameters
    ----------
    data : Panel or DataFrame
        A long table with ``aar``, ``kommune`` where there are several, the column ``group`` and
        the identity's columns for each group. A group without a row in a year counts nobody
        that year; its other factors are then taken from the nearest year that has them, so that
        all of its change is volume and composition.
    identity : Identity or str
        E.g. ``"utbetalt = mottakere * varighet * stonad_per_maned"`` for each group.
    group : str
        E.g. ``aldersgruppe``, ``familietype``, ``innvandring``.
    count : str
        The factor that counts; it is split into the count in all and the group's share of it.
    start, end, method, chained
        As in :func:`proba.decompose`.
    by : str, optional
        ``"kommune"`` gives each kommune its own.
    order : sequence of str, optional
        For ``sequential``: ``<count>_i_alt``, ``sammensetning`` and the other factors.

    Returns
    -------
    SubgroupDecomposition

    Raises
    ------
    DecompositionError
        As :func:`proba.decompose`; also if ``count`` is not a factor by itself or a group has
        somebody but lacks a figure.

    Notes
    -----
    With N the count in all, s_g = n_g / N and z the other factors, the total is
    sum_g N s_g z_g: activity, structure and intensity in Ang (2005), Energy Policy 33, 867-871.
    """
    identity = Identity(identity) if isinstance(identity, str) else identity
    if count not in identity.factors:
        raise DecompositionError(
            f"'{count}' is not a factor by itself; the factors are {', '.join(identity.factors)}.",
            f"«{count}» er ingen egen faktor; faktorene er {', '.join(identity.factors)}.",
        )
    frame, unit, time, meta = flat_table(data, None)
    check_span(start, end)
    if by not in (None, unit):
        raise DecompositionError(
            f"by is '{by}'; here it can be '{unit or UNIT}' or nothing. Sum kommuner afterwards "
            "with .units.aggregate.",
            f"by er «{by}»; her kan den være «{unit or UNIT}» eller ingenting. Summer kommuner "
            "etterpå med .units.aggregate.",
        )
    absent = [c for c in (time, group, *identity.columns) if c not in frame.columns]
    if absent:
        raise DecompositionError(
            f"{meta.name}: no column '{absent[0]}'.",
            f"{meta.name}: mangler kolonnen «{absent[0]}».",
        )
    at_year = years_of(frame[time], time, meta.name)
    asked = np.isin(at_year, range(start, end + 1) if chained else (start, end))
    used, at_year = frame[asked], at_year[asked]
    for key in (unit, group):
        if key is not None:
            check_filled(used[key], at_year, meta.name)
    keys = pd.DataFrame({time: at_year, "_group": used[group].astype(str).to_numpy()})
    keys["_unit"] = used[unit].astype(str).to_numpy() if unit else ALL
    keys["_line"] = keys["_unit"] + ", " + keys["_group"] if unit else keys["_group"]
    codes, labels = pd.factorize(keys["_line"].to_numpy(), sort=True)
    for column in identity.columns:
        where = Place(column, unit, labels, codes, at_year, meta.name)
        keys[column] = cell_numbers(used[column], where)
    cells, lines = _complete(keys, list(identity.columns), time, count, meta.name)
    total = f"{count}_i_alt"
    in_all = cells.groupby(["_unit", time])[count].transform("sum")
    cells[total] = in_all
    cells[COMPOSITION] = cells[count] / in_all.where(in_all > 0)
    cells["kommune"] = cells["_line"]
    cells.attrs["name"] = meta.name
    if meta.label is not None:
        cells[LABEL_COLUMN] = meta.label
    names = [f for f in identity.factors if f != count]
    counted = count_base(used, identity, at_year, meta.name)
    split = product_identity([total, COMPOSITION, *names], identity.name, counted)
    groups = decompose(
        cells,
        split,
        start=start,
        end=end,
        method=method,
        by="kommune",
        chained=chained,
        order=order,
    )
    unit_of = lines["_unit"].reindex(groups.units).rename(None)
    whole = groups.aggregate(unit_of if by is not None else unit_of.map(lambda _: ALL), by)
    if by is None:
        unit_of = unit_of.map(lambda _: ALL)
    return SubgroupDecomposition(whole, groups, group, count, lines["_group"], unit_of)


def _complete(
    cells: pd.DataFrame, columns: list[str], time: str, count: str, origin: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give every group of a unit a row in every year the unit has; absent groups count nobody."""
    lines = cells.drop_duplicates("_line").set_index("_line")[["_unit", "_group"]]
    twice = cells.duplicated(["_line", time])
    if twice.any():
        row = cells[twice].iloc[0]
        raise DecompositionError(
            f"{origin}: '{row['_line']}' stands more than once in {row[time]}.",
            f"{origin}: «{row['_line']}» står mer enn én gang i {row[time]}.",
        )
    present = cells[["_unit", time]].drop_duplicates()
    grid = lines.reset_index().merge(present, on="_unit")
    full = grid.merge(
        cells[["_line", time, *columns]].assign(_there=True), on=["_line", time], how="left"
    )
    # A row that is there without a count lacks a figure; one that is not there counts nobody.
    full[count] = full[count].where(full.pop("_there").notna(), 0.0)
    full = full.sort_values(["_line", time], kind="stable", ignore_index=True)
    others = [c for c in columns if c != count]
    if others:
        nobody = full[count] == 0
        filled = full.groupby("_line")[others].transform(lambda s: s.ffill().bfill())
        full[others] = full[others].where(~nobody | full[others].notna(), filled)
    return full, lines
