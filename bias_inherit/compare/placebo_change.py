"""Two models beside their placebos, and a change of `lean` in units of what the placebo moves."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from bias_inherit.compare.placebo import beside_placebo
from bias_inherit.compare.rows import UNDEFINED, Difference
from bias_inherit.harness.results import ScoredModel
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.measure import LEAN
from bias_tasks.statistics import NO_INTERVAL, Interval, PlaceboRatio

MODELS = ("reference", "other")


class PlaceboChange(NamedTuple):
    """A task of two models.

    Attributes:
        task: Harness name.
        reference, other: Of each model; None where it has no placebo.
        change: Δ lean over the reference's root-mean-square movement under the placebo. NaN where the two are
            not both in log-odds, as in salary, or nothing moves.
        interval: 95 % of Δ lean in the same unit, which is held fixed.
    """

    task: str
    reference: PlaceboRatio | None
    other: PlaceboRatio | None
    change: float
    interval: Interval


def placebo_changes(
    reference: ScoredModel, other: ScoredModel, differences: Iterable[Difference]
) -> tuple[list[PlaceboChange], list[str]]:
    """Every compared task of which one of the two has a placebo, and why there is none of others.

    Args:
        differences: Of the two; their tasks are those that were compared.
    """
    listed = list(differences)
    tasks = list(dict.fromkeys(row.task for row in listed))
    leans = {row.task: row for row in listed if row.metric == LEAN}
    first, second = (beside_placebo(model, tasks) for model in (reference, other))
    lines = [
        line if line in first.lines and line in second.lines else f"{which} folder: {line}"
        for which, found in (("first", first), ("second", second))
        for line in found.lines
    ]
    rows = [
        placebo_change(task, first.ratios.get(task), second.ratios.get(task), leans.get(task))
        for task in tasks
        if task in first.ratios or task in second.ratios
    ]
    return rows, list(dict.fromkeys(lines))


def placebo_change(
    task: str, reference: PlaceboRatio | None, other: PlaceboRatio | None, lean: Difference | None
) -> PlaceboChange:
    """One task of two models.

    Args:
        lean: The difference of `lean` between them; None where there is none.
    """
    if lean is None or reference is None or not reference.placebo > 0 or not _is_in_log_odds(task):
        return PlaceboChange(task, reference, other, UNDEFINED, NO_INTERVAL)
    change, low, high = (value / reference.placebo for value in (lean.delta, *lean.interval))
    return PlaceboChange(task, reference, other, change, Interval(low, high))


def _is_in_log_odds(task: str) -> bool:
    """Whether `lean` is in the unit of the movements: of salary both are of logarithms of pay."""
    lean = ALL_TASKS[task].lean
    return lean is not None and lean.unit == "log-odds"


PLACEBO_COLUMNS = (
    "task",
    *(
        f"{name}_{model}"
        for model in MODELS
        for name in ("k", "k_low_95", "k_high_95", "k_p", "group_rms", "placebo_rms", "k_clusters")
    ),
    "lean_change_in_placebos",
    "low_95",
    "high_95",
)
"""Of the CSV file, and the fields of a row in JSON."""


def placebo_fields(row: PlaceboChange) -> Mapping[str, Any]:
    """A row by the names of `PLACEBO_COLUMNS`; what is undefined is None."""
    values: list[Any] = [row.task]
    for found in (row.reference, row.other):
        values += ratio_values(found) if found else [None] * 7
    values += [row.change, *row.interval]
    found_here = dict(zip(PLACEBO_COLUMNS, values, strict=True))
    return {name: None if value != value else value for name, value in found_here.items()}


def ratio_values(found: PlaceboRatio) -> list[float]:
    """k with its interval and p, both movements, and the clusters that entered."""
    return [
        found.ratio,
        *found.interval,
        found.p_value,
        found.group,
        found.placebo,
        found.n_clusters,
    ]
