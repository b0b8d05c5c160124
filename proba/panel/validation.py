"""Checks on a kommune-year table, each naming the kommune, year, column and value at fault."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd

from proba._numbers import plain_number
from proba._table import printable
from proba.errors import PanelError
from proba.panel.registry import REGISTRY, Unit

__all__ = ["check_keys", "check_values"]

_SHOW = 3
_WIDTH = 40
_LARGEST_TIME = 2**53  # whole numbers a float holds exactly
# Statistics Norway's signs for "not possible", "not available" and "not for publication".
_SSB_MISSING = {".", "..", "...", "\N{HORIZONTAL ELLIPSIS}", ":"}
# What a key column is often called instead.
_LIKE = {
    "kommune": {"kommune", "kommunenr", "kommunenummer", "knr", "komnr", "region"},
    "aar": {"aar", "år", "year", "tid"},
}
_GROUPED = re.compile(r"-?[0-9]{1,3}([ \u00a0\u202f\u2009][0-9]{3})+")


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
            like = [c for c in map(str, frame.columns) if _plain(c) in _LIKE.get(column, {column})]
            hint = (f"; rename '{like[0]}'", f"; gi '{like[0]}' det navnet") if like else ("", "")
            raise PanelError(
                f"{origin}: the column '{column}' is missing; found {found}{hint[0]}.",
                f"{origin}: kolonnen '{column}' mangler; fant {found}{hint[1]}.",
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


def _plain(name: str) -> str:
    return name.strip().casefold()


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
    percent = [c for c in frame.columns if (v := REGISTRY.get(str(c))) and v.unit.is_percent]
    stray = [name for name in small_shares if name not in percent]
    if stray:
        raise PanelError(
            f"{origin}: small_shares names '{stray[0]}', which is not a percent column here; "
            f"those are {', '.join(map(str, percent)) or 'none'}.",
            f"{origin}: small_shares (--small-shares) nevner '{stray[0]}', som ikke er en "
            f"prosentkolonne her; de er {', '.join(map(str, percent)) or 'ingen'}.",
        )
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
        f"{origin}: alle verdier i '{column}' er {plain_number(limit)} eller mindre (størst "
        f"{plain_number(float(largest))}): "
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
            f"{entity} {row[entity]}, {time} {row[time]}: {_shown(row[self._column])}"
            for _, row in shown.iterrows()
        )
        more = _more(len(rows) - len(shown))
        raise PanelError(
            f"{self._origin}: '{self._column}' {en} ({places}{more[0]}){hint_en}.",
            f"{self._origin}: '{self._column}' {nb} ({places}{more[1]}){hint_nb}.",
        )


def _raise_text(frame: pd.DataFrame, entity: str, time: str, column: str, origin: str) -> None:
    cells = frame[column].astype("object")
    bad = cells.notna() & ~cells.map(lambda v: isinstance(v, (int, float, np.number)))
    if bad.any():
        hints = _text_hints(cells[bad].iloc[0])
        at = _At(frame, entity, time, column, origin)
        at.complain(bad, "is not a number", "er ikke et tall", *hints)


def _text_hints(value: object) -> tuple[str, str]:
    """Return what to do about a cell that is not a number, judged by how it looks."""
    text = str(value).strip()
    if isinstance(value, (date, np.datetime64)):
        return (
            "; it is a date (Excel makes dates of numbers such as 1.5): format the column as "
            "numbers and enter the value again",
            "; det er en dato (Excel gjør tall som 1.5 til datoer): formater kolonnen som tall og "
            "skriv verdien på nytt",
        )
    if text.endswith("%"):
        return ("; leave the percent sign out", "; ta bort prosenttegnet")
    if text in _SSB_MISSING:
        return _EMPTY_CELL
    if "," in text or _GROUPED.fullmatch(text):
        return (
            "; read the file with decimal=',' if it has decimal commas",
            "; les filen med decimal=',' (--decimal komma) hvis den har desimalkomma",
        )
    if text.count(".") == 1 and text.replace(".", "").strip("+-").isdigit():
        return (
            "; with a decimal point, read the file with decimal='.'; if the point parts thousands, "
            "take it out",
            "; er punktumet desimaltegn, les filen med decimal='.' (--decimal punktum); er det "
            "tusenskille, ta det bort",
        )
    return ("; correct the cell, or leave it empty", "; rett cellen, eller la den stå tom")


def _shown(value: object) -> str:
    text = printable(str(value)).strip()
    return text if len(text) <= _WIDTH else text[:_WIDTH] + "\N{HORIZONTAL ELLIPSIS}"


def _years(values: pd.Series, time: str, origin: str) -> pd.Series:
    kind = values.dtype
    if pd.api.types.is_datetime64_any_dtype(kind) or pd.api.types.is_bool_dtype(kind):
        numbers = pd.Series(np.nan, index=values.index)
    else:
        numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    bad = numbers.isna() | (numbers % 1 != 0) | (numbers.abs() > _LARGEST_TIME)
    if time == "aar":
        bad |= ~numbers.between(1000, 9999)
    if bad.any():
        row = int(np.flatnonzero(bad.to_numpy())[0])
        value = values.iloc[row]
        if pd.isna(value) or not str(value).strip():
            raise _empty(time, row, origin)
        raise PanelError(
            f"{origin}: '{time}' in row {row + 1} below the header is '{_shown(value)}', not a "
            "whole year.",
            f"{origin}: '{time}' i rad {row + 1} under overskriften er '{_shown(value)}', ikke et "
            "helt årstall.",
        )
    return numbers.astype("int64")


def _empty(key: str, row: int, origin: str) -> PanelError:
    return PanelError(
        f"{origin}: '{key}' is empty in row {row + 1} below the header.",
        f"{origin}: '{key}' er tom i rad {row + 1} under overskriften.",
    )


def _texts(values: pd.Series, entity: str, origin: str) -> pd.Series:
    missing = values.isna() | (values.astype("object").map(lambda v: str(v).strip() == ""))
    if missing.any():
        raise _empty(entity, int(np.flatnonzero(missing.to_numpy())[0]), origin)
    return values.astype("object").map(_key_text)


def _key_text(value: object) -> str:
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _kommune_numbers(
    keys: pd.Series, years: pd.Series, origin: str, pad_kommune: bool
) -> pd.Series:
    short = keys.str.fullmatch("[1-9][0-9]{2}")
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
    wrong = ~keys.str.fullmatch("[0-9]{4}")
    if wrong.any():
        row = int(np.flatnonzero(wrong.to_numpy())[0])
        raise PanelError(
            f"{origin}: kommune '{_shown(keys.iloc[row])}' (aar {years.iloc[row]}) is not a "
            "four-digit kommune number; keep only the number in the column.",
            f"{origin}: kommune '{_shown(keys.iloc[row])}' (aar {years.iloc[row]}) er ikke et "
            "firesifret kommunenummer; la kolonnen ha bare nummeret.",
        )
    return keys


def _more(count: int) -> tuple[str, str]:
    return (f" and {count} more", f" og {count} til") if count > 0 else ("", "")
