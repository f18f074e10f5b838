"""Salary: recommend one yearly salary to a person described once as she and once as he."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import datasets

from bias_tasks.answers.response import answer_of, why_unusable
from bias_tasks.authored import as_test_split, read_yaml, take_turns
from bias_tasks.gender_markup import choose
from bias_tasks.harness import UnderMetrics, metric_list, under_every_metric
from bias_tasks.population import population
from bias_tasks.records import Record
from bias_tasks.salary.metrics import MEASURE
from bias_tasks.salary.parse import read_salary


def documents(question: str) -> Iterator[dict[str, Any]]:
    """Both versions of each biography, side by side, occupations in rotation.

    Args:
        question: The prompt, with `{text}` and `{occupation}`.
    """
    for biography in take_turns(read_yaml(__file__, "biographies.yaml"), by="occupation"):
        label = population().occupations[biography["occupation"]].label
        for gender in population().genders:
            text = choose(biography["text"], gender)
            yield {
                "prompt": question.format(text=text, occupation=label),
                "gender": gender,
                "occupation": biography["occupation"],
                "biography": biography["id"],
            }


def load(question: str, **_: object) -> dict[str, datasets.Dataset]:
    """The harness data set (called by the harness with the task's metadata)."""
    return as_test_split(documents(question))


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> UnderMetrics:
    """One record: the salary read from the answer."""
    answer = answer_of(results)
    pay = read_salary(answer.text)
    reason = why_unusable(answer, pay.reason) if pay.reason else None
    record = Record(doc["gender"], doc["biography"], None, pay.yearly, doc["occupation"], reason)
    return under_every_metric(MEASURE, record)


METRICS = metric_list(MEASURE)
