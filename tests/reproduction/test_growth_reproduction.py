"""The printed decompositions recomputed: every figure the report and the reviews rest on."""

from __future__ import annotations

import csv
import json

import pytest

from proba._numbers import round_half_up
from proba.published import agrees, load_errata
from proba.reproduction import (
    GrowthReproduction,
    growth_closing_line,
    growth_table,
    reproduce_growth,
    write_growth_csv,
)


@pytest.fixture(scope="module")
def run() -> GrowthReproduction:
    return reproduce_growth()


def figure(run: GrowthReproduction, id: str) -> tuple[float, float, float]:
    check = next(c for c in run.checks if c.id == id)
    return tuple(
        float(round_half_up(v, check.decimals)) for v in (check.value, check.low, check.high)
    )


def test_national_growth(run: GrowthReproduction) -> None:
    assert figure(run, "vekst-2012-16") == (36.8, 33.9, 39.7)
    shares = [run.national.shares.loc["alle", f] for f in run.national.factors]
    assert [round(100 * s, 1) for s in shares] == [37.3, 6.6, 56.1]
    by_id = {c.id: c for c in run.checks}
    assert by_id["vekst-2012-16"].printed == "nær 38"
    assert by_id["vekst-2012-16"].verdict == "innenfor avrundingen"
    assert run.national.base is not None
    assert run.national.base.value == "blandet"


def test_tabell_3_1(run: GrowthReproduction) -> None:
    values = [round(v, 1) for v in run.tabell_3_1.contributions]
    assert values == [35.3, 18.4, 8.5, 20.1, 17.7]
    assert round(run.tabell_3_1.total_growth, 1) == 13.6
    verdicts = [
        c.verdict for c in run.checks if c.id.startswith("tabell-3-1-") and c.id[-1].isdigit()
    ]
    assert verdicts == ["innenfor avrundingen", "lik", "lik", "lik", "lik"]


def test_the_text_s_12_4_is_another_figure(run: GrowthReproduction) -> None:
    check = next(c for c in run.checks if c.id == "mottakere-tekst")
    assert check.printed == "12,4"
    assert check.verdict == "annet tall"
    assert not check.low <= 12.45 <= check.high
    assert check.errata == ("vekst-12-4-og-13-6",)


def test_tabell_3_2_implied_population(run: GrowthReproduction) -> None:
    assert figure(run, "tabell-3-2-befolkning") == (17.4, 15.8, 18.9)
    assert figure(run, "tabell-3-2-befolkning-alt") == (17.4, 15.8, 19.0)


def test_moss_to_the_krone(run: GrowthReproduction) -> None:
    values = [
        int(figure(run, f"moss-{t}")[0])
        for t in ("8-dagens", "8-etter", "8-differanse", "9-dagens", "9-etter", "9-differanse")
    ]
    assert values == [131_795_750, 114_789_847, 17_005_903, 131_795_750, 105_011_452, 26_784_298]
    assert all(c.verdict == "lik" for c in run.checks if c.id.startswith("moss-8"))
    slip = next(c for c in run.checks if c.id == "moss-tekst")
    assert (slip.printed, slip.verdict) == ("26,7", "avvik")


def test_basic_amount_and_baerum(run: GrowthReproduction) -> None:
    assert figure(run, "grunnbelop-snitt")[0] == 13.0
    assert figure(run, "grunnbelop-mai")[0] == 12.7
    assert figure(run, "baerum-varighet")[0] == 14.3


def test_no_verdict_without_its_reason(run: GrowthReproduction) -> None:
    known = {e.id for e in load_errata()}
    for check in run.checks:
        assert check.low <= check.value <= check.high
        assert set(check.errata) <= known
        if check.verdict == "lik":
            assert check.printed is not None
            assert agrees(check.value, check.printed.removeprefix("nær "))
        if check.verdict in ("annet tall", "avvik"):
            assert check.errata


def test_table_and_line(run: GrowthReproduction) -> None:
    table = growth_table(run)
    assert len(table.rows) == len(run.checks)
    assert table.label is None
    text = table.to_text()
    assert "36,8" in text
    assert "33,9–39,7" in text
    assert "moss-26-7: Teksten har 26,7 millioner" in text
    english = growth_table(run, "en").to_text()
    assert "33.9–39.7" in english
    assert "within rounding" in english
    assert growth_closing_line(run).startswith("14 av 18 trykte veksttall like")
    assert growth_closing_line(run, "en").startswith("14 of 18 printed growth figures equal")


def test_csv_and_json(run: GrowthReproduction, tmp_path) -> None:
    file = write_growth_csv(run, tmp_path / "vekst.csv")
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [r["id"] for r in rows] == [c.id for c in run.checks]
    assert float(rows[0]["value"]) == run.checks[0].value
    assert json.loads(json.dumps(run.to_dict(), allow_nan=False))[0]["printed"] == "nær 38"
    assert write_growth_csv(run, tmp_path / "b.csv").read_bytes() == file.read_bytes()
