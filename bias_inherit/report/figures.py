"""The report's figures."""

import math
from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from augment.audits.drawing import COLOURS, GREY, MARKERS, Drawing
from bias_inherit.report.data import Cell, ReportData


def difference_figure(data: ReportData) -> Drawing:
    """Δgap against the reference, per task and model, with 95 % intervals."""

    def draw(axes: Axes) -> None:
        compared = [
            label for label in data.models if any(_cell(data, label, i).differences for i in _places(data))
        ]
        for rank, label in enumerate(compared):
            _legend_entry(axes, data, label)
            for place in _places(data):
                difference = _cell(data, label, place).differences.get("gap")
                if difference is None or math.isnan(difference.delta):
                    continue
                height = place + _offset(rank, len(compared))
                style = _style(data, label)
                axes.plot(
                    [difference.interval.low, difference.interval.high],
                    [height, height],
                    color=style["color"],
                )
                filled = style["color"] if difference.stands_out else "white"
                axes.plot(
                    difference.delta,
                    height,
                    style["marker"],
                    color=style["color"],
                    markerfacecolor=filled,
                )
        axes.axvline(0, color=GREY, linewidth=0.8)
        axes.set_xlabel(f"Δ gap against {data.reference} (right: more disparity); filled: stands out")

    return _task_figure(data, draw)


def gap_figure(data: ReportData) -> Drawing:
    """Gap with ± 1.96 standard errors, per task and model, and the gap that no preference would show."""

    def draw(axes: Axes) -> None:
        axes.plot([], [], "|", color=GREY, markersize=9, label="gap without any preference")
        for rank, label in enumerate(data.models):
            _legend_entry(axes, data, label)
            for place in _places(data):
                metrics = _cell(data, label, place).metrics
                height = place + _offset(rank, len(data.models))
                style = _style(data, label)
                axes.errorbar(
                    metrics["gap"].value,
                    height,
                    xerr=1.96 * metrics["gap"].stderr,
                    fmt=style["marker"],
                    color=style["color"],
                )
                axes.plot(metrics["gap_null"].value, height, "|", color=GREY, markersize=9)
        # A gap lies in [0, 1]; its symmetric error bar may not.
        axes.set_xlim(0, min(1.0, axes.get_xlim()[1]))
        axes.set_xlabel("gap (0: none), ± 1.96 standard errors")

    return _task_figure(data, draw)


def loss_figure(data: ReportData) -> Drawing:
    """Training loss of each adapter."""

    def draw(axes: Axes) -> None:
        for curve in data.curves:
            steps = range(1, len(curve.losses) + 1)
            axes.plot(steps, curve.losses, color=_style(data, curve.label)["color"], label=curve.label)
        axes.set_xlabel("optimiser step")
        axes.set_ylabel("loss on completions")
        axes.set_ylim(bottom=0)

    return _drawing(draw, height=3.0)


def _legend_entry(axes: Axes, data: ReportData, label: str) -> None:
    style = _style(data, label)
    axes.plot([], [], style["marker"], color=style["color"], label=label)


def _places(data: ReportData) -> range:
    return range(len(data.tasks))


def _cell(data: ReportData, label: str, place: int) -> Cell:
    return next(cell for cell in data.tasks[place].cells if cell.model == label)


def _offset(rank: int, count: int) -> float:
    return 0.7 * ((rank + 0.5) / count - 0.5)


def _style(data: ReportData, label: str) -> dict[str, str]:
    rank = data.models.index(label)
    return {"color": COLOURS[rank % len(COLOURS)], "marker": MARKERS[rank % len(MARKERS)]}


def _task_figure(data: ReportData, draw: Callable[[Axes], None]) -> Drawing:
    def with_tasks(axes: Axes) -> None:
        draw(axes)
        axes.set_yticks(list(_places(data)), [result.task.name for result in data.tasks])
        axes.set_ylim(len(data.tasks) - 0.5, -0.5)
        for place in _places(data)[1:]:
            axes.axhline(place - 0.5, color="#eeeeee", linewidth=0.8, zorder=0)

    return _drawing(with_tasks, height=1.2 + 0.2 * len(data.tasks) * max(2, len(data.models)))


def _drawing(draw: Callable[[Axes], None], height: float) -> Drawing:
    def fill(figure: Figure) -> None:
        draw(figure.subplots())
        figure.legend(loc="outside upper center", ncols=4, frameon=False)

    return Drawing(fill, height)
