"""The growth of many kommuner as weighted sums of the coefficients of one fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from proba.estimation import Results, linear_contrasts
from proba.estimation.columns import FloatArray

__all__ = [
    "EXPLAINED",
    "NATIONAL",
    "NEED",
    "POPULATION",
    "PRACTICE",
    "SHARE_FLOOR",
    "GrowthParts",
]

NEED = "need"
NATIONAL = "national"
PRACTICE = "practice"
EXPLAINED = "explained"
POPULATION = "population"

SHARE_FLOOR = 0.001
"""A total change below this part of the larger of the two levels gives no shares."""


@dataclass(frozen=True, slots=True, eq=False)
class GrowthParts:
    """What is split, and the weight of every coefficient in every part; n units, k coefficients.

    Attributes
    ----------
    results : Results
        The fit whose coefficients the weights belong to.
    covariates : tuple of str
        p names.
    need : ndarray, shape (n, p, k)
        Part of covariate j of unit i is ``need[i, j] @ params``.
    national : ndarray, shape (n, k)
    prices : ndarray, shape (n, p + 1, k), or None
        The national part by covariate and, last, the constant: yearly coefficients only.
    need_df : ndarray, shape (p,)
        Degrees of freedom of each covariate's part: those of the coefficient (or the sum of
        two) it is a multiple of, so the same for all units.
    values : DataFrame, n rows
        ``start`` and ``end``: what is split; ``predicted_start`` and ``predicted_end``: the
        fit's; ``in_sample``: whether both rows were estimated on; ``members``: kommuner in the
        unit; ``population_start`` and
        ``population_end`` where they are known.
    population_part : ndarray, shape (n,), or None
        Of amounts: what a change in population alone gives.
    is_grouped : bool
        Whether the units are groups of kommuner.
    """

    results: Results = field(repr=False)
    covariates: tuple[str, ...]
    need: FloatArray = field(repr=False)
    national: FloatArray = field(repr=False)
    prices: FloatArray | None = field(repr=False)
    need_df: FloatArray = field(repr=False)
    values: pd.DataFrame = field(repr=False)
    population_part: FloatArray | None = field(default=None, repr=False)
    is_grouped: bool = False

    @property
    def total_change(self) -> pd.Series:
        """End minus start; shape (n,)."""
        return (self.values["end"] - self.values["start"]).rename("total_change")

    def frames(self, level: float) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the parts and their sums.

        Returns
        -------
        (parts, sums) : DataFrame
            Indexed by (unit, term) with contribution, se, df, ci_low, ci_high, share. The parts
            add up to the total change: covariates, ``national``, ``practice`` and, for amounts,
            ``population``. The sums are ``need`` (all covariates), ``national``, ``practice``,
            ``population`` and ``explained`` (need and national).
        """
        n, p, k = self.need.shape
        need, explained = self.need.sum(axis=1), self.need.sum(axis=1) + self.national
        whole = np.concatenate([need, self.national, explained])
        sums = linear_contrasts(self.results, whole, level=level)
        single = linear_contrasts(
            self.results, self.need.reshape(n * p, k), level=level, df=np.tile(self.need_df, n)
        )
        columns = ["estimate", "se", "df", "ci_low", "ci_high"]
        of_need, of_national, of_explained = sums[columns].to_numpy().reshape(3, n, -1)
        offset = np.zeros(n) if self.population_part is None else self.population_part
        rest = self.total_change.to_numpy() - offset
        practice = of_explained.copy()
        # The change itself is known, so practice is exactly as uncertain as what is taken from it;
        # its upper limit is where the explained part has its lower.
        practice[:, 0] = rest - single["estimate"].to_numpy().reshape(n, p).sum(axis=1)
        practice[:, 0] -= of_national[:, 0]
        practice[:, 3:] = rest[:, None] - of_explained[:, :2:-1]
        blocks = [
            *single[columns].to_numpy().reshape(n, p, -1).transpose(1, 0, 2),
            of_national,
            practice,
        ]
        terms = [*self.covariates, NATIONAL, PRACTICE]
        if self.population_part is not None:
            known = np.column_stack([offset, np.zeros(n), np.full(n, np.nan), offset, offset])
            blocks.append(known)
            terms.append(POPULATION)
        whole_parts = [of_need, *blocks[p:], of_explained]
        return self._tidy(blocks, terms), self._tidy(whole_parts, [NEED, *terms[p:], EXPLAINED])

    def price_frame(self, level: float) -> pd.DataFrame | None:
        """Return the national part by covariate and constant, or None for pooled coefficients."""
        if self.prices is None:
            return None
        n, terms, k = self.prices.shape
        flat = linear_contrasts(self.results, self.prices.reshape(n * terms, k), level=level)
        columns = ["estimate", "se", "df", "ci_low", "ci_high"]
        blocks = list(flat[columns].to_numpy().reshape(n, terms, -1).transpose(1, 0, 2))
        return self._tidy(blocks, [*self.covariates, self.results.names[0]])

    def amounts(self) -> GrowthParts:
        """Return the parts of value × inhabitants; the values must hold inhabitants.

        Notes
        -----
        Δ(Py) = P̄ Δy + ȳ ΔP, exactly: each part is multiplied by the mean of inhabitants, and
        the last term is the population's.
        """
        people = self.values[["population_start", "population_end"]].to_numpy(dtype=np.float64)
        mean = people.mean(axis=1)
        values = self.values.drop(columns=["population_start", "population_end"])
        for j, when in enumerate(("start", "end")):
            for name in (when, f"predicted_{when}"):
                values[name] = values[name] * people[:, j]
        part = self.values[["start", "end"]].to_numpy().mean(axis=1) * (people[:, 1] - people[:, 0])
        return replace(
            self,
            need=self.need * mean[:, None, None],
            national=self.national * mean[:, None],
            prices=None if self.prices is None else self.prices * mean[:, None, None],
            values=values,
            population_part=part,
        )

    def grouped(self, weights: FloatArray, names: Sequence[str]) -> GrowthParts:
        """Return weighted sums of units.

        Parameters
        ----------
        weights : ndarray, shape (groups, n)
        names : sequence of str
            Of the groups.
        """
        numbers = ["start", "end", "predicted_start", "predicted_end"]
        values = pd.DataFrame(
            weights @ self.values[numbers].to_numpy(),
            index=pd.Index(list(names), name=self.values.index.name),
            columns=numbers,
        )
        inside = self.values["in_sample"].to_numpy()
        values["in_sample"] = [bool(inside[row != 0].all()) for row in weights]
        values["members"] = (weights != 0) @ self.values["members"].to_numpy()
        part = self.population_part
        return replace(
            self,
            need=np.tensordot(weights, self.need, axes=1),
            national=weights @ self.national,
            prices=None if self.prices is None else np.tensordot(weights, self.prices, axes=1),
            values=values,
            population_part=None if part is None else weights @ part,
            is_grouped=True,
        )

    def _tidy(self, blocks: list[FloatArray], terms: list[str]) -> pd.DataFrame:
        """Stack (n, 5) blocks, one a term, as rows (unit, term), and add the share."""
        units = self.values.index
        n, T = len(units), len(terms)
        frame = pd.DataFrame(
            np.stack(blocks, axis=1).reshape(n * T, -1),
            index=pd.MultiIndex.from_product([units, terms], names=[units.name, "term"]),
            columns=["contribution", "se", "df", "ci_low", "ci_high"],
        )
        change = self.total_change.to_numpy()
        level = np.abs(self.values[["start", "end"]].to_numpy()).max(axis=1)
        enough = np.abs(change) > SHARE_FLOOR * level
        by = np.where(enough, change, np.nan)
        return frame.assign(share=frame["contribution"].to_numpy() / np.repeat(by, T))
