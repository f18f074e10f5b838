"""Folders and the harness's own tasks, for the tests of `validate`."""

from pathlib import Path

import pytest
from validated import MODULE, write

from bias_inherit.validation import names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the module that the tasks of this file use."""
    write(tmp_path / "weather.py", MODULE)
    return tmp_path


@pytest.fixture
def harness(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A few of the harness's own tasks: all of them take seconds. Holds whether they were asked for."""
    from lm_eval import tasks

    asked: list[str] = []

    def index() -> names.Index:
        asked.append("asked")
        return names.manager_of(Path(tasks.__file__).parent / "arc").task_index

    monkeypatch.setattr(names, "harness_index", names.cache(index))
    return asked
