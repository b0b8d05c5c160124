"""Checks on a kommune-year table, each naming the kommune, year, column and value at fault."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from proba.errors import PanelError
from proba.panel.registry import REGISTRY, Unit

__all__ = ["check_keys", "check_values"]

_SHOW = 3


def check_keys(
    frame: pd.DataFrame, entity: str, time: str, *, origin: str, pad_kommune: bool = False
) -> pd.DataFrame:
    """Check and clean the two key columns.

    Parameters
    ----------
    frame : DataFrame
        With ``entity`` and ``time`` as columns.
    entity, time : str
        Key columns. Where ``entity`` is ``kommune`` its values must be four-digit numbers.
    origin : str
        File or frame, named in errors.
    pad_kommune : bool
        Put back leading zeros (``104`` becomes ``0104``) instead of raising.

    Returns
    -------
    DataFrame
        A copy with ``entity`` as text and ``time`` as int64.

    Raises
    ------
    PanelError
        If a key is missing or repeated, a year is not a whole number, or a kommune number is
        not four digits.
    """
    for column in (entity, time):
        if column not in frame.columns:
            found = ", ".join(map(str, frame.columns[:12]))
            raise PanelError(
                f"{origin}: the column '{column}' is missing; found {found}.",
                f"{origin}: kolonnen '{column}' mangler; fant {found}.",
            )
    if frame.empty:
        raise PanelError(f"{origin}: no rows.", f"{origin}: ingen rader.")
    out = frame.copy()
    out[time] = _years(frame[time], time, origin)
    keys = _texts(frame[entity], entity, origin)
    out[entity] = (
        _kommune_numbers(keys, out[time], origin, pad_kommune) if (entity == "kommune") else keys
    )
    duplicated = out.duplicated([entity, time])
    if duplicated.any():
        first = out.loc[duplicated].iloc[0]
        more = _more(int(duplicated.sum()) - 1)
        raise PanelError(
            f"{origin}: {entity} {first[entity]}, {time} {first[time]} stands more than once"
            f"{more[0]}; keep one row for each.",
            f"{origin}: {entity} {first[entity]}, {time} {first[time]} står mer enn én gang"
            f"{more[1]}; behold én rad for hver.",
        )
    return out


def check_values(
    frame: pd.DataFrame,
    entity: str,
    time: str,
    *,
    origin: str,
    small_shares: Collection[str] = (),
) -> None:
    """Check the value columns against the variable registry.

    Parameters
    ----------
    frame : DataFrame
        Keys as columns; value columns already numeric where the registry says numeric.
    origin : str
        File or frame, named in errors.
    small_shares : collection of str
        Percent columns whose values really are all 1 or less; exempt from the fraction check.

    Raises
    ------
    PanelError
        For infinite values in any numeric column, and in columns the registry knows: text where
        a number belongs, shares outside 0-100, a whole column that looks like fractions,
        negative population or index, a flag that is not 0/1.
    """
    for column in frame.columns:
        if column in (entity, time):
            continue
        variable = REGISTRY.get(str(column))
        values = frame[column]
        if variable is not None and variable.unit is Unit.TEXT:
            continue
        if not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)):
            if variable is not None:
                _raise_text(frame, entity, time, str(column), origin)
            continue
        numbers = values.astype("float64")
        at = _At(frame, entity, time, str(column), origin)
        infinite = pd.Series(np.isinf(numbers.to_numpy()), index=numbers.index)
        at.complain(infinite, "is infinite", "er uendelig", *_EMPTY_CELL)
        if variable is None:
            continue
        if variable.unit is Unit.FLAG:
            bad = ~numbers.isin([0.0, 1.0]) & numbers.notna()
            at.complain(bad, "must be 0 or 1", "må være 0 eller 1", "", "")
        elif variable.unit.is_percent:
            outside = (numbers < 0) | (numbers > 100)
            at.complain(
                outside,
                "is outside 0-100 percent",
                "er utenfor 0-100 prosent",
                "; give shares in percent",
                "; oppgi andeler i prosent",
            )
            if column not in small_shares:
                _check_fractions(numbers, variable.fraction_below, str(column), origin)
        elif variable.non_negative:
            at.complain(numbers < 0, "is negative", "er negativ", "", "")


_EMPTY_CELL = ("; leave a missing value empty", "; la en manglende verdi stå tom")


def _check_fractions(numbers: pd.Series, limit: float | None, column: str, origin: str) -> None:
    largest = numbers.max()
    if limit is None or not np.isfinite(largest) or not 0 < largest <= limit:
        return
    raise PanelError(
        f"{origin}: every value of '{column}' is {limit:g} or less (largest {largest:.6g}): this "
        "looks like fractions where percent is expected; multiply by 100, or name the column in "
        "small_shares if the values really are percent.",
        f"{origin}: alle verdier i '{column}' er {limit:g} eller mindre (størst {largest:.6g}): "
        "det ser ut som brøker der prosent er ventet; gang med 100, eller nevn kolonnen i "
        "small_shares (--small-shares) hvis verdiene virkelig er prosent.",
    )


class _At:
    """Raises about the first offending row of one column, saying how many more there are."""

    def __init__(
        self, frame: pd.DataFrame, entity: str, time: str, column: str, origin: str
    ) -> None:
        self._frame, self._keys, self._column, self._origin = (
            frame,
            (entity, time),
            column,
            origin,
        )

    def complain(self, bad: pd.Series, en: str, nb: str, hint_en: str, hint_nb: str) -> None:
        if not bad.any():
            return
        rows = self._frame.loc[bad]
        entity, time = self._keys
        shown = rows.head(_SHOW)
        places = "; ".join(
            f"{entity} {row[entity]}, {time} {row[time]}: {row[self._column]}"
            for _, row in shown.iterrows()
        )
        more = _more(len(rows) - len(shown))
        raise PanelError(
            f"{self._origin}: '{self._column}' {en} ({places}{more[0]}){hint_en}.",
            f"{self._origin}: '{self._column}' {nb} ({places}{more[1]}){hint_nb}.",
        )


def _raise_text(frame: pd.DataFrame, entity: str, time: str, column: str, origin: str) -> None:
    numbers = pd.to_numeric(frame[column], errors="coerce")
    text = frame[column].notna() & numbers.isna()
    _At(frame, entity, time, column, origin).complain(
        text if text.any() else frame[column].notna(),
        "is not a number",
        "er ikke et tall",
        "; read the file with decimal=',' if it has decimal commas",
        "; les filen med decimal=',' (--decimal ,) hvis den har desimalkomma",
    )


def _years(values: pd.Series, time: str, origin: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    bad = numbers.isna() | ~np.isfinite(numbers.astype("float64")) | (numbers % 1 != 0)
    if bad.any():
        row = int(np.flatnonzero(bad.to_numpy())[0])
        raise PanelError(
            f"{origin}: '{time}' in row {row + 1} is {values.iloc[row]!r}, not a whole year.",
            f"{origin}: '{time}' i rad {row + 1} er {values.iloc[row]!r}, ikke et helt årstall.",
        )
    return numbers.astype("int64")


def _texts(values: pd.Series, entity: str, origin: str) -> pd.Series:
    missing = values.isna() | (values.astype("object").map(lambda v: str(v).strip() == ""))
    if missing.any():
        row = int(np.flatnonzero(missing.to_numpy())[0])
        raise PanelError(
            f"{origin}: '{entity}' is empty in row {row + 1}.",
            f"{origin}: '{entity}' er tom i rad {row + 1}.",
        )
    return values.astype("object").map(_key_text)


def _key_text(value: object) -> str:
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _kommune_numbers(
    keys: pd.Series, years: pd.Series, origin: str, pad_kommune: bool
) -> pd.Series:
    short = keys.str.fullmatch(r"[1-9]\d{2}")
    if short.any() and pad_kommune:
        keys = keys.where(~short, "0" + keys)
    elif short.any():
        row = int(np.flatnonzero(short.to_numpy())[0])
        number, year = keys.iloc[row], years.iloc[row]
        more = _more(int(keys[short].nunique()) - 1)
        raise PanelError(
            f"{origin}: kommune '{number}' (aar {year}{more[0]}) has lost its leading zero and "
            f"should be '0{number}'; keep the column as text, or read with pad_kommune=True "
            "(--pad-kommune).",
            f"{origin}: kommune '{number}' (aar {year}{more[1]}) har mistet den innledende nullen "
            f"og skal være '0{number}'; behold kolonnen som tekst, eller les med "
            "pad_kommune=True (--pad-kommune).",
        )
    wrong = ~keys.str.fullmatch(r"\d{4}")
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        raise PanelError(
            f"{origin}: kommune '{keys.iloc[row]}' (aar {years.iloc[row]}) is not a four-digit "
            "kommune number.",
            f"{origin}: kommune '{keys.iloc[row]}' (aar {years.iloc[row]}) er ikke et firesifret "
            "kommunenummer.",
        )
    return keys


def _more(count: int) -> tuple[str, str]:
    return (f" and {count} more", f" og {count} til") if count > 0 else ("", "")
