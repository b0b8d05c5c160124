"""Years beyond the shipped list of kommuner: KLASS is asked, and followed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from fake_klass import FakeKlass
from loopback_server import LoopbackServer, Received, Reply
from synthetic_sources import synthetic_ssb

import proba
from proba.errors import SourceError
from proba.kommuner import ChangeGraph, shipped_graph


@pytest.fixture
def graph() -> ChangeGraph:
    """A made-up merger in 2025: Vestby and Ås become 3299."""
    changes = pd.DataFrame(
        [
            ("3216", "Vestby", "3299", "Syntetisk", "2025-01-01"),
            ("3218", "Ås", "3299", "Syntetisk", "2025-01-01"),
        ],
        columns=["oldCode", "oldName", "newCode", "newName", "changeOccurred"],
    )
    return shipped_graph().extended(changes, until=2025)


@pytest.fixture
def server(graph: ChangeGraph, monkeypatch: pytest.MonkeyPatch):
    klass, ssb = FakeKlass(graph), synthetic_ssb((2024, 2025), graph)

    def app(received: Received) -> Reply:
        return (klass if "/klass/" in received.path else ssb)(received)

    with LoopbackServer(app) as running:
        monkeypatch.setenv("PROBA_SSB_URL", f"{running.url}/api/pxwebapi/v2")
        monkeypatch.setenv("PROBA_KLASS_URL", f"{running.url}/api/klass/v1")
        yield running


def test_a_merger_after_the_list_is_taken_from_klass(
    server: LoopbackServer, tmp_path: Path
) -> None:
    built = proba.build_panel((2024, 2025), variables=("folketall",), store=tmp_path)
    people = built.frame["folketall"]
    assert built.report.kommuner == {2024: 356, 2025: 356}
    figures = built.figures.set_index(["kommune", "aar"])["value"]
    assert people[("3299", 2024)] == figures[("3216", 2024)] + figures[("3218", 2024)]
    assert people[("3299", 2025)] == figures[("3299", 2025)]
    asked = [path for path in server.paths() if "/klass/" in path]
    assert len(asked) == 2
    assert any(s.source == "klass" for s in built.report.snapshots)


def test_years_inside_the_list_do_not_ask_klass(server: LoopbackServer, tmp_path: Path) -> None:
    proba.build_panel((2024,), variables=("folketall",), store=tmp_path)
    assert not [path for path in server.paths() if "/klass/" in path]


def test_without_klass_a_later_year_is_one_error(
    server: LoopbackServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBA_KLASS_URL", f"{server.url}/nowhere")
    monkeypatch.setenv("PROBA_SSB_URL", f"{server.url}/nowhere")
    with pytest.raises(SourceError, match="404"):
        proba.build_panel((2025,), variables=("folketall",), store=tmp_path)
