"""Kitagawa's decomposition of a difference between two means: composition and rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from proba._numbers import format_number
from proba._table import TextTable
from proba.decomposition._cells import (
    Cells,
    FloatArray,
    Missing,
    check_choice,
    fill_rates,
    read_cells,
)
from proba.decomposition.names import ALL
from proba.errors import DecompositionError, Lang
from proba.panel import Panel, PanelMeta

__all__ = ["Kitagawa", "kitagawa", "kitagawa_panel"]

_WORDS = {
    "composition": ("Sammensetning", "Composition"),
    "rate": ("Rater i gruppene", "Rates in the groups"),
    "interaction": ("Samspill", "Interaction"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Kitagawa:
    """A difference between two overall rates or means, split by composition and rates.

    Made by :func:`kitagawa` and :func:`kitagawa_panel`.

    Attributes
    ----------
    groups : DataFrame
        One row a unit and group: ``weight_start``, ``weight_end`` (fractions of the unit's
        count), ``rate_start``, ``rate_end``, and the group's part of each component:
        ``composition``, ``rate`` and, with three components, ``interaction``;
        ``composition_centred`` is the group's composition part measured from the overall mean.
    totals : DataFrame
        One row a unit: ``start``, ``end`` (overall rates), ``difference`` and the components,
        which sum to it.
    components : {2, 3}
    count, rate : str
        What weighs and what is weighed: columns of the data.
    start, end : object
        The two years or populations.
    missing : Series
        Units left out, with the reason.
    label : str or None
    """

    groups: pd.DataFrame = field(repr=False)
    totals: pd.DataFrame
    components: int
    count: str
    rate: str
    start: object
    end: object
    missing: pd.Series = field(repr=False)
    label: str | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the components."""
        return ("composition", "rate", "interaction")[: self.components]

    @property
    def shares(self) -> pd.DataFrame:
        """Each component as a fraction of the difference, by unit; NaN where there is none."""
        difference = self.totals["difference"]
        return self.totals[list(self.terms)].div(difference.where(difference != 0), axis=0)

    def to_table(
        self, lang: Lang = "nb", unit: object | None = None, decimals: int = 1
    ) -> TextTable:
        """Return the groups of one unit as a table; the only unit if there is one.

        Raises
        ------
        DecompositionError
            If the unit is not in the result, or there are several and none is named.
        """
        nb = lang == "nb"
        chosen = self._unit(unit)
        rows = self.groups.xs(chosen, level=0)
        total = self.totals.loc[chosen]

        def text(values: Sequence[float]) -> tuple[str, ...]:
            return tuple(format_number(v, decimals, lang) for v in values)

        columns = ["rate_start", "rate_end", *self.terms]
        body = [
            (
                _name(group),
                *text([100 * row["weight_start"], 100 * row["weight_end"]]),
                *text([row[c] for c in columns]),
            )
            for group, row in rows.iterrows()
        ]
        body.append(
            (
                "I alt" if nb else "Total",
                *text([100.0, 100.0]),
                *text([total[c] for c in ("start", "end", *self.terms)]),
            )
        )
        share, weight = ("Andel", "%") if nb else ("Share", "%")
        header = (
            "Gruppe" if nb else "Group",
            f"{share} {self.start} {weight}",
            f"{share} {self.end} {weight}",
            f"{self.rate} {self.start}",
            f"{self.rate} {self.end}",
            *(_WORDS[t][0 if nb else 1] for t in self.terms),
        )
        change = format_number(total["difference"], decimals, lang)
        where = "" if chosen == ALL else f", {self.groups.index.names[0]} {chosen}"
        title = (
            f"Endring i {self.rate} {self.start}–{self.end}{where}: {change}"
            if nb
            else f"Change in {self.rate} {self.start}–{self.end}{where}: {change}"
        )
        note = f"Vekter: {self.count}." if nb else f"Weights: {self.count}."
        method = "Kitagawa (1955), " + (
            ("to ledd" if self.components == 2 else "tre ledd")
            if nb
            else ("two components" if self.components == 2 else "three components")
        )
        label = PanelMeta("", self.label).label_text(lang)
        return TextTable(title, header, tuple(body), (note, method + "."), label)

    def _unit(self, unit: object | None) -> Any:
        units = self.totals.index
        if unit is None and len(units) == 1:
            return units[0]
        if unit is None or unit not in units:
            first = ", ".join(map(str, units[:5]))
            raise DecompositionError(
                f"name one of the {len(units)} units ({first} ...), not {unit!r}.",
                f"oppgi en av de {len(units)} enhetene ({first} ...), ikke {unit!r}.",
            )
        return unit

    def __str__(self) -> str:
        return self.to_table().to_text() if len(self.totals) == 1 else repr(self)

    def _repr_html_(self) -> str:
        return self.to_table().to_html() if len(self.totals) == 1 else self.totals.to_html()


