"""Several signed changes asked at once: which moved, if it could not be said beforehand which would."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from bias_tasks.records import FloatArray
from bias_tasks.statistics.intervals import LEVEL, Bounds, percentile_bounds
from bias_tasks.statistics.permutation import asks_for_more, never_differs, share_at_least

Tail = Literal["up", "down", "either"]


class MaxT(NamedTuple):
    """Of S changes, each against the largest of all.

    Attributes:
        t: Change in units of what exchanges move it, shape (S,); NaN where they do not.
        p: Adjusted for all S, shape (S,); NaN as `t`. The smallest is p that nothing moved.
        is_hardly_reached: Whether further exchanges are worth while: see `asks_for_more`.
    """

    t: FloatArray
    p: FloatArray
    is_hardly_reached: bool


def max_t(changes: ArrayLike, null: FloatArray, tail: Tail = "either") -> MaxT:
    """The single-step test by the largest |t| (Westfall and Young 1993, max-T).

    t is scaled by the root mean square of the exchanged changes. That is the same whatever the exchange, so
    the test is as exact as the exchange is. How the changes hang together is kept, because one exchange
    gives all of them. With one change it is the exchange test of that change.

    Args:
        changes: Observed, shape (S,).
        null: Under P exchanges, shape (S, P).
        tail: `up` and `down` ask for changes in this direction alone.
    """
    observed = np.asarray(changes, dtype=float)
    tested = np.array([not never_differs(abs(d), np.abs(n)) for d, n in zip(observed, null, strict=True)])
    t, p = (np.full(len(observed), np.nan) for _ in range(2))
    if not tested.any():
        return MaxT(t, p, is_hardly_reached=False)
    scale = np.sqrt((null[tested] ** 2).mean(axis=1))
    t[tested] = observed[tested] / scale
    largest = _sizes(null[tested] / scale[:, None], tail).max(axis=0)
    sizes = _sizes(t[tested], tail)
    p[tested] = [share_at_least(float(size), largest) for size in sizes]
    return MaxT(t, p, asks_for_more(float(sizes.max()), largest))


def _sizes(t: FloatArray, tail: Tail) -> FloatArray:
    return np.abs(t) if tail == "either" else t if tail == "up" else -t


def simultaneous_level(draws: FloatArray, level: float = LEVEL) -> float:
    """Level at which S single intervals all hold together with probability `level`.

    From the largest standardised deviation of the bootstrap draws, so that changes which move together cost
    less than as many that do not (after Hothorn, Bretz and Westfall 2008).

    Args:
        draws: Of the changes, shape (S, B). Those that do not vary, and draws with an undefined change, do
            not count.
    """
    defined = draws[:, np.isfinite(draws).all(axis=0)]
    deviations = defined - defined.mean(axis=1, keepdims=True) if defined.size else defined
    errors = deviations.std(axis=1, ddof=1) if defined.shape[1] > 1 else np.zeros(len(draws))
    vary = errors > 0
    if vary.sum() < 2:
        return level
    largest = np.abs(deviations[vary] / errors[vary, None]).max(axis=0)
    return max(level, float(2 * ndtr(np.quantile(largest, level)) - 1))


def simultaneous_bounds(draws: FloatArray, n_clusters: ArrayLike, level: float = LEVEL) -> Bounds:
    """Bands of S changes that all hold together with probability `level`, shape (S, B) -> (S,).

    `percentile_bounds` at `simultaneous_level`.
    """
    return percentile_bounds(draws, n_clusters, simultaneous_level(draws, level))
