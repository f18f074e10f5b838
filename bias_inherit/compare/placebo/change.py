"""Two models beside their placebos, and a change of `lean` in units of what the placebo moves."""

from collections.abc import Sequence
from typing import NamedTuple

from bias_inherit.compare.placebo.ratios import beside_placebo
from bias_inherit.compare.rows import UNDEFINED, Difference
from bias_inherit.harness.results import ScoredModel
from bias_tasks.measure import LEAN
from bias_tasks.statistics import NO_INTERVAL, Interval, PlaceboRatio


class PlaceboChange(NamedTuple):
    """A task of two models.

    Attributes:
        task: Harness name.
        reference, other: Of each model; None where it has no placebo.
        change: Δ lean over the reference's root-mean-square movement under the placebo; both are log-odds, or
            both logarithms of pay. NaN where either is undefined or the placebo moves nothing.
        interval: 95 % of Δ lean in the same unit, which is held fixed.
    """

    task: str
    reference: PlaceboRatio | None
    other: PlaceboRatio | None
    change: float
    interval: Interval


def placebo_changes(
    reference: ScoredModel, other: ScoredModel, differences: Sequence[Difference]
) -> tuple[list[PlaceboChange], list[str]]:
    """Every compared task of which one of the two has a placebo, and why there is none of others.

    Args:
        differences: Of the two; their tasks are those that were compared.
    """
    tasks = list(dict.fromkeys(row.task for row in differences))
    leans = {row.task: row for row in differences if row.metric == LEAN}
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
    if lean is None or reference is None or not reference.placebo > 0:
        return PlaceboChange(task, reference, other, UNDEFINED, NO_INTERVAL)
    change, low, high = (value / reference.placebo for value in (lean.delta, *lean.interval))
    return PlaceboChange(task, reference, other, change, Interval(low, high))
