"""Files that are not what they should be, and tables that cannot be true."""

from __future__ import annotations

import contextlib
import io
import struct
import zipfile

import pytest
from files_layouts import (
    KOMMUNER,
    Fault,
    gront_hefte_2016,
    imdi_crosstable,
    imdi_download,
    number_of,
    ods_of,
    to_csv,
    to_ods,
    to_xls,
    to_xlsx,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from proba.errors import ProbaError, SourceError
from proba.sources.files import READERS, archive
from proba.sources.files.workbook import open_sheets

OPTIONS = {"value": "Verdi", "year": 2016}


def table(*extra, value=number_of, header=("Kommune", "Verdi")):
    return [list(header), *([f"{k} By", value(k)] for k in KOMMUNER), *map(list, extra)]


def read(content, name="fil.xlsx", **options):
    return READERS["tabell"](content, name, OPTIONS | options)


def refused(content, name="fil.xlsx", **options):
    with pytest.raises(SourceError) as caught:
        read(content, name, **options)
    assert name in caught.value.en
    assert name in caught.value.nb
    assert caught.value.en != caught.value.nb
    return caught.value.nb


# --- the file itself -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "filen er tom"),
        (b" \r\n ", "filen er tom"),
        (b"%PDF-1.7\n...", "er en PDF"),
        (b"<!DOCTYPE html><html><table><tr><td>0101</td></tr></table></html>", "nettside (HTML)"),
        (b"\xef\xbb\xbf\r\n<HTML><body>", "nettside (HTML)"),
        (b"<?xml version='1.0'?><Workbook/>", "er XML"),
        (b"PK\x03\x04junk", "skadet"),
        (b"PK\x05\x06" + b"\0" * 18, "zip-fil uten et regneark"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "kan ikke leses"),
        (b"\x00\x01\x02\x03", "verken et regneark eller tekst"),
        (b"\xff\xfe\x00", "verken et regneark eller tekst"),
        (b"\x81\x8d", "verken et regneark eller tekst"),
        (b"bare en linje uten kolonner", "fant ingen kolonner"),
        (b'knr;"verdi\r\n0101;5', "går ikke opp"),
        (b";;\r\n;;\r\n", "ingen av arkene"),
    ],
)
@pytest.mark.parametrize("name", ["tall.xls", "tall.csv"])
def test_not_a_table(content, said, name):
    assert said in refused(content, name)


def test_encrypted_workbooks():
    sealed = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    sealed += "EncryptedPackage".encode("utf-16-le")
    assert "låst med passord" in refused(sealed)
    assert "låst med passord" in refused(to_ods({"A": table()}, encrypted=True), "fil.ods")


def test_damaged_workbooks():
    good = to_xlsx({"A": table()})
    assert "skadet" in refused(good[: len(good) // 2])
    spoilt = bytearray(good)
    middle = len(good) // 2
    spoilt[middle : middle + 40] = b"\xff" * 40
    assert refused(bytes(spoilt))
    assert "skadet" in refused(ods_of("<a><b></a>"), "fil.ods")
    assert "skadet" in refused(ods_of("<!DOCTYPE x [<!ENTITY a 'b'>]><a>&a;</a>"), "fil.ods")


def test_declared_size_of_a_zip_bomb(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED", 2**20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"0" * 2**21)
    assert "2 MB utpakket" in refused(out.getvalue())


def test_a_zip_that_lies_about_its_size():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b"0" * 10_000)
    content = out.getvalue().replace(struct.pack("<I", 10_000), struct.pack("<I", 100))
    assert "skadet" in refused(content)


def test_stray_cell_far_away():
    rows = table()
    content = to_xlsx({"A": rows})
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        members = {n: given.read(n) for n in given.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    stray = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", stray)
    assert "rad 1048576, kolonne 16384" in refused(archive.repack(members))


def test_stray_cell_far_away_in_ods():
    content = to_ods({"A": table()})
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        xml = given.read("content.xml").decode()
    stray = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'office:value-type="float" office:value="1" table:number-columns-repeated="9000"/>'
        "</table:table-row></table:table>"
    )
    assert "går til rad" in refused(ods_of(xml.replace("</table:table>", stray)), "fil.ods")


def test_formatted_empty_cells_far_away_do_not_matter():
    content = to_xlsx({"A": table()})
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        members = {n: given.read(n) for n in given.namelist()}
    part = "xl/worksheets/sheet1.xml"
    empty = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    members[part] = members[part].replace(b"</sheetData>", empty)
    assert len(read(archive.repack(members)).frame) == len(KOMMUNER)


@pytest.mark.parametrize("target", ["/xl/worksheets/SHEET1.xml", "worksheets/sheet1.xml"])
def test_errors_are_found_however_the_sheet_is_named(target):
    content = to_xlsx({"A": table()}, errors={"A": {"B7": "#REF!"}})
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        members = {n: given.read(n) for n in given.namelist()}
    links = "xl/_rels/workbook.xml.rels"
    members[links] = members[links].replace(b"/xl/worksheets/sheet1.xml", target.encode())
    assert "celle B7" in refused(archive.repack(members))


def test_a_sheet_that_is_nowhere_is_an_error():
    with zipfile.ZipFile(io.BytesIO(to_xlsx({"A": table()}))) as given:
        members = {n: given.read(n) for n in given.namelist()}
    del members["xl/worksheets/sheet1.xml"]
    assert refused(archive.repack(members))


def test_prefixed_xml_is_read_the_same():
    content = to_xlsx({"A": table()}, errors={"A": {"B7": "#REF!"}})
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        members = {n: given.read(n) for n in given.namelist()}
    part = "xl/worksheets/sheet1.xml"
    text = members[part].decode()
    for tag in ("worksheet", "sheetData", "row", "c", "v", "f", "is", "t", "dimension"):
        text = text.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>")
        text = text.replace(f"</{tag}>", f"</x:{tag}>")
    members[part] = text.replace(" xmlns=", " xmlns:x=").encode()
    assert "celle B7" in refused(archive.repack(members))


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"0101;"])
)
def test_any_bytes_give_a_typed_error_or_sheets(content, start):
    with contextlib.suppress(ProbaError):
        open_sheets(start + content, "x")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 6000), st.integers(0, 255))
