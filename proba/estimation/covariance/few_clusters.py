"""The warning that goes with few clusters."""

from __future__ import annotations

import warnings

from proba.errors import FewClustersWarning

__all__ = ["FEW_CLUSTERS", "warn_few_clusters"]

FEW_CLUSTERS = 40
"""Below this many clusters CR0 and CR1 are known to reject too often."""

# CR2 allows for few clusters in its degrees of freedom.
_WARNED = ("CR0", "CR1", "CR3", "two-way")


def warn_few_clusters(name: str, nclusters: tuple[int, ...], *, stacklevel: int) -> None:
    """Warn if a cluster-robust covariance rests on fewer than :data:`FEW_CLUSTERS` clusters.

    Parameters
    ----------
    name : str
        Of the covariance.
    nclusters : tuple of int
        One number a cluster column.
    stacklevel : int
        As for :func:`warnings.warn`, counted from the caller.

    Warns
    -----
    FewClustersWarning
    """
    count = min(nclusters, default=FEW_CLUSTERS)
    if name not in _WARNED or count >= FEW_CLUSTERS:
        return
    warnings.warn(
        FewClustersWarning(
            f"only {count} clusters: {name} rejects true hypotheses too often below about "
            f"{FEW_CLUSTERS}; use cov='CR2' on one cluster column, whose degrees of freedom allow "
            "for it, or wild_bootstrap.",
            f"bare {count} klynger: {name} forkaster sanne hypoteser for ofte under om lag "
            f"{FEW_CLUSTERS}; bruk CR2 på én klyngekolonne, med frihetsgrader som tar høyde for "
            "det, eller wild_bootstrap.",
        ),
        stacklevel=stacklevel,
    )
