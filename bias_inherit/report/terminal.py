"""Tables for the terminal."""

import math
from collections.abc import Sequence

from rich.table import Table

from bias_inherit.compare import Difference, Estimate
from bias_inherit.report.data import ReportData


def summary_table(data: ReportData) -> Table:
    """Score, gap and Δgap of every model on every task."""
    table = Table(title=f"{data.experiment.name}: {data.base.name}", title_justify="left")
    for heading in ("task", "model", "score ± se", "gap ± se", "no-preference gap", "Δ gap to γ = 0 [95 %]"):
        table.add_column(heading, justify="left" if heading in ("task", "model") else "right")
    for result in data.tasks:
        for place, cell in enumerate(result.cells):
            table.add_row(
                result.task.name if place == 0 else "",
                cell.model,
                with_error(cell.metrics["score"]),
                with_error(cell.metrics["gap"]),
                number(cell.metrics["gap_null"].value),
                with_interval(cell.differences.get("gap")),
                end_section=place == len(result.cells) - 1,
            )
    return table


def difference_table(differences: Sequence[Difference]) -> Table:
    """Paired differences, one a row."""
    table = Table()
    for heading in ("task", "metric", "reference", "other", "Δ [95 %]"):
        table.add_column(heading, justify="left" if heading in ("task", "metric") else "right")
    for place, difference in enumerate(differences):
        new_task = place == 0 or differences[place - 1].task != difference.task
        table.add_row(
            difference.task if new_task else "",
            difference.metric,
            number(difference.reference),
            number(difference.other),
            with_interval(difference),
        )
    return table


def number(value: float) -> str:
    """Three decimals, thousands grouped for money-sized values; a dash for an undefined one."""
    if math.isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3f}"


def with_error(estimate: Estimate) -> str:
    """`0.812 ± 0.034`."""
    return f"{number(estimate.value)} ± {number(estimate.stderr)}"


def with_interval(difference: Difference | None) -> str:
    """`+0.031 [-0.010, +0.072]`, with a star where the interval leaves 0 outside."""
    if difference is None:
        return ""
    if math.isnan(difference.delta):
        return "–"
    star = " *" if difference.excludes_zero else ""
    low, high = (_signed(bound) for bound in difference.interval)
    return f"{_signed(difference.delta)} [{low}, {high}]{star}"


def _signed(value: float) -> str:
    return number(value) if math.isnan(value) or value < 0 else f"+{number(value)}"
