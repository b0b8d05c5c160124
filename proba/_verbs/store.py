"""``proba store``: the stored answers listed, checked and moved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from proba._console import one_line_errors
from proba._verbs.words import LangOption, StoreOption, need_suffix
from proba.errors import ProbaError

store_app = typer.Typer(
    help="Lageret av hentede svar: vis, kontroller, flytt mellom maskiner.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@store_app.command("list")
def store_list(store: StoreOption = None, lang: LangOption = "nb") -> None:
    """Vis alle lagrede svar: kilde, tid, størrelse, kontrollsum og spørring."""
    with one_line_errors(lang):
        from proba._table import TextTable
        from proba.sources.store import Store

        kept = Store(store)
        nb = lang == "nb"
        rows = tuple(
            (
                s.source,
                s.fetched_at.strftime("%Y-%m-%d %H:%M"),
                str(s.size),
                s.sha256[:12],
                _shortened(f"{s.url} {s.query if s.query != '{}' else ''}"),
            )
            for s in kept.snapshots()
        )
        header = ("kilde", "hentet (UTC)", "byte", "sha256", "spørring")
        title = f"{kept.folder}: {len(rows)} {'svar' if nb else 'answers'}"
        english = ("source", "fetched", "bytes", "sha256", "query")
        typer.echo(TextTable(title, header if nb else english, rows, left=5).to_text())


@store_app.command("verify")
def store_verify(store: StoreOption = None, lang: LangOption = "nb") -> None:
    """Regn ut alle kontrollsummer på nytt. Avslutter med 1 hvis noe er skadet; endrer ingenting."""
    with one_line_errors(lang):
        from proba.sources.store import Store

        kept = Store(store)
        # What an interrupted run left behind and nobody reads is no fault.
        found = [finding for finding in kept.verify() if not finding.harmless]
        for finding in found:
            typer.echo(
                f"{finding.path}: {finding.problem_nb if lang == 'nb' else finding.problem_en}"
            )
        n = len(kept.snapshots())
        if lang == "nb":
            typer.echo(f"{n} svar kontrollert, {len(found)} feil.")
        else:
            typer.echo(f"{n} answers checked, {len(found)} faults.")
    raise typer.Exit(1 if found else 0)


@store_app.command("export")
def store_export(
    file: Annotated[Path, typer.Argument(metavar="ARKIV", help="Zip-fil som skrives.")],
    build: Annotated[
        Path | None,
        typer.Option("--build", metavar="FIL", help="Bare svarene en byggerapport (.json) brukte."),
    ] = None,
    store: StoreOption = None,
    lang: LangOption = "nb",
) -> None:
    """Skriv lageret til et arkiv som kan leses inn på en annen maskin."""
    with one_line_errors(lang):
        from proba.sources.store import Store
        from proba.sources.store_archive import export_store

        need_suffix(file, ".zip", "ARKIV")
        n = export_store(Store(store), file, only=_used_by(build) if build else None)
        typer.echo(
            f"Skrevet: {file} ({n} svar)" if lang == "nb" else f"Written: {file} ({n} answers)"
        )


@store_app.command("import")
def store_import(
    file: Annotated[Path, typer.Argument(metavar="ARKIV", help="Arkiv fra store export.")],
    store: StoreOption = None,
    lang: LangOption = "nb",
) -> None:
    """Les inn et arkiv; alt kontrolleres før noe skrives."""
    with one_line_errors(lang):
        from proba.sources.store import Store
        from proba.sources.store_archive import import_store

        kept = Store(store)
        result = import_store(kept, file)
        typer.echo(
            f"{kept.folder}: {result.added} svar lest inn, {result.already_there} var der fra før"
            if lang == "nb"
            else f"{kept.folder}: {result.added} answers added, {result.already_there} were there"
        )


def _shortened(text: str, width: int = 110) -> str:
    text = text.strip()
    return text if len(text) <= width else text[: width - 1] + "…"


def _used_by(report: Path) -> frozenset[tuple[str, str]]:
    """Return key and SHA-256 of each answer a build used, as its report tells."""
    import json

    try:
        used = json.loads(report.read_text(encoding="utf-8"))["snapshots"]
        return frozenset((str(entry["key"]), str(entry["sha256"])) for entry in used)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError):
        raise ProbaError(
            f"{report}: not a build report (.json) of proba fetch.",
            f"{report}: ikke en byggerapport (.json) fra proba fetch.",
        ) from None
