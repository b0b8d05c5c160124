import numpy as np
import pytest

from proba.errors import PanelError, SpecError
from proba.reproduction import (
    DIFFERS,
    MISSING,
    closing_lines,
    report_tables,
    reproduce,
    reproduction_json,
)


def test_one_changed_expenditure_is_seen(changed):
    def change(flat):
        moss = (flat["kommune"] == "0104") & (flat["aar"] == 2016)
        flat.loc[moss, "netto_driftsutgifter"] *= 1.1
        return flat

    run = changed(change)
    assert not run.holds
    assert run.vedlegg2.loc[("0104", 2016), "verdict"] == DIFFERS
    assert run.tabell_6_1.loc["0104", "verdict"] == DIFFERS
    assert run.counts["tabell_6_1"][0] == 8
    assert "avvik" in report_tables(run)[2].to_text()
    assert "differs" in report_tables(run, "en")[2].to_text()
    assert closing_lines(run)[-1].startswith("Ikke alt stemmer")


def test_a_removed_kommune_is_missing(changed):
    run = changed(lambda flat: flat[flat["kommune"] != "0104"])
    assert not run.holds
    assert (run.vedlegg2.loc["0104", "verdict"] == MISSING).all()
    assert run.tabell_6_1.loc["0104", "verdict"] == MISSING
    assert run.nobs.verdict == DIFFERS
    assert run.counts["vedlegg2"][1] == 2120
    assert "mangler" in report_tables(run)[2].to_text()


def test_a_removed_year_is_missing_not_left_uncounted(changed):
    run = changed(lambda flat: flat[flat["aar"] != 2014])
    assert run.counts["coefficients"][1] == 12
    fact = next(f for f in run.coefficients if f.name == "aar_2014")
    assert fact.verdict == MISSING
    assert np.isnan(fact.value)
    assert (run.vedlegg2["verdict"] == MISSING).sum() == 424
    assert (run.tabell_6_1["verdict"] == MISSING).all()
    for lang in ("nb", "en"):
        assert all(t.to_text() for t in report_tables(run, lang))
        assert "12" in closing_lines(run, lang)[0]
    row = next(c for c in reproduction_json(run)["coefficients"] if c["name"] == "aar_2014")
    assert row["value"] is None
    assert row["difference"] is None


def test_a_missing_value_is_a_missing_index(changed):
    def change(flat):
        halden = (flat["kommune"] == "0101") & (flat["aar"] == 2012)
        flat.loc[halden, "ufore_18_49"] = np.nan
        return flat

    run = changed(change)
    assert run.vedlegg2.loc[("0101", 2012), "verdict"] == MISSING
    assert any("mangler ufore_18_49" in line for line in closing_lines(run))
    assert reproduction_json(run)["without_index"] == {"missing ufore_18_49": 1}


def test_without_a_sample_column_all_rows_are_estimated_on(changed):
    run = changed(lambda flat: flat.drop(columns="estimeringsutvalg"))
    assert run.nobs.value == 2120
    assert run.nobs.verdict == DIFFERS


def test_without_population_urbanity_gives_the_clusters(changed, embedded):
    run = changed(lambda flat: flat.drop(columns="folketall"))
    assert run.by_size.cluster_names == ("urbanitet",)
    assert run.counts["coefficients"] == (12, 12)
    assert run.by_size.nclusters == embedded.by_size.nclusters


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        (["gjennomfort_vgs"], SpecError, "gjennomfort_vgs"),
        (["netto_driftsutgifter"], SpecError, "netto_driftsutgifter"),
        (["folketall", "urbanitet"], PanelError, "'folketall'"),
    ],
)
def test_a_panel_that_cannot_carry_the_regression(changed, columns, error, message):
    with pytest.raises(error, match=message):
        changed(lambda flat: flat.drop(columns=columns))


def test_an_own_panel_has_no_label(changed):
    run = changed(lambda flat: flat)
    assert run.holds
    assert reproduction_json(run)["label"] is None
    assert not any(t.to_text().startswith("[") for t in report_tables(run))


def test_the_embedded_panel_is_the_default(embedded):
    from proba.panel import load_panel

    again = reproduce(load_panel())
    assert again.counts == embedded.counts
