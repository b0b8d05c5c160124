"""Every way a server can misbehave ends in the right bytes or in one clear sentence."""

import _thread
import json
import pickle
import shutil
import socket
import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import pytest
import urllib3
from loopback_server import (
    FOREVER,
    BadGzip,
    ChunkedBody,
    Drip,
    Garbage,
    Gzip,
    GzipBomb,
    Html,
    LoopbackServer,
    MidBodyStall,
    Oversize,
    Redirect,
    Reply,
    Reset,
    Silence,
    Status,
    TruncatedJson,
    WrongLength,
)

import proba
from proba.errors import SourceError
from proba.sources.http import Answer, HttpClient, HttpSettings, StatusError
from proba.sources.request import Request

DATA = {"navn": ["Ærø", "Vågå"], "tall": list(range(300))}
NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
# Short enough to run out within a test; nothing asserts how long anything took.
QUICK = HttpSettings(connect=2, silence=0.5, total=0.9, max_bytes=2**20)
ROOMY = HttpSettings(connect=5, silence=10, total=20, max_bytes=2**20)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PROBA_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)


def app(received):
    return Reply.json(DATA)


def check(content):
    try:
        json.loads(content)
    except ValueError:
        raise SourceError("the answer is not JSON.", "svaret er ikke JSON.") from None


class Outcome:
    """What one call came to: the answer or the error, the requests made and the pauses."""

    def __init__(self, faults, *, settings=ROOMY, request=None, app=app, path="/api/data"):
        self.waits = []
        self.answer = self.error = None
        with (
            LoopbackServer(app, faults) as server,
            HttpClient(settings, sleep=self.waits.append, now=lambda: NOW) as client,
        ):
            self.host = server.host
            self.where = server.host + path
            asked = Request("ssb", server.url + path, params=(("lang", "no"),))
            try:
                self.answer = client.send(request(server) if request else asked, check)
            except SourceError as error:
                self.error = error
        self.received = server.received
        self.connections = server.connections
        for thread in threading.enumerate():
            if thread.name == "proba-http":
                thread.join(10)
                assert not thread.is_alive()

    def says(self, en, nb):
        assert self.error is not None
        for text, words in ((self.error.text("en"), en), (self.error.text("nb"), nb)):
            assert text.startswith(self.where), text
            assert words in text
            assert "\n" not in text
            assert "lang=no" not in text


@pytest.mark.parametrize(
    ("fault", "waits"),
    [
        (Status(code=500), [1.0]),
        (Status(code=502), [1.0]),
        (Status(code=503, times=2), [1.0, 2.0]),
        (Status(code=504, times=4), [1.0, 2.0, 4.0, 8.0]),
        (Status(code=429), [1.0]),
        (Status(code=429, retry_after="2"), [2.0]),
        (Status(code=503, retry_after="7", times=2), [7.0, 7.0]),
        (Status(code=429, retry_after="0"), [1.0]),
        (Status(code=429, retry_after="Mon, 02 Mar 2026 12:00:45 GMT"), [45.0]),
        (Status(code=429, retry_after="Mon Mar  2 12:00:45 2026"), [45.0]),
        (Status(code=429, retry_after="Mon, 02 Mar 2026 11:59:00 GMT"), [1.0]),
        (Status(code=429, retry_after="soon", times=2), [1.0, 2.0]),
        (Status(code=429, retry_after="-5"), [1.0]),
        (Status(code=429, retry_after="nan"), [1.0]),
        (Status(code=429, retry_after="1e9"), [1.0]),
        (Status(code=429, retry_after="120"), [120.0]),
        (Reset(), [1.0]),
        (Reset(after=0), [1.0]),
        (Reset(after=40, times=2), [1.0, 2.0]),
        (TruncatedJson(), [1.0]),
        (Html(), [1.0]),
        (Html(kind="application/json"), [1.0]),
        (WrongLength(by=10), [1.0]),
        (WrongLength(by=-5), [1.0]),
        (WrongLength(by=-(10**6)), [1.0]),
        (Gzip(), []),
        (Gzip(how="deflate"), []),
        (Gzip(how="raw"), []),
        (Gzip(length=5), [1.0]),
        (BadGzip(), [1.0]),
        (BadGzip(cut=True), [1.0]),
        (ChunkedBody(), []),
        (ChunkedBody(cut=True), [1.0]),
        (Drip(pause=0.0, step=50), []),
        (Drip(pause=0.0, step=50, headers=True), []),
        (Redirect(to="/there"), []),
    ],
    ids=repr,
)
def test_the_right_bytes_in_the_end(fault, waits):
    outcome = Outcome([fault])
    assert outcome.error is None
    assert json.loads(outcome.answer.content) == DATA
    assert outcome.waits == waits
    assert len(outcome.received) == (2 if isinstance(fault, Redirect) else len(waits) + 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x16\x03\x01 not HTTP at all\r\n\r\n",
        b"HTTP/1.1 two hundred\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n[]",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n[]",
        b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 70_000 + b"\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=range(9),
)
def test_what_is_not_http_is_tried_again(content):
    outcome = Outcome([Garbage(content=content)])
    assert outcome.error is None
    assert json.loads(outcome.answer.content) == DATA
    assert outcome.waits == [1.0]
    assert len(outcome.received) == 2


