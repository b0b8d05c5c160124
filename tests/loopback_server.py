"""A server on 127.0.0.1 that answers as it is told, and misbehaves as it is told.

    def app(received: Received) -> Reply:
        return Reply.json({"asked": received.path})

    with LoopbackServer(app, faults=[Status("/data", code=503, times=2)]) as server:
        ...  # server.url, server.received

A fault is played for the first ``times`` requests whose path its ``match`` finds
(``re.search``); the first fault in the list that still has turns left wins. Every request is
recorded, those of faults too. An exception in ``app`` is raised again when the server closes.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

__all__ = [
    "FOREVER",
    "BadGzip",
    "ChunkedBody",
    "Drip",
    "Fault",
    "Garbage",
    "Gzip",
    "GzipBomb",
    "Html",
    "LoopbackServer",
    "MidBodyStall",
    "Oversize",
    "Received",
    "Redirect",
    "Reply",
    "Reset",
    "Silence",
    "Status",
    "TruncatedJson",
    "WrongLength",
]

FOREVER = 10**9


@dataclass(frozen=True)
class Received:
    """One request as it came; header names in lower case."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def json(cls, value: Any, status: int = 200, kind: str = "application/json") -> Reply:
        body = json.dumps(value, ensure_ascii=False).encode()
        return cls(status, {"Content-Type": f"{kind}; charset=utf-8"}, body)

    def framed(self) -> dict[str, str]:
        """The headers with the true Content-Length, unless they already hold one."""
        return {"Content-Length": str(len(self.body)), **self.headers}


App = Callable[[Received], Reply]


