"""Options the verbs share, and the words of the command line read into values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from proba.errors import Lang, ProbaError

LangOption = Annotated[Lang, typer.Option("--lang", help="Språk i utskriften.")]
StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store", metavar="MAPPE", help="Lager for svar; ellers PROBA_STORE eller brukerens cache."
    ),
]
RefreshOption = Annotated[
    bool, typer.Option("--refresh", help="Spør kildene på nytt selv om svaret er lagret.")
]
OfflineOption = Annotated[bool, typer.Option("--offline", help="Bruk bare lageret, ikke nettet.")]
CsvOption = Annotated[Path, typer.Option("--csv", metavar="FIL", help="CSV-fil som skrives.")]
DecimalMark = Literal[".", ",", "punktum", "komma"]
DecimalOption = Annotated[
    DecimalMark,
    typer.Option("--decimal", help="Desimaltegn i tekstceller: punktum (.) eller komma (,)."),
]
SheetOption = Annotated[
    str | None,
    typer.Option("--sheet", metavar="ARK", help="Ark i en Excel-fil; ellers det første."),
]
EncodingOption = Annotated[
    str, typer.Option("--encoding", help="Tegnsett i CSV-filer, f.eks. cp1252 fra Excel.")
]
PadOption = Annotated[
    bool, typer.Option("--pad-kommune", help="Sett tilbake tapte innledende nuller (104 → 0104).")
]


def _pairs(texts: list[str], option: str, form: str) -> Iterator[tuple[str, str]]:
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise ProbaError(
                f"{option}: '{text}' is not of the form {form}.",
                f"{option}: «{text}» har ikke formen {form}.",
            )
        yield name.strip(), value.strip()


def parse_files(texts: list[str]) -> dict[str, str]:
    files: dict[str, str] = {}
    for name, value in _pairs(texts, "--file", "nav=ufore.xlsx"):
        if name in files:
            raise ProbaError(
                f"--file: {name} stands more than once.", f"--file: {name} står mer enn én gang."
            )
        files[name] = value
    return files


def parse_select(texts: list[str]) -> dict[str, list[str]]:
    """Read ``DIM=CODE,CODE``; the commas inside ``range(a,b)`` do not divide."""
    chosen: dict[str, list[str]] = {}
    for name, value in _pairs(texts, "--select", "Region=0301,1103"):
        codes = [code.strip() for code in re.split(r",(?![^(]*\))", value)]
        chosen.setdefault(name, []).extend(code for code in codes if code)
    return chosen


def parse_date(text: str, option: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1800 <= day.year < 2200:  # year 16 is a slip, not a date
        raise ProbaError(
            f"{option}: '{text}' is not a date; write 2012-01-01.",
            f"{option}: «{text}» er ingen dato; skriv 2012-01-01.",
        )
    return day


def need_suffix(path: Path, suffix: str, option: str) -> None:
    """Refuse what cannot be written, before the work: ending, missing folder, a folder."""
    if path.suffix.lower() != suffix:
        raise ProbaError(
            f"{path}: {option} writes {suffix}; give the file that ending.",
            f"{path}: {option} skriver {suffix}; gi filen den endelsen.",
        )
    if not path.parent.is_dir():
        raise ProbaError(
            f"{path.parent}: no such folder; make it first.",
            f"{path.parent}: mappen finnes ikke; lag den først.",
        )
    if path.is_dir():
        raise ProbaError(f"{path}: is a folder.", f"{path}: er en mappe.")
