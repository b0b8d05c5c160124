"""Real tables through the same public calls as any user's own file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from assemble_opendata import OSLO, SPEC, assemble
from statsmodels.regression.linear_model import OLS
from typer.testing import CliRunner

import proba
from proba.cli import app
from proba.panel import Panel
from proba.published import vedlegg2

FOLDER = os.environ.get("PROBA_OPENDATA")

pytestmark = pytest.mark.skipif(
    not FOLDER or not Path(FOLDER).is_dir(), reason="PROBA_OPENDATA names no folder"
)


@pytest.fixture(scope="module")
def panel() -> Panel:
    assert FOLDER is not None
    return assemble(Path(FOLDER))


@pytest.fixture(scope="module")
def direct(panel: Panel) -> object:
    """The same regression by statsmodels alone, clustered by kommune."""
    rows = panel.frame.dropna(subset=[SPEC.dependent, *SPEC.regressors]).reset_index()
    X = rows[list(SPEC.regressors)].copy()
    X.insert(0, "konstant", 1.0)
    X["aar_2016"] = (rows["aar"] == 2016).astype(float)
    # statsmodels inverts X'X unscaled: 1e6 inhabitants ** 1.2 keep the comparison about the
    # formula and not about rounding.
    X["urbanitet"] /= 1e6
    groups = pd.factorize(rows["kommune"])[0]
    return OLS(rows[SPEC.dependent], X).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": True}, use_t=True
    )


def test_n_coefficients_and_standard_errors_equal_statsmodels(panel: Panel, direct) -> None:
    results = proba.fit(SPEC, panel, cov="CR1", cluster="kommune")
    unit = np.where(np.array(results.names) == "urbanitet", 1e-6, 1.0)
    assert results.nobs == int(direct.nobs) == 823
    assert results.nclusters == 423
    np.testing.assert_allclose(results.params, direct.params * unit, rtol=1e-9)
    np.testing.assert_allclose(results.std_errors, direct.bse * unit, rtol=1e-9)
    np.testing.assert_allclose(results.pvalues, direct.pvalues, rtol=1e-7)
    assert results.dropped.missing == 31
    assert results.dropped.by_variable == {
        "innbyggere_16_66": 6,
        "ikke_vestlige_innvandrere": 2,
        "nybosatte_flyktninger": 23,
        "gjennomfort_vgs": 2,
    }


def test_index_ranks_kommuner_roughly_as_the_printed_one(
    panel: Panel, report_line: Callable[[str], None]
) -> None:
    """About 0.5: another expenditure concept (with function 275) and covariates are missing."""
    index = proba.compute_index(proba.fit(SPEC, panel), panel)
    printed = vedlegg2().set_index("kommunenr")
    correlations = {}
    for year in (2015, 2016):
        both = pd.concat(
            [index.index.xs(year, level="aar").rename("ours"), printed[str(year)]], axis=1
        ).dropna()
        correlations[year] = both["ours"].corr(both[str(year)], method="spearman")
        report_line(
            f"rank correlation with Vedlegg 2, {year}: {correlations[year]:.3f} ({len(both)} "
            "kommuner; other expenditure concept, two covariates missing)"
        )
    assert 0.4 < correlations[2016] < correlations[2015] < 0.65
    assert index.label is None
    assert OSLO not in index.wide().index


def test_an_excel_style_csv_gives_the_same_numbers_on_the_command_line(
    panel: Panel, direct, tmp_path: Path
) -> None:
    """Semicolons and decimal commas, as Norwegian Excel saves."""
    file, spec = tmp_path / "panel.csv", tmp_path / "spec.yaml"
    panel.to_csv_frame().to_csv(file, sep=";", decimal=",", index=False)
    spec.write_text(
        f"dependent: {SPEC.dependent}\nregressors: [{', '.join(SPEC.regressors)}]\n"
        "entity: kommune\ntime: aar\nyear_effects: true\n",
        encoding="utf-8",
    )
    out, csv = tmp_path / "fit.json", tmp_path / "index.csv"
    base = [str(file), "--spec", str(spec), "--decimal", ","]
    run = CliRunner()
    first = run.invoke(app, ["estimate", *base, "--cluster", "kommune", "--json", str(out)])
    assert first.exit_code == 0, first.output
    assert "syntetisk" not in first.output
    fit = json.loads(out.read_text(encoding="utf-8"))
    assert fit["label"] is None
    coefficients = {c["name"]: c for c in fit["coefficients"]}
    for name in ("konstant", "nav_uforeytelser", "gjennomfort_vgs", "aar_2016"):
        assert coefficients[name]["coef"] == pytest.approx(direct.params[name], rel=1e-9)
        assert coefficients[name]["se"] == pytest.approx(direct.bse[name], rel=1e-9)
    second = run.invoke(app, ["index", *base, "--csv", str(csv)])
    assert second.exit_code == 0, second.output
    table = pd.read_csv(csv, dtype={"kommune": str})
    assert list(table.columns) == ["kommune", "aar", "actual", "predicted", "index"]
    assert table["index"].notna().sum() == 823
    assert len(table) == len(panel.frame)
