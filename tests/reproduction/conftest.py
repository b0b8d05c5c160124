import pytest

from proba.panel import load_panel, make_panel
from proba.reproduction import reproduce


@pytest.fixture(scope="session")
def embedded():
    """The report rerun on the embedded panel."""
    return reproduce()


@pytest.fixture
def changed():
    """Rerun the report on the embedded panel as changed by a function of its flat table."""

    def run(change, label=None):
        flat = load_panel().to_csv_frame().drop(columns="merke")
        return reproduce(make_panel(change(flat), name="eget", label=label))

    return run
