"""A layer and its adapter as one product: values and gradients are peft's, and what is kept is less."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from weakref import WeakSet

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn

from finetune.lora_product import LoraProduct, one_product

LAYERS = ("gate", "up", "down")


Activation = Callable[[torch.Tensor], torch.Tensor]


class Gated(nn.Module):
    """An RMS norm and an MLP with a gate, as most models have them; one layer with a bias."""

    def __init__(self, act: Activation = nn.functional.silu, *, gate_first: bool = True) -> None:
        super().__init__()
        self.norm = nn.Parameter(torch.linspace(0.5, 2, 6), requires_grad=False)
        self.gate, self.up, self.down = nn.Linear(6, 10), nn.Linear(6, 10, bias=False), nn.Linear(10, 6)
        self.act, self.gate_first = act, gate_first

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm * (x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6))
        gate, up = self.act(self.gate(x)), self.up(x)
        found: torch.Tensor = self.down(gate * up if self.gate_first else up * gate)
        return found


def adapted(model: nn.Module | None = None, targets: Sequence[str] = LAYERS, **settings: Any) -> PeftModel:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        lora = LoraConfig(r=2, target_modules=[*targets], init_lora_weights=False, **settings)
        return get_peft_model((model or Gated()).double(), lora, autocast_adapter_dtype=False)


X = torch.randn(2, 3, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def learnt(model: PeftModel) -> dict[str, torch.Tensor]:
    """Output and gradients, the input's among them."""
    model.zero_grad()
    x = X.clone().requires_grad_()
    y = model(x)
    y.square().sum().backward()
    gradients = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    return {"x": x.grad, "y": y.detach(), **gradients}


@pytest.mark.parametrize("is_checkpointing", [False, True])
def test_output_and_gradients_are_peft_s(is_checkpointing: bool) -> None:
    model = adapted()
    expected = learnt(model)
    with one_product(model, is_checkpointing=is_checkpointing):
        found = learnt(model)
    assert len(expected) == 2 + 6
    torch.testing.assert_close(found, expected)


GELU, TANH = nn.functional.gelu, partial(nn.functional.gelu, approximate="tanh")


@pytest.mark.parametrize("targets", [LAYERS, ("down",), ("up", "down"), ("gate", "down")])
@pytest.mark.parametrize(
    "act", [nn.functional.silu, GELU, TANH, nn.functional.relu], ids=["silu", "gelu", "tanh", "relu"]
)
@pytest.mark.parametrize("gate_first", [True, False])
def test_whatever_the_gate_and_whichever_layers_are_adapted(
    act: Activation, gate_first: bool, targets: Sequence[str]
) -> None:
    model = adapted(Gated(act, gate_first=gate_first), targets)
    expected = learnt(model)
    with one_product(model, is_checkpointing=False):
        found = learnt(model)
    torch.testing.assert_close(found, expected)


def test_what_else_is_made_of_the_gated_product_is_differentiated_too() -> None:
    class AlsoRead(Gated):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            product = self.act(self.gate(x)) * self.up(x)
            found: torch.Tensor = self.down(product) + product.sin().sum()
            return found

    model = adapted(AlsoRead())
    expected = learnt(model)
    with one_product(model, is_checkpointing=False):
        torch.testing.assert_close(learnt(model), expected)


def test_the_gradient_is_that_of_finite_differences() -> None:
    generator = torch.Generator().manual_seed(2)
    x, weight, bias, a, b = (
        torch.randn(*shape, dtype=torch.float64, generator=generator)
        for shape in ((2, 3, 5), (4, 5), (4,), (2, 5), (4, 2))
    )
    for part in (x, a, b):
        part.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x, a, b: LoraProduct.apply(x, (), weight, bias, a, b, 0.7), (x, a, b)
    )


class Kept:
    """What autograd holds on to for one of its nodes."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self.tensor = tensor


def kept(model: PeftModel) -> int:
    """Elements that backpropagation keeps when the output is there, each once."""
    held: WeakSet[Kept] = WeakSet()

    def keep(tensor: torch.Tensor) -> Kept:
        one = Kept(tensor)
        held.add(one)
        return one

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda one: one.tensor):
        y = model(X.clone().requires_grad_())
    storages = {one.tensor.untyped_storage().data_ptr(): one.tensor.untyped_storage() for one in held}
    del y
    return sum(storage.nbytes() for storage in storages.values()) // X.element_size()


ROWS = 2 * 3


def test_neither_the_normed_input_nor_what_a_gate_makes_of_itself_nor_their_product_is_kept() -> None:
    model = adapted()
    before = kept(model)
    with one_product(model, is_checkpointing=True):
        with_all = kept(model)
    with one_product(model, is_checkpointing=False):
        with_parts = kept(model)
    assert with_parts == with_all - ROWS * (6 + 10 + 10)
    assert with_all <= before


def test_of_a_gate_with_another_function_the_factors_are_kept_and_not_the_product() -> None:
    model = adapted(Gated(nn.functional.relu))
    with one_product(model, is_checkpointing=True):
        with_all = kept(model)
    with one_product(model, is_checkpointing=False):
        with_parts = kept(model)
    assert with_parts == with_all - ROWS * (6 + 10)


@pytest.mark.parametrize("settings", [{"use_dora": True}, {"lora_dropout": 0.5}, {"lora_bias": True}])
def test_other_layers_stay_peft_s(settings: dict[str, Any]) -> None:
    model = adapted(**settings)
    with one_product(model, is_checkpointing=False):
        assert not any("forward" in vars(module) for module in model.modules())


def test_under_automatic_mixed_precision_it_is_peft_s_too() -> None:
    model = adapted().float()
    x = X.float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        expected = model(x)
        with one_product(model, is_checkpointing=False):
            assert torch.equal(model(x), expected)


def test_afterwards_the_layers_compute_as_before() -> None:
    model = adapted()
    with one_product(model, is_checkpointing=False):
        pass
    assert not any("forward" in vars(module) for module in model.modules())
