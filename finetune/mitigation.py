"""Mitigations: one interface, touching augmented rows only."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bias_tasks.training_rows import TrainingRow


class Mitigation(Protocol):
    """A way of changing augmented rows before training."""

    def apply(self, row: TrainingRow) -> TrainingRow:
        """The row to train on in place of an augmented row."""


class NoMitigation:
    """Plain fine-tuning."""

    def apply(self, row: TrainingRow) -> TrainingRow:
        return row


MITIGATIONS: Mapping[str, Mitigation] = {"none": NoMitigation()}


def mitigate(rows: Sequence[TrainingRow], mitigation: Mitigation) -> list[TrainingRow]:
    """The rows with the mitigation applied to the augmented ones."""
    return [mitigation.apply(row) if row.source == "augmented" else row for row in rows]
