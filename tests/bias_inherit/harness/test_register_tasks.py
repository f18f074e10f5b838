"""The tasks made known to the harness of this environment, and taken away again."""

import shutil
from pathlib import Path

import pytest
from tests_support import call
from typer.testing import CliRunner, Result

from bias_inherit.cli.app import app
from bias_inherit.harness import register_tasks
from bias_inherit.kit.errors import RunError
from bias_tasks.catalogue import ALL_TASKS, FAMILIES, TASKS


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of pointer files in a harness of the test's own: the environment's stays as it is."""
    pointers = tmp_path / "lm_eval" / "tasks" / "bias_inherit"
    pointers.parent.mkdir(parents=True)
    monkeypatch.setattr(register_tasks, "pointer_folder", lambda: pointers)
    return pointers


@pytest.fixture
def registered(folder: Path) -> register_tasks.Registration:
    """This copy of the package, registered."""
    return register_tasks.register()


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path) -> Path:
    """The task folder of a second copy of the package, registered before this one."""
    copy = tmp_path / "second checkout" / "bias_tasks"
    shutil.copytree(register_tasks.task_folder(), copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    with monkeypatch.context() as patch:
        patch.setattr(register_tasks, "task_folder", lambda: copy)
        register_tasks.register()
    return copy


def answer(*arguments: str) -> Result:
    """A command in this process, where the harness's folder is the test's."""
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result


def test_register_makes_exactly_our_tasks_and_group_known(registered: register_tasks.Registration) -> None:
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=str(registered.folder), include_defaults=False)
    assert set(manager.all_tasks) == {*FAMILIES, *ALL_TASKS}
    (task,) = manager.load(["bias_inherit_hate"])["tasks"].values()
    assert len(task.eval_docs) == 192


def test_the_glob_of_the_documentation_matches_the_ten_tasks_and_not_the_group(
    registered: register_tasks.Registration,
) -> None:
    from lm_eval.tasks import TaskManager

    manager = TaskManager(include_path=str(registered.folder), include_defaults=False)
    assert set(manager.match_tasks(["bias_inherit_*"])) == set(TASKS)


def test_registering_twice_is_the_same_as_once(registered: register_tasks.Registration) -> None:
    assert register_tasks.register() == registered


def test_registering_tells_whose_place_it_takes(other: Path) -> None:
    result = answer("register")
    assert f"this takes the place of a registration of {other}\n" in result.stderr
    assert str(register_tasks.task_folder()) in result.stdout
    assert register_tasks.registered_folders() == {register_tasks.task_folder().resolve()}


def test_a_replaced_copy_that_was_deleted_is_told_too(other: Path) -> None:
    shutil.rmtree(other)
    assert f"a registration of {other}, which is no longer there" in answer("register").stderr


@pytest.mark.parametrize("command", ["register", "unregister"])
def test_ones_own_registration_is_nobody_elses(command: str, registered: register_tasks.Registration) -> None:
    assert answer(command).stderr == ""


def test_unregistering_tells_whose_registration_it_was(other: Path) -> None:
    assert f"a registration of {other}" in answer("unregister").stderr
    assert register_tasks.registered_folders() == set()


def test_unregister_leaves_nothing_behind(registered: register_tasks.Registration) -> None:
    assert register_tasks.unregister().tasks == registered.tasks
    assert not registered.folder.exists()
    assert register_tasks.unregister().tasks == []


def test_a_harness_folder_that_cannot_be_written_is_told_with_the_other_way(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(RunError, match="--include_path"):
        register_tasks.register()


def test_task_path_prints_the_folder_for_include_path() -> None:
    done = call("task-path")
    assert (Path(done.stdout.strip()) / "bias_inherit.yaml").is_file()


def test_task_path_tells_that_registered_tasks_need_no_include_path(folder: Path) -> None:
    assert "--include_path" not in answer("task-path").stderr
    register_tasks.register()
    told = answer("task-path")
    assert "lm_eval knows them without --include_path" in told.stderr
    assert told.stdout.strip() == str(register_tasks.task_folder())


def test_task_path_is_silent_where_another_copy_is_registered_because_the_folder_is_then_needed(
    other: Path,
) -> None:
    assert answer("task-path").stderr == ""
