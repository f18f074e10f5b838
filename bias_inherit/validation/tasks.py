"""The tasks of a folder: built by the harness, their data loaded, then asked and scored."""

from dataclasses import fields
from typing import TYPE_CHECKING

from bias_inherit.kit.quantities import counted
from bias_inherit.validation.files import YamlFile
from bias_inherit.validation.findings import Finding, failed, in_one_line, ok, skipped, unknown_keys
from bias_inherit.validation.names import Index
from bias_inherit.validation.scoring import TaskError, problems_of
from bias_tasks.public.folder import PublicDataMissing

if TYPE_CHECKING:
    from lm_eval.api.task import Task
    from lm_eval.tasks import TaskManager

Metrics = dict[str, set[str]]
"""Task -> the metrics that it reports, for tasks that could be built."""

_TAKEN_OUT = {"group", "task_list"}
"""Keys that the harness takes out of a task's file before it reads the others."""


def left_out(index: Index, file: YamlFile) -> Finding | None:
    """Whether a file is one of those that the harness leaves out, of a folder, without a word."""
    name = file.name
    if not isinstance(name, str):
        return failed(str(file.path), f"task: expected the task's name (found {name!r})")
    place = index[name].yaml_path if name in index else file.path
    if place is None:
        return failed(str(file.path), f"{name} is also a tag, and the harness takes that")
    if place.resolve() != file.path.resolve():
        return failed(str(file.path), f"{name} is also defined in {place}, and the harness takes that one")
    return None


def check_task(manager: "TaskManager", file: YamlFile, metrics: Metrics) -> Finding:
    """Build, load, ask and score one task; notes its metrics."""
    name = file.name
    if wrong := _unknown_keys(file):
        return failed(name, *wrong)
    # Everything is caught: a task runs its author's code, and that may raise anything.
    try:
        (task,) = manager.load([str(file.path)])["tasks"].values()
    except Exception as error:
        missing = missing_data(error)
        return skipped(name, missing) if missing else failed(name, _told(error, file))
    metrics[name] = set(task.aggregation())
    problems = check_built(task)
    return failed(name, *problems) if problems else ok(name, counted(len(task.eval_docs), "document"))


def check_built(task: "Task") -> list[str]:
    """What is wrong with a built task."""
    try:
        return problems_of(task)
    except TaskError as error:
        return [str(error)]


def _unknown_keys(file: YamlFile) -> list[str]:
    from lm_eval.config.task import TaskConfig

    if "class" in file.fields:  # takes what keys it likes
        return []
    known = [field.name for field in fields(TaskConfig)]
    return unknown_keys((key for key in file.fields if key not in _TAKEN_OUT), known)


def missing_data(error: BaseException) -> str | None:
    """Why data could not be had, if that is what an error or one of its causes says."""
    from datasets.exceptions import DatasetNotFoundError

    # `datasets` raises ConnectionError for a set that is neither on this machine nor to be had from the hub.
    absent: tuple[type[BaseException], ...] = (PublicDataMissing, DatasetNotFoundError, ConnectionError)
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, absent):
            return " ".join(str(link).split())
        link = link.__cause__
    return None


def _told(error: Exception, file: YamlFile) -> str:
    """An error while a task is built, in other words where the harness's own say nothing."""
    for key in ("test_split", "validation_split", "training_split", "fewshot_split"):
        if isinstance(error, KeyError) and key in file.fields and error.args == (file.fields[key],):
            return f"{key}: the data have no split {file.fields[key]!r}"
    if isinstance(error, KeyError) and error.args == (None,):
        return "metric_list: a metric has no aggregation, and the harness knows none for its name"
    return in_one_line(error)
