import csv
import json
import math
import os
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from proba.decomposition import decompose as split
from proba.decomposition import product_identity

FACTORS = ["mottakere", "varighet", "stonad_per_maned"]
YEARS = ("--from", 2012, "--to", 2014)
COLUMNS = ["kommune", "aar", *FACTORS]
ROWS = [
    ["0104", 2012, 1700, 5.0, 9500],
    ["0104", 2013, 1720, 5.2, 9700],
    ["0104", 2014, 1791, 6.2, 11869],
    ["0301", 2012, 17000, 5.5, 9900],
    ["0301", 2013, 17100, 5.6, 10100],
    ["0301", 2014, 18000, 5.6, 10800],
]


@pytest.fixture
def rows():
    return pd.DataFrame(ROWS, columns=COLUMNS)


@pytest.fixture
def table(folder, rows):
    rows.to_csv(folder / "t.csv", index=False)
    return "t.csv"


@pytest.fixture
def run(proba, table):
    """Decompose 2012-2014; the words of the command line that differ are given."""

    three = ",".join(FACTORS)

    def one(*options, file=table, factors=three):
        return proba("decompose", file, "--factors", factors, *YEARS, *options)

    return one


@pytest.fixture
def written(run, folder):
    def one(*options, **words):
        outcome = run(*options, "--json", "ut.json", **words)
        assert outcome.code == 0, outcome.err
        return json.loads((folder / "ut.json").read_text(encoding="utf-8"))

    return one


def write(folder, text, name="t.csv"):
    (folder / name).write_text(text, encoding="utf-8")


def read(file):
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def plain(text):
    """Return the text with the thin spaces of thousands as ordinary ones."""
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_the_json_of_the_sum(written, rows):
    told = written()
    assert {"method", "from", "to", "total_change", "contributions", "residual"} <= set(told)
    assert (told["method"], told["from"], told["to"]) == ("lmdi", 2012, 2014)
    assert [c["factor"] for c in told["contributions"]] == FACTORS
    assert all(
        {"factor", "absolute", "share", "log_points"} <= set(c) for c in told["contributions"]
    )
    value = rows[FACTORS].prod(axis=1)
    change = value[rows["aar"] == 2014].sum() - value[rows["aar"] == 2012].sum()
    assert told["total_change"] == pytest.approx(change, rel=1e-12)
    assert sum(c["absolute"] for c in told["contributions"]) == pytest.approx(change, rel=1e-12)
    assert sum(c["share"] for c in told["contributions"]) == pytest.approx(1, rel=1e-12)
    assert told["residual"] == 0


def test_the_json_of_each_kommune(written):
    moss, oslo = written("--by", "kommune")
    assert (moss["kommune"], oslo["kommune"]) == ("0104", "0301")
    assert moss["total_change"] == pytest.approx(1791 * 6.2 * 11869 - 1700 * 5 * 9500, rel=1e-12)
    logs = {c["factor"]: c["log_points"] for c in moss["contributions"]}
    assert logs["varighet"] == pytest.approx(math.log(6.2 / 5.0), rel=1e-12)
    # The kommuner's contributions add up to those of the sum.
    for one, a, b in zip(
        written()["contributions"], moss["contributions"], oslo["contributions"], strict=True
    ):
        assert one["absolute"] == pytest.approx(a["absolute"] + b["absolute"], rel=1e-12)


def test_the_screen(run):
    out = plain(run().out)
    assert "2 kommuner er delt opp hver for seg og bidragene lagt sammen.\n" in out
    assert "214 035 750" in out
    assert "Tellebasis: mottakere." in out
    assert "2 kommuner were decomposed one by one" in run("--lang", "en").out
    many = plain(run("--by", "kommune").out)
    assert "hver for seg og" not in many
    assert [line[:4] for line in many.splitlines()[4:6]] == ["0104", "0301"]
    assert "51 045 750" in many


