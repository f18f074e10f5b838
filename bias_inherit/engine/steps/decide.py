"""Decide, when a block was scored, which tasks need another one.

A task ends when every model of the study is known well enough on it: the confidence sequence of its headline,
model minus reference, is told from 0 or is narrower than asked. So all models of a study have the same
documents, and the slowest decides how many.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from bias_inherit.engine.artifact_files import HARNESS_OUTPUT
from bias_inherit.engine.assignment import Assignment
from bias_inherit.engine.stages import BLOCK, DECIDE
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store, discard
from bias_inherit.harness.results import Folder, read_samples
from bias_inherit.kit.files import write_json
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.headline import Headline, Signed
from bias_tasks.measure import Measure
from bias_tasks.records import Columns, FloatArray, Record
from bias_tasks.statistics import SIGNIFICANCE, Resamples
from bias_tasks.statistics.sequences import Reason, cluster_values, reason_to_end, sequence_bounds

DECISION = "decision.json"


class Bound(BaseModel):
    """Where a contrast lies, model minus reference: with 95 % at all looks together; None is unbounded."""

    model_config = ConfigDict(frozen=True)

    contrast: str
    delta: float
    low: float | None
    high: float | None

    @property
    def is_bounded(self) -> bool:
        """Whether anything is left out."""
        return self.low is not None


class Pair(BaseModel):
    """One model and its reference on one task, after the blocks so far.

    Attributes:
        reason: Why they need no further block; None if they do.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    reference: str
    bounds: tuple[Bound, ...]
    reason: Reason | None


class OnTask(BaseModel):
    """One task after the blocks so far.

    Attributes:
        block: The last one that was scored.
        documents, clusters: Scored so far, of each model.
        reason: Why it ended; None if it goes on.
    """

    model_config = ConfigDict(frozen=True)

    block: int
    documents: int
    clusters: int
    pairs: tuple[Pair, ...]
    reason: Reason | None


class Decision(BaseModel):
    """What was decided when a block was scored."""

    model_config = ConfigDict(frozen=True)

    width: float
    tasks: dict[str, OnTask]

    @property
    def ended(self) -> set[str]:
        """Tasks that need no further block."""
        return {task for task, found in self.tasks.items() if found.reason}


def run_decide(assignment: Assignment) -> dict[str, Any]:
    """Write the decision."""
    step, store = assignment.step, assignment.store
    discard(assignment.work)
    earlier = last_decision(step, store)
    tasks = dict(earlier.tasks) if earlier else {}
    rounds = rounds_of(step)
    scored = {task for task in rounds[-1][0].inputs["tasks"] if not earlier or task not in earlier.ended}
    is_last = rounds[-1][0].inputs["block"] == rounds[-1][0].inputs["of"]
    for task in sorted(scored):
        records = [[_records(block, task, store) for block in blocks] for blocks in rounds]
        tasks[task] = _on_task(task, step.inputs, rounds, records, is_last)
    decision = Decision(width=step.inputs["width"], tasks=tasks)
    write_json(assignment.work / DECISION, decision.model_dump(mode="json"))
    return {"ended": len(decision.ended), "go_on": len(tasks) - len(decision.ended)}


def last_decision(step: Step, store: Store) -> Decision | None:
    """The decision that a step hangs on; None of a first round, and of a model that was scored at once."""
    for parent in step.parents:
        if parent.stage == DECIDE.name:
            return Decision.model_validate_json((store.artifact(parent) / DECISION).read_bytes())
    return None


def rounds_of(step: Step) -> list[list[Step]]:
    """The blocks of all models in the order of the plan, round by round, up to this decision."""
    before = [rounds_of(parent) for parent in step.parents if parent.stage != BLOCK.name]
    here = [parent for parent in step.parents if parent.stage == BLOCK.name]
    return [*(before[0] if before else []), here]


def _records(block: Step, task: str, store: Store) -> list[Record]:
    """Of one block; none where it has no documents of the task."""
    folder = store.artifact(block) / HARNESS_OUTPUT
    files = sorted(folder.glob(f"*/samples_{task}_*.jsonl"))
    return [sample.record for file in files for sample in read_samples(Folder(folder), file)]


