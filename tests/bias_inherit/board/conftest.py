"""Boards for the tests of pages, exports and what a browser shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from boards import HOSTILE_NAMES, Made, make
from scored_models import HATE
from written_runs import write_results

from bias_tasks.catalogue import TASKS

if TYPE_CHECKING:
    from tests.bias_inherit.conftest import HarnessRuns


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Models with names that want to be more than names, and one honest one."""
    folder = tmp_path_factory.mktemp("hostile")
    for number, name in enumerate((*HOSTILE_NAMES, "house/honest")):
        tasks = dict.fromkeys(TASKS, (0.5 + number / 50, 0.2))
        write_results(folder / "in" / str(number), name, tasks)
    write_results(folder / "in" / "chat", "house/honest", {HATE: (0.5, 0.2)}, chat_template_sha="<b>")
    return make(folder / "in", folder / "out")


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """500 models on ten tasks."""
    folder = tmp_path_factory.mktemp("many")
    rng = np.random.default_rng(0)
    for number in range(500):
        tasks = {task: (rng.uniform(0.3, 0.95), rng.uniform(0, 0.3)) for task in TASKS}
        write_results(folder / "in" / str(number), f"house-{number % 7}/model-{number:03d}", tasks)
    return make(folder / "in", folder / "out")


@pytest.fixture(scope="session")
def real(harness_runs: HarnessRuns, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Three folders of `lm_eval --log_samples`: two models, one of them also in its chat template."""
    return make(harness_runs.plain.parent, tmp_path_factory.mktemp("real"))
