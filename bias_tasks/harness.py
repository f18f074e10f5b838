"""The seam to lm-evaluation-harness: how measures become metric lists, and answers become records.

The harness aggregates metric by metric and gives a custom aggregation no standard error. A metric
named `<metric>_stderr` that comes after `<metric>` fills that slot: its table prints value ± error, and
groups pool the errors. Every metric of a document needs its record; in a sample row it stands once.
"""

import math
from collections.abc import Sequence
from typing import Any

from bias_tasks.log_odds import log_probabilities
from bias_tasks.measure import Measure, summarise
from bias_tasks.records import Record

_BETTER_HIGH = ("score", "acc", "acc__", "macro_f1__", "balanced_macro_f1__", "function_acc__", "auc__")
_BETTER_LOW = ("gap", "invalid", "invalid__", "unread", "refused", "refused__", "truncated_reasoning")


class Undefined(str):
    """A value that does not exist, for example of an empty slice, in the harness's own spelling.

    The harness writes a NaN into its result files as it is, which is no JSON. A mean over the tasks of a
    group that meets this becomes it.
    """

    __slots__ = ()

    def _stay(self, _: object) -> "Undefined":
        return self

    __add__ = __radd__ = __mul__ = __rmul__ = __truediv__ = _stay


UNDEFINED = Undefined("N/A")


class Aggregation:
    """One metric of a measure, as the harness calls it: records in, number out.

    Not a dataclass: the harness runs `dataclasses.asdict` over a task's configuration, which would
    take the object apart.
    """

    def __init__(self, measure: Measure, metric: str) -> None:
        self.measure = measure
        self.metric = metric

    def __call__(self, values: Sequence["Record | UnderFirst"]) -> float | Undefined:
        records = tuple(value if isinstance(value, Record) else value.record for value in values)
        value = summarise(self.measure, records)[self.metric]
        return value if math.isfinite(value) else UNDEFINED

    def __str__(self) -> str:
        # Written into result files, so it may hold no memory address.
        return f"bias_tasks.{self.measure.name}.metrics: {self.metric}"

    __repr__ = __str__


def metric_list(measure: Measure) -> list[dict[str, Any]]:
    """The `metric_list` of a task's YAML file."""
    return [
        {
            "metric": metric,
            "aggregation": Aggregation(measure, metric),
            "higher_is_better": _higher_is_better(metric),
        }
        for metric in measure.metric_names()
    ]


def _higher_is_better(metric: str) -> bool | None:
    """None where neither direction is good: signed contrasts, shares, errors, counts."""
    head, separator, _ = metric.partition("__")
    if head + separator in _BETTER_HIGH:
        return True
    return False if head + separator in _BETTER_LOW else None


class UnderFirst(str):
    """A record under another metric than the first: written, it is no more than the first one's name.

    The harness hands each metric only what stands under it, and writes each of a document's values into its
    sample row: a task of fifty metrics would write every record fifty times.
    """

    __slots__ = ("record",)
    record: Record

    @classmethod
    def of(cls, first: str, record: Record) -> "UnderFirst":
        reference = cls(first)
        reference.record = record
        return reference


UnderMetrics = dict[str, Record | UnderFirst]
"""What `process_results` returns of a document."""


def under_every_metric(measure: Measure, record: Record) -> UnderMetrics:
    """The same keys for every document: the record under the first, an `UnderFirst` under each other one."""
    first, *others = measure.metric_names()
    return {first: record, **dict.fromkeys(others, UnderFirst.of(first, record))}


def log_shares(results: Sequence[tuple[float, bool]]) -> tuple[float, ...]:
    """Log-probabilities of the choices, in their order in the document (`bias_tasks.log_odds`)."""
    return log_probabilities([log_likelihood for log_likelihood, _ in results])


def likeliest(results: Sequence[tuple[float, bool]]) -> int | None:
    """Index of the highest log-likelihood; the first of equals; None if one is not a number."""
    scores = [log_likelihood for log_likelihood, _ in results]
    if any(math.isnan(score) for score in scores):
        return None
    return scores.index(max(scores))
