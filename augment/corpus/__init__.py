"""Augmented rows that ship, for trying things out and for tests; README.md says how they came about."""

from pathlib import Path
from typing import NamedTuple

from augment.bias_types import BiasType
from augment.sidecar import SetSidecar
from bias_tasks.training_rows import TrainingRow, read_rows


class Shipped(NamedTuple):
    """One set with its sidecar, which says how it was written."""

    rows: list[TrainingRow]
    sidecar: SetSidecar


def shipped(domain: str, bias_type: BiasType) -> Shipped:
    """The set of one domain and prompt, in the order of its slots: its beginning is balanced as well."""
    rows = Path(__file__).parent / domain / f"{bias_type.template}.jsonl"
    sidecar = rows.with_suffix(".record.json").read_text(encoding="utf-8")
    return Shipped(read_rows(rows), SetSidecar.model_validate_json(sidecar))
