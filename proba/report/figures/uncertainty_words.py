"""Words, checks and names at points that the figures of uncertainty share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes

from proba._numbers import plain_number
from proba.errors import IndexingError, Lang
from proba.indices.intervals import IndexIntervals
from proba.report.figures.fitting import text_width
from proba.report.figures.house import INK, ORANGE
from proba.report.figures.words import source_words

__all__ = [
    "PASSIVE",
    "checked_entities",
    "checked_year",
    "display",
    "interval_footer",
    "interval_title",
    "name_in_margin",
    "name_points",
    "percent_of",
]

PASSIVE = "#A9A9A9"
"""What does not stand out."""

_NAME_SIZE = 8.5
_TITLES = {
    "mean": (
        "Indeksen {year} med intervall for beregnet behov",
        "The index {year} with the interval of predicted need",
    ),
    "observation": (
        "Indeksen {year} mot intervallet for en ny observasjon",
        "The index {year} against the interval of a new observation",
    ),
    "lasting": (
        "Varig praksis: krympet indeks med intervall, alle år samlet",
        "Lasting practice: shrunk index with its interval, all years together",
    ),
}


def interval_title(kind: str, year: int | None, lang: Lang) -> str:
    """Return a title that names the kind of interval."""
    return _TITLES[kind][0 if lang == "nb" else 1].format(year=year)


def percent_of(level: float, lang: Lang) -> str:
    """Return a level as a percentage."""
    return f"{plain_number(100.0 * level, lang)}{' %' if lang == 'nb' else '%'}"


def interval_footer(intervals: IndexIntervals, lang: Lang) -> str:
    """Return the bottom line: what the standard errors are, and the source."""
    nb = lang == "nb"
    head = "Standardfeil" if nb else "Standard errors"
    covariance = intervals.covariance[0 if nb else 1]
    return f"{head}: {covariance}. {source_words(None, intervals.meta.name, lang)}"


def display(names: pd.Series, entity: str) -> str:
    """Return the name of a kommune, its number where there is none."""
    known = names.get(entity)
    return known if isinstance(known, str) and known else str(entity)


def checked_entities(chosen: Sequence[str], known: pd.Index, entity: str) -> list[str]:
    """Return the kommuner chosen.

    Raises
    ------
    IndexingError
        If one is not known or is given twice.
    """
    out = list(chosen)
    for one in out:
        if one not in known:
            raise IndexingError(
                f"{entity} {one} has nothing to draw here.",
                f"{entity} {one} har ingenting å tegne her.",
            )
        if out.count(one) > 1:
            raise IndexingError(
                f"{entity} {one} is given more than once.",
                f"{entity} {one} er oppgitt mer enn én gang.",
            )
    return out


def checked_year(years: pd.Index, year: int | None) -> int:
    """Return the year, the last if None.

    Raises
    ------
    IndexingError
        If the table does not hold it.
    """
    known = sorted({int(y) for y in years})
    if year is None and known:
        return known[-1]
    if year not in known:
        listed = ", ".join(map(str, known))
        raise IndexingError(
            f"year {year} is not in the table ({listed}).",
            f"året {year} finnes ikke i tabellen ({listed}).",
        )
    return int(year)


def name_in_margin(ax: Axes, names: Sequence[tuple[float, float, str]], gap: float) -> None:
    """Write names to the right of the axes, a line leading to each point.

    Parameters
    ----------
    ax : Axes
        Its limits are set.
    names : sequence of (float, float, str)
        Height and place of the point, and what to write.
    gap : float
        Height of a line of text, in the axis' units.
    """
    ordered = sorted(names)
    low, high = ax.get_ylim()
    heights = spread([y for y, _, _ in ordered], gap, low + gap / 2, high - gap / 2)
    right = ax.get_xlim()[1]
    across = ax.get_yaxis_transform()
    for (y, x, text), height in zip(ordered, heights, strict=True):
        ax.plot([x, right], [y, y], color=ORANGE, linewidth=0.5, alpha=0.7, zorder=1.8)
        ax.annotate(
            text,
            (1.0, y),
            xycoords=across,
            xytext=(1.05, height),
            textcoords=across,
            va="center",
            fontsize=_NAME_SIZE,
            color=INK,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": ORANGE,
                "linewidth": 0.5,
                "alpha": 0.7,
                "relpos": (0.0, 0.5),
                "shrinkA": 1.0,
                "shrinkB": 0.0,
            },
        )


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move ascending heights apart to at least ``gap``, inside limits if there is room."""
    out = list(wanted)
    for i in range(len(out)):
        out[i] = max(out[i], low if i == 0 else out[i - 1] + gap)
    for i in reversed(range(len(out))):
        out[i] = min(out[i], high if i == len(out) - 1 else out[i + 1] - gap)
    return out


