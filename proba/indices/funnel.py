"""Limits of a funnel: how far from 100 an index may be at each size."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from proba.errors import IndexingError
from proba.estimation.columns import FloatArray
from proba.estimation.contrasts import check_level
from proba.indices.variance_function import VarianceFunction

__all__ = ["funnel_limits"]


def funnel_limits(
    variance: VarianceFunction,
    need: float,
    *,
    population: FloatArray | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    r"""Limits of the index by inhabitants, at one need.

    Parameters
    ----------
    variance : VarianceFunction
        :attr:`IndexIntervals.variance` of kind ``observation``.
    need : float
        Per inhabitant, above 0: the average of the year, say.
    population : ndarray, optional
        Sizes; 100 from smallest to largest on a logarithmic scale if not given.
    level : float

    Returns
    -------
    DataFrame
        ``population``, ``lower``, ``upper``: :math:`100(1 \pm z\,\sigma(n)/m)`. The
        uncertainty of the coefficients is left out, since it is the kommune's own and not that
        of a size; :func:`index_intervals` has it.

    Raises
    ------
    IndexingError
        If ``need`` is not above 0.
    SpecError
        If ``level`` is not between 0 and 1.
    """
    check_level(level)
    if not need > 0:
        raise IndexingError(
            f"need must be above 0, not {need!r}.", f"behovet må være over 0, ikke {need!r}."
        )
    if population is None:
        population = np.geomspace(variance.smallest, variance.largest, 100)
    reach = 100.0 * stats.norm.ppf(0.5 + level / 2.0) * np.sqrt(variance(population)) / need
    return pd.DataFrame({"population": population, "lower": 100.0 - reach, "upper": 100.0 + reach})