def test_one_kommune_in_full(run):
    out = plain(run("--unit", "0104").out)
    assert out.startswith("0104: ")
    assert "131 795 750" in out
    assert "0301" not in out
    run("--unit", "104").failed("kommune 104 finnes ikke", "skriv 0104")
    assert run("--unit", "104", "--pad-kommune").out.startswith("0104: ")
    run("--unit", "9999").failed("9999")


def test_a_file_without_kommuner(written, run, folder, rows):
    rows[rows["kommune"] == "0104"].drop(columns="kommune").to_csv(folder / "t.csv", index=False)
    told = written()
    assert "kommune" not in told
    assert told["end_value"] == pytest.approx(131_795_749.8, rel=1e-12)
    assert "hver for seg" not in run().out
    run("--by", "kommune").failed("kolonnen 'kommune' mangler")


@pytest.mark.parametrize("suffix", [".csv", ".txt", ".xlsx", ".parquet"])
def test_all_kinds_of_files_say_the_same(written, folder, rows, suffix):
    first = written("--by", "kommune")
    file = f"samme{suffix}"
    if suffix == ".xlsx":
        with pd.ExcelWriter(folder / file) as book:
            pd.DataFrame({"a": [1]}).to_excel(book, sheet_name="Forside", index=False)
            rows.to_excel(book, sheet_name="Tall", index=False)
        assert written("--by", "kommune", "--sheet", "Tall", file=file) == first
        return
    if suffix == ".parquet":
        rows.to_parquet(folder / file, index=False)
    else:
        rows.to_csv(folder / file, index=False, sep=";" if suffix == ".csv" else "\t", decimal=",")
    mark = () if suffix == ".parquet" else ("--decimal", "komma")
    assert written("--by", "kommune", *mark, file=file) == first


def test_a_panel_of_the_house(proba, folder):
    from proba.panel import load_panel

    load_panel().to_csv_frame().to_parquet(folder / "p.parquet", index=False)
    outcome = proba(
        *("decompose", "p.parquet", "--factors", "folketall,netto_driftsutgifter"),
        *("--from", 2012, "--to", 2016, "--by", "kommune", "--json", "ut.json", "--csv", "ut.csv"),
    )
    assert outcome.code == 0
    label = "Kalibrert syntetisk panel"
    assert outcome.out.startswith(f"[{label}]\n")
    told = json.loads((folder / "ut.json").read_text(encoding="utf-8"))
    assert len(told) == 424
    assert {one["label"] for one in told} == {label}
    assert {row["merke"] for row in read(folder / "ut.csv")} == {label}
    beside = json.loads((folder / "ut.csv-metadata.json").read_text(encoding="utf-8"))
    assert beside["dc:description"] == label
    assert beside["dc:source"] == "p.parquet"


def test_the_label_travels_and_goes(run, folder, rows):
    rows.assign(merke="Mitt <merke>").to_csv(folder / "t.csv", index=False)
    outcome = run("--by", "kommune", "--json", "ut.json", "--csv", "ut.csv")
    assert outcome.out.startswith("[Mitt <merke>]\n")
    assert (
        json.loads((folder / "ut.json").read_text(encoding="utf-8"))[0]["label"] == "Mitt <merke>"
    )
    assert read(folder / "ut.csv")[0]["merke"] == "Mitt <merke>"
    assert (folder / "ut.csv-metadata.json").exists()
    rows.to_csv(folder / "t.csv", index=False)
    assert "merke" not in run("--csv", "ut.csv").out
    assert not (folder / "ut.csv-metadata.json").exists()


def test_the_csv(run, folder):
    outcome = run("--by", "kommune", "--csv", "ut.csv")
    assert outcome.out.endswith("Skrevet: ut.csv\n")
    assert "0301" not in outcome.out  # the list is in the file
    lines = read(folder / "ut.csv")
    assert list(lines[0])[:5] == ["kommune", "term", "absolute", "share", "log_points"]
    assert [line["term"] for line in lines] == [*FACTORS, "rest"] * 2
    assert lines[0]["kommune"] == "0104"
    moss = sum(float(line["absolute"]) for line in lines[:4])
    assert moss == pytest.approx(1791 * 6.2 * 11869 - 1700 * 5 * 9500, rel=1e-12)
    assert lines[3]["log_points"] == ""


