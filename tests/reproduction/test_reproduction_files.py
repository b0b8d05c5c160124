import csv
import json

import pytest

from proba.reproduction import files as files_module
from proba.reproduction import index_csv, write_index_csv, write_reproduction

CSVS = ("vedlegg1.csv", "vedlegg2.csv", "tabell_6_1.csv")
LABEL = "Kalibrert syntetisk panel"


@pytest.fixture(scope="module")
def folder(embedded, tmp_path_factory):
    out = tmp_path_factory.mktemp("ut") / "ny" / "mappe"
    write_reproduction(embedded, out)
    return out


def read(file):
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


def refuse_constant(text):
    raise AssertionError(f"{text} is not JSON")


def test_the_files(folder):
    names = {p.name for p in folder.iterdir()}
    assert names == {*CSVS, *(f"{c}-metadata.json" for c in CSVS), "reproduction.json"}


def test_vedlegg_1(folder, embedded):
    header, *rows = read(folder / "vedlegg1.csv")
    assert ",".join(header) == "name,coef,se,printed_coef,printed_se,verdict"
    assert [r[0] for r in rows] == [f.name for f in embedded.coefficients]
    assert [float(r[1]) for r in rows] == [f.value for f in embedded.coefficients]
    assert [float(r[2]) for r in rows] == [f.value for f in embedded.std_errors]
    assert dict(zip(header, rows[0], strict=True))["printed_coef"] == "-2.45"
    assert {r[5] for r in rows} == {"ok"}
    assert next(r[4] for r in rows if r[0] == "gjennomfort_vgs") == "0.029"


def test_vedlegg_2(folder):
    header, *rows = read(folder / "vedlegg2.csv")
    assert ",".join(header) == "kommunenr,kommune,2012,2013,2014,2015,2016"
    assert len(rows) == 424
    assert all(len(r[0]) == 4 and all(c.isdigit() for c in r[2:]) for r in rows)
    assert rows[0][:3] == ["0101", "Halden", "104"]


def test_tabell_6_1(folder):
    header, *rows = read(folder / "tabell_6_1.csv")
    assert header[:7] == ["kommunenr", "kommune", "2012", "2013", "2014", "2015", "2016"]
    assert header[-1] == "verdict"
    assert len(rows) == 9
    assert {r[-1] for r in rows} == {"ok"}


def test_the_json(folder):
    text = (folder / "reproduction.json").read_text(encoding="utf-8")
    data = json.loads(text, parse_constant=refuse_constant)
    assert data["label"] == LABEL
    assert data["holds"] is True
    assert data["counts"]["vedlegg2"] == {"equal": 2120, "of": 2120}
    assert data["nobs"]["value"] == 1935
    assert data["vedlegg2"] == []
    assert data["errata"][0]["text"]
    assert data["std_errors_by_assumption"].keys() == {c["name"] for c in data["coefficients"]}


@pytest.mark.parametrize("name", CSVS)
def test_every_csv_has_its_label_beside_it(folder, embedded, name):
    data = json.loads((folder / f"{name}-metadata.json").read_text(encoding="utf-8"))
    assert data["url"] == name
    assert data["dc:description"] == LABEL
    assert data["proba:panel_sha256"] == embedded.panel.meta.sha256


def test_two_runs_give_the_same_bytes(folder, tmp_path):
    from proba.reproduction import reproduce

    write_reproduction(reproduce(), tmp_path)
    for file in folder.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_an_own_panel_has_no_label_in_any_file(changed, tmp_path):
    write_reproduction(changed(lambda flat: flat), tmp_path)
    for file in tmp_path.iterdir():
        text = file.read_text(encoding="utf-8")
        assert LABEL not in text
        assert "dc:description" not in text


def test_a_year_less_still_gives_valid_files(changed, tmp_path):
    write_reproduction(changed(lambda flat: flat[flat["aar"] != 2014]), tmp_path)
    json.loads((tmp_path / "reproduction.json").read_text(), parse_constant=refuse_constant)
    rows = {r[0]: r for r in read(tmp_path / "vedlegg1.csv")}
    assert rows["aar_2014"][1:3] == ["", ""]
    assert rows["aar_2014"][-1] == "mangler"
    assert ",nan" not in (tmp_path / "vedlegg2.csv").read_text()


def test_formulas_in_names_are_neutralised(changed, tmp_path):
    run = changed(lambda flat: flat.assign(kommunenavn='=HYPERLINK("http://x")'))
    write_reproduction(run, tmp_path)
    assert {r[1][:2] for r in read(tmp_path / "vedlegg2.csv")[1:]} == {"'="}


def test_nothing_is_written_if_a_part_cannot_be_made(embedded, tmp_path, monkeypatch):
    def fail(_):
        raise ValueError("no")

    monkeypatch.setattr(files_module, "reproduction_json", fail)
    with pytest.raises(ValueError, match="no"):
        write_reproduction(embedded, tmp_path / "ut")
    assert not (tmp_path / "ut").exists()


def test_the_index_as_csv(embedded, tmp_path):
    file = write_index_csv(embedded.index, tmp_path / "indeks.csv")
    header, *rows = read(file)
    assert ",".join(header) == "kommune,aar,actual,predicted,index"
    assert len(rows) == 2120
    first = embedded.index.frame.iloc[0]
    assert [float(c) for c in rows[0][2:]] == first[["actual", "predicted", "index"]].tolist()
    assert index_csv(embedded.index).encode() == file.read_bytes()
    data = json.loads((tmp_path / "indeks.csv-metadata.json").read_text(encoding="utf-8"))
    assert data["dc:description"] == LABEL
