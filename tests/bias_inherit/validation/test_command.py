"""The command line of `validate`."""

from pathlib import Path

from tests_support import call
from validated import GOOD_EXPERIMENT, GOOD_TASK, write

from bias_inherit.harness.register_tasks import task_folder


def test_the_command_ends_with_a_count_and_exit_code_1_if_something_failed(folder: Path) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    bad = GOOD_TASK.replace("task: weather", "task: bad").replace("weather.load", "weather.lod")
    write(folder / "bad.yaml", bad)
    done = call("validate", folder, task_folder() / "hate" / "hate.yaml")
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("failed   bad  AttributeError: Module")
    assert lines[1:] == [
        "ok       weather  5 documents",
        "ok       bias_inherit_hate  192 documents",
        "2 ok, 0 skipped, 1 failed",
    ]
    assert done.stderr == ""


def test_the_command_ends_with_0_if_nothing_failed_and_2_for_a_wrong_path(tmp_path: Path) -> None:
    file = write(tmp_path / "experiment.yaml", GOOD_EXPERIMENT)
    assert call("validate", file).returncode == 0
    done = call("validate", file, tmp_path / "none")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {tmp_path / 'none'}: no such file or folder\n"
