"""The tasks as the harness finds them, and what it makes of a model that needs no weights."""

from pathlib import Path
from typing import Any

import pytest
from hash_model import HashModel, Lines, evaluate, table
from lm_eval.tasks import TaskManager

import bias_tasks

FOLDER = str(Path(bias_tasks.__file__).parent)


@pytest.fixture(scope="session")
def manager() -> TaskManager:
    return TaskManager(include_path=FOLDER, include_defaults=False)


@pytest.fixture(scope="module")
def model() -> HashModel:
    return HashModel()


@pytest.fixture(scope="module")
def whole(manager: TaskManager, model: HashModel) -> Any:
    """All documents of all tasks."""
    return evaluate(manager, None, model)


@pytest.fixture(scope="module")
def printed(whole: Any) -> Lines:
    return table(whole)


@pytest.fixture(scope="module")
def eight(manager: TaskManager) -> Any:
    return evaluate(manager, 8, HashModel())


@pytest.fixture(scope="module")
def one(manager: TaskManager) -> Any:
    return evaluate(manager, 1, HashModel())
