"""An imprint changes with every part of a model that its predictions hang on."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel

from bias_inherit.models.checks.imprint import imprint

# Sizes whose weights in half precision do not come in whole words.
CONFIG = LlamaConfig(
    vocab_size=37, hidden_size=6, intermediate_size=5, num_hidden_layers=1, num_attention_heads=3,
    num_key_value_heads=1, head_dim=2,
)  # fmt: skip


def model_in(dtype: torch.dtype) -> PreTrainedModel:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return LlamaForCausalLM(CONFIG).to(dtype).eval()


def switch_off(model: PreTrainedModel) -> None:
    model.model.layers[0].self_attn.forward = lambda *_, **__: (0, None)


def widen(model: PreTrainedModel) -> None:
    model.lm_head = nn.Linear(6, 38, bias=False)


def hook(model: PreTrainedModel) -> None:
    model.model.norm.register_forward_hook(lambda *_: None)


def other_scale(model: PreTrainedModel) -> None:
    model.model.layers[0].self_attn.scaling *= 2


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_a_model_that_is_left_alone_keeps_it(dtype: torch.dtype) -> None:
    model = model_in(dtype)
    before = imprint(model)
    model(input_ids=torch.tensor([[1, 2, 3]]))
    assert imprint(model) == before == imprint(model_in(dtype))


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_one_changed_bit_of_any_weight_shows(data: st.DataObject) -> None:
    model = model_in(data.draw(st.sampled_from([torch.float32, torch.bfloat16, torch.float64])))
    before = imprint(model)
    weight = data.draw(st.sampled_from([*model.state_dict().values()]))
    octets = weight.reshape(-1).view(torch.uint8)
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert imprint(model) != before


def test_weights_that_lie_anywhere_in_another_tensor_s_memory_are_read() -> None:
    model = model_in(torch.bfloat16)
    before = imprint(model)
    norm = model.model.norm.weight
    norm.data = torch.cat([torch.zeros(3, dtype=norm.dtype), norm.data])[3:]
    assert norm.storage_offset() == 3
    assert imprint(model) == before


@pytest.mark.parametrize("change", [switch_off, widen, hook, other_scale])
def test_so_does_what_is_no_weight(change: Callable[[PreTrainedModel], None]) -> None:
    model = model_in(torch.float32)
    before = imprint(model)
    change(model)
    assert imprint(model) != before
