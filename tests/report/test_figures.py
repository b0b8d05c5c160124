"""Figures are built from results, carry the panel's label, and are the same bytes every time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

import proba
from proba.errors import IndexingError, ProbaError
from proba.indices import IndexTable
from proba.panel import Panel
from proba.report import (
    HouseFigure,
    coefficient_figure,
    index_distribution_figure,
    index_lines_figure,
    reproduction_figure,
    save_figure,
    standard_errors_figure,
)
from proba.report.__main__ import PICTURE
from proba.report.__main__ import main as write_picture
from proba.reproduction import Reproduction

ROOT = Path(__file__).resolve().parents[2]
LABEL = "Kalibrert syntetisk panel"
CASES = ["0104", "0502", "1865"]


def words(fig: HouseFigure) -> str:
    """All text in a figure: titles, axes, ticks, annotations."""
    fig.draw_without_rendering()
    return "\n".join(t.get_text() for t in fig.findobj(lambda a: hasattr(a, "get_text")))


@pytest.fixture(scope="module")
def run() -> Reproduction:
    return proba.reproduce()


@pytest.fixture(scope="module")
def unlabelled() -> Panel:
    """The same numbers as a user's own panel: no label."""
    return proba.make_panel(proba.load_panel().frame, name="eget")


def built(run: Reproduction, panel: Panel) -> list[Callable[[str], HouseFigure]]:
    index: IndexTable = run.index
    return [
        lambda lang: reproduction_figure(run, lang=lang),
        lambda lang: standard_errors_figure(run, lang=lang),
        lambda lang: standard_errors_figure([run.hc1, run.by_kommune], lang=lang),
        lambda lang: coefficient_figure(run.by_size, run.by_kommune, lang=lang),
        lambda lang: index_lines_figure(index, CASES, lang=lang),
        lambda lang: index_distribution_figure(index, panel, lang=lang),
    ]


@pytest.mark.parametrize("which", range(6))
def test_the_label_is_on_every_figure_of_a_labelled_panel(run: Reproduction, which: int) -> None:
    make = built(run, run.panel)[which]
    assert LABEL in words(make("nb"))
    assert "Calibrated synthetic panel" in words(make("en"))


@pytest.mark.parametrize("which", range(6))
def test_the_label_is_on_no_figure_of_another_panel(unlabelled: Panel, which: int) -> None:
    own = proba.reproduce(unlabelled)
    shown = words(built(own, unlabelled)[which]("nb"))
    assert "syntetisk" not in shown
    assert "Kilde:" in shown


def test_coefficients_are_named_and_numbers_norwegian(run: Reproduction) -> None:
    shown = words(standard_errors_figure(run))
    assert "Andel uføre 18–49 år" in shown
    assert "klynger: kommunestørrelse" in shown
    assert "0,75" in shown
    assert "0.75" not in shown
    assert "0.75" in words(standard_errors_figure(run, lang="en"))


def test_the_readme_picture_counts_what_holds(run: Reproduction) -> None:
    shown = words(reproduction_figure(run)).replace("\u202f", " ")
    assert "12 av 12" in shown
    assert "2 120 av 2 120" in shown
    assert "9 av 9" in shown


def test_lines_show_level_and_change_by_the_rule(run: Reproduction) -> None:
    shown = words(index_lines_figure(run.index, ["1502"], proba.Rule()))
    assert "Molde" in shown
    assert "Høyt, nedgang" in shown
    assert "208" in shown
    assert "117" in shown


def test_a_kommune_with_one_year_is_drawn(run: Reproduction) -> None:
    frame = run.panel.frame.drop([("0104", y) for y in (2013, 2014, 2015, 2016)])
    panel = proba.make_panel(frame, name="hull")
    index = proba.compute_index(proba.fit(proba.PROBA_2017, panel, cov="HC1"), panel)
    assert "Moss" in words(index_lines_figure(index, ["0104"]))


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_saved_files_are_the_same_bytes_and_carry_the_label(
    run: Reproduction, tmp_path: Path, kind: str
) -> None:
    files = [save_figure(standard_errors_figure(run), tmp_path / f"{name}.{kind}") for name in "ab"]
    first, second = (f.read_bytes() for f in files)
    assert first == second
    assert LABEL.encode() in first or LABEL.encode("utf-16-be") in first


def test_the_users_own_matplotlib_settings_are_left_alone(run: Reproduction) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    coefficient_figure(run.by_size)._repr_png_()
    assert dict(matplotlib.rcParams) == before


def test_bad_input_is_named(run: Reproduction, tmp_path: Path) -> None:
    with pytest.raises(IndexingError, match="kommune 9999 is not in the index"):
        index_lines_figure(run.index, ["9999"])
    with pytest.raises(IndexingError, match="more than once"):
        index_lines_figure(run.index, ["0104", "0104"])
    with pytest.raises(IndexingError, match="no kommune"):
        index_lines_figure(run.index, [])
    with pytest.raises(IndexingError, match="the column 'innbyggere'"):
        index_distribution_figure(run.index, run.panel, population="innbyggere")
    with pytest.raises(ProbaError, match="different titles"):
        standard_errors_figure([run.hc1, run.by_kommune], titles=["en"])
    with pytest.raises(ProbaError, match="one or more Results"):
        coefficient_figure()
    with pytest.raises(ProbaError, match=r"'\.bmp'"):
        save_figure(coefficient_figure(run.by_size), tmp_path / "a.bmp")
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from proba.errors import ProbaError\n"
        "import proba.report\n"
        "try:\n    proba.report.save_figure\n"
        "except ProbaError as error:\n    print(error, error.text('nb'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.count('pip install -e ".[report]"') == 2


def test_the_names_of_the_series_stand_clear_of_the_header(run: Reproduction) -> None:
    fig = standard_errors_figure(run)
    fig.draw_without_rendering()
    (body,) = fig.subfigs
    (legend,) = body.legends
    header = [t.get_window_extent().y0 for t in fig.texts if t.get_va() == "top"]
    assert legend.get_window_extent().y1 <= min(header)


def test_the_readme_picture_is_written(tmp_path: Path) -> None:
    write_picture(["--out", str(tmp_path)])
    assert (tmp_path / PICTURE).read_bytes().startswith(b"\x89PNG")
    assert (ROOT / "docs" / "images" / PICTURE).is_file()


@pytest.mark.slow
def test_the_notebooks_run_and_show_what_is_stored() -> None:
    pytest.importorskip("nbclient")
    command = [sys.executable, str(ROOT / "notebooks" / "run.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("as stored") == len(list((ROOT / "notebooks").glob("*.ipynb")))
