"""Simulated answers in clusters, many data sets at once, with shares and correlations that are known."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

Array = NDArray[np.float32]
_KNOTS = 4001


class Answers(NamedTuple):
    """Right (1) and wrong (0) answers.

    Attributes:
        right: Shape (columns, C, R): one document a column and cluster, R data sets.
        truth: Expected share of right answers of each column, shape (columns,).
    """

    right: Array
    truth: NDArray[np.float64]


def simulate(
    rng: np.random.Generator, shares: Sequence[float], clusters: int, correlation: float, data_sets: int
) -> Answers:
    """Answers whose chance is a quantile of a Beta distribution, the same quantile for all of a cluster.

    Two documents of a cluster with the same share have exactly the given correlation. Columns with
    different shares (groups, or models) share the cluster's difficulty.
    """
    place = rng.random((clusters, data_sets)) * (_KNOTS - 1)
    below = place.astype(np.intp)
    rest = (place - below).astype(np.float32)
    right = np.empty((len(shares), clusters, data_sets), dtype=np.float32)
    curves = {share: _quantiles(share, correlation) for share in set(shares)}
    for column, share in enumerate(shares):
        curve = curves[share]
        chance = curve[below] * (1 - rest) + curve[below + 1] * rest
        right[column] = rng.random((clusters, data_sets), dtype=np.float32) < chance
    truth = [float(np.trapezoid(curves[share])) / (_KNOTS - 1) for share in shares]
    return Answers(right, np.array(truth))


def _quantiles(share: float, correlation: float) -> Array:
    at = np.linspace(1e-9, 1 - 1e-9, _KNOTS)
    if correlation == 0:
        return np.full(_KNOTS, share, dtype=np.float32)
    size = 1 / correlation - 1
    return np.asarray(betaincinv(share * size, (1 - share) * size, at), dtype=np.float32)


def disparity(by_group: NDArray[np.float64]) -> NDArray[np.float64]:
    """|difference| of two groups, else the largest |group - mean of the others|, shape (G, ...) -> (...)."""
    if len(by_group) == 2:
        return np.asarray(np.abs(by_group[1] - by_group[0]))
    others = (by_group.sum(axis=0) - by_group) / (len(by_group) - 1)
    return np.asarray(np.abs(by_group - others).max(axis=0))
