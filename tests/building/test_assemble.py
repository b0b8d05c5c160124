"""From figures to columns: counts add, shares are recomputed, missing parts are missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proba.errors import KommuneError
from proba.kommuner import SplitWeights, shipped_graph
from proba.panel.building import read_catalogue
from proba.panel.building.assemble import Assembled, assemble
from proba.panel.building.plan import make_plan

CATALOGUE = """
format: 1
sources:
  k: {kind: file, reader: tabell, name: K, licence: CC0}
quantities:
  folketall: {label: {nb: a, en: b}, unit: {nb: a, en: b}, parts: [{source: k, basis: t}]}
  kroner: {label: {nb: a, en: b}, unit: {nb: a, en: b}, parts: [{source: k, basis: t}]}
  andre: {label: {nb: a, en: b}, unit: {nb: a, en: b}, parts: [{source: k, basis: t}]}
  indeks:
    {label: {nb: a, en: b}, unit: {nb: a, en: b}, adds: false, parts: [{source: k, basis: t}]}
variables:
  per_innbygger: {label: {nb: a, en: b}, ratio: {of: [kroner, andre], per: folketall, factor: 2}}
  urbanitet: {label: {nb: a, en: b}, power: {of: folketall, exponent: 1.2}}
  opphopningsindeks: {label: {nb: a, en: b}, weighted: {of: indeks, per: folketall, exact: false}}
  samme_indeks: {label: {nb: a, en: b}, weighted: {of: indeks, per: folketall, exact: true}}
  folketall: {label: {nb: a, en: b}, amount: {of: folketall}}
