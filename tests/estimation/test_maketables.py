"""maketables reads results without being told of them."""

from __future__ import annotations

import re

import pytest
from estimation.cases import FEW, case

import proba
from proba import Panel, Results, fit_alternative

mt = pytest.importorskip("maketables")

pytestmark = pytest.mark.filterwarnings(FEW)


def coefficients(results: Results) -> list[tuple[str, str]]:
    """Coefficient and standard error as maketables prints them, three decimals."""
    tidy = results.tidy()
    return [(f"{b:.3f}", f"({se:.3f})") for b, se in zip(tidy["coef"], tidy["se"], strict=True)]


def test_tex(results: Results) -> None:
    tex = mt.ETable([results]).make(type="tex")
    assert "Kalibrert syntetisk panel" in tex
    assert "Netto driftsutgifter til sosialhjelp per innbygger" in tex
    for label in ("Konstantledd", "Urbanitetskriteriet", "2016", "1,935", "CR1, kommune"):
        assert label in tex
    for b, se in coefficients(results):
        assert re.search(rf"{re.escape(b)}\**\s*\\\\\s*{re.escape(se)}", tex), (b, se)


def test_html(results: Results) -> None:
    html = mt.ETable([results]).make(type="html")
    assert "Kalibrert syntetisk panel" in html
    for b, se in coefficients(results):
        assert b in html
        assert se in html


def test_stars_are_those_of_the_report(results: Results) -> None:
    tex = mt.ETable([results]).make(type="tex")
    row = {line.split("&")[0].strip(): line for line in tex.splitlines() if "&" in line}
    for name, label in (("opphopningsindeks", "Opphopningsindeks"), ("konstant", "Konstantledd")):
        stars = proba.estimation.significance_stars(results.pvalues[name])
        assert row[label].count("*") == len(stars)


def test_several_models_with_alternatives(panel: Panel, results: Results) -> None:
    models = [
        results,
        results.with_cov("CR2", "kommune"),
        results.with_cov("HC1"),
        fit_alternative(proba.PROBA_2017, panel, "entity_effects"),
        fit_alternative(proba.PROBA_2017, panel, "between"),
    ]
    tex = mt.ETable(models).make(type="tex")
    assert tex.count("Kalibrert syntetisk panel") == len(models)
    for text in ("CR2, kommune (387 klynger)", "HC1", "387"):
        assert text in tex


def test_without_a_label_there_is_no_label_row() -> None:
    tex = mt.ETable([case("grunfeld10").fit("CR2")]).make(type="tex")
    assert "Datagrunnlag" not in tex
    assert "capital" in tex


def test_standard_errors_are_the_ones_in_the_table(results: Results) -> None:
    table = results.__maketables_coef_table__
    assert table["se"].tolist() == results.std_errors.tolist()
    assert table["p"].tolist() == results.pvalues.tolist()
    assert results.__maketables_vcov_info__ == {"se_type": "CR1", "clustervar": ["kommune"]}
    assert results.with_cov("HC1").__maketables_vcov_info__["clustervar"] is None