@pytest.mark.parametrize("fault", [Silence(), MidBodyStall(), Drip(pause=0.1)], ids=repr)
def test_one_slow_answer_is_tried_once_more(fault):
    outcome = Outcome([fault], settings=QUICK)
    assert json.loads(outcome.answer.content) == DATA
    assert outcome.waits == [1.0]
    assert len(outcome.received) == 2


@pytest.mark.parametrize(
    ("fault", "en", "nb"),
    [
        (Status(code=503), "HTTP 503, the source is out of order", "HTTP 503, kilden er ute av"),
        (Status(code=429), "HTTP 429, the source wants fewer", "HTTP 429, kilden vil ha færre"),
        (Reset(), "the connection broke", "forbindelsen ble brutt"),
        (TruncatedJson(), "the answer is not JSON", "svaret er ikke JSON"),
        (Html(), "a web page came instead", "en nettside i stedet"),
        (WrongLength(by=10), "cut short on the way", "avkortet underveis"),
        (Gzip(length=5), "cut short on the way", "avkortet underveis"),
        (ChunkedBody(cut=True), "cut short", "avkortet"),
        (BadGzip(), "packed (gzip) answer is damaged", "pakkede svaret (gzip) er skadet"),
        (BadGzip(cut=True), "damaged or cut short", "skadet eller avkortet"),
    ],
    ids=repr,
)
def test_what_stays_wrong_is_reported_after_five_tries(fault, en, nb):
    outcome = Outcome([type(fault)(**{**vars(fault), "times": FOREVER})])
    outcome.says(en, nb)
    assert outcome.error.text("en").endswith(" Tried 5 times.")
    assert outcome.error.text("nb").endswith(" Prøvd 5 ganger.")
    assert outcome.waits == [1.0, 2.0, 4.0, 8.0]
    assert len(outcome.received) == 5


@pytest.mark.parametrize(
    ("fault", "en", "nb"),
    [
        (Silence(times=9), "silent for 0.5 seconds", "taus i 0,5 sekunder"),
        (MidBodyStall(times=9), "silent for 0.5 seconds", "taus i 0,5 sekunder"),
        (Drip(pause=0.1, times=9), "within 0.9 seconds", "innen 0,9 sekunder"),
        (Drip(pause=0.1, headers=True, times=9), "within 0.9 seconds", "innen 0,9 sekunder"),
    ],
    ids=repr,
)
def test_slowness_is_given_two_tries(fault, en, nb):
    outcome = Outcome([fault], settings=QUICK)
    outcome.says(en, nb)
    outcome.says("PROBA_TIMEOUT. Tried 2 times.", "PROBA_TIMEOUT. Prøvd 2 ganger.")
    assert outcome.waits == [1.0]
    assert len(outcome.received) == 2


def test_timeouts_are_counted_apart_from_other_failures():
    outcome = Outcome([Status(times=2), Silence(), Reset(), Silence()], settings=QUICK)
    outcome.says("silent", "taus")
    assert outcome.waits == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("status", [204, 206, 304, 400, 401, 403, 404, 405, 407, 410, 413, 422])
