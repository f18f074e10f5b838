"""Resampling whole clusters: one set of weights serves every metric of a task.

Documents that belong together (the two versions of a biography, the eight rotations of a slate, the
four languages of an item) are drawn together or not at all. A resample is a row of weights over
clusters; a metric is computed for all resamples at once from weighted totals. The point estimate is
the same computation with every weight 1.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike

from bias_tasks.records import BoolArray, Columns, FloatArray, IntArray

BOOTSTRAP_DRAWS = 2000


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
    return Resamples(columns.cluster, multinomial_weights(columns.n_clusters, draws, seed))


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
