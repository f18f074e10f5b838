"""One process, one base: the model is loaded when a step first needs it, and adapters come and go."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from lm_eval.api.instance import Instance
from lm_eval.tasks import TaskManager
from lm_eval.tasks.manager import TaskDict
from peft import PeftModel
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

import bias_tasks
from bias_inherit.base import Base
from bias_inherit.errors import RunError, first_line
from bias_inherit.experiment import ModelSection
from bias_inherit.processes import local_rank
from bias_inherit.scorer.language_model import PrefixSharingLM
from bias_tasks.catalogue import FAMILIES

Encoded = tuple[list[int], list[int]]
"""Tokens of a context and of its continuation."""


class QuietLM(PrefixSharingLM):
    """The scorer without the harness's progress bars, which would write over ours.

    Attributes:
        encoded: (context, continuation) -> their tokens, shared by all models of one tokenizer: of several
            adapters on the same documents only the first has them tokenised.
    """

    # A run that goes on after a stop ends with the bytes of one that nobody stopped.
    tries_pass_sizes = False

    def __init__(self, encoded: dict[tuple[str, str], Encoded], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.encoded = encoded

    def _encode_pair(self, context: str, continuation: str) -> Encoded:
        pair = (context, continuation)
        if pair not in self.encoded:
            self.encoded[pair] = super()._encode_pair(context, continuation)
        return self.encoded[pair]

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = True) -> list[tuple[float, bool]]:
        answers: list[tuple[float, bool]] = super().loglikelihood(requests, disable_tqdm=disable_tqdm)
        return answers

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = True) -> list[str]:
        texts: list[str] = super().generate_until(requests, disable_tqdm=disable_tqdm)
        return texts


class Workshop:
    """The base model, its tokenizer and the harness's task index, each loaded once."""

    def __init__(self, base: Base, section: ModelSection) -> None:
        self.base = base
        self.section = section
        self._tasks: dict[tuple[str, ...], TaskDict] = {}
        self._encoded: dict[tuple[str, str], Encoded] = {}

    @cached_property
    def device(self) -> str:
        if self.section.device:
            return self.section.device
        return f"cuda:{local_rank()}" if torch.cuda.is_available() else "cpu"

    @cached_property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        tokenizer = AutoTokenizer.from_pretrained(self.base.source, revision=self.section.revision)
        if tokenizer.pad_token is None:
            tokenizer.pad_token = tokenizer.eos_token
        return tokenizer

    @cached_property
    def model(self) -> PreTrainedModel:
        """The base.

        Raises:
            RunError: it cannot be loaded.
        """
        try:
            model = AutoModelForCausalLM.from_pretrained(
                self.base.source,
                revision=self.section.revision,
                dtype=getattr(torch, self.section.dtype),
                **self._quantised(),
            )
        except (OSError, ValueError) as error:
            raise RunError(
                f"model.pretrained: {self.section.pretrained!r} cannot be loaded: {first_line(error)}"
            ) from None
        # A model in 4 bits lies where it was loaded to.
        return (model if self.section.load_in_4bit else model.to(self.device)).eval()

    def _quantised(self) -> dict[str, Any]:
        """What loads the base in 4 bits, if that is asked for.

        Raises:
            RunError: bitsandbytes is not installed.
        """
        if not self.section.load_in_4bit:
            return {}
        if importlib.util.find_spec("bitsandbytes") is None:
            raise RunError("model.load_in_4bit needs bitsandbytes: pip install bitsandbytes")
        config = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_compute_dtype=getattr(torch, self.section.dtype),
        )
        return {"quantization_config": config, "device_map": {"": self.device}}

    @cached_property
    def task_manager(self) -> TaskManager:
        """An index of our tasks alone; the harness's own thousands take most of half a minute."""
        return TaskManager(include_path=str(Path(bias_tasks.__file__).parent), include_defaults=False)

    def tasks(self, names: tuple[str, ...]) -> TaskDict:
        """The harness's task objects; as the group, with its own row in the results, if it is a family."""
        if names not in self._tasks:
            families: list[str] = [family for family, tasks in FAMILIES.items() if set(tasks) == set(names)]
            self._tasks[names] = self.task_manager.load(families or list(names))
        return self._tasks[names]

    @contextmanager
    def language_model(self, batch_size: int, adapter: Path | None = None) -> Iterator[QuietLM]:
        """The base, or the base with an adapter, as a model of the harness."""
        if adapter is None:
            yield self._wrapped(self.model, batch_size)
            return
        adapted = PeftModel.from_pretrained(self.model, str(adapter)).eval()
        try:
            yield self._wrapped(adapted, batch_size)
        finally:
            # Takes the adapter's layers out again; the base's own weights were never touched.
            adapted.unload()

    def _wrapped(self, model: PreTrainedModel | PeftModel, batch_size: int) -> QuietLM:
        return QuietLM(self._encoded, pretrained=model, tokenizer=self.tokenizer, batch_size=batch_size)
