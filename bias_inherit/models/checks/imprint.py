"""Whether a model is still what it was: adapters come and go, and not all leave it whole.

peft changes a base in place, also where it fails halfway or writes into the base's own weights, as it does
with embeddings that were saved beside an adapter. What is then scored is another model under the base's name.
"""

from typing import Any, NamedTuple

import torch
from torch import nn
from transformers import PreTrainedModel

_PLAIN = (bool, int, float, str)


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
    """With the sum of its bytes taken as whole numbers: unlike one of floats it misses no small change."""
    of_its_size = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}
    whole = tensor.detach().contiguous().view(of_its_size[tensor.element_size()])
    return tuple(tensor.shape), tensor.dtype, tensor.device, int(whole.sum(dtype=torch.int64))
