"""What is printed of a kommune's growth: tables, the sentence, and the label."""

from __future__ import annotations

import pandas as pd
import pytest

import proba
from proba import Panel, Results
from proba._numbers import MINUS, THIN
from proba.decomposition.need_growth import need_practice
from proba.decomposition.need_results import NeedPractice

MOSS = "0104"
LABEL = "Kalibrert syntetisk panel"


@pytest.fixture(scope="module")
def panel() -> Panel:
    return proba.load_panel("kalibrert")


@pytest.fixture(scope="module")
def results(panel: Panel) -> Results:
    return proba.fit(proba.PROBA_2017, panel, cov="CR1", cluster="kommune")


@pytest.fixture(scope="module")
def split(results: Results, panel: Panel) -> NeedPractice:
    return need_practice(results, panel, start=2012, end=2016, population="folketall")


def test_the_answer_for_moss(split: NeedPractice) -> None:
    assert split.sentence(MOSS) == (
        f"Netto driftsutgifter til sosialhjelp per innbygger i Moss økte med 573 kr fra 2012 til "
        f"2016, fra 2{THIN}585 kr til 3{THIN}158 kr. Bidragene er: endret andel nybosatte "
        "flyktninger +96 kr (17 %); øvrig behov +305 kr (53 %); nasjonale forhold +121 kr (21 %); "
        "egen praksis og alt annet modellen ikke ser +51 kr (9 %), med 95 % konfidensintervall fra "
        f"{MINUS}41 kr til 144 kr. [{LABEL}]"
    )


def test_the_same_in_english(split: NeedPractice) -> None:
    text = split.sentence(MOSS, "en")
    assert text.startswith(
        "Net operating expenditure on social assistance per inhabitant in Moss rose by 573 kr "
    )
    assert "changed share of newly settled refugees +96 kr (17 %)" in text
    assert text.endswith("[Calibrated synthetic panel]")


def test_other_covariates_may_be_told(split: NeedPractice) -> None:
    text = split.sentence(MOSS, highlight=["ufore_18_49", "gjennomfort_vgs"])
    assert "endret andel uføre 18–49 år +77 kr (13 %); endret andel elever" in text
    assert f"(fem år) {MINUS}26 kr ({MINUS}4 %); øvrig behov" in text
    everything = split.sentence(MOSS, highlight=split.parts.covariates)
    assert "øvrig behov" not in everything
    assert "; behov +401 kr" in split.sentence(MOSS, highlight=[]).replace("er: ", "; ")


def test_a_fall_is_called_a_fall(split: NeedPractice) -> None:
    falling = split.total_change.idxmin()
    text = split.sentence(str(falling))
    change = abs(split.total_change[falling]) * 1000
    assert f"falt med {change:.0f} kr" in text.replace(THIN, "")
    assert "fell by" in split.sentence(str(falling), "en")


def test_without_refugees_the_largest_covariate_is_told(panel: Panel) -> None:
    spec = proba.PROBA_2017.replace(regressors=("ufore_18_49", "ikke_vestlige_innvandrere"))
    split = need_practice(proba.fit(spec, panel), panel, start=2012, end=2016)
    assert "er: endret andel ikke-vestlige innvandrere +" in split.sentence(MOSS)


def test_the_table_of_one_kommune(split: NeedPractice) -> None:
    table = split.to_table(MOSS)
    assert table.label == LABEL
    assert table.title == (
        "Moss: netto driftsutgifter til sosialhjelp per innbygger, 2012–2016: 2,585 → 3,158"
    )
    names = [row[0] for row in table.rows]
    assert names[0] == "Behov"
    assert names[1] == "  Andel uføre 18–49 år"
    assert names[-3:] == [
        "Nasjonalt (årseffekter)",
        "Praksis og annet uforklart",
        "Endring i alt",
    ]
    assert table.rows[-3][1:] == ("0,121", "0,051", "386", "0,022", "0,220", "21 %")
    assert table.rows[-1] == ("Endring i alt", "0,573", "", "", "", "", "100 %")
    assert "Enhet: 1000 kr per innbygger" in table.notes
    errors = "Standardfeil: CR1, kommune (387 klynger), deltametoden; t med G - 1"
    assert errors in table.notes
    for start in ("Behov: ", "Nasjonalt: forskjellen mellom årseffektene", "Praksis: "):
        assert any(note.startswith(start) for note in table.notes)


def test_the_table_says_the_rule_of_cr2(results: Results, panel: Panel) -> None:
    split = need_practice(results.with_cov("CR2", "kommune"), panel, start=2012, end=2016)
    notes = split.to_table(MOSS).notes
    assert any(
        n.endswith("Satterthwaite-frihetsgrader, ett tall per koeffisient og per sum")
        for n in notes
    )
    english = split.to_table(MOSS, "en")
    assert english.label == "Calibrated synthetic panel"
    assert any(n.endswith("one for each coefficient and each sum") for n in english.notes)
    assert "Unit: NOK 1000 per inhabitant" in english.notes


