"""Tables of many columns: one space between them, and fewer where the terminal is narrow."""

from rich.box import SIMPLE_HEAD
from rich.table import Table

FULL_WIDTH = 100
"""Columns of the terminal that a whole table takes."""


def dense_table(caption: str | None = None) -> Table:
    """An empty one."""
    return Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=0,
        caption=caption,
        caption_justify="left",
    )
