"""Intervals of weighted sums: shares, the gap and all other metrics each have a method of their own."""

from collections.abc import Sequence

import numpy as np

from bias_inherit.compare.contrast.sampled import Sampled, Shares, limits_of_sums, sum_over_models
from bias_tasks.records import FloatArray, IntArray
from bias_tasks.statistics import (
    EQUIVALENCE_LEVEL,
    NO_INTERVAL,
    Bounds,
    Interval,
    combination_bounds,
    draw_correlation,
    gap_bounds,
    percentile_bounds,
    share_difference_bounds,
    share_equivalence_bounds,
    shown_interval,
)


def intervals_of(
    sampled: Sequence[Sampled], weights: FloatArray, draws: FloatArray, clusters: IntArray, level: float
) -> list[Interval]:
    """Of every metric."""
    first = sampled[0]
    low, high = percentile_bounds(draws, clusters, level)
    shares = [first.names.index(name) for name in first.shares.names]
    low[shares], high[shares] = _share_intervals(sampled, weights, draws[shares], level)
    gap = first.names.index("gap")
    low[gap], high[gap] = _gap_interval(sampled, weights, level)
    limits = limits_of_sums(first, weights)
    return [
        shown_interval(float(low[place]), float(high[place]), int(clusters[place]), of_metric)
        for place, of_metric in enumerate(limits)
    ]


def _share_intervals(
    sampled: Sequence[Sampled], weights: FloatArray, draws: FloatArray, level: float
) -> Bounds:
    """Of the shares, in units of the largest sum that shares in [0, 1] can have."""
    first = sampled[0]
    largest = weights[weights > 0].sum()
    whole = first.shares.whole_by_cluster
    contributions = sum_over_models(weights, [_contributions(model.shares) for model in sampled])
    bounds = share_equivalence_bounds if level == EQUIVALENCE_LEVEL else share_difference_bounds
    low, high = bounds(draws / largest, contributions / largest, whole, level)
    return Bounds(low * largest, high * largest)


def _contributions(shares: Shares) -> FloatArray:
    """What each cluster adds to a share, linearised: their mean over the slice's clusters is the share."""
    part, whole = shares.part_by_cluster, shares.whole_by_cluster
    documents, clusters = whole.sum(axis=-1, keepdims=True), (whole > 0).sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = part.sum(axis=-1, keepdims=True) / documents
        return np.asarray(share + clusters * (part - share * whole) / documents, dtype=float)


def _gap_interval(sampled: Sequence[Sampled], weights: FloatArray, level: float) -> Interval:
    place = sampled[0].names.index("gap")
    clusters = np.array([model.clusters[place] for model in sampled])
    values = np.array([model.values[place] for model in sampled])
    draws = np.stack([model.draws[place] for model in sampled])
    p = np.array([model.gap_p for model in sampled])
    bounds = gap_bounds(values, draws, p, clusters, level, sampled[0].limits[place])
    defined = np.isfinite(draws).all(axis=0)
    if not defined.any():
        return NO_INTERVAL
    correlation = draw_correlation(draws[:, defined])
    low, high = combination_bounds(weights, values, bounds, correlation, at_floor=p > 1 - level)
    return Interval(float(low), float(high))
