"""How long a study's rows and documents are: estimated from bytes, before anything is loaded."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from augment.bias_types import BIAS_TYPES
from augment.corpus import shipped
from bias_inherit.engine.experiment_file.data import DataSection, OwnData
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.engine.planning.keys import own_rows
from bias_tasks.training_rows import TrainingRow
from bias_tasks.workload import workload
from finetune.originals import SHIPPED, DomainName

BYTES_PER_TOKEN = 4.0
"""Where the base's tokenizer is not here."""
SAMPLE = 40
"""Rows that are looked at."""


class Lengths:
    """Tokens of the rows and documents of one study; rows are as long as those that ship, or as one's own."""

    def __init__(self, study: Study, tokenizer: Path | None) -> None:
        """
        Args:
            tokenizer: The base's `tokenizer.json`, if it is here.
        """
        data = study.data if isinstance(study, Experiment) else DataSection()
        self._domain: DomainName = study.domain if isinstance(study, Experiment) else "gender"
        self._originals, self._own = data.originals, data.augmented
        self._known: dict[int | None, float] = {}
        self._bytes_per_token = _bytes_per_token(tokenizer) if tokenizer else BYTES_PER_TOKEN

    @cached_property
    def original_rows(self) -> Sequence[TrainingRow]:
        """Some of the originals."""
        if isinstance(self._originals, OwnData):
            return own_rows(self._originals, "original")[:SAMPLE]
        return SHIPPED[self._domain].rows(SAMPLE, 0)

    @cached_property
    def original(self) -> float:
        """Tokens of an original row that is trained on."""
        return self.trained_on(self.original_rows)

    @cached_property
    def passage(self) -> float:
        """Tokens of what an audit reads of an original row."""
        return self.original

    def augmented(self, bias_type: int | None) -> float:
        """Tokens of an augmented row: one's own, or one of those of the prompt that ship."""
        if bias_type not in self._known:
            if self._own:
                rows = own_rows(self._own, "augmented")
            else:
                rows = shipped(self._domain, BIAS_TYPES[int(bias_type or 0)]).rows
            self._known[bias_type] = self.trained_on(rows[:SAMPLE])
        return self._known[bias_type]

    def trained_on(self, rows: Sequence[TrainingRow]) -> float:
        """Tokens of a row, on the mean."""
        texts = [m.content for row in rows for m in (*row.prompt, *row.completion)]
        return sum(len(text.encode()) for text in texts) / len(rows) / self._bytes_per_token

    def document(self, task: str) -> float:
        """Tokens that are read for a document of a task on our data."""
        return workload()[task].bytes / self._bytes_per_token


def _bytes_per_token(tokenizer: Path) -> float:
    from tokenizers import Tokenizer

    loaded = Tokenizer.from_file(str(tokenizer))
    rows = SHIPPED["gender"].rows(SAMPLE, 0)
    texts = [row.prompt[-1].content + row.completion[-1].content for row in rows]
    return sum(len(text.encode()) for text in texts) / sum(len(loaded.encode(text).ids) for text in texts)
