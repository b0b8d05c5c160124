"""The reproduction as files: CSV tables with their metadata, and one JSON with everything."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from proba._io import atomic_write_bytes, atomic_write_text, csv_text
from proba._sidecar import sidecar_bytes, sidecar_path
from proba._version import __version__
from proba.indices import IndexTable
from proba.panel import PanelMeta
from proba.published import load_table, parse
from proba.reproduction.comparison import Fact, Reproduction
from proba.reproduction.growth import GrowthReproduction

__all__ = [
    "index_csv",
    "reproduction_json",
    "write_growth_csv",
    "write_index_csv",
    "write_reproduction",
]


def write_reproduction(run: Reproduction, folder: str | Path) -> tuple[Path, ...]:
    """Write ``vedlegg1.csv``, ``vedlegg2.csv``, ``tabell_6_1.csv`` and ``reproduction.json``.

    Parameters
    ----------
    run : Reproduction
    folder : path-like
        Made if it does not exist.

    Returns
    -------
    tuple of pathlib.Path
        The files written. Beside each CSV stands ``<name>.csv-metadata.json`` (CSV on the Web)
        with the panel's label, source and units, since a CSV has no room for them.

    Raises
    ------
    OSError
        If the folder cannot be written.

    Notes
    -----
    Files are written beside and renamed, so none is ever half there; two runs on the same
    panel give the same bytes.
    """
    target = Path(folder)
    tables = {
        "vedlegg1.csv": (
            csv_text(
                ("name", "coef", "se", "printed_coef", "printed_se", "verdict"),
                _vedlegg1_rows(run),
            ),
            "Vedlegg 1: koeffisienter og standardfeil, våre og trykte",
        ),
        "vedlegg2.csv": (
            csv_text(("kommunenr", "kommune", *map(str, run.panel.years)), _vedlegg2_rows(run)),
            "Vedlegg 2: faktiske utgifter i prosent av beregnet behov",
        ),
        "tabell_6_1.csv": (
            csv_text(
                ("kommunenr", *run.tabell_6_1.columns),
                ([n, *map(_cell, row)] for n, row in _object_rows(run.tabell_6_1)),
            ),
            "Tabell 6-1: case-kommunene",
        ),
    }
    document = json.dumps(reproduction_json(run), ensure_ascii=False, indent=1, allow_nan=False)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, (text, title) in tables.items():
        written.append(atomic_write_text(target / name, text))
        written.append(write_csv_metadata(target / name, title, run.panel.meta))
    written.append(atomic_write_text(target / "reproduction.json", document + "\n"))
    return tuple(written)


def write_csv_metadata(path: Path, title: str, meta: PanelMeta) -> Path:
    """Write the CSV-on-the-Web metadata file that belongs to a CSV: title, label, panel."""
    facts = {"dc:source": meta.name, "proba:panel_sha256": meta.sha256}
    content = sidecar_bytes(path, title, facts, meta.label)
    return atomic_write_bytes(sidecar_path(path), content)


def index_csv(index: IndexTable) -> str:
    """CSV text of an index: ``kommune,aar,actual,predicted,index``, unrounded.

    A missing value is an empty cell.
    """
    frame = index.frame[["actual", "predicted", "index"]]
    rows = (
        (*key, *(_cell(v) for v in values))
        for key, values in zip(frame.index, frame.to_numpy(), strict=True)
    )
    return csv_text((index.entity, index.time, "actual", "predicted", "index"), rows)


def write_index_csv(index: IndexTable, path: str | Path) -> Path:
    """Write :func:`index_csv` to a file, with its metadata file beside it."""
    target = Path(path)
    atomic_write_text(target, index_csv(index))
    title = "Indeks: faktiske utgifter i prosent av beregnet behov"
    write_csv_metadata(target, title, index.meta)
    return target


def write_growth_csv(run: GrowthReproduction, path: str | Path) -> Path:
    """Write the recomputed growth figures, a row each: printed, value, low, high, verdict.

    Everything in it follows from printed figures, so there is no panel and no label.
    """
    frame = run.to_frame().reset_index()
    rows = ([_cell(v) for v in row] for _, row in _object_rows(frame))
    return atomic_write_text(Path(path), csv_text(list(frame.columns), rows))


def reproduction_json(run: Reproduction) -> dict[str, Any]:
    """Everything in one plain structure, ready for JSON; floats unrounded."""
    meta = run.panel.meta
    labels = load_table("vedlegg1").errata
    ids = {f.erratum for f in run.std_errors if f.erratum}
    table = run.std_error_table()
    return {
        "label": meta.label,
        "panel": {"name": meta.name, "sha256": meta.sha256, "rows": len(run.panel.frame)},
        "version": __version__,
        "source": str(load_table("vedlegg1").source),
        "spec": run.spec.to_dict(),
        "holds": run.holds,
        "counts": {k: {"equal": hit, "of": total} for k, (hit, total) in run.counts.items()},
        "nobs": _fact(run.nobs),
        "rsquared_adj": _fact(run.rsquared_adj),
        "rsquared": run.by_size.rsquared,
        "nclusters": {
            "folketall": run.by_size.nclusters,
            "kommune": run.by_kommune.nclusters,
        },
        "coefficients": [_fact(f) for f in run.coefficients],
        "std_errors": [_fact(f) for f in run.std_errors],
        "std_errors_by_assumption": {
            str(name): {c: _cell(row[c]) for c in ("folketall", "kommune", "HC1")}
            for name, row in table.iterrows()
        },
        "errata": [{"id": e.id, "text": e.text_nb} for e in labels if e.id in ids],
        "vedlegg2": [row for row in _vedlegg2_records(run) if row["verdict"] != "ok"],
        "tabell_6_1": [
            {"kommunenr": n, **{c: _cell(v) for c, v in row.items()}}
            for n, row in run.tabell_6_1.astype(object).iterrows()
        ],
        "rule": {
            "low": run.rule.low,
            "high": run.rule.high,
            "change": run.rule.change,
            "words": run.rule.describe("nb"),
            "ranges": run.ranges.describe("nb"),
        },
        "without_index": {str(k): int(v) for k, v in run.index.missing.items()},
    }


def _vedlegg2_records(run: Reproduction) -> list[dict[str, Any]]:
    return [
        {"kommune": kommune, "aar": int(year), **{str(k): _cell(v) for k, v in row.items()}}
        for (kommune, year), row in zip(
            run.vedlegg2.index, run.vedlegg2.to_dict("records"), strict=True
        )
    ]


def _vedlegg1_rows(run: Reproduction) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for coef, se in zip(run.coefficients, run.std_errors, strict=True):
        # Only the verdict: the erratum a corrected misprint rests on stands in the JSON.
        verdict = se.verdict if coef.holds else coef.verdict
        printed = (_plain(coef.printed), _plain(se.printed))
        rows.append((coef.name, _cell(coef.value), _cell(se.value), *printed, verdict))
    return rows


def _plain(printed: str) -> str:
    """Return the printed number with a point for its comma, its digits kept."""
    return printed.replace(",", ".")


def _vedlegg2_rows(run: Reproduction) -> list[tuple[object, ...]]:
    wide = run.index.wide()
    published = load_table("vedlegg2").frame.set_index("kommunenr")["kommune"]
    names = run.index.names
    return [
        (number, names.get(number, published.get(number, "")), *map(_cell, row))
        for number, row in _object_rows(wide)
    ]


def _object_rows(frame: pd.DataFrame) -> list[tuple[Any, Sequence[Any]]]:
    return list(zip(frame.index, frame.to_numpy(dtype=object), strict=True))


def _cell(value: Any) -> Any:
    """Return a JSON- and CSV-ready value: None where missing, Python numbers otherwise."""
    if value is None or pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _fact(fact: Fact) -> Mapping[str, Any]:
    out: dict[str, Any] = {
        "name": fact.name,
        "value": _cell(fact.value),
        "printed": fact.printed,
        "difference": _cell(fact.value - float(parse(fact.target))),
        "verdict": fact.verdict,
    }
    if fact.corrected is not None:
        out |= {"corrected": fact.corrected, "erratum": fact.erratum}
    return out
