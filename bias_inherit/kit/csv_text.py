"""Tables as CSV, and what stands in a file for a number that is undefined: here and nowhere else."""

import csv
import io
import math
from collections.abc import Iterable, Sequence


def defined(value: object) -> object:
    """The value, or None for a number that is not finite: an empty cell, or null."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def csv_text(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """A table under its columns' names; an undefined number is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(defined, row) for row in rows)
    return text.getvalue()
