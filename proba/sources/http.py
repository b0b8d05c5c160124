"""Asking a source over HTTP, patiently and within limits.

``requests``, because it takes proxies and certificates from the environment, as the networks of
kommuner and agencies want it; ``tenacity`` for the loop of tries and pauses. What neither does
is done in the modules beside this one: a limit on the whole call (``_transport``), and one
sentence for each thing that can go wrong (``_http_errors``, ``_http_status``).

The environment is trusted for proxies (``HTTPS_PROXY``, ``NO_PROXY``) and certificates
(``REQUESTS_CA_BUNDLE``), never for credentials: nothing of a ``.netrc`` is sent, and no cookie is
kept. A server on this machine is called without the proxy.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import requests
import tenacity

from proba._version import __version__
from proba.errors import SourceError
from proba.sources._http_errors import Failure, place, split_url
from proba.sources._http_status import StatusError, counted, status_failure, web_page
from proba.sources._transport import call, new_session
from proba.sources.http_limits import HttpSettings, Pacer, back_off, rate_policy, short
from proba.sources.request import Request

__all__ = ["Answer", "HttpClient", "HttpSettings", "Pacer", "StatusError"]

_SLOW_TRIES = 2
_FORETOLD = 1.0  # seconds; shorter pauses are not worth telling of
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole, checked answer.

    Attributes
    ----------
    url : str
        Address that answered, query string and redirects included.
    status : int
        Always 200.
    content : bytes
        Decoded body.
    content_type : str
        As sent, shortened.
    fetched_at : datetime
        When the last byte came; UTC, aware.
    """

    url: str
    status: int
    content: bytes
    content_type: str
    fetched_at: datetime


class HttpClient:
    """Sends requests one at a time, with retries; a context manager.

    Parameters
    ----------
    settings : HttpSettings, optional
        Default :meth:`HttpSettings.from_environment`.
    sleep : callable
        Waits the seconds it is given.
    now : callable
        Gives the time, aware; for ``fetched_at`` and dates in ``Retry-After``.
    on_wait : callable, optional
        Told ``(host, seconds)`` before each pause of a second or more.

    Raises
    ------
    SourceError
        If ``PROBA_TIMEOUT`` is not a number of seconds.

    Notes
    -----
    A connection is kept between calls that go well, and dropped with its session after one that
    does not: what a failed call left in it must not be read as the next answer. One client
    belongs to one thread.
    """

    def __init__(
        self,
        settings: HttpSettings | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_wait: Callable[[str, float], None] | None = None,
    ) -> None:
        self._settings = HttpSettings.from_environment() if settings is None else settings
        self._sleep = sleep
        self._now = now
        self._on_wait = on_wait
        self._pacers: dict[str, Pacer] = {}
        self._session: requests.Session | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the client can still be used, and makes new ones."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def pace(self, url: str, calls: int, window: float) -> None:
        """Keep every later call to the host of ``url`` at or under ``calls`` in ``window`` seconds.

        Raises
        ------
        SourceError
            If ``calls`` or ``window`` is not positive, or ``url`` is not an address.
        """
        host = split_url(url).netloc
        self._pacers[host] = Pacer(
            calls,
            window,
            sleep=self._sleep,
            on_wait=lambda seconds: self._tell(host, seconds),
        )

    def send(self, request: Request, check: Callable[[bytes], None]) -> Answer:
        """Return the answer to ``request`` once it is whole and ``check`` is content with it.

        Parameters
        ----------
        request : Request
        check : callable
            Given the decoded body; raises SourceError if it is not what it should be. That
            counts as a damaged answer and is tried again.

        Returns
        -------
        Answer

        Raises
        ------
        StatusError
            If the source answers with an error status: at once for 4xx other than 429, with the
            server's own words; for 429 and 5xx when the tries are used up, or when the server
            asks for a pause longer than ``longest_wait``.
        SourceError
            If the address cannot be called, the source cannot be reached, sends on to another
            host, answers too slowly or too much, or the answer is still damaged after the last
            try.
        """
        host = split_url(request.url).netloc
        failures: list[Failure] = []

        def again(state: tenacity.RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome is not None else None
            if isinstance(error, Failure):
                failures.append(error)
                return True
            return False

        def enough(state: tenacity.RetryCallState) -> bool:
            slow = sum(failure.slow for failure in failures)
            return len(failures) >= self._settings.attempts or (
                failures[-1].slow and slow >= _SLOW_TRIES
            )

        def pause(state: tenacity.RetryCallState) -> float:
            asked = failures[-1].wait
            return back_off(state.attempt_number) if asked is None else asked

        tries = tenacity.Retrying(
            retry=again,
            stop=enough,
            wait=pause,
            sleep=self._sleep,
            before_sleep=lambda state: self._tell(host, state.upcoming_sleep),
            reraise=True,
        )
        try:
            return tries(self._attempt, request, host, check)
        except Failure as failure:
            raise counted(failure.error, len(failures)) from failure.__cause__

    def _heed(self, url: str, host: str, policy: str) -> None:
        """Keep to the limit a service tells in its answers; SSB's says 40 calls in 60 seconds."""
        told = rate_policy(policy)
        if told is not None and host not in self._pacers:
            self.pace(url, *told)
            self._pacers[host].wait()  # counts the call just made

    def _tell(self, host: str, seconds: float) -> None:
        if self._on_wait is not None and seconds >= _FORETOLD:
            self._on_wait(host, seconds)

    def _attempt(self, request: Request, host: str, check: Callable[[bytes], None]) -> Answer:
        if host in self._pacers:
            self._pacers[host].wait()
        if self._session is None:
            self._session = new_session(_agent())
        try:
            reply = call(self._session, request, self._settings)
            fetched_at = self._now().astimezone(UTC)
            self._heed(request.url, host, reply.rate_policy)
            if reply.status != 200:
                raise status_failure(reply, fetched_at, self._settings.longest_wait)
            if "json" in request.accept and reply.content_type.lower().startswith(_HTML):
                raise web_page(reply.url)
            try:
                check(reply.content)
            except SourceError as error:
                where = place(reply.url)
                told = SourceError(f"{where}: {error.en}", f"{where}: {error.nb}")
                if "json" in request.accept:
                    raise Failure(told) from error
                # A whole file of another layout will be the same next time.
                raise told from error
        except BaseException:
            self.close()
            raise
        return Answer(
            url=reply.url,
            status=reply.status,
            content=reply.content,
            content_type=short(reply.content_type),
            fetched_at=fetched_at,
        )


def _agent() -> str:
    return f"proba/{__version__}"
