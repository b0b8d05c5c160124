import json

import pytest

# Agenda Kaupang (2024), Gjennomgang av økonomisk sosialhjelp i NAV, Moss kommune, R 1022992-1,
# Tabell 8 and 9: 1 791 cases, 6,2 months, 11 869 kr a month.
MOSS = ("--recipients", "1791", "--months", "6.2", "--benefit", "11869")


@pytest.fixture
def run(proba):
    return lambda *options: proba("simulate", *options)


@pytest.fixture
def shown(run):
    """Return what is printed, thin spaces and true minuses made plain."""

    def one(*options):
        outcome = run(*options)
        assert outcome.code == 0, outcome.err
        assert outcome.err == ""
        out = outcome.out.replace("\N{NARROW NO-BREAK SPACE}", " ")
        return out.replace("\N{MINUS SIGN}", "-")

    return one


def test_moss_tabell_8(shown):
    out = shown(*MOSS, "--to-months", "5.4", "--base", "tilfeller")
    for number in ("131 795 750", "114 789 847", "-17 005 903"):
        assert number in out
    assert "Tellebasis: tilfeller." in out
    assert "Samspill" not in out  # nothing to meet


@pytest.mark.parametrize(
    "change",
    [
        ["--recipients-change", "-5%"],
        ["--recipients-change=-5%"],
        ["--recipients-change", "\N{MINUS SIGN}5 %"],
        ["--recipients-change", "-5 prosent"],
        ["--recipients-change", "-0,05"],
        ["--recipients-change", "-0.05"],
        ["--to-recipients", "1701,45"],
        ["--to-recipients", "1 701,45"],
    ],
)
def test_moss_tabell_9(shown, change):
    lines = shown(*MOSS, "--to-months", "5,2", *change).splitlines()

    def line(start):
        (found,) = (text for text in lines if text.startswith(f"{start}  "))
        return found.removeprefix(start)

    assert "131 795 750" in line("I dag")
    alone = line("Mottakere alene")
    assert "1 701,45 " in alone  # the report's 1 701 is rounded on the way
    assert alone.endswith("-6 589 787")
    assert line("Måneder alene").endswith("-21 257 379")
    assert line("Samspill").endswith("  1 062 869")
    together = line("Alt sammen")
    assert "105 011 452" in together
    assert together.endswith("-26 784 298")


def test_the_json(run, tmp_path):
    file = tmp_path / "ut.json"
    outcome = run(*MOSS, "--to-months", "5.2", "--recipients-change", "-5%", "--json", file)
    assert outcome.out.endswith(f"Skrevet: {file}\n")
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["count_base"] == "mottakere"
    assert told["current"]["total"] == 131_795_749.8
    assert told["changed"] == {
        "recipients": 1701.45,
        "months": 5.2,
        "benefit": 11869.0,
        "total": 105_011_452.26,
    }
    assert told["saving"] == 26_784_297.54
    parts = [*told["alone"].values(), *(one["saving"] for one in told["interactions"])]
    assert sum(parts) == pytest.approx(told["saving"], rel=1e-12)


def test_three_changes(run, tmp_path):
    file = tmp_path / "ut.json"
    run(
        *MOSS,
        *("--to-months", "5.2", "--recipients-change", "-5%", "--benefit-change", "+2,5 %"),
        *("--json", file),
    )
    told = json.loads(file.read_text(encoding="utf-8"))
    assert told["changed"]["benefit"] == pytest.approx(11869 * 1.025, rel=1e-12)
    assert told["alone"]["benefit"] < 0
    assert len(told["interactions"]) == 4
    assert sum(told["alone"].values()) + sum(
        one["saving"] for one in told["interactions"]
    ) == pytest.approx(told["saving"], rel=1e-12)


def test_decimal_commas_and_thousands(shown):
    plain = shown(*MOSS, "--to-months", "5.4")
    assert plain == shown(
        *("--recipients", "1 791", "--months", "6,2", "--benefit", "11\N{NO-BREAK SPACE}869,0"),
        *("--to-months", "5,4"),
    )


def test_nothing_changed(shown):
    assert "131 795 750" in shown(*MOSS)


def test_english(run):
    outcome = run(*MOSS, "--to-months", "5.2", "--recipients-change", "-5%", "--lang", "en")
    assert "105,011,452" in outcome.out
    assert "Interaction" in outcome.out
    run(*MOSS, "--base", "dogs", "--lang", "en").failed("Error: ", "'dogs'")


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--to-months", "fem"], ["months", "'fem'"]),
        (["--to-months", "nan"], ["months", "'nan'"]),
        (["--to-months", "-1"], ["months", "negativ"]),
        (["--to-months", "5", "--months-change", "-5%"], ["months", "både"]),
        (["--recipients-change", "-5"], ["--recipients-change er -5", "prosenttegn", "-5%"]),
        (["--recipients-change", "5"], ["uten prosenttegn"]),
        (["--benefit-change", "-1"], ["uten prosenttegn"]),
        (["--benefit-change", "-101%"], ["benefit", "-100"]),
        (["--benefit-change", "litt"], ["benefit"]),
        (["--base", "blandet"], ["mottakere", "tilfeller"]),
        (["--base", "hunder"], ["«hunder»"]),
        (["--to-benefit", "1e400"], ["må være et tall"]),
        (["--to-benefit", "1e999999", "--to-months", "1e999999"], ["må være et tall"]),
        (["--json", "ut.csv"], ["--json skriver .json"]),
        (["--json", "nei/ut.json"], ["nei: mappen finnes ikke"]),
    ],
)
def test_words_that_cannot_be(run, folder, options, parts):
    run(*MOSS, *options).failed(*parts)
    assert list(folder.iterdir()) == []


def test_all_three_factors_are_needed(run):
    assert run("--recipients", "1791", "--months", "6.2").code == 2


def test_help(proba):
    outcome = proba("simulate", "--help")
    assert outcome.code == 0
    for option in ("--recipients-change", "--to-months", "--base"):
        assert option in outcome.out
