"""Whether a model reads from left to right: one that sees the answer beforehand cannot be scored on it.

An encoder (BERT, RoBERTa, ELECTRA) loads as a causal language model without a word unless its configuration
says `is_decoder`, and then attends to both sides. No field of a configuration tells this for all
architectures, so it is tried.
"""

import torch
from torch import nn
from transformers import PreTrainedTokenizerBase

LOOKS_AHEAD = (
    "is no causal language model: what it predicts hangs on tokens that come later, so that it would see the "
    "answer (an encoder loaded as one?); expected a model that reads from left to right"
)
"""The end of a line that begins with what was to be loaded."""

_SENTENCE = (
    "She grew up by the sea, moved to the city when she was twenty, and has worked there ever since; "
    "her brother stayed at home, keeps bees, and writes a long letter about them every other week."
)
_MOST_TOKENS = 24
_NOISE = 0.2
"""How much of the effect of earlier tokens later ones may have: rounding, where experts are shared."""


def looks_ahead(model: nn.Module, tokenizer: PreTrainedTokenizerBase, device: torch.device) -> bool:
    """Whether predictions hang on tokens that come later.

    A stretch of a sentence is read three times: as it is, with other tokens before it, and with other tokens
    after it. To a causal model the third is the first; to an encoder it differs about as much as the second.

    Args:
        model: Its forward takes `input_ids` and gives `logits`.
        device: Where its inputs belong.
    """
    ids = tokenizer.encode(_SENTENCE, add_special_tokens=False)[:_MOST_TOKENS]
    third = len(ids) // 3
    first, middle, last = ids[:third], ids[third : 2 * third], ids[2 * third : 3 * third]
    with torch.no_grad():
        as_it_is, earlier, later = (
            # One by one and of one length: a causal model then takes the same steps to the same numbers.
            _predictions(model(input_ids=torch.tensor([row], device=device)).logits, third)
            for row in (first + middle + last, last + middle + last, first + middle + first)
        )
    return bool((later - as_it_is).norm() > _NOISE * (earlier - as_it_is).norm())


def _predictions(logits: torch.Tensor, third: int) -> torch.Tensor:
    """After each token of the middle, centred: only differences between logits have a meaning."""
    middle = logits[0, third : 2 * third].double()
    return middle - middle.mean(-1, keepdim=True)