def test_what_another_try_would_not_help_is_asked_once(status):
    outcome = Outcome([Status(code=status, times=FOREVER)])
    outcome.says(f"HTTP {status}, ", f"HTTP {status}, ")
    assert isinstance(outcome.error, StatusError)
    assert outcome.error.status == status
    assert pickle.loads(pickle.dumps(outcome.error)).status == status
    assert outcome.waits == []
    assert len(outcome.received) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            Reply.json(
                {"type": "about:blank", "title": "Non-existent value", "status": 400},
                kind="application/problem+json",
            ),
            "says: Non-existent value).",
        ),
        (
            Reply.json({"title": "Bad Request.", "detail": "Code K-9999\x1b[2J\r\nunknown"}),
            "says: Bad Request; Code K-9999 [2J unknown).",
        ),
        (Reply.json({"error": "Not Found", "message": "Not Found"}), "says: Not Found)."),
        (Reply.json("Ukjent kode"), "says: Ukjent kode)."),
        (Reply.json({"title": "x" * 5000}), "x…)."),
        (Reply(0, {"Content-Type": "text/plain"}, "for många".encode("latin-1")), "says: for m"),
    ],
)
def test_the_server_is_quoted_in_one_short_line(content, words):
    outcome = Outcome([Status(code=400, content=content)])
    assert words in str(outcome.error)
    assert words.removeprefix("says: ") in outcome.error.nb
    assert len(str(outcome.error)) < 500
    assert str(outcome.error).isprintable()


@pytest.mark.parametrize(
    "content",
    [
        Reply(0, {"Content-Type": "application/json"}, b"[" * 60_000),
        Reply(0, {"Content-Type": "application/json"}, b'{"title": '),
        Reply(0, {"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"no gzip"),
        Reply(0, {"Content-Type": "text/html"}, b"<h1>Not found</h1>"),
        Reply.json({"title": {"a": 1}, "detail": 7, "message": None}),
        Reply(0, {"Content-Type": "text/plain"}, b""),
    ],
)
def test_an_explanation_that_cannot_be_read_is_left_out(content):
    outcome = Outcome([Status(code=404, content=content)])
    assert outcome.error.status == 404
    assert "says" not in str(outcome.error)


def test_an_error_with_an_endless_explanation_is_still_that_error():
    outcome = Outcome([Oversize(status=404)])
    assert outcome.error.status == 404
    assert len(outcome.received) == 1


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("header", ["121", "Mon, 02 Mar 2026 13:30:00 GMT", "999999999999"])
def test_a_long_pause_is_left_to_the_user_at_once(code, header):
    outcome = Outcome([Status(code=code, retry_after=header, times=FOREVER)])
    outcome.says("asks you to come back", "ber deg vente til")
    if header.endswith("GMT"):
        local = (NOW + timedelta(minutes=90)).astimezone()
        outcome.says(f"{local:%Y-%m-%d %H:%M}", f"{local:%d.%m.%Y kl. %H.%M}")
    assert outcome.error.status == code
    assert outcome.waits == []
    assert len(outcome.received) == 1


@pytest.mark.parametrize(
    "fault",
    [Oversize(), Oversize(declared=10**12), GzipBomb(size=2**23), GzipBomb(size=2**20 + 1)],
    ids=repr,
)
def test_too_much_is_refused_while_it_is_read(fault):
    outcome = Outcome([fault])
    outcome.says("larger than 1 MB; ask for less", "større enn 1 MB; spør om mindre")
    assert outcome.waits == []
    assert len(outcome.received) == 1


def test_an_answer_of_exactly_the_largest_size_is_taken():
    body = b'"' + b"x" * (2**20 - 2) + b'"'
    for fault in (Gzip(), Gzip(how="raw"), ChunkedBody(), Status(times=0)):
        outcome = Outcome([fault], app=lambda _: Reply(body=body))
        assert outcome.answer.content == body


# Redirects


@pytest.mark.parametrize(
    ("target", "en", "nb"),
    [
        ("http://example.org/api", "sends on to example.org, another", "videre til example.org"),
        ("//example.org/api", "sends on to example.org, another", "videre til example.org"),
        ("http://127.0.0.1:1/api", "sends on to 127.0.0.1:1, another", "videre til 127.0.0.1:1"),
    ],
)
def test_another_host_or_port_is_not_followed(target, en, nb):
    outcome = Outcome([Redirect(to=target)])
    outcome.says(en, nb)
    outcome.says(outcome.host, outcome.host)
    assert outcome.waits == []
    assert len(outcome.received) == 1


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "http://u:hemmelig@127.0.0.1/", "http://["]
)
def test_odd_targets_of_a_redirect_are_refused(target):
    outcome = Outcome([Redirect(to=target)])
    assert isinstance(outcome.error, SourceError)
    assert "hemmelig" not in outcome.error.en + outcome.error.nb
    assert len(outcome.received) == 1


