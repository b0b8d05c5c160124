import os

import numpy as np
import pandas as pd
import pytest

BASE = "dependent: y\nregressors: [x1, x2]\n"


@pytest.fixture
def index(proba, spec):
    return lambda panel="panel.csv", *options: proba("index", panel, "--spec", spec, *options)


def test_files_that_are_not_there(proba, panel, spec, folder):
    proba("index", "nei.csv", "--spec", spec).failed("nei.csv: filen finnes ikke")
    proba("index", panel, "--spec", "nei.yaml").failed("nei.yaml: filen finnes ikke")
    proba("index", folder, "--spec", spec).failed("er en mappe, ikke en fil")
    proba("index", panel, "--spec", folder).failed(str(folder))
    proba("estimate", "nei.csv", "--spec", spec, "--lang", "en").failed("Error: nei.csv: no such")


def test_outputs_that_cannot_be_written(proba, panel, spec, folder):
    args = ("estimate", panel, "--spec", spec, "--json")
    proba(*args, folder).failed(f"{folder}: er en mappe, ikke en fil")
    proba(*args, "nei/ut.json").failed("nei/ut.json: mappen finnes ikke")
    proba(*args, "panel.csv/ut.json").failed("panel.csv/ut.json: ", "ikke en mappe")
    proba(*args, "x" * 300).failed("navnet er for langt")
    csv = ("index", panel, "--spec", spec, "--csv", "nei/ut.csv")
    proba(*csv, "--lang", "en").failed("nei/ut.csv: no such folder")


@pytest.mark.skipif(
    os.name == "nt" or getattr(os, "geteuid", lambda: 0)() == 0, reason="needs an ordinary user"
)
def test_a_folder_without_access(proba, panel, spec, folder):
    (folder / "laast").mkdir(mode=0o500)
    args = ("index", panel, "--spec", spec, "--csv", "laast/ut.csv")
    proba(*args).failed("laast/ut.csv: ingen tilgang")


def test_a_file_open_in_excel(proba, panel, spec, monkeypatch):
    def locked(*_):
        raise PermissionError(13, "Permission denied", ".tmp", None, "ut.csv")

    monkeypatch.setattr(os, "replace", locked)
    args = ("index", panel, "--spec", spec, "--csv", "ut.csv")
    proba(*args).failed("ut.csv: ingen tilgang; er filen åpen i et annet program?")


def test_a_failing_run_leaves_the_old_output(index, panel, frame, folder):
    (folder / "ut.csv").write_text("gammel")
    frame.assign(x2=frame["x1"]).to_csv(folder / "panel.csv", index=False)
    index("panel.csv", "--csv", "ut.csv").failed("x1, x2")
    assert (folder / "ut.csv").read_text() == "gammel"
    assert {p.name for p in folder.iterdir()} == {"panel.csv", "spec.yaml", "ut.csv"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "dependent og regressors"),
        ("- a", "dependent og regressors"),
        ("a: [", "ikke gyldig YAML (linje 1)"),
        ("!!python/object/apply:os.system [ls]", "ikke gyldig YAML"),
        ("dependent: y", "regressors mangler"),
        ("dependent: y\nregressors: x1", "'regressors'"),
        ("dependent: y\nregressors: [y]", "y står mer enn én gang"),
        ("dependent: 5\nregressors: [x1]", "'dependent'"),
        ("dependent: y\nregressors: [nei]", "kolonnen 'nei'"),
        ("dependent: y\nregressors: [konstant]", "'konstant'"),
        ("dependent: y\nregressors: [aar]", "'aar'"),
        ("dependent: aar\nregressors: [x1]", "'aar'"),
        ("dependent: kommune\nregressors: [x1]", "'kommune'"),
        ('dependent: "a\\nb"\nregressors: [x1]', "a b"),
        (BASE + "regresors: 1", "regresors"),
        (BASE + "reference_year: 1999", "1999"),
        (BASE + "reference_year: '2012'", "'reference_year'"),
        (BASE + "year_effects: ja", "'year_effects'"),
        (BASE + "sample: nei_takk", "nei_takk"),
        (BASE + "sample: x1", "'x1'"),
        (BASE + "weights: x2", "'x2'"),
        (BASE + "entity: bydel", "'bydel' mangler"),
        (BASE + "time: kvartal", "'kvartal' mangler"),
        (BASE + "entity: aar", "aar"),
    ],
)
def test_specifications_that_are_none(index, panel, spec, folder, text, part):
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    index().failed(part)


