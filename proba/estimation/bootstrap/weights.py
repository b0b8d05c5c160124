"""The wild weights: which distributions there are, and how draws come in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from proba.errors import SpecError
from proba.estimation.columns import FloatArray

__all__ = ["WEBB_BELOW", "WEIGHT_KINDS", "Draws", "as_generator", "plan_draws"]

WEIGHT_KINDS = ("rademacher", "webb", "mammen", "normal")
"""Distributions with mean 0 and variance 1 that a cluster's residuals are multiplied by."""

WEBB_BELOW = 12
"""With fewer clusters than this, ``auto`` means Webb's weights; Rademacher from there on."""

_WEBB = np.sqrt(np.array([1.5, 1.0, 0.5]))
_WEBB_VALUES = np.concatenate([-_WEBB, _WEBB[::-1]])
_MAMMEN_LOW, _MAMMEN_HIGH = (1.0 - sqrt(5.0)) / 2.0, (1.0 + sqrt(5.0)) / 2.0
_MAMMEN_P_LOW = (sqrt(5.0) + 1.0) / (2.0 * sqrt(5.0))


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """A sequence of weight vectors, one weight a cluster, that comes in blocks.

    Attributes
    ----------
    kind : str
        One of :data:`WEIGHT_KINDS`.
    nclusters : int
        G.
    count : int
        Number of draws: what was asked for, or 2^G when enumerated.
    enumerated : bool
        Every vector of signs once, instead of random ones.
    generator : numpy.random.Generator
        Not used when enumerated.
    """

    kind: str
    nclusters: int
    count: int
    enumerated: bool
    generator: np.random.Generator = field(repr=False)

    def blocks(self, size: int) -> Iterator[tuple[slice, FloatArray]]:
        """Give the draws in order, ``size`` at a time.

        Parameters
        ----------
        size : int
            Draws a block; each draw takes the same numbers from the generator whatever it is.

        Yields
        ------
        which : slice
            Of all draws.
        V : ndarray, shape (size, G)
            One draw a row; the array is used again for the next block. Rows after the last
            draw are 0, so that every block has the same shape.
        """
        V = np.zeros((size, self.nclusters))
        for start in range(0, self.count, size):
            which = slice(start, min(start + size, self.count))
            used = which.stop - which.start
            V[used:] = 0.0
            self._fill(V[:used], which)
            yield which, V

    def _fill(self, out: FloatArray, which: slice) -> None:
        if self.enumerated:
            numbers = np.arange(which.start, which.stop, dtype=np.int64)
            # The first cluster's sign changes slowest.
            places = np.arange(self.nclusters - 1, -1, -1, dtype=np.int64)
            np.multiply((numbers[:, None] >> places) & 1, 2.0, out=out)
            np.subtract(out, 1.0, out=out)
        elif self.kind == "rademacher":
            # 64 signs from one random word; whole words a draw, so that blocks do not matter.
            words = self.generator.integers(
                0, 2**64, size=(len(out), -(-self.nclusters // 64)), dtype=np.uint64
            )
            octets = words.astype("<u8", copy=False).view(np.uint8)
            bits = np.unpackbits(octets, axis=1, count=self.nclusters, bitorder="little")
            np.multiply(bits, 2.0, out=out)
            np.subtract(out, 1.0, out=out)
        elif self.kind == "normal":
            self.generator.standard_normal(out=out)
        else:
            uniform = self.generator.random(out.shape)
            if self.kind == "webb":
                np.take(_WEBB_VALUES, (uniform * 6.0).astype(np.intp), out=out)
            else:
                out[...] = np.where(uniform < _MAMMEN_P_LOW, _MAMMEN_LOW, _MAMMEN_HIGH)


def plan_draws(kind: str, nclusters: int, draws: int, generator: np.random.Generator) -> Draws:
    """Choose distribution, and enumeration where it takes no more than the draws asked for.

    Parameters
    ----------
    kind : str
        One of :data:`WEIGHT_KINDS`, or ``auto``.
    nclusters : int
    draws : int
    generator : numpy.random.Generator

    Returns
    -------
    Draws

    Raises
    ------
    SpecError
        If the kind is unknown or ``draws`` is not a whole number above 0.

    Notes
    -----
    Rademacher: -1 or 1. Webb's six points ±sqrt(1/2), ±1, ±sqrt(3/2), each 1/6: Webb (2023),
    Canadian Journal of Economics 56, 839-858. Mammen (1993), Annals of Statistics 21, 255-285:
    -(sqrt(5) - 1)/2 with probability (sqrt(5) + 1)/(2 sqrt(5)), else (sqrt(5) + 1)/2.
    """
    if kind not in (*WEIGHT_KINDS, "auto"):
        known = ", ".join(("auto", *WEIGHT_KINDS))
        raise SpecError(
            f"bootstrap weights must be one of {known}, not {kind!r}.",
            f"bootstrapvektene må være en av {known}, ikke «{kind}».",
        )
    if isinstance(draws, bool) or not isinstance(draws, (int, np.integer)) or draws < 1:
        raise SpecError(
            f"'draws' must be a whole number above 0, not {draws!r}.",
            f"«draws» må være et helt tall over 0, ikke «{draws}».",
        )
    if kind == "auto":
        kind = "webb" if nclusters < WEBB_BELOW else "rademacher"
    enumerated = kind == "rademacher" and nclusters < 63 and 2**nclusters <= draws
    count = 2**nclusters if enumerated else int(draws)
    return Draws(kind, nclusters, count, enumerated, generator)


def as_generator(seed: object) -> np.random.Generator:
    """Return the generator of a seed.

    Parameters
    ----------
    seed : int, numpy.random.SeedSequence or numpy.random.Generator
        A generator is used, and moved on, as it is.

    Raises
    ------
    SpecError
        If it is none of these: a result that cannot be had again is not offered.
    """
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, np.random.SeedSequence):
        return np.random.default_rng(seed)
    if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool) and seed >= 0:
        return np.random.default_rng(int(seed))
    raise SpecError(
        f"'seed' must be a whole number from 0 or a numpy Generator, not {seed!r}.",
        f"«seed» må være et helt tall fra 0 eller en numpy-Generator, ikke «{seed}».",
    )
