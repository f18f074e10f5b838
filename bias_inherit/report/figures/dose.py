"""Dose and response: gap and score over γ, one panel a task."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from augment.audits.drawing import GREY, Drawing
from bias_inherit.compare import OnTask, Slope
from bias_inherit.kit.quantities import bounds, number, signed
from bias_inherit.report.arms import dose
from bias_inherit.report.declared_tests import DoseResponse
from bias_inherit.report.figures.figure import (
    SMALL,
    ReportFigure,
    legend,
    look,
    offsets,
    panel_rows,
    panels,
    undefined,
    upright,
)
from bias_tasks.catalogue import ALL_TASKS

STEP = 0.1
"""Slopes are told for so much more γ: a change of 1 is no experiment."""

_COLUMNS = ("task", "rows", "model", "gamma", "value", "stderr", "low_95", "high_95", "null")


def dose_figure(
    metric: str,
    doses: Sequence[DoseResponse],
    study: Mapping[str, Mapping[str, OnTask]],
) -> ReportFigure:
    """A metric over γ, with intervals, and for a gap what no preference shows.

    One set of rows has its line of least squares in the panel; of several the slopes stand in the table.
    """
    tasks = [task for task in ALL_TASKS if any(task in one.slopes for one in doses)]
    alone = doses[0].slopes if len(doses) == 1 else {}

    def draw(figure: Figure) -> None:
        titles = [ALL_TASKS[task].name for task in tasks]
        for axes, task in zip(panels(figure, titles, pad=15 if alone else 6), tasks, strict=True):
            _draw_task(axes, metric, task, doses, study)
            if task in alone:
                _draw_line(axes, alone[task][metric])
        legend(figure, figure.axes[0])
        figure.supxlabel("γ: augmented rows of all rows, %", fontsize=10)

    rows = [
        (
            ALL_TASKS[task].name,
            one.arm.label,
            model.label,
            dose(model),
            estimate.value,
            estimate.stderr,
            *estimate.interval,
            study[model.label][task].estimates["gap_null"].value if metric == "gap" else math.nan,
        )
        for task in tasks
        for one in doses
        for model in one.arm.doses
        for estimate in (study[model.label][task].estimates[metric],)
    ]
    return ReportFigure(
        f"dose-{metric}",
        Drawing(draw, height=1.0 + 2.1 * panel_rows(len(tasks))),
        f"Small multiples, one panel a task: {metric} over γ with 95 % intervals. "
        + "; ".join(_in_words(metric, task, doses, study) for task in tasks)
        + ".",
        _COLUMNS,
        rows,
    )


def _draw_task(
    axes: Axes,
    metric: str,
    task: str,
    doses: Sequence[DoseResponse],
    study: Mapping[str, Mapping[str, OnTask]],
) -> None:
    gammas = sorted({dose(model) for one in doses for model in one.arm.doses})
    beside = offsets(len(doses), 0.05 * gammas[-1] * min(len(doses), 4))
    for place, one in enumerate(doses):
        colour, marker = look(place)
        found = [study[model.label][task].estimates for model in one.arm.doses]
        # γ = 0 is one model, which all arms share: it is not drawn beside itself.
        at = [dose(model) + (beside[place] if model.gamma else 0) for model in one.arm.doses]
        values = [estimates[metric].value for estimates in found]
        axes.plot(at, values, color=colour, linewidth=0.8, alpha=0.7, zorder=1)
        for where, model, estimates in zip(at, one.arm.doses, found, strict=True):
            shared = len(doses) > 1 and not model.gamma
            upright(axes, where, estimates[metric].interval, GREY if shared else colour)
            axes.plot(where, estimates[metric].value, marker, color=GREY if shared else colour, zorder=3)
            if metric == "gap":
                axes.plot(where, estimates["gap_null"].value, "_", color=GREY, markersize=9, zorder=2)
        axes.plot([], [], marker, color=colour, label=one.arm.label)
    if metric == "gap":
        axes.plot([], [], "_", color=GREY, markersize=9, label="gap if groups did not matter")
    if not any(math.isfinite(study[m.label][task].estimates[metric].value) for m in doses[0].arm.doses):
        undefined(axes)
    axes.set_xticks(gammas, [f"{100 * gamma:g}" for gamma in gammas])
    axes.set_ylim(0, 1.04 * axes.get_ylim()[1])
    axes.set_ylabel(metric, fontsize=SMALL)


def _draw_line(axes: Axes, slope: Slope) -> None:
    doses, values = np.array(slope.doses), np.array(slope.values)
    if math.isnan(slope.slope):
        return
    ends = np.array([doses.min(), doses.max()])
    line = values.mean() + slope.slope * (ends - doses.mean())
    axes.plot(ends, line, color=GREY, linestyle="--", linewidth=1, zorder=1, label="least squares")
    interval = bounds((STEP * bound for bound in slope.interval), sign=True)
    told = f"slope {signed(STEP * slope.slope)} [{interval}]{' *' if slope.survives else ''}"
    axes.text(0, 1.03, told, transform=axes.transAxes, fontsize=8)


def _in_words(
    metric: str, task: str, doses: Sequence[DoseResponse], study: Mapping[str, Mapping[str, OnTask]]
) -> str:
    first, last = doses[0].arm.doses[0], doses[0].arm.doses[-1]
    before, after = (study[model.label][task].estimates[metric].value for model in (first, last))
    return f"{ALL_TASKS[task].name} {number(before)} at γ = 0, {number(after)} at {last.label}"
