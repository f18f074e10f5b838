"""The table of a whole study: many models, each with its reference."""

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from bias_inherit.compare.differences import estimates, on_task
from bias_inherit.compare.headline import Declared, HeadlineRow
from bias_inherit.compare.matching import match
from bias_inherit.compare.rows import Difference, Estimate
from bias_inherit.harness.results import ScoredModel
from bias_tasks.catalogue import ALL_TASKS


class OnTask(NamedTuple):
    """One model on one task.

    Attributes:
        estimates: Metric -> value with standard error and interval.
        differences: Every metric's difference to the model's reference, without q; none without a reference.
        headline: What is asked first of them, without Holm's p; None where nothing can be.
    """

    estimates: dict[str, Estimate]
    differences: list[Difference]
    headline: HeadlineRow | None = None


Study = dict[str, dict[str, OnTask]]
"""Label -> harness task name -> what was found."""


def compare_study(
    models: Mapping[str, ScoredModel],
    references: Mapping[str, str],
    workers: int = 1,
    declared: Declared | None = None,
) -> Study:
    """Every model on every task, alone and against its reference.

    Which of the tests are one family is the caller's to declare: see `one_family`.

    Args:
        models: Label -> model.
        references: Label -> label of what it is compared with; models without one are only described.
        workers: Processes among which the models are dealt out.
        declared: Headlines beside the tasks' own.
    """
    asked = declared or {}
    if workers == 1:
        return _study(models, references, list(models), asked)
    labels = list(models)
    shares = [labels[first::workers] for first in range(workers)]
    with ProcessPoolExecutor(workers) as pool:
        parts = [pool.submit(_study, *_share(models, references, share), asked) for share in shares if share]
        found: Study = {}
        for part in parts:
            found |= part.result()
    return {label: found[label] for label in labels}


def _share(
    models: Mapping[str, ScoredModel], references: Mapping[str, str], labels: list[str]
) -> tuple[dict[str, ScoredModel], dict[str, str], list[str]]:
    """What one process needs for its labels."""
    against = {label: references[label] for label in labels if label in references}
    needed = dict.fromkeys([*labels, *against.values()])
    return {label: models[label] for label in needed}, against, labels


def _study(
    models: Mapping[str, ScoredModel], references: Mapping[str, str], labels: list[str], declared: Declared
) -> Study:
    """Task by task, so that what models share (clusters, weights, a reference's draws) is computed once."""
    found: Study = {label: {} for label in labels}
    for task in ALL_TASKS:
        for label, on_tasks in found.items():
            samples = models[label].samples.get(task)
            if samples is None:
                continue
            reference = models[references[label]].samples.get(task) if label in references else None
            found_here = on_task(task, match(reference, samples), declared) if reference else ([], None)
            on_tasks[task] = OnTask(estimates(models[label], task), *found_here)
    return found
