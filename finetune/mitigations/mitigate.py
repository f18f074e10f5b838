"""The mitigations that change texts, on augmented rows only."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from bias_tasks.population import Population
from bias_tasks.training_rows import TrainingRow
from finetune.mitigations.lexicon import Cue
from finetune.mitigations.mask import Masker
from finetune.mitigations.sentence import with_sentence
from finetune.mitigations.settings import MitigationSettings


class Mitigated(NamedTuple):
    """Rows to train on.

    Attributes:
        rows: As many as went in, in their order.
        counts: Cues that were masked, by class; empty without *mask*.
    """

    rows: list[TrainingRow]
    counts: Counter[Cue]


def mitigate(rows: Sequence[TrainingRow], settings: MitigationSettings, population: Population) -> Mitigated:
    """The rows with the mitigations applied to the augmented ones; original rows are the same objects.

    The text is masked before the sentence is put in front, so that the sentence stays as it was written.

    Args:
        rows: Original and augmented.
        settings: Which mitigations, and how.
        population: Whose names, pronouns and culture words are masked.
    """
    counts: Counter[Cue] = Counter()
    masker = Masker(population, settings.mask.style) if settings.mask else None

    def changed(row: TrainingRow) -> TrainingRow:
        if masker:
            masked = masker.row(row)
            row = masked.row
            counts.update(masked.counts)
        if settings.token:
            row = with_sentence(row, settings.token.sentence)
        return row

    return Mitigated([changed(row) if row.source == "augmented" else row for row in rows], counts)
