"""What a person at the terminal sees while a verb works, and the files it leaves."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from proba._bar import progress_bar
from proba.errors import Lang

if TYPE_CHECKING:
    import pandas as pd

    from proba.sources.fetching import Fetcher


def write_csv(frame: pd.DataFrame, path: Path, title: str, fetcher: Fetcher) -> None:
    """Write a table, and beside it the label of the answers it was made of, if they have one."""
    from proba._sidecar import write_labelled
    from proba.sources.tidy import tidy_csv

    facts = {"dc:source": list(dict.fromkeys(s.url for s in fetcher.used))}
    content = tidy_csv(frame).encode("utf-8")
    write_labelled({path: content}, path, title, facts, fetcher.label)


def waiting(lang: Lang) -> Callable[[str, float], None]:
    """Tell a person who watches why nothing happens."""

    def tell(host: str, seconds: float) -> None:
        if sys.stderr.isatty():
            text = "venter" if lang == "nb" else "waiting"
            typer.echo(f"{host}: {text} {seconds:.0f} s …", err=True)

    return tell


def say_label(fetcher: Fetcher) -> None:
    if fetcher.label is not None:
        typer.echo(f"[{fetcher.label}]")


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
def progress_where_watched() -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar when a person watches; nothing when output goes to a file or pipe."""
    if not sys.stderr.isatty():
        yield lambda done, total, text: None
        return
    with progress_bar() as progress:
        yield progress
