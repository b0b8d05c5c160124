from datetime import datetime

import pytest

from proba.errors import PanelError
from proba.panel import read_panel

H = ["kommune", "aar", "ufore_18_49"]


def test_numbers_and_text_numbers(read_xlsx):
    panel = read_xlsx([H, ["0101", 2012, "2,5"], ["0102", "2012", 3.5]], decimal=",")
    assert panel.frame["ufore_18_49"].tolist() == [2.5, 3.5]
    with pytest.raises(PanelError, match=r"kommune 0101, aar 2012: 2,5"):
        read_xlsx([H, ["0101", 2012, "2,5"], ["0102", 2012, 3.5]])


def test_kommune_as_number(read_xlsx):
    rows = [H, [104, 2012, 2.5], [1103, 2012.0, 3]]
    with pytest.raises(PanelError, match=r"'104'.*leading zero.*'0104'.*--pad-kommune"):
        read_xlsx(rows)
    assert read_xlsx(rows, pad_kommune=True).entities == ("0104", "1103")


def test_a_named_sheet(read_xlsx):
    data = [H, ["0101", 2012, 2.5]]
    assert len(read_xlsx([["notat"]], more={"Data": data}, sheet="Data").frame) == 1
    assert len(read_xlsx([["notat"]], more={"Data": data}, sheet=1).frame) == 1
    with pytest.raises(PanelError, match=r"no sheet 'Nei'; the sheets are .*Data"):
        read_xlsx([["notat"]], more={"Data": data}, sheet="Nei")


def test_empty_rows_and_columns_are_dropped(read_xlsx):
    rows = [
        [None],
        [*H, None, None],
        ["0101", 2012, 2.5, None, None],
        [None] * 5,
        ["0102", 2012, None, None, " "],
        ["  ", None, None],
    ]
    panel = read_xlsx(rows)
    assert panel.frame.index.tolist() == [("0101", 2012), ("0102", 2012)]
    assert list(panel.frame.columns) == ["ufore_18_49"]


def test_columns_without_name_and_repeated_columns(read_xlsx):
    with pytest.raises(PanelError, match="column 4 has values but no name"):
        read_xlsx([[*H, None], ["0101", 2012, 2.5, 7]])
    with pytest.raises(PanelError, match="'aar' stands more than once"):
        read_xlsx([[*H, "aar"], ["0101", 2012, 2.5, 2013]])


def test_numbers_excel_made_dates(read_xlsx):
    with pytest.raises(PanelError) as caught:
        read_xlsx([H, ["0101", 2012, datetime(2012, 5, 1)], ["0102", 2012, 2.5]])
    assert "kommune 0101, aar 2012" in caught.value.nb
    assert "dato" in caught.value.nb
    with pytest.raises(PanelError, match=r"'aar' in row 1 .*not a whole year"):
        read_xlsx([H, ["0101", datetime(2012, 1, 1), 2.5]])


def test_a_formula_never_calculated_is_not_taken_for_missing(read_xlsx):
    with pytest.raises(PanelError, match="formula in cell C2 has no stored value"):
        read_xlsx([H, ["0101", 2012, "=1+1"], ["0102", 2012, 2.5]])


def test_an_excel_error_is_not_taken_for_missing(read_xlsx):
    with pytest.raises(PanelError, match=r"kommune 0101, aar 2012: #DIV/0!"):
        read_xlsx([H, ["0101", 2012, "#DIV/0!"], ["0102", 2012, 2.5]])


@pytest.mark.parametrize(("rows", "message"), [([], "empty"), ([H], "no rows")])
def test_empty_sheets(read_xlsx, rows, message):
    with pytest.raises(PanelError, match=message):
        read_xlsx(rows)


@pytest.mark.parametrize("name", ["a.xlsx", "a.xlsm", "a.parquet", "a.pq"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 tull", b"PAR1"])
def test_damaged_files(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(PanelError, match=f"{name}: cannot be read") as caught:
        read_panel(file)
    assert len(caught.value.nb.splitlines()) == 1
