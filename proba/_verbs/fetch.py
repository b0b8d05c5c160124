"""``proba fetch``: a panel from its sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proba._console import one_line_errors
from proba._verbs.terminal import progress_where_watched, waiting
from proba._verbs.words import (
    LangOption,
    OfflineOption,
    RefreshOption,
    StoreOption,
    need_suffix,
    parse_files,
)
from proba.errors import Lang

if TYPE_CHECKING:
    from proba.panel.building import BuildPlan, BuiltPanel


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
    store: StoreOption = None,
    refresh: RefreshOption = False,
    offline: OfflineOption = False,
    lang: LangOption = "nb",
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
        given = parse_files(files or [])
        check_panel_path(out, figures=figures)
        if figures is not None:
            need_suffix(figures, ".csv", "--figures")
        names = tuple(variables) if variables else None
        if plan_only:
            plan = plan_panel(
                years,
                borders=borders,
                variables=names,
                files=given,
                split_weights=split_weights,
                omit=tuple(omit or ()),
                catalogue=catalogue,
                store=store,
            )
            typer.echo(plan_table(plan, lang).to_text())
            return
        with progress_where_watched() as progress:
            built = build_panel(
                years,
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
                on_wait=waiting(lang),
            )
        written = write_built(built, out, figures=figures)
        # What the plan lacks was said before the first request.
        typer.echo(built.report.to_text(lang, plan=False).rstrip())
        typer.echo(_fetched(built, lang))
        word = "Skrevet" if lang == "nb" else "Written"
        typer.echo(f"\n{word}: {', '.join(str(p) for p in written)}")


def _say_plan(plan: BuildPlan, lang: Lang) -> None:
    """Say what will be missing, before anything is fetched."""
    from proba.panel.building import plan_lines

    if lines := plan_lines(plan, lang):
        typer.echo("\n".join(lines) + "\n")


def _fetched(built: BuiltPanel, lang: Lang) -> str:
    report = built.report
    if lang == "nb":
        line = f"{report.fetched} svar hentet nå, {report.from_store} fra lageret"
        return line + (f", {report.files} filer lest." if report.files else ".")
    line = f"{report.fetched} answers fetched now, {report.from_store} from the store"
    return line + (f", {report.files} files read." if report.files else ".")
