"""A small printed table: text for terminals, HTML for notebooks, always with its label."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html import escape

__all__ = ["TextTable", "printable"]


@dataclass(frozen=True, slots=True, repr=False)
class TextTable:
    """Rows of finished text.

    Attributes
    ----------
    title : str
    header : tuple of str
    rows : tuple of tuple of str
        Each as long as ``header``.
    notes : tuple of str
        Lines below the table.
    label : str or None
        The panel's label; printed above the title wherever the table goes.
    left : int
        How many leading columns are text, set flush left; the others are flush right.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    label: str | None = None
    left: int = 1

    def to_text(self) -> str:
        """Return the table as aligned plain text."""
        lines = [tuple(map(printable, line)) for line in (self.header, *self.rows)]
        widths = [max(_width(line[j]) for line in lines) for j in range(len(self.header))]
        out = [f"[{printable(self.label)}]"] if self.label else []
        out.append(printable(self.title))
        rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
        out += [rule, self._line(lines[0], widths), rule]
        out += [self._line(line, widths) for line in lines[1:]]
        out += [rule, *map(printable, self.notes)]
        return "\n".join(out)

    def _line(self, cells: tuple[str, ...], widths: list[int]) -> str:
        padded = []
        for j, (cell, width) in enumerate(zip(cells, widths, strict=True)):
            fill = " " * (width - _width(cell))
            padded.append(cell + fill if j < self.left else fill + cell)
        return "  ".join(padded).rstrip()

    def to_html(self) -> str:
        """Return the table as an HTML fragment; every text is escaped."""
        parts = [f"<p><strong>{escape(self.label)}</strong></p>"] if self.label else []
        parts.append(f"<table><caption>{escape(self.title)}</caption><thead><tr>")
        parts += [
            f'<th scope="col"{self._align(j)}>{escape(c)}</th>' for j, c in enumerate(self.header)
        ]
        parts.append("</tr></thead><tbody>")
        for row in self.rows:
            cells = "".join(f"<td{self._align(j)}>{escape(c)}</td>" for j, c in enumerate(row))
            parts.append(f"<tr>{cells}</tr>")
        parts.append("</tbody></table>")
        if self.notes:
            parts.append(f"<p><small>{'<br>'.join(map(escape, self.notes))}</small></p>")
        return "".join(parts)

    def _align(self, column: int) -> str:
        side = "left" if column < self.left else "right"
        return f' style="text-align:{side}"'

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()


def printable(text: str) -> str:
    """Return the text as one line: line breaks, control and invisible characters made spaces.

    Names and labels come from files; what they hold must not move a terminal's cursor, colour
    it or break a row.
    """
    return "".join(" " if _is_control(c) else c for c in text)


def _is_control(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind.startswith("C") or kind in ("Zl", "Zp")


def _width(text: str) -> int:
    """Return how many terminal cells a text takes: combining marks take none."""
    return sum(1 for c in text if not unicodedata.combining(c))
