"""Statistics Norway's classifications (KLASS): codes, changes and correspondences.

Classification 131 is the kommuner, 104 the fylker, 112 the groups of kommuner (KOSTRA).

What the service answers was read in its source (statisticsnorway/klass: controller, transfer
objects, error handlers) and in recorded answers; no call to the live service has been made. From
these:

- ``to`` is exclusive everywhere, and ``from`` equal to ``to`` is an error: the day after the last
  one wanted is sent.
- ``changes`` lists what separates the versions that overlap the range, so a change on ``from``
  itself is not there (a recorded answer from 1 January 2018 lacks Trøndelag): the day before is
  sent, and what falls outside the days asked for is dropped.
- Errors are problem+json: 404 for an unknown classification and for two classifications without a
  correspondence table, 400 for a missing or wrong parameter.
- ``codes`` and ``changes`` without content are answers too, with an empty list.

The client is our own: ssb-klass-python 1.0.8 brings ipython<9 and ipywidgets with it, keeps no raw
answers, and does not send the day after.
"""

from __future__ import annotations

import copy
import datetime as dt
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import pandas as pd

from proba.errors import SourceError
from proba.sources._json import shown
from proba.sources._klass_read import parse_changes, parse_codes, parse_correspondence
from proba.sources.request import Request

if TYPE_CHECKING:
    from proba.sources.fetching import Fetcher

__all__ = ["KlassClient", "parse_changes", "parse_codes", "parse_correspondence"]

_SSB = "https://data.ssb.no/api/klass/v1"
_YEARS = (1800, 2199)  # a day before or after the calendar's own ends must exist
_LICENCE = "CC BY 4.0"
_DAY = dt.timedelta(days=1)


