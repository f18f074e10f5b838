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
from transformers import DynamicCache, PretrainedConfig, PreTrainedModel
from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

from bias_inherit.kit.errors import type_and_reason
from bias_inherit.models.scorer.pass_size import PassSize
from bias_inherit.models.scorer.prefix_tree import Query, prefix_tree
from bias_inherit.models.scorer.tree_forward import Reader, predictions

_ARGUMENTS = ("input_ids", "attention_mask", "position_ids", "logits_to_keep")
_CACHE_NAMES = ("past_key_values", "cache")
"""The second from transformers 5.24 on; code that comes with a model keeps the first."""
_ATTENTION = ("sdpa", "eager")
_LENGTH_DEPENDENT_ROTATIONS = ("dynamic", "longrope")
_PLAIN_LAYERS = (DynamicLayer, DynamicSlidingWindowLayer)
"""Of a cache: keys and values of single tokens and nothing else. Layers derived from them hold more."""


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
    if reason := _architecture(model) or _memory(model.config, longest):
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


def _architecture(model: PreTrainedModel) -> str | None:
    config = model.config
    if config.is_encoder_decoder or config.get_text_config(decoder=True) is not config:
        return "it is not a decoder of text alone"
    known = inspect.signature(model.forward).parameters
    missing = [name for name in _ARGUMENTS if name not in known]
    missing += ["cache"] if cache_name(model) is None else []
    if missing:
        return f"its forward takes no {', '.join(missing)}"
    if not model._supports_attention_backend:
        return "its attention makes masks of its own"
    if config._attn_implementation not in _ATTENTION:
        return f"its attention is {config._attn_implementation}, not {' or '.join(_ATTENTION)}"
    if rotation := _length_dependent_rotation(config):
        return f"its rotary positions are {rotation}: they change with the length of a request"
    return None


def _length_dependent_rotation(config: PretrainedConfig) -> str | None:
    """Of all layers, or of those of one type, where the parameters lie one level deeper.

    `rope_scaling` is what transformers 4 calls them.
    """
    parameters = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None) or {}
    for rotation in (parameters, *parameters.values()):
        kind = rotation.get("rope_type") if isinstance(rotation, dict) else None
        if kind in _LENGTH_DEPENDENT_ROTATIONS:
            return str(kind)
    return None


def _memory(config: PretrainedConfig, longest: int) -> str | None:
    """A window masks nothing of a request that it is not shorter than."""
    layers = DynamicCache(config=config).layers
    if others := {type(layer).__name__ for layer in layers if type(layer) not in _PLAIN_LAYERS}:
        return f"its cache holds {', '.join(sorted(others))}"
    windows = [layer.sliding_window for layer in layers if isinstance(layer, DynamicSlidingWindowLayer)]
    if windows and longest > min(windows):
        return f"a request is longer than the {min(windows)} tokens that its attention sees at a time"
    return None


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
    difference = _relative_difference(ours[np.stack(tree.scored)], wanted)
    if not difference <= torch.finfo(wanted.dtype).eps ** 0.5:
        return f"its predictions in a trial differ (by {difference:.1g} of their size)"
    return None


def _relative_difference(ours: torch.Tensor, wanted: torch.Tensor) -> float:
    """Of the logits, each centred over the vocabulary: only differences between logits have a meaning."""
    ours, wanted = (logits.double() - logits.double().mean(-1, keepdim=True) for logits in (ours, wanted))
    return float((ours - wanted).norm() / wanted.norm())
