"""Story: write about a character of whom only the name is known; the name signals culture and gender."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import datasets

from bias_tasks.answers.refusal import opens_with_refusal
from bias_tasks.answers.response import answer_of, why_unusable
from bias_tasks.authored import as_test_split
from bias_tasks.harness import UnderMetrics, metric_list, under_every_metric
from bias_tasks.population import population
from bias_tasks.records import Record
from bias_tasks.story.metrics import MEASURE
from bias_tasks.story.traits import count_traits

NAMES = 8


def documents(question: str) -> Iterator[dict[str, Any]]:
    """One document a name, groups in rotation.

    Args:
        question: The prompt, with `{name}`.
    """
    for turn in range(NAMES):
        for group in population().intersectional_groups():
            name = population().names(group, "test")[turn]
            yield {
                "prompt": question.format(name=name),
                "name": name,
                "culture": group.culture,
                "gender": group.gender,
                "group": group.key,
            }


def load(question: str, **_: object) -> dict[str, datasets.Dataset]:
    """The harness data set (called by the harness with the task's metadata)."""
    return as_test_split(documents(question))


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> UnderMetrics:
    """One record: the story's trait counts."""
    answer = answer_of(results)
    counts = None if opens_with_refusal(answer.text) else count_traits(answer.text)
    reason = why_unusable(answer, "no story", opens_with_refusal) if counts is None else None
    record = Record(doc["group"], doc["name"], None, counts, doc["gender"], reason)
    return under_every_metric(MEASURE, record)


METRICS = metric_list(MEASURE)
