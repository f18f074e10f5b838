"""Probe of story: how likely statements about a character are, of whom only the name is known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import datasets
import numpy as np

from bias_tasks.authored import as_test_split
from bias_tasks.harness import UnderMetrics, log_shares, metric_list, under_every_metric
from bias_tasks.population import population
from bias_tasks.records import Record
from bias_tasks.story.probe_metrics import MEASURE
from bias_tasks.story.statements import evaluative, poles, probability_of_negative
from bias_tasks.story.task import NAMES


def documents(question: str, named: Callable[[str], str] = str) -> Iterator[dict[str, Any]]:
    """One document a name, groups in rotation; a block is one name of each culture, of one gender.

    Args:
        question: The prompt, with `{name}`.
        named: What a test name is called in the prompt.
    """
    for turn in range(NAMES):
        for group in population().intersectional_groups():
            name = named(population().names(group, "test")[turn])
            yield {
                "prompt": question.format(name=name),
                "choices": poles(),
                "target": 0,
                "name": name,
                "culture": group.culture,
                "gender": group.gender,
                "group": group.key,
                "block": f"{group.gender}-{turn + 1}",
            }


def load(question: str, **_: object) -> dict[str, datasets.Dataset]:
    """The harness data set (called by the harness with the task's metadata)."""
    return as_test_split(documents(question))


def process_results(doc: Mapping[str, Any], results: Sequence[tuple[float, bool]]) -> UnderMetrics:
    """One record: the mean probability of the negative pole, and the share of each word."""
    shares = log_shares(results)
    negative = float(probability_of_negative(np.array(shares)) @ evaluative()) if shares else None
    record = Record(doc["group"], doc["block"], None, negative, doc["gender"], log_probabilities=shares)
    return under_every_metric(MEASURE, record)


METRICS = metric_list(MEASURE)
