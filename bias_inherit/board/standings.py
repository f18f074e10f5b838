"""The columns of a league: every task, and means over tasks that belong together, with ranges of ranks."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from bias_inherit.board.leagues import League, Model
from bias_inherit.board.ranks import RankRanges, rank_ranges
from bias_inherit.board.rough_interval import rough_interval
from bias_inherit.board.runs import OnTask
from bias_inherit.compare import Estimate
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import HEADLINES
from bias_tasks.records import BoolArray, FloatArray
from bias_tasks.statistics import ROUNDING, SIGNIFICANCE, Limits, unseen_share
from bias_tasks.task import TaskEntry

SETS: dict[str, Callable[[TaskEntry], bool]] = {
    "all tasks": lambda _: True,
    "gender": lambda task: task.domain == "gender",
    "culture": lambda task: task.domain == "culture",
    "direct": lambda task: task.relation == "direct",
    "indirect": lambda task: task.relation == "indirect",
}
"""Tasks whose mean is a column, as the catalogue has them."""

SHARED = "shared tasks"
"""The mean over the tasks that every model of the league has."""


class Cell(NamedTuple):
    """A model in a column.

    Attributes:
        best, worst: Ranks that its interval allows; 0 where it has no value.
        is_gap: Of a gap, whether it is told apart from none.
    """

    estimate: Estimate
    best: int
    worst: int
    is_gap: bool


class Column(NamedTuple):
    """One task or the mean over several.

    Attributes:
        tasks: Harness names.
        cells: Metric (`HEADLINES`) -> a cell for each model of the league.
    """

    name: str
    tasks: tuple[str, ...]
    cells: dict[str, list[Cell]]


class _Measured(NamedTuple):
    """One metric of one task.

    Attributes:
        values: Shape (N,), NaN for models that were not scored on it.
        errors: Their standard errors, shape (N,).
        variances: Of the differences between models, shape (N, N).
        gap_p: That there is no gap, shape (N,).
        n_clusters: The fewest of any model.
    """

    values: FloatArray
    errors: FloatArray
    variances: FloatArray
    gap_p: FloatArray
    n_clusters: int

    @property
    def tells(self) -> BoolArray:
        """Which gaps are told apart from none, shape (N,)."""
        return np.asarray(self.gap_p <= SIGNIFICANCE)


def columns(league: League) -> list[Column]:
    """Means over sets of at least two tasks, then each task.

    A set of which no model has all tasks is not shown. Where some model lacks a task, the tasks that all have
    are a set as well, so that all are ranked by something.
    """
    tasks = [task for task in ALL_TASKS if task in league.scopes]
    measured = {
        (task, place): _measure([model.tasks.get(task) for model in league.models], place)
        for task in tasks
        for place in range(len(HEADLINES))
    }
    found = []
    for name, members in [*_sets(league, tasks).items(), *((task, (task,)) for task in tasks)]:
        cells = {}
        for place, metric in enumerate(HEADLINES):
            mean = _mean([measured[task, place] for task in members])
            ranks = rank_ranges(
                mean.values,
                np.sqrt(mean.variances),
                mean.n_clusters,
                lower_is_better=metric == "gap",
                tells=mean.tells if metric == "gap" else None,
            )
            only = members[0] if len(members) == 1 else None
            limits = _limits(members, metric)
            cells[metric] = _cells(league.models, metric, mean, limits, ranks, only)
        found.append(Column(name, members, cells))
    return found


def _sets(league: League, tasks: Sequence[str]) -> dict[str, tuple[str, ...]]:
    named = {name: tuple(task for task in tasks if chosen(ALL_TASKS[task])) for name, chosen in SETS.items()}
    shown = {
        name: members
        for name, members in named.items()
        if len(members) > 1 and any(model.tasks.keys() >= set(members) for model in league.models)
    }
    shared = shared_tasks(league)
    if 1 < len(shared) < len(tasks):
        shown[SHARED] = shared
    return shown


def shared_tasks(league: League) -> tuple[str, ...]:
    """The tasks that every model has."""
    return tuple(
        task
        for task in ALL_TASKS
        if task in league.scopes and all(task in model.tasks for model in league.models)
    )


def first_column(league: League, found: Sequence[Column]) -> int:
    """By which column models are ranked first: of all tasks, of the shared ones, or of the commonest task."""
    for place, column in enumerate(found):
        if column.name in ("all tasks", SHARED):
            return place
    shared = [sum(column.tasks[0] in model.tasks for model in league.models) for column in found]
    single = [count if len(column.tasks) == 1 else 0 for count, column in zip(shared, found, strict=True)]
    return single.index(max(single))


def remark(league: League) -> str:
    """What is ranked where no model has all tasks of the league; empty where one has."""
    if any(len(model.tasks) == len(league.scopes) for model in league.models):
        return ""
    shared, all_models = shared_tasks(league), f"all {len(league.models)} models"
    said = f"No model has all {len(league.scopes)} tasks of this league"
    if not shared:
        return f"{said}, and {all_models} share none: ranks are by one task, among the models that have it."
    tasks = "the one task" if len(shared) == 1 else f"the {len(shared)} tasks"
    return f"{said}: ranks are by {tasks} that {all_models} have."


def _measure(models: Sequence[OnTask | None], place: int) -> _Measured:
    metric = HEADLINES[place]
    told = [model.metrics.get(metric, Estimate(math.nan, math.nan)) if model else None for model in models]
    values = np.array([estimate.value if estimate else math.nan for estimate in told])
    errors = np.array([estimate.stderr if estimate else math.nan for estimate in told])
    clusters = [model.n_clusters for model in models if model]
    # All answers alike: what so many clusters that showed nothing allow, as a standard error.
    unseen = np.array([_unseen(model.n_clusters) if model else math.nan for model in models])
    errors = np.where(errors < ROUNDING, unseen, errors)
    variances = errors[:, None] ** 2 + errors[None, :] ** 2
    _pair(variances, models, place, unseen)
    return _Measured(
        values,
        errors,
        variances,
        np.array([model.gap_p if model else math.nan for model in models]),
        min(clusters, default=0),
    )


def _unseen(n_clusters: int) -> float:
    return float(unseen_share(n_clusters)) / 1.96 if n_clusters else math.nan


def _pair(variances: FloatArray, models: Sequence[OnTask | None], place: int, unseen: FloatArray) -> None:
    """Put the paired variance where two models answered the same documents."""
    alike: dict[str, list[int]] = {}
    for number, model in enumerate(models):
        if model and model.draws and np.isfinite(model.draws.values[place]).all():
            alike.setdefault(model.draws.documents, []).append(number)
    for members in alike.values():
        drawn = np.stack([models[number].draws.values[place] for number in members])  # type: ignore[union-attr]
        covariance = np.atleast_2d(np.cov(drawn.astype(float)))
        own = np.diag(covariance)
        paired = own[:, None] + own[None, :] - 2 * covariance
        # Draws are kept in single precision.
        still = paired < 1e-10
        paired = np.where(still, unseen[members][:, None] ** 2, paired)
        variances[np.ix_(members, members)] = paired


def _mean(parts: Sequence[_Measured]) -> _Measured:
    """The mean over tasks, whose documents are not the same."""
    count = len(parts)
    return _Measured(
        np.mean([part.values for part in parts], axis=0),
        np.sqrt(np.sum([part.errors**2 for part in parts], axis=0)) / count,
        np.sum([part.variances for part in parts], axis=0) / count**2,
        # One of them is a gap (Bonferroni).
        count * np.min([part.gap_p for part in parts], axis=0),
        min(part.n_clusters for part in parts),
    )


def _limits(tasks: Sequence[str], metric: str) -> Limits:
    """Of the mean over tasks."""
    each = [ALL_TASKS[task].measure.limits()[metric] for task in tasks]
    return Limits(*np.mean(each, axis=0).tolist())


def _cells(
    models: list[Model], metric: str, mean: _Measured, limits: Limits, ranks: RankRanges, task: str | None
) -> list[Cell]:
    cells = []
    for number, model in enumerate(models):
        tells = metric != "gap" or bool(mean.tells[number])
        value, error = float(mean.values[number]), float(mean.errors[number])
        found = model.tasks.get(task) if task else None
        if found and metric in found.metrics:
            estimate = found.metrics[metric]
        else:
            estimate = Estimate(value, error, rough_interval(value, error, mean.n_clusters, limits, tells))
        cells.append(Cell(estimate, int(ranks.best[number]), int(ranks.worst[number]), tells))
    return cells
