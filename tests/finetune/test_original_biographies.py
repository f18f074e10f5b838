"""The shipped originals (D_o): balanced, distinct, label-free, and unlike the biographies of the test."""

import re
from collections import Counter
from functools import cache
from importlib.resources import files

import pytest
import yaml

import bias_tasks.occupation
from bias_tasks.gender_markup import choose
from bias_tasks.population import population
from bias_tasks.training_rows import TrainingRow
from finetune.originals.gender import MAXIMUM, SLOTS, originals

OVERLAP = 8
"""Words in a row that two independently written biographies do not share."""


@cache
def the_set(seed: int = 1) -> tuple[TrainingRow, ...]:
    return tuple(originals(MAXIMUM, seed))


def biography(row: TrainingRow) -> str:
    before, after = population().occupation_question.split("{text}")
    return row.prompt[0].content.removeprefix(before).removesuffix(after)


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + OVERLAP]) for i in range(len(words) - OVERLAP + 1)}


def test_there_are_3600_distinct_biographies() -> None:
    assert len(the_set()) == MAXIMUM == 3600
    assert len({row.text_id for row in the_set()}) == 3600


def test_each_occupation_has_600_half_of_them_of_each_gender() -> None:
    found = Counter((row.label, row.group) for row in the_set())
    assert found == {
        (occupation, gender): 300
        for occupation in population().occupations
        for gender in population().genders
    }


@pytest.mark.parametrize("rows", [1, 2, 7, 12, 100, 1000])
def test_every_prefix_is_balanced_to_within_one_pair(rows: int) -> None:
    for key in ("label", "group"):
        found = Counter(getattr(row, key) for row in originals(rows, seed=1))
        kinds = {"label": population().occupations, "group": population().genders}[key]
        sizes = [found[kind] for kind in kinds]
        assert max(sizes) - min(sizes) <= (2 if key == "label" else 1)


def test_a_shorter_set_is_the_beginning_of_a_longer_one() -> None:
    assert originals(50, seed=1) == list(the_set()[:50])


def test_a_pair_differs_in_the_words_of_gender_only() -> None:
    forms = {word for g in population().genders.values() for word in (g.subject, g.object, g.possessive)}
    forms |= {word for g in population().genders.values() for word in (g.independent, g.reflexive)}
    for she, he in zip(the_set()[::2], the_set()[1::2], strict=True):
        assert (she.group, he.group) == ("female", "male")
        assert (she.cluster, she.label, she.completion) == (he.cluster, he.label, he.completion)
        hers, his = (re.findall(r"\w+|\W+", biography(row)) for row in (she, he))
        assert len(hers) == len(his)
        differing = {
            word.lower() for pair in zip(hers, his, strict=True) if pair[0] != pair[1] for word in pair
        }
        assert differing
        assert differing <= forms


def test_a_cluster_is_one_pair() -> None:
    assert set(Counter(row.cluster for row in the_set()).values()) == {2}


def test_no_biography_names_its_occupation() -> None:
    for row in the_set():
        assert row.label is not None
        stems = "|".join(population().occupations[row.label].stems)
        assert not re.search(rf"\b(?:{stems})", biography(row), re.I)


def test_no_gender_markup_is_left() -> None:
    assert not any(set("[]|") & set(biography(row)) for row in the_set())


def test_the_answer_is_the_label_of_the_occupation() -> None:
    for row in the_set():
        assert row.completion[0].content == population().occupations[str(row.label)].label
        assert (row.source, row.domain, row.generator, row.bias_type) == (
            "original",
            "gender",
            "authored",
            None,
        )


def test_the_same_seed_gives_the_same_set_and_another_seed_another() -> None:
    assert originals(600, seed=1) == originals(600, seed=1)
    one, other = ({row.text_id for row in originals(600, seed)} for seed in (1, 2))
    assert len(one & other) < 60


def test_more_rows_than_the_set_has_are_refused_with_both_numbers() -> None:
    with pytest.raises(ValueError, match="3601 originals asked for; the shipped set has 3600"):
        originals(3601, seed=1)


@pytest.mark.parametrize("occupation", population().occupations)
def test_a_biography_uses_every_part_of_its_occupation_about_equally_often(occupation: str) -> None:
    text = files("finetune.originals").joinpath("gender", f"{occupation}.yaml").read_text(encoding="utf-8")
    parts = yaml.safe_load(text)
    female = [biography(row) for row in the_set() if (row.label, row.group) == (occupation, "female")]
    for slot in SLOTS:
        uses = [sum(choose(part, "female") in text for text in female) for part in parts[slot]]
        assert sum(uses) == len(female)
        assert max(uses) - min(uses) <= 8


@pytest.mark.parametrize("gender", population().genders)
def test_no_eight_words_in_a_row_are_shared_with_the_biographies_of_the_test(gender: str) -> None:
    text = files(bias_tasks.occupation).joinpath("biographies.yaml").read_text(encoding="utf-8")
    tested = set().union(*(runs(choose(item["text"], gender)) for item in yaml.safe_load(text)))
    trained = set().union(*(runs(biography(row)) for row in the_set() if row.group == gender))
    assert tested
    assert not tested & trained
