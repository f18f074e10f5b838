"""A comparison on the terminal, 100 columns wide."""

import math
from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from bias_inherit.compare.headline import HeadlineRow
from bias_inherit.compare.rows import Difference
from bias_inherit.compare.wording import asked
from bias_inherit.kit.quantities import DASH, bounds, number, p_value
from bias_tasks.catalogue import TASKS
from bias_tasks.margins import Margins

_HEADINGS = ("first", "second", "Δ [95 %]", "p", "q", "effect", "MDE", "n/cl.")

_VERDICT = {"found": "bold", "equivalent": "", "undecided": "dim"}


def headline_table(rows: Iterable[HeadlineRow], margins: Margins) -> Table:
    """One row a task: what was asked first of it, and what was found."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("headline", no_wrap=True)
    table.add_column("of", overflow="fold")
    for heading in ("Δ [95 %]", "p", "Holm"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("")
    for row in rows:
        verdict = row.verdict(margins)
        delta = f"{_number(row.delta, sign=True)} [{bounds(row.interval, sign=True, compact=True)}]"
        cells = (row.task, asked(row), delta, p_value(row.p, "<.001"), p_value(row.p_holm, "<.001"), verdict)
        table.add_row(*map(Text, cells), style=_VERDICT[verdict])
    return table


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
    delta = f"{_number(row.delta, sign=True)} [{bounds(row.interval, sign=True, compact=True)}]{stars}"
    return (
        f" {row.metric}",
        _number(row.reference),
        _number(row.other),
        DASH if math.isnan(row.delta) else delta,
        p_value(row.p, "<.001"),
        p_value(row.q, "<.001"),
        DASH if math.isnan(row.effect) else f"{row.effect_is} {_number(row.effect, 2, sign=True)}",
        _number(row.mde),
        f"{row.n_documents}/{row.n_clusters}",
    )


def _number(value: float, digits: int = 3, *, sign: bool = False) -> str:
    return number(value, digits, sign=sign, compact=True)
