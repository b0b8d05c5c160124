"""What can go wrong between here and a source, each in one sentence in two languages."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import SplitResult, urlsplit

import requests
import urllib3

from proba.errors import SourceError
from proba.sources.http_limits import HttpSettings, short

__all__ = ["PORTS", "Failure", "named_errors", "place", "split_url", "too_large", "too_slow"]

PORTS = {"http": 80, "https": 443}
_USER_INFO = re.compile(r"//[^/?#]*@")


class Failure(Exception):
    """A try that may be worth repeating.

    Attributes
    ----------
    error : SourceError
        What to say when there are no more tries.
    slow : bool
        A timeout or an unreachable host: two tries are enough.
    wait : float or None
        Seconds the server asked for.
    """

    def __init__(
        self, error: SourceError, *, slow: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(error.en)
        self.error = error
        self.slow = slow
        self.wait = wait


def split_url(url: str) -> SplitResult:
    """Return the parts of an address that may be called.

    Raises
    ------
    SourceError
        If it is not http or https, has no host or an impossible port, or holds a user name.
    """
    en, nb = "is not an address", "er ikke en adresse"
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        usable = False
    else:
        if parts.scheme not in PORTS:
            usable, en, nb = False, "is neither http nor https", "er verken http eller https"
        elif "@" in parts.netloc:
            # Never shown: what stands before the @ may be a password.
            raise SourceError(
                f"{short(parts.hostname or '')}: the address holds a user name or password; "
                "leave it out, the sources are open.",
                f"{short(parts.hostname or '')}: adressen inneholder brukernavn eller passord; "
                "ta det bort, kildene er åpne.",
            )
    if not usable:
        shown = short(_USER_INFO.sub("//", url))
        raise SourceError(
            f"'{shown}' {en}; check the address of the source.",
            f"«{shown}» {nb}; sjekk adressen til kilden.",
        )
    return parts


def place(url: str) -> str:
    """Return host, port and path for a message: no query string."""
    parts = urlsplit(url)
    return short(parts.netloc.rpartition("@")[2] + parts.path)


@contextmanager
def named_errors(url: str, settings: HttpSettings) -> Iterator[None]:
    """Turn what requests, urllib3 and the operating system raise into sentences.

    Raises
    ------
    Failure
        If another try may help.
    SourceError
        If not: a certificate that is not trusted, an address or a proxy setting of no use.
    """
    try:
        yield
    except (Failure, SourceError):
        raise
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        raise _translated(error, url, settings) from error


def _translated(error: Exception, url: str, settings: HttpSettings) -> Failure | SourceError:
    where = place(url)
    host = short(urlsplit(url).netloc)
    causes = list(_causes(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    def failure(en: str, nb: str, *, slow: bool) -> Failure:
        return Failure(SourceError(f"{where}: {en}", f"{where}: {nb}"), slow=slow)

    if has(ssl.SSLCertVerificationError):
        return SourceError(
            f"{where}: the server's certificate is not trusted; on a network that inspects "
            "traffic, set REQUESTS_CA_BUNDLE to the file with the network's own certificate.",
            f"{where}: tjenerens sertifikat er ikke til å stole på; på et nett som "
            "kontrollerer trafikken, sett REQUESTS_CA_BUNDLE til fila med nettets eget "
            "sertifikat.",
        )
    if has(urllib3.exceptions.ProxyError):
        return failure(
            "the proxy cannot be reached or refuses; check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
            "mellomtjeneren (proxy) kan ikke nås eller avviser; sjekk HTTPS_PROXY, HTTP_PROXY og "
            "NO_PROXY.",
            slow=True,
        )
    if has(ssl.SSLError, urllib3.exceptions.SSLError):
        return failure(
            f"no secure connection with {host}; check the address (https or http?) and the "
            "proxy settings.",
            f"ingen sikker forbindelse med {host}; sjekk adressen (https eller http?) og "
            "proxy-innstillingene.",
            slow=True,
        )
    if has(urllib3.exceptions.NameResolutionError, socket.gaierror):
        return failure(
            f"the host name {host} is not found; check the network and the address.",
            f"finner ikke vertsnavnet {host}; sjekk nettforbindelsen og adressen.",
            slow=True,
        )
    # Before the timeout, of which urllib3 makes it a kind.
    if has(urllib3.exceptions.NewConnectionError):
        return failure(
            f"no connection with {host}; check the address and the network, or try again later.",
            f"får ikke forbindelse med {host}; sjekk adressen og nettet, eller prøv igjen senere.",
            slow=True,
        )
    if has(urllib3.exceptions.ConnectTimeoutError):
        return failure(
            f"no connection with {host} within {settings.connect:g} seconds; check the network "
            "and any firewall.",
            f"ingen forbindelse med {host} innen {_comma(settings.connect)} sekunder; sjekk "
            "nettet og en eventuell brannmur.",
            slow=True,
        )
    if has(urllib3.exceptions.TimeoutError, TimeoutError):
        return failure(
            f"silent for {settings.silence:g} seconds; try again later, or allow more with "
            "PROBA_TIMEOUT.",
            f"taus i {_comma(settings.silence)} sekunder; prøv igjen senere, eller gi mer tid "
            "med PROBA_TIMEOUT.",
            slow=True,
        )
    if has(http.client.IncompleteRead):  # urllib3's own is a kind of it
        return failure(
            "the answer was cut short on the way; try again later.",
            "svaret ble avkortet underveis; prøv igjen senere.",
            slow=False,
        )
    if has(urllib3.exceptions.ProtocolError, requests.exceptions.InvalidHeader):
        return failure(
            "the connection broke before the answer was whole; try again later.",
            "forbindelsen ble brutt før hele svaret var kommet; prøv igjen senere.",
            slow=False,
        )
    # What is left is settings: a certificate file that is not there, a proxy address of an
    # unknown kind, a host name that cannot be one.
    reason = short(_USER_INFO.sub("//", str(error) or type(error).__name__), 160)
    return SourceError(
        f"{where}: cannot be called ({reason}); check the address, the proxy settings and "
        "REQUESTS_CA_BUNDLE.",
        f"{where}: kan ikke kalles ({reason}); sjekk adressen, proxy-innstillingene og "
        "REQUESTS_CA_BUNDLE.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield ``error`` and what lies beneath; requests and urllib3 keep it in four places."""
    todo, seen = [error], set[int]()
    while todo:
        one = todo.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        beneath = (*one.args, getattr(one, "reason", None), one.__cause__, one.__context__)
        todo += [cause for cause in beneath if isinstance(cause, BaseException)]


def _comma(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def too_large(url: str, limit: int) -> SourceError:
    size = f"{limit / 2**20:.3g} MB" if limit >= 2**20 else f"{limit} bytes"
    return SourceError(
        f"{place(url)}: the answer is larger than {size}; ask for less at a time.",
        f"{place(url)}: svaret er større enn {size.replace('.', ',')}; spør om mindre om gangen.",
    )


def too_slow(url: str, settings: HttpSettings) -> Failure:
    return Failure(
        SourceError(
            f"{place(url)}: no whole answer within {settings.total:g} seconds; try again later, "
            "or allow more with PROBA_TIMEOUT.",
            f"{place(url)}: ikke noe helt svar innen {_comma(settings.total)} sekunder; prøv "
            "igjen senere, eller gi mer tid med PROBA_TIMEOUT.",
        ),
        slow=True,
    )
