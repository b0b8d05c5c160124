"""The outside results of decompositions are consistent with themselves and elementary sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pytest
from reference import ang_lmdi, das_gupta_1993, oaxaca_published, ssb_2005

Rate = Callable[..., float]


def standardised(rate: Rate, factors: Sequence[tuple[Any, Any]]) -> np.ndarray:
    """Rates (K, 2): factor k the population's own, the others averaged over all mixtures."""
    count = len(factors)
    result = np.zeros((count, 2))
    for own in range(count):
        others = [k for k in range(count) if k != own]
        for size in range(count):
            weight = 1 / (count * comb(count - 1, size))
            for second in combinations(others, size):
                for population in (0, 1):
                    sides = [int(k in second) for k in range(count)]
                    sides[own] = population
                    mixture = [factors[k][sides[k]] for k in range(count)]
                    result[own, population] += weight * rate(*mixture)
    return result


def check(
    case: dict[str, Any], rate: Rate, factors: dict[str, tuple[Any, Any]], digits: float
) -> None:
    names = list(factors)
    rates = standardised(rate, list(factors.values()))
    effects = rates[:, 1] - rates[:, 0]
    crude = [rate(*(values[side] for values in factors.values())) for side in (0, 1)]
    assert np.allclose(rates, [case["standardised"][n] for n in names], rtol=digits, atol=0)
    assert np.allclose(crude, case["crude"], rtol=digits, atol=0)
    assert np.allclose(effects, [case["effects"][n] for n in names], rtol=5 * digits, atol=1e-9)
    assert crude[1] - crude[0] == pytest.approx(case["crude_difference"], rel=5 * digits)
    shares = 100 * effects / (crude[1] - crude[0])
    assert np.allclose(shares, [case["percent"][n] for n in names], rtol=0, atol=0.00501)


def product(*values: float) -> float:
    return float(np.prod(values))


def sum_of_product(*values: Any) -> float:
    return float(np.sum(np.prod([np.asarray(v) for v in values], axis=0)))


def illegitimacy(a: Any, b: Any, c: Any, d: Any) -> float:
    a, b, c, d = (np.asarray(v) for v in (a, b, c, d))
    outside, inside = (a * b * c).sum(), (a * (1 - b) * d).sum()
    return float(outside / (outside + inside))


@pytest.mark.parametrize("example", sorted(das_gupta_1993.PRODUCTS))
def test_products(example: str) -> None:
    case = das_gupta_1993.PRODUCTS[example]
    check(case, product, case["factors"], 1e-6)


def test_a_rate_that_is_no_product() -> None:
    case = das_gupta_1993.NATURAL_INCREASE
    check(case, lambda births, deaths: births - deaths, case["factors"], 1e-9)


def test_sum_over_groups_of_a_product() -> None:
    case = das_gupta_1993.TAIWAN
    assert {np.shape(values) for values in case["factors"].values()} == {(2, 7)}
    check(case, sum_of_product, case["factors"], 1e-6)


def test_function_of_vectors() -> None:
    case = das_gupta_1993.ILLEGITIMACY_TWO
    first, last = (das_gupta_1993.ILLEGITIMACY_YEARS.index(y) for y in case["populations"])
    factors = {n: (v[first], v[last]) for n, v in das_gupta_1993.ILLEGITIMACY.items()}
    check(case, illegitimacy, factors, 1e-6)


def test_precise_results() -> None:
    precise = das_gupta_1993.PRECISE
    for name, value in precise["2.1"].items():
        printed = das_gupta_1993.PRODUCTS["2.1"]["effects"][name]
        assert -value == pytest.approx(printed, rel=1e-6)
    earnings = das_gupta_1993.PRODUCTS["2.1"]["factors"]
    rates = standardised(product, list(earnings.values()))
    assert np.allclose(rates[:, 0] - rates[:, 1], list(precise["2.1"].values()), rtol=1e-12)
    assert {n: -v for n, v in precise["5.1"].items()} == das_gupta_1993.HEADSHIP["effects"]
    years = [das_gupta_1993.ILLEGITIMACY_YEARS.index(y) for y in ("1968", "1963")]
    factors = [tuple(v[y] for y in years) for v in das_gupta_1993.ILLEGITIMACY.values()]
    rates = standardised(sum_of_product, factors)
    effects = list(precise["6.5 product"].values())
    assert np.allclose(rates[:, 0] - rates[:, 1], effects, rtol=1e-11)
    crude = precise["6.5 product crude"]
    assert sum(effects) == pytest.approx(crude["1968"] - crude["1963"], rel=1e-9)


