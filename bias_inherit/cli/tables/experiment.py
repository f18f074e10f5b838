"""An experiment's models on its tasks, as `run` and `report` print them."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bias_inherit.compare.wording import with_error, with_interval
from bias_inherit.kit.quantities import number
from bias_inherit.report.gather import ReportData


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
