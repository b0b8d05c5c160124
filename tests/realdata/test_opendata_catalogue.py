"""Real tables as files through the catalogue, the change graph and the build, without network.

Held against pandas alone: the merged tables of ``assemble_opendata`` on the years' own borders, and
on those of 2020 sums by a list of kommune numbers that is not the toolkit's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from assemble_opendata import OSLO, SPEC, assemble
from typer.testing import CliRunner

import proba
from proba.cli import app
from proba.errors import KommuneError, SourceError
from proba.kommuner import SplitWeights
from proba.panel import Panel
from proba.panel.building import BuiltPanel, build_panel
from proba.sources.store import Store

FOLDER = os.environ.get("PROBA_OPENDATA")

pytestmark = pytest.mark.skipif(
    not FOLDER or not Path(FOLDER).is_dir(), reason="PROBA_OPENDATA names no folder"
)

CATALOGUE = Path(__file__).parent / "opendata_catalogue.yaml"
NAMES = {
    "befolkning": "population_agegroups_2005_2021_origcodes.csv",
    "kostra": "kostra_fgk12_net_2015_2016.csv",
    "bosatte": "imdi_bosatte_2010_2019_final.csv",
    "ytelser": "nav_ytelser_millkr_2014_2017.csv",
    "innvandrere": "imdi_innvandrere_verdensregion_2014.csv",
    "skole": "imdi_vgs_fullfort_pooled_2011_2013.csv",
    "mottakere": "ssb_sosialhjelpsmottakere_2015_2016.csv",
}
FILES = {name: Path(FOLDER or "") / file for name, file in NAMES.items()}
YEARS = (2015, 2016)
COLUMNS = (SPEC.dependent, *SPEC.regressors, "folketall")

# The test's own shares: round figures, not estimates of how the two kommuner were divided.
SHARES = {
    ("1613", "5055"): 0.3,
    ("1613", "5056"): 0.1,
    ("1613", "5059"): 0.6,
    ("1850", "1806"): 0.4,
    ("1850", "1875"): 0.6,
}
DIVIDED = ("1613", "1850")

# quantity -> file, columns added together, year of the figures (None: the panel's)
SOURCES: Mapping[str, tuple[str, tuple[str, ...], int | None]] = {
    "fgk12_1000kr": ("kostra", ("fgk12_netto_1000kr",), None),
    "folketall": ("befolkning", ("pop_alle",), None),
    "folketall_16_66": ("befolkning", ("pop_16_66",), None),
    "folketall_2014": ("befolkning", ("pop_alle",), 2014),
    "bosatte_flyktninger": ("bosatte", ("bosatt_endelig",), None),
    "uforeytelser_mill_kr": ("ytelser", ("Uføretrygd og yrkesskade",), None),
    "ikke_vestlige_2014": (
        "innvandrere",
        ("vreg_5_asia", "vreg_5_afrika", "vreg_5_sor_og_mellom_amerika"),
        2014,
    ),
    "vgs_elever": ("skole", ("vgs_personer_2011_2013",), None),
    "fullfort_vgs_prosent": ("skole", ("vgs_fullfort_prosent_2011_2013",), None),
    "sosialhjelpsmottakere": ("mottakere", ("shj_mottakere",), None),
}


def build(store: Path, *, borders: int = 2016, **more: object) -> BuiltPanel:
    given = {"files": FILES, "catalogue": CATALOGUE, "offline": True, **more}
    return build_panel(YEARS, borders=borders, store=store, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltPanel:
    return build(tmp_path_factory.mktemp("store2016"), omit=(OSLO,))


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> BuiltPanel:
    """On the borders of 2020, with Oslo, so that totals are the country's."""
    weights = SplitWeights(SHARES, "the test's own shares", "testens egne andeler")
    return build(tmp_path_factory.mktemp("store2020"), borders=2020, split_weights=weights)


@pytest.fixture(scope="module")
def by_pandas() -> Panel:
    return assemble(Path(FOLDER or ""))


@pytest.fixture(scope="module")
def kommuner() -> list[str]:
    """The kommuner of 2013 to 2016, by the list of others; 9999 stands for none."""
    return sorted(set(successors()["kommunenummer_2013"]))