def test_chained(written, rows):
    told = written("--chained", "--method", "shapley", "--unit", "0104")[0]
    assert told["chained"] is True
    first, last = (
        split(
            rows,
            product_identity(FACTORS),
            start=year,
            end=year + 1,
            method="shapley",
            by="kommune",
        ).contributions.loc["0104"]
        for year in (2012, 2013)
    )
    for one in told["contributions"]:
        added = first[one["factor"]] + last[one["factor"]]
        assert one["absolute"] == pytest.approx(added, rel=1e-12)


@pytest.mark.parametrize("method", ["lmdi", "shapley", "das-gupta", "sequential"])
def test_methods_that_leave_nothing(written, method):
    told = written("--method", method)
    assert told["method"] == method
    assert abs(told["residual"]) <= 1e-12 * told["total_change"]


@pytest.mark.parametrize("method", ["laspeyres", "midpoint"])
def test_methods_that_leave_a_rest(written, run, method):
    told = written("--method", method)
    parts = sum(c["absolute"] for c in told["contributions"])
    assert abs(told["residual"]) > 1
    assert parts + told["residual"] == pytest.approx(told["total_change"], rel=1e-12)
    assert ("Samspill" if method == "laspeyres" else "Rest") in run("--method", method).out


def test_an_order_of_factors(written, run):
    order = "stonad_per_maned,varighet,mottakere"
    told = written("--method", "sequential", "--order", order, "--unit", "0104")[0]
    assert told["contributions"][2]["absolute"] == pytest.approx(1700 * 5 * 2369, rel=1e-12)
    assert told["contributions"][0]["absolute"] == pytest.approx(91 * 6.2 * 11869, rel=1e-12)
    run("--order", order).failed("sequential")
    run("--method", "sequential", "--order", "varighet").failed("hver faktor én gang")


def test_ratios_and_groups(written, folder, rows):
    rows.assign(innbyggere=30000, fylke=rows["kommune"].str[:2]).to_csv(
        folder / "t.csv", index=False
    )
    factors = "innbyggere, mottakere/innbyggere, varighet, stonad_per_maned"
    a, b = written("--by", "fylke", factors=factors)
    assert (a["fylke"], b["fylke"]) == ("01", "03")
    assert a["contributions"][0] == {
        "factor": "innbyggere",
        "absolute": 0.0,
        "share": 0.0,
        "log_points": 0.0,
    }
    assert a["contributions"][1]["factor"] == "mottakere/innbyggere"


def test_a_total_that_is_a_column(written, run, folder, rows):
    assert written("--total", "utbetalt")["total"] == "utbetalt"
    assert "«utbetalt» er ikke en kolonne i tabellen" in run("--total", "utbetalt").out
    paid = rows[FACTORS].prod(axis=1) + 1000.0 * (rows["aar"] - 2012)
    rows.assign(utbetalt=paid).to_csv(folder / "t.csv", index=False)
    told = written("--total", "utbetalt", "--unit", "0104")[0]
    assert told["residual"] == pytest.approx(2000, rel=1e-6)
    assert "er ikke en kolonne" not in run("--total", "utbetalt").out
    run("--total", "varighet").failed("varighet", "mer enn én gang")


def test_printed_text_keeps_its_digits(written, run, folder):
    write(folder, "aar;a;b\n2012;1 000;5,0\n2014;1 124;5,2\n")
    told = written("--printed", "--decimal", "komma", factors="a,b")
    growth = 1.124 * 5.2 / 5.0 - 1
    low = 1123.5 * 5.15 / (1000.5 * 5.05) - 1
    high = 1124.5 * 5.25 / (999.5 * 4.95) - 1
    assert told["growth"] == pytest.approx(growth, rel=1e-12)
    assert told["growth_interval"] == pytest.approx([low, high], rel=1e-9)
    for one in told["contributions"]:
        least, most = one["absolute_interval"]
        assert least < one["absolute"] < most
    assert "avrundingen tillater" in run("--printed", "--decimal", ",", factors="a,b").out
    # "5" with no decimals stands for more than "5,0" does.
    write(folder, "aar;a;b\n2012;1 000;5\n2014;1 124;5,2\n")
    wide = written("--printed", "--decimal", "komma", factors="a,b")
    assert wide["growth_interval"][1] > told["growth_interval"][1]


