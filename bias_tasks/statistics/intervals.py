"""Intervals that hold for few clusters, for shares near 0 and 1, and for disparities that cannot be negative.

Every function takes many statistics or many data sets at once: the last axis is draws or clusters, and the
axes before it are kept. `docs/calibration.md` says how often the intervals hold the truth.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, stdtrit

from bias_tasks.records import BoolArray, FloatArray

FEWEST_CLUSTERS = 10
"""Below this many clusters no interval is shown, whatever it is of."""

SMALL_SLICE = 30
"""A difference of shares over fewer clusters than this is not taken from the bootstrap."""

LEVEL = 0.95
EQUIVALENCE_LEVEL = 0.9
"""Two one-sided tests at 5 % go by the interval that leaves 5 % out at each end."""

ROUNDING = 1e-12
"""An interval, or an error, of less is none: only sums were rounded differently. Above 1, relative."""

_PSEUDO_SHARE = 0.1
_PSEUDO_DIFFERENCE = 0.5


class Interval(NamedTuple):
    """A two-sided interval."""

    low: float
    high: float


NO_INTERVAL = Interval(float("nan"), float("nan"))


class Bounds(NamedTuple):
    """Ends of several intervals, two arrays of the same shape."""

    low: FloatArray
    high: FloatArray

    def at(self, place: int) -> Interval:
        """One of the intervals."""
        return Interval(float(self.low[place]), float(self.high[place]))


class Limits(NamedTuple):
    """What a metric's values can be at the least and at the most."""

    low: float
    high: float


UNIT = Limits(0.0, 1.0)
SIGNED = Limits(-1.0, 1.0)
POSITIVE = Limits(0.0, np.inf)
UNLIMITED = Limits(-np.inf, np.inf)


def shown(bounds: Bounds, n_clusters: ArrayLike, limits: Limits = UNLIMITED) -> Bounds:
    """The one rule of what is shown as an interval.

    Ends lie within the metric's limits. There is none of fewer than `FEWEST_CLUSTERS` clusters, and none
    whose ends are the same: draws that do not differ tell nothing, least of all that a value is certain.

    Args:
        bounds: As they were computed, each end of shape (...).
        n_clusters: That each is of, shape (...).
        limits: Of the metric.
    """
    low, high = np.maximum(bounds.low, limits.low), np.minimum(bounds.high, limits.high)
    none = (np.asarray(n_clusters) < FEWEST_CLUSTERS) | _are_one(low, high)
    hidden = np.where(none, np.nan, 0.0)
    return Bounds(low + hidden, high + hidden)


def shown_interval(low: float, high: float, n_clusters: int, limits: Limits) -> Interval:
    """`shown` of one interval."""
    return shown(Bounds(np.array([low]), np.array([high])), n_clusters, limits).at(0)


def _are_one(low: FloatArray, high: FloatArray) -> BoolArray:
    return np.asarray(high - low < ROUNDING * np.maximum(1.0, np.abs(high)), dtype=bool)


def expanded_tail(n_clusters: int, level: float = LEVEL) -> float:
    """Share of bootstrap draws to leave out at each end (Hesterberg 2015).

    Plain percentiles make an interval too narrow by a factor of sqrt(C / (C - 1)) and as if the variance were
    known. Further percentiles make up for both; the draws' skewness and range are kept.

    Args:
        n_clusters: C, at least 2.
        level: Two-sided confidence.
    """
    student = stdtrit(n_clusters - 1, (1 + level) / 2)
    return float(ndtr(-np.sqrt(n_clusters / (n_clusters - 1)) * student))


def percentile_bounds(draws: FloatArray, n_clusters: ArrayLike, level: float = LEVEL) -> Bounds:
    """Expanded percentile intervals of bootstrap draws, shape (..., B) -> (...), as far as they are `shown`.

    NaN also where more than half of the draws are undefined.

    Args:
        draws: Of many statistics.
        n_clusters: C of each, shape (...).
        level: Two-sided confidence.
    """
    return shown(_percentiles(draws, n_clusters, level), n_clusters)


def _percentiles(draws: FloatArray, n_clusters: ArrayLike, level: float) -> Bounds:
    clusters = np.broadcast_to(n_clusters, draws.shape[:-1])
    enough = (np.isfinite(draws).mean(axis=-1) >= 0.5) & (clusters >= FEWEST_CLUSTERS)
    # Sorted first: numpy's own partition takes several times as long.
    ordered = np.sort(draws, axis=-1)
    ends = np.full((2, *draws.shape[:-1]), np.nan)
    for count in np.unique(clusters[enough]):
        chosen = enough & (clusters == count)
        tail = expanded_tail(int(count), level)
        cut = np.quantile(ordered[chosen], [tail, 1 - tail], axis=-1)
        some_undefined = np.isnan(cut[0])
        if some_undefined.any():
            cut[:, some_undefined] = np.nanquantile(
                ordered[chosen][some_undefined], [tail, 1 - tail], axis=-1
            )
        ends[:, chosen] = cut
    return Bounds(*ends)


