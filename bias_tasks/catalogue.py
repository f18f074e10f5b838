"""The tasks by name. A new task is its folder, with its `TASK`, and one line here."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import get_args

from bias_tasks.abuse.definition import TASK as ABUSE
from bias_tasks.did_you_mean import did_you_mean
from bias_tasks.gender_bias.definition import TASK as GENDER_BIAS
from bias_tasks.hate.definition import TASK as HATE
from bias_tasks.hiring.definition import TASK as HIRING
from bias_tasks.occupation.definition import TASK as OCCUPATION
from bias_tasks.offensive.definition import TASK as OFFENSIVE
from bias_tasks.salary.definition import TASK as SALARY
from bias_tasks.spam.definition import TASK as SPAM
from bias_tasks.stereotype.definition import TASK as STEREOTYPE
from bias_tasks.story.definition import TASK as STORY
from bias_tasks.task import Family, TaskEntry

GROUP: Family = "bias_inherit"
"""The default family: the ten tasks."""

TASK_LIST = (
    OCCUPATION,
    HIRING,
    SALARY,
    STORY,
    STEREOTYPE,
    GENDER_BIAS,
    HATE,
    OFFENSIVE,
    ABUSE,
    SPAM,
)
"""Every task, in the order of groups, tables and reports."""


def _entries(family: Family) -> dict[str, TaskEntry]:
    entries = (TaskEntry(family, task) for task in TASK_LIST if family in task.variants)
    return {entry.harness_name: entry for entry in entries}


FAMILIES: dict[Family, dict[str, TaskEntry]] = {family: _entries(family) for family in get_args(Family)}
"""Family -> harness name -> task, in the order of the group."""

TASKS = FAMILIES[GROUP]
"""The tasks of the default family, by harness name."""

ALL_TASKS = {name: entry for family in FAMILIES.values() for name, entry in family.items()}
"""Every task of every family, by harness name."""


def asked_for(names: Iterable[str]) -> tuple[str, ...]:
    """The tasks that names stand for, each once: a task's, a family's or a pattern, as for `lm_eval --tasks`.

    Raises:
        ValueError: a name stands for no task.
    """
    entries = [(family, task) for family in FAMILIES for task in FAMILIES[family]]
    found: dict[str, None] = {}
    for name in names:
        meant = [task for family, task in entries if family == name or fnmatchcase(task, name)]
        if not meant:
            raise ValueError(unknown_task(name, [*FAMILIES, *ALL_TASKS]))
        found |= dict.fromkeys(meant)
    return tuple(found)


def unknown_task(name: str, known: Iterable[str] = ALL_TASKS) -> str:
    """The line about a task that is not there: the one that was meant, or how tasks are called."""
    near = did_you_mean(name, known)
    return f"unknown task {name!r}{near or _HOW_CALLED}"


_HOW_CALLED = (
    f"; tasks are called by family and subject, such as {next(iter(TASKS))}: {', '.join(FAMILIES)}; "
    f"{', '.join(task.name for task in TASK_LIST)}"
)


def named(tasks: Sequence[str]) -> str:
    """`bias_inherit_hate and 3 more`: the first of some tasks, and how many others."""
    return tasks[0] if len(tasks) == 1 else f"{tasks[0]} and {len(tasks) - 1} more"
