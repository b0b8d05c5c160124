"""The grammar of identities, and what they count."""

from __future__ import annotations

import pytest

from proba.decomposition.bases import CountBase, parse_base
from proba.decomposition.identity import Factor, Identity, product_identity
from proba.errors import DecompositionError


def test_product_of_names() -> None:
    identity = Identity("utbetalt = mottakere * varighet * stonad_per_maned")
    assert identity.name == "utbetalt"
    assert identity.factors == ("mottakere", "varighet", "stonad_per_maned")
    assert identity.columns == identity.factors
    assert identity.is_plain
    assert identity.base is CountBase.PERSONS


def test_signs_ratios_norwegian_letters_and_quoted_names() -> None:
    identity = Identity("beløp = (tilfeller / innbyggere) × `måneder i året` · kr")
    assert identity.factors == ("tilfeller/innbyggere", "måneder i året", "kr")
    assert identity.columns == ("tilfeller", "innbyggere", "måneder i året", "kr")
    assert not identity.is_plain
    assert identity.base is CountBase.CASES


@pytest.mark.parametrize(
    "text",
    [
        "utbetalt = mottakere * (mottakere / innbyggere) * a",
        "beløp = (tilfeller / innbyggere) * `måneder i året` * kr",
    ],
)
def test_text_of_an_identity_reads_back_as_itself(text: str) -> None:
    once = Identity(text)
    assert Identity(str(once)) == once


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = b * ", "slutter for tidlig"),
        ("a == b", "«=» står der det ikke kan stå"),
        ("a = b + c", "+ c"),
        ("a = b ** c", "«*»"),
        ("a = __import__('os').system('x')", "__import__"),
        ("a = f(b)", "«(»"),
        ("a = (b / c / d)", "«/»"),
        ("a = b c", "«c»"),
        ("= b", "«=»"),
        ("a = b * b", "«b» står mer enn én gang"),
        ("a = a * b", "«a» står mer enn én gang"),
        ("a = b * (c / c)", "delt på seg selv"),
        ("", "slutter for tidlig"),
    ],
)
def test_what_is_no_identity_is_one_clear_error(text: str, said: str) -> None:
    with pytest.raises(DecompositionError) as caught:
        Identity(text)
    assert said in caught.value.nb or said in caught.value.en


def test_text_is_never_run() -> None:
    with pytest.raises(DecompositionError):
        Identity("a = [].__class__")


def test_per_inhabitant_and_real() -> None:
    identity = Identity("utbetalt = mottakere * varighet * stonad")
    long = identity.per_inhabitant("mottakere").real("stonad", "kpi")
    assert long.factors == ("innbyggere", "mottakere/innbyggere", "varighet", "stonad/kpi", "kpi")
    assert long.terms[1] == Factor("mottakere", "innbyggere")
    assert long.base is CountBase.PERSONS
    with pytest.raises(DecompositionError, match="no factor 'antall'"):
        identity.per_inhabitant("antall")


def test_columns_with_spaces_as_a_product() -> None:
    identity = product_identity(["antall tilfeller", "kr per måned", "a / b"], "sum")
    assert identity.factors == ("antall tilfeller", "kr per måned", "a/b")
    with pytest.raises(DecompositionError, match="not a factor"):
        product_identity(["a/"])
    with pytest.raises(DecompositionError, match="at least one"):
        product_identity([])


def test_cases_and_persons_cannot_be_mixed_unsaid() -> None:
    with pytest.raises(DecompositionError, match="cases and 'stonad_per_mottaker' persons"):
        Identity("utbetalt = tilfeller * stonad_per_mottaker")
    bridged = Identity("u = mottakere * (tilfeller / mottakere) * maneder_per_tilfelle * kr")
    assert bridged.base is CountBase.PERSONS
    mixed = Identity("u = tilfeller * stonad_per_mottaker", base="blandet")
    assert mixed.base is CountBase.MIXED


def test_base_said_must_agree_with_the_names() -> None:
    assert Identity("u = antall * kr", base="tilfeller").base is CountBase.CASES
    assert Identity("u = antall * kr").base is None
    with pytest.raises(DecompositionError, match="counts mottakere"):
        Identity("u = mottakere * kr", base="tilfeller")
    with pytest.raises(DecompositionError, match="count base must be one of"):
        parse_base("hoder")


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("u = mottakere * tilfeller_per_mottaker * maneder_per_tilfelle", CountBase.PERSONS),
        ("u = tilfeller * (mottakere / tilfeller) * kr_per_mottaker", CountBase.CASES),
        ("u = innbyggere * (mottakere / innbyggere) * maneder", CountBase.PERSONS),
        ("u = antall * maneder_per_tilfelle * kr", CountBase.CASES),
    ],
)
def test_units_that_cancel(text: str, base: CountBase) -> None:
    assert Identity(text).base is base


@pytest.mark.parametrize(
    "text",
    [
        "u = mottakere * (mottakere / tilfeller) * maneder_per_tilfelle",
        "u = tilfeller * (tilfeller / mottakere) * maneder_per_mottaker",
        "u = mottakere * (tilfeller / mottakere) * maneder_per_mottaker",
        "u = (tilfeller / mottakere) * maneder",
        "u = tilfeller * stonad_per_person",
    ],
)
def test_units_that_do_not_cancel(text: str) -> None:
    with pytest.raises(DecompositionError, match=r"turns|counts cases and"):
        Identity(text)
    assert Identity(text, base="blandet").base is CountBase.MIXED


def test_a_bridge_starts_where_it_is_said_to() -> None:
    with pytest.raises(DecompositionError, match="counts mottakere"):
        Identity("u = mottakere * (tilfeller / mottakere) * x", base="tilfeller")
