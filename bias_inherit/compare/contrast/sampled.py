"""One model on one task: its metrics, what resampled clusters make of them, and sums of these over models."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bias_tasks.measure import Measure, by_cluster, n_clusters, summarise
from bias_tasks.records import BoolArray, Columns, FloatArray, IntArray, Record
from bias_tasks.remembered import remembered
from bias_tasks.statistics import SIGNIFICANCE, Limits, cluster_bootstrap, identity


class Shares(NamedTuple):
    """Metrics that are shares of documents.

    Attributes:
        part, whole: Chosen documents, each of shape (S, n).
        part_by_cluster, whole_by_cluster: Their numbers in each cluster, each of shape (S, C).
    """

    names: tuple[str, ...]
    part: BoolArray
    whole: BoolArray
    part_by_cluster: FloatArray
    whole_by_cluster: FloatArray


class Sampled(NamedTuple):
    """One model on one task.

    Attributes:
        values: Metrics, shape (M,).
        draws: Their bootstrap draws, shape (M, B).
        documents, clusters: That each metric is of, each of shape (M,).
        limits: Of each metric.
        gap_null, gap_p: Of the permutation test that groups do not matter.
    """

    columns: Columns
    names: tuple[str, ...]
    values: FloatArray
    draws: FloatArray
    documents: IntArray
    clusters: IntArray
    limits: tuple[Limits, ...]
    shares: Shares
    gap_null: float
    gap_p: float

    @property
    def at_floor(self) -> bool:
        """Whether the gap is not told apart from none."""
        return self.gap_p > SIGNIFICANCE


@remembered(calls=8, documents=20_000)
def sampled_model(measure: Measure, records: tuple[Record, ...]) -> Sampled:
    """Cached, because a reference is compared with many models.

    Clusters are numbered by their names, so that what is drawn does not depend on the order of documents.
    """
    columns = Columns.of(sorted(records, key=lambda record: record.cluster))
    values = measure.estimate(columns, identity(columns))
    draws = measure.estimate(columns, cluster_bootstrap(columns))
    proportions = measure.proportions(columns)
    shares = list(proportions.values())
    of_metrics = measure.bases(columns)
    bases = [of_metrics[name] for name in values]
    summary = summarise(measure, records)
    return Sampled(
        columns,
        tuple(values),
        np.array([value[0] for value in values.values()]),
        np.stack([draws[name] for name in values]),
        np.array([basis.documents.sum() for basis in bases]),
        np.array([n_clusters(columns, basis.documents) for basis in bases]),
        tuple(basis.limits for basis in bases),
        Shares(
            tuple(proportions),
            np.stack([share.part for share in shares]),
            np.stack([share.whole for share in shares]),
            np.stack([by_cluster(columns, share.part) for share in shares]),
            np.stack([by_cluster(columns, share.whole) for share in shares]),
        ),
        summary["gap_null"],
        summary["gap_p"],
    )


DIFFERENCE = (-1.0, 1.0)
"""Weights of two models: the second minus the first."""


def sum_over_models(weights: FloatArray, terms: Sequence[FloatArray]) -> FloatArray:
    """The sum of terms whose weights add up to 0: exactly 0 where all terms are alike."""
    away = [weight * (term - terms[0]) for weight, term in zip(weights[1:], terms[1:], strict=True)]
    return np.asarray(sum(away), dtype=float)


def limits_of_sums(model: Sampled, weights: FloatArray) -> tuple[Limits, ...]:
    """Of every metric's weighted sum; the weights add up to 0."""
    reaches = [float(weights[weights > 0].sum()) * (limits.high - limits.low) for limits in model.limits]
    return tuple(Limits(-reach, reach) for reach in reaches)