def test_one_classification_is_kitagawa() -> None:
    case = das_gupta_1993.HEADSHIP
    size, rate = np.array(case["size"]), np.array(case["rate"])
    assert size.shape == rate.shape == (2, 13)
    assert np.allclose(size.sum(axis=1), 100)
    share = size / 100
    composition = ((share[1] - share[0]) * rate.mean(axis=0)).sum()
    rates = ((rate[1] - rate[0]) * share.mean(axis=0)).sum()
    assert composition == pytest.approx(case["effects"]["size"], abs=1e-9)
    assert rates == pytest.approx(case["effects"]["rate"], abs=1e-9)
    check(
        case,
        lambda s, r: float((np.asarray(s) * np.asarray(r)).sum() / 100),
        {"size": case["size"], "rate": case["rate"]},
        1e-6,
    )


def test_two_classifications() -> None:
    case = das_gupta_1993.DEATHS
    size, rate = np.array(case["size"], dtype=float), np.array(case["rate"])
    assert size.shape == rate.shape == (2, 2, 11)  # population, race, age
    share = size / size.sum(axis=(1, 2), keepdims=True)
    by_race = share.sum(axis=2, keepdims=True)
    by_age = share.sum(axis=1, keepdims=True)
    age = np.sqrt(share / by_race * by_age)
    race = np.sqrt(share / by_age * by_race)
    assert np.allclose(age * race, share)
    common = rate.mean(axis=0)
    effects = {
        "age": (common * (age[1] - age[0]) * race.mean(axis=0)).sum(),
        "race": (common * (race[1] - race[0]) * age.mean(axis=0)).sum(),
        "rate": ((rate[1] - rate[0]) * share.mean(axis=0)).sum(),
    }
    crude = (share * rate).sum(axis=(1, 2))
    assert np.allclose(crude, case["crude"], rtol=1e-6)
    assert crude[1] - crude[0] == pytest.approx(sum(effects.values()))
    assert crude[1] - crude[0] == pytest.approx(case["crude_difference"], rel=1e-6)
    for name, effect in effects.items():
        assert effect == pytest.approx(case["effects"][name], rel=2e-6)
        assert 100 * effect / (crude[1] - crude[0]) == pytest.approx(
            case["percent"][name], abs=0.00501
        )
        low, high = case["standardised"][name]
        assert high - low == pytest.approx(effect, abs=2e-6)
    collapsed = case["collapsed"]
    assert collapsed["effects"]["size"] == pytest.approx(
        case["effects"]["age"] + case["effects"]["race"], abs=1e-7
    )
    assert collapsed["effects"]["rate"] == case["effects"]["rate"]


def pairwise() -> np.ndarray:
    """Standardised rates (K, N, N): of population i in the comparison with j, per 1 000."""
    vectors = das_gupta_1993.ILLEGITIMACY
    count = len(das_gupta_1993.ILLEGITIMACY_YEARS)
    rates = np.full((len(vectors), count, count), np.nan)
    for i, j in combinations(range(count), 2):
        pair = 1000 * standardised(illegitimacy, [(v[i], v[j]) for v in vectors.values()])
        rates[:, i, j], rates[:, j, i] = pair[:, 0], pair[:, 1]
    return rates


