"""What a tensor was made of, where autograd keeps that for others: it need not be kept beside it.

Read off the graph behind a tensor, so that no architecture has to be known: an RMS norm is a product of the
residual stream, its scale and the norm's weights; what is behind the gate of an MLP one of act(gate) and up.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple

import torch
from torch.nn import functional

_SEED = torch.ones(1, requires_grad=True)
_PRODUCT: Any = type((_SEED * torch.ones(1)).grad_fn)
_SILU: Any = type(functional.silu(_SEED).grad_fn)
_GELU: Any = type(functional.gelu(_SEED).grad_fn)


class Gate(NamedTuple):
    """A product act(gate) · up; both with their own graphs behind them."""

    gate: torch.Tensor
    up: torch.Tensor
    act: Callable[[torch.Tensor], torch.Tensor]


def gate_behind(x: torch.Tensor) -> Gate | None:
    """The gate that a tensor comes from, if it comes from one with a SiLU or a GELU."""
    made_by: Any = x.grad_fn
    if not isinstance(made_by, _PRODUCT):
        return None
    operands = (made_by._saved_self, made_by._saved_other)
    for (node, _), up in zip(made_by.next_functions, reversed(operands), strict=True):
        act = _activation(node)
        if act and up is not None and up.requires_grad and node._saved_self.shape == up.shape == x.shape:
            return Gate(node._saved_self, up, act)
    return None


def _activation(node: Any) -> Callable[[torch.Tensor], torch.Tensor] | None:
    if isinstance(node, _SILU):
        return functional.silu
    if isinstance(node, _GELU):
        return partial(functional.gelu, approximate=node._saved_approximate)
    return None


def factors(x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Kept tensors that multiply to x, one after the other; none where that is not known."""
    return tuple(factor.detach() for factor in _factors(x.grad_fn))


def _factors(node: Any) -> tuple[torch.Tensor, ...]:
    if not isinstance(node, _PRODUCT):
        return ()
    first, second = node._saved_self, node._saved_other
    if first is not None and second is not None:
        return first, second
    # Of a product with a constant autograd keeps the constant alone; the other may be a product itself.
    (behind, constant) = (0, second) if first is None else (1, first)
    inner = _factors(node.next_functions[behind][0]) if constant is not None else ()
    return (*inner, constant) if inner else ()


def product(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    """All of them multiplied, in their order."""
    return reduce(torch.mul, parts)
