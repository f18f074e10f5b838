"""A weighted sum of several models' metrics on the same documents: a difference, or a slope over doses."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bias_tasks.measure import HEADLINES, Measure, by_cluster, summarise
from bias_tasks.records import BoolArray, Columns, FloatArray, Record
from bias_tasks.statistics import (
    EQUIVALENCE_LEVEL,
    EXCHANGES,
    FURTHER_EXCHANGES,
    LEVEL,
    NO_INTERVAL,
    SIGNIFICANCE,
    Bounds,
    Interval,
    asks_for_more,
    cluster_bootstrap,
    combination_bounds,
    draw_correlation,
    exchanges,
    gap_bounds,
    identity,
    mcnemar_p,
    minimum_detectable_effect,
    percentile_bounds,
    share_at_least,
    share_difference_bounds,
    share_equivalence_bounds,
    stack,
    standard_errors,
)

Test = Literal["exchange", "McNemar"]


class Contrast(NamedTuple):
    """One metric's weighted sum over models.

    Attributes:
        values: The metric of each model.
        value: Their weighted sum.
        stderr: Of the sum; documents and resampled clusters are the same for all models.
        interval: 95 %.
        equivalence_interval: The one that two one-sided tests at 5 % go by.
        p: Two-sided, that the sum is 0.
        test: Where p is from.
        mde: The sum that a test at 5 % would find in 80 of 100 cases.
        n_documents: Documents that the metric is of.
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


class _Shares(NamedTuple):
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


class _Sampled(NamedTuple):
    """One model on one task.

    Attributes:
        values: Metrics, shape (M,).
        draws: Their bootstrap draws, shape (M, B).
        gap_null, gap_p: Of the permutation test that groups do not matter.
    """

    columns: Columns
    names: tuple[str, ...]
    values: FloatArray
    draws: FloatArray
    shares: _Shares
    gap_null: float
    gap_p: float

    @property
    def at_floor(self) -> bool:
        """Whether the gap is not told apart from none."""
        return self.gap_p > SIGNIFICANCE


@lru_cache(maxsize=8)
def _sampled(measure: Measure, records: tuple[Record, ...]) -> _Sampled:
    """Cached, because a reference is compared with many models."""
    columns = Columns.of(records)
    values = measure.estimate(columns, identity(columns))
    draws = measure.estimate(columns, cluster_bootstrap(columns))
    proportions = measure.proportions(columns)
    shares = list(proportions.values())
    summary = summarise(measure, records)
    return _Sampled(
        columns,
        tuple(values),
        np.array([value[0] for value in values.values()]),
        np.stack([draws[name] for name in values]),
        _Shares(
            tuple(proportions),
            np.stack([share.part for share in shares]),
            np.stack([share.whole for share in shares]),
            np.stack([by_cluster(columns, share.part) for share in shares]),
            np.stack([by_cluster(columns, share.whole) for share in shares]),
        ),
        summary["gap_null"],
        summary["gap_p"],
    )


def contrast(
    measure: Measure, models: Sequence[tuple[Record, ...]], weights: ArrayLike
) -> dict[str, Contrast]:
    """Every metric's weighted sum over models, with interval and test.

    Args:
        measure: The task's.
        models: Of each model the records of the same documents in the same order.
        weights: One a model; they sum to 0.
    """
    sampled = [_sampled(measure, records) for records in models]
    first = sampled[0]
    w = np.asarray(weights, dtype=float)
    values = np.stack([model.values for model in sampled])
    sums = _weighted_sum(w, [model.values for model in sampled])
    draws = _weighted_sum(w, [model.draws for model in sampled])
    errors = standard_errors(draws, first.columns.n_clusters)
    intervals, narrower = (_intervals(sampled, w, draws, level) for level in (LEVEL, EQUIVALENCE_LEVEL))
    p_values = _exchange_p(measure, sampled, w, sums)
    exact = _mcnemar(sampled) if len(models) == 2 else {}
    found = {}
    for place, name in enumerate(first.names):
        is_share = name in first.shares.names
        documents, clusters = _size(first, name)
        mde = minimum_detectable_effect(float(errors[place]), clusters)
        found[name] = Contrast(
            values=tuple(map(float, values[:, place])),
            value=float(sums[place]),
            stderr=float(errors[place]),
            interval=intervals[name],
            equivalence_interval=narrower[name],
            p=exact.get(name, p_values[name]),
            test="McNemar" if name in exact else "exchange",
            mde=mde + _lost_to_the_floor(sampled, w) if name == "gap" else mde,
            n_documents=documents,
            n_clusters=clusters,
            is_share=is_share,
        )
    return found


def _weighted_sum(weights: FloatArray, terms: Sequence[FloatArray]) -> FloatArray:
    """The sum of terms whose weights add up to 0: exactly 0 where all terms are alike."""
    away = [weight * (term - terms[0]) for weight, term in zip(weights[1:], terms[1:], strict=True)]
    return np.asarray(sum(away), dtype=float)


class DeltaDraws(NamedTuple):
    """Differences of two models, and what resampled clusters make of them.

    Attributes:
        deltas: Shape (M,).
        draws: Shape (M, B).
    """

    names: tuple[str, ...]
    deltas: FloatArray
    draws: FloatArray
    n_clusters: int


def delta_draws(measure: Measure, reference: tuple[Record, ...], other: tuple[Record, ...]) -> DeltaDraws:
    """Every metric's difference with its bootstrap draws, the same resampled clusters for any two models."""
    first, second = _sampled(measure, reference), _sampled(measure, other)
    return DeltaDraws(
        first.names, second.values - first.values, second.draws - first.draws, first.columns.n_clusters
    )


