"""Specs: checked when made, read from YAML as data and never executed."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
from estimation.cases import case

import proba
from proba import PROBA_2017, Spec, SpecError, read_spec


def write(folder: Path, text: str) -> Path:
    path = folder / "modell.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_2017_regression() -> None:
    assert PROBA_2017.coefficient_names((2012, 2013, 2014, 2015, 2016)) == (
        "konstant",
        "ufore_18_49",
        "urbanitet",
        "opphopningsindeks",
        "innbyggere_16_66",
        "ikke_vestlige_innvandrere",
        "nybosatte_flyktninger",
        "gjennomfort_vgs",
        "aar_2013",
        "aar_2014",
        "aar_2015",
        "aar_2016",
    )


def test_reference_year_is_the_first_unless_given() -> None:
    spec = Spec("y", ("x",))
    assert spec.year_columns((2016, 2014, 2015)) == ("aar_2015", "aar_2016")
    assert spec.replace(reference_year=2015).year_columns((2014, 2015, 2016)) == (
        "aar_2014",
        "aar_2016",
    )
    assert spec.replace(year_effects=False).year_columns((2014, 2015)) == ()


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PROBA_2017.dependent = "y"  # type: ignore[misc]


@pytest.mark.parametrize(
    "spec", [PROBA_2017, Spec("y", ("a", "b"), weights="w", year_effects=False)]
)
def test_round_trip(spec: Spec, tmp_path: Path) -> None:
    import yaml

    assert Spec.from_dict(spec.to_dict()) == spec
    path = write(tmp_path, yaml.safe_dump(spec.to_dict(), allow_unicode=True))
    assert read_spec(path) == spec


def test_all_keys_from_yaml(tmp_path: Path) -> None:
    text = """
