import json
import os
from dataclasses import replace

import pandas as pd
import pytest
from cli_sources_help import ONE, ssb_app
from fake_klass import FakeKlass
from loopback_server import FOREVER, BadGzip, Html, Oversize, Redirect, Reply, Status

from proba.kommuner import shipped_graph

SPEC = """\
dependent: netto_driftsutgifter
regressors: [innbyggere_16_66, ikke_vestlige_innvandrere, urbanitet]
"""


@pytest.fixture
def three_years(bench):
    """A panel of three years from a source that is then out of order."""
    bench.answer(ssb_app((2014, 2015, 2016)))
    bench.years = ("--years", "2014-2016", "--borders", "2016", "--omit", "0301")
    bench.first = bench.run("fetch", *bench.years, "--out", bench.results / "panel.parquet").ok()
    bench.faults(Status(code=503, times=FOREVER))
    return bench


def test_from_fetch_to_estimate_and_index(three_years):
    bench = three_years
    panel = bench.results / "panel.parquet"
    frame = pd.read_parquet(panel)
    assert len(frame) == 3 * 427
    assert not frame.duplicated(["kommune", "aar"]).any()
    assert frame["netto_driftsutgifter"].notna().all()
    spec = bench.folder / "spec.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    label = f"Hentet fra lokal tjener ({bench.server.host}), ikke fra kilden selv"
    bench.run("estimate", panel, "--spec", spec).ok(label, "Konstantledd")
    index = bench.run("index", panel, "--spec", spec).ok(label)
    assert "Stavanger" in index.out or "1103" in index.out


def test_what_a_build_says(three_years):
    plan, _, out = three_years.first.out.partition("\n\n")
    label = f"[Hentet fra lokal tjener ({three_years.server.host}), ikke fra kilden selv]"
    assert out.startswith(label)
    assert "Panel 2014–2016, kommuner per 2016: 1\N{NARROW NO-BREAK SPACE}281 rader" in out
    lacking = "Utelatt kolonne ufore_18_49: ingen fil oppgitt"
    assert lacking in plan
    assert "Kodene er tatt fra dokumentasjon og ikke prøvd mot kilden selv" in plan
    assert lacking not in out
    assert three_years.first.err == ""
    assert f"{len(three_years.first.asked)} svar hentet nå" in out
    report = three_years.results / "panel.byggerapport.txt"
    assert report.read_text("utf-8").startswith(label)
    assert lacking in report.read_text("utf-8")
    told = json.loads(report.with_suffix(".json").read_text("utf-8"))
    assert len(told["snapshots"]) == len(three_years.first.asked)
    assert all(len(s["sha256"]) == 64 and s["licence"] == "CC BY 4.0" for s in told["snapshots"])
    three_years.sound(len(told["snapshots"]))


@pytest.mark.parametrize("more", [(), ("--offline",)])
def test_again_without_the_source(three_years, more):
    before = three_years.written()
    for path in three_years.results.iterdir():
        path.unlink()
    out = three_years.results / "panel.parquet"
    run = three_years.run("fetch", *three_years.years, "--out", out, *more).ok("0 svar hentet nå")
    assert run.asked == []
    assert three_years.written() == before


def test_csv_holds_what_parquet_does(three_years):
    out = three_years.results / "panel.csv"
    three_years.run("fetch", *three_years.years, "--out", out).ok()
    flat = pd.read_csv(out, dtype={"kommune": str})
    pd.testing.assert_frame_equal(
        flat, pd.read_parquet(out.with_suffix(".parquet")), check_dtype=False
    )


def test_the_years_of_one_build_serve_another(three_years):
    out = three_years.results / "annet.csv"
    for years in ("2014-2015", "2014,2016", "2014-2016"):
        words = ("fetch", "--years", years, "--borders", "2015", "--out", out)
        assert three_years.run(*words).ok().asked == []
        assert three_years.run(*words, "--variable", "folketall").ok().asked == []


def test_older_kommuner_on_newer_borders(bench):
    bench.answer(ssb_app((2016, 2018)))
    out = bench.results / "p.csv"
    args = ("--variable", "folketall", "--out", out)
    bench.run("fetch", "--years", "2016,2018", *args).ok("Slått sammen")
    frame = pd.read_csv(out, dtype={"kommune": str})
    assert "5001" in set(frame[frame["aar"] == 2016]["kommune"])
    assert "1601" not in set(frame["kommune"])
    assert frame["folketall"].notna().all()