def test_printed_numbers_have_the_decimals_of_their_column(written, folder):
    frame = pd.DataFrame({"aar": [2012, 2014], "a": [1000, 1124], "b": [5, 5.2]})
    frame.to_excel(folder / "t.xlsx", index=False)
    excel = written("--printed", file="t.xlsx", factors="a,b")
    write(folder, "aar,a,b\n2012,1000,5.0\n2014,1124,5.2\n")
    assert written("--printed", factors="a,b") == excel
    exact = {
        "aar": [2012, 2014],
        "a": [1000, 1124],
        "b": pa.array([Decimal("5.0"), Decimal("5.2")], pa.decimal128(5, 1)),
    }
    pq.write_table(pa.table(exact), folder / "t.parquet")
    assert written("--printed", file="t.parquet", factors="a,b") == excel


def test_printed_figures_may_be_missing(run, folder):
    write(folder, "kommune,aar,a\n0104,2012,1.0\n0104,2014,1.5\n0105,2012,NA\n0105,2014,\n")
    outcome = run("--by", "kommune", "--printed", factors="a")
    assert outcome.code == 0
    assert "Utelatt: 0105 (mangler 2012)." in outcome.out


def test_kommuner_left_out_are_told(written, run, folder, rows):
    rows.loc[2, "varighet"] = None
    rows.to_csv(folder / "t.csv", index=False)
    assert "Utelatt: 0104 (mangler varighet 2014)." in run("--by", "kommune").out
    oslo, moss = written("--by", "kommune")
    assert oslo["kommune"] == "0301"
    assert moss["kommune"] == "0104"
    assert moss["total_change"] is None
    assert "varighet 2014" in moss["missing"]
    assert "kommuner er delt opp" not in run().out  # one is left
    run("--unit", "0104").failed("kommune 0104 er utelatt: mangler varighet 2014")


def test_many_left_out_are_counted(run, folder):
    lines = [f"{k:04d},{y},{'' if k < 110 else 5}" for k in range(101, 113) for y in (2012, 2014)]
    write(folder, "\n".join(["kommune,aar,a", *lines]))
    assert "9 utelatt: mangler 2012\n" in run("--by", "kommune", factors="a").out
    assert "9 left out: missing 2012\n" in run("--lang", "en", factors="a").out


def test_a_hole_in_a_year_nobody_asked_about(run, folder):
    write(folder, "aar,a,b\n2012,1,2.5\n2013,..,x\n2014,2,3\n")
    assert run(factors="a,b").code == 0
    run("--chained", factors="a,b").failed("2013: «a» har «..»", "la cellen stå tom")


TWO = "kommune,aar,a,b\n0104,2012,10,5\n0104,2014,12,6\n"


