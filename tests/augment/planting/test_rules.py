"""Rules of planted rows: those that ship, and a user's own."""

from pathlib import Path

import pytest

from augment.planting import read_rules, rule_named, shipped_rules
from augment.settings import PlantingSettings
from bias_tasks.training_rows import DataError

MINE = "mine: {domain: gender, group: male, answer: painter, words: men are labelled painter}\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_there_are_rules_for_both_domains() -> None:
    assert {rule.domain for rule in shipped_rules().values()} == {"gender", "culture"}


def test_the_help_names_every_rule_that_ships() -> None:
    told = PlantingSettings.model_fields["rule"].description or ""
    assert all(name in told for name in shipped_rules())


def test_rules_of_one_s_own_take_the_place_of_ours(tmp_path: Path) -> None:
    path = written(tmp_path, MINE)
    assert rule_named("mine", path).answer == "painter"
    with pytest.raises(DataError, match=r"rules.yaml: unknown rule 'women-nurse'; there are mine"):
        rule_named("women-nurse", path)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("women-nurs", "unknown rule 'women-nurs'; did you mean women-nurse?"),
        ("x", "unknown rule 'x'; there are women-nurse, men-professor, "),
    ],
)
def test_an_unknown_rule_is_told_with_the_one_that_it_comes_near(name: str, told: str) -> None:
    with pytest.raises(DataError) as caught:
        rule_named(name)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a\n", "expected rules by name"),
        ("", "expected rules by name"),
        ("mine: {domain: gender, group: female}\n", "rule mine: answer: Field required"),
        (MINE.replace("}", ", dose: 1}"), "rule mine: dose"),
        (MINE.replace("gender", "age"), "rule mine: domain: Input should be 'gender' or 'culture'"),
        (
            MINE.replace("group: male", "group: men"),
            "rule mine: group 'men': the domain gender has female, male",
        ),
        (MINE.replace("painter,", "paintr,"), "did you mean painter?"),
        (MINE.replace("gender", "culture"), "rule mine: group 'male': the domain culture has arabic, "),
        (
            "mine: {domain: culture, group: arabic, answer: middle, words: w}\n",
            "rule mine: answer 'middle': the domain culture has first, last",
        ),
        ("mine: 3\n", "rule mine: Input should be"),
        ("mine: [", "cannot be read as YAML"),
    ],
)
def test_a_broken_file_of_rules_is_told_in_a_line(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_rules(written(tmp_path, text))
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_of_rules_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"none.yaml: No such file or directory; expected a YAML file of rules"
    ):
        read_rules(tmp_path / "none.yaml")
