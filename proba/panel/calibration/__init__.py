"""The generator of the embedded synthetic panel, "Kalibrert syntetisk panel".

Run as ``python -m proba.panel.calibration``. The modules follow the order of the work:

- ``targets``: the printed regression (Vedlegg 1) that has to be reproduced;
- ``published``: the printed index (Vedlegg 2), the only real kommune figures;
- ``sizes`` and ``start``: synthetic populations and covariates, drawn from a seed;
- ``objective``: distance from the printed regression, with its gradient;
- ``build``: draw, optimise, round, and one exact last step (``finish``);
- ``check``: the same regression run on the finished table;
- ``files``: ``panel.csv`` and ``panel.yaml``.
"""
