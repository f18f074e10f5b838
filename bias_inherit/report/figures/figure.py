"""A figure of the report, and the look that all of them share."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from augment.audits.drawing import COLOURS, GREY, MARKERS, Drawing
from bias_tasks.statistics import Interval

SMALL = 8.5
TEXT_ON_TINT, SOFT_ON_TINT = "#16191d", "#5a6068"
"""Text on a cell of a heat map, which keeps its colour in the dark."""


class ReportFigure(NamedTuple):
    """One figure.

    Attributes:
        name: Of its files.
        alt: What it shows, for those who do not see it.
        columns: Of the numbers behind it.
        rows: These numbers.
    """

    name: str
    drawing: Drawing
    alt: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


@lru_cache(maxsize=64)
def svg(drawing: Drawing) -> str:
    """Drawn once for the page and the file."""
    return drawing.svg()


def look(place: int) -> tuple[str, str]:
    """Colour and marker of a series."""
    return COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]


def panels(figure: Figure, titles: Sequence[str], columns: int = 3, pad: float = 6) -> list[Axes]:
    """Small multiples, one a title.

    Args:
        pad: Points between a panel and its title.
    """
    columns = min(columns, len(titles))
    rows = -(-len(titles) // columns)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for one, title in zip(axes, titles, strict=False):
        one.set_title(title, loc="left", fontsize=10, fontweight="bold", pad=pad)
        one.tick_params(labelsize=SMALL)
    for unused in axes[len(titles) :]:
        unused.set_visible(False)
    return list(axes[: len(titles)])


def panel_rows(count: int, columns: int = 3) -> int:
    """How many rows of panels there are."""
    return -(-count // min(columns, count))


def legend(figure: Figure, axes: Axes, columns: int = 4) -> None:
    """One legend for all panels, above them."""
    handles, labels = axes.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    figure.legend(once.values(), once.keys(), loc="outside upper center", ncols=columns, frameon=False)


def offsets(count: int, width: float) -> list[float]:
    """Where series lie beside each other around a place."""
    return [width * ((rank + 0.5) / count - 0.5) for rank in range(count)]


def upright(axes: Axes, at: float, interval: Interval, colour: str, width: float = 1.2) -> None:
    """A vertical error bar; none where there is no interval."""
    if interval.low == interval.low:
        axes.plot([at, at], [interval.low, interval.high], color=colour, linewidth=width, zorder=2)


def lying(axes: Axes, at: float, interval: Interval, colour: str, width: float = 1.2) -> None:
    """A horizontal error bar; none where there is no interval."""
    if interval.low == interval.low:
        axes.plot([interval.low, interval.high], [at, at], color=colour, linewidth=width, zorder=2)


def zero_line(axes: Axes, across: bool = False) -> None:
    """Where nothing changes."""
    (axes.axhline if across else axes.axvline)(0, color=GREY, linewidth=0.8, zorder=0)


def undefined(axes: Axes) -> None:
    """Say why a panel is empty."""
    axes.text(0.5, 0.5, "undefined on these answers", transform=axes.transAxes, ha="center", fontsize=SMALL)
