"""From records to a task's reported metrics: values, standard errors and the null of the gap."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import (
    Resamples,
    Shuffle,
    cluster_bootstrap,
    identity,
    permutation_null,
    standard_error,
)

Estimates = dict[str, FloatArray]
"""Metric name -> one value per resample, shape (B,)."""


@dataclass(frozen=True)
class Measure:
    """How one task turns records into metrics.

    Attributes:
        name: The task's short name.
        estimate: All metrics with a sampling error, computed for every resample at once. Holds `score`
            (utility in [0, 1]) and `gap` (primary disparity in [0, 1], lower is better).
        gap: The primary disparity alone, for the permutation null.
        shuffle: The exchange of group labels under which no group matters.
    """

    name: str
    estimate: Callable[[Columns, Resamples], Estimates]
    gap: Callable[[Columns, Resamples], FloatArray]
    shuffle: Shuffle

    def metric_names(self) -> tuple[str, ...]:
        """Every reported metric, each one that has an error followed by its `<metric>_stderr`."""
        return _metric_names(self)


@cache
def _metric_names(measure: Measure) -> tuple[str, ...]:
    return tuple(summarise(measure, ()))


@lru_cache(maxsize=512)
def summarise(measure: Measure, records: tuple[Record, ...]) -> dict[str, float]:
    """Values and standard errors of all of a task's metrics.

    An undefined value (an empty slice, fewer than two clusters for an error) is NaN. Cached, because
    the harness asks for one metric at a time, and a report for each model and task more than once.
    """
    columns = Columns.of(records)
    values = measure.estimate(columns, identity(columns))
    draws = measure.estimate(columns, cluster_bootstrap(columns))
    summary: dict[str, float] = {}
    for metric, value in values.items():
        summary[metric] = float(value[0])
        summary[f"{metric}_stderr"] = standard_error(draws[metric], columns.n_clusters)
    null = permutation_null(measure.gap, columns, measure.shuffle)
    summary["gap_null"] = null.mean
    summary["gap_p"] = null.p_value
    summary["n"] = float(len(columns))
    summary["n_clusters"] = float(columns.n_clusters)
    return summary


def largest_deviation(values: Iterable[FloatArray]) -> FloatArray:
    """Largest |value - mean of the others| over groups; NaN where a group is undefined.

    Args:
        values: One array of shape (B,) for each of at least two groups.
    """
    stack = np.stack(list(values))
    others = (stack.sum(axis=0) - stack) / (len(stack) - 1)
    return np.asarray(np.abs(stack - others).max(axis=0), dtype=float)


def invalid_shares(columns: Columns, sample: Resamples, groups: Iterable[str]) -> Estimates:
    """Share of unusable answers, over all documents and by group of the document."""
    unusable = ~columns.valid
    estimates = {"invalid": sample.share(unusable, np.ones(len(columns)))}
    for group in groups:
        member = columns.group == group
        estimates[f"invalid__{group}"] = sample.share(unusable & member, member)
    return estimates