def successors() -> pd.DataFrame:
    file = Path(FOLDER or "") / "changes" / "kommunenummer_2013_2020_wide.csv"
    table = pd.read_csv(file, sep=";", dtype=str)
    return table[table["kommunenummer_2013"].str.fullmatch(r"(?!99)\d{4}")]


def direct(quantity: str, kommuner: list[str]) -> pd.DataFrame:
    """Every kommune and year of a quantity by pandas: ``value``, and ``row`` if it has one."""
    name, columns, fixed = SOURCES[quantity]
    table = pd.read_csv(FILES[name], dtype={"knr": str})
    table["value"] = table[list(columns)].sum(axis=1, skipna=False)
    frames = []
    for year in YEARS:
        rows = table if "aar" not in table else table[table["aar"] == (fixed or year)]
        own = rows.set_index("knr")["value"].reindex(kommuner)
        there = own.index.isin(rows["knr"])
        frames.append(pd.DataFrame({"kommune": kommuner, "aar": year, "value": own.to_numpy()}))
        frames[-1]["row"] = there
    return pd.concat(frames, ignore_index=True)


def test_variables_equal_those_merged_by_pandas_row_by_row(
    built: BuiltPanel, by_pandas: Panel, report_line: Callable[[str], None]
) -> None:
    assert list(built.frame.index) == list(by_pandas.frame.index)
    assert len(built.frame) == 854
    for name in COLUMNS:
        np.testing.assert_allclose(
            built.frame[name], by_pandas.frame[name], rtol=1e-12, atol=0, err_msg=name
        )
    assert built.meta.label is None
    assert not built.report.merged
    gap = max(
        float((built.frame[n] / by_pandas.frame[n] - 1).abs().max())
        for n in COLUMNS
        if n != "nybosatte_flyktninger"  # has zeros
    )
    report_line(
        f"built from {len(FILES)} files by catalogue: {len(built.frame)} rows, largest relative "
        f"difference from the tables merged by pandas {gap:.1e}"
    )


def test_the_same_spec_gives_the_same_fit(built: BuiltPanel, by_pandas: Panel) -> None:
    ours = proba.fit(SPEC, built, cov="CR1", cluster="kommune")
    theirs = proba.fit(SPEC, by_pandas, cov="CR1", cluster="kommune")
    assert ours.nobs == theirs.nobs == 823
    assert ours.nclusters == 423
    assert ours.dropped.by_variable == theirs.dropped.by_variable
    np.testing.assert_allclose(ours.params, theirs.params, rtol=1e-9)
    np.testing.assert_allclose(ours.std_errors, theirs.std_errors, rtol=1e-9)


def test_a_year_held_for_all_years_is_told(built: BuiltPanel) -> None:
    text = built.report.to_text()
    assert "Tall for 2014 brukt for 2015–2016: ikke_vestlige_2014" in text
    assert "Figures of 2013 used for 2015–2016: vgs_elever" in built.report.to_text("en")
    assert "ny tabell" not in text


def test_missing_values_are_those_of_the_files_and_never_nil(
    merged: BuiltPanel, kommuner: list[str], report_line: Callable[[str], None]
) -> None:
    figures = merged.figures.set_index(["kommune", "aar"])
    empty = absent = 0
    for quantity in SOURCES:
        own = figures[figures["quantity"] == quantity].sort_index()
        wanted = direct(quantity, kommuner).set_index(["kommune", "aar"]).sort_index()
        assert own.index.equals(wanted.index)
        assert (own["value"].isna() == wanted["value"].isna()).all(), quantity
        assert ((own["value"] == 0) == (wanted["value"] == 0)).all(), quantity
        blank = wanted["row"] & wanted["value"].isna()
        assert set(own.index[own["status"] == "empty"]) == set(wanted.index[blank])
        assert set(own.index[own["status"] == "not-in-table"]) == set(wanted.index[~wanted["row"]])
        empty += int(blank.sum())
        absent += int((~wanted["row"]).sum())
    assert merged.report.status == {"empty": empty, "not-in-table": absent}
    report_line(f"figures missing in the files: {empty} empty cells, {absent} without a row")