def test_one_byte_changed(position, byte):
    content = bytearray(SMALL)
    content[position % len(content)] = byte
    with contextlib.suppress(ProbaError):
        read(bytes(content), partial=True)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 6000), st.integers(0, 255), st.booleans())
def test_one_byte_changed_in_old_excel_and_ods(position, byte, old):
    content = bytearray(SMALL_XLS if old else SMALL_ODS)
    content[position % len(content)] = byte
    with contextlib.suppress(ProbaError):
        read(bytes(content), partial=True)


SMALL_XLS = to_xls([["Kommune", "Verdi"], ["0101 By", 1], ["0201 By", 2]])
SMALL_ODS = to_ods({"A": [["Kommune", "Verdi"], ["0101 By", 1], ["0201 By", 2]]})
SMALL = to_xlsx({"A": [["Kommune", "Verdi"], ["0101 By", 1], ["0201 By", 2]]})


# --- cells ---------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A"])
def test_excel_errors_name_the_cell(error):
    content = to_xlsx({"Kommune": table()}, errors={"Kommune": {"B17": error}})
    assert f"ark 'Kommune', celle B17: har feilen {error}" in refused(content)


def test_errors_in_ods():
    rows = table()
    rows[16][1] = Fault("#DIV/0!")
    assert "ark 'K', celle B17: har feilen #DIV/0!" in refused(to_ods({"K": rows}), "fil.ods")


def test_error_in_the_kommune_cell():
    content = to_xlsx({"A": table()}, errors={"A": {"A9": "#REF!"}})
    assert "celle A9" in refused(content)


def test_errors_outside_the_table_do_not_matter():
    rows = table(header=("Kommune", "Verdi", "Annet"))
    content = to_xlsx({"A": rows}, errors={"A": {"C17": "#REF!"}})
    assert len(read(content).frame) == len(KOMMUNER)


def test_formula_without_a_value():
    rows = table()
    rows[4][1] = "=1+1"
    assert "celle B5: formelen har ingen lagret verdi" in refused(to_xlsx({"A": rows}))


def test_text_that_is_no_number():
    rows = table()
    rows[4][1] = "ca. 12"
    assert "celle B5: 'ca. 12' er verken et tall" in refused(to_xlsx({"A": rows}))
    assert "linje 5, kolonne 2" in refused(to_csv(rows), "a.csv")
    seen = read(to_xlsx({"A": rows}), statuses=["ca. 12"])
    assert seen.frame["status"].dropna().tolist() == ["ca. 12"]


def test_both_decimal_marks():
    rows = table()
    rows[4][1], rows[5][1] = "1,5", "1.5"
    assert "både desimalkomma og desimalpunktum" in refused(to_csv(rows, separator="\t"))
    rows[4][1], rows[5][1] = "1.500", "2.500"
    assert "'decimal'" in refused(to_csv(rows, separator="\t"))
    seen = read(to_csv(rows, separator="\t"), decimal=",")
    assert seen.frame["value"].max() == 2500.0
    seen = read(to_csv(rows, separator="\t"), decimal=".")
    assert seen.frame["value"].iloc[3] == 1.5


def test_blank_cells_are_missing_never_zero():
    rows = table()
    rows[4][1] = None
    seen = read(to_xlsx({"A": rows}))
    assert seen.frame["value"].isna().sum() == 1
    assert seen.frame["status"].isna().all()
    assert any("en celle eller rad er tom: 1" in nb for _, nb in seen.notes)


