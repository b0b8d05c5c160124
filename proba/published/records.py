"""The records a published table is made of: source, erratum, table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from proba.errors import Lang

__all__ = ["Cells", "Erratum", "PublishedTable", "Source"]

ANY = "*"


@dataclass(frozen=True, slots=True)
class Source:
    """The report a table was printed in.

    Attributes
    ----------
    title : str
        Title of the report.
    report : str
        Series and number, e.g. ``"Proba-rapport 2017-08"``.
    publisher : str
        Who published it.
    year : int
        Year of publication.
    commissioned_by : str
        Who ordered it.
    """

    title: str
    report: str
    publisher: str
    year: int
    commissioned_by: str

    def __str__(self) -> str:
        return f"{self.publisher} ({self.year}): {self.title}. {self.report}"


@dataclass(frozen=True, slots=True)
class Cells:
    """A block of printed values in one table; ``"*"`` stands for all rows or columns.

    Attributes
    ----------
    table : str
        Table id.
    rows, columns : tuple of str
        Row keys and column names.
    """

    table: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]

    def covers(self, table: str, row: str, column: str) -> bool:
        """Whether the block holds the given value."""
        return (
            table == self.table
            and (ANY in self.rows or row in self.rows)
            and (ANY in self.columns or column in self.columns)
        )


@dataclass(frozen=True, slots=True)
class Erratum:
    """A contradiction, misprint or open question in a published table.

    Attributes
    ----------
    id : str
        Short name.
    table : str
        Id of the table it belongs to.
    cells : tuple of Cells
        The printed values it touches, in that table or another; may be empty.
    place, printed : str
        Where in the report, and what stands there.
    problem, reasoning, resolution : str
        What is wrong, how it can be seen, and what is done about it (English).
    corrected : str or None
        What to read instead, written as the report would print it.
    status : str
        ``corrected``, ``explained``, ``open``, ``checked`` or ``transcription``.
    text_nb, text_en : str
        The matter in one or two sentences.
    """

    id: str
    table: str
    cells: tuple[Cells, ...]
    place: str
    printed: str
    problem: str
    reasoning: str
    resolution: str
    corrected: str | None
    status: str
    text_nb: str
    text_en: str

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table it touches, its own first."""
        return tuple(dict.fromkeys([self.table, *(block.table for block in self.cells)]))

    def covers(self, table: str, row: str, column: str) -> bool:
        """Whether it touches the given value."""
        return any(block.covers(table, row, column) for block in self.cells)

    def text(self, lang: Lang = "nb") -> str:
        """Return the short text in Norwegian bokmål (``"nb"``) or English (``"en"``)."""
        return self.text_nb if lang == "nb" else self.text_en


@dataclass(frozen=True, slots=True, eq=False)
class PublishedTable:
    """One table as it was printed, with its source.

    Attributes
    ----------
    id : str
        Short name, e.g. ``"vedlegg2"``.
    title_nb, title_en : str
        Title.
    name_in_report : str
        What the report calls it, e.g. ``"Tabell 6-1"``.
    source : Source
        The report.
    pages, page_basis : str
        Page or pages, and how they are known.
    key : str
        Column that names the rows.
    units : mapping of str to str
        Unit of every column that is not mere text.
    decimals : int or None
        Rounding of the printed figures; None when it differs from line to line.
    notes : tuple of str
        What a reader must know.
    frame : pandas.DataFrame
        The table; a copy of one's own.
    errata : tuple of Erratum
        What is known to be wrong or unsettled in it.
    """

    id: str
    title_nb: str
    title_en: str
    name_in_report: str
    source: Source
    pages: str
    page_basis: str
    key: str
    units: Mapping[str, str]
    decimals: int | None
    notes: tuple[str, ...]
    frame: pd.DataFrame
    errata: tuple[Erratum, ...]

    def title(self, lang: Lang = "nb") -> str:
        """Return the title in Norwegian bokmål (``"nb"``) or English (``"en"``)."""
        return self.title_nb if lang == "nb" else self.title_en

    def values(self) -> pd.DataFrame:
        """List every printed value on a line of its own.

        Returns
        -------
        pandas.DataFrame
            Columns ``table, row, column, value, printed, unit, source, page, erratum``.
            ``value`` is NaN where a word is printed; a star is its significance level.
            ``erratum`` lists ids separated by semicolons, empty for none.
        """
        from proba.published.values import tidy

        return tidy(self)
