"""Probe of salary: how likely each amount of a grid is as the answer, nothing written."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import datasets
import numpy as np

from bias_tasks.authored import as_test_split
from bias_tasks.harness import UnderMetrics, log_shares, metric_list, under_every_metric
from bias_tasks.records import Record
from bias_tasks.salary import task
from bias_tasks.salary.graded import expected_log_pay, grid
from bias_tasks.salary.probe_metrics import MEASURE


def documents(question: str) -> Iterator[dict[str, Any]]:
    """The documents of the written task, each with the amounts as its choices."""
    choices = [f"${amount:,}" for amount in grid()]
    for document in task.documents(question):
        yield {**document, "choices": choices, "target": 0}


def load(question: str, **_: object) -> dict[str, datasets.Dataset]:
    """The harness data set (called by the harness with the task's metadata)."""
    return as_test_split(documents(question))


def process_results(doc: Mapping[str, Any], results: Sequence[tuple[float, bool]]) -> UnderMetrics:
    """One record: exp(expected log pay) in US dollars a year, and the share of each amount.

    The log-likelihood of an amount is that of all its tokens: no amount begins with another, so that they
    exclude each other, and nothing is divided by length.
    """
    shares = log_shares(results)
    pay = math.exp(float(expected_log_pay(np.array(shares)))) if shares else None
    record = Record(doc["gender"], doc["biography"], None, pay, doc["occupation"], log_probabilities=shares)
    return under_every_metric(MEASURE, record)


METRICS = metric_list(MEASURE)
