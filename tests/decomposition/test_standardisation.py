"""Kitagawa, Das Gupta and fixed composition, against Das Gupta's (1993) worked examples."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import das_gupta_1993 as manual

from proba.decomposition.crossclassified import das_gupta_crossclassified
from proba.decomposition.das_gupta_rates import das_gupta
from proba.decomposition.fixed_composition import fixed_composition_mean
from proba.decomposition.standardisation import kitagawa, kitagawa_panel
from proba.errors import DecompositionError
from proba.panel import CALIBRATED, Panel, PanelMeta

# R prints seven digits; a difference of two such numbers has fewer.
DIGITS = {"rel": 2e-6, "abs": 6e-8}


def same(found, expected, **tolerance):
    expected = pd.Series(expected)
    assert found[list(expected.index)].to_dict() == pytest.approx(
        expected.to_dict(), **(tolerance or DIGITS)
    )


def check_pair(result, example):
    first, second = example["populations"]
    for factor, rates in example["standardised"].items():
        assert tuple(result.standardised[factor]) == pytest.approx(rates, **DIGITS)
    assert tuple(result.crude) == pytest.approx(example["crude"], **DIGITS)
    same(result.effects.loc[(first, second)], example["effects"])
    same(100 * result.shares.loc[(first, second)], example["percent"], abs=0.00501)
    assert result.differences[(first, second)] == pytest.approx(
        example["crude_difference"], **DIGITS
    )


def two(example):
    return {
        name: {factor: values[i] for factor, values in example["factors"].items()}
        for i, name in enumerate(example["populations"])
    }


@pytest.mark.parametrize("number", sorted(manual.PRODUCTS))
def test_products_of_two_to_five_factors(number):
    example = manual.PRODUCTS[number]
    check_pair(das_gupta(two(example)), example)
    check_pair(das_gupta(pd.DataFrame(two(example)).T), example)


def test_fifteen_digits():
    exact = manual.PRECISE["2.1"]
    result = das_gupta(two(manual.PRODUCTS["2.1"]))
    same(-result.effects.loc[("black", "white")], exact, rel=1e-12)
    years = ("1963", "1968")
    factors = {
        year: {f: rows[i] for f, rows in manual.ILLEGITIMACY.items()}
        for i, year in enumerate(years)
    }
    product = das_gupta(factors)
    same(product.effects.loc[years], manual.PRECISE["6.5 product"], rel=1e-11)
    same(product.crude, manual.PRECISE["6.5 product crude"], rel=1e-12)


def test_a_rate_that_is_no_product():
    example = manual.NATURAL_INCREASE
    check_pair(das_gupta(two(example), lambda births, deaths: births - deaths), example)


def test_vector_factors():
    check_pair(das_gupta(two(manual.TAIWAN)), manual.TAIWAN)
    cells = {
        (year, age): {f: rows[i][age] for f, rows in manual.TAIWAN["factors"].items()}
        for i, year in enumerate(manual.TAIWAN["populations"])
        for age in range(7)
    }
    frame = pd.DataFrame(cells).T
    check_pair(das_gupta(frame), manual.TAIWAN)
    shuffled = pd.concat([frame.iloc[:7], frame.iloc[:6:-1]])
    check_pair(das_gupta(shuffled), manual.TAIWAN)


def ratio(A, B, C, D):
    return np.sum(A * B * C) / (np.sum(A * B * C) + np.sum(A * (1 - B) * D))


def per_mille(**factors):
    return 1000 * ratio(**factors)


def illegitimacy(years):
    at = [manual.ILLEGITIMACY_YEARS.index(year) for year in years]
    return {
        year: {f: rows[i] for f, rows in manual.ILLEGITIMACY.items()}
        for year, i in zip(years, at, strict=True)
    }


def test_a_function_of_four_vectors():
    example = manual.ILLEGITIMACY_TWO
    check_pair(das_gupta(illegitimacy(example["populations"]), ratio), example)


def test_five_populations_together():
    example = manual.ILLEGITIMACY_FIVE
    result = das_gupta(illegitimacy(manual.ILLEGITIMACY_YEARS), per_mille)
    for factor, rates in example["standardised"].items():
        assert tuple(result.standardised[factor]) == pytest.approx(rates, abs=6e-6)
    assert tuple(result.crude) == pytest.approx(example["crude"], abs=6e-6)
    for pair, effects in example["all_five"].items():
        same(result.effects.loc[pair], effects, abs=6e-7)
    for pair, effect in example["all_five_A"].items():
        assert result.effects.loc[pair, "A"] == pytest.approx(effect, abs=6e-8)
    pair = ("1963", "1968")
    same(100 * result.shares.loc[pair], example["percent_1963_1968"], abs=0.00501)
    assert result.differences[pair] == pytest.approx(example["pairwise_crude"][pair], abs=6e-8)


def test_pairs_one_by_one_do_not_add_up_but_together_they_do():
    example = manual.ILLEGITIMACY_FIVE
    for pair, effects in example["pairwise"].items():
        alone = das_gupta(illegitimacy(pair), per_mille)
        same(alone.effects.loc[pair], effects, abs=6e-7)
    effects = das_gupta(illegitimacy(manual.ILLEGITIMACY_YEARS), per_mille).effects
    around = effects.loc[("1963", "1968")] + effects.loc[("1968", "1973")]
    np.testing.assert_allclose(around, effects.loc[("1963", "1973")], rtol=1e-12, atol=1e-12)


def cells_of(example, races):
    ages = range(len(example["size"][0][0]) if races else len(example["size"][0]))
    rows = []
    for i, year in enumerate(example["populations"]):
        for race in range(2) if races else [None]:
            for age in ages:
                size, rate = (
                    example[name][i][race][age] if races else example[name][i][age]
                    for name in ("size", "rate")
                )
                rows.append((year, race, age, size, rate))
    return pd.DataFrame(rows, columns=["pop", "race", "age", "size", "rate"])


def test_two_classifications():
    frame = cells_of(manual.DEATHS, True)
    for factors in (["age", "race"], ["race", "age"]):
        result = das_gupta_crossclassified(
            frame, factors=factors, size="size", rate="rate", population="pop"
        )
        check_pair(result, manual.DEATHS)
    exact = result.effects.sum(axis=1) - result.differences
    assert abs(exact.iloc[0]) < 1e-12


def test_classifications_sum_to_kitagawas_composition():
    frame = cells_of(manual.DEATHS, True)
    collapsed = manual.DEATHS["collapsed"]
    parts = kitagawa_panel(
        frame.rename(columns={"pop": "aar"}),
        group=["race", "age"],
        count="size",
        rate="rate",
        start=1970,
        end=1985,
    ).totals.loc["alle"]
    assert parts["composition"] == pytest.approx(collapsed["effects"]["size"], abs=6e-8)
    assert parts["rate"] == pytest.approx(collapsed["effects"]["rate"], abs=6e-8)


def sides(example):
    return [
        dict(enumerate(zip(example["size"][i], example["rate"][i], strict=True))) for i in (0, 1)
    ]


def test_one_classification_is_kitagawa():
    result = das_gupta_crossclassified(
        cells_of(manual.HEADSHIP, False),
        factors="age",
        size="size",
        rate="rate",
        population="pop",
    )
    exact = manual.PRECISE["5.1"]
    assert result.effects["age"].iloc[0] == pytest.approx(-exact["size"], rel=1e-12)
    assert result.effects["rate"].iloc[0] == pytest.approx(-exact["rate"], rel=1e-12)
    assert tuple(result.standardised["age"]) == pytest.approx(
        manual.HEADSHIP["standardised"]["size"], abs=5e-5
    )
    totals = kitagawa(*sides(manual.HEADSHIP)).totals.loc["alle"]
    assert totals["composition"] == pytest.approx(-exact["size"], rel=1e-12)
    assert totals["rate"] == pytest.approx(-exact["rate"], rel=1e-12)


# Properties ---------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(2, 4), st.integers(1, 4), st.integers(0, 9999))
def test_das_gupta_sums_swaps_and_scales(k, n, cells, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(1, 0.5, size=(n, k, cells))
    names = [f"p{i}" for i in range(n)]

    def populations(order, scale=1.0):
        return {
            names[i]: {f"f{j}": values[i, j] * (scale if j == 0 else 1) for j in range(k)}
            for i in order
        }

    result = das_gupta(populations(range(n)))
    size = np.abs(values).max() ** k * cells
    gap = (result.effects.sum(axis=1) - result.differences).abs().max()
    assert gap <= 1e-12 * max(size, 1)
    back = das_gupta(populations(reversed(range(n))))
    np.testing.assert_allclose(
        back.standardised.loc[names], result.standardised, rtol=0, atol=1e-12 * max(size, 1)
    )
    pair = (names[0], names[1])
    np.testing.assert_allclose(
        back.effects.loc[pair[::-1]], -result.effects.loc[pair], rtol=0, atol=1e-12 * max(size, 1)
    )
    tenfold = das_gupta(populations(range(n), 10.0))
    np.testing.assert_allclose(
        tenfold.effects, 10 * result.effects, rtol=0, atol=1e-11 * max(size, 1)
    )


def three_ways(seed, n=3):
    rng = np.random.default_rng(seed)
    levels = [("t", range(n)), ("a", range(3)), ("b", range(2)), ("c", range(2))]
    index = pd.MultiIndex.from_product([v for _, v in levels], names=[k for k, _ in levels])
    return pd.DataFrame(
        {"size": rng.integers(1, 500, len(index)), "rate": rng.normal(5, 3, len(index))}, index
    ).reset_index()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 9999))
def test_three_classifications_sum_and_are_symmetric(seed):
    frame = three_ways(seed)
    keys = {"size": "size", "rate": "rate", "population": "t"}
    result = das_gupta_crossclassified(frame, factors=["a", "b", "c"], **keys)
    np.testing.assert_allclose(result.effects.sum(axis=1), result.differences, atol=1e-11)
    other = das_gupta_crossclassified(frame, factors=["c", "a", "b"], **keys)
    np.testing.assert_allclose(other.effects[result.effects.columns], result.effects, atol=1e-11)
    doubled = das_gupta_crossclassified(
        frame.assign(size=frame["size"] * (1 + frame["t"])), factors=["a", "b", "c"], **keys
    )
    np.testing.assert_allclose(doubled.effects, result.effects, atol=1e-11)


def test_independent_classifications_have_their_own_shares_as_factors():
    # Sizes that are products of margins: the factor of each classification is its share, so a
    # classification whose shares stand still has no effect.
    rows = [
        (t, a, b, pa * pb, 1.0 + 2 * a + 3 * b)
        for t, share in ((0, 0.3), (1, 0.6))
        for a, pa in enumerate((share, 1 - share))
        for b, pb in enumerate((0.25, 0.75))
    ]
    frame = pd.DataFrame(rows, columns=["t", "a", "b", "size", "rate"])
    result = das_gupta_crossclassified(
        frame, factors=["a", "b"], size="size", rate="rate", population="t"
    )
    assert result.effects.loc[(0, 1)].to_dict() == pytest.approx(
        {"a": -0.6, "b": 0.0, "rate": 0.0}, abs=1e-14
    )


def test_an_empty_cell_has_no_size_in_any_factor():
    frame = three_ways(3, n=2)
    empty = (frame["t"] == 0) & (frame["a"] == 1)
    frame.loc[empty, "size"] = 0
    keys = {"factors": ["a", "b", "c"], "size": "size", "rate": "rate", "population": "t"}
    with pytest.raises(DecompositionError, match=r"group '\(1, 0, 0\)' has nobody in 0"):
        das_gupta_crossclassified(frame, **keys)
    result = das_gupta_crossclassified(frame, missing="other year", **keys)
    np.testing.assert_allclose(result.effects.sum(axis=1), result.differences, atol=1e-12)
    gone = das_gupta_crossclassified(frame[~empty], missing="other year", **keys)
    np.testing.assert_allclose(gone.effects, result.effects, atol=1e-14)


def random_panel(seed, units=4, groups=3):
    rng = np.random.default_rng(seed)
    index = pd.MultiIndex.from_product(
        [[2012, 2016], [f"{u:04d}" for u in range(units)], list("abcdefgh"[:groups])],
        names=["aar", "kommune", "gruppe"],
    )
    return pd.DataFrame(
        {
            "mottakere": rng.integers(1, 1000, len(index)).astype(float),
            "stonad": rng.normal(9000, 2000, len(index)),
        },
        index,
    ).reset_index()


def panel_parts(frame, components=2, **more):
    keys = {"group": "gruppe", "count": "mottakere", "rate": "stonad", "by": "kommune"}
    return kitagawa_panel(
        frame, **{**keys, "start": 2012, "end": 2016, **more}, components=components
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9999), st.sampled_from([2, 3]))
def test_kitagawa_sums_in_every_unit(seed, components):
    frame = random_panel(seed)
    parts = panel_parts(frame, components)
    totals = parts.totals
    assert len(totals) == 4
    gap = totals[list(parts.terms)].sum(axis=1) - totals["difference"]
    assert (gap.abs() <= 1e-12 * totals[["start", "end"]].abs().max(axis=1)).all()
    by_group = parts.groups.groupby(level=0)[[*parts.terms, "composition_centred"]].sum()
    np.testing.assert_allclose(by_group[list(parts.terms)], totals[list(parts.terms)], atol=1e-9)
    np.testing.assert_allclose(by_group["composition_centred"], totals["composition"], atol=1e-9)
    # One unit at a time gives the same as all at once.
    one = panel_parts(frame[frame["kommune"] == "0002"], components, by=None)
    np.testing.assert_allclose(one.totals.loc["alle"], totals.loc["0002"], rtol=1e-13, atol=1e-9)
    # Counts are weights: their scale does not matter; rates scale the parts.
    scaled = panel_parts(frame.assign(mottakere=frame["mottakere"] / 7), components)
    np.testing.assert_allclose(scaled.totals, totals, atol=1e-8)
    in_thousands = panel_parts(frame.assign(stonad=frame["stonad"] / 1000), components)
    np.testing.assert_allclose(1000 * in_thousands.totals, totals, atol=1e-8)


def test_two_components_reversed_change_sign_three_do_not():
    frame = random_panel(5)
    swapped = frame.assign(aar=4028 - frame["aar"])
    there, back = (panel_parts(frame, 2), panel_parts(swapped, 2))
    np.testing.assert_allclose(
        back.totals[["composition", "rate"]], -there.totals[["composition", "rate"]], atol=1e-9
    )
    three = panel_parts(frame, 3).totals
    # The two-component parts are the three-component ones with half the interaction each.
    for term in ("composition", "rate"):
        expected = three[term] + three["interaction"] / 2
        np.testing.assert_allclose(there.totals[term], expected, atol=1e-9)


def test_rows_of_one_group_are_put_together():
    frame = random_panel(8)
    national = panel_parts(frame, by=None).totals.loc["alle"]
    amount = frame["mottakere"] * frame["stonad"]
    sums = frame.assign(stonad=amount).groupby(["aar", "gruppe"])[["mottakere", "stonad"]].sum()
    sums["stonad"] /= sums["mottakere"]
    by_hand = panel_parts(sums.reset_index(), by=None).totals.loc["alle"]
    np.testing.assert_allclose(national, by_hand, rtol=1e-12, atol=1e-9)
    # Finer groups: kommuner within groups are composition too; the difference is the same.
    finer = panel_parts(frame, group=["kommune", "gruppe"], by=None).totals.loc["alle"]
    assert finer["difference"] == pytest.approx(national["difference"], rel=1e-10)
    assert finer["composition"] != pytest.approx(national["composition"])


def test_a_constant_added_to_every_rate_moves_only_uncentred_parts():
    frame = random_panel(2)
    before, after = (panel_parts(frame.assign(stonad=frame["stonad"] + c)) for c in (0.0, 5000.0))
    np.testing.assert_allclose(before.totals["composition"], after.totals["composition"], atol=1e-8)
    centred = [p.groups["composition_centred"] for p in (before, after)]
    np.testing.assert_allclose(*centred, atol=1e-8)
    assert not np.allclose(before.groups["composition"], after.groups["composition"])


def test_a_group_that_is_not_there_one_year():
    start, end = {"a": (10, 2.0), "b": (0, np.nan)}, {"a": (5, 3.0), "b": (5, 6.0)}
    with pytest.raises(DecompositionError, match="group 'b' has nobody in start") as raised:
        kitagawa(start, end)
    assert "gruppen «b» er tom i start" in raised.value.nb
    filled = kitagawa(start, end, missing="other year")
    assert filled.groups.loc[("alle", "b"), "rate"] == 0
    assert filled.totals.loc["alle", "difference"] == 2.5
    assert np.isnan(filled.groups.loc[("alle", "b"), "rate_start"])
    # No row, or a rate that stands beside a count of 0, is the same.
    for other in ({"a": (10, 2.0)}, {"a": (10, 2.0), "b": (0, 99.0)}):
        again = kitagawa(other, end, missing="other year")
        pd.testing.assert_frame_equal(again.totals, filled.totals)


def test_a_kommune_without_a_year_is_left_out_with_its_reason():
    frame = random_panel(1)
    frame = frame[~((frame["kommune"] == "0001") & (frame["aar"] == 2016))]
    parts = panel_parts(frame)
    assert "0001" not in parts.totals.index
    assert parts.missing.to_dict() == {"0001": "nobody in 2016"}
    assert parts.missing_lines() == ("0001: ingen i 2016",)
    assert parts.missing_lines("en") == ("0001: nobody in 2016",)
    assert parts.to_table("nb", "0002").notes[-1] == "Utelatt (1): 0001: ingen i 2016"
    assert parts.to_table("en", "0002").notes[-1] == "Left out (1): 0001: nobody in 2016"
    with pytest.raises(DecompositionError, match="0001 is left out: nobody in 2016") as raised:
        parts.to_table(unit="0001")
    assert raised.value.nb == "0001 er utelatt: ingen i 2016."
    hole = random_panel(1).drop(index=0)
    with pytest.raises(DecompositionError, match="group 'a' has nobody in 2012, kommune 0000"):
        panel_parts(hole)
    filled = panel_parts(hole, missing="other year")
    assert len(filled.totals) == 4


# Fixed composition --------------------------------------------------------------------------------


def held(frame, **more):
    keys = {"group": "gruppe", "count": "mottakere", "value": "stonad", "base_year": 2012}
    return fixed_composition_mean(frame, **{**keys, **more})


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 9999))
def test_fixed_composition_frames_kitagawa(seed):
    frame = random_panel(seed)
    found = held(frame, by="kommune").frame.xs(2016, level="aar")
    three = panel_parts(frame, 3).totals
    np.testing.assert_allclose(found["actual"], three["end"], rtol=1e-12)
    np.testing.assert_allclose(
        found["fixed_composition"], three["start"] + three["rate"], rtol=1e-12
    )
    np.testing.assert_allclose(
        found["fixed_values"], three["start"] + three["composition"], rtol=1e-12
    )
    np.testing.assert_allclose(
        found["composition_effect"], found["actual"] - found["fixed_composition"], atol=1e-8
    )
    np.testing.assert_allclose(
        found["composition_effect_base"], found["fixed_values"] - three["start"], atol=1e-8
    )
    base = held(frame, by="kommune").frame.xs(2012, level="aar")
    index = base[[c for c in base.columns if c.startswith("index_")]]
    np.testing.assert_allclose(index, 100.0, rtol=1e-13)
    effects = base[["composition_effect", "composition_effect_base"]]
    assert (effects == 0).all(axis=None)


def test_what_weighs_is_said():
    frame = random_panel(4).assign(maneder=lambda d: d["mottakere"] * (3 + d.index % 4))
    by_person, by_month = held(frame), held(frame, count="maneder")
    assert (by_person.count, by_month.count) == ("mottakere", "maneder")
    assert by_person.frame["actual"].iloc[1] != by_month.frame["actual"].iloc[1]
    assert by_month.to_table().notes == ("Vekter: måneder.",)


def test_fixed_composition_with_holes():
    frame = random_panel(6)
    first = (frame["kommune"] == "0000") & (frame["gruppe"] == "a")
    with pytest.raises(DecompositionError, match="group 'a' has nobody in 2016, kommune 0000"):
        held(frame[~(first & (frame["aar"] == 2016))], by="kommune")
    with pytest.raises(DecompositionError, match="group 'a' has nobody in 2012, kommune 0000"):
        held(frame[~(first & (frame["aar"] == 2012))], by="kommune")
    late = frame[~((frame["kommune"] == "0003") & (frame["aar"] == 2012))]
    found = held(late, by="kommune")
    assert found.missing.to_dict() == {
        ("0003", 2012): "nobody in 2012",
        ("0003", 2016): "nobody in 2012",
    }
    assert found.missing_lines("nb")[1] == "0003, 2016: ingen i 2012"
    with pytest.raises(DecompositionError, match="0003 is left out: nobody in 2012") as raised:
        found.to_table(unit="0003")
    assert raised.value.nb == "0003 er utelatt: ingen i 2012."
    early = frame[~((frame["kommune"] == "0003") & (frame["aar"] == 2016))]
    for lang, told in (
        ("nb", "Utelatt: 2016: ingen i 2016"),
        ("en", "Left out: 2016: nobody in 2016"),
    ):
        assert held(early, by="kommune").to_table(lang, "0003").notes[-1] == told
    with pytest.raises(DecompositionError, match="base year 2013 is not in the table"):
        held(frame, base_year=2013)


# Tables as they come ------------------------------------------------------------------------------

WAYS = {
    "kitagawa": panel_parts,
    "fixed": lambda frame: held(frame, by="kommune"),
    "classes": lambda frame: das_gupta_crossclassified(
        frame, factors=["kommune", "gruppe"], size="mottakere", rate="stonad"
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("spoil", "match"),
    [
        (lambda d: d.assign(merke=["A", *["B"] * 23]), "holds different labels"),
        (lambda d: pd.concat([d, d["stonad"]], axis=1), "more than one column named 'stonad'"),
        (lambda d: d.assign(kommune=["", *d["kommune"][1:]]), "an empty cell in 'kommune'"),
        (lambda d: d.assign(gruppe=[None, *d["gruppe"][1:]]), "an empty cell in 'gruppe'"),
        (lambda d: d.assign(stonad="9,5"), "'stonad' holds '9,5', which is no number"),
        (lambda d: d.assign(aar="i fjor"), "'aar' holds 'i fjor', which is no year"),
    ],
)
def test_a_spoiled_table_is_refused_in_the_same_words(way, spoil, match):
    with pytest.raises(DecompositionError, match=match) as raised:
        WAYS[way](spoil(random_panel(0)))
    assert raised.value.nb != raised.value.en


@pytest.mark.parametrize("way", WAYS)
def test_years_as_text_are_years(way):
    frame = random_panel(3)
    plain, text = (WAYS[way](f) for f in (frame, frame.assign(aar=frame["aar"].astype(str))))
    name = {"kitagawa": "totals", "fixed": "frame", "classes": "effects"}[way]
    pd.testing.assert_frame_equal(getattr(plain, name), getattr(text, name))


@pytest.mark.parametrize("by", [None, "region"])
def test_a_panel_with_other_names_of_its_keys(by):
    frame = random_panel(7, groups=1)
    other = frame.rename(columns={"aar": "year", "kommune": "region"})
    panel = Panel(
        other.set_index(["region", "year"]).sort_index(), PanelMeta("p", "Merket"), "region", "year"
    )
    usual = None if by is None else "kommune"
    keys = {"group": "gruppe", "count": "mottakere", "by": by}
    parts = kitagawa_panel(panel, rate="stonad", start=2012, end=2016, **keys)
    expected = panel_parts(frame, by=usual)
    np.testing.assert_array_equal(parts.totals, expected.totals)
    assert parts.label == "Merket"
    fixed = fixed_composition_mean(panel, value="stonad", base_year=2012, **keys)
    np.testing.assert_array_equal(fixed.frame, held(frame, by=usual).frame)
    assert fixed.frame.index.names[1] == "year"
    years = das_gupta_crossclassified(
        panel, factors=["region"], size="mottakere", rate="stonad", population="aar"
    )
    assert years.effects.index.tolist() == [(2012, 2016)]


@pytest.mark.parametrize(("start", "end"), [(2012, 2012), (2016, 2012), ("2012", 2016)])
def test_one_error_of_years_that_are_no_span(start, end):
    with pytest.raises(DecompositionError, match="from an earlier to a later year") as raised:
        panel_parts(random_panel(0), start=start, end=end)
    assert "fra et tidligere til et senere år" in raised.value.nb


def test_units_of_numbers_and_text_are_kept_in_order():
    frame = random_panel(0).astype({"kommune": object})
    frame.loc[frame["kommune"] == "0003", "kommune"] = 3
    assert list(panel_parts(frame).totals.index) == [3, "0000", "0001", "0002"]


def test_labels_of_two_sides_and_of_populations_go_along():
    sides = [
        pd.DataFrame({"antall": [1, 2], "rate": [x, 3.0], "merke": CALIBRATED}, index=["a", "b"])
        for x in (1.0, 2.0)
    ]
    assert kitagawa(*sides).label == CALIBRATED
    with pytest.raises(DecompositionError, match="holds different labels"):
        kitagawa(sides[0], sides[1].assign(merke="Et annet"))
    with pytest.raises(DecompositionError, match="more than one column named 'rate'"):
        kitagawa(sides[0], pd.concat([sides[1], sides[1]["rate"]], axis=1))
    frame = pd.DataFrame(two(manual.PRODUCTS["2.1"])).T.assign(merke=CALIBRATED)
    result = das_gupta(frame)
    assert result.label == CALIBRATED
    assert "merke" not in result.factors
    assert result.to_table("en").label == "Calibrated synthetic panel"
    pd.testing.assert_frame_equal(result.effects, das_gupta(frame.drop(columns="merke")).effects)
    cells = pd.concat([frame, frame], keys=[0, 1], names=["celle", "pop"]).swaplevel().sort_index()
    assert das_gupta(cells).label == CALIBRATED


def test_binary_noise_has_no_shares():
    parts = kitagawa({"a": (1, 0.1 + 0.2)}, {"a": (1, 0.3)})
    assert 0 < abs(parts.totals["difference"].item()) < 1e-15
    assert parts.shares.isna().all(axis=None)
    noise = {"a": {"x": 0.1 + 0.2, "y": 2.0}, "b": {"x": 0.3, "y": 2.0}}
    result = das_gupta(noise)
    assert 0 < abs(result.differences.item()) < 1e-15
    assert result.shares.isna().all(axis=None)
    assert das_gupta({"a": {"x": 1.0}, "b": {"x": 1.0 + 1e-9}}).shares.notna().all(axis=None)


# Print --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["nb", "en"])
def test_tables(lang):
    frame = random_panel(9).assign(merke=CALIBRATED)
    label = CALIBRATED if lang == "nb" else "Calibrated synthetic panel"
    parts = panel_parts(frame)
    table = parts.to_table(lang, "0001")
    assert table.label == label
    assert len(table.rows) == 4
    with pytest.raises(DecompositionError, match="one of the 4 units"):
        parts.to_table(lang)
    fixed = held(frame, by="kommune").to_table(lang, "0001")
    assert fixed.label == label
    assert "2012" in fixed.to_text()
    with pytest.raises(DecompositionError, match="one of the 4 units"):
        held(frame, by="kommune").to_table(lang)
    cross = das_gupta_crossclassified(
        frame, factors=["kommune", "gruppe"], size="mottakere", rate="stonad"
    )
    assert cross.to_table(lang).label == label
    assert cross.to_table(lang).header[-1] == ("Prosent" if lang == "nb" else "Percent")
    many = das_gupta(illegitimacy(manual.ILLEGITIMACY_YEARS), per_mille)
    assert len(many.to_table(lang).header) == 6
    assert len(many.to_table(lang, ("1963", "1973")).header) == 5
    with pytest.raises(DecompositionError, match="no pair"):
        many.to_table(lang, ("1963", "1999"))
    text = das_gupta(two(manual.PRODUCTS["2.1"])).to_table(lang).to_text()
    assert ("4\N{NARROW NO-BREAK SPACE}369,91" if lang == "nb" else "4,369.91") in text
    assert ("74,61" if lang == "nb" else "74.61") in text
    for text in (str(parts), str(panel_parts(frame, by=None)), str(held(frame))):
        assert "\n" in text


PANEL = random_panel(0)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: panel_parts(PANEL, start=2011), "no rows for aar 2011; there are 2012, 2016"),
        (lambda: panel_parts(PANEL, rate="kroner"), "no column 'kroner'; the table has aar"),
        (lambda: panel_parts(PANEL, rate="mottakere"), "'mottakere' has two roles"),
        (lambda: panel_parts(PANEL, 4), "'components' must be one of 2, 3"),
        (lambda: panel_parts(PANEL, missing="zero"), "'missing' must be one of"),
        (
            lambda: panel_parts(PANEL.assign(mottakere=-PANEL["mottakere"])),
            "kommune 0000, gruppe a, 2012: 'mottakere' is -[0-9]+; a count",
        ),
        (
            lambda: panel_parts(PANEL.assign(stonad=np.nan)),
            "kommune 0000, gruppe a, 2012: 'stonad' is nan where 'mottakere' is 850",
        ),
        (lambda: panel_parts(PANEL.assign(stonad="x")), "gruppe a, 2012: 'stonad' holds 'x'"),
        (
            lambda: panel_parts(PANEL.assign(gruppe=None)),
            "a row of 2012 has an empty cell in 'gruppe'",
        ),
        (lambda: kitagawa({"a": (0, 1.0)}, {"a": (1, 1.0)}), "nobody|no unit has anybody"),
        (lambda: kitagawa(pd.DataFrame({"antall": [1]}), {}), "no column 'rate'"),
        (lambda: panel_parts(PANEL, group=[]), "name one or more columns"),
        (lambda: panel_parts({"aar": [2012]}), "a Panel or a DataFrame, not dict"),
        (lambda: kitagawa({"a": 1}, {"a": (1, 1.0)}), r"group a pair \(antall, rate\); a has 1"),
        (lambda: kitagawa({"a": (1, 1.0)}, {"a": "12"}), "'end' must give each group a pair"),
        (lambda: kitagawa([1, 2], {"a": (1, 1.0)}), "'start' must be a DataFrame or pairs"),
        (lambda: kitagawa({"a": (1, 1.0)}, {}), "'end' has no groups"),
        (lambda: kitagawa({"a": (1, "x")}, {"a": (1, 1.0)}), "gruppe a, start: 'rate' holds 'x'"),
        (lambda: das_gupta([1, 2]), "populations as a DataFrame or as .*, not list"),
        (lambda: das_gupta({"a": 1, "b": 2}), "factors of a must be .*, not int"),
        (
            lambda: das_gupta({"a": {"x": [1, 2]}, "b": {"x": [2, 3]}}, lambda x: x * 2),
            "must be one number, not 2 numbers",
        ),
        (lambda: das_gupta({"a": {"x": 1}, "b": {"x": 2}}, lambda x: "x"), "one number, not str"),
        (lambda: das_gupta({"a": {"x": 1}, "b": {"x": 2}}, lambda y: y), "with the factors x by"),
        (lambda: das_gupta({"a": {"x": 1}, "b": {"x": 2}}, 3), "'rate' must be a function"),
        (
            lambda: das_gupta(pd.DataFrame({"x": [1, 2], "merke": ["A", "B"]})),
            "holds different labels",
        ),
        (lambda: das_gupta(pd.DataFrame([[1, 2]], columns=["x", "x"])), "more than one column"),
        (lambda: das_gupta({"a": {"x": 1.0}}), "two or more populations; got 1"),
        (lambda: das_gupta({}), "two or more populations; got 0"),
        (lambda: das_gupta({"a": {}, "b": {}}), "0 factors"),
        (lambda: das_gupta({"a": {"x": 1}, "b": {"y": 1}}), "b differs in its factors from a"),
        (lambda: das_gupta({"a": {"x": 1}, "b": {"x": None}}), "'x' of b must be a number"),
        (lambda: das_gupta({"a": {"x": [1]}, "b": {"x": [1, 2]}}), r"different lengths \(\[1, 2\]"),
        (
            lambda: das_gupta({"a": {"x": 0}, "b": {"x": 1}}, lambda x: 1 / x),
            "rate is nan with the factors of {'x': 'a'}",
        ),
        (lambda: das_gupta(pd.DataFrame({"x": [1, 2]}, index=["a", "a"])), "a stands more than"),
        (
            lambda: das_gupta_crossclassified(PANEL, factors=[], size="mottakere", rate="stonad"),
            "'factors' is empty",
        ),
        (
            lambda: das_gupta_crossclassified(
                PANEL[PANEL["aar"] == 2012], factors="gruppe", size="mottakere", rate="stonad"
            ),
            "two or more populations; got 1",
        ),
        (
            lambda: das_gupta_crossclassified(
                PANEL.assign(mottakere=(PANEL["aar"] == 2012) * 1.0),
                factors="gruppe",
                size="mottakere",
                rate="stonad",
            ),
            "'mottakere' is 0 in every cell of 2016",
        ),
        (lambda: held(PANEL, base_year="2012"), "base year '2012' is not in the table, which has"),
        (lambda: held(PANEL.assign(mottakere=0.0)), "nobody is in the base year 2012"),
    ],
)
def test_what_cannot_be_asked(call, match):
    with pytest.raises(DecompositionError, match=match) as raised:
        call()
    assert raised.value.nb != raised.value.en
