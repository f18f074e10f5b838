"""A LoRA adapter inside the weights it belongs to, for as long as a model only reads.

Beside a small model an adapter's own small products cost a tenth of the time or more (docs/scoring.md).
Merging and taking the difference off again would leave rounding behind, and with it scores that depend on
which adapter was scored before; so the weights are copied, and the originals put back.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from peft.tuners import lora
from torch import nn


@contextmanager
def merged(model: nn.Module) -> Iterator[None]:
    """The active adapters of a float32 model on a CPU merged, as far as they can be; afterwards as before.

    In lower precision a merged weight would be rounded to another one; elsewhere a second copy of the
    weights may not fit.
    """
    # Derived classes, of quantised layers for example, need not merge in place: what they put into the
    # layer instead would stay there.
    layers: list[lora.Linear] = [
        layer for layer in model.modules() if type(layer) is lora.Linear and _is_plain(layer)
    ]
    shared = _shared(model)
    layers = [layer for layer in layers if layer.get_base_layer().weight not in shared]
    before = [
        (parameter, parameter.data) for layer in layers for parameter in layer.get_base_layer().parameters()
    ]
    try:
        for parameter, data in before:
            parameter.data = data.clone()
        for layer in layers:
            layer.merge()
        yield
    finally:
        for parameter, data in before:
            parameter.data = data
        for layer in layers:
            layer.merged_adapters.clear()


def _is_plain(layer: lora.Linear) -> bool:
    base = layer.get_base_layer()
    active = [name for name in layer.active_adapters if name in layer.lora_B]
    weights = [base.weight, *(layer.lora_B[name].weight for name in active)]
    is_cpu_float = all((w.dtype, w.device.type) == (torch.float32, "cpu") for w in weights)
    has_place_for_biases = base.bias is not None or not any(layer.lora_bias[name] for name in active)
    return (
        type(base.weight) is nn.Parameter
        and is_cpu_float
        and has_place_for_biases
        and not (layer.lora_variant or layer.merged or layer.disable_adapters)
    )


def _shared(model: nn.Module) -> set[nn.Parameter]:
    """Parameters that several modules use: what is merged for one would change the others."""
    uses = Counter(parameter for _, parameter in model.named_parameters(remove_duplicate=False))
    return {parameter for parameter, times in uses.items() if times > 1}
