"""The terminal side of the command line: encodings, one-line errors, words in Norwegian."""

from __future__ import annotations

import codecs
import io
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from proba._io import os_text
from proba._numbers import MINUS, THIN
from proba._table import printable
from proba.errors import Lang, ProbaError, ProbaWarning

__all__ = ["one_line_errors", "run_app"]

# Output sent to a file or pipe on Windows is often cp1252, which lacks these; a bare "?" for a
# minus would change a number.
_PLAIN = {MINUS: "-", THIN: "\N{NO-BREAK SPACE}", "→": "->", "─": "-", "∞": "inf"}


_INTERRUPTED = 130  # what the library returns on Ctrl-C


def _plain_characters(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: the nearest character the output can hold."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    char = error.object[error.start]
    plain = _PLAIN.get(char, "?")
    try:
        plain.encode(error.encoding)
    except UnicodeEncodeError:
        plain = " "
    return plain, error.start + 1


def run_app(app: typer.Typer) -> None:
    """Run a typer app on the words of the command line, errors as one line, and exit."""
    codecs.register_error("proba.plain", _plain_characters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="proba.plain")
    try:
        # Standalone, the library would print usage and a box around one sentence.
        code = app(args=sys.argv[1:] or ["--help"], standalone_mode=False)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        english = _english()
        text = error.format_message() if english else _usage_text(error)
        word = "Error" if english else "Feil"
        typer.echo(f"{word}: {printable(text).rstrip('.')} (proba --help).", err=True)
        code = 2
    if code == _INTERRUPTED:
        typer.echo("Interrupted." if _english() else "Avbrutt.", err=True)
    sys.exit(code or 0)


def _english() -> bool:
    return "--lang=en" in sys.argv or "en" in _after("--lang")


def _after(option: str) -> list[str]:
    """Return what follows an option on the command line, if anything."""
    return [sys.argv[i + 1] for i, word in enumerate(sys.argv[:-1]) if word == option]


def _usage_text(error: Any) -> str:
    """Return in Norwegian what is wrong with the words of the command line."""
    kind, message = type(error).__name__, str(error.format_message())
    param = getattr(error, "param", None)
    name = param.opts[0] if param is not None and param.opts else ""
    metavar = getattr(param, "metavar", None)
    name = name if name.startswith("-") else str(metavar or name).upper()
    if kind == "NoSuchOption":
        return f"ukjent valg {error.option_name}"
    if kind == "MissingParameter":
        return f"{name} mangler"
    if command := re.match(r"No such command '(.*)'", message):
        return f"ukjent kommando {command[1]}"
    if extra := re.match(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", message):
        return f"for mange ord: {extra[1]}"
    if option := re.match(r"Option '(.*)' requires", message):
        return f"{option[1]} mangler en verdi"
    if choice := re.search(r"'([^']*)' is not one of (.*?)\.?$", message):
        return f"{name} må være en av {choice[2]}, ikke {choice[1]}"
    if "valid integer" in message or "unable to parse" in message:
        return f"{name} må være et helt tall"
    if name:
        return f"{name}: ugyldig verdi ({message})"
    return message


@contextmanager
def one_line_errors(lang: Lang) -> Iterator[None]:
    """Turn what goes wrong into one line on stderr and exit 2; our warnings into a line each."""
    failure = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except ProbaError as error:
            failure = error.text(lang)
        except BrokenPipeError:
            raise  # the reader of a pipe left, which is no fault of ours
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            failure = f"{place}{os_text(error, lang)}"
    for entry in caught:
        if isinstance(entry.message, ProbaWarning):
            word = "Advarsel" if lang == "nb" else "Warning"
            typer.echo(f"{word}: {printable(entry.message.text(lang))}", err=True)
    if failure is not None:
        typer.echo(f"{'Feil' if lang == 'nb' else 'Error'}: {printable(failure)}", err=True)
        raise typer.Exit(2)
