import json
import os
import zipfile

import pytest
from cli_sources_help import ssb_app
from loopback_server import FOREVER, Status


@pytest.fixture
def filled(bench):
    """A store with the three answers of the smallest build, and that build's panel."""
    bench.fetch().ok()
    return bench


def objects(bench):
    return sorted((bench.store / "objects").rglob("*.bin"))


def entries(bench):
    return sorted((bench.store / "entries").rglob("*.json"))


def of(bench, word):
    """The object of the answer whose address holds a word."""
    for path in entries(bench):
        told = json.loads(path.read_text("utf-8"))
        if word in told["url"]:
            return bench.store / "objects" / told["sha256"][:2] / f"{told['sha256']}.bin"
    raise LookupError(word)


def test_list(filled):
    out = filled.run("store", "list").ok(f"{filled.store}: 3 svar").out
    for word in ("kilde", "hentet (UTC)", "byte", "sha256", "spørring", "/config", "/metadata"):
        assert word in out
    assert objects(filled)[0].stem[:12] in out
    filled.run("store", "list", "--lang", "en").ok(": 3 answers", "source", "fetched")


def test_a_store_that_is_not_there(bench):
    bench.run("store", "list").ok(": 0 svar")
    bench.run("store", "verify").ok("0 svar kontrollert, 0 feil.")
    bench.run("store", "verify", "--lang", "en").ok("0 answers checked, 0 faults.")
    assert not bench.store.exists()


def test_a_file_in_place_of_the_store(bench):
    bench.store.write_text("x")
    bench.fetch().failed(str(bench.store), asked=0)
    assert bench.store.read_text() == "x"


def test_the_option_goes_before_the_environment(filled):
    other = filled.folder / "annet"
    filled.fetch("--store", other).ok("3 svar hentet nå")
    filled.run("store", "verify", "--store", other).ok("3 svar kontrollert")


# --- damage ---


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


def remove(path):
    path.unlink()


@pytest.mark.parametrize("damage", [cut, flip, empty, remove])
@pytest.mark.parametrize("word", ["/config", "/metadata", "/data"])
def test_a_damaged_answer_is_found_and_mended(filled, damage, word):
    before, path = filled.panel(), of(filled, word)
    damage(path)
    run = filled.run("store", "verify")
    assert run.code == 1
    assert run.err == ""
    assert f"{path}: " in run.out
    assert "3 svar kontrollert, 1 feil." in run.out
    assert filled.run("store", "verify").out == run.out  # looking changes nothing
    assert filled.run("store", "verify", "--lang", "en").out.endswith(
        "3 answers checked, 1 faults.\n"
    )
    filled.fetch("--offline").failed(str(path), "skadet eller borte", "hent det på nytt", asked=0)
    filled.fetch("--offline", "--lang", "en").failed(str(path), "damaged or gone", asked=0)
    assert filled.panel() == before
    assert filled.fetch().ok().paths == [word[1:]]
    assert filled.panel() == before
    filled.run("store", "verify").ok("4 svar kontrollert, 0 feil.")
    filled.fetch("--offline").ok("0 svar hentet nå")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"{}"])
def test_a_damaged_entry(filled, content):
    path = next(p for p in entries(filled) if "/data" in p.read_text("utf-8"))
    before = filled.panel()
    path.write_bytes(content)
    run = filled.run("store", "verify")
    assert run.code == 1
    assert str(path) in run.out
    filled.fetch("--offline").failed(str(path), "hent svaret på nytt", asked=0)
    assert filled.fetch().ok().paths == ["data"]
    assert filled.panel() == before


def test_damage_and_a_source_out_of_order(filled):
    """Nothing is lost but what was damaged."""
    before = filled.written()
    flip(of(filled, "/data"))
    filled.faults(Status(code=503, times=FOREVER))
    filled.fetch().failed("HTTP 503", asked=5)
    assert filled.written() == before
    filled.faults()
    assert filled.fetch().ok().paths == ["data"]


def test_what_a_killed_run_left_is_no_fault(filled):
    (of(filled, "/data").parent / f".{'0' * 16}.tmp").write_bytes(b"half")
    filled.run("store", "verify").ok("0 feil.")


