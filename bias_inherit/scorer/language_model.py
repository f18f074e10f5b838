"""The harness's Hugging Face model, with every distinct token prefix of a call computed once.

`lm_eval --model bias-inherit-hf` takes all arguments of `--model hf` and gives the same answers. Nothing
is kept from one call to the next, so an adapter may be changed in between.
"""

import logging
from typing import Any

import torch
from lm_eval.api.registry import register_model
from lm_eval.models.huggingface import HFLM
from tqdm import tqdm

from bias_inherit.causality import LOOKS_AHEAD, looks_ahead
from bias_inherit.scorer import MODEL_NAME
from bias_inherit.scorer.answers import Answer, answers
from bias_inherit.scorer.merging import merged
from bias_inherit.scorer.prefix_tree import Query
from bias_inherit.scorer.suitability import unsuitable
from bias_inherit.scorer.tree_forward import Reader
from bias_inherit.scorer.tying import tied_already

TOKENS_PER_PASS = {"cpu": 256}
"""Default by type of device, as measured (docs/scoring.md)."""
TOKENS_PER_PASS_ELSEWHERE = 2048
"""Not measured: long enough to keep a GPU busy, short enough for a mask and its attention to stay cheap."""

TokenRequest = tuple[tuple[str, str] | None, list[int], list[int]]
"""Context and continuation as texts, then as tokens; a rolling window has no texts."""

_log = logging.getLogger(__name__)


@register_model(MODEL_NAME)
class PrefixSharingLM(HFLM):  # type: ignore[misc]
    """HFLM whose log-likelihood requests share the work on what they have in common.

    What the tree is not for goes HFLM's way: rolling windows, requests longer than the model takes, and
    all requests of a model that `suitability` does not find to be right.
    """

    def __init__(self, *args: Any, tokens_per_pass: int | None = None, **kwargs: Any) -> None:
        """All arguments of HFLM, and one more.

        Args:
            tokens_per_pass: Tokens in one forward of the tree. Bounds its memory, as `batch_size`, which
                the tree does not use, bounds HFLM's.

        Raises:
            ValueError: `tokens_per_pass` is not a positive whole number, or the model sees what comes later.
        """
        with tied_already():
            super().__init__(*args, **kwargs)
        if self.backend == "causal" and looks_ahead(self.model, self.tokenizer, self.device):
            raise ValueError(f"{self.config.name_or_path} {LOOKS_AHEAD}")
        if tokens_per_pass is None:
            tokens_per_pass = TOKENS_PER_PASS.get(self.device.type, TOKENS_PER_PASS_ELSEWHERE)
        if not isinstance(tokens_per_pass, int) or tokens_per_pass < 1:
            raise ValueError(f"tokens_per_pass={tokens_per_pass}: expected a positive whole number")
        self.tokens_per_pass = tokens_per_pass

    def _loglikelihood_tokens(
        self, requests: list[TokenRequest], disable_tqdm: bool = False, override_bs: int | None = None
    ) -> list[Answer]:
        if override_bs is not None or not self._is_suitable():
            return self._the_harness_way(requests, disable_tqdm, override_bs)
        fitting = [index for index, request in enumerate(requests) if self._fits(request)]
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

    def _is_suitable(self) -> bool:
        """Asked anew in every call: the adapter may be another one."""
        reason = (
            unsuitable(self.model, self._reader)
            if self.backend == "causal"
            else "it is an encoder-decoder model"
        )
        if reason:
            _log.warning("%s scores this model in the way of hf: %s", MODEL_NAME, reason)
        return not reason

    @property
    def _reader(self) -> Reader:
        return Reader(self._forward, self.model.config, self.model.dtype, self.device)

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
        queries = [
            Query((context + continuation)[:-1], continuation) for _, context, continuation in requests
        ]
        found: dict[int, Answer] = {}
        with (
            merged(self.model),
            tqdm(
                total=len(requests),
                disable=disable_tqdm or self.rank != 0,
                desc="Running loglikelihood requests",
            ) as bar,
        ):
            for index, answer in answers(queries, self._reader, self.tokens_per_pass, self.softmax_dtype):
                found[index] = answer
                self.cache_hook.add_partial("loglikelihood", requests[index][0], answer)
                bar.update()
        return [found[index] for index in range(len(requests))]