def kitagawa(
    start: pd.DataFrame | Mapping[Any, tuple[float, float]],
    end: pd.DataFrame | Mapping[Any, tuple[float, float]],
    *,
    count: str = "antall",
    rate: str = "rate",
    components: int = 2,
    missing: Missing = "error",
) -> Kitagawa:
    """Split the difference between two overall rates or means.

    Parameters
    ----------
    start, end : DataFrame or mapping
        By group (index or keys): the columns ``count`` and ``rate``, or pairs (count, rate).
        Counts may be shares; only their proportions matter.
    count, rate : str
        Column names, kept in the result.
    components : {2, 3}
        Two, with averages as weights, or three with an interaction.
    missing : {"error", "other year"}
        What to do when a group has nobody on one side and so no rate there: raise, or take the
        other side's rate, which makes the group's whole part one of composition. A rate given
        with a count of 0 is not used.

    Returns
    -------
    Kitagawa
        With the single unit ``alle``.

    Raises
    ------
    DecompositionError
        If a column is missing, a count is negative, one side is empty, or a group has no rate
        (naming the group and the side).

    Notes
    -----
    With weights w (fractions) and rates r, D the change from start to end and bars the mean of
    the two: sum of w̄ Dr (rates) + sum of r̄ Dw (composition); or, with three, sum of w0 Dr + sum
    of r0 Dw + sum of Dw Dr (interaction). Kitagawa (1955), Journal of the American Statistical
    Association 50(272), 1168-1194.

    A group's composition part depends on where zero lies on the scale of the rates, though their
    sum does not: a group that grows always adds, also where its rate is below the mean.
    ``composition_centred`` measures the rates from the overall mean instead, so that growth of a
    group below the mean draws down; the sum is the same.

    Examples
    --------
    >>> parts = kitagawa({"a": (50, 2.0), "b": (50, 4.0)}, {"a": (25, 2.0), "b": (75, 5.0)})
    >>> parts.totals.loc["alle", ["difference", "composition", "rate"]].tolist()
    [1.25, 0.625, 0.625]
    """
    sides = [_side(side, count, rate) for side in (start, end)]
    table = pd.concat(sides, keys=["start", "end"], names=["aar", "gruppe"]).reset_index()
    cells = read_cells(
        table, group="gruppe", count=count, rate=rate, by=None, years=("start", "end")
    )
    return _decompose(cells, count, rate, components, missing)


def kitagawa_panel(
    frame: pd.DataFrame | Panel,
    *,
    group: str | Sequence[str],
    count: str,
    rate: str,
    start: int,
    end: int,
    by: str | None = None,
    components: int = 2,
    missing: Missing = "error",
) -> Kitagawa:
    """Split the change of an overall rate or mean in every unit of a long table.

    Parameters
    ----------
    frame : DataFrame or Panel
        One row a year (``aar``) and group, and a unit if ``by`` is given. Several rows of one
        group are taken together: counts are added and rates averaged with the counts.
    group : str or sequence of str
        Column or columns that define the groups.
    count, rate : str
        Columns of the counts that weigh and of the rates or means.
    start, end : int
        Years.
    by : str, optional
        Column of units to keep apart, ``kommune`` say.
    components, missing
        As in :func:`kitagawa`.

    Returns
    -------
    Kitagawa
        Units that have nobody at all in one of the years are left out and listed in ``missing``.

    Raises
    ------
    DecompositionError
        As in :func:`kitagawa`, naming year and unit too.

    Notes
    -----
    See :func:`kitagawa`. The part of composition is what changes between groups and the part of
    rates what changes within them.
    """
    cells = read_cells(frame, group=group, count=count, rate=rate, by=by, years=(start, end))
    return _decompose(cells, count, rate, components, missing)