def wilson_bounds(share: ArrayLike, trials: ArrayLike, level: float = LEVEL) -> Bounds:
    """Wilson score intervals of proportions; NaN without a trial (Wilson 1927).

    Args:
        share: Observed proportions.
        trials: Numbers of independent observations; need not be whole.
        level: Two-sided confidence.
    """
    p, n = np.broadcast_arrays(np.asarray(share, dtype=float), np.asarray(trials, dtype=float))
    n = np.where(n > 0, n, np.nan)
    z = float(ndtri((1 + level) / 2))
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    spread = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + (z / (2 * n)) ** 2)
    return Bounds(np.maximum(0.0, centre - spread), np.minimum(1.0, centre + spread))


def unseen_share(n_clusters: ArrayLike, level: float = LEVEL) -> FloatArray:
    """How large a share may be of which C clusters showed nothing: Wilson's upper end of 0."""
    return wilson_bounds(np.zeros(np.shape(n_clusters)), n_clusters, level).high


def share_bounds(part: ArrayLike, whole: ArrayLike, level: float = LEVEL) -> Bounds:
    """Wilson intervals of shares of documents that come in clusters, shape (..., C) -> (...), if `shown`.

    The sample size is the effective one, share (1 - share) / variance among clusters, and at most the
    number of documents. So that a few clusters which happen to agree do not pass for many documents, the
    variance is that of the clusters and a tenth of a cluster each of right and of wrong answers only. With
    one document a cluster it is Wilson's interval as it stands. (Effective sample sizes: Franco, Little,
    Louis and Slud 2019.)

    Args:
        part: Documents counted in each cluster.
        whole: Documents of the slice in each cluster.
        level: Two-sided confidence.
    """
    x, n = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    documents, clusters = n.sum(axis=-1), (n > 0).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        pseudo = _PSEUDO_SHARE * documents / clusters
        padded = documents + 2 * pseudo
        share = (x.sum(axis=-1) + pseudo) / padded
        residual = ((x - share[..., None] * n) ** 2).sum(axis=-1)
        both_ends = (1 - share) ** 2 + share**2
        variance = (residual + pseudo**2 / _PSEUDO_SHARE * both_ends) / padded**2
        effective = np.minimum(share * (1 - share) / variance, documents)
        return shown(wilson_bounds(x.sum(axis=-1) / documents, effective, level), clusters, UNIT)


def share_difference_bounds(
    draws: FloatArray, contributions: FloatArray, whole: ArrayLike, level: float = LEVEL
) -> Bounds:
    """Intervals of paired differences of shares, as far as they are `shown`.

    From `SMALL_SLICE` clusters on the expanded percentiles, below, and where draws do not differ,
    `padded_bounds` with half a cluster at each end, less if clusters have several documents. Where no
    cluster differs, as far as a share may lie from 0 of which so many clusters showed nothing.

    Args:
        draws: Of the differences, shape (..., B).
        contributions: What each cluster adds: their mean over the slice's clusters is the difference, shape
            (..., C).
        whole: Documents of the slice in each cluster, shape (..., C).
        level: Two-sided confidence.
    """
    documents = np.asarray(whole, dtype=float)
    clusters = (documents > 0).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        pseudo = _PSEUDO_DIFFERENCE / np.sqrt(documents.sum(axis=-1) / clusters)
    low, high = padded_bounds(contributions, whole, pseudo, level)
    alike = ~np.where(documents > 0, contributions, 0.0).any(axis=-1)
    unseen = unseen_share(clusters, level)
    low, high = np.where(alike, -unseen, low), np.where(alike, unseen, high)
    large = (clusters >= SMALL_SLICE) & ~alike
    for count in np.unique(clusters[large]):
        chosen = large & (clusters == count)
        of_draws = percentile_bounds(draws[chosen], int(count), level)
        low[chosen] = np.where(np.isnan(of_draws.low), low[chosen], of_draws.low)
        high[chosen] = np.where(np.isnan(of_draws.high), high[chosen], of_draws.high)
    return shown(Bounds(low, high), clusters, SIGNED)


def padded_bounds(contributions: FloatArray, whole: ArrayLike, pseudo: ArrayLike, level: float) -> Bounds:
    """Student's t intervals of differences of shares, padded by clusters that differ wholly either way.

    After Bonett and Price (2012), who pad pairs of yes/no answers so. NaN without a cluster.

    Args:
        contributions: As in `share_difference_bounds`.
        whole: As there.
        pseudo: How many clusters are added at each end; need not be whole.
        level: Two-sided confidence.
    """
    here, extra = np.asarray(whole, dtype=float) > 0, np.asarray(pseudo, dtype=float)
    values = np.where(here, contributions, 0.0)
    padded = here.sum(axis=-1) + 2 * extra
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = values.sum(axis=-1) / padded
        square = ((values**2).sum(axis=-1) + 2 * extra) / padded
        reach = stdtrit(padded - 1, (1 + level) / 2) * np.sqrt((square - mean**2) / (padded - 1))
    none = ~here.any(axis=-1)
    low, high = np.maximum(-1.0, mean - reach), np.minimum(1.0, mean + reach)
    return Bounds(np.where(none, np.nan, low), np.where(none, np.nan, high))


