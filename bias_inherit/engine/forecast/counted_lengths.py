"""How long a study's rows and documents are: counted with the base's own tokenizer and chat template."""

from collections.abc import Sequence
from functools import cached_property, partial
from typing import NamedTuple

from lm_eval.api.instance import Instance
from lm_eval.api.task import Task

from augment.audits.rows import text_of
from bias_inherit.engine.experiment_file.experiment import Experiment
from bias_inherit.engine.experiment_file.study import Study
from bias_inherit.engine.forecast.lengths import Lengths
from bias_inherit.models.quiet import quiet_harness
from bias_inherit.models.session import Session
from bias_tasks.training_rows import TrainingRow
from bias_tasks.workload import workload
from finetune.batches import EpochOrder
from finetune.examples import encode_all
from finetune.prefixes.prefix_tree import Query, prefix_tree
from finetune.settings import TrainingSettings

_DOCUMENTS = 16
"""Of each task, the first ones: twins stand side by side, so that they share as all of them do."""


class Sample(NamedTuple):
    """Some documents of a task as requests to the model.

    Attributes:
        tokens: That are read for them, distinct ones where answers are chosen.
    """

    requests: list[Instance]
    documents: int
    tokens: int


class CountedLengths(Lengths):
    """Of a study whose base is loaded.

    Raises:
        ExampleError: a row is too long, or the tokenizer cannot say it.
    """

    def __init__(self, study: Study, session: Session) -> None:
        super().__init__(study, None)
        self._session = session
        self._score = study.score
        self._training = study.finetune if isinstance(study, Experiment) else None

    @cached_property
    def passage(self) -> float:
        rows = self.original_rows
        return sum(len(self._encoded(text_of(row))) for row in rows) / len(rows)

    def trained_on(self, rows: Sequence[TrainingRow]) -> float:
        return sum(self.of_batches(rows, self._settings.batch_size)) / len(rows)

    def of_batches(self, rows: Sequence[TrainingRow], batch_size: int) -> list[int]:
        """Distinct tokens of each batch of an epoch, in the order of training with seed 0."""
        examples = encode_all(self._session.tokenizer, rows, self._settings.max_length)
        order = EpochOrder(
            [len(example.input_ids) for example in examples],
            [example.augmented for example in examples],
            batch_size,
            batches_per_step=1,
            seed=0,
        )
        return [
            len(prefix_tree([Query(examples[place].input_ids, []) for place in batch]).tokens)
            for batch in order.batches(0)
        ]

    def document(self, task: str) -> float:
        sample = self.samples[task]
        return sample.tokens / sample.documents

    @cached_property
    def samples(self) -> dict[str, Sample]:
        """Of each task on our data that the study scores."""
        names = tuple(task for task in self._score.tasks if task in workload())
        tasks = self._session.tasks(names)["tasks"] if names else {}
        return {name: self._sample(tasks[name]) for name in names}

    @property
    def _settings(self) -> TrainingSettings:
        if self._training is None:
            raise ValueError("a study that only scores trains on no rows")
        return self._training

    def _sample(self, task: Task) -> Sample:
        documents = min(_DOCUMENTS, len(task.eval_docs))
        tokenizer = self._session.tokenizer
        # A checkpoint may bring a template that its base lacks: then a few tokens a document are not seen.
        in_chat = self._score.chat_template and bool(tokenizer.chat_template)
        with quiet_harness():
            task.build_all_requests(
                samples=[*range(documents)],
                apply_chat_template=in_chat,
                fewshot_as_multiturn=in_chat,
                chat_template=partial(tokenizer.apply_chat_template, tokenize=False) if in_chat else None,
            )
        requests = list(task.instances)
        count = self.distinct if task.OUTPUT_TYPE == "multiple_choice" else self._alone
        return Sample(requests, documents, count(requests))

    def distinct(self, requests: Sequence[Instance]) -> int:
        """Tokens that are read for requests whose answers are chosen."""
        texts = {"".join(request.args) for request in requests}
        return len(prefix_tree([Query(self._encoded(text)[:-1], []) for text in texts]).tokens)

    def _alone(self, requests: Sequence[Instance]) -> int:
        return sum(len(self._encoded(request.args[0])) for request in requests)

    def _encoded(self, text: str) -> list[int]:
        ids: list[int] = self._session.tokenizer.encode(text)
        return ids
