"""How the spread around need falls with population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize

from proba._numbers import format_number
from proba.errors import IndexingError, Lang
from proba.estimation import Results
from proba.estimation.columns import FloatArray
from proba.estimation.covariance.base import group_rows, rows_by_size
from proba.estimation.least_squares import LeastSquares
from proba.indices.need_rows import population_of
from proba.panel import Panel

__all__ = [
    "VarianceForm",
    "VarianceFunction",
    "adjusted_residuals",
    "fit_variance",
    "sample_sizes",
    "variance_function",
]

VarianceForm = Literal["reciprocal", "power"]

_STEPS = 200
_CLOSE = 1e-10
# 1 - s² of a direction only one kommune has; its residual there is 0 and tells nothing.
_ALONE = 1e-10


@dataclass(frozen=True, slots=True)
class VarianceFunction:
    r"""Variance of a kommune-year around need, by inhabitants.

    Attributes
    ----------
    form : {"reciprocal", "power"}
        :math:`a + b\,n_0/n` or :math:`a\,(n/n_0)^{b}`.
    a, b : float
        Squared units of the dependent variable (``b`` of ``power`` has none).
    reference : float
        n0: geometric mean of the inhabitants it was estimated on.
    smallest, largest : float
        Range of inhabitants it was estimated on; outside it is an extrapolation.
    deviance : float
        -2 x the normal log-likelihood of the variance, without constants; lower is better
        among forms on the same rows.
    """

    form: VarianceForm
    a: float
    b: float
    reference: float
    smallest: float
    largest: float
    deviance: float

    def __call__(self, population: FloatArray | pd.Series) -> FloatArray:
        """Variance at each number of inhabitants; same shape."""
        ratio = np.asarray(population, dtype=np.float64) / self.reference
        out: FloatArray = (
            self.a + self.b / ratio if self.form == "reciprocal" else self.a * ratio**self.b
        )
        return out

    def extrapolates(self, population: FloatArray) -> npt.NDArray[np.bool_]:
        """Whether each number of inhabitants is outside the range estimated on; bool."""
        sizes = np.asarray(population, dtype=np.float64)
        out: npt.NDArray[np.bool_] = (sizes < self.smallest) | (sizes > self.largest)
        return out

    def describe(self, lang: Lang = "nb") -> str:
        """Return the standard deviation at three sizes in one sentence."""
        sizes = np.array([1e3, 1e4, 1e5])
        sd = [format_number(v, 2, lang) for v in np.sqrt(self(sizes))]
        low, high = (format_number(v, 0, lang) for v in (self.smallest, self.largest))
        if lang == "nb":
            return (
                f"Standardavvik rundt beregnet behov: {sd[0]} ved 1 000, {sd[1]} ved 10 000 og "
                f"{sd[2]} ved 100 000 innbyggere; anslått på {low} til {high}."
            )
        return (
            f"Standard deviation around predicted need: {sd[0]} at 1,000, {sd[1]} at 10,000 and "
            f"{sd[2]} at 100,000 inhabitants; estimated on {low} to {high}."
        )


def fit_variance(
    squares: FloatArray, population: FloatArray, form: VarianceForm = "reciprocal"
) -> VarianceFunction:
    r"""Fit a variance function to squared errors.

    Parameters
    ----------
    squares : ndarray, shape (n,)
        Squared errors with expectation the variance.
    population : ndarray, shape (n,)
        Inhabitants.
    form : {"reciprocal", "power"}
        ``reciprocal``, :math:`a + b n_0/n` with a, b >= 0: differences of practice that do not
        depend on size, plus the variance of an average over n inhabitants. ``power``,
        :math:`a (n/n_0)^b`: straight on logarithmic axes.

    Raises
    ------
    IndexingError
        If the form is unknown, there are fewer than three rows, or all errors are 0.

    Notes
    -----
    Normal pseudo-likelihood, the minimum of :math:`\sum \log s_i + r_i^2/s_i`: Davidian and
    Carroll (1987), Journal of the American Statistical Association 82, 1079-1091; Carroll and
    Ruppert (1988), Transformation and Weighting in Regression, section 3.2. The same equations
    as a gamma regression of the squares. They ask only that the variance be right on average,
    whatever the distribution; a regression of log squares would need a correction that holds
    for normal errors only (-1.27 for the logarithm of a chi-squared with one degree of
    freedom), and rests on the residuals closest to 0. Serial correlation within kommuner costs
    precision, not consistency.
    """
    if form not in ("reciprocal", "power"):
        raise IndexingError(
            f"variance form must be 'reciprocal' or 'power', not {form!r}.",
            f"variansformen må være 'reciprocal' eller 'power', ikke {form!r}.",
        )
    if len(squares) < 3 or not float(squares.sum()) > 0:
        raise IndexingError(
            "a variance by size needs at least three rows with errors that are not 0.",
            "en varians etter størrelse krever minst tre rader med avvik som ikke er 0.",
        )
    reference = float(np.exp(np.log(population).mean()))
    mean = float(squares.mean())
    r2, ratio = squares / mean, population / reference
    a, b = _reciprocal(r2, ratio) if form == "reciprocal" else _power(r2, ratio)
    scaled_b = b * mean if form == "reciprocal" else b
    fitted = a + b / ratio if form == "reciprocal" else a * ratio**b
    return VarianceFunction(
        form=form,
        a=a * mean,
        b=scaled_b,
        reference=reference,
        smallest=float(population.min()),
        largest=float(population.max()),
        deviance=float((np.log(fitted * mean) + r2 / fitted).sum()),
    )


def _reciprocal(r2: FloatArray, ratio: FloatArray) -> tuple[float, float]:
    """Fisher scoring with both coefficients kept at 0 or above."""
    Z = np.column_stack([np.ones(len(r2)), 1.0 / ratio])
    s = np.ones(len(r2))
    theta = np.zeros(2)
    for _ in range(_STEPS):
        new, _ = optimize.nnls(Z / s[:, None], r2 / s)
        done = bool(np.abs(new - theta).max() <= _CLOSE)
        theta = new
        s = np.maximum(Z @ theta, 1e-12)
        if done:
            break
    return float(theta[0]), float(theta[1])


def _power(r2: FloatArray, ratio: FloatArray) -> tuple[float, float]:
    x = np.log(ratio)

    def deviance(theta: FloatArray) -> tuple[float, FloatArray]:
        eta = theta[0] + theta[1] * x
        pull = 1.0 - r2 * np.exp(-eta)
        return float((eta + 1.0 - pull).sum()), np.array([pull.sum(), (pull * x).sum()])

    theta = optimize.minimize(deviance, np.zeros(2), jac=True, method="BFGS").x
    return float(np.exp(theta[0])), float(theta[1])


def variance_function(
    results: Results,
    panel: Panel,
    *,
    population: str = "folketall",
    form: VarianceForm = "reciprocal",
) -> VarianceFunction:
    r"""Variance of the residuals of a fit by inhabitants.

    Parameters
    ----------
    results : Results
    panel : Panel
        Has the inhabitants of the estimation sample.
    population : str
        Column of inhabitants.
    form : {"reciprocal", "power"}
        See :func:`fit_variance`.

    Raises
    ------
    IndexingError
        If inhabitants are missing in a row of the estimation sample.

    Notes
    -----
    Residuals are smaller than errors because the coefficients were fitted to them. Each
    kommune's are adjusted by :math:`(I - H_{gg})^{-1/2}`, as in CR2 (Bell and McCaffrey 2002,
    Survey Methodology 28, 169-181), so that their squares are unbiased under errors of one
    variance.
    """
    sizes = sample_sizes(results, panel, population)
    return fit_variance(adjusted_residuals(results, -0.5) ** 2, sizes, form)


def sample_sizes(results: Results, panel: Panel, column: str) -> FloatArray:
    """Inhabitants of each row of the estimation sample; shape (n,).

    Raises
    ------
    IndexingError
        If a row has none, naming it.
    """
    sizes = population_of(panel, column).reindex(results.design.rows)
    if sizes.isna().any():
        row = sizes.index[int(np.flatnonzero(sizes.isna().to_numpy())[0])]
        raise IndexingError(
            f"'{column}' is missing for {row[0]}, {row[1]} of the estimation sample.",
            f"'{column}' mangler for {row[0]}, {row[1]} i estimeringsutvalget.",
        )
    out: FloatArray = sizes.to_numpy(dtype=np.float64)
    return out


def adjusted_residuals(results: Results, power: float) -> FloatArray:
    """Residuals of each kommune times (I - H_gg)^power, in the units of the data; shape (n,).

    Power -1/2 is the adjustment of CR2, -1 gives the errors of predicting each kommune from the
    others. Directions that only one kommune has count as 0 in the first and leave the kommune
    missing in the second.
    """
    ls: LeastSquares = results.least_squares
    out = np.empty(ls.nobs)
    for _, rows in rows_by_size(group_rows(results.design, results.spec.entity)):
        U, s, _ = np.linalg.svd(ls.Q[rows], full_matrices=False)
        slack = 1.0 - s**2
        alone = slack < _ALONE
        # In the directions of U the factor is slack^power; elsewhere it is 1.
        extra = np.where(alone, 0.0, np.where(alone, 1.0, slack) ** power - 1.0)
        e = ls.es[rows]
        part = np.einsum("mnr,mn->mr", U, e)
        moved = e + np.einsum("mnr,mr->mn", U, part * extra)
        if power == -1.0:
            moved[alone.any(axis=1)] = np.nan
        out[rows] = moved
    weights = results.design.weights
    return out if weights is None else out / np.sqrt(weights)
