"""``proba index --intervals``: limits and ranks beside the index, on screen and in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from proba.errors import IndexingError, Lang

if TYPE_CHECKING:
    import pandas as pd

    from proba.estimation import Results
    from proba.indices import IndexTable
    from proba.panel import Panel

__all__ = ["show_intervals"]

_COLUMNS = ("actual", "predicted", "index", "lower", "upper", "kind", "level")
_RANKS = ("rank", "rank_lower", "rank_upper")


def show_intervals(
    table: IndexTable,
    fitted: Results,
    data: Panel,
    kind: Literal["mean", "observation", "lasting"],
    *,
    level: float,
    draws: int,
    seed: int,
    csv: Path | None,
    lang: Lang,
) -> None:
    """Print the last year's intervals and ranks, or write all years to a CSV file."""
    from proba.indices import index_intervals, index_ranks

    if not 50.0 <= level < 100.0:
        raise IndexingError(
            f"--level is in percent, from 50 to below 100, not {level:g}.",
            f"--level er i prosent, fra 50 til under 100, ikke {level:g}.",
        )
    share = level / 100.0
    limits = index_intervals(table, fitted, data, kind=kind, level=share)
    ranks = None
    if kind != "observation":  # a range for any kommune of the size ranks nobody
        ranks = index_ranks(table, fitted, data, kind=kind, level=share, draws=draws, seed=seed)
    if csv is not None:
        flat = limits.join(table)
        if ranks is not None:
            keys = [table.entity, table.time]
            flat = flat.merge(ranks.frame[list(_RANKS)].reset_index(), on=keys, how="left")
        _write(flat, [table.entity, table.time], csv, table)
        return
    typer.echo(limits.to_table(lang).to_text())
    if ranks is not None:
        typer.echo("\n" + ranks.to_table(lang).to_text())


def _write(flat: pd.DataFrame, keys: list[str], csv: Path, table: IndexTable) -> None:
    from proba._io import atomic_write_text, csv_text
    from proba.reproduction.files import write_csv_metadata

    columns = [*keys, *_COLUMNS, *(c for c in _RANKS if c in flat)]
    cells = flat[columns].astype("object").where(flat[columns].notna(), None)
    atomic_write_text(csv, csv_text(columns, cells.to_numpy()))
    write_csv_metadata(csv, "Indeks med intervall og rang", table.meta)
