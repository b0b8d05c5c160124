"""What the calibrated panel has to reproduce: the printed regression and nothing else.

Source of every number here: Proba-rapport 2017-08, Vedlegg 1, pages 92-93 (table "Resultat av
regresjonsanalyse av kommunenes sosialhjelpsutgifter. 2012-16").
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]

LABEL: Final = "Kalibrert syntetisk panel"
LABEL_EN: Final = "Calibrated synthetic panel"

YEARS: Final = (2012, 2013, 2014, 2015, 2016)
SAMPLE_KOMMUNER: Final = 387
"""Kommuner in the estimation sample: 1 935 printed observations over five years."""

REGRESSORS: Final = (
    "ufore_18_49",
    "urbanitet",
    "opphopningsindeks",
    "innbyggere_16_66",
    "ikke_vestlige_innvandrere",
    "nybosatte_flyktninger",
    "gjennomfort_vgs",
)
"""Regressors in the order of Vedlegg 1; the year dummies 2013-2016 follow them."""

URBANITET_POWER: Final = 1.2
"""Urbanitet is inhabitants to this power (Vedlegg 1, list of variables)."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One line of Vedlegg 1, digits kept as printed (with a decimal point).

    Attributes
    ----------
    name : str
        Panel column, ``konstant`` or ``aar_2013`` ... ``aar_2016``.
    estimate, std_error : str
        The printed figures in 1000 kr per inhabitant per unit of the regressor.
    """

    name: str
    estimate: str
    std_error: str


VEDLEGG_1: Final = (
    Coefficient("konstant", "-2.45", "0.8"),
    Coefficient("ufore_18_49", "0.276", "0.035"),
    Coefficient("urbanitet", "-2.05e-07", "8.76e-08"),
    Coefficient("opphopningsindeks", "0.153", "0.036"),
    Coefficient("innbyggere_16_66", "0.073", "0.01"),
    Coefficient("ikke_vestlige_innvandrere", "0.137", "0.014"),
    Coefficient("nybosatte_flyktninger", "0.787", "0.085"),
    # Printed 0,029 with three stars; only 0,0029 agrees with the stars (t = -5,5).
    Coefficient("gjennomfort_vgs", "-0.016", "0.0029"),
    Coefficient("aar_2013", "-0.012", "0.047"),
    Coefficient("aar_2014", "0.092", "0.054"),
    Coefficient("aar_2015", "0.022", "0.051"),
    Coefficient("aar_2016", "0.121", "0.058"),
)

ADJUSTED_R2: Final = 0.33
OBSERVATIONS: Final = SAMPLE_KOMMUNER * len(YEARS)
TERMS: Final = tuple(line.name for line in VEDLEGG_1)


def half_unit(printed: str) -> float:
    """Half a unit of the last printed digit.

    Parameters
    ----------
    printed : str
        A number as printed, with a decimal point.

    Returns
    -------
    float
        The largest rounding error the printed number can carry.

    Examples
    --------
    >>> half_unit("0.276")
    0.0005
    """
    exponent = Decimal(printed).as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"not a finite number: {printed!r}")
    return float(Decimal(5).scaleb(exponent - 1))


def printed_coefficients() -> tuple[FloatArray, FloatArray]:
    """Return the printed coefficients and their rounding half units, each of shape (12,)."""
    values = np.array([float(line.estimate) for line in VEDLEGG_1])
    return values, np.array([half_unit(line.estimate) for line in VEDLEGG_1])


def printed_std_errors() -> tuple[FloatArray, FloatArray]:
    """Return the printed standard errors and their rounding half units, each of shape (12,)."""
    values = np.array([float(line.std_error) for line in VEDLEGG_1])
    return values, np.array([half_unit(line.std_error) for line in VEDLEGG_1])
