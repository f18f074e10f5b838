"""For which models the tree gives the harness's own numbers; for all others the harness's way is kept.

First what can be read off the model, then a trial: a few tokens through the tree and as separate
requests. The trial is what protects from architectures that nobody thought of here.
"""

import inspect
from weakref import WeakKeyDictionary

import numpy as np
import torch
from peft import LoraConfig, PeftModel
from torch import nn
from transformers import PreTrainedModel

from bias_inherit.kit.errors import type_and_reason
from bias_inherit.models.scorer.pass_size import PassSize
from bias_inherit.models.scorer.tree_forward import Reader, predictions
from finetune.prefixes.architectures import differing, refused
from finetune.prefixes.prefix_tree import Query, prefix_tree

_ARGUMENTS = ("input_ids", "attention_mask", "position_ids", "logits_to_keep")
_CACHE_NAMES = ("past_key_values", "cache")
"""The second from transformers 5.24 on; code that comes with a model keeps the first."""


_passed: WeakKeyDictionary[nn.Module, set[tuple[str, torch.dtype]]] = WeakKeyDictionary()
"""Bases that stood the trial, each with its attention and precision: neither another adapter nor another
call would change that, and beside a short call a trial takes long."""


def unsuitable(model: nn.Module, reader: Reader, longest: int) -> str | None:
    """Why a model cannot be scored by the tree, in a few words; None if it can.

    Args:
        longest: Tokens that the model reads for the longest request.
    """
    if isinstance(model, PeftModel) and (reason := _adapter(model)):
        return reason
    model = without_adapter(model)
    if not isinstance(model, PreTrainedModel):
        return f"{type(model).__name__} is not a model of transformers"
    if reason := _architecture(model, longest):
        return reason
    passed = _passed.setdefault(model, set())
    setting = (model.config._attn_implementation, reader.dtype)
    if setting in passed:
        return None
    if reason := _trial(reader):
        return reason
    passed.add(setting)
    return None


def without_adapter(model: nn.Module) -> nn.Module:
    """The model that an adapter was put on, or the model itself."""
    return model.get_base_model() if isinstance(model, PeftModel) else model


def cache_name(model: nn.Module) -> str | None:
    """What the forward of a model without adapter calls its cache; None if it takes none."""
    known = inspect.signature(model.forward).parameters
    return next((name for name in _CACHE_NAMES if name in known), None)


def _adapter(model: PeftModel) -> str | None:
    adapter = model.active_peft_config
    if not isinstance(adapter, LoraConfig):
        return f"its adapter is {adapter.peft_type.value}, not LoRA"
    if adapter.alora_invocation_tokens is not None:
        return "its adapter starts at an invocation token"
    return None


def _architecture(model: PreTrainedModel, longest: int) -> str | None:
    cache = cache_name(model)
    return refused(model, (*_ARGUMENTS, cache or "cache"), longest)


def _trial(reader: Reader) -> str | None:
    """Three sequences that share their beginnings, in two passes, against one batch of all three."""
    sequences = np.random.default_rng(0).integers(reader.config.vocab_size, size=(3, 9))
    sequences[1, :6] = sequences[0, :6]
    sequences[2, :2] = sequences[0, :2]
    tree = prefix_tree([Query(row, row) for row in sequences.tolist()])
    every = np.arange(len(tree.tokens))
    try:
        passes = predictions(reader, tree, every, PassSize([10]))
        ours = torch.cat([found.logits for found in passes])
        wanted = reader.forward(input_ids=torch.from_numpy(sequences).to(reader.device))
    except Exception as error:
        # Whatever an unknown architecture objects to, it says that the tree is not for it.
        return f"its forward does not take a tree ({type_and_reason(error)})"
    return differing(ours[np.stack(tree.scored)], wanted)
