from __future__ import annotations

import math

import pytest

from proba.published import StarCheck, check_stars, stars_for, vedlegg1


def checks(column: str = "se_printed") -> dict[str, StarCheck]:
    frame = vedlegg1()
    return {
        line["name"]: check_stars(line["coef_printed"], line[column], line["stars"])
        for line in frame.to_dict("records")
        if line["se_printed"]
    }


@pytest.mark.parametrize(
    ("t", "stars"),
    [(0, ""), (1.64, ""), (1.65, "*"), (-1.97, "**"), (2.57, "**"), (2.58, "***"), (-9, "***")],
)
def test_stars_for(t: float, stars: str) -> None:
    assert stars_for(t) == stars


def test_every_star_but_one_agrees_for_all_allowed_values() -> None:
    found = checks()
    assert len(found) == 12
    assert {name for name, check in found.items() if not check.agrees} == {"gjennomfort_vgs"}
    assert {name for name, check in found.items() if not check.certain} == {"gjennomfort_vgs"}


def test_upper_secondary_cannot_have_any_star() -> None:
    check = checks()["gjennomfort_vgs"]
    assert check.possible == ("",)
    assert 0.525 < check.t_low < check.t_high < 0.58


def test_upper_secondary_corrected() -> None:
    line = vedlegg1().set_index("name").loc["gjennomfort_vgs"]
    assert line["se"] == 0.029
    assert line["se_corrected"] == 0.0029
    assert check_stars("-0,016", "0,0029", "***").certain
    assert stars_for(0.016 / 0.0062) == "***"
    assert stars_for(0.016 / 0.0063) == "**"


def test_one_digit_standard_errors_are_wide_but_settled() -> None:
    found = checks()
    assert found["konstant"].t_low == pytest.approx(2.445 / 0.85)
    assert found["konstant"].t_high == pytest.approx(2.455 / 0.75)
    assert found["innbyggere_16_66"].t_low == pytest.approx(0.0725 / 0.015)
    assert found["innbyggere_16_66"].t_high == pytest.approx(0.0735 / 0.005)


def test_interval_that_reaches_zero() -> None:
    assert check_stars("0,1", "0,0", "").t_high == math.inf
    assert check_stars("0,0", "0,1", "").t_low == 0.0
    assert check_stars("0,1", "0,0", "**").agrees
