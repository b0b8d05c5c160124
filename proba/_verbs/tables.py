"""``proba ssb`` and ``proba klass``: one table as tidy CSV."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from proba._console import one_line_errors
from proba._verbs.terminal import open_fetcher, progress_where_watched, say_label, write_csv
from proba._verbs.words import (
    CsvOption,
    LangOption,
    OfflineOption,
    RefreshOption,
    StoreOption,
    need_suffix,
    parse_date,
    parse_select,
)
from proba.errors import Lang, ProbaError

DataLang = Literal["no", "nb", "en"]


def ssb(
    table: Annotated[str, typer.Argument(metavar="TABELL", help="Tabellnummer, f.eks. 07459.")],
    csv: CsvOption,
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select",
            metavar="DIM=KODE,KODE",
            help="Verdier av en dimensjon (også *, top(3), from(2015)); kan gjentas. Dimensjoner "
            "som ikke nevnes, tas med alle verdier.",
        ),
    ] = None,
    store: StoreOption = None,
    refresh: RefreshOption = False,
    offline: OfflineOption = False,
    lang: Annotated[DataLang, typer.Option("--lang", help="Språk: no eller en.")] = "no",
) -> None:
    """Hent en tabell fra SSB som CSV: kode og tekst for hver dimensjon, verdi og status."""
    english = lang == "en"
    spoken: Lang = "en" if english else "nb"
    with one_line_errors(spoken):
        from proba.sources.pxweb import PxWebClient

        need_suffix(csv, ".csv", "--csv")
        chosen = parse_select(select or [])
        with (
            open_fetcher(store, refresh, offline, spoken) as fetcher,
            progress_where_watched() as progress,
        ):
            client = PxWebClient(fetcher, lang="en" if english else "no")
            data = client.data(
                table,
                chosen or None,
                progress=lambda done, total: progress(done, total, f"ssb {table}"),
            )
        write_csv(data.frame, csv, data.label, fetcher)
        rows = len(data.frame)
        missing = int(data.frame["value"].isna().sum())
        typer.echo(
            f"Written: {csv} ({rows} rows, {missing} without a value; table updated {data.updated})"
            if english
            else f"Skrevet: {csv} ({rows} rader, {missing} uten verdi; tabellen oppdatert "
            f"{data.updated})"
        )
        say_label(fetcher)


def klass(
    classification: Annotated[
        int,
        typer.Argument(metavar="NUMMER", help="131 kommuner, 112 KOSTRA-grupper, 104 fylker."),
    ],
    csv: CsvOption,
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
    store: StoreOption = None,
    refresh: RefreshOption = False,
    offline: OfflineOption = False,
    lang: LangOption = "nb",
) -> None:
    """Hent fra KLASS som CSV: --codes DATO, --changes FRA TIL, eller --to NUMMER --at DATO."""
    with one_line_errors(lang):
        from proba.sources.klass import KlassClient

        need_suffix(csv, ".csv", "--csv")
        if sum(x is not None for x in (changes, codes, target)) != 1 or (
            (target is None) != (at is None)
        ):
            raise ProbaError(
                "give one of --codes DATE, --changes FROM TO, or --to NUMBER with --at DATE.",
                "gi én av --codes DATO, --changes FRA TIL, eller --to NUMMER sammen med --at DATO.",
            )
        with open_fetcher(store, refresh, offline, lang) as fetcher:
            client = KlassClient(fetcher, lang=lang)
            if changes is not None:
                start, end = (parse_date(text, "--changes") for text in changes)
                frame = client.changes(classification, start, end)
            elif codes is not None:
                frame = client.codes(classification, parse_date(codes, "--codes"))
            else:
                day = parse_date(at or "", "--at")
                frame = client.correspondence(classification, target or 0, day)
        write_csv(frame, csv, f"KLASS {classification}", fetcher)
        typer.echo(
            f"{'Skrevet' if lang == 'nb' else 'Written'}: {csv} ({len(frame)} "
            f"{'rader' if lang == 'nb' else 'rows'})"
        )
        say_label(fetcher)
