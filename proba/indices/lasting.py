"""The kommune's lasting deviation from need, shrunk by how little its years can tell."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from proba._numbers import format_number
from proba.errors import IndexingError, Lang
from proba.estimation import Results
from proba.estimation.columns import FloatArray
from proba.indices._variance_components import (
    Components,
    derivatives,
    estimate,
    make_blocks,
    passing_covariance,
    total_covariance,
)
from proba.indices.need_rows import NeedRows

__all__ = ["Deviations", "PracticeModel", "deviations", "fit_practice"]


@dataclass(frozen=True, slots=True, eq=False)
class PracticeModel:
    r"""Lasting and passing deviations from need: :math:`\varepsilon_{it} = u_i + v_{it}`.

    Attributes
    ----------
    components : Components
        Variance of u; passing variance :math:`a + b\,n_0/n_{it}`; :math:`\rho`, the
        correlation of v from one year to the next.
    reference : float
        n0: geometric mean of the inhabitants estimated on.
    serial : bool
        Whether :math:`\rho` was estimated; with two years a kommune it cannot be told from u.
    """

    components: Components
    reference: float
    serial: bool

    def passing_sd(self, population: FloatArray) -> FloatArray:
        """Return the standard deviation of the passing part by inhabitants; same shape."""
        part = self.components
        out: FloatArray = np.sqrt(part.a + part.b * self.reference / population)
        return out

    def describe(self, lang: Lang = "nb") -> str:
        """Return the components in one sentence."""
        part = self.components
        lasting = format_number(float(np.sqrt(part.lasting)), 2, lang)
        sd = self.passing_sd(np.array([1e3, 1e4]))
        small, large = (format_number(float(v), 2, lang) for v in sd)
        rho = format_number(part.rho, 2, lang)
        if lang == "nb":
            return (
                f"Varig avvik: standardavvik {lasting}. Forbigående: {small} ved 1 000 og "
                f"{large} ved 10 000 innbyggere, korrelasjon {rho} fra år til år."
            )
        return (
            f"Lasting deviation: standard deviation {lasting}. Passing: {small} at 1,000 and "
            f"{large} at 10,000 inhabitants, correlation {rho} from year to year."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Deviations:
    r"""Lasting deviations of kommuner with what their uncertainty is made of.

    Attributes
    ----------
    estimate : ndarray, shape (E,)
        :math:`\hat u`, in the unit of the dependent variable; NaN without usable rows.
    own_variance : ndarray, shape (E,)
        Of :math:`u - \hat u` with the coefficients known: :math:`g_1 + 2 g_3`.
    coefficients : ndarray, shape (E, k)
        :math:`X_i'w_i`: how the estimate moves with the coefficients.
    years : ndarray of int, shape (E,)
        Rows each rests on.
    shrinkage : ndarray, shape (E,)
        :math:`w_i'1`: 0 nothing of a steady deviation is kept, 1 all.
    raw, raw_variance : ndarray, shape (E,)
        Generalised mean of the years' deviations, unshrunk, and the variance of its passing
        part.
    raw_coefficients : ndarray, shape (E, k)
        How ``raw`` moves with the coefficients.
    """

    estimate: FloatArray = field(repr=False)
    own_variance: FloatArray = field(repr=False)
    coefficients: FloatArray = field(repr=False)
    years: FloatArray = field(repr=False)
    shrinkage: FloatArray = field(repr=False)
    raw: FloatArray = field(repr=False)
    raw_variance: FloatArray = field(repr=False)
    raw_coefficients: FloatArray = field(repr=False)


def fit_practice(
    results: Results,
    population: pd.Series,
    *,
    serial: bool | None = None,
    by_size: bool = True,
    away: bool = True,
) -> PracticeModel:
    r"""Estimate how much of the deviations from need lasts.

    Parameters
    ----------
    results : Results
    population : Series
        Inhabitants by (entity, time), above 0, covering the estimation sample.
    serial : bool, optional
        Estimate :math:`\rho`. By default wherever some kommune has three years in the sample.
    by_size : bool
        Let the passing variance fall with inhabitants.
    away : bool
        Keep the lasting variance from 0 (Chung et al. 2013).

    Raises
    ------
    IndexingError
        If no kommune has two years, inhabitants are missing, or the fit is exact.

    Notes
    -----
    Restricted maximum likelihood of the fit's own regressors under normal deviations. In the
    printed index of Vedlegg 2 the correlation of two years falls from 0.81 a year apart to
    0.53 four years apart: a random intercept alone would keep it level, take slow drift for
    lasting practice and give intervals that are far too short, so v is first-order
    autoregressive. The lasting variance is one for all sizes; that is what makes a small
    kommune's extreme shrink. If practice truly differs more among the small, their intervals
    are too short.
    """
    design = results.design
    sizes = population.reindex(design.rows).to_numpy(dtype=np.float64)
    if np.isnan(sizes).any():
        row = design.rows[int(np.flatnonzero(np.isnan(sizes))[0])]
        raise IndexingError(
            f"inhabitants are missing for {row[0]}, {row[1]} of the estimation sample.",
            f"innbyggertall mangler for {row[0]}, {row[1]} i estimeringsutvalget.",
        )
    codes, entities = pd.factorize(design.rows.get_level_values(0))
    years = design.rows.get_level_values(1).to_numpy().astype(np.int64)
    reference = float(np.exp(np.log(sizes).mean()))
    X = design.X / results.least_squares.scale
    everything = np.ones(len(codes), dtype=bool)
    blocks = make_blocks(
        codes.astype(np.int64), years, design.y, X, reference / sizes, everything, len(entities)
    )
    if serial is None:
        serial = int(blocks.there.sum(axis=1).max()) >= 3
    return PracticeModel(
        estimate(blocks, serial=serial, by_size=by_size, away=away), reference, serial
    )


def deviations(model: PracticeModel, table: NeedRows) -> Deviations:
    r"""Predict each kommune's lasting deviation.

    Parameters
    ----------
    model : PracticeModel
    table : NeedRows
        Rows without an index, deviation or inhabitants are not used.

    Notes
    -----
    With :math:`V_i` the covariance of a kommune's deviations and :math:`w_i = \sigma_u^2
    V_i^{-1}1`, the best linear unbiased prediction is :math:`\hat u_i = w_i'(y_i - X_ib)`
    (Robinson 1991, Statistical Science 6, 15-32). Its error is

    .. math:: u_i - \hat u_i = (u_i - w_i'\varepsilon_i) + w_i'X_i(b - \beta)

    and the first part has covariance :math:`\sigma_u^2 1' - w_i'V_i = 0` with
    :math:`\varepsilon_i`, so with every error in the data: it is uncorrelated with b, whether
    the kommune is in the sample or not, and the variances add without a cross term:
    :math:`g_1 = \sigma_u^2(1 - w_i'1)` and :math:`w_i'X_i\,V_b\,X_i'w_i`. Estimated components
    add :math:`2g_3`, :math:`g_3 = \mathrm{tr}(D_i'V_iD_i\,V_\theta)` with :math:`D_i` the
    derivatives of :math:`w_i` (Prasad and Rao 1990, Journal of the American Statistical
    Association 85, 163-171; twice, since :math:`g_1` at the estimates is low by as much).
    """
    part = model.components
    usable = table.usable & np.isfinite(table.deviation) & np.isfinite(table.population)
    inverse_size = model.reference / np.where(usable, table.population, 1.0)
    blocks = make_blocks(
        table.codes,
        table.years,
        table.deviation,
        np.where(usable[:, None], table.X, 0.0),
        inverse_size,
        usable,
        len(table.entities),
    )
    ones = blocks.there.astype(np.float64)
    V = total_covariance(blocks, part.values)
    inverse = np.linalg.inv(V)
    V1 = np.einsum("eij,ej->ei", inverse, ones)
    w = part.lasting * V1
    slopes = []
    for j, dV in zip(part.free, derivatives(blocks, part.values, part.free), strict=True):
        own = V1 if j == 0 else 0.0
        slopes.append(own - np.einsum("eij,ejk,ek->ei", inverse, dV, w))
    g3 = np.zeros(len(w))
    for j, first in enumerate(slopes):
        for k, second in enumerate(slopes):
            g3 += part.spread[j, k] * np.einsum("ei,eij,ej->e", first, V, second)
    shrinkage = (w * ones).sum(axis=1)
    passing = np.linalg.inv(passing_covariance(blocks, part.a, part.b, part.rho))
    P1 = np.einsum("eij,ej->ei", passing, ones) * ones
    with np.errstate(invalid="ignore", divide="ignore"):
        raw_variance = 1.0 / P1.sum(axis=1)
        raw_w = P1 * raw_variance[:, None]
    years = blocks.there.sum(axis=1)
    empty = years == 0
    return Deviations(
        estimate=np.where(empty, np.nan, (w * blocks.y).sum(axis=1)),
        own_variance=part.lasting * (1.0 - shrinkage) + 2.0 * g3,
        coefficients=np.einsum("ei,eik->ek", w, blocks.X),
        years=years,
        shrinkage=shrinkage,
        raw=np.where(empty, np.nan, (raw_w * blocks.y).sum(axis=1)),
        raw_variance=raw_variance,
        raw_coefficients=np.einsum("ei,eik->ek", raw_w, blocks.X),
    )
