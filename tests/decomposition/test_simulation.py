"""The Moss simulations to the krone, and what changes give alone and together."""

from __future__ import annotations

from decimal import Decimal

import pytest

from proba._numbers import round_half_up
from proba.decomposition.simulation import simulate
from proba.errors import DecompositionError
from proba.published import agrees

MOSS = {"recipients": 1791, "months": "6,2", "benefit": 11869}


def kroner(value: Decimal) -> int:
    return int(round_half_up(float(value)))


def test_simulation_1_of_the_moss_review() -> None:
    run = simulate(**MOSS, to_months="5,4")
    assert kroner(run.current_total) == 131_795_750
    assert kroner(run.changed_total) == 114_789_847
    assert kroner(run.saving) == 17_005_903
    assert agrees(float(run.saving), "17 005 903")
    assert run.interactions == {}


def test_simulation_2_keeps_its_decimals() -> None:
    run = simulate(**MOSS, to_months="5,2", recipients_change="-5%")
    assert run.changed["recipients"] == Decimal("1701.45")
    assert kroner(run.changed_total) == 105_011_452
    assert kroner(run.saving) == 26_784_298
    # With the printed, rounded 1 701 the figure would be another.
    assert kroner(1701 * Decimal("5.2") * 11869) == 104_983_679
    rows = {r[0]: r for r in run.to_table().rows}
    assert rows["Alt sammen"][1] == "1\u202f701,45"
    assert rows["Alt sammen"][4] == "105\u202f011\u202f452"


def test_alone_and_interaction_add_up_exactly() -> None:
    run = simulate(**MOSS, to_months="5.2", recipients_change="-5 %", benefit_change=0.025)
    assert sum(run.alone.values()) + run.interaction == run.saving
    assert set(run.interactions) == {
        ("recipients", "months"),
        ("recipients", "benefit"),
        ("months", "benefit"),
        ("recipients", "months", "benefit"),
    }
    # By hand: the product of the two changes at today's benefit.
    assert run.interactions[("recipients", "months")] == -Decimal("89.55") * 1 * 11869
    frame = run.to_frame()
    assert list(frame.index) == [
        "current",
        "recipients",
        "months",
        "benefit",
        "interaction",
        "together",
    ]
    out = run.to_dict()
    assert out["saving"] == pytest.approx(
        sum(out["alone"].values()) + sum(i["saving"] for i in out["interactions"])
    )


@pytest.mark.parametrize("change", ["-5%", "−5 %", "-5 prosent", "-5 percent", -0.05, "-0,05"])
def test_ways_to_write_a_change(change: str | float) -> None:
    assert simulate(**MOSS, recipients_change=change).changed["recipients"] == Decimal("1701.45")


def test_cases_or_persons_is_said() -> None:
    run = simulate(**MOSS, to_months="5,4", base="tilfeller")
    assert run.to_table().header[1] == "Tilfeller"
    assert "Tellebasis: tilfeller." in run.to_table().notes
    assert run.to_dict()["count_base"] == "tilfeller"
    with pytest.raises(DecompositionError, match="either 'mottakere' or 'tilfeller'"):
        simulate(**MOSS, base="blandet")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"recipients": "mange"}, "'recipients' must be a number"),
        ({"months": -1}, "'months' cannot be negative"),
        ({"to_months": 5, "months_change": "-5%"}, "both as a new value and as a change"),
        ({"recipients_change": "-105%"}, "cannot be below -100 %"),
        ({"recipients_change": -5}, "cannot be below -100 %"),
        ({"benefit": True}, "'benefit' must be a number"),
        ({"benefit": "nan"}, "'benefit' must be a number"),
        ({"benefit": "11.869"}, "write 11869 if thousands are parted"),
        ({"recipients": "1,791"}, "write 1791 if thousands are parted"),
        ({"recipients_change": "5"}, "write 5% if percent is meant"),
        ({"months": 62}, "twelve months in a year"),
    ],
)
def test_errors(options: dict[str, object], said: str) -> None:
    with pytest.raises(DecompositionError, match=said):
        simulate(**{**MOSS, **options})  # type: ignore[arg-type]


def test_nothing_changes() -> None:
    run = simulate(**MOSS)
    assert run.saving == 0
    assert run.moved == ()
    assert len(run.to_table("en").rows) == 2


def test_digits_are_kept_whatever_the_caller_s_context() -> None:
    from decimal import localcontext

    with localcontext(prec=5):
        run = simulate(**MOSS, to_months="5,2", recipients_change="-5%")
        assert kroner(run.changed_total) == 105_011_452
    many = simulate(recipients="12345678901234", months="1.2345678901234567", benefit="1.23456789")
    by_hand = Decimal(12345678901234) * Decimal("1.2345678901234567") * Decimal("1.23456789")
    assert many.current_total == pytest.approx(by_hand)
    assert len(str(many.current_total)) > 28


def test_words_of_rising_and_falling_spending() -> None:
    down = simulate(**MOSS, to_months="5,2").to_table().notes
    assert "Spart: 21 257 379 kr (16,1 % lavere)." in down
    up = simulate(**MOSS, recipients_change="+10%", to_months="7").to_table().notes
    assert any(note.startswith("Merutgift: ") and "% høyere" in note for note in up)
