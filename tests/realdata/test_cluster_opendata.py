"""What kommuner spent beside the need that each reading of the printed errors requires."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from assemble_opendata import assemble

from proba.published import vedlegg2
from proba.reproduction.cluster_question import cluster_question

FOLDER = os.environ.get("PROBA_OPENDATA")

pytestmark = pytest.mark.skipif(
    not FOLDER or not Path(FOLDER).is_dir(), reason="PROBA_OPENDATA names no folder"
)


def test_spending_lies_between_the_needs_of_the_two_readings(
    report_line: Callable[[str], None],
) -> None:
    """FGK12 includes functions 273 and 275: more than the report's concept."""
    assert FOLDER is not None
    spending = assemble(Path(FOLDER)).frame["fgk12_per_innbygger"]
    years = cluster_question().years
    printed = vedlegg2().set_index("kommunenr")
    for year in (2015, 2016):
        both = pd.DataFrame(
            {"spent": spending.xs(year, level="aar"), "ratio": printed[str(year)].astype(float)}
        ).dropna()
        assert len(both) == 424
        ratio = both["ratio"] / 100
        need = both["spent"] / ratio
        residual = both["spent"] - need
        # Need as the formulas see it: weighted by how far the index lies from 100. FGK12 and the
        # printed index differ in concept, so the few wildest ratios say nothing.
        usual = ratio.between(0.4, 2.5) & need.between(0, 8)
        effective = residual[usual].std() / ratio[usual].std()
        mean = both["spent"].mean()
        least, most = (years.loc[year, f"need_{k}"] for k in ("observation", "kommune"))
        report_line(
            f"FGK12 (with 273 and 275) {year}, mean of kommuner: {mean:.2f} thousand kr; printed "
            f"errors need {least:.2f} (observation) or {most:.2f} (kommune); implied need weighted "
            f"by the index's spread {residual.std() / ratio.std():.2f}, without extremes "
            f"{effective:.2f} ({int(usual.sum())} kommuner)"
        )
        assert least < mean < most
        assert effective == pytest.approx(need[usual].mean(), rel=0.1)
