"""Resampling whole clusters: one set of weights serves every metric of a task.

Documents that belong together (the two versions of a biography, the eight rotations of a slate, the
four languages of an item) are drawn together or not at all. A resample is a row of multinomial
weights over clusters; a metric is computed for all resamples at once from weighted totals. The point
estimate is the same computation with every weight 1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bias_tasks.records import Columns, FloatArray, IntArray

BOOTSTRAP_DRAWS = 2000
PERMUTATIONS = 500
FEWEST_CLUSTERS = 10
"""Below this many clusters a percentile interval is far too narrow to be shown as one."""


@dataclass(frozen=True)
class Resamples:
    """B weightings of C clusters.

    Attributes:
        cluster: Cluster number of each record, shape (n,).
        weights: Weight of each cluster in each resample, shape (B, C).
    """

    cluster: IntArray
    weights: FloatArray

    def total(self, column: ArrayLike) -> FloatArray:
        """Weighted sum of a per-record column, shape (B,)."""
        sums = np.bincount(
            self.cluster, weights=np.asarray(column, dtype=float), minlength=self.weights.shape[1]
        )
        return np.asarray(self.weights @ sums, dtype=float)

    def share(self, part: ArrayLike, whole: ArrayLike) -> FloatArray:
        """`total(part) / total(whole)`, NaN where the whole is empty, shape (B,)."""
        numerator, denominator = self.total(part), self.total(whole)
        empty = denominator == 0
        return np.where(empty, np.nan, numerator / np.where(empty, 1.0, denominator))

    @cached_property
    def record_weights(self) -> FloatArray:
        """Weight of each record in each resample, shape (B, n)."""
        return self.weights[:, self.cluster]

    def median(self, values: FloatArray, among: ArrayLike) -> FloatArray:
        """Weighted median of the chosen records, NaN where there is none, shape (B,).

        The mean of the lower and the upper weighted median, so that it equals `numpy.median` of the
        records repeated as often as their weight says.
        """
        chosen = np.flatnonzero(np.asarray(among, dtype=bool))
        if not len(chosen):
            return np.full(len(self.weights), np.nan)
        order = chosen[np.argsort(values[chosen], kind="stable")]
        cumulative = np.cumsum(self.record_weights[:, order], axis=1)
        total = cumulative[:, -1:]
        lower = (cumulative >= total / 2).argmax(axis=1)
        upper = (cumulative > total / 2).argmax(axis=1)
        middle = (values[order[lower]] + values[order[upper]]) / 2
        return np.where(total[:, 0] == 0, np.nan, middle)


def identity(columns: Columns) -> Resamples:
    """The one weighting that takes every cluster once: the point estimate."""
    return Resamples(columns.cluster, np.ones((1, columns.n_clusters)))


def cluster_bootstrap(columns: Columns, draws: int = BOOTSTRAP_DRAWS, seed: int = 0) -> Resamples:
    """Clusters drawn with replacement, as multinomial weights.

    Args:
        columns: The records.
        draws: Number of resamples B.
        seed: Seed of this call's own generator; the global state is not touched.
    """
    count = columns.n_clusters
    if not count:
        return Resamples(columns.cluster, np.ones((draws, 0)))
    weights = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=draws)
    return Resamples(columns.cluster, weights.astype(float))


class Interval(NamedTuple):
    """A two-sided interval."""

    low: float
    high: float


def standard_error(draws: FloatArray, n_clusters: int) -> float:
    """Standard deviation of bootstrap draws; NaN below two clusters or where hardly a draw is defined."""
    defined = draws[np.isfinite(draws)]
    if n_clusters < 2 or len(defined) < len(draws) / 2:
        return float("nan")
    return float(defined.std(ddof=1))


def percentile_interval(draws: FloatArray, n_clusters: int, level: float = 0.95) -> Interval:
    """Percentile bootstrap interval; NaN below `FEWEST_CLUSTERS` and where `standard_error` is."""
    if n_clusters < FEWEST_CLUSTERS or np.isnan(standard_error(draws, n_clusters)):
        return Interval(float("nan"), float("nan"))
    tail = (1 - level) / 2
    low, high = np.quantile(draws[np.isfinite(draws)], [tail, 1 - tail])
    return Interval(float(low), float(high))


def wilson_interval(share: float, trials: int, level: float = 0.95) -> Interval:
    """Wilson score interval of a proportion; NaN without a trial (Wilson 1927).

    Args:
        share: Observed proportion.
        trials: Number of independent observations.
        level: Two-sided confidence.
    """
    if not trials:
        return Interval(float("nan"), float("nan"))
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    spread = z / (1 + z**2 / trials) * sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2)
    return Interval(max(0.0, centre - spread), min(1.0, centre + spread))


class Null(NamedTuple):
    """What a statistic looks like when groups do not matter.

    Attributes:
        mean: Mean of the statistic over permutations of group labels.
        p_value: Share of permutations, the observed one counted, at least as large as observed.
    """

    mean: float
    p_value: float


Shuffle = Callable[[Columns, np.random.Generator], Columns]


def permutation_null(
    statistic: Callable[[Columns, Resamples], FloatArray],
    columns: Columns,
    shuffle: Shuffle,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Null:
    """Null distribution of a one-sided statistic (large is extreme) under `shuffle`.

    A largest difference between groups, or a distance, is positive even where no group differs;
    the mean here says how much of an observed value that alone explains.
    """
    weights = identity(columns)
    observed = statistic(columns, weights)[0]
    if not np.isfinite(observed):
        return Null(float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    null = np.array([statistic(shuffle(columns, rng), weights)[0] for _ in range(permutations)])
    null = null[np.isfinite(null)]
    if not len(null):
        return Null(float("nan"), float("nan"))
    # Sums in another order differ in the last bits; equal is equal.
    extreme = int((null >= observed - 1e-12).sum())
    return Null(float(null.mean()), (1 + extreme) / (1 + len(null)))


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


def shuffle_across_clusters_within(column: Literal["gold", "stratum"]) -> Shuffle:
    """As `shuffle_across_clusters`, but only among clusters that are alike in a column.

    For data in which groups differ in that column to begin with: only what is beyond it is exchanged.
    """

    def shuffle(columns: Columns, rng: np.random.Generator) -> Columns:
        first = _first_of_cluster(columns)
        _, kind = np.unique(getattr(columns, column)[first].astype(str), return_inverse=True)
        order = np.lexsort((rng.random(columns.n_clusters), kind))
        label = np.empty(columns.n_clusters, dtype=object)
        label[np.argsort(kind, kind="stable")] = columns.group[first][order]
        return columns.with_group(label[columns.cluster])

    return shuffle


def _first_of_cluster(columns: Columns) -> IntArray:
    """Place of each cluster's first record, shape (C,)."""
    first = np.zeros(columns.n_clusters, dtype=np.intp)
    first[columns.cluster[::-1]] = np.arange(len(columns))[::-1]
    return first
