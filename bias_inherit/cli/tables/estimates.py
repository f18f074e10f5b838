"""Every metric of one model, as `show` prints them."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bias_inherit.compare import Estimate
from bias_inherit.harness.results.visible import visible
from bias_inherit.kit.quantities import bounds, number
from bias_tasks.records import Record


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
