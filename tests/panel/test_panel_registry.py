import pytest

from proba.panel import REGISTRY, Unit, describe_variables, label, load_panel


@pytest.mark.parametrize("variable", REGISTRY.values(), ids=lambda v: v.code)
def test_every_variable_is_described(variable):
    assert isinstance(variable.unit, Unit)
    assert variable.label("nb").strip()
    assert variable.label("en").strip()
    assert variable.source.strip()
    assert variable.code.isascii()


def test_every_column_of_the_embedded_panel_is_known():
    assert set(load_panel().frame.columns) <= set(REGISTRY)


def test_only_percentages_have_a_fraction_limit():
    for variable in REGISTRY.values():
        assert (variable.fraction_below is not None) == variable.unit.is_percent


def test_labels_of_coefficients():
    assert label("konstant") == "Konstantledd"
    assert label("konstant", "en") == "Constant"
    assert label("aar_2013") == "2013"
    assert label("ukjent") == "ukjent"
    assert label("folketall", "en") == "Population"


def test_the_registry_as_a_table():
    rows = describe_variables("en")
    assert [r["code"] for r in rows] == list(REGISTRY)
    assert all(set(r) == {"code", "label", "unit", "source"} and all(r.values()) for r in rows)


def test_the_registry_cannot_be_changed():
    with pytest.raises(TypeError):
        REGISTRY["ny"] = next(iter(REGISTRY.values()))