def test_five_populations() -> None:
    case, years = das_gupta_1993.ILLEGITIMACY_FIVE, das_gupta_1993.ILLEGITIMACY_YEARS
    names = list(das_gupta_1993.ILLEGITIMACY)
    rates, count = pairwise(), len(years)
    for (start, end), printed in case["pairwise"].items():
        i, j = years.index(start), years.index(end)
        effects = rates[:, j, i] - rates[:, i, j]
        assert np.allclose(effects, [printed[n] for n in names], rtol=0, atol=1e-6)
        assert effects.sum() == pytest.approx(case["pairwise_crude"][start, end], abs=1e-6)
    # Equation 6.11: own rates averaged, corrected by how the others stand to each other.
    common = np.empty((len(names), count))
    for i in range(count):
        others = [j for j in range(count) if j != i]
        own = rates[:, i, others].sum(axis=1) / (count - 1)
        spread = sum(
            rates[:, j, [k for k in others if k != j]].sum(axis=1) - (count - 2) * rates[:, j, i]
            for j in others
        )
        common[:, i] = own + spread / (count * (count - 1))
    assert np.allclose(common, [case["standardised"][n] for n in names], rtol=1e-6)
    for (start, end), printed in case["all_five"].items():
        effects = common[:, years.index(end)] - common[:, years.index(start)]
        assert np.allclose(effects, [printed[n] for n in names], rtol=0, atol=1e-6)
        crude = case["crude"][years.index(end)] - case["crude"][years.index(start)]
        assert effects.sum() == pytest.approx(crude, abs=2e-5)
        shares = 100 * effects / crude
        assert np.allclose(shares, list(case["percent_1963_1968"].values()), atol=0.00501)
    for (start, end), printed in case["all_five_A"].items():
        effect = common[0, years.index(end)] - common[0, years.index(start)]
        assert effect == pytest.approx(printed, abs=1e-6)


def log_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    equal = np.isclose(a, b, rtol=1e-14, atol=0)
    ratio = np.where(equal, 2.0, a / b)
    return np.where(equal, a, (a - b) / np.log(ratio))


@pytest.mark.parametrize("interval", sorted(ang_lmdi.SIMPLE_Z))
def test_lmdi(interval: tuple[int, int]) -> None:
    start, end = (np.array(ang_lmdi.SIMPLE_X[year]) for year in interval)
    v0, v1 = start.prod(axis=1), end.prod(axis=1)
    total0, total1 = v0.sum(), v1.sum()
    assert total1 - total0 == ang_lmdi.SIMPLE_CHANGE[interval]
    assert total1 / total0 == pytest.approx(ang_lmdi.SIMPLE_RATIO[interval], rel=1e-9)
    whole = float(log_mean(total1, total0))
    logs = np.log(end / start)
    terms = log_mean(v1, v0)[:, None] * logs
    assert np.allclose(terms, ang_lmdi.SIMPLE_Z[interval], rtol=1e-8, atol=1e-8)
    shares = log_mean(v1 / total1, v0 / total0)
    second = whole * (shares / shares.sum()) @ logs
    for additive, frozen in (
        (terms.sum(axis=0), ang_lmdi.SIMPLE_LMDI1),
        (second, ang_lmdi.SIMPLE_LMDI2),
    ):
        assert np.allclose(additive, frozen["additive"][interval], rtol=1e-8, atol=1e-8)
        assert np.allclose(
            np.exp(additive / whole), frozen["multiplicative"][interval], rtol=1e-8, atol=1e-8
        )
        assert sum(frozen["additive"][interval]) == pytest.approx(total1 - total0, abs=1e-6)
        assert np.prod(frozen["multiplicative"][interval]) == pytest.approx(
            total1 / total0, rel=1e-8
        )


def test_lmdi_zero_cases() -> None:
    assert [case[0] for case in ang_lmdi.ZERO_CASES] == list(range(1, 9))
    tiny = 1e-300
    for _, v0, v1, x0, x1, printed in ang_lmdi.ZERO_CASES:
        # v moves with x where x is zero; else another factor is what makes it zero.
        a, b, c, d = (max(value, tiny) for value in (v0, v1, x0, x1))
        limit = float(log_mean(np.float64(b), np.float64(a))) * np.log(d / c)
        # Convergence is logarithmic (Wood and Lenzen 2006): 1 per cent at 1e-300.
        assert limit == pytest.approx(printed, rel=0.02, abs=1e-9)


@pytest.mark.parametrize("name", sorted(ang_lmdi.SIMPLE_ZERO))
def test_lmdi_with_a_zero(name: str) -> None:
    case = ang_lmdi.SIMPLE_ZERO[name]
    start, end, terms = (np.array(case[key]) for key in ("start", "end", "terms"))
    v0, v1 = start.prod(axis=1), end.prod(axis=1)
    assert (np.concatenate([v0, v1]) == 0).sum() == 1
    assert np.allclose(terms.sum(axis=1), v1 - v0, atol=1e-7)