@pytest.mark.parametrize(
    ("here", "there", "followed"),
    [
        ("http://data.ssb.no/a", "https://data.ssb.no/a", True),
        ("http://data.ssb.no:80/a", "https://DATA.ssb.no:443/b#top", True),
        ("https://data.ssb.no/a", "https://data.ssb.no:443/b", True),
        ("https://data.ssb.no/a", "http://data.ssb.no/a", False),
        ("https://data.ssb.no/a", "https://data.ssb.no:8443/a", False),
        ("http://data.ssb.no:8080/a", "https://data.ssb.no/a", False),
        ("http://data.ssb.no/a", "https://data.ssb.no.example.org/a", False),
    ],
)
def test_up_to_https_but_never_down(here, there, followed):
    from proba.sources._transport import redirected

    request = Request("ssb", here, params=(("lang", "no"),))
    if followed:
        moved = redirected(request, 301, there)
        assert moved.url.lower() == there.partition("#")[0].lower()
        assert moved.params == ()
    else:
        with pytest.raises(SourceError, match="not followed"):
            redirected(request, 301, there)


def test_a_redirect_that_never_ends_stops_after_five():
    outcome = Outcome([Redirect(to="/api/data", times=FOREVER)])
    outcome.says("more than 5 times", "mer enn 5 ganger")
    assert len(outcome.received) == 6


def test_the_body_of_a_redirect_is_not_read():
    outcome = Outcome([Oversize(status=302, headers={"Location": "/there"})])
    assert json.loads(outcome.answer.content) == DATA
    assert [received.path for received in outcome.received] == ["/api/data", "/there"]


@pytest.mark.parametrize(("code", "method"), [(301, "POST"), (307, "POST"), (303, "GET")])
def test_a_post_stays_a_post_unless_told_otherwise(code, method):
    outcome = Outcome(
        [Redirect(to="/there?x=1", code=code)],
        request=lambda server: Request.post("ssb", server.url + "/api/data", {"a": "Å"}),
    )
    last = outcome.received[-1]
    assert (last.method, last.path, last.query) == (method, "/there", [("x", "1")])
    assert last.body == ('{"a":"Å"}'.encode() if method == "POST" else b"")
    assert outcome.answer.url.endswith("/there?x=1")


def test_a_redirect_to_nowhere_is_an_answer_without_data():
    outcome = Outcome([Status(code=302)])
    outcome.says("HTTP 302, an answer without data", "HTTP 302, et svar uten data")


# What is sent, and what is kept


def test_what_is_sent_and_what_comes_back():
    def request(server):
        return Request.post(
            "ssb", server.url + "/api/data", {"a": "Ærø"}, params=[("lang", "no"), ("x", "å *")]
        )

    outcome = Outcome([], request=request)
    sent = outcome.received[0]
    assert (sent.method, sent.path) == ("POST", "/api/data")
    assert sent.query == [("lang", "no"), ("x", "å *")]
    assert sent.body == '{"a":"Ærø"}'.encode()
    assert sent.headers["user-agent"] == f"proba/{proba.__version__}"
    assert sent.headers["accept-encoding"] == "gzip, deflate"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers["content-type"] == "application/json"
    assert outcome.answer == Answer(
        url=f"http://{outcome.host}/api/data?lang=no&x=%C3%A5+%2A",
        status=200,
        content=json.dumps(DATA, ensure_ascii=False).encode(),
        content_type="application/json; charset=utf-8",
        fetched_at=NOW,
    )


