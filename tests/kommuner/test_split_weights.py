"""Shares for kommuner that are divided: given, read from a file, made from counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from proba.errors import KommuneError
from proba.kommuner import (
    TOLERANCE,
    Change,
    ChangeGraph,
    SplitWeights,
    shipped_graph,
    to_borders,
    weights_from_counts,
)

PAIR = {("1507", "1508"): 0.8, ("1507", "1580"): 0.2}


def _counts(**by_number: float) -> pd.DataFrame:
    rows = [(number[1:], 2016, value) for number, value in by_number.items()]
    return pd.DataFrame(rows, columns=["kommune", "aar", "n"])


SANDEFJORD = {"k0706": 60.0, "k0719": 10.0, "k0720": 30.0}


def test_shares_are_scaled_to_one_within_the_tolerance() -> None:
    third = 0.3333333
    weights = SplitWeights({("1613", t): third for t in ("5055", "5056", "5059")})
    assert sum(weights.shares.values()) == pytest.approx(1.0, abs=1e-15)
    assert abs(3 * third - 1) < TOLERANCE
    with pytest.raises(TypeError):
        weights.shares["1613", "5055"] = 1.0  # type: ignore[index]


@pytest.mark.parametrize("share", [-0.1, 1.1, np.nan, np.inf, "0.5", None])
def test_a_share_that_is_none_is_refused(share) -> None:
    with pytest.raises(KommuneError, match="share of 1507 that goes to 1508"):
        SplitWeights({("1507", "1508"): share, ("1507", "1580"): 0.2})


def test_shares_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(KommuneError, match=r"1507 to 1508, 1580 sum to 0\.9") as caught:
        SplitWeights({("1507", "1508"): 0.7, ("1507", "1580"): 0.2})
    assert "summerer til" in caught.value.text("nb")


def test_shares_for_other_borders_are_refused_when_used() -> None:
    frame = pd.DataFrame({"kommune": ["1507"], "aar": [2021], "x": [1.0]})
    with pytest.raises(KommuneError, match="are for 1508, 1580, but on these borders"):
        to_borders(frame, borders=2019, sums=["x"], weights=SplitWeights(PAIR))


def test_of_gives_shares_in_the_order_asked() -> None:
    weights = SplitWeights(PAIR)
    assert weights.of("1507", ["1580", "1508"]) == (0.2, 0.8)
    assert weights.of("1613", ["5055"]) is None
    assert weights.basis("nb") == "oppgitte andeler"
    assert weights.basis("en") == "shares given"


@pytest.mark.parametrize(
    "text",
    [
        "fra,til,andel\n1507,1508,0.8\n1507,1580,0.2\n",
        "\ufefffra;til;andel\r\n1507;1508;0,8\r\n1507;1580;0,2\r\n",
    ],
)
def test_a_file_of_shares(tmp_path: Path, text: str) -> None:
    path = tmp_path / "andeler.csv"
    path.write_text(text, encoding="utf-8", newline="")
    weights = SplitWeights.from_csv(path)
    assert dict(weights.shares) == PAIR
    assert weights.basis("nb") == "andeler fra andeler.csv"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fra,til\n", "header"),
        ("fra,til,andel\n1507,1508,mye\n", "line 2: the share 'mye'"),
        ("fra,til,andel\n1507,1508,0.5\n1507,1508,0.5\n", "line 3: 1507 to 1508 stands twice"),
        ("fra,til,andel\n1507,1508,0.5\n", "sum to 0.5"),
        ("fra,til,andel\n1507,1508\n", "2 cells"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "w.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KommuneError, match=words):
        SplitWeights.from_csv(path)


def test_sandefjord_by_the_inhabitants_of_2016() -> None:
    weights = weights_from_counts(_counts(**SANDEFJORD), "n", year=2016, borders=2016)
    expected = {"0706": 0.6, "0719": 0.1, "0720": 0.3}
    # The same area had three numbers.
    for number in ("0710", "3804", "3907"):
        assert {t: s for (f, t), s in weights.shares.items() if f == number} == expected
    assert weights.approximate
    assert "«n» i 2016 (en tilnærming)" in weights.basis("nb")
    frame = pd.DataFrame({"kommune": ["0710", "3804"], "aar": [2017, 2020], "x": [10.0, 20.0]})
    result = to_borders(frame, borders=2016, sums=["x"], weights=weights)
    assert result.frame["x"].tolist() == [6.0, 12.0, 1.0, 2.0, 3.0, 6.0]
    assert [s.years for s in result.splits] == [(2017,), (2020,)]
    result.check()


def test_alesund_by_counts_before_it_or_after_it() -> None:
    before = pd.DataFrame(
        {"kommune": ["1504", "1523", "1529", "1534", "1546"], "aar": 2019, "n": [5, 1, 1, 2, 1]}
    )
    weights = weights_from_counts(before, "n", year=2019, borders=2024)
    assert weights.of("1507", ["1508", "1580"]) == (0.8, 0.2)
    after = pd.DataFrame({"kommune": ["1508", "1580"], "aar": 2024, "n": [3, 1]})
    weights = weights_from_counts(after, "n", year=2024, borders=2024)
    assert weights.of("1507", ["1508", "1580"]) == (0.75, 0.25)


def test_what_no_count_can_divide_is_left_out_and_said() -> None:
    graph = shipped_graph()
    everyone = pd.DataFrame({"kommune": list(graph.valid(2016)), "aar": 2016, "n": 1.0})
    weights = weights_from_counts(everyone, "n", year=2016, borders=2024)
    assert set(weights.left_out) == {"1613", "5012", "1850"}
    assert weights.of("1507", ["1508", "1580"]) == (0.8, 0.2)
    frame = pd.DataFrame({"kommune": ["1613"], "aar": [2016], "x": [1.0]})
    with pytest.raises(KommuneError, match="because its part in 5055 was no kommune of its own"):
        to_borders(frame, borders=2024, sums=["x"], weights=weights)


def test_a_part_without_count_or_without_people_is_left_out() -> None:
    gone = _counts(k0706=1.0, k0719=np.nan, k0720=1.0)
    weights = weights_from_counts(gone, "n", year=2016, borders=2016)
    assert weights.left_out["0710"][0] == "there is no count for 0719 in 2016"
    zero = _counts(k0706=0.0, k0719=0.0, k0720=0.0)
    weights = weights_from_counts(zero, "n", year=2016, borders=2016)
    assert weights.left_out["0710"][1] == "tellingene er 0 i 2016"


def test_counts_that_are_none() -> None:
    with pytest.raises(KommuneError, match="negative for 0706 in 2016"):
        weights_from_counts(_counts(k0706=-1.0), "n", year=2016, borders=2016)
    with pytest.raises(KommuneError, match="No row of the counts is for 2015"):
        weights_from_counts(_counts(k0706=1.0), "n", year=2015, borders=2016)
    with pytest.raises(KommuneError, match="2012 to 2024, not 2030"):
        weights_from_counts(_counts(k0706=1.0), "n", year=2016, borders=2030)


@pytest.mark.parametrize("borders", range(2012, 2025))
def test_one_set_of_shares_a_number_is_enough(borders: int) -> None:
    """What SplitWeights says of a number that went on with other borders holds everywhere."""
    graph = shipped_graph()
    found: dict[str, set[frozenset[str]]] = {}
    for year, names in graph.names.items():
        for number in names:
            if len(graph.targets(number, year, borders)) > 1:
                found.setdefault(number, set()).add(graph.areas[year][number])
    assert all(len(areas) == 1 for areas in found.values())


def test_a_number_divided_with_two_areas_gets_no_shares() -> None:
    def merged(year: int, old: str) -> Change:
        return Change(dt.date(year, 1, 1), "sammenslaaing", old, old, "0001", "0001")

    names = [{"0001", "0002", "0003"}, {"0001", "0003"}, {"0001"}]
    graph = ChangeGraph.from_names(
        {2000 + j: {n: n for n in held} for j, held in enumerate(names)},
        [merged(2001, "0001"), merged(2001, "0002"), merged(2002, "0001"), merged(2002, "0003")],
    )
    counts = pd.DataFrame({"kommune": ["0001", "0002", "0003"], "aar": 2000, "n": [1, 1, 1]})
    weights = weights_from_counts(counts, "n", year=2000, borders=2000, graph=graph)
    assert weights.left_out["0001"][0] == "its area changed while it had the number"
