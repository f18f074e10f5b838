"""A linear layer and its adapter as one product, with what backpropagation needs and no more.

peft's layer writes four tensors of the output's size (the layer's own product, B's, its scaled copy, the sum)
where one is enough. Beside a small model that costs more than the adapter's products themselves.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from peft.tuners import lora
from torch import nn
from torch.autograd.function import once_differentiable


class LoraProduct(torch.autograd.Function):
    """y = x Wᵀ + bias + s (x Aᵀ) Bᵀ, of which x, A and B are differentiated."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        a: torch.Tensor,
        b: torch.Tensor,
        scaling: float,
    ) -> torch.Tensor:
        """The layer's output.

        Args:
            x: (..., inputs).
            weight: (outputs, inputs), not differentiated.
            bias: (outputs,), not differentiated.
            a: (rank, inputs).
            b: (outputs, rank).
        """
        rows = x.flatten(0, -2)
        low = rows @ a.t()
        y = nn.functional.linear(rows, weight, bias).addmm_(low, b.t(), alpha=scaling)
        ctx.save_for_backward(rows, low, weight, a, b)
        ctx.scaling = scaling
        return y.view(*x.shape[:-1], -1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        rows, low, weight, a, b = ctx.saved_tensors
        grad_y = grad.flatten(0, -2)
        grad_low = (grad_y @ b).mul_(ctx.scaling)
        grad_a = grad_low.t() @ rows
        grad_b = (low.t() @ grad_y).mul_(ctx.scaling).t()
        grad_x = None
        if ctx.needs_input_grad[0]:
            grad_x = (grad_y @ weight).addmm_(grad_low, a).view(*grad.shape[:-1], -1)
        return grad_x, None, None, grad_a, grad_b, None


@contextmanager
def one_product(model: nn.Module) -> Iterator[None]:
    """Meanwhile the plain LoRA layers of a model compute so."""
    layers = [layer for layer in model.modules() if type(layer) is lora.Linear and _is_plain(layer)]
    for layer in layers:
        layer.forward = partial(_forward, layer)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward


def _is_plain(layer: lora.Linear) -> bool:
    """Nothing but a frozen linear layer with one adapter, all of one precision."""
    base = layer.get_base_layer()
    (name, *others) = layer.active_adapters
    weights = (base.weight, layer.lora_A[name].weight, layer.lora_B[name].weight)
    return (
        type(base) is nn.Linear
        and type(base.weight) is nn.Parameter
        and not (others or layer.lora_variant or layer.lora_bias[name] or base.weight.requires_grad)
        and isinstance(layer.lora_dropout[name], nn.Identity)
        and len({weight.dtype for weight in weights}) == 1
    )


def _forward(layer: lora.Linear, x: torch.Tensor, *args: Any, **kwargs: Any) -> torch.Tensor:
    base = layer.get_base_layer()
    if torch.is_autocast_enabled(x.device.type) or x.dtype != base.weight.dtype or args or kwargs:
        usual: torch.Tensor = type(layer).forward(layer, x, *args, **kwargs)
        return usual
    (name,) = layer.active_adapters
    y: torch.Tensor = LoraProduct.apply(  # type: ignore[no-untyped-call]
        x, base.weight, base.bias, layer.lora_A[name].weight, layer.lora_B[name].weight, layer.scaling[name]
    )
    return y
