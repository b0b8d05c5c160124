"""What an answer's status means for the one who asked."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from proba.errors import SourceError
from proba.sources._http_errors import Failure, place
from proba.sources._transport import Reply
from proba.sources.http_limits import retry_after, short

__all__ = ["StatusError", "counted", "status_failure", "web_page"]

_STATUS_WORDS = {
    400: ("the source does not accept the query", "kilden godtar ikke spørringen"),
    401: ("the source wants a log-in", "kilden krever innlogging"),
    403: (
        "access is refused, by the source or by a firewall on the way",
        "tilgang er nektet, av kilden eller av en brannmur underveis",
    ),
    404: (
        "does not exist at the source; check table number and address",
        "finnes ikke hos kilden; sjekk tabellnummer og adresse",
    ),
    407: (
        "the proxy wants a log-in; set user name and password in HTTPS_PROXY",
        "mellomtjeneren (proxy) krever innlogging; sett brukernavn og passord i HTTPS_PROXY",
    ),
    410: ("has been withdrawn by the source", "er trukket tilbake av kilden"),
    413: ("the query is too large; ask for less", "spørringen er for stor; spør om mindre"),
    414: ("the query is too long; ask for less", "spørringen er for lang; spør om mindre"),
    429: (
        "the source wants fewer calls; wait a little and run again",
        "kilden vil ha færre kall; vent litt og kjør igjen",
    ),
}


class StatusError(SourceError):
    """A source answered with an error status.

    Attributes
    ----------
    status : int
        HTTP status, such as 404.
    """

    def __init__(self, en: str, nb: str | None = None, status: int = 0) -> None:
        super().__init__(en, nb)
        self.status = status

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.en, self.nb, self.status))


def status_failure(reply: Reply, now: datetime, longest_wait: float) -> Failure | StatusError:
    """Return what an answer other than 200 comes to.

    429 and 5xx are worth another try, unless the server wants a longer pause than
    ``longest_wait`` seconds; nothing else is.
    """
    status = reply.status
    if status in _STATUS_WORDS:
        en, nb = _STATUS_WORDS[status]
    elif status >= 500:
        en, nb = (
            "the source is out of order; try again later",
            "kilden er ute av drift; prøv igjen senere",
        )
    elif status >= 400:
        en, nb = (
            "the source refuses the query; check it and the address",
            "kilden avviser spørringen; sjekk den og adressen",
        )
    else:
        en, nb = (
            "an answer without data; check the address",
            "et svar uten data; sjekk adressen",
        )
    words = _server_words(reply)
    en = f"{place(reply.url)}: HTTP {status}, {en}"
    nb = f"{place(reply.url)}: HTTP {status}, {nb}"
    if status != 429 and status < 500:
        return _status_error(en, nb, words, status)
    wait = retry_after(reply.retry_after, now)
    if wait is not None and wait > longest_wait:
        back_en, back_nb = _when(now, wait)
        en, nb = (
            f"{en}; it asks you to come back {back_en}",
            f"{nb}; den ber deg vente til {back_nb}",
        )
        return _status_error(en, nb, words, status)
    return Failure(_status_error(en, nb, words, status), wait=wait)


def counted(error: SourceError, tries: int) -> SourceError:
    """Return the error with how often it was tried."""
    if tries < 2:
        return error
    en, nb = f"{error.en} Tried {tries} times.", f"{error.nb} Prøvd {tries} ganger."
    if isinstance(error, StatusError):
        return StatusError(en, nb, error.status)
    return SourceError(en, nb)


def _status_error(en: str, nb: str, words: str, status: int) -> StatusError:
    said_en = f" (the server says: {words})" if words else ""
    said_nb = f" (tjeneren sier: {words})" if words else ""
    return StatusError(f"{en}{said_en}.", f"{nb}{said_nb}.", status)


def web_page(url: str) -> Failure:
    """Return the failure of a log-in or maintenance page in place of data."""
    where = place(url)
    return Failure(
        SourceError(
            f"{where}: a web page came instead of data; log on to the network if it asks for it, "
            "or try again later.",
            f"{where}: det kom en nettside i stedet for data; logg på nettet hvis det krever det, "
            "eller prøv igjen senere.",
        )
    )


def _server_words(reply: Reply) -> str:
    """Return what the server says about the error: problem+json (RFC 9457), its kin, or text."""
    kind = reply.content_type.lower()
    text = reply.content.decode("utf-8", "replace").lstrip("\ufeff")
    if kind.startswith("text/plain"):
        return short(text, 200).rstrip(".")
    if "json" not in kind:
        return ""  # an HTML page says less than the status
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    if isinstance(told, dict):
        found = [told.get(name) for name in ("title", "detail", "error", "message")]
    else:
        found = [told]
    # Only text: PxWeb and KLASS both keep these four as strings.
    parts = dict.fromkeys(short(part, 200).rstrip(".") for part in found if isinstance(part, str))
    return short("; ".join(part for part in parts if part), 240)


def _when(now: datetime, seconds: float) -> tuple[str, str]:
    """Return a moment in local time, in words."""
    try:
        moment = (now + timedelta(seconds=seconds)).astimezone()
    except (OverflowError, ValueError, OSError):
        return "much later", "mye senere"
    return f"at {moment:%Y-%m-%d %H:%M}", f"{moment:%d.%m.%Y kl. %H.%M}"
