"""Means over seeds against SciPy and simulated runs of known truth."""

import math

import numpy as np
import pytest
from scipy import stats

from bias_tasks.statistics import FEWEST_SEEDS, mean_error, over_seeds


def test_below_five_seeds_there_are_points_and_no_claim() -> None:
    found = over_seeds([0.1, 0.2, 0.15, 0.12], 0.01, 48)
    assert found.points == (0.1, 0.2, 0.15, 0.12)
    assert found.mean == pytest.approx(0.1425)
    assert math.isnan(found.stderr)
    assert math.isnan(found.p)
    assert math.isnan(found.interval.low)


def test_documents_without_an_error_leave_the_t_interval_of_the_seeds() -> None:
    points = [0.1, 0.2, 0.15, 0.12, 0.3, 0.05]
    found = over_seeds(points, 0.0, 48)
    assert found.interval == pytest.approx(stats.ttest_1samp(points, 0).confidence_interval(0.95))
    assert found.p == pytest.approx(stats.ttest_1samp(points, 0).pvalue)


def test_seeds_that_agree_leave_the_error_of_the_documents() -> None:
    found = over_seeds([0.1] * FEWEST_SEEDS, 0.02, 40)
    reach = stats.t.ppf(0.975, 39) * 0.02
    assert found.interval == pytest.approx((0.1 - reach, 0.1 + reach))


def test_answers_all_alike_prove_nothing() -> None:
    assert math.isnan(over_seeds([0.0] * 6, 0.0, 48).stderr)


def test_the_error_of_the_mean_keeps_what_seeds_share() -> None:
    shared = np.random.default_rng(0).normal(size=4000)
    own = np.random.default_rng(1).normal(size=(5, 4000))
    assert mean_error([shared] * 5) == pytest.approx(1, rel=0.05)
    assert mean_error(list(own)) == pytest.approx(1 / math.sqrt(5), rel=0.05)


def test_the_interval_holds_the_truth_whichever_level_scatters() -> None:
    rng = np.random.default_rng(2)
    for seed_spread, document_spread in ((0.05, 0.0), (0.05, 0.02), (0.0, 0.02)):
        held = 0
        for _ in range(400):
            points = 0.1 + rng.normal(0, seed_spread, 5) + rng.normal(0, document_spread)
            low, high = over_seeds(points.tolist(), document_spread, 48).interval
            held += low <= 0.1 <= high
        assert held / 400 >= 0.92
