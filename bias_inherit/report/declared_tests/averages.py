"""Averages that no p goes with: over tasks that are related to bias alike, and over training seeds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import hypot

from bias_inherit.compare import Difference, OnTask, SeededDifference, compare_over_seeds
from bias_inherit.engine.planning.plan import Model
from bias_inherit.engine.planning.references import reference_of
from bias_inherit.harness.results import ScoredModel
from bias_inherit.report.arms import Arm, main_arms
from bias_inherit.report.declared_tests.found import SHOWN, RelatedTasks, Seeded
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import SIGNED, shown_interval


def related_tasks(main: Iterable[Arm], study: Mapping[str, Mapping[str, OnTask]]) -> Iterator[RelatedTasks]:
    for arm in main:
        for model in arm.models:
            for relation in ("direct", "indirect"):
                rows = [
                    (ALL_TASKS[task].name, row)
                    for task, found in study[model.label].items()
                    if ALL_TASKS[task].relation == relation
                    for row in found.differences
                    if row.metric == "score"
                ]
                if rows:
                    yield _mean(model, relation, rows)


def _mean(model: Model, relation: str, rows: Sequence[tuple[str, Difference]]) -> RelatedTasks:
    delta = sum(row.delta for _, row in rows) / len(rows)
    reach = 1.96 * hypot(*(row.stderr for _, row in rows)) / len(rows)
    fewest = min(row.n_clusters for _, row in rows)
    interval = shown_interval(delta - reach, delta + reach, fewest, SIGNED)
    return RelatedTasks(model, relation, tuple(name for name, _ in rows), delta, interval)


def over_training_seeds(models: Sequence[Model], scored: Mapping[str, ScoredModel]) -> Iterator[Seeded]:
    for arm in main_arms(models):
        largest = arm.models[-1]
        pairs = [
            (scored[reference.label], scored[other.label])
            for other in models
            if (other.data, other.gamma, other.treatment, other.round)
            == (largest.data, largest.gamma, largest.treatment, largest.round)
            if (reference := reference_of(other, models))
        ]
        if len(pairs) < 2:
            continue
        found: dict[str, dict[str, SeededDifference]] = {}
        for row in compare_over_seeds(pairs):
            if row.metric in SHOWN:
                found.setdefault(row.task, {})[row.metric] = row
        yield Seeded(arm, found)
