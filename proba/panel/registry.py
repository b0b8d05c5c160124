"""The panel's variables: code, unit, labels and where the official figure comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from proba.errors import Lang

__all__ = ["REGISTRY", "Unit", "Variable", "describe_variables", "label"]


class Unit(Enum):
    """Units a panel column can have; the value is what is printed."""

    THOUSAND_KR_PER_INHABITANT = "1000 kr per innbygger"
    PERCENT_OF_INHABITANTS = "prosent av innbyggerne"
    PERCENT_OF_PUPILS = "prosent av elevene"
    INHABITANTS = "innbyggere"
    INHABITANTS_POWER = "innbyggere opphøyd i 1,2"
    INDEX = "indeks"
    FLAG = "0/1"
    TEXT = "tekst"

    @property
    def is_percent(self) -> bool:
        """Whether values are percentages between 0 and 100."""
        return self in (Unit.PERCENT_OF_INHABITANTS, Unit.PERCENT_OF_PUPILS)


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of the panel.

    Attributes
    ----------
    code : str
        Column name: the ASCII form of the official Norwegian name.
    unit : Unit
    label_nb, label_en : str
        As printed in tables.
    source : str
        Official source of the figure.
    non_negative : bool
        Negative values are an error. Net expenditure may be negative in KOSTRA.
    fraction_below : float or None
        For percentages: if the largest value of the whole column is above 0 and not above
        this, the column was almost surely given as fractions (0.03 for 3 percent).
    """

    code: str
    unit: Unit
    label_nb: str
    label_en: str
    source: str
    non_negative: bool = True
    fraction_below: float | None = None

    def label(self, lang: Lang = "nb") -> str:
        """Return the label in Norwegian (``"nb"``) or English (``"en"``)."""
        return self.label_nb if lang == "nb" else self.label_en


_PERCENT = Unit.PERCENT_OF_INHABITANTS

_VARIABLES = (
    Variable(
        "netto_driftsutgifter",
        Unit.THOUSAND_KR_PER_INHABITANT,
        "Netto driftsutgifter til sosialhjelp per innbygger",
        "Net operating expenditure on social assistance per inhabitant",
        "SSB, KOSTRA: funksjon 242, 243, 276 og 281",
        non_negative=False,
    ),
    Variable(
        "ufore_18_49",
        _PERCENT,
        "Andel uføre 18–49 år",
        "Share disabled aged 18–49",
        "NAV, uføretrygdede etter alder og kommune; SSB, folketall",
        fraction_below=1.0,
    ),
    Variable(
        "urbanitet",
        Unit.INHABITANTS_POWER,
        "Urbanitetskriteriet",
        "Urbanity criterion",
        "SSB, folketall 1. januar, opphøyd i 1,2 (Grønt hefte)",
    ),
    Variable(
        "opphopningsindeks",
        Unit.INDEX,
        "Opphopningsindeks",
        "Accumulation index (opphopningsindeks)",
        "Kommunal- og moderniseringsdepartementet, Grønt hefte",
    ),
    Variable(
        "innbyggere_16_66",
        _PERCENT,
        "Andel innbyggere 16–66 år",
        "Share of inhabitants aged 16–66",
        "SSB, folketall etter alder",
        fraction_below=1.0,
    ),
    Variable(
        "ikke_vestlige_innvandrere",
        _PERCENT,
        "Andel ikke-vestlige innvandrere",
        "Share of non-western immigrants",
        "SSB, innvandrere etter landbakgrunn (Afrika, Asia med Tyrkia, Sør- og Mellom-Amerika, "
        "Oseania)",
        fraction_below=1.0,
    ),
    Variable(
        "nybosatte_flyktninger",
        _PERCENT,
        "Andel nybosatte flyktninger",
        "Share of newly settled refugees",
        "IMDi, bosetting av flyktninger",
        # Real percentages lie between 0 and 2.5, so a whole column below 1 proves nothing.
        fraction_below=0.03,
    ),
    Variable(
        "gjennomfort_vgs",
        Unit.PERCENT_OF_PUPILS,
        "Andel elever gjennomført vgs. (fem år)",
        "Share of pupils completing upper secondary within five years",
        "SSB/Udir, gjennomføring i videregående opplæring",
        fraction_below=1.0,
    ),
    Variable(
        "folketall",
        Unit.INHABITANTS,
        "Folketall",
        "Population",
        "SSB, folketall 1. januar",
    ),
    Variable(
        "kommunenavn", Unit.TEXT, "Kommune", "Municipality", "SSB, KLASS 131", non_negative=False
    ),
    Variable(
        "estimeringsutvalg",
        Unit.FLAG,
        "Med i estimeringsutvalget",
        "In the estimation sample",
        "Proba-rapport 2017-08, vedlegg 1: N = 1 935",
    ),
    Variable(
        "merke",
        Unit.TEXT,
        "Merke",
        "Label",
        "Settes av den som lager panelet; følger alle tabeller og figurer",
        non_negative=False,
    ),
)

REGISTRY: Mapping[str, Variable] = MappingProxyType({v.code: v for v in _VARIABLES})
"""Every variable the toolkit knows, by column name."""


def label(name: str, lang: Lang = "nb") -> str:
    """Label of a coefficient or column; the name itself where the registry does not know it.

    Parameters
    ----------
    name : str
        Column or coefficient name, e.g. ``ufore_18_49``, ``konstant`` or ``aar_2013``.
    lang : {"nb", "en"}
    """
    if name in REGISTRY:
        return REGISTRY[name].label(lang)
    if name == "konstant":
        return "Konstantledd" if lang == "nb" else "Constant"
    if name.startswith("aar_") and name[4:].isdigit():
        return name[4:]
    return name


def describe_variables(lang: Lang = "nb") -> list[dict[str, str]]:
    """Return the registry as rows (code, label, unit, source) for a table."""
    return [
        {"code": v.code, "label": v.label(lang), "unit": v.unit.value, "source": v.source}
        for v in _VARIABLES
    ]
