"""Slopes against SciPy."""

import numpy as np
import pytest
from scipy.stats import linregress

from bias_tasks.statistics import slope_weights


def test_weighted_responses_are_the_least_squares_slope() -> None:
    doses, responses = [0, 0.05, 0.1, 0.2, 0.5], np.array([0.1, 0.12, 0.09, 0.2, 0.31])
    assert slope_weights(doses) @ responses == pytest.approx(linregress(doses, responses).slope)


def test_weights_add_up_to_nothing_and_a_dose_more_gives_one_more() -> None:
    doses = [0, 0.1, 0.1, 0.5]
    weights = slope_weights(doses)
    assert weights.sum() == pytest.approx(0, abs=1e-12)
    assert weights @ np.array(doses) == pytest.approx(1)
