"""Every metric's weighted sum over models that answered the same documents, with interval and test."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bias_inherit.compare.contrast.intervals import intervals_of
from bias_inherit.compare.contrast.p_values import Test, p_values
from bias_inherit.compare.contrast.sampled import Sampled, sampled_model, sum_over_models
from bias_tasks.measure import Measure
from bias_tasks.records import FloatArray, Record
from bias_tasks.statistics import (
    EQUIVALENCE_LEVEL,
    LEVEL,
    Interval,
    minimum_detectable_effect,
    standard_errors,
)


class Contrast(NamedTuple):
    """One metric's weighted sum over models.

    Attributes:
        values: The metric of each model.
        value: Their weighted sum.
        stderr: Of the sum; documents and resampled clusters are the same for all models.
        interval: 95 %.
        equivalence_interval: The one that two one-sided tests at 5 % go by.
        p: Two-sided, that the sum is 0; NaN where that is not tested.
        test: Where p is from, or why there is none.
        mde: The true sum that a test at 5 % would find in 80 of 100 cases; see `_detectable`.
        n_documents: Documents that the metric is of, in the model that has the fewest.
        n_clusters: Clusters of these documents.
        is_share: Whether the metric is a share of documents.
    """

    values: tuple[float, ...]
    value: float
    stderr: float
    interval: Interval
    equivalence_interval: Interval
    p: float
    test: Test
    mde: float
    n_documents: int
    n_clusters: int
    is_share: bool


def contrast(
    measure: Measure, models: Sequence[tuple[Record, ...]], weights: ArrayLike
) -> dict[str, Contrast]:
    """Every metric's weighted sum over models, with interval and test.

    Args:
        measure: The task's.
        models: Of each model the records of the same documents in the same order, whichever.
        weights: One a model; they sum to 0.
    """
    sampled = [sampled_model(measure, records) for records in models]
    first = sampled[0]
    w = np.asarray(weights, dtype=float)
    values = np.stack([model.values for model in sampled])
    sums = sum_over_models(w, [model.values for model in sampled])
    draws = sum_over_models(w, [model.draws for model in sampled])
    documents = np.min([model.documents for model in sampled], axis=0)
    clusters = np.min([model.clusters for model in sampled], axis=0)
    errors = standard_errors(draws, clusters)
    intervals, narrower = (
        intervals_of(sampled, w, draws, clusters, level) for level in (LEVEL, EQUIVALENCE_LEVEL)
    )
    tests = p_values(measure, tuple(models), w, sums)
    return {
        name: Contrast(
            values=tuple(map(float, values[:, place])),
            value=float(sums[place]),
            stderr=float(errors[place]),
            interval=intervals[place],
            equivalence_interval=narrower[place],
            p=tests[name].p,
            test=tests[name].test,
            mde=_detectable(sampled, w, name, float(errors[place]), int(clusters[place])),
            n_documents=int(documents[place]),
            n_clusters=int(clusters[place]),
            is_share=name in first.shares.names,
        )
        for place, name in enumerate(first.names)
    }


def _detectable(
    sampled: Sequence[Sampled], weights: FloatArray, name: str, error: float, clusters: int
) -> float:
    """The true sum that a test at 5 % would find in 80 of 100 cases.

    A gap that grows from one that is not told apart from none must first grow by what none looks like: a
    model whose gap is truly 0 shows `gap_null`, and what is seen of the growth is so much less. So
    `gap_null` of such models is added.
    """
    effect = minimum_detectable_effect(error, clusters)
    if name != "gap":
        return effect
    from_these = [(w, model) for w, model in zip(weights, sampled, strict=True) if w < 0 and model.at_floor]
    return effect + float(sum(-w * model.gap_null for w, model in from_these))
