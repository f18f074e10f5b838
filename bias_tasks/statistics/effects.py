"""How large a difference is, how large it would have to be to be seen, and whether it is small enough."""

from math import isfinite, sqrt

import numpy as np
from scipy.special import bdtr, stdtrit

from bias_tasks.statistics.intervals import Interval

POWER = 0.8
SIGNIFICANCE = 0.05


def mcnemar_p(only_first: int, only_second: int) -> float:
    """Exact two-sided p that paired yes/no answers differ (McNemar 1947): only pairs that disagree count.

    Args:
        only_first: Pairs where the answer counts for the first model only.
        only_second: Pairs where it counts for the second only.
    """
    disagree = only_first + only_second
    return min(1.0, 2 * float(bdtr(min(only_first, only_second), disagree, 0.5)))


def cohens_h(first: float, second: float) -> float:
    """Effect size of two proportions, second minus first: 0.2 small, 0.5 medium, 0.8 large (Cohen 1988).

    A step from 0.95 to 0.99 counts for more than one from 0.50 to 0.54.
    """
    angles = 2 * np.arcsin(np.sqrt(np.clip([first, second], 0, 1)))
    return float(angles[1] - angles[0])


def standardised_difference(delta: float, stderr: float, n_clusters: int) -> float:
    """Effect size of any other paired difference: Δ in standard deviations of one cluster's contribution.

    Cohen's d for pairs, the pairs being clusters. NaN where the clusters do not vary.

    Args:
        delta: The difference.
        stderr: Its standard error.
        n_clusters: That hold a document of the metric's own slice: a slice of a fourth of the clusters has
            an error of so many and no more.
    """
    return delta / (stderr * sqrt(n_clusters)) if stderr > 0 else float("nan")


def minimum_detectable_effect(
    stderr: float, n_clusters: int, power: float = POWER, significance: float = SIGNIFICANCE
) -> float:
    """The true difference that a two-sided t test would find with the given power, in the metric's unit.

    NaN where there is no error, or one of 0: a bootstrap that saw no answer differ cannot say what it would
    miss.
    """
    if n_clusters < 2 or not stderr > 0 or not isfinite(stderr):
        return float("nan")
    return stderr * found_at(n_clusters - 1, power, significance)


def found_at(freedom: float, power: float = POWER, significance: float = SIGNIFICANCE) -> float:
    """The true difference, in standard errors, that a two-sided t test would find with the given power.

    The quantiles of Student's t are added up: from twenty clusters on within a point of what the noncentral t
    gives.
    """
    return float(stdtrit(freedom, [1 - significance / 2, power]).sum())


def is_equivalent(equivalence_interval: Interval, margin: float) -> bool:
    """Two one-sided tests at 5 % (Schuirmann 1987): whether the 90 % interval lies within ± the margin.

    False also where there is no interval: not shown to be equivalent.
    """
    return -margin < equivalence_interval.low and equivalence_interval.high < margin
