"""Planted controls as rows of files: one row for each thing that was asked."""

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any

from bias_inherit.engine.planning.plan import PRESENT
from bias_inherit.kit.csv_text import defined
from bias_inherit.report.control_words import found_in_words, nothing_in_words
from bias_inherit.report.declared_tests.controls import REFERENCE, Controls, OnTask, Tested
from bias_tasks.statistics import NO_SHARE, Effect, Interval, Share

CONTROL_COLUMNS = (
    "task",
    "contrast",
    "unit",
    "direction",
    "largest_of",
    "asked",
    "of",
    "minus",
    "seeds",
    "delta_of_each_seed",
    "delta",
    "stderr",
    "low_95",
    "high_95",
    "p",
    "p_holm",
    "found",
    "share_of_full_dose",
    "share_low_95",
    "share_high_95",
    "share_of_each_seed",
    "n_documents",
    "n_clusters",
)
"""Of the CSV file, and the fields of a row in JSON.

asked: full dose, dose over rate, dose over γ, trend over rate, trend over γ, negative control, mitigation,
other rows or sentence at test time (each against no dose asked alike). seeds: `all` or the one that it is of.
found: yes, no, or mixed where some of fewer than five seeds contradicts it; by Holm's p where there is one.
Of each seed: numbers with a space between them, in the order of the seeds.
"""


def control_rows(found: Controls) -> Iterator[dict[str, Any]]:
    """By the names of `CONTROL_COLUMNS`; what is undefined is None."""
    for task in found.tasks:
        nothing = nothing_in_words(found)
        yield _row(task, "full dose", "full dose", nothing, task.full)
        for curve in task.curves:
            for dose in curve.doses:
                asked, name = f"dose over {curve.axis}", f"{curve.axis} {dose.dose:g}"
                if not curve.starts_at_reference:
                    yield _row(task, asked, name, REFERENCE, _untested(dose.over_reference))
                if dose.over_nothing:
                    yield _row(task, asked, name, curve.nothing, dose.over_nothing)
            if curve.trend:
                yield _row(task, f"trend over {curve.axis}", "a unit", "", curve.trend)
        for negative in task.negatives:
            seed = "all" if negative.seed is None else str(negative.seed)
            yield _row(task, "negative control", "rate 0", REFERENCE, negative.tested, seed)
        for left in task.left:
            asked = "mitigation" if left.condition in found.conditions.mitigated else "other rows"
            minus = f"{nothing}, {PRESENT}" if left.condition.sentence_present else nothing
            yield _row(task, asked, left.condition.label, minus, left.tested, share=left.share)
        for one in task.sentences:
            without = found.conditions.without_sentence(one.condition)
            name = without.label if without in found.conditions.mitigated else "full dose"
            yield _row(task, "sentence at test time", one.condition.label, name, one.tested)


def _untested(effect: Effect) -> Tested:
    return Tested(effect, float("nan"))


def _of_seeds(points: Sequence[float]) -> str:
    return " ".join(map(str, points))


def _row(
    task: OnTask,
    asked: str,
    of: str,
    minus: str,
    tested: Tested,
    seeds: str = "all",
    share: Share = NO_SHARE,
) -> dict[str, Any]:
    interval: Interval = tested.effect.interval
    of_task = task.of
    values = (
        of_task.task,
        of_task.signed.name,
        of_task.signed.unit,
        of_task.direction,
        of_task.largest_of,
        asked,
        of,
        minus,
        seeds,
        _of_seeds(tested.effect.points),
        tested.effect.mean,
        tested.effect.stderr,
        *interval,
        tested.p,
        tested.p_holm,
        None if isnan(tested.p) else found_in_words(tested),
        share.value,
        *share.interval,
        _of_seeds(share.points),
        of_task.n_documents,
        of_task.n_clusters,
    )
    return dict(zip(CONTROL_COLUMNS, map(defined, values), strict=True))