def test_a_connection_is_kept_after_success_and_dropped_after_failure():
    with LoopbackServer(app, [Status("/c")]) as server, HttpClient(ROOMY, sleep=id) as client:
        for path in ("/a", "/b"):
            client.send(Request("ssb", server.url + path), check)
        assert server.connections == 1
        client.send(Request("ssb", server.url + "/c"), check)
        assert server.connections == 2
        client.close()
        client.send(Request("ssb", server.url + "/d"), check)
        assert server.connections == 3


def test_cookies_are_not_kept():
    def baking(received):
        reply = Reply.json(DATA)
        return Reply(200, {**reply.headers, "Set-Cookie": "id=7; Path=/"}, reply.body)

    with LoopbackServer(baking) as server, HttpClient(ROOMY) as client:
        for _ in range(2):
            client.send(Request("ssb", server.url), check)
        assert all("cookie" not in received.headers for received in server.received)


def test_a_netrc_is_not_used(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login kari password hemmelig\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    outcome = Outcome([Redirect(to="/there")])
    assert len(outcome.received) == 2
    assert all("authorization" not in received.headers for received in outcome.received)


# The network


def closed_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def fail(url, **settings):
    """Return the error of a call that cannot succeed, and the pauses before it."""
    waits = []
    with (
        HttpClient(HttpSettings(**settings), sleep=waits.append) as client,
        pytest.raises(SourceError) as caught,
    ):
        client.send(Request("ssb", url), check)
    for text in (caught.value.en, caught.value.nb):
        assert text.isprintable()
        assert "Traceback" not in text
        assert "0x" not in text
    return caught.value, waits


def test_a_refused_connection_is_one_sentence():
    port = closed_port()
    error, waits = fail(f"http://127.0.0.1:{port}/api")
    assert str(error).startswith(f"127.0.0.1:{port}/api: no connection with 127.0.0.1:{port}; ")
    assert "får ikke forbindelse med 127.0.0.1" in error.nb
    assert waits == [1.0]


def test_an_unknown_host_is_one_sentence(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error, waits = fail("https://finnes.ikke.invalid/api")
    assert "the host name finnes.ikke.invalid is not found; check the network" in error.en
    assert "finner ikke vertsnavnet finnes.ikke.invalid" in error.nb
    assert waits == [1.0]


def test_a_connection_that_is_not_made_in_time_is_one_sentence(monkeypatch):
    def slow(*_, **__):
        raise TimeoutError("timed out")

    monkeypatch.setattr(urllib3.util.connection, "create_connection", slow)
    error, waits = fail("https://treg.invalid/api", connect=2.5)
    assert "no connection with treg.invalid within 2.5 seconds" in error.en
    assert "innen 2,5 sekunder" in error.nb
    assert waits == [1.0]


def test_a_proxy_of_the_environment_is_used_and_told_no_secrets(monkeypatch):
    with LoopbackServer(app) as proxy, HttpClient(ROOMY) as client:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        client.send(Request("ssb", "http://kilde.invalid/api"), check)
    assert proxy.received[0].headers["host"] == "kilde.invalid"
    assert "authorization" not in proxy.received[0].headers


def test_a_proxy_that_does_not_answer_is_named_without_its_password(monkeypatch):
    address = f"http://kari:hemmelig@127.0.0.1:{closed_port()}"
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, address)
    for scheme in ("http", "https"):
        error, _ = fail(f"{scheme}://kilde.invalid/api")
        assert "the proxy cannot be reached" in error.en
        assert "HTTPS_PROXY" in error.nb
        assert "hemmelig" not in error.en + error.nb


@pytest.mark.parametrize("address", ["socks5://kari:hemmelig@127.0.0.1:1", "http://", "tull://a"])
def test_a_proxy_setting_of_no_use_is_a_source_error(monkeypatch, address):
    monkeypatch.setenv("HTTP_PROXY", address)
    error, _ = fail("http://kilde.invalid/api")
    assert "proxy" in error.en
    assert "hemmelig" not in error.en + error.nb


def test_this_machine_is_called_without_the_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    assert Outcome([]).error is None
    named = Outcome([], request=lambda server: Request("ssb", f"http://localhost:{server.port}/"))
    assert named.error is None


def test_https_to_a_plain_server_is_one_sentence():
    with LoopbackServer(app) as server:
        error, _ = fail(f"https://{server.host}/api")
    assert f"no secure connection with {server.host}" in error.en
    assert "ingen sikker forbindelse" in error.nb


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_an_unknown_certificate_is_one_sentence_and_can_be_trusted(tmp_path, monkeypatch):
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")
    options = "-x509 -nodes -days 2 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=x"
    options += " -addext subjectAltName=IP:127.0.0.1"
    subprocess.run(
        ["openssl", "req", *options.split(), "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with LoopbackServer(app, [Redirect("/ned", to="http://127.0.0.1/x")], tls=tls) as server:
        error, waits = fail(server.url + "/api")
        assert str(error).startswith(f"{server.host}/api: the server's certificate is not trusted")
        assert "REQUESTS_CA_BUNDLE" in error.en
        assert "sertifikat" in error.nb
        assert waits == []
        assert server.received == []

        monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate)
        with HttpClient(ROOMY) as client:
            answer = client.send(Request("ssb", server.url + "/api"), check)
            assert json.loads(answer.content) == DATA
            with pytest.raises(SourceError, match="from https to unprotected http"):
                client.send(Request("ssb", server.url + "/ned"), check)


def test_a_certificate_file_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/finnes/ikke.pem")
    error, waits = fail("https://127.0.0.1:1/api")
    assert "/finnes/ikke.pem" in error.en
    assert "REQUESTS_CA_BUNDLE" in error.nb
    assert waits == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data.ssb.no/api",
        "ftp://data.ssb.no/api",
        "file:///etc/passwd",
        "http://",
        "http:///api",
        "http://data.ssb.no:99999/",
        "http://data.ssb.no:0/",
        "http://[::1/",
        "http://data.ssb.no/a b",
        "http://data.ssb.no/\r\nX-Evil: 1",
        "https://kari:hemmelig@data.ssb.no/api",
        "https://kari@data.ssb.no/api",
        "https://kari:hemmelig@data.ssb.no:99999/api",
        "ftp://kari:hemmelig@data.ssb.no/api",
    ],
)
def test_an_address_that_may_not_be_called_is_refused_before_anything_is_sent(url, monkeypatch):
    def network(*_, **__):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "getaddrinfo", network)
    error, waits = fail(url)
    assert "hemmelig" not in error.en + error.nb
    assert waits == []