def test_lmdi_of_a_category_that_vanishes() -> None:
    case = ang_lmdi.GHANA
    start, end = np.array(case["start"]), np.array(case["vanished"])
    v0, v1 = start.prod(axis=1), end.prod(axis=1)
    terms = np.array(case["terms"])
    assert np.allclose(terms.sum(axis=1), v1 - v0, rtol=1e-6)
    assert np.allclose(terms.sum(axis=0), case["additive"], atol=1e-8)
    assert terms[0, -1] == pytest.approx(-v0[0], rel=1e-6)
    kept = float(log_mean(v1[1], v0[1])) * np.log(end[1] / start[1])
    assert np.allclose(kept, terms[1], rtol=1e-5, atol=1e-8)
    assert sum(case["additive"]) == pytest.approx(case["change"], rel=1e-6)
    assert v1.sum() / v0.sum() == pytest.approx(case["ratio"], rel=1e-6)
    assert np.prod(case["multiplicative"]) == pytest.approx(case["ratio"], rel=1e-6)


def test_oaxaca() -> None:
    y, x, own = oaxaca_published.credit_cards()
    assert (len(y), (~own).sum(), own.sum()) == (
        oaxaca_published.N,
        oaxaca_published.N_RENT,
        oaxaca_published.N_OWN,
    )
    assert y[~own].mean() == pytest.approx(oaxaca_published.MEAN_RENT, abs=1e-5)
    assert y[own].mean() == pytest.approx(oaxaca_published.MEAN_OWN, abs=1e-5)

    def fit(rows: np.ndarray, dummy: bool = False) -> np.ndarray:
        design = np.column_stack([x, own]) if dummy else x
        return np.linalg.lstsq(design[rows], y[rows], rcond=None)[0][: x.shape[1]]

    everyone = np.ones(len(y), dtype=bool)
    for swap, (first, second) in {"swap": (own, ~own), "no swap": (~own, own)}.items():
        b1, b2 = fit(first), fit(second)
        apart = x[first].mean(axis=0) - x[second].mean(axis=0)
        frozen = oaxaca_published.THREEFOLD[swap]
        assert apart @ b2 == pytest.approx(frozen["endowments"], abs=1e-3)
        assert x[second].mean(axis=0) @ (b1 - b2) == pytest.approx(frozen["coefficients"], abs=1e-3)
        assert apart @ (b1 - b2) == pytest.approx(frozen["interaction"], abs=1e-3)
        parts = sum(v for k, v in frozen.items() if k != "gap")
        assert parts == pytest.approx(frozen["gap"], abs=2e-4)
    b1, b2 = fit(own), fit(~own)
    apart = x[own].mean(axis=0) - x[~own].mean(axis=0)
    common = {
        "pooled": fit(everyone, dummy=True),
        "neumark": fit(everyone),
        "first": b1,
        "second": b2,
        "pooled, no swap": -fit(everyone, dummy=True),
    }
    assert set(common) == set(oaxaca_published.TWOFOLD)
    for name, b in common.items():
        frozen = oaxaca_published.TWOFOLD[name]
        assert apart @ b == pytest.approx(frozen["explained"], abs=1e-3), name
        assert frozen["explained"] + frozen["unexplained"] == pytest.approx(frozen["gap"], abs=2e-4)


MONTHS = np.array(ssb_2005.MONTHS)


@pytest.mark.parametrize("year", sorted(ssb_2005.RECIPIENTS))
def test_recipients_by_months(year: int) -> None:
    table = ssb_2005.RECIPIENTS[year]
    assert len(table) == 16
    for phase, (total, months, mean) in table.items():
        assert len(months) == 12
        assert sum(months) == total, phase
        assert MONTHS @ months / total == pytest.approx(mean, abs=0.0501), phase
    rows = {phase: np.array(months) for phase, (_, months, _) in table.items()}
    for sex in ("menn", "kvinner"):
        ages = [v for k, v in rows.items() if k.startswith(f"einslege_{sex}_") and "barn" not in k]
        assert len(ages) == 5
        assert np.array_equal(sum(ages), rows[f"einslege_{sex}"])
    parents = rows["einslege_menn_med_barn"] + rows["einslege_kvinner_med_barn"]
    assert np.array_equal(parents, rows["einslege_med_barn"])
    single = sum(rows[k] for k in ("einslege_menn", "einslege_kvinner", "einslege_med_barn"))
    assert (rows["i_alt"] - single > 0).all()  # couples, whose rows are not kept


