"""Statistics Norway's tables: the shipped files against the frozen ones, and their identity."""

from __future__ import annotations

import pytest
from reference.ssb_2005 import GROSS_PAID, KEY_FIGURES, MONTHLY_BENEFIT, RECIPIENTS

from proba.published import load_table, ssb_nokkeltall, ssb_stonadstid


def test_values_are_those_printed() -> None:
    frame = ssb_stonadstid()
    for year in (2005, 2007, 2009):
        rows = frame[frame["aar"] == year]
        assert tuple(rows["mottakere"]) == RECIPIENTS[year]["i_alt"][1]
        assert tuple(rows["stonad_per_maned"]) == MONTHLY_BENEFIT[year]["i_alt"][1]
    keys = ssb_nokkeltall().set_index("aar")
    for year, figures in KEY_FIGURES.items():
        for column in ("mottakere", "brutto_utbetalt", "stonad_per_maned"):
            assert keys.loc[year, column] == figures[column]
    assert len(load_table("ssb_stonadstid").values()) == 72
    assert len(load_table("ssb_nokkeltall").values()) == 9


@pytest.mark.parametrize("year", [2005, 2007, 2009])
def test_recipients_months_and_benefit_make_the_amount_paid(year: int) -> None:
    rows = ssb_stonadstid().query("aar == @year")
    months = (rows["mottakere"] * rows["maneder"]).sum()
    paid = (rows["mottakere"] * rows["maneder"] * rows["stonad_per_maned"]).sum()
    printed = GROSS_PAID[year][year][0]
    assert paid / 1000 == pytest.approx(printed, rel=5e-5)
    if year == 2005:
        assert months / rows["mottakere"].sum() == pytest.approx(5.3496, abs=5e-5)
        assert paid / months == pytest.approx(7021.8, abs=0.05)
        assert round(paid / 1000) == 4_844_363


def test_durations_the_key_figures_imply() -> None:
    keys = ssb_nokkeltall().set_index("aar")
    implied = 1000 * keys["brutto_utbetalt"] / keys["mottakere"] / keys["stonad_per_maned"]
    assert [round(v, 2) for v in implied] == [5.08, 5.34, 5.53]
