"""Real processes: killed on the way, interrupted, two at once, and output to a pipe."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

import pytest
from cli_sources_help import ssb_app
from loopback_server import Status

YEARS = ("--years", "2014-2016", "--variable", "folketall", "--borders", "2016")
PATHS = ["metadata", "config", "data", "data", "data"]

on_posix = pytest.mark.skipif(os.name == "nt", reason="no such signals on Windows")


@pytest.fixture(autouse=True)
def interruptible():
    """A shell's background job ignores Ctrl-C, and so would every process it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Gate:
    """The synthetic tables, with question number ``nth`` held back until the gate is opened."""

    def __init__(self, nth):
        self.app, self.nth, self.count = ssb_app((2014, 2015, 2016)), nth, 0
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self, received):
        self.count += 1
        if self.count == self.nth:
            self.reached.set()
            self.open.wait(60)
        return self.app(received)


@pytest.fixture
def gated(bench):
    """Start a fetch and stop the server at a question; whatever happens it is let go."""
    gates, running = [], []

    def start(nth, *args, **env):
        gate = Gate(nth)
        gates.append(gate)
        bench.answer(gate)
        out = bench.results / "panel.csv"
        process = bench.start("fetch", *YEARS, "--out", out, *args, **env)
        running.append(process)
        assert gate.reached.wait(60)
        return process, gate

    yield start
    for gate in gates:
        gate.open.set()
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def clean(bench):
    if "clean" not in bench.kept:
        bench.answer(ssb_app((2014, 2015, 2016)))
        whole = ("--out", bench.results / "panel.csv", "--store", bench.folder / "feilfritt")
        bench.run("fetch", *YEARS, *whole).ok()
        bench.kept["clean"] = bench.panel()
        for path in bench.results.iterdir():
            path.unlink()
    return bench.kept["clean"]


def go_on(bench, done, clean):
    """The next run asks for the rest, and the panel is that of an undisturbed run."""
    assert bench.written() == {}
    bench.run("store", "verify").ok(f"{done} svar kontrollert, 0 feil.")
    bench.answer(ssb_app((2014, 2015, 2016)))
    run = bench.run("fetch", *YEARS, "--out", bench.results / "panel.csv").ok()
    assert run.paths == PATHS[done:]
    assert bench.panel() == clean
    bench.run("store", "verify").ok("5 svar kontrollert, 0 feil.")


@on_posix
@pytest.mark.parametrize("nth", [1, 3, 5])
def test_killed_and_run_again(bench, gated, clean, nth):
    process, gate = gated(nth)
    process.kill()
    process.wait(30)
    gate.open.set()
    assert process.returncode == -signal.SIGKILL
    go_on(bench, nth - 1, clean)


@on_posix
def test_ctrl_c(bench, gated, clean):
    process, gate = gated(4)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    gate.open.set()
    assert process.returncode == 130
    assert out.startswith(b"Kodene er tatt")
    assert err == b"Avbrutt.\n"
    go_on(bench, 3, clean)


@on_posix
def test_ctrl_c_while_waiting_for_another_process(bench, gated, clean):
    first, gate = gated(4)
    bench.answer(gate)
    second = bench.start("fetch", *YEARS, "--out", bench.results / "annet.csv")
    assert second.stdout.readline().startswith(b"Kodene er tatt")
    second.send_signal(signal.SIGINT)
    _, err = second.communicate(timeout=30)
    assert second.returncode == 130
    assert b"Traceback" not in err
    gate.open.set()
    _, err = first.communicate(timeout=60)
    assert first.returncode == 0, err
    assert bench.panel() == clean


def test_two_at_once(bench, gated, clean):
    """Both come to the same panel, and nothing is asked for twice."""
    before = len(bench.server.received)
    first, gate = gated(2)
    other = bench.folder / "annet"
    other.mkdir()
    second = bench.start("fetch", *YEARS, "--out", other / "panel.csv")
    assert second.stdout.readline().startswith(b"Kodene er tatt")
    gate.open.set()
    for process in (first, second):
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    asked = [r.path.rpartition("/")[2] for r in bench.server.received[before:]]
    assert sorted(asked) == sorted(PATHS)
    files, _ = bench.panel()
    assert files == clean[0]
    assert (other / "panel.csv").read_bytes() == files["panel.csv"]
    bench.run("store", "verify").ok("5 svar kontrollert, 0 feil.")


