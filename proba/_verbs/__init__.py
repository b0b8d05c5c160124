"""The verbs about sources (fetch, ssb, klass, store) and about growth (decompose, simulate)."""

from __future__ import annotations

import typer

from proba._verbs.decompose import decompose
from proba._verbs.fetch import fetch
from proba._verbs.robustness import robustness
from proba._verbs.simulate import simulate
from proba._verbs.store import store_app
from proba._verbs.tables import klass, ssb

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command()(decompose)
    app.command()(simulate)
    app.command()(robustness)
    app.command()(fetch)
    app.command()(ssb)
    app.command()(klass)
    app.add_typer(store_app, name="store")
