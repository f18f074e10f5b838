"""Where answers were not recorded finely enough for graded measures, and why."""

from collections.abc import Iterable

from bias_inherit.harness.results import ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import LEAN
from bias_tasks.task import Family

WRITTEN: Family = "bias_gen"
"""The family in which every answer is written."""


def empty_graded(model: ScoredModel) -> list[str]:
    """The tasks that could be read finely and were not, by their samples."""
    return [
        task
        for task, samples in model.samples.items()
        if is_gradable(task) and all(sample.record.log_probabilities is None for sample in samples)
    ]


def is_gradable(task: str) -> bool:
    """Whether a task has graded measures, or would have if its answers were not written."""
    entry = ALL_TASKS[task]
    return entry.lean is not None or entry.family == WRITTEN


def why_empty(tasks: Iterable[str]) -> str:
    """One line on the tasks whose graded measures are empty; no words where there are none."""
    listed = list(tasks)
    written = [task for task in listed if ALL_TASKS[task].family == WRITTEN]
    old = [task for task in listed if task not in written]
    reasons = []
    if old:
        reasons.append(
            f"{_named(old)} without log-likelihoods of all choices (an older version of the task, or a model "
            "that gives none): score again"
        )
    if written:
        reasons.append(f"{_named(written)} with written answers: bias_probe reads the same by log-likelihood")
    return f"no {LEAN} and no other graded measure: {'; '.join(reasons)}" if reasons else ""


def _named(tasks: list[str]) -> str:
    return tasks[0] if len(tasks) == 1 else f"{tasks[0]} and {len(tasks) - 1} more"
