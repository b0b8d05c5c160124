"""The printed figures on growth, recomputed from each other as far as they go."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest

from proba.published import (
    agrees,
    baerum_vekst,
    interval,
    load_errata,
    load_table,
    moss_tabell_8,
    moss_tabell_9,
    moss_tekst,
    tabell_3_1,
    tabell_3_2,
    vekst_2012_16,
)

FACTS = ("vekst_2012_16", "moss_tekst", "baerum_vekst")
TABLES = ("tabell_3_1", "tabell_3_2", "moss_tabell_8", "moss_tabell_9", *FACTS)


@pytest.fixture(scope="module")
def facts() -> pd.Series:
    return vekst_2012_16().set_index("id")["value"]


@pytest.fixture(scope="module")
def printed() -> pd.Series:
    return vekst_2012_16().set_index("id")["printed"]


@pytest.fixture(scope="module")
def statuses() -> dict[str, str]:
    return {erratum.id: erratum.status for erratum in load_errata()}


@pytest.mark.parametrize(
    ("table", "lines", "values"),
    [
        ("tabell_3_1", 6, 18),
        ("tabell_3_2", 3, 15),
        ("vekst_2012_16", 55, 55),
        ("moss_tabell_8", 4, 12),
        ("moss_tabell_9", 4, 12),
        ("moss_tekst", 10, 10),
        ("baerum_vekst", 5, 5),
    ],
)
def test_lines_and_values(table: str, lines: int, values: int) -> None:
    published = load_table(table)
    assert len(published.frame) == lines
    assert len(published.values()) == values


@pytest.mark.parametrize("table", TABLES)
def test_erratum_column_lists_the_errata_of_the_line(table: str) -> None:
    published = load_table(table)
    for line in published.frame.to_dict("records"):
        named = {
            erratum.id
            for erratum in published.errata
            for block in erratum.cells
            if block.table == table and line[published.key] in block.rows
        }
        assert set(filter(None, line["erratum"].split(";"))) == named


@pytest.mark.parametrize("table", FACTS)
def test_every_fact_has_both_labels_place_period_and_page(table: str) -> None:
    frame = load_table(table).frame
    for column in ("label_nb", "label_en", "unit", "period", "place", "page"):
        assert (frame[column].str.strip() != "").all()
    values = load_table(table).values()
    assert values["page"].tolist() == frame["page"].tolist()
    assert values["unit"].tolist() == frame["unit"].tolist()


def test_values_of_a_simulation_have_the_unit_of_their_line() -> None:
    values = load_table("moss_tabell_8").values().set_index(["row", "column"])
    assert values.loc[("stonadslengde", "etter"), "unit"] == "months"
    assert values.loc[("utbetaling", "dagens"), "unit"] == "kr"
    assert values.loc[("tilfeller", "differanse"), "erratum"] == "moss-differanse"
    assert set(values["page"]) == {"15-24"}


# Tabell 3-1


def test_tabell_3_1_follows_from_shares_and_growth() -> None:
    frame = tabell_3_1().set_index("name")
    groups = frame.drop("totalt")
    growth = groups["vekst_2012_16"] / 100
    parts = groups["andel_2016"] * growth / (1 + growth)
    found = 100 * parts / parts.sum()
    assert found.round(2).tolist() == [35.29, 18.41, 8.52, 20.12, 17.66]
    off = [n for n in found.index if not agrees(found[n], groups.loc[n, "bidrag_printed"])]
    assert off == ["enslige_menn_uten_barn"]
    total = 100 * parts.sum() / (100 - parts.sum())
    assert total == pytest.approx(13.585, abs=5e-4)
    assert agrees(total, frame.loc["totalt", "vekst_2012_16_printed"])
    assert groups["andel_2016"].sum() == pytest.approx(100)
    assert groups["bidrag"].sum() == pytest.approx(99.9)


def test_tabell_3_1_within_its_rounding(statuses: dict[str, str]) -> None:
    groups = tabell_3_1().set_index("name").drop("totalt")
    low, high, least = math.inf, -math.inf, math.inf
    texts = [*groups["andel_2016_printed"], *groups["vekst_2012_16_printed"]]
    for ends in itertools.product(*map(interval, texts)):
        shares, growth = ends[:5], [g / 100 for g in ends[5:]]
        parts = [s * g / (1 + g) for s, g in zip(shares, growth, strict=True)]
        low, high = min(low, parts[0] / sum(parts)), max(high, parts[0] / sum(parts))
        start = sum(s / (1 + g) for s, g in zip(shares, growth, strict=True))
        least = min(least, sum(shares) / start - 1)
    assert (round(100 * low, 2), round(100 * high, 2)) == (35.03, 35.56)
    assert least > 0.135  # so that 12,4 is another figure
    assert statuses["bidrag-avrunding"] == "checked"
    assert statuses["vekst-12-4-og-13-6"] == "open"


def test_couples(facts: pd.Series, printed: pd.Series) -> None:
    table = tabell_3_1().set_index("name")
    couples = table.loc[["par_uten_barn", "par_med_barn"]]
    assert couples["bidrag"].sum() == pytest.approx(37.8)
    assert agrees(couples["bidrag"].sum(), printed["par_bidrag"])
    allowed = interval(printed["par_vekst"])
    for text in couples["vekst_2012_16_printed"]:
        low, high = interval(text)
        assert low < allowed[1]
        assert high > allowed[0]
    assert facts["mottakere_vekst"] != table.loc["totalt", "vekst_2012_16"]


# Tabell 3-2 and the table of the summary


def test_tabell_3_2_shares_and_text(facts: pd.Series, printed: pd.Series) -> None:
    table = tabell_3_2().set_index("name")
    assert table["andel_2016"].sum() == pytest.approx(99.2)
    assert (table["indeks_2013"] == 100).all()
    growth = table["indeks_2016"] - 100
    assert growth.round(1).tolist() == [30.4, 28.8, -5.2]
    for place in ("", "_7_1", "_sammendrag"):
        assert agrees(growth["innvandrere"], printed[f"innvandrere_vekst{place}"])
        assert agrees(growth["befolkningen_ellers"], printed[f"ovrige_vekst{place}"])
    assert facts["ovrige_vekst"] == -5


def test_rates_and_index_give_the_growth_of_the_group(printed: pd.Series) -> None:
    line = tabell_3_2().set_index("name").loc["innvandrere"]
    before, after = (interval(printed[f"rate_innvandrere_{year}"]) for year in (2013, 2016))
    exact = line["indeks_2016"] / 100
    assert round(100 * (exact * 7.2 / 8.0 - 1), 1) == 17.4
    spans = {}
    for name, index in (
        ("rates", (exact, exact)),
        ("index too", tuple(end / 100 for end in interval(line["indeks_2016_printed"]))),
    ):
        low, high = index[0] * before[0] / after[1] - 1, index[1] * before[1] / after[0] - 1
        spans[name] = [round(100 * low, 1), round(100 * high, 1)]
    assert spans == {"rates": [15.8, 18.9], "index too": [15.8, 19.0]}


def test_neither_rate_of_2013_is_excluded(printed: pd.Series, statuses: dict[str, str]) -> None:
    index = interval("94,8")
    after = interval(printed["rate_ovrige_2016"])
    spans = {}
    for name in ("rate_ovrige_2013", "rate_ovrige_2013_avsnitt_3_2"):
        before = interval(printed[name])
        spans[printed[name]] = [
            round(100 * (index[0] / 100 * before[0] / after[1] - 1), 1),
            round(100 * (index[1] / 100 * before[1] / after[0] - 1), 1),
        ]
    assert spans == {"1,7": [-5.2, 7.1], "1,8": [0.5, 13.2]}
    assert printed["rate_ovrige_2014"] == "1,8"
    assert statuses["rate-1-7-og-1-8"] == "open"


# The factors of growth


def test_factors_multiply_to_less_than_38_but_allow_it(printed: pd.Series) -> None:
    factors = 1.124 * 4.9 / 4.8 * 1.192
    assert round(100 * (factors - 1), 1) == 36.8
    recipients = interval(printed["mottakere_vekst"])
    benefit = interval(printed["stonad_per_maned_vekst"])
    first, last = interval(printed["varighet_2012"]), interval(printed["varighet_2016"])
    span = [
        (1 + recipients[i] / 100) * last[i] / first[1 - i] * (1 + benefit[i] / 100) - 1
        for i in (0, 1)
    ]
    assert [round(100 * x, 1) for x in span] == [33.9, 39.7]
    total = interval(printed["utgifter_vekst"])
    assert span[0] < total[0] / 100 < total[1] / 100 < span[1]


def test_levels_of_2016(facts: pd.Series) -> None:
    level = facts["tilfeller_2016"] * facts["stonad_per_maned_2016"] / 1e9
    assert round(level * facts["varighet_2016"], 3) == 6.234
    assert round(level * facts["varighet_per_tilfelle"], 3) == 6.489
    base = facts["utgifter_okning"] / (facts["utgifter_vekst"] / 100)
    assert round(base, 2) == 4.47
    assert round(base + facts["utgifter_okning"], 2) == 6.17


def test_share_of_spending_in_oslo(facts: pd.Series) -> None:
    assert facts["bostotte_oslo_belop"] / (facts["bostotte_oslo_andel"] / 100) == 1250


# Moss


def test_simulations_to_the_krone(statuses: dict[str, str]) -> None:
    first, second = (f().set_index("name") for f in (moss_tabell_8, moss_tabell_9))

    def paid(table: pd.DataFrame, column: str, cases: float | None = None) -> float:
        months, benefit, count, _ = table[column]
        return months * benefit * (count if cases is None else cases)

    for table, column in ((first, "dagens"), (first, "etter"), (second, "dagens")):
        assert agrees(paid(table, column), table.loc["utbetaling", f"{column}_printed"])
    amount = second.loc["utbetaling", "etter_printed"]
    exact = second.loc["tilfeller", "dagens"] * 0.95
    assert exact == pytest.approx(1701.45)
    assert agrees(exact, second.loc["tilfeller", "etter_printed"])
    assert agrees(paid(second, "etter", exact), amount)
    assert agrees(paid(second, "etter"), "104 983 679")
    saving = paid(second, "dagens") - paid(second, "etter", exact)
    assert agrees(saving, second.loc["utbetaling", "differanse_printed"])
    assert statuses["moss-1701"] == "explained"


def test_differences_that_print_a_level() -> None:
    for table, off in (
        (moss_tabell_8(), ["utbetaling_per_maned", "tilfeller"]),
        (moss_tabell_9(), ["utbetaling_per_maned"]),
    ):
        lines = table.set_index("name")
        gap = (lines["dagens"] - lines["etter"]).round(6)
        assert gap.index[gap != lines["differanse"]].tolist() == off
        assert (gap[off] == 0).all()


def test_text_on_moss() -> None:
    text = moss_tekst().set_index("id")["value"]
    assert text["stonadstid_differanse"] * 1791 == pytest.approx(1432.8)
    assert text["stonadsmaneder_flere"] / text["stonadstid_differanse"] == pytest.approx(2000)
    assert agrees(26784298 / 1e6, "26,8")
    assert not agrees(26784298 / 1e6, "26,7")
    assert agrees(17005903 / 1e6, "17")
    for place, total in (("gruppen", 123.25), ("landet", 123.6)):
        share = text[f"per_mottaker_over_{place}"] / 100
        amount = text[f"per_mottaker_over_{place}_belop"]
        assert amount * (1 + share) / share == pytest.approx(total)


# Bærum


def test_duration_that_sixty_percent_of_the_growth_implies() -> None:
    text = baerum_vekst().set_index("id")["value"]
    growth = 1 + text["utbetalt_vekst"] / 100
    ratio = math.exp(text["stonadslengde_andel"] / 100 * math.log(growth))
    assert round(ratio, 3) == 1.143