def test_what_does_not_belong(filled):
    stray = filled.store / "objects" / "notat.txt"
    stray.write_text("x")
    run = filled.run("store", "verify")
    assert run.code == 1
    assert f"{stray}: hører ikke hjemme i lageret" in run.out


# --- moving ---


def test_export_and_import(filled, monkeypatch):
    archive, other = filled.folder / "svar.zip", filled.folder / "kollega"
    before = filled.panel()
    filled.run("store", "export", archive).ok(f"Skrevet: {archive} (3 svar)")
    again = filled.folder / "igjen.zip"
    filled.run("store", "export", again, "--lang", "en").ok("(3 answers)")
    assert archive.read_bytes() == again.read_bytes()
    monkeypatch.setenv("PROBA_STORE", str(other))
    filled.run("store", "import", archive).ok(f"{other}: 3 svar lest inn, 0 var der fra før")
    filled.run("store", "import", archive, "--lang", "en").ok("0 answers added, 3 were there")
    for path in filled.results.iterdir():
        path.unlink()
    assert filled.fetch("--offline").ok().asked == []
    assert filled.panel() == before
    filled.sound(3)


def test_export_of_what_a_build_used(filled):
    filled.answer(ssb_app((2015, 2016)))
    other = filled.results / "annet.csv"
    years = ("--years", "2015", "--variable", "folketall")
    filled.run("fetch", *years, "--out", other, "--refresh").ok()
    filled.run("store", "list").ok(": 6 svar")
    archive = filled.folder / "svar.zip"
    report = filled.results / "annet.byggerapport.json"
    filled.run("store", "export", archive, "--build", report).ok("svar)")
    store = filled.folder / "kollega"
    filled.run("store", "import", archive, "--store", store).ok()
    before = other.read_bytes()
    offline = ("--out", other, "--offline", "--store", store)
    filled.run("fetch", *years, *offline).ok()
    assert other.read_bytes() == before
    wrong = ("fetch", "--years", "2016", "--variable", "folketall", *offline)
    filled.run(*wrong).failed("er ikke i lageret", str(store), "les inn et arkiv")


@pytest.mark.parametrize("name", ["svar.tar", "svar", "nei/svar.zip"])
def test_an_archive_that_cannot_be_written(filled, name):
    filled.run("store", "export", filled.folder / name).failed()
    assert not (filled.folder / name).exists()


@pytest.mark.parametrize("content", ["{}", "[]", "{", '{"snapshots": [1]}', '{"snapshots": 1}'])
def test_what_is_no_build_report(filled, content):
    report = filled.folder / "x.json"
    report.write_text(content)
    archive = filled.folder / "svar.zip"
    words = f"{report}: ikke en byggerapport"
    filled.run("store", "export", archive, "--build", report).failed(words)
    assert not archive.exists()


def test_no_such_build_report(filled):
    archive, report = filled.folder / "svar.zip", filled.folder / "x.json"
    filled.run("store", "export", archive, "--build", report).failed("x.json")
    filled.run("store", "export", archive, "--build", filled.folder).failed(str(filled.folder))
    assert not archive.exists()


def test_import_of_what_is_no_archive(filled):
    path = filled.folder / "svar.zip"
    filled.run("store", "import", path).failed("svar.zip")
    path.write_bytes(b"PK\x03\x04 tull")
    filled.run("store", "import", path).failed("svar.zip")
    filled.run("store", "import", path, "--lang", "en").failed("svar.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../ute.txt", "x")
    filled.run("store", "import", path).failed("svar.zip")
    assert not (filled.folder / "ute.txt").exists()
    filled.sound(3)


def test_import_of_a_damaged_archive(filled):
    archive, other = filled.folder / "svar.zip", filled.folder / "kollega"
    filled.run("store", "export", archive).ok()
    whole = archive.read_bytes()
    for place in (len(whole) // 3, len(whole) // 2):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        filled.run("store", "import", archive, "--store", other).failed("svar.zip")
    archive.write_bytes(whole[:-30])
    filled.run("store", "import", archive, "--store", other).failed("svar.zip")
    filled.run("store", "verify", "--store", other).ok("0 svar kontrollert, 0 feil.")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder without access")
def test_a_store_that_cannot_be_written(bench):
    bench.store.mkdir()
    bench.store.chmod(0o500)
    bench.fetch().failed("kan ikke skrives", "PROBA_STORE", asked=0)
    bench.store.chmod(0o700)
