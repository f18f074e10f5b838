"""What a league says, task by task: which way models lean, and how large that is beside a placebo."""

import math
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from bias_inherit.board.leagues import League
from bias_inherit.board.runs import OnTask
from bias_inherit.compare import Estimate
from bias_inherit.compare.placebo import how_to_have
from bias_inherit.compare.wording import leaning, times
from bias_inherit.kit.quantities import number, signed
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.in_question import placebo_of
from bias_tasks.measure import LEAN
from bias_tasks.task import Lean
from bias_tasks.ungraded import is_gradable, why_ungraded

UP_FRONT = 3
"""Findings that a page shows before the others are asked for."""


class Finding(NamedTuple):
    """A task in a league, in words.

    Attributes:
        task: Short name.
        says: Which way models lean, and how far.
        beside: How large that is beside the placebo; empty where no model has one.
        weight: Of the order in which findings are shown, the largest first.
    """

    task: str
    says: str
    beside: str
    weight: float


def findings(league: League) -> list[Finding]:
    """One a task on which a model was read finely; those that groups move most beside the placebo first."""
    found = []
    for task in (task for task in ALL_TASKS if task in league.scopes):
        models = [model.tasks[task] for model in league.models if task in model.tasks]
        graded = [(model, value) for model in models if (value := model.lean)]
        if (lean := ALL_TASKS[task].lean) and graded:
            ratios = [m.placebo.ratio for m in models if m.placebo and not math.isnan(m.placebo.ratio)]
            says = (
                leaning(lean, graded[0][1], graded[0][0].lean_p)
                if len(graded) == 1
                else _of_many(lean, graded)
            )
            beside = _beside(graded[0][0]) if len(graded) == 1 else _beside_many(ratios)
            weight = median(ratios) if ratios else 0.0
            name = ALL_TASKS[task].name.replace("_", " ")
            found.append(Finding(name, says, beside, weight))
    return sorted(found, key=lambda finding: -finding.weight)


def missing(league: League) -> list[str]:
    """Why something of it is not there, one line each."""
    answers = [(task, found) for model in league.models for task, found in model.tasks.items()]
    ungraded = dict.fromkeys(task for task, found in answers if is_gradable(task) and found.lean is None)
    placebos = [placebo for task, found in answers if found.lean and (placebo := placebo_of(task))]
    lines = [why] if (why := why_ungraded(ungraded)) else []
    if placebos and not any(found.placebo for _, found in answers):
        lines.append(f"{how_to_have(placebos)}, with --log_samples")
    return lines


def _of_many(lean: Lean, models: Sequence[tuple[OnTask, Estimate]]) -> str:
    values = [estimate.value for _, estimate in models]
    told = [estimate.value for found, estimate in models if found.leans]
    up, down = sum(value > 0 for value in told), sum(value < 0 for value in told)
    parts = [
        f"{count} of {len(models)} models: {words}"
        for words, count in ((lean.above, up), (lean.below, down))
        if count
    ]
    parts = parts or [f"in none of {len(models)} models a direction is told from none"]
    return f"{'; '.join(parts)} ({LEAN} {signed(min(values))} to {signed(max(values))} {lean.unit})"


def _beside(found: OnTask) -> str:
    if found.placebo is None or math.isnan(found.placebo.ratio):
        return ""
    return f"groups move it {times(found.placebo)} times as much as the placebo"


def _beside_many(ratios: Sequence[float]) -> str:
    if not ratios:
        return ""
    low, middle, high = (number(k, 2, compact=True) for k in (min(ratios), median(ratios), max(ratios)))
    if low == high:
        return f"groups move them {low} times as much as the placebo"
    return f"groups move them {low} to {high} times as much as the placebo (median {middle})"
