"""decompose(): tables in, contributions out; sums, chains, groups, gaps and errors."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import proba
from proba.decomposition.identity import Identity
from proba.decomposition.methods import METHODS
from proba.decomposition.splitting import compare_methods, decompose
from proba.errors import DecompositionError
from proba.panel import make_panel

TEXT = "utbetalt = mottakere * varighet * stonad"


def synthetic(kommuner: int = 30, years: range = range(2012, 2017), seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "kommune": np.repeat([f"{100 + i:04d}" for i in range(kommuner)], len(years)),
            "aar": np.tile(list(years), kommuner),
        }
    )
    n = len(frame)
    return frame.assign(
        mottakere=rng.integers(5, 2000, n),
        varighet=rng.uniform(3, 7, n),
        stonad=rng.uniform(6e3, 1.2e4, n),
        fylke=(frame["kommune"].astype(int) % 3).astype(str),
    )


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return synthetic()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("chained", [False, True])
def test_every_kommune_adds_up(table: pd.DataFrame, method: str, chained: bool) -> None:
    result = decompose(
        table, TEXT, start=2012, end=2016, method=method, by="kommune", chained=chained
    )
    left = result.contributions.sum(axis=1) + result.residual - result.total_change
    scale = result.steps[["start_value", "end_value"]].max(axis=1).groupby("kommune").max()
    assert (left.abs() <= 1e-12 * scale).all()
    product = table.assign(v=table["mottakere"] * table["varighet"] * table["stonad"])
    wide = product.pivot(index="kommune", columns="aar", values="v")
    pd.testing.assert_series_equal(
        result.total_change, (wide[2016] - wide[2012]), check_names=False, rtol=1e-12
    )
    assert len(result.steps) == 30 * (4 if chained else 1)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("chained", [False, True])
def test_kommuner_add_up_to_groups_and_nation(
    table: pd.DataFrame, method: str, chained: bool
) -> None:
    options = {"start": 2012, "end": 2016, "method": method, "chained": chained}
    each = decompose(table, TEXT, by="kommune", **options)
    fylker = decompose(table, TEXT, by="fylke", **options)
    nation = decompose(table, TEXT, **options)
    assert list(fylker.units) == ["0", "1", "2"]
    assert list(nation.units) == ["alle"]
    for result in (fylker.total(), each.total()):
        np.testing.assert_allclose(result.contributions, nation.contributions, rtol=1e-12)
        np.testing.assert_allclose(result.residual, nation.residual, rtol=1e-9, atol=1e-3)
        np.testing.assert_allclose(result.total_change, nation.total_change, rtol=1e-12)


def test_multiplicative_lmdi_of_kommuner_and_of_their_sum(table: pd.DataFrame) -> None:
    each = decompose(table, TEXT, start=2012, end=2016, by="kommune", chained=True)
    nation = each.total()
    for result in (each, nation):
        ratio = result.end_value / result.start_value
        np.testing.assert_allclose(result.ratios.prod(axis=1), ratio, rtol=1e-12)
        np.testing.assert_allclose(result.log_points.sum(axis=1), np.log(ratio), atol=1e-13)
    one = decompose(table, TEXT, start=2012, end=2016, by="kommune")
    np.testing.assert_allclose(one.log_points, each.log_points, atol=1e-13)


def test_log_points_of_sums_are_lmdi_only(table: pd.DataFrame) -> None:
    nation = decompose(table, TEXT, start=2012, end=2016, method="shapley")
    assert nation.log_points.isna().all(axis=None)
    assert nation.to_dict()["contributions"][0]["log_points"] is None
    each = decompose(table, TEXT, start=2012, end=2016, method="shapley", by="kommune")
    assert each.log_points.notna().all(axis=None)


def test_chained_is_the_sum_of_single_years(table: pd.DataFrame) -> None:
    chained = decompose(table, TEXT, start=2012, end=2016, by="kommune", chained=True)
    added = sum(
        decompose(table, TEXT, start=y, end=y + 1, by="kommune").contributions
        for y in range(2012, 2016)
    )
    pd.testing.assert_frame_equal(chained.contributions, added, rtol=1e-12)


def test_per_inhabitant_and_price_forms_keep_the_total(table: pd.DataFrame) -> None:
    rng = np.random.default_rng(1)
    wide = table.assign(
        innbyggere=rng.integers(1000, 9000, len(table)),
        kpi=1 + 0.02 * (table["aar"] - 2012),
    )
    plain = decompose(wide, TEXT, start=2012, end=2016, by="kommune")
    identity = Identity(TEXT).per_inhabitant("mottakere").real("stonad", "kpi")
    long = decompose(wide, identity, start=2012, end=2016, by="kommune")
    assert list(long.contributions) == [
        "innbyggere",
        "mottakere/innbyggere",
        "varighet",
        "stonad/kpi",
        "kpi",
    ]
    # LMDI is consistent: the parts of a split factor sum to the factor's own.
    split = long.contributions
    np.testing.assert_allclose(
        split["innbyggere"] + split["mottakere/innbyggere"],
        plain.contributions["mottakere"],
        rtol=1e-9,
    )
    np.testing.assert_allclose(
        split["stonad/kpi"] + split["kpi"], plain.contributions["stonad"], rtol=1e-9
    )
    np.testing.assert_allclose(np.exp(long.log_points["kpi"]), 1.08, rtol=1e-12)


def test_total_column_leaves_a_residual_and_says_so(table: pd.DataFrame) -> None:
    product = table["mottakere"] * table["varighet"] * table["stonad"]
    exact = decompose(table.assign(v=product), TEXT, start=2012, end=2016, by="kommune", total="v")
    assert (exact.residual.abs() <= 1e-9 * exact.end_value).all()
    assert exact.notes_nb == ()
    off = decompose(
        table.assign(v=product * np.where(table["aar"] == 2016, 1.01, 1.0)),
        TEXT,
        start=2012,
        end=2016,
        by="kommune",
        total="v",
    )
    np.testing.assert_allclose(off.residual, 0.01 / 1.01 * off.end_value, rtol=1e-9)
    assert "'v' is not the product of the factors" in off.notes_en[0]
    sums = off.contributions.sum(axis=1) + off.residual
    np.testing.assert_allclose(sums, off.total_change, rtol=1e-9)


def test_sequential_takes_the_declared_order(table: pd.DataFrame) -> None:
    first, last = ("mottakere", "varighet", "stonad"), ("stonad", "varighet", "mottakere")
    a, b = (
        decompose(table, TEXT, start=2012, end=2016, method="sequential", order=o, by="kommune")
        for o in (first, last)
    )
    x = table[table["aar"] == 2012].set_index("kommune")
    y = table[table["aar"] == 2016].set_index("kommune")
    expected = (y["mottakere"] - x["mottakere"]) * x["varighet"] * x["stonad"]
    np.testing.assert_allclose(a.contributions["mottakere"], expected, rtol=1e-12)
    expected = (y["mottakere"] - x["mottakere"]) * y["varighet"] * y["stonad"]
    np.testing.assert_allclose(b.contributions["mottakere"], expected, rtol=1e-12)
    assert "Rekkefølge: Stønad → Varighet (måneder) → Mottakere." in b.to_table().notes
    with pytest.raises(DecompositionError, match="must name each factor once"):
        decompose(table, TEXT, start=2012, end=2016, method="sequential", order=("stonad",))
    with pytest.raises(DecompositionError, match="for the method 'sequential' only"):
        decompose(table, TEXT, start=2012, end=2016, order=first)


def test_a_table_without_kommuner_is_one_unit() -> None:
    table = pd.DataFrame({"aar": [2012, 2016], "a": [2.0, 3.0], "b": [5.0, 4.0]})
    result = decompose(table, "v = a * b", start=2012, end=2016)
    assert result.total_change["alle"] == 2.0
    assert result.by is None
    out = result.to_dict()
    assert isinstance(out, dict)
    assert (out["method"], out["from"], out["to"], out["total_change"]) == ("lmdi", 2012, 2016, 2.0)
    assert [set(c) for c in out["contributions"]] == [
        {"factor", "absolute", "share", "log_points"}
    ] * 2
    assert sum(c["share"] for c in out["contributions"]) == pytest.approx(1.0)
    assert out["contributions"][0]["log_points"] == pytest.approx(np.log(1.5))
    assert out["residual"] == 0.0


def test_missing_kommuner_are_told_not_dropped(table: pd.DataFrame) -> None:
    holes = table.drop(table.index[(table["kommune"] == "0100") & (table["aar"] == 2012)])
    holes = holes.assign(varighet=holes["varighet"].where(holes["kommune"] != "0101"))
    result = decompose(holes, TEXT, start=2012, end=2016, by="kommune")
    assert result.missing.to_dict() == {"0100": "mangler 2012", "0101": "mangler varighet 2012"}
    assert len(result.units) == 28
    items = result.to_dict()
    assert isinstance(items, list)
    told = {i["kommune"]: i["missing"] for i in items if "missing" in i}
    assert told == result.missing.to_dict()
    notes = result.to_table("en").notes
    assert any("0100 (missing 2012), 0101 (missing varighet 2012)" in n for n in notes)
    nation = decompose(holes, TEXT, start=2012, end=2016)
    assert list(nation.missing.index) == ["0100", "0101"]
    with pytest.raises(DecompositionError, match="nothing to decompose"):
        decompose(holes[holes["kommune"] == "0101"], TEXT, start=2012, end=2016)


def test_nothing_changed_has_no_shares() -> None:
    table = pd.DataFrame({"aar": [2012, 2016], "a": [2.0, 4.0], "b": [4.0, 2.0]})
    result = decompose(table, "v = a * b", start=2012, end=2016)
    assert result.total_change["alle"] == 0
    assert result.shares.isna().all(axis=None)
    text = json.dumps(result.to_dict(), allow_nan=False)
    assert '"share": null' in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"varighet": -1.0}, r"kommune 0103, 2012: 'varighet' is negative \(-1\)"),
        ({"varighet": np.inf}, "kommune 0103, 2012: 'varighet' is infinite"),
    ],
)
def test_impossible_amounts_name_kommune_and_year(
    table: pd.DataFrame, change: dict[str, float], said: str
) -> None:
    bad = table.copy()
    row = (bad["kommune"] == "0103") & (bad["aar"] == 2012)
    for column, value in change.items():
        bad.loc[row, column] = value
    with pytest.raises(DecompositionError, match=said):
        decompose(bad, TEXT, start=2012, end=2016, by="kommune")


def test_other_errors_name_what_is_wrong(table: pd.DataFrame) -> None:
    def fails(match: str, data: pd.DataFrame = table, text: str = TEXT, **options: object) -> None:
        wanted = {"start": 2012, "end": 2016, **options}
        with pytest.raises(DecompositionError, match=match):
            decompose(data, text, **wanted)  # type: ignore[arg-type]

    fails("no column 'antall'", text="u = antall * stonad")
    fails("no row for 2020", end=2020)
    fails("a chained decomposition needs every year", table[table["aar"] != 2014], chained=True)
    fails("from an earlier to a later year; got 2016 to 2012", start=2016, end=2012)
    fails("from an earlier to a later year", start=2012.0)
    fails("kommune 0100, 2012 stands more than once", pd.concat([table, table.head(1)]))
    fails("2012 stands more than once and the table has no", table.drop(columns="kommune"))
    fails(
        "'varighet' holds 'fem', which is no number",
        table.astype({"varighet": object}).assign(varighet="fem"),
    )
    fails("'aar' holds 'x'", table.astype({"aar": object}).assign(aar="x"))
    fails(
        "'innbyggere' is zero, so mottakere/innbyggere has no value",
        table.assign(innbyggere=0),
        "u = innbyggere * (mottakere / innbyggere)",
    )
    fails(
        "has both 1 and 2 in 'fylke'",
        table.assign(fylke=np.where(table["aar"] == 2012, "1", "2")),
        by="fylke",
    )
    fails("no method", method="fisher")


def test_count_base_in_the_table() -> None:
    table = pd.DataFrame(
        {"aar": [2012, 2016], "antall": [10, 12], "kr": [5, 6], "tellebasis": "tilfeller"}
    )
    result = decompose(table, "u = antall * kr", start=2012, end=2016)
    assert result.base is not None
    assert result.base.value == "tilfeller"
    assert "Tellebasis: tilfeller." in result.to_table().notes
    mixed = table.assign(tellebasis=["tilfeller", "mottakere"])
    with pytest.raises(DecompositionError, match=r"tilfeller \(2012\), mottakere \(2016\)"):
        decompose(mixed, "u = antall * kr", start=2012, end=2016)
    said = decompose(mixed, Identity("u = antall * kr", base="blandet"), start=2012, end=2016)
    assert "mixed, as asked" in said.notes_en[0]
    with pytest.raises(DecompositionError, match="the table counts tilfeller, the identity"):
        decompose(
            table.rename(columns={"antall": "mottakere"}),
            "u = mottakere * kr",
            start=2012,
            end=2016,
        )


def test_the_label_goes_with_every_output(table: pd.DataFrame) -> None:
    labelled = table.assign(merke="Kalibrert syntetisk panel")
    result = decompose(labelled, TEXT, start=2012, end=2016, by="kommune")
    assert result.label == "Kalibrert syntetisk panel"
    assert result.to_table("en", unit="0100").label == "Calibrated synthetic panel"
    assert (result.to_frame()["merke"] == "Kalibrert syntetisk panel").all()
    assert all(i["label"] == "Kalibrert syntetisk panel" for i in result.to_dict())
    assert result.total().label == result.label


def test_a_panel_is_read_as_it_is() -> None:
    panel = proba.load_panel("kalibrert")
    result = decompose(
        panel, "utgift = folketall * netto_driftsutgifter", start=2012, end=2016, by="kommune"
    )
    assert len(result.units) + len(result.missing) == 424
    assert result.label == "Kalibrert syntetisk panel"
    own = make_panel(synthetic(3).drop(columns="fylke"), name="eget")
    assert decompose(own, TEXT, start=2012, end=2016, by="kommune").meta.name == "eget"


def test_tables_to_read(table: pd.DataFrame) -> None:
    result = decompose(table, TEXT, start=2012, end=2016, by="kommune")
    many = result.to_table()
    assert len(many.rows) == 31
    assert many.rows[-1][0] == "I alt"
    assert many.header[:3] == ("Kommune", "Endring", "Vekst %")
    one = result.to_table("nb", unit="0100")
    assert one.title.startswith("0100: Utbetalt, endring 2012–2016")
    assert [r[0] for r in one.rows] == ["Mottakere", "Varighet (måneder)", "Stønad", "Utbetalt"]
    assert result.to_table("en", unit="0100").header[-1] == "ln change"
    with pytest.raises(DecompositionError, match="no unit '9999'"):
        result.to_table("nb", unit="9999")
    interaction = decompose(table, TEXT, start=2012, end=2016, method="laspeyres")
    assert "Samspill" in [r[0] for r in interaction.to_table().rows]


def test_tidy_frame(table: pd.DataFrame) -> None:
    result = decompose(table, TEXT, start=2012, end=2016, by="kommune", method="midpoint")
    tidy = result.to_frame()
    assert list(tidy.columns) == [
        "kommune",
        "term",
        "absolute",
        "share",
        "log_points",
        "from",
        "to",
        "method",
    ]
    sums = tidy.groupby("kommune")["absolute"].sum()
    np.testing.assert_allclose(sums, result.total_change, rtol=1e-9)
    np.testing.assert_allclose(tidy.groupby("kommune")["share"].sum(), 1.0, rtol=1e-9)


def test_methods_side_by_side(table: pd.DataFrame) -> None:
    shares = compare_methods(table, TEXT, start=2012, end=2016, unit="0105")
    assert list(shares.index) == list(METHODS)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-9)
    assert shares.loc["shapley", "rest"] == 0
    assert shares.loc["laspeyres", "rest"] != 0
    nation = compare_methods(table, TEXT, start=2012, end=2016)
    np.testing.assert_allclose(nation.sum(axis=1), 1.0, rtol=1e-9)
    with pytest.raises(DecompositionError, match="9999"):
        compare_methods(table, TEXT, start=2012, end=2016, unit="9999")


def test_groups_by_a_mapping_must_be_whole(table: pd.DataFrame) -> None:
    each = decompose(table, TEXT, start=2012, end=2016, by="kommune")
    halves = {u: "a" if i % 2 else "b" for i, u in enumerate(each.units)}
    grouped = each.aggregate(halves, "halvdel")
    assert grouped.by == "halvdel"
    np.testing.assert_allclose(grouped.contributions.sum(), each.contributions.sum(), rtol=1e-12)
    del halves["0100"]
    with pytest.raises(DecompositionError, match="kommune 0100 has no group"):
        each.aggregate(halves)


ONE = pd.DataFrame(
    {
        "kommune": ["0104"] * 2,
        "fylke": ["01"] * 2,
        "aar": [2012, 2016],
        "a": [2.0, 3.0],
        "b": [5.0, 4.0],
    }
)


@pytest.mark.parametrize("by", [None, "kommune", "fylke"])
@pytest.mark.parametrize("printed", [False, True])
def test_one_kommune_in_every_output(by: str | None, printed: bool) -> None:
    result = decompose(ONE, "v = a * b", start=2012, end=2016, by=by, printed=printed)
    assert result.by == by
    assert result.factor_values is not None
    out = result.to_dict()
    assert isinstance(out, list) == (by is not None)
    first = out[0] if isinstance(out, list) else out
    assert first["total_change"] == 2.0
    assert ("growth_interval" in first) == printed
    assert ("fra–til" in result.to_table().header) == printed
    assert len(result.to_frame()) == 3


def test_the_methods_interaction_and_the_identity_s_discrepancy_are_told_apart() -> None:
    table = ONE.assign(v=[11.0, 13.0])
    result = decompose(
        table, "v = a * b", start=2012, end=2016, method="laspeyres", total="v", by="kommune"
    )
    assert result.discrepancy["0104"] == 0.0
    table = ONE.assign(v=[11.0, 14.0])
    result = decompose(
        table, "v = a * b", start=2012, end=2016, method="laspeyres", total="v", by="kommune"
    )
    assert result.discrepancy["0104"] == 1.0
    assert result.residual["0104"] == pytest.approx(1.0 + (1 * -1))
    words = [row[0] for row in result.to_table(unit="0104").rows]
    assert words[-3:] == ["Samspill", "Avvik fra produktet", "V"]


def test_log_points_of_sums_do_not_depend_on_the_total_column(table: pd.DataFrame) -> None:
    product = table["mottakere"] * table["varighet"] * table["stonad"]
    plain = decompose(table, TEXT, start=2012, end=2016)
    scaled = decompose(table.assign(v=1.1 * product), TEXT, start=2012, end=2016, total="v")
    np.testing.assert_allclose(scaled.log_points, plain.log_points, rtol=1e-12)


def test_a_total_far_from_the_product_is_asked_about(table: pd.DataFrame) -> None:
    off = decompose(
        table.assign(v=table["mottakere"] * table["varighet"] * table["stonad"] / 1000),
        TEXT,
        start=2012,
        end=2016,
        total="v",
    )
    assert any("kr and 1000 kr" in note for note in off.notes_en)


def test_results_cannot_be_changed(table: pd.DataFrame) -> None:
    result = decompose(table, TEXT, start=2012, end=2016)
    with pytest.raises(ValueError, match="read-only"):
        result.values[0, 0] = 0.0


def test_more_errors(table: pd.DataFrame) -> None:
    def fails(match: str, data: pd.DataFrame, text: str = TEXT, **options: object) -> None:
        wanted = {"start": 2012, "end": 2016, **options}
        with pytest.raises(DecompositionError, match=match):
            decompose(data, text, **wanted)  # type: ignore[arg-type]

    fails("a row of 2012 has an empty cell in 'kommune'", table.assign(kommune=None))
    blank = table.astype({"fylke": object})
    blank.loc[0, "fylke"] = ""
    fails("a row of 2012 has an empty cell in 'fylke'", blank, by="fylke")
    fails("the column 'År' must be called 'aar'", table.rename(columns={"aar": "År"}))
    fails("cannot be called 'rest'", table.assign(rest=1.0), "u = mottakere * rest")
    each = decompose(table, TEXT, start=2012, end=2016, by="kommune")
    twice = pd.Series("a", index=[*each.units, each.units[0]])
    with pytest.raises(DecompositionError, match="has more than one group"):
        each.aggregate(twice)


def test_floating_point_that_cannot_add_up_says_so() -> None:
    table = pd.DataFrame(
        {"aar": [2012, 2016], **{f"x{j}": [1e-8, 1e8] if j % 2 else [1e8, 1e-8] for j in range(4)}}
    )
    result = decompose(table, "v = x0 * x1 * x2 * x3", start=2012, end=2016, method="shapley")
    left = result.contributions.sum(axis=1) + result.residual - result.total_change
    assert abs(left["alle"]) <= 1e-12 * max(result.end_value["alle"], 1.0)


def test_a_panel_with_other_names() -> None:
    frame = synthetic(3).rename(columns={"kommune": "bydel", "aar": "year"})
    panel = make_panel(frame, name="bydeler", entity="bydel", time="year")
    result = decompose(panel, TEXT, start=2012, end=2016, by="bydel")
    assert result.by == "bydel"
    shares = compare_methods(panel, TEXT, start=2012, end=2016, unit=result.units[0])
    assert len(shares) == len(METHODS)


def test_interactions_by_who_meets(table: pd.DataFrame) -> None:
    result = decompose(table, TEXT, start=2012, end=2016, method="laspeyres", by="kommune")
    meeting = result.interactions
    assert list(meeting) == [
        "mottakere × varighet",
        "mottakere × stonad",
        "varighet × stonad",
        "mottakere × varighet × stonad",
    ]
    np.testing.assert_allclose(meeting.sum(axis=1), result.residual, rtol=1e-9)
    items = result.to_dict()
    assert items[0]["interactions"][0]["factors"] == ["mottakere", "varighet"]
    plain = decompose(table, TEXT, start=2012, end=2016, by="kommune")
    assert plain.interactions.shape == (30, 0)
    assert "interactions" not in plain.to_dict()[0]
    nation = decompose(table, TEXT, start=2012, end=2016, method="laspeyres")
    assert nation.interactions.empty


def test_products_too_large_are_an_error() -> None:
    table = pd.DataFrame({"aar": [2012, 2016], "a": [1e200, 1e201], "b": [1e200, 1e250]})
    with pytest.raises(DecompositionError, match="alle, 2012: the product of the factors is too"):
        decompose(table, "v = a * b", start=2012, end=2016)


def test_many_factors(table: pd.DataFrame) -> None:
    rng = np.random.default_rng(0)
    names = [f"x{j}" for j in range(20)]
    wide = pd.DataFrame(rng.uniform(0.8, 1.2, (2, 20)), columns=names).assign(aar=[2012, 2016])
    for method in METHODS:
        result = decompose(wide, f"v = {' * '.join(names)}", start=2012, end=2016, method=method)
        left = result.contributions.sum(axis=1) + result.residual - result.total_change
        assert abs(left["alle"]) < 1e-12


def test_kommune_numbers_read_as_numbers(table: pd.DataFrame) -> None:
    numbers = table.assign(kommune=table["kommune"].astype(int))
    with pytest.raises(DecompositionError, match="holds the number 100; kommune numbers are text"):
        decompose(numbers, TEXT, start=2012, end=2016, by="kommune")
    large = table.assign(kommune=table["kommune"].astype(float) + 1000)
    result = decompose(large, TEXT, start=2012, end=2016, by="kommune")
    assert result.units[0] == "1100"
