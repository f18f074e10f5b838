"""Tables for the terminal."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from augment.audits.tables import AuditTable
from bias_inherit.compare import Estimate
from bias_inherit.compare.wording import with_error, with_interval
from bias_inherit.harness.results.visible import visible
from bias_inherit.kit.quantities import bounds, number
from bias_inherit.report.gather import ReportData
from bias_tasks.records import Record


def summary_table(data: ReportData) -> Table:
    """Score, gap and Δgap of every model on every task; fits 80 columns."""
    table = Table(
        title=f"{data.experiment.name}: {data.base.name}",
        title_justify="left",
        caption="null: the gap if groups did not matter. *: stands out. Details: the report.",
        caption_justify="left",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
    )
    table.add_column("task, model", no_wrap=True)
    for heading in ("score ± se", "gap ± se", "null", f"Δ gap to {data.reference} [95 %]"):
        table.add_column(heading, justify="right", no_wrap=True)
    for result in data.tasks:
        table.add_row(result.task.name, style="bold")
        for place, cell in enumerate(result.cells):
            table.add_row(
                f"  {cell.model}",
                with_error(cell.metrics["score"], digits=2),
                with_error(cell.metrics["gap"], digits=2),
                number(cell.metrics["gap_null"].value, digits=2),
                with_interval(cell.differences.get("gap"), digits=2),
                end_section=place == len(result.cells) - 1,
            )
    return table


def estimates_table(model: Mapping[str, Mapping[str, Estimate]]) -> Table:
    """Every metric of every task of one model, with error and 95 % interval; fits 80 columns."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("task, metric", no_wrap=True)
    for heading in ("value", "se", "95 % interval"):
        table.add_column(heading, justify="right", no_wrap=True)
    for task, metrics in model.items():
        table.add_row(task, style="bold")
        for metric, estimate in metrics.items():
            value, error = number(estimate.value), number(estimate.stderr)
            table.add_row(f"  {metric}", value, error, bounds(estimate.interval))
        table.add_section()
    return table


def unusable_answers(records: Sequence[Record]) -> str:
    """How many of a task's answers are unusable and why, the most frequent reason first; empty if none is."""
    unusable = [record for record in records if record.outcome is None]
    reasons = Counter(visible(record.reason or "no reason recorded") for record in unusable)
    counted = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
    return f"{len(unusable)} of {len(records)} answers unusable: {counted}" if reasons else ""


def audit_table(table: AuditTable) -> Table:
    """An audit's table; what stands in it is never read as markup."""
    shown = Table(
        title=Text(table.title),
        title_justify="left",
        caption=table.caption,
        caption_justify="left",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    first, *others = table.headings
    shown.add_column(first, overflow="fold")
    for heading in others:
        shown.add_column(Text(heading), justify="right", no_wrap=True)
    for row in table.rows:
        cells = map(Text, row.cells)
        shown.add_row(*cells, style="bold" if row.whole else None, end_section=row.ends_section)
    return shown
