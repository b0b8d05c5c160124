"""The catalogue: the shipped one is sound, and a faulty one says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from proba.errors import CatalogueError
from proba.estimation import PROBA_2017
from proba.panel import REGISTRY
from proba.panel.building import read_catalogue, shipped_catalogue
from proba.panel.building.catalogue import Kind
from proba.sources.files import READERS

HEAD = "format: 1\n"
SOURCE = "sources:\n  k: {kind: file, reader: tabell, name: K, licence: CC0}\n"
QUANTITY = (
    "quantities:\n  q:\n    label: {nb: a, en: a}\n    unit: {nb: b, en: b}\n"
    "    parts: [{source: k, basis: test}]\n"
)


def read(tmp_path: Path, text: str) -> object:
    file = tmp_path / "katalog.yaml"
    file.write_text(text, encoding="utf-8")
    return read_catalogue(file)


def test_the_shipped_catalogue_has_every_variable_of_the_report() -> None:
    catalogue = shipped_catalogue()
    columns = {PROBA_2017.dependent, *PROBA_2017.regressors}
    assert columns <= set(catalogue.variables)
    for code in columns:
        assert code in REGISTRY
    for source in catalogue.sources.values():
        assert source.reader is None or source.reader in READERS
        assert source.licence
    for quantity in catalogue.quantities.values():
        assert quantity.label.nb != quantity.label.en
        for part in quantity.parts:
            assert part.basis, quantity.code


def test_shares_are_made_of_counts_and_indices_are_never_added() -> None:
    catalogue = shipped_catalogue()
    assert not catalogue.quantities["opphopningsindeks_publisert"].adds
    assert catalogue.variables["opphopningsindeks"].recipe.kind is Kind.WEIGHTED
    spending = catalogue.variables["netto_driftsutgifter"].recipe
    assert (spending.kind, spending.of, spending.per) == (
        Kind.RATIO,
        ("netto_driftsutgifter_1000kr",),
        "folketall",
    )


def test_a_catalogue_can_extend_the_shipped_one(tmp_path: Path) -> None:
    text = (
        HEAD + "extends: proba\n" + SOURCE + QUANTITY + "variables:\n  andel:\n"
        "    label: {nb: andel, en: share}\n    ratio: {of: [q], per: folketall, factor: 100}\n"
    )
    catalogue = read(tmp_path, text)
    assert "urbanitet" in catalogue.variables
    assert catalogue.variables["andel"].recipe.quantities == ("q", "folketall")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format: 2\n", ["'format'", "1"]),
        (HEAD + "extends: other\n", ["'extends'"]),
        (HEAD + "other: 1\n", ["'other'", "sources"]),
        (HEAD + "sources: {k: 3}\n", ["sources → k", "3"]),
        (HEAD + "sources:\n  1k: {kind: file}\n", ["1k", "kode"]),
        (HEAD + "sources:\n  k: {kind: ftp, name: a, licence: b}\n", ["sources → k", "pxweb"]),
        (HEAD + "sources:\n  k: {kind: file, name: a, licence: b}\n", ["reader"]),
        (HEAD + SOURCE + QUANTITY.replace("source: k", "source: z"), ["quantities → q", "'z'"]),
        (HEAD + SOURCE + QUANTITY.replace("basis: test", "table: '1'"), ["parts → 1", "basis"]),
        (
            HEAD + SOURCE + QUANTITY.replace("basis: test", "basis: t, table: '1'"),
            ["'table'", "file"],
        ),
        (HEAD + SOURCE + QUANTITY.replace("basis: test", "basis: t, first: x"), ["'first'"]),
        (
            HEAD + SOURCE + QUANTITY.replace("basis: test", "basis: t, first: 5, last: 3"),
            ["'first'", "'last'"],
        ),
        (HEAD + SOURCE + QUANTITY + "variables:\n  v: {label: {nb: a, en: b}}\n", ["ratio"]),
        (
            HEAD + SOURCE + QUANTITY + "variables:\n  v: {label: {nb: a, en: b}, "
            "amount: {of: z}}\n",
            ["variables → v", "'z'"],
        ),
        (
            HEAD
            + SOURCE
            + QUANTITY.replace("    parts", "    adds: false\n    parts")
            + "variables:\n  v: {label: {nb: a, en: b}, amount: {of: q}}\n",
            ["variables → v", "weighted"],
        ),
        (HEAD + SOURCE + QUANTITY.replace("  q:", "  kommune:"), ["quantities", "'kommune'"]),
        (HEAD + SOURCE + QUANTITY.replace("basis: test", "basis: t, factor: .nan"), ["'factor'"]),
        (
            HEAD + "sources:\n  k: {kind: file, reader: tabell, name: K, licence: L, url: /etc}\n",
            ["'url'", "https://"],
        ),
        (
            HEAD
            + "extends: proba\n"
            + SOURCE
            + QUANTITY.replace("  q:", "  folketall:").replace(
                "    parts", "    adds: false\n    parts"
            ),
            ["variables → netto_driftsutgifter", "'folketall'"],
        ),
        ("- a\n", ["sources og quantities og variables"]),
        (HEAD + "sources: {}\nsources: {}\n", ["sources", "mer enn én gang"]),
    ],
)
def test_a_fault_is_named_by_its_place(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(CatalogueError) as caught:
        read(tmp_path, text)
    message = caught.value.text("nb")
    assert message.startswith("katalog.yaml: ")
    for word in words:
        assert word in message, message


def test_codes_without_quotation_marks_are_refused(tmp_path: Path) -> None:
    """YAML reads 0301 as a number: the lost zero would be another code."""
    text = (
        HEAD + "sources:\n  s: {kind: pxweb, name: S, licence: CC0}\nquantities:\n  q:\n"
        "    label: {nb: a, en: a}\n    unit: {nb: b, en: b}\n"
        "    parts: [{source: s, table: '1', select: {Region: [0301]}, basis: t}]\n"
    )
    with pytest.raises(CatalogueError, match="quotation marks"):
        read(tmp_path, text)


def test_a_yaml_tag_runs_nothing(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="not valid YAML"):
        read(tmp_path, "format: !!python/object/apply:os.system ['true']\n")


def test_an_unknown_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="'inntekt'"):
        shipped_catalogue().pick(("inntekt",))
