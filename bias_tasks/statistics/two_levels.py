"""Effects of doses over training seeds and documents, and what share of one effect another is.

Models of several doses are trained with the same seeds and answer the same documents. Whatever is asked of
their values (a difference, a step, a slope over doses) is a weighted sum of them within each seed, so that
what a seed's models have in common cancels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import bdtrc, stdtr

from bias_tasks.records import FloatArray
from bias_tasks.statistics.effects import SIGNIFICANCE, is_equivalent
from bias_tasks.statistics.intervals import (
    FEWEST_CLUSTERS,
    LEVEL,
    NO_INTERVAL,
    ROUNDING,
    Interval,
    percentile_bounds,
)
from bias_tasks.statistics.resampling import standard_error
from bias_tasks.statistics.seeds import FEWEST_SEEDS, over_seeds
from bias_tasks.statistics.simultaneous import Tail

_FARTHEST = 1e6
"""A share beyond is none: what it is a share of cannot be told from 0."""


class Effect(NamedTuple):
    """One effect of training, over seeds.

    Attributes:
        points: Of each seed.
        mean: Their mean.
        stderr: Of the mean; NaN where there is none.
        interval: Seeds and documents both drawn anew; below `FEWEST_SEEDS` documents alone.
        p: Two-sided, that the effect is 0; NaN below `FEWEST_CLUSTERS` clusters or where nothing differs.
    """

    points: tuple[float, ...]
    mean: float
    stderr: float
    interval: Interval
    p: float

    @property
    def is_over_seeds(self) -> bool:
        """Whether the error speaks of other training seeds too."""
        return len(self.points) >= FEWEST_SEEDS

    @property
    def n_against(self) -> int:
        """Seeds under which it does not go the way of the mean; a mean of 0 has none."""
        sign = float(np.sign(self.mean))
        return sum(sign * point <= ROUNDING for point in self.points) if sign else 0

    @property
    def is_contradicted(self) -> bool:
        """Whether some seed does not go the way of the mean, of which an error of documents knows nothing."""
        return not self.is_over_seeds and self.n_against > 0

    def stays_within(self, margin: float) -> bool:
        """Whether it is shown to be smaller than a margin, where the interval is of two one-sided tests.

        Below `FEWEST_SEEDS` it must also be so under each seed, as the interval knows of documents alone.
        """
        every_seed = self.is_over_seeds or all(abs(point) < margin for point in self.points)
        return every_seed and is_equivalent(self.interval, margin)

    def p_toward(self, tail: Tail) -> float:
        """p in a direction that was declared beforehand; of `either` it is two-sided."""
        if tail == "either":
            return self.p
        return self.p / 2 if (self.mean > 0) == (tail == "up") else 1 - self.p / 2


@dataclass(frozen=True)
class Responses:
    """One value of each of D models under S seeds.

    Attributes:
        values: Shape (D, S).
        draws: When documents are drawn anew, the same ones for all models, shape (D, S, B).
        n_clusters: Of the documents.
    """

    values: FloatArray
    draws: FloatArray
    n_clusters: int

    def of_seed(self, place: int) -> "Responses":
        """The same of one seed alone."""
        return Responses(self.values[:, [place]], self.draws[:, [place]], self.n_clusters)

    def effect(self, weights: ArrayLike, level: float = LEVEL) -> Effect:
        """A weighted sum over the models.

        Seeds and documents: as `over_seeds`. Documents alone: expanded percentiles of the bootstrap, and
        Student's t with a degree of freedom less than there are clusters.

        Args:
            weights: One a model, shape (D,); values with a weight of 0 need not be defined.
            level: Of the interval.
        """
        w = np.asarray(weights, dtype=float)
        chosen = np.flatnonzero(w)
        points = w[chosen] @ self.values[chosen]
        draws = np.tensordot(w[chosen], self.draws[chosen], axes=1).mean(axis=0)
        seeds, mean = tuple(map(float, points)), float(points.mean())
        error = standard_error(draws, self.n_clusters)
        if self.n_clusters < FEWEST_CLUSTERS or not np.isfinite(mean):
            return Effect(seeds, mean, error, NO_INTERVAL, float("nan"))
        if len(seeds) >= FEWEST_SEEDS:
            found = over_seeds(seeds, error, self.n_clusters, level)
            return Effect(seeds, mean, found.stderr, found.interval, found.p)
        if not error > ROUNDING:
            return Effect(seeds, mean, error, NO_INTERVAL, float("nan"))
        interval = percentile_bounds(draws[None], self.n_clusters, level).at(0)
        p = 2 * float(stdtr(self.n_clusters - 1, -abs(mean) / error))
        return Effect(seeds, mean, error, interval, p)


class Share(NamedTuple):
    """What share of a whole effect a part is; 0: nothing of it, 1: all, below 0: it is reversed.

    Attributes:
        value: NaN where the whole is not told from 0, or seeds disagree about it: then no share can be had.
        interval: 95 %; all shares that the test does not reject.
        points: Of each seed.
    """

    value: float
    interval: Interval
    points: tuple[float, ...] = ()


NO_SHARE = Share(float("nan"), NO_INTERVAL)


def share_of(responses: Responses, part: ArrayLike, whole: ArrayLike, level: float = LEVEL) -> Share:
    """The ratio of two effects, right also where the whole is noisy (Fieller 1954).

    A ratio of noisy numbers has no mean and no error of its own. But whether it is r is asked of the effect
    part − r · whole, which is an ordinary one; the interval is of all r at which that is not told from 0.
    It is finite exactly if the whole is told from 0, and else there is no share; nor is there one where a
    seed contradicts the whole.

    Args:
        part: Weights of the effect whose share is asked for.
        whole: Weights of the effect that it is a share of.
    """
    a, b = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    of_part, of_whole = responses.effect(a), responses.effect(b)
    if not of_whole.p <= 1 - level or of_whole.is_contradicted or not np.isfinite(of_part.mean):
        return NO_SHARE
    value = of_part.mean / of_whole.mean
    points = tuple(p / w if w else float("nan") for p, w in zip(of_part.points, of_whole.points, strict=True))

    def beyond(share: float) -> float:
        # Where the two are the same but for rounding nothing differs, and no other share fits.
        p = responses.effect(a - share * b).p
        return (1.0 if share == value else 0.0) - (1 - level) if np.isnan(p) else p - (1 - level)

    low, high = (_edge(beyond, value, sign) for sign in (-1, 1))
    return Share(value, Interval(low, high), points)


def _edge(beyond: Callable[[float], float], start: float, sign: int) -> float:
    """Where a function that is positive at the start turns negative in one direction; infinite if nowhere."""
    inner, step = start, max(abs(start), 1.0) / 64
    while step < _FARTHEST:
        outer = start + sign * step
        if beyond(outer) < 0:
            return float(brentq(beyond, inner, outer, xtol=1e-9)) if beyond(inner) > 0 else inner
        inner, step = outer, 2 * step
    return sign * float("inf")


def told_by_chance(told: int, tests: int) -> float:
    """Exact one-sided p that so many of independent tests, or more, call something where there is nothing.

    Args:
        told: How many did, each at 5 %.
        tests: How many there were.
    """
    return 1.0 if told == 0 else float(bdtrc(told - 1, tests, SIGNIFICANCE))


def steps(doses: Sequence[float]) -> FloatArray:
    """Weights of the difference of each dose and the next smaller one, shape (D − 1, D)."""
    return np.diff(np.eye(len(doses)), axis=0)
