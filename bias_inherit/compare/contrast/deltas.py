"""Differences of two models with their bootstrap draws, for what is put together from several pairs."""

from typing import NamedTuple

import numpy as np

from bias_inherit.compare.contrast.sampled import DIFFERENCE, limits_of_sums, sampled_model
from bias_tasks.measure import Measure
from bias_tasks.records import FloatArray, IntArray, Record
from bias_tasks.statistics import Limits


class DeltaDraws(NamedTuple):
    """Differences of two models, and what resampled clusters make of them.

    Attributes:
        deltas: Shape (M,).
        draws: Shape (M, B).
        clusters: That each difference is of, shape (M,).
        limits: Of each difference.
    """

    names: tuple[str, ...]
    deltas: FloatArray
    draws: FloatArray
    clusters: IntArray
    limits: tuple[Limits, ...]


def delta_draws(measure: Measure, reference: tuple[Record, ...], other: tuple[Record, ...]) -> DeltaDraws:
    """Every metric's difference with its bootstrap draws, the same resampled clusters for any two models."""
    first, second = sampled_model(measure, reference), sampled_model(measure, other)
    return DeltaDraws(
        first.names,
        second.values - first.values,
        second.draws - first.draws,
        np.minimum(first.clusters, second.clusters),
        limits_of_sums(first, np.array(DIFFERENCE)),
    )
