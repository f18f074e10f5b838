"""Models beside their placebos on the terminal."""

from collections.abc import Iterable, Mapping

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from bias_inherit.compare.placebo import MEANS
from bias_inherit.compare.placebo_change import PlaceboChange
from bias_inherit.compare.wording import in_placebos, times
from bias_inherit.kit.quantities import number, p_value
from bias_tasks.statistics import PlaceboRatio


def placebo_table(ratios: Mapping[str, PlaceboRatio]) -> Table:
    """One model, one row a task; fits 80 columns."""
    table = _table(f"k: {MEANS}")
    for heading in ("k [95 %]", "p", "group", "placebo", "clusters"):
        table.add_column(heading, justify="right", no_wrap=True)
    for task, found in ratios.items():
        moved = (number(found.group), number(found.placebo), str(found.n_clusters))
        table.add_row(*map(Text, (task, times(found), p_value(found.p_value, "<.001"), *moved)))
    return table


def placebo_change_table(rows: Iterable[PlaceboChange]) -> Table:
    """Two models, one row a task; fits 100 columns."""
    table = _table(
        f"k: {MEANS}. Δ lean: in units of the first model's root-mean-square movement under the "
        "placebo; a dash where lean is not in log-odds, as in salary"
    )
    for heading in ("k first [95 %]", "k second [95 %]", "Δ lean [95 %]"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, (row.task, times(row.reference), times(row.other), in_placebos(row))))
    return table


def _table(caption: str) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        caption=caption,
        caption_justify="left",
    )
    table.add_column("beside the placebo", overflow="fold")
    return table