def test_the_report_counts_missing_values_by_variable_and_reason(
    built: BuiltPanel, kommuner: list[str]
) -> None:
    """Each share lacks just what its one incomplete quantity lacks; the rest are complete."""
    without = [k for k in kommuner if k != OSLO]
    expected: dict[tuple[str, str], int] = {}
    for variable, quantity in {
        "innbyggere_16_66": "folketall_16_66",
        "ikke_vestlige_innvandrere": "ikke_vestlige_2014",
        "nybosatte_flyktninger": "bosatte_flyktninger",
        "gjennomfort_vgs": "fullfort_vgs_prosent",
        "sosialhjelpsmottakere": "sosialhjelpsmottakere",
    }.items():
        rows = direct(quantity, without)
        gone = rows[rows["value"].isna()]
        for reason, n in (("empty", gone["row"].sum()), ("not-in-table", (~gone["row"]).sum())):
            if n:
                expected[variable, reason] = int(n)
    table = built.report.missing
    counted = {(str(v), str(r)): int(n) for v, r, _, n, _ in table.itertuples(index=False)}
    assert counted == expected
    assert expected["nybosatte_flyktninger", "empty"] == 23


def test_no_total_changes_on_the_borders_of_2020(
    merged: BuiltPanel, kommuner: list[str], report_line: Callable[[str], None]
) -> None:
    assert merged.report.kommuner == {2015: 356, 2016: 356}
    links = successors()[["kommunenummer_2013", "kommunenummer_2020"]]
    links.columns = pd.Index(["kommune", "ny"])
    text = merged.report.to_text("en")
    complete = 0
    for quantity in SOURCES:
        if quantity == "fullfort_vgs_prosent":
            continue
        rows = direct(quantity, kommuner)
        lacking = set(
            links.merge(rows[rows["value"].isna()], on="kommune")[["ny", "aar"]].apply(
                tuple, axis=1
            )
        )
        after = merged.counts[quantity].groupby("aar").sum()
        for year, own in rows.groupby("aar"):
            # What the parts at hand of incomplete kommuner have, divided by the test's shares.
            values = dict(zip(own["kommune"], own["value"], strict=True))
            held = sum(
                values[number] * SHARES.get((number, new), 1.0)
                for number, new in links.itertuples(index=False)
                if (new, year) in lacking and not np.isnan(values[number])
            )
            total = own["value"].sum()
            assert after[year] + held == pytest.approx(total, rel=1e-9), (quantity, year)
            told = f"Held back {year}: {quantity} {held:,.0f} of {total:,.0f} ("
            assert (told.replace(",", "") in text.replace(",", "")) == (held > 0), told
            if held == 0:
                complete += 1
            else:
                report_line(f"2020 borders, held back {year}: {quantity} {held:.0f} of {total:.0f}")
    report_line(f"2020 borders: {complete} totals unchanged, {len(merged.counts)} rows")
    for number, parts in (("1578", ["1524", "1526"]), ("5059", ["1622"]), ("1577", ["1444"])):
        reasons = " ".join(merged.missing[merged.missing["kommune"] == number]["reason"])
        assert all(f"({part})" in reasons for part in parts)


