"""Texts as vectors: a causal language model's own last hidden layer, or a sentence encoder."""

import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from augment.audits.rows import Passage

FloatArray = NDArray[np.float64]

MOST_TOKENS = 512


class EncoderMissingError(RuntimeError):
    """The optional package for sentence encoders is not installed."""


def embed_with_model(
    model: Any,
    tokenizer: Any,
    passages: Sequence[Passage],
    batch_size: int = 16,
    most_tokens: int = MOST_TOKENS,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> FloatArray:
    """Mean over a text's tokens of the model's last hidden layer, behind its final norm.

    A context goes through the model before its text, but not into the mean. Nor do special tokens that the
    tokenizer adds: the first of them draws attention and has a vector of its own kind.

    Args:
        model: A causal language model of transformers, also one wrapped by peft; left in the mode it was in.
        tokenizer: Its tokenizer.
        passages: With texts that are not empty.
        most_tokens: Of a passage; a longer one loses its context's beginning, then its text's end.
        batch_size: Passages in one forward pass; the longest go first, so that a batch has little padding.
        on_progress: Called with (passages embedded, passages) after each batch.

    Returns:
        One vector a passage, shape (n, hidden size).
    """
    body = _body(model)
    device = next(model.parameters()).device
    encoded = [_encode(tokenizer, passage, most_tokens) for passage in passages]
    order = sorted(range(len(passages)), key=lambda place: -len(encoded[place][0]))
    vectors = np.empty((len(passages), model.config.get_text_config().hidden_size))
    was_training = model.training
    model.eval()
    try:
        for start in range(0, len(order), batch_size):
            places = order[start : start + batch_size]
            vectors[places] = _embed_batch(body, [encoded[place] for place in places], device)
            on_progress(start + len(places), len(passages))
    finally:
        model.train(was_training)
    return vectors


def embed_with_encoder(name: str, passages: Sequence[Passage], batch_size: int = 32) -> FloatArray:
    """Vectors of a sentence-transformers encoder, which sees the texts alone: it has no place for a context.

    Args:
        name: A hub id or folder; code from the hub is never run.

    Returns:
        One vector a passage, shape (n, dimensions).

    Raises:
        EncoderMissingError: sentence-transformers is not installed.
    """
    try:
        library = importlib.import_module("sentence_transformers")
    except ModuleNotFoundError as error:
        raise EncoderMissingError(
            f"embedding with {name} needs sentence-transformers: pip install sentence-transformers, "
            "or embed with a causal language model's own hidden layer"
        ) from error
    encoder = library.SentenceTransformer(name, trust_remote_code=False)
    vectors = encoder.encode(
        [passage.text for passage in passages], batch_size=batch_size, show_progress_bar=False
    )
    return np.asarray(vectors, dtype=float)


def _body(model: Any) -> Any:
    """The model without its output layer. An adapter of peft lies inside the layers and stays."""
    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    return causal.base_model


def _encode(tokenizer: Any, passage: Passage, most_tokens: int) -> tuple[list[int], list[bool]]:
    """Token ids, and which of them are the text's own."""
    if not passage.context:
        tokens = tokenizer(
            passage.text, truncation=True, max_length=most_tokens, return_special_tokens_mask=True
        )
        return tokens["input_ids"], [not special for special in tokens["special_tokens_mask"]]
    text = tokenizer(passage.text, add_special_tokens=False)["input_ids"][:most_tokens]
    room = most_tokens - len(text)
    context = tokenizer(passage.context)["input_ids"][-room:] if room else []
    return context + text, [False] * len(context) + [True] * len(text)


@torch.inference_mode()
def _embed_batch(
    body: Any, encoded: Sequence[tuple[list[int], list[bool]]], device: torch.device
) -> FloatArray:
    longest = max(len(ids) for ids, _ in encoded)
    # Padded on the right, by hand: a causal model's tokens do not see what follows, and not every
    # tokenizer has a padding token.
    ids = torch.zeros((len(encoded), longest), dtype=torch.long, device=device)
    seen, own = torch.zeros_like(ids), torch.zeros_like(ids, dtype=torch.bool)
    for row, (tokens, mask) in enumerate(encoded):
        ids[row, : len(tokens)] = torch.tensor(tokens, device=device)
        seen[row, : len(tokens)] = 1
        own[row, : len(tokens)] = torch.tensor(mask, device=device)
    hidden = body(input_ids=ids, attention_mask=seen, use_cache=False).last_hidden_state.float()
    weights = own.unsqueeze(-1)
    means = (hidden * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)
    return np.asarray(means.cpu().numpy(), dtype=float)
