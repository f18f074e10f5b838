"""How much more groups move a model than an equally large change that says nothing of groups.

A document and its placebo twin differ by a change without a group in it; documents of one cluster differ by
the group. Both changes move what the model says, and both movements are measured alike: as mean squares, so
that neither has a direction, and none is favoured by being the mean of more differences.
"""

from typing import NamedTuple

import numpy as np

from bias_tasks.records import FloatArray, IntArray
from bias_tasks.statistics.intervals import NO_INTERVAL, POSITIVE, Interval, percentile_bounds, shown
from bias_tasks.statistics.resampling import BOOTSTRAP_DRAWS, drawn_clusters
from bias_tasks.statistics.sign_flips import sign_flip_p


class Movements(NamedTuple):
    """Mean squared movement of each cluster, shape (C,), of clusters in which everything could be read.

    Attributes:
        group: Under a change of the group.
        placebo: Under the placebo change.
        left_out: How many clusters had an output that was not finite, or but one group.
    """

    group: FloatArray
    placebo: FloatArray
    left_out: int


class PlaceboRatio(NamedTuple):
    """How many times as much as the placebo the group moves a model.

    Attributes:
        ratio: Root-mean-square movement under the group over that under the placebo; NaN where nothing moves.
        interval: 95 %, by drawing clusters.
        p_value: Two-sided, that both move it alike.
        group: Root-mean-square movement under a change of the group, in the outputs' unit.
        placebo: The same under the placebo change.
        n_clusters: That entered.
        left_out: That did not, as in `Movements`.
    """

    ratio: float
    interval: Interval
    p_value: float
    group: float
    placebo: float
    n_clusters: int
    left_out: int


def movements(cluster: IntArray, outputs: FloatArray, twins: FloatArray, across: bool = False) -> Movements:
    """How far the outputs of each cluster's documents lie from one another, and from those of their twins.

    The group's movement is the mean over all pairs of a cluster's documents, among themselves and, as often,
    among their twins; or, across, over all pairs of a document and another one's twin. The placebo's is the
    mean over all documents. Exchanging documents and twins changes neither.

    Args:
        cluster: Cluster of each document, 0..C-1, shape (n,). Any two documents of one differ by the group.
        outputs: What the model says of each document, shape (n, P), on a scale where a change means the same
            everywhere, such as log-odds.
        twins: The same of its twin.
        across: For groups that only names tell. There a placebo gives other names of the same groups, and the
            change of the group that is of its size gives other names of other groups.
    """
    both = np.stack([outputs, twins])
    clusters = int(cluster.max()) + 1 if len(cluster) else 0
    group, placebo = np.full(clusters, np.nan), np.full(clusters, np.nan)
    for number in range(clusters):
        rows = both[:, cluster == number]
        one, other = np.nonzero(~np.eye(rows.shape[1], dtype=bool))
        if len(one) and rows.shape[2]:
            change = rows[0, one] - rows[1, other] if across else rows[:, one] - rows[:, other]
            group[number] = np.square(change).mean()
            placebo[number] = np.square(rows[0] - rows[1]).mean()
    read = np.isfinite(group) & np.isfinite(placebo)
    return Movements(group[read], placebo[read], int((~read).sum()))


def placebo_ratio(moved: Movements, draws: int = BOOTSTRAP_DRAWS, seed: int = 0) -> PlaceboRatio:
    """The ratio, with an interval and a test.

    The interval: clusters are drawn with replacement, numerator and denominator together. The test: if the
    two changes move the model alike, they may be exchanged within any cluster. The sum of both movements then
    stays, and the ratio rises with the sum of their differences: it is the sign-flip test of those.

    Args:
        moved: What `movements` finds.
        draws: Of clusters.
        seed: Of this call's own generators.
    """
    clusters = len(moved.group)
    group, placebo = moved.group.sum(), moved.placebo.sum()
    roots = _root(group, clusters), _root(placebo, clusters), clusters, moved.left_out
    if not clusters or placebo == 0:
        return PlaceboRatio(float("nan"), NO_INTERVAL, float("nan"), *roots)
    sample = drawn_clusters(np.arange(clusters), clusters, draws, seed)
    drawn = [sample.total(moved.group), sample.total(moved.placebo)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(drawn[1] > 0, np.sqrt(drawn[0] / drawn[1]), np.nan)
    bounds = shown(percentile_bounds(ratios[None], clusters), clusters, POSITIVE)
    return PlaceboRatio(
        float(np.sqrt(group / placebo)),
        bounds.at(0),
        sign_flip_p(moved.group - moved.placebo, seed=seed),
        *roots,
    )


def _root(total: float, clusters: int) -> float:
    return float(np.sqrt(total / clusters)) if clusters else float("nan")
