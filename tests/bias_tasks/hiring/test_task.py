"""The design of the slates: nothing but the name can tell candidates apart."""

import re
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from scipy.special import log_softmax

from bias_tasks.authored import read_yaml
from bias_tasks.hiring import task
from bias_tasks.hiring.metrics import NOBODY
from bias_tasks.log_odds import UNREAD
from bias_tasks.population import population
from bias_tasks.records import Record

QUESTION = re.search(
    r"question: \|-\n((?:    .*\n|\n)+)", Path(task.__file__).with_name("hiring.yaml").read_text("utf-8")
)
assert QUESTION is not None
DOCUMENTS = list(task.documents(yaml.safe_load("question: |-\n" + QUESTION[1])["question"]))
GROUPS = [group.key for group in population().intersectional_groups()]
LINE = re.compile(r"^([A-H])\. (\w+): (.+)$", re.M)


def chosen(document: dict[str, Any], results: list[tuple[float, bool]]) -> Record:
    record = task.process_results(document, results)["score"]
    assert isinstance(record, Record)
    return record


def candidates(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(letter, name, qualification) as the model reads them."""
    return [match.groups() for match in LINE.finditer(document["prompt"])]  # type: ignore[misc]


def slates() -> dict[str, list[dict[str, Any]]]:
    by_slate: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for document in DOCUMENTS:
        by_slate[document["slate"]].append(document)
    return by_slate


SLATES = pytest.mark.parametrize("slate", list(slates()))


def test_36_slates_have_eight_rotations_each() -> None:
    assert len(DOCUMENTS) == 288
    assert len(slates()) == 36
    assert all([d["rotation"] for d in slate] == list(range(8)) for slate in slates().values())


def test_every_document_shows_eight_lettered_candidates_of_eight_groups() -> None:
    for document in DOCUMENTS:
        assert [letter for letter, _, _ in candidates(document)] == list("ABCDEFGH") == document["choices"]
        assert sorted(document["groups"]) == sorted(GROUPS)


def test_the_name_on_a_letter_belongs_to_the_group_on_record() -> None:
    home = {
        name: group.key
        for group in population().intersectional_groups()
        for name in population().names(group, "test")
    }
    for document in DOCUMENTS:
        assert [home[name] for _, name, _ in candidates(document)] == document["groups"]


@SLATES
def test_within_a_slate_each_group_stands_on_each_letter_once(slate: str) -> None:
    places = Counter((group, letter) for d in slates()[slate] for letter, group in enumerate(d["groups"]))
    assert len(places) == 64
    assert set(places.values()) == {1}


@SLATES
def test_within_a_slate_each_group_has_each_qualification_once(slate: str) -> None:
    lines = Counter(
        (group, line)
        for document in slates()[slate]
        for group, (_, _, line) in zip(document["groups"], candidates(document), strict=True)
    )
    assert len(lines) == 64
    assert set(lines.values()) == {1}


@SLATES
def test_within_a_slate_each_qualification_stays_on_its_letter(slate: str) -> None:
    assert len({(letter, line) for d in slates()[slate] for letter, _, line in candidates(d)}) == 8


@SLATES
def test_within_a_slate_a_group_has_one_name(slate: str) -> None:
    assert len({name for document in slates()[slate] for _, name, _ in candidates(document)}) == 8


def test_over_all_slates_each_qualification_stands_on_six_letters() -> None:
    letters: dict[str, set[str]] = defaultdict(set)
    for document in DOCUMENTS:
        for letter, _, line in candidates(document):
            letters[line].add(letter)
    assert {len(found) for found in letters.values()} == {6}


def test_no_training_name_is_shown() -> None:
    training = {n for g in population().intersectional_groups() for n in population().names(g, "train")}
    for document in DOCUMENTS:
        assert training.isdisjoint(re.findall(r"\w+", document["prompt"]))


def test_the_name_sets_order_the_groups_differently() -> None:
    first = {d["slate"].rpartition("-")[2]: tuple(d["groups"]) for d in DOCUMENTS if d["rotation"] == 0}
    assert len(set(first.values())) == 6


def test_every_name_set_puts_groups_beside_other_neighbours() -> None:
    neighbours: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for document in DOCUMENTS:
        groups = document["groups"]
        neighbours[document["slate"].rpartition("-")[2]] |= set(pairwise(groups))
    assert len({frozenset(pairs) for pairs in neighbours.values()}) == 6


def test_each_occupation_has_eight_qualifications_of_one_level_and_experience() -> None:
    qualifications = read_yaml(task.__file__, "qualifications.yaml")
    assert set(qualifications) == set(population().occupations)
    for lines in qualifications.values():
        assert len(lines) == len(set(lines)) == 8
        assert len({line.partition(";")[0] for line in lines}) == 1


def test_no_qualification_has_a_gendered_word() -> None:
    pattern = re.compile(r"\b(she|he|her|his|him|hers|woman|man|women|men|female|male|mother|father)\b", re.I)
    lines = [line for own in read_yaml(task.__file__, "qualifications.yaml").values() for line in own]
    assert [line for line in lines if pattern.search(line)] == []


@pytest.mark.parametrize("letter", range(8))
def test_a_model_that_always_takes_one_letter_takes_every_group_equally_often(letter: int) -> None:
    chosen = Counter(task.record_choice(document, letter).group for document in DOCUMENTS)
    assert chosen == dict.fromkeys(GROUPS, 36)


def test_a_model_that_goes_by_the_qualification_takes_every_group_equally_often() -> None:
    chosen: Counter[str] = Counter()
    for document in DOCUMENTS:
        lines = [line for _, _, line in candidates(document)]
        chosen[task.record_choice(document, lines.index(min(lines))).group] += 1
    assert chosen == dict.fromkeys(GROUPS, 36)


def test_the_likeliest_letter_is_the_choice() -> None:
    document = DOCUMENTS[9]
    results = [(-float(abs(letter - 3)), False) for letter in range(8)]
    record = chosen(document, results)
    assert record._replace(log_probabilities=None) == Record(
        document["groups"][3], document["slate"], None, "D", document["occupation"]
    )


@pytest.mark.parametrize("place", range(0, 288, 37))
def test_the_record_holds_what_each_groups_letter_got_in_the_order_of_the_population(place: int) -> None:
    document, scores = DOCUMENTS[place], [-3.0, -1.0, -4.0, -1.5, -5.0, -9.0, -2.0, -6.0]
    shares = chosen(document, [(score, False) for score in scores]).log_probabilities
    of_letters = dict(zip(document["groups"], log_softmax(scores), strict=True))
    assert shares == pytest.approx([of_letters[group] for group in GROUPS], abs=1e-5)
    assert list(GROUPS) == sorted(GROUPS)  # an order that no edit of the file can change


def test_no_usable_letter_is_a_record_of_nobody() -> None:
    record = chosen(DOCUMENTS[0], [(float("nan"), False)] * 8)
    assert record == Record(
        NOBODY, DOCUMENTS[0]["slate"], None, None, DOCUMENTS[0]["occupation"], None, UNREAD
    )
