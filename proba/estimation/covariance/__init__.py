"""Covariance estimators of least-squares coefficients, one class each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from proba.errors import SpecError
from proba.estimation.covariance.base import Covariance, CovarianceEstimator, FTest, SmallSample
from proba.estimation.covariance.bias_reduced import CR2
from proba.estimation.covariance.clustered import CR0, CR1, CR3, TwoWay
from proba.estimation.covariance.few_clusters import FEW_CLUSTERS, warn_few_clusters
from proba.estimation.covariance.independent import HC1, HC2, HC3, Classical

__all__ = [
    "CR0",
    "CR1",
    "CR2",
    "CR3",
    "FEW_CLUSTERS",
    "HC1",
    "HC2",
    "HC3",
    "Classical",
    "Covariance",
    "CovarianceEstimator",
    "FTest",
    "SmallSample",
    "TwoWay",
    "make_covariance",
    "warn_few_clusters",
]

_INDEPENDENT: dict[str, Callable[[], CovarianceEstimator]] = {
    "classical": Classical,
    "HC1": HC1,
    "HC2": HC2,
    "HC3": HC3,
}
_CLUSTERED: dict[str, Callable[[str], CovarianceEstimator]] = {
    "CR0": CR0,
    "CR1": CR1,
    "CR2": CR2,
    "CR3": CR3,
}


def make_covariance(
    cov: str | CovarianceEstimator,
    cluster: str | Sequence[str] | None,
    entity: str | None = None,
) -> CovarianceEstimator:
    """Make an estimator from its name and cluster columns.

    Parameters
    ----------
    cov : str or CovarianceEstimator
        ``classical``, ``HC1``, ``HC2``, ``HC3``, ``CR0``, ``CR1``, ``CR2``, ``CR3`` or
        ``two-way`` (upper or lower case); an estimator is returned as it is.
    cluster : str, sequence of str or None
        One column for CR0-CR3, two for ``two-way`` (CR1 with two columns means the same).
    entity : str, optional
        Column CR0-CR3 cluster on when ``cluster`` is None.

    Raises
    ------
    SpecError
        If the name is unknown or the number of cluster columns does not fit.
    """
    if isinstance(cov, CovarianceEstimator):
        if cluster is not None:
            raise SpecError(
                "give the cluster column inside the covariance object or as 'cluster', not both.",
                "oppgi klyngekolonnen i kovariansobjektet eller som 'cluster', ikke begge deler.",
            )
        return cov
    columns = _columns(cluster)
    independent = {key.upper(): kind for key, kind in _INDEPENDENT.items()}
    name = str(cov).upper().replace("TWOWAY", "TWO-WAY")
    if cluster is None and entity is not None and name in _CLUSTERED:
        columns = (entity,)
    if name in independent and not columns:
        return independent[name]()
    if name in _CLUSTERED and len(columns) == 1:
        return _CLUSTERED[name](columns[0])
    if name in ("TWO-WAY", "CR1") and len(columns) == 2:
        return TwoWay(*columns)
    known = [*_INDEPENDENT, *_CLUSTERED, "two-way"]
    if name not in {k.upper() for k in known}:
        raise SpecError(
            f"unknown covariance '{cov}'; known: {', '.join(known)}.",
            f"ukjent kovarians '{cov}'; kjente: {', '.join(known)}.",
        )
    shown = ", ".join(columns) or "none"
    vist = ", ".join(columns) or "ingen"
    need = 0 if name in independent else 2 if name == "TWO-WAY" else 1
    words = {0: ("no", "ingen klyngekolonne"), 1: ("one", "én klyngekolonne")}
    en, nb = words.get(need, ("two", "to klyngekolonner"))
    raise SpecError(
        f"covariance {cov} takes {en} cluster column{'s' if need == 2 else ''}; got {shown}.",
        f"kovariansen {cov} tar {nb}; fikk {vist}.",
    )


def _columns(cluster: str | Sequence[str] | None) -> tuple[str, ...]:
    if cluster is None or isinstance(cluster, str):
        return () if cluster is None else (cluster,)
    if isinstance(cluster, (list, tuple)) and all(isinstance(c, str) for c in cluster):
        return tuple(cluster)
    raise SpecError(
        f"'cluster' must be a column name or two, not {cluster!r}.",
        f"'cluster' må være ett kolonnenavn eller to, ikke {cluster!r}.",
    )
