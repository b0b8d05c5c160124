import numpy as np
import pandas as pd
import pytest

from proba.estimation import Spec, fit
from proba.indices import IndexTable
from proba.panel import PanelMeta, make_panel

SPEC = Spec("utgift", ("ledighet", "alder"), sample="med")


@pytest.fixture
def spec():
    return SPEC


@pytest.fixture
def frame():
    """Forty kommuner in three years; two kommuner outside the sample."""
    rng = np.random.default_rng(20170810)
    keys = [(f"{k:04d}", y) for k in range(101, 141) for y in (2012, 2013, 2014)]
    out = pd.DataFrame(keys, columns=["kommune", "aar"])
    n = len(out)
    out["ledighet"] = rng.uniform(1, 5, n)
    out["alder"] = rng.uniform(30, 50, n)
    year = out["aar"].map({2012: 0.0, 2013: 0.5, 2014: 1.0})
    out["utgift"] = 0.5 + 0.4 * out["ledighet"] + 0.02 * out["alder"] + year
    out["utgift"] *= rng.uniform(0.7, 1.3, n)
    out["med"] = (~out["kommune"].isin(["0101", "0102"])).astype(float)
    out["kommunenavn"] = "Navn " + out["kommune"]
    out["folketall"] = 1000.0 * (out.index // 3 + 1)
    return out


@pytest.fixture
def panel(frame):
    return make_panel(frame, name="liten", label="Merke")


@pytest.fixture
def results(panel):
    return fit(SPEC, panel, cov="HC1")


def table_of(wide, *, names=None, label="Merke", entity="kommune", time="aar"):
    """An index table with the index given: rows entities, columns years."""
    values = wide.stack()
    values.index = values.index.set_names([entity, time])
    shape = {"actual": values, "predicted": 100.0, "index": values, "in_sample": True}
    body = pd.DataFrame(shape | {"reason": None})
    names = names if names is not None else pd.Series(dtype=object)
    return IndexTable(body, "inside", "utgift", PanelMeta("t", label), entity, time, names)


@pytest.fixture
def make_table():
    """Build an index table from a mapping of kommune to its index in the years 2012, 2013, …."""

    def make(rows, **options):
        wide = pd.DataFrame.from_dict(rows, orient="index", dtype=float)
        wide.columns = range(2012, 2012 + wide.shape[1])
        return table_of(wide, **options)

    return make
