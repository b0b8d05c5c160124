"""
Worked examples of Das Gupta (1993), *Standardization and Decomposition of Rates: A User's
Manual*, US Bureau of the Census, Current Population Reports, Series P23-186.

INPUTS are the manual's (its example numbers are the keys: "2.1" is example 2.1), as typed into the
README of the R package DasGuptR (repository josiahpjking/DasGuptR; CRAN 2.1.0 to 2.2.0). RESULTS
are what that README prints below each example, by ``dgnpop(...) |> dg_table()``. They are the
package's output on the manual's data, at R's seven significant digits, not a scan of the manual.
``PRECISE`` holds three results at R's 15 digits: ``tests/reference_parity/_fixtures/decomp_R.json``
of repository brycewang-stanford/StatsPAI, commit dd0a054549d3888de50d6bc3387064ff765472ae
(R 4.5.2, DasGuptR 2.2.0, ``toJSON(digits = NA)``).

Meaning. ``standardised[f]`` is the rate of each population when only factor f is the population's
own and the others are common to the populations (K-f standardised rate); ``effects[f]`` is the
second population's minus the first's; ``percent[f]`` is 100 effect / (difference of the crude
rates), two decimals. Effects sum to the crude difference.

* "2.1" to "2.4": the rate is the product of two, three, four and five numbers.
* "3.1": a rate that is no product: births minus deaths.
* "4.3": a sum over age groups of a product of three vectors.
* "4.4" and "6.5": an illegitimacy ratio, sum(ABC) / (sum(ABC) + sum(A(1-B)D)); "6.5" is per 1 000.
* "5.1": one classification (age): composition and rate; this is Kitagawa's (1955) two-component
  decomposition with averages as weights.
* "5.3": two classifications (race and age): the composition effect is split in one effect per
  classification (his equation 5.36); "5.3 collapsed" takes both as one composition.
* "6.5": five populations: rates standardised across all five (equations 6.11 and 6.12), and the
  three pairs among 1963, 1968 and 1973 decomposed one by one, which do not add up.

Peculiarities kept as found: "2.4" labels its populations 1970 and 1980 (the text below the heading
says 1960 and 1970); shares of "6.5" and "4.4" do not sum to exactly one, being rounded to three
decimals; example 4.1 (intrinsic growth, a root found by iteration) is left out, since one of its
inputs looks mistyped there.
"""

from typing import Any

PRODUCTS: dict[str, dict[str, Any]] = {
    "2.1": {
        "what": "mean earnings, men 18 and over, USA 1980",
        "populations": ("black", "white"),
        "factors": {
            "avg_earnings": (10930.0, 16591.0),
            "earner_prop": (0.717892, 0.825974),
        },
        "standardised": {
            "avg_earnings": (8437.228, 12807.14),
            "earner_prop": (9878.553, 11365.82),
        },
        "crude": (7846.560, 13703.73),
        "effects": {"avg_earnings": 4369.913, "earner_prop": 1487.262},
        "crude_difference": 5857.175,
        "percent": {"avg_earnings": 74.61, "earner_prop": 25.39},
    },
    "2.2": {
        "what": "births per 1 000 inhabitants, 1981",
        "populations": ("austria", "chile"),
        "factors": {
            "births_per_woman_15_49": (51.78746, 84.90502),
            "share_15_49_of_women": (0.45919, 0.75756),
            "share_women": (0.52638, 0.51065),
        },
        "standardised": {
            "births_per_woman_15_49": (16.31618, 26.75021),
            "share_15_49_of_women": (16.25309, 26.81394),
            "share_women": (22.32040, 21.65339),
        },
        "crude": (12.51747, 32.84534),
        "effects": {
            "births_per_woman_15_49": 10.4340333,
            "share_15_49_of_women": 10.5608476,
            "share_women": -0.6670084,
        },
        "crude_difference": 20.3278726,
        "percent": {
            "births_per_woman_15_49": 51.33,
            "share_15_49_of_women": 51.95,
            "share_women": -3.28,
        },
    },
    "2.3": {
        "what": "non-marital live births per 100 white women aged 15 to 19, USA",
        "populations": ("1971", "1979"),
        "factors": {
            "births_per_pregnancy": (25.3, 32.7),
            "pregnancies_per_active": (0.214, 0.290),
            "active_share": (0.279, 0.473),
            "single_share": (0.949, 0.986),
        },
        "standardised": {
            "births_per_pregnancy": (2.355434, 3.044375),
            "pregnancies_per_active": (2.287936, 3.100474),
            "active_share": (1.988818, 3.371723),
            "single_share": (2.686817, 2.791572),
        },
        "crude": (1.433523, 4.422663),
        "effects": {
            "births_per_pregnancy": 0.6889411,
            "pregnancies_per_active": 0.8125381,
            "active_share": 1.3829055,
            "single_share": 0.1047547,
        },
        "crude_difference": 2.9891394,
        "percent": {
            "births_per_pregnancy": 23.05,
            "pregnancies_per_active": 27.18,
            "active_share": 46.26,
            "single_share": 3.50,
        },
    },
    "2.4": {
        "what": "total fertility rate, South Korea",
        "populations": ("1970", "1980"),
        "factors": {
            "married": (0.58, 0.72),
            "noncontraception": (0.76, 0.97),
            "abortion": (0.84, 0.97),
            "lactation": (0.66, 0.56),
            "fecundity": (16.573, 16.158),
        },
        "standardised": {
            "married": (4.519768, 5.610746),
            "noncontraception": (4.450863, 5.680707),
            "abortion": (4.702966, 5.430806),
            "lactation": (5.543146, 4.703276),
            "fecundity": (5.152352, 5.023334),
        },
        "crude": (4.050102, 6.129875),
        "effects": {
            "married": 1.0909785,
            "noncontraception": 1.2298438,
            "abortion": 0.7278399,
            "lactation": -0.8398707,
            "fecundity": -0.1290187,
        },
        "crude_difference": 2.0797729,
        "percent": {
            "married": 52.46,
            "noncontraception": 59.13,
            "abortion": 35.00,
            "lactation": -40.38,
            "fecundity": -6.20,
        },
    },
}

