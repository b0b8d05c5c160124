import pandas as pd
import pytest

from proba.errors import PanelError
from proba.panel import LABEL_COLUMN, load_panel, make_panel, read_panel

FRAME = pd.DataFrame(
    {"kommune": ["0104", "0101", "0101"], "aar": [2012, 2013, 2012], "x": [3.0, 2.0, 1.0]}
)


def test_rows_are_sorted_and_keys_become_the_index():
    panel = make_panel(FRAME)
    assert panel.frame.index.names == ["kommune", "aar"]
    assert panel.frame["x"].tolist() == [1.0, 2.0, 3.0]
    assert panel.entities == ("0101", "0104")
    assert not panel.is_balanced
    assert make_panel(FRAME.iloc[1:]).is_balanced


@pytest.mark.parametrize(
    "frame",
    [
        FRAME.set_index(["kommune", "aar"]),
        FRAME.set_index(["aar", "kommune"]),
        FRAME.set_index("kommune"),
        FRAME.set_index(["kommune", "aar"], drop=False),
        FRAME.set_axis([7, 7, 7]),
    ],
    ids=["index", "swapped", "half", "both", "repeated labels"],
)
def test_keys_in_the_index_or_the_columns(frame):
    pd.testing.assert_frame_equal(make_panel(frame).frame, make_panel(FRAME).frame)


def test_the_frame_given_is_not_changed():
    before = FRAME.copy()
    make_panel(FRAME)
    pd.testing.assert_frame_equal(FRAME, before)


def test_select_keeps_the_label():
    panel = make_panel(FRAME, label="Merke").select(entities=["0101"], years=[2012])
    assert panel.frame["x"].tolist() == [1.0]
    assert panel.meta.label == "Merke"


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"entities": ["0101", "9999"]}, "kommune 9999 is not in the panel"),
        ({"years": [1999]}, "aar 1999 is not in the panel"),
        ({"years": []}, "no row is left"),
        ({"entities": ["0104"], "years": [2013]}, "no row is left"),
    ],
)
def test_select_of_what_is_not_there(choice, message):
    with pytest.raises(PanelError, match=message):
        make_panel(FRAME).select(**choice)


@pytest.mark.parametrize(
    ("marks", "label"),
    [
        (["M", "M", "M"], "M"),
        (["M", None, " "], "M"),
        ([None, "", " "], None),
        (["M\n\x1b[31m"] * 3, "M  [31m"),
    ],
)
def test_the_label_column(marks, label):
    panel = make_panel(FRAME.assign(**{LABEL_COLUMN: marks}))
    assert panel.meta.label == label
    assert LABEL_COLUMN not in panel.frame.columns


def test_a_panel_has_one_label():
    with pytest.raises(PanelError, match=r"different labels \(a, b\)"):
        make_panel(FRAME.assign(merke=["a", "b", "a"]))
    assert make_panel(FRAME.assign(merke=["a", "b", "a"][0]), label="eget").meta.label == "eget"


def write_csv(frame, file):
    frame.to_csv(file, index=False)


def write_excel(frame, file):
    frame.to_excel(file, index=False)


def write_parquet(frame, file):
    frame.to_parquet(file)


@pytest.mark.parametrize(
    ("name", "write"), [("a.csv", write_csv), ("a.xlsx", write_excel), ("a.parquet", write_parquet)]
)
def test_values_and_label_survive_every_kind_of_file(tmp_path, name, write):
    panel = load_panel().select(years=[2012, 2016])
    for _ in range(2):
        write(panel.to_csv_frame(), tmp_path / name)
        again = read_panel(tmp_path / name)
        assert again.meta.label == "Kalibrert syntetisk panel"
        pd.testing.assert_frame_equal(again.frame, panel.frame, check_dtype=False)
        panel = again


def test_the_panel_describes_itself():
    text = repr(make_panel(FRAME, name="min.csv", label="Merke"))
    assert all(word in text for word in ("min.csv", "Merke", "3 rows", "2 kommune", "unbalanced"))
    html = make_panel(FRAME.assign(kommunenavn="<script>"), label="<b>x")._repr_html_()
    assert "<script>" not in html
    assert "&lt;b&gt;x" in html