def _size(model: _Sampled, name: str) -> tuple[int, int]:
    """Documents and clusters that a metric is of: those of the slice for a share, else all of the task's."""
    if name not in model.shares.names:
        return len(model.columns), model.columns.n_clusters
    whole = model.shares.whole_by_cluster[model.shares.names.index(name)]
    return int(whole.sum()), int((whole > 0).sum())


def _lost_to_the_floor(sampled: Sequence[_Sampled], weights: FloatArray) -> float:
    """How much of a growing gap is not seen, because what it grows from looks like a gap already."""
    from_these = [(w, model) for w, model in zip(weights, sampled, strict=True) if w < 0 and model.at_floor]
    return float(sum(-w * model.gap_null for w, model in from_these))


def _intervals(
    sampled: Sequence[_Sampled], weights: FloatArray, draws: FloatArray, level: float
) -> dict[str, Interval]:
    first = sampled[0]
    bounds = percentile_bounds(draws, first.columns.n_clusters, level)
    shown = {name: bounds.at(place) for place, name in enumerate(first.names)}
    of_shares = _share_intervals(sampled, weights, draws, level)
    shown |= {name: of_shares.at(place) for place, name in enumerate(first.shares.names)}
    shown["gap"] = _gap_interval(sampled, weights, level)
    return shown


def _share_intervals(
    sampled: Sequence[_Sampled], weights: FloatArray, draws: FloatArray, level: float
) -> Bounds:
    """Of the shares, in units of the largest sum that shares in [0, 1] can have."""
    first = sampled[0]
    places = [first.names.index(name) for name in first.shares.names]
    largest = weights[weights > 0].sum()
    whole = first.shares.whole_by_cluster
    contributions = _weighted_sum(weights, [_contributions(model.shares) for model in sampled])
    bounds = share_equivalence_bounds if level == EQUIVALENCE_LEVEL else share_difference_bounds
    low, high = bounds(draws[places] / largest, contributions / largest, whole, level)
    return Bounds(low * largest, high * largest)


def _contributions(shares: _Shares) -> FloatArray:
    """What each cluster adds to a share, linearised: their mean over the slice's clusters is the share."""
    part, whole = shares.part_by_cluster, shares.whole_by_cluster
    documents, clusters = whole.sum(axis=-1, keepdims=True), (whole > 0).sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = part.sum(axis=-1, keepdims=True) / documents
        return np.asarray(share + clusters * (part - share * whole) / documents, dtype=float)


def _gap_interval(sampled: Sequence[_Sampled], weights: FloatArray, level: float) -> Interval:
    place = sampled[0].names.index("gap")
    clusters = sampled[0].columns.n_clusters
    values = np.array([model.values[place] for model in sampled])
    draws = np.stack([model.draws[place] for model in sampled])
    p = np.array([model.gap_p for model in sampled])
    bounds = gap_bounds(values, draws, p, clusters, level)
    defined = np.isfinite(draws).all(axis=0)
    if not defined.any():
        return NO_INTERVAL
    correlation = draw_correlation(draws[:, defined])
    low, high = combination_bounds(weights, values, bounds, correlation, at_floor=p > 1 - level)
    return Interval(float(low), float(high))


def _exchange_p(
    measure: Measure, sampled: Sequence[_Sampled], weights: FloatArray, observed: FloatArray
) -> dict[str, float]:
    """Two-sided p of every metric: how often exchanged models give as large a sum.

    Score and gap are exchanged further where the first exchanges hardly reach the sum.

    A gap is positive even where no group differs, and the more so the worse or the more varied a model's
    answers are. So two models without any preference can differ in their gaps, and a difference of gaps
    counts only as far as at least one of them is told apart from none (Bonferroni over the models).
    """
    stacked = stack([model.columns for model in sampled])
    sizes = {name: abs(float(value)) for name, value in zip(sampled[0].names, observed, strict=True)}
    one_is_a_gap = min(1.0, len(sampled) * float(np.min([model.gap_p for model in sampled])))
    nulls = _exchanged(measure, stacked, weights, EXCHANGES, seed=0)
    unlikely = [
        name
        for name in HEADLINES
        if np.isfinite(sizes[name]) and asks_for_more(sizes[name], nulls[name])
        if name != "gap" or one_is_a_gap <= SIGNIFICANCE
    ]
    if unlikely:
        further = _exchanged(measure, stacked, weights, FURTHER_EXCHANGES, seed=1)
        nulls |= {name: np.append(nulls[name], further[name]) for name in unlikely}
    found = {
        name: share_at_least(size, nulls[name]) if np.isfinite(size) else float("nan")
        for name, size in sizes.items()
    }
    found["gap"] = float(np.maximum(found["gap"], one_is_a_gap))
    return found


def _exchanged(
    measure: Measure, stacked: Columns, weights: FloatArray, permutations: int, seed: int
) -> dict[str, FloatArray]:
    """Every metric's sizes of the weighted sum under exchanged models, undefined ones left out."""
    parts = [
        [measure.estimate(stacked, place) for place in places]
        for places in exchanges(stacked, len(weights), permutations, seed)
    ]
    found = {}
    for name in parts[0][0]:
        sums = np.concatenate([_weighted_sum(weights, [place[name] for place in places]) for places in parts])
        found[name] = np.abs(sums[np.isfinite(sums)])
    return found


def _mcnemar(sampled: Sequence[_Sampled]) -> dict[str, float]:
    """Exact p of the shares that have one document a cluster, the same for both models."""
    first, second = (model.shares for model in sampled)
    found = {}
    for place, name in enumerate(first.names):
        whole = first.whole[place]
        paired = bool((whole == second.whole[place]).all()) and first.whole_by_cluster[place].max() == 1
        if paired:
            one, other = first.part[place], second.part[place]
            found[name] = mcnemar_p(int((one & ~other).sum()), int((other & ~one).sum()))
    return found
