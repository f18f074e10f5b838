"""Which file is what."""

from collections.abc import Callable
from pathlib import Path

import pytest
from validated import GOOD_CONFIG, GOOD_EXPERIMENT, GOOD_TASK, check, failure, write

from bias_inherit.harness.register_tasks import task_folder
from bias_inherit.kit.errors import UsageError
from bias_inherit.validation import Finding
from bias_tasks.catalogue import TASKS


def test_a_mixed_folder_is_told_apart(folder: Path) -> None:
    write(folder / "weather.yaml", GOOD_TASK)
    write(folder / "config.yaml", GOOD_CONFIG)
    write(folder / "experiment.yaml", GOOD_EXPERIMENT)
    tasks, configs, experiments = check(folder)
    assert tasks == Finding("ok", "weather", "5 documents")
    assert configs.detail.startswith(f"lm-eval config: hf, {len(TASKS)} tasks")
    assert experiments == Finding("ok", str(folder / "experiment.yaml"), "experiment mine")


def test_what_is_wrong_in_an_experiment_file_is_told_as_by_run(tmp_path: Path) -> None:
    file = write(tmp_path / "e.yaml", GOOD_EXPERIMENT.replace("learning_rate", "learning_rat"))
    assert failure(file).startswith("unknown key finetune.learning_rat; did you mean learning_rate?")


def test_a_file_with_misspelt_keys_only_is_still_recognised(tmp_path: Path) -> None:
    file = write(tmp_path / "c.yaml", "modell: hf\ntaks: [bias_inherit]\nmodel_arg: {pretrained: x}\n")
    assert failure(file) == "unknown key modell; did you mean model? (and 2 more)"


@pytest.mark.parametrize("text", ["- 1\n- 2\n", "colour: red\n", "", "only words"])
def test_a_file_that_is_nothing_of_this_is_a_failure(tmp_path: Path, text: str) -> None:
    assert "neither a task or group" in failure(write(tmp_path / "some.yaml", text))


def empty(folder: Path) -> Path:
    return folder


def missing(folder: Path) -> Path:
    return folder / "none"


def only_data(folder: Path) -> Path:
    write(folder / "items.yaml", "- 1\n")
    write(folder / ".hidden" / "config.yaml", GOOD_CONFIG)
    return folder


@pytest.mark.parametrize(
    ("path", "expected"),
    [(missing, "no such file or folder"), (empty, "no *.yaml file"), (only_data, "none of its 1 YAML files")],
)
def test_a_path_with_nothing_to_check_is_a_wrong_request(
    tmp_path: Path, path: Callable[[Path], Path], expected: str
) -> None:
    with pytest.raises(UsageError, match=expected.replace("*", r"\*")):
        check(task_folder(), path(tmp_path))
