"""The two files of the panel: ``panel.csv`` and its description ``panel.yaml``."""

from __future__ import annotations

import hashlib
from typing import Final

from proba._io import csv_text
from proba.panel.calibration.build import URBANITET_DECIMALS, Y_DECIMALS, Calibrated
from proba.panel.calibration.check import Check
from proba.panel.calibration.start import COVARIATES
from proba.panel.calibration.targets import (
    ADJUSTED_R2,
    LABEL,
    LABEL_EN,
    OBSERVATIONS,
    REGRESSORS,
    VEDLEGG_1,
    YEARS,
)

COLUMNS: Final = (
    *("kommune", "kommunenavn", "aar", "folketall", "netto_driftsutgifter"),
    *REGRESSORS,
    *("estimeringsutvalg", "merke"),
)

_UNITS: Final = {
    "folketall": "inhabitants (synthetic)",
    "netto_driftsutgifter": "1000 kr per inhabitant (synthetic level, published index)",
    "ufore_18_49": "percent of inhabitants (synthetic)",
    "urbanitet": "folketall ** 1.2",
    "opphopningsindeks": "index (synthetic)",
    "innbyggere_16_66": "percent of inhabitants (synthetic)",
    "ikke_vestlige_innvandrere": "percent of inhabitants (synthetic)",
    "nybosatte_flyktninger": "percent of inhabitants (synthetic)",
    "gjennomfort_vgs": "percent of pupils within five years (synthetic)",
    "estimeringsutvalg": "1 in the estimation sample, 0 outside",
    "merke": "label, the same in every row",
}


def panel_csv(panel: Calibrated) -> str:
    """Text of ``panel.csv``, sorted by kommune and year, fixed decimals in every column."""
    names = [c.name for c in COVARIATES]
    rows: list[list[str]] = []
    for i, (number, navn) in enumerate(zip(panel.index.kommune, panel.index.navn, strict=True)):
        for t, year in enumerate(YEARS):
            cells = {
                name: f"{panel.covariates[i, t, j]:.{COVARIATES[j].decimals}f}"
                for j, name in enumerate(names)
            }
            cells |= {
                "kommune": number,
                "kommunenavn": navn,
                "aar": str(year),
                "folketall": str(int(panel.population[i, t])),
                "netto_driftsutgifter": f"{panel.expenditure[i, t]:.{Y_DECIMALS}f}",
                "urbanitet": f"{panel.urbanitet[i, t]:.{URBANITET_DECIMALS}f}",
                "estimeringsutvalg": str(int(panel.in_sample[i])),
                "merke": LABEL,
            }
            rows.append([cells[name] for name in COLUMNS])
    return csv_text(COLUMNS, rows)


def panel_yaml(panel: Calibrated, text: str, check: Check) -> str:
    """Text of ``panel.yaml``.

    Parameters
    ----------
    panel : Calibrated
        The panel.
    text : str
        Text of ``panel.csv``, whose SHA-256 is recorded.
    check : Check
        The regression run on `text`.

    Returns
    -------
    str
    """
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    achieved = zip(VEDLEGG_1, check.coefficients, check.std_errors, strict=True)
    lines = [
        "# Written by python -m proba.panel.calibration; do not edit by hand.",
        "file: panel.csv",
        f"label: {LABEL}",
        f"label_en: {LABEL_EN}",
        "synthetic: true",
        f"seed: {panel.seed}",
        f"rows: {panel.expenditure.size}",
        f"sample_rows: {check.observations}",
        f"kommuner: {len(panel.index.kommune)}",
        f"sample_kommuner: {int(panel.in_sample.sum())}",
        f"years: [{', '.join(map(str, YEARS))}]",
        f"sha256: {digest}",
        _STATEMENTS.strip("\n"),
        "columns:",
        *[f'  {name}: "{_UNITS[name]}"' for name in COLUMNS if name in _UNITS],
        "targets:",
        '  source: "Proba-rapport 2017-08, Vedlegg 1, pages 92-93"',
        f"  observations: {OBSERVATIONS}",
        f"  adjusted_r2: {ADJUSTED_R2}",
        "  terms:",
        *[
            f'    {line.name}: {{coefficient: "{line.estimate}", std_error: "{line.std_error}"}}'
            for line in VEDLEGG_1
        ],
        "achieved:",
        f"  adjusted_r2: {check.adjusted_r2:.4f}",
        f"  clusters: {check.clusters}",
        f"  index_margin_points: {check.index_margin:.3f}",
        "  terms:",
        *[
            f'    {line.name}: {{coefficient: "{b:.5g}", std_error: "{s:.4g}"}}'
            for line, b, s in achieved
        ],
    ]
    return "\n".join(lines) + "\n"


_STATEMENTS: Final = """
what_is_real:
  nb: >-
    Kommunenummer, kommunenavn og indeksen 100 x faktisk / predikert utgift (avrundet til hele
    tall), fra Proba-rapport 2017-08, Vedlegg 2. Regresjonskoeffisientene, standardfeilene,
    antall observasjoner og justert R2 er de som er trykt i Vedlegg 1.
  en: >-
    Kommune number and name and the index 100 x actual / predicted expenditure (rounded to whole
    numbers), from Proba-rapport 2017-08, Vedlegg 2. The regression coefficients, standard
    errors, number of observations and adjusted R2 are those printed in Vedlegg 1.
what_is_synthetic:
  nb: >-
    Folketall, alle forklaringsvariabler og dermed nivået på utgiftene. Hvilke 37 kommuner
    rapporten holdt utenfor regresjonen er ikke kjent; her er det de 37 minste i 2016. Ingen tall
    for en enkelt kommune utenom indeksen er reelle, og panelet sier ingenting om kommunene.
  en: >-
    Population, all covariates and hence the level of expenditure. Which 37 kommuner the report
    left out of its regression is not known; here they are the 37 smallest in 2016. No figure for
    a single kommune except the index is real, and the panel says nothing about kommuner.
how_made:
  nb: >-
    Trukket med fast frø fra en plausibel start og deretter flyttet så lite som mulig (L-BFGS-B)
    til minste kvadraters metode gir den trykte regresjonen. Til slutt er den uavrundede indeksen
    flyttet innenfor sin egen avrunding slik at koeffisientene blir eksakte.
  en: >-
    Drawn with a fixed seed from a plausible start and then moved as little as possible (L-BFGS-B)
    until least squares gives the printed regression. Last, the unrounded index is moved within its
    own rounding so that the coefficients become exact.
cluster: >-
  Standard errors are CR1 (Stata) with one cluster for each distinct value of folketall in the
  estimation sample.
licence: >-
  Synthetic values and this description: MIT. Kommune numbers, names and index values: facts quoted
  from Proba-rapport 2017-08; name the source.
"""
