"""Which of the tasks that a model was scored on are in question, and which stand beside those.

A placebo is no task to be tested or ranked: it says how large an answer to the question is. The probe asks
most tasks as the default family does; what one says the other says in the same words, and only one is tested.
"""

from collections.abc import Iterable

from bias_tasks.catalogue import ALL_TASKS, FAMILIES, GROUP
from bias_tasks.task import Family, TaskEntry

PLACEBO: Family = "bias_placebo"
PROBE: Family = "bias_probe"


def is_placebo(task: str) -> bool:
    """Whether a task, by its harness name, is a placebo."""
    return task in FAMILIES[PLACEBO]


def placebo_of(task: str) -> str | None:
    """The placebo that stands beside a task, by harness names; None of a placebo and of tasks that have none.

    Its documents are those of the probe, and of the default family where the two are the same.
    """
    entry = ALL_TASKS[task]
    if entry.family == PROBE or (entry.family == GROUP and _is_probe(entry)):
        return f"{PLACEBO}_{entry.name}"
    return None


def beside(placebo: str) -> tuple[str, ...]:
    """The tasks whose documents a placebo is the twin of; first the one that counts where there are both."""
    return tuple(task for task in ALL_TASKS if placebo_of(task) == placebo)


def in_question(tasks: Iterable[str]) -> list[str]:
    """The tasks that are tested and averaged, in the order given.

    Args:
        tasks: Harness names of all that a model, or each of several, was scored on.
    """
    there = list(tasks)
    return [task for task in there if not is_placebo(task) and not _counts_already(task, there)]


def _counts_already(task: str, there: list[str]) -> bool:
    """Whether the default family's same task is there."""
    entry = ALL_TASKS[task]
    return entry.family == PROBE and _is_probe(entry) and f"{GROUP}_{entry.name}" in there


def _is_probe(entry: TaskEntry) -> bool:
    """Whether the default family asks this task as the probe does."""
    variants = entry.task.variants
    return PROBE in variants and variants[GROUP] == variants[PROBE]
