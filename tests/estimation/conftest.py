"""Fixtures shared by the estimation tests: the embedded panel and its regression."""

from __future__ import annotations

import pytest

import proba
from proba import Panel, Results


@pytest.fixture(scope="session")
def panel() -> Panel:
    return proba.load_panel("kalibrert")


@pytest.fixture(scope="session")
def results(panel: Panel) -> Results:
    """CR1 by kommune, the default."""
    return proba.fit(proba.PROBA_2017, panel)
