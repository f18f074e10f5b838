"""Dose and response: how a metric moves with the bias ratio γ."""

from collections.abc import Sequence

import numpy as np

from bias_tasks.records import FloatArray


def slope_weights(doses: Sequence[float]) -> FloatArray:
    """What each response is multiplied by to give the least-squares slope, shape (K,).

    A slope is linear in the responses, so its bootstrap draws and its interval follow from theirs.

    Args:
        doses: At least two different ones.
    """
    centred = np.asarray(doses, dtype=float) - np.mean(doses)
    return np.asarray(centred / (centred**2).sum(), dtype=float)
