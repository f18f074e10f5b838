"""What a planned study would find, in words."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bias_inherit.compare.power.known import Known
from bias_inherit.compare.power.question import documents_there
from bias_inherit.compare.rows import HEADLINE
from bias_inherit.engine.experiment_file import Experiment, Study
from bias_inherit.engine.planning.plan import Plan
from bias_inherit.kit.quantities import number
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import LEAN
from bias_tasks.statistics import FEWEST_SEEDS, POWER, SIGNIFICANCE, Sample, counts_seeds, smallest_effect
from bias_tasks.task import TaskEntry


class Foreseen(NamedTuple):
    """A task of a planned study.

    Attributes:
        effect: The smallest change of the metric that is found; NaN where it cannot be told.
        with_seeds: Whether how much training seeds scatter is in it.
    """

    task: str
    metric: str
    effect: float
    documents: int
    clusters: int
    with_seeds: bool


def headline(task: TaskEntry) -> str:
    """The metric whose change a study of a task asks for first."""
    return LEAN if LEAN in task.measure.headlines else HEADLINE


def foreseen(tasks: Mapping[str, int | None], seeds: int, known: Known) -> list[Foreseen]:
    """Every task of a study of which enough is known.

    Args:
        tasks: Harness name -> limit.
    """
    level = SIGNIFICANCE / len(tasks)
    found = []
    for task, limit in tasks.items():
        of_task, metric = known.of(task), headline(ALL_TASKS[task])
        if of_task is None or metric not in of_task.metrics:
            continue
        there = documents_there(task, of_task)
        documents = min(limit or there, there)
        clusters, scatter = of_task.clusters(metric, documents), of_task.metrics[metric].scatter
        effect = smallest_effect(scatter, Sample(clusters, seeds, level))
        found.append(Foreseen(task, metric, effect, documents, clusters, counts_seeds(scatter, seeds)))
    return found


def lines(study: Study, plan: Plan, known: Known) -> Iterator[str]:
    """What `plan` says of power; nothing for a study that compares nothing."""
    if len(plan.models) < 2:
        return
    tasks = {task: study.score.limit_of(task) for task in study.score.tasks}
    seeds = len(study.seeds) if isinstance(study, Experiment) else 1
    rows = foreseen(tasks, seeds, known)
    share = f"{100 * POWER:.0f} of 100 such studies"
    yield f"  power: the smallest change of each task's headline that {share} would find"
    for row in rows:
        name, effect = f"{row.task} {row.metric}", number(row.effect)
        yield f"    {name:<{_NAME}}{effect:>7}  {row.documents} documents ({row.clusters} clusters)"
    told = {row.task for row in rows}
    if left_out := [task for task in tasks if task not in told]:
        yield f"    not told, because no variance of it is known: {', '.join(left_out)}"
    yield f"    tested at {_level(len(tasks))}; {_of_seeds(seeds, rows)}"
    yield f"    with the variances of {known.words}"


_NAME = max(map(len, ALL_TASKS)) + len(LEAN) + 2


def _level(tasks: int) -> str:
    if tasks == 1:
        return f"{SIGNIFICANCE:g}"
    return f"{SIGNIFICANCE:g} / {tasks} = {SIGNIFICANCE / tasks:.2g}, Holm's first step over {tasks} tasks"


def _of_seeds(seeds: int, rows: list[Foreseen]) -> str:
    if seeds < FEWEST_SEEDS:
        return "one training seed: nothing is said of others"
    if rows and all(row.with_seeds for row in rows):
        return f"the mean of {seeds} training seeds, with how much seeds scatter"
    return f"how much the {seeds} training seeds scatter is not known: of one seed"
