"""The tasks made known to the harness of this environment, and taken away again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests_support import call

from bias_inherit import registration
from bias_inherit.errors import RunError
from bias_tasks.catalogue import ALL_TASKS, FAMILIES, TASKS


@pytest.fixture
def registered() -> Iterator[registration.Registration]:
    """Registered for a test; afterwards as it was before."""
    was_there = registration.pointer_folder().exists()
    yield registration.register()
    if was_there:
        registration.register()
    else:
        registration.unregister()


def test_register_makes_exactly_our_tasks_and_group_known(registered: registration.Registration) -> None:
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=str(registered.folder), include_defaults=False)
    assert set(manager.all_tasks) == {*FAMILIES, *ALL_TASKS}
    (task,) = manager.load(["bias_inherit_hate"])["tasks"].values()
    assert len(task.eval_docs) == 192


def test_the_glob_of_the_documentation_matches_the_ten_tasks_and_not_the_group(
    registered: registration.Registration,
) -> None:
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=str(registered.folder), include_defaults=False)
    assert set(manager.match_tasks(["bias_inherit_*"])) == set(TASKS)


def test_registering_twice_is_the_same_as_once(registered: registration.Registration) -> None:
    assert registration.register() == registered


def test_unregister_leaves_nothing_behind(registered: registration.Registration) -> None:
    assert registration.unregister().tasks == registered.tasks
    assert not registered.folder.exists()
    assert registration.unregister().tasks == []


def test_a_harness_folder_that_cannot_be_written_is_told_with_the_other_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(registration, "pointer_folder", lambda: tmp_path / "tasks" / "bias_inherit")
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RunError, match="--include_path"):
        registration.register()


def test_task_path_prints_the_folder_for_include_path() -> None:
    done = call("task-path")
    assert (Path(done.stdout.strip()) / "bias_inherit.yaml").is_file()
