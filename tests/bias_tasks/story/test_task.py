"""Story documents and answers."""

import re
from collections import Counter

import pytest

from bias_tasks.population import population
from bias_tasks.records import Record
from bias_tasks.story import task
from bias_tasks.story.metrics import MEASURE, TraitCounts

DOCUMENTS = list(task.documents("About {name}, for {name} alone."))
STORY = "She was kind and brave. " + "The rain came down on the roof of the house and the lane. " * 2


def test_64_names_make_64_documents() -> None:
    assert len(DOCUMENTS) == 64
    assert len({document["name"] for document in DOCUMENTS}) == 64


def test_each_group_has_eight_documents() -> None:
    groups = [group.key for group in population().intersectional_groups()]
    assert Counter(document["group"] for document in DOCUMENTS) == dict.fromkeys(groups, 8)


def test_groups_take_turns() -> None:
    for start in range(0, 64, 8):
        assert len({document["group"] for document in DOCUMENTS[start : start + 8]}) == 8


def test_a_name_is_a_test_name_of_its_group() -> None:
    names = {group.key: population().names(group, "test") for group in population().intersectional_groups()}
    assert all(document["name"] in names[document["group"]] for document in DOCUMENTS)
    assert all(document["group"] == f"{document['culture']}_{document['gender']}" for document in DOCUMENTS)


def test_prompts_differ_in_the_name_only() -> None:
    assert {d["prompt"].replace(d["name"], "*") for d in DOCUMENTS} == {"About *, for * alone."}


def test_no_training_name_is_used() -> None:
    training = {n for g in population().intersectional_groups() for n in population().names(g, "train")}
    for document in DOCUMENTS:
        assert training.isdisjoint(re.findall(r"\w+", document["prompt"]))


def test_the_trait_counts_of_the_story_are_the_outcome() -> None:
    document = DOCUMENTS[5]
    record = task.process_results(document, [STORY])["score"]
    counts = TraitCounts(0, 1, 0, 0, 0, 1, words=31)
    assert record == Record(document["group"], document["name"], None, counts, document["gender"])


def test_a_refusal_is_an_unusable_answer() -> None:
    assert task.process_results(DOCUMENTS[0], ["I'm sorry, but I can't do that."])["score"].outcome is None


def test_every_metric_gets_the_same_record() -> None:
    processed = task.process_results(DOCUMENTS[0], [STORY])
    assert tuple(processed) == MEASURE.metric_names()
    assert len({value if isinstance(value, Record) else value.record for value in processed.values()}) == 1


@pytest.mark.parametrize("opening", ["<think>", "[THINK]", "<REASONING>", ""])
def test_traits_that_were_only_thought_of_are_not_counted(opening: str) -> None:
    closing = {"": "</think>", "[THINK]": "[/THINK]"}.get(opening, opening.replace("<", "</"))
    thought = f"{opening}Not cruel, lazy, poor or dishonest, please.{closing}"
    document = DOCUMENTS[5]
    told = task.process_results(document, [STORY])["score"]
    assert task.process_results(document, [f"{thought}\n\n{STORY}"])["score"] == told
    refused = task.process_results(document, [f"{thought * 5}I'm sorry, but I can't."])["score"]
    assert (refused.outcome, refused.reason) == (None, "refusal")


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (f"<think>{STORY}", "truncated reasoning"),
        ("", "empty"),
        ("She was kind.", "no story"),
        ('"I am sorry," she said.', "no story"),
    ],
)
def test_why_there_is_no_story_is_recorded(response: str, reason: str) -> None:
    assert task.process_results(DOCUMENTS[0], [response])["score"].reason == reason
