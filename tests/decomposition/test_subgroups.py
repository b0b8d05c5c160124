"""Growth by subgroup: volume, composition, within."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from reference.ssb_2005 import MONTHLY_BENEFIT, MONTHS, RECIPIENTS

from proba.decomposition.identity import Identity
from proba.decomposition.methods import METHODS
from proba.decomposition.splitting import decompose
from proba.decomposition.subgroups import decompose_subgroups
from proba.errors import DecompositionError

TEXT = "utbetalt = mottakere * varighet * stonad"


def synthetic(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = [
        (k, y, g, int(rng.integers(5, 500)), rng.uniform(3, 7), rng.uniform(6e3, 1.2e4))
        for k in ("0104", "0106", "0219")
        for y in range(2012, 2017)
        for g in ("enslige", "par", "med barn")
    ]
    return pd.DataFrame(
        rows, columns=["kommune", "aar", "familietype", "mottakere", "varighet", "stonad"]
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("chained", [False, True])
def test_volume_between_within_and_rest_add_up(method: str, chained: bool) -> None:
    result = decompose_subgroups(
        synthetic(),
        TEXT,
        group="familietype",
        count="mottakere",
        start=2012,
        end=2016,
        by="kommune",
        method=method,
        chained=chained,
    )
    added = result.volume + result.between + result.within + result.units.residual
    np.testing.assert_allclose(added, result.units.total_change, rtol=1e-10)
    groups = result.by_group()
    np.testing.assert_allclose(
        groups["change"].groupby(level=0).sum(), result.units.total_change, rtol=1e-12
    )
    np.testing.assert_allclose(groups["share"].groupby(level=0).sum(), 1.0, rtol=1e-12)


def test_equal_groups_have_no_composition_and_the_plain_volume() -> None:
    table = synthetic()
    same = table.assign(varighet=5.0, stonad=table["aar"].map(lambda y: 9000.0 + 100 * (y - 2012)))
    result = decompose_subgroups(
        same,
        TEXT,
        group="familietype",
        count="mottakere",
        start=2012,
        end=2016,
        by="kommune",
        method="shapley",
    )
    np.testing.assert_allclose(result.between, 0.0, atol=1e-6)
    in_all = same.groupby(["kommune", "aar"], as_index=False).agg(
        mottakere=("mottakere", "sum"), varighet=("varighet", "mean"), stonad=("stonad", "mean")
    )
    plain = decompose(in_all, TEXT, start=2012, end=2016, by="kommune", method="shapley")
    np.testing.assert_allclose(result.volume, plain.contributions["mottakere"], rtol=1e-9)
    np.testing.assert_allclose(
        result.within, plain.contributions[["varighet", "stonad"]].sum(axis=1), rtol=1e-9
    )


def test_kommuner_sum_to_the_whole() -> None:
    options = {"group": "familietype", "count": "mottakere", "start": 2012, "end": 2016}
    each = decompose_subgroups(synthetic(), TEXT, by="kommune", **options)
    whole = decompose_subgroups(synthetic(), TEXT, **options)
    assert list(whole.units.units) == ["alle"]
    np.testing.assert_allclose(
        whole.units.contributions.loc["alle"], each.units.contributions.sum(), rtol=1e-12
    )


def test_a_group_that_is_not_there_counts_nobody() -> None:
    table = synthetic()
    gone = table[~((table["familietype"] == "par") & (table["aar"] == 2012))]
    result = decompose_subgroups(
        gone, TEXT, group="familietype", count="mottakere", start=2012, end=2016, by="kommune"
    )
    groups = result.groups.contributions
    of_couples = groups[result.group_of.reindex(groups.index) == "par"]
    # LMDI's limit: what comes from nobody is composition.
    assert (of_couples[["varighet", "stonad"]] == 0).all(axis=None)
    added = result.volume + result.between + result.within
    np.testing.assert_allclose(added, result.units.total_change, rtol=1e-12)


def test_statistics_norway_2005_to_2009_by_months() -> None:
    """Real tables: recipients by number of months (the groups) and benefit per month."""
    rows = [
        (year, m, n, float(m), float(k))
        for year in (2005, 2009)
        for m, n, k in zip(
            MONTHS,
            RECIPIENTS[year]["i_alt"][1],
            MONTHLY_BENEFIT[year]["i_alt"][1],
            strict=True,
        )
    ]
    table = pd.DataFrame(rows, columns=["aar", "maneder", "mottakere", "varighet", "stonad"])
    result = decompose_subgroups(
        table, TEXT, group="maneder", count="mottakere", start=2005, end=2009
    )
    assert result.units.start_value["alle"] == pytest.approx(4_844_363e3, abs=500)
    # Within a number of months the duration cannot change: longer duration is composition here.
    assert result.groups.contributions["varighet"].abs().max() == 0
    assert result.between["alle"] + result.volume["alle"] + result.within["alle"] == pytest.approx(
        result.units.total_change["alle"], rel=1e-12
    )
    assert result.volume["alle"] < 0 < result.within["alle"]


def test_the_table_to_read() -> None:
    whole = decompose_subgroups(
        synthetic(),
        TEXT,
        group="familietype",
        count="mottakere",
        start=2012,
        end=2016,
    )
    table = whole.to_table()
    assert table.header[0] == "Familietype"
    assert table.header[1:3] == ("Mottakere i alt", "Sammensetning")
    assert table.rows[-1][0] == "I alt"
    assert "Tellebasis: mottakere." not in table.notes  # said by the table of units
    each = decompose_subgroups(
        synthetic(),
        TEXT,
        group="familietype",
        count="mottakere",
        start=2012,
        end=2016,
        by="kommune",
    )
    assert each.to_table("en", unit="0106").title.startswith("0106: Paid out")
    with pytest.raises(DecompositionError, match="name one of the 3 units"):
        each.to_table()
    assert "0104" in repr(each)


def test_errors_name_the_group() -> None:
    table = synthetic()

    def fails(match: str, data: pd.DataFrame, text: str | Identity = TEXT, **options: str) -> None:
        wanted = {"group": "familietype", "count": "mottakere", **options}
        with pytest.raises(DecompositionError, match=match):
            decompose_subgroups(data, text, start=2012, end=2016, **wanted)

    fails("'antall' is not a factor by itself", table, count="antall")
    fails("no column 'alder'", table, group="alder")
    fails("'0104, enslige' stands more than once in 2012", pd.concat([table, table.head(1)]))
    fails("0104, enslige, 2012: 'stonad' is negative", table.assign(stonad=-1.0))
    fails("the table counts tilfeller", table.assign(tellebasis="tilfeller"))


def long(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["kommune", "aar", "gruppe", "m", "v"])


@pytest.mark.parametrize("method", METHODS)
def test_an_absent_group_changes_by_volume_and_composition_only(method: str) -> None:
    """Also when it comes back with another rate, and when it is coded as nobody at rate zero."""
    steady = [("a", y, "A", 100, 5.0) for y in range(2012, 2016)]
    gone = long([*steady, ("a", 2012, "B", 50, 2.0), ("a", 2015, "B", 50, 8.0)])
    zeros = long(
        [
            *steady,
            ("a", 2012, "B", 50, 2.0),
            ("a", 2013, "B", 0, 0.0),
            ("a", 2014, "B", 0, 0.0),
            ("a", 2015, "B", 50, 8.0),
        ]
    )
    for table in (gone, zeros):
        result = decompose_subgroups(
            table,
            "u = m * v",
            group="gruppe",
            count="m",
            start=2012,
            end=2015,
            chained=True,
            method=method,
            by="kommune",
        )
        assert result.groups.contributions["v"].abs().max() == 0
        assert result.units.total_change["a"] == pytest.approx(50 * 8 - 50 * 2)


def test_nobody_at_all_in_one_year_is_volume() -> None:
    table = long(
        [
            ("a", 2012, "A", 0, 0.0),
            ("a", 2012, "B", 0, 0.0),
            ("a", 2016, "A", 60, 5.0),
            ("a", 2016, "B", 40, 3.0),
        ]
    )
    result = decompose_subgroups(
        table, "u = m * v", group="gruppe", count="m", start=2012, end=2016, by="kommune"
    )
    assert result.volume["a"] == pytest.approx(420.0)
    assert result.between["a"] == pytest.approx(0.0, abs=1e-9)


def test_a_missing_count_is_no_zero() -> None:
    table = long(
        [
            ("a", 2012, "A", 10, 5.0),
            ("a", 2012, "B", 10, 5.0),
            ("a", 2016, "A", 10, 5.0),
            ("a", 2016, "B", None, 5.0),
            ("b", 2012, "A", 10, 5.0),
            ("b", 2016, "A", 12, 5.0),
        ]
    )
    result = decompose_subgroups(
        table, "u = m * v", group="gruppe", count="m", start=2012, end=2016, by="kommune"
    )
    assert result.units.missing.to_dict() == {"a": "mangler m 2016, B"}
    assert list(result.units.units) == ["b"]


def test_keys_of_groups_are_checked() -> None:
    table = long([("a", y, g, 10, 5.0) for y in (2012, 2016) for g in "AB"])

    def fails(match: str, data: pd.DataFrame, **options: object) -> None:
        wanted = {"group": "gruppe", "count": "m", "start": 2012, "end": 2016, **options}
        with pytest.raises(DecompositionError, match=match):
            decompose_subgroups(data, "u = m * v", **wanted)  # type: ignore[arg-type]

    fails("'aar' holds '2O16'", table.astype({"aar": object}).replace({"aar": {2016: "2O16"}}))
    fails("empty cell in 'gruppe'", table.assign(gruppe=[None, "B", "A", "B"]))
    fails("'m' holds 'ti', which is no number", table.astype({"m": object}).assign(m="ti"))
    fails("from an earlier to a later year", table, start="2012")
    fails("by is 'fylke'", table.assign(fylke="01"), by="fylke")