def test_a_specification_in_another_encoding(index, panel, spec, folder):
    (folder / "spec.yaml").write_bytes("dependent: utgift_på".encode("cp1252"))
    index().failed("spec.yaml", "UTF-8")


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"y": "mange"}, ["'y'", "0101", "2012", "mange"]),
        ({"x1": ".."}, ["'x1'", "0101", "2012", "'..'"]),
        ({"folketall": "a\nb"}, ["'folketall'", "kommune 0101", "a b"]),
        ({"x1": np.inf}, ["'x1' er uendelig", "kommune 0101", "aar 2012"]),
        ({"x1": 1.0}, ["x1"]),
        ({"x1": np.nan}, ["x1: 180"]),
        ({"aar": "i fjor"}, ["'aar'", "i fjor"]),
        ({"kommune": "104"}, ["'104'", "'0104'"]),
        ({"aar": 2012}, ["kommune 0101, aar 2012", "mer enn én gang"]),
    ],
)
def test_panels_that_break_a_rule(index, panel, frame, folder, change, parts):
    frame.assign(**change).to_csv(folder / "panel.csv", index=False)
    index().failed(*parts)


def test_too_few_rows(index, frame, folder):
    frame.iloc[:3].to_csv(folder / "panel.csv", index=False)
    index().failed("3 komplette rader")


def test_a_decimal_comma_not_asked_for(index, frame, folder):
    frame.to_csv(folder / "panel.csv", index=False, sep=";", decimal=",")
    index().failed("0101", "2012", "--decimal komma")


def test_an_encoding_not_asked_for(index, frame, folder):
    text = pd.DataFrame(frame.assign(kommunenavn="Bø")).to_csv(index=False)
    (folder / "panel.csv").write_bytes(text.encode("cp1252"))
    index().failed("--encoding cp1252")
    assert index("panel.csv", "--encoding", "cp1252").code == 0


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--cluster", "nei"], ["'nei'"]),
        (["--cov", "CR9"], ["'CR9'", "CR1, CR2, CR3"]),
        (["--cov", "HC1", "--cluster", "kommune"], ["HC1"]),
        (["--cov", "two-way"], ["two-way"]),
        (
            ["--cluster", "kommune", "--cluster", "aar", "--cluster", "x1"],
            ["fikk kommune, aar, x1"],
        ),
    ],
)
def test_covariances_that_cannot_be(proba, panel, spec, options, parts):
    proba("estimate", panel, "--spec", spec, *options).failed(*parts)


def test_size_classes_need_a_population(proba, panel, spec, frame, folder):
    frame.drop(columns="folketall").to_csv(folder / "panel.csv", index=False)
    args = ("estimate", panel, "--spec", spec, "--cluster", "storrelsesklasse")
    proba(*args).failed("'folketall'")


@pytest.mark.parametrize(
    "args",
    [
        ["--tull"],
        ["tull"],
        ["index", "--tull"],
        ["index", "panel.csv"],
        ["index", "panel.csv", "--spec", "s", "--decimal", ";"],
        ["index", "panel.csv", "--spec", "s", "--lang", "sv"],
        ["index", "panel.csv", "--spec", "s", "--year-effects", "both"],
    ],
)
def test_wrong_usage_exits_2(proba, args):
    outcome = proba(*args)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err


def test_help_and_version(proba):
    from proba import __version__

    assert proba("--version").out == f"proba {__version__}\n"
    text = proba("--help").out
    assert all(command in text for command in ("reproduce", "estimate", "index"))
    for command in ("reproduce", "estimate", "index"):
        outcome = proba(command, "--help")
        assert outcome.code == 0
        assert "--decimal" in outcome.out


def test_a_file_name_must_say_what_is_in_it(proba, folder, frame, spec):
    frame.to_csv(folder / "panel.csv", index=False)
    proba("index", "panel.csv", "--spec", spec, "--csv", "indeks.xlsx").failed(
        "indeks.xlsx", ".csv"
    )
    proba("estimate", "panel.csv", "--spec", spec, "--json", "a.csv").failed("a.csv", ".json")
    assert not (folder / "indeks.xlsx").exists()
    assert not (folder / "a.csv").exists()
