"""Counting draws: how often each rank, level and change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from proba.estimation.columns import FloatArray
from proba.indices._draws import Drawn, Float32Array
from proba.indices.need_rows import NeedRows
from proba.indices.rules import Rule

__all__ = ["Tally", "count_draws", "depths", "rank_frame"]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts over all draws.

    Attributes
    ----------
    years : tuple of int
    entities : list of ndarray
        By year: positions of the entities ranked.
    ranks : list of ndarray, shape (n, n)
        By year: how often entity (column) had rank (row).
    low, high : list of ndarray, shape (n,)
        By year: how often Lavt and Høyt.
    fall, rise : ndarray, shape (E,)
        How often Nedgang and Økning from first to last year; NaN without both years.
    depth : list of ndarray, shape (draws,)
        By year: the smallest tail probability of any rank in the draw; empty if not asked for.
    """

    years: tuple[int, ...]
    entities: list[npt.NDArray[np.int64]] = field(repr=False)
    ranks: list[FloatArray] = field(repr=False)
    low: list[FloatArray] = field(repr=False)
    high: list[FloatArray] = field(repr=False)
    fall: FloatArray = field(repr=False)
    rise: FloatArray = field(repr=False)
    depth: list[FloatArray] = field(repr=False)


def count_draws(
    blocks: Iterable[Drawn], entities: int, rule: Rule, tails: list[FloatArray] | None = None
) -> Tally:
    """Count ranks, levels and changes.

    Parameters
    ----------
    blocks : iterable of Drawn
    entities : int
        How many there are, E.
    rule : Rule
    tails : list of ndarray, shape (n, n), optional
        Tail probability of each rank (row) of each entity (column); then ``depth`` is found.
    """
    total: Tally | None = None
    depth: list[list[FloatArray]] = []
    # Rounded half up to a whole number, x is below a threshold if x < ceil(threshold) - 1/2.
    low, high = (np.float32(np.ceil(v) - 0.5 if rule.rounded else v) for v in (rule.low, rule.high))
    for block in blocks:
        if total is None:
            total = _empty(block, entities)
            depth = [[] for _ in block.years]
        for t, index in enumerate(block.index):
            n = index.shape[1]
            order = np.argsort(index, axis=1)
            cell = order + n * np.arange(n)
            total.ranks[t] += np.bincount(cell.ravel(), minlength=n * n).reshape(n, n)
            if tails is not None:
                depth[t].append(tails[t].ravel()[cell].min(axis=1))
            total.low[t] += np.count_nonzero(index < low, axis=0)
            total.high[t] += np.count_nonzero(index >= high, axis=0)
        _count_changes(block, total, rule)
    if total is None:
        nothing = np.full(entities, np.nan)
        return Tally((), [], [], [], [], nothing, nothing, [])
    total.depth.extend(np.concatenate(parts) for parts in depth if parts)
    return total


def depths(ranks: FloatArray) -> FloatArray:
    """Smaller of P(rank <= r) and P(rank >= r), from counts; shape (n, n)."""
    share = ranks / ranks.sum(axis=0)
    below = np.cumsum(share, axis=0)
    above = np.cumsum(share[::-1], axis=0)[::-1]
    out: FloatArray = np.minimum(below, above)
    return out


def rank_frame(
    tally: Tally, table: NeedRows, centre: FloatArray, tail: list[float]
) -> pd.DataFrame:
    """Ranks with limits, and probabilities of levels, in the rows of an index table.

    Parameters
    ----------
    tally : Tally
    table : NeedRows
    centre : ndarray, shape (n,)
        What is ranked.
    tail : list of float
        By year: ranks with at most this probability on either side are left out.
    """
    names = ("rank", "rank_lower", "rank_upper", "rank_mean", "of", "p_low", "p_middle", "p_high")
    out = {name: np.full(len(table.rows), np.nan) for name in names}
    place = {
        (int(c), int(y)): i for i, (c, y) in enumerate(zip(table.codes, table.years, strict=True))
    }
    for t, year in enumerate(tally.years):
        rows = np.array([place[int(c), year] for c in tally.entities[t]])
        ranks, n = tally.ranks[t], len(rows)
        draws = ranks.sum(axis=0)
        inside = depths(ranks) > tail[t]
        # Where no single rank is inside, the likeliest is.
        none = ~inside.any(axis=0)
        inside[ranks.argmax(axis=0)[none], np.flatnonzero(none)] = True
        out["rank"][rows] = stats.rankdata(centre[rows], method="min")
        out["rank_lower"][rows] = inside.argmax(axis=0) + 1
        out["rank_upper"][rows] = n - inside[::-1].argmax(axis=0)
        out["rank_mean"][rows] = np.arange(1, n + 1) @ ranks / draws
        out["of"][rows] = n
        out["p_low"][rows] = tally.low[t] / draws
        out["p_high"][rows] = tally.high[t] / draws
        out["p_middle"][rows] = 1.0 - (tally.low[t] + tally.high[t]) / draws
    frame = pd.DataFrame(out, index=table.rows)
    whole = ["rank", "rank_lower", "rank_upper", "of"]
    frame[whole] = frame[whole].astype("Int64")
    return frame


def _empty(block: Drawn, entities: int) -> Tally:
    sizes = [len(e) for e in block.entities]
    unknown = np.full(entities, np.nan)
    both = np.intersect1d(block.entities[0], block.entities[-1])
    unknown[both if len(block.years) > 1 else []] = 0.0
    return Tally(
        years=block.years,
        entities=block.entities,
        ranks=[np.zeros((n, n)) for n in sizes],
        low=[np.zeros(n) for n in sizes],
        high=[np.zeros(n) for n in sizes],
        fall=unknown,
        rise=unknown.copy(),
        depth=[],
    )


def _shown(index: Float32Array, rule: Rule) -> Float32Array:
    out: Float32Array = np.floor(index + np.float32(0.5)) if rule.rounded else index
    return out


def _count_changes(block: Drawn, total: Tally, rule: Rule) -> None:
    if len(block.years) < 2:
        return
    first, last = block.entities[0], block.entities[-1]
    both, at_first, at_last = np.intersect1d(first, last, return_indices=True)
    start, end = (block.index[0], block.index[-1]) if block.unchanged is None else block.unchanged
    with np.errstate(invalid="ignore"):
        points = _shown(end, rule)[:, at_last] - _shown(start, rule)[:, at_first]
    total.rise[both] += np.count_nonzero(points >= rule.change, axis=0)
    total.fall[both] += np.count_nonzero(points <= -rule.change, axis=0)
