"""Before a study: how often it finds a difference, which one it finds, and how many clusters that takes.

One formula, read in three ways: an error that falls with the root of the number of clusters, and the t test
that `minimum_detectable_effect` asks after the study.
"""

from math import hypot, isnan, sqrt
from typing import NamedTuple

from scipy.special import stdtr, stdtrit

from bias_tasks.statistics.effects import POWER, SIGNIFICANCE, found_at
from bias_tasks.statistics.seeds import FEWEST_SEEDS, welch_freedom

MOST_CLUSTERS = 10_000_000
"""More than that is as good as never."""


class Scatter(NamedTuple):
    """What differences of two models on one metric scatter by.

    Attributes:
        clusters: Standard deviation of what one cluster adds to the difference: its standard error times the
            root of the number of clusters.
        none: What the metric shows where nothing differs, times the root of the number of clusters: of a gap,
            whose growth from none is seen by so much less. 0 for signed metrics.
        seeds: Standard deviation of the difference from one training seed to another, on the same documents;
            NaN where it is not known.
        shared: Correlation of the clusters' differences under two training seeds; what is not shared averages
            out over seeds.
    """

    clusters: float
    none: float = 0.0
    seeds: float = float("nan")
    shared: float = 1.0


class Sample(NamedTuple):
    """What a study is of, and how strictly it tests.

    Attributes:
        seeds: From `FEWEST_SEEDS` on their mean is tested, below that the difference of one.
        significance: Of the two-sided test.
    """

    clusters: int
    seeds: int = 1
    significance: float = SIGNIFICANCE


class _Error(NamedTuple):
    stderr: float
    freedom: float


def smallest_effect(scatter: Scatter, sample: Sample, power: float = POWER) -> float:
    """The true difference that so large a share of such studies would find; NaN below two clusters."""
    if sample.clusters < 2:
        return float("nan")
    error = _error(scatter, sample)
    return _unseen(scatter, sample) + error.stderr * found_at(error.freedom, power, sample.significance)


def power_to_find(effect: float, scatter: Scatter, sample: Sample) -> float:
    """Share of such studies that would find a difference, and in its true direction; NaN below two clusters.

    Args:
        effect: Its size.
    """
    if sample.clusters < 2:
        return float("nan")
    error = _error(scatter, sample)
    seen = (abs(effect) - _unseen(scatter, sample)) / error.stderr
    return float(stdtr(error.freedom, seen - stdtrit(error.freedom, 1 - sample.significance / 2)))


def clusters_needed(
    effect: float,
    scatter: Scatter,
    seeds: int = 1,
    significance: float = SIGNIFICANCE,
    power: float = POWER,
) -> int | None:
    """The fewest clusters with which so large a share of studies would find a difference.

    None where no number of them is enough: the scatter of so few seeds alone hides it.

    Args:
        effect: Its size, not 0.
    """

    def enough(clusters: int) -> bool:
        return smallest_effect(scatter, Sample(clusters, seeds, significance), power) <= abs(effect)

    if not enough(MOST_CLUSTERS):
        return None
    too_few, clusters = 1, 2
    while not enough(clusters):
        too_few, clusters = clusters, min(2 * clusters, MOST_CLUSTERS)
    while clusters - too_few > 1:
        middle = (too_few + clusters) // 2
        too_few, clusters = (too_few, middle) if enough(middle) else (middle, clusters)
    return clusters


def counts_seeds(scatter: Scatter, seeds: int) -> bool:
    """Whether a study of so many seeds tests their mean, and how much seeds scatter is known."""
    return seeds >= FEWEST_SEEDS and not isnan(scatter.seeds)


def _error(scatter: Scatter, sample: Sample) -> _Error:
    """Of one seed's difference, or of the mean over seeds as `over_seeds` tells it."""
    of_clusters = scatter.clusters / sqrt(sample.clusters)
    if not counts_seeds(scatter, sample.seeds):
        return _Error(of_clusters, sample.clusters - 1)
    of_clusters *= sqrt(scatter.shared + (1 - scatter.shared) / sample.seeds)
    of_seeds = scatter.seeds / sqrt(sample.seeds)
    freedom = welch_freedom(of_seeds, sample.seeds, of_clusters, sample.clusters)
    return _Error(hypot(of_seeds, of_clusters), freedom)


def _unseen(scatter: Scatter, sample: Sample) -> float:
    return scatter.none / sqrt(sample.clusters)
