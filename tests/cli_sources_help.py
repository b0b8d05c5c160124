"""For tests of fetch, ssb, klass and store: one server whose behaviour can be changed between runs.

    bench.run("fetch", "--years", "2016", "--out", "panel.csv").ok()
    bench.faults(Status("/data", code=503))
    bench.fetch("panel.csv").failed("HTTP 503")

The server keeps its address while its app and faults change, so that what one run stored another
can use, and outputs, which name the address, can be compared byte for byte.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from fake_klass import FakeKlass
from fake_ssb import FakeSsb
from loopback_server import Fault, LoopbackServer, Received, Reply
from synthetic_sources import tables
from typer.testing import CliRunner

from proba.cli import app
from proba.sources.http import HttpClient

__all__ = ["ONE", "Bench", "Run", "new_server", "open_bench", "ssb_app"]

ONE = ("--years", "2016", "--variable", "folketall")
"""The smallest build there is: three questions (metadata, config, data)."""

_PLAN = (
    *(
        "Kodene er tatt",
        "Mangler:",
        "Brudd ",
        "Tall for ",
        "Utelatt kolonne ",
        "Bruker lagret fil ",
    ),
    *("Codes taken", "Lacking:", "Break ", "Figures of ", "Column left out ", "Using the stored "),
)
_BEGIN = datetime(2026, 1, 2, 8, tzinfo=UTC)


@lru_cache(maxsize=4)
def _tables(years: tuple[int, ...]) -> tuple[object, ...]:
    return tuple(tables(years))


def ssb_app(years: Sequence[int] = (2016,), **options: object) -> FakeSsb:
    """The synthetic tables; they are made once, and are not to be changed."""
    return FakeSsb(*_tables(tuple(years)), **options)


class Run:
    """What one run said and did."""

    def __init__(self, code: int, out: str, err: str, asked: list[Received], english: bool) -> None:
        self.code, self.out, self.err, self.asked = code, out, err, asked
        self.english = english

    @property
    def paths(self) -> list[str]:
        """Last word of each address asked: config, metadata, data."""
        return [received.path.rpartition("/")[2] for received in self.asked]

    def ok(self, *parts: str) -> Run:
        assert self.code == 0, (self.code, self.out, self.err)
        assert "Traceback" not in self.err
        for part in parts:
            assert part in self.out, self.out
        return self

    def failed(self, *parts: str, asked: int | None = None) -> Run:
        """Exit 2 and one line on stderr; stdout has nothing but the plan, told before."""
        assert self.code == 2, (self.code, self.out, self.err)
        assert not [line for line in self.out.splitlines() if line and not line.startswith(_PLAN)]
        assert self.err.endswith("\n")
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("Error: " if self.english else "Feil: ")
        # Quotation marks tell the languages apart where words do not.
        assert not (self.english and "«" in lines[0]), lines[0]
        assert "Traceback" not in self.err
        assert len(lines[0]) < 700, lines[0]
        for part in parts:
            assert part in lines[0], lines[0]
        if asked is not None:
            assert len(self.asked) == asked, self.paths
        return self


class Bench:
    """A server, a store and a folder of results, all in one temporary folder."""

    def __init__(self, server: LoopbackServer, app: _Changeable, folder: Path) -> None:
        self.server, self._app = server, app
        self.folder, self.store = folder, folder / "lager"
        self.results = folder / "resultat"
        self.results.mkdir()
        self.kept = app.kept
        self.waits: list[float] = []
        self._runs = 0

    def answer(self, app: Callable[[Received], Reply]) -> None:
        self._app.ssb = app

    def answer_klass(self, app: Callable[[Received], Reply]) -> None:
        self._app.klass = app

    def faults(self, *faults: Fault) -> None:
        """From now on these, and none of those before."""
        self.server._faults[:] = [[fault, fault.times] for fault in faults]

    def run(self, *args: object) -> Run:
        """In this process, without real pauses; the clock moves a minute a run."""
        before = len(self.server.received)
        self._runs += 1
        self.waits.clear()
        result = CliRunner().invoke(app, [str(a) for a in args])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        asked = self.server.received[before:]
        return Run(result.exit_code, result.stdout, result.stderr, asked, "en" in args)

    def fetch(self, *extra: object, out: str = "panel.csv") -> Run:
        return self.run("fetch", *ONE, "--out", self.results / out, *extra)

    def start(self, *args: object, **env: str) -> subprocess.Popen[bytes]:
        """In a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "proba", *map(str, args)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"} | env,
        )

    def written(self) -> dict[str, bytes]:
        """Every file in the folder of results, by name."""
        return {p.name: p.read_bytes() for p in sorted(self.results.iterdir())}

    def now(self) -> datetime:
        return _BEGIN + timedelta(minutes=self._runs)

    def panel(self) -> tuple[dict[str, bytes], str]:
        """Every file in the folder of results; of the report all but the times."""
        files = self.written()
        told = files.pop("panel.byggerapport.json").decode()
        del files["panel.byggerapport.txt"]
        return files, re.sub(r'"fetched_at": "[^"]*"', "", told)

    def sound(self, answers: int) -> None:
        """The store holds this many answers, all readable, and nothing that should not be there."""
        self.run("store", "verify").ok(f"{answers} svar kontrollert, 0 feil.")
        assert not list(self.folder.rglob("*.tmp"))


class _Changeable:
    def __init__(self) -> None:
        self.ssb: Callable[[Received], Reply] = Reply
        self.klass: Callable[[Received], Reply] = Reply
        self.kept: dict[str, Any] = {}  # for what the tests of a file make once

    def __call__(self, received: Received) -> Reply:
        app = self.klass if received.path.startswith("/klass/") else self.ssb
        return app(received)


def open_bench(
    folder: Path, monkeypatch: pytest.MonkeyPatch, server: LoopbackServer, app: _Changeable
) -> Bench:
    """Point the environment at the server and the folder, and take the clock's place."""
    bench = Bench(server, app, folder)
    bench.answer(ssb_app())
    bench.answer_klass(FakeKlass())
    bench.faults()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PROBA_SSB_URL", f"{server.url}/ssb")
    monkeypatch.setenv("PROBA_KLASS_URL", f"{server.url}/klass")
    monkeypatch.setenv("PROBA_STORE", str(bench.store))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.delenv("PROBA_TIMEOUT", raising=False)
    defaults = HttpClient.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "sleep", bench.waits.append)
    monkeypatch.setitem(defaults, "now", bench.now)
    return bench


def new_server() -> tuple[LoopbackServer, _Changeable]:
    app = _Changeable()
    return LoopbackServer(app), app
