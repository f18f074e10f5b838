"""A weighted sum of several models' metrics on the same documents: a difference, or a slope over doses."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bias_tasks.measure import HEADLINES, Measure, by_cluster, n_clusters, summarise
from bias_tasks.records import BoolArray, Columns, FloatArray, IntArray, Record
from bias_tasks.statistics import (
    EQUIVALENCE_LEVEL,
    EXCHANGES,
    FURTHER_EXCHANGES,
    LEVEL,
    NO_INTERVAL,
    SIGNIFICANCE,
    Bounds,
    Interval,
    Limits,
    asks_for_more,
    cluster_bootstrap,
    combination_bounds,
    draw_correlation,
    exchanges,
    gap_bounds,
    identity,
    mcnemar_p,
    minimum_detectable_effect,
    never_differs,
    percentile_bounds,
    share_at_least,
    share_difference_bounds,
    share_equivalence_bounds,
    shown_interval,
    stack,
    standard_errors,
)

Test = Literal["exchange", "McNemar", "constant", "complement"]
"""Where a p is from, or why there is none: the metric does not differ however answers are exchanged, or it
says in other words what another one says."""


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
    shares: _Shares
    gap_null: float
    gap_p: float

    @property
    def at_floor(self) -> bool:
        """Whether the gap is not told apart from none."""
        return self.gap_p > SIGNIFICANCE


@lru_cache(maxsize=8)
def _sampled(measure: Measure, records: tuple[Record, ...]) -> _Sampled:
    """Cached, because a reference is compared with many models.

    Clusters are numbered by their names, so that what is drawn does not depend on the order of documents.
    """
    columns = Columns.of(sorted(records, key=lambda record: record.cluster))
    values = measure.estimate(columns, identity(columns))
    draws = measure.estimate(columns, cluster_bootstrap(columns))
    proportions = measure.proportions(columns)
    shares = list(proportions.values())
    bases = [measure.bases(columns)[name] for name in values]
    summary = summarise(measure, records)
    return _Sampled(
        columns,
        tuple(values),
        np.array([value[0] for value in values.values()]),
        np.stack([draws[name] for name in values]),
        np.array([basis.documents.sum() for basis in bases]),
        np.array([n_clusters(columns, basis.documents) for basis in bases]),
        tuple(basis.limits for basis in bases),
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
        models: Of each model the records of the same documents in the same order, whichever.
        weights: One a model; they sum to 0.
    """
    sampled = [_sampled(measure, records) for records in models]
    first = sampled[0]
    w = np.asarray(weights, dtype=float)
    values = np.stack([model.values for model in sampled])
    sums = _weighted_sum(w, [model.values for model in sampled])
    draws = _weighted_sum(w, [model.draws for model in sampled])
    documents = np.min([model.documents for model in sampled], axis=0)
    clusters = np.min([model.clusters for model in sampled], axis=0)
    errors = standard_errors(draws, clusters)
    intervals, narrower = (
        _intervals(sampled, w, draws, clusters, level) for level in (LEVEL, EQUIVALENCE_LEVEL)
    )
    tests = _tests(measure, sampled, w, sums)
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


def _weighted_sum(weights: FloatArray, terms: Sequence[FloatArray]) -> FloatArray:
    """The sum of terms whose weights add up to 0: exactly 0 where all terms are alike."""
    away = [weight * (term - terms[0]) for weight, term in zip(weights[1:], terms[1:], strict=True)]
    return np.asarray(sum(away), dtype=float)


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
    first, second = _sampled(measure, reference), _sampled(measure, other)
    return DeltaDraws(
        first.names,
        second.values - first.values,
        second.draws - first.draws,
        np.minimum(first.clusters, second.clusters),
        _limits_of_sums(first, np.array([-1.0, 1.0])),
    )


def _detectable(
    sampled: Sequence[_Sampled], weights: FloatArray, name: str, error: float, clusters: int
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


def _limits_of_sums(model: _Sampled, weights: FloatArray) -> tuple[Limits, ...]:
    """Of every metric's weighted sum; the weights add up to 0."""
    reaches = [float(weights[weights > 0].sum()) * (limits.high - limits.low) for limits in model.limits]
    return tuple(Limits(-reach, reach) for reach in reaches)


def _intervals(
    sampled: Sequence[_Sampled], weights: FloatArray, draws: FloatArray, clusters: IntArray, level: float
) -> list[Interval]:
    """Of every metric."""
    first = sampled[0]
    low, high = percentile_bounds(draws, clusters, level)
    shares = [first.names.index(name) for name in first.shares.names]
    low[shares], high[shares] = _share_intervals(sampled, weights, draws[shares], level)
    gap = first.names.index("gap")
    low[gap], high[gap] = _gap_interval(sampled, weights, level)
    limits = _limits_of_sums(first, weights)
    return [
        shown_interval(float(low[place]), float(high[place]), int(clusters[place]), of_metric)
        for place, of_metric in enumerate(limits)
    ]


def _share_intervals(
    sampled: Sequence[_Sampled], weights: FloatArray, draws: FloatArray, level: float
) -> Bounds:
    """Of the shares, in units of the largest sum that shares in [0, 1] can have."""
    first = sampled[0]
    largest = weights[weights > 0].sum()
    whole = first.shares.whole_by_cluster
    contributions = _weighted_sum(weights, [_contributions(model.shares) for model in sampled])
    bounds = share_equivalence_bounds if level == EQUIVALENCE_LEVEL else share_difference_bounds
    low, high = bounds(draws / largest, contributions / largest, whole, level)
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


class _Tested(NamedTuple):
    p: float
    test: Test


def _tests(
    measure: Measure, sampled: Sequence[_Sampled], weights: FloatArray, observed: FloatArray
) -> dict[str, _Tested]:
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
    exact = _mcnemar(sampled) if len(sampled) == 2 else {}
    complements = {name for name, _ in measure.complements}

    def tested(name: str, size: float) -> _Tested:
        if name in complements:
            return _Tested(float("nan"), "complement")
        if not np.isfinite(size):
            return _Tested(float("nan"), "exchange")
        if never_differs(size, nulls[name]):
            return _Tested(float("nan"), "constant")
        if name in exact:
            return _Tested(exact[name], "McNemar")
        p = share_at_least(size, nulls[name])
        return _Tested(float(np.maximum(p, one_is_a_gap)) if name == "gap" else p, "exchange")

    return {name: tested(name, size) for name, size in sizes.items()}


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