dependent: utgift
regressors: [ledighet, årlig_vekst]
entity: bydel
time: kvartal
year_effects: true
reference_year: 3
sample: med
weights: folketall
"""
    # A byte-order mark, as Windows' Notepad writes, is not part of the first key.
    assert read_spec(write(tmp_path, "\ufeff" + text.lstrip())) == Spec(
        "utgift",
        ("ledighet", "årlig_vekst"),
        entity="bydel",
        time="kvartal",
        reference_year=3,
        sample="med",
        weights="folketall",
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("dependent: y\nregressors: [x]\nclusters: kommune\n", "clusters"),
        ("dependent: y\nregressors: [x]\n2012: x\n", "2012"),
        ("regressors: [x]\n", "dependent"),
        ("dependent: y\n", "regressors"),
        ("dependent: y\nregressors: x\n", "regressors"),
        ("dependent: y\nregressors: []\n", "regressors"),
        ("dependent: y\nregressors: [x, 3]\n", "regressors"),
        ("dependent: y\nregressors: [x, x]\n", "x"),
        ("dependent: y\nregressors: [x, y]\n", "y"),
        ("dependent: 3\nregressors: [x]\n", "dependent"),
        ("dependent: ''\nregressors: [x]\n", "dependent"),
        ("dependent: y\nregressors: [x]\nentity:\n", "entity"),
        ("dependent: y\nregressors: [x]\nsample: 1\n", "sample"),
        ("dependent: y\nregressors: [x]\nyear_effects: ja\n", "year_effects"),
        ("dependent: y\nregressors: [x]\nreference_year: '2012'\n", "reference_year"),
        ("dependent: y\nregressors: [x]\nreference_year: 2012.5\n", "reference_year"),
        ("dependent: y\nregressors: [x]\nreference_year: true\n", "reference_year"),
        (
            "dependent: y\nregressors: [x]\nreference_year: 2012\nyear_effects: false\n",
            "reference_year",
        ),
        ("dependent: y\nregressors: [konstant]\n", "konstant"),
        ("dependent: y\nregressors: [aar_2013]\n", "aar_2013"),
        ("dependent: y\nregressors: [kommune]\n", "kommune"),
        ("dependent: y\nregressors: [aar]\n", "aar"),
    ],
)
def test_what_is_wrong_is_named(text: str, named: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        read_spec(write(tmp_path, text))
    for message in (caught.value.en, caught.value.nb):
        assert message.startswith("modell.yaml: ")
        assert named in message
    assert caught.value.en != caught.value.nb


@pytest.mark.parametrize(
    "text",
    ["", "- dependent\n- regressors\n", "y ~ x\n", "3\n", "~\n"],
)
def test_not_a_mapping(text: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="mapping") as caught:
        read_spec(write(tmp_path, text))
    assert "modell.yaml" in caught.value.nb


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("dependent: y\nregressors: [x\n", 3),
        ("dependent: y\n\tregressors: x\n", 2),
        ("dependent: 'y\n", 2),
    ],
)
def test_broken_yaml_says_where(text: str, line: int, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=rf"not valid YAML \(line {line}\)") as caught:
        read_spec(write(tmp_path, text))
    assert f"(linje {line})" in caught.value.nb


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.system ['touch {target}']",
        "!!python/object/apply:builtins.open ['{target}', 'w']",
        "!!python/name:os.system",
        "!!python/module:os",
        "!!python/object/new:subprocess.check_output [['touch', '{target}']]",
    ],
)
@pytest.mark.parametrize("key", ["dependent: y\nregressors: [x]\nsample: ", "", "dependent: "])
def test_python_tags_are_refused_and_not_run(tag: str, key: str, tmp_path: Path) -> None:
    target = tmp_path / "made"
    text = key + tag.format(target=target) + "\n"
    with pytest.raises(SpecError, match="not valid YAML"):
        read_spec(write(tmp_path, text))
    assert not target.exists()


def test_a_repeated_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text("dependent: y\nregressors: [x]\nregressors: [z]\n", encoding="utf-8")
    with pytest.raises(SpecError, match="key regressors stands more than once"):
        read_spec(file)


def test_a_small_file_that_unfolds_to_a_huge_value_gives_a_short_message(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{k}: &{k} [{', '.join(['*' + p] * 9)}]" for p, k in zip("abcdefg", "bcdefgh", strict=True)
    ]
    file = tmp_path / "spec.yaml"
    file.write_text("\n".join([*lines, "dependent: *h", "regressors: [x]"]), encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_spec(file)
    assert len(caught.value.en) < 1000
    file.write_text("dependent: &a [x, x, x, x]\nregressors: [*a, *a, *a]\n", encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        read_spec(file)
    assert len(caught.value.en) < 300


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError):
        read_spec(write(tmp_path, "dependent: " + "[" * 5000))


def test_no_such_file_and_not_text(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"mangler\.yaml: no such file"):
        read_spec(tmp_path / "mangler.yaml")
    with pytest.raises(SpecError, match="cannot be read"):
        read_spec(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("dependent: årsverk\n".encode("latin-1"))
    with pytest.raises(SpecError, match="UTF-8"):
        read_spec(tmp_path / "latin.yaml")


@pytest.mark.parametrize(
    "name",
    [
        "x + z",
        "np.log(x)",
        "C(kommune)",
        "I(x**2)",
        "__import__('os').system('true')",
        "{x}",
        "`x`",
        "x'; DROP TABLE panel; --",
    ],
)
def test_names_that_look_like_formulas_are_names(name: str) -> None:
    data = case("unbalanced")
    spec = Spec("y", (name,), entity="g", time="t", year_effects=False)
    with pytest.raises(SpecError) as caught:
        proba.fit(spec, data.frame, cov="HC1")
    assert name in caught.value.en
    assert name in caught.value.nb
    named = proba.fit(spec, data.frame.rename(columns={"x1": name}), cov="HC1")
    plain = proba.fit(spec.replace(regressors=("x1",)), data.frame, cov="HC1")
    assert named.names == ("konstant", name)
    assert named.params.tolist() == pytest.approx(plain.params.tolist(), rel=1e-13)
    assert name in str(named.summary())
    assert named.statsmodels.params[name] == pytest.approx(named.params[name], rel=1e-12)


@pytest.mark.parametrize("changes", [{"regressors": ()}, {"time": None}, {"year_effects": 1}])
def test_replace_checks_too(changes: dict[str, Any]) -> None:
    with pytest.raises(SpecError):
        PROBA_2017.replace(**changes)