@pytest.mark.parametrize("year", sorted(ssb_2005.FAMILY_TOTALS))
def test_family_totals(year: int) -> None:
    totals, table = ssb_2005.FAMILY_TOTALS[year], ssb_2005.RECIPIENTS[year]
    assert sum(totals.values()) == table["i_alt"][0]
    for phase in ("einslege_menn", "einslege_kvinner", "einslege_med_barn"):
        assert totals[phase] == table[phase][0]


@pytest.mark.parametrize("year", sorted(ssb_2005.MONTHLY_BENEFIT))
def test_monthly_benefit(year: int) -> None:
    for phase, (mean, by_months) in ssb_2005.MONTHLY_BENEFIT[year].items():
        weights = MONTHS * ssb_2005.RECIPIENTS[year][phase][1]
        exact = weights @ by_months / weights.sum()
        slack = 1.05 if (year, phase) == (2009, "einslege_kvinner_20_24") else 1.0
        assert exact == pytest.approx(mean, abs=slack), phase


def test_identity_of_2005() -> None:
    total, months, _ = ssb_2005.RECIPIENTS[2005]["i_alt"]
    by_months = ssb_2005.MONTHLY_BENEFIT[2005]["i_alt"][1]
    person_months = MONTHS @ months
    paid = (MONTHS * months) @ by_months
    assert total == 128_964
    assert person_months / total == pytest.approx(5.350, abs=5e-4)
    assert paid / person_months == pytest.approx(7_021.8, abs=0.05)
    assert round(paid / 1000) == 4_844_363


@pytest.mark.parametrize("year", sorted(ssb_2005.MONTHLY_BENEFIT))
def test_recipients_months_and_benefit_make_gross_paid(year: int) -> None:
    months = ssb_2005.RECIPIENTS[year]["i_alt"][1]
    paid = (MONTHS * months) @ ssb_2005.MONTHLY_BENEFIT[year]["i_alt"][1] / 1000
    published = ssb_2005.GROSS_PAID[year][year][0]
    # Benefits are whole kroner: half a krone a month at most.
    assert abs(paid - published) <= 0.0005 * (MONTHS @ months)


@pytest.mark.parametrize("price_year", sorted(ssb_2005.GROSS_PAID))
def test_gross_paid(price_year: int) -> None:
    rows = ssb_2005.GROSS_PAID[price_year]
    assert max(rows) == price_year
    for year, (total, grants, loans, per_case, _) in rows.items():
        assert abs(total - grants - loans) <= 1, year
        slack = 20 if (price_year, year) == (2009, 2009) else 0.6
        assert 1000 * total / ssb_2005.CASES[year] == pytest.approx(per_case, abs=slack), year


def test_price_years_differ_by_one_index() -> None:
    first = ssb_2005.GROSS_PAID[2005]
    revised = {1998, 2000}  # printed 0.08 and 0.01 per cent lower from 2007 on
    for price_year, index in {2007: 1.03041, 2008: 1.069504, 2009: 1.091963}.items():
        later = ssb_2005.GROSS_PAID[price_year]
        years = [year for year in first if year in later]
        ratios = {year: later[year][0] / first[year][0] for year in years}
        assert {y for y in years if abs(ratios[y] - index) > 1e-5} == revised & set(years)


def test_key_figures_imply_the_mean_duration() -> None:
    for year in (2017, 2019):
        figures = ssb_2005.KEY_FIGURES[year]
        monthly = figures["mottakere"] * figures["stonad_per_maned"]
        duration = 1000 * figures["brutto_utbetalt"] / monthly
        printed = ssb_2005.MEAN_DURATION["i_alt"][ssb_2005.MEAN_DURATION_YEARS.index(year)]
        assert duration == pytest.approx(printed, abs=0.0501)
    for figures in ssb_2005.KEY_FIGURES.values():
        assert figures["einslege_menn"] + figures["einslege_kvinner"] < figures["mottakere"]


def test_mean_duration_lies_between_its_parts() -> None:
    table = ssb_2005.MEAN_DURATION
    assert {len(row) for row in table.values()} == {len(ssb_2005.MEAN_DURATION_YEARS)}
    whole = {
        "einslege_menn",
        "einslege_kvinner",
        "einslege_med_barn",
        "par_uten_barn",
        "par_med_barn",
    }
    for column in range(len(ssb_2005.MEAN_DURATION_YEARS)):
        parts = [table[phase][column] for phase in whole]
        assert min(parts) <= table["i_alt"][column] <= max(parts)
