"""Print what the real-data tests found, whatever pytest's verbosity."""

from __future__ import annotations

import pytest

FOUND = pytest.StashKey[list[str]]()


@pytest.fixture
def report_line(request: pytest.FixtureRequest):
    """Add a line to the end of the test run's output."""
    lines = request.config.stash.setdefault(FOUND, [])
    return lines.append


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    lines = config.stash.get(FOUND, [])
    if lines:
        terminalreporter.section("real data")
        for line in lines:
            terminalreporter.line(line)
