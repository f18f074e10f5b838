"""Groups: whether their members exist, and whether what a group changes in them still works."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from bias_inherit.validation.files import YamlFile
from bias_inherit.validation.findings import Finding, failed, in_one_line, ok, skipped
from bias_inherit.validation.names import Names, as_list, name_of_member
from bias_inherit.validation.tasks import Metrics, check_built, missing_data
from bias_tasks.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from lm_eval.tasks import TaskManager

_DATA = {"dataset_path", "custom_dataset", "class"}
"""Keys with which a member is a definition, not only a name."""


def check_group(manager: "TaskManager", file: YamlFile, names: Names, metrics: Metrics) -> Finding:
    """Check a group.

    Args:
        manager: Knows what `names` has near.
        metrics: Of the tasks that were checked before.
    """
    name, members = file.name, as_list(file.fields.get("task"))
    changes = _changes(file)
    unknown = [
        name_of_member(member)
        for member in members
        if not _is_definition(member, changes) and not names.match(name_of_member(member))
    ]
    problems = [
        *([] if members else ["task: a group needs a list of tasks"]),
        *map(names.unknown, unknown),
        *_aggregation_problems(file, set().union(*(metrics.get(leaf, ()) for leaf in names.leaves(name)))),
    ]
    if problems:
        return failed(name, *problems)
    detail = f"group of {len(members)}"
    if not changes and all(isinstance(member, str) for member in members):
        return ok(name, detail)  # its members are checked by themselves
    if not all(_is_definition(member, changes) or name_of_member(member) in names.near for member in members):
        return ok(name, f"{detail}; what it changes in tasks of the harness itself is not checked")
    return _check_changed(manager, name, detail)


def _changes(file: YamlFile) -> set[str]:
    """Keys that are none of a group's own: the harness hands them down to its tasks."""
    from lm_eval.config.group import GroupConfig

    return file.fields.keys() - {field.name for field in fields(GroupConfig)} - {"tag"}


def _is_definition(member: Any, changes: set[str]) -> bool:
    fields = member if isinstance(member, dict) else {}
    return bool((changes | fields.keys()) & _DATA) or isinstance(fields.get("task"), list)


def _aggregation_problems(file: YamlFile, reported: set[str]) -> list[str]:
    """Means over members that are written wrong or would stay empty.

    Args:
        reported: What the members report; empty where none could be built.
    """
    from lm_eval.config.group import GroupConfig

    listed = file.fields.get("aggregate_metric_list")
    try:
        config = GroupConfig(group=file.name, aggregate_metric_list=listed)
        wanted = [entry.metric for entry in config.aggregate_metric_list or []]
    except (AttributeError, TypeError, ValueError) as error:
        return [f"aggregate_metric_list: {in_one_line(error)}"]
    return [
        f"aggregate_metric_list: no member reports {metric!r}{did_you_mean(metric, reported)}"
        for metric in wanted
        if reported and metric not in reported
    ]


def _check_changed(manager: "TaskManager", name: str, detail: str) -> Finding:
    """Build a group's tasks with what the group changes in them."""
    # Everything is caught: a task runs its author's code, and that may raise anything.
    try:
        tasks = manager.load([name])["tasks"]
    except Exception as error:
        missing = missing_data(error)
        return skipped(name, missing) if missing else failed(name, in_one_line(error))
    problems = [f"{member}: {problem}" for member, task in tasks.items() for problem in check_built(task)]
    return failed(name, *problems) if problems else ok(name, detail)
