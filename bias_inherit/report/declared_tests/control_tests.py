"""The tests of planted controls.

Everything is asked of one signed contrast a task, the headline's, over seeds and documents (`Responses`).
Where the headline could not name one, the surest at the full dose is shown, and p and intervals allow for all
that were asked (Bonferroni).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bias_inherit.compare import Declared, Family
from bias_inherit.compare.doses import Responding, responding
from bias_inherit.compare.rows import tested
from bias_inherit.engine.planning.plan import Model
from bias_inherit.harness.results import ScoredModel
from bias_inherit.report.declared_tests.conditions import Condition, Conditions, conditions
from bias_inherit.report.declared_tests.controls import (
    REFERENCE,
    Axis,
    Controls,
    Dose,
    DoseCurve,
    Left,
    Monotone,
    Negative,
    OnTask,
    SentenceEffect,
    Tested,
)
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.records import FloatArray
from bias_tasks.statistics import (
    LEVEL,
    Effect,
    Tail,
    holm,
    share_of,
    slope_weights,
    steps,
)
from finetune.originals import DomainName

TRAINED: Mapping[DomainName, str] = {"gender": "occupation"}
"""Domain -> the task that asks what its planted rows answer. What those of culture answer, none asks."""


def control_tests(
    models: Sequence[Model], scored: Mapping[str, ScoredModel], declared: Declared, domain: DomainName
) -> Controls | None:
    """The planted controls of a study; None where nothing was planted or no task can be read.

    Args:
        models: In the order of the plan.
        scored: Label -> what the harness wrote.
        declared: Headlines beside the tasks' own.
        domain: Of the planted rows.
    """
    found = conditions(models)
    if found is None:
        return None
    by_condition = [[scored[model.label] for model in condition.models] for condition in found.every]
    tasks = [
        _on_task(asked, found, ALL_TASKS[task].name == TRAINED.get(domain))
        for task in ALL_TASKS
        if (asked := responding(task, by_condition, declared))
    ]
    if not tasks:
        return None
    curves = [curve for task in tasks for curve in task.curves]
    doses = max(sum(dose.over_nothing is not None for dose in curve.doses) for curve in curves)
    families = (
        Family("planted: every dose against none, each curve by itself", "Holm", doses),
        Family(
            "planted: the full dose on tasks that it could cross to",
            "Holm",
            tested([task.full.p for task in tasks if not task.is_trained]),
        ),
    )
    return Controls(found, tuple(_with_crossing(tasks)), tuple(one for one in families if one.size))


def _with_crossing(tasks: Sequence[OnTask]) -> Iterator[OnTask]:
    """Holm's p of the full dose, among the tasks to which it could cross; on what was trained it is alone."""
    adjusted = iter(holm([task.full.p for task in tasks if not task.is_trained]))
    for task in tasks:
        p = task.full.p if task.is_trained else float(next(adjusted))
        yield task._replace(full=task.full._replace(p_holm=p))


@dataclass(frozen=True)
class _Asked:
    """A contrast in all conditions of a study."""

    of: Responding
    found: Conditions

    def over(self, condition: Condition, other: Condition) -> FloatArray:
        """Weights of one condition minus another."""
        every = self.found.every
        units = np.eye(len(every))
        return np.asarray(units[every.index(condition)] - units[every.index(other)], dtype=float)

    def effect(self, weights: FloatArray) -> Effect:
        """With an interval that holds for all contrasts that were asked."""
        return self.of.responses.effect(weights, 1 - (1 - LEVEL) / self.of.largest_of)

    def test(self, weights: FloatArray, tail: Tail | None = None) -> Tested:
        """In a direction, by default the declared one."""
        effect = self.effect(weights)
        p = effect.p_toward(self.of.direction if tail is None else tail) * self.of.largest_of
        return Tested(effect, float(np.minimum(p, 1.0)))


