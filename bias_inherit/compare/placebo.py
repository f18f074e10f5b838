"""How large what groups do to a model is, beside an equal change that says nothing of groups: its placebo."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bias_inherit.compare.graded import empty_graded
from bias_inherit.harness.results import SHOTS, Sample, ScoredModel, asked_on
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.in_question import beside, in_question, is_placebo, placebo_of
from bias_tasks.placebo.ratio import ratio_to_placebo
from bias_tasks.records import Record
from bias_tasks.statistics import PlaceboRatio

MEANS = "groups move the model so many times as much as an equal change that says nothing of groups"
"""What the ratio says."""


class BesidePlacebo(NamedTuple):
    """One model beside its placebo.

    Attributes:
        ratios: Harness name of a task in question -> how many times as much the group moves the model.
        lines: Why there is none of other tasks, where graded answers are there.
    """

    ratios: Mapping[str, PlaceboRatio]
    lines: list[str]


def beside_placebo(model: ScoredModel, tasks: Iterable[str] | None = None) -> BesidePlacebo:
    """The ratios of all tasks that a model has with their placebo, on the same documents.

    Args:
        model: With the samples of both.
        tasks: Harness names of those that are asked for; by default all.
    """
    asked = set(model.samples if tasks is None else tasks)
    graded = [task for task in in_question(model.samples) if placebo_of(task)]
    ungraded = empty_graded(model)
    ratios: dict[str, PlaceboRatio] = {}
    lines, bare = [], []
    for task in graded:
        placebo = placebo_of(task)
        if placebo is None or not {task, placebo} & asked or {task, placebo} & set(ungraded):
            continue
        if placebo not in model.samples:
            bare.append(task)
        elif why := _unlike(model, task, placebo):
            lines.append(f"{task}: not held against {placebo}: {why}")
        else:
            try:
                ratios[task] = ratio_to_placebo(ALL_TASKS[task].name, *_records(model, task, placebo))
            except (KeyError, ValueError):
                # Of strangers: that they have a score does not say that they are of our documents.
                lines.append(f"{task}: not held against {placebo}: not the documents of this task")
    lines += [
        f"{task}: nothing to be held against; score {beside(task)[0]} too, on the same documents"
        for task in model.samples
        if task in asked and is_placebo(task) and not set(beside(task)) & set(graded)
    ]
    return BesidePlacebo(ratios, [*lines, *([_how(bare)] if bare else [])])


def _how(tasks: list[str]) -> str:
    """What to run for placebos that are missing, in one line."""
    placebos = [placebo_of(task) for task in tasks]
    named = "bias_placebo" if len(placebos) > 2 else ",".join(filter(None, placebos))
    return f"how large beside a change that says nothing of groups? Score --tasks {named} too, the same way"


def _unlike(model: ScoredModel, task: str, placebo: str) -> str:
    """Why documents and twins cannot be held against each other; empty if they can."""
    documents, twins = model.samples[task], model.samples[placebo]
    if len(documents) != len(twins):
        return f"{len(documents)} documents and {len(twins)} twins; score both with the same --limit"
    if not all(sample.is_first for sample in (*documents, *twins)):
        return "documents that were chosen; score both with --limit, or whole"
    if [_cluster(sample) for sample in documents] != [_cluster(sample) for sample in twins]:
        return "the twins are of other documents (another version of one of the tasks?)"
    shots = [asked_on(model.results, name).get(SHOTS, "0") for name in (task, placebo)]
    if shots[0] != shots[1]:
        return f"{SHOTS}: {shots[0]} and {shots[1]}"
    return ""


def _cluster(sample: Sample) -> str:
    return sample.record.cluster


def _records(model: ScoredModel, *tasks: str) -> list[list[Record]]:
    return [[sample.record for sample in model.samples[task]] for task in tasks]
