"""Planted data: the signed contrast over the dose, and what mitigations and other rows do beside it."""

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from augment.audits.drawing import COLOURS, GREY, Drawing
from bias_inherit.kit.quantities import bounds, signed
from bias_inherit.report.declared_tests.controls import Controls, DoseCurve, OnTask, Tested
from bias_inherit.report.figures.figure import (
    SMALL,
    ReportFigure,
    legend,
    lying,
    panel_rows,
    panels,
    zero_line,
)
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import Effect

_COLUMNS = (
    "task",
    "contrast",
    "dose_is",
    "dose",
    "over_gamma_0",
    "stderr",
    "low_95",
    "high_95",
    "seed",
    "value",
)
_ASIDE = 0.012
"""Of the largest dose: points of seeds lie so far beside their mean."""


def controls_figure(found: Controls) -> ReportFigure:
    """The headline's contrast minus γ = 0 over the dose, with bands, and the point of each seed."""
    curves = [(task, curve) for task in found.tasks for curve in task.curves]

    def draw(figure: Figure) -> None:
        titles = [f"{ALL_TASKS[task.of.task].name} over {curve.axis}" for task, curve in curves]
        for axes, (task, curve) in zip(panels(figure, titles), curves, strict=True):
            _draw(axes, task, curve)
        legend(figure, figure.axes[0])

    return ReportFigure(
        "controls",
        Drawing(draw, height=0.9 + 2.3 * panel_rows(len(curves))),
        "Small multiples, one panel a task and kind of dose: the signed contrast minus γ = 0, with its "
        "95 % interval. " + "; ".join(_in_words(task, curve) for task, curve in curves) + ".",
        _COLUMNS,
        list(_rows(curves)),
    )


def _draw(axes: Axes, task: OnTask, curve: DoseCurve) -> None:
    at = [one.dose for one in curve.doses]
    means = [one.over_reference.mean for one in curve.doses]
    low, high = zip(
        *(_ends(one.over_reference.interval, one.over_reference.mean) for one in curve.doses), strict=True
    )
    axes.fill_between(at, low, high, color=COLOURS[0], alpha=0.18, linewidth=0, label="95 % interval")
    axes.plot(at, means, color=COLOURS[0], linewidth=1.2, zorder=2)
    for one in curve.doses:
        points = one.over_reference.points
        if len(points) > 1:
            axes.plot(
                [one.dose + _ASIDE * at[-1]] * len(points), points, "_", color=GREY, markersize=6, zorder=1
            )
        is_found = one.over_nothing is not None and one.over_nothing.is_found
        face = COLOURS[0] if is_found else "#ffffff"
        axes.plot(one.dose, one.over_reference.mean, "o", color=COLOURS[0], markerfacecolor=face, zorder=3)
    axes.plot([], [], "o", color=COLOURS[0], label="told from no dose (Holm)")
    axes.plot([], [], "o", color=COLOURS[0], markerfacecolor="#ffffff", label="not told")
    if any(len(one.over_reference.points) > 1 for one in curve.doses):
        axes.plot([], [], "_", color=GREY, label="one seed")
    zero_line(axes, across=True)
    axes.set_xticks(at, [f"{dose:g}" for dose in at])
    axes.set_xlabel(
        "rate: share relabelled" if curve.axis == "rate" else "γ, at the largest rate", fontsize=SMALL
    )
    axes.set_ylabel(f"Δ {task.of.signed.name}", fontsize=SMALL)


def _ends(interval: tuple[float, float], mean: float) -> tuple[float, float]:
    """Of the band; of no interval the mean itself."""
    low, high = interval
    return (low, high) if low == low else (mean, mean)


def _in_words(task: OnTask, curve: DoseCurve) -> str:
    told = ", ".join(
        f"{signed(effect.mean)} [{bounds(effect.interval, sign=True)}] at {one.dose:g}"
        for one in curve.doses
        for effect in (one.over_reference,)
    )
    return f"{ALL_TASKS[task.of.task].name}, {task.of.signed.name}, over {curve.axis}: {told}"


def _rows(curves: list[tuple[OnTask, DoseCurve]]) -> Iterator[tuple[Any, ...]]:
    for task, curve in curves:
        for one in curve.doses:
            effect = one.over_reference
            of_all = _numbers(effect)
            for number, value in enumerate(effect.points):
                yield (
                    ALL_TASKS[task.of.task].name,
                    task.of.signed.name,
                    curve.axis,
                    one.dose,
                    *of_all,
                    number,
                    value,
                )


def beside_figure(found: Controls, tasks: Sequence[OnTask], nothing: str) -> ReportFigure:
    """The full dose with what mitigations leave of it and what other rows do, one panel a task.

    Args:
        tasks: Which of them.
        nothing: What the effects are over.
    """
    named = [(task, list(_beside(found, task))) for task in tasks]

    def draw(figure: Figure) -> None:
        titles = [
            f"{ALL_TASKS[task.of.task].name}: Δ {task.of.signed.name} against {nothing}" for task in tasks
        ]
        for axes, (_, rows) in zip(panels(figure, titles, columns=1), named, strict=True):
            for height, (_, tested) in enumerate(rows):
                colour = COLOURS[0] if height == 0 else COLOURS[1]
                lying(axes, height, tested.effect.interval, colour, width=2)
                face = colour if tested.is_told else "#ffffff"
                axes.plot(tested.effect.mean, height, "o", color=colour, markerfacecolor=face, zorder=3)
            zero_line(axes)
            axes.set_yticks(range(len(rows)), [name for name, _ in rows])
            axes.set_ylim(len(rows) - 0.5, -0.5)

    table = [
        (ALL_TASKS[task.of.task].name, task.of.signed.name, name, *_numbers(tested.effect), tested.p)
        for task, rows in named
        for name, tested in rows
    ]
    told = "; ".join(
        f"{row[0]}, {row[2]}: {signed(row[3])} [{bounds((row[5], row[6]), sign=True)}]" for row in table
    )
    return ReportFigure(
        "controls-beside",
        Drawing(draw, height=sum(0.8 + 0.32 * len(rows) for _, rows in named)),
        f"Effects against {nothing} with 95 % intervals. {told}.",
        ("task", "contrast", "trained_on", "delta", "stderr", "low_95", "high_95", "p"),
        table,
    )


def _beside(found: Controls, task: OnTask) -> Iterator[tuple[str, Tested]]:
    full = found.conditions.full
    yield f"planted, rate {full.rate:g}, γ = {full.gamma:g}", task.full
    for left in task.left:
        mitigated = left.condition in found.conditions.mitigated
        name = left.condition.label
        yield (f"the same with {name}" if mitigated else f"{name}, γ = {full.gamma:g}"), left.tested


def _numbers(effect: Effect) -> tuple[float, float, float, float]:
    return (effect.mean, effect.stderr, effect.interval.low, effect.interval.high)
