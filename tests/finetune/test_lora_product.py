"""A layer and its adapter as one product: values and gradients are peft's, and what is kept is less."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from torch import nn

from finetune.lora_product import LoraProduct, one_product


class Gated(nn.Module):
    """An MLP with a gate, as most models have it; one layer with a bias."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.up, self.down = nn.Linear(6, 10), nn.Linear(6, 10, bias=False), nn.Linear(10, 6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.down(nn.functional.silu(self.gate(x)) * self.up(x))
        return found


def adapted(**settings: Any) -> PeftModel:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        lora = LoraConfig(r=2, target_modules=["gate", "up", "down"], init_lora_weights=False, **settings)
        return get_peft_model(Gated().double(), lora, autocast_adapter_dtype=False)


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


def kept(model: PeftModel) -> int:
    """Elements that backpropagation keeps, each once."""
    storages: dict[int, int] = {}
    tensors = []

    def note(tensor: torch.Tensor) -> torch.Tensor:
        tensors.append(tensor)
        storages[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        y = model(X.clone().requires_grad_())
    del y
    return sum(storages.values()) // X.element_size()


def test_of_a_gated_product_the_factors_are_kept_and_not_the_product() -> None:
    model = adapted()
    before = kept(model)
    with one_product(model, is_checkpointing=True):
        with_product = kept(model)
    with one_product(model, is_checkpointing=False):
        with_factors = kept(model)
    assert with_factors == with_product - 2 * 3 * 10
    assert with_product <= before


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