def test_merged_kommuner_equal_a_groupby_by_the_list_of_others(
    merged: BuiltPanel, kommuner: list[str], report_line: Callable[[str], None]
) -> None:
    links = successors()[["kommunenummer_2013", "kommunenummer_2020"]]
    links.columns = pd.Index(["kommune", "ny"])
    touched = set(links.loc[links["kommune"].isin(DIVIDED), "ny"])
    assert len(touched) == 5
    plain = links[~links["ny"].isin(touched)]
    assert not plain["kommune"].duplicated().any()
    sums = {}
    for quantity in SOURCES:
        rows = direct(quantity, kommuner)
        if quantity == "fullfort_vgs_prosent":
            pupils = direct("vgs_elever", kommuner)["value"]
            rows["value"] = rows["value"] * pupils
        groups = plain.merge(rows, on="kommune").groupby(["ny", "aar"])["value"]
        sums[quantity] = groups.sum(min_count=1).mask(groups.count() < groups.size())
    table = pd.DataFrame(sums).rename_axis(["kommune", "aar"])
    ours = merged.counts.loc[table.index]
    for quantity in set(SOURCES) - {"fullfort_vgs_prosent"}:
        np.testing.assert_allclose(ours[quantity], table[quantity], rtol=1e-12, err_msg=quantity)
    people = table["folketall"]
    expected = pd.DataFrame(
        {
            "fgk12_per_innbygger": table["fgk12_1000kr"] / people,
            "nav_uforeytelser": 1000 * table["uforeytelser_mill_kr"] / people,
            "urbanitet": people**1.2,
            "innbyggere_16_66": 100 * table["folketall_16_66"] / people,
            "ikke_vestlige_innvandrere": 100
            * table["ikke_vestlige_2014"]
            / table["folketall_2014"],
            "nybosatte_flyktninger": 100 * table["bosatte_flyktninger"] / people,
            "gjennomfort_vgs": table["fullfort_vgs_prosent"] / table["vgs_elever"],
            "folketall": people,
        }
    )
    panel = merged.frame.loc[expected.index]
    for name in COLUMNS:
        np.testing.assert_allclose(panel[name], expected[name], rtol=1e-12, err_msg=name)
    sizes = plain.groupby("ny").size()
    assert merged.report.approximate == ()
    report_line(
        f"2020 borders: {len(sizes)} kommuner without a divided part equal the groupby by another "
        f"list, {(sizes > 1).sum()} of them merged"
    )


def test_shares_of_merged_kommuner_are_no_averages(
    merged: BuiltPanel, by_pandas: Panel, kommuner: list[str]
) -> None:
    """Molde, Nesset and Midsund: the mean of the shares is another figure."""
    parts = by_pandas.frame.loc[[("1502", 2016), ("1543", 2016), ("1545", 2016)]]
    for name in ("fgk12_per_innbygger", "ikke_vestlige_innvandrere", "gjennomfort_vgs"):
        assert abs(merged.frame.loc[("1506", 2016), name] / parts[name].mean() - 1) > 0.01, name


def test_divided_kommuner_follow_the_shares_given(merged: BuiltPanel, kommuner: list[str]) -> None:
    people = direct("folketall", kommuner).set_index(["kommune", "aar"])["value"]
    for year in YEARS:
        heim = people["1612", year] + people["1571", year] + 0.3 * people["1613", year]
        hitra = people["1617", year] + 0.1 * people["1613", year]
        assert merged.counts.loc[("5055", year), "folketall"] == pytest.approx(heim, rel=1e-12)
        assert merged.counts.loc[("5056", year), "folketall"] == pytest.approx(hitra, rel=1e-12)
    assert "1613 Snillfjord (2015, 2016) delt" in merged.report.to_text()
    assert "testens egne andeler" in merged.report.to_text()


def test_without_shares_the_divided_kommune_is_named_before_a_file_is_read(
    tmp_path: Path,
) -> None:
    with pytest.raises(KommuneError, match=r"1613 Snillfjord in 2015 .*5055 Heim") as error:
        build(tmp_path / "store", borders=2020)
    assert "5059" in error.value.nb
    only = SplitWeights({pair: share for pair, share in SHARES.items() if pair[0] == "1613"})
    with pytest.raises(KommuneError, match="1850 Tysfjord"):
        build(tmp_path / "store", borders=2020, split_weights=only)
    assert Store(tmp_path / "store").snapshots() == ()


def test_a_file_named_for_each_year_is_read_for_its_year(built: BuiltPanel, tmp_path: Path) -> None:
    """The file's own year column still tells which rows are which."""
    files = {k: v for k, v in FILES.items() if k != "befolkning"}
    files |= {f"befolkning:{year}": FILES["befolkning"] for year in YEARS}
    again = build(tmp_path, files=files, omit=(OSLO,), variables=("innbyggere_16_66",))
    pd.testing.assert_series_equal(again.frame["innbyggere_16_66"], built.frame["innbyggere_16_66"])


def test_figures_of_2020_given_as_those_of_2015_are_refused(tmp_path: Path) -> None:
    people = pd.read_csv(FILES["befolkning"], dtype={"knr": str})
    wrong = people[people["aar"] == 2020].assign(aar=2015)
    file = tmp_path / "folketall.csv"
    wrong.to_csv(file, index=False)
    with pytest.raises(SourceError, match=r"do not exist in 2015 .* borders of 2020") as error:
        build(tmp_path / "s", files=FILES | {"befolkning:2015": file}, variables=("folketall",))
    assert error.value.en.startswith("folketall.csv")
    assert "finnes ikke i 2015" in error.value.nb
    assert "grensene i 2020" in error.value.nb


