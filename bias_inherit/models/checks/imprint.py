"""Whether a model is still what it was: adapters come and go, and not all leave it whole.

peft changes a base in place, also where it fails halfway or writes into the base's own weights, as it does
with embeddings that were saved beside an adapter. What is then scored is another model under the base's name.
"""

from typing import Any, NamedTuple

import torch
from torch import nn
from transformers import PreTrainedModel

_PLAIN = (bool, int, float, str)
_WORD = 8
"""Bytes of a whole number."""


class Imprint(NamedTuple):
    """What decides a model's predictions, small enough to be kept beside it.

    Attributes:
        modules: Of each module, by name: its type, its plain attributes, its hooks.
        tensors: Of each weight and persistent buffer, by name: shape, type and a sum over its bytes.
        config: The model's configuration.
    """

    modules: dict[str, tuple[Any, ...]]
    tensors: dict[str, tuple[Any, ...]]
    config: dict[str, Any]


def imprint(model: PreTrainedModel) -> Imprint:
    """Equal for equal models; reads every weight once."""
    tensors = {name: _tensor(tensor) for name, tensor in model.state_dict().items()}
    modules = {name: _module(module) for name, module in model.named_modules()}
    return Imprint(modules, tensors, model.config.to_dict())


def _module(module: nn.Module) -> tuple[Any, ...]:
    attributes = vars(module)
    # What is switched off, or holds no hooks, might as well not be there.
    plain = {name: value for name, value in attributes.items() if isinstance(value, _PLAIN) and value}
    hooks = {name: len(value) for name, value in attributes.items() if value and name.endswith("_hooks")}
    # A forward of the instance's own hides that of its class.
    return type(module), plain, hooks, attributes.get("forward")


def _tensor(tensor: torch.Tensor) -> tuple[Any, ...]:
    """With sums of its bytes taken as whole numbers: unlike one of floats they miss no small change."""
    octets = tensor.detach().contiguous().reshape(-1).view(torch.uint8)
    if octets.storage_offset() % _WORD:
        octets = octets.clone()
    whole = len(octets) // _WORD * _WORD
    # Eight bytes at a time: a twelfth of the time that widening smaller numbers takes. It may wrap around.
    words = int(octets[:whole].view(torch.int64).sum())
    return tuple(tensor.shape), tensor.dtype, tensor.device, words, octets[whole:].tolist()
