"""
LMDI results of Ang's method frozen from the R package LMDIR (Heun).

Repository MatthewHeun/LMDIR, ``tests/testthat/test_lmdi.R`` and ``test_util.R`` (commits
d32a331a99bb65f52a1e3ffb96e3130581a4353a and 291fca34544b0a47545b6c8caa6efc834bb0bd16). The
package follows Ang (2005), "The LMDI approach to decomposition analysis: a practical guide",
Energy Policy 33, 867-871, and Heun and Brockway (2019), Applied Energy. Its expected values were
worked out in a spreadsheet (``LMDI_testing.xlsx``), not by the package, at nine or ten digits.

The aggregate is V = sum over categories i of v_i, v_i = product over factors j of x_ij.

* ``SIMPLE_X[year]``: x, two categories (rows) by three factors (columns).
* ``SIMPLE_Z[(start, end)]``: the additive terms category by category,
  L(v_T, v_0) ln(x_T / x_0), which sum down the columns to ``SIMPLE_LMDI1["additive"]``.
* ``SIMPLE_LMDI1``: LMDI-I; additive terms sum to V_T - V_0, multiplicative to V_T / V_0.
* ``SIMPLE_LMDI2``: LMDI-II (weights normalised by the log mean of shares).
* ``SIMPLE_ZERO``: the first interval again with one x set to zero.
* ``ZERO_CASES``: the eight limits of Z when values are zero: Table 2, page 492, of Ang, Zhang and
  Choi (1998), "Factorizing changes in energy and environmental indicators through decomposition",
  Energy 23(6), 489-495, in the form LMDIR tests them (42 and 9999 stand for any two positive
  numbers). A term is v_T when v and x both start at zero, -v_0 when both end at zero, else 0.
* ``GHANA``: Ghana's useful exergy 2003 to 2004 (two of its categories), one of which vanishes. With
  ``vanished`` the missing row of 2004 is (42, 42, 42, 0): only the allocation becomes zero, and the
  whole loss goes to it (case 2 of the table). The values hold at 1e-6 relative, as tested there.

Ang's own two-sector example and Ang (2015) were not found in any public text at hand; nothing of
them is kept here.
"""

from typing import Any

FACTORS: tuple[str, str, str] = ("factor 1", "factor 2", "factor 3")

SIMPLE_X: dict[int, tuple[tuple[float, ...], ...]] = {
    1971: ((1.0, 10.0, 2.0), (4.0, 5.0, 3.0)),
    1972: ((4.0, 5.0, 3.0), (5.0, 6.0, 4.0)),
    1973: ((8.0, 2.0, 4.0), (5.0, 7.0, 5.0)),
    1974: ((10.0, 1.0, 5.0), (6.0, 8.0, 6.0)),
}

SIMPLE_CHANGE: dict[tuple[int, int], float] = {
    (1971, 1972): 100.0,
    (1972, 1973): 59.0,
    (1973, 1974): 99.0,
}

SIMPLE_RATIO: dict[tuple[int, int], float] = {
    (1971, 1972): 2.25,
    (1972, 1973): 1.327777778,
    (1973, 1974): 1.414225941,
}

SIMPLE_Z: dict[tuple[int, int], tuple[tuple[float, ...], ...]] = {
    (1971, 1972): (
        (50.47438029, -25.23719014, 14.76280986),
        (19.31568569, 15.78206435, 24.90224996),
    ),
    (1972, 1973): (
        (42.96021467, -56.79031473, 17.83010006),
        (0.0, 22.47128816, 32.52871184),
    ),
    (1973, 1974): (
        (12.6549815, -39.30996299, 12.6549815),
        (41.35566084, 30.28867832, 41.35566084),
    ),
}

SIMPLE_LMDI1: dict[str, dict[tuple[int, int], tuple[float, ...]]] = {
    "additive": {
        (1971, 1972): (69.79006598, -9.455125793, 39.66505981),
        (1972, 1973): (42.96021467, -34.31902656, 50.3588119),
        (1973, 1974): (54.01064234, -9.021284671, 54.01064234),
    },
    "multiplicative": {
        (1971, 1972): (1.761117821, 0.926191306, 1.379410116),
        (1972, 1973): (1.229284572, 0.847970248, 1.273773912),
        (1973, 1974): (1.208140223, 0.968911503, 1.208140223),
    },
}

SIMPLE_LMDI2: dict[str, dict[tuple[int, int], tuple[float, ...]]] = {
    "additive": {
        (1971, 1972): (69.18298477, -8.87773383, 39.69474906),
        (1972, 1973): (43.25676087, -34.72232042, 50.46555955),
        (1973, 1974): (54.45209029, -9.90418057, 54.45209029),
    },
    "multiplicative": {
        (1971, 1972): (1.752469135, 0.930538130, 1.379742261),
        (1972, 1973): (1.231037506, 0.846328552, 1.274427454),
        (1973, 1974): (1.210008769, 0.965921347, 1.210008769),
    },
}

# start and end are x; "terms" is Z.
SIMPLE_ZERO: dict[str, dict[str, tuple[tuple[float, ...], ...]]] = {
    "first factor starts at zero": {
        "start": ((0.0, 10.0, 2.0), (4.0, 5.0, 3.0)),
        "end": ((4.0, 5.0, 3.0), (5.0, 6.0, 4.0)),
        "terms": ((60.0, 0.0, 0.0), (19.31568569, 15.78206435, 24.90224996)),
    },
    "third factor ends at zero": {
        "start": ((1.0, 10.0, 2.0), (4.0, 5.0, 3.0)),
        "end": ((4.0, 5.0, 3.0), (5.0, 6.0, 0.0)),
        "terms": ((50.47438029, -25.23719014, 14.76280986), (0.0, 0.0, -60.0)),
    },
}

# case, v_0, v_T, x_0, x_T, term.
ZERO_CASES: tuple[tuple[int, float, float, float, float, float], ...] = (
    (1, 0.0, 42.0, 0.0, 9999.0, 42.0),
    (2, 42.0, 0.0, 9999.0, 0.0, -42.0),
    (3, 0.0, 9999.0, 9999.0, 9999.0, 0.0),
    (4, 9999.0, 0.0, 9999.0, 9999.0, 0.0),
    (5, 0.0, 0.0, 9999.0, 9999.0, 0.0),
    (6, 0.0, 0.0, 0.0, 0.0, 0.0),
    (7, 0.0, 0.0, 9999.0, 0.0, 0.0),
    (8, 0.0, 0.0, 0.0, 9999.0, 0.0),
)

GHANA: dict[str, Any] = {
    "categories": ("HTH.600.C - Electric heaters", "KE - Fans"),
    "factors": ("E.ktoe", "eta_ij", "phi_i", "phi_ij"),
    "start": (
        (7909.898576, 0.168054745, 0.521283202, 0.009258785),
        (7909.898576, 0.072489945, 0.078700891, 0.036152202),
    ),
    "vanished": (
        (42.0, 42.0, 42.0, 0.0),
        (7962.921168, 0.101321321, 0.059104816, 0.036042366),
    ),
    "terms": (
        (0.0, 0.0, 0.0, -6.415779079),
        (0.011188553, 0.56076961, -0.479535332, -0.005095744),
    ),
    "additive": (0.011188553, 0.56076961, -0.479535332, -6.420874823),
    "multiplicative": (1.002733012, 1.146589093, 0.889606884, 0.208820902),
    "change": -6.328451992,
    "ratio": 0.2135822730663597,
}
