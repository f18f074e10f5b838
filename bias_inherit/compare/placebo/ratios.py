"""How many times as much as its placebo the group moves one model, task by task."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from bias_inherit.harness.results import SHOTS, ScoredModel, asked_on
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.in_question import beside, is_placebo, placebo_of
from bias_tasks.placebo.ratio import ratio_to_placebo
from bias_tasks.statistics import PlaceboRatio

MEANS = "groups move the model so many times as much as an equal change that says nothing of groups"
"""What the ratio k says."""


class BesidePlacebo(NamedTuple):
    """One model beside its placebos.

    Attributes:
        ratios: Harness name of a task -> how many times as much as its placebo the group moves the model.
        lines: Why there is none of other tasks, where graded answers are there.
    """

    ratios: Mapping[str, PlaceboRatio]
    lines: list[str]


def beside_placebo(model: ScoredModel, tasks: Collection[str] | None = None) -> BesidePlacebo:
    """The ratios of all tasks that a model has with their placebo.

    Of the first documents, as many as were scored of both: `bias_placebo` has twins of the first half of what
    `bias_inherit` asks.

    Args:
        model: With the samples of both.
        tasks: Harness names of those that are asked for; by default all.
    """
    asked = [task for task in model.samples if tasks is None or task in tasks]
    ratios: dict[str, PlaceboRatio] = {}
    lines, bare = [], []
    for task in asked:
        placebo = placebo_of(task)
        if placebo is None or {task, placebo} & set(model.ungraded):
            continue
        if placebo not in model.samples:
            bare.append(placebo)
        elif why := _unlike(model, task, placebo):
            lines.append(f"{task}: not held against {placebo}: {why}")
        else:
            of_both = zip(model.samples[task], model.samples[placebo], strict=False)
            records = zip(*((document.record, twin.record) for document, twin in of_both), strict=True)
            try:
                ratios[task] = ratio_to_placebo(ALL_TASKS[task].name, *records)
            except ValueError as problem:
                # Of strangers: that they have a score does not say that they are of our documents.
                lines.append(f"{task}: not held against {placebo}: {problem}")
    lines += [
        f"{task}: nothing to be held against; score {beside(task)[0]} too, on the same documents"
        for task in asked
        if is_placebo(task) and not set(beside(task)) & set(model.samples)
    ]
    return BesidePlacebo(ratios, [*lines, *([how_to_have(bare)] if bare else [])])


def how_to_have(placebos: Collection[str]) -> str:
    """What to run for placebos that are missing, in one line."""
    once = dict.fromkeys(placebos)
    named = "bias_placebo" if len(once) > 2 else ",".join(once)
    return f"how large beside a change that says nothing of groups? Score --tasks {named} too, the same way"


def _unlike(model: ScoredModel, task: str, placebo: str) -> str:
    """Why documents and twins cannot be held against each other; empty if they can."""
    documents, twins = model.samples[task], model.samples[placebo]
    if not all(sample.is_first for sample in (*documents, *twins)):
        return "documents that were chosen; score both with --limit, or whole"
    shots = [asked_on(model.results, name).get(SHOTS, "0") for name in (task, placebo)]
    if shots[0] != shots[1]:
        return f"{SHOTS}: {shots[0]} and {shots[1]}"
    return ""