def _side(
    side: pd.DataFrame | Mapping[Any, tuple[float, float]], count: str, rate: str
) -> pd.DataFrame:
    if isinstance(side, pd.DataFrame):
        absent = [c for c in (count, rate) if c not in side.columns]
        if absent:
            raise DecompositionError(
                f"the table lacks the column '{absent[0]}'; name it with count= or rate=.",
                f"tabellen mangler kolonnen '{absent[0]}'; oppgi den med count= eller rate=.",
            )
        return side[[count, rate]]
    return pd.DataFrame.from_dict(dict(side), orient="index", columns=[count, rate])


def _decompose(cells: Cells, count: str, rate: str, components: int, missing: Missing) -> Kitagawa:
    check_choice(components, (2, 3), "components")
    check_choice(missing, ("error", "other year"), "missing")
    start, end = cells.years
    people = cells.count.sum(axis=2)
    kept = (people > 0).all(axis=0)
    left_out = pd.Series(
        {
            unit: f"nobody in {start if people[0, u] == 0 else end}"
            for u, unit in enumerate(cells.units)
            if not kept[u]
        },
        dtype=object,
    )
    if not kept.any():
        raise DecompositionError(
            f"no unit has anybody in both {start} and {end}; check '{count}'.",
            f"ingen enhet har noen i både {start} og {end}; kontroller '{count}'.",
        )
    units = cells.units[kept]
    n = cells.count[:, kept]
    r = fill_rates(cells.rate[:, kept], missing, cells.groups, units, cells.years)
    w = n / n.sum(axis=2, keepdims=True)
    overall = (w * r).sum(axis=2)
    parts = _parts(w, r, overall, components)
    present = (n > 0).any(axis=0)
    index = pd.MultiIndex.from_product([units, cells.groups])
    groups = pd.DataFrame(
        {
            "weight_start": w[0].ravel(),
            "weight_end": w[1].ravel(),
            "rate_start": cells.rate[0, kept].ravel(),
            "rate_end": cells.rate[1, kept].ravel(),
            **{name: values.ravel() for name, values in parts.items()},
        },
        index=index,
    )[present.ravel()]
    terms = ("composition", "rate", "interaction")[:components]
    totals = pd.DataFrame(
        {
            "start": overall[0],
            "end": overall[1],
            "difference": overall[1] - overall[0],
            **{name: parts[name].sum(axis=1) for name in terms},
        },
        index=units,
    )
    return Kitagawa(
        groups=groups,
        totals=totals,
        components=components,
        count=count,
        rate=rate,
        start=start,
        end=end,
        missing=left_out,
        label=cells.label,
    )


def _parts(
    w: FloatArray, r: FloatArray, overall: FloatArray, components: int
) -> dict[str, FloatArray]:
    """Parts of each unit and group; w and r have shape (2, units, groups)."""
    dw, dr = w[1] - w[0], r[1] - r[0]
    if components == 2:
        at_w, at_r, level = w.mean(axis=0), r.mean(axis=0), overall.mean(axis=0)
    else:
        at_w, at_r, level = w[0], r[0], overall[0]
    parts = {"composition": at_r * dw, "rate": at_w * dr}
    if components == 3:
        parts["interaction"] = dw * dr
    parts["composition_centred"] = (at_r - level[:, None]) * dw
    return parts


def _name(group: object) -> str:
    return ", ".join(map(str, group)) if isinstance(group, tuple) else str(group)