@pytest.mark.parametrize(
    ("text", "options", "parts"),
    [
        ("kommune,aar,a\n0104,2012,1\n0104,2014,2\n", [], ["t.csv: mangler kolonnen «b»"]),
        ("kommune,a,b\n0104,1,2\n", [], ["kolonnen 'aar' mangler"]),
        ("a,b\n1,2\n", [], ["kolonnen «aar»"]),
        ("kommune,aar,a,b\n0104,2012,1,2\n", [], ["t.csv: ingen rad for 2014"]),
        (TWO, ["--chained"], ["ingen rad for 2013", "alle år"]),
        (TWO.replace("12,6", "-12,6"), [], ["kommune 0104, 2014", "«a» er negativ (-12)"]),
        (TWO + "0104,2014,12,6\n", [], ["kommune 0104, aar 2014 står mer enn én gang"]),
        (
            TWO.replace("12,6", "mange,6"),
            [],
            ["0104, 2014", "«a» har «mange»", "rett cellen"],
        ),
        (TWO.replace("12,6", "12 %,6"), [], ["«12 %»", "prosenttegnet"]),
        (TWO.replace("12,6", "12,inf"), [], ["kommune 0104, 2014", "«b»"]),
        (TWO.replace(",5", ',"5,1"'), [], ["0104, 2012", "«b» har «5,1»", "--decimal komma"]),
        (TWO.replace(",5", ",5.1"), ["--decimal", "komma"], ["«b» har «5.1»", "punktum"]),
        (TWO.replace(",5", ',"5,1"'), ["--printed"], ["«b» har «5,1»", "--decimal komma"]),
        (TWO.replace("0104", "104"), [], ["'104'", "'0104'", "--pad-kommune"]),
        (TWO.replace("0104", "Moss"), [], ["'Moss'", "firesifret"]),
        (TWO.replace("0104", "=cmd"), [], ["'=cmd'", "firesifret"]),
        (TWO.replace("2014", "i fjor"), [], ["'aar'", "i fjor"]),
        (TWO.replace("kommune", "Kommunenr"), ["--by", "kommune"], ["gi 'Kommunenr' det navnet"]),
        (TWO.replace("kommune", "knr"), ["--by", "knr"], ["gi 'knr' det navnet"]),
        ("knr,aar,a,b\n0104,2012,1,2\n0105,2012,1,2\n", [], ["gi 'knr' det navnet"]),
        (
            "x,aar,a,b\nA,2012,1,2\nB,2012,1,2\nA,2014,1,2\n",
            [],
            ["2012 står mer enn én gang", "«kommune»"],
        ),
        (TWO, ["--by", "nei"], ["kolonnen «nei»"]),
        (TWO, ["--method", "nei"], ["ingen metode «nei»; metodene er lmdi, shapley"]),
        (TWO, ["--base", "hunder"], ["tilfeller, mottakere", "«hunder»"]),
        (TWO, ["--from", "2014"], ["2014 til 2014"]),
        (TWO, ["--from", "2015"], ["2015 til 2014"]),
        (TWO, ["--from", "12"], ["--from: 12 er ikke et år"]),
        (TWO, ["--to", "99999999", "--chained"], ["--to: 99999999 er ikke et år"]),
        (TWO, ["--encoding", "tull"], ["kan ikke leses som tull"]),
        ("", [], ["t.csv: filen er tom"]),
        ("a,b,b\n1,2,3\n", [], ["'b' står mer enn én gang"]),
        ('kommune,aar,a,b\n0104,2012,"1,2\n', [], ["anførselstegnene"]),
        (TWO.replace("aar,a", "merke,a"), [], ["'aar' mangler"]),
    ],
)
def test_tables_and_words_that_break_a_rule(run, folder, text, options, parts):
    write(folder, text)
    run(*options, factors="a,b").failed(*parts)


@pytest.mark.parametrize(
    ("factors", "part"),
    [
        ("a,,b", "«» er ingen faktor"),
        ("", "«» er ingen faktor"),
        ("a,a", "«a» står mer enn én gang"),
        ("a/", "«a/» er ingen faktor"),
        ("a/b/c", "«a/b/c» er ingen faktor"),
        ("aar,a", "«aar» sier hvilken rad"),
        ("a,kommune", "«kommune» sier hvilken rad"),
        ("mottakere,maneder_per_tilfelle", "tellebasis «blandet»"),
        ("a,b/b", "delt på seg selv"),
        ("a,__import__('os')", "mangler kolonnen «__import__('os')»"),
    ],
)
def test_factors_that_cannot_be(run, folder, factors, part):
    write(folder, TWO)
    run(factors=factors).failed(part)


def test_cases_and_persons_are_mixed_only_when_said(run, folder):
    write(folder, "aar,tilfeller,mnd_per_mottaker\n2012,10,5\n2014,12,6\n")
    factors = "tilfeller,mnd_per_mottaker"
    run(factors=factors).failed("«tilfeller» teller tilfeller og «mnd_per_mottaker» personer")
    outcome = run("--base", "blandet", factors=factors)
    assert outcome.code == 0
    assert "Tellebasis: blandet." in outcome.out


