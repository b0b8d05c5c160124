"""
Stata and clubSandwich results on the deterministic data of dfadjust's tests.

STATA: the values that ``tests/testthat/test_clustervar.R`` of dfadjust (repository
kolesarm/Robust-Small-Sample-Standard-Errors, commit 0e81199d82c15811e822acc0b8649e3303ebe75d)
checks against Stata's ``reg y x, cluster(clusters)``, ``reg y x, r`` and
``reg y x, vce(hc2)``, at the ten digits of ``esttab ..., b(%11.10f) se(%11.10f)``. The data are
``datasets.dfadjust()``: y = cos(0..9), tan(1..10); x = sin(1..10), sin(2..11); three clusters
whose rows are out of order.

CLUBSANDWICH: R 4.2.2, clubSandwich 0.5.8, run for this project: ``vcovCR(lm(y ~ x), cluster,
type)`` and ``coef_test(..., test = "Satterthwaite")``. CR1S is Stata's factor.
"""

from typing import Any

STATA: dict[str, Any] = {
    "names": ["const", "x"],
    "coef": [-0.4456202905, 0.3241183110],
    "se_cluster": [0.4827602183, 0.1814501834],
    "se_hc1": [0.4278077455, 0.4392155956],
    "se_hc2": [0.4227339762, 0.4421048122],
}

CLUBSANDWICH: dict[str, Any] = {
    "names": ["const", "x"],
    "coef": [-0.445620290524316, 0.324118311016909],
    "CR0": {
        "vcov": [[0.147194165316929, 0.0530642477339088], [0.0530642477339088, 0.0207942120253826]],
        "se": [0.383658917942655, 0.144201983430821],
        "df": [1.99352470989669, 1.94979549374535],
        "p": [0.365648132612163, 0.156852777508241],
    },
    "CR1S": {
        "vcov": [[0.233057428418471, 0.0840183922453556], [0.0840183922453556, 0.0329241690401892]],
        "se": [0.482760218347029, 0.181450183356725],
        "df": [1.99352470989669, 1.94979549374535],
        "p": [0.453690414227015, 0.219199542212575],
    },
    "CR2": {
        "vcov": [[0.230589337892404, 0.0871388878696379], [0.0871388878696379, 0.0465156093778007]],
        "se": [0.480197186468647, 0.215674776869714],
        "df": [1.99884718317379, 1.79737032512114],
        "p": [0.451426447134477, 0.284931381322186],
    },
    "CR3": {
        "vcov": [[0.375284025722342, 0.127956382086447], [0.127956382086447, 0.114245310143697]],
        "se": [0.612604297832085, 0.338001938076835],
        "df": [1.89844677071785, 1.52473256503283],
        "p": [0.546086166301016, 0.464528823003285],
    },
}
