"""Many tests at once: what remains when their number is allowed for."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control

from bias_tasks.records import FloatArray


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """q: the smallest false discovery rate at which each test of the family would be called (1995).

    NaN stays NaN and does not count into the family.
    """
    p = np.asarray(p_values, dtype=float)
    tested = ~np.isnan(p)
    q = np.full(p.shape, np.nan)
    if tested.any():
        q[tested] = false_discovery_control(p[tested])
    return q


def holm(p_values: ArrayLike) -> FloatArray:
    """Adjusted p: the smallest family-wise error rate at which each test would be called (Holm 1979).

    For the short list of contrasts declared before the data were seen. NaN stays NaN and does not count.
    """
    p = np.asarray(p_values, dtype=float)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    adjusted = np.full(p.shape, np.nan)
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted
