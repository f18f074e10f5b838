"""Which ranks a model may have, as far as the differences between models are known.

A model's best rank is one more than the number of models that are shown to be better, its worst rank the
number of models less those that are shown to be worse. "Shown" means that the difference leaves out 0 when an
error of 5 % is shared out among all models that this one is compared with (Bonferroni): the range then holds
the model's true rank with 95 % probability. (Mogstad, Romano, Shaikh and Wilhelm 2024, "Inference for ranks";
their simultaneous intervals come from a bootstrap, these from Student's t, which is a little wider.)
"""

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from bias_tasks.records import BoolArray, FloatArray, IntArray
from bias_tasks.statistics import FEWEST_CLUSTERS, SIGNIFICANCE


class RankRanges(NamedTuple):
    """Ranks from 1, the best; 0 where a model has no value.

    Attributes:
        best, worst: Shape (N,).
    """

    best: IntArray
    worst: IntArray


def critical_value(n_models: int, n_clusters: int) -> float:
    """How many standard errors a difference must reach; infinite where nothing can be told apart."""
    if n_models < 2 or n_clusters < FEWEST_CLUSTERS:
        return float("inf")
    return float(stdtrit(n_clusters - 1, 1 - SIGNIFICANCE / 2 / (n_models - 1)))


def rank_ranges(
    values: FloatArray,
    errors: FloatArray,
    n_clusters: int,
    lower_is_better: bool = False,
    tells: BoolArray | None = None,
) -> RankRanges:
    """The ranges of N models.

    Args:
        values: Shape (N,); models with NaN are not ranked.
        errors: Standard errors of the differences, shape (N, N).
        n_clusters: That the values are of.
        lower_is_better: As of a gap.
        tells: Shape (N,). Of a pair the model with the larger value must be among these, or the two are not
            told apart: a gap that does not differ from none is not larger than another.
    """
    ranked = np.isfinite(values)
    difference = values[:, None] - values[None, :]
    with np.errstate(invalid="ignore"):
        larger = difference > critical_value(int(ranked.sum()), n_clusters) * errors
    larger &= ranked[:, None] & ranked[None, :]
    if tells is not None:
        larger &= tells[:, None]
    below, above = larger.sum(axis=1), larger.sum(axis=0)
    better, worse = (above, below) if not lower_is_better else (below, above)
    count = int(ranked.sum())
    return RankRanges(
        np.where(ranked, 1 + better, 0).astype(np.intp), np.where(ranked, count - worse, 0).astype(np.intp)
    )
