"""Slopes over γ, of every arm without a mitigation: one family."""

from collections.abc import Mapping, Sequence
from itertools import chain

from bias_inherit.compare import Family, Slope, dose_response, one_family
from bias_inherit.harness.results import ScoredModel
from bias_inherit.report.arms import Arm, dose
from bias_inherit.report.declared_tests.found import SHOWN, DoseResponse
from bias_inherit.report.declared_tests.processes import each


def dose_responses(main: Sequence[Arm], scored: Mapping[str, ScoredModel], workers: int) -> list[list[Slope]]:
    """Slopes of gap and score of each arm."""
    if not main:
        return []
    tasks = list(scored[main[0].doses[0].label].samples)
    parts = [
        [(dose(model), _only(scored[model.label], task)) for model in arm.doses]
        for arm in main
        for task in tasks
    ]
    found = each(_slopes, parts, workers)
    return [
        list(chain.from_iterable(found[first : first + len(tasks)]))
        for first in range(0, len(found), len(tasks))
    ]


def _only(model: ScoredModel, task: str) -> ScoredModel:
    return ScoredModel({}, {task: model.samples[task]} if task in model.samples else {})


def _slopes(models: list[tuple[float, ScoredModel]]) -> list[Slope]:
    return [slope for slope in dose_response(models) if slope.metric in SHOWN]


def slope_families(
    main: Sequence[Arm], slopes: Sequence[list[Slope]]
) -> tuple[list[DoseResponse], list[Family]]:
    found = [DoseResponse(arm, {}) for arm in main]
    placed = [(place, slope) for place, of_arm in enumerate(slopes) for slope in of_arm]
    adjusted, family = one_family(
        (slope for _, slope in placed), "slope of score and gap over γ, every set of rows and task"
    )
    for (place, _), slope in zip(placed, adjusted, strict=True):
        found[place].slopes.setdefault(slope.task, {})[slope.metric] = slope
    return found, [family]
