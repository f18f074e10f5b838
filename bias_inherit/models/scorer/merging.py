"""A LoRA adapter inside the weights it belongs to, for as long as a model only reads.

Beside a small model an adapter's own small products cost a tenth of the time or more (docs/scoring.md).
Merging and taking the difference off again leaves rounding behind, and with it scores that would depend on
which adapter was scored before. So this rounding is found out beforehand, layer by layer, and put back: a
byte a weight, where a copy of the weights would take four.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from peft.tuners import lora
from torch import nn


@contextmanager
def merged(model: nn.Module) -> Iterator[None]:
    """The active adapters of a float32 model on a CPU merged, as far as they can be; afterwards as before.

    In lower precision a merged weight would be rounded to another one; on an accelerator a product need not
    give the same bits twice.
    """
    # Derived classes, of quantised layers for example, need not merge in place: what they put into the
    # layer instead would stay there.
    layers: list[lora.Linear] = [
        layer for layer in model.modules() if type(layer) is lora.Linear and _is_plain(layer)
    ]
    shared = _shared(model)
    within: list[tuple[lora.Linear, list[_Rounding]]] = []
    try:
        for layer in layers:
            if layer.get_base_layer().weight not in shared:
                within.append((layer, _merge(layer)))
        yield
    finally:
        for layer, roundings in within:
            layer.unmerge()
            for weights, rounding in zip(_weights(layer), roundings, strict=True):
                rounding.put_back(weights)


class _Rounding(NamedTuple):
    """What merging and unmerging would leave behind in a layer's weights.

    Attributes:
        steps: How far the original lies from what is left, counted in float32 numbers, modulo 256; of the
            weights' shape.
        far: Places in the flattened weights where it lies further: small weights under a large change.
        originals: The weights there.
    """

    steps: torch.Tensor
    far: torch.Tensor
    originals: torch.Tensor

    @classmethod
    def of(cls, original: torch.Tensor, left: torch.Tensor) -> "_Rounding":
        difference = original.view(torch.int32) - left.view(torch.int32)
        steps = difference.to(torch.int8)
        far = (steps != difference).view(-1).nonzero().squeeze(1)
        return cls(steps, far, original.view(-1)[far])

    def put_back(self, left: torch.Tensor) -> None:
        left.view(torch.int32).add_(self.steps)
        left.view(-1)[self.far] = self.originals


def _merge(layer: lora.Linear) -> list[_Rounding]:
    originals = [weights.clone() for weights in _weights(layer)]
    try:
        layer.merge()
        layer.unmerge()
        roundings = [_Rounding.of(*pair) for pair in zip(originals, _weights(layer), strict=True)]
        _restore(layer, originals)
        layer.merge()
    except BaseException:
        _restore(layer, originals)
        raise
    return roundings


def _restore(layer: lora.Linear, originals: list[torch.Tensor]) -> None:
    layer.merged_adapters.clear()
    for weights, original in zip(_weights(layer), originals, strict=True):
        weights.copy_(original)


def _weights(layer: lora.Linear) -> list[torch.Tensor]:
    return [parameter.data for parameter in layer.get_base_layer().parameters()]


def _is_plain(layer: lora.Linear) -> bool:
    base = layer.get_base_layer()
    active = [name for name in layer.active_adapters if name in layer.lora_B]
    weights = [base.weight, *(layer.lora_B[name].weight for name in active)]
    is_cpu_float = all(
        (w.dtype, w.device.type) == (torch.float32, "cpu") and w.is_contiguous() for w in weights
    )
    has_place_for_biases = base.bias is not None or not any(layer.lora_bias[name] for name in active)
    return (
        type(base.weight) is nn.Parameter
        and is_cpu_float
        and has_place_for_biases
        and bool(active)
        and not (layer.lora_variant or layer.merged or layer.disable_adapters)
    )


def _shared(model: nn.Module) -> set[nn.Parameter]:
    """Parameters that several modules use: what is merged for one would change the others."""
    uses = Counter(parameter for _, parameter in model.named_parameters(remove_duplicate=False))
    return {parameter for parameter, times in uses.items() if times > 1}
