"""Seeds as the outer level: would another training run show the same?"""

from collections.abc import Sequence
from math import hypot, isnan, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from bias_tasks.records import FloatArray
from bias_tasks.statistics.intervals import (
    LEVEL,
    NO_INTERVAL,
    ROUNDING,
    UNLIMITED,
    Interval,
    Limits,
    shown_interval,
)

FEWEST_SEEDS = 5
"""From so many training seeds on their scatter is part of an error; below, others are not spoken of."""


class OverSeeds(NamedTuple):
    """A difference over several training seeds.

    Attributes:
        points: The value of each seed.
        mean: Their mean.
        stderr: Of the mean, seeds and documents both drawn anew; NaN below `FEWEST_SEEDS` seeds.
        interval: 95 %, none below `FEWEST_SEEDS` seeds, and else as far as it is `shown`.
        p: Two-sided, that the mean is 0.
    """

    points: tuple[float, ...]
    mean: float
    stderr: float
    interval: Interval
    p: float


def over_seeds(
    points: Sequence[float],
    document_error: float,
    n_clusters: int,
    level: float = LEVEL,
    limits: Limits = UNLIMITED,
) -> OverSeeds:
    """The mean over seeds with an error for both levels.

    The seeds' own scatter holds what another seed would change, and a share of the documents' noise. What
    all seeds have in common, because they answered the same documents, it does not hold: the error of their
    mean under resampled documents does. Both are added in squares, which counts the share twice and is
    slightly too wide. Degrees of freedom after Welch and Satterthwaite.

    Args:
        points: One value a seed.
        document_error: Bootstrap standard error of their mean, the same resampled clusters for all seeds.
        n_clusters: C.
        level: Two-sided confidence.
        limits: Of the difference.
    """
    values = np.asarray(points, dtype=float)
    mean, seeds = float(values.mean()), len(values)
    undecided = OverSeeds(tuple(points), mean, float("nan"), NO_INTERVAL, float("nan"))
    if seeds < FEWEST_SEEDS or n_clusters < 2 or isnan(mean) or isnan(document_error):
        return undecided
    seed_error = float(values.std(ddof=1)) / sqrt(seeds)
    stderr = hypot(seed_error, document_error)
    if stderr <= ROUNDING:
        return undecided
    freedom = welch_freedom(seed_error, seeds, document_error, n_clusters)
    reach = float(stdtrit(freedom, (1 + level) / 2)) * stderr
    p = 2 * float(stdtr(freedom, -abs(mean) / stderr))
    interval = shown_interval(mean - reach, mean + reach, n_clusters, limits)
    return OverSeeds(tuple(points), mean, stderr, interval, p)


def welch_freedom(seed_error: float, seeds: int, document_error: float, n_clusters: int) -> float:
    """Degrees of freedom of both errors added in squares, after Welch and Satterthwaite."""
    both = hypot(seed_error, document_error)
    return both**4 / (seed_error**4 / (seeds - 1) + document_error**4 / (n_clusters - 1))


def mean_error(draws: Sequence[FloatArray]) -> float:
    """Standard deviation of the mean over seeds of bootstrap draws that share their clusters."""
    return float(np.mean(draws, axis=0).std(ddof=1))
