"""What an experiment found and its models on its tasks, as `run` and `report` print them."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from bias_inherit.compare.wording import with_error, with_interval
from bias_inherit.kit.quantities import bounds, number, p_value, signed
from bias_inherit.report.control_words import found_in_words
from bias_inherit.report.declared_tests import Controls
from bias_inherit.report.declared_tests.controls import REFERENCE
from bias_inherit.report.gather import ReportData
from bias_inherit.report.summary import findings
from bias_tasks.catalogue import ALL_TASKS
from bias_tasks.statistics import Effect


def shown(data: ReportData) -> Iterator[str | Table]:
    """First what was found, in sentences; then every model."""
    for sentence in findings(data):
        yield f"{escape(sentence)}\n"
    if data.controls:
        yield from controls_tables(data.controls)
    yield summary_table(data)


def controls_tables(found: Controls) -> Iterator[str | Table]:
    """Dose and response of each task; fits 80 columns."""
    for task in found.tasks:
        for curve in task.curves:
            table = Table(
                title=f"{ALL_TASKS[task.of.task].name} over {curve.axis}: Δ {task.of.signed.name} [95 %]",
                title_justify="left",
                box=SIMPLE_HEAD,
                show_edge=False,
                pad_edge=False,
            )
            over = () if curve.starts_at_reference else (f"minus {REFERENCE}",)
            for heading in (curve.axis, *over, f"minus {curve.nothing}", "p (Holm)", "found"):
                table.add_column(heading, justify="right", no_wrap=True)
            for dose in curve.doses:
                test = dose.over_nothing
                against = ("", "", "")
                if test:
                    against = (
                        _with_interval(test.effect),
                        p_value(test.p_holm),
                        found_in_words(test),
                    )
                of_reference = [_with_interval(dose.over_reference)] if over else []
                table.add_row(f"{dose.dose:g}", *of_reference, *against)
            yield table
            yield ""


def _with_interval(effect: Effect) -> str:
    return escape(f"{signed(effect.mean)} [{bounds(effect.interval, sign=True)}]")


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
    table.add_column("task, model", overflow="fold")
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
