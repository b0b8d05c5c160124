import numpy as np
import pandas as pd
import pytest

from proba.errors import PanelError
from proba.panel import (
    SIZE_BOUNDS,
    SIZE_CLASS,
    make_panel,
    size_classes,
    urbanity,
    with_size_classes,
)


def test_urbanity_is_population_to_the_power():
    values = urbanity(pd.Series([0, 1, 5000, None], dtype="Int64"))
    assert values[1] == 1.0
    assert values[2] == pytest.approx(5000**1.2)
    assert np.isnan(values[3])


@pytest.mark.parametrize(
    ("population", "name"),
    [
        (0, "0-1999"),
        (1999, "0-1999"),
        (2000, "2000-2999"),
        (9999, "5000-9999"),
        (10_000, "10000-19999"),
        (99_999, "50000-99999"),
        (100_000, "100000+"),
        (650_000, "100000+"),
    ],
)
def test_size_classes_at_their_bounds(population, name):
    assert size_classes(pd.Series([population])).tolist() == [name]


def test_a_missing_population_has_no_class():
    assert size_classes(pd.Series([np.nan, 500.0])).tolist() == [None, "0-1999"]


@pytest.mark.parametrize("bounds", [(), (3, 2), (2, 2)])
def test_bounds_must_ascend(bounds):
    with pytest.raises(PanelError, match="must ascend"):
        size_classes(pd.Series([1]), bounds)
    assert len(SIZE_BOUNDS) == 7


def test_a_kommune_keeps_the_class_of_its_last_year():
    frame = pd.DataFrame(
        {"kommune": ["0101"] * 2 + ["0104"] * 2, "aar": [2012, 2013] * 2}
        | {"folketall": [1990.0, 2010.0, 3000.0, np.nan]}
    )
    panel = with_size_classes(make_panel(frame, label="M"))
    assert panel.frame[SIZE_CLASS].tolist() == ["2000-2999"] * 2 + ["3000-4999"] * 2
    assert panel.meta.label == "M"


def test_size_classes_need_a_population():
    panel = make_panel(pd.DataFrame({"kommune": ["0101"], "aar": [2012]}))
    with pytest.raises(PanelError, match="'folketall'"):
        with_size_classes(panel)
