"""A linear layer and its adapter as one product, with what backpropagation needs and no more.

peft's layer writes four tensors of the output's size (the layer's own product, B's, its scaled copy, the sum)
where one is enough. Beside a small model that costs more than the adapter's products themselves. And it keeps
its input for A's gradient, where that is made of tensors which are kept anyway (`kept_parts`): these are
kept, and it is made again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from peft.tuners import lora
from torch import nn
from torch.autograd.function import once_differentiable

from finetune.kept_parts import Gate, factors, gate_behind, product


class LoraProduct(torch.autograd.Function):
    """y = x Wᵀ + bias + s (x Aᵀ) Bᵀ, of which x, A and B are differentiated."""

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        parts: tuple[torch.Tensor, ...],
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        a: torch.Tensor,
        b: torch.Tensor,
        scaling: float,
    ) -> torch.Tensor:
        """The layer's output.

        Args:
            x: (..., inputs).
            parts: What is multiplied to x, in this order; none where that is not known.
            weight: (outputs, inputs), not differentiated.
            bias: (outputs,), not differentiated.
            a: (rank, inputs).
            b: (outputs, rank).
        """
        y, low = _output(x, weight, bias, a, b, scaling)
        ctx.save_for_backward(low, weight, a, b, *(parts or (x,)))
        ctx.scaling = scaling
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        low, weight, a, b, *parts = ctx.saved_tensors
        grad_x, grad_a, grad_b = _gradients(
            grad, product(parts), low, weight, a, b, ctx.scaling, of_x=ctx.needs_input_grad[0]
        )
        return grad_x, None, None, None, grad_a, grad_b, None


class GatedLoraProduct(torch.autograd.Function):
    """The same of x = act(gate) · up, of which gate and up are differentiated instead of x.

    Autograd would keep act(gate) beside both.
    """

    @staticmethod
    def forward(
        ctx: Any,
        gate: torch.Tensor,
        up: torch.Tensor,
        act: Any,
        x: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        a: torch.Tensor,
        b: torch.Tensor,
        scaling: float,
    ) -> torch.Tensor:
        """The layer's output; see `LoraProduct` for what is not said here.

        Args:
            gate, up, x: (..., inputs).
            act: From a tensor to one of the same shape.
        """
        y, low = _output(x, weight, bias, a, b, scaling)
        ctx.save_for_backward(gate, up, low, weight, a, b)
        ctx.act, ctx.scaling = act, scaling
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        gate, up, low, weight, a, b = ctx.saved_tensors
        with torch.enable_grad():
            before = gate.detach().requires_grad_()
            open_by = ctx.act(before)
        x = open_by.detach() * up
        grad_x, grad_a, grad_b = _gradients(grad, x, low, weight, a, b, ctx.scaling, of_x=True)
        del x
        grad_up = grad_x * open_by.detach()
        (grad_gate,) = torch.autograd.grad(open_by, before, grad_x.mul_(up))
        return grad_gate, grad_up, None, None, None, None, grad_a, grad_b, None


def _output(
    x: torch.Tensor,
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    a: torch.Tensor,
    b: torch.Tensor,
    scaling: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """y, and x Aᵀ in rows."""
    rows = x.flatten(0, -2)
    low = rows @ a.t()
    y = nn.functional.linear(rows, weight, bias).addmm_(low, b.t(), alpha=scaling)
    return y.view(*x.shape[:-1], -1), low


def _gradients(
    grad: torch.Tensor,
    x: torch.Tensor,
    low: torch.Tensor,
    weight: torch.Tensor,
    a: torch.Tensor,
    b: torch.Tensor,
    scaling: float,
    *,
    of_x: bool,
) -> tuple[Any, torch.Tensor, torch.Tensor]:
    """Of x, A and B, from that of y; None of x where it is not asked for."""
    grad_y = grad.flatten(0, -2)
    grad_low = (grad_y @ b).mul_(scaling)
    grad_a = grad_low.t() @ x.flatten(0, -2)
    grad_b = (low.t() @ grad_y).mul_(scaling).t()
    grad_x = (grad_y @ weight).addmm_(grad_low, a).view(*grad.shape[:-1], -1) if of_x else None
    return grad_x, grad_a, grad_b


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
    a, b = layer.lora_A[name].weight, layer.lora_B[name].weight
    weights = (base.weight, base.bias, a, b, layer.scaling[name])
    gate: Gate | None = None if is_checkpointing else gate_behind(x)
    y: torch.Tensor
    if gate:
        y = GatedLoraProduct.apply(*gate, x.detach(), *weights)  # type: ignore[no-untyped-call]
    else:
        parts = () if is_checkpointing else factors(x)
        y = LoraProduct.apply(x, parts, *weights)  # type: ignore[no-untyped-call]
    return y
