"""How long, how often and how much: the limits an HTTP call is held to."""

from __future__ import annotations

import math
import os
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from proba._table import printable
from proba.errors import SourceError

__all__ = ["HttpSettings", "Pacer", "back_off", "retry_after", "short"]

_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_LONGEST_PAUSE = 30.0
_SHORTEST_PAUSE = 1.0


def short(text: str, length: int = 120) -> str:
    """Return text from outside as one printable line of at most ``length`` characters."""
    line = " ".join(printable(text[: 4 * length]).split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """What an :class:`~proba.sources.http.HttpClient` puts up with.

    Attributes
    ----------
    connect : float
        Seconds to connect.
    silence : float
        Seconds without a byte.
    total : float
        Seconds for one try: redirects, headers and body. A slow drip ends here.
    attempts : int
        Tries for 429, 5xx, broken connections and damaged answers. Timeouts, and hosts that
        cannot be reached at all, get at most two.
    max_bytes : int
        Bytes of a decoded answer; a larger one is refused while it is read.
    longest_wait : float
        Seconds; a server that asks for a longer pause ends the call, with an error that says
        when to come back.

    Raises
    ------
    SourceError
        If a limit is not a positive number.
    """

    connect: float = 10.0
    silence: float = 30.0
    total: float = 90.0
    attempts: int = 5
    max_bytes: int = 64 * 2**20
    longest_wait: float = 120.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (math.isfinite(value) and value > 0):
                raise SourceError(
                    f"HTTP settings: {field.name} must be a positive number, not {value}.",
                    f"HTTP-innstillinger: {field.name} må være et positivt tall, ikke {value}.",
                )

    @classmethod
    def from_environment(cls) -> HttpSettings:
        """Return the settings, with ``PROBA_TIMEOUT`` (seconds) as the total when it is set.

        ``connect`` and ``silence`` are cut to it, since neither can usefully be longer.

        Raises
        ------
        SourceError
            If ``PROBA_TIMEOUT`` is not a positive number of seconds.
        """
        text = os.environ.get("PROBA_TIMEOUT", "").strip()
        if not text:
            return cls()
        try:
            total = float(text.replace(",", "."))
        except ValueError:
            total = math.nan
        # A day is more than anyone means, and the operating system refuses far longer waits.
        if not 0 < total <= 86_400:
            raise SourceError(
                f"PROBA_TIMEOUT must be a number of seconds from 0 to 86400, "
                f"such as 90, not '{short(text, 40)}'.",
                f"PROBA_TIMEOUT må være et antall sekunder mellom 0 og 86400, "
                f"for eksempel 90, ikke «{short(text, 40)}».",
            )
        return cls(
            connect=min(cls().connect, total), silence=min(cls().silence, total), total=total
        )


_POLICY = re.compile(r"\s*(\d{1,6})\s*;\s*w=(\d{1,6})s?\s*")


def rate_policy(text: str) -> tuple[int, int] | None:
    """Read ``40;w=60s``: how many calls in how many seconds; None where it says nothing usable."""
    match = _POLICY.fullmatch(text)
    if match is None or not int(match[1]) or not int(match[2]):
        return None
    return int(match[1]), int(match[2])


class Pacer:
    """Keeps calls to a service at or under ``calls`` in any ``window`` seconds.

    Parameters
    ----------
    calls : int
        Calls allowed in a window.
    window : float
        Length of the window, seconds.
    clock, sleep, on_wait : callable
        ``clock()`` gives seconds, ``sleep(seconds)`` waits, ``on_wait(seconds)`` is told of a
        pause before it begins.

    Raises
    ------
    SourceError
        If ``calls`` or ``window`` is not positive.

    Notes
    -----
    The window slides, so a service that counts in fixed windows is satisfied too. Calls of other
    processes are not known here; their answer is the server's 429.
    """

    def __init__(
        self,
        calls: int,
        window: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        on_wait: Callable[[float], None] | None = None,
    ) -> None:
        if not (calls >= 1 and math.isfinite(window) and window > 0):
            raise SourceError(
                f"The service's limit of {calls} calls in {window} seconds cannot be kept.",
                f"Tjenestens grense på {calls} kall per {window} sekunder lar seg ikke holde.",
            )
        self._window = window
        self._clock = clock
        self._sleep = sleep
        self._on_wait = on_wait
        self._made: deque[float] = deque(maxlen=calls)

    def wait(self) -> None:
        """Wait until one more call is allowed, and count it."""
        if len(self._made) == self._made.maxlen:
            pause = self._made[0] + self._window - self._clock()
            if pause > 0:
                if self._on_wait is not None:
                    self._on_wait(pause)
                self._sleep(pause)
        self._made.append(self._clock())


def back_off(attempt: int) -> float:
    """Return the pause in seconds after try number ``attempt``: 1, 2, 4, ... at most 30.

    No jitter: it spreads out a crowd of clients that failed at the same moment, while here one
    person's program makes one call at a time, and a pause that can be foreseen can be tested.
    """
    return min(_SHORTEST_PAUSE * 2.0 ** min(attempt - 1, 16), _LONGEST_PAUSE)


def retry_after(header: str | None, now: datetime) -> float | None:
    """Return the seconds a ``Retry-After`` header asks for (RFC 9110, section 10.2.3).

    Parameters
    ----------
    header : str or None
        Seconds or an HTTP date.
    now : datetime
        Aware; what a date is measured from.

    Returns
    -------
    float or None
        At least one second: a zero or a date just past comes from rounding, and taking it at
        its word would spend every try at once. None if there is nothing that can be read.
    """
    text = (header or "").strip()
    if _SECONDS.fullmatch(text):
        return max(float(text), _SHORTEST_PAUSE)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if when.tzinfo is None:  # "-0000", or the old asctime form: both mean UTC
        when = when.replace(tzinfo=UTC)
    try:
        return max((when - now).total_seconds(), _SHORTEST_PAUSE)
    except OverflowError:
        return None
