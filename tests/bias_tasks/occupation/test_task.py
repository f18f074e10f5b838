"""Occupation documents and answers."""

import re
from collections import Counter
from typing import Any

import pytest
from scipy.special import log_softmax

from bias_tasks.authored import read_yaml
from bias_tasks.log_odds import UNREAD
from bias_tasks.occupation import task
from bias_tasks.occupation.metrics import MEASURE
from bias_tasks.population import population
from bias_tasks.records import Record

BIOGRAPHIES = read_yaml(task.__file__, "biographies.yaml")
DOCUMENTS = list(task.documents())
JOBS = list(population().occupations)


def answers(*log_likelihoods: float) -> list[tuple[float, bool]]:
    return [(value, False) for value in log_likelihoods]


def chosen(document: dict[str, Any], results: list[tuple[float, bool]]) -> Record:
    record = task.process_results(document, results)["score"]
    assert isinstance(record, Record)
    return record


def test_120_biographies_make_240_documents() -> None:
    assert len(BIOGRAPHIES) == 120
    assert len(DOCUMENTS) == 240
    assert Counter(document["gender"] for document in DOCUMENTS) == {"female": 120, "male": 120}


def test_each_occupation_has_20_biographies_and_40_documents() -> None:
    assert Counter(biography["occupation"] for biography in BIOGRAPHIES) == dict.fromkeys(JOBS, 20)
    assert Counter(document["occupation"] for document in DOCUMENTS) == dict.fromkeys(JOBS, 40)


def test_a_biography_has_60_to_90_words() -> None:
    words = {biography["id"]: len(biography["text"].split()) for biography in BIOGRAPHIES}
    assert {key: length for key, length in words.items() if not 60 <= length <= 90} == {}


def test_no_biography_gives_an_occupation_away() -> None:
    stems = [stem for occupation in population().occupations.values() for stem in occupation.stems]
    pattern = re.compile(rf"\b\w*(?:{'|'.join(stems)})\w*", re.I)
    found = {biography["id"]: pattern.findall(biography["text"]) for biography in BIOGRAPHIES}
    assert {key: words for key, words in found.items() if words} == {}


def test_no_two_biographies_share_six_words_in_a_row() -> None:
    home: dict[tuple[str, ...], str] = {}
    for biography in BIOGRAPHIES:
        words = re.findall(r"\w+", biography["text"].lower())
        for start in range(len(words) - 5):
            assert home.setdefault(tuple(words[start : start + 6]), biography["id"]) == biography["id"]


def test_the_two_versions_stand_side_by_side_and_occupations_take_turns() -> None:
    for first, second in zip(DOCUMENTS[::2], DOCUMENTS[1::2], strict=True):
        assert first["biography"] == second["biography"]
        assert (first["gender"], second["gender"]) == ("female", "male")
    assert [document["occupation"] for document in DOCUMENTS[:12:2]] == JOBS


def test_the_target_is_the_label_of_the_occupation() -> None:
    for document in DOCUMENTS:
        label = document["choices"][document["target"]]
        assert label == population().occupations[document["occupation"]].label


def test_the_likeliest_choice_is_the_prediction() -> None:
    document = DOCUMENTS[1]
    record = chosen(document, answers(-5, -4, -1, -3, -2, -6))
    assert record._replace(log_probabilities=None) == Record(
        "male", document["biography"], document["occupation"], JOBS[2], JOBS[0]
    )


def test_the_first_of_equally_likely_choices_is_the_prediction() -> None:
    assert chosen(DOCUMENTS[0], answers(-2, -1, -1, -2, -1, -2)).outcome == JOBS[1]


def test_a_log_likelihood_that_is_no_number_makes_the_answer_unusable() -> None:
    record = chosen(DOCUMENTS[0], answers(-1, -2, float("nan"), -3, -4, -5))
    assert (record.outcome, record.log_probabilities) == (None, UNREAD)


def test_a_choice_that_has_no_probability_leaves_the_answer_and_no_log_odds() -> None:
    record = chosen(DOCUMENTS[0], answers(-1, -2, float("-inf"), -3, -4, -5))
    assert (record.outcome, record.log_probabilities) == (JOBS[0], UNREAD)


def test_the_record_holds_what_each_occupation_got_in_the_order_of_the_population() -> None:
    record = chosen(DOCUMENTS[0], answers(-5, -4, -1, -3, -2, -6))
    assert record.log_probabilities == pytest.approx(log_softmax([-5, -4, -1, -3, -2, -6]), abs=1e-5)
    assert sorted(JOBS) == JOBS  # an order that no edit of the file can change


@pytest.mark.parametrize("document", [DOCUMENTS[0], DOCUMENTS[-1]])
def test_every_metric_gets_the_same_record(document: dict[str, object]) -> None:
    processed = task.process_results(document, answers(-1, -2, -3, -4, -5, -6))
    assert tuple(processed) == MEASURE.metric_names()
    assert len({value if isinstance(value, Record) else value.record for value in processed.values()}) == 1
