"""The speed benchmark simulates tasks of the shipped shapes, and its three ways agree."""

import numpy as np
import pytest

from benchmarks import statistics_speed as speed
from bias_tasks.catalogue import TASKS
from bias_tasks.workload import workload


def test_a_simulated_model_has_tasks_in_the_shape_that_is_shipped() -> None:
    sizes = {task: len(rows) for task, rows in speed.model(0, 0.0).samples.items()}
    assert sizes == {task: workload()[task].documents for task in sizes}
    assert {"occupation", "hiring", "salary", "story", "hate"} <= {TASKS[task].name for task in sizes}


def test_ours_and_a_plain_loop_find_the_same_intervals() -> None:
    records = speed.classification(np.random.default_rng(0), 0.0)
    for ours, loop in zip(speed._ours(records), speed._loop(records), strict=True):
        assert ours == pytest.approx(loop, abs=0.035)
