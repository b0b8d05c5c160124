"""The house style: colours, header with the panel's label, number formats, saving."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from proba._io import atomic_write_bytes
from proba._numbers import format_number
from proba.errors import Lang, ProbaError

try:
    import matplotlib
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Formatter
except ImportError as error:
    raise ProbaError(
        'figures need matplotlib: pip install -e ".[report]".',
        'figurer krever matplotlib: pip install -e ".[report]".',
    ) from error

from proba.report.figures.fitting import FONT, LEGEND_SIZE, legend_shape, wrap_to

__all__ = [
    "AMBER",
    "BLUE",
    "GREEN",
    "GREY",
    "INK",
    "ORANGE",
    "PALE",
    "HouseFigure",
    "Marking",
    "NumberFormatter",
    "finish",
    "house_style",
    "legend_above",
    "new_figure",
    "save_figure",
    "tidy_axes",
]

# Okabe and Ito's palette, safe for the common kinds of colour blindness.
BLUE = "#0072B2"
ORANGE = "#D55E00"
GREEN = "#009E73"
AMBER = "#E69F00"
INK = "#222222"
GREY = "#6B6B6B"
PALE = "#E4E4E4"
_LABEL_FILL = "#FFF1CC"

_STYLE: dict[str, Any] = {
    "font.family": [FONT],
    "font.size": 9.0,
    "text.color": INK,
    "text.parse_math": False,  # a name with a dollar sign is a name
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.0,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlepad": 8.0,
    "axes.axisbelow": True,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "proba",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}

_FORMATS = ("png", "svg", "pdf")
_SCREEN_DPI = 100
_PRINT_DPI = 200
_LINE = 0.185
"""Height of a line of running text, inches."""
_TITLE_LINE = 0.2
_MARGIN = 0.12


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's defaults with the house style on top; the user's settings come back after."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for key, value in _STYLE.items():
            matplotlib.rcParams[key] = value  # type: ignore[index]
        yield


@dataclass(frozen=True, slots=True)
class Marking:
    """The words around a figure.

    Attributes
    ----------
    title, subtitle : str
    source : str
        Bottom line.
    label : str or None
        The panel's label, drawn above the title.
    """

    title: str
    subtitle: str
    source: str
    label: str | None


class HouseFigure(Figure):
    """A matplotlib figure that shows itself in a notebook without pyplot.

    Attributes
    ----------
    marking : Marking
        Title, source and label; written into the metadata of saved files too.
    """

    marking: Marking = Marking("", "", "", None)

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        width, height = (round(float(inches) * _SCREEN_DPI) for inches in self.get_size_inches())
        return figure_bytes(self, "png"), {"width": width, "height": height}


def new_figure(width: float, height: float, marking: Marking) -> HouseFigure:
    """Return an empty figure with header and source line drawn and room kept for the axes.

    Parameters
    ----------
    width, height : float
        Inches; the height of the axes area, to which header and source line are added.
    marking : Marking
    """
    per_line, room = int(width * 13), width - 2 * _MARGIN
    title = wrap_to(marking.title, room, 12, bold=True)
    subtitle = wrap_to(marking.subtitle, room, 9, most=per_line)
    source = wrap_to(marking.source, room, 7.5, most=int(width * 16))
    label = wrap_to(marking.label or "", room - 0.12, 9, bold=True, most=per_line)
    more = _TITLE_LINE * max(len(title) - 1, 0)
    head = _MARGIN + 0.27 + more + _LINE * len(subtitle)
    head += 0.13 + _LINE * len(label) if label else 0.0
    foot = _MARGIN + 0.16 * len(source)
    total = height + head + foot
    fig = HouseFigure(figsize=(width, total), dpi=_SCREEN_DPI, layout="constrained")
    fig.marking = marking
    left = _MARGIN / width
    y = 1 - _MARGIN / total
    if label:
        fig.text(
            left + 0.06 / width,
            y - 0.04 / total,
            "\n".join(label),
            va="top",
            fontsize=9,
            fontweight="bold",
            bbox={"boxstyle": "square,pad=0.35", "facecolor": _LABEL_FILL, "edgecolor": AMBER},
        )
        y -= (0.13 + _LINE * len(label)) / total
    fig.text(left, y, "\n".join(title), va="top", fontsize=12, fontweight="bold")
    y -= (0.26 + more) / total
    fig.text(left, y, "\n".join(subtitle), va="top", fontsize=9, color=GREY, linespacing=1.3)
    fig.text(
        left,
        _MARGIN / 2 / total,
        "\n".join(source),
        va="bottom",
        fontsize=7.5,
        color=GREY,
        linespacing=1.2,
    )
    engine = fig.get_layout_engine()
    if engine is not None:
        engine.set(
            rect=(0.06 / width, foot / total, 1 - 0.14 / width, height / total),  # type: ignore[call-arg]
            w_pad=0.05,
            h_pad=0.05,
        )
    return fig


def finish(fig: HouseFigure) -> HouseFigure:
    """Fix the layout, so that drawing once or ten times gives the same picture."""
    fig.draw_without_rendering()
    fig.draw_without_rendering()
    fig.set_layout_engine("none")
    return fig


def tidy_axes(ax: Axes, lang: Lang, *, grid: str = "", each: bool = False) -> None:
    """Set number formats by language and a pale grid along ``grid`` (``x``, ``y``, ``xy``).

    ``each`` lets every tick have the decimals it needs, as on logarithmic axes. Named ticks are
    set after this, which replaces their names.
    """
    for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        axis.set_major_formatter(NumberFormatter(lang, each))
        axis.set_minor_formatter(lambda *_: "")
        if name in grid:
            axis.grid(True)


class NumberFormatter(Formatter):
    """Tick labels as in the tables: decimal comma and thin space in Norwegian."""

    def __init__(self, lang: Lang, each: bool = False) -> None:
        self.lang = lang
        self.each = each

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return one number with the decimals it needs."""
        return format_number(x, _decimals([x]), self.lang)

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return all tick labels, with the same number of decimals unless ``each``."""
        if self.each:
            return [self(float(v)) for v in values]
        places = _decimals(values)
        return [format_number(float(v), places, self.lang) for v in values]


def legend_above(ax: Axes, names: Sequence[str], *, heading: str | None = None) -> None:
    """Name the series in rows above the figure (or subfigure) that holds the axes.

    Parameters
    ----------
    ax : Axes
    names : sequence of str
        The series' labels, in the order to name them.
    heading : str, optional
        Bold line above the names.
    """
    handles = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    figure = ax.get_figure(root=False)
    if figure is None:
        return
    columns, shown = legend_shape(names, figure.bbox.width / figure.get_figure(root=True).dpi)
    figure.legend(
        [handles[name] for name in names],
        shown,
        loc="outside upper left",
        ncols=columns,
        title=heading,
        title_fontproperties={"weight": "bold", "size": 9.5},
        alignment="left",
        frameon=False,
        fontsize=LEGEND_SIZE,
        handlelength=1.4,
        handletextpad=0.4,
        columnspacing=1.2,
        borderaxespad=0.2,
        borderpad=0.1,
    )


def _decimals(values: Sequence[float]) -> int:
    for places in range(7):
        if np.allclose(np.round(values, places), values, rtol=1e-6, atol=1e-9):
            return places
    return 7


def save_figure(fig: Figure, path: str | Path, *, dpi: int = _PRINT_DPI) -> Path:
    """Write a figure as PNG, SVG or PDF: whole or not at all, the same bytes every time.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    path : path-like
        The suffix says the format; the folder must exist.
    dpi : int
        Dots per inch of a PNG.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    ProbaError
        If the suffix is none of ``.png``, ``.svg``, ``.pdf``.
    OSError
        If the folder cannot be written.

    Notes
    -----
    No date and no version of any program is written; title and label are, where the format has
    a place for them.
    """
    target = Path(path)
    return atomic_write_bytes(target, figure_bytes(fig, target.suffix.lower().lstrip("."), dpi))


def figure_bytes(fig: Figure, kind: str, dpi: int = _PRINT_DPI) -> bytes:
    """Return the file :func:`save_figure` writes, as bytes."""
    if kind not in _FORMATS:
        known = ", ".join(f".{f}" for f in _FORMATS)
        raise ProbaError(
            f"cannot save a figure as '.{kind}'; use one of {known}.",
            f"kan ikke lagre en figur som «.{kind}»; bruk en av {known}.",
        )
    out = io.BytesIO()
    with house_style():
        fig.savefig(out, format=kind, dpi=dpi, metadata=_metadata(fig, kind))
    return out.getvalue()


def _metadata(fig: Figure, kind: str) -> dict[str, Any]:
    marking = fig.marking if isinstance(fig, HouseFigure) else HouseFigure.marking
    words = {"Title": marking.title} if marking.title else {}
    about = "Subject" if kind == "pdf" else "Description"
    if marking.label:
        words[about] = marking.label
    empty: dict[str, tuple[str, ...]] = {
        "png": ("Software",),
        "svg": ("Date", "Creator"),
        "pdf": ("CreationDate", "Creator", "Producer"),
    }
    return {**dict.fromkeys(empty[kind]), **words}
