"""Mitigated models against the unmitigated one of the same mix: one family."""

from collections.abc import Mapping, Sequence

from bias_inherit.compare import Difference, Family, match, one_family
from bias_inherit.compare.differences import compare_task
from bias_inherit.engine.planning.plan import Model
from bias_inherit.harness.results import ScoredModel
from bias_inherit.report.arms import unmitigated
from bias_inherit.report.declared_tests.found import SHOWN, OnTasks
from bias_inherit.report.declared_tests.processes import each
from bias_tasks.catalogue import ALL_TASKS


def against_unmitigated(
    models: Sequence[Model], scored: Mapping[str, ScoredModel], workers: int
) -> tuple[dict[str, OnTasks], list[Family]]:
    pairs = {m.label: plain.label for m in models if (plain := unmitigated(m, models))}
    parts = [(scored[plain], scored[label]) for label, plain in pairs.items()]
    rows = each(_differences, parts, workers)
    found: dict[str, OnTasks] = {label: {} for label in pairs}
    placed = [(label, row) for label, of_model in zip(pairs, rows, strict=True) for row in of_model]
    name = "Δ score and gap against the unmitigated model, every mitigated model and task"
    adjusted, family = one_family((row for _, row in placed), name)
    for (label, _), row in zip(placed, adjusted, strict=True):
        found[label].setdefault(row.task, {})[row.metric] = row
    return found, [family]


def _differences(pair: tuple[ScoredModel, ScoredModel]) -> list[Difference]:
    reference, other = pair
    shared = [task for task in ALL_TASKS if task in reference.samples and task in other.samples]
    return [
        row
        for task in shared
        for row in compare_task(task, match(reference.samples[task], other.samples[task]))
        if row.metric in SHOWN
    ]
