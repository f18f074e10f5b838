"""The harness's Hugging Face model, with every distinct token prefix of a call computed once.

`lm_eval --model bias-inherit-hf` takes all arguments of `--model hf` and gives the same answers. Nothing
is kept from one call to the next, so an adapter may be changed in between. What it can do besides is put a
sentence in front of all that it is asked (`models.scorer.opening`).
"""

import logging
from typing import Any
from weakref import WeakKeyDictionary

import torch
from lm_eval.api.instance import Instance
from lm_eval.api.registry import register_model
from lm_eval.models.huggingface import HFLM
from torch import nn
from tqdm import tqdm

from bias_inherit.models.checks.causality import LOOKS_AHEAD, looks_ahead
from bias_inherit.models.scorer import MODEL_NAME
from bias_inherit.models.scorer.answers import Answer, answers
from bias_inherit.models.scorer.merging import merged
from bias_inherit.models.scorer.opening import Opening
from bias_inherit.models.scorer.pass_size import PassSize
from bias_inherit.models.scorer.suitability import cache_name, unsuitable, without_adapter
from bias_inherit.models.scorer.tree_forward import Reader
from bias_inherit.models.scorer.tying import tied_already
from finetune.prefixes.prefix_tree import Query

PASS_SIZES = {"cpu": (256, 512, 128)}
"""What is tried by type of device, the usual one first (docs/scoring.md)."""
PASS_SIZES_ELSEWHERE = (2048, 4096, 1024)
"""Long enough to keep a GPU busy, short enough for a mask and its attention to stay cheap."""

TokenRequest = tuple[tuple[str, str] | None, list[int], list[int]]
"""Context and continuation as texts, then as tokens; a rolling window has no texts."""

_NOT_SHARED = (
    f"{MODEL_NAME} scores this model in the way of hf, which takes two to three times as long on our tasks "
    "and gives the same numbers: {reason}"
)
_told: WeakKeyDictionary[nn.Module, set[str]] = WeakKeyDictionary()
"""Of each base what was said: with every adapter and in every call it would be the same."""

_log = logging.getLogger(__name__)