NATURAL_INCREASE: dict[str, Any] = {
    "example": "3.1",
    "what": "births minus deaths per 1 000, USA",
    "populations": ("1940", "1960"),
    "factors": {"births": (19.4, 23.7), "deaths": (10.8, 9.5)},
    "standardised": {"births": (9.25, 13.55), "deaths": (10.75, 12.05)},
    "crude": (8.60, 14.20),
    "effects": {"births": 4.3, "deaths": 1.3},
    "crude_difference": 5.6,
    "percent": {"births": 76.79, "deaths": 23.21},
}

# Each factor: one row per population (in the order of "populations"), one column per age group.
TAIWAN: dict[str, Any] = {
    "example": "4.3",
    "what": "births per 1 000 inhabitants as sum over seven age groups of a product of three",
    "populations": ("1960", "1970"),
    "factors": {
        "births_per_married": (
            (393.0, 407.0, 369.0, 274.0, 184.0, 90.0, 16.0),
            (488.0, 452.0, 338.0, 156.0, 63.0, 22.0, 3.0),
        ),
        "married_share": (
            (0.122, 0.622, 0.903, 0.930, 0.916, 0.873, 0.800),
            (0.082, 0.527, 0.866, 0.941, 0.942, 0.923, 0.876),
        ),
        "women_share": (
            (0.043, 0.041, 0.036, 0.032, 0.026, 0.020, 0.018),
            (0.058, 0.038, 0.032, 0.030, 0.026, 0.023, 0.019),
        ),
    },
    "standardised": {
        "births_per_married": (36.72867, 29.44304),
        "married_share": (34.47028, 31.74965),
        "women_share": (33.83095, 32.26577),
    },
    "crude": (38.77463, 27.20318),
    "effects": {
        "births_per_married": -7.285632,
        "married_share": -2.720633,
        "women_share": -1.565181,
    },
    "crude_difference": -11.571446,
    "percent": {"births_per_married": 62.96, "married_share": 23.51, "women_share": 13.53},
}

# Six age groups, 15-19 to 40-44. A: share of women; B: unmarried share; C: births per unmarried;
# D: births per married.
ILLEGITIMACY_YEARS: tuple[str, ...] = ("1963", "1968", "1973", "1978", "1983")
ILLEGITIMACY: dict[str, tuple[tuple[float, ...], ...]] = {
    "A": (
        (0.200, 0.163, 0.146, 0.154, 0.168, 0.169),
        (0.215, 0.191, 0.156, 0.137, 0.144, 0.157),
        (0.218, 0.203, 0.175, 0.144, 0.127, 0.133),
        (0.205, 0.200, 0.181, 0.162, 0.134, 0.118),
        (0.169, 0.195, 0.190, 0.174, 0.150, 0.122),
    ),
    "B": (
        (0.866, 0.325, 0.119, 0.099, 0.099, 0.121),
        (0.891, 0.373, 0.124, 0.100, 0.107, 0.127),
        (0.870, 0.396, 0.158, 0.125, 0.113, 0.129),
        (0.900, 0.484, 0.243, 0.176, 0.155, 0.168),
        (0.931, 0.563, 0.311, 0.216, 0.199, 0.191),
    ),
    "C": (
        (0.007, 0.021, 0.023, 0.015, 0.008, 0.002),
        (0.010, 0.023, 0.023, 0.015, 0.008, 0.002),
        (0.011, 0.016, 0.017, 0.011, 0.006, 0.002),
        (0.014, 0.019, 0.015, 0.010, 0.005, 0.001),
        (0.018, 0.026, 0.023, 0.016, 0.008, 0.002),
    ),
    "D": (
        (0.454, 0.326, 0.195, 0.107, 0.051, 0.015),
        (0.433, 0.249, 0.159, 0.079, 0.037, 0.011),
        (0.314, 0.181, 0.133, 0.063, 0.023, 0.006),
        (0.313, 0.191, 0.143, 0.069, 0.021, 0.004),
        (0.380, 0.201, 0.149, 0.079, 0.025, 0.006),
    ),
}

