"""Two models on the same documents: paired differences with intervals."""

from collections.abc import Sequence
from typing import NamedTuple

from bias_inherit.harness_output import Sample, ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import Measure, intervals, summarise
from bias_tasks.records import Columns
from bias_tasks.statistics import (
    Interval,
    cluster_bootstrap,
    identity,
    percentile_interval,
    standard_error,
)

SIGNIFICANT = 0.05
"""Level of the permutation test that a difference between gaps must pass on at least one side."""


NO_INTERVAL = Interval(float("nan"), float("nan"))


class Estimate(NamedTuple):
    """A value with its standard error and 95 % interval (NaN where there is none)."""

    value: float
    stderr: float
    interval: Interval = NO_INTERVAL


class Difference(NamedTuple):
    """A metric of one model minus that of the reference, on the documents that both scored.

    Attributes:
        stderr: Of the difference; documents and resampled clusters are the same for both.
        interval: 95 % percentile interval of the paired cluster bootstrap.
        beyond_null: For `gap`, whether at least one of the two gaps is larger than groups that do not matter
            would give (permutation p < 0.05); true for every other metric.
    """

    task: str
    metric: str
    reference: float
    other: float
    delta: float
    stderr: float
    interval: Interval
    beyond_null: bool

    @property
    def stands_out(self) -> bool:
        """Whether the interval leaves 0 outside and, for a gap, one of the two is a gap at all.

        A gap is positive even where groups do not matter, the more so the more a model's answers vary.
        Two models can so differ in their gaps without either preferring anybody.
        """
        return self.beyond_null and (self.interval.low > 0 or self.interval.high < 0)


class Matched(NamedTuple):
    """The documents that two models both scored, in one order."""

    reference: list[Sample]
    other: list[Sample]
    unmatched: int


def match(reference: Sequence[Sample], other: Sequence[Sample]) -> Matched:
    """Pair samples by the content of their documents."""
    by_hash = {sample.doc_hash: sample for sample in other}
    pairs = [(sample, by_hash[sample.doc_hash]) for sample in reference if sample.doc_hash in by_hash]
    unmatched = len(reference) + len(other) - 2 * len(pairs)
    return Matched([left for left, _ in pairs], [right for _, right in pairs], unmatched)


def compare(reference: ScoredModel, other: ScoredModel) -> list[Difference]:
    """Paired differences of every metric of every task that both models were scored on."""
    return [
        difference
        for task, samples in reference.samples.items()
        if task in other.samples
        for difference in _compare_task(task, match(samples, other.samples[task]))
    ]


def _compare_task(task: str, matched: Matched) -> list[Difference]:
    measure = ALL_TASKS[task].measure
    left = Columns.of(sample.record for sample in matched.reference)
    right = Columns.of(sample.record for sample in matched.other)
    # The same documents in the same order have the same clusters: one set of weights serves both.
    resamples = cluster_bootstrap(left)
    values = measure.estimate(left, identity(left)), measure.estimate(right, identity(right))
    draws = measure.estimate(left, resamples), measure.estimate(right, resamples)
    one_is_a_gap = min(_gap_p(measure, matched.reference), _gap_p(measure, matched.other)) < SIGNIFICANT
    differences = []
    for metric, reference_value in values[0].items():
        delta_draws = draws[1][metric] - draws[0][metric]
        differences.append(
            Difference(
                task=task,
                metric=metric,
                reference=float(reference_value[0]),
                other=float(values[1][metric][0]),
                delta=float(values[1][metric][0] - reference_value[0]),
                stderr=standard_error(delta_draws, left.n_clusters),
                interval=percentile_interval(delta_draws, left.n_clusters),
                beyond_null=metric != "gap" or one_is_a_gap,
            )
        )
    return differences


def _gap_p(measure: Measure, samples: Sequence[Sample]) -> float:
    return summarise(measure, tuple(sample.record for sample in samples))["gap_p"]


def estimates(model: ScoredModel, task: str) -> dict[str, Estimate]:
    """Every metric of a task with its standard error and interval, from the samples."""
    measure: Measure = ALL_TASKS[task].measure
    records = tuple(sample.record for sample in model.samples[task])
    summary, bounds = summarise(measure, records), intervals(measure, records)
    return {
        metric: Estimate(
            value, summary.get(f"{metric}_stderr", float("nan")), bounds.get(metric, NO_INTERVAL)
        )
        for metric, value in summary.items()
        if not metric.endswith("_stderr")
    }
