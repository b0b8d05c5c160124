"""
clubSandwich CR2 results that the diff-diff project published.

Origin: repository igerber/diff-diff (MIT), commit 08b6a66338c82b5633a7a647983044e58dd7659d,
``benchmarks/data/clubsandwich_cr2_golden.json``, made by
``benchmarks/R/generate_clubsandwich_golden.R`` with R and clubSandwich of at least 0.7.0 (the
script stops with an older one). The numbers are that file's, at its 16 digits.

The data (``datasets.golden(name)``) were drawn again with that script's code and seeds in R 4.2.2;
the coefficients, CR2 matrices and df of clubSandwich 0.5.8 on them are the published ones to
1e-12.

Commands::

    fit <- lm(y ~ x, data); V <- vcovCR(fit, cluster = cluster, type = "CR2")
    coef_test(fit, vcov = V)$df_Satt

    fit <- lm(y ~ treat_post + factor(unit) + factor(period)); treat_post = treated * post
    V <- vcovCR(fit, cluster = unit, type = "CR2")             # CR2, clusters = unit
    V <- vcovCR(fit, cluster = seq_len(n), type = "CR2")       # HC2 with Bell-McCaffrey df

``absorbed_fe_did`` is the case in which I - H_gg is singular (unit dummies, clusters = unit), so
that CR2 needs the pseudo-inverse square root. Of its 12 coefficients only those with a variance
that is not zero in theory and that do not repeat another's are kept here: units 2 to 4 have
variances of rounding size, hence meaningless df, and units 5 to 8 are alike (variance
0.02527724496734207, df 6).
"""

from typing import Any

CASES: dict[str, dict[str, Any]] = {
    "balanced_small": {
        "names": ["const", "x"],
        "coef": [0.6300385597851063, 0.4180976333279622],
        "vcov": [
            [0.05521248306042478, -0.03274214553627666],
            [-0.03274214553627678, 0.06774697283981687],
        ],
        "df": [3.212621630843576, 3.575881216615637],
        "cluster_sizes": [6, 6, 6, 6, 6],
    },
    "unbalanced_medium": {
        "names": ["const", "x"],
        "coef": [1.407664197609156, -0.02639903174573305],
        "vcov": [
            [0.1192052700634108, -0.04806533789647253],
            [-0.04806533789647224, 0.09454689012283392],
        ],
        "df": [6.387834602264484, 5.850537239807559],
        "cluster_sizes": [3, 4, 5, 6, 7, 8, 9, 10],
    },
    "singletons_present": {
        "names": ["const", "x"],
        "coef": [1.054441705396782, 0.3911987276515195],
        "vcov": [
            [0.1616023734490589, -0.1899859611041032],
            [-0.1899859611041032, 0.238142463018284],
        ],
        "df": [4.423211980441538, 5.952656131218101],
        "cluster_sizes": [1, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    },
}

ABSORBED_FE_DID: dict[str, Any] = {
    "names": ["const", "treat_post", "period2", "period3", "period4"],
    "coef": [
        0.9779587643060759,
        2.240053222690117,
        0.8075689574073665,
        -0.2003926783717501,
        -0.625144206955112,
    ],
    "cr2_vcov": [
        [
            0.0127206556074784,
            0.01696087414330455,
            -0.02139100266672217,
            -0.01970672581340452,
            -0.009784893949786953,
        ],
        [
            0.01696087414330453,
            0.04493732438638597,
            -0.02477431505925759,
            -0.03748072838536776,
            -0.005588453128592772,
        ],
        [
            -0.02139100266672217,
            -0.02477431505925763,
            0.03845920090859583,
            0.03080752970591778,
            0.01629728005237516,
        ],
        [
            -0.01970672581340451,
            -0.03748072838536778,
            0.03080752970591778,
            0.04069028803030152,
            0.007329085517398772,
        ],
        [
            -0.009784893949786955,
            -0.005588453128592802,
            0.01629728005237516,
            0.007329085517398769,
            0.01551321022937393,
        ],
    ],
    "cr2_df": [
        3.000000000000001,
        6.000000000000003,
        3.77697841726619,
        3.776978417266191,
        3.776978417266191,
    ],
    "hc2_variance": [
        0.01979818801269555,
        0.05093938388325554,
        0.03261047319081297,
        0.03249273520542049,
        0.03176936240997035,
    ],
    "hc2_bm_df": [
        3.471999999999976,
        9.658291457286458,
        6.504670366860701,
        6.504670366860701,
        6.50467036686071,
    ],
}