def _on_task(
    task: str,
    asked: Mapping[str, Any],
    rounds: Sequence[Sequence[Step]],
    records: Sequence[Sequence[list[Record]]],
    is_last: bool,
) -> OnTask:
    """
    Args:
        records: Round -> model -> records.
    """
    labels = [block.label.rpartition(", block ")[0] for block in rounds[0]]
    pairs = []
    for model, reference in asked["pairs"]:
        looks = [(of_models[reference], of_models[model]) for of_models in records if of_models[model]]
        bounds = _bounds(task, asked["headlines"], looks)
        reason = reason_to_end(*_ends(bounds), asked["width"]) if bounds else None
        pairs.append(Pair(model=labels[model], reference=labels[reference], bounds=bounds, reason=reason))
    own = [record for of_models in records for record in of_models[0]]
    here = [number for number, of_models in enumerate(records, start=1) if of_models[0]]
    reasons = [pair.reason for pair in pairs]
    slowest: Reason | None = None
    if pairs and all(reasons):
        slowest = "narrow enough" if "narrow enough" in reasons else "told from 0"
    elif is_last or len(here) < len(records):
        slowest = "all scored"
    return OnTask(
        block=here[-1] if here else 0,
        documents=len(own),
        clusters=len({record.cluster for record in own}),
        pairs=tuple(pairs),
        reason=slowest,
    )


def _ends(bounds: Sequence[Bound]) -> tuple[list[float], list[float]]:
    low = [-np.inf if bound.low is None else bound.low for bound in bounds]
    return low, [np.inf if bound.high is None else bound.high for bound in bounds]


def _bounds(
    task: str, declared: Mapping[str, str], looks: Sequence[tuple[list[Record], list[Record]]]
) -> tuple[Bound, ...]:
    """Of the headline's contrasts, simultaneously; of the first headline that is defined on these answers.

    Args:
        looks: What each round added of reference and model.
    """
    entry = ALL_TASKS[task]
    headlines = entry.questions(entry.headline(declared[task]) if task in declared else None)
    so_far = [[_together(looks[: count + 1], model) for model in (0, 1)] for count in range(len(looks))]
    for headline in headlines:
        values = [cluster_differences(entry.measure, headline, models) for models in so_far]
        if values and all(np.isfinite(of_look).all() for of_look in values):
            return _of_contrasts(headline.contrasts, values)
    return ()


def _together(looks: Sequence[tuple[list[Record], list[Record]]], model: int) -> Columns:
    """Clusters are numbered by their names, so that those of two models are the same."""
    records = [record for look in looks for record in look[model]]
    return Columns.of(sorted(records, key=lambda record: record.cluster))


def cluster_differences(measure: Measure, headline: Headline, models: Sequence[Columns]) -> FloatArray:
    """What each cluster adds to how the contrasts moved, shape (K, C)."""

    def of_model(columns: Columns) -> FloatArray:
        def contrasts(sample: Resamples) -> FloatArray:
            found = measure.estimate(columns, sample)
            return np.stack([contrast.of(found) for contrast in headline.contrasts])

        return cluster_values(contrasts, columns)

    reference, other = map(of_model, models)
    return other - reference


def _of_contrasts(contrasts: Sequence[Signed], values: Sequence[FloatArray]) -> tuple[Bound, ...]:
    """
    Args:
        values: At each look, shape (K, C so far).
    """
    means = np.stack([of_look.mean(axis=1) for of_look in values], axis=1)
    deviations = np.stack([of_look.std(axis=1, ddof=1) for of_look in values], axis=1)
    clusters = [of_look.shape[1] for of_look in values]
    low, high = sequence_bounds(means, deviations, clusters, 1 - SIGNIFICANCE / len(contrasts))
    return tuple(
        Bound(
            contrast=contrast.name,
            delta=float(means[place, -1]),
            low=float(low[place, -1]) if np.isfinite(low[place, -1]) else None,
            high=float(high[place, -1]) if np.isfinite(high[place, -1]) else None,
        )
        for place, contrast in enumerate(contrasts)
    )
