"""Where answers were not recorded finely enough for graded measures, and why."""

from collections.abc import Iterable

from bias_tasks.catalogue import ALL_TASKS, named
from bias_tasks.measure import LEAN
from bias_tasks.records import Record
from bias_tasks.task import Family

WRITTEN: Family = "bias_gen"
"""The family in which every answer is written."""


def is_gradable(task: str) -> bool:
    """Whether a task, by its harness name, has graded measures, or would if its answers were read."""
    entry = ALL_TASKS[task]
    return entry.lean is not None or entry.family == WRITTEN


def is_ungraded(task: str, records: Iterable[Record]) -> bool:
    """Whether a task could be read finely and was not."""
    return is_gradable(task) and all(record.log_probabilities is None for record in records)


def why_ungraded(tasks: Iterable[str]) -> str:
    """One line on the tasks whose graded measures are empty; no words where there are none."""
    listed = list(tasks)
    written = [task for task in listed if ALL_TASKS[task].family == WRITTEN]
    old = [task for task in listed if task not in written]
    reasons = []
    if old:
        reasons.append(
            f"{named(old)} without log-likelihoods of all choices (an older version of the task, or a model "
            "that gives none): score again"
        )
    if written:
        reasons.append(f"{named(written)} with written answers: bias_probe reads the same by log-likelihood")
    return f"no {LEAN} and no other graded measure: {'; '.join(reasons)}" if reasons else ""
