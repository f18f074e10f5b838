"""Exchanging what would not matter if nothing differed: groups within clusters, or models within clusters."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import count as count_up
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bias_tasks.records import Columns, FloatArray, IntArray, objects
from bias_tasks.statistics.resampling import MOST_UNITS, Resamples, identity, units_of

PERMUTATIONS = 500
FURTHER_PERMUTATIONS = 14_500
EXCHANGES = 1_999
FURTHER_EXCHANGES = 5_000
"""Made only where the first ones hardly reach what was observed: a family of tests asks for small p."""

_HARDLY = 10

FURTHER_CELLS = 150_000_000
"""Documents times further permutations: of more than 10,000 documents there are fewer than
`FURTHER_PERMUTATIONS`, so that what a test costs does not grow any more."""

_CELLS_AT_ONCE = 4_000_000
_FEWEST_AT_ONCE = 16
_CELLS_KEPT = 20_000_000
_EQUAL = 1e-12
"""Sums in another order differ in the last bits; equal is equal. Above 1, relative."""


class Null(NamedTuple):
    """What a statistic looks like when groups do not matter.

    Attributes:
        mean: Mean of the statistic over permutations of group labels.
        p_value: Share of permutations, the observed one counted, at least as large as observed.
    """

    mean: float
    p_value: float


NO_NULL = Null(float("nan"), float("nan"))

Statistic = Callable[[Columns, Resamples], FloatArray]
Shuffle = Callable[[Columns, np.random.Generator], Columns]
"""Exchanges group labels. It may look at groups, clusters, gold answers and strata, not at outcomes."""


def share_at_least(observed: float, null: FloatArray) -> float:
    """One-sided p: the observed value counts as one of the permutations (Phipson and Smyth 2010)."""
    return (1 + _reaching(observed, null)) / (1 + len(null))


def asks_for_more(observed: float, null: FloatArray) -> bool:
    """Whether so few of the permutations reach the observed value that their number limits p.

    Further ones are then made, and p is of all. It keeps its size: below the share at which one goes on,
    p is that of all permutations, and above, that of the first (after Besag and Clifford 1991).
    """
    return _reaching(observed, null) < _HARDLY


def _reaching(observed: float, null: FloatArray) -> int:
    return int((null >= observed - _EQUAL * max(1.0, abs(observed))).sum())


def never_differs(observed: float, null: FloatArray) -> bool:
    """Whether a size is 0 however one exchanges: such a test can only give p = 1, and tests nothing.

    That depends on what is exchanged and not on who gave it, so leaving such tests out of a family keeps
    its error rate (Tarone 1990).
    """
    return len(null) > 0 and max(observed, float(null.max())) < _EQUAL


def permutation_null(
    statistic: Statistic,
    columns: Columns,
    shuffle: Shuffle,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    further: int = 0,
) -> Null:
    """Null distribution of a one-sided statistic (large is extreme) under `shuffle`.

    A largest difference between groups, or a distance, is positive even where no group differs;
    the mean here says how much of an observed value that alone explains.

    Args:
        permutations: How many are always made; the mean is of these.
        further: How many more are made where the first ones hardly reach the observed value.
    """
    observed = statistic(columns, identity(columns))[0]
    if not np.isfinite(observed):
        return NO_NULL
    design = _Design.of(columns)

    def draw(count: int, own_seed: int | tuple[int, int]) -> FloatArray:
        drawn = _under_labels(statistic, columns, _relabellings(shuffle, count, own_seed, design))
        return drawn[np.isfinite(drawn)]

    null = draw(permutations, seed)
    if not len(null):
        return NO_NULL
    more = affordable(further, len(columns)) if asks_for_more(observed, null) else 0
    every = np.append(null, draw(more, (seed, 1))) if more else null
    return Null(float(null.mean()), share_at_least(float(observed), every))


def affordable(further: int, units: int) -> int:
    """How many of the further permutations are made of so many documents or clusters: see `FURTHER_CELLS`."""
    return min(further, max(PERMUTATIONS, FURTHER_CELLS // units))


def in_parts(count: int, width: int) -> Iterator[int]:
    """Sizes of parts that together are `count`, so that rows of so many cells do not fill the memory.

    Not too small, since what is done once a part takes time for every document.
    """
    at_once = max(_FEWEST_AT_ONCE, _CELLS_AT_ONCE // max(1, width))
    for start in range(0, count, at_once):
        yield min(at_once, count - start)


class _Relabellings(NamedTuple):
    """Group labels of n documents in P permutations: `groups[code]`, code of shape (P, n)."""

    groups: NDArray[np.object_]
    code: NDArray[np.int16]


class _Design(NamedTuple):
    """What a shuffle may look at, hashable."""

    group: tuple[Any, ...]
    cluster: tuple[int, ...]
    gold: tuple[Any, ...]
    stratum: tuple[Any, ...]
    n_clusters: int

    @classmethod
    def of(cls, columns: Columns) -> "_Design":
        return cls(
            tuple(columns.group),
            tuple(columns.cluster.tolist()),
            tuple(columns.gold),
            tuple(columns.stratum),
            columns.n_clusters,
        )

    def columns(self) -> Columns:
        """The design as columns without outcomes."""
        nothing = np.full(len(self.group), None, dtype=object)
        return Columns(
            group=objects(self.group),
            cluster=np.array(self.cluster, dtype=np.intp),
            gold=objects(self.gold),
            outcome=nothing,
            stratum=objects(self.stratum),
            reason=nothing,
            log_probabilities=nothing,
            n_clusters=self.n_clusters,
        )


def _relabellings(
    shuffle: Shuffle, permutations: int, seed: int | tuple[int, int], design: _Design
) -> Iterable[_Relabellings]:
    """In parts that together have so many permutations."""
    if permutations * len(design.group) > _CELLS_KEPT:
        return _drawn_relabellings(shuffle, permutations, seed, design)
    return _kept_relabellings(shuffle, permutations, seed, design)


@lru_cache(maxsize=4)
def _kept_relabellings(
    shuffle: Shuffle, permutations: int, seed: int | tuple[int, int], design: _Design
) -> tuple[_Relabellings, ...]:
    """Cached, because all models of a study share the design of a task."""
    return tuple(_drawn_relabellings(shuffle, permutations, seed, design))


def _drawn_relabellings(
    shuffle: Shuffle, permutations: int, seed: int | tuple[int, int], design: _Design
) -> Iterator[_Relabellings]:
    columns, rng = design.columns(), np.random.default_rng(seed)
    number: defaultdict[Any, int] = defaultdict(count_up().__next__)
    for part in in_parts(permutations, len(columns)):
        code = np.empty((part, len(columns)), dtype=np.int16)
        for row in code:
            row[:] = list(map(number.__getitem__, shuffle(columns, rng).group.tolist()))
        yield _Relabellings(objects(tuple(number)), code)


def _under_labels(statistic: Statistic, columns: Columns, relabelled: Iterable[_Relabellings]) -> FloatArray:
    """A statistic under each relabelling, shape (P,).

    Many at once: the records are laid out once for every group, as if all belonged to it, and a relabelling
    is a weighting that takes each document from the copy of its group.
    """
    n, known, parts = len(columns), 0, []
    for groups, codes in relabelled:
        if len(groups) > known:
            known, worlds = len(groups), _one_of_each_group(columns, groups)
        for count in in_parts(len(codes), known * n):
            code, codes = codes[:count].astype(np.intp), codes[count:]
            weights = np.zeros((count, known * n))
            np.put_along_axis(weights, code * n + np.arange(n), 1.0, axis=1)
            parts.append(statistic(worlds, Resamples(np.arange(known * n), weights)))
    return np.concatenate(parts)


def _one_of_each_group(columns: Columns, groups: NDArray[np.object_]) -> Columns:
    """The records as if all belonged to the first group, then as if all to the second, and so on."""
    worlds, n = len(groups), len(columns)
    return Columns(
        group=np.repeat(groups, n),
        cluster=np.concatenate([columns.cluster + world * columns.n_clusters for world in range(worlds)]),
        gold=np.tile(columns.gold, worlds),
        outcome=np.tile(columns.outcome, worlds),
        stratum=np.tile(columns.stratum, worlds),
        reason=np.tile(columns.reason, worlds),
        log_probabilities=np.tile(columns.log_probabilities, worlds),
        n_clusters=columns.n_clusters * worlds,
    )


def shuffle_within_clusters(columns: Columns, rng: np.random.Generator) -> Columns:
    """Exchange group labels among the documents of each cluster (counterfactual designs)."""
    order = np.lexsort((rng.random(len(columns)), columns.cluster))
    home = np.argsort(columns.cluster, kind="stable")
    group = columns.group.copy()
    group[home] = columns.group[order]
    return columns.with_group(group)


def shuffle_across_clusters(columns: Columns, rng: np.random.Generator) -> Columns:
    """Exchange group labels among clusters (each cluster belongs to one group)."""
    label = columns.group[_first_of_cluster(columns)][rng.permutation(columns.n_clusters)]
    return columns.with_group(label[columns.cluster])


@cache
def shuffle_across_clusters_within(column: Literal["gold", "stratum"]) -> Shuffle:
    """As `shuffle_across_clusters`, but only among clusters that are alike in a column.

    For data in which groups differ in that column to begin with: only what is beyond it is exchanged. The
    same function for the same column, so that tests of one task share their exchanges.
    """

    def shuffle(columns: Columns, rng: np.random.Generator) -> Columns:
        label, kind, home = _of_clusters(columns, column)
        order = np.lexsort((rng.random(columns.n_clusters), kind))
        exchanged = np.empty(columns.n_clusters, dtype=object)
        exchanged[home] = label[order]
        return columns.with_group(exchanged[columns.cluster])

    return shuffle


class _OfClusters(NamedTuple):
    """Of each cluster its group and its kind, each of shape (C,); `home` puts clusters of a kind together."""

    group: NDArray[np.object_]
    kind: IntArray
    home: IntArray


@lru_cache(maxsize=2)
def _of_clusters(columns: Columns, column: Literal["gold", "stratum"]) -> _OfClusters:
    """Cached, because a null shuffles the same documents."""
    first = _first_of_cluster(columns)
    _, kind = np.unique(getattr(columns, column)[first].astype(str), return_inverse=True)
    return _OfClusters(columns.group[first], kind, np.argsort(kind, kind="stable"))


def _first_of_cluster(columns: Columns) -> IntArray:
    """Place of each cluster's first record, shape (C,)."""
    first = np.zeros(columns.n_clusters, dtype=np.intp)
    first[columns.cluster[::-1]] = np.arange(len(columns))[::-1]
    return first


