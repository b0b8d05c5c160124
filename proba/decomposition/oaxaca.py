"""Oaxaca-Blinder: a gap between two means, split by what the groups have and what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from proba.decomposition._cells import check_choice
from proba.decomposition._oaxaca_parts import (
    NAMED,
    PARTS,
    Reference,
    by_statsmodels,
    threefold_rows,
    twofold_rows,
    weight_of_second,
)
from proba.decomposition._oaxaca_result import OaxacaBlinder
from proba.errors import DecompositionError, DesignError
from proba.estimation import CONSTANT, Results, Spec, fit, linear_contrasts
from proba.estimation.columns import label_of_data
from proba.estimation.contrasts import check_level
from proba.estimation.covariance import CovarianceEstimator, make_covariance
from proba.estimation.design import Design, build_design
from proba.panel import SIZE_CLASS, Panel, with_size_classes

__all__ = ["OaxacaBlinder", "Reference", "oaxaca_blinder"]

# Prefix of the second group's own columns in the stacked regression; no panel column has it.
_OWN = "\N{GREEK CAPITAL LETTER DELTA}:"


def oaxaca_blinder(
    data: Panel | pd.DataFrame,
    spec: Spec,
    group: str,
    *,
    kind: Literal["twofold", "threefold"] = "twofold",
    reference: Reference = "pooled",
    groups: tuple[object, object] | None = None,
    cov: str | CovarianceEstimator | None = None,
    cluster: str | Sequence[str] | None = None,
    level: float = 0.95,
) -> OaxacaBlinder:
    """Split the gap between two groups' means by their regressors and their coefficients.

    Parameters
    ----------
    data : Panel or DataFrame
        One row an entity and year.
    spec : Spec
        The regression fitted in each group. Year effects are left out when the group is the year.
    group : str
        Column with two values, or the spec's time column: two years.
    kind : {"twofold", "threefold"}
    reference : str or float
        For twofold, the coefficients b* that value the difference in means: ``pooled`` (both
        groups together with a dummy of the group), ``neumark`` (without it), ``cotton`` (weighted
        with the groups' rows), ``reimers`` (the mean), ``first``, ``second``, or the weight of
        the second group's.
    groups : (first, second), optional
        The two values, other rows left out; the two there are, in order, if not given. The gap is
        the second's mean less the first's.
    cov, cluster
        As in :func:`proba.estimation.fit`; HC1 without clusters and CR1 with, if not said.
    level : float
        Of the confidence limits.

    Returns
    -------
    OaxacaBlinder

    Raises
    ------
    DecompositionError
        If the column does not have two values, a group has too few rows, the spec has weights, or
        an argument is not one of its values.
    SpecError, DesignError
        As in :func:`proba.estimation.fit`; also if ``level`` is not between 0 and 1.

    Notes
    -----
    With means X̄ and coefficients b of the first (1) and second (2) group: threefold
    (X̄2 - X̄1)'b1 (endowments) + X̄1'(b2 - b1) (coefficients) + (X̄2 - X̄1)'(b2 - b1)
    (interaction); twofold (X̄2 - X̄1)'b* (explained) + the rest. Oaxaca (1973), International
    Economic Review 14, 693-709; Blinder (1973), Journal of Human Resources 8, 436-455; the forms
    and their names as in Jann (2008), Stata Journal 8(4), 453-479. Totals are those of
    ``statsmodels.stats.oaxaca.OaxacaBlinder``; the parts by variable are the terms of the sums.

    Standard errors are by the delta method with the regressors taken as given, under which every
    part is linear in the two groups' coefficients, b* included: (X1'X1 + X2'X2)^-1 (X1'X1 b1 +
    X2'X2 b2) for ``neumark``, and the same with each group's means deducted for ``pooled``. (Jann
    adds the sampling variance of the means.) The coefficients' covariance is that of one stacked
    regression with each regressor twice, itself and times the second group, so that a kommune in
    both groups is one cluster: the groups' coefficients are not taken as independent. The small
    sample factor is that of the stacked regression, with twice the coefficients, and the degrees
    of freedom are those it gives each part as a contrast
    (:meth:`CovarianceEstimator.contrast_df`).

    The parts of single variables in ``coefficients`` and ``unexplained`` are not identified in
    themselves: moving a variable's zero moves its part to the constant's (Jones 1983, Journal of
    Human Resources 18, 126-130; Oaxaca and Ransom 1999, Review of Economics and Statistics 81,
    154-157). Their sum stays, and so do the parts ``explained``, ``endowments`` and
    ``interaction`` of every variable.

    Examples
    --------
    >>> import proba
    >>> panel = proba.load_panel("kalibrert")
    >>> gap = oaxaca_blinder(panel, proba.PROBA_2017, "aar", groups=(2012, 2016), cluster="kommune")
    >>> gap.first, gap.second, gap.shared > 300
    (2012, 2016, True)
    """
    check_choice(kind, tuple(PARTS), "kind")
    check_level(level)
    _check_reference(reference)
    if spec.weights is not None:
        raise DecompositionError(
            f"the spec has weights ('{spec.weights}'), which this decomposition does not take; "
            "use spec.replace(weights=None).",
            f"spesifikasjonen har vekter («{spec.weights}»), som denne dekomponeringen ikke tar; "
            "bruk spec.replace(weights=None).",
        )
    estimator = make_covariance(
        cov if cov is not None else "HC1" if cluster is None else "CR1", cluster, spec.entity
    )
    own = spec
    if group == spec.time and spec.year_effects:
        own = spec.replace(year_effects=False, reference_year=None)
    frame, chosen = _two_groups(data, group, groups, estimator)
    design = build_design(own, frame, clusters=(group, *estimator.clusters))
    values = design.columns[group]
    second = np.asarray(values == chosen[1])
    _check_rows(design, second, group, chosen)
    stacked = _fit_stacked(design, second, own, estimator, data)
    return _decompose(design, second, stacked, kind, reference, group, chosen, level)


def _check_reference(reference: object) -> None:
    """Raise unless it is one of the names or a finite number."""
    if isinstance(reference, str) and reference in NAMED:
        return
    if (
        isinstance(reference, (int, float, np.integer, np.floating))
        and not isinstance(reference, bool)
        and np.isfinite(reference)
    ):
        return
    names = ", ".join(map(repr, NAMED))
    navn = ", ".join(f"«{name}»" for name in NAMED)
    raise DecompositionError(
        f"'reference' must be one of {names} or a number, the weight of the second group's "
        f"coefficients; not {reference!r}.",
        f"«reference» må være en av {navn} eller et tall, vekten på den andre gruppens "
        f"koeffisienter; ikke {reference!r}.",
    )


def _two_groups(
    data: Panel | pd.DataFrame,
    group: str,
    groups: tuple[object, object] | None,
    estimator: CovarianceEstimator,
) -> tuple[pd.DataFrame, tuple[object, object]]:
    """Rows of the two groups, keys as columns, and their values."""
    if isinstance(data, Panel):
        if SIZE_CLASS in (*estimator.clusters, group) and SIZE_CLASS not in data.frame.columns:
            data = with_size_classes(data)
        frame = data.frame.reset_index()
    else:
        levels = [n for n in data.index.names if n is not None and n not in data.columns]
        frame = data.reset_index(level=levels) if levels else data
    if group not in frame.columns:
        raise DecompositionError(
            f"the data lack the column '{group}', which tells the two groups apart.",
            f"dataene mangler kolonnen «{group}», som skiller de to gruppene.",
        )
    present = sorted(frame[group].dropna().unique().tolist(), key=lambda v: (str(type(v)), v))
    if groups is not None and not isinstance(groups, (tuple, list)):
        raise DecompositionError(
            f"'groups' must be two values of '{group}', (first, second), not {groups!r}.",
            f"«groups» må være to verdier av «{group}», (første, andre), ikke {groups!r}.",
        )
    chosen = tuple(groups) if groups is not None else tuple(present)
    absent = [v for v in chosen if v not in present]
    if len(chosen) != 2 or absent or chosen[0] == chosen[1]:
        shown = ", ".join(map(str, present[:8]))
        raise DecompositionError(
            f"'{group}' must give two groups; it has {shown}. Choose two with groups=(first, "
            "second).",
            f"«{group}» må gi to grupper; den har {shown}. Velg to med groups=(første, andre).",
        )
    return frame[frame[group].isin(chosen)], (chosen[0], chosen[1])


def _check_rows(
    design: Design, second: npt.NDArray[np.bool_], group: str, chosen: tuple[object, object]
) -> None:
    k = len(design.names)
    for value, n in ((chosen[0], int((~second).sum())), (chosen[1], int(second.sum()))):
        if n <= k:
            raise DecompositionError(
                f"{group} {value} has {n} complete rows for {k} coefficients; at least {k + 1} "
                "are needed.",
                f"{group} {value} har {n} komplette rader for {k} koeffisienter; minst {k + 1} "
                "trengs.",
            )


def _fit_stacked(
    design: Design,
    second: npt.NDArray[np.bool_],
    spec: Spec,
    estimator: CovarianceEstimator,
    data: Panel | pd.DataFrame,
) -> Results:
    """Fit every regressor twice: itself, and times the second group."""
    names = design.names[1:]
    own = (f"{_OWN}{CONSTANT}", *(f"{_OWN}{name}" for name in names))
    doubled = design.X * second[:, None]
    added = pd.DataFrame(np.column_stack([design.X[:, 1:], doubled]), columns=[*names, *own])
    kept = design.columns.drop(columns=[n for n in names if n in design.columns])
    frame = pd.concat([kept, added], axis=1)
    stacked = Spec(
        spec.dependent, (*names, *own), entity=spec.entity, time=spec.time, year_effects=False
    )
    try:
        return replace(fit(stacked, frame, cov=estimator), label=label_of_data(data))
    except DesignError as error:
        en, nb = (text.replace(_OWN, "") for text in (error.en, error.nb))
        raise DesignError(
            f"the regression cannot be fitted in both groups: {en}",
            f"regresjonen kan ikke estimeres i begge gruppene: {nb}",
        ) from None


def _decompose(
    design: Design,
    second: npt.NDArray[np.bool_],
    stacked: Results,
    kind: str,
    reference: Reference,
    group: str,
    chosen: tuple[object, object],
    level: float,
) -> OaxacaBlinder:
    k = len(design.names)
    X1, X2 = design.X[~second], design.X[second]
    m1, m2 = X1.mean(axis=0), X2.mean(axis=0)
    eye, zero = np.eye(k), np.zeros((k, k))
    to_pair = np.block([[eye, zero], [eye, eye]])  # (b1, b2 - b1) to (b1, b2)
    b = to_pair @ stacked.params.to_numpy()
    coefficients = {str(chosen[0]): b[:k], str(chosen[1]): b[k:]}
    if kind == "threefold":
        rows = threefold_rows(m1, m2)
    else:
        W = weight_of_second(X1, X2, reference)
        rows = twofold_rows(m1, m2, W)
        coefficients["reference"] = b[:k] + W @ (b[k:] - b[:k])
    model, totals = by_statsmodels(design, second, kind, reference)
    summed = {name: L.sum(axis=0) for name, L in rows.items()}
    summed["gap"] = np.concatenate([-m1, m2])
    names = list(design.names)
    # Every part is a weighted sum of the stacked coefficients: its error, df and limits follow.
    weights = np.vstack([*rows.values(), *summed.values()]) @ to_pair
    spread = linear_contrasts(stacked, weights, level=level)
    below = (spread["estimate"] - spread["ci_low"]).to_numpy()
    found = {"se": spread["se"].to_numpy(), "df": spread["df"].to_numpy(), "reach": below}

    def by_variable(name: str) -> pd.DataFrame:
        parts = found[name][: k * len(rows)].reshape(len(rows), k).T
        return pd.DataFrame(parts, index=names, columns=list(rows))

    detailed = pd.DataFrame({name: L @ b for name, L in rows.items()}, index=names)
    estimate = pd.Series(totals)[list(summed)]
    se, df, reach = (found[name][k * len(rows) :] for name in ("se", "df", "reach"))
    entities = [set(design.rows[mask].get_level_values(0)) for mask in (~second, second)]
    return OaxacaBlinder(
        totals=pd.DataFrame(
            {
                "estimate": estimate,
                "se": se,
                "df": df,
                "ci_low": estimate - reach,
                "ci_high": estimate + reach,
            }
        ),
        detailed=detailed,
        detailed_se=by_variable("se"),
        detailed_df=by_variable("df"),
        detailed_ci_low=detailed - by_variable("reach"),
        detailed_ci_high=detailed + by_variable("reach"),
        coefficients=pd.DataFrame(coefficients, index=names),
        means=pd.DataFrame({str(chosen[0]): m1, str(chosen[1]): m2}, index=names),
        level=level,
        kind=kind,
        reference=reference if kind == "twofold" else None,
        group=group,
        first=chosen[0],
        second=chosen[1],
        nobs=(len(X1), len(X2)),
        shared=len(entities[0] & entities[1]),
        fit=stacked,
        statsmodels=model,
        label=stacked.label,
    )
