"""The speed benchmark simulates tasks of the shipped shapes, and its three ways agree."""

import numpy as np
import pytest

from benchmarks import statistics_speed as speed
from bias_tasks.catalogue import TASKS


def test_a_simulated_model_has_every_task_in_the_shape_that_is_shipped() -> None:
    samples = speed.model(0, 0.0).samples
    assert set(samples) == set(TASKS)
    sizes = {TASKS[task].name: len(rows) for task, rows in samples.items()}
    assert sizes == {
        "occupation": 240,
        "hiring": 288,
        "salary": 120,
        "story": 64,
        **dict.fromkeys(("stereotype", "gender_bias", "hate", "offensive", "abuse", "spam"), 192),
    }


def test_ours_and_a_plain_loop_find_the_same_intervals() -> None:
    records = speed.classification(np.random.default_rng(0), 0.0)
    for ours, loop in zip(speed._ours(records), speed._loop(records), strict=True):
        assert ours == pytest.approx(loop, abs=0.035)
