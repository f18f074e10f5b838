"""Mitigations: is the headline shown to be that of γ = 0, within the margin?"""

import math
from collections.abc import Iterator, Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from augment.audits.drawing import Drawing
from bias_inherit.compare import HeadlineRow
from bias_inherit.engine.planning.plan import Model
from bias_inherit.kit.quantities import counted
from bias_inherit.report.figures.figure import (
    ReportFigure,
    look,
    lying,
    panel_rows,
    panels,
    undefined,
    zero_line,
)
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.margins import Margins


def equivalence_figure(
    models: Sequence[Model], differences: Mapping[str, Mapping[str, HeadlineRow]], margins: Margins
) -> ReportFigure:
    """The headline's change against γ = 0 with its 90 % interval, and ± the margin as a band.

    Args:
        models: Unmitigated and mitigated ones of one γ.
        differences: Label -> harness task name -> headline against γ = 0.
    """
    tasks = [task for task in ALL_TASKS if any(task in differences[model.label] for model in models)]
    methods = list(dict.fromkeys(model.treatment for model in models))

    def draw(figure: Figure) -> None:
        drawn = panels(figure, [ALL_TASKS[task].name for task in tasks], columns=2)
        for place, (axes, task) in enumerate(zip(drawn, tasks, strict=True)):
            margin = max(margins.of(row.change.signed.unit) for row in _rows(models, differences, task))
            axes.axvspan(-margin, margin, color="#009E73", alpha=0.15, linewidth=0, zorder=0)
            zero_line(axes)
            for height, model in enumerate(models):
                row = differences[model.label].get(task)
                if row is None or row.delta != row.delta:
                    continue
                colour, marker = look(methods.index(model.treatment))
                lying(axes, height, row.change.equivalence_interval, colour)
                filled = colour if row.is_equivalent(margins) else "white"
                axes.plot(row.delta, height, marker, color=colour, markerfacecolor=filled)
            labels = [model.label for model in models] if place % 2 == 0 else [""] * len(models)
            axes.set_yticks(range(len(models)), labels)
            axes.set_ylim(len(models) - 0.5, -0.5)
            axes.xaxis.set_major_locator(MaxNLocator(5))
            if not any(math.isfinite(row.delta) for row in _rows(models, differences, task)):
                undefined(axes)
        figure.supxlabel(
            "change of the headline against γ = 0, 90 % interval; filled: equivalent within the band",
            fontsize=10,
        )

    rows = [
        (
            ALL_TASKS[task].name,
            model.label,
            model.treatment,
            row.delta,
            *row.change.equivalence_interval,
            row.metric,
            margins.of(row.change.signed.unit),
            row.is_equivalent(margins),
        )
        for task in tasks
        for model in models
        if (row := differences[model.label].get(task))
    ]
    shown = sum(bool(row[-1]) for row in rows)
    return ReportFigure(
        "equivalence",
        Drawing(draw, height=0.6 + panel_rows(len(tasks), 2) * (0.6 + 0.22 * len(models))),
        f"Small multiples, one panel a task: headlines of {counted(len(models), 'model')} against γ = 0, "
        f"90 % intervals. {shown} of {len(rows)} lie within the margin.",
        ("task", "model", "mitigation", "delta", "low_90", "high_90", "metric", "margin", "equivalent"),
        rows,
    )


def _rows(
    models: Sequence[Model], differences: Mapping[str, Mapping[str, HeadlineRow]], task: str
) -> Iterator[HeadlineRow]:
    return (row for model in models if (row := differences[model.label].get(task)))
