"""Ten seconds with the base: how fast this machine reads, writes and trains with it."""

import math
import time
from collections.abc import Callable

import torch

from bias_inherit.engine.forecast.tokens import Rates
from bias_inherit.models.base_model import LoadableModel
from bias_inherit.models.quiet import quieten_libraries
from bias_inherit.models.session import Session
from finetune.lora import with_lora
from finetune.settings import LoraSettings

_SECONDS = {"read": 3.0, "written": 3.0, "trained": 4.0}
_LENGTH = 128
_TRAINED_ROWS = 4
_WRITTEN_ROWS = 16
_WRITTEN_LENGTH = 16


def measure_speed(model: LoadableModel, lora: LoraSettings | None) -> Rates:
    """Measure on made-up tokens, in batches of the size that steps use.

    Args:
        lora: The adapter that is to be trained; None where none is.

    Raises:
        RunError: the base cannot be loaded.
        LoraError: it takes no such adapter.
    """
    quieten_libraries()
    session = Session(model.base, model.section)
    base = session.model
    vocabulary = base.config.get_text_config().vocab_size
    ids = (
        torch.arange(_TRAINED_ROWS * _LENGTH, device=base.device).reshape(_TRAINED_ROWS, _LENGTH) % vocabulary
    )

    def read() -> int:
        with torch.inference_mode():
            base(input_ids=ids[:1], logits_to_keep=1)
        return _LENGTH

    def write() -> int:
        prompts = ids[:1, :32].repeat(_WRITTEN_ROWS, 1)
        length = _WRITTEN_LENGTH
        base.generate(
            input_ids=prompts,
            attention_mask=torch.ones_like(prompts),
            do_sample=False,
            min_new_tokens=length,
            max_new_tokens=length,
            pad_token_id=session.tokenizer.pad_token_id,
        )
        return _WRITTEN_ROWS * length

    read_rate, written_rate = _rate(read, _SECONDS["read"]), _rate(write, _SECONDS["written"])
    if lora is None:
        return Rates(read_rate, written_rate, math.inf)
    adapted = with_lora(base, lora)
    optimizer = torch.optim.AdamW([p for p in adapted.parameters() if p.requires_grad])

    def train() -> int:
        adapted(input_ids=ids, labels=ids).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return _TRAINED_ROWS * _LENGTH

    return Rates(read_rate, written_rate, _rate(train, _SECONDS["trained"]))


def _rate(work: Callable[[], int], seconds: float) -> float:
    """Tokens a second; at least once, after a first time that does not count."""
    work()
    tokens, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds or not tokens:
        tokens += work()
    return tokens / elapsed