def test_row_wider_than_the_header():
    text = "Kommune,Verdi\r\n" + "".join(f"{k},1,5\r\n" for k in KOMMUNER)
    assert "linje 2: flere celler enn overskriften" in refused(text.encode(), "a.csv")


def test_quotes_that_do_not_match():
    text = "Kommune;Verdi\r\n" + "".join(f"{k};1\r\n" for k in KOMMUNER) + '"0101;1\r\n'
    assert "går ikke opp" in refused(text.encode(), "a.csv")


def test_declared_separator_and_quoted_lines():
    lines = "".join(f'"{k}\nBy";1\r\n' for k in KOMMUNER[:-1])
    text = "sep=;\r\nKommune;Verdi\r\n" + lines + f"{KOMMUNER[-1]};abc\r\n"
    assert f"linje {2 * len(KOMMUNER) + 1}, kolonne 2" in refused(text.encode(), "a.csv")


# --- tables --------------------------------------------------------------------------------


def test_kommune_alone_in_its_row_is_missing_not_dropped():
    rows = table(["0101 By", None])
    rows[4][1] = None
    rows[60:60] = [["2016"]]
    seen = read(to_xlsx({"A": rows}))
    assert tuple(seen.frame["kommune"]) == KOMMUNER
    assert seen.frame["value"].isna().sum() == 1


def test_partial_files_say_that_totals_are_not_compared():
    seen = read(to_xlsx({"A": table(["Hele landet", 1])}), partial=True, additive=True)
    assert any("Summer er ikke sammenlignet" in nb for _, nb in seen.notes)


def test_same_kommune_twice():
    seen = read(to_xlsx({"A": table(["0101 By", number_of("0101")])}))
    assert len(seen.frame) == len(KOMMUNER)
    said = refused(to_xlsx({"A": table(["0101 By", 9999])}))
    assert f"ark 'A', rad {len(KOMMUNER) + 2}: 0101 By står en gang til i 2016" in said
    assert "ark 'A', rad 2 har" in said


def test_totals_that_do_not_add_up():
    total = sum(map(number_of, KOMMUNER))
    content = to_xlsx({"A": table(["Hele landet", total])})
    assert any("1 summer" in nb for _, nb in read(content, additive=True).notes)
    content = to_xlsx({"A": table(["Hele landet", total + 1])})
    said = refused(content, additive=True)
    assert f"celle B{len(KOMMUNER) + 2}: 'Hele landet' i 2016, kolonne 'Verdi'" in said
    assert "forskjell 1" in said
    assert len(read(content).frame) == len(KOMMUNER)


def test_totals_with_suppressed_and_unplaced():
    total = sum(map(number_of, KOMMUNER[2:]))
    rows = table(["9999 Uoppgitt", 3], ["Hele landet", total + 10])
    rows[1][1], rows[2][1] = "<5", "< 5"
    seen = read(to_xlsx({"A": rows}), additive=True)
    assert any("1 er høyere med inntil 10" in nb for _, nb in seen.notes)
    rows[-1][1] = total + 12
    assert "forskjell 12" in refused(to_xlsx({"A": rows}), additive=True)
    rows[1][1] = ":"
    read(to_xlsx({"A": rows}), additive=True)
    rows[-1][1] = total - 1
    assert "forskjell -1" in refused(to_xlsx({"A": rows}), additive=True)


def test_fylke_total_that_does_not_add_up():
    rows = imdi_crosstable()
    rows[5][4] += 2
    with pytest.raises(SourceError) as caught:
        READERS["imdi_bosetting"](to_xlsx({"B": rows}), "b.xlsx", {})
    assert "ark 'B', celle E6: '01 Østfold' i 2016, kolonne '2016 / Bosatt'" in caught.value.nb


def test_rounded_totals():
    rows = table(value=lambda k: round(number_of(k) / 7, 1))
    total = round(sum(number_of(k) / 7 for k in KOMMUNER), 1)
    assert read(to_xlsx({"A": [*rows, ["Hele landet", total]]}), additive=True)
    assert refused(to_xlsx({"A": [*rows, ["Hele landet", total + 50]]}), additive=True)


def test_too_few_kommuner():
    content = to_xlsx({"A": table()[:100]})
    assert "bare 99 kommuner i 2016" in refused(content)
    assert len(read(content, partial=True).frame) == 99


def test_no_kommuner_at_all():
    content = to_xlsx({"A": [["Land", "Verdi"], ["Norge", 1], ["Sverige", 2]]})
    assert "ingen kolonne med kommunenumre" in refused(content)
    assert "overskriften 'Enhet'" in refused(to_xlsx({"A": table()}), kommune="Enhet")


