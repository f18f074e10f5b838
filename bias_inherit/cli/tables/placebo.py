"""Models beside their placebos on the terminal."""

from collections.abc import Iterable, Mapping

from rich.table import Table
from rich.text import Text

from bias_inherit.cli.tables.dense import FULL_WIDTH, dense_table
from bias_inherit.compare.placebo import MEANS, PlaceboChange
from bias_inherit.compare.wording import clusters, in_placebos, p_of_k, times
from bias_inherit.kit.quantities import number
from bias_tasks.statistics import PlaceboRatio


def placebo_table(ratios: Mapping[str, PlaceboRatio]) -> Table:
    """One model, one row a task; fits 80 columns."""
    table = _table(f"k: {MEANS}")
    for heading in ("k [95 %]", "p", "group", "placebo", "clusters"):
        table.add_column(heading, justify="right", no_wrap=True)
    for task, found in ratios.items():
        moved = (number(found.group), number(found.placebo), clusters(found))
        table.add_row(*map(Text, (task, times(found), p_of_k(found, "<.001"), *moved)))
    return table


def placebo_change_table(rows: Iterable[PlaceboChange], width: int) -> Table:
    """Two models, one row a task.

    Args:
        width: Of the terminal. Below `FULL_WIDTH` the p are left out; the intervals of k are not.
    """
    table = _table(
        f"k: {MEANS}. Δ lean: in units of the first model's root-mean-square movement under the placebo"
    )
    p = ("p",) if width >= FULL_WIDTH else ()
    for heading in ("k first [95 %]", *p, "k second [95 %]", *p, "Δ lean [95 %]"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        first, second = (
            (times(found), p_of_k(found, "<.001"))[: 1 + len(p)] for found in (row.reference, row.other)
        )
        table.add_row(*map(Text, (row.task, *first, *second, in_placebos(row))))
    return table


def _table(caption: str) -> Table:
    table = dense_table(caption)
    table.add_column("beside the placebo", overflow="fold")
    return table
