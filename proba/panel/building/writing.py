"""Writing a built panel with its report beside it."""

from __future__ import annotations

import io
import json
from pathlib import Path

from proba._io import atomic_write_many
from proba.errors import PanelError
from proba.panel.building.build import BuiltPanel
from proba.sources.tidy import tidy_csv

__all__ = ["check_panel_path", "write_built"]

_SUFFIXES = (".parquet", ".csv")


def check_panel_path(path: str | Path) -> None:
    """Refuse a file name that cannot be written, before an hour of fetching and not after.

    Raises
    ------
    PanelError
        If the ending is not .parquet or .csv, or the folder does not exist.
    """
    file = Path(path)
    if file.suffix.lower() not in _SUFFIXES:
        raise PanelError(
            f"{file}: a panel is written as .parquet or .csv; give the file one of those endings.",
            f"{file}: et panel skrives som .parquet eller .csv; gi filen en av de endelsene.",
        )
    if not file.parent.is_dir():
        raise PanelError(
            f"{file.parent}: no such folder; make it first.",
            f"{file.parent}: mappen finnes ikke; lag den først.",
        )
    if file.is_dir():
        raise PanelError(f"{file}: is a folder.", f"{file}: er en mappe.")


def write_built(
    built: BuiltPanel, out: str | Path, *, figures: str | Path | None = None
) -> tuple[Path, ...]:
    """Write the panel, and beside it the build report as text and JSON.

    Parameters
    ----------
    built : BuiltPanel
    out : path-like
        ``panel.parquet`` or ``panel.csv``; the report becomes ``panel.byggerapport.txt`` and
        ``panel.byggerapport.json``.
    figures : path-like, optional
        CSV of every published figure behind the panel, with its status and answer.

    Returns
    -------
    tuple of Path
        The files written. Written again from the same store they are the same bytes.

    Raises
    ------
    PanelError
        As :func:`check_panel_path`.
    OSError
        If one of the files cannot be written; all are then as they were.
    """
    check_panel_path(out)
    file = Path(out)
    flat = built.to_csv_frame()
    if file.suffix.lower() == ".parquet":
        buffer = io.BytesIO()
        flat.to_parquet(buffer, index=False)
        content = buffer.getvalue()
    else:
        content = tidy_csv(flat).encode("utf-8")
    report = json.dumps(built.report.to_dict(), ensure_ascii=False, indent=1) + "\n"
    contents = {
        file: content,
        file.with_suffix(".byggerapport.txt"): built.report.to_text().encode("utf-8"),
        file.with_suffix(".byggerapport.json"): report.encode("utf-8"),
    }
    if figures is not None:
        contents[Path(figures)] = tidy_csv(built.figures).encode("utf-8")
    return atomic_write_many(contents)