def test_sheets_are_chosen_by_content():
    sheets = {"Om": [["Tekst"]], "Data": table(), "Tom": []}
    assert read(to_xlsx(sheets)).origin == "fil.xlsx, ark 'Data'"
    sheets = {"A": table(), "B": table()}
    assert "flere ark kan være ment ('A', 'B'); oppgi valget 'sheet'" in refused(to_xlsx(sheets))
    assert read(to_xlsx(sheets), sheet="b").origin == "fil.xlsx, ark 'B'"
    assert read(to_xlsx(sheets, hidden=["A"])).origin == "fil.xlsx, ark 'B'"
    assert "arkene er 'A', 'B'" in refused(to_xlsx(sheets), sheet="C")
    sheets = {"A": [["x", "y"]], "B": table(header=("Kommune", "Tall"))}
    assert "ingen av arkene passer" in refused(to_xlsx(sheets))


def test_header_repeated_on_later_pages():
    rows = table()
    rows[50:50] = [[], ["Tabellen fortsetter"], ["Kommune", "Verdi"]]
    assert any("Gjentatte overskriftsrader: 1" in nb for _, nb in read(to_xlsx({"A": rows})).notes)
    rows = [[*row, 1] for row in table()]
    rows[0][2] = "Annet"
    rows[50:50] = [["Kommune", "Annet", "Verdi"]]
    assert "celle B51: overskriften gjentas her" in refused(to_xlsx({"A": rows}))


def test_rows_without_an_area():
    rows = table(["Diverse", 5])
    assert any(
        f"uten lesbart område, utelatt: 1 (rad {len(KOMMUNER) + 2})" in nb
        for _, nb in read(to_xlsx({"A": rows})).notes
    )
    rows = table(*(["Diverse", 5] for _ in range(60)))
    assert "har tall, men ikke kommunenummer" in refused(to_xlsx({"A": rows}))


@pytest.mark.parametrize("above", range(4))
@pytest.mark.parametrize("left", range(3))
def test_the_table_may_stand_anywhere(above, left):
    titles = [["Overskrift"], [], ["Kilde: et direktorat, 2016"]][:above]
    rows = [[None] * left + row for row in [*titles, *table(["1) En fotnote"])]]
    for content in (to_xlsx({"A": rows}), to_ods({"A": rows})):
        seen = read(content)
        assert len(seen.frame) == len(KOMMUNER)
        assert seen.frame["value"].iloc[0] == number_of("0101")


@pytest.mark.parametrize(
    "form",
    [
        "{k}",
        "{n}",
        "{k} By",
        "{n} By",
        "K-{k}",
        "By ({k})",
        "By (K-{k})",
        "{k}\u00a0By",
        "{k} - By",
    ],
)
def test_forms_of_the_kommune_cell(form):
    rows = [["Region", "Verdi"], *([form.format(k=k, n=int(k)), 1] for k in KOMMUNER)]
    assert tuple(read(to_csv(rows, separator="\t")).frame["kommune"]) == KOMMUNER


def test_old_excel():
    rows = [["Kommune", "Verdi"], *([int(k), number_of(k)] for k in KOMMUNER)]
    seen = read(to_xls(rows), "gammel.xls")
    assert seen.origin == "gammel.xls, ark 'Data'"
    assert tuple(seen.frame["kommune"]) == KOMMUNER
    assert read(to_xls(rows), "feil navn.csv").origin.startswith("feil navn.csv")


def test_title_of_another_year():
    rows = [["Tabell for 2014"], *table()]
    assert "tittelen nevner 2014, katalogen sier 2016" in refused(to_xlsx({"A": rows}))
    read(to_xlsx({"A": rows}), title_year=2014)
    sheets, merges = gront_hefte_2016()
    with pytest.raises(SourceError, match="title_year"):
        READERS["gront_hefte"](
            to_xlsx(sheets, merges=merges), "g.xlsx", {"column": "Opphopningsindeks", "year": 2012}
        )


def test_year_column_with_no_year():
    rows = [["knr", "aar", "Verdi"], *([k, 2016, 1] for k in KOMMUNER)]
    rows[9][1] = "x"
    assert "celle B10: 'x' er ikke et årstall" in refused(to_xlsx({"A": rows}), year="aar")


def test_control_characters_do_not_reach_the_message():
    rows = table()
    rows[4][1] = "\u202eabc" + "y" * 300
    said = refused(to_csv(rows, separator="\t"), "a\x1b[31m.csv".replace("\x1b", ""))
    assert "\u202e" not in said
    assert len(said) < 400


def test_imdi_without_values_asked_for():
    content = to_csv(imdi_download([2015]))
    with pytest.raises(SourceError, match="no kommune has a row"):
        READERS["imdi_bosetting"](content, "a.csv", {"years": [2012]})
