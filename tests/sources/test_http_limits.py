"""The limits of a call, apart from any server."""

import gzip
import pickle
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_server import LoopbackServer, Reply

from proba.errors import SourceError
from proba.sources._http_errors import Failure
from proba.sources._transport import inflate
from proba.sources.http import HttpClient, HttpSettings, Pacer
from proba.sources.http_limits import back_off, rate_policy, retry_after, short
from proba.sources.request import Request

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)


class Clock:
    """Time that passes only while sleeping."""

    def __init__(self):
        self.now = 100.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def test_settings_without_the_environment(monkeypatch):
    monkeypatch.delenv("PROBA_TIMEOUT", raising=False)
    assert HttpSettings.from_environment() == HttpSettings()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" ", (10.0, 30.0, 90.0)),
        ("300", (10.0, 30.0, 300.0)),
        ("20", (10.0, 20.0, 20.0)),
        ("2,5", (2.5, 2.5, 2.5)),
    ],
)
def test_proba_timeout_is_the_total_and_caps_the_rest(monkeypatch, text, expected):
    monkeypatch.setenv("PROBA_TIMEOUT", text)
    settings = HttpSettings.from_environment()
    assert (settings.connect, settings.silence, settings.total) == expected


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon", "1e9", "90 s", "\x1b[2J"])
def test_a_bad_proba_timeout_is_named(monkeypatch, text):
    monkeypatch.setenv("PROBA_TIMEOUT", text)
    with pytest.raises(SourceError, match="PROBA_TIMEOUT must be a number of seconds") as caught:
        HttpClient()
    assert "PROBA_TIMEOUT må være" in caught.value.nb
    assert caught.value.en.isprintable()


@pytest.mark.parametrize("limits", [{"total": 0}, {"attempts": 0}, {"silence": float("nan")}])
def test_settings_that_cannot_be_kept_are_refused(limits):
    with pytest.raises(SourceError, match=next(iter(limits))):
        HttpSettings(**limits)


def test_back_off_doubles_up_to_half_a_minute():
    assert [back_off(i) for i in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]
    assert back_off(10**6) == 30


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("5", 5.0),
        (" 5 ", 5.0),
        ("1.5", 1.5),
        ("0", 1.0),
        ("-1", None),
        ("inf", None),
        ("٣", None),
        ("9" * 400, None),
        ("Mon, 02 Mar 2026 12:00:10 GMT", 10.0),
        ("Monday, 02-Mar-26 12:00:10 GMT", 10.0),
        ("Mon, 02 Mar 2026 13:00:10 +0100", 10.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 1.0),
        ("Mon, 32 Mar 2026 11:00:00 GMT", None),
        ("Mon, 02 Mar 99999 11:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_or_passed_over(header, seconds):
    assert retry_after(header, NOW) == seconds


@given(st.text(max_size=60))
def test_no_retry_after_header_breaks_anything(header):
    seconds = retry_after(header, NOW)
    assert seconds is None or seconds >= 1.0


@given(st.text(), st.integers(2, 50))
def test_text_from_outside_becomes_one_short_line(text, length):
    line = short(text, length)
    assert len(line) <= length
    assert line.isprintable()


def test_a_pacer_lets_no_window_hold_more_calls_than_allowed():
    clock = Clock()
    pacer = Pacer(3, 60, clock=clock, sleep=clock.sleep)
    made = []
    for _ in range(10):
        pacer.wait()
        made.append(clock.now)
        clock.now += 5
    assert clock.slept == [45.0, 45.0, 45.0]
    assert all(made[i + 3] - made[i] >= 60 for i in range(7))


def test_a_pacer_asks_for_nothing_when_calls_are_rare():
    clock = Clock()
    pacer = Pacer(2, 10, clock=clock, sleep=clock.sleep)
    for _ in range(5):
        pacer.wait()
        clock.now += 10
    assert clock.slept == []


@pytest.mark.parametrize(("calls", "window"), [(0, 60), (-1, 60), (30, 0), (30, float("nan"))])
def test_a_pace_that_cannot_be_kept_is_refused(calls, window):
    with pytest.raises(SourceError, match="cannot be kept"):
        Pacer(calls, window)


def test_a_client_paces_the_calls_to_one_host_only_retries_included():
    slept, told = [], []
    with (
        LoopbackServer(lambda _: Reply.json({})) as paced,
        LoopbackServer(lambda _: Reply.json({})) as free,
        HttpClient(sleep=slept.append, on_wait=lambda *wait: told.append(wait)) as client,
    ):
        client.pace(paced.url, 2, 3600)
        for server in (paced, paced, free, free, free, paced):
            client.send(Request("ssb", server.url + "/a"), lambda _: None)
    assert len(slept) == 1
    assert 3000 < slept[0] <= 3600
    assert told == [(paced.host, slept[0])]


def test_the_limit_a_service_tells_in_its_answers_is_kept():
    """SSB's configuration says 0 calls in 0 seconds; its headers say 40 in 60."""
    slept = []

    def app(_):
        return Reply(200, {**Reply.json({}).headers, "X-RateLimit-Policy": "3;w=3600s"}, b"{}")

    with LoopbackServer(app) as server, HttpClient(sleep=slept.append) as client:
        for _ in range(4):
            client.send(Request("ssb", server.url + "/a"), lambda _: None)
    assert len(slept) == 1
    assert 3000 < slept[0] <= 3600


@pytest.mark.parametrize("text", ["", "0;w=60s", "40;w=0s", "40", "mange", "-1;w=60", "9" * 50])
def test_a_limit_that_says_nothing_is_passed_over(text):
    assert rate_policy(text) is None


def test_a_limit_as_it_is_written():
    assert rate_policy("40;w=60s") == rate_policy(" 40 ; w=60 ") == (40, 60)


BODY = b'{"navn": "Troms"}' * 100


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (BODY, ""),
        (BODY, "identity"),
        (gzip.compress(BODY, mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0), " X-GZIP "),
        (gzip.compress(BODY[:500], mtime=0) + gzip.compress(BODY[500:], mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0) + bytes(20), "gzip"),
        (zlib.compress(BODY), "deflate"),
        (zlib.compress(BODY)[2:-4], "deflate"),
    ],
    ids=range(8),
)
def test_packed_answers_are_unpacked_up_to_the_limit(packed, encoding):
    url = "http://kilde.invalid/a"
    assert inflate(packed, encoding, len(BODY), url) == BODY
    if encoding not in ("", "identity"):  # those are counted as they are read
        with pytest.raises(SourceError, match="larger than 1699 bytes"):
            inflate(packed, encoding, len(BODY) - 1, url)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "\x1b[2J"])
def test_an_encoding_not_asked_for_is_a_failure(encoding):
    with pytest.raises(Failure, match="not asked for") as caught:
        inflate(BODY, encoding, 10**6, "http://kilde.invalid/a")
    assert caught.value.error.en.isprintable()


@given(st.binary(min_size=1, max_size=200), st.sampled_from(["gzip", "deflate"]))
def test_no_packed_bytes_break_anything(packed, encoding):
    try:
        out = inflate(packed, encoding, 1000, "http://kilde.invalid/a")
    except (Failure, SourceError):
        return
    assert len(out) <= 1000


@given(st.integers(1, len(gzip.compress(BODY, mtime=0)) - 1))
def test_a_cut_stream_is_never_taken_for_whole(length):
    with pytest.raises(Failure, match="cut short"):
        inflate(gzip.compress(BODY, mtime=0)[:length], "gzip", 10**6, "http://kilde.invalid/a")


def test_settings_survive_a_pickle():
    assert pickle.loads(pickle.dumps(HttpSettings(total=7))) == HttpSettings(total=7)
