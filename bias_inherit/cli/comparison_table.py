"""A comparison on the terminal, 100 columns wide."""

import math
from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from bias_inherit.compare.rows import Difference
from bias_tasks.catalogue import TASKS
from bias_tasks.statistics import Interval

_DASH = "–"
_HEADINGS = ("first", "second", "Δ [95 %]", "p", "q", "effect", "MDE", "n/cl.")


def comparison_table(differences: Iterable[Difference]) -> Table:
    """One row a metric, under a heading for each task."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("metric", overflow="fold", min_width=max(map(len, TASKS)))
    for heading in _HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    task = None
    for row in differences:
        if row.task != task:
            if task is not None:
                table.add_section()
            table.add_row(row.task, style="bold")
            task = row.task
        table.add_row(*map(Text, cells(row)), style="" if row.stands_out else "dim")
    return table


def cells(row: Difference) -> tuple[str, ...]:
    """A row as text, in the order of the headings."""
    stars = "**" if row.survives else "*" if row.stands_out else ""
    effect = _DASH if math.isnan(row.effect) else f"{row.effect_is} {_number(row.effect, '+', 2)}"
    return (
        f" {row.metric}",
        _number(row.reference),
        _number(row.other),
        f"{_number(row.delta, '+')} {_interval(row.interval)}{stars}" if not math.isnan(row.delta) else _DASH,
        _p(row.p),
        _p(row.q),
        effect,
        _number(row.mde),
        f"{row.n_documents}/{row.n_clusters}",
    )


def _interval(interval: Interval) -> str:
    if math.isnan(interval.low):
        return f"[{_DASH}]"
    return f"[{_number(interval.low, '+')}, {_number(interval.high, '+')}]"


def _number(value: float, sign: str = "", digits: int = 3) -> str:
    if not math.isfinite(value):
        return _DASH
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else digits
    # + 0.0 makes a zero of a negative zero.
    return format(round(value, digits) + 0.0, f"{sign},.{digits}f")


def _p(value: float) -> str:
    if math.isnan(value):
        return _DASH
    return "<.001" if value < 0.001 else f"{value:.3f}"
