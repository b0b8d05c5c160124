"""What each kommune does to the estimates: the fit with every cluster left out, without refits."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from proba._numbers import format_number as number
from proba._table import TextTable
from proba.errors import Lang, SpecError
from proba.estimation.columns import FloatArray, IntArray
from proba.estimation.covariance.base import Groups, group_rows, rows_by_size
from proba.estimation.least_squares import LeastSquares
from proba.estimation.results import Results
from proba.estimation.robustness._rows import design_rows, keys_of
from proba.panel import Panel
from proba.panel import label as label_of

__all__ = ["Influence", "leave_cluster_out"]

_SINGULAR = 1e-12

# Entries of the rows-by-clusters matrix of changes held at once: 32 MB.
_ENTRIES = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """Coefficients with each cluster left out.

    Made by :func:`leave_cluster_out`.

    Attributes
    ----------
    results : Results
        The fit on all rows.
    cluster : str
        Column of clusters.
    clusters : Index, length G
        The clusters.
    changes : DataFrame, shape (G, k)
        Coefficient without the cluster less coefficient with all; missing where the cluster
        alone identifies a coefficient.
    rows : Series of int, length G
        Rows of each cluster.
    """

    results: Results = field(repr=False)
    cluster: str
    clusters: pd.Index = field(repr=False)
    changes: pd.DataFrame = field(repr=False)
    rows: pd.Series = field(repr=False)

    @property
    def params(self) -> pd.DataFrame:
        """Coefficients without each cluster; shape (G, k)."""
        return self.changes + self.results.params

    @property
    def dfbetas(self) -> pd.DataFrame:
        """Coefficient with all less coefficient without the cluster, in standard errors.

        The standard errors are those of the fit on all rows, under its covariance; the sign is
        that of Belsley, Kuh and Welsch (1980), *Regression Diagnostics*, section 2.1: positive
        where the cluster lifts the coefficient.
        """
        return -self.changes / self.results.std_errors

    @property
    def not_identified(self) -> tuple[str, ...]:
        """Clusters without which a coefficient is not identified."""
        missing = self.changes.isna().any(axis=1)
        return tuple(map(str, self.changes.index[missing]))

    def largest(self, coefficient: str, count: int = 10) -> pd.DataFrame:
        """Clusters that move a coefficient most.

        Parameters
        ----------
        coefficient : str
        count : int

        Returns
        -------
        DataFrame
            By cluster, largest first: ``coef_without``, ``change`` and ``dfbetas``.

        Raises
        ------
        SpecError
            If there is no such coefficient.
        """
        if coefficient not in self.changes.columns:
            known = ", ".join(map(str, self.changes.columns))
            raise SpecError(
                f"no coefficient '{coefficient}'; the model has {known}.",
                f"ingen koeffisient «{coefficient}»; modellen har {known}.",
            )
        table = pd.DataFrame(
            {
                "coef_without": self.params[coefficient],
                "change": self.changes[coefficient],
                "dfbetas": self.dfbetas[coefficient],
            }
        ).dropna()
        order = table["dfbetas"].abs().sort_values(ascending=False, kind="stable").index
        return table.loc[order[:count]]

    def predict(
        self, data: Panel | pd.DataFrame | None = None, *, changes: bool = True
    ) -> pd.DataFrame:
        """Predictions with each row's own cluster left out, and how far any cluster moves them.

        Parameters
        ----------
        data : Panel or DataFrame, optional
            With keys, regressors and the cluster column; the estimation sample if not given.
        changes : bool
            Whether to look for the cluster that moves each row most; the work is rows times
            clusters, done for some rows at a time.

        Returns
        -------
        DataFrame
            Indexed by (entity, time): ``predicted``, ``without_own`` (the same where the
            cluster was not estimated on), and with ``changes`` also ``largest_change``
            (prediction without a cluster less prediction with all, at its largest in absolute
            value) and ``moved_by`` (that cluster).

        Notes
        -----
        An index with the kommune left out of its own norm is 100 * actual / ``without_own``.
        """
        X, frame = design_rows(self.results, data, (self.cluster,))
        predicted = X @ self.results.least_squares.params
        moves = self.changes.to_numpy()
        place = self.clusters.get_indexer(pd.Index(frame[self.cluster]))
        own = np.where((place >= 0)[:, None], moves[place], 0.0)
        table = pd.DataFrame(
            {"predicted": predicted, "without_own": predicted + (X * own).sum(axis=1)},
            index=keys_of(frame, self.results.spec.entity, self.results.spec.time),
        )
        if changes:
            largest, by = _largest(X, np.nan_to_num(moves))
            table["largest_change"] = largest
            table["moved_by"] = pd.Series(self.clusters[by], index=table.index)
            table.loc[np.isnan(largest), "moved_by"] = pd.NA
        return table

    def to_frame(self) -> pd.DataFrame:
        """Return one row a cluster and coefficient: ``change``, ``coef_without``, ``dfbetas``."""
        parts = {"change": self.changes, "coef_without": self.params, "dfbetas": self.dfbetas}
        return pd.concat({n: t.stack(future_stack=True) for n, t in parts.items()}, axis=1)

    def to_table(self, lang: Lang = "nb", count: int = 3) -> TextTable:
        """Return, for every regressor, the clusters that move its coefficient most."""
        nb = lang == "nb"
        rows = []
        for name in self.results.spec.regressors:
            for cluster, row in self.largest(name, count).iterrows():
                rows.append(
                    (
                        label_of(name, lang),
                        str(cluster),
                        number(self.results.params[name], lang=lang, significant=4),
                        number(row["coef_without"], lang=lang, significant=4),
                        number(row["dfbetas"], 2, lang),
                    )
                )
        header = (
            ("", self.cluster, "Koeffisient", "Uten klyngen", "Standardfeil flyttet")
            if nb
            else ("", self.cluster, "Coefficient", "Without the cluster", "Std. errors moved")
        )
        title = (
            f"Hva som flytter koeffisientene mest når én {self.cluster} utelates"
            if nb
            else f"What moves the coefficients most when one {self.cluster} is left out"
        )
        notes = [self.results.cov_words_in(lang)]
        if self.not_identified:
            said = "Ikke bestemt uten" if nb else "Not identified without"
            notes.append(f"{said}: {', '.join(self.not_identified)}")
        return TextTable(
            title, header, tuple(rows), tuple(notes), self.results.label_text(lang), left=2
        )


def leave_cluster_out(results: Results, cluster: str | None = None) -> Influence:
    r"""Coefficients of a fit with each cluster left out, by the closed form.

    Parameters
    ----------
    results : Results
    cluster : str, optional
        Column of clusters; the entity if not given.

    Returns
    -------
    Influence

    Raises
    ------
    SpecError
        If the column is not in the data or missing in a row.
    DesignError
        If the column has one value only.

    Notes
    -----
    .. math:: b_{(g)} - b = -(X'X)^{-1} X_g' (I - H_{gg})^{-1} e_g, \quad H_{gg} =
              X_g (X'X)^{-1} X_g'

    with rows multiplied by the square root of their weights: Belsley, Kuh and Welsch (1980),
    *Regression Diagnostics*, section 2.1; MacKinnon, Nielsen and Webb (2023), Journal of Applied
    Econometrics 38, 671-694. The columns are kept as they are: a year dummy stays
    even if the cluster is all there was of that year (it is then not identified).

    Examples
    --------
    >>> import proba
    >>> results = proba.fit(proba.PROBA_2017, proba.load_panel("kalibrert"))
    >>> leave_cluster_out(results).changes.shape
    (387, 12)
    """
    column = results.spec.entity if cluster is None else cluster
    values = results.design.columns.get(column)
    if values is None or values.isna().any():
        raise SpecError(
            f"cluster column '{column}' is not in the data, or is missing in a row of the "
            "estimation sample.",
            f"klyngekolonnen «{column}» finnes ikke i dataene, eller mangler i en rad i "
            "estimeringsutvalget.",
        )
    groups = group_rows(results.design, column)
    ls = results.least_squares
    changes = -(_moves(ls, groups) @ ls.R_inv.T) / ls.scale
    first = np.unique(groups.codes, return_index=True)[1]
    clusters = pd.Index(values.iloc[first], name=column)
    return Influence(
        results=results,
        cluster=column,
        clusters=clusters,
        changes=pd.DataFrame(changes, index=clusters, columns=list(results.names)),
        rows=pd.Series(np.bincount(groups.codes), index=clusters, name="rows"),
    )


def _moves(ls: LeastSquares, groups: Groups) -> FloatArray:
    """Q_g' (I - Q_g Q_g')^-1 e_g of each cluster; shape (G, k), NaN where singular."""
    k = ls.rank
    out = np.empty((groups.count, k))
    for clusters, rows in rows_by_size(groups):
        Q, e = ls.Q[rows], ls.es[rows]
        Qt = Q.transpose(0, 2, 1)
        scores = (Qt @ e[:, :, None])[:, :, 0]
        # The same by the smaller matrix: Q'(I - QQ')^-1 e = (I - Q'Q)^-1 Q'e.
        small = rows.shape[1] <= k
        S = np.eye(rows.shape[1]) - Q @ Qt if small else np.eye(k) - Qt @ Q
        good = _regular(Q, S)
        safe = np.where(good[:, None, None], S, np.eye(S.shape[1]))
        if small:
            solved = np.linalg.solve(safe, e[:, :, None])
            moves = (Qt @ solved)[:, :, 0]
        else:
            moves = np.linalg.solve(safe, scores[:, :, None])[:, :, 0]
        moves[~good] = np.nan
        out[clusters] = moves
    return out


def _regular(Q: FloatArray, S: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether I - H_gg can be inverted; eigenvalues are looked at only where they may be 0."""
    good = np.ones(len(Q), dtype=bool)
    # The largest eigenvalue of H_gg is at most its trace.
    doubtful = np.flatnonzero((Q**2).sum(axis=(1, 2)) > 0.5)
    if len(doubtful):
        good[doubtful] = np.linalg.eigvalsh(S[doubtful])[:, 0] > _SINGULAR
    return good


def _largest(X: FloatArray, moves: FloatArray) -> tuple[FloatArray, IntArray]:
    """Largest change of each row over clusters, and which; some rows at a time."""
    largest, by = np.empty(len(X)), np.empty(len(X), dtype=np.int64)
    step = max(1, _ENTRIES // len(moves))
    for start in range(0, len(X), step):
        change = X[start : start + step] @ moves.T
        at = np.abs(np.nan_to_num(change)).argmax(axis=1)
        by[start : start + step] = at
        largest[start : start + step] = change[np.arange(len(change)), at]
    return largest, by