def test_yearly_coefficients_are_named_as_such(results: Results, panel: Panel) -> None:
    for reference, words in (
        ("mean", "gjennomsnittet av koeffisientene i 2013 og 2015"),
        ("start", "ganger koeffisientene i 2013."),
        ("end", "ganger koeffisientene i 2015."),
    ):
        split = need_practice(
            results, panel, start=2013, end=2015, coefficients="yearly", reference=reference
        )
        table = split.to_table(MOSS)
        assert words in table.notes[0]
        assert any(row[0] == "Nasjonalt (endrede koeffisienter)" for row in table.rows)


def test_amounts_are_in_thousand_kroner(split: NeedPractice) -> None:
    amounts = split.amounts()
    table = amounts.to_table(MOSS)
    assert table.title.startswith("Moss: netto driftsutgifter til sosialhjelp, 2012–2016: 70")
    assert "Enhet: 1000 kr" in table.notes
    assert any(row[0] == "Folketall" for row in table.rows)
    assert any(note.startswith("Folketall: ") for note in table.notes)
    assert "økte med 17,58 mill. kr" in amounts.sentence(MOSS)
    assert "changed population +1.84 million kr" in amounts.sentence(MOSS, "en")
    assert "Folketall" in amounts.overview(kommuner=[MOSS]).header


def test_the_overview_has_a_row_a_kommune(split: NeedPractice) -> None:
    table = split.overview()
    assert len(table.rows) == 424
    assert table.label == LABEL
    moss = next(row for row in table.rows if row[0] == MOSS)
    assert moss[1:8] == ("Moss", "2,585", "3,158", "0,573", "0,401", "0,121", "0,051")
    assert split.overview("en", [MOSS]).header[1] == "Municipality"
    assert [row[1] for row in split.overview("en", ["0219", MOSS]).rows] == ["Bærum", "Moss"]
    assert LABEL in split._repr_html_()
    assert "424 split, 0 missing" in repr(split)


def test_the_table_of_several_is_the_overview(split: NeedPractice) -> None:
    for lang in ("nb", "en"):
        assert split.to_table(lang=lang) == split.overview(lang)
    whole = split.aggregate()
    assert whole.to_table() == whole.to_table("alle")


def test_averages_say_what_they_are(split: NeedPractice) -> None:
    whole = split.aggregate()
    table = whole.to_table()
    assert table.label == LABEL
    assert table.title.startswith("Alle kommuner: ")
    assert "Veid snitt, med samme vekter begge år, av 424 kommuner." in table.notes
    assert whole.to_table(lang="en").title.startswith("All municipalities: ")
    assert "i alle kommuner økte" in whole.sentence()
    assert "egen praksis" not in whole.sentence()
    total = split.amounts().aggregate()
    assert "Sum av 424 kommuner." in total.to_table().notes


def test_the_label_goes_with_the_rows_and_may_come_from_either_side(
    split: NeedPractice, results: Results, panel: Panel
) -> None:
    flat = split.to_frame()
    assert set(flat["merke"]) == {LABEL}
    assert flat.loc[flat["kommune"] == MOSS, "kommunenavn"].eq("Moss").all()
    unlabelled = need_practice(results, panel.frame, start=2012, end=2016)
    assert unlabelled.label == LABEL  # the coefficients come from a labelled panel
    other = proba.make_panel(panel.frame.reset_index(), label="Øvelse")
    both = need_practice(results, other, start=2012, end=2016)
    assert both.label == f"{LABEL} / Øvelse"
    assert both.label_text("en") == "Calibrated synthetic panel / Øvelse"


def test_other_variables_have_no_kroner(panel: Panel) -> None:
    frame = panel.frame.reset_index().rename(columns={"netto_driftsutgifter": "timer"})
    frame = frame.drop(columns="kommunenavn")
    results = proba.fit(proba.PROBA_2017.replace(dependent="timer"), frame)
    split = need_practice(results, frame, start=2012, end=2016, population="folketall")
    assert split.label is None
    assert split.to_table(MOSS).label is None
    text = split.sentence(MOSS)
    assert text.startswith("timer i 0104 økte med 0,573 fra 2012")
    assert "kr" not in text.replace("økte", "")
    assert not any(note.startswith("Enhet") for note in split.to_table(MOSS).notes)
    assert "timer × folketall" in split.amounts().to_table(MOSS).title
    assert "merke" not in split.to_frame()
    assert isinstance(split.names, pd.Series)
