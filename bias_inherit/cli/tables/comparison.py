"""A comparison on the terminal: all of it in 100 columns, what matters most in 80."""

import math
from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from bias_inherit.cli.tables.dense import FULL_WIDTH, dense_table
from bias_inherit.compare.headline import HeadlineRow
from bias_inherit.compare.rows import Difference
from bias_inherit.compare.wording import asked
from bias_inherit.kit.quantities import DASH, bounds, number, p_value
from bias_tasks.catalogue import TASKS
from bias_tasks.margins import Margins

_HEADINGS = ("first", "second", "Δ [95 %]", "p", "q", "effect", "MDE", "n/cl.")
_IN_80 = _HEADINGS[:5]

_VERDICT = {"found": "bold", "equivalent": "", "undecided": "dim"}


def headline_table(rows: Iterable[HeadlineRow], margins: Margins, width: int) -> Table:
    """One row a task: what was asked first of it, and what was found.

    Args:
        width: Of the terminal. Below `FULL_WIDTH` p is left out, and what Holm makes of it is not.
    """
    whole = width >= FULL_WIDTH
    table = dense_table()
    table.add_column("headline", no_wrap=True)
    table.add_column("of", overflow="fold")
    for heading in ("Δ [95 %]", *(("p",) if whole else ()), "Holm"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("")
    for row in rows:
        verdict = row.verdict(margins)
        delta = f"{_number(row.delta, sign=True)} [{bounds(row.interval, sign=True, compact=True)}]"
        told = [p_value(p, "<.001") for p in ((row.p, row.p_holm) if whole else (row.p_holm,))]
        table.add_row(*map(Text, (row.task, asked(row), delta, *told, verdict)), style=_VERDICT[verdict])
    return table


def comparison_table(differences: Iterable[Difference], width: int) -> Table:
    """One row a metric, under a heading for each task.

    Args:
        width: Of the terminal. Below `FULL_WIDTH` the last columns are left out, and the caption says so.
    """
    headings = _HEADINGS if width >= FULL_WIDTH else _IN_80
    left_out = ", ".join(_HEADINGS[len(headings) :])
    table = dense_table(f"{left_out}: on {FULL_WIDTH} columns, or with --export" if left_out else None)
    table.add_column("metric", overflow="fold", min_width=max(map(len, TASKS)))
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    task = None
    for row in differences:
        if row.task != task:
            if task is not None:
                table.add_section()
            table.add_row(row.task, style="bold")
            task = row.task
        table.add_row(*map(Text, cells(row)[: 1 + len(headings)]), style="" if row.stands_out else "dim")
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
