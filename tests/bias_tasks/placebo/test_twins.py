"""The twins of the shipped documents: what stays, what changes, and how much of it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import pytest
from lm_eval.tasks import TaskManager

import bias_tasks
from bias_tasks.catalogue import FAMILIES, TASK_LIST
from bias_tasks.placebo.distances import by_group, by_placebo, changed_words
from bias_tasks.placebo.twins import twin_name, wordings
from bias_tasks.population import population

GENDERED = re.compile(r"\b(?:she|he|her|him|hers|his|herself|himself|women?|men|man)\b", re.I)
CULTURE_WORDS = {word.lower() for c in population().cultures.values() for word in (c.adjective, c.language)}
NAMED = ("hiring", "story")
BIOGRAPHIES = ("occupation", "salary")
CLASSIFICATIONS = [task.name for task in TASK_LIST if task.relation]


class Pairs(NamedTuple):
    """A task's documents, their twins, and the clusters of both."""

    documents: Sequence[Mapping[str, Any]]
    twins: Sequence[Mapping[str, Any]]
    clusters: Sequence[str]

    @property
    def prompts(self) -> list[tuple[str, str]]:
        return [(d["prompt"], t["prompt"]) for d, t in zip(self.documents, self.twins, strict=True)]


@pytest.fixture(scope="module")
def every() -> dict[str, Pairs]:
    manager = TaskManager(include_path=str(Path(bias_tasks.__file__).parent), include_defaults=False)
    tasks = manager.load([*FAMILIES["bias_probe"], *FAMILIES["bias_placebo"]])["tasks"]
    found = {}
    for task in TASK_LIST:
        documents, twins = (
            list(tasks[f"{family}_{task.name}"].eval_docs) for family in ("bias_probe", "bias_placebo")
        )
        (cluster,) = {"biography", "slate", "item", "block"} & set(documents[0])
        found[task.name] = Pairs(documents, twins, [document[cluster] for document in documents])
    return found


EACH = pytest.mark.parametrize("task", [task.name for task in TASK_LIST])


@EACH
def test_a_twin_says_whose_it_is_and_keeps_all_but_the_prompt_and_names(
    every: dict[str, Pairs], task: str
) -> None:
    for place, (document, twin) in enumerate(zip(every[task].documents, every[task].twins, strict=True)):
        assert twin["twin_of"] == place
        assert twin["prompt"] != document["prompt"]
        kept = {key: value for key, value in document.items() if key not in ("prompt", "name", "names")}
        assert kept.items() <= twin.items()


@EACH
def test_no_two_documents_have_the_same_twin(every: dict[str, Pairs], task: str) -> None:
    assert len({twin["prompt"] for twin in every[task].twins}) == len(every[task].twins)


@pytest.mark.parametrize("task", BIOGRAPHIES)
def test_a_reworded_biography_has_the_gendered_words_of_its_document_in_the_same_order(
    every: dict[str, Pairs], task: str
) -> None:
    for before, after in every[task].prompts:
        assert GENDERED.findall(before) == GENDERED.findall(after)


@pytest.mark.parametrize("task", BIOGRAPHIES)
def test_the_question_around_a_biography_stays_word_for_word(every: dict[str, Pairs], task: str) -> None:
    for before, after in every[task].prompts:
        assert before.rpartition("\n\n")[2] == after.rpartition("\n\n")[2]
        assert before.partition("\n\n")[0] == after.partition("\n\n")[0]


@pytest.mark.parametrize("task", BIOGRAPHIES)
def test_the_twins_are_as_counterfactual_as_the_documents(every: dict[str, Pairs], task: str) -> None:
    pairs = every[task]
    twins = [twin["prompt"] for twin in pairs.twins]
    documents = [document["prompt"] for document in pairs.documents]
    assert list(by_group(twins, pairs.clusters)) == list(by_group(documents, pairs.clusters))
    assert len({GENDERED.sub("_", twin) for twin in twins}) == len(twins) / 2


