"""An audit of rows that a model wrote."""

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from augment.audits.tables import AuditTable


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
