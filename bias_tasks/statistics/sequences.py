"""Confidence sequences: intervals that hold together however often one looks, and so when one stops.

Clusters are looked at block by block. An ordinary 95 % interval that is computed at every look leaves out the
truth at one of them far more often than in 5 of 100 cases. A confidence sequence does not: with probability
95 % all its intervals hold the truth, whatever the rule by which one stops.

The sequence is that of the t-test of a mean whose variance is not known: all means are kept that a Bayes
factor with a normal prior on the standardised effect and the right Haar prior on the scale does not refute by
1 / (1 - level). That Bayes factor is a martingale under the mean it tests, so Ville's inequality holds for
normal values from the second cluster on, without appeal to large numbers. (Lai 1976; Wang and Ramdas 2025,
"Anytime-valid t-tests and confidence sequences for Gaussian means with unknown variance"; for the prior Gönen
et al. 2005. As clusters grow many it is the asymptotic sequence of Waudby-Smith et al. 2024.)
`benchmarks/calibration/stopping.py` says how often it holds for values that are not normal.
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bias_tasks.records import Columns, FloatArray
from bias_tasks.statistics.intervals import FEWEST_CLUSTERS, LEVEL, ROUNDING, Bounds
from bias_tasks.statistics.resampling import Resamples

PLANNED = 20
"""Clusters at which a sequence is about narrowest: a contrast worth telling early is told by then."""

Reason = Literal["told from 0", "narrow enough", "all scored"]
"""Why no further block is scored."""


def prior_variance(level: float = LEVEL) -> float:
    """Of the standardised effect: the one that makes the sequence about narrowest at `PLANNED` clusters.

    Waudby-Smith et al. 2024, appendix B.2. Any other is as valid, and wider there.
    """
    surprise = -2 * np.log(1 - level)
    return float((surprise + np.log(surprise + 1)) / PLANNED)


def sequence_reach(clusters: ArrayLike, level: float = LEVEL) -> FloatArray:
    """Half a sequence's width in standard deviations of a cluster, shape (...).

    Infinite where nothing is left out.

    Args:
        clusters: n at each look, shape (...). Below `FEWEST_CLUSTERS` nothing is left out.
        level: Of all looks together.
    """
    n = np.asarray(clusters, dtype=float)
    grown = 1 + n * prior_variance(level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = (np.sqrt(grown) / (1 - level)) ** (2 / n)
        reach = np.sqrt((n - 1) * (ratio - 1) / (1 - ratio / grown) / n)
    return np.where((n < FEWEST_CLUSTERS) | (ratio >= grown), np.inf, reach)


class Looks(NamedTuple):
    """A mean after each look.

    Attributes:
        clusters: How many were looked at, shape (L,).
        mean: Shape (..., L).
        bounds: Where all looks so far agree that the truth lies, each end of shape (..., L).
    """

    clusters: FloatArray
    mean: FloatArray
    bounds: Bounds


def looks(values: ArrayLike, clusters: Sequence[int], level: float = LEVEL) -> Looks:
    """A mean of clusters' values as it is looked at again and again.

    Args:
        values: One a cluster in the order in which they are looked at, shape (..., C).
        clusters: How many of them at each look, shape (L,), increasing.
        level: Of all looks together. Of K sequences that are to hold together, 1 - (1 - level) / K.
    """
    x, n = np.asarray(values, dtype=float), np.asarray(clusters, dtype=int)
    means = np.stack([x[..., :count].mean(axis=-1) for count in n], axis=-1)
    deviations = np.stack([x[..., :count].std(axis=-1, ddof=1) for count in n], axis=-1)
    return Looks(n.astype(float), means, sequence_bounds(means, deviations, n, level))


def sequence_bounds(
    means: ArrayLike, deviations: ArrayLike, clusters: ArrayLike, level: float = LEVEL
) -> Bounds:
    """Bounds after each look, shape (..., L): where all looks so far agree.

    Values that do not differ leave nothing out: they tell nothing, least of all that a mean is certain.

    Args:
        means: At each look, shape (..., L).
        deviations: Standard deviations of clusters' values at each look, shape (..., L).
        clusters: At each look, shape (L,).
        level: Of all looks together.
    """
    mean, deviation = np.asarray(means, dtype=float), np.asarray(deviations, dtype=float)
    differ = deviation > ROUNDING * np.maximum(1.0, np.abs(mean))
    with np.errstate(invalid="ignore"):
        reach = np.where(differ, deviation * sequence_reach(clusters, level), np.inf)
    low = np.maximum.accumulate(mean - reach, axis=-1)
    return Bounds(low, np.minimum.accumulate(mean + reach, axis=-1))


def reason_to_end(low: ArrayLike, high: ArrayLike, width: float) -> Reason | None:
    """Why K contrasts that were asked together need no further block; None if they do.

    Args:
        low: Of each contrast's bounds, shape (K,).
        high: The same.
        width: From end to end, asked of every contrast.
    """
    below, above = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    if ((below > 0) | (above < 0)).any():
        return "told from 0"
    return "narrow enough" if (above - below < width).all() else None


def cluster_values(estimate: Callable[[Resamples], FloatArray], columns: Columns) -> FloatArray:
    """What each cluster adds to a statistic, shape (C,): their mean is the statistic, less its bias.

    Jackknife pseudo-values (Tukey 1958): of a mean over clusters exactly the clusters' own values.

    Args:
        estimate: The statistic for every resample at once.
        columns: The documents.
    """
    count = columns.n_clusters
    whole = estimate(Resamples(columns.cluster, np.ones((1, count))))
    without_one = estimate(Resamples(columns.cluster, 1 - np.eye(count)))
    return np.asarray(count * whole - (count - 1) * without_one, dtype=float)


def blocks(clusters: int, block: int) -> list[int]:
    """Clusters after each look, where a block of so many is added each time; the last has what remains.

    Args:
        clusters: Of the task.
        block: Clusters of a block, at least 1.
    """
    return [*range(block, clusters, block), clusters]
