"""One process, one base: the model is loaded when a step first needs it, and adapters come and go."""

import copy
import gc
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
from bias_inherit.kit.errors import RunError, with_reason
from bias_inherit.kit.files import file_hash
from bias_inherit.models.base_model import Base
from bias_inherit.models.checks.adapter_fit import put_on
from bias_inherit.models.checks.causality import LOOKS_AHEAD, looks_ahead
from bias_inherit.models.checks.imprint import Imprint, imprint
from bias_inherit.models.model_section import ModelSection
from bias_inherit.models.processes import local_rank
from bias_inherit.models.scorer.language_model import SteadyLM
from bias_inherit.models.tokenizer_files import TEMPLATE, has_tokenizer, tokenizer_files
from bias_tasks.catalogue import FAMILIES
from bias_tasks.training_rows import short_hash

Encoded = tuple[list[int], list[int]]
"""Tokens of a context and of its continuation."""


NO_TEMPLATE = (
    "the tokenizer has no chat template; name one that has (tokenizer, beside pretrained in checkpoints), or "
    "say chat_template: false"
)


class QuietLM(SteadyLM):
    """The scorer without the harness's progress bars, which would write over ours.

    Attributes:
        encoded: (context, continuation) -> their tokens, shared by all models of one tokenizer: of several
            adapters on the same documents only the first has them tokenised.
    """

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

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        """As HFLM does.

        Raises:
            RunError: the tokenizer has no chat template.
        """
        if not self.tokenizer.chat_template:
            raise RunError(NO_TEMPLATE)
        return str(super().apply_chat_template(chat_history, add_generation_prompt))

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = True) -> list[str]:
        texts: list[str] = super().generate_until(requests, disable_tqdm=disable_tqdm)
        return texts


class Session:
    """The base model, its tokenizer and the harness's task index, each loaded once."""

    def __init__(self, base: Base, section: ModelSection) -> None:
        self.base = base
        self.section = section
        self._tasks: dict[tuple[str, ...], TaskDict] = {}
        # One for each tokenizer, by the hash of its files.
        self._encoded: dict[str, dict[tuple[str, str], Encoded]] = {}
        self._loaded: tuple[PreTrainedModel, Imprint] | None = None

    @cached_property
    def device(self) -> str:
        if self.section.device:
            return self.section.device
        return f"cuda:{local_rank()}" if torch.cuda.is_available() else "cpu"

    @cached_property
    def tokenizer(self) -> PreTrainedTokenizerBase:
        return _padded(AutoTokenizer.from_pretrained(self.base.source, revision=self.section.revision))

    @property
    def model(self) -> PreTrainedModel:
        """The base, loaded when it is first asked for. What may change it borrows it.

        Raises:
            RunError: it cannot be loaded, or is no causal model.
        """
        if self._loaded is None:
            model = self._load()
            self._loaded = (model, imprint(model))
        return self._loaded[0]

    @contextmanager
    def borrowed(self) -> Iterator[PreTrainedModel]:
        """The base, for work that may change it.

        Afterwards it is what it was, which is looked at, or it is let go, and the next who asks has it loaded
        anew. After a failure it is let go in any case.
        """
        model, is_whole = self.model, False
        try:
            yield model
            is_whole = self._loaded is not None and imprint(model) == self._loaded[1]
        finally:
            if not is_whole:
                self._loaded = None

    def _load(self) -> PreTrainedModel:
        gc.collect()  # of one that was let go, modules that hold each other are left
        try:
            model = AutoModelForCausalLM.from_pretrained(
                self.base.source,
                revision=self.section.revision,
                dtype=getattr(torch, self.section.dtype),
                **self._quantised(),
            )
        except (OSError, ValueError) as error:
            raise RunError(
                f"model.pretrained: {self.section.pretrained!r} cannot be loaded: {with_reason(error)}"
            ) from error
        # A model in 4 bits lies where it was loaded to.
        model = (model if self.section.load_in_4bit else model.to(self.device)).eval()
        if looks_ahead(model, self.tokenizer, model.device):
            raise RunError(f"model.pretrained: {self.section.pretrained!r} {LOOKS_AHEAD}")
        return model

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
    def language_model(
        self,
        batch_size: int,
        adapter: Path | None = None,
        tokenizer: Path | None = None,
        sentence: str | None = None,
    ) -> Iterator[QuietLM]:
        """The base, or the base with an adapter, as a model of the harness.

        Args:
            tokenizer: A folder whose tokenizer or chat template is used if it has one, else the base's.
            sentence: In front of everything that it is asked.

        Raises:
            RunError: adapter or tokenizer cannot be used.
        """
        with self.borrowed() as base:
            files = tokenizer_files(tokenizer) if tokenizer else []
            chosen = self._own_tokenizer(tokenizer) if tokenizer and files else self.tokenizer
            encoded = self._encoded.setdefault(
                short_hash([file_hash(tokenizer / name) for name in files] if tokenizer else []), {}
            )
            adapted = put_on(base, adapter, self._tokens(chosen)) if adapter else base
            yield QuietLM(
                encoded, pretrained=adapted, tokenizer=chosen, batch_size=batch_size, sentence=sentence
            )
            if isinstance(adapted, PeftModel):
                adapted.unload()

    def _tokens(self, tokenizer: PreTrainedTokenizerBase) -> int:
        """How many embeddings a tokenizer asks for; the base's own no more than the base has."""
        there: int = self.model.get_input_embeddings().weight.shape[0]
        return min(len(tokenizer), there) if tokenizer is self.tokenizer else len(tokenizer)

    def _own_tokenizer(self, folder: Path) -> PreTrainedTokenizerBase:
        """Of a folder with a tokenizer, or with a chat template for the base's.

        Raises:
            RunError: it cannot be loaded.
        """
        if not has_tokenizer(folder):
            tokenizer = copy.deepcopy(self.tokenizer)
            tokenizer.chat_template = (folder / TEMPLATE).read_text(encoding="utf-8")
            return tokenizer
        try:
            return _padded(AutoTokenizer.from_pretrained(folder))
        except (OSError, ValueError) as error:
            raise RunError(
                f"the tokenizer of {folder.name} cannot be loaded: {with_reason(error)}"
            ) from error


def _padded(tokenizer: PreTrainedTokenizerBase) -> PreTrainedTokenizerBase:
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer
