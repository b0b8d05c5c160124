from proba._table import TextTable, printable
from proba.errors import (
    DesignError,
    IndexingError,
    PanelError,
    ProbaError,
    PublishedError,
    SpecError,
)

HOSTILE = "<script>alert('x')</script>&"


def table(**changes):
    parts = {"title": "Tittel", "header": ("Navn", "Tall"), "rows": (("Bø", "1"), ("Å", "22"))}
    return TextTable(**(parts | changes))


def test_columns_line_up_and_the_label_stands_first():
    lines = table(label="Merke", notes=("note",)).to_text().splitlines()
    assert lines[0] == "[Merke]"
    assert lines[1] == "Tittel"
    assert lines[3] == "Navn  Tall"
    assert lines[5:7] == ["Bø       1", "Å       22"]
    assert lines[-1] == "note"


def test_without_label_there_is_none():
    assert not table().to_text().startswith("[")
    assert "<strong>" not in table().to_html()


def test_every_text_is_escaped_in_html():
    html = table(
        title=HOSTILE,
        header=(HOSTILE, "b"),
        rows=((HOSTILE, "1"),),
        notes=(HOSTILE,),
        label=HOSTILE,
    ).to_html()
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 5


def test_control_characters_cannot_reach_the_terminal():
    hostile = "a\nb\x1b[31m\u202ec\x07"
    text = table(title=hostile, rows=((hostile, "1"),), notes=(hostile,), label=hostile).to_text()
    assert not set("\x1b\x07\u202e") & set(text)
    assert len(text.splitlines()) == 8
    assert printable("1\u202f935\u00a0æ−–") == "1\u202f935\u00a0æ−–"


def test_a_table_without_rows_prints():
    assert "Navn" in table(rows=()).to_text()
    assert "<tbody></tbody>" in table(rows=()).to_html()


def test_combining_marks_take_no_room():
    lines = table(rows=(("e\u0301", "1"), ("ee", "1"))).to_text().splitlines()
    assert len(lines[4]) == len(lines[5]) + 1


def test_errors_speak_both_languages_and_survive_pickling():
    import pickle

    for kind in (PanelError, SpecError, DesignError, IndexingError, PublishedError):
        error = kind("wrong.", "galt.")
        assert isinstance(error, ProbaError)
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), str(copy), copy.text(), copy.text("en")) == (
            kind,
            "wrong.",
            "galt.",
            "wrong.",
        )
    assert ProbaError("only").text("nb") == "only"