class KlassClient:
    """Codes, changes and correspondences of classifications.

    Parameters
    ----------
    fetcher : Fetcher
        Where answers come from: the store, else the network.
    base_url : str or None
        None: the environment's ``PROBA_KLASS_URL``; else, where ``PROBA_SSB_URL`` names another
        server than SSB's, ``/api/klass/v1`` on that one; else SSB's address.
    lang : {"nb", "nn", "en"}
        Language of the names. KLASS gives only what is published in it.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        base_url: str | None = None,
        lang: Literal["nb", "nn", "en"] = "nb",
    ) -> None:
        self._fetcher = fetcher
        address = base_url or _address()
        self._base = address.rstrip("/")
        self._lang = lang

    def codes(self, classification: int, at: dt.date, *, future: bool = False) -> pd.DataFrame:
        """Return the codes valid on one day.

        Parameters
        ----------
        classification : int
            131 for kommuner, 104 for fylker, 112 for groups of kommuner.
        at : datetime.date
        future : bool
            Also versions that take effect after today.

        Returns
        -------
        DataFrame
            As :func:`parse_codes`, one row a code.

        Raises
        ------
        SourceError
            If there is no such classification, no code is valid that day, or the answer is not
            codes.
        """
        return self._codes(classification, "codesAt", (("date", f"{at:%Y-%m-%d}"),), future, at, at)

    def codes_between(
        self, classification: int, start: dt.date, end: dt.date, *, future: bool = False
    ) -> pd.DataFrame:
        """Return the codes valid on any day from ``start`` to ``end``, both included.

        Returns
        -------
        DataFrame
            As :func:`parse_codes`; a code comes once for each name or level it has had.
            ``validToInRequestedRange`` is exclusive, as KLASS's dates are.

        Raises
        ------
        SourceError
            As :meth:`codes`, and if ``end`` is before ``start``.
        """
        _ordered(start, end)
        days = (("from", f"{start:%Y-%m-%d}"), ("to", f"{end + _DAY:%Y-%m-%d}"))
        return self._codes(classification, "codes", days, future, start, end)

    def changes(
        self, classification: int, start: dt.date, end: dt.date, *, future: bool = False
    ) -> pd.DataFrame:
        """Return the changes that took effect from ``start`` to ``end``, both included.

        Returns
        -------
        DataFrame
            As :func:`parse_changes`; no rows if nothing changed.

        Raises
        ------
        SourceError
            If there is no such classification, ``end`` is before ``start``, or the answer is not
            changes.
        """
        _ordered(start, end)
        days = (("from", f"{start - _DAY:%Y-%m-%d}"), ("to", f"{end + _DAY:%Y-%m-%d}"))
        found = self._ask(classification, "changes", days, future, parse_changes)
        # ISO dates are in the order of their text.
        inside = found["changeOccurred"].between(f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}")
        return found[inside].reset_index(drop=True)

    def correspondence(
        self, source: int, target: int, at: dt.date, *, future: bool = False
    ) -> pd.DataFrame:
        """Return which codes of ``target`` correspond to those of ``source`` on one day.

        Returns
        -------
        DataFrame
            As :func:`parse_correspondence`.

        Raises
        ------
        SourceError
            If there is no such classification or no table between the two, or the answer is not
            a correspondence.
        """
        params = (("targetClassificationId", str(_id(target))), ("date", f"{at:%Y-%m-%d}"))
        return self._ask(source, "correspondsAt", params, future, parse_correspondence)

    def _codes(
        self,
        classification: int,
        what: str,
        params: tuple[tuple[str, str], ...],
        future: bool,
        start: dt.date,
        end: dt.date,
    ) -> pd.DataFrame:
        found = self._ask(classification, what, params, future, parse_codes)
        if found.empty:
            days = f"{start}" if start == end else f"{start} – {end}"
            hint_en = "" if future else "; a version not yet in force needs future=True"
            hint_nb = "" if future else "; en versjon som ikke gjelder ennå, krever future=True"
            raise SourceError(
                f"KLASS {classification} has no codes for {days}{hint_en}.",
                f"KLASS {classification} har ingen koder for {days}{hint_nb}.",
            )
        return found

    def _ask(
        self,
        classification: int,
        what: str,
        params: tuple[tuple[str, str], ...],
        future: bool,
        parse: Callable[[bytes], pd.DataFrame],
    ) -> pd.DataFrame:
        asked = (*params, ("language", self._lang))
        if future:
            asked += (("includeFuture", "true"),)
        request = Request(
            "klass",
            f"{self._base}/classifications/{_id(classification)}/{what}",
            asked,
            licence=_LICENCE,
        )

        def check(content: bytes) -> None:
            parse(content)

        try:
            _, content = self._fetcher.fetch(request, check)
            return parse(content)
        except SourceError as error:
            # A copy, so that an error with a status keeps it.
            named = copy.copy(error)
            where = f"KLASS {classification}, {what}"
            named.en, named.nb = f"{where}: {error.en}", f"{where}: {error.nb}"
            named.args = (named.en,)
            raise named from error


def _address() -> str:
    """Return where KLASS is: SSB has it on the server that has the tables."""
    own = os.environ.get("PROBA_KLASS_URL", "").strip()
    tables = urlsplit(os.environ.get("PROBA_SSB_URL", "").strip())
    if own or not tables.netloc:
        return own or _SSB
    return f"{tables.scheme}://{tables.netloc}/api/klass/v1"


def _id(classification: int) -> int:
    # The number becomes part of an address.
    if type(classification) is not int or classification < 1:
        raise SourceError(
            f"'{shown(classification)}' is not the number of a classification; kommuner are 131.",
            f"«{shown(classification)}» er ikke nummeret på en klassifikasjon; kommunene er 131.",
        )
    return classification


def _ordered(start: dt.date, end: dt.date) -> None:
    if not _YEARS[0] <= start.year <= end.year <= _YEARS[1] and start <= end:
        raise SourceError(
            f"The days {start} to {end} are not within {_YEARS[0]}-{_YEARS[1]}.",
            f"Dagene {start} til {end} er ikke innenfor {_YEARS[0]}-{_YEARS[1]}.",
        )
    if end < start:
        raise SourceError(
            f"The days end ({end}) before they begin ({start}).",
            f"Dagene slutter ({end}) før de begynner ({start}).",
        )