# Stopping


def test_ctrl_c_during_a_call_ends_at_once():
    def interrupting(received):
        _thread.interrupt_main()
        return Reply.json(DATA)

    with (
        LoopbackServer(interrupting, [Silence(times=FOREVER)]) as server,
        HttpClient(HttpSettings()) as client,
    ):
        with pytest.raises(KeyboardInterrupt):
            client.send(Request("ssb", server.url), check)
        assert len(server.received) == 1


def test_ctrl_c_during_a_pause_ends_at_once():
    def interrupted(seconds):
        raise KeyboardInterrupt

    with (
        LoopbackServer(app, [Status(times=FOREVER)]) as server,
        HttpClient(ROOMY, sleep=interrupted) as client,
    ):
        with pytest.raises(KeyboardInterrupt):
            client.send(Request("ssb", server.url), check)
        assert len(server.received) == 1


def test_an_error_of_the_check_itself_is_not_swallowed_or_repeated():
    def broken(content):
        raise ZeroDivisionError

    with LoopbackServer(app) as server, HttpClient(ROOMY) as client:
        with pytest.raises(ZeroDivisionError):
            client.send(Request("ssb", server.url), broken)
        assert len(server.received) == 1


def test_pauses_are_foretold():
    told = []
    with (
        LoopbackServer(app, [Status(times=2)]) as server,
        HttpClient(ROOMY, sleep=id, on_wait=lambda *wait: told.append(wait)) as client,
    ):
        client.send(Request("ssb", server.url), check)
    assert told == [(server.host, 1.0), (server.host, 2.0)]
