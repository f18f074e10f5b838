"""Resampling whole clusters: one set of weights serves every metric of a task.

Documents that belong together (the two versions of a biography, the eight rotations of a slate, the
four languages of an item) are drawn together or not at all. A resample is a row of weights over
clusters; a metric is computed for all resamples at once from weighted totals. The point estimate is
the same computation with every weight 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from bias_tasks.records import BoolArray, Columns, FloatArray, IntArray

BOOTSTRAP_DRAWS = 2000

MOST_UNITS = 5_000
"""Clusters are drawn one by one up to so many; more are dealt at random into so many bundles.

Bundles are then drawn whole, so that time grows with the documents alone and memory not at all. That is the
random-group method (Wolter 2007, chapter 2): the error is known as if from so many clusters, to 1 %.
"""

_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Resamples:
    """B weightings of C clusters.

    Attributes:
        cluster: Cluster number of each record, shape (n,).
        weights: Weight of each cluster in each resample, shape (B, C). Where there are more clusters than
            `MOST_UNITS`, the two are of bundles of clusters.
    """

    cluster: IntArray
    weights: FloatArray

    def total(self, column: ArrayLike) -> FloatArray:
        """Weighted sum of a per-record column, shape (B,)."""
        return np.asarray(self.weights @ self._by_cluster(column), dtype=float)

    def _by_cluster(self, column: ArrayLike) -> FloatArray:
        values = np.asarray(column, dtype=float)
        sums = np.bincount(self.cluster, weights=values, minlength=self.weights.shape[1])
        return np.asarray(sums, dtype=float)

    def share(self, part: ArrayLike, whole: ArrayLike) -> FloatArray:
        """`total(part) / total(whole)`, NaN where the whole is empty, shape (B,)."""
        numerator, denominator = self.total(part), self.total(whole)
        empty = denominator == 0
        return np.where(empty, np.nan, numerator / np.where(empty, 1.0, denominator))

    def mean(self, values: FloatArray, among: BoolArray) -> FloatArray:
        """Weighted mean of the chosen records' values, NaN where there is none, shape (B,)."""
        return self.share(np.where(among, values, 0.0), among)

    def median(self, values: FloatArray, among: ArrayLike) -> FloatArray:
        """Weighted median of the chosen records, NaN where there is none, shape (B,).

        The mean of the lower and the upper weighted median, so that it equals `numpy.median` of the
        records repeated as often as their weight says.
        """
        chosen = np.flatnonzero(np.asarray(among, dtype=bool))
        if not len(chosen):
            return np.full(len(self.weights), np.nan)
        order = chosen[np.argsort(values[chosen], kind="stable")]
        return np.concatenate([_medians(values[order], weights) for weights in self.weights_of(order)])

    def weights_of(self, records: IntArray) -> Iterator[FloatArray]:
        """Weight of each of some records in each resample, in parts that together have shape (B, records).

        So that many records do not fill the memory.
        """
        at_once = max(1, _CELLS_AT_ONCE // max(1, len(records)))
        for start in range(0, len(self.weights), at_once):
            yield self.weights[start : start + at_once][:, self.cluster[records]]


def _medians(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Of sorted values, shape (n,), under weights of shape (B, n)."""
    cumulative = np.cumsum(weights, axis=1)
    total = cumulative[:, -1:]
    lower = (cumulative >= total / 2).argmax(axis=1)
    upper = (cumulative > total / 2).argmax(axis=1)
    return np.where(total[:, 0] == 0, np.nan, (values[lower] + values[upper]) / 2)


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
    return drawn_clusters(columns.cluster, columns.n_clusters, draws, seed)


def drawn_clusters(cluster: IntArray, clusters: int, draws: int, seed: int) -> Resamples:
    """`cluster_bootstrap` of records of which only the clusters are known, shape (n,)."""
    units = min(clusters, MOST_UNITS)
    return Resamples(units_of(clusters)[cluster], multinomial_weights(units, draws, seed))


@lru_cache(maxsize=2)
def units_of(clusters: int) -> IntArray:
    """What each cluster is drawn with, shape (C,), read-only: itself, or one of `MOST_UNITS` bundles.

    The same for all models that answered the same documents. Bundles differ by one cluster at the most.
    """
    unit = np.arange(clusters, dtype=np.intp)
    if clusters > MOST_UNITS:
        unit = np.random.default_rng(clusters).permutation(unit % MOST_UNITS)
    unit.flags.writeable = False
    return unit


@lru_cache(maxsize=2)
def multinomial_weights(clusters: int, draws: int, seed: int) -> FloatArray:
    """How often each cluster is drawn, shape (B, C), read-only.

    Cached, because all models of a study share the clusters of a task, and hence the weights.
    """
    if not clusters:
        return np.ones((draws, 0))
    shares = np.full(clusters, 1 / clusters)
    weights = np.random.default_rng(seed).multinomial(clusters, shares, size=draws).astype(float)
    weights.flags.writeable = False
    return weights


def standard_error(draws: FloatArray, n_clusters: int) -> float:
    """Standard deviation of bootstrap draws; NaN below two clusters or where hardly a draw is defined."""
    return float(standard_errors(draws, n_clusters))


def standard_errors(draws: FloatArray, n_clusters: ArrayLike) -> FloatArray:
    """`standard_error` of many statistics at once, shape (..., B) -> (...).

    Args:
        draws: Of the statistics.
        n_clusters: That each is of, shape (...).
    """
    defined = np.isfinite(draws)
    enough = (defined.mean(axis=-1) >= 0.5) & (np.asarray(n_clusters) >= 2)
    if not enough.any():
        return np.full(draws.shape[:-1], np.nan)
    if defined.all():
        return np.where(enough, draws.std(axis=-1, ddof=1), np.nan)
    kept = np.where(enough[..., None], draws, 0.0)
    return np.where(enough, np.nanstd(kept, axis=-1, ddof=1), np.nan)
