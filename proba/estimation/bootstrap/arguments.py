"""The arguments of a bootstrap: what is asked for, checked against the fit."""

from __future__ import annotations

import numpy as np

from proba._numbers import format_number
from proba.errors import SpecError
from proba.estimation.bootstrap.statistics import block_tiles, memory_needed, tile_size
from proba.estimation.columns import FloatArray
from proba.estimation.results import Results

__all__ = ["VARIANTS", "check_choices", "cluster_column", "tiles_allowed", "values"]

VARIANTS = ("11", "13", "31", "33")
"""Scores and variance: 1 as they are (CR1), 3 by the jackknife (CR3)."""


def cluster_column(results: Results, cluster: str | None) -> str:
    """Return the column to cluster on: the one named, the fit's own, or the spec's entity.

    Raises
    ------
    SpecError
        If the fit is clustered two ways, or the column is not there or has missing values.
    """
    if cluster is None:
        names = results.cluster_names
        if len(names) > 1:
            raise SpecError(
                f"the results are clustered two ways ({', '.join(names)}); say which with "
                "cluster=.",
                f"resultatene er klynget to veier ({', '.join(names)}); si hvilken med cluster=.",
            )
        cluster = names[0] if names else results.spec.entity
    if cluster not in results.design.columns:
        raise SpecError(
            f"cluster column '{cluster}' is not in the data.",
            f"klyngekolonnen '{cluster}' finnes ikke i dataene.",
        )
    missing = results.design.columns[cluster].isna()
    if missing.any():
        entity, time = results.design.rows[int(np.flatnonzero(missing.to_numpy())[0])]
        raise SpecError(
            f"cluster column '{cluster}' is missing for {entity}, {time}; fit again with "
            f"cluster='{cluster}' to drop such rows.",
            f"klyngekolonnen '{cluster}' mangler for {entity}, {time}; estimer på nytt med "
            f"cluster='{cluster}' for å utelate slike rader.",
        )
    return cluster


def values(value: float | FloatArray, q: int) -> FloatArray:
    """Return the right-hand side, shape (q,); raises a SpecError if it does not fit."""
    try:
        out: FloatArray = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        out = np.array(np.nan)
    if out.shape not in ((), (q,)) or not np.isfinite(out).all():
        raise SpecError(
            f"'value' must be one finite number or {q}, one for each restriction; got {value!r}.",
            f"'value' må være ett endelig tall eller {q}, ett per restriksjon; fikk {value!r}.",
        )
    return np.broadcast_to(out, (q,)).copy()


def check_choices(variant: object, tail: object, restricted: object, max_memory: object) -> None:
    """Raise a SpecError if one of these arguments is not among what there is."""
    for name, given, known in (
        ("variant", variant, VARIANTS),
        ("tail", tail, ("symmetric", "equal-tail")),
        ("restricted", restricted, (True, False)),
    ):
        if not any(given is k or (isinstance(k, str) and given == k) for k in known):
            shown = ", ".join(map(repr, known))
            raise SpecError(
                f"'{name}' must be one of {shown}, not {given!r}.",
                f"«{name}» må være en av {shown}, ikke {given!r}.",
            )
    if isinstance(max_memory, bool) or not isinstance(max_memory, (int, np.integer)):
        raise SpecError(
            f"'max_memory' must be a whole number of bytes, not {max_memory!r}.",
            f"«max_memory» må være et helt antall byte, ikke {max_memory!r}.",
        )


def tiles_allowed(
    shape: tuple[int, int, int, int], draws: int, variant: str, parts: bool, allowed: int
) -> int:
    """Return how many tiles a block may have in the memory allowed."""
    G, k = shape[3], shape[1]
    least, two = (
        memory_needed(shape, draws, variant, parts=parts, tiles=tiles) for tiles in (1, 2)
    )
    if least <= allowed:
        return min(block_tiles(G, tile_size(G, k)), 1 + (allowed - least) // (two - least))
    en, nb = (format_number(least / 2**20, 1, lang) for lang in ("en", "nb"))
    raise SpecError(
        f"the bootstrap needs {en} MiB, more than max_memory allows; allow {least} bytes or ask "
        "for fewer draws.",
        f"bootstrap trenger {nb} MiB, mer enn max_memory tillater; tillat {least} byte eller be "
        "om færre trekninger.",
    )
