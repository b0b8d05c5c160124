"""``proba index --intervals`` and ``proba robustness``."""

import csv as csv_module

import pytest

from proba.panel import load_panel

SPEC = """dependent: netto_driftsutgifter
regressors: [ufore_18_49, urbanitet, innbyggere_16_66, nybosatte_flyktninger]
sample: estimeringsutvalg
"""
LABEL = "Kalibrert syntetisk panel"


@pytest.fixture
def files(folder):
    load_panel().to_csv_frame().to_csv(folder / "panel.csv", index=False)
    (folder / "spec.yaml").write_text(SPEC)
    return ("panel.csv", "--spec", "spec.yaml")


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv_module.DictReader(handle))


@pytest.mark.parametrize("kind", ["mean", "observation", "lasting"])
def test_intervals_in_a_file(proba, files, folder, kind):
    outcome = proba("index", *files, "--intervals", kind, "--draws", "199", "--csv", "ut.csv")
    assert outcome.code == 0
    assert outcome.err == ""
    rows = rows_of(folder / "ut.csv")
    assert list(rows[0])[:9] == [
        "kommune", "aar", "actual", "predicted", "index", "lower", "upper", "kind", "level",
    ]  # fmt: skip
    assert ("rank" in rows[0]) == (kind != "observation")
    assert len(rows) == 2120
    assert {r["kind"] for r in rows} == {kind}
    assert {float(r["level"]) for r in rows} == {0.95}
    moss = next(r for r in rows if (r["kommune"], r["aar"]) == ("0104", "2016"))
    assert float(moss["lower"]) < float(moss["upper"])
    if kind == "mean":
        assert float(moss["lower"]) < float(moss["index"]) < float(moss["upper"])
    if kind != "observation":
        assert 1 <= int(float(moss["rank_lower"])) <= int(float(moss["rank_upper"])) <= 424
    assert LABEL in (folder / "ut.csv-metadata.json").read_text(encoding="utf-8")


def test_intervals_on_screen_and_again(proba, files):
    words = ("index", *files, "--intervals", "lasting", "--level", "90", "--draws", "199")
    first, second = proba(*words), proba(*words)
    assert first.code == 0
    assert first.out == second.out
    assert f"[{LABEL}]" in first.out
    assert "90 % intervall for det varige avviket" in first.out
    assert "199 trekninger, frø 1" in first.out
    assert "Moss" in first.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--intervals", "mean", "--level", "0.95"), "--level er i prosent"),
        (("--intervals", "mean", "--draws", "5"), "minst 99"),
        (("--intervals", "lasting", "--seed", "-1"), "minst 0"),
    ],
)
def test_bad_words(proba, files, words, said):
    proba("index", *files, *words).failed(said)


def test_robustness(proba, files, folder):
    outcome = proba("robustness", *files, "--focus", "nybosatte_flyktninger", "--csv", "alle.csv")
    assert outcome.code == 0
    assert outcome.out.count(f"[{LABEL}]") == 4
    for words in ("Diagnostikk", "Koeffisienter år for år", "når én kommune utelates"):
        assert words in outcome.out
    rows = rows_of(folder / "alle.csv")
    assert len(rows) == 8 * 2 * 2 * 2
    assert {r["merke"] for r in rows} == {LABEL}


def test_robustness_of_what_is_not_there(proba, files):
    proba("robustness", *files, "--focus", "tull").failed("«tull» er ingen forklaringsvariabel")


def test_robustness_over_a_grid_of_one_s_own(proba, files, folder):
    (folder / "grid.yaml").write_text("focus: urbanitet\nforms: [level]\n")
    outcome = proba("robustness", *files, "--grid", "grid.yaml", "--csv", "alle.csv")
    assert outcome.code == 0
    assert len(rows_of(folder / "alle.csv")) == 8
    (folder / "grid.yaml").write_text("focus: urbanitet\nforms: [kvadrat]\n")
    proba("robustness", *files, "--grid", "grid.yaml").failed("kvadrat")
