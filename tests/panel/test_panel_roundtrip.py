import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proba.panel import make_panel, read_panel

number = st.one_of(st.none(), st.floats(-1e12, 1e12), st.integers(-(10**6), 10**6).map(float))
name = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
key = st.tuples(st.integers(0, 9999).map("{:04d}".format), st.integers(1990, 2030))
row = st.tuples(key, number, name)
panels = st.lists(row, min_size=1, max_size=12, unique_by=lambda r: r[0])


@pytest.mark.parametrize(("decimal", "separator"), [(".", ","), (".", "\t"), (",", ";")])
@settings(max_examples=40, deadline=None)
@given(drawn=panels)
def test_any_panel_survives_a_csv(decimal, separator, drawn):
    frame = pd.DataFrame(
        [(*keys, value, text) for keys, value, text in drawn],
        columns=["kommune", "aar", "netto_driftsutgifter", "kommunenavn"],
    ).astype({"netto_driftsutgifter": "float64"})
    panel = make_panel(frame, label="Merke")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "p.csv"
        panel.to_csv_frame().to_csv(file, index=False, sep=separator, decimal=decimal)
        again = read_panel(file, decimal=decimal)
    assert again.meta.label == "Merke"
    assert again.frame.index.tolist() == panel.frame.index.tolist()
    pd.testing.assert_series_equal(
        again.frame["netto_driftsutgifter"], panel.frame["netto_driftsutgifter"]
    )
    assert again.frame["kommunenavn"].tolist() == panel.frame["kommunenavn"].tolist()
