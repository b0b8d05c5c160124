"""R's plm on the Grunfeld data: within, random effects (Swamy-Arora) and between.

Origin: R 4.2.2 with plm 2.6-2 (``regenerate.R`` in this folder), run for this project on
``datasets.grunfeld(10)``: invest ~ value + capital, firm and year as index.

Commands::

    plm(..., model = "within" | "random" | "between"); summary(); ercomp(random)
    vcovHC(fit, method = "arellano", type = "HC0" | "sss", cluster = "group")
    phtest(within, random); pFtest(within, pooling); plmtest(pooling, type = "bp")

Semantics
---------
* ``se``, ``vcov``: classical. within: df_resid = n - N - 2 = 188. random: normal p-values
  (``z``), s2 = RSS of the quasi-demeaned regression / (n - 3). between: t with 7 df.
* ``vcov_cluster_HC0`` is CR0 on the (quasi-)demeaned data. ``vcov_cluster_sss`` multiplies by
  G/(G-1) (n-1)/(n-k) with k = 2 in the within model, 3 in the random one. Stata's
  ``xtreg, fe vce(cluster)`` counts the constant: k = 3 (see ``published_grunfeld.py``).
* ``sigma2_id`` and ``sigma2_idios`` are the variance components, ``theta`` the quasi-demeaning
  weight. ``fixef`` are the firms' intercepts in levels.
"""

from typing import Any

WITHIN: dict[str, Any] = {
    "names": ["value", "capital"],
    "coef": [0.110123804120718, 0.310065341300139],
    "se": [0.0118566942140438, 0.0173545027755526],
    "t": [9.28790117487222, 17.8665643902475],
    "p": [3.92110843163791e-17, 2.22000669284191e-42],
    "vcov": [
        [0.000140581197685341, -7.74679887671901e-05],
        [-7.74679887671901e-05, 0.000301178766586661],
    ],
    "df_resid": 188,
    "rss": 523478.147386252,
    "r2_within": 0.76675758374814,
    "fixef": {
        "General Motors": -70.2967174555104,
        "US Steel": 101.905813730612,
        "General Electric": -235.571841009317,
        "Chrysler": -27.8092945604585,
        "Atlantic Refining": -114.616812797785,
        "IBM": -23.1612951346304,
        "Union Oil": -66.5534735350146,
        "Westinghouse": -57.5456572515751,
        "Goodyear": -87.222272418189,
        "Diamond Match": -6.56784353738025,
    },
    "vcov_cluster_HC0": [
        [0.00020569708626571, 0.000417458773057295],
        [0.000417458773057295, 0.00247930388351877],
    ],
    "vcov_cluster_sss": [
        [0.000229706622709744, 0.000466185722998887],
        [0.000466185722998887, 0.00276869513367135],
    ],
}

RANDOM: dict[str, Any] = {
    "names": ["const", "value", "capital"],
    "coef": [-57.8344149050329, 0.109781152232484, 0.308112982830713],
    "se": [28.8989352602898, 0.0104926635495465, 0.0171804690896399],
    "t": [-2.00126455816189, 10.4626581910395, 17.9339097915848],
    "p": [0.0453638870271599, 1.28207497963029e-25, 6.41087911839667e-72],
    "vcov": [
        [835.14845917842, -0.100811875598752, -0.00984649698884565],
        [-0.100811875598752, 0.000110095988363982, -6.6216444160761e-05],
        [-0.00984649698884565, -6.6216444160761e-05, 0.000295168518140073],
    ],
    "df_resid": 197,
    "rss": 548904.055230835,
    "sigma2_idios": 2784.45823077794,
    "sigma2_id": 7089.80009930804,
    "theta": 0.861223620747879,
    "vcov_cluster_HC0": [
        [549.884964688636, -0.034323170285803, -0.697997680593534],
        [-0.0343231702858063, 0.000168584765297193, 0.000278126180458968],
        [-0.697997680593546, 0.000278126180458968, 0.00269247090572956],
    ],
    "vcov_cluster_sss": [
        [617.186170180702, -0.0385240320748718, -0.783426612736116],
        [-0.0385240320748754, 0.000189218095285625, 0.000312166440560263],
        [-0.78342661273613, 0.000312166440560264, 0.00302200626192997],
    ],
}

BETWEEN: dict[str, Any] = {
    "names": ["const", "value", "capital"],
    "coef": [-8.52711372172686, 0.134646086971912, 0.0320314743314098],
    "se": [47.515307735823, 0.0287454591404871, 0.190937799167522],
    "t": [-0.179460349265465, 4.68408197322084, 0.167758686185057],
    "p": [0.862660458684589, 0.00225004146115068, 0.871516959597256],
    "vcov": [
        [2257.70446922996, 0.127537206432949, -6.06033630117038],
        [0.127537206432949, 0.000826301421197412, -0.00370024774419028],
        [-6.06033630117038, -0.00370024774419028, 0.0364572431509369],
    ],
    "df_resid": 7,
    "rss": 50603.1610759287,
    "r2_between": 0.857768226360901,
}

HAUSMAN: dict[str, Any] = {"chi2": 2.33036689367546, "df": 2, "p": 0.311865446054886}

F_POOLED: dict[str, Any] = {"F": 49.1766254994185, "df": [9, 188], "p": 8.70014669955366e-45}

BREUSCH_PAGAN_LM: dict[str, Any] = {"chi2": 798.161548369066, "df": 1, "p": 1.35448491908351e-175}
