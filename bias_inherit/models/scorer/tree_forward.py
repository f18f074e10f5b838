"""The model's predictions after chosen prefixes of a tree, every prefix computed once.

The tree is read in depth-first order, so many prefixes a pass, all in one row: a mask lets each token see
its own ancestors only, and its position is its depth, so that the model cannot tell the row from separate
requests. Between passes the cache keeps the keys and values of the ancestors of the next prefix and
nothing else: in depth-first order no later prefix needs any other.
"""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from transformers import DynamicCache, PretrainedConfig

from bias_inherit.models.scorer.pass_size import PassSize
from finetune.prefixes.prefix_tree import Integers, PrefixTree


class Reader(NamedTuple):
    """A model as the tree calls it.

    Attributes:
        forward: The model's forward, in the precision of the run: keyword arguments of `transformers`,
            logits of shape (rows, positions, vocabulary).
        cache_name: What `forward` calls its cache.
        config: Says which kind of mask the model takes.
        dtype: Of its weights.
        device: Where its inputs belong.
    """

    forward: Callable[..., torch.Tensor]
    cache_name: str
    config: PretrainedConfig
    dtype: torch.dtype
    device: torch.device


class Predictions(NamedTuple):
    """What one pass found.

    Attributes:
        prefixes: Numbers of the chosen prefixes in this pass, ascending, shape (k,); k may be 0.
        logits: What may follow each of them, shape (k, vocabulary).
        done: All prefixes with a smaller number are done.
    """

    prefixes: Integers
    logits: torch.Tensor
    done: int


def predictions(
    reader: Reader, tree: PrefixTree, chosen: Integers, pass_size: PassSize
) -> Iterator[Predictions]:
    """Run the tree through the model, pass by pass.

    Args:
        chosen: Numbers of the prefixes whose logits are wanted, ascending.
        pass_size: How many prefixes go into one forward; told what each took, with what was made of it.
    """
    device = reader.device
    tokens, depths, ends = (torch.from_numpy(column).to(device) for column in tree[:3])
    # Not of the model's configuration: where a window masks nothing, nothing may fall out of it either.
    cache = DynamicCache()
    cached = torch.empty(0, dtype=torch.long, device=device)
    start = 0
    while start < len(tokens):
        began = time.perf_counter()
        stop = start + pass_size.of_next_pass(len(tokens) - start)
        new = torch.arange(start, stop, device=device)
        keys = torch.cat([cached, new])
        sees = (keys <= new[:, None]) & (new[:, None] < ends[keys])
        prefixes = chosen[(chosen >= start) & (chosen < stop)]
        logits = reader.forward(
            **{reader.cache_name: cache},
            input_ids=tokens[None, start:stop],
            position_ids=depths[None, start:stop],
            attention_mask=_mask(sees, reader)[None, None],
            use_cache=True,
            logits_to_keep=torch.from_numpy(prefixes - start).to(device),
        )
        yield Predictions(prefixes, logits[0], stop)
        still_needed = (ends[keys] > stop).nonzero().squeeze(1)
        _keep(cache, still_needed)
        cached = keys[still_needed]
        pass_size.took(stop - start, time.perf_counter() - began)
        start = stop


def _mask(sees: torch.Tensor, reader: Reader) -> torch.Tensor:
    """The mask as the model's attention takes it: what is seen, or what is added to the scores."""
    if reader.config._attn_implementation == "sdpa":
        return sees
    return torch.zeros_like(sees, dtype=reader.dtype).masked_fill(~sees, torch.finfo(reader.dtype).min)


def _keep(cache: DynamicCache, positions: torch.Tensor) -> None:
    for layer in cache.layers:
        layer.keys = layer.keys.index_select(-2, positions.to(layer.keys.device))
        layer.values = layer.values.index_select(-2, positions.to(layer.values.device))
