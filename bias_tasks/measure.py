"""From records to a task's reported metrics: values, standard errors, intervals and the null of the gap."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from bias_tasks.records import BoolArray, Columns, FloatArray, Record
from bias_tasks.statistics import (
    Interval,
    Resamples,
    Shuffle,
    cluster_bootstrap,
    identity,
    percentile_interval,
    permutation_null,
    standard_error,
    wilson_interval,
)

Estimates = dict[str, FloatArray]
"""Metric name -> one value per resample, shape (B,)."""

SMALL_SLICE = 30
"""A proportion over fewer clusters than this gets a Wilson interval instead of a bootstrap one."""


class Proportion(NamedTuple):
    """A share of documents: those in `part` among those in `whole`, both of shape (n,)."""

    part: BoolArray
    whole: BoolArray


Proportions = Mapping[str, Proportion]


@dataclass(frozen=True)
class Measure:
    """How one task turns records into metrics.

    Attributes:
        name: The task's short name.
        proportions: The metrics that are shares of documents.
        derived: All other metrics with a sampling error, computed for every resample at once. The two
            together hold `score` (utility in [0, 1]) and `gap` (primary disparity in [0, 1], lower is
            better).
        gap: The primary disparity alone, for the permutation null.
        shuffle: The exchange of group labels under which no group matters.
    """

    name: str
    proportions: Callable[[Columns], Proportions]
    derived: Callable[[Columns, Resamples], Estimates]
    gap: Callable[[Columns, Resamples], FloatArray]
    shuffle: Shuffle

    def estimate(self, columns: Columns, sample: Resamples) -> Estimates:
        """Every metric with a sampling error, `score` and `gap` first."""
        shares = {name: sample.share(*share) for name, share in self.proportions(columns).items()}
        found = self.derived(columns, sample) | shares
        return {name: found[name] for name in ("score", "gap")} | found

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
    columns = _in_one_order(records)
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


def _in_one_order(records: Iterable[Record]) -> Columns:
    # Several processes hand documents in by turns: a seeded draw must not depend on how many there were.
    return Columns.of(sorted(records, key=repr))


@lru_cache(maxsize=512)
def intervals(measure: Measure, records: tuple[Record, ...]) -> dict[str, Interval]:
    """A 95 % interval for every metric with a sampling error.

    Percentile intervals of the cluster bootstrap, save for proportions over fewer than `SMALL_SLICE` clusters
    or with all answers alike, where resampling shows too little or nothing: they get a Wilson interval
    with the slice's clusters as its sample size. That is too wide, not too narrow, where a slice has several
    documents of a cluster.
    """
    columns = _in_one_order(records)
    values = measure.estimate(columns, identity(columns))
    draws = measure.estimate(columns, cluster_bootstrap(columns))
    found = {metric: percentile_interval(draws[metric], columns.n_clusters) for metric in values}
    for metric, proportion in measure.proportions(columns).items():
        clusters = len(np.unique(columns.cluster[proportion.whole]))
        share = float(values[metric][0])
        if clusters < SMALL_SLICE or share in (0, 1):
            found[metric] = wilson_interval(share, clusters)
    return found


def largest_deviation(values: Iterable[FloatArray]) -> FloatArray:
    """Largest |value - mean of the others| over groups; NaN where a group is undefined.

    Args:
        values: One array of shape (B,) for each of at least two groups.
    """
    stack = np.stack(list(values))
    others = (stack.sum(axis=0) - stack) / (len(stack) - 1)
    return np.asarray(np.abs(stack - others).max(axis=0), dtype=float)


def everywhere(columns: Columns) -> BoolArray:
    """All documents, as the whole of a proportion."""
    return np.ones(len(columns), dtype=bool)


def invalid_shares(columns: Columns, groups: Iterable[str]) -> dict[str, Proportion]:
    """Share of unusable answers, over all documents and by group of the document."""
    return _by_group("invalid", ~columns.valid, columns, groups)


def with_refusals(measure: Measure, groups: tuple[str, ...]) -> Measure:
    """The same measure where answers are written: it tells refusals apart from other unusable answers."""

    def proportions(columns: Columns) -> Proportions:
        return {**measure.proportions(columns), **_by_group("refused", columns.refused, columns, groups)}

    return replace(measure, proportions=proportions)


def _by_group(name: str, part: BoolArray, columns: Columns, groups: Iterable[str]) -> dict[str, Proportion]:
    whole = {name: everywhere(columns)} | {f"{name}__{g}": columns.group == g for g in groups}
    return {metric: Proportion(part & member, member) for metric, member in whole.items()}
