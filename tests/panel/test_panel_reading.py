import hashlib

import numpy as np
import pytest

from proba.errors import PanelError
from proba.panel import load_panel, read_panel

H = "kommune;aar;ufore_18_49\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(read_csv, separator, end):
    lines = ["kommune,aar,ufore_18_49", "0102,2012,3", "0101,2012,2.5"]
    panel = read_csv(end.join(lines).replace(",", separator))
    assert panel.frame["ufore_18_49"].tolist() == [2.5, 3.0]
    assert panel.entities == ("0101", "0102")


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + H + "0101;2012;2.5\n",
        H + "0101;2012;2.5",  # no last line end
        "\n\n" + H + "0101;2012;2.5\n",
        H + "0101;2012;2.5\n\n\n",
        H + "0101;2012;2.5\n;;\n ; ; \n",  # empty rows from Excel
        "kommune;aar;ufore_18_49;;\n0101;2012;2.5;;\n",  # empty columns from Excel
        "kommune;aar;ufore_18_49;\n0101;2012;2.5;\n",
        H + "0101;2012;2.5;;;\n",  # only the row is padded
        '"kommune";"aar";"ufore_18_49"\n"0101";"2012";"2.5"\n',
        " kommune ; aar ;ufore_18_49\u00a0\n 0101 ; 2012 ; 2.5 \n",
    ],
)
def test_what_spreadsheets_leave_around_a_table_does_no_harm(read_csv, content):
    panel = read_csv(content)
    assert panel.frame.to_dict("list") == {"ufore_18_49": [2.5]}
    assert panel.frame.index.tolist() == [("0101", 2012)]


def test_quoted_cells(read_csv):
    panel = read_csv('kommune,aar,kommunenavn\n0426,2012,"Våler, i ""Solør"""\n')
    assert panel.frame["kommunenavn"].tolist() == ['Våler, i "Solør"']


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009"])
def test_norwegian_numbers(read_csv, space):
    content = f"kommune;aar;folketall;x\n0101;2012;1{space}234{space}567;\u22122,5\n"
    panel = read_csv(content, decimal=",")
    assert panel.frame.iloc[0].tolist() == [1234567.0, -2.5]


def test_missing_cells(read_csv):
    panel = read_csv(H + "0101;2012;\n0102;2012;NA\n0103;2012;nan\n0104;2012; \n0105;2012;2\n")
    assert panel.frame["ufore_18_49"].isna().tolist() == [True] * 4 + [False]


def test_a_column_without_a_value_is_missing_numbers(read_csv):
    assert read_csv(H + "0101;2012;\n").frame["ufore_18_49"].dtype == np.float64


@pytest.mark.parametrize(
    ("cell", "decimal", "hint"),
    [
        ("2,5", ".", "--decimal komma"),
        ("1 234", ".", "--decimal komma"),
        ("2.5", ",", "--decimal punktum"),
        ("1.234,5", ",", "ikke et tall"),
        ("2 5", ",", "rett cellen"),  # 25, or 2,5 mistyped?
        (".", ".", "la en manglende verdi stå tom"),
        ("..", ",", "la en manglende verdi stå tom"),
        (":", ".", "la en manglende verdi stå tom"),
        ("to", ".", "rett cellen"),
        ("2 %", ".", "ta bort prosenttegnet"),
        ("=1+1", ".", "rett cellen"),
        ("0x10", ".", "rett cellen"),
    ],
)
def test_text_where_a_number_belongs_names_the_cell(csv_error, cell, decimal, hint):
    error = csv_error(H + f"0101;2012;2\n0104;2013;{cell}\n", decimal=decimal)
    assert error.nb.startswith("fil.csv: 'ufore_18_49' er ikke et tall")
    assert f"(kommune 0104, aar 2013: {cell})" in error.nb
    assert hint in error.nb


def test_only_the_cells_at_fault_are_named(csv_error):
    error = csv_error(H + "0101;2012;2,5\n0102;2012;.\n", decimal=",")
    assert "0102" in error.nb
    assert "0101" not in error.nb


def test_a_decimal_comma_is_never_a_thousands_comma(csv_error):
    assert "1,234" in csv_error('kommune,aar,folketall\n0101,2012,"1,234"\n').nb