def test_two_at_once_into_one_file(bench, gated, clean):
    first, gate = gated(2)
    second = bench.start("fetch", *YEARS, "--out", bench.results / "panel.csv")
    assert second.stdout.readline().startswith(b"Kodene er tatt")
    gate.open.set()
    for process in (first, second):
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert bench.panel()[0] == clean[0]
    assert not list(bench.folder.rglob("*.tmp"))


def test_the_second_goes_on_when_the_first_is_killed(bench, gated, clean):
    first, gate = gated(4)
    other = bench.folder / "annet"
    other.mkdir()
    second = bench.start("fetch", *YEARS, "--out", other / "panel.csv")
    assert second.stdout.readline().startswith(b"Kodene er tatt")
    first.kill()
    first.wait(30)
    gate.open.set()
    _, err = second.communicate(timeout=60)
    assert second.returncode == 0, err
    assert (other / "panel.csv").read_bytes() == clean[0]["panel.csv"]


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv[1:] = sys.argv[2:]
from proba.cli import main
main()
"""


@on_posix
@pytest.mark.parametrize(("limit", "stored"), [(2_000, 0), (20_000, 5)])
def test_a_file_that_can_be_written_only_in_part(bench, clean, limit, stored):
    """The system itself stops the writing halfway: of an answer, and of the panel."""
    bench.answer(ssb_app((2014, 2015, 2016)))
    words = [*YEARS, "--out", bench.results / "panel.csv"]
    command = [sys.executable, "-c", LIMITED, limit, "fetch", *words]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stdout.startswith("Kodene er tatt")
    (line,) = done.stderr.splitlines()
    assert line.startswith("Feil: ")
    assert ("lager" if stored == 0 else "panel.csv") in line
    assert "panel.csv" not in bench.written()
    assert not list(bench.folder.rglob("*.tmp"))
    bench.run("store", "verify").ok(f"{stored} svar kontrollert, 0 feil.")
    assert bench.run("fetch", *words).ok().paths == PATHS[stored:]
    assert bench.panel() == clean


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_output_to_a_pipe(bench, encoding):
    """No bar, no colours, and no character the other end cannot hold."""
    bench.answer(ssb_app((2014, 2015, 2016)))
    out = bench.results / "panel.csv"
    process = bench.start("fetch", *YEARS, "--out", out, PYTHONIOENCODING=encoding)
    told, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert b"\x1b" not in told + err
    assert b"\r\x1b" not in told + err
    text = told.decode(encoding)
    assert "Panel 2014–2016" in text
    assert "?" not in text
    assert err == b""


@on_posix
def test_a_person_watches(bench):
    """At a terminal there is a bar and the reason for a pause; a pipe has neither."""
    import pty

    bench.answer(ssb_app((2014, 2015, 2016)))
    bench.faults(Status("/data", code=429, retry_after="1"))
    ours, theirs = pty.openpty()
    words = ["fetch", *YEARS, "--out", str(bench.results / "panel.csv")]
    with subprocess.Popen(
        [sys.executable, "-m", "proba", *words],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
    ) as process:
        os.close(theirs)
        seen = b""
        with contextlib.suppress(OSError):  # Linux says EIO when the other end is closed
            while piece := os.read(ours, 4096):
                seen += piece
        os.close(ours)
        told = process.stdout.read()
    assert process.returncode == 0
    assert b"Traceback" not in seen
    assert f"{bench.server.host}: venter 1 s".encode() in seen
    assert b"ssb 07459: folketall 201" in seen
    assert b"\x1b" not in told


@on_posix
def test_the_reader_of_a_pipe_leaves(bench):
    """As with ``| head -1``."""
    bench.answer(ssb_app((2014, 2015, 2016)))
    out = bench.results / "panel.csv"
    process = bench.start("fetch", *YEARS, "--out", out)
    assert process.stdout.readline().startswith(b"Kodene er tatt")
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait(60)
    assert b"Traceback" not in err
    assert b"Exception ignored" not in err
    assert out.exists()


def test_an_error_is_one_line(bench):
    bench.answer(lambda received: ssb_app((2014,))(received))
    process = bench.start("ssb", "99999", "--csv", bench.results / "t.csv")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, b"")
    (line,) = err.decode().splitlines()
    assert line.startswith("Feil: Tabell 99999, metadata: ")


def test_help_and_store_need_no_network_library(bench):
    script = (
        "import sys; from typer.testing import CliRunner; from proba.cli import app\n"
        "assert CliRunner().invoke(app, ['store', 'verify']).exit_code == 0\n"
        "print([m for m in ('requests', 'pandas', 'rich.progress') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
