"""Groups side by side: each task's own metric by group, for a few models."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from augment.audits.drawing import GREY, Drawing
from bias_inherit.compare import Estimate, OnTask
from bias_inherit.engine.planning.plan import Model
from bias_inherit.report.figures.figure import (
    SMALL,
    ReportFigure,
    legend,
    look,
    lying,
    offsets,
    panels,
)
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.population import population

Value = TypeVar("Value")


def groups_of(task: str, estimates: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Group -> the task's metric: of the finest groups that it tells apart."""
    prefix = f"{ALL_TASKS[task].task.shown.metric}__"
    found = {name.removeprefix(prefix): value for name, value in estimates.items() if name.startswith(prefix)}
    finest = {group.key for group in population().intersectional_groups()} & set(found)
    return {group: value for group, value in found.items() if group in finest} if finest else found


def groups_figure(models: Sequence[Model], study: Mapping[str, Mapping[str, OnTask]]) -> ReportFigure | None:
    """Every group's value with its interval, models beside each other; None where no task has groups."""
    groups = {task: list(groups_of(task, found.estimates)) for task, found in study[models[0].label].items()}
    groups = {task: names for task, names in groups.items() if names}
    if not groups:
        return None
    heights = [max(len(names) for names in pair) for pair in _pairs(list(groups.values()))]

    def draw(figure: Figure) -> None:
        rows = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
        for row, tasks in zip(rows, _pairs(list(groups)), strict=True):
            titles = [ALL_TASKS[task].name for task in tasks]
            drawn = panels(row, titles if len(titles) == 2 else [*titles, ""], columns=2)
            for axes, task in zip(drawn, tasks, strict=False):
                _draw_task(axes, task, groups[task], models, study)
            for axes in drawn[len(tasks) :]:
                axes.set_visible(False)
        legend(figure, rows[0].axes[0], columns=3)

    table = [
        (ALL_TASKS[task].name, group, model.label, estimate.value, estimate.stderr, *estimate.interval)
        for task in groups
        for model in models
        if task in study[model.label]
        for group, estimate in groups_of(task, study[model.label][task].estimates).items()
    ]
    return ReportFigure(
        "groups",
        Drawing(draw, height=0.8 + sum(0.75 + 0.085 * n * (len(models) + 1.5) for n in heights)),
        f"Small multiples, one panel a task: each group's value with its 95 % interval, for "
        f"{', '.join(model.label for model in models)}. Every value stands in the tables below.",
        ("task", "group", "model", "value", "stderr", "low_95", "high_95"),
        table,
    )


def _pairs(values: list[Value]) -> list[list[Value]]:
    return [values[first : first + 2] for first in range(0, len(values), 2)]


def _draw_task(
    axes: Axes,
    task: str,
    groups: Sequence[str],
    models: Sequence[Model],
    study: Mapping[str, Mapping[str, OnTask]],
) -> None:
    for rank, (model, beside) in enumerate(zip(models, offsets(len(models), 0.7), strict=True)):
        colour, marker = (GREY, "o") if model.gamma == 0 else look(rank)
        found = groups_of(task, study[model.label][task].estimates) if task in study[model.label] else {}
        for height, group in enumerate(groups):
            if group in found:
                lying(axes, height + beside, found[group].interval, colour)
                axes.plot(
                    found[group].value,
                    height + beside,
                    marker,
                    color=colour,
                    markersize=4.5,
                    markerfacecolor="white" if model.gamma is None else colour,
                )
        axes.plot(
            [],
            [],
            marker,
            color=colour,
            markerfacecolor="white" if model.gamma is None else colour,
            label=model.label,
        )
    shown = ALL_TASKS[task].task.shown
    if shown.equal is not None:
        axes.axvline(shown.equal, color=GREY, linewidth=0.8, linestyle="--", zorder=0)
    axes.set_yticks(range(len(groups)), [group.replace("_", " ") for group in groups])
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(shown.title, fontsize=SMALL)
