"""One exchange over HTTP: the bytes that came back, or a failure in one sentence."""

from __future__ import annotations

import ipaddress
import queue
import threading
import time
import zlib
from dataclasses import dataclass, replace
from urllib.parse import urljoin

import requests
import urllib3
from requests.auth import AuthBase
from requests.utils import requote_uri

from proba.errors import SourceError
from proba.sources._http_errors import (
    PORTS,
    Failure,
    named_errors,
    place,
    split_url,
    too_large,
    too_slow,
)
from proba.sources.http_limits import HttpSettings, short
from proba.sources.request import Request

__all__ = ["Reply", "call", "inflate", "new_session", "redirected"]

_CHUNK = 65_536
_HOPS = 5
_ERROR_BYTES = 65_536
# A thread waiting on a lock hears no Ctrl-C on Windows; it looks up this often.
_TICK = 0.25


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, decoded, whatever its status.

    Attributes
    ----------
    url : str
        Address that answered, with its query string.
    status : int
    content_type, retry_after, rate_policy : str
        Headers as sent; empty if not sent.
    content : bytes
        The body; of an error at most the first 64 KiB, and empty if that could not be read.
    """

    url: str
    status: int
    content_type: str
    retry_after: str
    rate_policy: str
    content: bytes


class _NoCredentials(AuthBase):
    """Keeps requests from sending what a ``.netrc`` holds for the host: the sources are open."""

    def __call__(self, r: requests.PreparedRequest) -> requests.PreparedRequest:
        return r


class _Session(requests.Session):
    """Proxies and certificates from the environment, but no credentials, cookies or redirects."""

    def __init__(self, agent: str) -> None:
        super().__init__()
        self.auth = _NoCredentials()
        self.headers.update({"User-Agent": agent, "Accept-Encoding": "gzip, deflate"})

    def get_redirect_target(self, resp: requests.Response) -> None:
        # With a target requests reads the whole body of a redirect, however long, even when
        # told not to follow it.
        return None


def new_session(agent: str) -> requests.Session:
    """Return a session that sends ``agent`` as its User-Agent."""
    return _Session(agent)


def call(session: requests.Session, request: Request, settings: HttpSettings) -> Reply:
    """Make one try and come back within ``settings.total`` seconds, whatever the server does.

    The work is done in a daemon thread, because a socket's timeout starts again with every byte:
    headers sent one byte at a time would hold the caller for hours. A thread that is given up
    lives until the server hangs up or falls silent. Its connection must not be used again: the
    caller drops the session after every failure.

    Raises
    ------
    Failure
        If it may be worth another try.
    SourceError
        If not.
    """
    box: queue.SimpleQueue[Reply | BaseException] = queue.SimpleQueue()
    deadline = time.monotonic() + settings.total

    def work() -> None:
        try:
            box.put(_exchange(session, request, settings, deadline))
        except BaseException as error:
            box.put(error)

    threading.Thread(target=work, name="proba-http", daemon=True).start()
    while True:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise too_slow(request.url, settings)
        try:
            outcome = box.get(timeout=min(remaining, _TICK))
        except queue.Empty:
            continue
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def _exchange(
    session: requests.Session, request: Request, settings: HttpSettings, deadline: float
) -> Reply:
    """Send, following redirects within the host."""
    for _ in range(_HOPS + 1):
        with named_errors(request.url, settings):
            response = _send(session, request, settings, deadline)
        try:
            target = response.headers.get("Location")
            if response.status_code not in (301, 302, 303, 307, 308) or target is None:
                with named_errors(request.url, settings):
                    return _read(response, request, settings, deadline)
            request = redirected(request, response.status_code, target)
        finally:
            response.close()
    where = place(request.url)
    raise SourceError(
        f"{where}: sent on from page to page more than {_HOPS} times; check the address.",
        f"{where}: sendt videre fra side til side mer enn {_HOPS} ganger; sjekk adressen.",
    )


def _send(
    session: requests.Session, request: Request, settings: HttpSettings, deadline: float
) -> requests.Response:
    host = split_url(request.url).hostname or ""
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise too_slow(request.url, settings)
    headers = {"Accept": request.accept}
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    session.cookies.clear()
    return session.request(
        request.method,
        request.url,
        params=list(request.params),
        data=None if request.body is None else request.body.encode("utf-8"),
        headers=headers,
        timeout=(min(settings.connect, remaining), min(settings.silence, remaining)),
        # A proxy's loopback is another machine than ours.
        proxies={"no_proxy": host} if _is_loopback(host) else None,
        allow_redirects=False,
        stream=True,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def redirected(request: Request, status: int, target: str) -> Request:
    """Return the request a redirect asks for, if it stays with the host."""
    old = split_url(request.url)
    try:
        new = split_url(urljoin(request.url, requote_uri(target.strip())))
    except (ValueError, requests.RequestException):
        raise SourceError(
            f"{place(request.url)}: sends on to something that is not an address; not followed.",
            f"{place(request.url)}: sender videre til noe som ikke er en adresse; ikke fulgt.",
        ) from None
    if (old.scheme, new.scheme) == ("https", "http"):
        raise SourceError(
            f"{place(request.url)}: sends on from https to unprotected http; not followed.",
            f"{place(request.url)}: sender videre fra https til ubeskyttet http; ikke fulgt.",
        )
    there = (new.hostname, new.port or PORTS[new.scheme])
    here = (old.hostname, old.port or PORTS[old.scheme])
    upgraded = old.scheme != new.scheme and here[1] == 80 and there[1] == 443
    if there[0] != here[0] or (there[1] != here[1] and not upgraded):
        raise SourceError(
            f"{place(request.url)}: {short(old.netloc)} sends on to {short(new.netloc)}, another "
            "server; not followed. If the source has moved, set its new address; behind a "
            "login page, log on to the network first.",
            f"{place(request.url)}: {short(old.netloc)} sender videre til {short(new.netloc)}, en "
            "annen tjener; ikke fulgt. Har kilden flyttet, oppgi den nye adressen; står det en "
            "innloggingsside imellom, logg på nettet først.",
        )
    # The target carries its own query. Only 303 asks for a GET; a POST here changes nothing at
    # the server, so repeating it is safe, and as a GET it would lose its query.
    moved = replace(request, url=new._replace(fragment="").geturl(), params=())
    return replace(moved, body=None) if status == 303 else moved


def _read(
    response: requests.Response, request: Request, settings: HttpSettings, deadline: float
) -> Reply:
    good = response.status_code < 400
    limit = settings.max_bytes if good else min(_ERROR_BYTES, settings.max_bytes)
    content = b""
    try:
        body = _wire_bytes(response, request.url, settings, deadline, limit, strict=good)
        encoding = response.headers.get("Content-Encoding", "")
        content = inflate(body, encoding, limit, request.url)
    except (Failure, SourceError, urllib3.exceptions.HTTPError):
        # An error stays the error it is though its explanation is lost.
        if good:
            raise
    return Reply(
        url=response.url,
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        retry_after=response.headers.get("Retry-After", ""),
        rate_policy=response.headers.get("X-RateLimit-Policy", ""),
        content=content,
    )


def _wire_bytes(
    response: requests.Response,
    url: str,
    settings: HttpSettings,
    deadline: float,
    limit: int,
    *,
    strict: bool,
) -> bytes:
    raw = response.raw
    if strict and (raw.length_remaining or 0) > limit:
        raise too_large(url, limit)
    body = bytearray()
    # urllib3 compares what came with Content-Length at the end (its enforce_content_length).
    while chunk := raw.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > limit:
            if not strict:
                break
            raise too_large(url, limit)
        if time.monotonic() > deadline:
            raise too_slow(url, settings)
    return bytes(body)


def inflate(body: bytes, encoding: str, limit: int, url: str) -> bytes:
    """Return ``body`` without its Content-Encoding (gzip, deflate or none).

    Done here rather than by urllib3, which takes a compressed stream that stops early for whole.

    Raises
    ------
    Failure
        If the stream is damaged or cut, or the encoding is another than those asked for.
    SourceError
        If more than ``limit`` bytes come out; no more than that is unpacked.
    """
    name = encoding.strip().lower()
    if name in ("", "identity") or not body:
        return body
    if name in ("gzip", "x-gzip"):
        wbits = 16 + zlib.MAX_WBITS
    elif name == "deflate":
        # "deflate" is zlib by the standard and bare deflate by habit; a zlib header tells.
        is_zlib = body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
        wbits = zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS
    else:
        raise Failure(
            SourceError(
                f"{place(url)}: the answer is packed as '{short(encoding, 30)}', which was not "
                "asked for; try again later.",
                f"{place(url)}: svaret er pakket som «{short(encoding, 30)}», som det ikke ble "
                "bedt om; prøv igjen senere.",
            )
        )
    out = bytearray()
    try:
        while body:  # a gzip stream may have several members
            unpacker = zlib.decompressobj(wbits)
            out += unpacker.decompress(body, limit + 1 - len(out))
            if len(out) > limit:
                raise too_large(url, limit)
            if not unpacker.eof:
                raise zlib.error("ends too early")
            body = unpacker.unused_data.lstrip(b"\0")  # padding is allowed
    except zlib.error:
        raise Failure(
            SourceError(
                f"{place(url)}: the packed ({name}) answer is damaged or cut short; try again "
                "later.",
                f"{place(url)}: det pakkede svaret ({name}) er skadet eller avkortet; prøv igjen "
                "senere.",
            )
        ) from None
    return bytes(out)
