from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cli_sources_help import Bench, new_server, open_bench
from typer.testing import CliRunner

from proba.cli import app

SPEC = "dependent: y\nregressors: [x1, x2]\n"


@dataclass
class Outcome:
    code: int
    out: str
    err: str

    def failed(self, *parts):
        """Exit 2, one line on stderr that holds the parts, nothing on stdout."""
        assert self.code == 2, (self.out, self.err)
        assert self.out == ""
        assert self.err.endswith("\n")
        assert len(self.err.splitlines()) == 1
        assert self.err.startswith(("Feil: ", "Error: "))
        for part in parts:
            assert part in self.err, self.err


@pytest.fixture
def proba():
    """Run the command line in this process."""

    def run(*args):
        result = CliRunner().invoke(app, [str(a) for a in args])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert "Traceback" not in result.stderr
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def frame():
    """Sixty kommuner in three years; no label, no sample column."""
    rng = np.random.default_rng(1)
    keys = [(f"{k:04d}", y) for k in range(101, 161) for y in (2012, 2013, 2014)]
    out = pd.DataFrame(keys, columns=["kommune", "aar"])
    n = len(out)
    out["x1"] = rng.normal(3, 1, n)
    out["x2"] = rng.normal(0, 1, n)
    out["y"] = 5 + out["x1"] + 0.2 * out["x2"] + rng.normal(0, 0.5, n)
    out["folketall"] = np.repeat(rng.integers(500, 60_000, 60), 3)
    return out


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def panel(folder, frame):
    frame.to_csv(folder / "panel.csv", index=False)
    return "panel.csv"


@pytest.fixture
def spec(folder):
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return "spec.yaml"


@pytest.fixture(scope="module")
def sources_server():
    """One server for the tests of a file; its behaviour is set in each test."""
    server, app = new_server()
    with server:
        yield server, app


@pytest.fixture
def bench(tmp_path, monkeypatch, sources_server) -> Bench:
    return open_bench(tmp_path, monkeypatch, *sources_server)
