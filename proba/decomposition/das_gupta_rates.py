"""Das Gupta's standardised rates and factor effects, for two or more populations.

Das Gupta (1993), Standardization and Decomposition of Rates: A User's Manual, US Bureau of the
Census, Current Population Reports P23-186. The formulas are the manual's as the documentation
of the R package DasGuptR gives them; the manual itself has not been at hand, so no pages are named.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from proba.decomposition._cells import FloatArray, read_flat
from proba.decomposition._standardised import DasGupta, check_number, over_all, standardise
from proba.errors import DecompositionError
from proba.panel import LABEL_COLUMN

__all__ = ["DasGupta", "das_gupta"]


def das_gupta(
    populations: Mapping[Any, Mapping[str, Any]] | pd.DataFrame,
    rate: Callable[..., float] | None = None,
) -> DasGupta:
    """Standardise and decompose a rate that is a function of P factors.

    Parameters
    ----------
    populations : mapping of population to mapping of factor to number or array, or DataFrame
        Two or more populations. A number is a scalar factor, an array of shape (cells,) a vector
        factor; all arrays have the same cells in the same order. A DataFrame has factors as
        columns and populations as index, or as first index level with cells below; a column
        ``merke`` is no factor but the label, which goes with the result.
    rate : callable, optional
        From the factors by name to the rate: ``rate(a=..., b=...)``. The product of the factors,
        summed over cells, if not given.

    Returns
    -------
    DasGupta

    Raises
    ------
    DecompositionError
        Fewer than two populations or factors more than 14; factors or cells that differ between
        populations; a missing value; a rate that is no function of the factors or not one finite
        number; a DataFrame with different labels or a column that stands twice.

    Notes
    -----
    Two populations: the rate of a population standardised for all factors but a is the mean of
    F(a, others) over every choice of the other factors from the two populations, where the choices
    that take r of the P - 1 others from the second are given the weight 1 / (P C(P-1, r)) each. The
    effect of a is the difference of the two standardised rates; for any F the effects sum to the
    difference of the rates. They equal the Shapley values of the factors.

    N populations: with a_ij the rate of i standardised in the pair (i, j) and
    d_ij = a_ij - a_ji, the standardised rate of i is

        a_i = mean of all a_jk + (1/N) sum over j of d_ij

    and the effect between i and j is a_j - a_i, so that effects add up along a series of years.

    Examples
    --------
    >>> two = das_gupta({2012: {"antall": 2.0, "belop": 3.0}, 2016: {"antall": 4.0, "belop": 5.0}})
    >>> two.effects.loc[(2012, 2016)].tolist()
    [8.0, 6.0]
    """
    label = None
    if isinstance(populations, pd.DataFrame):
        populations, label = _from_frame(populations)
    names, values = _factors(populations)
    factors = list(next(iter(values)))
    if rate is not None:
        _check_rate(rate, factors)

    def evaluate(chosen: Mapping[str, FloatArray | float]) -> float:
        if rate is None:
            product: Any = 1.0
            for one in chosen.values():
                product = product * one
            return float(np.sum(product))
        try:
            return _one_number(rate(**chosen))
        except ZeroDivisionError:
            return float("nan")

    def pair(i: int, j: int) -> tuple[FloatArray, FloatArray]:
        table = np.empty(2 ** len(factors))
        for mask in range(len(table)):
            chosen = {f: values[j if mask >> k & 1 else i][f] for k, f in enumerate(factors)}
            table[mask] = evaluate(chosen)
            if not np.isfinite(table[mask]):
                mixed = {f: names[j if mask >> k & 1 else i] for k, f in enumerate(factors)}
                raise DecompositionError(
                    f"the rate is {table[mask]} with the factors of {mixed}; it must be finite.",
                    f"raten er {table[mask]} med faktorene fra {mixed}; den må være endelig.",
                )
        own, other = standardise(table[:, None], len(factors))
        return own[:, 0], other[:, 0]

    return over_all(names, factors, [evaluate(one) for one in values], pair, label)


def _check_rate(rate: object, factors: list[str]) -> None:
    """Raise unless ``rate`` can be called with the factors by name."""
    if not callable(rate):
        raise DecompositionError(
            f"'rate' must be a function of the factors, not {rate!r}.",
            f"«rate» må være en funksjon av faktorene, ikke {rate!r}.",
        )
    try:
        signature = inspect.signature(rate)
    except (TypeError, ValueError):
        return  # a built-in does not tell its arguments
    try:
        signature.bind(**dict.fromkeys(factors))
    except TypeError as error:
        shown = ", ".join(factors)
        raise DecompositionError(
            f"'rate' cannot be called with the factors {shown} by name ({error}).",
            f"«rate» kan ikke kalles med faktorene {shown} ved navn ({error}).",
        ) from None


def _one_number(value: object) -> float:
    try:
        number = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        number = None
    if number is None or number.ndim:
        shown = type(value).__name__ if number is None else f"{number.size} numbers"
        vist = type(value).__name__ if number is None else f"{number.size} tall"
        raise DecompositionError(
            f"the rate must be one number, not {shown}; sum over the cells inside the function.",
            f"raten må være ett tall, ikke {vist}; summer over cellene inne i funksjonen.",
        )
    return float(number)


def _factors(
    populations: Mapping[Any, Mapping[str, Any]],
) -> tuple[list[Any], list[dict[str, Any]]]:
    """Names of the populations and the factors of each, checked."""
    if not isinstance(populations, Mapping):
        raise DecompositionError(
            "give the populations as a DataFrame or as {population: {factor: value}}, not "
            f"{type(populations).__name__}.",
            "oppgi populasjonene som en DataFrame eller som {populasjon: {faktor: verdi}}, ikke "
            f"{type(populations).__name__}.",
        )
    for name, one in populations.items():
        if not isinstance(one, Mapping):
            raise DecompositionError(
                f"the factors of {name} must be {{factor: value}}, not {type(one).__name__}.",
                f"faktorene til {name} må være {{faktor: verdi}}, ikke {type(one).__name__}.",
            )
    names = list(populations)
    factors = list(populations[names[0]]) if names else []
    check_number(names, len(factors))
    values: list[dict[str, Any]] = []
    cells: set[int] = set()
    for name in names:
        own = populations[name]
        if set(own) != set(factors):
            odd = sorted(map(str, set(own) ^ set(factors)))
            raise DecompositionError(
                f"population {name} differs in its factors from {names[0]}: {', '.join(odd)}.",
                f"populasjonen {name} har andre faktorer enn {names[0]}: {', '.join(odd)}.",
            )
        read: dict[str, Any] = {}
        for factor in factors:
            try:
                array = np.asarray(own[factor], dtype=np.float64)
            except (TypeError, ValueError):
                array = np.array(np.nan)
            if array.ndim > 1 or not np.isfinite(array).all():
                raise DecompositionError(
                    f"factor '{factor}' of {name} must be a number or a list of numbers, none "
                    "missing.",
                    f"faktoren «{factor}» for {name} må være et tall eller en liste av tall, ingen "
                    "tomme.",
                )
            if array.ndim:
                cells.add(len(array))
            read[factor] = array if array.ndim else float(array)
        values.append(read)
    if len(cells) > 1:
        raise DecompositionError(
            f"vector factors have different lengths ({sorted(cells)}); give every cell in each.",
            f"vektorfaktorene har ulik lengde ({sorted(cells)}); oppgi alle cellene i hver.",
        )
    return names, values


def _from_frame(frame: pd.DataFrame) -> tuple[dict[Any, dict[str, Any]], str | None]:
    """Return the factors of each population and the table's label."""
    label = read_flat(frame)[2].label
    frame = frame.drop(columns=[c for c in (LABEL_COLUMN,) if c in frame.columns])
    if frame.index.nlevels == 1:
        if not frame.index.is_unique:
            twice = frame.index[frame.index.duplicated()][0]
            raise DecompositionError(
                f"population {twice} stands more than once; put cells in a second index level.",
                f"populasjonen {twice} står mer enn én gang; legg celler i et eget indeksnivå.",
            )
        rows = {name: {str(c): v for c, v in row.items()} for name, row in frame.iterrows()}
        return rows, label
    parts = {name: part.droplevel(0) for name, part in frame.groupby(level=0, sort=False)}
    check_number(list(parts), len(frame.columns))
    first = next(iter(parts.values())).index
    for name, part in parts.items():
        if not part.index.is_unique or set(part.index) != set(first):
            raise DecompositionError(
                f"the cells of {name} are not those of the first population, each once.",
                f"cellene i {name} er ikke de samme som i den første populasjonen, hver én gang.",
            )
    cells = {
        name: {str(c): part.loc[first, c].to_numpy() for c in part.columns}
        for name, part in parts.items()
    }
    return cells, label
