"""``proba robustness``: how far a regression rests on form, years, kommuner and choices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from proba._console import one_line_errors
from proba._verbs.words import (
    DecimalOption,
    EncodingOption,
    LangOption,
    PadOption,
    SheetOption,
    need_suffix,
)
from proba.errors import SpecError

__all__ = ["robustness"]


def robustness(
    panel: Annotated[
        Path, typer.Argument(metavar="PANEL", help="Panelfil: .csv, .xlsx eller .parquet.")
    ],
    spec: Annotated[Path, typer.Option("--spec", metavar="FIL", help="Spesifikasjon (YAML).")],
    focus: Annotated[
        str | None,
        typer.Option(
            "--focus",
            metavar="KOLONNE",
            help="Variabelen spesifikasjonskurven gjelder; ellers den første.",
        ),
    ] = None,
    grid_file: Annotated[
        Path | None,
        typer.Option(
            "--grid",
            metavar="FIL",
            help="Eget rutenett av spesifikasjoner (YAML); erstatter --focus.",
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FIL", help="Skriv alle spesifikasjonene, én per linje."),
    ] = None,
    decimal: DecimalOption = ".",
    sheet: SheetOption = None,
    encoding: EncodingOption = "utf-8-sig",
    pad_kommune: PadOption = False,
    lang: LangOption = "nb",
) -> None:
    """Prøv en regresjon: diagnostikk, stabilitet over år, enkeltkommuner og spesifikasjoner.

    Standardfeil er klynget på kommune. Spesifikasjonskurven tar med og utelater hver av de andre
    variablene, i nivå og logaritme, med og uten årseffekter og (når kolonnen finnes) folketall
    som vekt.
    """
    with one_line_errors(lang):
        from proba.estimation import fit, read_spec
        from proba.estimation.robustness import (
            SpecificationGrid,
            coefficients_by_year,
            diagnose,
            leave_cluster_out,
            read_grid,
            run_specifications,
        )
        from proba.panel import read_panel

        if csv is not None:
            need_suffix(csv, ".csv", "--csv")
        model = read_spec(spec)
        chosen = focus if focus is not None else model.regressors[0]
        if chosen not in model.regressors:
            raise SpecError(
                f"--focus: '{chosen}' is not a regressor; they are {', '.join(model.regressors)}.",
                f"--focus: «{chosen}» er ingen forklaringsvariabel; de er "
                f"{', '.join(model.regressors)}.",
            )
        data = read_panel(
            panel,
            decimal="," if decimal in (",", "komma") else ".",
            sheet=0 if sheet is None else sheet,
            encoding=encoding,
            pad_kommune=pad_kommune,
            entity=model.entity,
            time=model.time,
        )
        results = fit(model, data, cov="CR1")
        weights: tuple[str | None, ...] = (model.weights,)
        if model.weights is None and "folketall" in data.frame.columns:
            weights = (None, "folketall")
        years = (True, False) if model.year_effects and model.reference_year is None else ()
        if grid_file is not None:
            grid = read_grid(grid_file, model)
        else:
            grid = SpecificationGrid(
                model, chosen, forms=("level", "log"), weights=weights, year_effects=years
            )
        curve = run_specifications(data, grid)
        blocks = [diagnose(results).to_table(lang).to_text()]
        if model.year_effects:
            blocks.append(coefficients_by_year(results).to_table(lang).to_text())
        blocks.append(leave_cluster_out(results).to_table(lang).to_text())
        blocks.append(curve.to_table(lang).to_text())
        if csv is not None:
            from proba._io import csv_text
            from proba._sidecar import write_labelled

            frame = curve.to_frame()
            cells = frame.astype("object").where(frame.notna(), None)
            text = csv_text([str(c) for c in frame.columns], cells.to_numpy()).encode("utf-8")
            facts = {"dc:source": panel.name, "proba:sha256": data.meta.sha256}
            write_labelled({csv: text}, csv, "Spesifikasjoner", facts, data.meta.label)
        typer.echo("\n\n".join(blocks))
        if csv is not None:
            typer.echo(f"{'Skrevet' if lang == 'nb' else 'Written'}: {csv}")
