"""Before a study: how often it finds a difference, which one it finds, and how many clusters that takes.

One formula, read in three ways: an error that falls with the root of the number of clusters, and the t test
that `minimum_detectable_effect` asks after the study. Two quantiles of Student's t are added up: at a power
of 80 % that is the noncentral t's within a point; below 50 %, with few clusters, some points too low.
"""

from bisect import bisect_left
from math import ceil, hypot, isnan, log2, sqrt
from typing import NamedTuple

from scipy.special import stdtr, stdtrit

from bias_tasks.statistics.effects import POWER, SIGNIFICANCE, found_at
from bias_tasks.statistics.intervals import FEWEST_CLUSTERS
from bias_tasks.statistics.seeds import FEWEST_SEEDS, welch_freedom

MOST_CLUSTERS = 10_000_000
"""More than that is as good as never."""


class Scatter(NamedTuple):
    """What differences of two models on one metric scatter by.

    Attributes:
        clusters: Standard deviation of what one cluster adds to the difference: its standard error times the
            root of the number of clusters.
        seeds: Standard deviation of the difference from one training seed to another, on the same documents;
            NaN where it is not known.
        shared: Correlation of the clusters' differences under two training seeds; what is not shared averages
            out over seeds.
    """

    clusters: float
    seeds: float = float("nan")
    shared: float = 1.0


class Design(NamedTuple):
    """What a study is of, and how strictly it tests.

    Attributes:
        seeds: From `FEWEST_SEEDS` on their mean is tested, below that the difference of one.
        significance: Of the two-sided test. One-sided at 5 % is as good as two-sided at 10 %.
        asked: Differences that are asked at once and keep the significance together, by the largest |t|.
    """

    clusters: int
    seeds: int = 1
    significance: float = SIGNIFICANCE
    asked: int = 1

    @property
    def of_each(self) -> float:
        """Significance at which each is tested: enough whatever their correlation (Šidák 1967).

        The largest |t| asks hardly less.
        """
        return float(1 - (1 - self.significance) ** (1 / self.asked))

    @property
    def finds_nothing(self) -> bool:
        """Whether there are fewer than `fewest_clusters`, so that no p is small enough, or none is given."""
        return self.clusters < fewest_clusters(self.significance, self.seeds)


class _Error(NamedTuple):
    stderr: float
    freedom: float


def smallest_effect(scatter: Scatter, design: Design, power: float = POWER) -> float:
    """The true difference that so large a share of such studies would find; NaN if they find nothing."""
    if design.finds_nothing:
        return float("nan")
    error = _error(scatter, design)
    return error.stderr * found_at(error.freedom, power, design.of_each)


def power_to_find(effect: float, scatter: Scatter, design: Design) -> float:
    """Share of such studies that would find a difference, and in its true direction.

    Args:
        effect: Its size.
    """
    if design.finds_nothing:
        return 0.0
    error = _error(scatter, design)
    needed = stdtrit(error.freedom, 1 - design.of_each / 2)
    return float(stdtr(error.freedom, effect / error.stderr - needed))


def clusters_needed(effect: float, scatter: Scatter, design: Design, power: float = POWER) -> int | None:
    """The fewest clusters with which so large a share of studies would find a difference.

    None where no number of them is enough: the scatter of so few seeds alone hides it.

    Args:
        effect: Its size, above 0.
        design: Of any number of clusters.
    """

    def enough(clusters: int) -> bool:
        return smallest_effect(scatter, design._replace(clusters=clusters), power) <= effect

    fewest = fewest_clusters(design.significance, design.seeds)
    found = bisect_left(range(MOST_CLUSTERS + 1), True, lo=fewest, key=enough)
    return found if found <= MOST_CLUSTERS else None


def fewest_clusters(significance: float, seeds: int = 1) -> int:
    """With fewer nothing is found.

    No exchange of models within clusters can then give so small a p: there are two to the power of the
    clusters, and two of them reach what was seen, none exchanged and all. Of a mean over seeds no p is given
    below `FEWEST_CLUSTERS`.
    """
    of_exchanges = ceil(1 - log2(significance))
    return max(of_exchanges, FEWEST_CLUSTERS) if seeds >= FEWEST_SEEDS else of_exchanges


def counts_seeds(scatter: Scatter, seeds: int) -> bool:
    """Whether a study of so many seeds tests their mean, and how much seeds scatter is known."""
    return seeds >= FEWEST_SEEDS and not isnan(scatter.seeds)


def _error(scatter: Scatter, design: Design) -> _Error:
    """Of one seed's difference, or of the mean over seeds as `over_seeds` tells it."""
    of_clusters = scatter.clusters / sqrt(design.clusters)
    if not counts_seeds(scatter, design.seeds):
        return _Error(of_clusters, design.clusters - 1)
    of_clusters *= sqrt(scatter.shared + (1 - scatter.shared) / design.seeds)
    of_seeds = scatter.seeds / sqrt(design.seeds)
    freedom = welch_freedom(of_seeds, design.seeds, of_clusters, design.clusters)
    return _Error(hypot(of_seeds, of_clusters), freedom)