@register_model(MODEL_NAME)
class PrefixSharingLM(HFLM):  # type: ignore[misc]
    """HFLM whose log-likelihood requests share the work on what they have in common.

    What the tree is not for goes HFLM's way: rolling windows, requests longer than the model takes, and
    all requests of a model that `suitability` does not find to be right.
    """

    tries_pass_sizes = True
    """By default; False where two runs must give the same numbers bit for bit, not only to rounding."""

    def __init__(
        self, *args: Any, tokens_per_pass: int | None = None, sentence: str | None = None, **kwargs: Any
    ) -> None:
        """All arguments of HFLM, and two more.

        Args:
            tokens_per_pass: Tokens in one forward of the tree, at most. Bounds its memory, as `batch_size`,
                which the tree does not use, bounds HFLM's. By default the fastest of a few, tried in the
                first passes; then two runs may differ by rounding.
            sentence: A paragraph of its own in front of the first user turn of every conversation, or of the
                text where there is no chat template.

        Raises:
            ValueError: `tokens_per_pass` is not a positive whole number, `sentence` is no text, or the model
                sees what comes later.
        """
        self.opening = Opening(sentence)
        with tied_already():
            super().__init__(*args, **kwargs)
        if self.backend == "causal" and looks_ahead(self.model, self.tokenizer, self.device):
            raise ValueError(f"{self.config.name_or_path} {LOOKS_AHEAD}")
        if tokens_per_pass is None:
            sizes = PASS_SIZES.get(self.device.type, PASS_SIZES_ELSEWHERE)
            self.pass_size = PassSize(sizes if self.tries_pass_sizes else sizes[:1])
            return
        if not isinstance(tokens_per_pass, int) or tokens_per_pass < 1:
            raise ValueError(f"tokens_per_pass={tokens_per_pass}: expected a positive whole number")
        self.pass_size = PassSize([tokens_per_pass])

    @property
    def tokenizer_name(self) -> str:
        """By this the harness tells requests apart that it keeps (`--cache_requests`)."""
        return f"{super().tokenizer_name}{self.opening.mark}"

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        """As HFLM does, with the sentence in the conversation.

        Raises:
            ValueError: the template does not keep the sentence as it is.
        """
        opened = self.opening.of_conversation(chat_history)
        return self.opening.kept(str(super().apply_chat_template(opened, add_generation_prompt)))

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = False) -> list[Answer]:
        """As HFLM does, behind the sentence."""
        self.opening.open(requests)
        answered: list[Answer] = super().loglikelihood(requests, disable_tqdm=disable_tqdm)
        return answered

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        """As HFLM does, behind the sentence."""
        self.opening.open(requests)
        written: list[str] = super().generate_until(requests, disable_tqdm=disable_tqdm)
        return written

    def loglikelihood_rolling(self, requests: list[Instance], disable_tqdm: bool = False) -> list[float]:
        """As HFLM does.

        Raises:
            ValueError: there is a sentence, which would be scored with the text.
        """
        self.opening.refuse_texts_without_prompt()
        scores: list[float] = super().loglikelihood_rolling(requests, disable_tqdm=disable_tqdm)
        return scores

    def _loglikelihood_tokens(
        self, requests: list[TokenRequest], disable_tqdm: bool = False, override_bs: int | None = None
    ) -> list[Answer]:
        fitting = [index for index, request in enumerate(requests) if self._fits(request)]
        longest = max((len(_query(requests[index]).inputs) for index in fitting), default=0)
        if override_bs is not None or not self._is_suitable(longest):
            return self._the_harness_way(requests, disable_tqdm, override_bs)
        others = sorted(set(range(len(requests))) - set(fitting))
        found: dict[int, Answer] = {}
        if fitting:
            answered = self._by_the_tree([requests[index] for index in fitting], disable_tqdm)
            found.update(zip(fitting, answered, strict=True))
        if others:
            # A fixed batch size: in search of one HFLM waits for the other processes, which may have none.
            answered = self._the_harness_way([requests[index] for index in others], disable_tqdm, 1)
            found.update(zip(others, answered, strict=True))
        return [found[index] for index in range(len(requests))]

    def _the_harness_way(
        self, requests: list[TokenRequest], disable_tqdm: bool, override_bs: int | None
    ) -> list[Answer]:
        answered: list[Answer] = super()._loglikelihood_tokens(requests, disable_tqdm, override_bs)
        return answered

    def _fits(self, request: TokenRequest) -> bool:
        """Not truncated by HFLM, and not refused by it for want of a context or a continuation."""
        _, context, continuation = request
        return bool(context and continuation) and len(context) + len(continuation) <= self.max_length + 1

    def _is_suitable(self, longest: int) -> bool:
        """Asked anew in every call: the adapter may be another one."""
        reason = (
            unsuitable(self.model, self._reader, longest)
            if self.backend == "causal"
            else "it is an encoder-decoder model"
        )
        told = _told.setdefault(without_adapter(self.model), set())
        if reason and reason not in told:
            told.add(reason)
            _log.warning("%s", _NOT_SHARED.format(reason=reason))
        return not reason

    @property
    def _reader(self) -> Reader:
        name = cache_name(without_adapter(self.model)) or "past_key_values"
        return Reader(self._forward, name, self.model.config, self.model.dtype, self.device)

    def _forward(self, **inputs: Any) -> torch.Tensor:
        """The model's logits in the precision that HFLM was asked for."""
        with (
            torch.no_grad(),
            torch.autocast(
                device_type=self.device.type,
                dtype=self.mixed_precision_dtype,
                enabled=self.mixed_precision_dtype is not None,
            ),
        ):
            logits: torch.Tensor = self.model(**inputs).logits
        return logits

    def _by_the_tree(self, requests: list[TokenRequest], disable_tqdm: bool) -> list[Answer]:
        queries = [_query(request) for request in requests]
        found: dict[int, Answer] = {}
        with (
            merged(self.model),
            tqdm(
                total=len(requests),
                disable=disable_tqdm or self.rank != 0,
                desc="Running loglikelihood requests",
            ) as bar,
        ):
            for index, answer in answers(queries, self._reader, self.pass_size, self.softmax_dtype):
                found[index] = answer
                self.cache_hook.add_partial("loglikelihood", requests[index][0], answer)
                bar.update()
        return [found[index] for index in range(len(requests))]


class SteadyLM(PrefixSharingLM):
    """With passes of one size: a run that goes on after a stop ends with the bytes of an undisturbed one."""

    tries_pass_sizes = False


def _query(request: TokenRequest) -> Query:
    _, context, continuation = request
    return Query((context + continuation)[:-1], continuation)
