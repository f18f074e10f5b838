"""Exchanging groups within clusters where a statistic is a mean over clusters: sign flips, and their like.

What `permutation_null` finds by relabelling documents is here drawn from a small table.
"""

import numpy as np

from bias_tasks.records import FloatArray
from bias_tasks.statistics.permutation import (
    FURTHER_PERMUTATIONS,
    PERMUTATIONS,
    asks_for_more,
    share_at_least,
)


def relabelled_p(
    contributions: FloatArray,
    permutations: int = PERMUTATIONS,
    further: int = FURTHER_PERMUTATIONS,
    seed: int = 0,
) -> float:
    """Two-sided p that a mean of clusters' contributions is what exchanged groups would give; NaN of none.

    With a contribution and its negative it is the sign-flip test of paired differences.

    Args:
        contributions: What each cluster adds under each of J equally likely labellings, shape (C, J); the
            observed labelling first.
        permutations: How many draws are always made.
        further: How many more where the first ones hardly reach the observed mean.
        seed: Of this call's own generator.
    """
    clusters, labellings = contributions.shape
    if not clusters:
        return float("nan")
    observed = abs(float(contributions[:, 0].mean()))

    def draw(count: int, own_seed: int | tuple[int, int]) -> FloatArray:
        labels = np.random.default_rng(own_seed).integers(labellings, size=(count, clusters))
        return np.asarray(np.abs(contributions[np.arange(clusters), labels].mean(axis=1)), dtype=float)

    null = draw(permutations, seed)
    if further and asks_for_more(observed, null):
        null = np.append(null, draw(further, (seed, 1)))
    return share_at_least(observed, null)