def test_english(bench):
    run = bench.fetch("--lang", "en").ok("Panel 2016, kommuner of 2016: 428 rows", "Written: ")
    assert "3 answers fetched now, " in run.out
    assert "Codes taken from documentation" in run.out


def test_plan_asks_nothing_and_writes_nothing(bench):
    args = ("fetch", "--years", "2014-2016", "--out", bench.results / "p.csv", "--plan")
    run = bench.run(*args).ok("ssb 07459", "2014–2016", "Kolonner: ")
    assert "Utelatt kolonne ufore_18_49: " in run.out
    assert "--file nav=FIL" in run.out
    assert run.asked == []
    english = bench.run(*args, "--lang", "en").ok("Columns: ", "Column left out ufore_18_49: ")
    assert english.asked == []
    assert bench.written() == {}
    assert not bench.store.exists()


def test_figures(bench):
    tall = bench.results / "tall.csv"
    bench.fetch("--figures", tall).ok("tall.csv")
    figures = pd.read_csv(tall, dtype={"kommune": str})
    assert list(figures.columns) == [
        "kommune",
        "aar",
        "quantity",
        "value",
        "status",
        "part",
        "snapshot",
    ]
    panel = pd.read_csv(bench.results / "panel.csv", dtype={"kommune": str})
    assert list(figures["value"]) == list(panel["folketall"])
    (sha,) = set(figures["snapshot"])
    assert any(p.name.startswith(sha) for p in bench.store.rglob("*.bin"))


def test_refresh_asks_again_and_keeps_both(bench):
    bench.fetch().ok()
    before = bench.panel()

    def one_more(document, turn):
        document["value"][0] += 1

    bench.answer(ssb_app(alter=one_more))
    assert bench.fetch().ok().asked == []
    assert bench.panel() == before
    assert len(bench.fetch("--refresh").ok("3 svar hentet nå").asked) == 3
    assert bench.panel() != before
    bench.sound(6)
    # The newest counts from then on.
    after = bench.panel()
    assert bench.fetch("--offline").ok().asked == []
    assert bench.panel() == after


WRONG = [
    (("--years", "2016-2012"), "«2016-2012» er ikke et år eller et spenn"),
    (("--years", "abc"), "«abc» er ikke et år"),
    (("--years", ""), "«» er ikke et år"),
    (("--years", "2014,"), "«» er ikke et år"),
    (("--years", "16"), "«16» er ikke et år"),
    (("--years", "2014-2015-2016"), "er ikke et år"),
    (("--years", "-2014"), "er ikke et år"),
    (("--years", "1999"), "1999: kommunelisten begynner i 2012"),
    (("--years", "2011"), "2011: kommunelisten begynner i 2012"),
    (("--years", "2011-2016"), "2011: kommunelisten begynner i 2012"),
    (("--years", "9999"), "9999: "),
    (("--years", "2016", "--borders", "1999"), "1999: kommunelisten begynner"),
    (("--years", "2016", "--borders", "2999"), "2999: "),
    (("--years", "2016", "--variable", "folketal"), "folketal"),
    (("--years", "2016", "--variable", "nybosatte_flyktninger"), "--file imdi=FIL"),
    (("--years", "2016", "--file", "nav"), "--file: «nav» har ikke formen"),
    (("--years", "2016", "--file", "tull=x.xlsx"), "ingen kilde «tull» leser en fil"),
    (("--years", "2016", "--file", "nav=a.xlsx", "--file", "nav=b.xlsx"), "mer enn én gang"),
    (("--years", "2016", "--file", "gront_hefte=a.xlsx"), "«gront_hefte:2016»"),
    (("--years", "2016", "--catalogue", "nei.yaml"), "nei.yaml"),
    (("--years", "2016", "--split-weights", "nei.csv"), "nei.csv"),
    (("--years", "2016", "--figures", "tall.txt"), "--figures skriver .csv"),
]


