import json

import pytest

from proba.panel import load_panel


@pytest.fixture
def own(folder):
    def write(change):
        change(load_panel().to_csv_frame()).to_csv(folder / "eget.csv", index=False)
        return "eget.csv"

    return write


def test_the_report_rerun(proba, folder):
    outcome = proba("reproduce", "--out", "ut")
    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.out.rstrip().endswith("Alt stemmer.")
    assert outcome.out.count("[Kalibrert syntetisk panel]") == 4
    assert {p.name for p in (folder / "ut").glob("*.csv")} == {
        "vedlegg1.csv",
        "vedlegg2.csv",
        "tabell_6_1.csv",
    }


def test_with_the_growth_figures(proba, folder):
    outcome = proba("reproduce", "--growth", "--out", "ut")
    assert outcome.code == 0
    assert outcome.out.rstrip().endswith("Alt stemmer.")
    assert "14 av 18 trykte veksttall like" in outcome.out
    assert (folder / "ut" / "vekst.csv").read_text(encoding="utf-8").startswith("id,what,source")


def test_in_english(proba):
    outcome = proba("reproduce", "--lang", "en")
    assert outcome.code == 0
    assert outcome.out.rstrip().endswith("Everything holds.")
    assert "[Calibrated synthetic panel]" in outcome.out


def test_a_changed_panel_exits_1(proba, own, folder):
    def change(flat):
        flat.loc[7, "netto_driftsutgifter"] *= 1.1
        return flat.drop(columns="merke")

    outcome = proba("reproduce", "--panel", own(change), "--out", "ut")
    assert outcome.code == 1
    assert outcome.err == ""
    assert outcome.out.rstrip().splitlines()[-1].startswith("Ikke alt stemmer")
    assert not outcome.out.startswith("[")
    data = json.loads((folder / "ut" / "reproduction.json").read_text(encoding="utf-8"))
    assert data["holds"] is False
    assert data["panel"]["name"] == "eget.csv"
    assert data["vedlegg2"][0]["verdict"] == "avvik"


def test_a_panel_that_breaks_a_rule_exits_2_and_leaves_old_files(proba, own, folder):
    (folder / "ut").mkdir()
    (folder / "ut" / "vedlegg1.csv").write_text("gammel")

    def change(flat):
        flat.loc[7, "gjennomfort_vgs"] = 172.0
        return flat

    outcome = proba("reproduce", "--panel", own(change), "--out", "ut")
    outcome.failed("eget.csv", "'gjennomfort_vgs'", "kommune 0104", "aar 2014", "172")
    assert [p.read_text() for p in (folder / "ut").iterdir()] == ["gammel"]


def test_a_column_less(proba, own):
    panel = own(lambda flat: flat.drop(columns="opphopningsindeks"))
    proba("reproduce", "--panel", panel).failed("opphopningsindeks")


def test_a_file_where_the_folder_should_be(proba, folder):
    (folder / "ut").write_text("gammel")
    proba("reproduce", "--out", "ut").failed("ut: er en fil, ikke en mappe")
    proba("reproduce", "--out", "ut", "--lang", "en").failed("ut: is a file, not a folder")
    assert (folder / "ut").read_text() == "gammel"
