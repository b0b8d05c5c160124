"""What a person at the terminal sees while a verb works, and the files it leaves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from proba.errors import Lang

if TYPE_CHECKING:
    import pandas as pd

    from proba.sources.fetching import Fetcher


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    from proba._io import atomic_write_text
    from proba.sources.tidy import tidy_csv

    atomic_write_text(path, tidy_csv(frame))


def waiting(lang: Lang) -> Callable[[str, float], None]:
    """Tell a person who watches why nothing happens."""

    def tell(host: str, seconds: float) -> None:
        if sys.stderr.isatty():
            text = "venter" if lang == "nb" else "waiting"
            typer.echo(f"{host}: {text} {seconds:.0f} s …", err=True)

    return tell


def say_labels(fetcher: Fetcher) -> None:
    for label in dict.fromkeys(s.label for s in fetcher.used if s.label):
        typer.echo(f"[{label}]")


@contextmanager
def open_fetcher(store: Path | None, refresh: bool, offline: bool, lang: Lang) -> Iterator[Fetcher]:
    from proba.sources.fetching import Fetcher
    from proba.sources.store import Store

    if offline:
        yield Fetcher(Store(store), None, refresh=refresh)
        return
    from proba.sources.http import HttpClient

    with HttpClient(on_wait=waiting(lang)) as client:
        yield Fetcher(Store(store), client, refresh=refresh)


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar on stderr when a person watches; nothing when output goes to a file or pipe."""
    if not sys.stderr.isatty():
        yield lambda done, total, text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, text: bar.update(
            task, completed=done, total=total, description=text
        )
