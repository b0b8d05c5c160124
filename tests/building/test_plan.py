"""The plan: which table for which years, and what is lacking, before anything is fetched."""

from __future__ import annotations

import pytest

from proba.errors import CatalogueError
from proba.panel.building import plan_lines, shipped_catalogue
from proba.panel.building.plan import BuildPlan, check_files, make_plan


def plan(
    years: tuple[int, ...], variables: tuple[str, ...] | None = None, files: tuple[str, ...] = ()
) -> BuildPlan:
    return make_plan(shipped_catalogue(), years, years[-1], variables=variables, files=set(files))


def parts(found: BuildPlan, quantity: str) -> dict[str, tuple[int, ...]]:
    return {u.part.name: u.years for u in found.uses if u.quantity.code == quantity}


def test_one_table_is_used_where_one_holds_all_years() -> None:
    years = (2012, 2013, 2014, 2015, 2016)
    found = plan(years, ("netto_driftsutgifter",))
    assert parts(found, "netto_driftsutgifter_1000kr") == {"ssb 04687": years}
    assert found.crossings == ()


def test_the_new_structure_is_used_alone_from_2015() -> None:
    found = plan((2015, 2016, 2019), ("netto_driftsutgifter",))
    assert parts(found, "netto_driftsutgifter_1000kr") == {"ssb 12362": (2015, 2016, 2019)}
    assert found.crossings == ()


def test_years_on_both_sides_cross_the_break_and_say_so() -> None:
    found = plan((2013, 2014, 2015, 2018), ("netto_driftsutgifter",))
    assert parts(found, "netto_driftsutgifter_1000kr") == {
        "ssb 12362": (2015, 2018),
        "ssb 04687": (2013, 2014),
    }
    lines = plan_lines(found)
    assert sum("Brudd 2015" in line for line in lines) == 2
    assert any("ssb 04687 → ssb 12362" in line for line in lines)
    assert any("ny tabellstruktur" in line or "nye tabellstruktur" in line for line in lines)


def test_what_no_source_gives_is_left_out_and_named() -> None:
    found = plan((2016,))
    left = {v.code for v in found.left_out}
    assert left == {
        "ufore_18_49",
        "opphopningsindeks",
        "nybosatte_flyktninger",
        "gjennomfort_vgs",
    }
    lines = plan_lines(found, "en")
    assert any("--file gront_hefte:2016=FILE" in line for line in lines)
    assert any("--file imdi=FILE" in line for line in lines)


def test_a_file_makes_its_variable_possible_for_its_years() -> None:
    found = plan((2015, 2016), files=("imdi", "gront_hefte:2016"))
    assert {v.code for v in found.left_out} == {"ufore_18_49", "gjennomfort_vgs"}
    assert parts(found, "opphopningsindeks_publisert") == {"gront_hefte": (2016,)}
    assert [g.years for g in found.gaps if g.quantity.code == "opphopningsindeks_publisert"] == [
        (2015,)
    ]


def test_a_break_inside_a_files_years_is_told() -> None:
    found = plan((2014, 2015), files=("nav",))
    assert [(c.quantity.code, c.year) for c in found.crossings if "ufore" in c.quantity.code] == [
        ("ufore_18_49_personer", 2015)
    ]


def test_a_variable_asked_for_must_be_had() -> None:
    with pytest.raises(CatalogueError, match="'stonadslengde'") as caught:
        plan((2020, 2021), ("stonadslengde",))
    assert "1999\N{EN DASH}2016" in caught.value.text("nb")
    with pytest.raises(CatalogueError, match="gront_hefte:2016"):
        plan((2016,), ("opphopningsindeks",))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("ssb", "imdi, nav"),
        ("navv", "navv"),
        ("gront_hefte", "gront_hefte:2016"),
        ("nav:des", "nav:2016"),
    ],
)
def test_a_file_no_source_reads_is_refused(key: str, words: str) -> None:
    with pytest.raises(CatalogueError, match="--file") as caught:
        check_files(shipped_catalogue(), (key,))
    assert words in caught.value.text("nb")