class Wire:
    """What a fault can do to a connection."""

    def __init__(self, handler: _Handler) -> None:
        self._handler = handler

    def head(self, status: int, headers: Mapping[str, str]) -> bytes:
        lines = [f"HTTP/1.1 {status} x", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def send(self, content: bytes) -> None:
        self._handler.wfile.write(content)

    def reply(self, reply: Reply) -> None:
        self.send(self.head(reply.status, reply.framed()) + reply.body)

    def pause(self, seconds: float) -> bool:
        """Wait; True if the server is closing and there is no point in going on."""
        return self._handler.server.closing.wait(seconds)

    def hang_up(self) -> None:
        self._handler.close_connection = True

    def reset(self) -> None:
        """End with RST instead of FIN: SO_LINGER with no time to linger."""
        linger = struct.pack("ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._handler.server.let_go(self._handler.connection)
        self.hang_up()


@dataclass(frozen=True)
class Fault:
    """Base: plays the app's reply unchanged."""

    match: str = ""
    times: int = field(default=1, kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        wire.reply(reply)


@dataclass(frozen=True)
class Status(Fault):
    """Another status instead of the reply; ``retry_after`` as the header has it."""

    code: int = field(default=503, kw_only=True)
    retry_after: str | None = field(default=None, kw_only=True)
    content: Reply = field(default=Reply(), kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        headers = dict(self.content.headers)
        if self.retry_after is not None:
            headers["Retry-After"] = self.retry_after
        wire.reply(Reply(self.code, headers, self.content.body))


@dataclass(frozen=True)
class Reset(Fault):
    """RST before a byte is sent, or after headers and ``after`` bytes of the body."""

    after: int | None = field(default=None, kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        if self.after is not None:
            wire.send(wire.head(reply.status, reply.framed()) + reply.body[: self.after])
            wire.pause(0.05)  # or the kernel throws the bytes away with the connection
        wire.reset()


@dataclass(frozen=True)
class Drip(Fault):
    """``step`` bytes at a time with pauses: the body, or all of it with ``headers=True``."""

    pause: float = field(default=0.01, kw_only=True)
    step: int = field(default=1, kw_only=True)
    headers: bool = field(default=False, kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        head = wire.head(reply.status, reply.framed())
        whole = head + reply.body
        start = 0 if self.headers else len(head)
        wire.send(whole[:start])
        for i in range(start, len(whole), self.step):
            wire.send(whole[i : i + self.step])
            if wire.pause(self.pause):
                return wire.hang_up()
        return None


@dataclass(frozen=True)
class TruncatedJson(Fault):
    """Half a body with the Content-Length of the half: only a reader of JSON can tell."""

    def play(self, wire: Wire, reply: Reply) -> None:
        half = reply.body[: len(reply.body) // 2]
        wire.reply(Reply(reply.status, reply.headers, half))


@dataclass(frozen=True)
class Html(Fault):
    """A web page with status 200, as portals and maintenance pages send."""

    kind: str = field(default="text/html; charset=utf-8", kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        page = b"<!DOCTYPE html><html><body>Vedlikehold</body></html>"
        wire.reply(Reply(200, {"Content-Type": self.kind}, page))


@dataclass(frozen=True)
class WrongLength(Fault):
    """A Content-Length ``by`` more than the body (then hangs up), or less (``by`` negative)."""

    by: int = field(default=10, kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        length = str(max(len(reply.body) + self.by, 0))
        wire.send(wire.head(reply.status, {**reply.headers, "Content-Length": length}))
        wire.send(reply.body)
        if self.by > 0:
            wire.hang_up()


@dataclass(frozen=True)
class Gzip(Fault):
    """The reply packed: ``gzip``, ``deflate`` (zlib) or ``raw`` (deflate without zlib)."""

    how: str = field(default="gzip", kw_only=True)
    length: int = field(default=0, kw_only=True)  # added to the Content-Length

    def packed(self, body: bytes) -> bytes:
        if self.how == "gzip":
            return gzip.compress(body, mtime=0)
        packer = zlib.compressobj(wbits=15 if self.how == "deflate" else -15)
        return packer.compress(body) + packer.flush()

    def play(self, wire: Wire, reply: Reply) -> None:
        name = "deflate" if self.how == "raw" else self.how
        body = self.packed(reply.body)
        headers = {"Content-Encoding": name, "Content-Length": str(len(body) + self.length)}
        wire.reply(Reply(reply.status, {**reply.headers, **headers}, body))
        if self.length:
            wire.hang_up()


@dataclass(frozen=True)
class GzipBomb(Fault):
    """``size`` zero bytes, packed about a thousandfold."""

    size: int = field(default=2**26, kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        body = gzip.compress(bytes(self.size), mtime=0)
        wire.reply(Reply(200, {**reply.headers, "Content-Encoding": "gzip"}, body))


@dataclass(frozen=True)
class BadGzip(Fault):
    """Says gzip: what follows is no gzip at all, or with ``cut`` a stream without its end."""

    cut: bool = field(default=False, kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        body = gzip.compress(reply.body, mtime=0)[:-12] if self.cut else reply.body
        wire.reply(Reply(200, {**reply.headers, "Content-Encoding": "gzip"}, body))


@dataclass(frozen=True)
class ChunkedBody(Fault):
    """The reply in chunks; with ``cut`` it hangs up inside the second chunk."""

    cut: bool = field(default=False, kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        wire.send(wire.head(reply.status, {**reply.headers, "Transfer-Encoding": "chunked"}))
        half = len(reply.body) // 2
        first, second = reply.body[:half], reply.body[half:]
        wire.send(b"%x\r\n%s\r\n" % (len(first), first))
        if self.cut:
            wire.send(b"%x\r\n%s" % (len(second), second[:2]))
            wire.hang_up()
        else:
            wire.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(second), second))


@dataclass(frozen=True)
class Garbage(Fault):
    """These bytes, head and all, then hangs up."""

    content: bytes = field(default=b"", kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        wire.send(self.content)
        wire.hang_up()


@dataclass(frozen=True)
class Redirect(Fault):
    """A redirect to ``to``, an address or a path."""

    to: str = field(default="/", kw_only=True)
    code: int = field(default=302, kw_only=True)
    body: bytes = field(default=b"", kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        wire.reply(Reply(self.code, {"Location": self.to}, self.body))


@dataclass(frozen=True)
class Oversize(Fault):
    """A body without end, or with ``declared`` only a Content-Length of that size."""

    declared: int | None = field(default=None, kw_only=True)
    status: int = field(default=200, kw_only=True)
    headers: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def play(self, wire: Wire, reply: Reply) -> None:
        headers = {"Content-Type": "application/json", **self.headers}
        wire.hang_up()
        if self.declared is not None:
            headers["Content-Length"] = str(self.declared)
            wire.send(wire.head(self.status, headers) + b"[")
            return
        wire.send(wire.head(self.status, headers))
        while not wire.pause(0):
            wire.send(b" " * 65_536)  # until the client hangs up


@dataclass(frozen=True)
class Silence(Fault):
    """Takes the request and says nothing."""

    def play(self, wire: Wire, reply: Reply) -> None:
        wire.hang_up()
        wire.pause(60)


@dataclass(frozen=True)
class MidBodyStall(Fault):
    """Headers and half the body, then nothing more."""

    def play(self, wire: Wire, reply: Reply) -> None:
        wire.hang_up()
        wire.send(wire.head(reply.status, reply.framed()))
        wire.send(reply.body[: len(reply.body) // 2])
        wire.pause(60)


class LoopbackServer:
    """Answers with ``app`` and plays ``faults``; a context manager. ``tls`` makes it https.

    Attributes
    ----------
    received : list of Received
        In the order they came; complete once the client has its answer.
    connections : int
        How many were opened.
    """

    def __init__(
        self, app: App, faults: Sequence[Fault] = (), *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._app = app
        self.tls = tls
        self._faults = [[fault, fault.times] for fault in faults]
        self._lock = threading.Lock()
        self._errors: list[BaseException] = []
        self.received: list[Received] = []
        self.connections = 0

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://{self.host}"

    def paths(self) -> list[str]:
        return [received.path for received in self.received]

    def __enter__(self) -> LoopbackServer:
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="loopback"
        )
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()  # waits for the threads of the connections
        if self._errors and raised[0] is None:
            raise self._errors[0]

    def answer(self, received: Received, wire: Wire) -> None:
        with self._lock:
            self.received.append(received)
            turn = self._turn(received.path)
        try:
            reply = self._app(received)
        except Exception as error:
            self._errors.append(error)
            reply = Reply(500)
        turn.play(wire, reply)

    def _turn(self, path: str) -> Fault:
        for entry in self._faults:
            if entry[1] > 0 and re.search(entry[0].match, path):
                entry[1] -= 1
                return entry[0]
        return Fault()


class _Server(ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 32

    def __init__(self, owner: LoopbackServer) -> None:
        self.owner = owner
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.owner.tls is not None:
            # A handshake that fails is an OSError, which the server loop passes over.
            connection = self.owner.tls.wrap_socket(connection, server_side=True)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        self.owner.connections += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        if self.let_go(request, close=False):
            super().shutdown_request(request)

    def let_go(self, request: socket.socket, *, close: bool = True) -> bool:
        with self._guard:
            held = request in self._open
            self._open.discard(request)
        if close:
            request.close()
        return held

    def hang_up(self) -> None:
        """Wake every thread that reads from or writes to a client."""
        with self._guard:
            for request in self._open:
                with contextlib.suppress(OSError):
                    request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _take(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        received = Received(
            method=self.command,
            path=parts.path,
            query=parse_qsl(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        self.server.owner.answer(received, Wire(self))

    do_GET = do_POST = _take

    def log_message(self, *_: object) -> None:
        """Keep quiet."""
