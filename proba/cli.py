"""The command line: parse, call, print. Errors are one line and exit 2."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from proba._console import one_line_errors, run_app
from proba._verbs import register as register_sources
from proba._verbs.words import (
    DecimalMark,
    DecimalOption,
    EncodingOption,
    PadOption,
    SheetOption,
)
from proba._version import __version__
from proba.errors import Lang, ProbaError

if TYPE_CHECKING:
    from proba.estimation import Results, Spec
    from proba.panel import Panel

__all__ = ["app", "main"]


# Read by typer when the commands are built: these must not sit under TYPE_CHECKING.
YearEffects = Literal["inside", "outside"]
Intervals = Literal["mean", "observation", "lasting"]

app = typer.Typer(
    name="proba",
    help="Økonometri for kommunenes sosialhjelpsutgifter.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_PanelFile = Annotated[
    Path, typer.Argument(metavar="PANEL", help="Panelfil: .csv, .xlsx eller .parquet.")
]
_SpecFile = Annotated[Path, typer.Option("--spec", metavar="FIL", help="Spesifikasjon (YAML).")]
_SmallShares = Annotated[
    list[str] | None,
    typer.Option(
        "--small-shares",
        metavar="KOLONNE",
        help="Prosentkolonne der alle verdier virkelig er 1 eller mindre; kan gjentas.",
    ),
]
_Lang = Annotated[Lang, typer.Option("--lang", help="Språk i utskriften.")]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"proba {__version__}")
        raise typer.Exit()


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Vis versjonen."),
    ] = False,
) -> None:
    """Økonometri for kommunenes sosialhjelpsutgifter: estimer, indekser, hold mot trykte tall."""


@app.command()
def reproduce(
    panel: Annotated[
        Path | None,
        typer.Option("--panel", metavar="FIL", help="Eget panel; ellers det innebygde."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="MAPPE", help="Mappe for tabellene.")
    ] = Path("reproduksjon"),
    growth: Annotated[
        bool,
        typer.Option(
            "--growth",
            help="Ta med vekstregnestykkene i kapittel 3 og 7 og simuleringene for Moss; "
            "skriver også vekst.csv. Endrer ikke avslutningskoden.",
        ),
    ] = False,
    decimal: DecimalOption = ".",
    sheet: SheetOption = None,
    encoding: EncodingOption = "utf-8-sig",
    pad_kommune: PadOption = False,
    small_shares: _SmallShares = None,
    lang: _Lang = "nb",
) -> None:
    """Kjør Proba-rapport 2017-08 på nytt: vedlegg 1, vedlegg 2 og tabell 6-1 mot de trykte.

    Avslutter med 0 bare hvis alle tall stemmer, ellers 1.
    """
    from proba.reproduction import closing_lines, report_tables, write_reproduction
    from proba.reproduction import reproduce as run_reproduction

    with one_line_errors(lang):
        data = None
        if panel is not None:
            data = _read(panel, decimal, sheet, encoding, pad_kommune, small_shares)
        run = run_reproduction(data)
        files = write_reproduction(run, out)
        blocks = [table.to_text() for table in report_tables(run, lang)]
        lines = closing_lines(run, lang)
        verdict = None
        if growth:
            from proba.reproduction import (
                growth_closing_line,
                growth_table,
                reproduce_growth,
                write_growth_csv,
            )

            checks = reproduce_growth()
            files = (*files, write_growth_csv(checks, out / "vekst.csv"))
            blocks.append(growth_table(checks, lang).to_text())
            verdict = growth_closing_line(checks, lang)
        written = "Skrevet" if lang == "nb" else "Written"
        csv_files = ", ".join(f.name for f in files if not f.name.endswith("-metadata.json"))
        _show("\n\n".join(blocks))
        _show(f"\n{written}: {csv_files} → {out}/\n")
        if verdict is not None:
            _show(f"{verdict}\n")
        label = run.panel.meta.label_text(lang)
        if label:
            _show(f"[{label}]")
        _show("\n".join(lines[:-1]))
        _show(lines[-1], bold=True, colour="green" if run.holds else "red")
    raise typer.Exit(0 if run.holds else 1)


@app.command()
def estimate(
    panel: _PanelFile,
    spec: _SpecFile,
    cluster: Annotated[
        list[str] | None,
        typer.Option(
            "--cluster",
            metavar="KOLONNE",
            help="Kolonne å klynge på (to ganger: toveis). «storrelsesklasse» lages av folketall.",
        ),
    ] = None,
    cov: Annotated[
        str,
        typer.Option("--cov", help="classical, HC1, HC2, HC3, CR0, CR1, CR2, CR3 eller two-way."),
    ] = "CR1",
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FIL", help="Skriv resultatet som JSON.")
    ] = None,
    decimal: DecimalOption = ".",
    sheet: SheetOption = None,
    encoding: EncodingOption = "utf-8-sig",
    pad_kommune: PadOption = False,
    small_shares: _SmallShares = None,
    lang: _Lang = "nb",
) -> None:
    """Estimer en regresjon på en panelfil."""
    with one_line_errors(lang):
        _check_suffix(json_file, ".json", "--json")
        model = _read_spec(spec)
        data = _read(panel, decimal, sheet, encoding, pad_kommune, small_shares, model)
        results = _fit(model, data, cov, cluster)
        if json_file is not None:
            import json

            from proba._io import atomic_write_text

            text = json.dumps(_estimate_json(results), ensure_ascii=False, indent=1)
            atomic_write_text(json_file, text + "\n")
        _show(results.summary(lang).to_text())


@app.command()
def index(
    panel: _PanelFile,
    spec: _SpecFile,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FIL", help="Skriv kommune,aar,actual,predicted,index."),
    ] = None,
    year_effects: Annotated[
        YearEffects,
        typer.Option(
            "--year-effects",
            help="inside: årets landsnivå er en del av behovet (som i rapporten); "
            "outside: behovet holdes på referanseårets nivå.",
        ),
    ] = "inside",
    intervals: Annotated[
        Intervals | None,
        typer.Option(
            "--intervals",
            help="mean: usikkerheten i beregnet behov; observation: hvor en kommune av samme "
            "størrelse og behov ville falle; lasting: det varige avviket.",
        ),
    ] = None,
    level: Annotated[
        float, typer.Option("--level", metavar="PROSENT", help="Dekning for intervallene.")
    ] = 95.0,
    draws: Annotated[
        int, typer.Option("--draws", metavar="ANTALL", help="Trekninger bak rangene.")
    ] = 9999,
    seed: Annotated[int, typer.Option("--seed", metavar="TALL", help="Frø for trekningene.")] = 1,
    decimal: DecimalOption = ".",
    sheet: SheetOption = None,
    encoding: EncodingOption = "utf-8-sig",
    pad_kommune: PadOption = False,
    small_shares: _SmallShares = None,
    lang: _Lang = "nb",
) -> None:
    """Beregn indeksen 100 × faktisk/beregnet for alle kommuner og år i en panelfil.

    Med --intervals får hver indeks et intervall og hver kommune en rang med usikkerhet.
    """
    with one_line_errors(lang):
        from proba.indices import compute_index
        from proba.reproduction import write_index_csv

        _check_suffix(csv, ".csv", "--csv")
        model = _read_spec(spec)
        data = _read(panel, decimal, sheet, encoding, pad_kommune, small_shares, model)
        # The index does not depend on the covariance; HC1 asks nothing of the panel. Intervals
        # do: errors last, so they are clustered by kommune.
        fitted = _fit(model, data, "HC1" if intervals is None else "CR1", None)
        table = compute_index(fitted, data, year_effects=year_effects)
        if intervals is not None:
            from proba._verbs.uncertainty import show_intervals

            show_intervals(
                table,
                fitted,
                data,
                intervals,
                level=level,
                draws=draws,
                seed=seed,
                csv=csv,
                lang=lang,
            )
        elif csv is not None:
            write_index_csv(table, csv)
        else:
            _show(table.to_table(lang).to_text())
        if csv is not None:
            _show(f"{'Skrevet' if lang == 'nb' else 'Written'}: {csv}")
        for line in table.missing_lines(lang):
            _show(line)
        label = data.meta.label_text(lang)
        if label and csv is not None:
            _show(f"[{label}]")


register_sources(app)


def main() -> None:
    """Entry point of the ``proba`` command."""
    run_app(app)


def _read_spec(path: Path) -> Spec:
    from proba.estimation import read_spec

    return read_spec(path)


def _read(
    path: Path,
    decimal: DecimalMark,
    sheet: str | None,
    encoding: str,
    pad_kommune: bool,
    small_shares: list[str] | None,
    spec: Spec | None = None,
) -> Panel:
    from proba.panel import read_panel

    return read_panel(
        path,
        decimal="," if decimal in (",", "komma") else ".",
        sheet=0 if sheet is None else sheet,
        encoding=encoding,
        pad_kommune=pad_kommune,
        small_shares=small_shares or (),
        entity=spec.entity if spec else "kommune",
        time=spec.time if spec else "aar",
    )


def _fit(spec: Spec, data: Panel, cov: str, cluster: list[str] | None) -> Results:
    from proba.estimation import fit

    return fit(spec, data, cov=cov, cluster=tuple(cluster) if cluster else None)


def _estimate_json(results: Results) -> dict[str, Any]:
    tidy = results.tidy()
    keys = ("coef", "se", "t", "df", "p", "ci_low", "ci_high")
    df = results.df
    same = bool((df == df.iloc[0]).all())
    return {
        "label": results.label,
        "nobs": results.nobs,
        "nclusters": results.nclusters,
        "cov": results.cov_name,
        "cluster": list(results.cluster_names),
        # One number where all coefficients share it; under CR2 each has its own, listed below.
        "df": _json_number(df.iloc[0]) if same else None,
        "rsquared": _json_number(results.rsquared),
        "rsquared_adj": _json_number(results.rsquared_adj),
        "coefficients": [
            {"name": str(name), **{k: _json_number(row[k]) for k in keys}}
            for name, row in tidy.iterrows()
        ],
    }


def _json_number(value: float) -> float | int | None:
    """Whole numbers without a point; what JSON cannot hold (a t of a perfect fit) as null."""
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _check_suffix(path: Path | None, suffix: str, option: str) -> None:
    """Refuse a name that another program would open as what it is not."""
    if path is None:
        return
    other = {".xlsx", ".xlsm", ".xls", ".parquet", ".docx", ".csv", ".json"} - {suffix}
    if path.suffix.lower() in other:
        raise ProbaError(
            f"{path}: {option} writes {suffix}; give the file that ending.",
            f"{path}: {option} skriver {suffix}; gi filen den endelsen.",
        )


def _show(text: str, *, bold: bool = False, colour: str | None = None) -> None:
    typer.secho(text, bold=bold, fg=colour)


if __name__ == "__main__":
    main()