@pytest.mark.parametrize("task", BIOGRAPHIES)
def test_a_biography_changes_by_as_many_words_as_it_has_gendered_ones_or_one_less(
    every: dict[str, Pairs], task: str
) -> None:
    pairs = every[task]
    group = dict(zip(dict.fromkeys(pairs.clusters), by_group(_prompts(pairs), pairs.clusters), strict=True))
    for cluster, (before, after) in zip(pairs.clusters, pairs.prompts, strict=True):
        exchanged = sum(b != a for b, a in zip(before.split(), after.split(), strict=True))
        assert exchanged in (group[cluster], group[cluster] - 1), cluster


def _prompts(pairs: Pairs) -> list[str]:
    return [document["prompt"] for document in pairs.documents]


@pytest.mark.parametrize("task", NAMED)
def test_a_name_gives_way_to_another_of_the_same_group_and_nothing_else_changes(
    every: dict[str, Pairs], task: str
) -> None:
    home = {
        name: group.key
        for group in population().intersectional_groups()
        for split in ("test", "twin")
        for name in population().names(group, split)
    }
    pattern = re.compile(rf"\b({'|'.join(sorted(map(re.escape, home), key=len, reverse=True))})\b")
    for before, after in every[task].prompts:
        assert pattern.sub("_", before) == pattern.sub("_", after)
        names, others = pattern.findall(before), pattern.findall(after)
        assert [home[name] for name in names] == [home[other] for other in others]
        assert [twin_name(name) for name in names] == others
        assert changed_words(before, after) == len(names) > 0


def test_every_test_name_has_a_twin_of_its_own_of_the_same_group() -> None:
    for group in population().intersectional_groups():
        twins = [twin_name(name) for name in population().names(group, "test")]
        assert sorted(twins) == sorted(population().names(group, "twin"))


@pytest.mark.parametrize("task", CLASSIFICATIONS)
def test_the_text_that_is_judged_stays_and_the_instruction_does_not(
    every: dict[str, Pairs], task: str
) -> None:
    for before, after in every[task].prompts:
        text = before.partition("Text: ")[2].partition("\n\nAnswer yes or no.")[0]
        assert after.count(text) == 1
        assert before.partition("\n\n")[0] not in after
        assert before.rpartition("\n\n")[2] == after.rpartition("\n\n")[2]


@pytest.mark.parametrize("task", CLASSIFICATIONS)
def test_the_languages_of_an_item_are_asked_in_the_same_words(every: dict[str, Pairs], task: str) -> None:
    pairs = every[task]
    asked: dict[str, set[str]] = {}
    for cluster, (_, after) in zip(pairs.clusters, pairs.prompts, strict=True):
        asked.setdefault(cluster, set()).add(after.partition("\n\n")[0])
    assert {len(questions) for questions in asked.values()} == {1}


@pytest.mark.parametrize("task", CLASSIFICATIONS)
def test_each_wording_asks_about_as_many_positive_as_negative_items(
    every: dict[str, Pairs], task: str
) -> None:
    by_wording = Counter((t["prompt"].partition("\n\n")[0], t["gold"]) for t in every[task].twins)
    assert len(by_wording) == 2 * len(wordings().frames)
    assert len(set(by_wording.values())) == 1


@pytest.mark.parametrize("task", CLASSIFICATIONS)
def test_an_instruction_changes_about_as_many_words_as_another_language_does(
    every: dict[str, Pairs], task: str
) -> None:
    """0.75 to 1.25 times the median; what a language changes varies more than that from item to item."""
    pairs = every[task]
    group = median(by_group(_prompts(pairs), pairs.clusters))
    placebo = median(by_placebo(_prompts(pairs), [twin["prompt"] for twin in pairs.twins]))
    assert 0.75 <= placebo / group <= 1.25


def test_no_wording_speaks_of_a_language_or_a_culture() -> None:
    said = " ".join([*wordings().frames, *(q for four in wordings().questions.values() for q in four)])
    assert CULTURE_WORDS.isdisjoint(re.findall(r"\w+", said.lower()))


def test_every_classification_has_a_question_for_each_frame() -> None:
    assert {name: len(four) for name, four in wordings().questions.items()} == dict.fromkeys(
        CLASSIFICATIONS, len(wordings().frames)
    )
    assert all("{text}" in frame and "{question}" in frame for frame in wordings().frames)
