"""What steps will cost in tokens, time and disk, before anything starts.

Estimates, told as such: rows are as long as those that ship, every attempt of a generator is a row, and
answers are as long as they may be. Steps that are done already are better evidence, and are used first.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from augment.bias_types import BIAS_TYPES
from augment.corpus import shipped
from bias_inherit.engine.experiment_file import DataSection, Experiment, OwnData, Study
from bias_inherit.engine.planning.keys import own_rows
from bias_inherit.engine.step import Step
from bias_inherit.engine.store import Store
from bias_tasks.training_rows import TrainingRow
from bias_tasks.workload import workload
from finetune.mixing import counts
from finetune.originals import SHIPPED, DomainName

BYTES_PER_TOKEN = 4.0
"""Where the base's tokenizer is not here."""
BYTES_PER_SCORED_DOCUMENT = 9_000
"""Of the harness's sample files (measured: 2,955,199 bytes for 320 documents of all ten tasks)."""
_FLOAT = 4
_SAMPLE = 40
_TOKENS_OF_A_SURVEY_QUESTION = 100


class Tokens(NamedTuple):
    """What a step has a model do.

    Attributes:
        read: Tokens that it reads.
        written: Tokens that it writes.
        trained: Tokens that it is trained on, over all epochs.
    """

    read: float = 0.0
    written: float = 0.0
    trained: float = 0.0

    def __add__(self, other: "Tokens") -> "Tokens":  # type: ignore[override]
        return Tokens(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class Rates(NamedTuple):
    """Tokens a second of one model on one machine; `trained` is infinite where nothing is to be trained."""

    read: float
    written: float
    trained: float

    def seconds(self, tokens: Tokens) -> float:
        """For some work."""
        return sum(amount / rate for amount, rate in zip(tokens, self, strict=True))


def rows_of(generation: Step) -> int:
    """How many rows a set has, or will have."""
    own = generation.inputs.get("own")
    return int(own["rows"] if own else generation.inputs["rows"])


class TokenEstimator:
    """Tokens of the steps of one study."""

    def __init__(self, study: Study, tokenizer: Path | None) -> None:
        """
        Args:
            tokenizer: The base's `tokenizer.json`, if it is here.
        """
        data = study.data if isinstance(study, Experiment) else DataSection()
        self._domain: DomainName = study.domain if isinstance(study, Experiment) else "gender"
        self._originals, self._own = data.originals, data.augmented
        self._lengths: dict[int | None, float] = {}
        self._bytes_per_token = _bytes_per_token(tokenizer) if tokenizer else BYTES_PER_TOKEN

    def tokens(self, step: Step) -> Tokens:
        """What a step will have the model do."""
        match step.stage:
            case "generate":
                return self._of_generation(step)
            case "train":
                return self._of_training(step)
            case "distribution":
                most = step.inputs["most"]
                rows = most + sum(min(rows_of(parent), most) for parent in step.parents)
                return Tokens(read=rows * self._original)
            case "values":
                return Tokens(read=step.inputs["questions"] * _TOKENS_OF_A_SURVEY_QUESTION)
            case "score":
                return self._of_scoring(step)
            case _:
                return Tokens()

    def _of_scoring(self, step: Step) -> Tokens:
        total = Tokens()
        for task, limit in step.inputs["tasks"].items():
            if load := workload().get(task):
                documents = min(limit or load.documents, load.documents)
                total += Tokens(documents * load.bytes / self._bytes_per_token, documents * load.written)
        return total

    def _of_generation(self, step: Step) -> Tokens:
        if "bias_type" not in step.inputs or "shipped" in step.inputs:
            return Tokens()
        outcome = shipped(step.inputs["domain"], BIAS_TYPES[step.inputs["bias_type"]]).record.outcome
        if outcome is None or outcome.prompt_tokens is None or outcome.generated_tokens is None:
            return Tokens()
        attempts = outcome.attempts / step.inputs["rows"]
        return Tokens(outcome.prompt_tokens / attempts, outcome.generated_tokens / attempts)

    def _of_training(self, step: Step) -> Tokens:
        (mixed,) = step.parents
        rows = counts(mixed.inputs["originals"]["rows"], mixed.inputs["gamma"], mixed.inputs["design"])
        length = rows.original * self._original
        if rows.augmented:
            written = [self._augmented(parent.inputs.get("bias_type")) for parent in mixed.parents]
            length += rows.augmented * sum(written) / len(written)
        return Tokens(trained=length * step.inputs["settings"]["epochs"])

    @cached_property
    def _original(self) -> float:
        """Tokens of an original row."""
        if isinstance(self._originals, OwnData):
            return self._length(own_rows(self._originals, "original"))
        return self._length(SHIPPED[self._domain].rows(_SAMPLE, 0))

    def _augmented(self, bias_type: int | None) -> float:
        """Tokens of an augmented row: one's own, or one of those of the prompt that ship."""
        if bias_type not in self._lengths:
            if self._own:
                rows = own_rows(self._own, "augmented")
            else:
                rows = shipped(self._domain, BIAS_TYPES[int(bias_type or 0)]).rows
            self._lengths[bias_type] = self._length(rows)
        return self._lengths[bias_type]

    def _length(self, rows: Sequence[TrainingRow]) -> float:
        texts = [m.content for row in rows for m in (*row.prompt, *row.completion)]
        return sum(len(text.encode()) for text in texts) / len(rows) / self._bytes_per_token


def _bytes_per_token(tokenizer: Path) -> float:
    from tokenizers import Tokenizer

    loaded = Tokenizer.from_file(str(tokenizer))
    rows = SHIPPED["gender"].rows(_SAMPLE, 0)
    texts = [row.prompt[-1].content + row.completion[-1].content for row in rows]
    return sum(len(text.encode()) for text in texts) / sum(len(loaded.encode(text).ids) for text in texts)


def seconds_per_token(steps: Sequence[Step], store: Store, estimator: TokenEstimator) -> Mapping[str, float]:
    """Stage -> what its finished steps took for each token that was estimated for them."""
    seconds: dict[str, float] = {}
    tokens: dict[str, float] = {}
    for step in steps:
        estimated = sum(estimator.tokens(step))
        if estimated and store.is_there(step):
            seconds[step.stage] = seconds.get(step.stage, 0.0) + store.manifest(step)["seconds"]
            tokens[step.stage] = tokens.get(step.stage, 0.0) + estimated
    return {stage: seconds[stage] / tokens[stage] for stage in seconds}


def adapter_bytes(experiment: Experiment, base: Path | None) -> int | None:
    """Size of one adapter, from the shapes of the base's layers; None where they are not known.

    Peft's `all-linear` is all matrices but the embedding and the output layer.
    """
    if base is None or experiment.finetune.lora.targets != "all-linear":
        return None
    from safetensors import safe_open

    adapted = 0
    for file in base.glob("*.safetensors"):
        with safe_open(file, framework="numpy") as weights:
            for name in weights.keys():  # noqa: SIM118 - not a mapping
                shape = weights.get_slice(name).get_shape()
                if len(shape) == 2 and not any(part in name for part in ("embed", "lm_head", "wte", "wpe")):
                    adapted += sum(shape)
    return adapted * experiment.finetune.lora.rank * _FLOAT or None


def scored_bytes(step: Step) -> int:
    """Size of the result files of one scoring."""
    return scored_documents(step.inputs["tasks"]) * BYTES_PER_SCORED_DOCUMENT


def scored_documents(tasks: Mapping[str, int | None]) -> int:
    """How many documents a scoring has; those of public sets are not counted.

    Args:
        tasks: Task -> limit.
    """
    sizes = {task: load.documents for task, load in workload().items() if task in tasks}
    return sum(min(tasks[task] or documents, documents) for task, documents in sizes.items())
