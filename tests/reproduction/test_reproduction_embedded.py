import pytest

from proba.published import load_table
from proba.reproduction import closing_lines, report_tables

NAMES = [
    "konstant",
    "ufore_18_49",
    "urbanitet",
    "opphopningsindeks",
    "innbyggere_16_66",
    "ikke_vestlige_innvandrere",
    "nybosatte_flyktninger",
    "gjennomfort_vgs",
    "aar_2013",
    "aar_2014",
    "aar_2015",
    "aar_2016",
]


def test_everything_holds(embedded):
    assert embedded.counts == {
        "coefficients": (12, 12),
        "std_errors": (12, 12),
        "nobs": (1, 1),
        "rsquared_adj": (1, 1),
        "vedlegg2": (2120, 2120),
        "tabell_6_1": (9, 9),
    }
    assert embedded.holds
    assert embedded.nobs.value == 1935
    assert embedded.rsquared_adj.value == pytest.approx(0.33, abs=0.005)


def test_names_and_order_are_those_of_the_print(embedded):
    assert [f.name for f in embedded.coefficients] == NAMES
    assert [f.name for f in embedded.std_errors] == NAMES
    assert set(NAMES) < set(load_table("vedlegg1").frame["name"])


def test_one_standard_error_is_held_against_its_correction(embedded):
    corrected = [f for f in embedded.std_errors if f.corrected]
    assert [(f.name, f.printed, f.corrected) for f in corrected] == [
        ("gjennomfort_vgs", "0,029", "0,0029")
    ]
    assert corrected[0].erratum
    assert corrected[0].target == "0,0029"


def test_three_covariances_of_one_fit(embedded):
    table = embedded.std_error_table()
    assert list(table.columns) == ["folketall", "kommune", "HC1", "printed"]
    assert list(table.index) == NAMES
    assert embedded.by_kommune.nclusters == 387
    assert embedded.by_size.nclusters > 1000
    regressors, years = embedded.cluster_ratios()
    assert regressors > 1.2
    assert years < 1


@pytest.mark.parametrize(
    ("lang", "label", "last"),
    [
        ("nb", "Kalibrert syntetisk panel", "Alt stemmer."),
        ("en", "Calibrated synthetic panel", "Everything holds."),
    ],
)
def test_what_is_printed(embedded, lang, label, last):
    tables = report_tables(embedded, lang)
    assert len(tables) == 3
    for table in tables:
        assert table.to_text().startswith(f"[{label}]")
        assert label in table.to_html()
    lines = closing_lines(embedded, lang)
    assert lines[-1] == last
    text = "\n".join(lines)
    thin = "\u202f" if lang == "nb" else ","
    assert f"N = 1{thin}935" in text
    assert f"2{thin}120" in text
    assert text.count("12 av 12" if lang == "nb" else "12 of 12") == 2
    assert ("0,0029" if lang == "nb" else "0.0029") in text


def test_the_standard_errors_come_with_two_lines_of_explanation(embedded):
    assert len(report_tables(embedded)[1].notes) == 2
