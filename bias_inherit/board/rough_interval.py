"""Where there are no samples: an interval from what a results file tells."""

import math

from scipy.special import stdtrit

from bias_tasks.statistics import (
    FEWEST_CLUSTERS,
    LEVEL,
    NO_INTERVAL,
    ROUNDING,
    Interval,
    Limits,
    unseen_share,
)


def rough_interval(
    value: float, stderr: float, n_clusters: int, limits: Limits, leaves_0: bool = True
) -> Interval:
    """An interval from a value and its standard error alone.

    Args:
        value: Of a score or a gap, or the mean of several.
        stderr: Where it is 0, all answers were alike: the value may be off as far as so many clusters that
            showed nothing allow.
        n_clusters: Below `FEWEST_CLUSTERS` there is no interval.
        limits: Of the value; the lower one is 0.
        leaves_0: Whether the value may be said to differ from 0.
    """
    if n_clusters < FEWEST_CLUSTERS or not (math.isfinite(value) and stderr >= 0):
        return NO_INTERVAL
    reach = float(stdtrit(n_clusters - 1, (1 + LEVEL) / 2)) * stderr
    if stderr < ROUNDING:
        reach = float(unseen_share(n_clusters))
    low = value - reach if leaves_0 else limits.low
    return Interval(max(limits.low, low), min(limits.high, value + reach))
