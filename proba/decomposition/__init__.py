"""Why spending grew: identities, composition, need against practice, deflators, simulations.

Examples
--------
>>> import pandas as pd
>>> from proba.decomposition import Rounded, decompose
>>> table = pd.DataFrame({
...     "aar": [2012, 2016],
...     "tilfeller": [Rounded.exact(1), Rounded.growth("12,4")],
...     "varighet": ["4,8", "4,9"],
...     "stonad_per_maned": [Rounded.exact(1), Rounded.growth("19,2")],
... })
>>> result = decompose(
...     table, "utbetalt = tilfeller * varighet * stonad_per_maned", start=2012, end=2016,
...     printed=True,
... )
>>> result.intervals.loc[("alle", "growth"), ["value", "low", "high"]].round(3).tolist()
[0.368, 0.339, 0.397]
"""
