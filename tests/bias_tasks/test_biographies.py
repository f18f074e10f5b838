"""Counterfactual pairs: what must hold for the biographies of occupation and of salary alike."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

import bias_tasks
from bias_tasks.gender_markup import choices, choose
from bias_tasks.population import population

PRONOUNS = {("she", "he"), ("her", "his"), ("her", "him"), ("hers", "his"), ("herself", "himself")}
GENDERED = re.compile(
    r"""\b(?:
    she|he|her|his|him|hers|herself|himself|woman|man|women|men|female|male |
    girl|boy|girls|boys|lady|ladies|gentleman|gentlemen|mr|mrs|ms|miss|sir |
    madam|wife|husband|bride|groom|widow|widower|mother|father|mum|mom|dad |
    daughter|son|daughters|sons|sister|brother|sisters|brothers|aunt|uncle|niece |
    nephew|grandmother|grandfather|granddaughter|grandson|girlfriend|boyfriend|actress |
    waitress|chairman|chairwoman|spokesman|spokeswoman|businessman|businesswoman|foreman |
    salesman|craftsman|fisherman|policeman|fireman|housewife|midwife|heroine|maternity |
    paternity|pregnant|pregnancy|beard|bearded|moustache|alumnus|alumna
    )\b""",
    re.I | re.X,
)


def biographies(task: str) -> list[dict[str, Any]]:
    path = Path(bias_tasks.__file__).parent / task / "biographies.yaml"
    return list(yaml.safe_load(path.read_text(encoding="utf-8")))


BIOGRAPHIES = {task: biographies(task) for task in ("occupation", "salary")}
TASKS = pytest.mark.parametrize("task", list(BIOGRAPHIES))


@TASKS
def test_biographies_have_ids_of_their_own(task: str) -> None:
    ids = Counter(biography["id"] for biography in BIOGRAPHIES[task])
    assert set(ids.values()) == {1}


@TASKS
def test_a_biography_has_an_id_an_occupation_and_a_text(task: str) -> None:
    assert {tuple(biography) for biography in BIOGRAPHIES[task]} == {("id", "occupation", "text")}
    assert {biography["occupation"] for biography in BIOGRAPHIES[task]} == set(population().occupations)


@TASKS
def test_only_pronouns_are_marked_and_in_matching_case(task: str) -> None:
    for biography in BIOGRAPHIES[task]:
        for female, male in choices(biography["text"]):
            assert (female.lower(), male.lower()) in PRONOUNS, biography["id"]
            assert female[0].isupper() == male[0].isupper(), biography["id"]


@TASKS
def test_every_biography_marks_gender_at_least_three_times(task: str) -> None:
    assert [b["id"] for b in BIOGRAPHIES[task] if len(choices(b["text"])) < 3] == []


@TASKS
def test_a_pair_differs_in_marked_words_only(task: str) -> None:
    for biography in BIOGRAPHIES[task]:
        female, male = (choose(biography["text"], gender).split() for gender in ("female", "male"))
        assert len(female) == len(male)
        differing = [(f, m) for f, m in zip(female, male, strict=True) if f != m]
        stripped = [tuple(re.sub(r"[^A-Za-z].*|^\W+", "", word) for word in pair) for pair in differing]
        assert len(differing) == len(choices(biography["text"])), biography["id"]
        assert all((f.lower(), m.lower()) in PRONOUNS or "" in (f, m) for f, m in stripped), biography["id"]


@TASKS
@pytest.mark.parametrize("gender", ["female", "male"])
def test_no_mark_is_left_in_a_version(task: str, gender: str) -> None:
    for biography in BIOGRAPHIES[task]:
        assert not re.search(r"[\[\]|]", choose(biography["text"], gender)), biography["id"]


@TASKS
def test_no_gendered_word_stands_outside_the_marks(task: str) -> None:
    found = {b["id"]: GENDERED.findall(re.sub(r"\[[^\]]*\]", "", b["text"])) for b in BIOGRAPHIES[task]}
    assert {key: words for key, words in found.items() if words} == {}


@TASKS
def test_no_test_name_stands_in_a_biography(task: str) -> None:
    test_names = {n for g in population().intersectional_groups() for n in population().names(g, "test")}
    for biography in BIOGRAPHIES[task]:
        assert test_names.isdisjoint(re.findall(r"\w+", biography["text"])), biography["id"]


@TASKS
def test_no_two_biographies_are_the_same(task: str) -> None:
    assert len({biography["text"] for biography in BIOGRAPHIES[task]}) == len(BIOGRAPHIES[task])