def test_many_faults_are_counted_and_long_cells_cut(csv_error):
    rows = "".join(f"0{k};2012;{'x' * 500}\n" for k in range(101, 111))
    error = csv_error(H + rows)
    assert "og 7 til" in error.nb
    assert "and 7 more" in error.en
    assert len(error.nb) < 400


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("", ["tom"]),
        ("\ufeff", ["tom"]),
        ("\n\n ; \n", ["tom"]),
        (H, ["ingen rader"]),
        ("kommune;aar;x;x\n0101;2012;1;2\n", ["'x'", "mer enn én gang"]),
        ("kommune;aar;\n0101;2012;7\n", ["kolonne 3", "navn"]),
        ("Tabell 1;;\nkommune;aar;x\n", ["kolonne 2", "første raden"]),
        (H + "0101;2012\n", ["linje 2", "2 celler", "har 3"]),
        (H + "\n0101;2012;2;5\n", ["linje 3", "4 celler"]),
        ("kommune,aar,x\n0101,2012,2,5\n", ["linje 2", "semikolon"]),
        ('kommune,aar,x\n0101,2012,"2.5\n0102,2012,2\n', ["linje 3", "anførselstegnene"]),
        ('kommune,aar,x\n0101,2012,"' + "a," * 70_000 + '"\n', ["linje 2"]),
        (H + "0101;2012;2\n" + H, ["'aar'", "rad 2", "'aar'"]),
        ("nr;aar;x\n0101;2012;2\n", ["'kommune' mangler", "fant nr, aar, x"]),
        (
            "Kommune;År;x\n0101;2012;2\n",
            ["'kommune' mangler", "fant Kommune, År, x; gi 'Kommune' det navnet"],
        ),
    ],
)
def test_malformed_files_say_where(csv_error, content, parts):
    text = csv_error(content).nb
    assert text.startswith("fil.csv: ")
    assert all(part in text for part in parts), text


def test_lines_are_counted_as_an_editor_does(csv_error):
    error = csv_error('kommune,aar,kommunenavn\n\n0101,2012,"a\nb"\n0102,2012\n')
    assert "linje 5" in error.nb


def test_cp1252_needs_to_be_told(read_csv, csv_error):
    content = "kommune;aar;kommunenavn\n0821;2012;Bø\n".encode("cp1252")
    assert "--encoding cp1252" in csv_error(content).nb
    assert read_csv(content, encoding="cp1252").frame["kommunenavn"].tolist() == ["Bø"]


def test_unicode_text_from_excel_needs_to_be_told(read_csv, csv_error):
    content = "kommune\taar\tkommunenavn\n0821\t2012\tBø\n".encode("utf-16")
    assert "--encoding utf-16" in csv_error(content).nb
    assert read_csv(content, encoding="utf-16").frame["kommunenavn"].tolist() == ["Bø"]


@pytest.mark.parametrize("encoding", ["tull", "", "hex"])
def test_unknown_encodings(csv_error, encoding):
    assert "tegnsettet" in csv_error(H + "0101;2012;2\n", encoding=encoding).nb


@pytest.mark.parametrize("name", ["a.xls", "a.ods", "a"])
def test_unknown_kinds_of_files(read_csv, name):
    with pytest.raises(PanelError, match=r"unknown file type.*\.xlsx"):
        read_csv("x", name=name)


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(PanelError, match=r"nei\.csv: no such file"):
        read_panel(tmp_path / "nei.csv")
    with pytest.raises(PanelError, match="is a folder"):
        read_panel(tmp_path)


def test_the_decimal_mark_must_be_one_of_two(read_csv):
    with pytest.raises(PanelError, match="decimal must be"):
        read_csv(H + "0101;2012;2\n", decimal=";")


def test_the_file_is_identified(read_csv):
    content = H + "0101;2012;2.5\n"
    meta = read_csv(content).meta
    assert meta.name == "fil.csv"
    assert meta.sha256 == hashlib.sha256(content.encode()).hexdigest()


def test_the_embedded_panel():
    panel = load_panel("kalibrert")
    assert len(panel.frame) == 424 * 5
    assert panel.is_balanced
    assert panel.years == (2012, 2013, 2014, 2015, 2016)
    assert int(panel.frame["estimeringsutvalg"].sum()) == 1935
    assert panel.meta.label_text("nb") == "Kalibrert syntetisk panel"
    assert panel.meta.label_text("en") == "Calibrated synthetic panel"
    with pytest.raises(PanelError, match="known: kalibrert"):
        load_panel("nei")


def test_excels_separator_line_is_heeded(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text('sep=;\nkommune;aar;x\n0101;2012;"1,5"\n', encoding="utf-8")
    assert read_panel(file, decimal=",").frame["x"].tolist() == [1.5]


def test_small_shares_must_name_a_percent_column(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("kommune,aar,ufore_18_49\n0101,2012,0.5\n", encoding="utf-8")
    assert len(read_panel(file, small_shares=["ufore_18_49"]).frame) == 1
    with pytest.raises(PanelError, match=r"'ufore', .*those are ufore_18_49"):
        read_panel(file, small_shares=["ufore"])
