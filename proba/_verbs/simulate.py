"""``proba simulate``: what social assistance would cost if its factors changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from proba._console import one_line_errors
from proba._verbs.words import LangOption, need_suffix
from proba.errors import DecompositionError

if TYPE_CHECKING:
    from proba.decomposition import Simulation

__all__ = ["simulate"]

_ARGUMENT = re.compile(r"['«]((?:to_)?(?:recipients|months|benefit)(?:_change)?)['»]")
_CHANGE = "Endringen i prosent, -5% (eller som andel, -0,05)."


def simulate(
    recipients: Annotated[
        str,
        typer.Option("--recipients", metavar="TALL", help="Mottakere, eller tilfeller, i dag."),
    ],
    months: Annotated[
        str, typer.Option("--months", metavar="TALL", help="Måneder per mottaker i dag: 6,2.")
    ],
    benefit: Annotated[
        str, typer.Option("--benefit", metavar="KR", help="Stønad per måned i dag, kr.")
    ],
    to_recipients: Annotated[
        str | None, typer.Option("--to-recipients", metavar="TALL", help="Mottakere etterpå.")
    ] = None,
    to_months: Annotated[
        str | None, typer.Option("--to-months", metavar="TALL", help="Måneder etterpå.")
    ] = None,
    to_benefit: Annotated[
        str | None, typer.Option("--to-benefit", metavar="KR", help="Stønad per måned etterpå, kr.")
    ] = None,
    recipients_change: Annotated[
        str | None, typer.Option("--recipients-change", metavar="PROSENT", help=_CHANGE)
    ] = None,
    months_change: Annotated[
        str | None, typer.Option("--months-change", metavar="PROSENT", help=_CHANGE)
    ] = None,
    benefit_change: Annotated[
        str | None, typer.Option("--benefit-change", metavar="PROSENT", help=_CHANGE)
    ] = None,
    base: Annotated[
        str, typer.Option("--base", help="Hva --recipients teller: mottakere eller tilfeller.")
    ] = "mottakere",
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FIL", help="Skriv resultatet som JSON.")
    ] = None,
    lang: LangOption = "nb",
) -> None:
    """Regn ut hva sosialhjelpen koster når mottakere, måneder eller stønad endres.

    Hver endring alene, alle sammen, og samspillet mellom dem; ingenting avrundes underveis.
    Eksempel: proba simulate --recipients 1791 --months 6,2 --benefit 11869 --to-months 5,4
    """
    with one_line_errors(lang):
        from proba.decomposition import simulate as run

        if json_file is not None:
            need_suffix(json_file, ".json", "--json")
        with _options_named():
            result = run(
                recipients=recipients,
                months=months,
                benefit=benefit,
                to_recipients=to_recipients,
                to_months=to_months,
                to_benefit=to_benefit,
                recipients_change=recipients_change,
                months_change=months_change,
                benefit_change=benefit_change,
                base=base,
            )
        document, shown = _document(result), result.to_table(lang).to_text()
        if json_file is not None:
            from proba._io import atomic_write_text

            atomic_write_text(json_file, document)
        typer.echo(shown)
        if json_file is not None:
            typer.echo(f"{'Skrevet' if lang == 'nb' else 'Written'}: {json_file}")


@contextmanager
def _options_named() -> Iterator[None]:
    """Let an error name the option that was typed rather than the argument it became."""
    try:
        yield
    except DecompositionError as error:
        texts = (
            _ARGUMENT.sub(lambda m: "--" + m[1].replace("_", "-"), t) for t in (error.en, error.nb)
        )
        raise DecompositionError(*texts) from None


def _document(result: Simulation) -> str:
    import json

    return json.dumps(result.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
