"""The readers on the layouts of their agencies."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from files_layouts import (
    AGES,
    FYLKER,
    KOMMUNER,
    Span,
    criteria,
    gront_hefte_2016,
    gront_hefte_ods,
    imdi_crosstable,
    imdi_download,
    imdi_flat,
    name_of,
    nav_age_rows,
    nav_ages,
    nav_months,
    number_of,
    share_of,
    to_csv,
    to_ods,
    to_xls,
    to_xlsx,
    udir_cohorts,
)

from proba.errors import CatalogueError, SourceError
from proba.sources.files import READERS


def read(reader, content, options=None, name="fil.xlsx"):
    return READERS[reader](content, name, options or {})


def value(seen, kommune, year):
    frame = seen.frame
    row = frame[(frame["kommune"] == kommune) & (frame["aar"] == year)]
    assert len(row) == 1
    return row["value"].iloc[0], row["status"].iloc[0]


def norwegian(seen):
    return " ".join(nb for _, nb in seen.notes)


# --- IMDi ----------------------------------------------------------------------------------


def test_imdi_download_as_it_comes():
    rows = imdi_download([2015, 2016], suppressed={"0104": "<5", "0105": ":"})
    seen = read("imdi_bosetting", to_csv(rows, encoding="cp1252"), name="bosatt.csv")
    assert list(seen.frame.columns) == ["kommune", "aar", "value", "status"]
    assert str(seen.frame["aar"].dtype) == "int64"
    assert str(seen.frame["value"].dtype) == "float64"
    assert len(seen.frame) == 2 * len(KOMMUNER)
    assert value(seen, "0101", 2016) == (number_of("0101", 2016, 3), None)
    number, status = value(seen, "0104", 2016)
    assert math.isnan(number)
    assert status == "<5"
    assert value(seen, "0105", 2015)[1] == ":"
    assert seen.origin == "bosatt.csv"


@pytest.mark.parametrize(("measure", "group"), [("bosatt", 3), ("anmodning", 0), ("vedtak", 2)])
def test_imdi_measures(measure, group):
    content = to_csv(imdi_download([2016]))
    seen = read("imdi_bosetting", content, {"measure": measure})
    assert value(seen, "0212", 2016)[0] == number_of("0212", 2016, group)


def test_imdi_years_wanted():
    content = to_csv(imdi_download([2015, 2016]))
    seen = read("imdi_bosetting", content, {"years": [2016]})
    assert set(seen.frame["aar"]) == {2016}
    with pytest.raises(SourceError, match="2012"):
        read("imdi_bosetting", content, {"years": [2012, 2016]})


def test_imdi_flat_file():
    content = to_csv(imdi_flat(2016), separator=",")
    seen = read("imdi_bosetting", content)
    assert len(seen.frame) == len(KOMMUNER)
    assert value(seen, "0101", 2016)[0] == number_of("0101", 2016, 2)
    assert value(seen, "0105", 2016)[1] == ":"


@pytest.mark.parametrize("write", ["xlsx", "ods", "csv", "xls", "utf-16"])
def test_imdi_crosstable(write):
    rows = imdi_crosstable()
    if write == "ods":
        rows[3] = [None, Span("2015", 2), Span("2016", 2)]
        content = to_ods({"Bosetting": rows})
    elif write == "xlsx":
        content = to_xlsx({"Bosetting": rows}, merges={"Bosetting": ["B4:C4", "D4:E4"]})
    elif write == "xls":
        content = to_xls(rows)
    else:
        content = to_csv(rows, encoding="utf-8" if write == "csv" else "utf-16", separator="\t")
    seen = read("imdi_bosetting", content)
    assert len(seen.frame) == 2 * len(KOMMUNER)
    assert value(seen, "0101", 2016)[0] == number_of("0101", 2016, 2)
    assert value(seen, "2015", 2015)[0] == number_of("2015", 2015, 2)
    assert "40 summer for fylker og landet er lik summen av kommunene" in norwegian(seen)
    assert "fylke 19" in norwegian(seen)


def test_imdi_one_year_needs_the_year():
    rows = [["Kommune", "Bosatt"], *([f"{k} by", 3] for k in KOMMUNER)]
    with pytest.raises(CatalogueError, match="'year'"):
        read("imdi_bosetting", to_csv(rows))
    seen = read("imdi_bosetting", to_csv(rows), {"year": 2016})
    assert set(seen.frame["aar"]) == {2016}


def test_imdi_negative_count():
    rows = [["Kommune", "Bosatt 2016"], *([f"{k} by", 3] for k in KOMMUNER)]
    rows[5][1] = -3
    with pytest.raises(SourceError, match=r"ark 'A', celle B6.*negativt") as caught:
        _raise_nb(to_xlsx({"A": rows}))
    assert caught.value.args


def _raise_nb(content):
    try:
        read("imdi_bosetting", content)
    except SourceError as error:
        raise SourceError(error.nb) from error


# --- NAV -----------------------------------------------------------------------------------


def ages_sum(kommune, groups=4, year=2016):
    return sum(number_of(kommune, year, g) for g in range(groups))


@pytest.mark.parametrize("write", [to_xlsx, to_ods])
@pytest.mark.parametrize("ages", ["18-49", list(AGES[:4])])
def test_nav_ages_are_added(write, ages):
    seen = read("nav_ufore", write({"Antall": nav_ages()}), {"ages": ages, "year": 2016})
    assert len(seen.frame) == len(KOMMUNER)
    assert value(seen, "0101", 2016)[0] == ages_sum("0101")
    assert "20 summer" in norwegian(seen)


def test_nav_year_from_title_and_wrong_title():
    content = to_xlsx({"Antall": nav_ages()})
    assert set(read("nav_ufore", content, {"ages": "18-49"}).frame["aar"]) == {2016}
    with pytest.raises(SourceError, match="title_year: 2016"):
        read("nav_ufore", content, {"ages": "18-49", "year": 2014})
    seen = read("nav_ufore", content, {"ages": "18-49", "year": 2017, "title_year": 2016})
    assert set(seen.frame["aar"]) == {2017}


def test_nav_title_of_another_month():
    content = to_xlsx({"Antall": nav_ages("Uføretrygd. Pr. 30.06.2016. Antall")})
    with pytest.raises(SourceError, match=r"juni.*desember"):
        read("nav_ufore", content, {"ages": "18-49", "year": 2016})
    read("nav_ufore", content, {"ages": "18-49", "year": 2016, "month": "juni"})


def test_nav_interval_that_cannot_be_made():
    content = to_xlsx({"Antall": nav_ages()})
    with pytest.raises(SourceError, match=r"cannot make '18-42'.*'18-29'"):
        read("nav_ufore", content, {"ages": "18-42", "year": 2016})
    with pytest.raises(CatalogueError, match="interval"):
        read("nav_ufore", content, {"ages": "unge", "year": 2016})


def test_nav_suppressed_group_makes_the_sum_missing():
    rows = nav_ages()
    line = next(r for r in rows if r and str(r[0]).startswith("0105"))
    line[2] = "*"
    content = to_xlsx({"Antall": rows})
    seen = read("nav_ufore", content, {"ages": "18-49", "year": 2016})
    assert math.isnan(value(seen, "0105", 2016)[0])
    assert value(seen, "0105", 2016)[1] == "*"
    assert "2 er høyere med inntil" in norwegian(seen)
    line[2] = "-"
    options = {"ages": "18-49", "year": 2016, "zero": ["-"], "additive": False}
    seen = read("nav_ufore", to_xlsx({"Antall": rows}), options)
    assert value(seen, "0105", 2016)[0] == ages_sum("0105") - number_of("0105", 2016, 0)


def test_nav_pst302():
    content = to_xlsx(nav_months())
    seen = read("nav_ufore", content, {"year": 2016})
    assert len(seen.frame) == len(KOMMUNER)
    assert value(seen, "1102", 2016)[0] == number_of("1102", 2016, 2)
    assert value(seen, "1103", 2016)[0] == number_of("1103", 2016, 2)
    assert value(seen, "0301", 2016)[1] == "*"
    assert "bydel 2" in norwegian(seen)
    assert seen.origin == "fil.xlsx, ark 'Kommune-bydel. Antall'"
    share = read("nav_ufore", content, {"year": 2016, "measure": "andel"})
    assert value(share, "1102", 2016)[0] == pytest.approx(0.1 * number_of("1102", 2016, 2))


def test_nav_month_not_there():
    with pytest.raises(SourceError, match="no column for mars; it has januar, februar, desember"):
        read("nav_ufore", to_xlsx(nav_months()), {"year": 2016, "month": "mars"})


def test_nav_ages_in_rows():
    content = to_xlsx({"Data": nav_age_rows()})
    seen = read("nav_ufore", content, {"ages": "18-49"})
    assert len(seen.frame) == 2 * len(KOMMUNER)
    assert value(seen, "0101", 2015)[0] == ages_sum("0101", year=2015)
    rows = nav_age_rows()
    del rows[2]  # 0101, 30-39 år
    seen = read("nav_ufore", to_xlsx({"Data": rows}), {"ages": "18-49"})
    assert math.isnan(value(seen, "0101", 2015)[0])
    assert "en celle eller rad er tom: 2" in norwegian(seen)


@pytest.mark.parametrize("merges", [{}, {"A": ["C2:D2", "E2:F2"]}])
def test_nav_years_over_ages(merges):
    rows = [
        ["Uføretrygd"],
        [None, None, "2015", None, "2016", None],
        ["Nr", "Navn", "18-29 år", "30-49 år", "18-29 år", "30-49 år"],
        *([int(k), "By", 1, 2, 3, 4] for k in KOMMUNER),
    ]
    seen = read("nav_ufore", to_xlsx({"A": rows}, merges=merges), {"ages": "18-49"})
    assert value(seen, "0101", 2015)[0] == 3.0
    assert value(seen, "0101", 2016)[0] == 7.0


def test_nav_counts_beside_shares():
    rows = [[None, "18-49 år", None], ["Kommune", "Antall", "Andel"]]
    rows += [[f"{k} By", 5, 1.5] for k in KOMMUNER]
    options = {"ages": "18-49", "year": 2016}
    assert value(read("nav_ufore", to_xlsx({"A": rows}), options), "0101", 2016)[0] == 5.0
    share = options | {"measure": "andel"}
    assert value(read("nav_ufore", to_xlsx({"A": rows}), share), "0101", 2016)[0] == 1.5


# --- Grønt hefte ---------------------------------------------------------------------------


def test_gront_hefte_three_header_rows():
    sheets, merges = gront_hefte_2016()
    content = to_xlsx(sheets, merges=merges)
    seen = read("gront_hefte", content, {"column": "Opphopningsindeks", "year": 2016})
    assert len(seen.frame) == len(KOMMUNER)
    assert value(seen, "0101", 2016)[0] == criteria("0101")[1]
    assert value(seen, "2023", 2016)[0] == criteria("2023")[1]
    people = read("gront_hefte", content, {"column": "16-66 år", "year": 2016})
    assert value(people, "0101", 2016)[0] == criteria("0101")[0] // 2
    assert "fylke 19, hele landet 1" in norwegian(people)


def test_gront_hefte_without_merged_cells():
    sheets, _ = gront_hefte_2016()
    content = to_xlsx(sheets)
    options = {"column": "Innbyggere per 1. juli i alt antall", "year": 2016}
    seen = read("gront_hefte", content, options | {"additive": True})
    assert value(seen, "0101", 2016)[0] == criteria("0101")[0]
    assert "20 summer" in norwegian(seen)


def test_gront_hefte_ods():
    content = to_ods(gront_hefte_ods())
    seen = read("gront_hefte", content, {"column": "opphoping", "year": 2016}, "e-k.ods")
    assert value(seen, "0101", 2016)[0] == criteria("0101")[1]
    assert seen.origin == "e-k.ods, ark 'Tabell E-k'"


def test_gront_hefte_subtotal_above_its_kommuner():
    rows = [["Nr", "Kommune", "Innbyggere", "Opphoping"]]
    for fylke, name in FYLKER.items():
        kommuner = [k for k in KOMMUNER if k[:2] == fylke]
        rows.append([None, name, sum(map(number_of, kommuner)), None])
        rows += [[int(k), name_of(k), number_of(k), 0.5] for k in kommuner]
    content = to_xlsx({"A": rows})
    seen = read("gront_hefte", content, {"column": "Innbyggere", "year": 2016})
    assert "19 summer" in norwegian(seen)
    rows[1][2] += 1
    with pytest.raises(SourceError, match="cell C2: '01 Østfold' in 2016, column 'Innbyggere'"):
        read("gront_hefte", to_xlsx({"A": rows}), {"column": "Innbyggere", "year": 2016})


def test_year_option_on_files_that_have_years():
    assert set(
        read("imdi_bosetting", to_csv(imdi_download([2015, 2016])), {"year": 2015}).frame["aar"]
    ) == {2015}
    assert set(
        read("imdi_bosetting", to_xlsx({"A": imdi_crosstable()}), {"year": 2016}).frame["aar"]
    ) == {2016}
    options = {"ages": "18-49", "year": 2015}
    assert set(read("nav_ufore", to_xlsx({"A": nav_age_rows()}), options).frame["aar"]) == {2015}
    options = {"measure": "Gjennomført innen fem år", "year": 2011, "cohort_shift": 5}
    seen = read("udir_gjennomforing", to_xlsx({"A": udir_cohorts()}), options)
    assert set(seen.frame["aar"]) == {2016}
    with pytest.raises(SourceError, match="2014"):
        read("imdi_bosetting", to_csv(imdi_download([2015])), {"year": 2014})


def test_gront_hefte_column_errors():
    sheets, merges = gront_hefte_2016()
    content = to_xlsx(sheets, merges=merges)
    with pytest.raises(SourceError, match=r"several columns fit 'indeks'"):
        read("gront_hefte", content, {"column": "indeks", "year": 2016, "sheet": "E-k"})
    with pytest.raises(SourceError, match=r"no column 'Opphoppningsindex'; the headers are .*Opph"):
        read("gront_hefte", content, {"column": "Opphoppningsindex", "year": 2016, "sheet": "e-k"})
    with pytest.raises(CatalogueError, match="'year'"):
        read("gront_hefte", content, {"column": "Opphopningsindeks"})


# --- Udir ----------------------------------------------------------------------------------


@pytest.mark.parametrize("merged", [True, False])
def test_udir_cohorts_under_a_heading(merged):
    merges = {"Data": ["D2:E2", "F2:G2"]} if merged else {}
    content = to_xlsx({"Data": udir_cohorts()}, merges=merges)
    options = {"measure": "Gjennomført innen fem år", "cohort_shift": 5}
    seen = read("udir_gjennomforing", content, options)
    assert set(seen.frame["aar"]) == {2015, 2016}
    assert value(seen, "0101", 2016)[0] == pytest.approx(share_of("0101", 2011))
    assert value(seen, "0104", 2015)[1] == "*"


def test_udir_headings_must_be_told_apart():
    with pytest.raises(SourceError, match="'measure'"):
        read("udir_gjennomforing", to_xlsx({"Data": udir_cohorts()}))


def test_udir_fractions():
    content = to_xlsx({"Data": udir_cohorts(fraction=True)})
    seen = read("udir_gjennomforing", content, {"measure": "Gjennomført innen fem år"})
    assert value(seen, "0101", 2010)[0] == pytest.approx(share_of("0101", 2010))
    assert "ganget med 100" in norwegian(seen)


def test_udir_long_with_filters_and_decimal_commas():
    rows = [["Kull", "Kommunekode", "Navn", "Kjønn", "Andel fullført"]]
    for k in KOMMUNER:
        rows.append(
            ["2010-2012", k, "x", "Alle", f"{share_of(k, 2010):.2f}".replace(".", ",") + " %"]
        )
        rows.append(["2010-2012", k, "x", "Jenter", "99,9"])
    options = {"measure": "Andel fullført", "where": {"Kjønn": "Alle"}}
    content = to_csv(rows)
    with pytest.raises(SourceError, match="'period'"):
        read("udir_gjennomforing", content, options)
    seen = read("udir_gjennomforing", content, options | {"period": "middle", "cohort_shift": 5})
    assert value(seen, "0101", 2016)[0] == pytest.approx(share_of("0101", 2010))
    with pytest.raises(SourceError, match=r"stands a second time.*'where'"):
        read("udir_gjennomforing", content, {"measure": "Andel fullført", "period": "last"})


def test_udir_per_cent_range():
    rows = udir_cohorts()
    rows[10][3] = 101.5
    with pytest.raises(SourceError, match=r"cell D11: 101\.5 per cent"):
        read("udir_gjennomforing", to_xlsx({"D": rows}), {"measure": "Gjennomført innen fem år"})


# --- tabell --------------------------------------------------------------------------------


def long_rows(years=(2015, 2016)):
    rows = [["knr", "aar", "gruppe", "verdi", "andel"]]
    for y in years:
        for k in KOMMUNER:
            rows.append([k, y, "alle", number_of(k, y), 12.5])
            rows.append([k, y, "menn", number_of(k, y, 1), 13.5])
    return rows


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_tabell_long(separator):
    content = to_csv(long_rows(), separator=separator)
    options = {"kommune": "knr", "year": "aar", "value": "verdi", "where": {"gruppe": ["alle"]}}
    seen = read("tabell", content, options)
    assert value(seen, "0101", 2015)[0] == number_of("0101", 2015)
    seen = read("tabell", content, options | {"value": "andel", "percent": True, "scale": 2})
    assert value(seen, "0101", 2015)[0] == 25.0


def test_tabell_where_that_fits_nothing():
    options = {"year": "aar", "value": "verdi", "where": {"gruppe": "kvinner"}}
    with pytest.raises(SourceError, match=r"has no 'kvinner'; it has 'alle', 'menn'"):
        read("tabell", to_csv(long_rows()), options)


def test_tabell_wide_and_sums():
    rows = [["Region", "2013", "2014", "Merknad"]]
    rows += [[f"K-{k}", number_of(k, 2013), number_of(k, 2014), None] for k in KOMMUNER]
    content = to_xlsx({"A": rows})
    seen = read("tabell", content, {"value": {"wide": True}})
    assert set(seen.frame["aar"]) == {2013, 2014}
    seen = read("tabell", content, {"value": {"wide": [2014]}})
    assert set(seen.frame["aar"]) == {2014}
    with pytest.raises(SourceError, match="no year column 2016; the years are 2013, 2014"):
        read("tabell", content, {"value": {"wide": [2016]}})
    with pytest.raises(CatalogueError, match="'year'"):
        read("tabell", content, {"value": {"wide": True}, "year": 2014})


def test_tabell_columns_added_and_fixed_year():
    rows = [["Nr.", "A", "B"], *([int(k), 1.5, 2.0] for k in KOMMUNER)]
    seen = read(
        "tabell", to_xlsx({"X": rows}), {"value": ["A", "B"], "year": 2016, "year_shift": -1}
    )
    assert value(seen, "0101", 2015)[0] == 3.5


def test_tabell_kommune_merged_over_its_years():
    rows = [["Kommune", "År", "Verdi"]]
    for k in KOMMUNER:
        rows += [[f"{k} By", 2015, 1], [None, 2016, 2]]
    areas = [f"A{2 * i + 2}:A{2 * i + 3}" for i in range(len(KOMMUNER))]
    options = {"year": "År", "value": "Verdi"}
    seen = read("tabell", to_xlsx({"A": rows}, merges={"A": areas}), options)
    assert value(seen, "0101", 2016)[0] == 2.0
    with pytest.raises(SourceError, match="no kommune number, like 414 more rows"):
        read("tabell", to_xlsx({"A": rows}), options)


@pytest.mark.parametrize("write", [to_xlsx, to_ods])
def test_tabell_dates_as_years(write):
    rows = [["Region", "Dato", "V"], *([k, dt.date(2016, 12, 31), 7] for k in KOMMUNER)]
    seen = read("tabell", write({"A": rows}), {"year": "Dato", "value": "V"})
    assert set(seen.frame["aar"]) == {2016}


def test_tabell_fhi_cube():
    rows = [["GEO", "AAR", "KJONN", "MEIS"], [0, "2012_2014", 0, 70.5], [1, "2012_2014", 0, 71.0]]
    rows += [[int(k), "2012_2014", 0, 66.0] for k in KOMMUNER]
    rows.append([30101, "2012_2014", 0, ":"])
    options = {"kommune": "GEO", "year": "AAR", "value": "MEIS", "period": "last", "percent": True}
    seen = read("tabell", to_csv(rows), options)
    assert value(seen, "0301", 2014)[0] == 66.0
    assert "hele landet 1" in norwegian(seen)


@pytest.mark.parametrize("reader", list(READERS))
def test_unknown_option(reader):
    with pytest.raises(
        CatalogueError, match=r"unknown option 'kolonne'; the options are .*sheet"
    ) as e:
        read(reader, b"x", {"kolonne": "a"})
    assert "ukjent valg 'kolonne'" in e.value.nb


@pytest.mark.parametrize(
    "options",
    [
        {"value": 3, "year": 2016}, {"value": "a", "year": True}, {"value": "a", "year": 20160},
        {"value": "a"}, {"year": 2016}, {"value": {"bred": True}}, {"value": {"wide": ["2016"]}},
        {"value": "a", "year": 2016, "decimal": ";"}, {"value": "a", "year": 2016, "partial": "ja"},
        {"value": "a", "year": 2016, "where": ["x"]}, {"value": "a", "year": 2016, "scale": 0},
        {"value": "a", "year": 2016, "where": {"a": []}}, {"value": "a", "year": 2016, "sheet": 1},
        {"value": "a", "year": 2016, "statuses": [1]}, {"value": "a", "year": 2016, "years": 2016},
        {"value": "a", "year": 2016, "year_shift": 0.5}, {"value": "a", "year": 2016, "sheet": " "},
    ],
)  # fmt: skip
def test_options_of_the_wrong_form(options):
    with pytest.raises(CatalogueError) as caught:
        read("tabell", b"x", options)
    assert "leseren 'tabell'" in caught.value.nb
