"""The verbs about sources: fetch, ssb, klass, store."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from proba._console import one_line_errors
from proba.errors import Lang, ProbaError

if TYPE_CHECKING:
    import pandas as pd

    from proba.panel.building import BuildPlan, BuiltPanel
    from proba.sources.fetching import Fetcher

__all__ = ["register"]

DataLang = Literal["no", "nb", "en"]

_Lang = Annotated[Lang, typer.Option("--lang", help="Språk i utskriften.")]
_StoreFolder = Annotated[
    Path | None,
    typer.Option(
        "--store", metavar="MAPPE", help="Lager for svar; ellers PROBA_STORE eller brukerens cache."
    ),
]
_Refresh = Annotated[
    bool, typer.Option("--refresh", help="Spør kildene på nytt selv om svaret er lagret.")
]
_Offline = Annotated[bool, typer.Option("--offline", help="Bruk bare lageret, ikke nettet.")]
_CsvFile = Annotated[Path, typer.Option("--csv", metavar="FIL", help="CSV-fil som skrives.")]

_YEARS = re.compile(r"\s*(\d{4})\s*(?:[-\N{EN DASH}]\s*(\d{4})\s*)?")

store_app = typer.Typer(
    help="Lageret av hentede svar: vis, kontroller, flytt mellom maskiner.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command()(fetch)
    app.command()(ssb)
    app.command()(klass)
    app.add_typer(store_app, name="store")


def fetch(
    years: Annotated[
        str, typer.Option("--years", metavar="ÅR", help="Årene, f.eks. 2012-2016 eller 2015,2017.")
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FIL", help="Panelet: .parquet eller .csv."),
    ],
    borders: Annotated[
        int | None,
        typer.Option(
            "--borders", metavar="ÅR", help="Kommunegrensene panelet legges på; siste år."
        ),
    ] = None,
    variables: Annotated[
        list[str] | None,
        typer.Option("--variable", metavar="KOLONNE", help="Bare denne kolonnen; kan gjentas."),
    ] = None,
    files: Annotated[
        list[str] | None,
        typer.Option(
            "--file",
            metavar="KILDE=FIL",
            help="Fil (eller adresse) til en kilde uten grensesnitt, f.eks. nav=ufore.xlsx eller "
            "gront_hefte:2016=e-k.xlsx; kan gjentas.",
        ),
    ] = None,
    split_weights: Annotated[
        str | None,
        typer.Option(
            "--split-weights",
            metavar="FIL",
            help="Vekter når en kommune deles: CSV med fra,til,andel, eller ordet folketall.",
        ),
    ] = None,
    omit: Annotated[
        list[str] | None,
        typer.Option("--omit", metavar="KOMMUNE", help="Utelat en kommune, f.eks. 0301 Oslo."),
    ] = None,
    catalogue: Annotated[
        Path | None,
        typer.Option("--catalogue", metavar="FIL", help="Egen variabelkatalog (YAML)."),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(
            "--figures",
            metavar="FIL",
            help="Skriv også hvert publisert tall bak panelet, med status og svar (.csv).",
        ),
    ] = None,
    plan_only: Annotated[
        bool, typer.Option("--plan", help="Si hva som vil bli hentet, og hent ingenting.")
    ] = False,
    store: _StoreFolder = None,
    refresh: _Refresh = False,
    offline: _Offline = False,
    lang: _Lang = "nb",
) -> None:
    """Bygg et panel fra kildene (SSB, IMDi, Udir, NAV, Grønt hefte) for valgte år og grenser.

    En avbrutt kjøring fortsetter der den slapp. Byggerapporten skrives ved siden av panelet.
    """
    from proba.panel.building import (
        build_panel,
        check_panel_path,
        plan_panel,
        plan_table,
        write_built,
    )

    with one_line_errors(lang):
        wanted = _parse_years(years)
        given = _parse_files(files or [])
        check_panel_path(out)
        if figures is not None:
            _need_suffix(figures, ".csv", "--figures")
            if figures.resolve() == out.resolve():
                raise ProbaError(
                    f"{out}: --out and --figures name the same file; give them one each.",
                    f"{out}: --out og --figures er samme fil; gi dem hver sin.",
                )
        names = tuple(variables) if variables else None
        if plan_only:
            plan = plan_panel(
                wanted,
                borders=borders,
                variables=names,
                files=given,
                catalogue=catalogue,
                store=store,
            )
            typer.echo(plan_table(plan, lang).to_text())
            return
        with _progress_bar() as progress:
            built = build_panel(
                wanted,
                borders=borders,
                variables=names,
                files=given,
                split_weights=split_weights,
                omit=tuple(omit or ()),
                catalogue=catalogue,
                store=store,
                refresh=refresh,
                offline=offline,
                progress=progress,
                on_plan=lambda plan: _say_plan(plan, lang),
                on_wait=_waiting(lang),
            )
        written = write_built(built, out, figures=figures)
        # What the plan lacks was said before the first request.
        typer.echo(built.report.to_text(lang, plan=False).rstrip())
        typer.echo(_fetched(built, lang))
        word = "Skrevet" if lang == "nb" else "Written"
        typer.echo(f"\n{word}: {', '.join(str(p) for p in written)}")


def ssb(
    table: Annotated[str, typer.Argument(metavar="TABELL", help="Tabellnummer, f.eks. 07459.")],
    csv: _CsvFile,
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select",
            metavar="DIM=KODE,KODE",
            help="Verdier av en dimensjon (også *, top(3), from(2015)); kan gjentas. Dimensjoner "
            "som ikke nevnes, tas med alle verdier.",
        ),
    ] = None,
    store: _StoreFolder = None,
    refresh: _Refresh = False,
    offline: _Offline = False,
    lang: Annotated[DataLang, typer.Option("--lang", help="Språk: no eller en.")] = "no",
) -> None:
    """Hent en tabell fra SSB som CSV: kode og tekst for hver dimensjon, verdi og status."""
    english = lang == "en"
    spoken: Lang = "en" if english else "nb"
    with one_line_errors(spoken):
        from proba.sources.pxweb import PxWebClient

        _need_suffix(csv, ".csv", "--csv")
        chosen = _parse_select(select or [])
        with _fetcher(store, refresh, offline, spoken) as fetcher, _progress_bar() as progress:
            client = PxWebClient(fetcher, lang="en" if english else "no")
            data = client.data(
                table,
                chosen or None,
                progress=lambda done, total: progress(done, total, f"ssb {table}"),
            )
        _write_csv(data.frame, csv)
        rows = len(data.frame)
        missing = int(data.frame["value"].isna().sum())
        typer.echo(
            f"Written: {csv} ({rows} rows, {missing} without a value; table updated {data.updated})"
            if english
            else f"Skrevet: {csv} ({rows} rader, {missing} uten verdi; tabellen oppdatert "
            f"{data.updated})"
        )
        _say_labels(fetcher)


def klass(
    classification: Annotated[
        int,
        typer.Argument(metavar="NUMMER", help="131 kommuner, 112 KOSTRA-grupper, 104 fylker."),
    ],
    csv: _CsvFile,
    changes: Annotated[
        tuple[str, str] | None,
        typer.Option("--changes", metavar="FRA TIL", help="Endringer fra og med, til og med."),
    ] = None,
    codes: Annotated[
        str | None, typer.Option("--codes", metavar="DATO", help="Koder som gjelder en dato.")
    ] = None,
    target: Annotated[
        int | None,
        typer.Option("--to", metavar="NUMMER", help="Sammenheng med en annen klassifikasjon."),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="DATO", help="Datoen sammenhengen gjelder.")
    ] = None,
    store: _StoreFolder = None,
    refresh: _Refresh = False,
    offline: _Offline = False,
    lang: _Lang = "nb",
) -> None:
    """Hent fra KLASS som CSV: --codes DATO, --changes FRA TIL, eller --to NUMMER --at DATO."""
    with one_line_errors(lang):
        from proba.sources.klass import KlassClient

        _need_suffix(csv, ".csv", "--csv")
        if sum(x is not None for x in (changes, codes, target)) != 1 or (
            (target is None) != (at is None)
        ):
            raise ProbaError(
                "give one of --codes DATE, --changes FROM TO, or --to NUMBER with --at DATE.",
                "gi én av --codes DATO, --changes FRA TIL, eller --to NUMMER sammen med --at DATO.",
            )
        with _fetcher(store, refresh, offline, lang) as fetcher:
            client = KlassClient(fetcher, lang=lang)
            if changes is not None:
                start, end = (_parse_date(text, "--changes") for text in changes)
                frame = client.changes(classification, start, end)
            elif codes is not None:
                frame = client.codes(classification, _parse_date(codes, "--codes"))
            else:
                day = _parse_date(at or "", "--at")
                frame = client.correspondence(classification, target or 0, day)
        _write_csv(frame, csv)
        typer.echo(
            f"{'Skrevet' if lang == 'nb' else 'Written'}: {csv} ({len(frame)} "
            f"{'rader' if lang == 'nb' else 'rows'})"
        )
        _say_labels(fetcher)


@store_app.command("list")
def store_list(store: _StoreFolder = None, lang: _Lang = "nb") -> None:
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
def store_verify(store: _StoreFolder = None, lang: _Lang = "nb") -> None:
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
    store: _StoreFolder = None,
    lang: _Lang = "nb",
) -> None:
    """Skriv lageret til et arkiv som kan leses inn på en annen maskin."""
    with one_line_errors(lang):
        from proba.sources.store import Store
        from proba.sources.store_archive import export_store

        _need_suffix(file, ".zip", "ARKIV")
        n = export_store(Store(store), file, keys=_used_by(build) if build else None)
        typer.echo(
            f"Skrevet: {file} ({n} svar)" if lang == "nb" else f"Written: {file} ({n} answers)"
        )


@store_app.command("import")
def store_import(
    file: Annotated[Path, typer.Argument(metavar="ARKIV", help="Arkiv fra store export.")],
    store: _StoreFolder = None,
    lang: _Lang = "nb",
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


def _parse_years(text: str) -> tuple[int, ...]:
    """Read ``2012-2016`` or ``2012,2014-2016``."""
    years: set[int] = set()
    for piece in text.split(","):
        match = _YEARS.fullmatch(piece)
        first = int(match[1]) if match else 0
        last = int(match[2] or first) if match else 0
        if match is None or first > last or last - first > 100:
            raise ProbaError(
                f"--years: '{piece.strip()}' is no year and no span; write 2012-2016 or 2012,2014.",
                f"--years: «{piece.strip()}» er ikke et år eller et spenn; skriv 2012-2016 eller "
                "2012,2014.",
            )
        years.update(range(first, last + 1))
    return tuple(sorted(years))


def _parse_pairs(texts: list[str], option: str, form: str) -> Iterator[tuple[str, str]]:
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise ProbaError(
                f"{option}: '{text}' is not of the form {form}.",
                f"{option}: «{text}» har ikke formen {form}.",
            )
        yield name.strip(), value.strip()


def _parse_files(texts: list[str]) -> dict[str, str]:
    files: dict[str, str] = {}
    for name, value in _parse_pairs(texts, "--file", "nav=ufore.xlsx"):
        if name in files:
            raise ProbaError(
                f"--file: {name} stands more than once.", f"--file: {name} står mer enn én gang."
            )
        files[name] = value
    return files


def _parse_select(texts: list[str]) -> dict[str, list[str]]:
    """Read ``DIM=CODE,CODE``; the commas inside ``range(a,b)`` do not divide."""
    chosen: dict[str, list[str]] = {}
    for name, value in _parse_pairs(texts, "--select", "Region=0301,1103"):
        codes = [code.strip() for code in re.split(r",(?![^(]*\))", value)]
        chosen.setdefault(name, []).extend(code for code in codes if code)
    return chosen


def _parse_date(text: str, option: str) -> date:
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


def _need_suffix(path: Path, suffix: str, option: str) -> None:
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


def _shortened(text: str, width: int = 110) -> str:
    text = text.strip()
    return text if len(text) <= width else text[: width - 1] + "…"


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    from proba._io import atomic_write_text
    from proba.sources.tidy import tidy_csv

    atomic_write_text(path, tidy_csv(frame))


def _say_plan(plan: BuildPlan, lang: Lang) -> None:
    """Say what will be missing, before anything is fetched."""
    from proba.panel.building import plan_lines

    if lines := plan_lines(plan, lang):
        typer.echo("\n".join(lines) + "\n")


def _fetched(built: BuiltPanel, lang: Lang) -> str:
    now, before = built.report.fetched, built.report.from_store
    if lang == "nb":
        return f"{now} svar hentet nå, {before} fra lageret."
    return f"{now} answers fetched now, {before} from the store."


def _waiting(lang: Lang) -> Callable[[str, float], None]:
    """Tell a person who watches why nothing happens."""

    def tell(host: str, seconds: float) -> None:
        if sys.stderr.isatty():
            text = "venter" if lang == "nb" else "waiting"
            typer.echo(f"{host}: {text} {seconds:.0f} s …", err=True)

    return tell


def _say_labels(fetcher: Fetcher) -> None:
    for label in dict.fromkeys(s.label for s in fetcher.used if s.label):
        typer.echo(f"[{label}]")


@contextmanager
def _fetcher(store: Path | None, refresh: bool, offline: bool, lang: Lang) -> Iterator[Fetcher]:
    from proba.sources.fetching import Fetcher
    from proba.sources.store import Store

    if offline:
        yield Fetcher(Store(store), None, refresh=refresh)
        return
    from proba.sources.http import HttpClient

    with HttpClient(on_wait=_waiting(lang)) as client:
        yield Fetcher(Store(store), client, refresh=refresh)


@contextmanager
def _progress_bar() -> Iterator[Callable[[int, int, str], None]]:
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


def _used_by(report: Path) -> frozenset[str]:
    """Return the keys of the answers a build used, as its report tells."""
    import json

    try:
        used = json.loads(report.read_text(encoding="utf-8"))["snapshots"]
        return frozenset(str(entry["key"]) for entry in used)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError):
        raise ProbaError(
            f"{report}: not a build report (.json) of proba fetch.",
            f"{report}: ikke en byggerapport (.json) fra proba fetch.",
        ) from None
