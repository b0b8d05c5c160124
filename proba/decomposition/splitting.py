"""Splitting the growth of a total among its factors, for whole panels at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba._numbers import format_number
from proba.decomposition.bases import CountBase
from proba.decomposition.frames import Prepared, factor_arrays, prepare
from proba.decomposition.identity import Identity
from proba.decomposition.methods import METHODS, contributions, method_name
from proba.decomposition.names import RESIDUAL, UNIT
from proba.decomposition.results import Decomposition
from proba.decomposition.rounding import rounding_intervals
from proba.errors import DecompositionError
from proba.panel import Panel

__all__ = ["compare_methods", "decompose"]

FloatArray = npt.NDArray[np.float64]


def decompose(
    data: Panel | pd.DataFrame,
    identity: Identity | str,
    *,
    start: int,
    end: int,
    method: str = "lmdi",
    by: str | None = None,
    chained: bool = False,
    order: Sequence[str] | None = None,
    total: str | None = None,
    printed: bool = False,
) -> Decomposition:
    """Split the growth of a total from one year to another among its factors.

    Parameters
    ----------
    data : Panel or DataFrame
        A long table: ``aar``, ``kommune`` where there are several (read as text), and the columns
        of the identity (not negative). Kommuner that lack a figure are left out and listed in
        ``missing``. A column ``tellebasis`` (``tilfeller`` or ``mottakere``) says what is counted.
    identity : Identity or str
        E.g. ``"utbetalt = mottakere * varighet * stonad_per_maned"``.
    start, end : int
        First and last year.
    method : str
        ``lmdi``, ``shapley`` (the same as ``sun``), ``das-gupta``, ``sequential``, ``laspeyres``
        or ``midpoint``; formulas in :mod:`proba.decomposition.methods`.
    by : str, optional
        ``"kommune"`` gives each kommune its own; another column sums its kommuner in groups. Not
        given: every kommune is decomposed by itself and the contributions are summed, so that
        they are consistent in aggregation.
    chained : bool
        Decompose each year against the one before and add up. Every year is needed.
    order : sequence of str, optional
        For ``sequential``: the factors in the order they change.
    total : str, optional
        Column with the total itself. What the product of the factors leaves of its change is
        then part of the residual.
    printed : bool
        Figures are rounded: each contribution gets the interval that allows. Text cells keep
        their digits (``"4,8"``), numbers are taken to have as many decimals as their column shows,
        and :class:`~proba.decomposition.Rounded` cells say it themselves.

    Returns
    -------
    Decomposition

    Raises
    ------
    DecompositionError
        Naming the column, kommune and year: a column or year that is not there, a kommune and
        year twice, a negative or infinite amount, text that is no number, a ratio over zero,
        kommune numbers read as numbers (a zero lost), cases mixed with persons.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"aar": [2012, 2016], "tilfeller": [100, 112.4], "varighet": [4.8, 4.9]}
    ... )
    >>> decompose(table, "maneder = tilfeller * varighet", start=2012, end=2016).growth.round(3)
    alle    0.147
    Name: growth, dtype: float64
    """
    identity = Identity(identity) if isinstance(identity, str) else identity
    name = method_name(method)
    turns = _turns(identity, name, order)
    table = prepare(
        data,
        identity,
        start=start,
        end=end,
        by=by,
        chained=chained,
        total=total,
        printed=printed,
    )
    x = factor_arrays(identity, table.columns, table.values)
    _check_ratios(x, table, identity)
    _check_finite(x, table)
    parts, rests = contributions(x[:, :-1], x[:, 1:], name, turns)
    values = x.prod(axis=-1)
    rests = _beyond_rounding(parts, rests, values)
    products = values
    if table.total is not None:
        values = table.total
    notes_nb, notes_en = _notes(table, total, x, printed)
    result = Decomposition(
        identity=identity,
        method=name,
        years=table.years,
        units=table.units,
        parts=parts,
        rests=rests,
        values=values,
        products=products,
        factor_values=x,
        order=None if turns is None else tuple(identity.factors[j] for j in turns),
        by=None if table.units.name is None else str(table.units.name),
        intervals=rounding_intervals(table, identity, name, turns) if printed else None,
        missing=table.missing,
        meta=table.meta,
        base=table.base,
        chained=chained,
        notes_nb=notes_nb,
        notes_en=notes_en,
    )
    if table.groups is None:
        return result
    return result.aggregate(pd.Series(table.groups, index=table.units), by)


def compare_methods(
    data: Panel | pd.DataFrame,
    identity: Identity | str,
    *,
    start: int,
    end: int,
    methods: Sequence[str] = METHODS,
    unit: str | None = None,
    chained: bool = False,
    printed: bool = False,
) -> pd.DataFrame:
    """Decompose by several methods and lay the shares side by side.

    Parameters
    ----------
    data, identity, start, end, chained, printed
        As in :func:`decompose`; intervals of printed figures are not shown.
    methods : sequence of str
    unit : str, optional
        One kommune; the sum of all if not given.

    Returns
    -------
    DataFrame
        One row a method; columns are the factors and ``rest``, in fractions of the change.

    Raises
    ------
    DecompositionError
        As :func:`decompose`; also if the unit is not there.
    """
    entity = data.entity if isinstance(data, Panel) else UNIT
    rows = {}
    for method in methods:
        result = decompose(
            data,
            identity,
            start=start,
            end=end,
            method=method,
            by=None if unit is None else entity,
            chained=chained,
            printed=printed,
        )
        which = result.units[0] if unit is None else unit
        if which not in result.units:
            raise DecompositionError(
                f"{entity} {unit} is not in the table or lacks figures.",
                f"{entity} {unit} finnes ikke i tabellen eller mangler tall.",
            )
        rest = float(result.residual_share[which])
        rows[result.method] = {**result.shares.loc[which].to_dict(), RESIDUAL: rest}
    return pd.DataFrame(rows).T.rename_axis("method")


def _check_finite(x: FloatArray, table: Prepared) -> None:
    with np.errstate(over="ignore"):
        infinite = np.isinf(np.maximum(x, 1.0).prod(axis=-1))
    if infinite.any():
        u, t = (int(i) for i in np.argwhere(infinite)[0])
        at = f"{table.meta.name}: {table.units[u]}, {table.years[t]}"
        raise DecompositionError(
            f"{at}: the product of the factors is too large to compute with.",
            f"{at}: produktet av faktorene er for stort å regne med.",
        )


def _beyond_rounding(parts: FloatArray, rests: FloatArray, values: FloatArray) -> FloatArray:
    """Let the residual tell where floating point cannot make the parts add up."""
    left = np.diff(values, axis=1) - parts.sum(axis=-1)
    largest = np.maximum(values[:, 1:], values[:, :-1])
    return np.where(np.abs(left - rests) > 1e-12 * largest, left, rests)


def _turns(identity: Identity, method: str, order: Sequence[str] | None) -> list[int] | None:
    """Return the positions of the factors in the order they change."""
    if method != "sequential":
        if order is not None:
            raise DecompositionError(
                "an order of factors is for the method 'sequential' only.",
                "rekkefølge av faktorer gjelder bare metoden «sequential».",
            )
        return None
    names = list(identity.factors) if order is None else list(order)
    if sorted(names) != sorted(identity.factors):
        factors = ", ".join(identity.factors)
        raise DecompositionError(
            f"the order must name each factor once ({factors}); got {', '.join(names)}.",
            f"rekkefølgen må nevne hver faktor én gang ({factors}); fikk {', '.join(names)}.",
        )
    return [identity.factors.index(n) for n in names]


def _check_ratios(x: FloatArray, table: Prepared, identity: Identity) -> None:
    if np.isnan(x).any():
        u, t, j = (int(i) for i in np.argwhere(np.isnan(x))[0])
        per = identity.terms[j].per
        at = f"{table.meta.name}: {table.units[u]}, {table.years[t]}"
        raise DecompositionError(
            f"{at}: '{per}' is zero, so {identity.factors[j]} has no value.",
            f"{at}: «{per}» er null, så {identity.factors[j]} har ingen verdi.",
        )


def _notes(
    table: Prepared, total: str | None, x: FloatArray, printed: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    nb: list[str] = []
    en: list[str] = []
    if table.base is CountBase.MIXED:
        nb.append("Tilfeller og mottakere (personer) er blandet, slik det ble bedt om.")
        en.append("Cases and recipients (persons) are mixed, as asked.")
    if total is not None and table.total is not None:
        gap = np.abs(table.total - x.prod(axis=-1)) > 1e-9 * np.abs(table.total)
        if gap.any():
            u, t = (int(i) for i in np.argwhere(gap)[0])
            nb.append(
                f"«{total}» er ikke lik produktet av faktorene (f.eks. {table.units[u]}, "
                f"{table.years[t]}); avviket er et eget ledd."
            )
            en.append(
                f"'{total}' is not the product of the factors (e.g. {table.units[u]}, "
                f"{table.years[t]}); the discrepancy is a term of its own."
            )
        ratio = x.prod(axis=-1).sum() / table.total.sum() if table.total.sum() > 0 else 1.0
        if not 0.5 < ratio < 2.0:
            nb.append(
                f"Produktet er {format_number(ratio, significant=2)} ganger «{total}»: mangler en "
                "faktor, eller er enhetene ulike (kr og 1000 kr)?"
            )
            en.append(
                f"The product is {format_number(ratio, lang='en', significant=2)} times '{total}': "
                "is a factor missing, or are the units different (kr and 1000 kr)?"
            )
    if printed and len(table.years) > 2:
        nb.append("Intervallene for kjedede bidrag er ytre grenser: summen av hvert års grenser.")
        en.append(
            "Intervals of chained contributions are outer limits: sums of each year's limits."
        )
    return tuple(nb), tuple(en)
