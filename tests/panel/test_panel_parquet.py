from decimal import Decimal

import pandas as pd
import pytest

from proba.errors import PanelError
from proba.panel import read_panel

BASE = pd.DataFrame({"kommune": ["0101", "0102"], "aar": [2012, 2012], "ufore_18_49": [2.5, 3.0]})


@pytest.fixture
def read(tmp_path):
    def read_parquet(frame, **options):
        file = tmp_path / "fil.parquet"
        frame.to_parquet(file)
        return read_panel(file, **options)

    return read_parquet


@pytest.mark.parametrize(
    "frame",
    [
        BASE,
        BASE.set_index(["kommune", "aar"]),
        BASE.set_index("aar"),
        BASE.astype({"kommune": "category", "aar": "category", "ufore_18_49": "category"}),
        BASE.astype({"kommune": "string[pyarrow]", "ufore_18_49": "double[pyarrow]"}),
        BASE.astype({"aar": "Int64", "ufore_18_49": "Float64"}),
        BASE.assign(ufore_18_49=[Decimal("2.5"), Decimal(3)]),
        BASE.assign(aar=["2012", "2012"]),
        BASE.assign(aar=[2012.0, 2012.0]),
    ],
    ids=[
        "plain",
        "index",
        "half-index",
        "category",
        "arrow",
        "nullable",
        "decimal",
        "text",
        "float",
    ],
)
def test_types_a_parquet_file_can_hold(read, frame):
    panel = read(frame)
    assert panel.frame["ufore_18_49"].astype(float).tolist() == [2.5, 3.0]
    assert panel.frame.index.tolist() == [("0101", 2012), ("0102", 2012)]


def test_nullable_numbers_with_missing_values(read):
    for values in (pd.array([2, None], dtype="Int64"), pd.array([2.0, None], dtype="Float64")):
        panel = read(BASE.assign(ufore_18_49=values))
        assert panel.frame["ufore_18_49"].isna().tolist() == [False, True]


def test_text_with_decimal_commas(read):
    frame = BASE.assign(ufore_18_49=["2,5", "3"])
    assert read(frame, decimal=",").frame["ufore_18_49"].tolist() == [2.5, 3.0]
    with pytest.raises(PanelError, match="kommune 0101, aar 2012: 2,5"):
        read(frame)


def test_lost_zeros_and_missing_years(read):
    with pytest.raises(PanelError, match=r"'101'.*'0101'"):
        read(BASE.assign(kommune=[101, 102]))
    with pytest.raises(PanelError, match="'aar' is empty in row 2"):
        read(BASE.assign(aar=pd.array([2012, None], dtype="Int64")))


@pytest.mark.parametrize("column", ["aar", "ufore_18_49"])
def test_dates_are_not_numbers(read, column):
    with pytest.raises(PanelError, match=column):
        read(BASE.assign(**{column: pd.to_datetime(["2012-01-01"] * 2)}))