# Example 4.4: 1963 and 1983 alone, as fractions.
ILLEGITIMACY_TWO: dict[str, Any] = {
    "example": "4.4",
    "populations": ("1963", "1983"),
    "standardised": {
        "A": (0.07770985, 0.07150487),
        "B": (0.04742107, 0.09608261),
        "C": (0.05924498, 0.08630419),
        "D": (0.05962676, 0.08433604),
    },
    "crude": (0.03094957, 0.12517462),
    "effects": {"A": -0.00620498, "B": 0.04866154, "C": 0.02705922, "D": 0.02470928},
    "crude_difference": 0.09422505,
    "percent": {"A": -6.59, "B": 51.64, "C": 28.72, "D": 26.22},
}

# Example 6.5: all five years, per 1 000. "all_five": second minus first, standardised across five.
ILLEGITIMACY_FIVE: dict[str, Any] = {
    "example": "6.5",
    "standardised": {
        "A": (72.77031, 74.65254, 73.83625, 71.36001, 64.60057),
        "B": (53.28255, 56.63216, 59.52972, 79.49763, 104.38728),
        "C": (62.17750, 69.61231, 60.48031, 68.54219, 94.17361),
        "D": (54.83361, 64.43823, 81.24203, 79.60288, 74.12756),
    },
    "crude": (30.94957, 53.22084, 62.97390, 86.88830, 125.17462),
    "all_five": {
        ("1963", "1968"): {"A": 1.882236, "B": 3.349606, "C": 7.434806, "D": 9.604628},
    },
    "all_five_A": {
        ("1963", "1968"): 1.8822361,
        ("1963", "1973"): 1.0659408,
        ("1963", "1978"): -1.4102979,
        ("1963", "1983"): -8.1697336,
        ("1968", "1973"): -0.8162953,
        ("1968", "1978"): -3.2925340,
    },
    "pairwise": {
        ("1963", "1968"): {"A": 0.9773438, "B": 5.0282497, "C": 7.1177686, "D": 9.1479140},
        ("1968", "1973"): {"A": -1.034326, "B": 2.917169, "C": -7.392659, "D": 15.262878},
        ("1963", "1973"): {"A": 0.1688192, "B": 7.9721514, "C": 1.8923635, "D": 21.9910032},
    },
    "pairwise_crude": {
        ("1963", "1968"): 22.2712761,
        ("1968", "1973"): 9.753061,
        ("1963", "1973"): 32.0243373,
    },
    "percent_1963_1968": {"A": 8.45, "B": 15.04, "C": 33.38, "D": 43.13},
}

# Thirteen age groups, 15-19 to 75 and over. size: percent of the population in the group.
HEADSHIP: dict[str, Any] = {
    "example": "5.1",
    "what": "household heads per 100, USA",
    "populations": ("1970", "1985"),
    "size": (
        (12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9),
        (10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5),
    ),
    "rate": (
        (1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8),
        (2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2),
    ),
    "standardised": {"size": (45.5876, 46.8145), "rate": (45.3309, 47.0712)},
    "crude": (44.7268, 47.6940),
    "effects": {"size": 1.2269, "rate": 1.7403},
    "crude_difference": 2.9672,
    "percent": {"size": 41.35, "rate": 58.65},
}

# Two races (rows) by eleven age groups (columns). size: thousands of people; rate: per 1 000.
DEATHS: dict[str, Any] = {
    "example": "5.3",
    "what": "deaths per 1 000, USA",
    "populations": ("1970", "1985"),
    "size": (
        (
            (2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315),
            (535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117),
        ),
        (
            (3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472),
            (707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236),
        ),
    ),
    "rate": (
        (
            (18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837),
            (36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205),
        ),
        (
            (9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570),
            (17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161),
        ),
    ),
    "standardised": {
        "age": (8.385332, 9.907067),
        "race": (9.136312, 9.156087),
        "rate": (10.257368, 8.029643),
    },
    "crude": (9.421833, 8.735618),
    "effects": {"age": 1.5217347, "race": 0.0197749, "rate": -2.2277254},
    "crude_difference": -0.6862158,
    "percent": {"age": -221.76, "race": -2.88, "rate": 324.64},
    "collapsed": {
        "standardised": {"size": (8.372751, 9.914260), "rate": (10.257368, 8.029643)},
        "effects": {"size": 1.5415096, "rate": -2.2277254},
        "percent": {"size": -224.64, "rate": 324.64},
    },
}

# 15 digits; the sign is first population minus second (the fixture's), hence the minus signs.
# "6.5 product": sum(A B C D) of 1968 minus that of 1963, a sum over age groups of a product of
# four (no illegitimacy ratio); order of the pair is (1968, 1963).
PRECISE: dict[str, Any] = {
    "2.1": {"avg_earnings": -4369.912713, "earner_prop": -1487.262361},
    "5.1": {"size": -1.2269, "rate": -1.7403},
    "6.5 product": {
        "A": 0.000112876638916666,
        "B": 7.68074702499999e-05,
        "C": 0.000277829779416666,
        "D": -0.000160941839583333,
    },
    "6.5 product crude": {"1968": 0.001329460045, "1963": 0.001022887996},
}
