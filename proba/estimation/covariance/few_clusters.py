"""The warning that goes with few clusters."""

from __future__ import annotations

import warnings

from proba.errors import FewClustersWarning
from proba.estimation.covariance.base import Covariance

__all__ = ["FEW_CLUSTERS", "warn_few_clusters"]

FEW_CLUSTERS = 40
"""Below this many clusters CR0 and CR1 are known to reject too often."""

# CR2 allows for few clusters in its degrees of freedom.
_WARNED = ("CR0", "CR1", "CR3", "two-way")


def warn_few_clusters(covariance: Covariance, *, stacklevel: int) -> None:
    """Warn if a cluster-robust covariance rests on fewer than :data:`FEW_CLUSTERS` clusters.

    Parameters
    ----------
    covariance : Covariance
    stacklevel : int
        As for :func:`warnings.warn`, counted from the caller.

    Warns
    -----
    FewClustersWarning
    """
    name, count = covariance.name, min(covariance.nclusters, default=FEW_CLUSTERS)
    if name not in _WARNED or count >= FEW_CLUSTERS:
        return
    warnings.warn(
        FewClustersWarning(
            f"only {count} clusters: {name} rejects too often below about {FEW_CLUSTERS}; use "
            "cov='CR2', whose degrees of freedom allow for it, or a wild cluster bootstrap.",
            f"bare {count} klynger: {name} forkaster for ofte under om lag {FEW_CLUSTERS}; bruk "
            "CR2, med frihetsgrader som tar høyde for det, eller wild cluster bootstrap.",
        ),
        stacklevel=stacklevel,
    )
