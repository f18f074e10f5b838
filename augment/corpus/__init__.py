"""Augmented rows that ship, for trying things out and for tests; README.md says how they came about."""

from pathlib import Path
from typing import NamedTuple

from augment.bias_types import BiasType
from augment.record import Record
from bias_tasks.training_rows import TrainingRow, read_rows


class Shipped(NamedTuple):
    """One set with the record of how it was written."""

    rows: list[TrainingRow]
    record: Record


def shipped(domain: str, bias_type: BiasType) -> Shipped:
    """The set of one domain and prompt, in the order of its slots: its beginning is balanced as well."""
    rows = Path(__file__).parent / domain / f"{bias_type.template}.jsonl"
    record = rows.with_suffix(".record.json").read_text(encoding="utf-8")
    return Shipped(read_rows(rows), Record.model_validate_json(record))
