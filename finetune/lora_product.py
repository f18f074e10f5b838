"""A linear layer and its adapter as one product, with what backpropagation needs and no more.

peft's layer writes four tensors of the output's size (the layer's own product, B's, its scaled copy, the sum)
where one is enough. Beside a small model that costs more than the adapter's products themselves. And it keeps
its input for A's gradient; where that is a product of two tensors which backpropagation needs anyway, as
behind the gate of an MLP, these are kept and multiplied again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from peft.tuners import lora
from torch import nn
from torch.autograd.function import once_differentiable

_PRODUCT: Any = type((torch.ones(1, requires_grad=True) * torch.ones(1)).grad_fn)


class LoraProduct(torch.autograd.Function):
    """y = x Wᵀ + bias + s (x Aᵀ) Bᵀ, of which x, A and B are differentiated."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        factors: tuple[torch.Tensor, ...],
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        a: torch.Tensor,
        b: torch.Tensor,
        scaling: float,
    ) -> torch.Tensor:
        """The layer's output.

        Args:
            x: (..., inputs).
            factors: Tensors of x's shape whose product it is; none where that is not known.
            weight: (outputs, inputs), not differentiated.
            bias: (outputs,), not differentiated.
            a: (rank, inputs).
            b: (outputs, rank).
        """
        rows = x.flatten(0, -2)
        low = rows @ a.t()
        y = nn.functional.linear(rows, weight, bias).addmm_(low, b.t(), alpha=scaling)
        ctx.save_for_backward(low, weight, a, b, *(factors or (rows,)))
        ctx.scaling = scaling
        return y.view(*x.shape[:-1], -1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        low, weight, a, b, first, *second = ctx.saved_tensors
        rows = (first * second[0] if second else first).flatten(0, -2)
        grad_y = grad.flatten(0, -2)
        grad_low = (grad_y @ b).mul_(ctx.scaling)
        grad_a = grad_low.t() @ rows
        grad_b = (low.t() @ grad_y).mul_(ctx.scaling).t()
        grad_x = None
        if ctx.needs_input_grad[0]:
            grad_x = (grad_y @ weight).addmm_(grad_low, a).view(*grad.shape[:-1], -1)
        return grad_x, None, None, None, grad_a, grad_b, None


@contextmanager
def one_product(model: nn.Module, *, is_checkpointing: bool) -> Iterator[None]:
    """Meanwhile the plain LoRA layers of a model compute so.

    Args:
        is_checkpointing: Whether activations are computed again, so that there is none to be kept instead.
    """
    layers = [layer for layer in model.modules() if type(layer) is lora.Linear and _is_plain(layer)]
    for layer in layers:
        layer.forward = partial(_forward, layer, is_checkpointing)
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


def _forward(
    layer: lora.Linear, is_checkpointing: bool, x: torch.Tensor, *args: Any, **kwargs: Any
) -> torch.Tensor:
    base = layer.get_base_layer()
    if torch.is_autocast_enabled(x.device.type) or x.dtype != base.weight.dtype or args or kwargs:
        usual: torch.Tensor = type(layer).forward(layer, x, *args, **kwargs)
        return usual
    (name,) = layer.active_adapters
    y: torch.Tensor = LoraProduct.apply(  # type: ignore[no-untyped-call]
        x,
        () if is_checkpointing else _factors(x),
        base.weight,
        base.bias,
        layer.lora_A[name].weight,
        layer.lora_B[name].weight,
        layer.scaling[name],
    )
    return y


def _factors(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """The tensors of its own shape that x is the product of, if autograd keeps both."""
    made_by: Any = x.grad_fn
    if not isinstance(made_by, _PRODUCT):
        return ()
    factors = (made_by._saved_self, made_by._saved_other)
    if not all(factor is not None and factor.shape == x.shape for factor in factors):
        return ()
    return tuple(factor.detach() for factor in factors)