"""
SPLITS_2020 = {
    ("5012", "5055"): 0.3,
    ("5012", "5056"): 0.1,
    ("5012", "5059"): 0.6,
    ("1850", "1806"): 0.4,
    ("1850", "1875"): 0.6,
}


def put(
    tmp_path: Path,
    figures: dict[tuple[str, int], dict[str, float]],
    *,
    borders: int,
    weights: SplitWeights | None = None,
    status: dict[tuple[str, int, str], str] | None = None,
    omit: tuple[str, ...] = (),
) -> Assembled:
    """Every kommune of the years gets a row; those not named are missing without being there."""
    file = tmp_path / "katalog.yaml"
    file.write_text(CATALOGUE, encoding="utf-8")
    catalogue = read_catalogue(file)
    years = tuple(sorted({year for _, year in figures}))
    plan = make_plan(catalogue, years, borders, variables=None, files={"k"})
    graph = shipped_graph()
    rows = []
    for year in years:
        for kommune in graph.valid(year):
            given = figures.get((kommune, year), {})
            for quantity in ("folketall", "kroner", "andre", "indeks"):
                value = given.get(quantity, 100.0 if quantity == "folketall" else 1.0)
                code = (status or {}).get((kommune, year, quantity))
                rows.append((kommune, year, quantity, np.nan if code else value, code, "k", ""))
    columns = ["kommune", "aar", "quantity", "value", "status", "part", "snapshot"]
    return assemble(
        plan, catalogue, pd.DataFrame(rows, columns=columns), graph, weights=weights, omit=omit
    )


SANDEFJORD = {
    ("0706", 2016): {"folketall": 45000, "kroner": 90000, "andre": 0, "indeks": 1.0},
    ("0719", 2016): {"folketall": 6000, "kroner": 6000, "andre": 300, "indeks": 0.5},
    ("0720", 2016): {"folketall": 11000, "kroner": 22000, "andre": 700, "indeks": 2.0},
}


def test_shares_of_a_merged_kommune_come_from_added_counts(tmp_path: Path) -> None:
    row = put(tmp_path, SANDEFJORD, borders=2017).frame.set_index(["kommune", "aar"])
    merged = row.loc[("0710", 2016)]
    assert merged["folketall"] == 62000
    assert merged["kommunenavn"] == "Sandefjord"
    assert merged["per_innbygger"] == pytest.approx(2 * 119000 / 62000, rel=1e-15)
    # The mean of the three shares would be something else.
    mean = np.mean([2 * 90000 / 45000, 2 * 6300 / 6000, 2 * 22700 / 11000])
    assert abs(merged["per_innbygger"] - mean) > 0.1
    assert merged["urbanitet"] == pytest.approx(62000**1.2, rel=1e-14)


def test_an_index_is_weighted_for_merged_kommuner_and_said_to_be_approximate(
    tmp_path: Path,
) -> None:
    done = put(tmp_path, SANDEFJORD, borders=2017)
    merged = done.frame.set_index(["kommune", "aar"]).loc[("0710", 2016)]
    expected = (45000 * 1.0 + 6000 * 0.5 + 11000 * 2.0) / 62000
    assert merged["opphopningsindeks"] == pytest.approx(expected, rel=1e-14)
    assert merged["samme_indeks"] == merged["opphopningsindeks"]
    assert done.approximate == ("opphopningsindeks",)
    # On the year's own borders nothing is merged and nothing approximate.
    assert put(tmp_path, SANDEFJORD, borders=2016).approximate == ()


def test_a_published_index_is_unchanged_to_the_last_bit_where_the_kommune_is(
    tmp_path: Path,
) -> None:
    figures = {("0101", 2016): {"folketall": 30544, "indeks": 0.1}, **SANDEFJORD}
    frame = put(tmp_path, figures, borders=2017).frame.set_index(["kommune", "aar"])
    assert frame.loc[("0101", 2016), "opphopningsindeks"] == 0.1


def test_a_missing_part_makes_the_whole_missing_with_the_reason(tmp_path: Path) -> None:
    done = put(tmp_path, SANDEFJORD, borders=2017, status={("0719", 2016, "kroner"): ":"})
    row = done.frame.set_index(["kommune", "aar"]).loc[("0710", 2016)]
    assert np.isnan(row["per_innbygger"])
    assert row["folketall"] == 62000
    why = done.missing[done.missing["variable"] == "per_innbygger"]
    assert why[["kommune", "aar", "quantity", "reason"]].to_numpy().tolist() == [
        ["0710", 2016, "kroner", ": (0719)"]
    ]


def test_a_denominator_of_nil_is_missing_and_said(tmp_path: Path) -> None:
    done = put(tmp_path, {("0101", 2016): {"folketall": 0}}, borders=2016)
    row = done.frame.set_index(["kommune", "aar"]).loc[("0101", 2016)]
    assert np.isnan(row["per_innbygger"])
    reasons = done.missing.set_index("variable")["reason"]
    assert reasons["per_innbygger"] == "zero-denominator"


def test_what_cannot_be_computed_says_so(tmp_path: Path) -> None:
    """A negative figure has no power of 1.2, and nothing of it is missing at the source."""
    done = put(tmp_path, {("0101", 2016): {"folketall": -1}}, borders=2016)
    reasons = done.missing.set_index("variable")["reason"]
    assert reasons["urbanitet"] == "not-computable"


def test_a_split_needs_weights_and_uses_them(tmp_path: Path) -> None:
    figures = {("5012", 2019): {"folketall": 1000, "kroner": 50}}
    with pytest.raises(KommuneError, match="1850 Tysfjord"):
        put(tmp_path, figures, borders=2020)
    done = put(tmp_path, figures, borders=2020, weights=SplitWeights(SPLITS_2020))
    frame = done.frame.set_index("kommune")
    # Heim: Hemne 100, Halsa 100 and three tenths of Snillfjord.
    assert frame.loc["5055", "folketall"] == pytest.approx(500.0)
    assert len(frame) == 356
    assert done.counts["folketall"].sum() == pytest.approx(421 * 100 + 1000, rel=1e-12)
    assert [use.kommune for use in done.borders.splits] == ["1850", "5012"]


def test_renumbering_changes_nothing_but_the_number(tmp_path: Path) -> None:
    figures = {("0101", 2019): {"folketall": 31373, "kroner": 7, "indeks": 0.3}}
    done = put(tmp_path, figures, borders=2020, weights=SplitWeights(SPLITS_2020))
    row = done.frame.set_index("kommune").loc["3001"]
    assert (row["folketall"], row["opphopningsindeks"], row["kommunenavn"]) == (
        31373,
        0.3,
        "Halden",
    )


def test_kommuner_can_be_left_out_by_number(tmp_path: Path) -> None:
    done = put(tmp_path, SANDEFJORD, borders=2017, omit=("0301",))
    assert "0301" not in set(done.frame["kommune"])
    assert len(done.frame) == 425
    with pytest.raises(KommuneError, match="0706"):
        put(tmp_path, SANDEFJORD, borders=2017, omit=("0706",))