@pytest.mark.parametrize(("args", "words"), WRONG)
def test_wrong_words_are_told_before_anything_is_asked(bench, args, words):
    # Joined by a sign, so that what begins with a dash is a value.
    joined = [f"{name}={value}" for name, value in zip(args[::2], args[1::2], strict=True)]
    out = ("--out", bench.results / "panel.csv")
    bench.run("fetch", *joined, *out).failed(words, asked=0)
    bench.run("fetch", *joined, *out, "--lang", "en").failed(asked=0)
    assert bench.written() == {}
    assert not bench.store.exists()


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("panel.xlsx", "skrives som .parquet eller .csv"),
        ("panel", "skrives som .parquet eller .csv"),
        ("nei/panel.csv", "mappen finnes ikke; lag den først"),
        ("mappe.csv", "er en mappe"),
    ],
)
def test_a_panel_that_cannot_be_written(bench, out, words):
    (bench.folder / "mappe.csv").mkdir()
    for more in ((), ("--plan",)):
        bench.run("fetch", *ONE, "--out", bench.folder / out, *more).failed(words, asked=0)
    bench.run("fetch", *ONE, "--out", bench.folder / out, "--lang", "en").failed(asked=0)
    assert not bench.store.exists()


def test_figures_that_cannot_be_written(bench):
    (bench.results / "tall.csv").mkdir()
    bench.fetch("--figures", bench.results / "tall.csv").failed("er en mappe", asked=0)
    bench.fetch("--figures", bench.results / "nei" / "tall.csv").failed(
        "mappen finnes ikke", asked=0
    )


def test_figures_and_panel_in_one_file(bench):
    """One would write over the other."""
    bench.fetch("--figures", bench.results / "panel.csv").failed("panel.csv", asked=0)
    assert bench.written() == {}


def test_a_kommune_to_omit_that_does_not_exist(bench):
    bench.fetch("--omit", "9999").failed("9999", "2016", asked=0)
    assert bench.written() == {}


def test_offline_with_nothing_stored(bench):
    words = ("ssb: svaret er ikke i lageret", str(bench.store), "les inn et arkiv")
    bench.fetch("--offline").failed("Tabell 07459", *words, asked=0)
    bench.fetch("--offline", "--lang", "en").failed("is not in the store", asked=0)
    assert bench.written() == {}
    assert not bench.store.exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder without access")
def test_a_folder_without_access(bench):
    bench.results.chmod(0o500)
    bench.fetch().failed("ingen tilgang")
    bench.results.chmod(0o700)
    assert bench.written() == {}


# --- borders ---

TYSFJORD = ("--years", "2018", "--borders", "2020", "--variable", "folketall")

SHARES = """\
fra,til,andel
1850,1806,0.6
1850,1875,0.4
5012,5055,0.5
5012,5056,0.2
5012,5059,0.3
"""


def test_a_divided_kommune_is_told_before_anything_is_asked(bench):
    bench.answer(ssb_app((2018, 2020)))
    out = bench.results / "p.csv"
    words = ("1850 Tysfjord", "1806 Narvik", "--split-weights")
    bench.run("fetch", *TYSFJORD, "--out", out).failed(*words, asked=0)
    assert bench.written() == {}
    weights = bench.folder / "vekter.csv"
    weights.write_text(SHARES, encoding="utf-8")
    run = bench.run("fetch", *TYSFJORD, "--out", out, "--split-weights", weights).ok("Tysfjord")
    assert run.paths == ["metadata", "config", "data"]
    frame = pd.read_csv(out, dtype={"kommune": str})
    assert len(frame) == 356
    assert frame["folketall"].notna().all()


@pytest.mark.parametrize(
    "content", ["", "fra,til,andel\n1850,1806,mye\n", "a,b\n1,2\n", "fra,til,andel\n1850,1806,2\n"]
)
def test_weights_of_no_use(bench, content):
    bench.answer(ssb_app((2018, 2020)))
    weights = bench.folder / "vekter.csv"
    weights.write_text(content, encoding="utf-8")
    more = ("--split-weights", weights, "--out", bench.results / "p.csv")
    bench.run("fetch", *TYSFJORD, *more).failed(asked=0)
    assert bench.written() == {}


BEYOND = ("--years", "2024", "--borders", "2025", "--variable", "folketall")


