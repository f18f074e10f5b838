"""Headlines as rows of files."""

from collections.abc import Iterable
from typing import Any

from bias_inherit.compare.headline import HeadlineRow
from bias_inherit.kit.csv_text import csv_text, defined
from bias_tasks.margins import Margins

HEADLINE_COLUMNS = (
    "task",
    "metric",
    "unit",
    "direction",
    "largest_of",
    "instead_of",
    "reference",
    "other",
    "delta",
    "stderr",
    "low_95",
    "high_95",
    "low_equivalence",
    "high_equivalence",
    "margin",
    "p",
    "p_holm",
    "verdict",
    "toward",
    "mde",
    "n_documents",
    "n_clusters",
)
"""Of the CSV file, and the fields of a headline in JSON."""


def headline_fields(row: HeadlineRow, margins: Margins) -> dict[str, Any]:
    """A headline by the names of `HEADLINE_COLUMNS`; what is undefined is None."""
    change = row.change
    values = (
        row.task,
        row.metric,
        change.signed.unit,
        row.direction,
        len(row.changes),
        row.instead_of,
        change.reference,
        change.other,
        change.delta,
        change.stderr,
        *change.interval,
        *change.equivalence_interval,
        margins.of(change.signed.unit),
        row.p,
        row.p_holm,
        row.verdict(margins),
        row.says,
        change.mde,
        change.n_documents,
        change.n_clusters,
    )
    return dict(zip(HEADLINE_COLUMNS, map(defined, values), strict=True))


def headline_to_csv(rows: Iterable[HeadlineRow], margins: Margins) -> str:
    """One row a task; an undefined value is an empty cell."""
    return csv_text(HEADLINE_COLUMNS, (headline_fields(row, margins).values() for row in rows))