def name_points(ax: Axes, points: pd.DataFrame, names: Sequence[str], others: pd.DataFrame) -> None:
    """Write names beside points, where they hide least.

    Parameters
    ----------
    ax : Axes
        Limits and layout are final.
    points, others : DataFrame
        Columns x and y: the points named, and all that are drawn.
    names : sequence of str
    """
    figure = ax.get_figure(root=True)
    dpi = 100.0 if figure is None else float(figure.dpi)
    place = ax.transData.transform(points.to_numpy(dtype=float)) / dpi
    dots = ax.transData.transform(others.to_numpy(dtype=float)) / dpi
    frame = ax.bbox.x0 / dpi, ax.bbox.y0 / dpi, ax.bbox.x1 / dpi, ax.bbox.y1 / dpi
    taken: list[npt.NDArray[np.float64]] = []
    halo = [patheffects.withStroke(linewidth=2.5, foreground="white")]
    for order in np.argsort(place[:, 1], kind="stable")[::-1]:
        (x, y), name = place[order], names[order]
        wide, tall = text_width(name, _NAME_SIZE), _NAME_SIZE * 1.3 / 72
        best: tuple[float, float, float] | None = None
        for dx, dy in _places(wide, tall):
            box = np.array([x + dx, y + dy, x + dx + wide, y + dy + tall])
            hidden = float(_inside(dots, box)) + 40 * sum(_overlap(box, other) for other in taken)
            hidden += 100 * _outside(box, frame) + 0.8 * float(np.hypot(dx + wide / 2, dy))
            if best is None or hidden < best[0]:
                best = (hidden, dx, dy)
        if best is None:
            continue
        _, dx, dy = best
        taken.append(np.array([x + dx, y + dy, x + dx + wide, y + dy + tall]))
        ax.annotate(
            name,
            points.iloc[order].to_numpy(dtype=float),
            xytext=(72 * dx, 72 * (dy + tall / 2)),
            textcoords="offset points",
            va="center",
            fontsize=_NAME_SIZE,
            color=INK,
            path_effects=halo,
            zorder=6,
            arrowprops={"arrowstyle": "-", "color": ORANGE, "linewidth": 0.8, "shrinkB": 3.0},
        )


def _places(wide: float, tall: float) -> list[tuple[float, float]]:
    """Lower left corners around a point, inches, near ones first."""
    out = []
    for away in (0.07, 0.2, 0.4):
        out += [(away, -tall / 2), (-away - wide, -tall / 2)]
        out += [(-wide / 2, away), (-wide / 2, -away - tall)]
        out += [(away, away), (away, -away - tall)]
        out += [(-away - wide, away), (-away - wide, -away - tall)]
    return out


def _inside(dots: npt.NDArray[np.float64], box: npt.NDArray[np.float64]) -> int:
    x, y = dots[:, 0], dots[:, 1]
    return int(((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])).sum())


def _overlap(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> bool:
    return bool(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3])


def _outside(box: npt.NDArray[np.float64], frame: tuple[float, float, float, float]) -> bool:
    return bool(box[0] < frame[0] or box[1] < frame[1] or box[2] > frame[2] or box[3] > frame[3])
