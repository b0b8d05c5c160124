"""Words that several figures share."""

from __future__ import annotations

from proba.errors import Lang
from proba.panel import REGISTRY
from proba.panel import label as label_of
from proba.published import load_table

__all__ = ["index_words", "report_name", "source_words", "unit_words"]


def source_words(report: str | None, panel: str | None, lang: Lang) -> str:
    """Return the bottom line: the report and panel behind the figure, where known."""
    quoted = None if not panel else f"panelet «{panel}»" if lang == "nb" else f"panel “{panel}”"
    own = "beregnet med proba" if lang == "nb" else "computed with proba"
    parts = [p for p in (report, quoted, own) if p]
    return f"{'Kilde' if lang == 'nb' else 'Source'}: {', '.join(parts)}."


def report_name() -> str:
    """Series and number of the report that is rerun."""
    return load_table("vedlegg1").source.report


def unit_words(column: str, lang: Lang) -> str:
    """Return the unit of a column for an axis."""
    if lang == "nb" and column in REGISTRY:
        return REGISTRY[column].unit.value
    if column == "netto_driftsutgifter":
        return "1000 kr per inhabitant"
    return f"{'Enheten til' if lang == 'nb' else 'Unit of'}: {label_of(column, lang)}"


def index_words(lang: Lang) -> str:
    """Return what the index is, for an axis."""
    return "Indeks (beregnet behov = 100)" if lang == "nb" else "Index (predicted need = 100)"
