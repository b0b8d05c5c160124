"""Writing a built panel with its report beside it."""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path

from proba._sidecar import write_labelled
from proba.errors import PanelError
from proba.panel.building.build import BuiltPanel
from proba.sources.tidy import tidy_csv

__all__ = ["check_panel_path", "write_built"]

_SUFFIXES = (".parquet", ".csv")
_FIGURES = "Publiserte tall bak panelet"


def check_panel_path(path: str | Path, *, figures: str | Path | None = None) -> None:
    """Refuse a file name that cannot be written, before an hour of fetching and not after.

    Parameters
    ----------
    path : path-like
        The panel.
    figures : path-like, optional
        The CSV of every published figure.

    Raises
    ------
    PanelError
        If the ending is not .parquet or .csv, the folder does not exist, or two of the files
        (the panel, its report, the figures) are the same.
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
    others = [] if figures is None else [Path(figures)]
    seen: dict[str, Path] = {}
    for one in (file, *_report_paths(file), *others):
        # Not Path.resolve: it raises at a link that points at itself.
        real = os.path.normcase(os.path.realpath(one))
        if real in seen:
            raise PanelError(
                f"{one}: is the same file as {seen[real]}; give panel and figures a file each, "
                "other than those of the build report.",
                f"{one}: er samme fil som {seen[real]}; gi panelet og tallene hver sin fil, en "
                "annen enn byggerapportens.",
            )
        seen[real] = one


def _report_paths(file: Path) -> tuple[Path, Path]:
    return file.with_suffix(".byggerapport.txt"), file.with_suffix(".byggerapport.json")


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
        CSV of every published figure behind the panel, with its status and answer. If the panel
        has a label, ``<name>.csv-metadata.json`` (CSV on the Web) stands beside it with it.

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
    check_panel_path(out, figures=figures)
    file = Path(out)
    flat = built.to_csv_frame()
    if file.suffix.lower() == ".parquet":
        buffer = io.BytesIO()
        flat.to_parquet(buffer, index=False)
        content = buffer.getvalue()
    else:
        content = tidy_csv(flat).encode("utf-8")
    report = json.dumps(built.report.to_dict(), ensure_ascii=False, indent=1) + "\n"
    text_path, json_path = _report_paths(file)
    contents = {
        file: content,
        text_path: built.report.to_text().encode("utf-8"),
        json_path: report.encode("utf-8"),
    }
    csv = None if figures is None else Path(figures)
    if csv is not None:
        contents[csv] = tidy_csv(built.figures).encode("utf-8")
    digest = hashlib.sha256(content).hexdigest()
    facts = {"dc:source": built.meta.name, "proba:panel_sha256": digest}
    return write_labelled(contents, csv, _FIGURES, facts, built.meta.label)
