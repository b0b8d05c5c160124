"""The basic amount, one's own series and the price index; benefit held against them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from proba._data import data_path
from proba._numbers import round_half_up
from proba._sidecar import sidecar_path, write_labelled
from proba.decomposition.deflators import (
    Deflator,
    compare_with_deflator,
    kpi_from_ssb,
    load_deflator,
    read_deflator,
)
from proba.errors import DecompositionError
from proba.sources.tidy import tidy_csv

BENEFIT = pd.Series({2012: 1.0, 2016: 1.192})  # Proba-rapport 2017-08, section 3.2
MONTHS = [f"{m:02d}" for m in range(1, 13)]


def raises(english: str, norwegian: str, call, *args, **kwargs) -> None:
    with pytest.raises(DecompositionError) as caught:
        call(*args, **kwargs)
    assert english in caught.value.text("en")
    assert norwegian in caught.value.text("nb")


# The basic amount


@pytest.mark.parametrize(("basis", "percent"), [("1 May", 12.7), ("average", 13.0)])
def test_growth_2012_16_beside_the_printed_13(basis: str, percent: float) -> None:
    growth = 100 * load_deflator("grunnbelop", basis=basis).growth(2012, 2016)
    assert float(round_half_up(growth, 1)) == percent
    assert int(round_half_up(growth)) == 13


@pytest.mark.parametrize(
    ("basis", "growth"),
    [
        ("1 May", [3.67, 3.80, 3.67, 1.92, 2.78]),
        ("average", [4.01, 3.76, 3.71, 2.49, 2.50]),
    ],
)
def test_yearly_growth(basis: str, growth: list[float]) -> None:
    found = load_deflator(basis=basis).yearly_growth()
    assert found.index[0] == 2000
    assert found.loc[2012:2016].round(2).tolist() == growth


@pytest.mark.parametrize(
    ("year", "may", "average"),
    [(2011, 79216, 78024), (2012, 82122, 81153), (2016, 92576, 91740), (2023, 118620, 116239)],
)
def test_published_values(year: int, may: int, average: int) -> None:
    assert load_deflator(basis="1 May").values[year] == may
    assert load_deflator(basis="average").values[year] == average


def test_every_average_follows_from_the_amounts() -> None:
    may = load_deflator(basis="1 May").values
    before = may.shift(1)
    before[1999] = 45_370  # from 1 May 1998
    found = [int(round_half_up((4 * b + 8 * g) / 12)) for b, g in zip(before, may, strict=True)]
    assert found == load_deflator(basis="average").values.tolist()
    assert load_deflator().years == tuple(range(1999, 2027))


def test_every_figure_has_a_status_and_sources_that_are_described() -> None:
    frame = pd.read_csv(data_path("deflators", "grunnbelop.csv"))
    about = yaml.safe_load(data_path("deflators", "grunnbelop.yaml").read_text(encoding="utf-8"))
    keys = {key for cell in frame["kilde"] for key in cell.split(";")}
    assert keys == set(about["sources"])
    for column in about["columns"]:
        assert set(frame[f"{column}_status"]) <= set(about["statuses"])
    assert frame.loc[frame["aar"] <= 2025, "per_1_mai_status"].eq("published").all()
    last = frame.set_index("aar").loc[2026]
    assert (last["per_1_mai_status"], last["gjennomsnitt_status"]) == ("quoted", "computed")
    assert load_deflator().retrieved == about["retrieved"]


def test_unknown_name_or_basis() -> None:
    raises("no shipped deflator 'kpi'", "ingen deflator «kpi»", load_deflator, "kpi")
    raises("basis 'june'", "grunnlag «june»", load_deflator, basis="june")


def test_a_year_outside_is_named_with_the_years_there_are() -> None:
    raises(
        "no value for 2030; it has 1999-2026", "ingen verdi for 2030", load_deflator().ratio,
        2012, 2030,
    )  # fmt: skip
    gaps = Deflator("lonn", pd.Series({2012: 1.0, 2016: 1.1}))
    raises("it has 2012, 2016", "den har 2012, 2016", gaps.growth, 2012, 2014)


# The series


def test_ratio_growth_and_deflate() -> None:
    g = load_deflator()
    assert g.ratio(2012, 2012) == 1.0
    assert g.ratio(2012, 2016) * g.ratio(2016, 2012) == pytest.approx(1.0)
    nominal = pd.Series([100.0, 119.2], index=[2012, 2016])
    real = g.deflate(nominal, 2016)
    assert real[2016] == 119.2
    assert real[2012] == pytest.approx(100 * 91740 / 81153)
    assert real[2016] / real[2012] - 1 == pytest.approx(1.192 / 1.13045728 - 1)
    # Amounts that follow the deflator do not grow.
    assert np.ptp(g.deflate(g.values, 2020)) == pytest.approx(0, abs=1e-9)


def test_deflate_a_panel_by_its_level_aar() -> None:
    g = load_deflator()
    index = pd.MultiIndex.from_product([["0104", "0219"], [2012, 2016]], names=["kommune", "aar"])
    real = g.deflate(pd.Series([1.0, 2.0, 3.0, 4.0], index=index), 2012)
    assert real.index.equals(index)
    assert real[("0219", 2012)] == 3.0
    assert real[("0104", 2016)] == pytest.approx(2 * 81153 / 91740)
    bad = pd.Series([1.0], index=pd.MultiIndex.from_tuples([("0104", 2012)]))
    raises("no index level 'aar'", "mangler indeksnivået", g.deflate, bad, 2012)
    raises("'Moss' is not a year", "«Moss» er ikke et år", g.deflate, pd.Series({"Moss": 1}), 2012)


def test_to_frame_and_table() -> None:
    g = load_deflator()
    frame = g.to_frame()
    assert frame.columns.tolist() == ["verdi", "vekst", "status"]
    assert np.isnan(frame.loc[1999, "vekst"])
    text = g.to_table().to_text()
    assert "91\N{NARROW NO-BREAK SPACE}740" in text
    assert "Kilde: NAV (lest 2026-11-22)" in text
    assert "regnet ut" in text
    assert "gjennomsnitt for året" in text
    assert g.short() == "Grunnbeløpet i folketrygden (G), gjennomsnitt for året"
    assert g.short("en").endswith("national insurance (G), yearly average")
    english = g.to_table("en").to_text()
    assert "91,740" in english
    assert "computed" in english
    assert "116 372" in english
    assert "116 372" not in load_deflator(basis="1 May").to_table("en").to_text()


@pytest.mark.parametrize(
    ("values", "english"),
    [
        ({2012: 1.0, 2013: 0.0}, "lonn, 2013: there stands '0.0'"),
        ({2012: -1.0}, "above zero"),
        ({2012: np.nan}, "there stands nothing"),
        ({2012: np.inf}, "'inf'"),
        ({}, "has no years"),
    ],
)
def test_values_that_cannot_be_a_deflator(values: dict[int, float], english: str) -> None:
    with pytest.raises(DecompositionError, match=english):
        Deflator("lonn", pd.Series(values, dtype="float64"))


def test_years_are_put_in_order_and_the_callers_series_is_left_alone() -> None:
    own = pd.Series({2016: 2.0, 2012: 1.0})
    deflator = Deflator("lonn", own)
    assert deflator.years == (2012, 2016)
    own[2012] = 9.0
    assert deflator.values[2012] == 1.0
    assert deflator.yearly_growth().empty


# One's own file


def test_read_deflator(tmp_path: Path) -> None:
    file = tmp_path / "lonn.csv"
    file.write_text("aar;verdi;kilde\n2013;104,5;SSB\n2012;100;SSB\n2014;108,1;TBU\n", "utf-8")
    deflator = read_deflator(file, unit="index", basis="yearly average")
    assert deflator.name == "lonn"
    assert deflator.source == "SSB; TBU"
    assert deflator.values.to_dict() == {2012: 100.0, 2013: 104.5, 2014: 108.1}
    assert deflator.growth(2012, 2013) == pytest.approx(0.045)
    file.write_text("aar,verdi\n2012,100\n2013,104.5\n", encoding="utf-8")
    assert read_deflator(file, name="sats").source == "lonn.csv"
    table = read_deflator(file).to_table()
    assert table.rows[1] == ("2013", "104,5", "4,5", "")


@pytest.mark.parametrize(
    ("content", "english", "norwegian"),
    [
        ("aar,verdi\n2012,1\n2012,2\n", "line 3: the year 2012 stands twice", "to ganger"),
        ("aar,verdi\n,1\n", "line 2: an empty cell is not a year", "en tom celle er ikke"),
        ("aar,verdi\n12,1\n", "'12' is not a year", "«12» er ikke et år"),
        ("aar,verdi\n2012,0\n", "2012: there stands '0'", "2012: der står «0»"),
        ("aar,verdi\n2012,-3\n", "above zero", "over null"),
        ("aar,verdi\n2012,\n", "there stands nothing", "der står ingenting"),
        ("aar,verdi\n2012,mye\n", "there stands 'mye'", "der står «mye»"),
        (
            "year,verdi\n2012,1\n",
            "columns lacking: aar; it has year, verdi",
            "mangler kolonnene aar",
        ),
        ("aar,verdi\n", "no lines below the names", "ingen linjer under kolonnenavnene"),
        ("", "no lines; the first must name", "ingen linjer; den første må navngi"),
        ("\n \n", "among them aar, verdi", "blant dem aar, verdi"),
        ("år;verdi\n", "columns lacking: aar;", "mangler kolonnene aar;"),
    ],
)
def test_a_file_that_cannot_be_read(
    tmp_path: Path, content: str, english: str, norwegian: str
) -> None:
    file = tmp_path / "egen.csv"
    file.write_text(content, encoding="utf-8")
    raises(english, norwegian, read_deflator, file)


def test_no_file_and_another_encoding(tmp_path: Path) -> None:
    raises("FileNotFoundError", "kan ikke leses", read_deflator, tmp_path / "ingen.csv")
    file = tmp_path / "latin.csv"
    file.write_bytes("aar,verdi,kilde\n2012,1,lønn\n".encode("latin-1"))
    raises("UnicodeDecodeError", "UTF-8", read_deflator, file)


# The price index


def cells(dims: dict[str, dict[str, str]], values: list[float | None]) -> pd.DataFrame:
    """A table as ``proba ssb`` makes it: code and label of each dimension, value, status."""
    index = pd.MultiIndex.from_product([list(d) for d in dims.values()], names=list(dims))
    frame = index.to_frame(index=False)
    out = {}
    for name, labels in dims.items():
        out |= {name: frame[name], f"{name}_label": frame[name].map(labels)}
    missing = [None if value is not None else ".." for value in values]
    return pd.DataFrame(out).assign(value=np.array(values, dtype=float), status=missing)


def months(*years: int) -> dict[str, str]:
    return {f"{y}M{m}": f"{y}M{m}" for y in years for m in MONTHS}


INDEX = {"KpiIndMnd": "Konsumprisindeks (2015=100)"}


def write(path: Path, frame: pd.DataFrame, label: str | None = None) -> Path:
    facts = {"dc:source": ["https://data.ssb.no/api/pxwebapi/v2/tables/03013/data"]}
    content = tidy_csv(frame).encode("utf-8")
    write_labelled({path: content}, path, "03013: Konsumprisindeks", facts, label)
    return path


def test_months_become_means_of_whole_years(tmp_path: Path) -> None:
    dims = {"Konsumgrp": {"TOTAL": "Totalindeks"}, "ContentsCode": INDEX, "Tid": months(2015, 2016)}
    values = [*np.arange(94.5, 106.5), *np.arange(100.5, 112.5)]
    frame = cells(dims, values).iloc[:-1]
    file = write(tmp_path / "kpi.csv", frame)
    kpi = kpi_from_ssb(file)
    assert kpi.values.to_dict() == {2015: 100.0}
    assert (kpi.name, kpi.basis, kpi.source) == ("kpi", "yearly average", "SSB (kpi.csv)")
    assert kpi.unit == "Konsumprisindeks (2015=100)"
    assert kpi.status[2015] == "computed"
    assert kpi.label is None
    assert "2016 (11)" in kpi.to_table().to_text()
    assert "left out: 2016 (11)" in kpi.notes[0][0]
    part = kpi_from_ssb(file, partial=True)
    assert part.values[2016] == pytest.approx(np.mean(np.arange(100.5, 111.5)))
    assert part.status[2016] == "partial"
    assert "ikke helt år" in part.to_table().to_text()


def test_a_month_without_a_value_is_a_month_that_is_not_there(tmp_path: Path) -> None:
    values: list[float | None] = [100.0] * 24
    values[14] = None
    dims = {"ContentsCode": INDEX, "Tid": months(2015, 2016)}  # 14710: no groups
    kpi = kpi_from_ssb(write(tmp_path / "kpi.csv", cells(dims, values)))
    assert kpi.years == (2015,)
    assert "2016 (11)" in kpi.notes[0][1]


def test_the_total_is_taken_among_groups_unless_another_is_named(tmp_path: Path) -> None:
    dims = {
        "VareTjenesteGrp": {"00": "I alt", "04": "Bolig"},
        "ContentsCode": INDEX | {"Manedsendring": "Månedsendring (prosent)"},
        "Tid": months(2025),
    }
    values = [*[100.0] * 12, *[-0.1] * 12, *[200.0] * 12, *[0.3] * 12]
    file = write(tmp_path / "kpi.csv", cells(dims, values))
    assert kpi_from_ssb(file).values[2025] == 100.0
    assert kpi_from_ssb(file, group="04").values[2025] == 200.0
    raises("'99'; it has 00, 04", "--select VareTjenesteGrp=KODE", kpi_from_ssb, file, group="99")
    raises("{'VareTjenesteGrp': ['CODE']}", "group='KODE'", kpi_from_ssb, file, group="99")


def test_groups_without_a_total_must_be_chosen(tmp_path: Path) -> None:
    dims = {"Konsumgrp": {"01": "Mat", "04": "Bolig"}, "ContentsCode": INDEX, "Tid": months(2015)}
    file = write(tmp_path / "kpi.csv", cells(dims, [100.0] * 24))
    raises("it has 01, 04", "den har 01, 04", kpi_from_ssb, file)
    other = write(
        tmp_path / "annet.csv",
        cells({"ContentsCode": {"A": "a", "B": "b"}, "Tid": months(2015)}, [100.0] * 24),
    )
    raises("{'ContentsCode': ['CODE']}).", "(i Python select=", kpi_from_ssb, other)
    assert kpi_from_ssb(file, group="04").years == (2015,)
    dims = {"ContentsCode": INDEX, "Tid": months(2015)}
    file = write(tmp_path / "total.csv", cells(dims, [100.0] * 12))
    raises("there is no group '04'", "ingen gruppe «04»", kpi_from_ssb, file, group="04")


def test_month_in_a_dimension_of_its_own(tmp_path: Path) -> None:
    names = {**{m: m for m in MONTHS}, "90": "Årsgjennomsnitt"}
    dims = {"Maaned": names, "ContentsCode": INDEX, "Tid": {"2015": "2015", "2016": "2016"}}
    values = [v for m in range(12) for v in (94.5 + m, 100.5 + m)] + [999.0, 999.0]
    kpi = kpi_from_ssb(write(tmp_path / "kpi.csv", cells(dims, values)))
    assert kpi.values.to_dict() == {2015: 100.0, 2016: 106.0}


def test_years_are_taken_as_they_stand(tmp_path: Path) -> None:
    dims = {
        "Konsumgrp": {"TOTAL": "Totalindeks"},
        "ContentsCode": {"KpiAar": "Konsumprisindeks (2015=100)", "Aarsendring": "Årsendring"},
        "Tid": {y: y for y in ("2012", "2015", "2016")},
    }
    values = [93.3, 100.0, None, 0.8, 2.1, 3.6]
    kpi = kpi_from_ssb(write(tmp_path / "kpi.csv", cells(dims, values)))
    assert kpi.values.to_dict() == {2012: 93.3, 2015: 100.0}
    assert set(kpi.status) == {"published"}


def test_label_and_source_come_with_the_file(tmp_path: Path) -> None:
    dims = {"ContentsCode": INDEX, "Tid": months(2015, 2016)}
    file = write(tmp_path / "kpi.csv", cells(dims, [100.0] * 24), "Hentet fra lokal tjener")
    kpi = kpi_from_ssb(file)
    assert kpi.label == "Hentet fra lokal tjener"
    assert "03013: Konsumprisindeks" in kpi.source
    assert "https://data.ssb.no/" in kpi.source
    assert kpi.to_table().label == kpi.label
    compared = compare_with_deflator(pd.Series({2015: 1.0, 2016: 1.1}), kpi)
    assert compared.to_table().label == kpi.label
    sidecar_path(file).write_text("{", encoding="utf-8")
    raises("may hold a label", "kan ha et merke", kpi_from_ssb, file)
    sidecar_path(file).write_text(json.dumps({"dc:source": "https://x"}), encoding="utf-8")
    assert kpi_from_ssb(file).source == "SSB: https://x"


@pytest.mark.parametrize(
    ("lines", "english"),
    [
        (["2016K1,100"], "'2016K1' is neither a year nor a month"),
        (["2016M13,100"], "neither a year nor a month"),
        (["2016M01,100", "2016M01,101"], "2016M01 stands twice"),
        (["2016,100", "2016,"], "2016 stands twice|no whole year"),
        (["2016M01,0"], "2016M01: there stands '0'"),
        (["2015,100", "2016M01,100"], "years and months in one file"),
        (["2016M01,100"], "no whole year"),
    ],
)
def test_a_file_that_is_not_such_a_table(tmp_path: Path, lines: list[str], english: str) -> None:
    file = tmp_path / "kpi.csv"
    file.write_text("\n".join(["Tid,value", *lines]) + "\n", encoding="utf-8")
    with pytest.raises(DecompositionError, match=english):
        kpi_from_ssb(file)


def test_a_file_without_time(tmp_path: Path) -> None:
    file = tmp_path / "kpi.csv"
    file.write_text("aar,verdi\n2016,100\n", encoding="utf-8")
    raises("columns lacking: Tid, value", "mangler kolonnene Tid, value", kpi_from_ssb, file)


# Figur 7-1


def test_benefit_known_at_the_ends_only() -> None:
    found = compare_with_deflator(BENEFIT, load_deflator())
    total = found.total
    assert len(found.steps) == 1
    assert found.to_frame().equals(found.steps)
    assert total["benefit"] == pytest.approx(19.2)
    assert total["deflator"] == pytest.approx(13.0457, abs=1e-4)
    assert total["difference"] == pytest.approx(19.2 - 13.0457, abs=1e-4)
    assert total["real"] == pytest.approx(5.444, abs=1e-3)
    assert total["benefit_yearly"] == pytest.approx(100 * (1.192**0.25 - 1))
    assert total["real_yearly"] == pytest.approx(100 * ((1.192 / 1.130457284) ** 0.25 - 1))
    table = found.to_table()
    assert [row[0] for row in table.rows] == ["2012–2016", "2012–2016, per år"]
    assert table.rows[0][1:] == ("19,2", "13,0", "6,2", "5,4")
    assert "Kilde: NAV" in table.to_text()


def test_every_year_and_the_whole() -> None:
    benefit = pd.Series({2012: 100.0, 2013: 107.0, 2014: 112.0, 2015: 115.5, 2016: 119.2})
    g = load_deflator()
    found = compare_with_deflator(benefit, g)
    assert found.steps.index.tolist() == [2013, 2014, 2015, 2016]
    assert found.steps["deflator"].tolist() == pytest.approx(
        g.yearly_growth().loc[2013:2016].tolist()
    )
    real = (1 + found.steps["real"] / 100).prod()
    assert real == pytest.approx(1 + found.total["real"] / 100)
    for name in ("benefit", "deflator", "difference", "real"):
        assert np.allclose(found.steps[name], found.steps[f"{name}_yearly"])
    assert found.to_frame().index.tolist() == [2013, 2014, 2015, 2016, 2016]
    rows = found.to_table("en").rows
    assert [row[0] for row in rows][-3:] == ["2016", "2012–2016", "2012–2016, a year"]


def test_a_gap_gives_one_step_and_its_mean_a_year() -> None:
    found = compare_with_deflator(pd.Series({2012: 1.0, 2013: 1.05, 2016: 1.192}), load_deflator())
    assert found.steps["start"].tolist() == [2012, 2013]
    last = found.steps.loc[2016]
    assert last["benefit_yearly"] == pytest.approx(100 * ((1.192 / 1.05) ** (1 / 3) - 1))


def test_a_year_that_is_not_published_is_named_and_the_label_follows() -> None:
    benefit = pd.Series({2024: 1.0, 2026: 1.1})
    table = compare_with_deflator(benefit, load_deflator(), label="Merket").to_table()
    assert table.label == "Merket"
    assert "Deflator: 2026 regnet ut." in table.notes
    plain = compare_with_deflator(BENEFIT, load_deflator()).to_table()
    assert plain.label is None
    assert not any("regnet ut" in note for note in plain.notes)


def test_comparison_takes_two_years_the_deflator_has() -> None:
    g = load_deflator()
    one = pd.Series({2016: 9314.0})
    raises("known for 2016 only", "bare kjent for 2016", compare_with_deflator, one, g)
    early = pd.Series({1990: 1.0, 2016: 2.0})
    raises("no value for 1990", "ingen verdi for 1990", compare_with_deflator, early, g)
    zero = pd.Series({2012: 0.0, 2016: 2.0})
    raises("stonad_per_maned, 2012", "over null", compare_with_deflator, zero, g)
