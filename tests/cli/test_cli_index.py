import csv
import json

import pytest

HEADER = ["kommune", "aar", "actual", "predicted", "index"]


def read(file):
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


@pytest.fixture
def index(proba, panel, spec):
    return lambda *options: proba("index", panel, "--spec", spec, *options)


def test_the_csv(index, folder, frame):
    outcome = index("--csv", "ut.csv")
    assert outcome.code == 0
    assert outcome.out == "Skrevet: ut.csv\n"
    header, *rows = read(folder / "ut.csv")
    assert header == HEADER
    assert len(rows) == 180
    first = [float(c) for c in rows[0][2:]]
    assert rows[0][:2] == ["0101", "2012"]
    assert first[0] == frame["y"][0]
    assert first[2] == pytest.approx(100 * first[0] / first[1], rel=1e-12)
    assert "dc:description" not in json.loads((folder / "ut.csv-metadata.json").read_text())


def test_year_effects_outside(index, folder):
    index("--csv", "inne.csv")
    index("--csv", "ute.csv", "--year-effects", "outside")
    for a, b in zip(read(folder / "inne.csv")[1:], read(folder / "ute.csv")[1:], strict=True):
        assert float(b[4]) == pytest.approx(float(a[4]) * float(a[3]) / float(b[3]), rel=1e-12)


def test_the_table_on_the_screen(index):
    outcome = index()
    assert "Årseffekter i beregnet behov." in outcome.out
    assert "0160" in outcome.out
    assert "Year effects inside" in index("--lang", "en").out


def test_rows_without_index_are_counted_and_empty(index, folder, frame):
    frame.loc[0, "x1"] = None
    frame.to_csv(folder / "panel.csv", index=False)
    assert "1 uten indeks: mangler x1\n" in index("--csv", "ut.csv").out
    assert read(folder / "ut.csv")[1][3:] == ["", ""]


def test_the_label_stands_in_every_output(index, folder, frame):
    frame.assign(merke="Mitt merke").to_csv(folder / "panel.csv", index=False)
    assert index().out.startswith("[Mitt merke]")
    assert "[Mitt merke]" in index("--csv", "ut.csv").out
    data = json.loads((folder / "ut.csv-metadata.json").read_text(encoding="utf-8"))
    assert data["dc:description"] == "Mitt merke"


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "<script>", "a\nb", "\x1b[31mrød", "æøå"])
def test_hostile_names_do_no_harm(index, folder, frame, name):
    frame.assign(kommunenavn=name, merke=name).to_csv(folder / "panel.csv", index=False)
    out = index().out
    assert "\x1b" not in out
    assert len(out.splitlines()) == 67
    assert index("--csv", "ut.csv").code == 0


def test_entities_that_look_like_formulas(proba, folder, frame):
    frame = frame.rename(columns={"kommune": "=navn"})
    frame["=navn"] = "=" + frame["=navn"]
    frame.to_csv(folder / "p.csv", index=False)
    text = 'dependent: y\nregressors: [x1]\nentity: "=navn"\n'
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    assert proba("index", "p.csv", "--spec", "s.yaml", "--csv", "ut.csv").code == 0
    rows = read(folder / "ut.csv")
    assert rows[0][0] == "'=navn"
    assert rows[1][0] == "'=0101"


def test_excel_with_numbers_for_kommuner(proba, spec, folder, frame):
    frame.assign(kommune=frame["kommune"].astype(int)).to_excel(folder / "p.xlsx", index=False)
    proba("index", "p.xlsx", "--spec", spec).failed("'0101'", "--pad-kommune")
    outcome = proba("index", "p.xlsx", "--spec", spec, "--pad-kommune", "--csv", "ut.csv")
    assert outcome.code == 0
    assert read(folder / "ut.csv")[1][0] == "0101"


def test_small_shares_can_be_vouched_for(index, folder, frame):
    frame.assign(ufore_18_49=0.5).to_csv(folder / "panel.csv", index=False)
    index().failed("'ufore_18_49'", "--small-shares")
    assert index("--small-shares", "ufore_18_49").code == 0