def share_equivalence_bounds(
    draws: FloatArray, contributions: FloatArray, whole: ArrayLike, level: float = EQUIVALENCE_LEVEL
) -> Bounds:
    """Intervals of differences of shares for two one-sided tests, arguments as in `share_difference_bounds`.

    Where few clusters differ, the bootstrap is surest just when it happens to have seen the fewest: an
    interval that is slightly too narrow once in a while then calls things equivalent that are not. So the
    wider end of the interval and of `padded_bounds` with a cluster at each end is taken.
    """
    interval = share_difference_bounds(draws, contributions, whole, level)
    padded = padded_bounds(contributions, whole, 1.0, level)
    return Bounds(np.minimum(interval.low, padded.low), np.maximum(interval.high, padded.high))


def gap_bounds(
    value: ArrayLike,
    draws: FloatArray,
    null_p: ArrayLike,
    n_clusters: ArrayLike,
    level: float = LEVEL,
    limits: Limits = UNIT,
) -> Bounds:
    """Intervals of disparities that are positive even where no group differs, as far as they are `shown`.

    The draws of such a statistic lean upward, and for the lower end they do so twice: the observed value
    leans over the truth as the draws lean over the observed value. A percentile interval of the gap of four
    equal groups never holds 0. So the lower end is 0 unless the permutation test finds a gap, and else the
    percentile less twice the draws' lean. The upper end is the percentile. Where no draw differs, both ends
    lie as far from the value as `unseen_share` allows: answers that all go one way do not make a gap certain.

    Args:
        value: Observed gaps, shape (...).
        draws: Their bootstrap draws, shape (..., B).
        null_p: p of the permutation tests, shape (...).
        n_clusters: C, shape (...).
        level: Two-sided confidence.
        limits: Of the gap; the lower one is 0.
    """
    gap, p = np.asarray(value, dtype=float), np.asarray(null_p, dtype=float)
    low, high = _percentiles(draws, n_clusters, level)
    undefined = np.isnan(low) | np.isnan(p)
    defined = np.where(undefined[..., None], 0.0, draws)
    lean = np.maximum(np.nanmean(defined, axis=-1) - gap, 0.0)
    alike, unseen = _are_one(low, high), unseen_share(n_clusters, level)
    corrected = np.minimum(np.where(alike, gap - unseen, low - 2 * lean), gap)
    lower = np.where(p > 1 - level, 0.0, corrected)
    upper = np.maximum(np.where(alike, gap + unseen, high), gap)
    none = np.where(undefined, np.nan, 0.0)
    return shown(Bounds(lower + none, upper + none), n_clusters, limits)


def combination_bounds(
    weights: ArrayLike, values: FloatArray, bounds: Bounds, correlation: FloatArray, at_floor: ArrayLike
) -> Bounds:
    """Intervals of a weighted sum from the intervals of its terms, which need not be symmetric.

    The distances to the terms' ends are added in squares with their correlations (Zou, Huang and Zhang 2009;
    Newcombe 1998 for two proportions). A term that lies above 0 only because it cannot be negative does not
    scatter by its distance to 0 but may be wrong by all of it: that distance is added in full.

    Args:
        weights: Of the K terms, shape (K,).
        values: Observed terms, shape (K, ...).
        bounds: Their intervals, each end of shape (K, ...).
        correlation: Of the terms' bootstrap draws, shape (K, K, ...).
        at_floor: Which terms are not told apart from 0, shape (K, ...).
    """
    w = np.asarray(weights, dtype=float).reshape(-1, *[1] * (values.ndim - 1))
    floor = np.asarray(at_floor, dtype=bool)
    below, above = values - bounds.low, bounds.high - values
    total = (w * values).sum(axis=0)
    sign = np.sign(w) * np.ones_like(values)

    def reach(toward_low: BoolArray) -> FloatArray:
        """How far off the sum may be, if some terms lie lower than seen and the others higher."""
        distance = np.abs(w) * np.where(toward_low, below, above)
        outright = np.asarray(toward_low & floor)
        scatter = np.where(outright, 0.0, sign * distance)
        square = np.einsum("i...,ij...,j...->...", scatter, correlation, scatter)
        return np.asarray(
            np.where(outright, distance, 0.0).sum(axis=0) + np.sqrt(np.maximum(square, 0.0)), dtype=float
        )

    return Bounds(total - reach(w > 0), total + reach(w < 0))


def draw_correlation(draws: FloatArray) -> FloatArray:
    """Correlation of K statistics over their bootstrap draws, shape (K, ..., B) -> (K, K, ...).

    0 with a statistic whose draws do not differ.
    """
    centred = draws - draws.mean(axis=-1, keepdims=True)
    product = np.einsum("i...b,j...b->ij...", centred, centred)
    deviation = np.sqrt(np.einsum("ii...->i...", product))
    scale = deviation[:, None] * deviation[None, :]
    correlation = np.where(scale > 0, product / np.where(scale > 0, scale, 1.0), 0.0)
    same = np.eye(len(draws), dtype=bool)
    correlation[same] = 1.0
    return np.asarray(correlation, dtype=float)