def test_years_beyond_the_shipped_list_come_from_klass(bench):
    bench.answer(ssb_app((2024,)))
    bench.answer_klass(FakeKlass(extra=(("2025-01-01", "1103", "Stavanger", "1199", "Nyby"),)))
    out = bench.results / "p.csv"
    run = bench.run("fetch", *BEYOND, "--out", out).ok("5 svar hentet nå")
    assert run.paths == ["changes", "codesAt", "metadata", "config", "data"]
    frame = pd.read_csv(out, dtype={"kommune": str})
    assert "1199" in set(frame["kommune"])
    assert "1103" not in set(frame["kommune"])
    before = bench.written()
    assert bench.run("fetch", *BEYOND, "--out", out, "--offline").ok().asked == []
    assert bench.written() == before


@pytest.mark.parametrize(
    ("fault", "words", "tries"),
    [
        (Status(code=503, times=FOREVER), "HTTP 503, kilden er ute av drift", 5),
        (Html(times=FOREVER), "det kom en nettside", 5),
        (Redirect(to="http://127.0.0.2:9/", times=FOREVER), "en annen tjener; ikke fulgt", 1),
    ],
    ids=["503", "a web page", "another host"],
)
def test_klass_out_of_order(bench, fault, words, tries):
    bench.answer(ssb_app((2024,)))
    bench.faults(replace(fault, match="codesAt"))
    out = bench.results / "p.csv"
    bench.run("fetch", *BEYOND, "--out", out).failed("KLASS 131", words, asked=1 + tries)
    assert bench.written() == {}
    bench.sound(1)
    bench.faults()
    assert bench.run("fetch", *BEYOND, "--out", out).ok().paths == [
        "codesAt",
        "metadata",
        "config",
        "data",
    ]


# --- files by address ---

IMDI = ("--years", "2016", "--variable", "nybosatte_flyktninger", "--variable", "folketall")


def imdi(received):
    """The older flat file, under an address of its own beside the tables."""
    if not received.path.endswith("/imdi.csv"):
        return ssb_app()(received)
    head = "fylke_nr;kommune_nr;bosetting;enhet;tabellvariabel;tabell_navn;aar"
    rows = [
        f"NULL;{kommune};{what};personer;{int(kommune) % 40 + 5};bosatt_anmodede;2016"
        for kommune in shipped_graph().valid(2016)
        for what in ("anmodning", "vedtak", "bosatt")
    ]
    return Reply(200, {"Content-Type": "text/csv"}, "\n".join([head, *rows, ""]).encode())


def test_a_file_by_address(bench):
    bench.answer(imdi)
    more = ("--file", f"imdi={bench.server.url}/imdi.csv", "--out", bench.results / "p.csv")
    run = bench.run("fetch", *IMDI, *more).ok("imdi")
    assert run.paths.count("imdi.csv") == 1
    frame = pd.read_csv(bench.results / "p.csv", dtype={"kommune": str})
    assert frame["nybosatte_flyktninger"].notna().all()
    before = bench.written()
    assert bench.run("fetch", *IMDI, *more, "--offline").ok().asked == []
    assert bench.written() == before


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Html(times=FOREVER), "er en nettside (HTML)"),
        (Status(code=503, times=FOREVER), "HTTP 503"),
        (Status(code=404, times=FOREVER), "HTTP 404"),
        (BadGzip(times=FOREVER), "det pakkede svaret (gzip) er skadet"),
        (Oversize(declared=2**40, times=FOREVER), "svaret er større enn 64 MB"),
    ],
    ids=["a web page", "503", "404", "no gzip", "too large"],
)
def test_a_file_by_address_that_does_not_come(bench, fault, words):
    bench.answer(imdi)
    bench.faults(replace(fault, match="imdi"))
    more = ("--file", f"imdi={bench.server.url}/imdi.csv", "--out", bench.results / "p.csv")
    bench.run("fetch", *IMDI, *more).failed("/imdi.csv: ", words)
    assert bench.written() == {}
    bench.run("store", "verify").ok(" 0 feil.")
    bench.faults()
    assert bench.run("fetch", *IMDI, *more).ok().paths[-4:].count("imdi.csv") == 1


def test_a_file_that_is_not_there_is_told_before_anything_is_asked(bench):
    more = ("--out", bench.results / "p.csv", "--file")
    bench.run("fetch", "--years", "2016", *more, "imdi=nei.csv").failed("imdi", "nei.csv", asked=0)
    folder = f"imdi={bench.results}"
    bench.run("fetch", "--years", "2016", *more, folder).failed("imdi", "resultat", asked=0)
    assert not bench.store.exists()