def stack(models: Sequence[Columns]) -> Columns:
    """The records of several models on the same documents as one set: model k's cluster c becomes k C + c.

    Args:
        models: Of each model the same documents in the same order.
    """
    clusters = models[0].n_clusters
    return Columns(
        group=np.concatenate([columns.group for columns in models]),
        cluster=np.concatenate([columns.cluster + k * clusters for k, columns in enumerate(models)]),
        gold=np.concatenate([columns.gold for columns in models]),
        outcome=np.concatenate([columns.outcome for columns in models]),
        stratum=np.concatenate([columns.stratum for columns in models]),
        reason=np.concatenate([columns.reason for columns in models]),
        log_probabilities=np.concatenate([columns.log_probabilities for columns in models]),
        n_clusters=clusters * len(models),
    )


def exchanges(
    stacked: Columns, models: int, permutations: int = EXCHANGES, seed: int = 0
) -> Iterator[list[Resamples]]:
    """Models' answers exchanged among the models, whole clusters at a time.

    If the models do not differ, each cluster's sets of answers could as well have been given by the models
    in another order. With two models this is the paired sign-flip test, and for pairs of right and wrong
    answers McNemar's.

    Args:
        stacked: What `stack` makes of the models.
        models: Their number K.
        permutations: Number of exchanges P.
        seed: Seed of this call's own generator.

    Yields:
        For each of K places the resamples of `stacked` that stand there; in parts that together have P, so
        that many clusters do not fill the memory.
    """
    clusters = stacked.n_clusters // models
    units = min(clusters, MOST_UNITS)
    unit = units_of(clusters)[stacked.cluster % clusters] + stacked.cluster // clusters * units
    at_once = max(1, 2 * _CELLS_AT_ONCE // (models * models * units))
    for part, start in enumerate(range(0, permutations, at_once)):
        count = min(at_once, permutations - start)
        weights = _exchange_weights(units, models, count, (seed, part))
        yield [Resamples(unit, place) for place in weights]


@lru_cache(maxsize=2)
def _exchange_weights(clusters: int, models: int, permutations: int, seed: tuple[int, int]) -> FloatArray:
    """Shape (K, P, K C), read-only: 1 where model k's cluster c stands at a place."""
    order = np.random.default_rng(seed).random((permutations, clusters, models)).argsort(axis=-1)
    weights = np.zeros((models, permutations, models * clusters))
    for place in range(models):
        column = order[:, :, place] * clusters + np.arange(clusters)
        np.put_along_axis(weights[place], column, 1.0, axis=1)
    weights.flags.writeable = False
    return weights
