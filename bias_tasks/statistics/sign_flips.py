"""The sign-flip test of a mean of paired differences."""

import numpy as np

from bias_tasks.records import FloatArray
from bias_tasks.statistics.permutation import (
    FURTHER_PERMUTATIONS,
    PERMUTATIONS,
    affordable,
    asks_for_more,
    in_parts,
    share_at_least,
)


def sign_flip_p(
    differences: FloatArray,
    flips: int = PERMUTATIONS,
    further: int = FURTHER_PERMUTATIONS,
    seed: int = 0,
) -> float:
    """Two-sided p that the mean of clusters' differences is 0; NaN where there is none.

    Exact where exchanging the two sides of a cluster flips its difference. It asks for nothing but symmetry,
    so one side may scatter more than the other: exchanging labels of documents would take that for a
    difference of means.

    Args:
        differences: One a cluster, shape (C,).
        flips: How many are always made.
        further: How many more where the first ones hardly reach the observed mean.
        seed: Of this call's own generator.
    """
    if not len(differences):
        return float("nan")
    observed = abs(float(differences.mean()))

    def draw(count: int, own_seed: int | tuple[int, int]) -> FloatArray:
        rng = np.random.default_rng(own_seed)
        sums = [
            np.abs(rng.choice([-1.0, 1.0], size=(part, len(differences))) @ differences)
            for part in in_parts(count, len(differences))
        ]
        return np.asarray(np.concatenate(sums) / len(differences), dtype=float)

    null = draw(flips, seed)
    if further and asks_for_more(observed, null):
        null = np.append(null, draw(affordable(further, len(differences)), (seed, 1)))
    return share_at_least(observed, null)