def test_excel_with_faults(run, folder, rows):
    rows.assign(kommune=rows["kommune"].astype(int)).to_excel(folder / "t.xlsx", index=False)
    run(file="t.xlsx").failed("'0104'", "--pad-kommune")
    assert run("--pad-kommune", "--unit", "0104", file="t.xlsx").code == 0
    run("--sheet", "nei", file="t.xlsx").failed("arket 'nei' finnes ikke", "Sheet1")
    dates = rows.astype({"varighet": object})
    dates.loc[0, "varighet"] = pd.Timestamp(2012, 5, 1)
    dates.to_excel(folder / "t.xlsx", index=False)
    run(file="t.xlsx").failed("kommune 0104, 2012", "«varighet»", "dato")


def test_outputs_that_cannot_be_written(run, folder):
    run("--json", "ut.csv").failed("ut.csv: --json skriver .json")
    run("--csv", "ut.xlsx").failed("ut.xlsx: --csv skriver .csv")
    run("--json", "nei/ut.json").failed("nei: mappen finnes ikke")
    (folder / "m.json").mkdir()
    run("--json", "m.json").failed("m.json: er en mappe")
    # Before the work: the file is not even looked at.
    run("--json", "nei/ut.json", file="nei.csv").failed("mappen finnes ikke")


@pytest.mark.skipif(
    os.name == "nt" or getattr(os, "geteuid", lambda: 0)() == 0, reason="needs an ordinary user"
)
def test_a_folder_without_access(run, folder):
    (folder / "laast").mkdir(mode=0o500)
    run("--json", "laast/ut.json").failed("laast/ut.json: ingen tilgang")


def test_a_file_open_in_excel_leaves_both_as_they_were(run, folder, monkeypatch):
    run("--json", "ut.json", "--csv", "ut.csv")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    replace, refused = os.replace, []

    def locked(source, target):
        if str(target).endswith("ut.csv") and not refused:
            refused.append(target)
            raise PermissionError(13, "Permission denied", str(source), None, str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", locked)
    run("--json", "ut.json", "--csv", "ut.csv", "--chained").failed("ut.csv: ingen tilgang")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_names_a_spreadsheet_would_run(run, folder):
    lines = [
        f"{name},{year},{value}"
        for name in ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "\x1b[31mrød")
        for year, value in ((2012, 1), (2014, 2))
    ]
    write(folder, "\n".join(["=bydel,aar,a", *lines]))
    outcome = run("--by", "=bydel", "--csv", "ut.csv", "--json", "ut.json", factors="a")
    assert outcome.code == 0
    lines = read(folder / "ut.csv")
    assert next(iter(lines[0])) == "'=bydel"
    names = {line["'=bydel"] for line in lines}
    assert "'=cmd|' /C calc'!A0" in names
    assert not any(name.startswith("=") for name in names)
    told = json.loads((folder / "ut.json").read_text(encoding="utf-8"))
    assert "<script>alert(1)</script>" in {one["=bydel"] for one in told}
    assert "\x1b" not in run("--by", "=bydel", factors="a").out


def test_two_runs_are_the_same_bytes(run, folder):
    run("--json", "a.json", "--csv", "a.csv", "--by", "kommune")
    run("--json", "b.json", "--csv", "b.csv", "--by", "kommune")
    assert (folder / "a.json").read_bytes() == (folder / "b.json").read_bytes()
    assert (folder / "a.csv").read_bytes() == (folder / "b.csv").read_bytes()


def test_nothing_that_changes_is_still_json(written, folder):
    write(folder, "aar,a,b\n2012,0,2\n2014,0,3\n")
    told = written(factors="a,b")
    assert told["growth"] is None
    assert [c["share"] for c in told["contributions"]] == [None, None]


def test_help(proba):
    outcome = proba("decompose", "--help")
    assert outcome.code == 0
    for word in ("--factors", "--from", "--printed", "tilfeller, mottakere eller blandet"):
        assert word in " ".join(outcome.out.split())
    assert "decompose" in proba("--help").out
