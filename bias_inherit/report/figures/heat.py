"""Heat maps of differences: models by tasks, with what may be noise muted."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from augment.audits.drawing import Drawing
from bias_inherit.compare import Difference, HeadlineRow
from bias_inherit.kit.quantities import counted, signed
from bias_inherit.report.figures.figure import SMALL, SOFT_ON_TINT, TEXT_ON_TINT, ReportFigure
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import SIGNIFICANCE, Interval

_COLOURS = colormaps["PuOr_r"]
_PALE = 0.22
"""How much of its colour a cell keeps that does not stand out."""
_COLUMNS = (
    "row",
    "task",
    "metric",
    "delta",
    "low_95",
    "high_95",
    "p",
    "adjusted_p",
    "stands_out_alone",
    "survives_in_family",
    "n_documents",
    "n_clusters",
)


class HeatCell(NamedTuple):
    """One model on one task.

    Attributes:
        metric: That the change is of.
        adjusted: q, or Holm's p of a headline.
    """

    task: str
    metric: str
    delta: float
    interval: Interval
    p: float
    adjusted: float
    stands_out: bool
    survives: bool
    n_documents: int
    n_clusters: int

    @classmethod
    def of_difference(cls, row: Difference) -> "HeatCell":
        told = (row.p, row.q, row.stands_out, row.survives)
        return cls(row.task, row.metric, row.delta, row.interval, *told, row.n_documents, row.n_clusters)

    @classmethod
    def of_headline(cls, row: HeadlineRow) -> "HeatCell":
        told = (row.p, row.p_holm, row.p <= SIGNIFICANCE, row.is_found)
        change = row.change
        return cls(
            row.task, row.metric, row.delta, row.interval, *told, change.n_documents, change.n_clusters
        )


class HeatRow(NamedTuple):
    """One row: a model against its reference.

    Attributes:
        cells: Harness task name -> what changed.
    """

    label: str
    section: str
    cells: Mapping[str, HeatCell]


def heat_figure(name: str, rows: Sequence[HeatRow], metric: str, title: str) -> ReportFigure | None:
    """Rows by tasks; None where there is nothing to compare.

    Args:
        title: What is subtracted from what.
    """
    tasks = [task for task in ALL_TASKS if any(task in row.cells for row in rows)]
    if not tasks:
        return None
    cells = [row.cells[task] for row in rows for task in tasks if task in row.cells]
    largest = max([0.1, *(abs(cell.delta) for cell in cells if math.isfinite(cell.delta))])
    scale = Normalize(-largest, largest)
    survivors = [cell for cell in cells if cell.survives]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for height, row in enumerate(rows):
            for place, task in enumerate(tasks):
                _draw_cell(axes, place, height, row.cells.get(task), scale)
            if height and row.section != rows[height - 1].section:
                axes.axhline(height - 0.5, color="#000000", linewidth=1)
        axes.set_xlim(-0.5, len(tasks) - 0.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xticks(range(len(tasks)), [ALL_TASKS[task].name.replace("_", "\n") for task in tasks])
        axes.set_yticks(range(len(rows)), [row.label for row in rows])
        axes.xaxis.tick_top()
        axes.tick_params(length=0, labelsize=SMALL)
        for side in axes.spines.values():
            side.set_visible(False)
        bar = figure.colorbar(
            ScalarMappable(scale, _COLOURS), ax=axes, orientation="horizontal", aspect=50, pad=0.02
        )
        bar.set_label(f"Δ {metric}: {title}", fontsize=SMALL)
        bar.ax.tick_params(labelsize=SMALL)

    table = [
        (
            row.label,
            ALL_TASKS[task].name,
            cell.metric,
            cell.delta,
            *cell.interval,
            cell.p,
            cell.adjusted,
            cell.stands_out,
            cell.survives,
            cell.n_documents,
            cell.n_clusters,
        )
        for row in rows
        for task in tasks
        if (cell := row.cells.get(task))
    ]
    found = "; ".join(_in_words(rows, cell) for cell in survivors) or "none"
    return ReportFigure(
        name,
        Drawing(draw, height=1.7 + 0.27 * len(rows)),
        f"Heat map of {counted(len(rows), 'model')} by {counted(len(tasks), 'task')}, Δ {metric}, {title}. "
        f"Told apart from 0: {found}.",
        _COLUMNS,
        table,
    )


def _draw_cell(
    axes: Axes, place: int, height: int, cell: HeatCell | None, scale: Callable[[float], float]
) -> None:
    if cell is None:
        return
    undefined = not math.isfinite(cell.delta)
    colour = "#dfe1e4" if undefined else _tint(_COLOURS(scale(cell.delta)), 1 if cell.survives else _PALE)
    edge = TEXT_ON_TINT if cell.survives else "#e3e5e8"
    axes.add_patch(
        Rectangle(
            (place - 0.47, height - 0.44),
            0.94,
            0.88,
            facecolor=colour,
            edgecolor=edge,
            linewidth=1.4 if cell.survives else 0.6,
        )
    )
    text = "–" if undefined else _two_decimals(cell.delta)
    dark = cell.survives and _luminance(colour) < 0.4
    axes.text(
        place,
        height,
        text + (" °" if cell.stands_out and not cell.survives else ""),
        ha="center",
        va="center",
        fontsize=SMALL,
        fontweight="bold" if cell.survives else "normal",
        color="#fefefe" if dark else TEXT_ON_TINT if cell.survives else SOFT_ON_TINT,
    )


def _two_decimals(value: float) -> str:
    text = f"{value:+.2f}".replace("-", "−")
    return "0.00" if text in ("+0.00", "−0.00") else text


def _tint(colour: tuple[float, ...], kept: float) -> str:
    """The colour on white."""
    return to_hex([kept * part + (1 - kept) for part in colour[:3]])


def _luminance(colour: str) -> float:
    red, green, blue = to_rgb(colour)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _in_words(rows: Sequence[HeatRow], cell: HeatCell) -> str:
    label = next(row.label for row in rows if cell in row.cells.values())
    return f"{label} on {ALL_TASKS[cell.task].name} {signed(cell.delta)}"
