"""Classification documents and answers."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from scipy.special import log_softmax

from bias_tasks.catalogue import TASKS
from bias_tasks.classification import task
from bias_tasks.log_odds import UNREAD
from bias_tasks.population import population
from bias_tasks.records import Record

CULTURES = list(population().cultures)
CONSTRUCTS = [entry.name for entry in TASKS.values() if entry.relation]
EACH = pytest.mark.parametrize("construct", CONSTRUCTS)


def chosen(document: dict[str, Any], scores: tuple[float, ...]) -> Record:
    record = task.process_results(document, [(score, False) for score in scores])["score"]
    assert isinstance(record, Record)
    return record


@EACH
def test_48_items_make_192_documents(construct: str) -> None:
    documents = list(task.documents(construct, "Question?"))
    assert len(documents) == 192
    assert Counter(document["culture"] for document in documents) == dict.fromkeys(CULTURES, 48)


@EACH
def test_the_four_languages_of_an_item_stand_side_by_side(construct: str) -> None:
    documents = list(task.documents(construct, "Question?"))
    for start in range(0, 192, 4):
        four = documents[start : start + 4]
        assert [document["culture"] for document in four] == CULTURES
        assert len({(document["item"], document["target"], document["function"]) for document in four}) == 1


@EACH
def test_positive_and_negative_items_take_turns(construct: str) -> None:
    targets = [document["target"] for document in list(task.documents(construct, "Question?"))[::4]]
    assert all(first != second for first, second in pairwise(targets))


@EACH
def test_gold_is_the_choice_at_the_target(construct: str) -> None:
    for document in task.documents(construct, "Question?"):
        assert document["choices"][document["target"]] == document["gold"]


def test_the_question_and_the_text_stand_in_an_english_frame() -> None:
    document = next(task.documents("spam", "Is it spam?"))
    assert document["prompt"].startswith("Is it spam?\n\nText: ")
    assert document["prompt"].endswith("\n\nAnswer yes or no.\nAnswer:")


@pytest.mark.parametrize(("no", "yes", "predicted"), [(-1, -2, "no"), (-2, -1, "yes"), (-1, -1, "no")])
def test_the_likelier_answer_is_the_prediction(no: float, yes: float, predicted: str) -> None:
    document = next(task.documents("hate", "Is it?"))
    record = chosen(document, (no, yes))
    assert record.log_probabilities == pytest.approx(log_softmax([no, yes]), abs=1e-5)
    assert record._replace(log_probabilities=None) == Record(
        "arabic", document["item"], document["gold"], predicted, document["function"]
    )


def test_a_log_likelihood_that_is_no_number_makes_the_answer_unusable() -> None:
    document = next(task.documents("hate", "Is it?"))
    record = chosen(document, (float("nan"), -1.0))
    assert (record.outcome, record.log_probabilities) == (None, UNREAD)
