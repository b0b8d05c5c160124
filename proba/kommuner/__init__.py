"""Norwegian kommuner from 2012 to 2024: numbers, mergers, splits, and tables across them.

The lists are in ``data/kommuner/``, text files a person can read. Nothing here goes out on the
network; :class:`proba.sources.klass.KlassClient` fetches what KLASS says, and
:meth:`ChangeGraph.disagreements` and :meth:`ChangeGraph.extended` take it in.

Examples
--------
>>> from proba.kommuner import shipped_graph
>>> graph = shipped_graph()
>>> len(graph.valid(2016))
428
>>> [target.kommune for target in graph.targets("1534", 2016, 2024)]
['1580']
"""

from __future__ import annotations

from proba.kommuner.borders import BordersResult, SplitUse, to_borders
from proba.kommuner.changes import Change, Kommune, read_changes, read_kommuner
from proba.kommuner.graph import ChangeGraph, Target, shipped_graph
from proba.kommuner.klass import Disagreement
from proba.kommuner.weights import TOLERANCE, SplitWeights, weights_from_counts
from proba.kommuner.words import describe

__all__ = [
    "TOLERANCE",
    "BordersResult",
    "Change",
    "ChangeGraph",
    "Disagreement",
    "Kommune",
    "SplitUse",
    "SplitWeights",
    "Target",
    "describe",
    "read_changes",
    "read_kommuner",
    "shipped_graph",
    "to_borders",
    "weights_from_counts",
]
