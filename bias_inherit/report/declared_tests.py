"""The statistics of a report: which tests were declared, in which families, and what they found."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from math import hypot
from typing import NamedTuple, TypeVar

from bias_inherit.compare import (
    Difference,
    Family,
    OnTask,
    SeededDifference,
    Slope,
    compare_over_seeds,
    compare_study,
    dose_response,
    headline_family,
    match,
    one_family,
)
from bias_inherit.compare.differences import compare_task
from bias_inherit.compare.rows import HEADLINE, is_slice
from bias_inherit.engine.planning.plan import Model
from bias_inherit.harness.results import ScoredModel
from bias_inherit.report.arms import (
    Arm,
    arms,
    dose,
    is_trained,
    questioned,
    reference_name,
    reference_of,
    unmitigated,
)
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import HEADLINES
from bias_tasks.statistics import SIGNED, Interval, shown_interval

MARGIN = 0.05
"""Two gaps that are shown to differ by less count as equivalent, unless the user says another margin."""

OTHER_TRAINED = "fine-tuned models (smaller γ, mitigated, later rounds, seeds)"
SHOWN = HEADLINES[::-1]
"""In this order on the page. The tests of both are one family in each table."""

MAP_FAMILY = "Δ score and gap against γ = 0 at the largest γ, every set of rows and task"
"""Of both heat maps."""

OnTasks = dict[str, dict[str, Difference]]
"""Harness task name -> metric -> difference."""


class DoseResponse(NamedTuple):
    """How gap and score of each task move with γ in one arm.

    Attributes:
        slopes: Harness task name -> metric -> slope.
    """

    arm: Arm
    slopes: dict[str, dict[str, Slope]]


class RelatedTasks(NamedTuple):
    """Change of score against γ = 0, averaged over tasks that are related to bias alike.

    Attributes:
        relation: `direct` or `indirect`.
        tasks: Short names.
        interval: 95 %, normal; the tasks share no documents, so their errors add up in squares.
    """

    model: Model
    relation: str
    tasks: tuple[str, ...]
    delta: float
    interval: Interval


class Seeded(NamedTuple):
    """Δ against γ = 0 under several seeds, at an arm's largest γ.

    Attributes:
        differences: Harness task name -> metric -> difference.
    """

    arm: Arm
    differences: dict[str, dict[str, SeededDifference]]


class Findings(NamedTuple):
    """What the tests found.

    Attributes:
        margin: Of equivalence.
        families: What was adjusted together.
        of_differences: Those of the families that the differences in `study` are in.
        study: Label -> harness task name -> values and differences to γ = 0, with q.
        headline: The pre-declared contrasts, one a task: see `_headline`.
        doses: Of every arm without a mitigation, in the first round, with the first seed.
        against_unmitigated: Label of a mitigated model -> its differences to the unmitigated one.
        related: Direct and indirect classifications, of every arm in `doses`.
        seeded: Where there are several seeds.
    """

    margin: float
    families: tuple[Family, ...]
    of_differences: tuple[Family, ...]
    study: dict[str, dict[str, OnTask]]
    headline: list[Difference]
    doses: list[DoseResponse]
    against_unmitigated: dict[str, OnTasks]
    related: list[RelatedTasks]
    seeded: list[Seeded]

    @property
    def tested(self) -> list[Difference]:
        """The headline contrasts that could be tested."""
        return [row for row in self.headline if not math.isnan(row.p_holm)]


def find(
    models: Sequence[Model], scored: Mapping[str, ScoredModel], margin: float, workers: int = 1
) -> Findings:
    """Every number of the report.

    Args:
        models: In the order of the plan.
        scored: Label -> what the harness wrote.
        margin: Of equivalence.
        workers: Processes among which many models are dealt out.
    """
    references = {m.label: r.label for m in models if (r := reference_of(m, models))}
    study = compare_study(scored, references, workers)
    study, families = _adjusted(study, models)
    main = [arm for arm in main_arms(models) if arm.reference]
    headline, declared = _headline(main, study)
    doses, of_slopes = _slope_families(main, _dose_responses(main, scored, workers))
    mitigated, of_mitigations = _against_unmitigated(models, scored, workers)
    found = (*declared, *families, *of_slopes, *of_mitigations)
    return Findings(
        margin,
        tuple(family for family in found if family.size),
        tuple(family for family in families if family.size),
        study,
        headline,
        doses,
        mitigated,
        list(_related(main, study)),
        list(_seeded(models, scored)),
    )


def main_arms(models: Sequence[Model]) -> list[Arm]:
    """Without a mitigation, in the first round, with the first seed: what headline and curves are of."""
    first = models[0].seed
    return [arm for arm in arms(models) if (arm.mitigation, arm.round, arm.seed) == ("none", 1, first)]


def _adjusted(
    study: dict[str, dict[str, OnTask]], models: Sequence[Model]
) -> tuple[dict[str, dict[str, OnTask]], list[Family]]:
    """The differences with q. The untouched base is shown for orientation and is in no family.

    What is asked first, the largest γ of every bias type, is a family of its own: beside hundreds of other
    models it would drown.
    """
    largest = {arm.models[-1].label for arm in main_arms(models)}
    against, others = reference_name(models), OTHER_TRAINED if is_trained(models) else "models"
    rows: dict[str, list[tuple[str, Difference]]] = {}
    for label in (model.label for model in questioned(models)):
        for row in chain.from_iterable(found.differences for found in study[label].values()):
            name = _family_of(row.metric, label in largest, against, others)
            rows.setdefault(name, []).append((label, row))
    families, by_place = [], {}
    for name, listed in rows.items():
        adjusted, family = one_family((difference for _, difference in listed), name)
        families.append(family)
        for (label, _), row in zip(listed, adjusted, strict=True):
            by_place[label, row.task, row.metric] = row
    with_q = {
        label: {
            task: found._replace(
                differences=[by_place.get((label, task, d.metric), d) for d in found.differences]
            )
            for task, found in on_tasks.items()
        }
        for label, on_tasks in study.items()
    }
    return with_q, families


def _family_of(metric: str, is_largest: bool, against: str, others: str) -> str:
    if is_slice(metric):
        return f"Δ of every slice against {against}, every model and task"
    return MAP_FAMILY if is_largest else f"Δ score and gap against {against}, all other {others}"


def _headline(
    main: Sequence[Arm], study: Mapping[str, Mapping[str, OnTask]]
) -> tuple[list[Difference], list[Family]]:
    """Δ gap at the largest γ of the set of rows that the experiment names first, one a task.

    Not a slope over all models: it supposes a straight line, and that one of K gaps is a gap at all costs K
    times the p.
    """
    if not main:
        return [], []
    rows = [
        row
        for found in study[main[0].models[-1].label].values()
        for row in found.differences
        if row.metric == HEADLINE
    ]
    rows, family = headline_family(
        rows, "headline: Δ gap at the largest γ of the first set of rows, one a task"
    )
    return rows, [family]


def _dose_responses(
    main: Sequence[Arm], scored: Mapping[str, ScoredModel], workers: int
) -> list[list[Slope]]:
    """Slopes of gap and score of each arm."""
    if not main:
        return []
    tasks = list(scored[main[0].doses[0].label].samples)
    parts = [
        [(dose(model), _only(scored[model.label], task)) for model in arm.doses]
        for arm in main
        for task in tasks
    ]
    found = _each(_slopes, parts, workers)
    return [
        list(chain.from_iterable(found[first : first + len(tasks)]))
        for first in range(0, len(found), len(tasks))
    ]


def _only(model: ScoredModel, task: str) -> ScoredModel:
    return ScoredModel({}, {task: model.samples[task]} if task in model.samples else {})


def _slopes(models: list[tuple[float, ScoredModel]]) -> list[Slope]:
    return [slope for slope in dose_response(models) if slope.metric in SHOWN]


def _slope_families(
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


def _against_unmitigated(
    models: Sequence[Model], scored: Mapping[str, ScoredModel], workers: int
) -> tuple[dict[str, OnTasks], list[Family]]:
    pairs = {m.label: plain.label for m in models if (plain := unmitigated(m, models))}
    parts = [(scored[plain], scored[label]) for label, plain in pairs.items()]
    rows = _each(_differences, parts, workers)
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


def _related(main: Iterable[Arm], study: Mapping[str, Mapping[str, OnTask]]) -> Iterator[RelatedTasks]:
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


def _seeded(models: Sequence[Model], scored: Mapping[str, ScoredModel]) -> Iterator[Seeded]:
    for arm in main_arms(models):
        largest = arm.models[-1]
        pairs = [
            (scored[reference.label], scored[other.label])
            for other in models
            if (other.bias_types, other.gamma, other.mitigation, other.round)
            == (largest.bias_types, largest.gamma, largest.mitigation, largest.round)
            if (reference := reference_of(other, models))
        ]
        if len(pairs) < 2:
            continue
        found: dict[str, dict[str, SeededDifference]] = {}
        for row in compare_over_seeds(pairs):
            if row.metric in SHOWN:
                found.setdefault(row.task, {})[row.metric] = row
        yield Seeded(arm, found)


Part = TypeVar("Part")
Result = TypeVar("Result")


def _each(work: Callable[[Part], Result], parts: Sequence[Part], workers: int) -> list[Result]:
    if workers == 1:
        return [work(part) for part in parts]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(work, parts))