def test_the_command_line_builds_estimates_and_ranks(
    built: BuiltPanel, tmp_path: Path, report_line: Callable[[str], None]
) -> None:
    panel, spec = tmp_path / "panel.parquet", tmp_path / "spec.yaml"
    run = CliRunner()
    files = [text for name, path in FILES.items() for text in ("--file", f"{name}={path}")]
    base = ["--years", "2015-2016", "--catalogue", str(CATALOGUE), "--omit", OSLO]
    where = ["--store", str(tmp_path / "store"), "--offline"]
    first = run.invoke(app, ["fetch", *base, *files, *where, "--out", str(panel)])
    assert first.exit_code == 0, first.output
    read = proba.read_panel(panel)
    pd.testing.assert_frame_equal(read.frame[list(COLUMNS)], built.frame[list(COLUMNS)])
    told = json.loads((tmp_path / "panel.byggerapport.json").read_text(encoding="utf-8"))
    assert told["kommuner"] == {"2015": 427, "2016": 427}
    assert told["missing"] == built.report.to_dict()["missing"]

    # The files are in the store now: a second run need not name them and writes the same bytes.
    again = tmp_path / "igjen.parquet"
    second = run.invoke(app, ["fetch", *base, *where, "--out", str(again)])
    assert second.exit_code == 0, second.output
    assert again.read_bytes() == panel.read_bytes()

    spec.write_text(
        f"dependent: {SPEC.dependent}\nregressors: [{', '.join(SPEC.regressors)}]\n"
        "entity: kommune\ntime: aar\nyear_effects: true\n",
        encoding="utf-8",
    )
    out, csv = tmp_path / "fit.json", tmp_path / "index.csv"
    common = [str(panel), "--spec", str(spec)]
    third = run.invoke(app, ["estimate", *common, "--cluster", "kommune", "--json", str(out)])
    assert third.exit_code == 0, third.output
    fit = json.loads(out.read_text(encoding="utf-8"))
    ours = proba.fit(SPEC, built, cov="CR1", cluster="kommune")
    assert fit["nobs"] == ours.nobs == 823
    coefficients = {c["name"]: c["coef"] for c in fit["coefficients"]}
    for name, value in zip(ours.names, ours.params, strict=True):
        assert coefficients[name] == pytest.approx(value, rel=1e-9)
    fourth = run.invoke(app, ["index", *common, "--csv", str(csv)])
    assert fourth.exit_code == 0, fourth.output
    table = pd.read_csv(csv, dtype={"kommune": str})
    assert table["index"].notna().sum() == 823
    report_line(f"proba fetch → estimate → index from files: N = {fit['nobs']}")


def test_the_command_line_takes_shares_for_other_borders(
    merged: BuiltPanel, tmp_path: Path
) -> None:
    shares, panel = tmp_path / "andeler.csv", tmp_path / "panel.parquet"
    lines = [f"{a};{b};{str(share).replace('.', ',')}" for (a, b), share in SHARES.items()]
    shares.write_text("fra;til;andel\n" + "\n".join(lines) + "\n", encoding="utf-8")
    files = ["--file", f"befolkning={FILES['befolkning']}", "--file", f"skole={FILES['skole']}"]
    base = ["fetch", "--years", "2015-2016", "--borders", "2020", "--catalogue", str(CATALOGUE)]
    names = ["folketall", "gjennomfort_vgs"]
    base += [text for name in names for text in ("--variable", name)]
    where = ["--store", str(tmp_path / "store"), "--offline", "--out", str(panel)]
    run = CliRunner()
    refused = run.invoke(app, [*base, *files, *where])
    assert refused.exit_code == 2
    assert "1613 Snillfjord" in refused.stderr
    assert not panel.exists()
    done = run.invoke(app, [*base, *files, *where, "--split-weights", str(shares)])
    assert done.exit_code == 0, done.output
    pd.testing.assert_frame_equal(proba.read_panel(panel).frame[names], merged.frame[names])
