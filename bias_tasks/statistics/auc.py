"""How well a score tells two kinds of documents apart, whatever the threshold."""

import numpy as np

from bias_tasks.records import BoolArray, FloatArray
from bias_tasks.statistics.resampling import Resamples


def area_under_curve(
    scores: FloatArray, positive: BoolArray, negative: BoolArray, sample: Resamples
) -> FloatArray:
    """Area under the ROC curve, shape (B,); NaN where a resample lacks positives or negatives.

    The chance that a positive document has the higher score, ties counted as half (Mann and Whitney 1947).

    Args:
        scores: Of all documents, shape (n,).
        positive: Documents that should have high scores, shape (n,).
        negative: Documents that should have low ones, shape (n,).
        sample: Resamples of the documents.
    """
    chosen = np.flatnonzero(positive | negative)
    if not len(chosen):
        return np.full(len(sample.weights), np.nan)
    order = chosen[np.argsort(scores[chosen], kind="stable")]
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf) > 0)
    parts = []
    for weights in sample.weights_of(order):
        # Documents of equal scores stand in one column.
        above = np.add.reduceat(weights * positive[order], starts, axis=1)
        below = np.add.reduceat(weights * negative[order], starts, axis=1)
        pairs = above.sum(axis=1) * below.sum(axis=1)
        won = (above * (below.cumsum(axis=1) - below / 2)).sum(axis=1)
        parts.append(np.where(pairs > 0, won / np.where(pairs > 0, pairs, 1.0), np.nan))
    return np.concatenate(parts)
