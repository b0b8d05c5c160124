import os
import subprocess
import sys

import pytest


def run(*args, encoding="utf-8"):
    env = os.environ | {"PYTHONIOENCODING": encoding, "NO_COLOR": "1"}
    command = [sys.executable, "-m", "proba", *map(str, args)]
    return subprocess.run(command, capture_output=True, env=env, timeout=120, check=False)


def test_an_error_is_one_line(folder, spec):
    done = run("index", "nei.csv", "--spec", spec)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().splitlines() == ["Feil: nei.csv: filen finnes ikke."]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_output_no_encoding_can_stop(folder, encoding):
    """Redirected output on Windows is cp1252, which lacks minus sign, arrow and thin space."""
    done = run("reproduce", encoding=encoding)
    assert done.returncode == 0
    assert done.stderr == b""
    text = done.stdout.decode(encoding)
    constant = next(line for line in text.splitlines() if line.startswith("Konstantledd"))
    assert "-2,45" in constant
    assert "?2,45" not in text
    assert "->" in text


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--foo"], "ukjent valg --foo"),
        (["nei"], "ukjent kommando nei"),
        (["index"], "PANEL mangler"),
        (["index", "a.csv"], "--spec mangler"),
        (["index", "a.csv", "--spec"], "--spec mangler en verdi"),
        (["index", "a.csv", "b.csv", "--spec", "c"], "for mange ord: b.csv"),
        (["index", "a.csv", "--spec", "b.yaml", "--decimal", "x"], "--decimal må være en av"),
    ],
)
def test_a_usage_error_is_one_line(folder, arguments, named):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("Feil: ")
    assert named in line


def test_without_arguments_the_help_is_shown(folder):
    done = run()
    assert done.returncode == 0
    assert b"reproduce" in done.stdout
