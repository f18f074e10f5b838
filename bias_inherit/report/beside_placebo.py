"""Every model of a report beside its placebo."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from bias_inherit.compare.graded import empty_graded, why_empty
from bias_inherit.compare.placebo import BesidePlacebo, beside_placebo
from bias_inherit.compare.placebo_change import (
    PLACEBO_COLUMNS,
    PlaceboChange,
    placebo_change,
    placebo_fields,
)
from bias_inherit.compare.wording import in_placebos, times
from bias_inherit.harness.results import ScoredModel
from bias_inherit.kit.quantities import DASH
from bias_inherit.report.arms import main_arms, reference_of
from bias_tasks.measure import LEAN
from bias_tasks.statistics import PlaceboRatio
from bias_tasks.task import TaskEntry

if TYPE_CHECKING:
    from bias_inherit.report.gather import ReportData

NAMED = 3
"""Tasks that a sentence names."""


class Placebos(NamedTuple):
    """What stands beside the models of a report.

    Attributes:
        models: Label -> its ratios.
        lines: Why some are missing, or graded measures are.
    """

    models: Mapping[str, BesidePlacebo]
    lines: list[str]

    def of(self, label: str, task: str) -> PlaceboRatio | None:
        """Of one model on one task, by its harness name."""
        return self.models[label].ratios.get(task) if label in self.models else None


def placebos(scored: Mapping[str, ScoredModel]) -> Placebos:
    """Of all models, by label, with all that was scored."""
    models = {label: beside_placebo(model) for label, model in scored.items()}
    lines = dict.fromkeys(line for found in models.values() for line in found.lines)
    empty = dict.fromkeys(task for model in scored.values() for task in empty_graded(model.in_question))
    why = why_empty(empty)
    return Placebos(models, [*lines, *([why] if why else [])])


class OnTask(NamedTuple):
    """A task's models that have a placebo, each beside the one that it is compared with: label -> row."""

    task: TaskEntry
    rows: Mapping[str, PlaceboChange]


def by_task(data: "ReportData") -> list[OnTask]:
    """Tasks and models in the order of the report."""
    references = {m.label: r.label for m in data.models if (r := reference_of(m, data.models))}
    found = []
    for result in data.tasks:
        name, rows = result.task.harness_name, {}
        for cell in result.cells:
            if own := data.placebo.of(cell.model, name):
                against = data.placebo.of(references.get(cell.model, ""), name)
                rows[cell.model] = placebo_change(name, against, own, cell.differences.get(LEAN))
        if rows:
            found.append(OnTask(result.task, rows))
    return found


def sentence(data: "ReportData") -> Iterator[str]:
    """How large what groups do to the report's first model is beside the placebo; nothing without one."""
    main = main_arms(data.models)
    label = main[0].models[-1].label if main else data.models[0].label
    rows = {on_task.task.name: on_task.rows[label] for on_task in by_task(data) if label in on_task.rows}
    if not rows:
        return
    first = sorted(rows, key=lambda task: -_ratio(rows[task]))[:NAMED]
    told = ", ".join(f"{times(rows[task].other)} times as much on {task}" for task in first)
    more = f" (the {NAMED} largest of {len(rows)} tasks)" if len(rows) > NAMED else ""
    changes = {task: words for task in first if (words := in_placebos(rows[task])) != DASH}
    moved = ", ".join(f"{words} times what the placebo moves on {task}" for task, words in changes.items())
    yield (
        "Beside a placebo, an equal change of words that says nothing of groups: groups move "
        f"“{label}” {told}{more}{f'; against {data.reference} its lean moved {moved}' if moved else ''}."
    )


def _ratio(row: PlaceboChange) -> float:
    return row.other.ratio if row.other else 0.0


def placebo_numbers(data: "ReportData") -> dict[str, dict[str, Mapping[str, Any]]]:
    """Task -> model -> all numbers, as JSON values."""
    return {
        on_task.task.harness_name: {label: placebo_fields(row) for label, row in on_task.rows.items()}
        for on_task in by_task(data)
    }


PLACEBO = ("model", *PLACEBO_COLUMNS)
"""Columns of the table."""


def placebo_rows(data: "ReportData") -> list[tuple[Any, ...]]:
    """One row a task and model, by the names of `PLACEBO`; what is undefined is None."""
    return [
        (label, *fields.values())
        for models in placebo_numbers(data).values()
        for label, fields in models.items()
    ]
