"""Models beside their placebos as rows of files."""

from collections.abc import Iterable
from typing import Any

from bias_inherit.compare.placebo.change import PlaceboChange
from bias_inherit.kit.csv_text import csv_text, defined
from bias_tasks.statistics import PlaceboRatio

_OF_ONE_MODEL = ("k", "k_low_95", "k_high_95", "k_p", "group_rms", "placebo_rms", "k_clusters", "k_left_out")
PLACEBO_COLUMNS = (
    "task",
    *(f"{name}_{model}" for model in ("reference", "other") for name in _OF_ONE_MODEL),
    "lean_change_in_placebos",
    "low_95",
    "high_95",
)
"""Of the CSV file, and the fields of a row in JSON."""


def placebo_fields(row: PlaceboChange) -> dict[str, Any]:
    """A row by the names of `PLACEBO_COLUMNS`; what is undefined is None."""
    values = (row.task, *_values(row.reference), *_values(row.other), row.change, *row.interval)
    return dict(zip(PLACEBO_COLUMNS, map(defined, values), strict=True))


def _values(found: PlaceboRatio | None) -> tuple[float | None, ...]:
    if found is None:
        return (None,) * len(_OF_ONE_MODEL)
    k, interval, *others = found
    return (k, *interval, *others)


def placebo_to_csv(rows: Iterable[PlaceboChange]) -> str:
    """One row a task; an undefined value is an empty cell."""
    return csv_text(PLACEBO_COLUMNS, (placebo_fields(row).values() for row in rows))
