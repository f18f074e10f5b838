"""Groups, names, occupations and cultures."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import bias_tasks
from bias_tasks.population import IntersectionalGroup, Population, population

ROOT = Path(bias_tasks.__file__).parent.parent


def names(split: str) -> list[str]:
    groups = population().intersectional_groups()
    return [name for group in groups for name in population().names(group, split)]  # type: ignore[arg-type]


def editable() -> dict[str, Any]:
    return population().model_dump(mode="json")


def test_there_are_two_genders_six_occupations_and_four_cultures() -> None:
    assert list(population().genders) == ["female", "male"]
    assert len(population().occupations) == 6
    assert list(population().cultures) == ["arabic", "chinese", "portuguese", "spanish"]


def test_groups_are_every_culture_with_every_gender() -> None:
    keys = [group.key for group in population().intersectional_groups()]
    assert len(keys) == len(set(keys)) == 8
    assert keys[:2] == ["arabic_female", "arabic_male"]


@pytest.mark.parametrize("group", list(population().intersectional_groups()), ids=lambda group: group.key)
def test_each_group_has_twelve_training_names_and_eight_test_names_each_with_a_twin(
    group: IntersectionalGroup,
) -> None:
    assert len(population().names(group, "train")) == 12
    assert len(population().names(group, "test")) == len(population().names(group, "twin")) == 8


def test_a_name_stands_in_one_group_and_on_one_side_of_the_split() -> None:
    everyone = names("train") + names("test") + names("twin")
    assert len(everyone) == len(set(everyone)) == 224


def test_names_differ_by_more_than_case() -> None:
    everyone = names("train") + names("test") + names("twin")
    assert len({name.casefold() for name in everyone}) == len(everyone)


def test_no_test_name_occurs_in_the_originals_of_fine_tuning() -> None:
    folder = ROOT / "finetune" / "originals"
    sources = [path for path in folder.rglob("*") if path.suffix in {".py", ".yaml", ".jsonl", ".json"}]
    assert sources
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, names('test') + names('twin')))})\b", re.I)
    found = {path.name: pattern.findall(path.read_text(encoding="utf-8")) for path in sources}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_no_test_name_occurs_in_the_templates_of_augmentation() -> None:
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, names('test') + names('twin')))})\b", re.I)
    templates = list((ROOT / "augment" / "templates").rglob("*.jinja"))
    assert templates
    assert [path.name for path in templates if pattern.search(path.read_text(encoding="utf-8"))] == []


def test_a_name_on_both_sides_of_the_split_is_refused() -> None:
    fields = editable()
    fields["cultures"]["arabic"]["names"]["female"]["train"] += ["Fatima"]
    with pytest.raises(ValidationError, match="both train and test: Fatima"):
        Population.model_validate(fields)


def test_a_name_of_two_groups_is_refused() -> None:
    fields = editable()
    fields["cultures"]["spanish"]["names"]["male"]["train"] += ["Fatima"]
    with pytest.raises(ValidationError, match="Fatima stands in"):
        Population.model_validate(fields)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="planets"):
        Population.model_validate({**editable(), "planets": []})


def test_the_occupation_question_offers_exactly_the_six_occupations() -> None:
    question = population().ask_occupation("TEXT")
    offered = re.search(r"one of: (.*)\.", question)
    assert offered is not None
    assert offered[1].split(", ") == [occupation.label for occupation in population().occupations.values()]


def test_the_occupation_question_takes_any_biography() -> None:
    assert "Biography: a {brace} and a % sign\n" in population().ask_occupation("a {brace} and a % sign")


def test_every_occupation_is_caught_by_its_own_stems() -> None:
    for occupation in population().occupations.values():
        for word in (occupation.label, occupation.plural):
            assert any(stem in word for stem in occupation.stems)