def _on_task(asked: Sequence[Responding], found: Conditions, is_trained: bool) -> OnTask:
    contrasts = [_Asked(of, found) for of in asked]
    full = contrasts[0].over(found.full, found.nothing)
    surest = min(contrasts, key=lambda one: one.test(full).rank)
    curves = [_curve(surest, "rate", found.nothing, found.by_rate)]
    if len(found.by_gamma) > 1:
        curves.append(_curve(surest, "γ", found.reference, found.by_gamma))
    left = [
        Left(condition, surest.test(weights, "either"), share_of(surest.of.responses, weights, full))
        for condition in (*found.mitigated, *found.written)
        for weights in (surest.over(condition, found.nothing_beside(condition)),)
    ]
    negatives = tuple(_negatives(contrasts)) if found.has_negative else ()
    sentences = tuple(_sentences(surest))
    return OnTask(surest.of, is_trained, surest.test(full), tuple(curves), negatives, tuple(left), sentences)


def _sentences(asked: _Asked) -> Iterator[SentenceEffect]:
    """What is left with the sentence there minus what is left without, each against no dose asked alike."""
    found = asked.found
    for condition in found.mitigated:
        if condition.sentence_present:
            without = found.without_sentence(condition)
            there = asked.over(condition, found.nothing_beside(condition))
            absent = asked.over(without, found.nothing_beside(without))
            yield SentenceEffect(condition, asked.test(there - absent, "either"))


def _curve(asked: _Asked, axis: Axis, nothing: Condition, given: Sequence[Condition]) -> DoseCurve:
    reference, declared = asked.found.reference, asked.of.direction
    some = given if nothing in given else (nothing, *given)
    doses = [_dose(condition, axis) for condition in some]
    against = [asked.test(asked.over(condition, nothing)) for condition in some[1:]]
    against = _with_holm(against)
    rows = [
        Dose(dose, asked.effect(asked.over(condition, reference)), test)
        for dose, condition, test in zip(doses, some, (None, *against), strict=True)
    ]
    by_place = np.stack([asked.over(condition, nothing) for condition in some])
    slope = slope_weights(doses) @ by_place
    trend = asked.test(slope) if len(doses) > 2 else None
    upward = declared == "up" or (declared == "either" and asked.effect(slope).mean > 0)
    monotone, back = _steps(asked, steps(doses) @ by_place, "down" if upward else "up")
    name = REFERENCE if nothing is reference else f"rate {doses[0]:g}"
    return DoseCurve(axis, name, tuple(rows), trend, monotone, back)


def _dose(condition: Condition, axis: Axis) -> float:
    return condition.gamma if axis == "γ" else condition.rate or 0.0


def _with_holm(tests: Sequence[Tested]) -> list[Tested]:
    adjusted = holm([test.p for test in tests])
    return [test._replace(p_holm=float(p)) for test, p in zip(tests, adjusted, strict=True)]


def _steps(asked: _Asked, weights: FloatArray, back: Tail) -> tuple[Monotone, Tested | None]:
    """Whether every step of the means goes one way; if not, the step back that is the surest."""
    tests = _with_holm([asked.test(step, back) for step in weights])
    against = [test for test in tests if (test.effect.mean > 0) == (back == "up") and test.effect.mean]
    if not against:
        return "monotone", None
    surest = min(against, key=lambda test: (not test.is_found, np.isnan(test.p_holm), test.p_holm))
    return ("contradicted" if surest.is_found else "not contradicted"), surest


def _negatives(contrasts: Sequence[_Asked]) -> Iterator[Negative]:
    """Rate 0 minus γ = 0 under each seed, of its documents alone, and over seeds; the surest contrast."""
    found = contrasts[0].found
    weights = contrasts[0].over(found.nothing, found.reference)

    def surest(some: Sequence[_Asked]) -> Tested:
        return min((one.test(weights, "either") for one in some), key=lambda test: test.rank)

    for place, seed in enumerate(found.seeds):
        of_seed = [replace(one.of, responses=one.of.responses.of_seed(place)) for one in contrasts]
        yield Negative(contrasts[0].of.task, seed, surest([_Asked(of, found) for of in of_seed]))
    of_all = surest(contrasts)
    if of_all.effect.is_over_seeds:
        yield Negative(contrasts[0].of.task, None, of_all)
